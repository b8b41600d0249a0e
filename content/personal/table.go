package personal

import (
	"strings"
	"unicode/utf8"
)

// How far down a table's head may stand.
const headWithin = 25

// rows reads a table: by the head of its columns where it has one, else by its
// cells.
func (c *collector) rows(rows [][]string) {
	t := tableReader{c: c, line: -1}
	t.read(rows)
}

// tableReader reads the rows of one table.
type tableReader struct {
	c     *collector
	heads []column
	words []string // the heads in lower case, beside which numbers stand
	line  int      // number of the line of the first row; -1 in a sheet
	quiet quietShapes
}

func (t *tableReader) read(rows [][]string) {
	first, n := findHead(rows)
	if n == 0 {
		if form(rows) {
			t.c.prose(formText(rows))
			return
		}
		t.bare(rows)
		return
	}
	for i := range first { // what stands above the head: a title, sums
		t.loose(rows[i], i)
	}
	t.take(rows, first, n)
	t.learn(rows[first+n:])
	for i := first + n; i < len(rows) && !t.c.late(); i++ {
		if t.headAgain(rows[i]) {
			t.take(rows, i, 1) // the head of the next section
			continue
		}
		t.row(rows[i], i)
	}
}

// headAgain: the head stands once more, above the next section.
func (t *tableReader) headAgain(row []string) bool {
	for _, cell := range row {
		if hasDigits(cell, 4) || strings.Contains(cell, "@") {
			return false
		}
	}
	n := recognised(row)
	return n >= 2 && n*2 >= filled(row)
}

// findHead finds the row, or two rows, that name the columns.
func findHead(rows [][]string) (first, n int) {
	for i := 0; i < len(rows) && i < headWithin; i++ {
		known := recognised(rows[i])
		if known == 0 || known == 1 && filled(rows[i]) > 1 || strings.Contains(strings.Join(rows[i], ""), "@") {
			continue
		}
		if known == 1 && (filled(rows[i]) != 1 || len(rows)-i < 5) {
			continue
		}
		if i+1 < len(rows) && recognised(rows[i+1]) > 0 && recognised(rows[i+1])*2 >= filled(rows[i+1]) && !hasDigits(strings.Join(rows[i+1], ""), 4) && !form(rows[i:]) {
			return i, 2
		}
		if form(rows[i:]) {
			return 0, 0
		}
		return i, 1
	}
	return 0, 0
}

func recognised(row []string) int {
	n := 0
	for _, cell := range row {
		if headOf(cell).role != roleNone {
			n++
		}
	}
	return n
}

