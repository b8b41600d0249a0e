package report

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Table lines up cells in columns for people. Every cell is escaped; a column
// is as wide as its widest cell, and no wider than it may be.
type Table struct {
	Head []string
	// Most are the columns' greatest widths; 0 or missing is any.
	Most []int
	rows [][]string
}

// Add adds a row.
func (t *Table) Add(cells ...string) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = t.fit(i, Escape(oneLine(c)))
	}
	t.rows = append(t.rows, row)
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

func (t *Table) fit(column int, s string) string {
	if column >= len(t.Most) || t.Most[column] == 0 || columns(s) <= t.Most[column] {
		return s
	}
	return clipColumns(s, t.Most[column]-3) + "..."
}

// WriteTo writes the table, with its head, without blanks at the ends of lines.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	rows := append([][]string{t.Head}, t.rows...)
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(c))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			line.WriteString(c)
			line.WriteString(strings.Repeat(" ", widths[i]-columns(c)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// EscapeJSON makes JSON that encoding/json wrote safe for a terminal: what
// Escape would show is written as \u escapes, and stays the same to programs.
func EscapeJSON(b []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r >= 0x7f && harmful(r) {
			out = append(out, b[from:i]...)
			out = appendEscape(out, r)
			from = i + size
		}
		i += size
	}
	if from == 0 {
		return b
	}
	return append(out, b[from:]...)
}

// Plural gives "1 message", "2 messages".
func Plural(n int, noun string) string { return plural(n, noun) }

// Size gives a number of octets for people: "20.3 KB".
func Size(n int64) string { return size(n) }

// Count gives a number for people: "12,345".
func Count(n int) string { return group(n) }
