package history

import (
	"slices"
	"strings"
	"time"
)

// Decision is a release that somebody decided, as far as it teaches.
type Decision struct {
	Identity string // of the message; its normal form
	Claimed  bool   // nobody vouches for the identity
	By       string // who decided
	Item     string
	At       time.Time
	Hide     bool     // released with hidden recipients
	Only     []string // released to these recipients alone; empty: to all
	// Silent: who decided asked that nothing be remembered.
	Silent   bool
	Findings []Held
}

// Held is a finding of a held message.
type Held struct {
	Rule        string // the instance's name
	Disposition string
	Subject     Subject
	Recipients  []string // whom it concerns; empty: all
}

// Learn gives what a release teaches: nothing where the identity is claimed
// only, where recipients were hidden (that is no word for showing them), or
// where the administrators or nobody could have released it.
func Learn(d Decision) []Memory {
	if d.Claimed || d.Hide || d.Silent || d.Identity == "" || d.By == "" {
		return nil
	}
	if slices.ContainsFunc(d.Findings, func(h Held) bool { return h.Disposition == "quarantine" || h.Disposition == "reject" }) {
		return nil
	}
	var out []Memory
	for _, h := range d.Findings {
		if h.Disposition != "confirm" && h.Disposition != "approve" || !d.released(h) {
			continue
		}
		out = append(out, d.memories(h)...)
	}
	return out
}

// released reports whether what a finding is about was let go. A circle was
// not, where only some of it got the message.
func (d *Decision) released(h Held) bool {
	switch {
	case len(d.Only) == 0:
		return true
	case h.Subject.Kind == Circle, len(h.Recipients) == 0:
		return false
	}
	for _, r := range h.Recipients {
		if !slices.ContainsFunc(d.Only, func(o string) bool { return strings.EqualFold(o, r) }) {
			return false
		}
	}
	return true
}

// memories are those of one finding: one for each address or domain, and one
// for a circle as a whole.
func (d *Decision) memories(h Held) []Memory {
	m := Memory{
		Identity: d.Identity, Rule: h.Rule, Kind: h.Subject.Kind, By: d.By,
		At: d.At, Until: d.At.Add(Kept), Item: d.Item,
	}
	if h.Subject.IsZero() {
		return nil
	}
	if m.Kind == Circle {
		m.About = h.Subject.About
		return []Memory{m}
	}
	var out []Memory
	for _, about := range h.Subject.About {
		one := m
		one.About = []string{about}
		out = append(out, one)
	}
	return out
}
