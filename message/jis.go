package message

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// jisCells is the number of rows of JIS X 0208, and of cells in a row.
const jisCells = 94

// jisTable gives the characters of JIS X 0208 by row and cell, as the library
// reads them; 0 where there is none.
var jisTable = sync.OnceValue(func() *[jisCells * jisCells]uint16 {
	var table [jisCells * jisCells]uint16
	for row := range jisCells {
		for cell := range jisCells {
			out, _ := japanese.ISO2022JP.NewDecoder().Bytes([]byte{0x1b, '$', 'B', byte('!' + row), byte('!' + cell)})
			if r, _ := utf8.DecodeRune(out); r != utf8.RuneError {
				table[row*jisCells+cell] = uint16(r) // all are of the basic plane
			}
		}
	}
	return &table
})

// decodeJIS reads ISO-2022-JP (RFC 1468) of ASCII and JIS X 0208, which nearly
// all of it is, faster than the library. ok is false where there is anything
// else: the library says how that is read.
func decodeJIS(b []byte) (text string, ok bool) {
	var out strings.Builder
	out.Grow(len(b) + len(b)/2)
	for len(b) > 0 {
		n := 0
		for n < len(b) && b[n] < utf8.RuneSelf && b[n] != 0x1b {
			n++
		}
		out.Write(b[:n])
		if b = b[n:]; len(b) == 0 {
			break
		}
		wide, ok := jisEscape(b)
		if !ok {
			return "", false
		}
		if b = b[3:]; !wide {
			continue
		}
		if n = decodePairs(&out, b); n < 0 {
			return "", false
		}
		b = b[n:]
	}
	return out.String(), true
}

// decodePairs reads characters of two octets, up to an escape or the end of the
// line, and gives how many octets they are; -1 where one is none.
func decodePairs(out *strings.Builder, b []byte) int {
	table := jisTable()
	var run [3 * 64]byte
	n, i := 0, 0
	for ; i+1 < len(b) && b[i] != 0x1b && b[i] != '\n'; i += 2 {
		row, cell := b[i]-'!', b[i+1]-'!'
		if row >= jisCells || cell >= jisCells {
			return -1
		}
		r := table[int(row)*jisCells+int(cell)]
		if r < 0x800 { // rare: signs, Greek, Cyrillic, or none
			if r == 0 {
				return -1
			}
			n += utf8.EncodeRune(run[n:n+3], rune(r))
		} else {
			run[n], run[n+1], run[n+2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F
			n += 3
		}
		if n > len(run)-3 {
			out.Write(run[:n])
			n = 0
		}
	}
	out.Write(run[:n])
	if i+1 == len(b) && b[i] != 0x1b && b[i] != '\n' {
		return -1
	}
	return i
}

// jisEscape reads the escape at the front of b: to JIS X 0208, or to ASCII.
func jisEscape(b []byte) (wide, ok bool) {
	if len(b) < 3 {
		return false, false
	}
	wide = b[1] == '$' && (b[2] == 'B' || b[2] == '@')
	return wide, wide || b[1] == '(' && (b[2] == 'B' || b[2] == 'J')
}
