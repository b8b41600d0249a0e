package content

import (
	"bytes"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pdfPiece is text that was written in one go: on one line, without a gap as
// wide as a letter.
type pdfPiece struct {
	from, to  int     // of the page's text
	x, y, end float64 // where it starts, and ends
	high      float64 // of its letters
	near      bool    // a blank after the one before, and put there by itself
}

// level: on the same line.
func (p pdfPiece) level(y float64) bool { return math.Abs(p.y-y) <= max(p.high/2, 0.5) }

// below: the next line of what q is a line of.
func (p pdfPiece) below(q pdfPiece) bool {
	return q.y > p.y && q.y-p.y <= 1.8*q.high && p.x < q.end && p.end > q.x
}

// pdfCell is a stack of lines: a paragraph, or what stands in a cell of a table.
type pdfCell []pdfPiece

// pdfRow are cells beside each other.
type pdfRow []pdfCell

// layout writes a page's pieces, in the order in which they were written. A
// program writes a table cell by cell: where a cell has several lines, the one
// after it goes on beside its first line.
func (t *pdfPage) layout() string {
	var out strings.Builder
	var row pdfRow
	t.join()
	wide := t.columns()
	for _, p := range t.pieces {
		if len(bytes.TrimSpace(t.buf[p.from:p.to])) == 0 {
			continue
		}
		if len(row) == 0 {
			row = pdfRow{{p}}
			continue
		}
		cell := &row[len(row)-1]
		last := (*cell)[len(*cell)-1]
		switch {
		case p.level(last.y) && len(*cell) > 1: // the line before starts a row
			*cell = (*cell)[:len(*cell)-1]
			t.write(&out, row, wide)
			row = pdfRow{{last}, {p}}
		case p.level(last.y), len(*cell) > 1 && p.level((*cell)[0].y) && p.x > (*cell)[0].x:
			row = append(row, pdfCell{p})
		case p.below(last):
			*cell = append(*cell, p)
		default:
			t.write(&out, row, wide)
			row = pdfRow{{p}}
		}
	}
	t.write(&out, row, wide)
	return out.String()
}

// join puts together pieces with a blank between them, but for those that start
// where others do, on other lines: they stand in the next column.
func (t *pdfPage) join() {
	starts := map[int]int{}
	for _, p := range t.pieces {
		if !p.near {
			starts[int(math.Round(p.x))]++
		}
	}
	out := t.pieces[:0]
	for _, p := range t.pieces {
		if k := len(out) - 1; k >= 0 && p.near && starts[int(math.Round(p.x))] < 2 {
			out[k].to, out[k].end = p.to, p.end
			continue
		}
		out = append(out, p)
	}
	t.pieces = out
}

// columns gives how far the text of the columns goes, by where they start.
func (t *pdfPage) columns() map[int]float64 {
	out := map[int]float64{}
	for _, p := range t.pieces {
		at := int(math.Round(p.x))
		out[at] = max(out[at], p.end)
	}
	return out
}

// write writes a row: cells beside each other, with the lines of each put
// together, or lines below each other where it is none.
func (t *pdfPage) write(out *strings.Builder, row pdfRow, wide map[int]float64) {
	if len(row) == 0 {
		return
	}
	if out.Len() > 0 {
		out.WriteByte('\n')
	}
	table := t.table(row, wide)
	for i, cell := range row {
		switch {
		case i == 0:
		case table, len(row[i-1]) == 1:
			out.WriteByte('\t')
		default:
			out.WriteByte('\n')
		}
		for k, p := range cell {
			text := t.text(p)
			if k > 0 && (!table || len(cell) > mostLines || labelled(text)) {
				out.WriteByte('\n')
			} else if k > 0 {
				out.WriteString(seam(t.text(cell[k-1]), text, t.full(cell[k-1:k+1], wide, row.right(i))))
			}
			out.WriteString(text)
		}
	}
}

func (t *pdfPage) text(p pdfPiece) string { return string(t.buf[p.from:p.to]) }

// right is where the cell after one starts.
func (r pdfRow) right(i int) float64 {
	if i+1 < len(r) {
		return r[i+1][0].x
	}
	return math.Inf(1)
}

// table reports whether the cells are of a table, and not a number or a word
// beside a paragraph, nor two columns of text: there is a cell of one line among
// three or more, or after one of several lines, or what stands beside a word has
// no blank where its lines end.
func (t *pdfPage) table(row pdfRow, wide map[int]float64) bool {
	single, back := false, false
	for i, cell := range row {
		single = single || len(cell) == 1
		back = back || i+1 < len(row) && len(cell) > 1
	}
	last := row[len(row)-1]
	switch {
	case len(row) < 2:
		return false
	case single && (back || len(row) > 2):
		return true
	case single:
		return t.full(last, wide, math.Inf(1)) && t.words(last)
	}
	for i, cell := range row {
		if !t.full(cell, wide, row.right(i)) {
			return false
		}
	}
	return true
}

// words: each line of the cell is one word.
func (t *pdfPage) words(cell pdfCell) bool {
	for _, p := range cell {
		if strings.ContainsAny(strings.TrimSpace(t.text(p)), " \t") {
			return false
		}
	}
	return true
}

// mostLines of a cell are put together; more are a paragraph beside a number or
// a picture's text.
const mostLines = 8

// labelled: a line that starts with what it is about ("Password: ...") starts
// something new.
func labelled(s string) bool {
	head := []rune(s)
	return strings.ContainsAny(string(head[:min(len(head), 24)]), ":：")
}

// full: no line of the cell but the last has room for another letter.
func (t *pdfPage) full(cell pdfCell, wide map[int]float64, right float64) bool {
	for _, p := range cell[:len(cell)-1] {
		edge := wide[int(math.Round(p.x))]
		if edge > right { // other text starts there, too
			edge = right - p.high/2
		}
		if p.end+p.high*0.6 < edge {
			return false
		}
	}
	return true
}

// seam is what stood between two lines of a cell: a blank, or nothing where a
// word was broken. Words of letters alone are broken by no program that finds
// room for one.
func seam(a, b string, full bool) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	word := !strings.ContainsAny(a, " \t")
	switch {
	case unicode.IsSpace(last), unicode.IsSpace(first), last > 0x2e7f, first > 0x2e7f, first == '@', strings.ContainsRune("-@_/", last):
		return ""
	case word && strings.ContainsRune("._+=", last), word && strings.ContainsRune("._+=-/", first):
		return ""
	case word && full && strings.ContainsFunc(a+b, func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' }):
		return ""
	}
	return " "
}
