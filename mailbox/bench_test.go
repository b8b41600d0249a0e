package mailbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func benchmarkRead(b *testing.B, messages int, paths ...string) {
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := Read(context.Background(), paths, Options{}, func(_ int, m *Message) int64 { return m.Size }, func(int64) error {
			n++
			return nil
		})
		if err != nil || n != messages {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*messages), "ns/message")
}

func BenchmarkFolder(b *testing.B) {
	dir := b.TempDir()
	text := mail(1) + strings.Repeat("0123456789abcde\n", 256)
	for i := range 2000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.eml", i)), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkRead(b, 2000, dir)
}

func BenchmarkMbox(b *testing.B) {
	path := filepath.Join(b.TempDir(), "box")
	text := fromLine + mail(1) + strings.Repeat("> 123456789abcde\n", 256) + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(text, 2000)), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(2000 * len(text)))
	benchmarkRead(b, 2000, path)
}
