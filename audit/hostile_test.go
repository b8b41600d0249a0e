package audit

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// endless gives a header and then the same text again and again.
type endless struct {
	head, again string
	left        int64
	part        []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		e.part, e.head = []byte(e.head), ""
	}
	if len(e.part) == 0 {
		e.part = []byte(e.again)
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], e.part)
	e.part = e.part[n:]
	e.left -= int64(n)
	return n, nil
}

// peak audits what a reader gives, and tells how much memory was held on the
// way, in MiB.
func peak(r io.Reader) (report *Report, most uint64) {
	opts := options()
	opts.Stdin = r
	runtime.GC()
	done := make(chan *Report)
	go func() {
		r, _ := Forwards([]string{"-"}, opts)
		done <- r
	}()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse>>20)
		select {
		case report = <-done:
			return report, most
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// TestLargeInput: files that no machine holds are read in bounded memory, or
// refused at once.
func TestLargeInput(t *testing.T) {
	const size = 100 << 20
	notes := strings.Replace(header, "\n", ",Notes\n", 1)
	block := strings.Repeat("u@corp.example,,,False,"+strings.Repeat("n", 5000)+"\n", 20)
	object := "{\"UserPrincipalName\":\"u@corp.example\",\"ForwardingAddress\":null,\"ForwardingSmtpAddress\":null,\"DeliverToMailboxAndForward\":false,\"Notes\":\"" + strings.Repeat("n", 20_000) + "\"}"
	first := "a@corp.example,,smtp:x@evil.test,True,\n"
	for _, c := range []struct {
		name, head, again, want string
		size                    int64
	}{
		{"one line", "", strings.Repeat("x", 1<<16), "neither CSV nor JSON", 1 << 30},
		{"rows", notes + first, block, "external-forward a@corp.example -> x@evil.test", size},
		{"a cell that is never closed", notes + first + "b@corp.example,,\"x", block, ":3:2 error a row of more than 16 MiB", size},
		{"an array", "[{\"UserPrincipalName\":\"a@corp.example\",\"ForwardingAddress\":null,\"ForwardingSmtpAddress\":\"x@evil.test\",\"DeliverToMailboxAndForward\":true}", ",\n" + object, "a@corp.example -> x@evil.test", size},
		{"an answer", "{\"value\":[" + object, ",\n" + object, "half a file: the JSON ends in the middle", size},
		{"one string", "{\"a\":\"", strings.Repeat("x", 1<<16), "a value of more than 8 MiB", 1 << 30},
		{"gzip", "\x1f\x8b\x08\x00", strings.Repeat("\x00", 1<<16), "compressed with gzip", 1 << 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, most := peak(&endless{head: c.head, again: c.again, left: c.size})
			if got := lines(r); !strings.Contains(got, c.want) {
				t.Errorf("%q is missing in\n%.2000s", c.want, got)
			}
			if r.exit(0) == ExitClean || most > 400 {
				t.Errorf("exit %d, %d MiB", r.exit(0), most)
			}
		})
	}
}

// TestLargeObjects: a value that comes in many small pieces is not looked at
// from its beginning at each.
func TestLargeObjects(t *testing.T) {
	value := `{"value":["` + strings.Repeat(`x","`, 1<<20) + `"]}`
	in := newJSONInput(iotest.OneByteReader(strings.NewReader(value)))
	looks := 0
	for in.fill() {
		looks++
	}
	if looks > 10 || in.end != len(value) {
		t.Errorf("%d octets of %d in %d pieces", in.end, len(value), looks)
	}
}

