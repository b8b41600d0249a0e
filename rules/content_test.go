package rules_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
	"maillint/rules"
)

// fileMail is a message with one file, to an address.
func fileMail(to, name string, data []byte) *message.Message {
	m := message.Parse(fmt.Appendf(nil, "From: a@example.jp\r\nTo: %s\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=\"%s\"\r\n"+
		"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n", to, name, base64.StdEncoding.EncodeToString(data)))
	m.Envelope = m.EnvelopeFromFields()
	return m
}

// judgeFile gives what a rule says about a file: "high: executable".
func judgeFile(t *testing.T, r *lint.Rule, to, name string, data []byte) string {
	t.Helper()
	org, err := lint.NewOrg([]string{"example.jp"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := lint.NewEngine(org, []lint.Entry{{Instance: r.Default()}}).Run(fileMail(to, name, data))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range found {
		out = append(out, f.Severity.String()+": "+f.Message)
	}
	return strings.Join(out, "; ")
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var pairs []string
	for _, name := range names {
		pairs = append(pairs, name, "some words\n")
	}
	return zipWith(t, pairs...)
}

// locked sets the encryption bit of every header of a zip.
func locked(data []byte) []byte {
	out := bytes.Clone(data)
	for i := 0; i+10 < len(out); i++ {
		switch string(out[i : i+4]) {
		case "PK\x03\x04":
			out[i+6] |= 1
		case "PK\x01\x02":
			out[i+8] |= 1
		}
	}
	return out
}

func TestEncryptedArchive(t *testing.T) {
	data := locked(zipOf(t, "a.txt", "b.txt"))
	if got := judgeFile(t, rules.EncryptedArchive, "b@example.com", "a.zip", data); got != "warning: 2 members that only a password opens (ZipCrypto)" {
		t.Errorf("outside: %q", got)
	}
	if got := judgeFile(t, rules.EncryptedArchive, "b@example.jp", "a.zip", data); got != "" {
		t.Errorf("inside: %q", got)
	}
	if got := judgeFile(t, rules.EncryptedArchive, "b@example.com", "a.zip", zipOf(t, "a.txt")); got != "" {
		t.Errorf("open: %q", got)
	}
}

func TestRiskyAttachment(t *testing.T) {
	program := append([]byte("MZ\x90\x00"), make([]byte, 200)...)
	program[60] = 0x80
	copy(program[0x80:], "PE\x00\x00")
	nested := zipOf(t, "a.txt")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"setup.exe", program, "high: executable"},
		{"notes.pdf", program, "high: executable, type differs from the name"},
		{"invoice.pdf.exe", []byte("x"), "high: executable, double extension"},
		{"invoice.pdf   .scr", []byte("x"), "high: executable, double extension"},
		{"invoice.exe. ", []byte("x"), "high: executable"},
		{"photo.jpg", nested, "high: type differs from the name"},
		{"run.bat", []byte("@echo off\r\n"), "high: script"},
		{"tool.zip", zipOf(t, "readme.txt", "bin/tool.vbs"), "high: script (1 file inside)"},
		{"site.zip", zipOf(t, "index.html", "style.css", "app.js"), ""},
		{"lone.zip", zipOf(t, "app.js"), "high: script (1 file inside)"},
		{"up.zip", zipOf(t, "../../evil.txt"), "high: name leads out of the folder (1 file inside)"},
		{"a.zip", nested, ""},
		{"report.docx", []byte("PK\x03\x04"), ""},
		{"page.html", []byte("<html><script>location='https://example.com'</script></html>"), ""},
	} {
		if got := judgeFile(t, rules.RiskyAttachment, "b@example.jp", c.name, c.data); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What nobody looked into is said, and a limit of the policy that is hit is
// never a pass: neither in reading files nor in searching what they hold.
func TestNotInspected(t *testing.T) {
	people := "氏名,電話\n" + peopleCSV(400)
	for _, c := range []struct {
		name, file string
		data       []byte
		limits     content.Budget
		want       []string
	}{
		{"read whole", "a.csv", []byte(people), content.Budget{}, []string{"personal-data: critical: personal data of 400 people"}},
		{"a format that is not read", "a.zst", []byte("\x28\xb5\x2f\xfd\x04\x00\x41\x00\x00abc"), content.Budget{}, []string{"malformed-message: info: not-inspected: 1 file (of a kind that is not looked into)"}},
		{"encrypted is said elsewhere", "a.zip", locked(zipOf(t, "a.csv")), content.Budget{}, []string{"encrypted-archive: warning"}},
		{"text", "a.csv", []byte(people), content.Budget{Text: 600}, []string{"malformed-message: high: limit-file-text", "personal-data: high: not searched to its end"}},
		{"time", "a.csv", []byte(people), content.Budget{Time: 1}, []string{"malformed-message: high: limit-time", "personal-data: high: not searched to its end: the time"}},
		{"files", "a.zip", zipOf(t, "a.txt", "b.txt", "c.txt"), content.Budget{Files: 2}, []string{"malformed-message: high: limit-archive-files"}},
	} {
		org, _ := lint.NewOrg([]string{"example.jp"})
		org = org.With(lint.Known{Files: c.limits})
		var entries []lint.Entry
		for _, r := range []*lint.Rule{rules.PersonalData, rules.EncryptedArchive, rules.MalformedMessage} {
			entries = append(entries, lint.Entry{Instance: r.Default()})
		}
		found, err := lint.NewEngine(org, entries).Run(fileMail("b@example.com", c.file, c.data))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Rule+": "+f.Severity.String()+": "+f.Message)
		}
		slices.Sort(got)
		if len(got) != len(c.want) || !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Why a file was not looked into is said once for each reason, and of an
// encrypted one always: for a key, or by a password where encrypted-archive is
// silent because the message stays inside.
func TestNotInspectedReasons(t *testing.T) {
	key, err := os.ReadFile("../content/testdata/files/key.gpg")
	if err != nil {
		t.Fatal(err)
	}
	zstd := "\x28\xb5\x2f\xfd\x04\x00\x41\x00\x00abc"
	for _, c := range []struct {
		to, name string
		data     []byte
		want     string
	}{
		{"b@example.com", "a.gpg", key, "info: not-inspected: 1 file (encrypted: PGP)"},
		{"b@example.com", "a.zip", zipWith(t, "a.gpg", string(key), "b.zst", zstd, "c.zst", zstd), "info: not-inspected: 3 files (1 encrypted: PGP; 2 of a kind that is not looked into)"},
		{"b@example.com", "a.zip", locked(zipOf(t, "a.csv")), ""},
		{"b@example.jp", "a.zip", locked(zipOf(t, "a.csv")), "info: not-inspected: 1 file (encrypted: ZipCrypto)"},
	} {
		if got := judgeFile(t, rules.MalformedMessage, c.to, c.name, c.data); got != c.want {
			t.Errorf("%s to %s: %q, want %q", c.name, c.to, got, c.want)
		}
	}
}

// A password that wraps inside a cell of a PDF's table is found with its ID.
func TestAccountsInPDF(t *testing.T) {
	data, err := os.ReadFile("../content/testdata/files/accounts.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if got := judgeFile(t, rules.Credentials, "b@example.com", "accounts.pdf", data); got != "high: ID with password (2)" {
		t.Error(got)
	}
}

// zipWith is a zip of files and what is in them.
func zipWith(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		f, err := w.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(pairs[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func peopleCSV(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "佐原 美咲%d,090-5550-%04d\n", i, i)
	}
	return b.String()
}
