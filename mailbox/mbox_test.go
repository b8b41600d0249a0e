package mailbox

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestSeparator(t *testing.T) {
	for line, want := range map[string]bool{
		"From a@example.jp Mon Jan  6 09:04:19 2025\n":                    true,
		"From - Tue Dec 31 23:59:59 2024\r\n":                             true,
		"From ???@??? Mon Sep 17 00:00:00 2001":                           true,
		"From MAILER-DAEMON Fri Jul  8 12:08:34 2011":                     true,
		"From 1234567890@xxx Mon Jan 06 00:00:00 +0000 2025":              true,
		"From \"a b\"@example.jp Mon Jan  6 09:04 2025":                   true,
		"From john at example.com  Mon Jan  6 15:04:05 2025":              true,
		"From a@example.jp Mon Jan  6 09:04:19 JST 2025 remote from gw":   true,
		"From a@example.jp Mon, 06 Jan 2025 09:04:19 +0900":               true,
		"From a@example.jp 2025-01-06T09:04:19+09:00":                     true,
		"From a@example.jp 2025-01-06 09:04:19 +0900":                     true,
		"From 10:30 on Monday the office is closed, see you in 2025\n":    false,
		"From the start of Mon to the end of May":                         false,
		"From Mon Jan 6 on we meet at the station":                        false,
		"From: a@example.jp Mon Jan  6 09:04:19 2025":                     false,
		">From a@example.jp Mon Jan  6 09:04:19 2025":                     false,
		"From " + strings.Repeat("x", 1000) + " Mon Jan  6 09:04:19 2025": false,
	} {
		if have := separator([]byte(line)); have != want {
			t.Errorf("%q: %v", line, have)
		}
	}
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]kind{
		fromLine + "A: 1\n": mbox, "\r\n\n" + fromLine + "A: 1\n": mbox, "\xef\xbb\xbf" + fromLine + "A: 1\n": mbox,
		strings.ReplaceAll(fromLine, "\n", "\r\n") + "A: 1\r\n": mbox, strings.ReplaceAll(fromLine+"A: 1\n", "\n", "\r"): single,
		fromLine: single, "From here on\nA: 1\n": single, "From: a@example.jp\n": single, "": single, "\n\n": single,
		"PK\x03\x04": zipped, "\x1f\x8b\x08": gzipped, "7z\xbc\xaf\x27\x1c": refused, strings.Repeat("x", 257) + "ustar": tarred,
	} {
		if have := sniff([]byte(head)); have != want {
			t.Errorf("%q: %d, want %d", head, have, want)
		}
	}
}

// split gives the messages of an mbox as the expander does.
func split(t testing.TB, r io.Reader, memory int64) (out []string) {
	t.Helper()
	s := newSplitter(r, memory)
	s.begin()
	for {
		var spooled []byte
		data, last, err := s.next(func(b []byte) error {
			spooled = append(spooled, b...)
			return nil
		})
		if err != nil {
			return append(out, "! "+err.Error())
		}
		if spooled == nil {
			data = unquote(data)
		}
		out = append(out, string(spooled)+string(data))
		if last {
			return out
		}
	}
}

