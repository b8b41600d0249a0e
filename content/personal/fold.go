package personal

import (
	"strings"
	"unicode/utf8"
)

// Fold gives a text in one width: full-width letters, digits and signs as
// ASCII, all kinds of dash between digits as '-', all kinds of blank as a
// blank, and without characters that are not seen.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	digit := false // the last rune was one
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
			r = foldRune(r, digit)
		}
		i += n
		if r < 0 {
			continue
		}
		digit = r >= '0' && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}

func foldRune(r rune, afterDigit bool) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case r == 0x3000, r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F:
		return ' '
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63, r == 0x2500:
		return '-'
	case r == 0x30FC || r == 0xFF70: // the long vowel, written for a dash
		if afterDigit {
			return '-'
		}
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064, r == 0xFEFF, r == 0xAD:
		return -1
	}
	return r
}
