package rules

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maillint/lint"
	"maillint/message"
)

// nameIndex finds names of the directory in display names: whole, with or
// without blanks, in either order, with a title or an office beside them. Names
// that are too short to be one person's ("林", "Info") are left out.
type nameIndex struct {
	people map[string][]*lint.Person // by name without blanks
	runs   bool                      // some name is written without blanks
}

func newNameIndex(people []lint.Person) nameIndex {
	n := nameIndex{people: map[string][]*lint.Person{}}
	for i := range people {
		for written := range strings.FieldsFuncSeq(people[i].Name, func(r rune) bool { return strings.ContainsRune("/／()（）", r) }) {
			n.add(nameWords(written), &people[i])
		}
	}
	return n
}

func (n *nameIndex) add(words []string, p *lint.Person) {
	name := strings.Join(words, "")
	if !distinct(words, p.Office) {
		return
	}
	n.runs = n.runs || !latin(name)
	for _, key := range []string{name, words[len(words)-1] + strings.Join(words[:len(words)-1], "")} {
		if !slices.Contains(n.people[key], p) {
			n.people[key] = append(n.people[key], p)
		}
	}
}

// distinct reports whether a name can be told from a word. Offices of many
// organisations are named alike, so theirs must be longer.
func distinct(words []string, office bool) bool {
	name := strings.Join(words, "")
	least := 3
	switch {
	case latin(name):
		return len(words) >= 2 && len(name) >= 6
	case office:
		least = 6
	}
	return len([]rune(name)) >= least
}

// find gives whose name a display name holds.
func (n nameIndex) find(shown string) []*lint.Person {
	if len(n.people) == 0 {
		return nil
	}
	words := nameWords(shown)
	words = words[:min(len(words), 24)]
	for i := range words {
		for j := i + 1; j <= min(len(words), i+4); j++ {
			if p := n.people[strings.Join(words[i:j], "")]; p != nil {
				return p
			}
		}
	}
	if n.runs {
		for _, w := range words {
			if p := n.inside(w); p != nil {
				return p
			}
		}
	}
	return nil
}

// inside: "営業部山田太郎様" without a blank. A name of three characters may be
// a part of another there.
func (n nameIndex) inside(word string) []*lint.Person {
	runes := []rune(word)
	runes = runes[:min(len(runes), 64)]
	for i := range runes {
		for size := 4; size <= 12 && i+size <= len(runes); size++ {
			if p := n.people[string(runes[i:i+size])]; p != nil && !latin(string(runes[i:i+size])) {
				return p
			}
		}
	}
	return nil
}

// nameWords are the words of a name: width and case folded, initials left out.
func nameWords(s string) []string {
	s = strings.ToLower(norm.NFKC.String(unhidden(s)))
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return slices.DeleteFunc(words, func(w string) bool { return len(w) == 1 })
}

func latin(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	}) < 0
}

// own reports whether an address is known as that person's.
func own(p *lint.Person, a message.Address) bool {
	return slices.ContainsFunc(p.Addresses, func(b message.Address) bool { return a.Key() == b.Key() })
}

// mayBe reports whether an address looks like the private one of somebody, or
// a namesake's: it has a word of the name, in Latin letters, in its local part.
func mayBe(p *lint.Person, a message.Address) bool {
	local := letters(strings.ToLower(a.Local))
	words := nameWords(p.Name)
	for _, b := range p.Addresses {
		words = append(words, strings.FieldsFunc(strings.ToLower(b.Local), func(r rune) bool { return r < 'a' || r > 'z' })...)
	}
	return slices.ContainsFunc(words, func(w string) bool { return len(w) >= 4 && latin(w) && strings.Contains(local, w) })
}
