package audit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var nameLike = regexp.MustCompile(`^[a-z@][a-z0-9.@-]*$`)

// Every text of the sources that may be a field's name is one that is asked for:
// a field that a reader looks for is never passed over.
func TestAskedNames(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && nameLike.MatchString(s) {
					names = append(names, s)
				}
			}
			return true
		})
	}
	slices.Sort(names)
	want := strings.Join(slices.Compact(names), "\n") + "\n"
	if *update {
		if err := os.WriteFile("asked_names.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != askedText {
		t.Error("asked_names.txt is not up to date: go test ./audit -run TestAskedNames -update")
	}
	for _, name := range []string{"forwardingsmtpaddress", "forwardingaddress", "delivertomailboxandforward", "redirecttorecipients", "primarysmtpaddress"} {
		if !slices.Contains(asked, name) {
			t.Errorf("%s is not asked for", name)
		}
	}
}

// What tells of forwarding is found wherever it stands among other fields, and a
// field that is passed over is looked at for being JSON.
func TestManyFields(t *testing.T) {
	object := func(at int, middle string) string {
		var b bytes.Buffer
		b.WriteString("{")
		for i := range 300 {
			if i == at {
				b.WriteString(middle + ",")
			}
			fmt.Fprintf(&b, `"Custom%d": "a\"\\\u00e9",`, i)
		}
		return b.String() + `"PrimarySmtpAddress": "a@corp.example"}`
	}
	const forwards = `"Forwarding_SmtpAddress": "smtp:drop@evil.test", "ForwardingAddress": null, "DeliverToMailboxAndForward": false`
	for _, at := range []int{0, 59, 60, 61, 299} {
		r := runText(t, "m.json", "["+object(at, forwards)+","+object(at, forwards)+"]")
		if len(r.Errors) > 0 || len(r.Findings) == 0 || r.Findings[0].Target != "drop@evil.test" || r.Findings[0].Rule != withoutCopy {
			t.Errorf("at %d: %.500s", at, lines(r))
		}
	}
	for _, bad := range []string{`"X": "\q"`, `"X": "\u12"`, `"X": tru`, `"X": 1x`, `"X" 1`, `"X": }`} {
		if r := runText(t, "m.json", "["+object(200, forwards+","+bad)+"]"); len(r.Errors) == 0 {
			t.Errorf("%s: %.500s", bad, lines(r))
		}
	}
}
