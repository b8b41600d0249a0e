package audit

import (
	"bytes"
	"errors"
	"io"
)

// maxObject bounds one object of JSON. What is larger holds others, and is
// read piece by piece.
const maxObject = 8 << 20

// errLarge is a value of more than maxObject.
var errLarge = errors.New("a value of more than 8 MiB: not read; what stands before was")

// jsonInput cuts JSON into values without holding all of it.
type jsonInput struct {
	r        io.Reader
	buf      []byte
	pos, end int
	line     int // at pos
	err      error
}

func newJSONInput(r io.Reader) *jsonInput {
	return &jsonInput{r: r, buf: make([]byte, 1<<20), line: 1}
}

// fill reads as much as it has room for behind what was not used; false at the
// end. A value that is not whole is looked at again from its beginning, so it
// must not come in small pieces.
func (in *jsonInput) fill() bool {
	if in.err != nil {
		return false
	}
	copy(in.buf, in.buf[in.pos:in.end])
	in.end -= in.pos
	in.pos = 0
	if in.end == len(in.buf) {
		in.buf = append(in.buf, make([]byte, len(in.buf))...)
	}
	var n int
	n, in.err = readFull(in.r, in.buf[in.end:])
	in.end += n
	return n > 0
}

// skip goes forward over n bytes.
func (in *jsonInput) skip(n int) {
	in.line += bytes.Count(in.buf[in.pos:in.pos+n], []byte("\n"))
	in.pos += n
}

// peek skips white space and separators, and gives the next byte; io.EOF at
// the end.
func (in *jsonInput) peek() (byte, error) {
	for {
		for in.pos < in.end {
			switch c := in.buf[in.pos]; c {
			case '\n':
				in.line++
			case ' ', '\t', '\r', ',', '\x1e':
			default:
				return c, nil
			}
			in.pos++
		}
		if !in.fill() {
			return 0, in.err
		}
	}
}

// value gives the text of the next value, behind peek, and the line it begins
// on. It is good until the next call. A value that is too large is left where it
// is.
func (in *jsonInput) value() (text []byte, line int, err error) {
	for {
		n, whole, err := skipJSON(in.buf[in.pos:in.end])
		switch {
		case err != nil:
			return nil, in.line, err
		case whole:
			text, line = in.buf[in.pos:in.pos+n], in.line
			in.skip(n)
			return text, line, nil
		case in.end-in.pos >= maxObject:
			return nil, in.line, errLarge
		case !in.fill():
			return in.last()
		}
	}
}

// last is what stands at the end of the file: a number, or half a value.
func (in *jsonInput) last() (text []byte, line int, err error) {
	if in.err != io.EOF {
		return nil, in.line, in.err
	}
	text = bytes.TrimRight(in.buf[in.pos:in.end], "\r\n")
	if c := text[0]; c != '{' && c != '[' && c != '"' {
		line = in.line
		in.pos = in.end
		return text, line, nil
	}
	in.skip(len(text))
	return nil, in.line, errHalfJSON
}
