package content

import (
	"fmt"
	"math"
	"strings"
)

// maxPages of a PDF are read, and so many steps of their programs are done.
const (
	maxPages    = 5_000
	maxPDFSteps = 4_000_000
)

// text reads the pages.
func (p *pdfFile) text() {
	pages := p.pages()
	empty, pictures := 0, 0
	for i, page := range pages {
		t := &pdfPage{pdfFile: p, ctm: matrix{1, 0, 0, 1, 0, 0}}
		t.content(page["Contents"], p.dict(page["Resources"]))
		prose := t.layout()
		if strings.TrimSpace(prose) == "" {
			empty++
			if t.picture {
				pictures++
			}
		}
		p.in.keepText(Text{Where: fmt.Sprintf("%s, page %d", p.f.Path, i+1), File: p.f, Prose: prose})
	}
	p.seen(len(pages), empty, pictures)
}

// seen says of which pages no text was read, and why.
func (p *pdfFile) seen(pages, empty, pictures int) {
	switch {
	case p.in.meter.stopped != "":
		p.f.unread(string(p.in.meter.stopped))
	case p.steps >= maxPDFSteps:
		p.in.meter.note(LimitText, p.f.Path, "more than %d steps of a page's program", maxPDFSteps)
		p.f.unread("more text than is looked into")
	case p.more:
		p.in.meter.note(LimitText, p.f.Path, "more than %d pages or %d objects", maxPages, maxPDFObjects)
		p.f.unread("more text than is looked into")
	case p.cut: // whole says so
	case p.unread, p.lost*mostLost > p.glyphs:
		p.f.unread(whyLetters)
	case pictures > 0 && empty == pages:
		p.f.unread(whyPictures)
	case pictures > 0:
		p.f.unread(fmt.Sprintf("%d of %d pages are %s", pictures, pages, whyPictures))
	case empty == pages:
		p.f.unread(whyNoText)
	}
}

// mostLost: a font's own signs (a ligature, a bullet) are no text that is
// missing; one letter in so many is.
const mostLost = 10

// whole says so where not all that the file is made of is there.
func (p *pdfFile) whole() {
	if p.in.meter.stopped == "" && (p.cut || p.root == nil) {
		p.in.damaged(p.f, "a PDF that cannot be read to its end")
	}
}

// pages lists the pages in order; where their tree does not lead to any, all
// that there are.
func (p *pdfFile) pages() []pdfDict {
	var out []pdfDict
	seen := map[int]bool{}
	var walk func(v any, inherited pdfDict, depth int)
	walk = func(v any, inherited pdfDict, depth int) {
		if r, ok := v.(pdfRef); ok {
			if seen[r.num] {
				return
			}
			seen[r.num] = true
		}
		d := p.dict(v)
		p.cut = p.cut || d == nil
		if p.more = p.more || len(out) >= maxPages; d == nil || depth > 50 || p.more {
			return
		}
		if res := p.dict(d["Resources"]); res != nil {
			inherited = res
		}
		kids := p.array(d["Kids"])
		if kids == nil {
			out = append(out, pdfDict{"Contents": d["Contents"], "Resources": inherited})
			return
		}
		for _, k := range kids {
			walk(k, inherited, depth+1)
		}
	}
	walk(p.dict(p.root)["Pages"], nil, 0)
	if len(out) == 0 {
		for num := range p.numbers() {
			if d := p.dict(pdfRef{num: num}); d["Type"] == pdfName("Page") && len(out) < maxPages {
				out = append(out, pdfDict{"Contents": d["Contents"], "Resources": d["Resources"]})
			}
		}
	}
	return out
}

type matrix [6]float64

// mul gives m after n (8.3.4).
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// pdfPage runs the program of a page for its text (9.4).
type pdfPage struct {
	*pdfFile
	buf      []byte // the text of the pieces
	pieces   []pdfPiece
	moved    bool // to where the next text starts
	ctm      matrix
	saved    []matrix
	tm, line matrix
	size     float64
	leading  float64

	font      *pdfFont
	endX      float64 // where the last text ended
	lastY     float64
	resources pdfDict
	depth     int
	picture   bool // one is drawn
}

// content runs one stream or several that belong together.
func (t *pdfPage) content(v any, resources pdfDict) {
	var b []byte
	switch c := t.get(v).(type) {
	case *pdfStream:
		b = t.decode(c)
	case pdfArray:
		for _, s := range c {
			s, ok := t.get(s).(*pdfStream)
			if !ok {
				t.cut = true
				continue
			}
			b = append(append(b, t.decode(s)...), '\n')
		}
	case nil:
		t.cut = t.cut || v != nil
	}
	before := t.resources
	t.resources = resources
	t.run(b)
	t.resources = before
}

func (t *pdfPage) run(b []byte) {
	l := &pdfLexer{b: b}
	var args pdfArray
	for t.steps < maxPDFSteps {
		v, ok := l.next()
		if !ok {
			return
		}
		w, isWord := v.(pdfWord)
		if !isWord {
			if args = append(args, v); len(args) > 64 {
				args = args[1:]
			}
			continue
		}
		t.steps++
		if w == "ID" { // a picture in the program
			t.picture = true
			skipImage(l)
		}
		t.do(w, args)
		args = args[:0]
	}
}

