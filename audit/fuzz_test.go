package audit

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
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

func FuzzQmail(f *testing.F) {
	seed(f, "qmail")
	fuzz(f, func(a *auditor, data []byte) { a.qmail("home/hanako/.qmail", string(data)) })
}

func FuzzEximFilter(f *testing.F) {
	seed(f, "forward")
	fuzz(f, func(a *auditor, data []byte) { a.eximFilter("file", string(data)) })
}

func FuzzZimbra(f *testing.F) {
	seed(f, "zimbra")
	fuzz(f, func(a *auditor, data []byte) { a.zimbra("file", string(data)) })
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

// FuzzAuditData reads what stands in a cell of the Unified Audit Log.
func FuzzAuditData(f *testing.F) {
	f.Add(`{"Operation":"New-InboxRule","UserId":"a@corp.example","Parameters":[{"Name":"ForwardTo","Value":"x@evil.test"}]}`)
	f.Add(`{"Operation":"UpdateInboxRules","OperationProperties":[{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"x@evil.test\"]}]"},{"Name":"ServerRule","Value":"{\"Actions\":[]}"}]}`)
	f.Add(`{"Operation":"Set-Mailbox","Parameters":"[{\"Name\":\"ForwardingSmtpAddress\"`)
	f.Fuzz(func(t *testing.T, cell string) {
		a := newAuditor(options())
		a.record()
		a.auditRow(record{place: place{path: "log", line: 2}, cols: map[string]int{"auditdata": 0}, row: []string{cell}, warn: a.warn})
		a.finish()
		if !json.Valid([]byte(cell)) && len(a.report.Errors) == 0 && !bracketsOnly(cell) {
			t.Errorf("no JSON, and nothing said: %q", cell)
		}
	})
}

// bracketsOnly: what is wrong lies inside something that nobody looked into.
func bracketsOnly(cell string) bool {
	_, _, err := parseJSON([]byte(cell), 1, newFieldNames(nil))
	return err == nil
}

// FuzzGoogleEvent reads activities of the Reports API and of Cloud Logging.
func FuzzGoogleEvent(f *testing.F) {
	seed(f, "google-audit")
	fuzz(f, func(a *auditor, data []byte) {
		j := append([]byte(`{"actor":{"email":"a@corp.example"},"id":{},"events":[`), data...)
		a.json("file", bytes.NewReader(append(j, "]}"...)))
	})
}

// FuzzEncoding: whatever the bytes, they become UTF-8 or an error, and a
// stream of them is read the same.
func FuzzEncoding(f *testing.F) {
	seed(f, "exchange-mailboxes", "broken")
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := decode(data); err == nil && !utf8.Valid(text) {
			t.Errorf("no UTF-8: %q", text)
		}
		if len(data) > 8 {
			_, _ = streamEncoding(data)
		}
	})
}

// FuzzStream reads as a large file is read.
func FuzzStream(f *testing.F) {
	seed(f, ".")
	fuzz(f, func(a *auditor, data []byte) {
		half := len(data) / 2 &^ 3
		if a.sniffStream("file", data[:half], bytes.NewReader(data[half:])); a.report.Records == 0 && len(a.report.Errors)+len(a.hollow) == 0 {
			a.fail(place{path: "file"}, "nothing in it")
		}
	})
}

// FuzzIncludes reads aliases with the lists that they include.
func FuzzIncludes(f *testing.F) {
	f.Add("staff: :include:/etc/lists/a\n", "x@evil.test\n:include:/etc/lists/b\n", "y@evil.test\n:include:/etc/lists/a\n")
	f.Add("a: :include:a, :include:b\nb: \":include:../b\"\n", "\\hanako, x@evil.test", ":include:b\n")
	f.Fuzz(func(t *testing.T, aliases, one, two string) {
		a := newAuditor(options())
		for path, text := range map[string]string{"etc/aliases": aliases, "etc/lists/a": one, "etc/lists/b": two} {
			a.byBase[filepath.Base(path)] = append(a.byBase[filepath.Base(path)], path)
			a.read = 0
			a.bytes(path, []byte(text))
		}
		a.finish()
	})
}
