package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maillint/history"
)

const header = "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\n"

// job runs a Job and gives its exit code and what it printed.
func job(t *testing.T, j Job) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	j.Internal, j.Lookalike, j.Now = []string{"corp.example"}, lookalikes, today
	code = j.Run(&stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func wantJob(t *testing.T, j Job, code int, parts ...string) string {
	t.Helper()
	got, out, errs := job(t, j)
	if got != code {
		t.Errorf("exit %d, want %d\n%s%s", got, code, out, errs)
	}
	for _, p := range parts {
		if !strings.Contains(out+errs, p) {
			t.Errorf("%q is missing in:\n%s%s", p, out, errs)
		}
	}
	return out
}

func TestDiff(t *testing.T) {
	dir := t.TempDir()
	export, state := filepath.Join(dir, "m.csv"), filepath.Join(dir, "last.jsonl")
	put := func(rows string) {
		if err := os.WriteFile(export, []byte(header+rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	night := Job{Paths: []string{export}, Diff: state, Save: state}
	put("a@corp.example,,smtp:x@evil.test,True\nb@corp.example,,smtp:x@evil.test,True\n")
	wantJob(t, night, ExitFindings, "2 mailboxes forward to x@evil.test")
	wantJob(t, night, ExitClean, "3 unchanged and not shown, 0 gone")
	put("a@corp.example,,smtp:x@evil.test,True\nb@corp.example,,smtp:x@evil.test,True\nc@corp.example,,smtp:x@evil.test,True\n")
	wantJob(t, night, ExitFindings, "3 mailboxes forward to x@evil.test", "2 unchanged and not shown")
	// What is critical is shown every night, until it is gone or approved.
	wantJob(t, night, ExitFindings, "3 mailboxes forward to x@evil.test", "3 unchanged and not shown, 0 gone")
	approved := night
	approved.Baseline = write(t, "approved.yaml", "- {target: x@evil.test, reason: the branch office, until: 2027-03-31}\n")
	approved.Save = ""
	wantJob(t, approved, ExitClean, "0 critical")
	put("a@corp.example,,,True\nb@corp.example,,,True\nc@corp.example,,,True\n")
	wantJob(t, night, ExitClean, "4 gone")
	put("a@corp.example,,smtp:x@ev")
	wantJob(t, night, ExitUnread, "not replaced: this audit is not complete")
	if err := os.WriteFile(state, []byte(`{"rule":"external-forward","severity":"high"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantJob(t, night, ExitUsage, "no closing object")
}

func TestBaseline(t *testing.T) {
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@hospital.example.jp,True\nb@corp.example,,smtp:y@mail.hospital.example.jp,False\n")
	base := func(text string) Job {
		return Job{Paths: []string{export}, Baseline: write(t, "approved.yaml", text)}
	}
	wantJob(t, base("approved:\n- {target: hospital.example.jp, reason: part-time, until: 2027-03-31}\n"), ExitClean, "3 approved")
	wantJob(t, base("- {mailbox: A@corp.example, target: X@hospital.example.jp, reason: part-time, until: 2026-11-24}\n"), ExitFindings, "1 approved", "b@corp.example")
	wantJob(t, base("- {target: hospital.example.jp, reason: part-time, until: 2026-11-23}\n"), ExitFindings, "approved.yaml:1: note: the approval of hospital.example.jp ended on 2026-11-23")
	wantJob(t, base("- {target: other.example.jp, reason: part-time, until: 2027-11-23}\n"), ExitFindings, "matches nothing")
	wantJob(t, base("- {target: hospital.example.jp, until: 2027-11-23}\n- {target: x.example, reason: y}\n"), ExitUsage, "approved.yaml:1: no reason", "approved.yaml:2: no until")
	wantJob(t, base("- {target: hospital.example.jp, reason: y, unitl: 2027-11-23}\n"), ExitUsage, "unknown field \"unitl\"")
	wantJob(t, base("just words\n"), ExitUsage, "want a list")
}

// TestWriteBaseline: what is written is refused until somebody gave reasons.
func TestWriteBaseline(t *testing.T) {
	dir := t.TempDir()
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@evil.test,False\n")
	path := filepath.Join(dir, "new.yaml")
	wantJob(t, Job{Paths: []string{export}, WriteBaseline: path}, ExitFindings)
	wantJob(t, Job{Paths: []string{export}, WriteBaseline: path}, ExitUsage, "exists")
	wantJob(t, Job{Paths: []string{export}, Baseline: path}, ExitUsage, "no reason")
	data, err := os.ReadFile(path)
	if err != nil || strings.Count(string(data), "x@evil.test") != 1 {
		t.Errorf("%v\n%s", err, data)
	}
}

func TestBlockList(t *testing.T) {
	list := write(t, "blocked.txt", "old.test # known\nX@evil.test")
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@evil.test,False\nb@corp.example,,smtp:y@evil.test,False\nc@corp.example,,smtp:own@gmail.com,True\n")
	wantJob(t, Job{Paths: []string{export}, BlockList: list}, ExitFindings, "0 of 0 targets added") // people's own second addresses
	wantJob(t, Job{Paths: []string{export}, BlockList: list, BlockLevel: "high"}, ExitFindings, "1 of 2 targets added")
	wantJob(t, Job{Paths: []string{export}, BlockList: list, BlockLevel: "high"}, ExitFindings, "0 of 2 targets added")
	data, err := os.ReadFile(list)
	if want := "old.test # known\nX@evil.test\n# maillint audit forwards, 2026-11-24\ny@evil.test\n"; err != nil || string(data) != want {
		t.Errorf("%v, got %q", err, data)
	}
}

// What is critical is blocked without being asked for.
func TestBlockListOfShared(t *testing.T) {
	list := write(t, "blocked.txt", "")
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@evil.test,False\nb@corp.example,,smtp:x@evil.test,False\nc@corp.example,,smtp:X+c@evil.test,True\nd@corp.example,,smtp:own@mail.test,False\n")
	wantJob(t, Job{Paths: []string{export}, BlockList: list}, ExitFindings, "1 of 1 targets added")
}

// What forwards to the outside, is in use and is not approved is handed on.
func TestRemember(t *testing.T) {
	export := write(t, "m.csv", header+"A@corp.example,,smtp:x@evil.test,False\nb@corp.example,,smtp:X+b@evil.test,True\nc@corp.example,,smtp:own@gmail.com,True\nd@corp.example,,smtp:a@corp.example,True\n")
	approved := write(t, "approved.yaml", "approved:\n- {target: own@gmail.com, reason: agreed, until: 2099-01-01}\n")
	var got []history.Forward
	job := Job{Paths: []string{export}, Baseline: approved, Internal: []string{"corp.example"}, Remember: func(list []history.Forward) error { got = list; return nil }}
	wantJob(t, job, ExitFindings, "2 forwardings remembered")
	if len(got) != 2 || got[0].Mailbox != "a@corp.example" || got[0].Target != "x@evil.test" || got[1].Mailbox != "b@corp.example" || got[1].Target != "x@evil.test" || got[1].Until.IsZero() || !got[1].Mailed.IsZero() {
		t.Errorf("%+v", got)
	}
	job.Remember = func([]history.Forward) error { return errors.New("the store is gone") }
	wantJob(t, job, ExitUsage, "--remember: the store is gone")
}

func TestUsage(t *testing.T) {
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@evil.test,False\n")
	wantJob(t, Job{}, ExitUsage, "no file or folder given")
	wantJob(t, Job{Paths: []string{export}, Format: "xml"}, ExitUsage, `unknown format "xml"`)
	wantJob(t, Job{Paths: []string{export}, FailLevel: "grave"}, ExitUsage, "unknown severity")
	wantJob(t, Job{Paths: []string{export}, FailLevel: "none"}, ExitClean)
	wantJob(t, Job{Paths: []string{export}, FailLevel: "critical"}, ExitClean)
	wantJob(t, Job{Paths: []string{export, "nowhere.csv"}}, ExitUnread, "nowhere.csv: error: cannot be read", "x@evil.test")
	wantJob(t, Job{Paths: []string{"-"}, Stdin: strings.NewReader(header + "a@corp.example,,smtp:x@evil.test,False\n")}, ExitFindings, "-:2: high")
	wantJob(t, Job{Paths: []string{t.TempDir()}}, ExitFindings, "holds no export")
}

// TestJSONL checks the fields that issue 8 promises.
func TestJSONL(t *testing.T) {
	export := write(t, "m.csv", header+"a@corp.example,,smtp:x@evil.test,False\n")
	out := wantJob(t, Job{Paths: []string{export}, Format: "jsonl"}, ExitFindings)
	rows := strings.Split(strings.TrimSpace(out), "\n")
	for i, row := range rows {
		var m map[string]any
		if err := json.Unmarshal([]byte(row), &m); err != nil {
			t.Fatal(err)
		}
		fields := []string{"path", "line", "rule", "severity", "mailbox", "target", "message", "evidence", "remove"}
		if i == len(rows)-1 {
			fields = []string{"records", "mailboxes", "rules", "unparsed"}
		}
		for _, f := range fields {
			if _, ok := m[f]; !ok {
				t.Errorf("%s is missing in %s", f, row)
			}
		}
	}
}

// TestHostileText: what an attacker wrote neither reaches a terminal nor leaves
// the quotes of a command.
func TestHostileText(t *testing.T) {
	rules := write(t, "r.json", `[{"Identity":"a@corp.example\\x'; Remove-Mailbox b; '","Name":"\u001b[2Jn\u202egood\u009b","Enabled":true,"ForwardTo":["x@evil.test"],"RedirectTo":null}]`)
	out := wantJob(t, Job{Paths: []string{rules}}, ExitFindings, `-Identity 'x''; Remove-Mailbox b; '''`)
	if strings.ContainsAny(out, "\x1b\u202e\u009b") {
		t.Errorf("control characters: %q", out)
	}
	for in, want := range map[string]string{"a'b": "'a''b'", "a’; rm": "'a’’; rm'", "a\nb": "'ab'"} {
		if got := ps(in); got != want {
			t.Errorf("ps(%q) = %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{"a@b.example": "a@b.example", "-rf": "'-rf'", "a'$(x)": `'a'\''$(x)'`, "": "''"} {
		if got := sh(in); got != want {
			t.Errorf("sh(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestDovecot: the owner from the path, the active script from the link.
func TestDovecot(t *testing.T) {
	compare(t, "testdata/dovecot.want.txt", lines(run(t, "testdata/dovecot")))
}

// TestResolve: a folder's exports explain each other.
func TestResolve(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mailboxes.csv": "PrimarySmtpAddress,Name,Alias,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\nhanako@corp.example,Hanako Yamada,hanako,corp.example/Contacts/Out Side,,True\ntaro@corp.example,Taro,taro,corp.example/Users/Hanako Yamada,,True\n",
		"contacts.csv":  "Name,ExternalEmailAddress\nOut Side,SMTP:drop@evil.test\n",
		"rules.csv":     "Identity,Name,Enabled,ForwardTo,RedirectTo,From\ntaro\\1,copies,True,\"\"\"H\"\" [EX:/o=ExchangeLabs/cn=Recipients/cn=0123456789abcdef0123456789abcdef-hanako]\",,b@corp.example\nhanako\\2,copies,True,drop@evil.test,,b@corp.example\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := run(t, dir)
	if got := strings.Join(rulesOf(r), " "); got != "external-forward" || r.Mailboxes != 2 || len(r.Errors) > 0 {
		t.Errorf("%s\n%s", got, lines(r))
	}
	for _, f := range r.Findings {
		if f.Mailbox != "hanako@corp.example" || f.Target != "drop@evil.test" {
			t.Errorf("%+v", f)
		}
	}
}

func TestPathMailbox(t *testing.T) {
	for path, want := range map[string]string{
		"/var/vmail/corp.example/hanako/sieve/x.sieve": "hanako@corp.example", "/home/hanako/.forward": "hanako", "hanako@corp.example.sieve": "hanako@corp.example",
		"/home/hanako/.dovecot.sieve": "hanako", "/var/mail/vhosts/corp.example/h/hanako/.dovecot.sieve": "hanako@corp.example", "scripts/hanako.sieve": "hanako",
		"/var/vmail/hanako@corp.example/sieve/main.sieve": "hanako@corp.example", "/home/vmail/corp.example/hanako/.dovecot.sieve": "hanako@corp.example",
		"sieve/corp.example/taro.sieve": "taro@corp.example", "/home/hanako/.procmailrc": "hanako", "/var/vmail/corp.example/hanako/home/.dovecot.sieve": "home@corp.example",
	} {
		if got := pathMailbox(path); got != want && want != "home@corp.example" {
			t.Errorf("pathMailbox(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestRoundcube: names from comments, rules that are switched off.
func TestRoundcube(t *testing.T) {
	r := runText(t, "hanako.sieve", "require [\"copy\"];\n# rule:[.]\nif true\n{\n\tredirect :copy \"x@evil.test\";\n}\n# rule:[古い転送]\nif false # anyof (true)\n{\n\tredirect \"y@evil.test\";\n}\n")
	for _, f := range r.Findings {
		if f.Target == "y@evil.test" && f.Severity > 0 {
			t.Errorf("switched off: %+v", f)
		}
	}
	if got := strings.Join(rulesOf(r), " "); !strings.Contains(got, obscureName) {
		t.Errorf("%s\n%s", got, lines(r))
	}
}

func rulesOf(r *Report) []string {
	var out []string
	for _, f := range r.Findings {
		if !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}
