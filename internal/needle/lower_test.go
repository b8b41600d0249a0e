package needle

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLowerOfEveryCharacter(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		for _, s := range []string{string(r), "Ab" + string(r)} {
			if got, want := Lower(s), strings.ToLower(s); got != want {
				t.Fatalf("%q: %q, want %q", s, got, want)
			}
		}
	}
}

func FuzzLower(f *testing.F) {
	for _, s := range []string{"", "ABC", "お世話A", "\xe3\x81", "\xe3A\x81", "ＡＢＣ", "É", "\xffA", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Lower(s), strings.ToLower(s); got != want {
			t.Fatalf("%q: %q, want %q", s, got, want)
		}
	})
}
