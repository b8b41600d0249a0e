package audit

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"
)

// FuzzUTF8Reader holds the reader against the library's, in pieces of any size.
func FuzzUTF8Reader(f *testing.F) {
	for _, s := range []string{"", "plain", "日本語", "\xe6\x97", "a\xffb", "\xf0\x9f\x98\x80\xf0\x9f", "\xed\xa0\x80x", "\xe6\xe6\x97\xa5", "\xc3", "x\xffé"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want, err := unicode.UTF8.NewDecoder().Bytes(data)
		if err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func() io.Reader{
			"whole":       func() io.Reader { return bytes.NewReader(data) },
			"bytes":       func() io.Reader { return iotest.OneByteReader(bytes.NewReader(data)) },
			"halves":      func() io.Reader { return iotest.HalfReader(bytes.NewReader(data)) },
			"end at once": func() io.Reader { return iotest.DataErrReader(bytes.NewReader(data)) },
		} {
			for _, size := range []int{4, 5, 7, 4096} {
				var got bytes.Buffer
				u, p := &utf8Reader{r: open()}, make([]byte, size)
				for {
					n, err := u.Read(p)
					got.Write(p[:n])
					if err != nil {
						break
					}
				}
				if !bytes.Equal(runs(got.Bytes()), runs(want)) {
					t.Errorf("%s, %d: %q gives %q, want %q", name, size, data, &got, want)
				}
			}
		}
	})
}

// runs makes one of U+FFFDs in a row: how many stand for a broken character is a
// matter of taste.
func runs(b []byte) []byte {
	for bytes.Contains(b, []byte("\ufffd\ufffd")) {
		b = bytes.ReplaceAll(b, []byte("\ufffd\ufffd"), []byte("\ufffd"))
	}
	return b
}
