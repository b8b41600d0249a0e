package audit

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// utf8Reader gives a large text in UTF-8 as it comes, and U+FFFD for what is
// none. Nearly all of it is right, and is neither copied nor looked at by
// character.
type utf8Reader struct {
	r    io.Reader
	rest []byte // not given yet: the beginning of a character, or mended text
	good bool   // rest is mended, and whole
	err  error
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	if len(p) < utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	n := copy(p, u.rest)
	if u.good && n > 0 {
		u.rest = u.rest[n:]
		return n, nil
	}
	u.rest, u.good = nil, false
	if u.err != nil && n == 0 {
		return 0, u.err
	}
	if u.err == nil {
		var more int
		more, u.err = u.r.Read(p[n:])
		n += more
	}
	text := p[:n]
	if utf8.Valid(text) {
		return n, nil
	}
	cut := n
	if u.err == nil {
		cut = n - partial(text)
		u.rest = bytes.Clone(text[cut:])
	}
	if utf8.Valid(text[:cut]) {
		return cut, nil
	}
	mended := append(bytes.ToValidUTF8(text[:cut], []byte("\ufffd")), u.rest...)
	whole := len(mended) - len(u.rest)
	n = copy(p, mended[:whole])
	if n < whole { // the beginning of a character behind it waits with the rest
		u.r = io.MultiReader(bytes.NewReader(u.rest), u.r)
		u.rest, u.good = mended[n:whole], true
	}
	return n, nil
}

// partial is how many bytes at the end of a text begin a character that is not
// whole.
func partial(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
