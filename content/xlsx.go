package content

import (
	"path"
	"strconv"
	"strings"
)

// workbook is what the sheets of an Excel file share.
type workbook struct {
	*ooxml
	strings  []string
	styles   []cellStyle
	date1904 bool
	shared   int64 // octets of strings
}

// sheetRef is a sheet as the workbook lists it.
type sheetRef struct{ name, state, id string }

// workbook reads the sheets of an Excel file, hidden ones included.
func (o *ooxml) workbook() {
	b := &workbook{ooxml: o}
	sheets := b.sheets()
	if e := o.z.find("xl/sharedStrings.xml"); e != nil {
		b.sharedStrings(e)
	}
	if e := o.z.find("xl/styles.xml"); e != nil {
		b.readStyles(e)
	}
	targets := o.targets("xl/_rels/workbook.xml.rels", "xl")
	read := map[string]bool{}
	for _, s := range sheets {
		e := o.z.find(targets[s.id])
		switch {
		case e == nil:
			o.in.damaged(o.f, "a sheet that is not there")
		case !read[e.name]:
			read[e.name] = true
			b.sheet(e, s.name, s.state)
		}
	}
	for _, e := range o.parts("xl/worksheets/", ".xml") { // those that the workbook does not list
		if !read[e.name] {
			b.sheet(e, path.Base(e.name), HiddenSheet)
		}
	}
	for _, e := range o.parts("xl/comments", ".xml") {
		o.words(e, o.f.Path, CommentText)
	}
	for _, dir := range []string{"xl/comments/", "xl/threadedcomments/"} {
		for _, e := range o.parts(dir, ".xml") {
			o.words(e, o.f.Path, CommentText)
		}
	}
	for _, e := range o.parts("xl/drawings/", ".xml") {
		o.words(e, o.f.Path+", drawing", "")
	}
	o.pivots()
}

// sheets lists the sheets and reads what holds for all of them.
func (b *workbook) sheets() []sheetRef {
	e := b.z.find("xl/workbook.xml")
	if e == nil {
		b.in.damaged(b.f, "a workbook without its list of sheets")
		return nil
	}
	var out []sheetRef
	b.each(e, func(s *xmlScanner) {
		if s.token != xmlStart {
			return
		}
		switch string(s.name) {
		case "workbookPr":
			b.date1904 = s.on("date1904")
		case "sheet":
			r := sheetRef{name: s.attrText("name"), id: s.attrText("id")}
			switch string(s.attr("state")) {
			case "hidden":
				r.state = HiddenSheet
			case "veryHidden":
				r.state = VeryHiddenSheet
			}
			out = append(out, r)
		case "definedName":
			if n := strings.ToLower(s.attrText("name")); b.f.Flags.Has(Macro) && strings.Contains(n, "auto_open") {
				b.f.Flags |= AutoMacro
			}
		}
	})
	return out
}

// targets reads the relations of a part: ID to name.
func (o *ooxml) targets(name, folder string) map[string]string {
	out := map[string]string{}
	e := o.z.find(name)
	if e == nil {
		return out
	}
	o.each(e, func(s *xmlScanner) {
		if s.token == xmlStart && s.is("Relationship") {
			t := s.attrText("Target")
			if !strings.HasPrefix(t, "/") {
				t = path.Join(folder, t)
			}
			out[s.attrText("Id")] = strings.TrimPrefix(t, "/")
		}
	})
	return out
}

