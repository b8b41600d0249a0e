package lookalike

// maxLabel is the longest label that is compared letter by letter; longer ones
// are nobody's brand.
const maxLabel = 40

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours count one each. It gives up and
// answers limit+1 when the lengths alone rule the limit out.
func distance(a, b string, limit int) int {
	if abs(len(a)-len(b)) > limit || len(a) > maxLabel || len(b) > maxLabel {
		return limit + 1
	}
	var rows [3][maxLabel + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost(a[i-1] != b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func cost(differ bool) int {
	if differ {
		return 1
	}
	return 0
}

func abs(n int) int {
	return max(n, -n)
}

// An edit is the single slip between two labels.
type edit struct {
	kind  Kind // Swap, Omission, Doubling, Insertion, Key or Letter
	at    int  // where the written label first differs
	first bool // the first letter is wrong
	last  bool // the last letter is wrong
	wrote byte // the wrong letter, where there is one
	sight bool // the two letters are vowels or look or sound alike
	near  bool // the wrong letter is next to the right one on the keyboard
}

// compare names the single edit that turns want into wrote. It must only be
// asked where their distance is one.
func compare(wrote, want string) edit {
	i := 0
	for i < len(wrote) && i < len(want) && wrote[i] == want[i] {
		i++
	}
	e := edit{at: i, first: i == 0}
	switch len(wrote) - len(want) {
	case -1:
		e.kind, e.last = Omission, i == len(want)-1
	case 1:
		e.insertion(wrote, want, i)
	default:
		e.substitution(wrote, want, i)
	}
	return e
}

func (e *edit) insertion(wrote, want string, i int) {
	c := wrote[i]
	e.kind, e.wrote, e.last = Insertion, c, i == len(want)
	if i > 0 && wrote[i-1] == c {
		e.kind = Doubling
		e.first = i == 1
	}
	e.near = i > 0 && adjacent(c, want[i-1]) || i < len(want) && adjacent(c, want[i])
}

func (e *edit) substitution(wrote, want string, i int) {
	e.kind, e.wrote, e.last = Letter, wrote[i], i == len(want)-1
	if i+1 < len(want) && wrote[i] == want[i+1] && wrote[i+1] == want[i] && wrote[i+1] != wrote[i] {
		e.kind, e.last = Swap, i == len(want)-2
		return
	}
	e.sight = alike(wrote[i], want[i]) || soundAlike(wrote[i], want[i])
	if adjacent(wrote[i], want[i]) {
		e.kind, e.near = Key, true
	}
}

// soundAlike reports the letters that Japanese does not tell apart: plara.
func soundAlike(a, b byte) bool {
	return min(a, b) == 'l' && max(a, b) == 'r' || min(a, b) == 'b' && max(a, b) == 'v'
}

// cheap reports slips that hands make all the time.
func (e edit) cheap() bool {
	return e.kind != Letter && e.kind != Insertion || e.sight || e.near
}

// effort is the alignment distance with the slips of a hand counted in tenths:
// what happens by itself (a doubled letter, a swap) costs less than a letter
// that has nothing to do with the right one, and the first letter is seldom
// wrong. Only two-edit candidates are weighed so.
func effort(wrote, want string) int {
	if len(wrote) > maxLabel || len(want) > maxLabel {
		return 1 << 20
	}
	var rows [3][maxLabel + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := 1; j <= len(want); j++ {
		last[j] = last[j-1] + omissionCost(want, j-1)
	}
	for i := 1; i <= len(wrote); i++ {
		row[0] = last[0] + insertionCost(wrote, want, i-1, 0)
		for j := 1; j <= len(want); j++ {
			row[j] = min(last[j]+insertionCost(wrote, want, i-1, j), row[j-1]+omissionCost(want, j-1),
				last[j-1]+letterCost(wrote, want, i-1, j-1))
			if i > 1 && j > 1 && wrote[i-1] == want[j-2] && wrote[i-2] == want[j-1] {
				row[j] = min(row[j], before[j-2]+6)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(want)]
}

func omissionCost(want string, j int) int {
	switch {
	case j == 0:
		return 13
	case want[j] == want[j-1]:
		return 4
	}
	return 8
}

func insertionCost(wrote, want string, i, j int) int {
	switch {
	case i == 0:
		return 13
	case wrote[i] == wrote[i-1]:
		return 6
	case j > 0 && adjacent(wrote[i], want[j-1]), j < len(want) && adjacent(wrote[i], want[j]):
		return 8
	}
	return 12
}

func letterCost(wrote, want string, i, j int) int {
	switch {
	case wrote[i] == want[j]:
		return 0
	case i == 0 || j == 0:
		return 15
	case adjacent(wrote[i], want[j]) || alike(wrote[i], want[j]):
		return 8
	}
	return 13
}
