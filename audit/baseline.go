package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

// Baseline holds forwardings that somebody approved, each with a reason and an
// end.
type Baseline struct {
	Path     string
	Approved []Approval

	used map[int]bool
}

// Approval is one approved forwarding. An empty Mailbox means any; a Target
// is an address, or a domain with what is below it.
type Approval struct {
	Mailbox string `yaml:"mailbox,omitempty"`
	Target  string `yaml:"target"`
	Reason  string `yaml:"reason"`
	Until   string `yaml:"until"` // 2027-03-31, the last day

	line  int
	until time.Time
}

// LoadBaseline reads a baseline. A list at the top, or under "approved:".
func LoadBaseline(path string) (*Baseline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return ParseBaseline(path, data)
}

// ParseBaseline is LoadBaseline for data. The error names every mistake with
// its line.
func ParseBaseline(path string, data []byte) (*Baseline, error) {
	var root yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("baseline %s: %w", path, err)
	}
	b := &Baseline{Path: path, used: map[int]bool{}}
	if len(root.Content) == 0 {
		return b, nil
	}
	list := root.Content[0]
	if list.Kind == yaml.MappingNode && len(list.Content) == 2 && list.Content[0].Value == "approved" {
		list = list.Content[1]
	}
	if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
		return b, nil
	}
	if list.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("baseline %s:%d: want a list of approved forwardings (mailbox, target, reason, until)", path, list.Line)
	}
	var faults []error
	for _, node := range list.Content {
		a, err := approval(node)
		if err != nil {
			faults = append(faults, fmt.Errorf("baseline %s:%d: %w", path, node.Line, err))
		}
		b.Approved = append(b.Approved, a)
	}
	return b, errors.Join(faults...)
}

// approval checks one entry. Without a reason and an end nothing is approved.
func approval(node *yaml.Node) (a Approval, err error) {
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		if key := node.Content[i].Value; !slices.Contains([]string{"mailbox", "target", "reason", "until"}, key) {
			return a, fmt.Errorf("unknown field %q: want mailbox, target, reason, until", key)
		}
	}
	if err := node.Decode(&a); err != nil {
		return a, err
	}
	a.line = node.Line
	a.Mailbox, a.Target = normal(a.Mailbox), normal(a.Target)
	switch {
	case a.Target == "":
		return a, errors.New("no target: want an address or a domain")
	case strings.TrimSpace(a.Reason) == "":
		return a, errors.New("no reason: say why this forwarding is approved")
	case a.Until == "":
		return a, errors.New("no until: say when it ends (2027-03-31)")
	}
	day, err := time.Parse("2006-01-02", a.Until[:min(len(a.Until), 10)])
	if err != nil {
		return a, fmt.Errorf("until: %q is no date like 2027-03-31", a.Until)
	}
	a.until = day.AddDate(0, 0, 1)
	return a, nil
}

// normal is an address or a domain as targets are compared.
func normal(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "*@")
	if t, ok := addressTarget(s); ok {
		return t.addr.Key()
	}
	if d, ok := message.Domain(strings.TrimPrefix(s, "@")); ok && strings.Contains(d, ".") {
		return d
	}
	return strings.ToLower(s)
}

// covers tells whether an approval is about this forwarding.
func (a *Approval) covers(mailbox, target string) bool {
	target = strings.ToLower(target)
	if a.Mailbox != "" && a.Mailbox != "*" && !strings.EqualFold(a.Mailbox, mailbox) {
		return false
	}
	if strings.Contains(a.Target, "@") || !strings.Contains(target, "@") {
		return a.Target == target
	}
	domain := target[strings.LastIndexByte(target, '@')+1:]
	return domain == a.Target || strings.HasSuffix(domain, "."+a.Target)
}

// approves tells whether a forwarding is approved today.
func (b *Baseline) approves(now time.Time, mailbox, target string) bool {
	if b == nil || target == "" {
		return false
	}
	ok := false
	for i := range b.Approved {
		if a := &b.Approved[i]; a.covers(mailbox, target) {
			b.used[i] = true
			ok = ok || now.Before(a.until)
		}
	}
	return ok
}

// apply takes approved findings out, and reports approvals that are over or
// that nothing matches any more. A lookalike is never approved by the way.
func (b *Baseline) apply(a *auditor, all []Finding) []Finding {
	if b == nil {
		return all
	}
	kept := all[:0]
	for _, f := range all {
		if f.Rule != sharedTarget && f.Rule != changesBurst && b.approves(a.opts.Now, f.Mailbox, f.Target) {
			a.report.Approved++
			continue
		}
		kept = append(kept, f)
	}
	for i, ap := range b.Approved {
		p := Problem{Path: b.Path, Line: ap.line}
		switch {
		case !a.opts.Now.Before(ap.until):
			p.Text = fmt.Sprintf("the approval of %s ended on %s: it counts no more; renew it with a reason, or remove the forwarding", ap.Target, ap.Until)
		case !b.used[i]:
			p.Text = fmt.Sprintf("the approval of %s matches nothing: remove it from the baseline", ap.Target)
		default:
			continue
		}
		a.report.Warnings = append(a.report.Warnings, p)
	}
	return kept
}

// WriteBaseline writes the findings as a baseline for somebody to go through:
// the reason is left for them, and until it is filled in, the file is refused.
func WriteBaseline(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, "# Forwardings found. Keep those that are approved; write a reason and an end for each, delete the others.\napproved:\n")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, f := range r.Findings {
		key := f.Mailbox + " " + f.Target
		if !f.forwards || f.Rule == sharedTarget || f.Rule == changesBurst || seen[key] {
			continue
		}
		seen[key] = true
		data, err := yaml.Marshal([]Approval{{Mailbox: f.Mailbox, Target: f.Target}})
		if err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return nil
}