func TestSplit(t *testing.T) {
	const f = fromLine
	for _, c := range []struct {
		name, mbox string
		want       []string
	}{
		{"two", f + "A: 1\n\nx\n\n" + f + "A: 2\n\ny\n", []string{"A: 1\n\nx\n", "A: 2\n\ny\n"}},
		{"last blank line belongs to the format", f + "A: 1\n\nx\n\n", []string{"A: 1\n\nx\n"}},
		{"no end of line at the end", f + "A: 1\n\nx", []string{"A: 1\n\nx"}},
		{"CR LF", strings.ReplaceAll(f+"A: 1\n\nx\n\n"+f+"A: 2\n\ny\n\n", "\n", "\r\n"), []string{"A: 1\r\n\r\nx\r\n", "A: 2\r\n\r\ny\r\n"}},
		{"no blank line before", f + "A: 1\n\nx\n" + f + "y\n", []string{"A: 1\n\nx\n" + f + "y\n"}},
		{"no date", f + "A: 1\n\nx\n\nFrom here on it rains\n", []string{"A: 1\n\nx\n\nFrom here on it rains\n"}},
		{"body is empty", f + "A: 1\n\n" + f + "A: 2\n\n", []string{"A: 1\n", "A: 2\n"}},
		{"nothing between", f + "\n" + f + "A: 2\n\n", []string{"", "A: 2\n"}},
		{"quoted", f + "A: 1\n\n>From x\n>>From y\n > From z\na >From b\n", []string{"A: 1\n\nFrom x\n>From y\n > From z\na >From b\n"}},
		{"quoted in the header stays", f + ">From x y\nA: 1\n\n>From z\n", []string{">From x y\nA: 1\n\nFrom z\n"}},
		{"byte order mark before", "\xef\xbb\xbf" + f + "A: 1\n\nx\n", []string{"A: 1\n\nx\n"}},
		{"blank lines before", "\n\r\n" + f + "A: 1\n\nx\n", []string{"A: 1\n\nx\n"}},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(c.mbox), "octets": iotest.OneByteReader(strings.NewReader(c.mbox)), "with error": iotest.DataErrReader(strings.NewReader(c.mbox))} {
			if have := split(t, r, 1<<20); !slices.Equal(have, c.want) {
				t.Errorf("%s, %s: %q, want %q", c.name, name, have, c.want)
			}
		}
	}
}

// Messages far larger than the buffer, and ones that are spooled, come out as
// they went in.
func TestSplitLarge(t *testing.T) {
	var want []string
	var box bytes.Buffer
	for _, n := range []int{10, 1 << 20, 100, 3 << 20, 5} {
		m := "A: 1\n\n" + strings.Repeat("Never From where I stand, 79 octets or so are enough for anybody's line\n", n/72+1)
		want = append(want, m)
		box.WriteString(fromLine + m + "\n")
	}
	for _, memory := range []int64{1 << 10, 1 << 19, 1 << 24} {
		have := split(t, bytes.NewReader(box.Bytes()), memory)
		if len(have) != len(want) {
			t.Fatalf("memory %d: %d messages", memory, len(have))
		}
		for i := range want {
			if strings.TrimRight(have[i], "\n") != strings.TrimRight(want[i], "\n") {
				t.Errorf("memory %d: message %d differs: %d octets, want %d", memory, i, len(have[i]), len(want[i]))
			}
		}
	}
}

// Many messages over many buffers, of every size there is.
func TestSplitMany(t *testing.T) {
	var want []string
	var box bytes.Buffer
	for i := range 3000 {
		m := "A: 1\n\n" + strings.Repeat("line\n", i*7919%1500)
		want = append(want, m)
		box.WriteString(fromLine + m + "\n")
	}
	for _, step := range []int{7, 4096, 1 << 20} {
		if have := split(t, &stepReader{box.Bytes(), step}, 1<<24); len(have) != len(want) || !slices.Equal(have[:2999], want[:2999]) {
			t.Errorf("in steps of %d: %d messages", step, len(have))
		}
	}
}

func TestSplitReadError(t *testing.T) {
	have := split(t, io.MultiReader(strings.NewReader(fromLine+"A: 1\n\nx\n\n"+fromLine+"A: 2\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), 1<<20)
	if want := []string{"A: 1\n\nx\n", "! unexpected EOF"}; !slices.Equal(have, want) {
		t.Errorf("%q", have)
	}
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte(fromLine+"A: 1\n\nx\n\n"+fromLine+"A: 2\n\n>From y\n"), 10)
	f.Add([]byte("From "), 1)
	f.Add([]byte("\n\nFrom - Mon Jan  6 09:04:19 2025\r\n\r\n\r\nFrom - Mon Jan  6 09:04:19 2025"), 3)
	f.Fuzz(func(t *testing.T, box []byte, step int) {
		whole := split(t, bytes.NewReader(box), 1<<30)
		n := 0
		for _, m := range whole {
			n += len(m)
		}
		if n > len(box) {
			t.Fatalf("%d octets out of %d", n, len(box))
		}
		pieces := split(t, &stepReader{box, max(1, step%4096)}, 1<<30)
		if !slices.Equal(whole, pieces) {
			t.Fatalf("in pieces of %d: %q\nwhole: %q", step, pieces, whole)
		}
	})
}

type stepReader struct {
	rest []byte
	step int
}

func (r *stepReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest[:min(r.step, len(r.rest))])
	r.rest = r.rest[n:]
	return n, nil
}
