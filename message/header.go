package message

import (
	"bytes"
	"slices"
	"strings"
)

// Is reports whether the field has this name, in any case.
func (f Field) Is(name string) bool {
	return len(f.Name) == len(name) && strings.EqualFold(f.Name, name)
}

// Value span: the bytes of the field's value in the raw message, folds included.
func (f Field) ValueSpan() Span { return f.body }

// Values gives the raw, unfolded values of every field of that name, in order.
func (m *Message) Values(name string) []string {
	var out []string
	for i := range m.Fields {
		if m.Fields[i].Is(name) {
			out = append(out, m.Fields[i].Value())
		}
	}
	return out
}

// Value gives the first field of that name, unfolded, or "".
func (m *Message) Value(name string) string {
	if f := m.Field(name); f != nil {
		return f.Value()
	}
	return ""
}

// Field gives the first field of that name, or nil.
func (m *Message) Field(name string) *Field { return lookup(m.Fields, name) }

// Has reports whether there is a field of that name.
func (m *Message) Has(name string) bool { return m.Field(name) != nil }

func lookup(fields []Field, name string) *Field {
	for i := range fields {
		if fields[i].Is(name) {
			return &fields[i]
		}
	}
	return nil
}

// Value is the field's value as it stands, unfolded and trimmed.
func (f *Field) Value() string { return unfold(f.folded) }

// unfold takes the line ends out of a folded value (RFC 5322, 2.2.3).
func unfold(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\r' && s[i] != '\n' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// header is one header block on its way to being fields.
type header struct {
	p      *parser
	m      *Message // whose defects these are
	where  string
	block  string
	base   int64 // offset of block in the raw message
	fields []Field
	odd    bool // some octet is a control or 8-bit
	broken bool // a line was met that other readers may take for the end
	later  int  // where the last line with a known field name starts, or -1
	looked bool // later is known
}

// readHeader reads the header block at pos and gives its fields and where the
// body starts. where names it in defects: "header", or a part's path.
func (p *parser) readHeader(m *Message, where string, pos, end int64) ([]Field, int64) {
	limit := min(end, pos+int64(p.limits.Header))
	raw := p.win.slice(pos, limit)
	size, next, ended := headerEnd(raw)
	if !ended {
		p.noteUnended(m, where, Span{pos, pos + int64(len(raw))}, limit < end)
		if limit < end { // over the limit: what follows is read as body
			size, next = len(raw), len(raw)
		}
	}
	h := header{p: p, m: m, where: where, block: string(raw[:size]), base: pos}
	h.fields = make([]Field, 0, 8+strings.Count(h.block[:min(size, 4096)], "\n"))
	if early := h.read(); early >= 0 {
		next = early
	}
	if where == "header" && mixedEnds(h.block) {
		m.note(BareLF, where, Span{pos, pos + int64(size)}, "some lines end in CR LF and some in LF")
	}
	return h.fields, pos + int64(next)
}

func mixedEnds(s string) bool {
	n := strings.Count(s, "\r\n")
	return n > 0 && n < strings.Count(s, "\n")
}

func (p *parser) noteUnended(m *Message, where string, span Span, cut bool) {
	switch {
	case cut:
		m.note(LimitHeader, where, span, "the header is longer than %d octets", p.limits.Header)
	case where == "header" && m.nesting == 0:
		m.note(NoHeaderEnd, where, span, "no blank line ends the header")
	}
}

// headerEnd finds the blank line after a header: the length of the block
// before it, where the body starts, and whether there was one.
func headerEnd(b []byte) (size, next int, ok bool) {
	for i := 0; i < len(b); {
		j := bytes.IndexByte(b[i:], '\n')
		if j < 0 {
			return len(b), len(b), false
		}
		if blankLine(b[i : i+j]) {
			return i, i + j + 1, true
		}
		i += j + 1
	}
	return len(b), len(b), false
}

func blankLine(line []byte) bool {
	return len(line) == 0 || len(line) == 1 && line[0] == '\r'
}

// odd octets: controls other than blank, tab and line ends; DEL; 8-bit.
func hasOdd(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x7f {
			return true
		}
	}
	return false
}

