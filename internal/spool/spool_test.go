package spool

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"maillint/internal/mailtest"
)

func budget(t *testing.T, memory, disk int64) *Budget {
	t.Helper()
	b, err := New(t.TempDir(), memory, disk, 0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func random(n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	out := make([]byte, n)
	r.Read(out)
	return out
}

// TestRoundTrip writes bodies around every threshold in odd steps, and reads
// them back whole and from odd places, in clear and encrypted.
func TestRoundTrip(t *testing.T) {
	for _, encrypt := range []bool{false, true} {
		b := budget(t, 64<<20, 64<<20)
		if encrypt {
			b.Encrypt()
		}
		for _, n := range []int{0, 1, 8 << 10, 8<<10 + 1, 96<<10 + 7, InMemory - 1, InMemory, InMemory + 1, 3<<20 + 5} {
			want := random(n)
			body := write(t, b, want, 7919)
			check(t, body, want)
			body.Close()
			body.Close()
			if _, err := body.ReadAt(make([]byte, 1), 0); err == nil || body.Bytes() != nil {
				t.Errorf("%d octets: a closed body can still be read", n)
			}
		}
		if m, d := b.Used(); m != 0 || d != 0 {
			t.Errorf("encrypt %v: %d octets of memory and %d of disk were not given back", encrypt, m, d)
		}
	}
}

func write(t *testing.T, b *Budget, p []byte, step int) *Body {
	t.Helper()
	w := b.Writer()
	for len(p) > 0 {
		n := min(step, len(p))
		if _, err := w.Write(p[:n]); err != nil {
			t.Fatal(err)
		}
		p = p[n:]
	}
	body, err := w.Done()
	if err != nil {
		t.Fatal(err)
	}
	w.Discard() // after Done: must not touch the body
	return body
}

func check(t *testing.T, body *Body, want []byte) {
	t.Helper()
	got, err := io.ReadAll(body.Reader())
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d octets: read back %d octets, %v", len(want), len(got), err)
	}
	if body.Hash() != sha256.Sum256(want) || body.Size() != int64(len(want)) {
		t.Errorf("%d octets: wrong hash or size", len(want))
	}
	if inMemory := body.Bytes() != nil; inMemory != (len(want) <= InMemory) {
		t.Errorf("%d octets: in memory: %v", len(want), inMemory)
	}
	for _, off := range []int{0, 1, 15, 16, 17, 4095, 65537} {
		if off >= len(want) {
			break
		}
		p := make([]byte, min(33, len(want)-off))
		if n, err := body.ReadAt(p, int64(off)); err != nil && err != io.EOF || !bytes.Equal(p[:n], want[off:off+n]) {
			t.Errorf("%d octets: wrong bytes at %d: %v", len(want), off, err)
		}
	}
}

func TestNothingStaysInTheFolder(t *testing.T) {
	b := budget(t, 64<<20, 64<<20)
	body := write(t, b, random(1<<20), 4096)
	defer body.Close()
	if names, _ := os.ReadDir(b.dir); len(names) != 0 {
		t.Errorf("the file is still in the folder: %v", names)
	}
}

func TestEncryptedFileHoldsNoClearText(t *testing.T) {
	b := budget(t, 64<<20, 64<<20)
	b.Encrypt()
	clear := bytes.Repeat([]byte("secret of the message\r\n"), 1<<15)
	body := write(t, b, clear, 10000)
	defer body.Close()
	raw := make([]byte, body.Size())
	if _, err := body.file.f.ReadAt(raw, 0); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("secret")) {
		t.Error("the file holds clear text")
	}
}

// TestFull fills the budgets: the message that does not fit gets ErrFull and
// leaves nothing taken; the others are not touched.
func TestFull(t *testing.T) {
	b := budget(t, 150<<10, 2<<20)
	one := write(t, b, random(90<<10), 4096)
	refuse(t, b, 60<<10)
	refuse(t, b, 5<<20)
	one.Close()
	write(t, b, random(90<<10), 4096).Close()
	if m, d := b.Used(); m != 0 || d != 0 {
		t.Errorf("%d octets of memory and %d of disk were not given back", m, d)
	}
}

func refuse(t *testing.T, b *Budget, n int) {
	t.Helper()
	w := b.Writer()
	_, err := w.Write(random(n))
	if !errors.Is(err, ErrFull) {
		t.Errorf("%d octets: %v, want ErrFull", n, err)
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, ErrFull) {
		t.Errorf("after ErrFull: %v", err)
	}
	if _, err := w.Done(); !errors.Is(err, ErrFull) {
		t.Errorf("Done after ErrFull: %v", err)
	}
}

func TestFloor(t *testing.T) {
	b, err := New(t.TempDir(), 1<<20, 1<<20, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := FreeSpace(b.dir); errors.Is(err, errors.ErrUnsupported) {
		mailtest.Missing(t, "free space cannot be told on this system")
	}
	refuse(t, b, 10)
}

func TestNoFolder(t *testing.T) {
	if _, err := New("/nonexistent/spool", 1, 1, 0); err == nil {
		t.Error("a folder that does not exist was taken")
	}
}

// TestKeep: octets that somebody still reads are not written over by the next
// message, and their room is given back all the same.
func TestKeep(t *testing.T) {
	b := budget(t, 1<<20, 1<<20)
	write := func(data []byte) *Body {
		w := b.Writer()
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		body, err := w.Done()
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	want := random(5000)
	first := write(want)
	held := first.Bytes()
	first.Keep()
	first.Close()
	for range 20 {
		next := write(make([]byte, 5000))
		if &next.Bytes()[0] == &held[0] {
			t.Fatal("the buffer is used again")
		}
		defer next.Close()
	}
	if !bytes.Equal(held, want) {
		t.Error("what was kept has changed")
	}
	if first.Bytes() != nil {
		t.Error("a closed body gives octets")
	}
}
