package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// got is one message as a visitor sees it.
type got struct{ path, text string }

// read gives all messages below the paths, errors as "! reason".
func read(t *testing.T, opt Options, paths ...string) []got {
	t.Helper()
	var out []got
	err := Read(context.Background(), paths, opt, see, func(g got) error {
		out = append(out, g)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func see(_ int, m *Message) got {
	switch {
	case m.Err != nil:
		return got{m.Path, "! " + m.Err.Error()}
	case m.File != nil:
		b, err := io.ReadAll(io.NewSectionReader(m.File, 0, m.Size))
		if err != nil {
			return got{m.Path, "! " + err.Error()}
		}
		return got{m.Path, string(b)}
	}
	return got{m.Path, string(m.Data)}
}

// tree writes files below a new folder and makes it the working folder.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func same(t *testing.T, have []got, want ...got) {
	t.Helper()
	if !slices.Equal(have, want) {
		t.Errorf("have:\n%q\nwant:\n%q", have, want)
	}
}

func mail(n int) string { return fmt.Sprintf("From: a@example.jp\nSubject: %d\n\nText %d\n", n, n) }

const fromLine = "From a@example.jp Mon Jan  6 09:04:19 2025\n"

func TestFolder(t *testing.T) {
	tree(t, map[string]string{
		"b/x.eml": mail(1), "a.eml": mail(2), "c.txt": mail(3),
		"b/.DS_Store": "x", "b/dovecot.index.cache": "x", "b/subscriptions": "x", "b/Inbox.msf": "x", "b/.git/config": "x",
	})
	same(t, read(t, Options{Jobs: 3}, "."), got{"./a.eml", mail(2)}, got{"./b/x.eml", mail(1)}, got{"./c.txt", mail(3)})
	same(t, read(t, Options{}, "b/subscriptions"), got{"b/subscriptions", "x"}) // named, so wanted
	same(t, read(t, Options{}, "nowhere"), got{"nowhere", "! no such file or directory"})
}

func TestMaildir(t *testing.T) {
	tree(t, map[string]string{
		"M/cur/1.host:2,S": mail(1), "M/new/2.host": mail(2), "M/tmp/3.host": "half a mess", "M/maildirsize": "1",
		"M/.Sent/cur/4.host": mail(4), "M/.Sent/new/.keep": "", "M/.Sent/tmp/5": "x", "M/dovecot-uidlist": "3 V1",
		"other/tmp/6.eml": mail(6),
	})
	same(t, read(t, Options{Jobs: 2}, "M", "other"),
		got{"M/.Sent/cur/4.host", mail(4)}, got{"M/cur/1.host:2,S", mail(1)}, got{"M/new/2.host", mail(2)}, got{"other/tmp/6.eml", mail(6)})
}

func TestSymlinks(t *testing.T) {
	tree(t, map[string]string{"a/1.eml": mail(1), "b/2.eml": mail(2)})
	for link, to := range map[string]string{"a/loop": "..", "a/z": "../b", "b/gone": "nothing", "b/file": "../a/1.eml"} {
		if err := os.Symlink(to, link); err != nil {
			t.Skip(err)
		}
	}
	have := read(t, Options{}, "a")
	// The loop leads to the folder above, and from there to b and to a again, which is not read twice.
	same(t, have, got{"a/1.eml", mail(1)}, got{"a/loop/b/2.eml", mail(2)}, got{"a/loop/b/file", mail(1)},
		got{"a/loop/b/gone", "! a symbolic link that leads nowhere: no such file or directory"})
}

func TestStdinAndPrefix(t *testing.T) {
	in := func() io.Reader { return strings.NewReader(fromLine + mail(1) + "\n" + fromLine + mail(2)) }
	same(t, read(t, Options{Stdin: in}, "-"), got{"-:1", mail(1)}, got{"-:2", mail(2)})
	one := func() io.Reader { return strings.NewReader(mail(3)) }
	same(t, read(t, Options{Stdin: one}, "-"), got{"-", mail(3)})
}

func TestEmlx(t *testing.T) {
	text := mail(1)
	tree(t, map[string]string{"1.emlx": fmt.Sprintf("%d\n%s<?xml version=\"1.0\"?><plist/>", len(text), text)})
	same(t, read(t, Options{}, "1.emlx"), got{"1.emlx", text})
}

// Results come in the order of the paths, however many work at them.
func TestOrder(t *testing.T) {
	files := map[string]string{}
	var box strings.Builder
	for i := range 500 {
		files[fmt.Sprintf("d%d/%03d.eml", i%7, i)] = mail(i)
		box.WriteString(fromLine + mail(i) + "\n")
	}
	files["d3/200.mbox"] = box.String()
	tree(t, files)
	want := read(t, Options{Jobs: 1}, ".")
	if len(want) != 1000 {
		t.Fatalf("%d messages", len(want))
	}
	for _, jobs := range []int{2, 7} {
		same(t, read(t, Options{Jobs: jobs}, "."), want...)
	}
}

func TestLargeGoesThroughFile(t *testing.T) {
	large := "Subject: large\n\n" + strings.Repeat("0123456789abcde\n", 1<<16)
	tree(t, map[string]string{"large.eml": large, "small.eml": mail(1), "large.txt": large})
	opt := Options{Memory: 1 << 16}
	same(t, read(t, opt, "."), got{"./large.eml", large}, got{"./large.txt", large}, got{"./small.eml", mail(1)})
	files := 0
	_ = Read(context.Background(), []string{"."}, opt, func(_ int, m *Message) bool { return m.File != nil }, func(file bool) error {
		if file {
			files++
		}
		return nil
	})
	if files != 2 {
		t.Errorf("%d messages were handed over as files, want 2", files)
	}
}

func TestSkip(t *testing.T) {
	tree(t, map[string]string{"1.eml": mail(1), "2.eml": mail(2), "box": fromLine + mail(3) + "\n" + fromLine + mail(4)})
	opt := Options{Skip: func(path string) bool { return path == "./1.eml" || path == "./box:2" || path == "./box" }}
	same(t, read(t, opt, "."), got{"./2.eml", mail(2)}, got{"./box:1", mail(3)})
}

func TestHead(t *testing.T) {
	tree(t, map[string]string{"1.eml": mail(1) + strings.Repeat("x", 1000)})
	same(t, read(t, Options{Head: 18}, "."), got{"./1.eml", "From: a@example.jp"})
}

// An interrupt gives what was visited by then, though the reader hangs.
func TestInterrupt(t *testing.T) {
	tree(t, map[string]string{"1.eml": mail(1)})
	hang, _ := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	var have []got
	start := time.Now()
	err := Read(ctx, []string{"1.eml", "-"}, Options{Stdin: func() io.Reader { return hang }}, see, func(g got) error {
		have = append(have, g)
		stop()
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(have) != 1 || time.Since(start) > 10*time.Second {
		t.Errorf("%v, %q after %v", err, have, time.Since(start))
	}
}

// A failure of ours is an error of one path, not the end of the run.
func TestPanic(t *testing.T) {
	tree(t, map[string]string{"1.eml": mail(1), "2.eml": mail(2), "3.eml": mail(3)})
	opt := Options{Skip: func(path string) bool {
		if path == "./2.eml" || path == "-" {
			panic("oh")
		}
		return false
	}, Stdin: func() io.Reader { return strings.NewReader(mail(1)) }}
	const oh = "! maillint failed on it: oh (please report this)"
	if have := read(t, opt, "./1.eml", "./2.eml", "./3.eml"); len(have) != 3 || have[1].text != oh {
		t.Errorf("%q", have)
	}
}

func TestEmitFails(t *testing.T) {
	tree(t, map[string]string{"1.eml": mail(1), "2.eml": mail(2)})
	broken := errors.New("broken")
	err := Read(context.Background(), []string{"."}, Options{}, see, func(got) error { return broken })
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
