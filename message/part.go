package message

import (
	"bytes"
	"io"
	"mime"
	"path"
	"strings"
)

func (p *Part) multipart() bool { return strings.HasPrefix(p.Type, "multipart/") }

func (p *Part) message() bool {
	switch p.Type {
	case "message/rfc822", "message/global", "message/news", "message/partial":
		return true
	}
	return false
}

// Where names the part in defects and findings: its path, or "body".
func (p *Part) Where() string {
	if p.Path == "" {
		return "body"
	}
	return p.Path
}

// opaque: a transfer encoding that must be undone before the inside is seen.
func (p *Part) opaque() bool { return p.Encoding == "base64" || p.Encoding == "quoted-printable" }

// describe reads the part's own header fields.
func (p *Part) describe(ps *parser, where string) {
	p.contentType(ps, where)
	p.transferEncoding(ps, where)
	var disposition structured
	if f := lookup(p.Fields, "Content-Disposition"); f != nil {
		disposition = parseStructured(f.Value())
		p.Disposition = disposition.value
	}
	if f := lookup(p.Fields, "Content-ID"); f != nil {
		p.ContentID = strings.Trim(f.Value(), "<> \t")
	}
	for i := range p.Fields {
		if p.Fields[i].Is("Content-Disposition") {
			p.addNames(parseStructured(p.Fields[i].Value()).all("filename"))
		}
	}
	for i := range p.Fields {
		if p.Fields[i].Is("Content-Type") {
			p.addNames(parseStructured(p.Fields[i].Value()).all("name"))
		}
	}
	p.compareNames(ps, where)
}

// contentType reads the type. Where several fields disagree, the one that
// makes the part a container wins, because it shows more.
func (p *Part) contentType(ps *parser, where string) {
	p.Type = "text/plain"
	first := ""
	for i := range p.Fields {
		f := &p.Fields[i]
		if !f.Is("Content-Type") {
			continue
		}
		s := parseStructured(f.Value())
		if s.value == "" || s.bad {
			ps.m.note(BadContentType, where, f.Span, "Content-Type is not of the grammar")
		}
		t := mediaType(s.value)
		if first == "" {
			first = t
			p.take(t, s)
		} else if t != first {
			ps.m.note(DuplicateStructure, where, f.Span, "Content-Type stands again, as %s", clip(t))
			if strings.HasPrefix(t, "multipart/") && !p.multipart() {
				p.take(t, s)
			}
		}
		if dup := s.repeated("charset", "boundary"); dup != "" {
			ps.m.note(DuplicateParam, where, f.Span, "parameter %s stands more than once", dup)
		}
	}
}

func (p *Part) take(t string, s structured) {
	p.Type = t
	p.Charset = strings.ToLower(s.get("charset"))
	for _, prm := range s.params {
		if prm.name != "charset" && prm.name != "boundary" && prm.name != "name" {
			if p.Params == nil {
				p.Params = map[string]string{}
			}
			if _, ok := p.Params[prm.name]; !ok {
				p.Params[prm.name] = prm.value
			}
		}
	}
}

// mediaType mends a type without a subtype, as mail programs do.
func mediaType(s string) string {
	switch {
	case s == "" || s == "text":
		return "text/plain"
	case s == "multipart":
		return "multipart/mixed"
	case strings.Count(s, "/") == 1:
		return s
	}
	return "application/octet-stream"
}

// repeated names the first of the parameters that stands twice with different
// values.
func (s structured) repeated(names ...string) string {
	for _, name := range names {
		all := s.all(name)
		for _, v := range all[min(1, len(all)):] {
			if v != all[0] {
				return name
			}
		}
	}
	return ""
}

