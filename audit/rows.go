package audit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxRow bounds one row of a table. The longest in exports are records of the
// Unified Audit Log, of some hundred kilobytes.
const maxRow = 16 << 20

// errLongRow is a row of more than maxRow, which is one that never ends.
var errLongRow = fmt.Errorf("a row of more than %d MiB: a quoted cell is never closed", maxRow>>20)

// rowLimit is a reader that gives up inside a row that never ends, and knows
// its last byte.
type rowLimit struct {
	r    io.Reader
	left int
	last byte
}

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	if l.left -= n; n > 0 {
		l.last = p[n-1]
	}
	return n, err
}

// rowFile is a table while its rows are read.
type rowFile struct {
	*auditor
	path   string
	comma  rune
	cols   map[string]int
	visit  func(record)
	line   int // lines before the first that the reader sees
	n      int // rows, the header is 0
	width  int
	spent  int // bytes read twice
	header []string
}

// rows reads the rows below the header, and then whether the last one ended.
func (t *rowFile) rows(r io.Reader) {
	limit := &rowLimit{r: r, left: maxRow}
	if _, err := t.some(limit); err != nil {
		t.fail(place{path: t.path, line: t.line, record: t.n}, rowError(err)+"; what follows was not read")
		return
	}
	t.ended(limit.last)
}

// rowsOf is rows for a text in memory. Where a quoted cell is never closed, it
// goes on with the line behind the one that it begins on.
func (t *rowFile) rowsOf(body []byte) {
	limit := &rowLimit{}
	for from := 0; ; {
		limit.r, limit.left = bytes.NewReader(body[from:]), maxRow
		at, err := t.some(limit)
		if err == nil {
			break
		}
		t.skip(place{path: t.path, line: t.line, record: t.n}, rowError(err))
		from += at
		end := bytes.IndexByte(body[from:], '\n')
		if end < 0 {
			break
		}
		if t.spent += len(body) - from; t.spent > 20*len(body)+maxRow {
			t.fail(place{path: t.path, line: t.line}, "too many quoted cells that are never closed; what follows was not read")
			return
		}
		t.n++
		from += end + 1
	}
	t.ended(body[len(body)-1])
}

func (t *rowFile) ended(last byte) {
	if last != '\n' && last != '\r' {
		t.warn(place{path: t.path, line: t.line}, cutOff)
	}
}

// some reads rows up to one that never ends: where it begins, and the error.
// t.line is its line then, or the last one.
func (t *rowFile) some(limit *rowLimit) (at int, err error) {
	r := csv.NewReader(limit)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = t.comma, -1, true
	before := t.line
	for ; ; t.n++ {
		start := int(r.InputOffset())
		limit.left = maxRow
		row, err := r.Read()
		var fault *csv.ParseError
		switch {
		case err == io.EOF:
			return 0, nil
		case errors.As(err, &fault):
			t.line = before + fault.StartLine
			if fault.Line > fault.StartLine && errors.Is(err, csv.ErrQuote) {
				return start, err
			}
			t.skip(place{path: t.path, line: t.line, record: t.n}, rowError(err))
			continue
		case err != nil:
			t.line++
			return start, err
		}
		line, _ := r.FieldPos(0)
		t.line = before + line
		if t.n == 0 {
			t.width, t.header = len(row), slices.Clone(row)
			continue
		}
		if slices.Equal(row, t.header) {
			continue // exports put behind each other
		}
		t.row(place{path: t.path, line: t.line, record: t.n}, row)
	}
}

// row hands a row on if it is whole.
func (t *rowFile) row(p place, row []string) {
	if len(row) == 1 && strings.TrimSpace(row[0]) == "" && t.width > 1 {
		return
	}
	t.record()
	for len(row) > t.width && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	if len(row) != t.width {
		t.skip(p, fmt.Sprintf("%d columns where the header has %d: the file was cut off, or a cell holds the delimiter", len(row), t.width))
		return
	}
	t.visit(record{place: p, cols: t.cols, row: row})
}

// errorLine is the line that a faulty row begins on; 0 where it is not known.
func errorLine(err error) int {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.StartLine
	}
	return 0
}

func rowError(err error) string {
	switch {
	case errors.Is(err, csv.ErrQuote):
		return "a quoted cell that is never closed, or text after its end: the file was cut off or edited"
	case errors.Is(err, csv.ErrBareQuote):
		return "a quote inside a cell that is not quoted"
	case errors.Is(err, errLongRow):
		return err.Error()
	}
	return "cannot be read: " + err.Error()
}
