package message

import (
	"bytes"
	"io"
	"strconv"
	"strings"
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

// bound is a multipart whose delimiters are looked for.
type bound struct {
	names [][]byte // usually one; several where the boundary is ambiguous
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

// found says which delimiter ended a stretch of a body.
type found struct {
	level   int   // index in the stack, or -1 at the end of the message
	closing bool  // "--boundary--"
	start   int64 // of the delimiter line, without the line end before it
	next    int64 // where the line after it starts
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
		p.m.note(EncodedParts, part.where(), part.Body, "parts inside a container in %s", part.Encoding)
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
		p.m.note(LimitDepth, part.where(), Span{pos, pos}, "parts nested deeper than %d are not opened", p.limits.Depth)
		return false
	}
	if len(p.m.Parts) >= p.limits.Parts {
		p.m.note(LimitParts, part.where(), Span{pos, pos}, "more than %d parts", p.limits.Parts)
		return false
	}
	return true
}

// trimEOL takes the line end off that belongs to the delimiter after it (RFC
// 2046, 5.1.1).
func (p *parser) trimEOL(start, end int64, delimited bool) int64 {
	if !delimited || end <= start {
		return end
	}
	if tail := p.win.slice(max(start, end-2), end); len(tail) == 2 && tail[0] == '\r' && tail[1] == '\n' {
		return end - 2
	}
	return end - 1
}

// seek finds the next delimiter line of any multipart around pos.
func (p *parser) seek(pos, end int64) found {
	if len(p.stack) == 0 {
		return found{level: -1, start: end, next: end}
	}
	atLine := true // pos is the start of a line
	for pos < end {
		b := p.win.have(pos)
		if len(b) == 0 {
			break
		}
		if int64(len(b)) > end-pos {
			b = b[:end-pos]
		}
		i := p.dashes(b, atLine)
		if i < 0 {
			if pos+int64(len(b)) >= end {
				break
			}
			keep := int64(min(len(b)-1, 2)) // a line end and a dash may be split over two stretches
			pos, atLine = pos+int64(len(b))-keep, false
			if !p.win.load(pos) {
				break
			}
			continue
		}
		line := p.line(pos+int64(i), end)
		next := pos + int64(i) + int64(len(line))
		if level, closing := p.match(line); level >= 0 {
			return found{level, closing, pos + int64(i), next}
		}
		pos, atLine = next, true
	}
	return found{level: -1, start: end, next: end}
}

// dashes finds the next line in b that starts with "--". It looks for the
// dashes and then back, because few octets of an encoded body are dashes.
func (p *parser) dashes(b []byte, atLine bool) int {
	for i := 0; i < len(b); {
		k := bytes.Index(b[i:], []byte("--"))
		if k < 0 {
			return -1
		}
		i += k
		if i == 0 && atLine || i > 0 && b[i-1] == '\n' {
			return i
		}
		if i > 0 && b[i-1] == '\r' {
			p.bareDelimiter(b[i:])
		}
		for i++; i < len(b) && b[i] == '-'; i++ {
		}
	}
	return -1
}

// bareDelimiter notes a delimiter behind a bare CR: readers that take CR for a
// line end see parts there that others do not.
func (p *parser) bareDelimiter(b []byte) {
	line, _, _ := bytes.Cut(b[:min(len(b), maxDelimiter)], []byte("\r"))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	if level, _ := p.match(line); level >= 0 {
		p.m.note(PartsOutside, "message", Span{}, "a delimiter behind a bare CR")
	}
}

// maxDelimiter is the longest delimiter line that is looked at, in octets;
// RFC 2046, 5.1.1 allows 70 of boundary.
const maxDelimiter = 4096

// line is the line at pos with its line end, cut at maxDelimiter.
func (p *parser) line(pos, end int64) []byte {
	b := p.win.slice(pos, min(end, pos+maxDelimiter))
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// match tells which multipart's delimiter a line is, innermost first.
func (p *parser) match(line []byte) (level int, closing bool) {
	text := bytes.TrimRight(line, " \t\r\n")[2:]
	for level = len(p.stack) - 1; level >= 0; level-- {
		for _, name := range p.stack[level].names {
			rest, ok := bytes.CutPrefix(text, name)
			if ok && len(rest) == 0 {
				return level, false
			}
			if ok && string(rest) == "--" {
				return level, true
			}
		}
	}
	return -1, false
}

// multipart reads a container: preamble, parts, epilogue.
func (p *parser) multipart(part *Part, pos, end int64) found {
	names := p.boundaries(part, pos, end)
	if len(names) == 0 {
		stop := p.seek(pos, end)
		part.Body = Span{pos, p.trimEOL(pos, stop.start, stop.level >= 0)}
		p.textOnly(part)
		return stop
	}
	level := len(p.stack)
	p.stack = append(p.stack, bound{names: names})
	p.depth++
	index := len(p.m.Parts) - 1
	part.Body.Start = pos
	stop := p.children(part, index, level, pos, end)
	p.depth--
	p.stack = p.stack[:level]
	part.Body.End = p.trimEOL(pos, stop.start, stop.level >= 0)
	return stop
}

// children reads the parts of a container until a delimiter of one around it.
// Delimiters after the closing one are parts too: some readers show them.
func (p *parser) children(part *Part, index, level int, pos, end int64) found {
	stop := p.seek(pos, end)
	if stop.level != level && part.opaque() {
		part.Body = Span{pos, p.trimEOL(pos, stop.start, stop.level >= 0)}
		p.encoded(part)
		return stop
	}
	if other := p.otherBoundary(level, pos, stop); other != nil {
		p.m.note(AmbiguousBoundary, part.where(), Span{pos, pos}, "the delimiters in the body are not those of the boundary parameter")
		p.stack[level].names = append(p.stack[level].names, other)
		stop = p.seek(pos, end)
	}
	if stop.level != level || stop.closing {
		p.m.note(NoDelimiter, part.where(), Span{pos, stop.start}, "no part starts in the body")
		part.Body = Span{pos, p.trimEOL(pos, stop.start, stop.level >= 0)}
		p.textOnly(part)
		if stop.level != level {
			return stop
		}
	}
	if !stop.closing {
		p.outside(part, "preamble", pos, stop)
	}
	closed := false
	for n := 1; stop.level == level; {
		if stop.closing {
			closed = true
			from := stop.next
			stop = p.seek(from, end)
			p.outside(part, "epilogue", from, stop)
			continue
		}
		if closed {
			p.m.note(PartsOutside, part.where(), Span{stop.start, stop.next}, "a part after the closing delimiter")
		}
		if len(p.m.Parts) >= p.limits.Parts {
			p.m.note(LimitParts, part.where(), Span{stop.start, end}, "more than %d parts", p.limits.Parts)
			stop = p.skip(level, stop, end)
			break
		}
		stop = p.child(index, childPath(part.Path, n), stop.next, end)
		n++
	}
	if !closed {
		p.m.note(NoEndDelimiter, part.where(), Span{stop.start, stop.start}, "the closing delimiter is missing")
	}
	return stop
}

// textOnly makes the body of a container without delimiters a text, which is
// what readers show of it.
func (p *parser) textOnly(part *Part) {
	p.m.Parts = append(p.m.Parts, &Part{
		Path: childPath(part.Path, 1), Type: "text/plain", Encoding: part.Encoding, Depth: p.depth,
		Parent: p.indexOf(part), Body: part.Body, msg: p.m,
	})
}

// otherBoundary finds the delimiter that a body uses instead of its boundary
// parameter.
func (p *parser) otherBoundary(level int, pos int64, stop found) []byte {
	if stop.level == level {
		return nil
	}
	return p.sniffBoundary(pos, stop.start)
}

// skip passes over further parts that the limit does not let in.
func (p *parser) skip(level int, stop found, end int64) found {
	for stop.level >= level {
		stop = p.seek(stop.next, end)
	}
	return stop
}

func childPath(parent string, n int) string {
	if parent == "" {
		return strconv.Itoa(n)
	}
	return parent + "." + strconv.Itoa(n)
}

func (p *parser) child(parent int, path string, pos, end int64) found {
	fields, body := p.partHeader(path, pos, end)
	part := p.newPart(p.m, fields, parent, path)
	if p.m.Parts[parent].Type == "multipart/digest" && lookup(fields, "Content-Type") == nil {
		part.Type = "message/rfc822" // RFC 2046, 5.1.5
	}
	return p.body(part, body, end)
}

// partHeader reads a part's header, which ends at a delimiter at the latest.
func (p *parser) partHeader(path string, pos, end int64) ([]Field, int64) {
	limit := min(end, pos+int64(p.limits.Header))
	block := p.win.slice(pos, limit)
	size, _, ended := headerEnd(block)
	// Only inside the block is a delimiter looked for: past it, body does.
	if i := p.delimiterIn(block[:size]); i >= 0 {
		return p.headerFields(path, pos, pos+int64(i))
	}
	if !ended && limit < end {
		return p.readHeader(p.m, path, pos, end)
	}
	if !ended {
		return p.headerFields(path, pos, pos+int64(size))
	}
	return p.readHeader(p.m, path, pos, end)
}

// headerFields reads the fields of a header without a blank line, and gives
// where its body starts.
func (p *parser) headerFields(path string, pos, end int64) ([]Field, int64) {
	h := header{p: p, m: p.m, where: path, block: string(p.win.slice(pos, end)), base: pos}
	if early := h.read(); early >= 0 {
		end = pos + int64(early)
	}
	return h.fields, end
}

// delimiterIn finds a delimiter line inside a header block.
func (p *parser) delimiterIn(b []byte) int {
	for i := 0; i < len(b); {
		k := p.dashes(b[i:], true)
		if k < 0 {
			return -1
		}
		i += k
		line := b[i:]
		if j := bytes.IndexByte(line, '\n'); j >= 0 {
			line = line[:j+1]
		}
		if level, _ := p.match(line); level >= 0 {
			return i
		}
		i += len(line)
	}
	return -1
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

// outside notes what stands before the first or after the last part, and keeps
// it as a part of its own, so that rules see it.
func (p *parser) outside(part *Part, what string, pos int64, stop found) {
	end := stop.start
	head := p.win.slice(pos, min(end, pos+4096))
	if len(bytes.TrimSpace(head)) == 0 && end-pos <= 4096 || len(p.m.Parts) >= p.limits.Parts {
		return
	}
	span := Span{pos, end}
	if what == "epilogue" {
		p.m.note(TextOutside, part.where(), span, "text after the last part")
	}
	if looksLikePart(head) {
		p.m.note(PartsOutside, part.where(), span, "the %s looks like a part", what)
	}
	path := what
	if part.Path != "" {
		path = part.Path + "." + what
	}
	p.m.Parts = append(p.m.Parts, &Part{
		Path: path, Type: "text/plain", Encoding: "8bit", Depth: p.depth, Outside: true,
		Parent: p.indexOf(part), Body: span, msg: p.m,
	})
}

func (p *parser) indexOf(part *Part) int {
	for i := len(p.m.Parts) - 1; i >= 0; i-- {
		if p.m.Parts[i] == part {
			return i
		}
	}
	return -1
}

// looksLikePart: a line that starts with two dashes, and a MIME field after it.
func looksLikePart(b []byte) bool {
	dashes := false
	for line := range bytes.Lines(b) {
		if dashes && len(line) > 14 && strings.EqualFold(string(line[:8]), "content-") && bytes.IndexByte(line, ':') > 0 {
			return true
		}
		dashes = bytes.HasPrefix(line, []byte("--"))
	}
	return false
}
