package lookalike

import "strings"

// labelReading is what a written label means if a brand was meant.
type labelReading struct {
	exact   bool
	sight   bool // it is drawn like the brand
	sound   bool // it is spelt as the brand sounds
	stutter bool // a part of the brand is written twice
	host    bool // it stands behind a host of the brand's: jcom.zaw.ne.jp
	edits   int
	edit    edit // where edits is one
}

// readLabel compares a label with the brand's name, and with its spellings by
// ear.
func (b *brand) readLabel(label string) (labelReading, bool) {
	if label == b.label {
		return labelReading{exact: true}, true
	}
	l := labelReading{edits: distance(label, b.label, 2)}
	for _, s := range b.sounds {
		l.sound = l.sound || l.edits > 1 && (label == s || len(s) > 7 && distance(label, s, 1) == 1)
	}
	if len(b.label) >= minSight {
		var mine, other [2 * maxLabel]byte
		l.sight = len(label) <= maxLabel && len(b.label) <= maxLabel &&
			string(skeleton(mine[:0], label)) == string(skeleton(other[:0], b.label))
	}
	if l.edits == 1 {
		l.edit = compare(label, b.label)
	}
	l.stutter = l.edits > 1 && stutters(label, b.label)
	return l, l.sight || l.sound || l.stutter || l.edits <= bearable(len(b.label))
}

// bearable is how many edits a name of n letters may have suffered and still be
// known for what it was.
func bearable(n int) int { return min(max(0, n-2), depthOf(n)) }

// stutters reports a label that has a part of want, of two to four letters,
// twice in a row: yahohoo, hotmailmail.
func stutters(label, want string) bool {
	k := len(label) - len(want)
	if k < 2 || k > 4 {
		return false
	}
	for i := 0; i+2*k <= len(label); i++ {
		if label[i:i+k] == label[i+k:i+2*k] && label[:i] == want[:i] && label[i+k:] == want[i:] {
			return true
		}
	}
	return false
}

// suffixReading is what a written suffix means if a brand was meant.
type suffixReading struct {
	place   *place
	grade   suffixGrade
	written string
}

type suffixGrade int

const (
	asIs    suffixGrade = iota // the brand's own
	broken                     // none that exists, and near the brand's
	cheap                      // one that exists, by a slip of the hand from the brand's
	foreign                    // another one
)

// readSuffix compares what follows a label with the brand's own suffixes. What
// follows may be a public suffix (real), or end in one (exists), or in none.
func (b *brand) readSuffix(rest string, real, exists bool) (suffixReading, bool) {
	best, least := suffixReading{}, 1<<30
	for i := range b.places {
		p := &b.places[i]
		g, d := gradeSuffix(rest, p.suffix, real, b.distinct())
		if d < least || d == least && mistyped[rest] && general(p.suffix) && !general(best.place.suffix) {
			best, least = suffixReading{p, g, rest}, d
		}
	}
	if !exists && b.class == Exclusive && best.place != nil {
		best.grade = broken // whatever it is, it leads nowhere
	}
	return best, best.place != nil && (real || best.grade == broken)
}

// gradeSuffix says how a written suffix relates to one of the brand's, and how
// far they lie apart.
func gradeSuffix(rest, want string, real, distinct bool) (suffixGrade, int) {
	if rest == want {
		return asIs, 0
	}
	d := distance(rest, want, 3)
	switch {
	case real && slippery(rest, want, distinct):
		return cheap, d
	case real && d == 1:
		return foreign, 2
	case real:
		return foreign, 10
	case strings.HasPrefix(want, rest):
		return broken, 1
	case d == 1, distinct && d == 2 && len(want) > 2, squeezedEqual(rest, want),
		strings.HasPrefix(rest, want) && len(rest) <= len(want)+3,
		distinct && japanese(rest) && japanese(want):
		return broken, d
	}
	return foreign, 1 << 20
}

// mistyped are suffixes that exist and are mostly written by mistake for com,
// net, ne.jp, jp or nl when a provider's name stands before them.
var mistyped = map[string]bool{
	"co": true, "cm": true, "om": true, "ne": true, "et": true, "ml": true, "jo": true, "kp": true, "ne.kp": true,
}

// slippery reports a suffix that exists and is written by a slip of the hand
// for the one wanted. Of names that are no words, that is also co.jp for ne.jp
// and com.bt for com.br.
func slippery(rest, want string, distinct bool) bool {
	if mistyped[rest] {
		return distance(rest, want, 1) == 1 || strings.HasPrefix(want, rest)
	}
	wantHead, wantCountry, dotted := strings.Cut(want, ".")
	head, country, _ := strings.Cut(rest, ".")
	switch {
	case !distinct:
		return false
	case wantHead == rest && !general(rest): // the country left out: kagoshima-u.ac
		return true
	case !dotted:
		return want == "jp" && country == "jp"
	case country == "":
		return rest == "jp" && wantCountry == "jp"
	case country == wantCountry:
		return head != wantHead
	}
	return head == wantHead && distance(country, wantCountry, 1) == 1 && compare(country, wantCountry).near
}

// japanese reports x.jp with up to three letters before it: be.jp, nr.jp.
func japanese(s string) bool {
	head, ok := strings.CutSuffix(s, ".jp")
	return ok && len(head) <= 3 && !strings.Contains(head, ".")
}

func squeezedEqual(a, b string) bool {
	var x, y [maxName]byte
	return string(squeeze(x[:0], a)) == string(squeeze(y[:0], b))
}
