package content

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// xmlToken is the kind of the current token of an xmlScanner.
type xmlToken int

const (
	xmlText xmlToken = iota
	xmlStart
	xmlEnd
)

// maxToken is the longest tag; of a longer text one piece after the other is
// given.
const maxToken = 1 << 20

// xmlScanner reads XML a token at a time, leniently and without a copy.
// encoding/xml does a great deal more, and takes fifteen times as long as it
// takes to inflate what it reads. Entities that a document declares itself are
// not known: Office writes none, and there is no bomb without them.
type xmlScanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	done     bool

	token xmlToken
	name  []byte // of the element, without its prefix
	attrs []byte // what stands after the name
	text  []byte // as written; unescape reads it
	empty bool   // <a/>: its end comes as a token of its own
	again bool   // the end of an empty element is due
	cdata bool
	depth int // of elements that are open
}

// newXML makes a scanner. UTF-16 is read as well (XML 1.0, 4.3.3).
func newXML(r io.Reader) *xmlScanner {
	s := &xmlScanner{r: r, buf: make([]byte, 32<<10)}
	s.fill()
	if order := utf16Order(s.buf[:min(s.end, 64)]); order != 0 {
		enc := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		if order == 'b' {
			enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
		}
		head := bytes.Clone(s.buf[:s.end])
		s.r, s.end, s.done = enc.NewDecoder().Reader(io.MultiReader(bytes.NewReader(head), r)), 0, false
	}
	return s
}

// open reports whether elements are open that never end, once all is read.
func (s *xmlScanner) open() bool { return s.depth > 0 }

// fill reads more; it reports whether there was any.
func (s *xmlScanner) fill() bool {
	if s.done {
		return false
	}
	if s.pos > 0 {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			return false
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.done = true
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.done = true
	return false
}

// next goes to the next token. It reports false at the end.
func (s *xmlScanner) next() bool {
	if s.again {
		s.again, s.token, s.empty = false, xmlEnd, false
		return true
	}
	for {
		if s.pos == s.end && !s.fill() {
			return false
		}
		if s.buf[s.pos] != '<' {
			s.readText()
			return true
		}
		switch known, ok := s.readTag(); {
		case !ok:
			return false
		case known:
			return true
		}
	}
}

// readText takes what stands before the next tag.
func (s *xmlScanner) readText() {
	from := 0
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.end], '<'); i >= 0 {
			s.take(from + i)
			return
		}
		from = s.end - s.pos
		if !s.fill() {
			s.take(from)
			return
		}
	}
}

func (s *xmlScanner) take(n int) {
	s.token, s.cdata = xmlText, false
	s.text = s.buf[s.pos : s.pos+n]
	s.pos += n
}

// readTag takes a tag; known is false for what is none (a comment, a
// declaration).
func (s *xmlScanner) readTag() (known, ok bool) {
	for s.end-s.pos < 9 && s.fill() {
	}
	b := s.buf[s.pos:s.end]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return false, s.skip("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return s.readCDATA()
	case bytes.HasPrefix(b, []byte("<?")):
		return false, s.skip("?>")
	case bytes.HasPrefix(b, []byte("<!")):
		return false, s.skip(">")
	}
	n := s.tagEnd()
	if n < 0 {
		return false, false
	}
	tag := s.buf[s.pos+1 : s.pos+n]
	s.pos += n + 1
	s.split(tag)
	return true, true
}

// tagEnd is where the tag's ">" is, which may also stand in quotes.
func (s *xmlScanner) tagEnd() int {
	at := 0
	var quote byte
	for {
		for b := s.buf[s.pos:s.end]; at < len(b); at++ {
			switch c := b[at]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '>':
				return at
			case c == '"' || c == '\'':
				quote = c
			}
		}
		if !s.fill() {
			return -1
		}
	}
}

func (s *xmlScanner) split(tag []byte) {
	s.token, s.empty, s.attrs = xmlStart, false, nil
	if len(tag) > 0 && tag[0] == '/' {
		s.token, tag = xmlEnd, tag[1:]
		s.depth--
	} else if n := len(tag); n > 0 && tag[n-1] == '/' {
		s.empty, s.again, tag = true, true, tag[:n-1]
	} else {
		s.depth++
	}
	s.name = tag
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		s.name, s.attrs = tag[:i], tag[i:]
	}
	if i := bytes.IndexByte(s.name, ':'); i >= 0 {
		s.name = s.name[i+1:]
	}
}

// skip goes behind a mark.
func (s *xmlScanner) skip(mark string) bool {
	for {
		if i := bytes.Index(s.buf[s.pos:s.end], []byte(mark)); i >= 0 {
			s.pos += i + len(mark)
			return true
		}
		s.pos = max(s.pos, s.end-len(mark)+1)
		if !s.fill() {
			return false
		}
	}
}

func (s *xmlScanner) readCDATA() (known, ok bool) {
	s.pos += len("<![CDATA[")
	for {
		if i := bytes.Index(s.buf[s.pos:s.end], []byte("]]>")); i >= 0 {
			s.take(i)
			s.pos += 3
			s.cdata = true
			return true, true
		}
		if !s.fill() {
			s.take(s.end - s.pos)
			s.cdata = true
			return true, true
		}
	}
}

// is compares the element's name.
func (s *xmlScanner) is(name string) bool { return string(s.name) == name }

// attr gives an attribute as written, whatever its prefix; nil where it is
// missing.
func (s *xmlScanner) attr(name string) []byte {
	for b := s.attrs; ; {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.TrimSpace(b[:eq])
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return nil
		}
		stop := bytes.IndexByte(b[1:], b[0])
		if stop < 0 {
			return nil
		}
		if i := bytes.IndexByte(key, ':'); i >= 0 {
			key = key[i+1:]
		}
		if string(key) == name {
			return b[1 : 1+stop]
		}
		b = b[stop+2:]
	}
}

// attrText is an attribute with its entities read.
func (s *xmlScanner) attrText(name string) string { return unescape(s.attr(name)) }

// on reports whether a flag is set (ECMA-376, ST_OnOff): present and not false.
func (s *xmlScanner) on(name string) bool {
	switch string(s.attr(name)) {
	case "", "0", "false", "off":
		return false
	}
	return true
}

// value is the text token with its entities read.
func (s *xmlScanner) value() string {
	if s.cdata {
		return string(s.text)
	}
	return unescape(s.text)
}

// unescape reads the entities that XML itself knows, and character references.
func unescape(b []byte) string {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return string(b)
	}
	var out strings.Builder
	for i >= 0 {
		out.Write(b[:i])
		b = b[i:]
		n := bytes.IndexByte(b[:min(len(b), 12)], ';')
		r := rune(-1)
		if n > 0 {
			r = entity(string(b[1:n]))
		}
		if r < 0 {
			out.WriteByte('&')
			b = b[1:]
		} else {
			out.WriteRune(r)
			b = b[n+1:]
		}
		i = bytes.IndexByte(b, '&')
	}
	out.Write(b)
	return out.String()
}

func entity(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if num, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(strings.ToLower(num), "x"); ok {
			num, base = hex, 16
		}
		if n, err := strconv.ParseUint(num, base, 32); err == nil && n <= utf8.MaxRune {
			return rune(n)
		}
	}
	return -1
}
