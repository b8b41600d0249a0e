package lookalike

import "strings"

// believe decides whether a reading of label and suffix together is a slip.
func (b *brand) believe(label string, l labelReading, s suffixReading) (verdict, bool) {
	if s.place.known && (b.origin != provider || b.class == Word || b.class == Ordinary) {
		return b.believeKnown(label, l, s)
	}
	switch {
	case l.exact:
		return b.believeSuffix(s)
	case b.words.word(label):
		return verdict{}, false
	case s.grade == asIs:
		return b.believeLabel(label, l, s.written)
	}
	return b.believeBoth(label, l, s)
}

// believeSuffix judges a provider's name under another suffix.
func (b *brand) believeSuffix(s suffixReading) (verdict, bool) {
	switch {
	case s.grade == broken:
		return verdict{finding{kind: TLD, certainty: Certain}, 1}, true
	case b.class == Exclusive:
		return verdict{finding{kind: Suffix, certainty: Certain}, 2}, true
	case b.class == Everywhere || b.class == Word && s.written == "co" && !strings.HasSuffix(b.label, "mail"):
		return verdict{}, false
	case s.grade == cheap, b.class == Regional && b.generic(s.written), len(b.label) > 4 && s.nearGeneric():
		return verdict{finding{kind: Suffix, certainty: Likely}, 3}, true
	}
	return verdict{}, false
}

// nearGeneric reports a suffix such as bet that is a neighbouring key's net.
func (s suffixReading) nearGeneric() bool {
	want := s.place.suffix
	return len(s.written) > 2 && distance(s.written, want, 1) == 1 && compare(s.written, want).near
}

// generic reports a suffix that is no country's and is written for another one.
func (b *brand) generic(suffix string) bool {
	switch suffix {
	case "net", "org", "info", "biz":
		return true
	}
	for _, p := range b.places {
		if len(suffix) > 2 && distance(suffix, p.suffix, 1) == 1 && !otherCountry(suffix, p.suffix) {
			return true
		}
	}
	return false
}

// otherCountry reports com.se for com.sg: two countries, and no slip of the hand
// between them.
func otherCountry(wrote, want string) bool {
	a, b := lastLabel(wrote), lastLabel(want)
	return a != b && len(a) == 2 && len(b) == 2 && !compare(a, b).near
}

// believeLabel judges a slip in the name, under the provider's own suffix.
func (b *brand) believeLabel(label string, l labelReading, s string) (verdict, bool) {
	switch {
	case l.sight && b.class != Word:
		return verdict{finding{kind: Confusable, certainty: Certain}, 5}, true
	case l.edits == 1 && (b.oneEdit(label, l.edit) || b.shortEdit(l.edit, s) || b.wordEdit(l.edit, s) || l.host && l.edit.cheap() && l.edit.kind != Letter):
		return verdict{finding{kind: l.edit.kind, certainty: b.certainty(l.edit)}, 10 + cost(!l.edit.cheap())}, true
	case l.sound, l.stutter && b.distinct(), l.edits == 2 && (b.twoEdits(label) || b.carrierEdits(label, s)):
		return verdict{finding{kind: Spelling, certainty: Likely}, 20}, true
	}
	return verdict{}, false
}

// oneEdit says whether a single edit of a provider's name is believed.
func (b *brand) oneEdit(label string, e edit) bool {
	n := len(b.label)
	switch {
	case n < 3, b.letterAndWord(label, e):
		return false
	case b.class == Ordinary && !e.near && !e.sight && (e.kind == Letter || e.kind == Omission) && b.words.beside(label, b.label, b.words.otherWord):
		return false // earthling
	case b.class == Ordinary && n < 7 && e.at < n-len("mail")+cost(e.kind == Insertion) && strings.HasSuffix(b.label, "mail"):
		return e.kind == Swap || e.kind == Doubling // y7mail and uymail are not ymail
	case n > 5 && e.at > n-len("mail") && strings.HasSuffix(b.label, "mail"):
		return true
	case n == 3 && b.class != Regional:
		return e.kind == Doubling
	case n < 5 || b.class == Word:
		return e.kind == Swap || e.kind == Doubling
	case n >= 7:
		return true
	case b.distinct():
		return !e.first || label[len(label)-len("mail"):] != "mail" || e.kind == Insertion || e.kind == Doubling
	}
	return e.cheap() && !(e.first && e.kind == Omission)
}

