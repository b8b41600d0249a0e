package message

import (
	"bytes"
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
// all of it is, several times as fast as the library. ok is false where there is
// anything else: the library says how that is read.
func decodeJIS(b []byte) (text string, ok bool) {
	var out strings.Builder
	out.Grow(len(b) + len(b)/2)
	for len(b) > 0 {
		i := bytes.IndexByte(b, 0x1b)
		if i < 0 {
			i = len(b)
		}
		if !ascii(b[:i]) {
			return "", false
		}
		out.Write(b[:i])
		b = b[i:]
		switch {
		case len(b) == 0:
		case len(b) >= 3 && b[1] == '$' && (b[2] == 'B' || b[2] == '@'):
			if b, ok = decodePairs(&out, b[3:]); !ok {
				return "", false
			}
		case len(b) >= 3 && b[1] == '(' && (b[2] == 'B' || b[2] == 'J'):
			b = b[3:]
		default:
			return "", false
		}
	}
	return out.String(), true
}

// decodePairs reads characters of two octets, up to an escape or the end of the
// line, and gives what follows.
func decodePairs(out *strings.Builder, b []byte) (rest []byte, ok bool) {
	table := jisTable()
	for len(b) > 0 && b[0] != 0x1b && b[0] != '\n' {
		if len(b) < 2 {
			return nil, false
		}
		row, cell := b[0]-'!', b[1]-'!'
		if row >= jisCells || cell >= jisCells {
			return nil, false
		}
		r := table[int(row)*jisCells+int(cell)]
		if r == 0 {
			return nil, false
		}
		out.WriteRune(rune(r))
		b = b[2:]
	}
	return b, true
}