// read cuts the block into fields. A continuation line belongs to the field
// before it; a line that is neither is kept as a field without a name, so that
// nothing of the header is out of sight. Where no field follows such a line,
// the blank line before the body is missing: read then gives where the body
// starts in the block, else -1.
func (h *header) read() int {
	h.odd = hasOdd(h.block)
	for i := 0; i < len(h.block); {
		if len(h.fields) >= h.p.limits.Fields {
			h.m.note(LimitFields, h.where, h.span(i, len(h.block)), "more than %d header fields", h.p.limits.Fields)
			return -1
		}
		j := h.fieldEnd(i)
		if !h.looksLikeField(i, j) && (h.delimiter(i, j) || !h.knownFieldAfter(j)) {
			h.m.note(NoHeaderEnd, h.where, h.span(i, j), "no blank line between the header and the text")
			return i
		}
		h.field(i, j)
		i = j
	}
	return -1
}

// looksLikeField: a name and a colon, on the next line even; also an mbox
// separator, which field knows.
func (h *header) looksLikeField(i, j int) bool {
	line := h.block[i:j]
	colon := strings.IndexByte(line, ':')
	return colon > 0 && fieldName(trimEnd(line[:colon])) ||
		strings.HasPrefix(line, "From ") || strings.HasPrefix(line, ">From ") || line[0] == ' ' || line[0] == '\t'
}

// delimiter reports whether the line is the first delimiter of the multipart
// that the header so far describes: then the blank line is missing.
func (h *header) delimiter(i, j int) bool {
	line := strings.TrimRight(h.block[i:j], " \t\r\n")
	if !strings.HasPrefix(line, "--") {
		return false
	}
	for k := range h.fields {
		if f := &h.fields[k]; f.Is("Content-Type") && slices.Contains(parseStructured(f.Value()).all("boundary"), line[2:]) {
			return true
		}
	}
	return false
}

// knownFieldAfter reports whether a field that mail really carries follows; it
// is asked once or twice a header, at lines that are no fields.
func (h *header) knownFieldAfter(i int) bool {
	if !h.looked {
		h.looked, h.later = true, -1
		at := 0
		for line := range strings.SplitSeq(h.block, "\n") {
			if colon := strings.IndexByte(line, ':'); colon > 0 && known(strings.TrimRight(line[:colon], " \t")) {
				h.later = at
			}
			at += len(line) + 1
		}
	}
	return h.later >= i
}

// known fields tell a header that goes on from a text with colons in it.
func known(name string) bool {
	if structural(name) {
		return true
	}
	switch name = strings.ToLower(name); name {
	case "received", "date", "subject", "message-id", "mime-version", "in-reply-to", "references", "return-path", "user-agent", "organization":
		return true
	}
	return strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-") || strings.HasPrefix(name, "list-")
}

// fieldEnd finds where the field that starts at i ends: before the next line
// that does not start with a blank.
func (h *header) fieldEnd(i int) int {
	for {
		k := strings.IndexByte(h.block[i:], '\n')
		if k < 0 {
			return len(h.block)
		}
		i += k + 1
		if i >= len(h.block) || h.block[i] != ' ' && h.block[i] != '\t' {
			return i
		}
	}
}

func (h *header) span(i, j int) Span { return Span{h.base + int64(i), h.base + int64(j)} }

// field reads the field in block[i:j].
func (h *header) field(i, j int) {
	line := h.block[i:j]
	colon := strings.IndexByte(line, ':')
	switch {
	case line[0] == ' ' || line[0] == '\t':
		h.m.note(OrphanFold, h.where, h.span(i, j), "a continuation line with no field before it")
	case strings.HasPrefix(line, "From ") || strings.HasPrefix(line, ">From "):
		h.m.note(LeadingFrom, h.where, h.span(i, j), "an mbox separator inside the header")
		h.fields = append(h.fields, Field{Span: h.span(i, j), folded: line, body: h.span(i, j)})
		return
	}
	if colon <= 0 {
		h.noField(NoColon, i, j, "a line that is no header field")
		return
	}
	name := trimEnd(line[:colon])
	if len(name) < colon {
		h.m.note(BlankBeforeColon, clip(strings.TrimLeft(name, " \t")), h.span(i, i+colon), "blanks between the name and its colon")
	}
	if name = strings.TrimLeft(name, " \t"); !fieldName(name) {
		h.noField(BadFieldName, i, j, "a field name with blanks or octets that are not allowed")
		return
	}
	f := Field{Name: name, Span: h.span(i, j), folded: line[colon+1:], body: h.span(i+colon+1, j)}
	if (h.broken || line[0] == ' ' || line[0] == '\t') && structural(name) {
		h.m.note(HiddenField, name, f.Span, "%s stands where some readers see no header field", name)
	}
	h.fields = append(h.fields, f)
	h.examine(&f, i+colon+1, j)
}

