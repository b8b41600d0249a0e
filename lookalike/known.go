package lookalike

import "strings"

// believeKnown judges the name of an own domain or a partner's.
func (b *brand) believeKnown(label string, l labelReading, s suffixReading) (verdict, bool) {
	switch {
	case l.exact:
		if s.grade == broken {
			return verdict{finding{kind: TLD, certainty: Likely}, 40}, true
		}
		f := finding{kind: Suffix, certainty: Likely}
		if b.origin != own && b.many() { // their holders have more of them: google.co
			f.certainty = Info
		}
		academy := registryOf(s.place.suffix) == academic && len(label) >= 5 // kyoto-u.co.jp
		return verdict{f, 40}, s.grade == cheap && (b.origin == own || academy) || s.shortened(len(label))
	case l.sight && s.grade <= broken && len(b.label) >= 6:
		return verdict{finding{kind: Confusable, certainty: Likely}, 45}, true
	case s.grade > broken || l.edits > 1 || b.words.word(label) || !b.long(l.edit, s.place.suffix):
		return verdict{}, false
	case b.origin == own && !b.ownEdit(l.edit), b.origin != own && !b.known(label, l.edit, registryOf(s.place.suffix)):
		return verdict{}, false
	}
	return verdict{finding{kind: l.edit.kind, certainty: Likely}, 50}, true
}

// long reports a name that is long enough to have a slip in: of four letters only a
// letter typed twice, or two in the wrong order where not every such name is taken.
func (b *brand) long(e edit, suffix string) bool {
	return len(b.label) >= 5 || len(b.label) == 4 && (e.kind == Doubling || e.kind == Swap && suffix != "com" && suffix != "net")
}

// ownEdit says whether a single edit of an own domain's name is believed: of all
// but a sister's (konan-wu for konan-u) and another first letter.
func (b *brand) ownEdit(e edit) bool {
	slip := e.kind == Swap || e.kind == Doubling
	return slip || !e.series(b.label) && (!e.first || e.kind != Letter)
}

// shortened reports com, net or edu with a letter left out, or with the
// neighbouring key's.
func (s suffixReading) shortened(n int) bool {
	switch s.place.suffix {
	case "com", "net":
		return n >= 5 && (mistyped[s.written] || s.nearGeneric())
	case "edu":
		return n >= 5 && s.written == "eu"
	}
	return false
}

// known says whether a single edit of a partner's name is believed. The shorter
// the name, the more of its neighbours are names of others, and the more the
// slip has to be one that hands make. A name held under several suffixes is a
// brand, and not short for anything.
func (b *brand) known(label string, e edit, r registry) bool {
	n := len(b.label)
	switch {
	case e.numbered(b.label), e.kind == Swap && e.rearranged(b.label, r):
		return false
	case e.kind == Swap || e.kind == Doubling:
		return true
	case e.series(b.label), n == 5 && abbreviation(b.label) && !(e.kind == Insertion && e.near && r == open):
		return false
	case b.many():
		return true
	case r == academic:
		return n >= 7 && e.cheap()
	case r == official: // towns of one name differ by the state's letters behind it
		return n >= 8 && e.cheap() && !e.first && e.at < n-3
	case n >= 10:
		return !e.first || e.kind != Letter || e.sight // rightinthebox and lightinthebox are two firms
	case e.near:
		return n > 5 || e.kind != Key || !e.first && !b.words.reads(label, e.at)
	case b.words.another(label, b.label, e.kind == Omission):
		return false
	case e.cheap():
		return n > 6 || n == 6 && (!e.first || e.kind == Omission)
	}
	return e.unlikely(n) && (n > 7 || e.kind == Insertion || !b.words.reads(label, e.at))
}

// rearranged reports two letters of a partner's name in the other order where that
// makes the next of its kind: another number (12, 21), or the initials of another
// institution (ntcc.edu, tncc.edu).
func (e edit) rearranged(label string, r registry) bool {
	return digit(label[e.at]) && digit(label[e.at+1]) || r != open && len(label) <= 5 && abbreviation(label)
}

// many reports a name that is known to be held under several suffixes.
func (b *brand) many() bool {
	n := 0
	for i := range b.places {
		n += cost(b.places[i].known)
	}
	return n > 2
}

// unlikely says whether a letter that has nothing to do with the right one is
// believed in a name of n letters, fewer than ten. At the ends of short names it
// makes another name.
func (e edit) unlikely(n int) bool {
	switch {
	case e.first:
		return n >= 9
	case e.last:
		return n >= 9 || n >= 7 && e.kind == Letter
	}
	return n >= 6
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

// numbered reports a difference behind a number within the name, as members of
// a series have it: mail2dan and mail2man.
func (e edit) numbered(label string) bool {
	i := strings.LastIndexAny(label[:min(e.at, len(label))], "0123456789")
	return i >= 0 && len(label)-i <= 7
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
	case digit(e.wrote) && e.last && e.kind == Insertion && !(e.near && e.wrote != '1' && e.wrote != '2'):
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
