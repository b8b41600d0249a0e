package report

import (
	"strconv"
	"unicode/utf8"
)

// jsonWriter appends JSON to a buffer. It is here because encoding/json takes
// longer over a message's record than reading the message does, and lets
// through what a terminal acts on.
type jsonWriter struct {
	b     []byte
	comma bool // the next key or element needs one before it
}

func (j *jsonWriter) sep() {
	if j.comma {
		j.b = append(j.b, ',')
	}
	j.comma = true
}

func (j *jsonWriter) open(c byte)  { j.sep(); j.b = append(j.b, c); j.comma = false }
func (j *jsonWriter) close(c byte) { j.b = append(j.b, c); j.comma = true }

func (j *jsonWriter) key(name string) {
	j.sep()
	j.b = append(j.b, '"')
	j.b = append(j.b, name...)
	j.b = append(j.b, '"', ':')
	j.comma = false
}

func (j *jsonWriter) str(s string) {
	j.sep()
	j.b = appendJSON(j.b, s)
}

func (j *jsonWriter) num(n int64) {
	j.sep()
	j.b = strconv.AppendInt(j.b, n, 10)
}

func (j *jsonWriter) null() {
	j.sep()
	j.b = append(j.b, "null"...)
}

func (j *jsonWriter) field(name, value string) { j.key(name); j.str(value) }

// optional leaves an empty value out.
func (j *jsonWriter) optional(name, value string) {
	if value != "" {
		j.field(name, value)
	}
}

func (j *jsonWriter) number(name string, n int64) { j.key(name); j.num(n) }

func (j *jsonWriter) strings(name string, list []string) {
	j.key(name)
	j.open('[')
	for _, s := range list {
		j.str(s)
	}
	j.close(']')
}

const hexDigits = "0123456789abcdef"

// appendJSON appends a string with everything escaped that is not plain text;
// octets that are not UTF-8 become U+FFFD, for JSON has no other form.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size > 1 && !harmful(r) {
			i += size
			continue
		}
		b = append(b, s[from:i]...)
		b = appendEscape(b, r)
		i += size
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

func appendEscape(b []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\t':
		return append(b, '\\', 't')
	}
	if r > 0xffff {
		r -= 0x10000
		return appendUnit(appendUnit(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	return appendUnit(b, r)
}

func appendUnit(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
