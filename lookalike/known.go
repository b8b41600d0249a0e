package lookalike

import "strings"

// believeKnown judges the name of an own domain or a partner's.
func (b *brand) believeKnown(label string, l labelReading, s suffixReading) (verdict, bool) {
	switch {
	case l.exact:
		ok := s.grade == broken || s.grade == cheap && len(label) >= 5
		return verdict{finding{kind: Suffix, certainty: Likely}, 40}, ok
	case s.grade > broken || l.edits > 1 || shipped().words[label]:
		return verdict{}, false
	case b.origin != own && !l.edit.known(b.label, registry(s.place.suffix)):
		return verdict{}, false
	}
	return verdict{finding{kind: l.edit.kind, certainty: Likely}, 50}, len(b.label) >= 5
}

// known says whether a single edit of a partner's name is believed. The
// shorter the name, the more of its neighbours are names of others, and the
// more the slip has to be one that hands make.
func (e edit) known(label string, registry bool) bool {
	n := len(label)
	switch {
	case e.series(label):
		return false
	case registry && n < 8:
		return e.kind == Swap || e.kind == Doubling
	case n == 5:
		return e.cheap() && (strict == 0 || !e.first && !e.last)
	case n == 6:
		return e.cheap() && (strict < 2 || !e.last) || strict == 0 && !e.first
	case n == 7:
		return e.cheap() || strict == 0 && !e.first && !e.last
	}
	return e.cheap() || !e.first && !e.last
}

// registry reports suffixes under which only institutions are registered, many
// of them by an abbreviation that differs from another one's by a letter.
func registry(suffix string) bool {
	for label := range strings.SplitSeq(suffix, ".") {
		switch label {
		case "edu", "ac", "gov", "go", "gob", "gouv", "lg", "mil":
			return true
		}
	}
	return false
}

var strict = 0

// series reports a difference that tells members of a series apart: a number, a
// plural, a hyphen, a letter before a hyphen.
func (e edit) series(label string) bool {
	plural := e.last && (e.kind == Insertion && e.wrote == 's' || e.kind == Omission && label[len(label)-1] == 's')
	number := e.kind == Insertion && e.last && digit(e.wrote) || e.at < len(label) && digit(label[e.at]) ||
		e.wrote != 0 && digit(e.wrote) && !e.cheap()
	hyphen := e.wrote == '-' || e.at < len(label) && label[e.at] == '-' && e.kind != Swap
	return plural || number || hyphen || e.at == 0 && len(label) > 1 && label[1] == '-'
}
