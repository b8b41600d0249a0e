package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"maillint/policy"
	"maillint/report"
)

// baseline is what is known already. A finding is known by the content of its
// message, its rule and its place, never by words or file names: those change.
type baseline struct {
	path  string
	known map[string]bool
	found map[string]bool // what to write; nil when nothing is written
}

const baselineHead = "# maillint baseline 1: known findings as SHA-256 of the message, rule, place"

// openBaseline reads the file of --baseline. A nil baseline knows nothing.
func (o *scanOptions) openBaseline() (*baseline, error) {
	if o.baseline == "" {
		return nil, nil
	}
	b := &baseline{path: o.baseline, known: map[string]bool{}}
	if o.writeBaseline {
		b.found = map[string]bool{}
		return b, nil
	}
	f, err := os.Open(o.baseline)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--baseline: there is no %s: make it with --write-baseline", o.baseline)
	}
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	if !lines.Scan() || lines.Text() != baselineHead {
		return nil, fmt.Errorf("--baseline: %s is no baseline of this version: make it anew with --write-baseline", o.baseline)
	}
	for lines.Scan() {
		b.known[lines.Text()] = true
	}
	return b, lines.Err()
}

// apply takes known findings out of a record. When a baseline is written, all
// are known from now on, and their prints are given back.
func (b *baseline) apply(r *report.Record) (prints []string) {
	if b == nil || r.Msg == nil || len(r.Verdict.Findings) == 0 {
		return nil
	}
	sum := contentHash(r)
	r.Verdict.Findings = slices.DeleteFunc(r.Verdict.Findings, func(f policy.Judged) bool {
		line := strings.Join([]string{sum, f.Rule, report.Escape(f.Where)}, " ")
		if b.found != nil {
			prints = append(prints, line)
			return true
		}
		return b.known[line]
	})
	r.Verdict.Disposition, r.Verdict.Would = policy.Pass, policy.Pass
	for _, f := range r.Verdict.Findings {
		r.Verdict.Disposition = max(r.Verdict.Disposition, f.Disposition)
		r.Verdict.Would = max(r.Verdict.Would, f.Would)
	}
	return prints
}

func contentHash(r *report.Record) string {
	h := sha256.New()
	if r.Raw != nil {
		_, _ = h.Write(r.Raw)
	} else {
		_, _ = io.Copy(h, r.Msg.Raw())
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// note keeps the prints of a message for the file.
func (b *baseline) note(prints []string) {
	for _, p := range prints {
		b.found[p] = true
	}
}

// saveBaseline writes what was found, sorted, so that two of them compare.
func (s *scan) saveBaseline() error {
	b := s.baseline
	if b == nil || b.found == nil || s.summary.Interrupted {
		return nil
	}
	lines := make([]string, 0, len(b.found))
	for l := range b.found {
		lines = append(lines, l)
	}
	slices.Sort(lines)
	text := baselineHead + "\n" + strings.Join(append(lines, ""), "\n")
	if err := os.WriteFile(b.path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("--baseline: %w", err)
	}
	s.summary.Notes = append(s.summary.Notes, fmt.Sprintf("%d findings are in the baseline %s now", len(lines), b.path))
	return nil
}
