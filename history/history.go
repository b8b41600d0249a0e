// Package history knows what is usual: what a decision about a held message
// taught, so that the same finding about the same thing is not asked again; and
// what went before: a locked file whose password follows.
//
// Package store keeps what it makes. Only a scan, which has no store, keeps it in
// memory.
package history

import (
	"slices"
	"strings"
	"time"

	"maillint/lint"
	"maillint/message"
)

// Kept is how long a decision is remembered.
const Kept = 180 * 24 * time.Hour

// NewInCircle is how many addresses a message may show that the circle it is
// compared with did not have.
const NewInCircle = 2

// Kind is the kind of thing that a finding is about.
type Kind string

// The kinds of things. A circle is a set of visible external addresses that
// somebody has confirmed.
const (
	Address Kind = "address"
	Domain  Kind = "domain"
	Circle  Kind = "circle"
)

// Subject is what a finding is about, in normal form: sorted, each once,
// addresses as message.Address.Key, domains as lower-case A-labels. The zero
// value is about nothing that could be recognised again.
type Subject struct {
	Kind  Kind     `json:"kind,omitempty"`
	About []string `json:"about,omitempty"`
}

// IsZero reports whether there is nothing to recognise again.
func (s Subject) IsZero() bool { return len(s.About) == 0 }

// circles are the rules that are about everybody who is visible together.
var circles = []string{"exposed-recipients", "repeat-exposure"}

// forgotten are the rules whose findings nobody can allow once for all: the
// next message holds other people's data, or another password.
var forgotten = []string{"personal-data", "credentials", PasswordRule}

// SubjectOf gives what a finding is about. The rule is the catalogue's ID, not
// the name of an instance; visible are the external addresses that every
// recipient of the message can read.
func SubjectOf(rule string, f lint.Finding, visible []message.Address) Subject {
	switch {
	case slices.Contains(forgotten, rule):
		return Subject{}
	case slices.Contains(circles, rule):
		var about []string
		for _, a := range visible {
			about = append(about, a.Key())
		}
		return subject(Circle, about)
	}
	return named(f.About)
}

// named is a subject of addresses, or of domains. A finding that names both,
// or something else, is not recognised again.
func named(about []string) Subject {
	var kind Kind
	var out []string
	for _, s := range about {
		k, text := Address, ""
		if strings.Contains(s, "@") {
			if a, ok := message.ParseAddress(s); ok && a.Local != "" && a.Domain != "" {
				text = a.Key()
			}
		} else if d, ok := message.Domain(s); ok && strings.Contains(d, ".") {
			k, text = Domain, d
		}
		if text == "" || kind != "" && kind != k {
			return Subject{}
		}
		kind, out = k, append(out, text)
	}
	return subject(kind, out)
}

func subject(kind Kind, about []string) Subject {
	if len(about) == 0 {
		return Subject{}
	}
	slices.Sort(about)
	return Subject{kind, slices.Compact(about)}
}

// Memory is one thing that a decision taught: a finding of a rule about it, in
// mail of an identity, is all right until a day.
type Memory struct {
	ID       string    `json:"id"`
	Identity string    `json:"identity"`
	Rule     string    `json:"rule"` // the instance's name
	Kind     Kind      `json:"kind"`
	About    []string  `json:"about"` // one address, one domain, or a circle
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Until    time.Time `json:"until"`
	Item     string    `json:"item"`
}

// Covers looks for what was remembered about a finding: the same addresses or
// domains, each of them, or a circle that the visible addresses are a part of,
// but for NewInCircle new ones. It gives the memory that says so (of several,
// the one that ends first).
func Covers(list []Memory, identity, rule string, s Subject, now time.Time) (Memory, bool) {
	if s.IsZero() || identity == "" {
		return Memory{}, false
	}
	var usable []Memory
	for _, m := range list {
		if strings.EqualFold(m.Identity, identity) && m.Rule == rule && m.Kind == s.Kind && now.Before(m.Until) && !m.At.After(now) {
			usable = append(usable, m)
		}
	}
	if s.Kind == Circle {
		return inCircle(usable, s.About)
	}
	var first Memory
	for _, about := range s.About {
		i := slices.IndexFunc(usable, func(m Memory) bool { return slices.Contains(m.About, about) })
		if i < 0 {
			return Memory{}, false
		}
		if first.Until.IsZero() || usable[i].Until.Before(first.Until) {
			first = usable[i]
		}
	}
	return first, true
}

// inCircle looks for one circle that has all of the addresses but a few. Two
// circles do not add up: their members were never shown to each other.
func inCircle(list []Memory, visible []string) (Memory, bool) {
	for _, m := range list {
		strangers := 0
		for _, a := range visible {
			if !slices.Contains(m.About, a) {
				strangers++
			}
		}
		if strangers <= NewInCircle && strangers < len(visible) {
			return m, true
		}
	}
	return Memory{}, false
}