func filled(row []string) int {
	n := 0
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// form: labels in the first column, values beside them.
func form(rows [][]string) bool {
	labels, first := 0, 0
	for i, row := range rows[:min(len(rows), 60)] {
		if len(row) == 0 {
			continue
		}
		if headOf(row[0]).role != roleNone && filled(row) >= 2 && (len(row) < 2 || headOf(row[1]).role == roleNone || filled(row) == 4) {
			labels++
			if i < 2 {
				first++
			}
		}
	}
	return labels >= 3 || labels == 2 && len(rows) <= 6 && first == 2
}

// formText writes a form as lines of "label: value".
func formText(rows [][]string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			switch {
			case cell == "":
				continue
			case i > 0 && headOf(cell).role != roleNone:
				b.WriteByte('\n')
			case i > 0:
				b.WriteString(": ")
			}
			b.WriteString(Fold(cell))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// take sets the columns from the head in n rows, and drops those whose word is
// weak and whose cells do not look like it.
func (t *tableReader) take(rows [][]string, first, n int) {
	width := 0
	for _, row := range rows[first:min(len(rows), first+n+20)] {
		width = max(width, len(row))
	}
	t.heads, t.words = make([]column, width), make([]string, width)
	for i := range n {
		over := column{}
		for k := range width {
			cell := ""
			if k < len(rows[first+i]) {
				cell = rows[first+i][k]
			}
			if h := headOf(cell); h.role != roleNone {
				t.heads[k] = h
				over = h
			} else if i == 0 && n == 2 && cell == "" {
				t.heads[k] = over // a head over several columns
			}
			t.words[k] += " " + strings.ToLower(Fold(cell))
		}
	}
	for k, h := range t.heads {
		if h.role == roleName && !namesIn(rows[first+n:], k, h.weak) || h.role == roleAddress && h.weak && !addressesIn(rows[first+n:], k) {
			t.heads[k] = column{}
		}
	}
}

// namesIn: half of the cells look like names; where the head is sure, no more
// than that they are no numbers.
func namesIn(rows [][]string, k int, weak bool) bool {
	good, all := 0, 0
	for _, row := range rows[:min(len(rows), 60)] {
		if k >= len(row) || strings.TrimSpace(row[k]) == "" {
			continue
		}
		all++
		if cell := Fold(row[k]); weak && namely(cell) || !weak && !hasDigits(cell, 3) && utf8.RuneCountInString(cell) <= 40 {
			good++
		}
	}
	return all > 0 && good*2 >= all
}

func addressesIn(rows [][]string, k int) bool {
	good, all := 0, 0
	for _, row := range rows[:min(len(rows), 30)] {
		if k < len(row) && row[k] != "" {
			if all++; addresses(Fold(row[k])) != nil {
				good++
			}
		}
	}
	return all > 0 && good*2 >= all
}

// namely: a cell that is a name as a whole.
func namely(cell string) bool {
	cell = strings.TrimSpace(cell)
	words := split(cell)
	if len(words) == 0 || len(words) > 4 || len(cell) > 60 {
		return false
	}
	if n, full := nameAt(cell, words, 0); n == len(words) && full {
		return true
	}
	r, _ := utf8.DecodeRuneInString(cell)
	if r >= 0x2E80 {
		return len(words) == 2 && eastern(words[0].text) && eastern(words[1].text) && !notName(words[0].text) && !notName(words[1].text) &&
			utf8.RuneCountInString(words[0].text) <= 4 && utf8.RuneCountInString(words[1].text) <= 4
	}
	for _, w := range words {
		if !capital(w.text) {
			return false
		}
	}
	return len(words) >= 2 && (given[strings.ToLower(words[0].text)] || given[strings.ToLower(words[len(words)-1].text)])
}

// rowReader gathers the cells of one row.
type rowReader struct {
	t                              *tableReader
	items                          []item
	full, surname, givenName, kana string
	nameAt                         int
}

func (r *rowReader) add(k Kind, key, show string, at int) {
	if key != "" {
		r.items = append(r.items, item{kind: k, key: key, show: show, at: at})
	}
}

// row reads one row under a head.
func (t *tableReader) row(row []string, number int) {
	r := rowReader{t: t}
	for k, cell := range row {
		if cell == "" || len(cell) > 1000 {
			continue
		}
		if _, ok := t.searched(k); ok && (!worthCell(cell, fewDigits) || t.quiet.quiet(k, cell)) {
			continue
		}
		cell = strings.TrimSpace(Fold(cell))
		if k < len(t.heads) && t.heads[k].role <= roleKana && t.heads[k].role != roleNone {
			r.name(cell, k)
		} else {
			r.cell(cell, k)
		}
	}
	if r.full == "" {
		if r.full = strings.TrimSpace(r.surname + " " + r.givenName); r.full == "" {
			r.full, r.nameAt = r.kana, 0
		}
	}
	if r.full != "" {
		r.items = append([]item{{kind: Name, key: nameKey(r.full), show: r.full, at: r.nameAt}}, r.items...)
	}
	t.keep(r.items, number)
}

// name takes a cell of a column of names.
func (r *rowReader) name(cell string, k int) {
	switch h := r.t.heads[k]; h.role {
	case roleName:
		if r.full == "" && !hasDigits(cell, 3) && (!h.weak || eastern(strings.ReplaceAll(cell, " ", "")) || namely(cell)) {
			r.full, r.nameAt = cell, k
		}
	case roleSurname:
		r.surname, r.nameAt = cell, k
	case roleGiven:
		r.givenName = cell
	case roleKana:
		r.kana = cell
	}
}

// cell takes a cell of another column.
func (r *rowReader) cell(cell string, k int) {
	if k >= len(r.t.heads) {
		r.items = append(r.items, r.t.other(cell, "", k)...)
		return
	}
	switch head := r.t.heads[k]; head.role {
	case roleAddress:
		if utf8.RuneCountInString(cell) >= 5 {
			r.add(Address, addressKey(strings.ToLower(cell)), cell, k)
		}
	case rolePhone, roleMobile:
		key, mobile := cellPhone(cell, head.role == roleMobile)
		r.add(phone{mobile: mobile}.kind(), key, cell, k)
		r.emails(cell, k)
	case roleEmail:
		r.emails(cell, k)
	case roleBirth:
		if key, ok := cellBirth(cell); ok {
			r.add(Birth, key, cell, k)
		}
	case roleMember:
		if hasDigits(cell, 2) && len(cell) <= 24 {
			r.add(Member, strings.ToUpper(cell), cell, k)
		}
		r.items = append(r.items, r.t.other(cell, r.t.words[k], k)...)
	case roleAbout:
		r.add(About, "about", "", k)
	case roleZip:
	default:
		r.items = append(r.items, r.t.other(cell, r.t.words[k], k)...)
	}
}

func (r *rowReader) emails(cell string, k int) {
	for _, it := range emails(cell) {
		it.at = k
		r.items = append(r.items, it)
	}
}

// other finds data in a cell of another column.
func (t *tableReader) other(cell, word string, k int) []item {
	if !strings.Contains(cell, "@") && !hasDigits(cell, fewDigits) {
		return nil
	}
	items := t.c.itemsOf(cell, word)
	for i := range items {
		items[i].at = k
	}
	return items
}

func (t *tableReader) keep(items []item, number int) {
	if len(items) == 0 {
		return
	}
	r := record{items: items, table: true, row: number, sheet: t.line < 0}
	if t.line >= 0 {
		r.where = lineWhere(t.line + number)
	}
	t.c.add(&r)
}

// bare reads a table without a head: each row as an entry of a list.
func (t *tableReader) bare(rows [][]string) {
	t.learn(rows)
	for i, row := range rows {
		if t.c.late() {
			return
		}
		t.loose(row, i)
	}
}

func (t *tableReader) loose(row []string, number int) {
	line := t.looseLine(row)
	for _, entry := range entries(t.c.itemsOfLoose(line)) {
		for i := range entry {
			entry[i].at = strings.Count(line[:min(len(line), entry[i].at)], cellEnd)
		}
		t.keep(entry, number)
	}
}

// itemsOfLoose finds data in a row without a head.
func (c *collector) itemsOfLoose(line string) []item {
	if !strings.Contains(line, "@") && !hasDigits(line, 4) {
		return nil
	}
	return c.itemsOf(line, "")
}

// cellEnd parts the cells of a row that is read as a line.
const cellEnd = " | "

// looseLine writes a row as a line, without the cells that hold nothing.
func (t *tableReader) looseLine(row []string) string {
	var b strings.Builder
	for k, cell := range row {
		if len(cell) <= 1000 && b.Len() < 4000 {
			if !worthCell(cell, 4) || !t.quiet.quiet(k, cell) {
				b.WriteString(Fold(cell))
			}
			b.WriteString(cellEnd)
		}
	}
	return b.String()
}

// cellPhone reads a telephone number in its own column: without signs, and
// without the 0 that spreadsheets drop.
func cellPhone(cell string, mobile bool) (string, bool) {
	if list := phones(cell); len(list) > 0 {
		return list[0].key, list[0].mobile || mobile
	}
	d := digitsOf(cell)
	if len(d) < 7 || len(d) > 15 || len(cell)-len(d) > 12 || strings.Contains(cell, "@") {
		return "", false
	}
	if len(d) == 10 && (strings.HasPrefix(d, "90") || strings.HasPrefix(d, "80") || strings.HasPrefix(d, "70")) {
		d = "0" + d
	}
	return d, mobile || len(d) == 11 && (strings.HasPrefix(d, "090") || strings.HasPrefix(d, "080") || strings.HasPrefix(d, "070"))
}

// cellBirth reads a date in a column of birth dates, also as the number of
// days that spreadsheets count.
func cellBirth(cell string) (string, bool) {
	if key, ok := wholeDate(cell); ok {
		return key, true
	}
	if d := digitsOf(cell); len(d) == len(cell) && len(d) == 5 && d >= "03000" && d <= "50000" {
		return d, true
	}
	return "", false
}