func (p *Part) transferEncoding(ps *parser, where string) {
	p.Encoding = "7bit"
	first := true
	for i := range p.Fields {
		f := &p.Fields[i]
		if !f.Is("Content-Transfer-Encoding") {
			continue
		}
		e := strings.ToLower(strings.TrimSpace(dropComments(f.Value())))
		e = strings.Trim(strings.TrimSuffix(e, ";"), "\"")
		switch e {
		case "7-bit", "7bits", "7 bit":
			e = "7bit"
		case "8-bit", "8bits", "8 bit":
			e = "8bit"
		case "uuencode", "x-uue", "uue":
			e = "x-uuencode"
		case "":
			continue
		}
		if !first && e != p.Encoding {
			ps.m.note(DuplicateStructure, where, f.Span, "Content-Transfer-Encoding stands again, as %s", clip(e))
		}
		if first || e == "base64" {
			p.Encoding = e
		}
		first = false
		if !knownEncoding(e) {
			ps.m.note(UnknownEncoding, where, f.Span, "Content-Transfer-Encoding %s", clip(e))
		}
	}
	if p.opaque() && (p.multipart() || p.message()) {
		ps.m.note(EncodedContainer, where, Span{}, "%s in %s", p.Type, p.Encoding)
	}
	if p.Type == "message/partial" || p.Type == "message/external-body" {
		ps.m.note(PartialMessage, where, Span{}, "%s: its content is elsewhere", p.Type)
	}
}

func knownEncoding(e string) bool {
	switch e {
	case "7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode":
		return true
	}
	return false
}

// addNames keeps every file name that a reader may show, decoded.
func (p *Part) addNames(raw []string) {
	for _, s := range raw {
		name := strings.TrimSpace(DecodeHeader(s))
		if name == "" {
			continue
		}
		known := false
		for _, n := range p.Names {
			known = known || n == name
		}
		if !known {
			p.Names = append(p.Names, name)
		}
	}
}

// compareNames notes names that make a part two kinds of file: a.pdf here,
// a.exe there. An ASCII fallback of the same kind is what programs write.
func (p *Part) compareNames(ps *parser, where string) {
	for _, n := range p.Names[min(1, len(p.Names)):] {
		if !strings.EqualFold(path.Ext(n), path.Ext(p.Names[0])) {
			ps.m.note(ConflictingNames, where, Span{}, "two file names of different kinds for one part")
			return
		}
	}
}

// Name is the part's file name: the first that is shown, or "".
func (p *Part) Name() string {
	if len(p.Names) > 0 {
		return p.Names[0]
	}
	return ""
}

// Attachment reports whether the part is a file to its readers: named, or said
// to be one, or of a type that is not shown.
func (p *Part) Attachment() bool {
	if p.Container() || p.Outside {
		return false
	}
	return p.Disposition == "attachment" || len(p.Names) > 0 ||
		!strings.HasPrefix(p.Type, "text/") && p.Embedded == nil
}

// boundaries gives every delimiter that a reader may use for the container:
// usually one. Where the parameter is missing, the body tells.
func (p *parser) boundaries(part *Part, pos, end int64) [][]byte {
	var out [][]byte
	for i := range part.Fields {
		f := &part.Fields[i]
		if !f.Is("Content-Type") {
			continue
		}
		for _, v := range parseStructured(f.Value()).all("boundary") {
			out = addBoundary(out, v)
			if strings.Contains(v, "=?") && strings.Contains(v, "?=") {
				if plain := DecodeHeader(v); plain != v {
					out = addBoundary(out, plain)
				}
			}
		}
	}
	if len(out) > 1 {
		p.m.note(AmbiguousBoundary, part.Where(), Span{pos, pos}, "%d different boundaries", len(out))
	}
	for _, b := range out {
		if len(b) > 70 {
			p.m.note(LongBoundary, part.Where(), Span{pos, pos}, "a boundary of %d octets (RFC 2046 allows 70)", len(b))
		}
	}
	if len(out) == 0 {
		if b := p.sniffBoundary(pos, end); b != nil {
			p.m.note(GuessedBoundary, part.Where(), Span{pos, pos}, "a multipart without a boundary parameter, and delimiters in its body")
			return append(out, b)
		}
		p.m.note(MissingBoundary, part.Where(), Span{pos, pos}, "a multipart without a boundary")
	}
	return out
}

func addBoundary(list [][]byte, v string) [][]byte {
	b := bytes.TrimRight([]byte(v), " \t")
	if len(b) == 0 || len(b) > maxDelimiter/2 {
		return list
	}
	for _, have := range list {
		if bytes.Equal(have, b) {
			return list
		}
	}
	return append(list, b)
}

// sniffBoundary takes the first line that starts with two dashes and is
// followed by a MIME field.
func (p *parser) sniffBoundary(pos, end int64) []byte {
	head := p.win.slice(pos, min(end, pos+64<<10))
	for len(head) > 0 {
		i := p.dashes(head, true)
		if i < 0 {
			return nil
		}
		line, rest, _ := bytes.Cut(head[i:], []byte("\n"))
		line = bytes.TrimRight(line[2:], " \t\r")
		next := bytes.TrimLeft(rest[:min(len(rest), 8)], "\r\n")
		if len(line) > 0 && len(next) >= 8 && strings.EqualFold(string(next[:8]), "content-") {
			return bytes.Clone(line)
		}
		head = rest
	}
	return nil
}

