package content

import (
	"fmt"
	"path"
	"strings"
)

// document reads the text of a Word file.
func (o *ooxml) document() {
	main := false
	for i := range o.z.entries {
		e := &o.z.entries[i]
		name := strings.ToLower(e.name)
		if path.Dir(name) != "word" || !strings.HasSuffix(name, ".xml") {
			continue
		}
		base := strings.TrimRight(strings.TrimSuffix(path.Base(name), ".xml"), "0123456789")
		where := o.f.Path
		hidden := ""
		switch base {
		case "document":
			main = true
		case "header", "footer", "footnotes", "endnotes":
			where += ", " + base
		case "comments":
			hidden = CommentText
		default:
			continue
		}
		o.words(e, where, hidden)
	}
	if !main {
		o.in.damaged(o.f, "a Word file without its text")
	}
}

// slides reads the text of a PowerPoint file.
func (o *ooxml) slides() {
	if !o.z.has("ppt/presentation.xml") {
		o.in.damaged(o.f, "a presentation without its list of slides")
	}
	for _, e := range o.parts("ppt/slides/", ".xml") {
		o.words(e, fmt.Sprintf("%s, slide %d", o.f.Path, number(e.name)), "")
	}
	for _, e := range o.parts("ppt/notesslides/", ".xml") {
		o.words(e, fmt.Sprintf("%s, notes %d", o.f.Path, number(e.name)), NotesText)
	}
	for _, e := range o.parts("ppt/comments/", ".xml") {
		o.words(e, o.f.Path, CommentText)
	}
	for _, e := range o.parts("ppt/diagrams/", ".xml") {
		if strings.HasPrefix(strings.ToLower(path.Base(e.name)), "data") {
			o.words(e, o.f.Path+", diagram", "")
		}
	}
}

// words reads running text with tables: WordprocessingML and DrawingML, whose
// elements have the same names where it matters.
func (o *ooxml) words(e *zipEntry, where, hidden string) {
	w := &wordReader{in: o.in, file: o.f, where: where, hidden: hidden, texts: map[string]*strings.Builder{}}
	o.each(e, w.token)
	w.close()
}

// wordReader turns the tokens of a document into texts.
type wordReader struct {
	in     *Inspection
	file   *File
	where  string
	hidden string
	texts  map[string]*strings.Builder // by why they are hidden
	order  []string

	take     bool // inside an element that holds text
	deleted  int
	fallback int // inside mc:Fallback, which says the same again
	run      int // inside a run
	props    int // inside the run's properties
	vanish   bool
	white    bool
	shaded   int // cells and paragraphs with a colour behind them
	shades   []bool
	instr    bool
	field    strings.Builder // the instruction of a field, which may be spread over runs

	tables int
	rows   [][]string
	row    []string
	cell   strings.Builder
	number int
}

func (w *wordReader) token(s *xmlScanner) {
	switch s.token {
	case xmlStart:
		w.start(s)
	case xmlEnd:
		w.end(s)
	case xmlText:
		if w.take && w.fallback == 0 {
			w.write(s.value())
		} else if w.instr && w.field.Len() < 4096 {
			w.field.WriteString(s.value())
		}
	}
}

// reason says why what is written now is hidden.
func (w *wordReader) reason() string {
	switch {
	case w.deleted > 0:
		return DeletedText
	case w.hidden != "":
		return w.hidden
	case w.run > 0 && w.vanish:
		return HiddenText
	case w.run > 0 && w.white && w.shaded == 0:
		return SameColour
	}
	return ""
}

func (w *wordReader) write(s string) {
	why := w.reason()
	if w.tables > 0 && why == "" {
		if w.cell.Len() < maxCell {
			w.cell.WriteString(s)
		}
		return
	}
	b := w.texts[why]
	if b == nil {
		b = &strings.Builder{}
		w.texts[why] = b
		w.order = append(w.order, why)
	}
	if int64(b.Len()) < w.in.meter.Text {
		b.WriteString(s)
	}
}

