package lookalike

import "strings"

// lexicon holds words and names of the languages. The nil lexicon has none.
type lexicon struct {
	words   map[string]bool
	short   map[string]bool // of two and three letters: parts of names only
	triples [letters * letters * letters]uint16
}

// letters are those of a triple: a to z, and 0 for the edge of a word.
const letters = 27

// readable is how many words must have three letters in a row before a name with
// them reads like one.
const readable = 10

func newLexicon() *lexicon {
	return &lexicon{words: map[string]bool{}, short: map[string]bool{}}
}

func (l *lexicon) add(words ...string) {
	for _, w := range words {
		if l.words[w] {
			continue
		}
		l.words[w] = true
		for i := range w {
			if t := triple(w, i); t > 0 && l.triples[t] < 1<<16-1 {
				l.triples[t]++
			}
		}
	}
}

func (l *lexicon) addShort(words []string) {
	for _, w := range words {
		l.short[w] = true
	}
}

// triple numbers the letter at i and its two neighbours, or gives 0 where one of
// them is none.
func triple(word string, i int) int {
	t := 0
	for j := i - 1; j <= i+1; j++ {
		t *= letters
		if j < 0 || j == len(word) {
			continue
		}
		if c := word[j]; 'a' <= c && c <= 'z' {
			t += int(c-'a') + 1
		} else {
			return 0
		}
	}
	return t
}

// has reports a label that is a word as it stands.
func (l *lexicon) has(label string) bool { return l != nil && l.words[label] }

// word reports a label that is a word or a name, or the plural of one.
func (l *lexicon) word(label string) bool {
	return l.has(label) || l.has(strings.TrimSuffix(label, "s"))
}

// part reports what a name may be made of: words, short ones too.
func (l *lexicon) part(s string) bool {
	return l.word(s) || l != nil && l.short[s]
}

// reads reports a label that around at reads like words do.
func (l *lexicon) reads(label string, at int) bool {
	if l == nil {
		return false
	}
	for i := max(0, at-1); i <= min(at+1, len(label)-1); i++ {
		if l.triples[triple(label, i)] < readable {
			return false
		}
	}
	return true
}

// another reports a label that is one edit from want and means something else:
// they share a word and have different words beside it (likenation, livenation),
// or want has an abbreviation there (nstimes, nytimes). Where a letter is left out,
// only words count: it mostly was forgotten.
func (l *lexicon) another(label, want string, omission bool) bool {
	return l.beside(label, want, func(got, want string) bool {
		return l.otherWord(got, want) || !omission && len(want) <= 3 && !l.part(want)
	})
}

// otherWord reports that a word of three letters or more stands for want.
func (l *lexicon) otherWord(got, want string) bool { return len(got) >= 3 && l.part(got) }

// beside asks differ what stands beside a word that two names share.
func (l *lexicon) beside(label, want string, differ func(got, want string) bool) bool {
	head, tail := shared(label, want)
	for n := minShared; n <= max(head, tail); n++ {
		i, j := len(label)-n, len(want)-n
		switch {
		case i <= 0 || j <= 0:
		case n <= tail && l.word(want[j:]) && differ(label[:i], want[:j]), n <= head && l.word(want[:n]) && differ(label[n:], want[n:]):
			return true
		}
	}
	return false
}

// minShared is the shortest word that two names are said to share.
const minShared = 4

// shared gives how many letters two labels begin and end with in common.
func shared(a, b string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for tail < n && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// torn reports a label with a hyphen within words: ali-express is two words,
// and aliexp-ress is none.
func (l *lexicon) torn(label string) bool {
	a, b, ok := strings.Cut(label, "-")
	return ok && l != nil && a != "" && b != "" && !strings.Contains(b, "-") && !l.part(a) && !l.part(b)
}
