package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"maillint/lint"
	"maillint/lookalike"
	"maillint/mailbox"
	"maillint/message"
	"maillint/policy"
)

// organization says which domains are internal: those of the policy, else of
// --internal, else the one that most messages come from. note is a line for
// the user where it was guessed.
func (o *scanOptions) organization(p *policy.Policy, paths []string) (*lint.Org, string, error) {
	domains := o.internal
	if len(domains) == 0 {
		domains = p.Organization.Domains
	}
	note := ""
	if len(domains) == 0 {
		domains, note = guess(paths)
	}
	org, err := lint.NewOrg(domains)
	if err != nil {
		return nil, "", fmt.Errorf("--internal: %w: write it like example.ac.jp,example.com", err)
	}
	return org, note, nil
}

// headSize is how much of a message is read to find its From, in bytes.
const headSize = 16 << 10

// guess takes the registrable domain that most of the messages come from. A
// mail provider's is nobody's organisation.
func guess(paths []string) ([]string, string) {
	counts := map[string]int{}
	total := 0
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == "-" }) // it cannot be read twice
	visit := func(_ int, m *mailbox.Message) string { return fromDomain(m.Data) }
	_ = mailbox.Read(context.Background(), paths, mailbox.Options{Head: headSize}, visit, func(domain string) error {
		if domain != "" {
			counts[domain]++
			total++
		}
		return nil
	})
	best := ""
	for d, n := range counts {
		if best == "" || cmp.Or(cmp.Compare(n, counts[best]), cmp.Compare(best, d)) > 0 {
			best = d
		}
	}
	switch {
	case best == "":
		return nil, "no internal domain is known, so every recipient counts as external: name yours with --internal"
	case provider(best):
		return nil, fmt.Sprintf("most messages come from %s, a mail provider, so every recipient counts as external: name your domain with --internal", best)
	}
	return []string{best}, fmt.Sprintf("taking %s as internal: %d of %d messages come from it (set --internal to change)", best, counts[best], total)
}

// provider reports whether people of all kinds have their mailboxes there.
func provider(domain string) bool {
	return slices.ContainsFunc(lookalike.Default(), func(t lookalike.Target) bool {
		return message.Registrable(t.Domain) == domain
	})
}

// fromDomain reads the domain of From out of the start of a message.
func fromDomain(head []byte) string {
	for line := range bytes.Lines(head) {
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return ""
		}
		if len(line) < 6 || !bytes.EqualFold(line[:5], []byte("from:")) {
			continue
		}
		value := line[5:]
		if i := bytes.Index(head, line); i >= 0 { // with its continuation lines
			rest := head[i+len(line):]
			for more := range bytes.Lines(rest) {
				if more[0] != ' ' && more[0] != '\t' {
					break
				}
				value = append(bytes.Clone(value), more...)
			}
		}
		list, _ := message.ParseAddressList(string(value))
		if len(list) > 0 {
			return list[0].Registrable()
		}
	}
	return ""
}
