package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A mailbox's export in JSON has two hundred fields, of which a dozen tell of
// forwarding. So objects are taken apart as far as somebody looks: what stands
// inside stays text (unopened) until then, and knows its line.

// jsonDoc is what the parts of one value have in common.
type jsonDoc struct {
	text  []byte
	line  int // of the first byte
	names *fieldNames
	fault error // the first that was met below the surface
	seen  int   // up to here lines are counted
	lines int
}

// unopened is an object or an array that nobody has looked into yet.
type unopened struct {
	doc        *jsonDoc
	start, end int
	depth      int
}

// errHalfJSON is a value that ends in the middle.
var errHalfJSON = errors.New("half a file: the JSON ends in the middle; what stands before was read")

// errNested is for values inside each other beyond any export.
var errNested = fmt.Errorf("not JSON of an export: more than %d values inside each other", maxNesting)

// notJSON is a fault at a byte.
func notJSON(c byte) error {
	return fmt.Errorf("not JSON: %q has no place there; what stands before was read", rune(c))
}

// parseJSON reads one value with nothing behind it.
func parseJSON(text []byte, line int, names *fieldNames) (any, *jsonDoc, error) {
	d := &jsonDoc{text: text, line: line, lines: line, names: names}
	i := blanksJSON(text, 0)
	v, end, err := d.value(i, 0)
	if err == nil && blanksJSON(text, end) < len(text) {
		err = notJSON(text[blanksJSON(text, end)])
	}
	return v, d, err
}

// cutJSON is parseJSON for a value that was cut out of a text already: nobody
// looks for its end a second time.
func cutJSON(text []byte, line int, names *fieldNames) (any, *jsonDoc, error) {
	if text[0] != '{' && text[0] != '[' {
		return parseJSON(text, line, names)
	}
	d := &jsonDoc{text: text, line: line, lines: line, names: names}
	return unopened{d, 0, len(text), 0}, d, nil
}

// wholeJSON is parseJSON for text inside a text, opened throughout.
func wholeJSON(s string) (any, error) {
	v, d, err := parseJSON([]byte(s), 1, newFieldNames(nil))
	if err != nil {
		return nil, err
	}
	v = openAll(v)
	return v, d.fault
}

func openAll(v any) any {
	v = opened(v)
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = openAll(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = openAll(v[k])
		}
	}
	return v
}

func blanksJSON(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// value reads the value at i: a scalar, or something unopened.
func (d *jsonDoc) value(i, depth int) (v any, end int, err error) {
	end, whole, err := skipJSON(d.text[i:])
	end += i
	switch {
	case err != nil:
		return nil, len(d.text), err
	case !whole && i < len(d.text) && strings.IndexByte(`{["`, d.text[i]) < 0:
		end = len(d.text) // a number ends where the text does
	case !whole:
		return nil, len(d.text), errHalfJSON
	}
	switch d.text[i] {
	case '{', '[':
		return unopened{d, i, end, depth}, end, nil
	case '"':
		s, err := unquoteJSON(d.text[i+1 : end-1])
		return s, end, err
	default:
		v, err := scalarJSON(d.text[i:end])
		return v, end, err
	}
}

// scalarJSON is a number, true, false or null. A number that a float64 does not
// hold stays as it is written: it is an ID.
func scalarJSON(text []byte) (any, error) {
	switch s := string(text); s {
	case "null":
		return nil, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	default:
		n, err := strconv.ParseFloat(s, 64)
		if strings.ContainsAny(s, "xXpP_nN") || err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, notJSON(text[0])
		}
		if n > 1<<53 || n < -(1<<53) {
			return s, nil
		}
		return n, nil
	}
}

// skipJSON finds the end of the value that text begins with; whole is false
// where it may go on behind text. Brackets must match; what stands between
// them is looked at when it is opened.
func skipJSON(text []byte) (end int, whole bool, err error) {
	if len(text) == 0 {
		return 0, false, nil
	}
	switch c := text[0]; {
	case c == '"':
		end := stringEnd(text, 0)
		return end, end > 0, nil
	case c == '{' || c == '[':
		return skipNested(text)
	case c == '-' || digit(c) || c == 't' || c == 'f' || c == 'n':
		n := bytes.IndexAny(text, " \t\r\n,]}:\x1e")
		return max(n, 0), n > 0, nil
	default:
		return 0, false, notJSON(c)
	}
}

func skipNested(text []byte) (end int, whole bool, err error) {
	stack := make([]byte, 0, 64)
	for i := 0; ; i++ {
		for i < len(text) && !structural[text[i]] {
			i++
		}
		if i >= len(text) {
			return 0, false, nil
		}
		switch c := text[i]; c {
		case '"':
			if end = stringEnd(text, i); end == 0 {
				return 0, false, nil
			}
			i = end - 1
		case '{', '[':
			stack = append(stack, c+2) // ASCII: [ ] and { } are two apart
		case '}', ']':
			if stack[len(stack)-1] != c {
				return 0, false, notJSON(c)
			}
			if stack = stack[:len(stack)-1]; len(stack) == 0 {
				return i + 1, true, nil
			}
		}
	}
}

