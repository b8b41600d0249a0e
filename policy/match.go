package policy

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"maillint/message"
)

// List is a set of addresses and domains. An entry "example.ac.jp" covers the
// domain and everything below it, "=example.ac.jp" the domain alone,
// "taro@example.ac.jp" one address; a "!" before any of them takes it out.
// An address decides before a domain, a longer domain before a shorter one.
type List struct {
	Name string
	// File is where all entries come from, where the policy names one file.
	File      string
	addresses map[string]bool // by message.Address.Key: in or out
	domains   map[string]domainEntry
	onlyOut   bool // every entry takes out: what is not named is in
	entries   []string
}

// domainEntry is what is said about one domain; the zero value says nothing.
type domainEntry struct{ tree, alone, out bool }

// Len is the number of entries.
func (l *List) Len() int { return len(l.entries) }

// Entries are the entries as written.
func (l *List) Entries() []string { return l.entries }

// Match reports whether the list covers an address.
func (l *List) Match(a message.Address) bool {
	if in, ok := l.addresses[a.Key()]; ok {
		return in
	}
	return l.MatchDomain(a.Domain)
}

// MatchDomain reports whether the list covers a domain (lower-case A-labels).
func (l *List) MatchDomain(domain string) bool {
	if e := l.domains[domain]; e.tree || e.alone || e.out {
		return !e.out
	}
	for {
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return l.onlyOut
		}
		domain = parent
		if e := l.domains[domain]; e.tree || e.out {
			return !e.out
		}
	}
}

// item is one entry of a list, with its place: in the policy or in a file.
type item struct {
	text string
	at   place
}

// newList makes a List and notes entries that are neither address nor domain.
func (r *reader) newList(name, path string, items []item) *List {
	l := &List{Name: name, addresses: map[string]bool{}, domains: map[string]domainEntry{}, onlyOut: len(items) > 0}
	for _, it := range items {
		l.entries = append(l.entries, it.text)
		rest, out := strings.CutPrefix(it.text, "!")
		rest, alone := strings.CutPrefix(rest, "=")
		l.onlyOut = l.onlyOut && out
		if strings.Contains(rest, "@") && !strings.HasPrefix(rest, "@") {
			if a, ok := r.address(it.at, path, rest); ok {
				l.addresses[a.Key()] = !out
			}
			continue
		}
		d, ok := r.domain(it.at, path, rest)
		if !ok {
			continue
		}
		e := l.domains[d]
		e.alone = e.alone || alone && !out
		e.tree = e.tree || !alone && !out
		e.out = e.out || out
		l.domains[d] = e
	}
	return l
}

func (r *reader) address(at place, path, s string) (message.Address, bool) {
	a, ok := message.ParseAddress(s)
	if ok && a.Phrase == "" && a.Local != "" && isDomain(a.Domain) {
		return a, true
	}
	hint := ""
	if ok && a.Phrase != "" {
		hint = "write the address alone: " + a.String()
	}
	r.fail(at, hint, "%s%q is no address", prefix(path), clip(s))
	return message.Address{}, false
}

// domain reads a domain name, without marks, in its normal form.
func (r *reader) domain(at place, path, s string) (string, bool) {
	d, ok := message.Domain(s)
	if ok && isDomain(d) {
		return d, true
	}
	hint := ""
	bare := strings.TrimLeft(s, "@.*")
	if _, rest, found := strings.Cut(bare, "://"); found {
		bare, _, _ = strings.Cut(rest, "/")
	}
	if d, ok := message.Domain(bare); ok && isDomain(d) && bare != s {
		hint = "write " + bare
		if strings.HasPrefix(s, "*") || strings.HasPrefix(s, ".") {
			hint += ": it covers everything below it"
		}
	}
	r.fail(at, hint, "%s%q is no domain", prefix(path), clip(s))
	return "", false
}

// isDomain checks the form that message.Domain gives: labels of letters,
// digits, hyphens and underscores, or an address literal.
func isDomain(d string) bool {
	if strings.HasPrefix(d, "[") {
		return true
	}
	if d == "" || len(d) > 253 {
		return false
	}
	for label := range strings.SplitSeq(d, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				return false
			}
		}
	}
	return true
}

// publicSuffix reports whether everybody can register names below the domain.
func publicSuffix(d string) bool {
	s, icann := publicsuffix.PublicSuffix(d)
	return icann && s == d
}

// Covers reports whether one entry (an address, or a domain with what is below
// it) covers an address. An entry that is neither covers nothing.
func Covers(entry string, a message.Address) bool {
	r := &reader{}
	l := r.newList("", "", []item{{text: entry}})
	return len(r.problems) == 0 && l.Match(a)
}
