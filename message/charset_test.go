package message

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func encode(t *testing.T, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCharsets(t *testing.T) {
	const ja = "お世話になっております。①株式会社の鈴木です。ﾃｽﾄ"
	const plain = "お世話になっております。鈴木です。見積書を添付いたします。"
	tests := []struct {
		label  string
		octets []byte
		want   string
		kind   Kind
	}{
		{"utf-8", []byte(ja), ja, ""},
		{"", []byte(ja), ja, ""},
		{"ISO-2022-JP", encode(t, japanese.ISO2022JP, plain), plain, ""},
		{"iso-2022-jp-ms", []byte("\x1b$B-!\x1b(B \x1b(IC=D\x1b(B"), "① ﾃｽﾄ", ""},
		{"Shift_JIS", encode(t, japanese.ShiftJIS, ja), ja, ""},
		{"cp932", encode(t, japanese.ShiftJIS, ja), ja, ""},
		{"Windows-31J", encode(t, japanese.ShiftJIS, ja), ja, ""},
		{"EUC-JP", encode(t, japanese.EUCJP, ja), ja, ""},
		{"eucJP-ms", encode(t, japanese.EUCJP, ja), ja, ""},
		{"gb2312", encode(t, simplifiedchinese.GBK, "您好，附件是报价单"), "您好，附件是报价单", ""},
		{"ks_c_5601-1987", encode(t, korean.EUCKR, "안녕하세요 첨부파일"), "안녕하세요 첨부파일", ""},
		{"iso-8859-1", []byte("caf\xe9"), "café", ""},
		{"utf-16", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), plain), plain, ""},
		{"utf-7", []byte("+MEI-1"), "あ1"[:0] + "\u30421", ""},
		{"koi8-r", encode(t, charmap.KOI8R, "Привет"), "Привет", ""},
		// wrong and missing labels
		{"us-ascii", encode(t, japanese.ISO2022JP, plain), plain, ""},
		{"utf-8", encode(t, japanese.ShiftJIS, plain), plain, WrongCharset},
		{"iso-8859-1", encode(t, japanese.ShiftJIS, plain), plain, WrongCharset},
		{"iso-2022-jp", []byte(plain), plain, WrongCharset},
		{"shift_jis", []byte(plain), plain, WrongCharset},
		{"", encode(t, japanese.ShiftJIS, plain), plain, ""},
		{"", encode(t, japanese.EUCJP, plain), plain, ""},
		{"", []byte("Hasen und Fr\xf6sche.txt"), "Hasen und Frösche.txt", ""},
		{"", []byte("r\xe9sum\xe9 d\xe9j\xe0 vu"), "résumé déjà vu", ""},
		{"x-no-such-charset", []byte(plain), plain, UnknownCharset},
	}
	for _, tt := range tests {
		got, kind := decodeCharset(tt.label, tt.octets)
		if got != tt.want || kind != tt.kind {
			t.Errorf("%s: %q %q, want %q %q", tt.label, got, kind, tt.want, tt.kind)
		}
	}
}

func TestEncodedWords(t *testing.T) {
	jis := "\x1b$B$\"$$\x1b(B" // あい
	utf := "あい"
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"=?utf-8?B?" + base64Of(utf) + "?=", utf},
		{"=?UTF-8?q?a=5Fb_c?=", "a_b c"},
		{"=?iso-2022-jp?B?" + base64Of(jis) + "?=", utf},
		// split inside a character and inside an escape sequence
		{"=?utf-8?B?" + base64Of(utf[:2]) + "?=\r\n =?utf-8?B?" + base64Of(utf[2:]) + "?=", utf},
		{"=?iso-2022-jp?B?" + base64Of(jis[:6]) + "?= =?ISO-2022-JP?B?" + base64Of(jis[6:]) + "?=", utf},
		{"=?utf-8*ja?B?" + base64Of(utf) + "?=", utf},
		{"a =?utf-8?Q?b?= c", "a b c"},
		{"=?utf-8?Q?a?= =?us-ascii?Q?b?=", "ab"},
		{"=?utf-8?Q?a?=b", "ab"},
		{"=?utf-8?B?" + strings.TrimRight(base64Of("ab"), "=") + "?=", "ab"},
		{"=?utf-8?X?a?=", "=?utf-8?X?a?="},
		{"=?utf-8?Q?unclosed", "=?utf-8?Q?unclosed"},
		{"=?", "=?"},
		{"\x82\xa0\x82\xa2\x82\xa4", "あいう"}, // raw Shift_JIS
		{jis, utf},
	}
	for _, tt := range tests {
		if got := DecodeHeader(tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzDecodeHeader(f *testing.F) {
	f.Add("=?utf-8?B?44GC?= =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= x")
	f.Add("=?=?=?utf-8*ja'x?Q?=zz?=")
	f.Fuzz(func(t *testing.T, s string) { DecodeHeader(s) })
}

func FuzzCharset(f *testing.F) {
	f.Add("iso-2022-jp", []byte("\x1b$B$\"\x1b(B"))
	f.Add("utf-7", []byte("+MEI-"))
	f.Add("", []byte("\x82\xa0"))
	f.Fuzz(func(t *testing.T, label string, b []byte) { decodeCharset(label, b) })
}

func FuzzStructured(f *testing.F) {
	f.Add("multipart/mixed; boundary=\"a;b\"; boundary*0*=utf-8''%41; x(c)=y")
	f.Fuzz(func(t *testing.T, s string) {
		v := parseStructured(s)
		v.all("boundary")
		v.get("filename")
	})
}
