package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"maillint/lint"
)

// Key is what makes a finding the same as one of the last audit: not its line,
// which moves, but what it is about.
type Key struct {
	Rule    string `json:"rule"`
	Mailbox string `json:"mailbox"`
	Target  string `json:"target"`
}

// State is what an audit found, kept for the next one. It is the report in
// JSON Lines.
type State struct {
	known map[Key]map[string]bool // the mailboxes of a shared target
}

// key makes a finding comparable. Of empty exports the path counts.
func (f *Finding) key() Key {
	k := Key{Rule: f.Rule, Mailbox: strings.ToLower(f.Mailbox), Target: f.Target}
	if f.Rule == emptyExport {
		k.Target = f.Path
	}
	if len(f.Mailboxes) > 0 {
		k.Mailbox = ""
	}
	return k
}

// LoadState reads the report of the last audit. A file that is not there is
// the first audit: nil, and everything is new.
func LoadState(path string) (*State, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("last audit: %w", err)
	}
	return ParseState(path, data)
}

// ParseState reads a report in JSON Lines. A report without its closing object
// was cut off, and is refused: it would make known findings look new.
func ParseState(path string, data []byte) (*State, error) {
	s := &State{known: map[Key]map[string]bool{}}
	closed := false
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var f struct {
			Finding
			Records *int `json:"records"`
		}
		if err := json.Unmarshal(line, &f); err != nil {
			return nil, fmt.Errorf("last audit %s:%d: not a report in JSON Lines: %w", path, n+1, err)
		}
		if f.Records != nil {
			closed = true
		} else if f.Rule != "" {
			boxes := map[string]bool{}
			for _, m := range f.Mailboxes {
				boxes[m] = true
			}
			s.known[f.key()] = boxes
		}
	}
	if !closed {
		return nil, fmt.Errorf("last audit %s: no closing object: the file is half, or no report (--format jsonl writes one)", path)
	}
	return s, nil
}

// apply leaves in the report what is new since the last audit. A shared
// target is new again when a mailbox has joined. What is critical is shown every
// time until it is gone or approved: a night that nobody read must not be the
// last one that spoke of it.
func (s *State) apply(r *Report) {
	if s == nil {
		return
	}
	var fresh []Finding
	seen := map[Key]bool{}
	for _, f := range r.Findings {
		k := f.key()
		seen[k] = true
		before, ok := s.known[k]
		if ok && f.Severity < lint.Critical && !slices.ContainsFunc(f.Mailboxes, func(m string) bool { return !before[m] }) {
			r.Known++
			continue
		}
		fresh = append(fresh, f)
	}
	for k := range s.known {
		if !seen[k] {
			r.Gone = append(r.Gone, k)
		}
	}
	slices.SortFunc(r.Gone, func(a, b Key) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	r.Findings = fresh
}

// SaveState writes all findings, known ones too, for the next audit. The file
// is replaced at once or not at all.
func SaveState(path string, r *Report) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".maillint-audit-*")
	if err != nil {
		return fmt.Errorf("last audit: %w", err)
	}
	defer os.Remove(f.Name())
	full := *r
	full.Findings = r.all
	w := bufio.NewWriter(f)
	err = WriteJSONL(w, &full)
	for _, step := range []func() error{w.Flush, f.Sync, f.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("last audit: %w", err)
	}
	return nil
}

// Targets lists the external targets of findings of a severity and over, each
// once: what may be blocked.
func (r *Report) Targets(least func(Finding) bool) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if f.forwards && least(f) && strings.Contains(f.Target, "@") && !strings.HasPrefix(f.Target, "*@") && !seen[f.Target] {
			seen[f.Target] = true
			out = append(out, f.Target)
		}
	}
	return out
}

// AppendBlockList adds targets to a list file of a policy, one a line, and
// leaves out those that it has. It tells how many were new.
func AppendBlockList(path string, targets []string, comment string) (added int, err error) {
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return 0, fmt.Errorf("block list: %w", err)
	}
	have := map[string]bool{}
	for line := range strings.Lines(string(old)) {
		entry, _, _ := strings.Cut(line, "#")
		have[strings.ToLower(strings.TrimSpace(entry))] = true
	}
	var b strings.Builder
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		b.WriteByte('\n')
	}
	for _, t := range targets {
		if !have[t] {
			if added++; added == 1 {
				fmt.Fprintf(&b, "# %s\n", clean(comment))
			}
			fmt.Fprintln(&b, clean(t))
			have[t] = true
		}
	}
	if added == 0 {
		return 0, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, fmt.Errorf("block list: %w", err)
	}
	_, err = io.WriteString(f, b.String())
	if e := f.Close(); err == nil {
		err = e
	}
	return added, err
}