// sharedStrings reads the texts that cells refer to by their number. Phonetic
// guides (rPh) are not part of a text.
func (b *workbook) sharedStrings(e *zipEntry) {
	var cur []byte
	var one string
	var cost int64
	pieces, phonetic, take := 0, 0, false
	b.each(e, func(s *xmlScanner) {
		switch {
		case s.token == xmlText:
			if !take || phonetic > 0 {
				return
			}
			if pieces++; pieces == 1 {
				one = s.value()
			} else {
				if pieces == 2 {
					cur = append(cur[:0], one...)
				}
				cur = append(cur, s.value()...)
			}
		case s.is("t"):
			take = s.token == xmlStart && !s.empty
		case s.is("rPh"):
			if s.token == xmlStart {
				phonetic++
			} else {
				phonetic--
			}
		case s.is("si") && s.token == xmlStart:
			pieces, one = 0, ""
		case s.is("si"):
			if pieces > 1 {
				one = string(cur)
			}
			if cost += int64(len(one)) + 16; cost <= b.in.meter.Text {
				b.strings = append(b.strings, one)
			} else {
				b.in.meter.note(LimitText, b.f.Path, "more than %d octets of text", b.in.meter.Text)
			}
		}
	})
}

// sheetReader reads the cells of one sheet.
type sheetReader struct {
	*workbook
	w       tableWriter
	row     int // from 0
	hidden  bool
	zero    bool // rows are hidden unless they say otherwise
	column  int
	style   int
	kind    byte // of the cell: s shared, i inline, b, e, 0 number or text
	value   []byte
	inline  strings.Builder
	take    bool // inside v or t
	cell    bool
	rph     bool
	stopped bool
}

func (b *workbook) sheet(e *zipEntry, name, state string) {
	r := &sheetReader{workbook: b, row: -1}
	r.w = tableWriter{in: b.in, text: Text{Where: b.f.Path + ", sheet " + name, File: b.f, Hidden: state}}
	b.until(e, func(s *xmlScanner) bool { r.token(s); return !r.stopped })
	r.endRow()
	r.w.close()
}

func (r *sheetReader) token(s *xmlScanner) {
	if r.stopped {
		return
	}
	switch {
	case s.token == xmlText:
		if r.take && !r.rph {
			if r.kind == 'i' {
				r.inline.WriteString(s.value())
			} else {
				r.value = append(r.value, s.text...)
			}
		}
	case len(s.name) == 1 && s.name[0] == 'c':
		if s.token == xmlEnd {
			r.endCell()
		} else {
			r.startCell(s)
		}
	case len(s.name) == 1 && (s.name[0] == 'v' || s.name[0] == 't'):
		r.take = s.token == xmlStart && r.cell && !s.empty
	case s.is("row"):
		if s.token == xmlEnd {
			r.endRow()
		} else {
			r.startRow(s)
		}
	case s.is("rPh"):
		r.rph = s.token == xmlStart && !s.empty
	case s.token == xmlStart:
		r.settings(s)
	}
}

// settings reads what stands before the rows.
func (r *sheetReader) settings(s *xmlScanner) {
	switch string(s.name) {
	case "sheetFormatPr":
		r.zero = s.on("zeroHeight")
	case "col":
		if s.on("hidden") || zeroWidth(s.attr("width")) {
			from, _ := strconv.Atoi(string(s.attr("min")))
			to, _ := strconv.Atoi(string(s.attr("max")))
			if from > 0 && to >= from && len(r.w.text.columns) < 1000 {
				r.w.text.columns = append(r.w.text.columns, span{from - 1, to - 1})
			}
		}
	}
}

func zeroWidth(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	f, err := strconv.ParseFloat(string(b), 64)
	return err == nil && f < 0.3
}

func (r *sheetReader) startRow(s *xmlScanner) {
	r.endRow()
	r.row++
	if n := atoi(s.attr("r")); n > 0 {
		r.row = n - 1
	}
	r.hidden = s.on("hidden") || zeroWidth(s.attr("ht")) || r.zero && s.attr("hidden") == nil
	r.column = -1
}

func (r *sheetReader) endRow() {
	if len(r.w.row) > 0 && !r.w.end(max(0, r.row), r.hidden) {
		r.stopped = true
	}
}

func (r *sheetReader) startCell(s *xmlScanner) {
	r.cell, r.value, r.kind = true, r.value[:0], 0
	r.column++
	if n := columnOf(s.attr("r")); n >= 0 {
		r.column = n
	}
	r.style = atoi(s.attr("s"))
	switch t := s.attr("t"); string(t) {
	case "s":
		r.kind = 's'
	case "inlineStr":
		r.kind = 'i'
		r.inline.Reset()
	case "b", "e", "str", "d":
		r.kind = t[0]
		if len(t) == 3 {
			r.kind = 't'
		}
	}
}

