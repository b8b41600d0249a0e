package message

import (
	"net/url"
	"strconv"
	"strings"
)

// param is one parameter of a structured field, as written.
type param struct{ name, value string }

// structured is a Content-Type or Content-Disposition field, read tolerantly:
// comments are dropped, a missing value or a stray semicolon loses nothing
// else, and a parameter that stands twice is there twice.
type structured struct {
	value  string // lower case: "text/plain", "attachment"
	params []param
	bad    bool // something in it is not of the grammar
}

// parseStructured reads "value; name=value; ..." (RFC 2045, 5.1).
func parseStructured(s string) structured {
	s = dropComments(s)
	value, rest, _ := strings.Cut(s, ";")
	out := structured{value: strings.ToLower(strings.TrimSpace(value))}
	if i := strings.IndexAny(out.value, " \t"); i >= 0 {
		out.bad = true
		out.value = out.value[:i]
	}
	for rest != "" {
		var p param
		var ok bool
		if p, rest, ok = cutParam(rest); ok {
			out.params = append(out.params, p)
		} else if p.value != "" {
			out.bad = true
		}
	}
	return out
}

// cutParam reads the parameter at the front of s. A quoted value may hold
// semicolons; an unquoted one ends at the next.
func cutParam(s string) (param, string, bool) {
	end := strings.IndexByte(s, ';')
	eq := strings.IndexByte(s, '=')
	if eq < 0 || end >= 0 && end < eq {
		word, rest, _ := strings.Cut(s, ";")
		return param{value: strings.TrimSpace(word)}, rest, false
	}
	name := strings.ToLower(strings.TrimSpace(s[:eq]))
	s = strings.TrimLeft(s[eq+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		if value, rest, ok := cutQuoted(s); ok {
			if i := strings.IndexByte(rest, ';'); i >= 0 {
				rest = rest[i+1:]
			} else {
				rest = ""
			}
			return param{name, value}, rest, name != ""
		}
	}
	value, rest, _ := strings.Cut(s, ";")
	return param{name, strings.Trim(value, " \t\"")}, rest, name != ""
}

// cutQuoted reads a quoted string at the front of s (RFC 5322, 3.2.4). A
// backslash is kept before anything but a quote or a backslash: file names of
// Windows hold them.
func cutQuoted(s string) (value, rest string, ok bool) {
	if i := strings.IndexAny(s[1:], `"\`); i >= 0 && s[1+i] == '"' {
		return s[1 : 1+i], s[2+i:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", s, false
}

// dropComments takes RFC 5322 comments out of a structured value.
func dropComments(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			if depth == 0 {
				b.WriteString(s[i : i+2])
			}
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
			b.WriteByte(c)
		case c == '(' && !quoted:
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	if depth > 0 || quoted { // a comment that never ends comments out nothing
		return s
	}
	return b.String()
}

// get gives the first parameter of that name, put together from its RFC 2231
// segments where there are any.
func (s structured) get(name string) string {
	for _, v := range s.all(name) {
		return v
	}
	return ""
}

// all gives every value that a reader may take for the parameter: each
// occurrence, and the RFC 2231 forms (name*, name*0, name*0*).
func (s structured) all(name string) []string {
	var out []string
	for _, p := range s.params {
		if p.name == name {
			out = append(out, p.value)
		}
	}
	if v, ok := s.extended(name); ok {
		out = append(out, v)
	}
	return out
}

// extended joins the RFC 2231 segments of a parameter and decodes them.
func (s structured) extended(name string) (string, bool) {
	var raw strings.Builder
	charset, any := "", false
	for n := 0; n < 1000; n++ {
		found := false
		for _, p := range s.params {
			tail, ok := strings.CutPrefix(p.name, name+"*")
			if !ok {
				continue
			}
			encoded := strings.HasSuffix(tail, "*") || tail == ""
			number := strings.TrimSuffix(tail, "*")
			if number != strconv.Itoa(n) && !(number == "" && n == 0) {
				continue
			}
			found, any = true, true
			value := p.value
			if encoded && n == 0 {
				charset, value = cutCharset(value)
			}
			if encoded {
				value = unescape(value)
			}
			raw.WriteString(value)
			break
		}
		if !found {
			break
		}
	}
	if !any {
		return "", false
	}
	text, _ := decodeCharset(charset, []byte(raw.String()))
	return text, true
}

// cutCharset splits "charset'language'value" (RFC 2231, 4).
func cutCharset(s string) (charset, value string) {
	if a := strings.SplitN(s, "'", 3); len(a) == 3 {
		return a[0], a[2]
	}
	return "", s
}

// unescape decodes %XX and leaves what is no such escape.
func unescape(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