// TestUnclosedCell: the line of the cell that is never closed, and the rows
// behind it.
func TestUnclosedCell(t *testing.T) {
	text := header + "a@corp.example,,,False\nb@corp.example,,\"smtp:b@evil.test,True\n" + strings.Repeat("c@corp.example,,smtp:x@evil.test,True\n", 50)
	r := runText(t, "m.csv", text)
	if len(r.Errors) != 1 || r.Errors[0].Line != 3 || r.Records != 51 || len(r.Findings) == 0 || r.Findings[0].Line != 4 {
		t.Errorf("%s", lines(r))
	}
	many := header + strings.Repeat("b@corp.example,,\"smtp:b@evil.test,True\n", 20_000)
	begun := time.Now()
	if r := runText(t, "m.csv", many); r.exit(0) != ExitUnread || time.Since(begun) > 20*time.Second {
		t.Errorf("%v, %d errors", time.Since(begun), len(r.Errors))
	}
}

// TestEncodings: one export in every encoding that a program may have written
// it in.
func TestEncodings(t *testing.T) {
	text := "Identity,Name,Enabled,ForwardTo,RedirectTo,SubjectContainsWords\r\nhanako@corp.example\\1,転送ルールです,True,drop@evil.test,,請求書\r\n"
	for name, enc := range map[string]encoding.Encoding{
		"utf-8": unicode.UTF8, "utf-8 with a mark": unicode.UTF8BOM, "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"utf-16 with a mark": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-32le": utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32be": utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
		"utf-32 with a mark": utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "cp932": japanese.ShiftJIS, "euc-jp": japanese.EUCJP, "iso-2022-jp": japanese.ISO2022JP,
	} {
		data, err := enc.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		r := runText(t, "rules.csv", string(data))
		if got := lines(r); !strings.Contains(got, "keyword-filter hanako@corp.example -> drop@evil.test") || len(r.Errors) > 0 {
			t.Errorf("%s:\n%s", name, got)
		}
		large := append(bytes.Clone(data), bytes.Repeat(data[len(data)/2&^3:len(data)/2&^3], 1)...)
		if from, err := streamEncoding(large); err != nil || from == nil {
			t.Errorf("%s: %v", name, err)
		} else if out, err := from.NewDecoder().Bytes(large); err != nil || !strings.Contains(string(out), "請求書") {
			t.Errorf("%s, as a stream: %v %q", name, err, out)
		}
		if cut := runText(t, "rules.csv", string(data[:len(data)-7])); cut.exit(0) == ExitClean {
			t.Errorf("%s, cut: %s", name, lines(cut))
		}
	}
}

// TestOddFiles: pipes, files that grow, garbage.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, dir); r.exit(0) != ExitUnread || !strings.Contains(lines(r), "a named pipe in a folder") {
		t.Errorf("a pipe in a folder: %s", lines(r))
	}
	go func() {
		_ = os.WriteFile(filepath.Join(dir, "pipe"), []byte(header+"a@corp.example,,smtp:x@evil.test,True\n"), 0o600)
	}()
	if r := run(t, filepath.Join(dir, "pipe")); r.Records != 1 || len(r.Errors) > 0 {
		t.Errorf("a pipe that is named: %s", lines(r))
	}
	for name, text := range map[string]string{
		"garbage": strings.Repeat("\x00\xff\xfe\x80\x01garbage", 2000), "NUL": strings.Repeat("\x00", 5000), "deep": strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"deep objects": strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000), "brackets": "[{]}",
	} {
		if r := runText(t, "x.csv", text); r.exit(0) != ExitUnread || len(r.Errors) == 0 {
			t.Errorf("%s: %s", name, lines(r))
		}
	}
}

// TestGrowingFile: a file to which something is added while it is read.
func TestGrowingFile(t *testing.T) {
	path := write(t, "m.csv", header+"a@corp.example,,,True\n")
	a := newAuditor(options())
	a.sniffer = func(string, []byte) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		fmt.Fprint(f, "b@corp.example,,smtp:x@evil.test,True\n")
		a.record()
	}
	a.file(path)
	if len(a.report.Errors) != 1 || !strings.Contains(a.report.Errors[0].Text, "changed while it was read") {
		t.Errorf("%v", a.report.Errors)
	}
}
