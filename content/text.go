package content

import (
	"fmt"
	"strconv"
)

// Text is a stretch of text found in a message, with where it stands and how
// visible it is.
type Text struct {
	Where string // "Subject", "1", "2, sheet 住所録", "2:list.csv"
	File  *File  // nil for the message's own text
	// Hidden says why a reader does not see it at once: "hidden sheet",
	// "comment", "properties" (the constants below); "" where he does.
	Hidden string
	// Rows are the cells of a table, nil for prose. Prose is then empty.
	Rows  [][]string
	Prose string
	// Again: the same is said in another form (multipart/alternative).
	Again bool
	// Truncated: there is more than the budget allowed to keep.
	Truncated bool

	numbers []int       // of the rows in the sheet, from 0; nil where they follow each other
	columns []span      // hidden columns
	hidden  map[int]int // hidden rows: index into Rows, to number
	cells   map[[2]int]string
}

// span is a range of columns or rows, from 0, both ends included.
type span struct{ from, to int }

// Why a reader does not see a text at once. HiddenAt tells of single columns,
// rows and cells: "hidden column C", "hidden row 7", "white on white".
const (
	HiddenSheet     = "hidden sheet"
	VeryHiddenSheet = "very hidden sheet" // not even in Excel's list of hidden sheets
	HiddenText      = "hidden text"       // w:vanish, the number format ;;;
	HiddenSlide     = "hidden slide"
	SameColour      = "white on white"
	CommentText     = "comment"
	DeletedText     = "tracked deletion"
	NotesText       = "notes"
	Properties      = "properties"
	CSSHidden       = "css"
	OutsideParts    = "outside the parts"
	CachedData      = "cached data" // pivot caches, charts, links: data that left the sheet
)

// HiddenAt says why a reader does not see a cell of Rows; "" where he does.
func (t *Text) HiddenAt(row, column int) string {
	if t.Hidden != "" {
		return t.Hidden
	}
	for _, s := range t.columns {
		if column >= s.from && column <= s.to {
			return "hidden column " + columnName(column)
		}
	}
	if n, ok := t.hidden[row]; ok {
		return "hidden row " + strconv.Itoa(n+1)
	}
	return t.cells[[2]int{row, column}]
}

// Conceals reports whether any cell or all of the text is hidden.
func (t *Text) Conceals() bool {
	return t.Hidden != "" || len(t.columns)+len(t.hidden)+len(t.cells) > 0
}

// Cell names a cell of Rows as spreadsheets do: "B7".
func (t *Text) Cell(row, column int) string {
	n := row
	if row < len(t.numbers) {
		n = t.numbers[row]
	}
	return fmt.Sprintf("%s%d", columnName(column), n+1)
}

// columnName gives A, B ... Z, AA ... for a column from 0.
func columnName(n int) string {
	var b []byte
	for n++; n > 0; n = (n - 1) / 26 {
		b = append([]byte{byte('A' + (n-1)%26)}, b...)
	}
	return string(b)
}

// tableWriter collects the rows of a sheet within the budget, without an
// allocation for each cell.
type tableWriter struct {
	in    *Inspection
	text  Text
	row   []string
	white map[int]string // hidden cells of the row
	cells []string
	full  bool
}

// maxGap is how many empty cells are kept before one that holds something.
const maxGap = 512

// put sets a cell of the current row.
func (w *tableWriter) put(column int, s, hidden string) {
	if s == "" {
		return
	}
	for len(w.row) < column && len(w.row) < maxGap {
		w.row = append(w.row, "")
	}
	if hidden != "" {
		if w.white == nil {
			w.white = map[int]string{}
		}
		w.white[len(w.row)] = hidden
	}
	w.row = append(w.row, s)
}

// end ends the row. It reports false when there is no room for more.
func (w *tableWriter) end(number int, hidden bool) bool {
	row := w.row
	w.row = w.row[:0]
	white := w.white
	w.white = nil
	if len(row) == 0 || w.full {
		return !w.full
	}
	cost := int64(rowCost)
	for _, c := range row {
		cost += cellCost + int64(len(c))
	}
	if w.in.meter.keep(cost, w.text.Where) < cost {
		w.full, w.text.Truncated = true, true
		return false
	}
	at := len(w.text.Rows)
	if w.text.numbers != nil || number != at {
		for n := len(w.text.numbers); n < at; n++ {
			w.text.numbers = append(w.text.numbers, n)
		}
		w.text.numbers = append(w.text.numbers, number)
	}
	if hidden {
		if w.text.hidden == nil {
			w.text.hidden = map[int]int{}
		}
		w.text.hidden[at] = number
	}
	for column, why := range white {
		if w.text.cells == nil {
			w.text.cells = map[[2]int]string{}
		}
		w.text.cells[[2]int{at, column}] = why
	}
	w.text.Rows = append(w.text.Rows, w.copyRow(row))
	return true
}

func (w *tableWriter) copyRow(row []string) []string {
	if len(row) > cap(w.cells)-len(w.cells) {
		w.cells = make([]string, 0, max(1024, len(row)))
	}
	at := len(w.cells)
	w.cells = append(w.cells, row...)
	return w.cells[at:len(w.cells):len(w.cells)]
}

// close adds the table to what was found.
func (w *tableWriter) close() {
	if w.text.Truncated {
		w.in.truncated(&w.text)
	}
	if len(w.text.Rows) > 0 || w.text.Truncated {
		w.in.found = append(w.in.found, w.text)
	}
}
