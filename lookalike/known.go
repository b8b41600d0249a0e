package lookalike

import "strings"

// believeKnown judges the name of an own domain or a partner's.
func (b *brand) believeKnown(label string, l labelReading, s suffixReading) (verdict, bool) {
	switch {
	case l.exact:
		if s.grade == broken {
			return verdict{finding{kind: TLD, certainty: Likely}, 40}, true
		}
		ok := s.grade == cheap && (b.origin == own || s.shortened(len(label)))
		return verdict{finding{kind: Suffix, certainty: Likely}, 40}, ok
	case l.sight && s.grade <= broken && len(b.label) >= 6:
		return verdict{finding{kind: Confusable, certainty: Likely}, 45}, true
	case s.grade > broken || l.edits > 1 || b.words.word(label) || len(b.label) < 5:
		return verdict{}, false
	case b.origin == own && !b.ownEdit(l.edit), b.origin != own && !b.known(l.edit, registryOf(s.place.suffix)):
		return verdict{}, false
	}
	return verdict{finding{kind: l.edit.kind, certainty: Likely}, 50}, true
}

// ownEdit says whether a single edit of an own domain's name is believed: of all
// but a sister's (konan-wu for konan-u) and another first letter.
func (b *brand) ownEdit(e edit) bool {
	slip := e.kind == Swap || e.kind == Doubling
	return slip || !e.series(b.label) && (!e.first || e.kind != Letter)
}

// shortened reports com or net with a letter left out. Under co, which many
// choose on purpose, that is only believed of long names.
func (s suffixReading) shortened(n int) bool {
	return mistyped[s.written] && (s.place.suffix == "com" || s.place.suffix == "net") && n >= 5 &&
		(s.written != "co" || n >= 7)
}

// known says whether a single edit of a partner's name is believed. The shorter
// the name, the more of its neighbours are names of others, and the more the
// slip has to be one that hands make. A name held under several suffixes is a
// brand, and not short for anything.
func (b *brand) known(e edit, r registry) bool {
	n := len(b.label)
	slip := e.kind == Swap || e.kind == Doubling
	switch {
	case slip:
		return true
	case e.series(b.label), n == 5 && abbreviation(b.label) && !(e.kind == Insertion && e.near && r == open):
		return false
	case len(b.places) > 2:
		return true
	case r != open:
		return r == academic && n >= 7 && e.cheap()
	case n == 5 && e.kind == Omission, n < 7 && e.first && !e.near:
		return false
	case n == 5:
		return e.cheap() && (e.near || e.kind != Letter)
	}
	return e.cheap() || !e.first && !e.last || n >= 10
}

// abbreviation reports a name with hardly a vowel, such as are made of initials.
func abbreviation(label string) bool {
	vowels := 0
	for i := range len(label) {
		vowels += cost(strings.IndexByte("aeiouy", label[i]) >= 0)
	}
	return 4*vowels < len(label)
}

// registry says who may register under a suffix.
type registry int

const (
	open     registry = iota
	academic          // universities and schools
	official          // offices: towns of one name differ by the state's abbreviation
)

// registryOf gives the registry of a suffix. Institutions often go by an
// abbreviation that differs from another one's by a letter.
func registryOf(suffix string) registry {
	for label := range strings.SplitSeq(suffix, ".") {
		switch label {
		case "edu", "ac":
			return academic
		case "gov", "go", "gob", "gouv", "lg", "mil":
			return official
		}
	}
	return open
}

// series reports a difference that tells members of a series apart: a number, a
// plural, a hyphen, a letter before a hyphen or a few behind the last one.
func (e edit) series(label string) bool {
	was := byte(0)
	if e.at < len(label) {
		was = label[e.at]
	}
	switch {
	case e.last && (e.kind == Insertion && e.wrote == 's' || e.kind == Omission && was == 's'):
		return true
	case digit(was) || digit(e.wrote) && !e.cheap() && (e.last || e.first || e.kind == Insertion):
		return true
	case digit(e.wrote) && e.last && e.kind == Insertion && !(e.near && strings.IndexByte("90", e.wrote) >= 0):
		return true // but shop0 is a slip of the p's neighbour
	case was == '-' && e.kind != Swap, e.wrote == '-' && !e.near:
		return true
	}
	if stem := strings.TrimRight(label, "0123456789"); len(stem) < len(label) && len(stem) < 6 {
		return true
	}
	if i := strings.LastIndexByte(label, '-'); i > 0 && i > len(label)-5 && e.at >= i {
		return true // konan-u.ac.jp and konan-wu.ac.jp
	}
	return e.at == 0 && label[1] == '-'
}
