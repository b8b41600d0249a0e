package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// labels are charset names that mail carries and that registries read
// differently from mail programs, or not at all. Everything else is looked up
// by go-message.
var labels = map[string]encoding.Encoding{
	"cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS, "windows-932": japanese.ShiftJIS, "ms_kanji": japanese.ShiftJIS,
	"x-sjis": japanese.ShiftJIS, "shift-jis": japanese.ShiftJIS, "shift_jis": japanese.ShiftJIS, "sjis": japanese.ShiftJIS,
	"windows-31j": japanese.ShiftJIS, "x-ms-cp932": japanese.ShiftJIS, "shift_jis-2004": japanese.ShiftJIS, "cswindows31j": japanese.ShiftJIS,
	"eucjp": japanese.EUCJP, "euc-jp": japanese.EUCJP, "eucjp-ms": japanese.EUCJP, "eucjp-win": japanese.EUCJP, "cp51932": japanese.EUCJP, "x-euc-jp": japanese.EUCJP, "ujis": japanese.EUCJP,
	"iso-2022-jp": japanese.ISO2022JP, "iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP, "iso-2022-jp-3": japanese.ISO2022JP,
	"iso-2022-jp-ms": japanese.ISO2022JP, "cp50220": japanese.ISO2022JP, "cp50221": japanese.ISO2022JP, "csiso2022jp": japanese.ISO2022JP, "jis": japanese.ISO2022JP,
	"ks_c_5601-1987": korean.EUCKR, "ks_c_5601": korean.EUCKR, "euc-kr": korean.EUCKR, "cp949": korean.EUCKR, "ms949": korean.EUCKR, "uhc": korean.EUCKR, "ksc5601": korean.EUCKR,
	"gb2312": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "gb18030": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, "ms936": simplifiedchinese.GB18030, "x-gbk": simplifiedchinese.GB18030,
	"hz-gb-2312": simplifiedchinese.HZGB2312,
	"big5":       traditionalchinese.Big5, "big5-hkscs": traditionalchinese.Big5, "cp950": traditionalchinese.Big5, "x-x-big5": traditionalchinese.Big5,
	"iso-8859-1": charmap.Windows1252, "latin1": charmap.Windows1252, "iso8859-1": charmap.Windows1252, "cp1252": charmap.Windows1252, "windows-1252": charmap.Windows1252,
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
}

// DecodeText turns the octets of a text into UTF-8. The label may be empty; the
// Kind says where octets and label disagree, or where nobody knows the label.
func DecodeText(label string, b []byte) (string, Kind) { return decodeCharset(label, b) }

// decodeCharset turns octets into text. The label is believed where the octets
// agree with it; the Kind says where they did not, or where nobody knows it.
func decodeCharset(label string, b []byte) (string, Kind) {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	if isUnlabelled(label) {
		return decodeUnlabelled(label, b)
	}
	switch label {
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return decodeUTF7(b), ""
	}
	if enc := labels[label]; enc != nil {
		return decodeWith(enc, label, b)
	}
	r, err := charset.Reader(label, bytes.NewReader(b))
	if err != nil {
		text, _ := guess(b)
		return text, UnknownCharset
	}
	out, err := io.ReadAll(r)
	if err != nil {
		text, _ := guess(b)
		return text, WrongCharset
	}
	return string(out), ""
}

// isUnlabelled: labels that say nothing beyond what the octets say themselves.
func isUnlabelled(label string) bool {
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "utf-8", "utf8", "unicode-1-1-utf-8", "unknown-8bit", "x-unknown", "8bit", "default", "_autodetect", "unknown":
		return true
	}
	return false
}

// decodeUnlabelled reads octets that are labelled UTF-8 or ASCII, or not at all.
func decodeUnlabelled(label string, b []byte) (string, Kind) {
	if validText(b) {
		return string(b), ""
	}
	text, sure := guess(b)
	if label == "" || label == "us-ascii" && sure {
		return text, ""
	}
	return text, WrongCharset
}

// decodeWith decodes with a known encoding; where the octets are not of it,
// they are read as what they are.
func decodeWith(enc encoding.Encoding, label string, b []byte) (string, Kind) {
	if ascii(b) && label != "hz-gb-2312" && !strings.HasPrefix(label, "utf-16") {
		return string(b), ""
	}
	if enc == japanese.ISO2022JP {
		if text, ok := decodeJIS(b); ok {
			return text, ""
		}
	}
	latin := enc == charmap.Windows1252
	if !latin && wideUTF8(b) {
		return string(b), WrongCharset
	}
	if out, err := enc.NewDecoder().Bytes(b); err == nil && !latin && !bytes.Contains(out, replacement) {
		return string(out), ""
	} else if other, sure := guess(b); sure && (latin || err != nil || replacements(out)*20 > len(out)) {
		return other, WrongCharset
	} else if err == nil {
		if n := replacements(out); n > 0 {
			return string(out), WrongCharset
		}
		return string(out), ""
	}
	text, _ := guess(b)
	return text, WrongCharset
}

// wideUTF8: UTF-8 with several characters of three octets, which no text in
// another encoding is by accident.
func wideUTF8(b []byte) bool {
	wide := 0
	for i := 0; i < len(b); i++ {
		if b[i]&0xf0 == 0xe0 {
			wide++
		}
	}
	return wide >= 3 && utf8.Valid(b)
}

