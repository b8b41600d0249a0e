package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"maillint/report"
)

// The scripts of testdata run the whole program; "maillint" in them is this
// test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"maillint": main,
		"pack":     packMain,
		"large":    largeMain,
		"hold":     holdMain,
		"learn":    learnMain,
		"tamper":   tamperMain,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			// The scripts are about the program: a few rules that keep still.
			e.Setenv("MAILLINT_ONLY", "exposed-recipients,auto-forward,malformed-message")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"waitfor": waitFor,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// exits runs maillint and compares its exit code: exits 3 scan ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARG...")
	}
	err := ts.Exec("maillint", args[1:]...)
	have := "0"
	if err != nil {
		have = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if have != args[0] {
		ts.Fatalf("exit status %s, want %s", have, args[0])
	}
}

// waitFor waits until a file holds a text.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	for range 200 {
		b, _ := os.ReadFile(ts.MkAbs(args[0]))
		if strings.Contains(string(b), args[1]) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s never held %q", args[0], args[1])
}

// Every verb of the program has help with an example of its use, and a man page.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if code := run([]string{"man", dir}, nil, &out, &out); code != exitClean {
		t.Fatalf("%d: %s", code, &out)
	}
	for _, c := range verbs() {
		page, err := os.ReadFile(filepath.Join(dir, "maillint-"+c.Name()+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{".TH ", ".SH NAME", ".SH SYNOPSIS", c.Short[:10]} {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("%s: no %q", c.Name(), want)
			}
		}
		if c.Name() == "scan" && !bytes.Contains(page, []byte(`\-\-fail\-level`)) {
			t.Error("scan: the flags are missing")
		}
	}
}

// A panic while judging is an error of that message, and the others are judged.
func TestPanicIsOneMessage(t *testing.T) {
	s := &scan{options: &scanOptions{}} // without an engine, judging panics
	for _, raw := range []string{"From: a@example.jp\n\nx\n"} {
		o := s.judgeOnly([]byte(raw))
		if o == nil || !strings.Contains(o.Error(), "not judged") {
			t.Errorf("%v", o)
		}
	}
}

func TestProgressLine(t *testing.T) {
	p := &progress{}
	p.add(5_000_000, 2)
	p.total.Store(20_000_000)
	if have := p.line(time.Second, 200); have != "1 messages, 5.0 MB/s, 2 findings" {
		t.Errorf("%q", have)
	}
	p.counted.Store(true)
	if have := p.line(time.Second, 200); have != "[#####...............] 25 %, 1 messages, 5.0 MB/s, 2 findings, 3s left" {
		t.Errorf("%q", have)
	}
	if have := p.line(time.Second, 10); len(have) != 10 {
		t.Errorf("%q", have)
	}
	var none *progress
	none.add(1, 1)
	none.done()
}

func TestNoProgressWithoutTerminal(t *testing.T) {
	if newProgress(io.Discard, nil, false) != nil {
		t.Error("a bar on no terminal")
	}
}

func TestFromDomain(t *testing.T) {
	for head, want := range map[string]string{
		"From: Yamada <a@mail.example.co.jp>\n\n":          "example.co.jp",
		"X: 1\r\nFROM:\r\n \"x\" <a@example.com>\r\n\r\n":  "example.com",
		"Subject: x\n\nFrom: a@example.com\n":              "",
		"From a@b Mon\nFrom: a@example.com":                "example.com",
		"From: nobody\n\n":                                 "",
		"":                                                 "",
		"From: =?utf-8?B?5bGx?= <a@example.org>, b@c.de\n": "example.org",
	} {
		if have := fromDomain([]byte(head)); have != want {
			t.Errorf("%q: %q, want %q", head, have, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	names := []string{"exposed-recipients", "auto-forward", "lookalike-domain"}
	for wrong, want := range map[string]string{
		"exposed-recipient": ` (did you mean "exposed-recipients"?)`, "autoforward": ` (did you mean "auto-forward"?)`, "zzz": "",
	} {
		if have := didYouMean(wrong, names); have != want {
			t.Errorf("%s: %q", wrong, have)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		s    scan
		want exit
	}{
		{scan{}, 0},
		{scan{failed: true}, exitFindings},
		{scan{failed: true, summary: report.Summary{Unread: 1}}, exitUnread},
		{scan{failed: true, summary: report.Summary{Unread: 1, Interrupted: true}}, exitInterrupted},
	} {
		c.s.options, c.s.stderr = &scanOptions{format: "text"}, io.Discard
		have, _ := c.s.status().(exit)
		if have != c.want {
			t.Errorf("%v, want %v", have, c.want)
		}
	}
}
