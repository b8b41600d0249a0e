package content

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// pdfFile is a PDF in memory. Its objects are found by looking for them, not
// by its table, so that a file is read the same way whether its table is right
// or not. Of several objects of a number the last one counts, as it does for
// readers.
type pdfFile struct {
	in      *Inspection
	f       *File
	objects map[int]any
	at      map[int]int  // where each object stands, or the stream that it is packed into
	packed  map[int]bool // objects that were packed into a stream, which alone is encrypted (7.6.2)
	root    any
	encrypt any
	id      string
	key     *pdfKey
	steps   int
	unread  bool // a font's codes are not told what they mean
	glyphs  int  // that were read
	lost    int  // of them, those whose characters are not known
	cut     bool // not all is there
	more    bool // there is more than is read
	fonts   map[pdfRef]*pdfFont
}

// maxPDFObjects of a file are read.
const maxPDFObjects = 200_000

// readPDF reads a PDF (ISO 32000-2).
func readPDF(in *Inspection, f *File, data []byte) {
	p := &pdfFile{in: in, f: f, objects: map[int]any{}, at: map[int]int{}, packed: map[int]bool{}}
	p.scan(data)
	if p.encrypt != nil && !p.unlock() {
		p.marks()
		return
	}
	p.unpackObjects()
	p.marks()
	p.text()
	p.files()
	p.information()
	p.form()
	p.whole()
}

// scan finds all objects and trailers.
func (p *pdfFile) scan(data []byte) {
	for pos := 0; ; {
		if p.more = len(p.objects) >= maxPDFObjects; p.more {
			break
		}
		i := bytes.Index(data[pos:], []byte("obj"))
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + 3
		num, gen, ok := objectNumber(data[max(0, at-24):at])
		if !ok {
			continue
		}
		v, next := p.object(data, pos, pdfRef{num, gen})
		p.objects[num], p.at[num] = v, at
		pos = max(pos, next)
	}
	for pos := 0; ; {
		i := bytes.Index(data[pos:], []byte("trailer"))
		if i < 0 {
			return
		}
		pos += i + 7
		l := &pdfLexer{b: data[:min(len(data), pos+64<<10)], pos: pos}
		if v, _ := l.next(); v != nil {
			if d, ok := v.(pdfDict); ok {
				p.trailer(d)
			}
		}
	}
}

// objectNumber reads "12 0 " from the end of b.
func objectNumber(b []byte) (num, gen int, ok bool) {
	f := bytes.Fields(b)
	if len(f) < 2 || len(b) == 0 || !pdfSpace(b[len(b)-1]) {
		return 0, 0, false
	}
	g, n := f[len(f)-1], f[len(f)-2]
	if i := bytes.LastIndexFunc(n, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		n = n[i+1:] // "endobj12 0 obj"
	}
	if len(n) == 0 || len(n) > 9 || bytes.IndexFunc(g, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
		return 0, 0, false
	}
	return atoi(n), atoi(g), true
}

// object reads one object and, behind it, its stream.
func (p *pdfFile) object(data []byte, pos int, ref pdfRef) (v any, next int) {
	l := &pdfLexer{b: data, pos: pos}
	v, _ = l.next()
	d, ok := v.(pdfDict)
	if !ok {
		return v, l.pos
	}
	end := l.pos
	l.space()
	if l.pos >= len(data) || !bytes.HasPrefix(data[l.pos:], []byte("stream")) {
		return d, end
	}
	start := l.pos + len("stream")
	if start < len(data) && data[start] == '\r' {
		start++
	}
	if start < len(data) && data[start] == '\n' {
		start++
	}
	n := -1
	if f, ok := d["Length"].(float64); ok && f >= 0 && f <= float64(len(data)-start) && bytes.HasPrefix(bytes.TrimLeft(data[start+int(f):min(len(data), start+int(f)+20)], "\r\n "), []byte("endstream")) {
		n = int(f)
	} else if n = bytes.Index(data[start:], []byte("endstream")); n < 0 {
		n, p.cut = len(data)-start, true
	}
	if d["Type"] == pdfName("XRef") {
		p.trailer(d)
	}
	return &pdfStream{d, data[start : start+n], ref}, start + n
}

