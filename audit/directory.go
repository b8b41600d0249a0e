package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"maillint/message"
)

// directory knows the mailboxes and contacts that exports name, so that a
// directory object can be told to be one of ours or somebody else's.
type directory struct {
	boxes   map[string]bool   // mailboxes seen, by Key or by bare name
	byName  map[string]string // any name of an object -> address
	twice   map[string]bool   // names of more than one object
	locals  map[string]string // local part -> address, of mailboxes
	domains map[string]int    // how many mailboxes a domain has
}

func newDirectory() *directory {
	return &directory{boxes: map[string]bool{}, byName: map[string]string{}, twice: map[string]bool{}, locals: map[string]string{}, domains: map[string]int{}}
}

// seen counts a mailbox.
func (d *directory) seen(mailbox string) {
	key := strings.ToLower(mailbox)
	if d.boxes[key] {
		return
	}
	d.boxes[key] = true
	local, domain, ok := strings.Cut(key, "@")
	if !ok {
		return
	}
	d.domains[domain]++
	if other, ok := d.locals[local]; ok && other != key {
		key = ""
	}
	d.locals[local] = key
}

// learn remembers a name of an object.
func (d *directory) learn(name, address string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || address == "" {
		return
	}
	if old, ok := d.byName[name]; ok && old != address {
		d.twice[name] = true
	}
	d.byName[name] = address
}

// settle drops bare names of mailboxes whose address is known too.
func (d *directory) settle() {
	for key := range d.boxes {
		if !strings.Contains(key, "@") && d.address(key) != "" {
			delete(d.boxes, key)
		}
	}
}

func (d *directory) count() int { return len(d.boxes) }

// address finds the address of an object by any of its names; empty where it
// is unknown or stands for two.
func (d *directory) address(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if a, ok := d.byName[name]; ok && !d.twice[name] {
		return a
	}
	return d.locals[name]
}

// object resolves a directory object as Exchange names it: a canonical name, a
// legacy DN behind a display name, a GUID.
func (d *directory) object(raw string) string {
	names := []string{raw}
	if open := strings.LastIndex(raw, "["); open >= 0 {
		_, dn, _ := strings.Cut(strings.TrimSuffix(raw[open+1:], "]"), ":")
		tail := dn[strings.LastIndex(dn, "=")+1:]
		names = []string{dn, tail}
		if i := strings.IndexByte(tail, '-'); i > 8 {
			names = append(names, tail[i+1:])
		}
	} else if i := strings.LastIndexByte(raw, '/'); i >= 0 {
		names = append(names, raw[i+1:])
	}
	for _, n := range names {
		if a := d.address(n); a != "" {
			return a
		}
	}
	return ""
}

// mailbox gives the address of a mailbox that an export names in short.
func (d *directory) mailbox(name string) string {
	if name == "" || strings.Contains(name, "@") {
		return name
	}
	for _, n := range []string{name, name[strings.LastIndexByte(name, '/')+1:]} {
		if a := d.address(n); a != "" {
			return a
		}
	}
	return name
}

// resolve finds the addresses behind a setting's directory objects.
func (a *auditor) resolve(s *setting) {
	s.mailbox = a.people.mailbox(s.mailbox)
	for i, t := range s.targets {
		if !t.object || !t.addr.IsZero() {
			continue
		}
		if address := a.people.object(t.raw); address != "" {
			s.targets[i].addr, _ = message.ParseAddress(address)
		}
	}
}

// guessInternal takes the domain that most mailboxes share for ours. Without
// one, every address counts as external.
func (a *auditor) guessInternal() func(string) bool {
	best := ""
	for d, n := range a.people.domains {
		if slices.Contains(webmail, message.Registrable(d)) {
			continue // a mail provider's is nobody's organisation
		}
		if c := cmp.Compare(n, a.people.domains[best]); c > 0 || c == 0 && d < best {
			best = d
		}
	}
	if best == "" {
		if slices.ContainsFunc(a.settings, func(s *setting) bool { return len(s.targets) > 0 && !s.member }) {
			a.report.Warnings = append(a.report.Warnings, Problem{Text: "no internal domain is known, so every address with a domain counts as external: give --internal DOMAIN"})
		}
		return func(string) bool { return false }
	}
	own := message.Registrable(best)
	a.report.Warnings = append(a.report.Warnings, Problem{Text: fmt.Sprintf("%s and what is below it is taken for internal, because most mailboxes are there (--internal says otherwise)", own)})
	return func(domain string) bool { return domain == own || strings.HasSuffix(domain, "."+own) }
}

// external tells whether mail to a target leaves the organisation.
func (a *auditor) external(t target) bool {
	return !t.addr.IsZero() && t.addr.Domain != "" && !t.local && !a.internal(t.addr.Domain)
}

// unresolved tells whether nobody knows where a target leads.
func (t target) unresolved() bool { return t.addr.IsZero() && !t.local }
