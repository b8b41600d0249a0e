package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seed adds the files of testdata folders.
func seed(f *testing.F, folders ...string) {
	f.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("testdata", folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || d.Name() == "want.txt" || d.Type()&os.ModeSymlink != 0 {
				return err
			}
			data, err := os.ReadFile(path)
			f.Add(data)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
}

// fuzz runs one reader and then all that follows, and checks what must hold of
// any input: nothing is taken for clean that was not read, and nothing goes
// out that a terminal would obey.
func fuzz(f *testing.F, read func(a *auditor, data []byte)) {
	f.Fuzz(func(t *testing.T, data []byte) {
		a := newAuditor(options())
		read(a, data)
		a.finish()
		r := a.report
		if r.Records == 0 && len(r.Errors) == 0 && len(r.Findings) == 0 {
			t.Errorf("nothing read, and nothing said about it: %q", data)
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
		out.Reset()
		if err := WriteJSONL(&out, r); err != nil {
			t.Fatal(err)
		}
		if _, err := ParseState("x", out.Bytes()); err != nil {
			t.Errorf("the report cannot be read back: %v", err)
		}
	})
}

func FuzzSniff(f *testing.F) {
	seed(f, ".")
	fuzz(f, func(a *auditor, data []byte) { a.bytes("file", data) })
}

func FuzzTable(f *testing.F) {
	seed(f, "exchange-mailboxes", "exchange-inbox-rules", "gam", "transport", "tenant", "unified-audit-log")
	fuzz(f, func(a *auditor, data []byte) {
		if !a.table("file", data) {
			a.fail(place{}, "no table")
		}
	})
}

func FuzzList(f *testing.F) {
	seed(f, "listing")
	fuzz(f, func(a *auditor, data []byte) {
		if !a.formatList("file", string(data)) {
			a.fail(place{}, "no listing")
		}
	})
}

func FuzzJSON(f *testing.F) {
	seed(f, "graph", "gmail", "google-audit", "unified-audit-log")
	fuzz(f, func(a *auditor, data []byte) { a.json("file", bytes.NewReader(data)) })
}

func FuzzSieve(f *testing.F) {
	seed(f, "sieve", "dovecot")
	fuzz(f, func(a *auditor, data []byte) { a.sieve("file", string(data)) })
}

func FuzzAliases(f *testing.F) {
	seed(f, "aliases")
	fuzz(f, func(a *auditor, data []byte) { a.aliases("file", string(data)) })
}

func FuzzVirtual(f *testing.F) {
	seed(f, "virtual")
	fuzz(f, func(a *auditor, data []byte) { a.virtual("file", string(data)) })
}

func FuzzForward(f *testing.F) {
	seed(f, "forward")
	fuzz(f, func(a *auditor, data []byte) { a.forwardFile("file", string(data)) })
}

func FuzzProcmail(f *testing.F) {
	seed(f, "procmail")
	fuzz(f, func(a *auditor, data []byte) { a.procmail("file", string(data)) })
}

func FuzzMembers(f *testing.F) {
	seed(f, "members")
	fuzz(f, func(a *auditor, data []byte) { a.members("file", string(data)) })
}

func FuzzBaseline(f *testing.F) {
	f.Add([]byte("approved:\n- {mailbox: a@corp.example, target: b@partner.example, reason: x, until: 2027-01-01}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := ParseBaseline("file", data); err == nil {
			b.approves(today, "a@corp.example", "b@partner.example")
		}
	})
}

func FuzzPathMailbox(f *testing.F) {
	f.Add("/var/vmail/corp.example/hanako/sieve/x.sieve")
	f.Add("../home/hanako/.forward")
	f.Fuzz(func(t *testing.T, path string) { pathMailbox(path) })
}
