package message

import (
	"bytes"
	"io"
)

// Parse reads the message in data with DefaultLimits. The result refers to
// data, which must not change while it is used.
func Parse(data []byte) *Message {
	return parse(&window{data: data, size: int64(len(data))}, DefaultLimits)
}

// ParseReader reads a message of size octets from r, a stretch at a time, so
// that a large one costs little memory.
func ParseReader(r io.ReaderAt, size int64) *Message {
	return parse(&window{src: r, size: size}, DefaultLimits)
}

// ParseLimits is Parse with limits of the caller's.
func ParseLimits(data []byte, limits Limits) *Message {
	return parse(&window{data: data, size: int64(len(data))}, limits)
}

// Bare gives a message of which nothing but its envelope is known yet.
func Bare(e Envelope) *Message {
	m := &Message{Envelope: e, win: &window{}, limits: DefaultLimits, budget: DefaultLimits.Addresses}
	m.Parts = []*Part{{Path: "1", Type: "text/plain", Encoding: "7bit", Parent: -1, msg: m}}
	return m
}

func parse(win *window, limits Limits) *Message {
	m := &Message{Size: win.size, win: win, limits: limits, budget: limits.Addresses}
	p := &parser{win: win, limits: limits, m: m}
	end := win.size
	if end > limits.Size {
		m.note(LimitSize, "message", Span{limits.Size, end}, "only the first %d octets are read", limits.Size)
		end = limits.Size
	}
	if win.endsInCR() {
		win.readCR()
		m.note(CROnly, "message", Span{}, "lines end in CR alone")
	}
	start := p.lead(end)
	if start >= end {
		m.note(EmptyMessage, "message", Span{0, end}, "there is nothing in it")
	}
	p.topLevel(start, end)
	if win.err != nil {
		m.note(ReadError, "message", Span{win.size, m.Size}, "reading stopped: %v", win.err)
	}
	return m
}

// parser walks over a message once, from front to back.
type parser struct {
	win    *window
	limits Limits
	m      *Message // the outermost message, which all parts and defects belong to
	stack  []bound  // the multiparts we are inside of, outermost first
	depth  int
}

// lead skips what may stand before a header: a byte order mark, blank lines,
// an mbox "From " line.
func (p *parser) lead(end int64) int64 {
	pos := int64(0)
	if bytes.HasPrefix(p.win.have(0), []byte("\xef\xbb\xbf")) {
		pos = 3
		p.m.note(LeadingBlank, "message", Span{0, 3}, "a byte order mark before the header")
	}
	for pos < end {
		b := p.win.have(pos)
		blank := len(b) - len(bytes.TrimLeft(b, " \t\r\n"))
		blank = bytes.LastIndexByte(b[:blank], '\n') + 1 // blanks before a field name are the field's
		if blank > 0 {
			p.m.note(LeadingBlank, "message", Span{pos, pos + int64(blank)}, "blank lines before the header")
			pos += int64(blank)
			continue
		}
		if !bytes.HasPrefix(b, []byte("From ")) && !bytes.HasPrefix(b, []byte(">From ")) {
			return pos
		}
		next := p.nextLine(pos, end)
		p.m.note(LeadingFrom, "message", Span{pos, next}, "an mbox separator before the header")
		pos = next
	}
	return pos
}

// nextLine is where the line after the one at pos starts.
func (p *parser) nextLine(pos, end int64) int64 {
	if i := p.win.index(pos, end, '\n'); i >= 0 {
		return i + 1
	}
	return end
}

func (p *parser) topLevel(start, end int64) {
	m := p.m
	fields, body := p.readHeader(m, "header", start, end)
	m.Fields = fields
	if !hasField(fields) && start < end {
		m.note(NoHeader, "message", Span{start, body}, "not one header field: this is not a message")
	}
	m.duplicates()
	part := p.newPart(m, fields, -1, "")
	p.body(part, body, end)
	if len(m.Parts) == 1 {
		part.Path = "1"
	}
}

func hasField(fields []Field) bool {
	for i := range fields {
		if fields[i].Name != "" {
			return true
		}
	}
	return false
}

// once are the fields that RFC 5322, 3.6 and RFC 2045 allow once.
var once = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID"}

