//go:build e2e

// Package e2e holds the tests that need real programs beside maillint.
package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"maillint/internal/mailtest"
	"maillint/message"
)

// seen is what another reader sees in a message.
type seen struct {
	Path   string
	To, Cc []string
	Names  []string
	Leaves int
}

// Whatever Python's email package sees of a message, maillint must see too: a
// recipient or a file that another reader shows and we do not is a way past
// every rule. Set MAILLINT_MAIL to a folder to compare on mail of your own.
func TestNothingThatPythonSeesIsMissed(t *testing.T) {
	python := mailtest.Need(t, "python3")
	files := mail(t, "../../corpus")
	if dir := os.Getenv("MAILLINT_MAIL"); dir != "" {
		files = append(files, mail(t, dir)...)
	}
	if len(files) < 50 {
		t.Fatalf("only %d messages to compare", len(files))
	}
	cmd := exec.Command(python, "testdata/reader.py")
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	n := 0
	for ; lines.Scan(); n++ {
		var theirs seen
		if err := json.Unmarshal(lines.Bytes(), &theirs); err != nil {
			t.Fatal(err)
		}
		compare(t, theirs)
	}
	if n != len(files) {
		t.Errorf("%d of %d messages compared", n, len(files))
	}
}

func compare(t *testing.T, theirs seen) {
	raw, err := os.ReadFile(theirs.Path)
	if err != nil {
		t.Fatal(err)
	}
	m := message.Parse(raw)
	if notWhole(m) {
		return
	}
	var ours []string
	for _, name := range []string{"To", "Cc"} {
		for _, a := range m.Addresses(name) {
			ours = append(ours, strings.ToLower(a.Local+"@"+a.Domain), strings.ToLower(a.String()), strings.ToLower(a.Local+"@"+a.Unicode()))
		}
	}
	for _, a := range append(theirs.To, theirs.Cc...) {
		if !slices.Contains(ours, a) && plausible(a) && m.Count(message.OddAddress, "To")+m.Count(message.OddAddress, "Cc")+m.Count(message.OddAddress, "CC") == 0 {
			t.Errorf("%s: recipient %q is seen by Python alone; defects %v", theirs.Path, a, m.Defects)
		}
	}
	var names []string
	leaves := 0
	for _, p := range m.Parts {
		names = append(names, p.Names...)
		if !p.Container() {
			leaves++
		}
	}
	for _, n := range theirs.Names {
		if !slices.ContainsFunc(names, func(s string) bool { return squash(s) == squash(fromJIS(n)) }) && !strings.Contains(n, "\ufffd") {
			t.Errorf("%s: file %q is seen by Python alone (ours %q)", theirs.Path, n, names)
		}
	}
	if leaves < theirs.Leaves {
		t.Errorf("%s: %d parts, Python sees %d; defects %v", theirs.Path, leaves, theirs.Leaves, m.Defects)
	}
}

// notWhole: the message itself is found to hold what was not read, which
// malformed-message reports as grave.
func notWhole(m *message.Message) bool {
	return slices.ContainsFunc(m.Defects, func(d message.Defect) bool {
		return strings.HasPrefix(string(d.Kind), "limit-") || d.Kind == message.PartsOutside
	})
}

// plausible: one @, with a domain that has a dot and nothing odd around.
func plausible(a string) bool {
	local, domain, ok := strings.Cut(a, "@")
	return ok && local != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(a, "\"<>()[]\\ ,;:?\ufffd") && !strings.Contains(domain, "@")
}

// fromJIS decodes a name in raw ISO-2022-JP, which Python leaves as it stands.
func fromJIS(s string) string {
	if !strings.Contains(s, "\x1b$") {
		return s
	}
	if text, err := japanese.ISO2022JP.NewDecoder().String(s); err == nil {
		return text
	}
	return s
}

// squash leaves out the blanks, which readers fold differently.
func squash(s string) string { return strings.Join(strings.Fields(s), "") }

// mail lists the messages below a folder.
func mail(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (dir != "../../corpus" || filepath.Ext(path) == ".eml") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
