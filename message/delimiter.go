package message

import (
	"bytes"
)

// found says which delimiter ended a stretch of a body.
type found struct {
	level   int   // index in the stack, or -1 at the end of the message
	closing bool  // "--boundary--"
	start   int64 // of the delimiter line, without the line end before it
	next    int64 // where the line after it starts
}

// bound is a multipart whose delimiters are looked for.
type bound struct {
	names [][]byte // usually one; several where the boundary is ambiguous
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
