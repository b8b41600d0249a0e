package smtpproxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"maillint/internal/spool"
)

// chunks is a connection that gives its octets in given stretches.
type chunks struct {
	net.Conn
	data  []byte
	sizes []byte // of the stretches, over and over
	n     int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	k := len(c.data)
	if len(c.sizes) > 0 {
		k = min(k, int(c.sizes[c.n%len(c.sizes)])+1)
		c.n++
	}
	k = copy(p, c.data[:k])
	c.data = c.data[k:]
	return k, nil
}

func (c *chunks) SetReadDeadline(time.Time) error { return nil }

// expected reads a body octet by octet: what it says in so many words.
func expected(in []byte) (out []byte, rest []byte, refused bool, err error) {
	bol, crlf := true, true
	for i := 0; i < len(in); i++ {
		c := in[i]
		at := func(k int) int { // the octet at i+k, or -1
			if i+k < len(in) {
				return int(in[i+k])
			}
			return -1
		}
		if bol && c == '.' {
			switch {
			case at(1) == -1, at(1) == '\r' && at(2) == -1:
				return nil, nil, false, io.EOF
			case at(1) == '\r' && at(2) == '\n' && crlf:
				return out, in[i+3:], refused, nil
			case at(1) == '\r', at(1) == '\n':
				return nil, nil, false, errSmuggling
			}
			bol = false
			continue
		}
		bol = false
		switch {
		case c == 0:
			refused = true
			out = append(out, c)
		case c == '\r' && at(1) == '\n':
			out = append(out, "\r\n"...)
			i++
			bol, crlf = true, true
		case c == '\r':
			refused = true
			out = append(out, c)
		case c == '\n':
			out = append(out, "\r\n"...)
			bol, crlf = true, false
		default:
			out = append(out, c)
		}
	}
	return nil, nil, false, io.EOF
}

// FuzzBody: however the octets arrive, the message is the same, and what is
// taken in could not be read otherwise by anybody.
func FuzzBody(f *testing.F) {
	for _, s := range []string{"a\r\n.\r\nNOOP\r\n", ".\r\n", "..\r\n.\r\n", "a\n.\r\n", "a\r\n.\n", "a\r.\r\n.\r\n", "a\r\r\n.\r\n", "\n\n..\n\r\n.\r\n", "a\x00\r\n.\r\n", ".\r", ".", "\r\n.\r\r\n.\r\n", "a\r\n.b\r\n.\r\n"} {
		f.Add([]byte(s), []byte{0})
		f.Add([]byte(s), []byte{1, 0, 2})
		f.Add([]byte(s), []byte{255})
	}
	budget, err := spool.New(f.TempDir(), 1<<30, 1<<30, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data, sizes []byte) {
		want, rest, refused, wantErr := expected(data)
		w := newWire(&chunks{data: bytes.Clone(data), sizes: sizes}, DefaultTimeouts)
		in := body{w: w, to: budget.Writer(), limit: 1 << 20}
		b, err := in.read()
		defer in.to.Discard()
		if (err == nil) != (wantErr == nil) || errors.Is(wantErr, errSmuggling) != errors.Is(err, errSmuggling) {
			t.Fatalf("%q by %v: %v, want %v", data, sizes, err, wantErr)
		}
		if err != nil {
			return
		}
		if (in.refusal != nil) != refused {
			t.Fatalf("%q by %v: refusal %v, want %v", data, sizes, in.refusal, refused)
		}
		left := append(bytes.Clone(w.in[w.r:w.w]), w.conn.(*chunks).data...)
		if !bytes.Equal(left, rest) {
			t.Fatalf("%q by %v: left %q, want %q", data, sizes, left, rest)
		}
		if refused {
			return
		}
		got, _ := io.ReadAll(b.Reader())
		b.Close()
		if !bytes.Equal(got, want) {
			t.Fatalf("%q by %v: %q, want %q", data, sizes, got, want)
		}
	})
}

func TestBodyLimits(t *testing.T) {
	line := bytes.Repeat([]byte("x"), 998)
	message := bytes.Repeat(append(line, "\r\n"...), 600)
	for _, tt := range []struct {
		limit, memory, disk int64
		code                int
	}{{600000, 1 << 20, 2 << 20, 0}, {599999, 1 << 20, 2 << 20, 552}, {600000, 1 << 20, 1 << 10, 452}, {600000, 1 << 10, 2 << 20, 452}} {
		budget, err := spool.New(t.TempDir(), tt.memory, tt.disk, 0)
		if err != nil {
			t.Fatal(err)
		}
		w := newWire(&chunks{data: append(bytes.Clone(message), ".\r\nNOOP\r\n"...)}, DefaultTimeouts)
		in := body{w: w, to: budget.Writer(), limit: tt.limit}
		b, err := in.read()
		if err != nil {
			t.Fatal(err)
		}
		code := 0
		if in.refusal != nil {
			code = in.refusal.Code
		}
		if code != tt.code {
			t.Errorf("limit %d, memory %d, disk %d: %v, want %d", tt.limit, tt.memory, tt.disk, in.refusal, tt.code)
		}
		if l, err := w.line(100); err != nil || string(l) != "NOOP" {
			t.Errorf("the rest was not consumed: %q %v", l, err)
		}
		if b != nil {
			b.Close()
		}
		if m, d := budget.Used(); m != 0 || d != 0 {
			t.Errorf("%d and %d octets were not given back", m, d)
		}
	}
}

// TestBodyOfBareLF: a large message of nothing but LF lines is taken in time
// that grows with its size.
func TestBodyOfBareLF(t *testing.T) {
	budget, _ := spool.New(t.TempDir(), 1<<30, 1<<30, 0)
	w := newWire(&chunks{data: append(bytes.Repeat([]byte("\n"), 10<<20), "\r\n.\r\n"...)}, DefaultTimeouts)
	in := body{w: w, to: budget.Writer(), limit: 50 << 20}
	start := time.Now()
	b, err := in.read()
	if err != nil || b == nil || b.Size() != 20<<20+2 {
		t.Fatalf("%v %v", err, in.refusal)
	}
	b.Close()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