func (w *wordReader) start(s *xmlScanner) {
	switch string(s.name) {
	case "t", "delText", "text":
		w.take = !s.empty
	case "instrText":
		w.instr = !s.empty
	case "fldChar":
		if string(s.attr("fldCharType")) != "begin" {
			w.command(w.field.String())
		}
		w.field.Reset()
	case "tab":
		if w.run > 0 {
			w.write("\t")
		}
	case "br", "cr":
		w.write("\n")
	case "p":
		w.shade()
	case "r":
		w.run++
		w.vanish, w.white = false, false
	case "rPr":
		w.props++
	case "vanish":
		if v := s.attr("val"); w.props > 0 && w.run > 0 && (v == nil || s.on("val")) {
			w.vanish = true
		}
	case "color":
		if w.props > 0 && w.run > 0 {
			w.white = whiteColour(string(s.attr("val"))) || string(s.attr("themeColor")) == "background1"
		}
	case "shd", "highlight":
		w.shadeBy(s)
	case "del", "moveFrom":
		if !s.empty {
			w.deleted++
		}
	case "Fallback":
		w.fallback++
	case "cm", "comment":
		w.write(author(s))
	case "fldSimple":
		w.command(s.attrText("instr"))
	case "sld":
		if v := s.attr("show"); v != nil && !s.on("show") {
			w.hidden = HiddenSlide
		}
	default:
		w.table(s)
	}
}

// author names who wrote a comment.
func author(s *xmlScanner) string {
	if a := s.attrText("author"); a != "" {
		return a + ": "
	}
	return ""
}

func whiteColour(hex string) bool {
	hex = strings.ToUpper(hex)
	if len(hex) == 8 {
		hex = hex[2:]
	}
	return hex == "FFFFFF" || hex == "FEFEFE" || hex == "FDFDFD"
}

func (w *wordReader) table(s *xmlScanner) {
	switch string(s.name) {
	case "tbl":
		w.tables++
		if w.tables == 1 {
			w.number++
		}
	case "tr":
		if w.tables == 1 {
			w.row = nil
		}
	case "tc":
		if w.tables == 1 {
			w.cell.Reset()
		}
		w.shade()
	}
}

// shade opens a cell or paragraph, which may get a colour behind it.
func (w *wordReader) shade() {
	if len(w.shades) < 10_000 {
		w.shades = append(w.shades, false)
	}
}

func (w *wordReader) shadeBy(s *xmlScanner) {
	fill := string(s.attr("fill"))
	if s.is("highlight") {
		fill = string(s.attr("val"))
	}
	if fill == "" && s.attr("themeFill") == nil || fill == "auto" || fill == "white" || fill == "none" || whiteColour(fill) {
		return
	}
	if n := len(w.shades); n > 0 && !w.shades[n-1] {
		w.shades[n-1] = true
		w.shaded++
	}
}

func (w *wordReader) unshade() {
	if n := len(w.shades); n > 0 {
		if w.shades[n-1] {
			w.shaded--
		}
		w.shades = w.shades[:n-1]
	}
}

func (w *wordReader) end(s *xmlScanner) {
	switch string(s.name) {
	case "t", "delText", "text":
		w.take = false
	case "instrText":
		w.instr = false
	case "p":
		w.write("\n")
		w.unshade()
	case "r":
		w.run = max(0, w.run-1)
		w.vanish, w.white = false, false
	case "rPr":
		w.props = max(0, w.props-1)
	case "del", "moveFrom":
		w.deleted = max(0, w.deleted-1)
	case "Fallback":
		w.fallback = max(0, w.fallback-1)
	case "tc":
		if w.tables == 1 && len(w.row) < maxGap {
			w.row = append(w.row, strings.TrimSpace(w.cell.String()))
			w.cell.Reset()
		}
		w.unshade()
	case "tr":
		if w.tables == 1 && len(w.row) > 0 {
			w.rows = append(w.rows, w.row)
			w.row = nil
		}
	case "tbl":
		if w.tables = max(0, w.tables-1); w.tables == 0 {
			w.endTable()
		}
	}
}

func (w *wordReader) endTable() {
	if rest := w.cell.String(); strings.TrimSpace(rest) != "" {
		w.row = append(w.row, rest)
		w.rows = append(w.rows, w.row)
	}
	w.cell.Reset()
	if len(w.rows) > 0 {
		w.in.keepText(Text{Where: fmt.Sprintf("%s, table %d", w.where, w.number), File: w.file, Hidden: w.hidden, Rows: w.rows})
	}
	w.rows, w.row = nil, nil
}

// command looks at the instruction of a field.
func (w *wordReader) command(instr string) {
	f := strings.Fields(instr)
	if len(f) > 1 && (strings.EqualFold(f[0], "DDE") || strings.EqualFold(f[0], "DDEAUTO")) {
		w.file.Flags |= DDE
	}
}

func (w *wordReader) close() {
	if w.tables > 0 {
		w.tables = 0
		w.endTable()
	}
	for _, why := range w.order {
		w.in.keepText(Text{Where: w.where, File: w.file, Hidden: why, Prose: w.texts[why].String()})
	}
}
