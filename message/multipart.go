package message

import (
	"bytes"
	"strconv"
	"strings"
)

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
		p.m.note(AmbiguousBoundary, part.Where(), Span{pos, pos}, "the delimiters in the body are not those of the boundary parameter")
		p.stack[level].names = append(p.stack[level].names, other)
		stop = p.seek(pos, end)
	}
	if stop.level != level || stop.closing {
		p.m.note(NoDelimiter, part.Where(), Span{pos, stop.start}, "no part starts in the body")
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
			p.m.note(PartsOutside, part.Where(), Span{stop.start, stop.next}, "a part after the closing delimiter")
		}
		if len(p.m.Parts) >= p.limits.Parts {
			p.m.note(LimitParts, part.Where(), Span{stop.start, end}, "more than %d parts", p.limits.Parts)
			stop = p.skip(level, stop, end)
			break
		}
		stop = p.child(index, childPath(part.Path, n), stop.next, end)
		n++
	}
	if !closed {
		p.m.note(NoEndDelimiter, part.Where(), Span{stop.start, stop.start}, "the closing delimiter is missing")
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
		p.m.note(TextOutside, part.Where(), span, "text after the last part")
	}
	if looksLikePart(head) {
		p.m.note(PartsOutside, part.Where(), span, "the %s looks like a part", what)
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

func (p *parser) indexOf(part *Part) int {
	for i := len(p.m.Parts) - 1; i >= 0; i-- {
		if p.m.Parts[i] == part {
			return i
		}
	}
	return -1
}