func (p *pdfFile) trailer(d pdfDict) {
	if r := d["Root"]; r != nil {
		p.root = r
	}
	if e := d["Encrypt"]; e != nil {
		p.encrypt = e
	}
	if id, ok := d["ID"].(pdfArray); ok && len(id) > 0 && p.id == "" {
		if s, ok := id[0].(pdfString); ok {
			p.id = string(s)
		}
	}
}

// get follows a reference.
func (p *pdfFile) get(v any) any {
	for range 16 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = p.objects[r.num]
	}
	return nil
}

func (p *pdfFile) dict(v any) pdfDict {
	switch d := p.get(v).(type) {
	case pdfDict:
		return d
	case *pdfStream:
		return d.dict
	}
	return nil
}

func (p *pdfFile) array(v any) pdfArray {
	a, _ := p.get(v).(pdfArray)
	return a
}

func (p *pdfFile) int(v any) int {
	f, _ := p.get(v).(float64)
	return int(max(-1<<31, min(f, 1<<31)))
}

// unpackObjects reads the objects that are packed into streams (7.5.7). What a
// later update packs replaces what stood before it (7.5.6).
func (p *pdfFile) unpackObjects() {
	var packed []*pdfStream
	for num := range p.numbers() {
		if s, ok := p.objects[num].(*pdfStream); ok && s.dict["Type"] == pdfName("ObjStm") {
			packed = append(packed, s)
		}
	}
	slices.SortFunc(packed, func(a, b *pdfStream) int { return cmp.Compare(p.at[a.ref.num], p.at[b.ref.num]) })
	for _, s := range packed {
		b := p.decode(s)
		first := p.int(s.dict["First"])
		if first <= 0 || first > len(b) {
			p.cut = true
			continue
		}
		head := &pdfLexer{b: b[:first]}
		for range p.int(s.dict["N"]) {
			num, ok1 := head.next()
			off, ok2 := head.next()
			n, _ := num.(float64)
			at, _ := off.(float64)
			if p.more = p.more || len(p.objects) >= maxPDFObjects; p.more {
				break
			}
			if !ok1 || !ok2 || at < 0 || at >= float64(len(b)-first) {
				p.cut = true
				break
			}
			if _, have := p.objects[int(n)]; have && p.at[int(n)] > p.at[s.ref.num] {
				continue
			}
			l := &pdfLexer{b: b, pos: first + int(at)}
			p.objects[int(n)], _ = l.next()
			p.at[int(n)], p.packed[int(n)] = p.at[s.ref.num], true
		}
	}
}

// marks looks for what a PDF can do.
func (p *pdfFile) marks() {
	for _, v := range p.objects {
		p.mark(v, 0)
	}
}

func (p *pdfFile) mark(v any, depth int) {
	if depth > maxPDFDepth {
		return
	}
	switch v := v.(type) {
	case *pdfStream:
		p.mark(v.dict, depth+1)
	case pdfArray:
		for _, x := range v {
			p.mark(x, depth+1)
		}
	case pdfDict:
		switch p.get(v["S"]) {
		case pdfName("JavaScript"):
			p.f.Flags |= PDFJavaScript
		case pdfName("Launch"):
			p.f.Flags |= PDFLaunch
		}
		if v["JS"] != nil {
			p.f.Flags |= PDFJavaScript
		}
		for _, x := range v {
			p.mark(x, depth+1)
		}
	}
}

