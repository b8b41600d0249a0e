package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maillint/lint"
	"maillint/lookalike"
)

func addresses(t *testing.T, paths ...string) *Report {
	t.Helper()
	r, err := Addresses(paths, Options{Now: today})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// bookLines shows a report on addresses, one line a finding, error and note.
func bookLines(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%d %s %s %s -> %s\n", f.Line, f.Severity, f.Rule, f.Mailbox, f.Suggest)
	}
	for _, p := range r.Errors {
		fmt.Fprintf(&b, "%d error %s\n", p.Line, p.Text)
	}
	for _, p := range r.Warnings {
		fmt.Fprintf(&b, "%d note %s\n", p.Line, p.Text)
	}
	fmt.Fprintf(&b, "%d records, %d addresses, %d unparsed\n", r.Records, r.Mailboxes, r.Unparsed)
	return b.String()
}

// TestAddressBooks reads every file by itself: clean ones are clean, bad ones
// have a finding and were read whole, broken ones are never clean; and all give
// what their folder's want file says.
func TestAddressBooks(t *testing.T) {
	codes := map[string]int{"clean": ExitClean, "bad": ExitFindings}
	for _, folder := range []string{"clean", "bad", "broken"} {
		var got strings.Builder
		entries, err := os.ReadDir(filepath.Join("testdata/addresses", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			r := addresses(t, filepath.Join("testdata/addresses", folder, e.Name()))
			code := r.exit(lint.Warning)
			if want, ok := codes[folder]; ok && code != want || code == ExitClean && folder == "broken" {
				t.Errorf("%s: exit %d:\n%s", e.Name(), code, bookLines(r))
			}
			fmt.Fprintf(&got, "== %s\n%s", e.Name(), bookLines(r))
		}
		compare(t, filepath.Join("testdata/addresses", folder+".want.txt"), got.String())
	}
}

func TestAddressesOfFolder(t *testing.T) {
	r := addresses(t, "testdata/addresses/clean", "testdata/addresses/nowhere.csv")
	if len(r.Errors) != 1 || r.Files < 5 {
		t.Errorf("%d files:\n%s", r.Files, bookLines(r))
	}
	if _, err := Addresses(nil, Options{}); err != ErrNoPath {
		t.Errorf("no path: %v", err)
	}
}

func TestSplitAddresses(t *testing.T) {
	for cell, want := range map[string]string{
		"a@x.jp":                          "a@x.jp",
		"a@x.jp, b@y.jp,":                 "a@x.jp|b@y.jp",
		"a@x.jp ::: b@y.jp":               "a@x.jp|b@y.jp",
		"a@x.jp;b@y.jp\nc@z.jp":           "a@x.jp|b@y.jp|c@z.jp",
		`"Doe, Carl" <c@x.jp>, d@x.jp`:    "c@x.jp|d@x.jp",
		"SMTP:a@x.jp;SIP:b@x.jp;X500:/o=": "a@x.jp",
		`"Taro" [SMTP:t@x.jp]`:            "t@x.jp",
		"mailto:a@x.jp?subject=x":         "a@x.jp",
		"山田 太郎＜t@x.jp＞":                   "t@x.jp",
		"taro＠ｘ.jp":                       "taro@ｘ.jp",
		`"a b"@x.jp`:                      `"a b"@x.jp`,
		"'a@x.jp'":                        "a@x.jp",
	} {
		var got []string
		for _, part := range splitAddresses(cell) {
			if local, domain, ok := splitAddress(bare(part)); ok && !otherScheme(bare(part)) {
				got = append(got, local+"@"+domain)
			}
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q: got %q, want %q", cell, s, want)
		}
	}
}

// testIndex knows the shipped providers.
var testIndex = lookalike.New(lookalike.Default(), lookalike.Options{})

// fuzzBook runs one reader of addresses, and checks what must hold of any input:
// a finding names a line of the file and what was meant, what could not be read
// is an error, and nothing goes out that a terminal would obey.
func fuzzBook(f *testing.F, read func(b *bookFile, data []byte)) {
	f.Fuzz(func(t *testing.T, data []byte) {
		a := newAuditor(Options{Index: testIndex})
		read(&bookFile{auditor: a, path: "file", seen: map[string]bool{}}, data)
		a.finishAddresses()
		checkBook(t, a.report, data)
	})
}

func checkBook(t *testing.T, r *Report, data []byte) {
	t.Helper()
	lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
	for _, f := range r.Findings {
		if f.Rule == mistypedDomain && (f.Line < 1 || f.Line > lines || f.Suggest == "") {
			t.Errorf("line %d of %d: %q: %q", f.Line, lines, f.Mailbox, f.Suggest)
		}
	}
	if r.Unparsed > 0 && len(r.Errors) == 0 {
		t.Error("records not read, and no error")
	}
	var out bytes.Buffer
	if err := WriteText(&out, r); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(strings.ReplaceAll(out.String(), "\n", ""), unseen); i >= 0 {
		t.Errorf("control character in the report: %q", out.String()[max(0, i-20):])
	}
}

func FuzzAddresses(f *testing.F) {
	seed(f, "addresses", "members", "aliases")
	f.Fuzz(func(t *testing.T, data []byte) {
		a := newAuditor(Options{Index: testIndex})
		a.sniffer = a.sniffAddresses
		a.bytes("file", data)
		a.finishAddresses()
		r := a.report
		if r.Mailboxes == 0 && len(r.Errors) == 0 && len(r.Findings) == 0 {
			t.Errorf("no address read, and nothing said about it: %q", data)
		}
		var out bytes.Buffer
		if err := WriteText(&out, r); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(strings.ReplaceAll(out.String(), "\n", ""), unseen); i >= 0 {
			t.Errorf("control character in the report: %q", out.String()[max(0, i-20):])
		}
	})
}

func FuzzCards(f *testing.F) {
	seed(f, "addresses")
	fuzzBook(f, func(b *bookFile, data []byte) { b.cards(string(data)) })
}

func FuzzLDIF(f *testing.F) {
	seed(f, "addresses")
	fuzzBook(f, func(b *bookFile, data []byte) { b.ldif(string(data)) })
}

func FuzzAddressTable(f *testing.F) {
	seed(f, "addresses")
	fuzzBook(f, func(b *bookFile, data []byte) { b.table(data) })
}

func FuzzAddressJSON(f *testing.F) {
	seed(f, "addresses")
	fuzzBook(f, func(b *bookFile, data []byte) { b.json(data) })
}

func FuzzAddressLines(f *testing.F) {
	seed(f, "addresses", "members")
	fuzzBook(f, func(b *bookFile, data []byte) { b.lines(string(data), false) })
}

func FuzzAliasLines(f *testing.F) {
	seed(f, "addresses", "aliases")
	fuzzBook(f, func(b *bookFile, data []byte) { b.lines(string(data), true) })
}

func FuzzScreen(f *testing.F) {
	seed(f, "addresses", "listing")
	fuzzBook(f, func(b *bookFile, data []byte) { b.screen(string(data)) })
}
