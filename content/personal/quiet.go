package personal

import "strings"

// Large tables are mostly of things: order numbers, article codes, times. Every
// sampledth row of one is searched first. Cells of a column that are written
// like quietFrom of them in which nothing was found are then passed over.
const (
	sampled   = 16
	quietFrom = 32
	largeFrom = 1500 // rows
)

// shape is how a cell of a column is written.
type shape struct {
	column int
	hash   uint64
}

// sample is what was found in cells of one shape.
type sample struct {
	n       int
	any     bool
	chances int // numbers without a word whose check digit is right
}

// quietShapes knows which cells of a table hold nothing.
type quietShapes map[shape]*sample

// mostShapes of a table are told apart.
const mostShapes = 20_000

// note takes the result of searching one cell of the sample.
func (q quietShapes) note(s shape, any, chance bool) {
	x := q[s]
	if x == nil {
		if len(q) >= mostShapes {
			return
		}
		x = &sample{}
		q[s] = x
	}
	x.n++
	x.any = x.any || any
	if chance {
		x.chances++
	}
}

// quiet reports whether a cell need not be searched. A check digit that is
// right in less than half of a column is right by chance.
func (q quietShapes) quiet(column int, cell string) bool {
	if len(q) == 0 {
		return false
	}
	x := q[shape{column, shapeOf(cell)}]
	return x != nil && !x.any && x.n >= quietFrom && 2*x.chances < x.n
}

// learn searches the sample of a large table's rows.
func (t *tableReader) learn(rows [][]string) {
	if len(rows) < largeFrom {
		return
	}
	q := quietShapes{}
	like := t.c.like
	t.c.like = map[*NumberKind]int{} // the sample is searched again
	for i := 0; i < len(rows) && !t.c.late(); i += sampled {
		if t.heads == nil {
			t.learnRow(q, rows[i])
			continue
		}
		for k, cell := range rows[i] {
			if word, ok := t.searched(k); ok && len(cell) <= 1000 && worthCell(cell, fewDigits) {
				any, chance := strong(t.c.itemsOf(strings.TrimSpace(Fold(cell)), word))
				q.note(shape{k, shapeOf(cell)}, any, chance)
			}
		}
	}
	t.c.like, t.quiet = like, q
}

// learnRow searches a row without a head, in which one cell may be the word for
// another, or a number may stand in several.
func (t *tableReader) learnRow(q quietShapes, row []string) {
	line := t.looseLine(row)
	items := make([][]item, len(row))
	all := false
	for _, it := range t.c.itemsOfLoose(line) {
		if k := strings.Count(line[:min(len(line), it.at)], cellEnd); k < len(row) {
			items[k] = append(items[k], it)
		}
		all = all || strings.Contains(it.show, strings.TrimSpace(cellEnd))
	}
	for k, cell := range row {
		if worthCell(cell, 4) {
			any, chance := strong(items[k])
			q.note(shape{k, shapeOf(cell)}, any || all, chance)
		}
	}
}

// strong: there is something among the items; chance: a number without a word.
func strong(items []item) (any, chance bool) {
	for _, it := range items {
		if it.kind == Number && !it.beside {
			chance = true
		} else {
			any = true
		}
	}
	return any, chance
}

// searched: the cells of a column are searched for anything, beside its word.
func (t *tableReader) searched(k int) (word string, ok bool) {
	if k >= len(t.heads) {
		return "", true
	}
	return t.words[k], t.heads[k].role == roleNone
}

// worthCell: an @ or so many digits stand in a cell. They may be wide.
func worthCell(cell string, digits int) bool {
	n := 0
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case c == '@':
			return true
		case c >= '0' && c <= '9':
			n++
		case c == 0xEF && i+2 < len(cell) && cell[i+1] == 0xBC:
			if cell[i+2] == 0xA0 { // ＠
				return true
			}
			if cell[i+2] >= 0x90 && cell[i+2] <= 0x99 {
				n++
			}
		}
	}
	return n >= digits
}

// FNV-1a, 64 bit.
const fnvStart, fnvPrime = 14695981039346656037, 1099511628211

// shapeOf writes a cell as its words, the lengths of its numbers and codes, and
// its signs.
func shapeOf(cell string) uint64 {
	h := uint64(fnvStart)
	mix := func(b byte) { h = (h ^ uint64(b)) * fnvPrime }
	for i := 0; i < len(cell); {
		c := cell[i]
		if !alnum(c) {
			mix(c)
			i++
			continue
		}
		from, digits := i, 0
		for i < len(cell) && alnum(cell[i]) {
			if cell[i] <= '9' {
				digits++
			}
			i++
		}
		token := cell[from:i]
		switch {
		case digits == 0: // a word
			for k := range len(token) {
				mix(token[k] | 0x20)
			}
		case digits < len(token): // a code
			mix('x')
			mix(byte(min(len(token), 64)))
		default:
			mixNumber(mix, token)
		}
	}
	return h
}

// mixNumber takes a number's length, and whether it starts as those of
// telephones do; of a long one its first two digits.
func mixNumber(mix func(byte), token string) {
	switch {
	case len(token) <= 2:
		mix(1)
	case len(token) <= 4:
		mix(3)
	default:
		mix(byte(min(len(token), 64)))
	}
	if token[0] == '0' {
		mix('0')
	}
	if len(token) >= 9 {
		mix(token[0])
		mix(token[1])
	}
}
