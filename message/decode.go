package message

import (
	"bytes"
	"encoding/base64"
	"slices"
)

// base64Value maps an octet to its six bits; 64 is padding, 65 white space,
// 66 anything else.
var base64Value = func() (t [256]byte) {
	for i := range t {
		t[i] = 66
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := 0; i < len(alphabet); i++ {
		t[alphabet[i]] = byte(i)
	}
	t['='] = 64
	for _, c := range " \t\r\n\v\f" {
		t[c] = 65
	}
	return t
}()

// base64State is carried from one stretch of base64 to the next.
type base64State struct {
	bits    uint32
	n       int // six-bit groups in bits
	padded  bool
	junk    int // octets that are not base64
	after   int // base64 octets after padding, in lines of nothing else
	lineLen int
}

// appendBase64 decodes tolerantly (RFC 2045, 6.8): what is not of the alphabet
// is skipped, and data after padding is decoded as a run of its own. Whole
// lines go through encoding/base64, which is fast; the rest by hand. The caller
// flushes st at the end.
func appendBase64(dst, src []byte, st *base64State) []byte {
	dst = slices.Grow(dst, base64.StdEncoding.DecodedLen(len(src)))
	for len(src) > 0 {
		line := src
		if i := bytes.IndexByte(src, '\n'); i >= 0 {
			line, src = src[:i], src[i+1:]
		} else {
			src = nil
		}
		line = trimBlanks(line)
		if st.n == 0 && !st.padded && len(line)%4 == 0 && len(line) > 0 && line[len(line)-1] != '=' {
			at, n := len(dst), len(line)/4*3
			dst = slices.Grow(dst, n) // what was left over of the stretch before may have taken room
			if _, err := base64.StdEncoding.Decode(dst[at:at+n], line); err == nil {
				dst = dst[:at+n]
				continue
			}
		}
		dst = st.line(dst, line)
	}
	return dst
}

// trimBlanks takes blanks and CRs off the end of a line.
func trimBlanks(line []byte) []byte {
	n := len(line)
	for n > 0 && (line[n-1] == '\r' || line[n-1] == ' ' || line[n-1] == '\t') {
		n--
	}
	return line[:n]
}

// decodeBase64 decodes a whole body.
func decodeBase64(src []byte) ([]byte, *base64State) {
	st := &base64State{}
	dst := appendBase64(make([]byte, 0, base64.StdEncoding.DecodedLen(len(src))), src, st)
	return st.flush(dst), st
}

// line decodes one line octet by octet.
func (st *base64State) line(dst, line []byte) []byte {
	pure, ended := true, false
	for _, c := range line {
		switch v := base64Value[c]; {
		case v < 64:
			if ended { // padding in the middle of a line
				st.after++
			}
			st.bits = st.bits<<6 | uint32(v)
			if st.n++; st.n == 4 {
				dst = append(dst, byte(st.bits>>16), byte(st.bits>>8), byte(st.bits))
				st.n, st.bits = 0, 0
			}
		case v == 64:
			dst = st.flush(dst)
			st.padded, ended = true, true
		case v == 66:
			st.junk++
			pure = false
		}
	}
	if st.padded && pure && len(line) >= minAfterPadding && line[0] != '=' && st.seen() {
		st.after += len(line)
	}
	if st.padded {
		st.lineLen++
	}
	return dst
}

// seen: the padding stood on an earlier line.
func (st *base64State) seen() bool { return st.lineLen > 0 }

// minAfterPadding is how long a line of nothing but base64 after the padding
// must be to count as data; shorter ones are words of a list's footer.
const minAfterPadding = 16

// flush writes what an incomplete group holds.
func (st *base64State) flush(dst []byte) []byte {
	switch st.n {
	case 2:
		dst = append(dst, byte(st.bits>>4))
	case 3:
		dst = append(dst, byte(st.bits>>10), byte(st.bits>>2))
	}
	st.n, st.bits = 0, 0
	return dst
}

// appendQP decodes quoted-printable tolerantly (RFC 2045, 6.7): an escape that
// is none stays as it is. bad counts those.
func appendQP(dst, src []byte) (out []byte, bad int) {
	for len(src) > 0 {
		line := src
		i := bytes.IndexByte(src, '\n')
		end := ""
		if i >= 0 {
			line, src = src[:i], src[i+1:]
			end = "\n"
			if len(line) > 0 && line[len(line)-1] == '\r' {
				line, end = line[:len(line)-1], "\r\n"
			}
		} else {
			src = nil
		}
		line = bytes.TrimRight(line, " \t")
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line, end = line[:len(line)-1], ""
		}
		var n int
		dst, n = appendQPLine(dst, line)
		bad += n
		dst = append(dst, end...)
	}
	return dst, bad
}

func appendQPLine(dst, line []byte) (out []byte, bad int) {
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(dst, line...), bad
		}
		dst = append(dst, line[:i]...)
		if i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
			dst = append(dst, unhex(line[i+1])<<4|unhex(line[i+2]))
			line = line[i+3:]
			continue
		}
		bad++
		dst = append(dst, '=')
		line = line[i+1:]
	}
}