// structural are the bytes that skipNested stops at.
var structural = [256]bool{'"': true, '{': true, '}': true, '[': true, ']': true}

// stringEnd finds the end of the string that begins at i; 0 where there is none.
func stringEnd(text []byte, i int) int {
	for j := i + 1; ; {
		n := bytes.IndexByte(text[j:], '"')
		if n < 0 {
			return 0
		}
		j += n + 1
		slashes := 0
		for k := j - 2; k > i && text[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return j
		}
	}
}

// unquoteJSON resolves the escapes of a string (RFC 8259, 7).
func unquoteJSON(text []byte) (string, error) {
	i := bytes.IndexByte(text, '\\')
	if i < 0 {
		return string(text), nil
	}
	out := append(make([]byte, 0, len(text)), text[:i]...)
	for i < len(text) {
		c := text[i]
		i++
		if c != '\\' {
			out = append(out, c)
			continue
		}
		c = text[i] // a string does not end in a single backslash
		i++
		if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t"[at])
			continue
		}
		r, ok := hexRune(text[i-1:])
		if !ok {
			return "", notJSON(c)
		}
		i += 4
		if utf16.IsSurrogate(r) {
			low, ok := hexRune(text[min(i+1, len(text)):])
			if pair := utf16.DecodeRune(r, low); ok && text[i] == '\\' && pair != utf8.RuneError {
				r, i = pair, i+6
			} else {
				r = utf8.RuneError
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), nil
}

// hexRune reads "u003c".
func hexRune(text []byte) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[1:5]), 16, 16)
	return rune(n), err == nil
}

// opened is v, or what stands inside where it was not opened yet: a
// map[string]any with names as they are compared, or a []any.
func opened(v any) any {
	u, ok := v.(unopened)
	if !ok {
		return v
	}
	if u.depth >= maxNesting {
		u.doc.failed(errNested)
		return nil
	}
	if u.doc.text[u.start] == '{' {
		return u.object()
	}
	return u.array()
}

func (d *jsonDoc) failed(err error) {
	if d.fault == nil {
		d.fault = err
	}
}

// list is v as a list; false for anything else.
func list(v any) ([]any, bool) {
	if !isList(v) {
		return nil, false
	}
	l, ok := opened(v).([]any)
	return l, ok
}

func isList(v any) bool {
	u, ok := v.(unopened)
	if !ok {
		_, ok = v.([]any)
		return ok
	}
	return u.doc.text[u.start] == '['
}

func isObject(v any) bool {
	u, ok := v.(unopened)
	if !ok {
		_, ok = v.(map[string]any)
		return ok
	}
	return u.doc.text[u.start] == '{'
}

// lowerObject gives an object by lower-case names; an empty one for anything
// else.
func lowerObject(v any) map[string]any {
	if !isObject(v) {
		return nil
	}
	m, _ := opened(v).(map[string]any)
	return m
}

func (u unopened) object() map[string]any {
	d, i := u.doc, u.start+1
	m := make(map[string]any, d.names.room)
	for n := 0; ; n++ {
		if i = d.next(i); d.text[i] == '}' {
			d.names.room = min(len(m), mostRoom)
			return m
		}
		if d.text[i] != '"' {
			d.failed(notJSON(d.text[i]))
			return m
		}
		end := stringEnd(d.text, i)
		field, err := d.names.of(d.text[i+1 : end-1])
		if i = blanksJSON(d.text, end); err == nil && d.text[i] != ':' {
			err = notJSON(d.text[i])
		}
		var v any
		skipped := false
		if err == nil && n >= keptFields && !field.asked {
			i, skipped, err = d.skip(blanksJSON(d.text, i+1))
		} else if err == nil {
			i = blanksJSON(d.text, i+1)
		}
		if skipped && err == nil {
			continue
		}
		if err == nil {
			v, i, err = d.value(i, u.depth+1)
		}
		if err != nil {
			d.failed(err)
			return m
		}
		if old, twice := m[field.name]; twice && old != nil && (v == nil || v == "") {
			continue // of a name that comes twice, what it says counts
		}
		if v != nil {
			m[field.name] = v
		} else if _, twice := m[field.name]; !twice {
			m[field.name] = nil
		}
	}
}

// next skips blanks and one comma. There is a closing bracket to stop at.
func (d *jsonDoc) next(i int) int {
	if i = blanksJSON(d.text, i); d.text[i] == ',' {
		i = blanksJSON(d.text, i+1)
	}
	return i
}

func (u unopened) array() []any {
	d, i := u.doc, u.start+1
	out := []any{}
	for {
		if i = d.next(i); d.text[i] == ']' {
			return out
		}
		v, end, err := d.value(i, u.depth+1)
		if err != nil {
			d.failed(err)
			return out
		}
		out, i = append(out, v), end
	}
}

// lineOf is the line that something unopened begins on. The next that is asked
// for mostly stands below.
func (u unopened) lineOf() int {
	d := u.doc
	if u.start < d.seen {
		d.seen, d.lines = 0, d.line
	}
	d.lines += bytes.Count(d.text[d.seen:u.start], []byte("\n"))
	d.seen = u.start
	return d.lines
}