// files opens the files that are attached to the PDF (7.11.4).
func (p *pdfFile) files() {
	for num := range p.numbers() {
		d := p.dict(pdfRef{num: num})
		ef := p.dict(d["EF"])
		if ef == nil {
			continue
		}
		s, _ := p.get(ef["F"]).(*pdfStream)
		if s == nil {
			s, _ = p.get(ef["UF"]).(*pdfStream)
		}
		if s == nil {
			continue
		}
		name := "attachment"
		for _, key := range []pdfName{"UF", "F"} {
			if t, ok := p.get(d[key]).(pdfString); ok {
				name = p.textString(t, pdfRef{num: num})
				break
			}
		}
		p.f.Flags |= EmbeddedObject
		data := p.decode(s)
		if m := p.in.member(p.f, name, int64(len(data))); m != nil {
			p.in.fill(m, bytes.NewReader(data))
		}
	}
}

// form reads what was filled into a form that is XML (12.7.8, XFA).
func (p *pdfFile) form() {
	xfa := p.get(p.dict(p.dict(p.root)["AcroForm"])["XFA"])
	parts, ok := xfa.(pdfArray)
	if !ok {
		parts = pdfArray{xfa}
	}
	var b strings.Builder
	for _, v := range parts[:min(len(parts), 100)] {
		s, ok := p.get(v).(*pdfStream)
		if !ok {
			continue
		}
		for x := newXML(bytes.NewReader(p.decode(s))); x.next(); {
			if x.token == xmlStart && x.is("script") && strings.Contains(strings.ToLower(x.attrText("contentType")), "javascript") {
				p.f.Flags |= PDFJavaScript
			}
			if v := strings.TrimSpace(x.value()); x.token == xmlText && v != "" && int64(b.Len()) < p.in.meter.Text {
				b.WriteString(v + "\n")
			}
		}
	}
	p.in.keepText(Text{Where: p.f.Path + ", form", File: p.f, Prose: b.String()})
}

// numbers gives the numbers of the objects in order.
func (p *pdfFile) numbers() func(func(int) bool) {
	most := 0
	for n := range p.objects {
		most = max(most, n)
	}
	return func(yield func(int) bool) {
		for n := 0; n <= min(most, 10*maxPDFObjects); n++ {
			if _, ok := p.objects[n]; ok && !yield(n) {
				return
			}
		}
	}
}

// textString reads a text of a dictionary (7.9.2.2).
func (p *pdfFile) textString(s pdfString, ref pdfRef) string {
	b := []byte(s)
	if p.key != nil && !p.packed[ref.num] {
		b = p.key.decrypt(b, ref)
	}
	switch {
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return utf16BE(b[2:])
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(b[3:]), "\uFFFD")
	}
	return decodeText("", b)
}

func utf16BE(b []byte) string {
	swapped := make([]byte, len(b)&^1)
	for i := 0; i+1 < len(b); i += 2 {
		swapped[i], swapped[i+1] = b[i+1], b[i]
	}
	return utf16Text(swapped)
}

// information reads the properties that people fill in, and the comments.
func (p *pdfFile) information() {
	var props, notes strings.Builder
	for num := range p.numbers() {
		d := p.dict(pdfRef{num: num})
		if d["Producer"] != nil || d["Creator"] != nil && d["CreationDate"] != nil {
			for _, key := range []pdfName{"Title", "Author", "Subject", "Keywords"} {
				if t, ok := p.get(d[key]).(pdfString); ok && t != "" {
					fmt.Fprintf(&props, "%s: %s\n", key, p.textString(t, pdfRef{num: num}))
				}
			}
		}
		if t, ok := p.get(d["Contents"]).(pdfString); ok && d["Subtype"] != nil {
			notes.WriteString(p.textString(t, pdfRef{num: num}) + "\n")
		}
		if t, ok := p.get(d["V"]).(pdfString); ok && (d["FT"] != nil || d["T"] != nil) { // a form's field
			notes.WriteString(p.textString(t, pdfRef{num: num}) + "\n")
		}
	}
	p.in.keepText(Text{Where: p.f.Path, File: p.f, Hidden: Properties, Prose: props.String()})
	p.in.keepText(Text{Where: p.f.Path, File: p.f, Hidden: CommentText, Prose: notes.String()})
}
