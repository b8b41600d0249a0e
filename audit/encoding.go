package audit

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// errHalf is a file that ends inside a character.
var errHalf = errors.New("the file ends inside a character: it was cut off")

// binaries are the beginnings of files that are no text, and what to do.
var binaries = []struct{ magic, hint string }{
	{"PK\x03\x04", "a zip archive or an Excel workbook: save the sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "an old Office file: save the sheet as CSV"},
	{"%PDF", "a PDF"},
	{"\x1f\x8b", "compressed with gzip: unpack it first"},
	{"BZh", "compressed with bzip2: unpack it first"},
	{"\xfd7zXZ", "compressed with xz: unpack it first"},
	{"(\xb5/\xfd", "compressed with zstd: unpack it first"},
	{"7z\xbc\xaf", "a 7z archive: unpack it first"},
	{"!BDN", "an Outlook data file"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"GIF8", "a picture"},
	{"\x7fELF", "a program"},
	{"SQLite format 3", "a database"},
}

// decode gives a file's text in UTF-8. The error says why it is no text;
// errHalf comes with what could be read.
func decode(data []byte) ([]byte, error) {
	for _, b := range binaries {
		if bytes.HasPrefix(data, []byte(b.magic)) {
			return nil, errors.New("wrong kind of file: " + b.hint)
		}
	}
	if order, ok := widest(data); ok {
		out, err := decodeAs(order, data[:len(data)&^3])
		if err == nil && len(data)%4 != 0 {
			err = errHalf
		}
		return bytes.TrimPrefix(out, []byte("\ufeff")), err
	}
	if big, ok := wide(data); ok {
		return decodeWide(data, big)
	}
	data = bytes.TrimRight(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), "\x1a")
	if bytes.Count(data, []byte{0}) > 3+len(data)/1000 { // a rule may look for NUL, so a few are text
		return nil, errors.New("wrong kind of file: binary, not an export")
	}
	if utf8.Valid(data) {
		if bytes.Contains(data, []byte("\x1b$B")) || bytes.Contains(data, []byte("\x1b$@")) {
			return decodeAs(japanese.ISO2022JP, data)
		}
		return data, nil
	}
	return decodeAs(eightBit(data), data)
}

// streamEncoding finds the encoding of a file by what it begins with.
func streamEncoding(head []byte) (encoding.Encoding, error) {
	head = head[:len(head)&^3] // whole characters of UTF-16 and UTF-32
	text, err := decode(head)
	if err != nil && !errors.Is(err, errHalf) {
		return nil, err
	}
	if order, ok := widest(head); ok {
		return order, nil
	}
	if big, ok := wide(head); ok {
		return utf16Of(big), nil
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	switch {
	case utf8.Valid(head) && !bytes.Equal(head, bytes.TrimRight(text, "\x1a")):
		return japanese.ISO2022JP, nil
	case utf8.Valid(head):
		return unicode.UTF8BOM, nil
	}
	return eightBit(head), nil
}

// widest tells UTF-32, with a byte order mark or without.
func widest(data []byte) (encoding.Encoding, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")):
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), true
	case bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), true
	}
	head := data[:min(len(data), 2000)&^3]
	var zeros [4]int
	for i, c := range head {
		if c == 0 {
			zeros[i%4]++
		}
	}
	switch n := len(head) / 4; {
	case n < 4:
	case zeros[3] == n && zeros[2] == n && zeros[0] == 0:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), true
	case zeros[0] == n && zeros[1] == n && zeros[3] == 0:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), true
	}
	return nil, false
}

// wide tells UTF-16, with a byte order mark or without, and its order.
func wide(data []byte) (big, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return false, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return true, true
	}
	head := data[:min(len(data), 2000)]
	var even, odd int
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch quarter := len(head) / 4; {
	case len(head) < 4:
		return false, false
	case odd > quarter && even*10 < odd:
		return false, true
	case even > quarter && odd*10 < even:
		return true, true
	}
	return false, false
}

func utf16Of(big bool) encoding.Encoding {
	order := unicode.LittleEndian
	if big {
		order = unicode.BigEndian
	}
	return unicode.UTF16(order, unicode.UseBOM)
}

func decodeWide(data []byte, big bool) ([]byte, error) {
	half := len(data)%2 != 0
	out, err := utf16Of(big).NewDecoder().Bytes(data[:len(data)&^1])
	if err != nil {
		return nil, err
	}
	out = bytes.TrimRight(bytes.TrimPrefix(out, []byte("\xef\xbb\xbf")), "\x1a")
	if bytes.Count(out, []byte{0}) > 3+len(out)/1000 {
		return nil, errors.New("wrong kind of file: binary, not an export")
	}
	if half {
		return out, errHalf
	}
	return out, nil
}

// decodeAs decodes, and reports a character that is cut off at the end.
func decodeAs(enc encoding.Encoding, data []byte) ([]byte, error) {
	out, err := enc.NewDecoder().Bytes(data)
	if err == nil && bytes.HasSuffix(out, []byte("\ufffd")) && !bytes.HasSuffix(data, []byte("\n")) {
		return out, errHalf
	}
	return out, err
}

// eightBit chooses among the encodings that Japanese and Western programs
// write. What is UTF-8 but for a cut at the very end is left as it is.
func eightBit(data []byte) encoding.Encoding {
	for n := 1; n <= 3 && n < len(data); n++ {
		if head := data[:len(data)-n]; utf8.Valid(head) && utf8.RuneCount(head) < len(head) {
			return unicode.UTF8
		}
	}
	if readable(japanese.EUCJP, data) && bytes.ContainsAny(data, "\xa4\xa5") && kana(data) {
		return japanese.EUCJP
	}
	if readable(japanese.ShiftJIS, data) {
		return japanese.ShiftJIS
	}
	if mostlyUTF8(data) {
		return unicode.UTF8
	}
	return charmap.Windows1252
}

// readable tells whether data decodes without a fault, but for its last bytes.
func readable(enc encoding.Encoding, data []byte) bool {
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return false
	}
	i := bytes.Index(out, []byte("\ufffd"))
	return i < 0 || i >= len(out)-len("\ufffd")
}

// kana: in EUC-JP, hiragana and katakana are pairs that begin with A4 and A5.
func kana(data []byte) bool {
	n, pairs := 0, 0
	for i := 0; i+1 < len(data); i++ {
		if data[i] < utf8.RuneSelf {
			continue
		}
		pairs++
		if data[i] == 0xa4 || data[i] == 0xa5 {
			n++
		}
		i++
	}
	return n*4 >= pairs
}

// mostlyUTF8: a few bad bytes in a text that is UTF-8 otherwise.
func mostlyUTF8(data []byte) bool {
	bad, good := 0, 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			bad++
		} else if size > 1 {
			good++
		}
		data = data[size:]
	}
	return good > bad
}
