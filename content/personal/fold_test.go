package personal

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFold: a text folded by stretches is what it is folded one character at
// a time.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "abc", "０９０ー１２３４", "お世話　に", "1\u200bー", "\xe3\x80", "ー1ー", "é\xff", "１\u00ad−２", "ﾊﾟｽ ｰ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b strings.Builder
		digit := false
		for i := 0; i < len(s); {
			r, n := utf8.DecodeRuneInString(s[i:])
			i += n
			if r >= utf8.RuneSelf {
				if r = foldRune(r, digit); r < 0 {
					continue
				}
			}
			digit = r >= '0' && r <= '9'
			b.WriteRune(r)
		}
		if got := Fold(s); got != b.String() {
			t.Fatalf("%q: %q, want %q", s, got, b.String())
		}
	})
}