// letterAndWord reports another letter before the word that a provider's name has
// its own letter before, or a letter before both: pcloud, hicloud.
func (b *brand) letterAndWord(label string, e edit) bool {
	word := b.label[1:]
	return e.first && !e.near && strings.HasSuffix(label, word) && b.words.has(word) &&
		(e.kind == Letter || e.kind == Insertion && word != "mail")
}

// shortEdit says whether a single edit of a name of three or four letters is
// believed under that suffix. Every short name under com and net is a firm's, and
// elsewhere every one of three letters that is not merely rearranged.
func (b *brand) shortEdit(e edit, suffix string) bool {
	if len(b.label) == 3 {
		return e.kind == Swap && suffix != "com" && suffix != "net"
	}
	return b.class == Regional && len(b.label) == 4 && suffix != "com" && (e.near || e.kind == Omission)
}

// wordEdit says whether a letter within a word that is left out, or is the
// neighbouring key's, is believed under that suffix. The shorter the word, the
// more of its neighbours are names, and under com and net all of them are taken;
// few but internet providers are registered under ne.jp.
func (b *brand) wordEdit(e edit, suffix string) bool {
	n, least := len(b.label), 6
	switch suffix {
	case "com", "net":
		least = 7
	case "ne.jp":
		least = 5
	}
	if b.class != Word || n < least || e.first || e.last || strings.HasSuffix(b.label, "mail") && e.kind == Omission {
		return false
	}
	return e.kind == Omission || e.sight || e.near
}

// carrierEdits says whether two edits of a Japanese carrier's name are
// believed. Few but internet providers are registered under ne.jp.
func (b *brand) carrierEdits(label, suffix string) bool {
	return b.class == Exclusive && suffix == "ne.jp" && len(b.label) >= 5 && effort(label, b.label) < 28
}

// certainty of a single edit.
func (b *brand) certainty(e edit) Certainty {
	if b.distinct() && !e.first && (b.class == Exclusive || len(b.label) >= 6) {
		return Certain
	}
	return Likely
}

// twoEdits says whether two edits of a provider's name are believed: only of
// names that are no words, and where both are such as hands make, or where they
// only rearrange the letters.
func (b *brand) twoEdits(label string) bool {
	n := len(b.label)
	if !b.distinct() || b.class == Everywhere || len(label) < max(4, n-1) || label[0] != b.label[0] {
		return false
	}
	if len(label) == 4 {
		return effort(label, b.label) <= 12
	}
	if n >= 6 && label[:2] == b.label[:2] && label[len(label)-2:] == b.label[n-2:] && !strings.Contains(label, "-") {
		return effort(label, b.label) <= 21
	}
	wrote, want := label[len(label)-1], b.label[n-1]
	if wrote != want && !alike(wrote, want) && !adjacent(wrote, want) {
		return anagram(label, b.label)
	}
	return effort(label, b.label) <= twoEditEffort[min(n, 9)] || anagram(label, b.label)
}

// twoEditEffort is how far two edits may go in a name of so many letters.
var twoEditEffort = [10]int{5: 16, 6: 17, 7: 20, 8: 20, 9: 22}

// anagram reports whether a has the letters of b in another order.
func anagram(a, b string) bool {
	var counts [256]int
	for i := range len(a) {
		counts[a[i]]++
	}
	for i := range len(b) {
		counts[b[i]]--
	}
	return len(a) == len(b) && counts == [256]int{}
}

// believeBoth judges a slip in the name and another in the suffix.
func (b *brand) believeBoth(label string, l labelReading, s suffixReading) (verdict, bool) {
	if !b.distinct() {
		return verdict{}, false
	}
	likely := verdict{finding{kind: Combined, certainty: Likely}, 30}
	if l.edits > 1 && !l.sight && !l.sound {
		return likely, b.class == Exclusive && b.twoEdits(label) && travels(s.written, s.place.suffix)
	}
	if l.edits == 1 && !b.oneEdit(label, l.edit) {
		return verdict{}, false
	}
	switch s.grade {
	case broken:
		return likely, true
	case cheap:
		return likely, l.sight || l.sound || l.edit.cheap()
	}
	return likely, b.class == Exclusive && l.edits == 1 && l.edit.cheap() && l.edit.kind != Insertion &&
		(!l.edit.first || l.edit.kind == Swap) && travels(s.written, s.place.suffix)
}

// travels reports suffixes that people put for another one: a country's for
// com, and others of the same country.
func travels(wrote, want string) bool {
	country := lastLabel(wrote)
	return want == "com" && (len(country) == 2 || wrote == "net") || country == lastLabel(want)
}