var replacement = []byte("\uFFFD")

func replacements(b []byte) int { return bytes.Count(b, replacement) }

// ascii: nothing but 7-bit octets, and no escape sequences.
func ascii[T string | []byte](b T) bool {
	for i := 0; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf || b[i] == 0x1b {
			return false
		}
	}
	return true
}

// validText: UTF-8 without ISO-2022 escapes.
func validText[T string | []byte](b T) bool {
	if ascii(b) {
		return true
	}
	switch b := any(b).(type) {
	case []byte:
		return utf8.Valid(b) && bytes.IndexByte(b, 0x1b) < 0
	case string:
		return utf8.ValidString(b) && strings.IndexByte(b, 0x1b) < 0
	}
	return false
}

// candidates are the encodings that unlabelled octets are tried as, and how a
// common character of each looks.
var candidates = []struct {
	enc    encoding.Encoding
	common func(r rune) bool
}{
	{japanese.EUCJP, kanaOrKanji},
	{japanese.ShiftJIS, kanaOrKanji},
	{korean.EUCKR, hangul},
	{simplifiedchinese.GB18030, han},
	{traditionalchinese.Big5, han},
}

func kanaOrKanji(r rune) bool {
	return r >= 0x3040 && r <= 0x30ff || han(r) || r >= 0x3000 && r < 0x3020
}
func hangul(r rune) bool { return r >= 0xac00 && r <= 0xd7a3 || r < utf8.RuneSelf }
func han(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3000 && r < 0x3020 || r >= 0xff00 && r < 0xff5f
}

// guess reads octets of an unknown charset: UTF-8 where valid, ISO-2022-JP by
// its escapes, else the East Asian encoding they fit best, else Windows-1252.
// sure is false where the last was taken for want of a better one.
func guess(b []byte) (text string, sure bool) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		if out, err := labels["utf-16"].NewDecoder().Bytes(b); err == nil {
			return string(out), true
		}
	}
	if escapes(b) {
		if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return string(out), true
		}
	}
	if utf8.Valid(b) {
		return string(b), true
	}
	if text, ok := guessAsian(b); ok {
		return text, true
	}
	out, _ := charmap.Windows1252.NewDecoder().Bytes(b)
	return string(out), false
}

func escapes(b []byte) bool {
	return bytes.Contains(b, []byte("\x1b$B")) || bytes.Contains(b, []byte("\x1b$@")) || bytes.Contains(b, []byte("\x1b(I"))
}

// maxGuess is how many octets are enough to tell a charset.
const maxGuess = 64 << 10

// guessAsian picks the encoding that reads most octets as common characters.
// Half-width kana, private use and replacement characters speak against one.
func guessAsian(b []byte) (string, bool) {
	sample := b[:min(len(b), maxGuess)]
	if accented(sample) {
		return "", false
	}
	best, most := -1, 0
	for i, c := range candidates {
		out, err := c.enc.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		if score := scoreText(string(out), c.common, i < 2); score > most {
			best, most = i, score
		}
	}
	if best < 0 {
		return "", false
	}
	out, err := candidates[best].enc.NewDecoder().Bytes(b)
	return string(out), err == nil
}

// accented: most octets outside ASCII stand alone between ASCII letters, as
// accented letters do and East Asian characters do not.
func accented(b []byte) bool {
	high, alone := 0, 0
	for i, c := range b {
		if c < utf8.RuneSelf {
			continue
		}
		high++
		before := i == 0 || b[i-1] < utf8.RuneSelf
		after := i+1 == len(b) || b[i+1] == ' ' || b[i+1] == '.' || b[i+1] == ',' || b[i+1] >= 'a' && b[i+1] <= 'z'
		if before && after && (i > 0 && letter(b[i-1]) || i+1 < len(b) && letter(b[i+1])) {
			alone++
		}
	}
	return alone*3 > high*2
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// scoreText counts common characters against odd ones; kana decides for
// Japanese, because no other charset makes them by accident.
func scoreText(s string, common func(rune) bool, japanese bool) int {
	score := 0
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case r == utf8.RuneError:
			score -= 20
		case r >= 0xff61 && r <= 0xff9f: // half-width kana
			score--
		case r >= 0xe000 && r < 0xf900:
			score -= 5
		case japanese && r >= 0x3040 && r <= 0x30ff:
			score += 4
		case common(r):
			score += 2
		default:
			score -= 2
		}
	}
	return score
}

// decodeUTF7 reads RFC 2152, which hides text from readers that do not know it.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for i := 0; i < len(b); i++ {
		if b[i] != '+' {
			out.WriteByte(b[i])
			continue
		}
		j := i + 1
		for j < len(b) && base64Value[b[j]] < 64 {
			j++
		}
		if j == i+1 {
			out.WriteByte('+')
		} else {
			octets, _ := decodeBase64(b[i+1 : j])
			text, _ := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(octets[:len(octets)&^1])
			out.Write(text)
		}
		if i = j - 1; j < len(b) && b[j] == '-' {
			i = j
		}
	}
	return out.String()
}
