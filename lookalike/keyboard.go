package lookalike

import "strings"

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
// romanisation differ in several of them), and the letters that German and French
// keyboards exchange.
var alikeGroups = [...]string{"aeiouy", "il1jt", "o0", "mnw", "uvw", "bd", "pq", "ckqg", "szx5", "yz", "wz", "fh", "gq9"}

func alike(a, b byte) bool {
	for _, g := range alikeGroups {
		if strings.IndexByte(g, a) >= 0 && strings.IndexByte(g, b) >= 0 {
			return true
		}
	}
	return false
}
