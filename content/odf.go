package content

import (
	"fmt"
	"io"
	"strings"
)

// readODF reads an OpenDocument file (ISO/IEC 26300, OASIS OpenDocument 1.3).
func readODF(in *Inspection, f *File, z *zipFile) {
	o := &ooxml{in, f, z}
	if e := z.find("META-INF/manifest.xml"); e != nil {
		o.each(e, func(s *xmlScanner) {
			if s.token == xmlStart && s.is("encryption-data") {
				f.Encrypted, f.Uninspected = ODF, "encrypted"
			}
		})
	}
	if z.has("encrypted-package") {
		f.Encrypted, f.Uninspected = ODF, "encrypted"
	}
	if f.Encrypted != "" {
		return
	}
	if !z.has("content.xml") {
		in.damaged(f, "an OpenDocument file without its content")
	}
	for _, name := range []string{"content.xml", "styles.xml", "meta.xml"} {
		if e := z.find(name); e != nil {
			r, done := o.open(e)
			in.flatODF(f, r, name)
			done()
		}
	}
	for i := range z.entries {
		e := &z.entries[i]
		name := strings.ToLower(e.name)
		switch {
		case strings.HasPrefix(name, "basic/") && strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, "-lc.xml") && !strings.HasSuffix(name, "-lb.xml"), strings.HasPrefix(name, "scripts/") && !e.folder():
			f.Flags |= Macro
		case strings.HasPrefix(name, "object ") && strings.HasSuffix(name, "/content.xml"):
			r, done := o.open(e)
			in.flatODF(f, r, name)
			done()
		}
	}
}

// flatODF reads the XML of an OpenDocument file, which may also be a file of
// its own (.fodt, .fods).
func (in *Inspection) flatODF(f *File, r io.Reader, name string) {
	src := &errReader{r: r}
	o := &odfReader{in: in, file: f, styles: map[string]*odfStyle{}, texts: map[string]*strings.Builder{}, styled: name != "meta.xml"}
	s := newXML(src)
	for s.next() {
		switch s.token {
		case xmlStart:
			o.start(s)
		case xmlEnd:
			o.end(s)
		case xmlText:
			o.text(s)
		}
	}
	o.flush()
	in.complain(f, src.err)
	if s.open() {
		in.damaged(f, "a part that is cut off")
	}
}

// odfStyle is what a style hides.
type odfStyle struct{ hidden, white, filled bool }

// odfReader turns the tokens of a document into texts.
type odfReader struct {
	in     *Inspection
	file   *File
	styled bool
	styles map[string]*odfStyle
	style  *odfStyle // that is being described
	where  string
	texts  map[string]*strings.Builder
	order  []string

	why    []string // reasons of the elements that are open, innermost last
	names  []string // of those elements
	para   int
	meta   string
	page   int
	hidden string // of the slide

	tables int
	number int
	w      *tableWriter
	cell   strings.Builder
	value  string
	repeat int
	column int
	filled bool
	row    int
	hide   bool
}

