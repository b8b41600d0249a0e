package audit

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode/utf8"
)

// table reads the text as CSV if its header is one of ours; false leaves it to
// others.
func (a *auditor) table(path string, text []byte) bool {
	kind, t := a.tableFile(path, text)
	if kind == nil {
		return false
	}
	body, _ := preamble(text)
	t.rowsOf(body)
	a.tableEnd(kind, t)
	return true
}

// tableFile recognises a table by what it begins with.
func (a *auditor) tableFile(path string, head []byte) (*tableKind, *rowFile) {
	body, skipped := preamble(head)
	first, ok := firstRow(body)
	if !ok {
		return nil, nil
	}
	comma, cols := delimiter(first)
	kind := tableKindOf(cols)
	if kind == nil {
		return nil, nil
	}
	a.complete(kind, cols, place{path: path, line: skipped + 1})
	return kind, &rowFile{auditor: a, path: path, comma: comma, cols: cols, line: skipped, visit: func(rec record) { kind.read(a, rec) }}
}

// tableEnd says what the number of rows means.
func (a *auditor) tableEnd(kind *tableKind, t *rowFile) {
	if kind.source == unifiedLog && (a.read == 5000 || a.read == 50_000) {
		a.warn(place{path: t.path}, fmt.Sprintf("exactly %d records: the most that one call gives; there may be more", a.read))
	}
	if a.read == 0 {
		a.empty(place{path: t.path, line: 1}, "a header and no row: nothing was exported ("+kind.title+")", false)
	}
}

// preamble skips what PowerShell and Excel put in front of the header: a #TYPE
// line, a sep= line, blank lines.
func preamble(text []byte) (body []byte, skipped int) {
	for {
		line, rest, more := bytes.Cut(text, []byte("\n"))
		low := strings.ToLower(strings.Trim(strings.TrimSpace(string(line[:min(len(line), 300)])), `"`))
		if low != "" && !strings.HasPrefix(low, "#type") && !strings.HasPrefix(low, "sep=") || !more {
			return text, skipped
		}
		text, skipped = rest, skipped+1
	}
}

// firstRow gives the header line, which may hold line ends inside quotes.
func firstRow(body []byte) (string, bool) {
	quoted := false
	for i, c := range body[:min(len(body), 64<<10)] {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return strings.TrimRight(string(body[:i]), "\r"), true
		}
	}
	if len(body) > 64<<10 {
		return "", false
	}
	return strings.TrimRight(string(body), "\r\n"), !quoted
}

// delimiter chooses the one by which the header names columns of ours, or
// else the one that gives most columns.
func delimiter(head string) (comma rune, cols map[string]int) {
	best := -1
	for _, c := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(strings.NewReader(head))
		r.Comma, r.LazyQuotes = c, true
		row, err := r.Read()
		if err != nil {
			continue
		}
		named := columns(row)
		score := len(row)
		if tableKindOf(named) != nil {
			score += 1000
		}
		if score > best {
			best, comma, cols = score, c, named
		}
	}
	return comma, cols
}

// columns gives the place of each column by its name in lower case. The first
// of two with one name counts.
func columns(row []string) map[string]int {
	cols := map[string]int{}
	for i, name := range row {
		name = columnName(name)
		if _, ok := cols[name]; !ok && name != "" {
			cols[name] = i
		}
	}
	return cols
}

var columnBlanks = strings.NewReplacer(" ", "", "_", "", "\u3000", "", "\ufeff", "", "\"", "", "'", "")

// columnName is a name as it is compared: lower case, without blanks.
func columnName(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 'a' && c != '.' && c != '-' && (c < 'A' || c > 'Z') && !digit(c) || c >= utf8.RuneSelf {
			return strings.ToLower(strings.TrimSpace(columnBlanks.Replace(s)))
		}
	}
	return strings.ToLower(s)
}

// complete reports missing columns. What is wished for is a warning, what is
// needed an error; what there is, is read all the same.
func (a *auditor) complete(k *tableKind, cols map[string]int, p place) {
	for _, group := range k.need {
		if !hasAny(cols, group) {
			a.fail(p, fmt.Sprintf("missing column %s (%s): without it forwarding can be there and not be seen", columnTitle(group[0]), k.title))
		}
	}
	for _, c := range k.wish {
		if !hasAny(cols, c) {
			a.warn(p, fmt.Sprintf("no column %s (%s): what it would show was not looked at", columnTitle(c[0]), k.title))
		}
	}
}

func hasAny(cols map[string]int, names []string) bool {
	for _, n := range names {
		if _, ok := cols[n]; ok {
			return true
		}
	}
	return false
}

// strange says what a text is that nothing recognised: a table of something
// else, or no export at all.
func (a *auditor) strange(path string, text []byte) {
	body, skipped := preamble(text)
	what := "not recognised as any export of forwarding settings"
	if head, ok := firstRow(body); ok {
		if _, cols := delimiter(head); len(cols) >= 2 && !hasAddress(cols) && evenRows(body, len(cols)) {
			what = "a table, but its columns are none of an export of forwarding settings"
		}
	}
	a.fail(place{path: path, line: skipped + 1}, "wrong kind of file: "+what+" (docs/forwarding-survey.md lists them)")
}

// evenTable tells a table whose header has no address and quotes or counts
// its cells: no map, no .forward.
func evenTable(head string) bool {
	body, _ := preamble([]byte(head))
	first, ok := firstRow(body)
	if !ok {
		return false
	}
	_, cols := delimiter(first)
	return len(cols) >= 2 && !hasAddress(cols) && !strings.Contains(first, ":") && evenRows(body, len(cols))
}

func hasAddress(cols map[string]int) bool {
	for name := range cols {
		if strings.ContainsAny(name, "@|\\/") {
			return true
		}
	}
	return false
}

// evenRows: the first lines have as many commas, semicolons or tabs as the
// header.
func evenRows(body []byte, width int) bool {
	for _, c := range []rune{',', ';', '\t'} {
		r := csv.NewReader(bytes.NewReader(body[:min(len(body), 64<<10)]))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = c, -1, true
		even := 0
		for range 5 {
			row, err := r.Read()
			if err != nil {
				break
			}
			if len(row) == width {
				even++
			} else {
				even = -5
			}
		}
		if even >= 2 {
			return true
		}
	}
	return false
}
