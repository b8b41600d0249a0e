package content

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// readPPT reads the text of an old PowerPoint file (MS-PPT).
func readPPT(in *Inspection, f *File, c *compound) {
	if u := c.stream("current user"); len(u) >= 16 && binary.LittleEndian.Uint32(u[12:]) == 0xf3d1c4df || c.has("encryptedsummary") {
		f.Encrypted, f.Uninspected = OfficeRC4, "encrypted"
		return
	}
	p := &pptReader{in: in, f: f}
	p.records(c.stream("powerpoint document"), "", 0)
	p.flush()
}

type pptReader struct {
	in     *Inspection
	f      *File
	b      strings.Builder
	hidden string
	slides int
}

// The record types that matter (MS-PPT, 2.13.24).
const (
	pptSlide     = 0x03ee
	pptNotes     = 0x03f0
	pptMaster    = 0x03f8
	pptSlideInfo = 0x03f9
	pptChars     = 0x0fa0
	pptBytes     = 0x0fa8
	pptComment   = 0x2ee0
	pptString    = 0x0fba
)

func (p *pptReader) records(b []byte, hidden string, depth int) {
	for len(b) >= 8 && depth < 32 {
		kind := binary.LittleEndian.Uint16(b[2:])
		n := min(int(binary.LittleEndian.Uint32(b[4:])), len(b)-8)
		if n < 0 {
			return
		}
		body := b[8 : 8+n]
		container := b[0]&0xf == 0xf
		b = b[8+n:]
		switch {
		case kind == pptMaster:
		case container:
			p.container(kind, body, hidden, depth)
		case kind == pptChars, kind == pptString && hidden == CommentText:
			p.write(utf16Text(body), hidden)
		case kind == pptBytes:
			p.write(decodeText("windows-1252", body), hidden)
		case kind == pptSlideInfo && len(body) >= 14 && body[10]&4 != 0:
			p.hidden = HiddenSlide
		}
	}
}

func (p *pptReader) container(kind uint16, body []byte, hidden string, depth int) {
	switch kind {
	case pptSlide:
		p.flush()
		p.slides++
	case pptNotes:
		p.flush()
		hidden = NotesText
	case pptComment:
		p.flush()
		hidden = CommentText
	}
	p.records(body, hidden, depth+1)
	if kind == pptSlide || kind == pptNotes || kind == pptComment {
		p.flush()
	}
}

func (p *pptReader) write(s, hidden string) {
	if hidden != "" {
		p.hidden = hidden
	}
	p.b.WriteString(strings.NewReplacer("\r", "\n", "\v", "\n").Replace(s) + "\n")
}

func (p *pptReader) flush() {
	where := p.f.Path
	if p.slides > 0 {
		where = fmt.Sprintf("%s, slide %d", where, p.slides)
	}
	p.in.keepText(Text{Where: where, File: p.f, Hidden: p.hidden, Prose: p.b.String()})
	p.b.Reset()
	p.hidden = ""
}
