package audit

import (
	"strings"
	"time"

	"maillint/message"
)

// place is where something was read.
type place struct {
	path         string
	line, record int
}

func (p place) problem(text string) Problem {
	return Problem{Path: p.path, Line: p.line, Record: p.record, Text: text}
}

// answer is yes, no, or not said.
type answer int

const (
	unsaid answer = iota
	yes
	no
)

// setting is one thing that somebody set up, in the words of no product.
type setting struct {
	place
	source   source
	mailbox  string
	name     string // the rule's name
	id       string // what the product calls it, for the command that removes it
	what     string // "inbox rule", for people
	rule     bool   // it acts on mail (and is no mere entry of a list)
	off      bool   // it is there and not active
	dormant  bool   // it is off because its script is not the active one
	namesake bool   // another rule of the mailbox has its name, and both have nothing else
	never    bool   // its conditions are never met
	targets  []target
	partial  bool // it may have more targets than could be read

	copies  answer // the mailbox keeps a copy
	deletes bool
	reads   bool // marks as read
	files   bool // takes it out of the inbox
	folder  string

	words    []string // what its conditions look for
	all      bool     // it holds for all mail
	trick    string   // how a condition that is always true is dressed
	nameable bool     // its name was chosen by whoever made it
	hidden   bool
	broken   bool
	tenant   bool   // it holds for more than one mailbox
	catchAll bool   // it takes whole domains
	delegate bool   // somebody else may read or send
	notice   bool   // only a notice goes out, no copy of the mail
	member   bool   // an entry of a list of members
	pipe     string // a program that gets the mail
	include  string // a file elsewhere that says more
	opens    string // a policy that lets forwarding out, in words
	unknown  string // a change whose content is not told
	mild     bool   // of aliases and maps: no copy is usual
	evidence []string
	remove   string // the command, where the source alone does not tell it
	event    *event
	harmless bool // a program or file known to be usual
}

// event tells how a change was made, where a log says so.
type event struct {
	when   time.Time
	client string // address without port
	actor  string
	admin  bool
}

// target is where mail goes.
type target struct {
	raw  string
	addr message.Address // zero: not resolved
	// object is a directory object that needs a map of mailboxes.
	object bool
	local  bool // a mailbox of this host
}

// String is the target for people.
func (t target) String() string {
	if t.addr.IsZero() {
		return t.raw
	}
	return t.addr.Key()
}

// interesting leaves out what no rule could ever look at.
func (s *setting) interesting() bool {
	return len(s.targets) > 0 || s.deletes || s.files || s.reads || s.folder != "" || s.pipe != "" || s.include != "" ||
		s.opens != "" || s.unknown != "" || s.partial || s.hidden
}

// note adds to the evidence.
func (s *setting) note(name, value string) {
	if value != "" {
		s.evidence = append(s.evidence, name+"="+value)
	}
}

// hides tells whether the owner is unlikely to see the mail.
func (s *setting) hides() bool {
	return s.deletes || s.reads || s.files || rarelySeen(s.folder)
}

// addressTarget makes a target of an address; ok is false for anything else.
func addressTarget(s string) (target, bool) {
	s = trimAddress(s)
	if !strings.Contains(s, "@") {
		return target{raw: s}, false
	}
	addr, ok := message.ParseAddress(s)
	if !ok || addr.Domain == "" || addr.Local == "" {
		return target{raw: s}, false
	}
	return target{raw: s, addr: addr}, true
}

// trimAddress takes a scheme and blanks off an address: "smtp:a@b".
func trimAddress(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "{}"))
	for _, scheme := range []string{"smtp:", "mailto:", "sip:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			s = strings.TrimPrefix(s[len(scheme):], "//")
		}
	}
	if i := strings.IndexByte(s, '?'); i > strings.IndexByte(s, '@') && strings.Contains(s, "@") {
		s = s[:i] // mailto:a@b?subject=...
	}
	return strings.TrimSpace(s)
}

// cellTargets reads an address cell as Exchange writes it: addresses,
// "Name" [SMTP:a@b], "Name" [EX:/o=...], separated by semicolons, commas or
// line ends.
func cellTargets(cell string) []target {
	var out []target
	for _, part := range splitCell(strings.Trim(strings.TrimSpace(cell), "{}")) {
		if t, ok := cellTarget(part); ok {
			out = append(out, t)
		}
	}
	return out
}

func cellTarget(part string) (target, bool) {
	part = strings.TrimSpace(part)
	if part == "" || strings.EqualFold(part, "$null") || strings.EqualFold(part, "null") {
		return target{}, false
	}
	if open := strings.LastIndex(part, " ["); open >= 0 || strings.HasPrefix(part, "[") {
		inside := strings.TrimSuffix(strings.TrimSpace(part[open+1:]), "]")
		kind, value, ok := strings.Cut(strings.TrimPrefix(inside, "["), ":")
		if ok && strings.EqualFold(kind, "SMTP") {
			if t, ok := addressTarget(value); ok {
				return t, true
			}
		}
		if ok {
			return target{raw: part, object: true}, true
		}
	}
	if t, ok := addressTarget(strings.Trim(part, "'")); ok {
		return t, true
	}
	return target{raw: part, object: true}, true
}

// splitCell cuts at separators outside quotes and brackets.
func splitCell(cell string) []string {
	var out []string
	start, quoted, depth := 0, false, 0
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '<':
			depth++
		case c == ']' || c == '>':
			depth = max(0, depth-1)
		case depth == 0 && (c == ';' || c == ',' || c == '\n' || c == '\r'):
			out = append(out, cell[start:i])
			start = i + 1
		}
	}
	return append(out, cell[start:])
}

// opaque are cells in which PowerShell wrote a type instead of the value.
func opaque(cell string) bool {
	cell = strings.TrimSpace(cell)
	return strings.HasPrefix(cell, "System.") || strings.HasPrefix(cell, "Microsoft.Exchange.") ||
		strings.HasPrefix(cell, "Deserialized.") || strings.HasPrefix(cell, "@{")
}