// skipImage goes behind "EI" on its own.
func skipImage(l *pdfLexer) {
	for l.pos+3 < len(l.b) {
		if pdfSpace(l.b[l.pos]) && l.b[l.pos+1] == 'E' && l.b[l.pos+2] == 'I' && pdfDelimiter(l.b[l.pos+3]) {
			l.pos += 3
			return
		}
		l.pos++
	}
	l.pos = len(l.b)
}

func (a pdfArray) num(i int) float64 {
	if i >= 0 && i < len(a) {
		f, _ := a[i].(float64)
		return f
	}
	return 0
}

func (a pdfArray) matrix() matrix {
	var m matrix
	for i := range m {
		m[i] = a.num(len(a) - 6 + i)
	}
	return m
}

func (t *pdfPage) do(op pdfWord, a pdfArray) {
	n := len(a)
	switch op {
	case "BT", "Td", "TD", "Tm", "T*":
		t.moved = true
	}
	switch op {
	case "BT":
		t.tm = matrix{1, 0, 0, 1, 0, 0}
		t.line = t.tm
	case "Tf":
		if n >= 2 {
			name, _ := a[n-2].(pdfName)
			t.font = t.pdfFile.font(t.dict(t.resources["Font"])[name])
			t.size = a.num(n - 1)
		}
	case "TL":
		t.leading = a.num(n - 1)
	case "Td":
		t.move(a.num(n-2), a.num(n-1))
	case "TD":
		t.leading = -a.num(n - 1)
		t.move(a.num(n-2), a.num(n-1))
	case "T*":
		t.move(0, -t.leading)
	case "Tm":
		t.tm = a.matrix()
		t.line = t.tm
	case "Tj", "'", "\"":
		if op != "Tj" {
			t.move(0, -t.leading)
		}
		if n > 0 {
			s, _ := a[n-1].(pdfString)
			t.show(s)
		}
	case "TJ":
		if n > 0 {
			list, _ := a[n-1].(pdfArray)
			t.showList(list)
		}
	case "q":
		if len(t.saved) < 500 {
			t.saved = append(t.saved, t.ctm)
		}
	case "Q":
		if k := len(t.saved); k > 0 {
			t.ctm, t.saved = t.saved[k-1], t.saved[:k-1]
		}
	case "cm":
		t.ctm = a.matrix().mul(t.ctm)
	case "Do":
		if n > 0 {
			name, _ := a[n-1].(pdfName)
			t.form(t.get(t.dict(t.resources["XObject"])[name]))
		}
	}
}

func (t *pdfPage) move(x, y float64) {
	t.line = matrix{1, 0, 0, 1, x, y}.mul(t.line)
	t.tm = t.line
}

// form runs a piece that is used from several pages.
func (t *pdfPage) form(v any) {
	s, ok := v.(*pdfStream)
	t.picture = t.picture || ok && s.dict["Subtype"] == pdfName("Image")
	if !ok || s.dict["Subtype"] != pdfName("Form") || t.depth > 10 {
		return
	}
	t.depth++
	ctm := t.ctm
	res := t.dict(s.dict["Resources"])
	if res == nil {
		res = t.resources
	}
	if m := t.array(s.dict["Matrix"]); len(m) == 6 {
		t.ctm = m.matrix().mul(t.ctm)
	}
	t.content(s, res)
	t.ctm = ctm
	t.depth--
}

func (t *pdfPage) showList(list pdfArray) {
	for _, v := range list {
		switch v := v.(type) {
		case pdfString:
			t.show(v)
		case float64:
			t.tm = matrix{1, 0, 0, 1, -v / 1000 * t.size, 0}.mul(t.tm)
		}
	}
}

// show writes text: a new piece where it does not go on where the last ended.
func (t *pdfPage) show(s pdfString) {
	if t.font == nil {
		t.font = &pdfFont{missing: 500}
	}
	text, width := t.read(s)
	at := t.tm.mul(t.ctm)
	high := math.Abs(t.size) * math.Hypot(at[2], at[3])
	switch dy, gap := math.Abs(at[5]-t.lastY), at[4]-t.endX; {
	case text == "":
	case len(t.pieces) == 0, dy > high/2 && dy > 0.5, gap > 1.2*high, gap < -2*high:
		t.piece(at, high, false)
	case gap > high/6:
		if t.moved {
			t.buf = append(t.buf, ' ') // join takes it, where this is no column
			t.piece(at, high, true)
		} else {
			t.put(" ")
		}
	}
	t.moved = false
	t.put(text)
	t.tm = matrix{1, 0, 0, 1, width / 1000 * t.size, 0}.mul(t.tm)
	end := t.tm.mul(t.ctm)
	if text != "" {
		t.endX, t.lastY = end[4], at[5]
		t.pieces[len(t.pieces)-1].end = end[4]
	}
}

// piece starts a piece.
func (t *pdfPage) piece(at matrix, high float64, near bool) {
	t.pieces = append(t.pieces, pdfPiece{from: len(t.buf), to: len(t.buf), x: at[4], y: at[5], high: high, near: near})
}

// put adds to the piece that is written.
func (t *pdfPage) put(text string) {
	if k := len(t.pieces); k > 0 && int64(len(t.buf)) < t.in.meter.Text {
		t.buf = append(t.buf, text...)
		t.pieces[k-1].to = len(t.buf)
	}
}
