package personal

import (
	"strings"
	"unicode/utf8"
)

// Fold gives a text in one width: full-width letters, digits and signs as
// ASCII, all kinds of dash between digits as '-', all kinds of blank as a
// blank, and without characters that are not seen.
func Fold(s string) string {
	i := folds(s, 0)
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	start := 0
	for ; i < len(s); i = folds(s, i) { // what stays is copied by stretches
		b.WriteString(s[start:i])
		r, n := utf8.DecodeRuneInString(s[i:])
		if r = foldRune(r, digitLast(b.String())); r >= 0 {
			b.WriteRune(r)
		}
		i += n
		start = i
	}
	b.WriteString(s[start:])
	return b.String()
}

// folds gives the next place from i on of a character that may be folded, or
// of an octet that is no UTF-8; the end of the text where there is none.
func folds(s string, i int) int {
	for i < len(s) {
		c := s[i]
		switch {
		case c < utf8.RuneSelf:
			for i++; i+8 <= len(s) && asciiWord(s[i:i+8]); {
				i += 8
			}
		case c >= 0xE3 && c <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			if c == 0xE3 && (s[i+1] == 0x80 && s[i+2] == 0x80 || s[i+1] == 0x83 && s[i+2] == 0xBC) { // U+3000, U+30FC
				return i
			}
			i += 3
		default:
			return i
		}
	}
	return i
}

// asciiWord: eight octets are ASCII.
func asciiWord(t string) bool {
	return (uint64(t[0])|uint64(t[1])<<8|uint64(t[2])<<16|uint64(t[3])<<24|uint64(t[4])<<32|uint64(t[5])<<40|uint64(t[6])<<48|uint64(t[7])<<56)&0x8080808080808080 == 0
}

// digitLast reports whether a folded text ends with a digit.
func digitLast(s string) bool { return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }

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
