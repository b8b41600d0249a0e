package needle

import (
	"reflect"
	"strings"
	"testing"
)

// slow finds hits one needle at a time, at each place short ones first.
func slow(needles []string, text string) (hits []Hit) {
	for i := range len(text) {
		for _, long := range []bool{false, true} {
			for k, n := range needles {
				if n != "" && len(n) >= longNeedle == long && strings.HasPrefix(text[i:], n) {
					hits = append(hits, Hit{int32(i), int32(k)})
				}
			}
		}
	}
	return hits
}

func TestScan(t *testing.T) {
	needles := []string{"attach", "添付", "tach", "att", "", "attach"}
	s := New(needles)
	for _, text := range []string{"", "at", "att", "attach", "unattached 添付 添", "ATTACH", "\xe6\xb7添付"} {
		if got, want := s.Scan(text, nil), slow(needles, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := NewFolded([]string{"pass", "パス"}).Scan("PaSs パス PAS", nil); !reflect.DeepEqual(got, []Hit{{0, 0}, {5, 1}}) {
		t.Errorf("folded: %v", got)
	}
	if New(nil).In("x") || !New([]string{"b"}).In("abc") || New([]string{"bd"}).In("abc") {
		t.Error("In is wrong")
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a ab abc 添付", "xabc添付ab")
	f.Fuzz(func(t *testing.T, list, text string) {
		needles := strings.Split(list, " ")
		if len(text) > 1000 || len(needles) > 100 {
			return
		}
		want := slow(needles, text)
		s := New(needles)
		if got := s.Scan(text, nil); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q in %q: %v, want %v", needles, text, got, want)
		}
		if s.In(text) != (want != nil) {
			t.Fatalf("%q in %q: In is wrong", needles, text)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	s := New([]string{"attach", "enclos", "添付", "別添", "同封", "password", "パスワード", "http"})
	for name, text := range map[string]string{
		"english":  strings.Repeat("The quarterly report is ready for review before the meeting.\n", 1000),
		"japanese": strings.Repeat("お世話になっております。来週の会議の資料をお送りします。\n", 800),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.In(text)
			}
		})
	}
}

// Capitals of ASCII are as good as small letters, and nothing else is.
func FuzzFolded(f *testing.F) {
	f.Add("pass パス @[", "PASS pAsSpパス[{@`")
	f.Fuzz(func(t *testing.T, list, text string) {
		list = asciiLower(list)
		needles := strings.Split(list, " ")
		if len(text) > 1000 || len(needles) > 100 {
			return
		}
		if got, want := NewFolded(needles).Scan(text, nil), slow(needles, asciiLower(text)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q in %q: %v, want %v", needles, text, got, want)
		}
	})
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