// noField keeps a line that is no field, as a field without a name.
func (h *header) noField(kind Kind, i, j int, what string) {
	h.m.note(kind, h.where, h.span(i, j), "%s", what)
	h.fields = append(h.fields, Field{Span: h.span(i, j), folded: h.block[i:j], body: h.span(i, j)})
	h.broken = true
}

// examine looks for what makes two readers see different fields: a bare CR
// that one of them takes for a line end, a blank continuation line, NUL.
func (h *header) examine(f *Field, i, j int) {
	value := strings.TrimRight(h.block[i:j], "\r\n")
	if strings.IndexByte(value, '\r') >= 0 {
		h.bareCR(f, value, i)
	}
	if strings.Contains(value, "\n \r\n") || strings.Contains(value, "\n\t\r\n") || strings.Contains(value, "\n \n") || strings.HasSuffix(value, "\n ") || strings.HasSuffix(value, "\n\t") {
		h.m.note(BlankFold, f.Name, f.Span, "a continuation line of blanks only")
	}
	if h.odd {
		h.oddOctets(f, value)
	}
}

// bareCR splits a value at CRs that end no line and reads what looks like a
// field there as a field too.
func (h *header) bareCR(f *Field, value string, i int) {
	hidden, bare := false, false
	for k := 0; k < len(value); k++ {
		if value[k] != '\r' || k+1 < len(value) && value[k+1] == '\n' {
			continue
		}
		bare = true
		rest := value[k+1:]
		if colon := strings.IndexByte(rest, ':'); colon > 0 && fieldName(rest[:colon]) {
			at := i + k + 1
			end := at + len(rest)
			h.m.note(HiddenField, f.Name, h.span(at, end), "%s: behind a bare CR", clip(rest[:colon]))
			h.fields = append(h.fields, Field{Name: rest[:colon], Span: h.span(at, end), folded: rest[colon+1:], body: h.span(at+colon+1, end)})
			hidden = true
			break // what follows is inside this one; its own CRs are blanks there
		}
	}
	if bare && !hidden {
		h.m.note(BareCR, f.Name, f.Span, "a CR that ends no line")
	}
}

func (h *header) oddOctets(f *Field, value string) {
	high := false
	for k := 0; k < len(value); k++ {
		switch c := value[k]; {
		case c == 0:
			h.m.note(NUL, f.Name, f.Span, "a NUL octet")
			return
		case c == 0x1b || c >= 0x80: // ESC: raw ISO-2022-JP
			high = true
		case c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f:
			h.m.note(Control, f.Name, f.Span, "control character %#02x", c)
			return
		}
	}
	if high && !validText(value) {
		h.m.note(Raw8Bit, f.Name, f.Span, "octets outside ASCII that are not UTF-8")
	}
}

// trimEnd takes blanks and line ends off the end.
func trimEnd(s string) string {
	n := len(s)
	for n > 0 && (s[n-1] == ' ' || s[n-1] == '\t' || s[n-1] == '\r' || s[n-1] == '\n') {
		n--
	}
	return s[:n]
}

// fieldName is RFC 5322, 2.2: printable ASCII without the colon.
func fieldName(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// structural fields decide who receives a message and what its parts are.
func structural(name string) bool {
	switch strings.ToLower(name) {
	case "to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "from", "sender", "reply-to",
		"content-type", "content-transfer-encoding", "content-disposition":
		return true
	}
	return false
}

// clip shortens a piece of a message for a defect's detail.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