func (r *sheetReader) endCell() {
	r.cell, r.take = false, false
	var text string
	switch r.kind {
	case 's':
		if n := atoi(r.value); n >= 0 && n < len(r.strings) && len(r.value) > 0 {
			text = r.strings[n]
		}
	case 'i':
		text = r.inline.String()
	case 'b', 'e':
		return
	case 't', 'd':
		text = unescape(r.value)
	default:
		if len(r.value) > 0 {
			text = r.styleOf().number(r.value, r.date1904)
		}
	}
	r.w.put(r.column, text, r.styleOf().hidden)
}

func (r *sheetReader) styleOf() *cellStyle {
	if r.style >= 0 && r.style < len(r.styles) {
		return &r.styles[r.style]
	}
	return &cellStyle{}
}

// atoi reads a number without a sign; 0 for what is none.
func atoi(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<30 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// columnOf reads the letters of a cell's name, from 0; -1 where there are none.
func columnOf(b []byte) int {
	n := 0
	for _, c := range b {
		if c < 'A' || c > 'Z' || n > 1<<16 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// pivots reads the records that a pivot table keeps of its source, which may
// be a sheet that is not in the file any more.
func (o *ooxml) pivots() {
	for _, def := range o.parts("xl/pivotcache/pivotcachedefinition", ".xml") {
		p := &pivot{}
		o.each(def, p.definition)
		w := &tableWriter{in: o.in, text: Text{Where: o.f.Path + ", pivot cache", File: o.f, Hidden: CachedData}}
		for i, name := range p.names {
			w.put(i, name, "")
		}
		w.end(0, false)
		rec := o.z.find("xl/pivotCache/pivotCacheRecords" + strconv.Itoa(number(def.name)) + ".xml")
		if rec == nil {
			p.loose(w)
		} else {
			o.each(rec, func(s *xmlScanner) { p.record(s, w) })
		}
		w.close()
	}
}

// pivot is the cache of a pivot table.
type pivot struct {
	names  []string
	shared [][]string
	column int
	rows   int
	size   int64
}

func (p *pivot) definition(s *xmlScanner) {
	if s.token != xmlStart {
		return
	}
	switch string(s.name) {
	case "cacheField":
		p.names = append(p.names, s.attrText("name"))
		p.shared = append(p.shared, nil)
	case "s", "n", "d":
		if n := len(p.shared); n > 0 && p.size < 16<<20 {
			v := s.attrText("v")
			p.size += int64(len(v)) + 16
			p.shared[n-1] = append(p.shared[n-1], v)
		}
	case "m", "e", "b":
		if n := len(p.shared); n > 0 && p.size < 16<<20 {
			p.size += 16
			p.shared[n-1] = append(p.shared[n-1], "")
		}
	}
}

// loose gives the values of each field where there are no records.
func (p *pivot) loose(w *tableWriter) {
	for _, values := range p.shared {
		for i, v := range values {
			w.put(i, v, "")
			if i%100 == 99 {
				w.end(len(w.text.Rows), false)
			}
		}
		w.end(len(w.text.Rows), false)
	}
}

func (p *pivot) record(s *xmlScanner, w *tableWriter) {
	switch {
	case s.token == xmlStart && s.is("r"):
		p.column = 0
	case s.token == xmlEnd && s.is("r"):
		p.rows++
		w.end(p.rows, false)
	case s.token == xmlStart:
		switch string(s.name) {
		case "x":
			if n := atoi(s.attr("v")); p.column < len(p.shared) && n < len(p.shared[p.column]) {
				w.put(p.column, p.shared[p.column][n], "")
			}
		case "s", "n", "d":
			w.put(p.column, s.attrText("v"), "")
		case "m", "e", "b":
		default:
			return
		}
		p.column++
	}
}
