package lookalike

import "strings"

// believe decides whether a reading of label and suffix together is a slip.
func (b *brand) believe(label string, l labelReading, s suffixReading) (verdict, bool) {
	if b.origin != provider {
		return b.believeKnown(label, l, s)
	}
	switch {
	case l.exact:
		return b.believeSuffix(s)
	case shipped().words[label]:
		return verdict{}, false
	case s.grade == asIs:
		return b.believeLabel(label, l)
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
	case b.class == Everywhere || b.class == Word && s.written == "co":
		return verdict{}, false
	case s.grade == cheap, b.class == Regional && b.distinct() && s.generic():
		return verdict{finding{kind: Suffix, certainty: Likely}, 3}, true
	}
	return verdict{}, false
}

// generic reports a suffix that is no country's.
func (s suffixReading) generic() bool {
	return len(s.written) > 2 && !strings.Contains(s.written, ".")
}

// believeLabel judges a slip in the name, under the provider's own suffix.
func (b *brand) believeLabel(label string, l labelReading) (verdict, bool) {
	switch {
	case l.sight && b.class != Word:
		return verdict{finding{kind: Confusable, certainty: Certain}, 5}, true
	case l.edits == 1 && b.oneEdit(label, l.edit):
		return verdict{finding{kind: l.edit.kind, certainty: b.certainty(l.edit)}, 10 + cost(!l.edit.cheap())}, true
	case l.sound, l.edits == 2 && b.twoEdits(label):
		return verdict{finding{kind: Spelling, certainty: Likely}, 20}, true
	}
	return verdict{}, false
}

// oneEdit says whether a single edit of a provider's name is believed.
func (b *brand) oneEdit(label string, e edit) bool {
	n := len(b.label)
	switch {
	case n < 3:
		return false
	case n < 5 || b.class == Word:
		return e.kind == Swap || e.kind == Doubling
	case n >= 7:
		return true
	case b.distinct():
		return !e.first || label[len(label)-len("mail"):] != "mail" || e.kind == Insertion || e.kind == Doubling
	}
	return e.cheap() && !(e.first && e.kind == Omission)
}

// certainty of a single edit.
func (b *brand) certainty(e edit) Certainty {
	if b.distinct() && !e.first && (b.class == Exclusive || len(b.label) >= 6) {
		return Certain
	}
	return Likely
}

// twoEdits says whether two edits of a provider's name are believed: only of
// names that are no words, and where the two leave the look of the name.
func (b *brand) twoEdits(label string) bool {
	n := len(b.label)
	switch {
	case !b.distinct() || label[0] != b.label[0]:
		return false
	case n >= 7 && label[:2] == b.label[:2] && label[len(label)-2:] == b.label[n-2:]:
		return true
	}
	return len(label) >= n-1 && onlyLettersOf(label, b.label)
}

// onlyLettersOf reports whether every letter of a occurs in b.
func onlyLettersOf(a, b string) bool {
	for i := range len(a) {
		if strings.IndexByte(b, a[i]) < 0 {
			return false
		}
	}
	return true
}

// believeBoth judges a slip in the name and another in the suffix.
func (b *brand) believeBoth(label string, l labelReading, s suffixReading) (verdict, bool) {
	if !b.distinct() || l.edits > 1 && !l.sight && !l.sound {
		return verdict{}, false
	}
	likely := verdict{finding{kind: Combined, certainty: Likely}, 30}
	if l.edits == 1 && !b.oneEdit(label, l.edit) {
		return verdict{}, false
	}
	switch s.grade {
	case broken:
		return likely, true
	case cheap:
		return likely, l.sight || l.sound || l.edit.cheap()
	}
	return likely, b.class == Exclusive && l.edits == 1 && l.edit.cheap() && (!l.edit.first || l.edit.kind == Swap)
}

// believeKnown judges the name of an own domain or a partner's.
func (b *brand) believeKnown(label string, l labelReading, s suffixReading) (verdict, bool) {
	n := len(b.label)
	switch {
	case l.exact && s.grade == broken, l.exact && s.grade == cheap && n >= 5:
		return verdict{finding{kind: Suffix, certainty: Likely}, 40}, true
	case l.exact || n < 5 || s.grade > broken || l.edits > 1 || shipped().words[label]:
		return verdict{}, false
	case l.edit.kind == Insertion && l.edit.last && (digit(l.edit.wrote) || l.edit.wrote == 's'):
		return verdict{}, false
	}
	return verdict{finding{kind: l.edit.kind, certainty: Likely}, 50}, true
}