func (o *odfReader) start(s *xmlScanner) {
	switch string(s.name) {
	case "style":
		if len(o.styles) < 50_000 {
			o.style = &odfStyle{}
			o.styles[s.attrText("name")] = o.style
		}
	case "table-properties":
		o.describe(func(st *odfStyle) { st.hidden = string(s.attr("display")) == "false" })
	case "drawing-page-properties":
		o.describe(func(st *odfStyle) { st.hidden = string(s.attr("visibility")) == "hidden" })
	case "text-properties", "table-cell-properties", "paragraph-properties":
		o.describe(func(st *odfStyle) { st.look(s) })
	case "p", "h":
		o.para++
	case "s":
		o.write(strings.Repeat(" ", max(1, min(atoi(s.attr("c")), 1000))))
	case "tab":
		o.write("\t")
	case "line-break":
		o.write("\n")
	case "event-listener":
		if h := s.attrText("href"); strings.HasPrefix(h, "vnd.sun.star.script:") {
			o.file.Flags |= Macro
			if n := s.attrText("event-name"); strings.HasSuffix(n, "load") || strings.HasSuffix(n, "open") {
				o.file.Flags |= AutoMacro
			}
		}
	case "annotation":
		o.enter(s, CommentText)
	case "deletion":
		o.enter(s, DeletedText)
	case "notes":
		o.enter(s, NotesText)
	case "span":
		o.enter(s, o.spanReason(s.attrText("style-name")))
	case "hidden-text", "hidden-paragraph":
		o.enter(s, HiddenText)
	case "page":
		o.startPage(s)
	case "title", "subject", "description", "keyword", "initial-creator", "creator", "user-defined", "date", "date-string", "creator-initials", "sender-initials":
		if !s.empty {
			o.meta = string(s.name)
		}
	default:
		o.startTable(s)
	}
}

func (o *odfReader) describe(f func(*odfStyle)) {
	if o.style != nil {
		f(o.style)
	}
}

func (st *odfStyle) look(s *xmlScanner) {
	if string(s.attr("display")) == "none" {
		st.hidden = true
	}
	if c := s.attr("color"); len(c) == 7 && whiteColour(string(c[1:])) {
		st.white = true
	}
	if c := s.attr("background-color"); len(c) == 7 && !whiteColour(string(c[1:])) {
		st.filled = true
	}
}

// maxOpen are the elements of a document that are remembered while they are
// open.
const maxOpen = 1000

func (o *odfReader) enter(s *xmlScanner, why string) {
	if !s.empty && len(o.why) < maxOpen {
		if why == "" && len(o.why) > 0 {
			why = o.why[len(o.why)-1]
		}
		o.why, o.names = append(o.why, why), append(o.names, string(s.name))
	}
}

func (o *odfReader) leave(name string) {
	if n := len(o.names); n > 0 && o.names[n-1] == name {
		o.why, o.names = o.why[:n-1], o.names[:n-1]
	}
}

func (o *odfReader) spanReason(style string) string {
	switch st := o.styles[style]; {
	case st == nil:
	case st.hidden:
		return HiddenText
	case st.white && !st.filled && !o.filled:
		return SameColour
	}
	return ""
}

func (o *odfReader) startPage(s *xmlScanner) {
	o.flush()
	o.page++
	o.where = fmt.Sprintf("%s, slide %d", o.file.Path, o.page)
	o.hidden = ""
	if st := o.styles[s.attrText("style-name")]; st != nil && st.hidden {
		o.hidden = HiddenSlide
	}
}

func (o *odfReader) startTable(s *xmlScanner) {
	switch string(s.name) {
	case "table":
		if o.tables++; o.tables == 1 {
			o.openTable(s)
		}
	case "table-column":
		n := max(1, atoi(s.attr("number-columns-repeated")))
		if v := s.attr("visibility"); o.tables == 1 && len(o.w.text.columns) < 1000 && len(v) > 0 && string(v) != "visible" {
			o.w.text.columns = append(o.w.text.columns, span{o.column, o.column + n - 1})
		}
		o.column += n
	case "table-row":
		if o.tables == 1 {
			v := s.attr("visibility")
			o.hide = len(v) > 0 && string(v) != "visible"
			o.repeat = max(1, atoi(s.attr("number-rows-repeated")))
			o.column = 0
		}
	case "table-cell", "covered-table-cell":
		if o.tables == 1 {
			o.startCell(s)
		}
	}
}

func (o *odfReader) openTable(s *xmlScanner) {
	o.number++
	o.column, o.row = 0, 0
	name := s.attrText("name")
	where := fmt.Sprintf("%s, table %d", o.file.Path, o.number)
	if o.file.Kind == ODS || o.file.Kind == XML {
		where = o.file.Path + ", sheet " + name
	}
	o.w = &tableWriter{in: o.in, text: Text{Where: where, File: o.file, Hidden: o.hidden}}
	if st := o.styles[s.attrText("style-name")]; st != nil && st.hidden {
		o.w.text.Hidden = HiddenSheet
	}
}

