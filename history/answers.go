package history

import (
	"strings"
	"time"

	"maillint/message"
)

// LearnedDays is on how many days an answer must have gone to a domain before
// the domain is one that the organisation corresponds with, and LearnedMost how
// many such domains are kept, those answered last.
const (
	LearnedDays = 3
	LearnedMost = 1000
)

// Answered gives the domains of the recipients that the message is an answer to:
// it refers to a Message-ID that was made there, or at a host below. A mistyped
// domain takes mail for years and never sends any, so having written to it often
// says nothing; having been answered does.
func Answered(m *message.Message, recipients []message.Address) []string {
	from := map[string]bool{} // the domains of the Message-IDs, and what they are below
	left := mostIDs
	for _, field := range []string{"In-Reply-To", "References"} {
		for _, value := range m.Values(field) {
			ids := idDomains(value, left)
			left -= len(ids)
			for _, d := range ids {
				for ; d != ""; _, d, _ = strings.Cut(d, ".") {
					from[d] = true
				}
			}
		}
	}
	var out []string
	for _, r := range recipients {
		if d := strings.ToLower(r.Domain); from[d] && strings.Contains(d, ".") {
			out = append(out, d)
			delete(from, d) // each once
		}
	}
	return out
}

// mostIDs bounds how many Message-IDs are looked at, the newest of a field first.
const mostIDs = 100

// idDomains are what stands behind the @ of the Message-IDs in a field's value, of
// so many at most.
func idDomains(value string, most int) []string {
	var out []string
	for _, id := range messageIDs(value, most) {
		if d, ok := message.Domain(id[strings.LastIndexByte(id, '@')+1:]); ok {
			out = append(out, d)
		}
	}
	return out
}

// Correspondents are the domains that the organisation corresponds with, each
// with the last day on which an answer went there.
type Correspondents map[string]time.Time

// Note adds a domain, or another day of it, and drops what is older than Kept or
// too much. false: that day is known already.
func (c Correspondents) Note(domain string, day time.Time) bool {
	if !c[domain].Before(day) {
		return false
	}
	c[domain] = day
	for d, last := range c {
		if last.Before(day.Add(-Kept)) {
			delete(c, d)
		}
	}
	for len(c) > LearnedMost {
		delete(c, c.oldest())
	}
	return true
}

// oldest is the domain whose last answer is the longest ago; of several, the
// first by name.
func (c Correspondents) oldest() (name string) {
	for d, last := range c {
		if name == "" || last.Before(c[name]) || last.Equal(c[name]) && d < name {
			name = d
		}
	}
	return name
}
