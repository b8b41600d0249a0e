package lookalike

import "strings"

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
	e.sight = alike(wrote[i], want[i])
	if adjacent(wrote[i], want[i]) {
		e.kind, e.near = Key, true
	}
}

// cheap reports slips that hands make all the time.
func (e edit) cheap() bool {
	return e.kind != Letter && e.kind != Insertion || e.sight || e.near
}

// keys is the QWERTY keyboard, a row a line, each row half a key to the right.
var keys = [...]string{"1234567890-", "qwertyuiop", "asdfghjkl;", "zxcvbnm,."}

// nextTo[a] has a bit for every letter or digit beside, above or below a.
var nextTo = neighbours()

func neighbours() (table [128]map[byte]bool) {
	for r, row := range keys {
		for i := range row {
			beside := map[byte]bool{}
			table[row[i]] = beside
			for _, p := range [...][2]int{{r, i - 1}, {r, i + 1}, {r - 1, i}, {r - 1, i + 1}, {r + 1, i - 1}, {r + 1, i}} {
				if p[0] >= 0 && p[0] < len(keys) && p[1] >= 0 && p[1] < len(keys[p[0]]) {
					beside[keys[p[0]][p[1]]] = true
				}
			}
		}
	}
	return table
}

func adjacent(a, b byte) bool {
	return a < 128 && nextTo[a][b]
}

// alikeGroups are letters that are taken for each other by eye or ear: vowels,
// and consonants that are written or spoken alike (Hepburn and Kunrei
// romanisation differ in several of them).
var alikeGroups = [...]string{"aeiouy", "il1jt", "o0", "mnw", "uvw", "bdpq", "ckqg", "szx5", "lr", "fh", "gq9"}

func alike(a, b byte) bool {
	for _, g := range alikeGroups {
		if strings.IndexByte(g, a) >= 0 && strings.IndexByte(g, b) >= 0 {
			return true
		}
	}
	return false
}
