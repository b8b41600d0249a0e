package message

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// TestJISLikeTheLibrary: what is read here is read as the library reads it, and
// texts of ASCII and JIS X 0208 are.
func TestJISLikeTheLibrary(t *testing.T) {
	pieces := []string{"\x1b$B", "\x1b$@", "\x1b(B", "\x1b(J", "\x1b(I", "\x1b$(D", "\x1b", "\x1b$", "$3$s$K$A$O", "!!", "~~", "-j", "&A'Q", "abc", "\\~", "\r\n", "\n", " ", "a", "\x80", "\x7f", "\x0e", "$", "\x00"}
	r := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 20_000 {
		var b []byte
		for range 1 + r.IntN(8) {
			b = append(b, pieces[r.IntN(len(pieces))]...)
		}
		text, ok := decodeJIS(b)
		if !ok {
			continue
		}
		read++
		if want, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err != nil || text != string(want) {
			t.Fatalf("%q: %q, the library %q, %v", b, text, want, err)
		}
	}
	if read < 1000 {
		t.Errorf("only %d texts were read without the library", read)
	}
	for _, text := range []string{"お世話になっております。\r\n見積書 ABC をお送りします。\r\n", "Ωмир"} {
		jis, err := japanese.ISO2022JP.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := decodeJIS(jis); !ok || got != text {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}
