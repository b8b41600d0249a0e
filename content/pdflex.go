package content

import (
	"bytes"
	"strconv"
)

// The values of PDF (ISO 32000-2, 7.3): nil, bool, float64, pdfString, pdfName,
// pdfArray, pdfDict, pdfRef, *pdfStream, and pdfWord for an operator.
type (
	pdfString string
	pdfName   string
	pdfWord   string
	pdfArray  []any
	pdfDict   map[pdfName]any
	pdfRef    struct{ num, gen int }
)

// pdfStream is a dictionary with octets.
type pdfStream struct {
	dict pdfDict
	raw  []byte
	ref  pdfRef // the object it is, for its key
}

// pdfLexer reads values one after the other.
type pdfLexer struct {
	b     []byte
	pos   int
	depth int
}

// maxPDFDepth is how deep values are read.
const maxPDFDepth = 64

func (l *pdfLexer) space() {
	for l.pos < len(l.b) {
		switch c := l.b[l.pos]; {
		case pdfSpace(c):
			l.pos++
		case c == '%':
			n := bytes.IndexAny(l.b[l.pos:], "\r\n")
			if n < 0 {
				l.pos = len(l.b)
				return
			}
			l.pos += n
		default:
			return
		}
	}
}

func pdfSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func pdfDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return pdfSpace(c)
}

// next reads a value. ok is false at the end; a closing bracket comes as a word.
func (l *pdfLexer) next() (v any, ok bool) {
	l.space()
	if l.pos >= len(l.b) {
		return nil, false
	}
	switch c := l.b[l.pos]; c {
	case '/':
		l.pos++
		return l.name(), true
	case '(':
		l.pos++
		return l.text(), true
	case '<':
		if l.pos+1 < len(l.b) && l.b[l.pos+1] == '<' {
			l.pos += 2
			return l.dict(), true
		}
		l.pos++
		return l.hex(), true
	case '[':
		l.pos++
		return l.array(), true
	case '>':
		if l.pos++; l.pos < len(l.b) && l.b[l.pos] == '>' {
			l.pos++
			return pdfWord(">>"), true
		}
		return pdfWord(">"), true
	case ']', ')', '{', '}':
		l.pos++
		return pdfWord(string(c)), true
	}
	return l.word(), true
}

func (l *pdfLexer) word() any {
	from := l.pos
	for l.pos < len(l.b) && !pdfDelimiter(l.b[l.pos]) {
		l.pos++
	}
	w := l.b[from:l.pos]
	if c := w[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if f, err := strconv.ParseFloat(string(w), 64); err == nil {
			return f
		}
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return pdfWord(w)
}

func (l *pdfLexer) name() pdfName {
	from := l.pos
	escaped := false
	for l.pos < len(l.b) && !pdfDelimiter(l.b[l.pos]) {
		escaped = escaped || l.b[l.pos] == '#'
		l.pos++
	}
	w := l.b[from:l.pos]
	if !escaped {
		return pdfName(w)
	}
	var out []byte
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) {
			if v, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, w[i])
	}
	return pdfName(out)
}

// text reads a string in parentheses (7.3.4.2).
func (l *pdfLexer) text() pdfString {
	var out []byte
	for open := 1; l.pos < len(l.b); l.pos++ {
		c := l.b[l.pos]
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.pos++
				return pdfString(out)
			}
		case '\\':
			out = l.escape(out)
			continue
		}
		out = append(out, c)
	}
	return pdfString(out)
}

func (l *pdfLexer) escape(out []byte) []byte {
	l.pos++
	if l.pos >= len(l.b) {
		l.pos = len(l.b) - 1
		return out
	}
	switch c := l.b[l.pos]; c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b', 'f':
		return append(out, ' ')
	case '\r':
		if l.pos+1 < len(l.b) && l.b[l.pos+1] == '\n' {
			l.pos++
		}
		return out
	case '\n':
		return out
	default:
		if c < '0' || c > '7' {
			return append(out, c)
		}
		v := 0
		for k := 0; k < 3 && l.pos < len(l.b) && l.b[l.pos] >= '0' && l.b[l.pos] <= '7'; k++ {
			v = v*8 + int(l.b[l.pos]-'0')
			l.pos++
		}
		l.pos--
		return append(out, byte(v))
	}
}

func (l *pdfLexer) hex() pdfString {
	n := bytes.IndexByte(l.b[l.pos:], '>')
	if n < 0 {
		n = len(l.b) - l.pos
	}
	h := l.b[l.pos : l.pos+n]
	l.pos = min(l.pos+n+1, len(l.b))
	out := unhex(h)
	if digits := len(bytes.Join(bytes.Fields(h), nil)); digits%2 == 1 {
		last := unhex([]byte{bytes.TrimSpace(h)[len(bytes.TrimSpace(h))-1], '0'})
		out = append(out, last...)
	}
	return pdfString(out)
}

func (l *pdfLexer) array() pdfArray {
	var out pdfArray
	if l.depth++; l.depth > maxPDFDepth {
		l.pos = len(l.b)
		return nil
	}
	defer func() { l.depth-- }()
	for {
		v, ok := l.next()
		if w, end := v.(pdfWord); !ok || end && w == "]" {
			return out
		} else if end && w == "R" && len(out) >= 2 {
			out = reference(out)
			continue
		}
		out = append(out, v)
	}
}

// reference makes "12 0 R" of its three values.
func reference(out pdfArray) pdfArray {
	n := len(out)
	if n < 2 {
		return out
	}
	num, ok1 := out[n-2].(float64)
	gen, ok2 := out[n-1].(float64)
	if !ok1 || !ok2 {
		return out
	}
	return append(out[:n-2], pdfRef{int(num), int(gen)})
}

func (l *pdfLexer) dict() pdfDict {
	out := pdfDict{}
	if l.depth++; l.depth > maxPDFDepth {
		l.pos = len(l.b)
		return out
	}
	defer func() { l.depth-- }()
	var key pdfName
	var value pdfArray
	set := func() {
		if key != "" && len(value) > 0 {
			out[key] = value[len(value)-1]
		}
	}
	for {
		v, ok := l.next()
		if !ok {
			set()
			return out
		}
		switch v := v.(type) {
		case pdfWord:
			switch v {
			case ">>", "endobj", "stream":
				set()
				return out
			case "R":
				value = reference(value)
			}
		case pdfName:
			if key != "" && len(value) == 0 {
				value = append(value, v)
				continue
			}
			set()
			key, value = v, nil
		default:
			value = append(value, v)
		}
	}
}
