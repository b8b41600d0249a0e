// Package personal finds personal data in texts and counts the people behind
// it. People are counted, not matches: what stands in one row or one entry of
// a list belongs to one person, and a person met again counts once.
//
// Nothing here keeps or gives back a datum: what a Report shows is masked.
package personal

import "maillint/content"

// Kind is a kind of personal data.
type Kind uint8

// The kinds, in the order in which reports list them.
const (
	Name Kind = iota
	Address
	Phone
	Mobile
	Email
	Birth
	Member // student, staff, patient, customer numbers
	Number // national numbers, cards, accounts, passports: see Numbers
	About  // what is said about a person: marks, salary, diagnosis
	kinds
)

var kindNames = [kinds]string{
	"name", "postal address", "telephone number", "mobile number", "e-mail address", "birth date", "student, staff or customer number",
	"number", "entry about a person",
}

func (k Kind) String() string { return kindNames[k] }

// Count is how many distinct data of a kind were met.
type Count struct {
	Kind Kind
	N    int
}

// Found is what was met of one kind of number, distinct numbers only.
type Found struct {
	*NumberKind
	Beside int // with a word (or an expiry date) beside them
	Alone  int // without one, though shape and check digit are right
	Like   int // all that have the shape, right or not
}

// Sure reports whether the numbers without a word are many enough to be no
// accident: a check digit is right by chance every tenth time.
func (f Found) Sure(least int) bool {
	n := f.Beside + f.Alone
	return f.Bare && n >= least && n*5 >= f.Like*4
}

// Place is one of the places where data stand: masked, for people to look at.
type Place struct {
	Where string
	Kind  string
	Mask  string // "0901******8"
}

// Report is what was found in the texts of one message.
type Report struct {
	People  int // distinct people of whom more than a name is told
	Hidden  int // of these, those in parts that a reader does not see
	Names   int // people of whom only the name is told
	Counts  []Count
	Numbers []Found
	Places  []Place // the first of them
	// HiddenPlaces are the first in parts that a reader does not see.
	HiddenPlaces []Place
	// Truncated: a text was longer than is looked into,
	// or the time was spent.
	Truncated bool
}

// Known is what is known about a message and keeps people of its own
// conversation from being counted.
type Known struct {
	// Party are the people who take part: senders and recipients, by address in
	// lower case, and by name as PartyName gives it.
	Party map[string]bool
	// Internal reports whether a domain is one of ours; nil for none.
	Internal func(domain string) bool
	// Late reports whether no time is left to look further into a text; nil for
	// never.
	Late func(where string) bool
}

const (
	mostPlaces = 6
	mostPeople = 200_000 // kept apart; after these nothing is searched, and Report.Truncated says so
)

// Scan looks into texts.
func Scan(texts []content.Text, known Known) Report {
	c := newCollector(known)
	for i := range texts {
		c.scan(&texts[i])
	}
	return c.report()
}

// Idle reports whether Scan would find nothing in texts, whoever takes part, at
// the cost of a look: then it gives what Scan gives.
func Idle(texts []content.Text) (r Report, idle bool) {
	for i := range texts {
		t := &texts[i]
		if t.Rows != nil || worthALook(t.Prose) {
			return Report{}, false
		}
		r.Truncated = r.Truncated || t.Truncated
	}
	return r, true
}

func (c *collector) scan(t *content.Text) {
	c.text = t
	if t.Truncated {
		c.truncated = true
	}
	if c.late() {
		return
	}
	if t.Rows != nil {
		c.rows(t.Rows)
		return
	}
	if !worthALook(t.Prose) {
		return
	}
	c.prose(Fold(t.Prose))
}

// fewSteps are the lines or rows that are read between two looks at the clock.
const fewSteps = 128

// late reports whether the time is spent; it looks at the clock now and then.
func (c *collector) late() bool {
	if c.steps++; !c.stopped && c.steps%fewSteps == 1 && c.known.Late != nil && c.known.Late(c.text.Where) {
		c.stopped, c.truncated = true, true
	}
	return c.stopped
}

// worthALook: without an @ and without four digits nothing can be found that
// counts. It looks at most mail once and quickly.
func worthALook(s string) bool {
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '@':
			return true
		case c >= '0' && c <= '9':
			if digits++; digits >= fewDigits {
				return true
			}
		case c == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && (s[i+2] >= 0x90 && s[i+2] <= 0x99 || s[i+2] == 0xA0): // full width
			if digits++; digits >= fewDigits || s[i+2] == 0xA0 {
				return true
			}
		}
	}
	return false
}
