package lint

import (
	"fmt"
	"strings"

	"maillint/content"
	"maillint/message"
)

// Org tells internal domains from external ones.
type Org struct {
	entries map[string]entry
	list    []string
	known   Known
}

// entry is what is said about one domain; the zero value says nothing.
type entry struct{ tree, alone, out bool }

// NewOrg makes an Org of domain entries: "example.ac.jp" covers the domain and
// its sub-domains, "=example.ac.jp" the domain alone, "!hosp.example.ac.jp"
// takes a sub-domain and what is below it out. The error names the entries
// that are no domains.
func NewOrg(domains []string) (*Org, error) {
	o := &Org{entries: map[string]entry{}, list: domains}
	var bad []string
	for _, s := range domains {
		name := strings.TrimLeft(s, "=!")
		d, ok := message.Domain(name)
		if !ok || len(s)-len(name) > 1 || strings.ContainsAny(name, "@ *") {
			bad = append(bad, fmt.Sprintf("%q", s))
			continue
		}
		e := o.entries[d]
		switch s[0] {
		case '=':
			e.alone = true
		case '!':
			e.out = true
		default:
			e.tree = true
		}
		o.entries[d] = e
	}
	if bad != nil {
		return o, fmt.Errorf("not a domain: %s", strings.Join(bad, ", "))
	}
	return o, nil
}

// Domains are the entries the Org was made of.
func (o *Org) Domains() []string { return o.list }

// IsZero reports whether no domain is internal.
func (o *Org) IsZero() bool { return o == nil || len(o.entries) == 0 }

// Internal reports whether a domain (lower-case A-labels) is one of ours. The
// longest entry that covers it decides.
func (o *Org) Internal(domain string) bool {
	if o.IsZero() || domain == "" {
		return false
	}
	if e := o.entries[domain]; e.out || e.alone || e.tree {
		return !e.out
	}
	for {
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return false
		}
		domain = parent
		if e := o.entries[domain]; e.tree || e.out {
			return !e.out
		}
	}
}

// Known is what a policy tells the rules besides the internal domains.
type Known struct {
	Partners  []string // domains that the organisation often writes to
	Learned   []string // domains that it corresponds with, as history shows
	Protected []string // names and addresses that others pose as
	Webmail   []string // private mail providers besides the shipped ones
	People    []Person // those of the directory that have a name
	Lists     map[string]Matcher
	Files     content.Budget // how far files are looked into; the zero value is the default
}

// Person is somebody of the organisation, or an office with a mailbox.
type Person struct {
	Name      string
	Office    bool              // a shared mailbox or a device, nobody's own
	Addresses []message.Address // private ones too, where the directory has them
}

// Matcher is a list of addresses and domains.
type Matcher interface{ Match(message.Address) bool }

// Known is what else is known to rules; the zero value where nothing is.
func (o *Org) Known() Known {
	if o == nil {
		return Known{}
	}
	return o.known
}

// Partners are domains that the organisation often writes to.
func (o *Org) Partners() []string { return o.known.Partners }

// With gives the Org with what else is known.
func (o *Org) With(k Known) *Org {
	c := *o
	c.known = k
	return &c
}

// WithPartners gives the Org with partner domains.
func (o *Org) WithPartners(domains []string) *Org {
	k := o.known
	k.Partners = domains
	return o.With(k)
}
