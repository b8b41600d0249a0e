package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// skeleton appends to dst the shape of an ASCII label: pairs and letters that
// are drawn alike become one of them. Two labels with one skeleton look alike.
func skeleton(dst []byte, label string) []byte {
	for i := 0; i < len(label); i++ {
		c := label[i]
		if pair, ok := drawnTogether(label[i:]); ok {
			c = pair
			i++
		}
		dst = append(dst, drawn(c))
	}
	return dst
}

// drawnTogether reads the two letters that look like one.
func drawnTogether(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[:2] {
	case "rn":
		return 'm', true
	case "vv":
		return 'w', true
	case "cl":
		return 'd', true
	}
	return 0, false
}

// drawn maps the letters that look like another one.
func drawn(c byte) byte {
	switch c {
	case '0':
		return 'o'
	case '1', 'i':
		return 'l'
	case '5':
		return 's'
	}
	return c
}

// fold replaces every non-ASCII letter by the ASCII letter it is drawn like
// (data/confusables.tsv) and drops the marks on letters: "gmаil" with a
// Cyrillic а and "gmaíl" both become "gmail".
func fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch a, ok := shipped().confusables[r]; {
		case r < unicode.MaxASCII:
			b.WriteRune(r)
		case ok:
			b.WriteString(a)
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// lookalikeScripts never stand in one word with Latin, and look like it.
var lookalikeScripts = []*unicode.RangeTable{
	unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu,
}

// posing reports a name of which a label of four letters and more is written
// in Cyrillic or Greek throughout, under a suffix of a country that writes Latin,
// or of none. The caller knows that every letter of it is drawn like an ASCII one.
func posing(name string) bool {
	if cyrillicOrGreek[lastLabel(name)] {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		letters, foreign := 0, 0
		for _, r := range label {
			letters += cost(unicode.IsLetter(r))
			foreign += cost(unicode.In(r, lookalikeScripts...))
		}
		if letters >= 4 && foreign == letters {
			return true
		}
	}
	return false
}

// cyrillicOrGreek are the countries that write so (ISO 3166).
var cyrillicOrGreek = map[string]bool{
	"ru": true, "su": true, "ua": true, "by": true, "bg": true, "rs": true, "mk": true, "me": true, "ba": true,
	"kz": true, "kg": true, "tj": true, "mn": true, "am": true, "gr": true, "cy": true, "eu": true,
}

// mixed reports a label that mixes Latin with a script that looks like it.
func mixed(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		latin := strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
		other := strings.ContainsFunc(label, func(r rune) bool { return unicode.In(r, lookalikeScripts...) })
		if latin && other {
			return true
		}
	}
	return false
}