// Decoded gives the part's octets with the transfer encoding undone, at most
// Limits.Text of them, and notes what was wrong with the encoding.
func (p *Part) Decoded() []byte {
	if p.ready {
		return p.decoded
	}
	p.ready = true
	limit := p.msg.limits.Text
	raw := p.Body
	if most := int64(limit) * 2; raw.Len() > most {
		raw.End = raw.Start + most
		p.msg.note(LimitText, p.Where(), p.Body, "only the first %d octets are looked into", limit)
	}
	src := p.msg.bytes(raw)
	switch p.Encoding {
	case "base64":
		var st *base64State
		p.decoded, st = decodeBase64(src)
		if !p.checked {
			p.noteBase64(st)
		}
	case "quoted-printable":
		var bad int
		p.decoded, bad = appendQP(make([]byte, 0, len(src)), src)
		if !p.checked {
			p.noteEscapes(bad)
		}
	case "x-uuencode":
		p.decoded = decodeUU(src)
	default:
		p.decoded = src
	}
	if len(p.decoded) > limit {
		p.decoded = p.decoded[:limit]
		p.msg.note(LimitText, p.Where(), p.Body, "only the first %d octets are looked into", limit)
	}
	return p.decoded
}

func (p *Part) noteBase64(st *base64State) {
	if st.after > 0 {
		p.msg.note(DataAfterPadding, p.Where(), p.Body, "%d octets of base64 after its end", st.after)
	}
	if st.junk > 0 {
		p.msg.note(BadBase64, p.Where(), p.Body, "%d octets that are not base64, skipped", st.junk)
	}
}

func (p *Part) noteEscapes(bad int) {
	if bad > 0 {
		p.msg.note(BadQuotedPrintable, p.Where(), p.Body, "%d escapes that are none", bad)
	}
}

// bytes gives a stretch of the raw message: a slice of it when it is in
// memory, else a copy.
func (m *Message) bytes(s Span) []byte {
	if m.win.src == nil {
		return m.win.slice(s.Start, s.End)
	}
	out := make([]byte, max(0, s.Len()))
	n, _ := m.win.ReadAt(out, s.Start)
	return out[:n]
}

// Bytes copies a stretch of the raw message, for an excerpt.
func (m *Message) Bytes(s Span) []byte { return bytes.Clone(m.bytes(s)) }

// Text is the part's text in UTF-8, at most Limits.Text octets of it.
func (p *Part) Text() string {
	if p.text == nil {
		text, bad := decodeCharset(p.Charset, p.Decoded())
		if bad != "" {
			p.msg.note(bad, p.Where(), p.Body, "charset %q", clip(p.Charset))
		}
		p.text = &text
	}
	return *p.text
}

// Size is the length of the decoded part in octets. It reads the whole body.
func (p *Part) Size() int64 {
	switch p.Encoding {
	case "base64", "quoted-printable", "x-uuencode":
		n, _ := io.Copy(io.Discard, p.Open())
		return n
	}
	return p.Body.Len()
}

// TypeByName is the media type that the file name's extension stands for, or "".
func (p *Part) TypeByName() string {
	t, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(p.Name())), ";")
	return t
}

// decodeUU reads uuencoded lines, leniently: everything between "begin" and
// "end", or all of it.
func decodeUU(src []byte) []byte {
	var out []byte
	for _, line := range bytes.Split(src, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		if len(line) < 2 || bytes.HasPrefix(line, []byte("begin ")) || string(line) == "end" {
			continue
		}
		n := int(line[0]-' ') & 63
		var b [3]byte
		for i := 1; i < len(line) && n > 0; i += 4 {
			var v [4]byte
			for k := range v {
				if i+k < len(line) {
					v[k] = (line[i+k] - ' ') & 63
				}
			}
			b = [3]byte{v[0]<<2 | v[1]>>4, v[1]<<4 | v[2]>>2, v[2]<<6 | v[3]}
			out = append(out, b[:min(n, 3)]...)
			n -= 3
		}
	}
	return out
}
