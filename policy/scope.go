package policy

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// Scope says to which mail a rule applies. What is not set is no condition;
// what is set must all hold.
type Scope struct {
	// Senders holds for a message if the reverse-path or any From address is
	// covered, so that nobody leaves a scope by writing another From.
	Senders *List
	// Recipients holds if any recipient of the envelope is covered.
	Recipients *List
	// Groups holds if the sender is in any of the directory's groups.
	Groups []string
	Hours  Hours
	// From and Until are the first and the last day.
	From, Until time.Time
}

func (r *reader) readScope(n *yaml.Node, path string) *Scope {
	s := &Scope{}
	r.mapping(n, path, "key",
		key{"senders", func(v *yaml.Node, p string) { s.Senders = r.newList(p, p, r.items(v, p)) }},
		key{"recipients", func(v *yaml.Node, p string) { s.Recipients = r.newList(p, p, r.items(v, p)) }},
		key{"groups", func(v *yaml.Node, p string) { s.Groups = r.groups(v, p) }},
		key{"hours", func(v *yaml.Node, p string) { s.Hours = r.hours(v, p) }},
		key{"from", func(v *yaml.Node, p string) { s.From, _ = r.date(v, p) }},
		key{"until", func(v *yaml.Node, p string) { s.Until, _ = r.date(v, p) }},
	)
	for _, name := range []string{"senders", "recipients"} {
		l := s.Senders
		if name == "recipients" {
			l = s.Recipients
		}
		if v := find(n, name); l != nil && l.Len() == 0 && v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
			r.fail(r.at(v), "leave the key out", "%sis empty: the rule would never apply", prefix(join(path, name)))
		}
	}
	if !s.From.IsZero() && !s.Until.IsZero() && s.Until.Before(s.From) {
		r.fail(r.at(find(n, "until")), "", "%slies before from", prefix(join(path, "until")))
	}
	return s
}

// applies reports whether a message is in the scope.
func (p *Policy) applies(s *Scope, m *message.Message, f *lint.Facts) bool {
	if s.Senders != nil && !slices.ContainsFunc(senders(m), s.Senders.Match) {
		return false
	}
	if s.Recipients != nil && !slices.ContainsFunc(m.Envelope.Recipients, s.Recipients.Match) {
		return false
	}
	if s.Groups != nil && !p.inGroups(m, s.Groups) {
		return false
	}
	return s.timely(p.timeOf(m, f))
}

// timely reports whether a moment is within the hours and days.
func (s *Scope) timely(t time.Time) bool {
	return (s.From.IsZero() || !t.Before(s.From)) &&
		(s.Until.IsZero() || t.Before(s.Until.AddDate(0, 0, 1))) &&
		s.Hours.Contain(t)
}

// senders are the addresses that a message says it is from.
func senders(m *message.Message) []message.Address {
	out := m.From()
	if a := m.Envelope.ReversePath; !a.IsZero() {
		out = append(out[:len(out):len(out)], a)
	}
	return out
}

// timeOf is when a message is sent: now, or for stored mail its Date.
func (p *Policy) timeOf(m *message.Message, f *lint.Facts) time.Time {
	if !f.OnItsWay() {
		if t, ok := date(m.Value("Date")); ok {
			return t.In(p.Organization.Zone)
		}
	}
	return p.Now().In(p.Organization.Zone)
}

// date reads a Date field, tolerantly (RFC 5322, 3.3).
func date(s string) (time.Time, bool) {
	s, _, _ = strings.Cut(s, "(")
	if _, rest, ok := strings.Cut(s, ","); ok {
		s = rest
	}
	s = strings.Join(strings.Fields(s), " ")
	for _, layout := range []string{"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 06 15:04:05 -0700", "2 Jan 2006 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
