package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"maillint/lint"
	"maillint/lookalike"
	"maillint/mailbox"
	"maillint/message"
)

// organization says which domains are internal: those of the policy, else of
// --internal, else the one that most messages come from.
func (s *scan) organization(ctx context.Context, paths []string) (*lint.Org, error) {
	domains := s.policy.Organization.Domains
	switch {
	case len(domains) > 0 && len(s.options.internal) > 0:
		fmt.Fprintf(s.stderr, "maillint: --internal is not used: %s names the domains of the organisation\n", s.policy.File)
	case len(domains) == 0 && len(s.options.internal) > 0:
		domains = s.options.internal
	case len(domains) == 0:
		domains = s.guess(ctx, paths)
	}
	org, err := lint.NewOrg(domains)
	if err != nil {
		return nil, fmt.Errorf("--internal: %w: write it like example.ac.jp,example.com", err)
	}
	return org, nil
}

// headSize is how much of each file is read to find its From.
const headSize = 64 << 10

// guess takes the registrable domain that most of the messages come from, and
// says so. A mail provider's is nobody's organisation.
func (s *scan) guess(ctx context.Context, paths []string) []string {
	counts := map[string]int{}
	total := 0
	_ = mailbox.Read(ctx, paths, mailbox.Options{Jobs: s.options.jobs, Stdin: s.peek, Head: headSize},
		func(_ int, m *mailbox.Message) string { return fromDomain(m.Data) },
		func(domain string) error {
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
		fmt.Fprintln(s.stderr, "maillint: no internal domain is known, so every recipient counts as external (name yours with --internal)")
		return nil
	case provider(best):
		fmt.Fprintf(s.stderr, "maillint: most messages come from the mail provider %s, so every recipient counts as external (name your domain with --internal)\n", best)
		return nil
	}
	fmt.Fprintf(s.stderr, "maillint: taking %s as internal: %d of %d messages come from it (--internal sets it)\n", best, counts[best], total)
	return []string{best}
}

// peek gives the start of standard input, which stays readable.
func (s *scan) peek() io.Reader {
	b := bufio.NewReaderSize(s.stdin, 16*headSize)
	head, _ := b.Peek(16 * headSize)
	s.stdin = b
	return bytes.NewReader(head)
}

// provider reports whether people of all kinds have their mailboxes there.
func provider(domain string) bool {
	for _, t := range lookalike.Default() {
		if message.Registrable(t.Domain) == domain {
			return true
		}
	}
	return false
}

// fromDomain reads the registrable domain of From out of the start of a
// message. Parsing it whole would cost as much as judging it.
func fromDomain(head []byte) string {
	for len(head) > 0 {
		line := head
		if i := bytes.IndexByte(head, '\n'); i >= 0 {
			line = head[:i+1]
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 && len(line) < len(head) {
			return ""
		}
		if len(line) > 5 && bytes.EqualFold(line[:5], []byte("from:")) {
			list, _ := message.ParseAddressList(string(folded(head)[5:]))
			if len(list) > 0 && strings.Contains(list[0].Domain, ".") {
				return list[0].Registrable()
			}
			return ""
		}
		head = head[len(line):]
	}
	return ""
}

// folded is a field with its continuation lines.
func folded(b []byte) []byte {
	end := 0
	for {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b
		}
		end += i + 1
		if end >= len(b) || b[end] != ' ' && b[end] != '\t' {
			return b[:end]
		}
	}
}
