package report

import (
	"bytes"
	"io"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// excerpt is a line of a message with the stretch that is pointed at.
type excerpt struct {
	number     int // of the line, from 1; 0 for a line of a decoded part
	text       string
	start, end int // octets in text
}

const (
	linesShown    = 3        // of one place
	lineMost      = 2000     // octets of a line that are looked at
	mostToCount   = 64 << 20 // octets up to which lines are counted
	placesShown   = 3        // of one finding
	columnsShown  = 100
	columnsBefore = 40 // shown before a place far to the right
)

// excerpts gives the lines that a piece of evidence points at: of the raw
// message, or of the decoded text where the raw one would say nothing.
func (r *Record) excerpts(e lint.Evidence) (lines []excerpt, more bool) {
	if r.Msg == nil || e.Span.Len() <= 0 || e.Span.Start < 0 || e.Span.Start >= r.Msg.Size || e.Span.Start > mostToCount {
		return nil, false
	}
	if p := r.part(e.Where); p != nil && encoded(p) {
		return decodedLine(p, e.Text), false
	}
	head, number := r.lineStart(e.Span.Start)
	for pos := head; pos < e.Span.End && len(lines) <= linesShown; number++ {
		line, next := r.line(pos)
		start := int(max(0, e.Span.Start-pos))
		end := int(min(int64(len(line)), e.Span.End-pos))
		for start < end && (line[start] == ' ' || line[start] == '\t') {
			start++
		}
		if start < end {
			lines = append(lines, excerpt{number, line, start, end})
		}
		if next <= pos {
			break
		}
		pos = next
	}
	if len(lines) > linesShown {
		return lines[:linesShown], true
	}
	return lines, false
}

// part finds a leaf part by the place a finding names.
func (r *Record) part(where string) *message.Part {
	if where == "" || where[0] < '0' || where[0] > '9' {
		return nil
	}
	for _, p := range r.Msg.Parts {
		if p.Path == where && !p.Container() && p.Embedded == nil {
			return p
		}
	}
	return nil
}

// encoded: the raw octets are not what people read.
func encoded(p *message.Part) bool {
	switch p.Encoding {
	case "base64", "quoted-printable", "x-uuencode":
		return true
	}
	switch p.Charset {
	case "", "utf-8", "us-ascii", "ascii":
		return false
	}
	return true
}

// decodedLine is the line of a part's text that the words of the evidence
// stand in.
func decodedLine(p *message.Part, words string) []excerpt {
	words, _, _ = strings.Cut(words, "\n")
	if words == "" || !strings.HasPrefix(p.Type, "text/") {
		return nil
	}
	text := p.Text()
	at := strings.Index(text, words)
	if at < 0 {
		return nil
	}
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := at + len(words)
	if i := strings.IndexByte(text[end:], '\n'); i >= 0 {
		end += i
	} else {
		end = len(text)
	}
	return []excerpt{{0, strings.TrimRight(text[start:end], "\r"), at - start, at - start + len(words)}}
}

// lineStart gives where the line around pos starts, and its number.
func (r *Record) lineStart(pos int64) (start int64, number int) {
	if r.Raw != nil {
		raw := r.Raw[:min(pos, int64(len(r.Raw)))]
		eol := byte('\n')
		if bytes.IndexByte(raw, '\n') < 0 {
			eol = '\r'
		}
		return int64(bytes.LastIndexByte(raw, eol) + 1), 1 + bytes.Count(raw, []byte{eol})
	}
	var lf, cr lineCount
	buf := make([]byte, 64<<10)
	src := io.LimitReader(r.Msg.Raw(), pos)
	for at := int64(0); ; {
		n, err := src.Read(buf)
		lf.add(buf[:n], '\n', at)
		cr.add(buf[:n], '\r', at)
		if at += int64(n); err != nil || n == 0 {
			break
		}
	}
	if lf.n == 0 {
		lf = cr
	}
	return lf.start, 1 + lf.n
}

// lineCount counts line ends of one kind.
type lineCount struct {
	n     int
	start int64 // behind the last
}

func (c *lineCount) add(b []byte, eol byte, at int64) {
	if i := bytes.LastIndexByte(b, eol); i >= 0 {
		c.n += bytes.Count(b, []byte{eol})
		c.start = at + int64(i) + 1
	}
}

// line gives the line at pos without its end, and where the next one starts.
func (r *Record) line(pos int64) (line string, next int64) {
	var b []byte
	if r.Raw != nil {
		b = r.Raw[min(pos, int64(len(r.Raw))):]
	} else {
		b = r.Msg.Bytes(message.Span{Start: pos, End: min(r.Msg.Size, pos+lineMost)})
	}
	b = b[:min(len(b), lineMost)]
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		i = bytes.IndexByte(b, '\r')
	}
	if i < 0 {
		return string(b), pos + int64(len(b))
	}
	return strings.TrimRight(string(b[:i]), "\r"), pos + int64(i) + 1
}

// crop cuts an excerpt to what fits on a screen, escaped: the text, and the
// columns that the place takes.
func (x excerpt) crop() (text string, from, to int) {
	start := max(0, min(x.start, len(x.text)))
	end := max(start, min(x.end, len(x.text)))
	before, at, after := Escape(x.text[:start]), Escape(x.text[start:end]), Escape(x.text[end:])
	if n := columns(before); n > columnsBefore && n+min(columns(at), columnsShown/2) > columnsShown {
		before = "..." + lastColumns(before, columnsBefore)
	}
	from = columns(before)
	to = from + columns(at)
	text = before + at + after
	if columns(text) > columnsShown {
		text = clipColumns(text, columnsShown-3) + "..."
		to = max(min(to, columnsShown-3), min(to, from+1))
	}
	return text, from, to
}

// lastColumns keeps the end of a text.
func lastColumns(s string, most int) string {
	n := columns(s)
	for i, r := range s {
		if n <= most {
			return s[i:]
		}
		n -= runeColumns(r)
	}
	return ""
}