func (m *Message) duplicates() {
	for _, name := range once {
		var first *Field
		for i := range m.Fields {
			f := &m.Fields[i]
			if !f.Is(name) {
				continue
			}
			switch {
			case first == nil:
				first = f
			case f.Value() == first.Value():
				m.note(RepeatedField, name, f.Span, "%s stands again and says the same", name)
			default:
				m.note(DuplicateField, name, f.Span, "%s stands more than once", name)
			}
		}
	}
}

// newPart appends a part read from its header fields.
func (p *parser) newPart(m *Message, fields []Field, parent int, path string) *Part {
	part := &Part{Path: path, Fields: fields, Parent: parent, Depth: p.depth, msg: p.m}
	where := path
	if where == "" {
		where = "header"
	}
	part.describe(p, where)
	p.m.Parts = append(p.m.Parts, part)
	return part
}

// body reads the body of part, from pos to a delimiter of a container around
// it or end, and says which.
func (p *parser) body(part *Part, pos, end int64) found {
	switch {
	case part.multipart() && p.roomFor(part, pos):
		return p.multipart(part, pos, end)
	case part.message() && !part.opaque() && p.roomFor(part, pos):
		return p.embedded(part, pos, end)
	}
	stop := p.seek(pos, end)
	part.Body = Span{pos, p.trimEOL(pos, stop.start, stop.level >= 0)}
	if part.message() && part.opaque() && p.roomFor(part, pos) {
		p.encoded(part)
	}
	return stop
}

// encoded opens a message or container in base64 or quoted-printable, which
// RFC 2045, 6.4 forbids and some readers undo. The parts in it are read from
// the decoded octets and belong to a message of their own.
func (p *parser) encoded(part *Part) {
	data := part.Decoded()
	if part.multipart() {
		head := "Content-Type: " + lookup(part.Fields, "Content-Type").Value() + "\r\n\r\n"
		data = append([]byte(head), data...)
	}
	limits := p.limits
	limits.Depth -= p.depth + 1
	limits.Parts -= len(p.m.Parts)
	inner := parse(&window{data: data, size: int64(len(data))}, limits)
	part.Embedded = inner
	if part.multipart() && len(inner.Parts) > 1 {
		p.m.note(EncodedParts, part.Where(), part.Body, "parts inside a container in %s", part.Encoding)
	}
	for _, q := range inner.Parts[min(1, len(inner.Parts)):] {
		if part.Path != "" {
			q.Path = part.Path + "." + q.Path
		}
		q.Depth += p.depth + 1
		p.m.Parts = append(p.m.Parts, q)
	}
	for _, d := range inner.Defects {
		p.m.note(d.Kind, part.Path, part.Body, "%s", d.Detail)
	}
}

func (p *parser) roomFor(part *Part, pos int64) bool {
	if p.depth >= p.limits.Depth {
		p.m.note(LimitDepth, part.Where(), Span{pos, pos}, "parts nested deeper than %d are not opened", p.limits.Depth)
		return false
	}
	if len(p.m.Parts) >= p.limits.Parts {
		p.m.note(LimitParts, part.Where(), Span{pos, pos}, "more than %d parts", p.limits.Parts)
		return false
	}
	return true
}

// embedded reads a message inside the message (message/rfc822, RFC 2046,
// 5.2.1). Its parts are parts of the outer one, too.
func (p *parser) embedded(part *Part, pos, end int64) found {
	p.depth++
	defer func() { p.depth-- }()
	from := len(p.m.Parts)
	fields, body := p.partHeader(part.Path, pos, end)
	inner := &Message{Fields: fields, win: p.win, limits: p.limits, budget: p.m.budget, nesting: p.m.nesting + 1}
	part.Embedded = inner
	part.Body.Start = pos
	child := p.newPart(p.m, fields, from-1, part.Path)
	if !child.multipart() {
		child.Path = childPath(part.Path, 1)
	}
	stop := p.body(child, body, end)
	part.Body.End = p.trimEOL(pos, stop.start, stop.level >= 0)
	inner.Size = part.Body.Len()
	inner.Parts = p.m.Parts[from:len(p.m.Parts):len(p.m.Parts)]
	return stop
}
