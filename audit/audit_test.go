package audit

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/lint"
)

var update = flag.Bool("update", false, "rewrite the want files of testdata")

// today is the day of all tests.
var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func ours(domain string) bool {
	return domain == "corp.example" || strings.HasSuffix(domain, ".corp.example") || domain == "univ.example" || domain == "daigaku.example"
}

func lookalikes(domain string) (string, bool) {
	known := map[string]string{"gmai.com": "gmail.com", "docomo.ne.jpp": "docomo.ne.jp"}
	s, ok := known[domain]
	return s, ok
}

func options() Options { return Options{Internal: ours, Lookalike: lookalikes, Now: today} }

func run(t *testing.T, paths ...string) *Report {
	t.Helper()
	r, err := Forwards(paths, options())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// runText audits one file that is made for a test.
func runText(t *testing.T, name, text string) *Report {
	t.Helper()
	return run(t, write(t, name, text))
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lines shows a report, one line a finding, error and warning.
func lines(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s:%d:%d %s %s %s -> %s\n", f.Path, f.Line, f.Record, f.Severity, f.Rule, f.Mailbox, f.Target)
	}
	for _, p := range r.Errors {
		fmt.Fprintf(&b, "%s:%d:%d error %s\n", p.Path, p.Line, p.Record, p.Text)
	}
	for _, p := range r.Warnings {
		fmt.Fprintf(&b, "%s:%d:%d note %s\n", p.Path, p.Line, p.Record, p.Text)
	}
	fmt.Fprintf(&b, "%d records, %d mailboxes, %d rules, %d unparsed\n", r.Records, r.Mailboxes, r.Rules, r.Unparsed)
	return b.String()
}

// TestExports reads every file of testdata by itself: clean ones give nothing
// from warning on, bad ones give something, broken ones an error or a warning;
// and all of them give what their folder's want file says.
func TestExports(t *testing.T) {
	folders, _ := filepath.Glob("testdata/*")
	for _, folder := range folders {
		if base := filepath.Base(folder); base == "fuzz" || base == "addresses" || strings.HasPrefix(base, "dovecot") {
			continue
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, e := range entries {
				if e.Name() == "want.txt" {
					continue
				}
				r := run(t, filepath.ToSlash(filepath.Join(folder, e.Name())))
				checkKind(t, e.Name(), filepath.Base(folder), r)
				fmt.Fprintf(&got, "== %s\n%s", e.Name(), strings.ReplaceAll(lines(r), filepath.ToSlash(folder)+"/", ""))
			}
			compare(t, filepath.Join(folder, "want.txt"), got.String())
		})
	}
}

func checkKind(t *testing.T, name, folder string, r *Report) {
	t.Helper()
	worst, _ := r.Worst()
	code := r.exit(lint.Warning)
	switch {
	case folder == "broken" && code == ExitClean:
		t.Errorf("%s: taken for clean", name)
	case strings.HasPrefix(name, "clean") && code != ExitClean && name != "clean-ja-norules.json":
		t.Errorf("%s: not clean:\n%s", name, lines(r))
	case strings.HasPrefix(name, "bad") && (worst < lint.Warning || code != ExitFindings):
		t.Errorf("%s: exit %d:\n%s", name, code, lines(r))
	}
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, []byte(got)) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}