func (o *odfReader) startCell(s *xmlScanner) {
	o.cell.Reset()
	o.value = ""
	o.filled = false
	why := ""
	if st := o.styles[s.attrText("style-name")]; st != nil {
		o.filled = st.filled
		if st.white && !st.filled {
			why = SameColour
		}
	}
	switch string(s.attr("value-type")) {
	case "date":
		o.value = s.attrText("date-value")
	case "float":
		o.value = s.attrText("value")
	}
	o.why, o.names = append(o.why, why), append(o.names, string(s.name))
	n := max(1, atoi(s.attr("number-columns-repeated")))
	o.column += n - 1
}

// reason says why what is written now is hidden.
func (o *odfReader) reason() string {
	if n := len(o.why); n > 0 && o.why[n-1] != "" {
		return o.why[n-1]
	}
	return o.hidden
}

func (o *odfReader) inCell() bool {
	n := len(o.names)
	return o.tables > 0 && n > 0 && strings.HasSuffix(o.names[n-1], "table-cell")
}

func (o *odfReader) write(s string) {
	if o.inCell() {
		if o.cell.Len() < maxCell {
			o.cell.WriteString(s)
		}
		return
	}
	why := o.reason()
	b := o.texts[why]
	if b == nil {
		b = &strings.Builder{}
		o.texts[why] = b
		o.order = append(o.order, why)
	}
	if int64(b.Len()) < o.in.meter.Text {
		b.WriteString(s)
	}
}

func (o *odfReader) text(s *xmlScanner) {
	switch {
	case o.meta != "":
		if v := strings.TrimSpace(s.value()); v != "" && !o.styled && o.meta != "date" {
			o.hidden = Properties
			o.write(o.meta + ": " + v + "\n")
		}
	case o.para > 0:
		o.write(s.value())
	}
}

func (o *odfReader) end(s *xmlScanner) {
	switch name := string(s.name); name {
	case "style":
		o.style = nil
	case "p", "h":
		o.para = max(0, o.para-1)
		if !o.inCell() || o.cell.Len() > 0 {
			o.write("\n")
		}
	case "annotation", "deletion", "notes", "span", "hidden-text", "hidden-paragraph":
		o.leave(name)
	case "table-cell", "covered-table-cell":
		if o.tables == 1 {
			o.endCell(name)
		}
	case "table-row":
		if o.tables == 1 && o.w != nil {
			o.w.end(o.row, o.hide)
			o.row += o.repeat
		}
	case "table":
		if o.tables = max(0, o.tables-1); o.tables == 0 && o.w != nil {
			o.w.close()
			o.w = nil
		}
	case "page":
		o.flush()
		o.hidden = ""
	}
	o.meta = ""
}

// endCell keeps the text that is shown, or the value where it says more: a date
// is always written in the same way.
func (o *odfReader) endCell(name string) {
	why := ""
	if n := len(o.why); n > 0 {
		why = o.why[n-1]
	}
	o.leave(name)
	text := strings.TrimSpace(o.cell.String())
	if len(o.value) >= 10 && strings.Count(o.value, "-") == 2 {
		text = o.value[:10]
	} else if text == "" {
		text = o.value
	}
	if o.w != nil {
		o.w.put(o.column, text, why)
	}
	o.column++
}

func (o *odfReader) flush() {
	where := o.where
	if where == "" {
		where = o.file.Path
	}
	for _, why := range o.order {
		o.in.keepText(Text{Where: where, File: o.file, Hidden: why, Prose: o.texts[why].String()})
	}
	o.texts, o.order = map[string]*strings.Builder{}, nil
	if o.w != nil && o.tables == 0 {
		o.w = nil
	}
}
