package lookalike

import (
	"fmt"
	"testing"
)

func BenchmarkMiss(b *testing.B) {
	x := New(Default(), Options{Partners: manyPartners()})
	names := make([]string, 1024)
	for i := range names {
		names[i] = fmt.Sprintf("some-company%d.co.jp", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x.examine(names[i%len(names)])
	}
}

func BenchmarkHit(b *testing.B) {
	x := New(Default(), Options{})
	b.ReportAllocs()
	for b.Loop() {
		x.Match("gmial.com")
	}
}

func BenchmarkRepeats(b *testing.B) {
	x := New(Default(), Options{Partners: manyPartners()})
	names := []string{"gmail.com", "kagoshima-u.ac.jp", "docomo.ne.jp", "widgets.com"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x.Match(names[i%len(names)])
	}
}

func BenchmarkNew(b *testing.B) {
	partners := manyPartners()
	b.ReportAllocs()
	for b.Loop() {
		New(Default(), Options{Partners: partners})
	}
}

func manyPartners() []string {
	partners := make([]string, 1000)
	for i := range partners {
		partners[i] = fmt.Sprintf("partner%c%c%d.co.jp", 'a'+i%26, 'a'+i/26%26, i)
	}
	return partners
}
