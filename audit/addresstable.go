package audit

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// table reads CSV and its relatives, with a header in any language or none: the
// address books of Outlook, Thunderbird and Google, members of Google Groups, of
// Mailman 3 and of Exchange's lists. Every cell that is an address counts; the
// header only says where one is missing. false leaves the text to others.
func (f *bookFile) table(text []byte) bool {
	body, skipped := preamble(text)
	if first, rest, ok := strings.Cut(string(body), "\n"); ok && groupTitle.MatchString(first) {
		body, skipped = []byte(rest), skipped+1
	}
	comma, head, ok := shape(string(body))
	if !ok {
		return false
	}
	f.kind = addressTable
	t := tableReader{bookFile: f, skipped: skipped, width: len(head), mail: make([]bool, len(head))}
	if named := !anyAt(head); named {
		t.named = true
		for i, name := range head {
			t.mail[i] = mailColumn(name)
		}
	}
	t.rows(string(body), comma)
	f.lastLine(f.path, string(text))
	if t.named && f.auditor.read == 0 {
		f.empty(place{path: f.path, line: skipped + 1}, "a header and no row: nothing was exported", false)
	}
	return true
}

// groupTitle is the line that Google Groups puts in front of the header.
var groupTitle = regexp.MustCompile(`(?i)^"?(members (for|of) group|グループ.*のメンバー)`)

// shape finds the delimiter: the one by which the first rows have the same
// number of columns, two or more, and most of them.
func shape(body string) (comma rune, head []string, ok bool) {
	for _, c := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(strings.NewReader(body[:min(len(body), 256<<10)]))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = c, -1, true
		first, err := r.Read()
		if err != nil || len(first) < 2 || len(first) <= len(head) {
			continue
		}
		even, rows := 0, 0
		for range 20 {
			row, err := r.Read()
			if err != nil {
				break
			}
			rows++
			if abs(len(row)-len(first)) <= len(first)/4 {
				even++
			}
		}
		if 4*even >= 3*rows || even > 0 && even == rows-1 { // the last may be cut off
			comma, head, ok = c, first, true
		}
	}
	return comma, head, ok
}

func abs(n int) int { return max(n, -n) }

func anyAt(row []string) bool {
	for _, cell := range row {
		if hasAt(cell) {
			return true
		}
	}
	return false
}

var (
	mailHeading = regexp.MustCompile(`mail|メール|アドレス|smtp|^member`)
	notMail     = regexp.MustCompile(`name|nom|anzeige|angezeigt|名|typ|種類|種別|タイプ|label|ラベル|status|状態|ステータス|状況|pref|設定|format|形式|list|stop|date|日|count|数|perm|権限|web|ip|住所|id$|opt|html|mailbox|mailing|role|役割|配信|subscri|member(ship|since|of)`)
)

// mailColumn tells by its name whether a column holds addresses.
func mailColumn(name string) bool {
	name = columnName(name)
	return mailHeading.MatchString(name) && !notMail.MatchString(name)
}

// tableReader is a table while it is read.
type tableReader struct {
	*bookFile
	skipped int // lines before the table
	width   int
	named   bool   // the first row is a header
	mail    []bool // columns that hold addresses, by the header
}

func (t *tableReader) rows(body string, comma rune) {
	r := csv.NewReader(strings.NewReader(body))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	for n := 0; ; n++ {
		row, err := r.Read()
		p := place{path: t.path, record: n}
		switch {
		case err == io.EOF:
			return
		case err != nil:
			t.next()
			p.line = t.skipped + errorLine(err)
			t.skip(p, rowError(err))
			continue
		case n == 0 && t.named, len(row) == 1 && strings.TrimSpace(row[0]) == "":
			continue
		}
		t.row(p, r, row)
	}
}

// row reads one row. A short one is whole all the same where a program leaves
// empty cells out; at the end of a file without a line end it is a cut.
func (t *tableReader) row(p place, r *csv.Reader, row []string) {
	t.next()
	for i, cell := range row {
		line, _ := r.FieldPos(i)
		p.line = t.skipped + line
		if !t.named && hasAt(cell) && !onlyAddresses(splitAddresses(cell)) { // no header says that it is a note
			t.line(p, cell)
			continue
		}
		t.cell(p, cell, i < len(t.mail) && t.mail[i])
	}
	if len(row) < t.width && p.line > 0 {
		t.warn(p, "a row with fewer columns than the first: the file may be cut off, or was edited")
	}
}
