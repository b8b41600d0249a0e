package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maillint/store"
)

// TestSurveyCommands runs every maillint command of docs/forwarding-survey.md
// and of the systemd unit, as they stand there, on an export with a finding.
func TestSurveyCommands(t *testing.T) {
	doc, err := os.ReadFile("../../docs/forwarding-survey.md")
	if err != nil {
		t.Fatal(err)
	}
	unit, err := os.ReadFile("../../contrib/systemd/maillint-audit.service")
	if err != nil {
		t.Fatal(err)
	}
	commands := surveyCommands(string(doc) + "\n" + strings.ReplaceAll(strings.ReplaceAll(string(unit), "$AUDIT_OPTIONS", "--baseline /etc/maillint/approved.yaml"), "ExecStart=/usr/bin/", ""))
	if len(commands) < 7 {
		t.Fatalf("only %d commands: %q", len(commands), commands)
	}
	for _, command := range commands {
		args := strings.Fields(strings.SplitN(command, " > ", 2)[0])[1:]
		t.Run(strings.Join(args, " "), func(t *testing.T) { runSurveyCommand(t, args) })
	}
}

var surveyCommand = regexp.MustCompile(`(?m)^.*?(maillint audit forwards [^\n]*)$`)

// surveyCommands finds them, in blocks and continued over lines.
func surveyCommands(text string) (out []string) {
	text = regexp.MustCompile("\\\\\n\\s*").ReplaceAllString(text, "")
	for _, m := range surveyCommand.FindAllStringSubmatch(text, -1) {
		if strings.Contains(m[1], "/") && !strings.Contains(m[1], "`") {
			out = append(out, m[1])
		}
	}
	return out
}

// runSurveyCommand runs one in a folder that looks like the page's machine.
func runSurveyCommand(t *testing.T, args []string) {
	dir := t.TempDir()
	t.Chdir(dir)
	approved := "approved:\n- {target: hospital.example.jp, reason: part-time post, until: 2999-01-01}\n"
	policy := "version: 1\norganization: {domains: [example.ac.jp]}\n"
	export := "PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward\n" +
		"a@example.ac.jp,,smtp:x@drop.example,True\nb@example.ac.jp,,smtp:x@drop.example,True\nc@example.ac.jp,,smtp:x@drop.example,True\nd@example.ac.jp,,smtp:d@hospital.example.jp,True\n"
	for name, text := range map[string]string{
		"rules.yaml": policy, "approved.yaml": approved, "exports/mailboxes.csv": export, "etc/maillint/rules.yaml": policy, "etc/maillint/approved.yaml": approved,
		"var/lib/maillint/exports/mailboxes.csv": export,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(args, "--remember") { // the proxy has made it
		db, err := store.Open(t.Context(), "sqlite:maillint.db", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
	}
	for i, a := range args {
		for _, root := range []string{"/etc/maillint", "/var/lib/maillint"} {
			if strings.HasPrefix(a, root) {
				args[i] = filepath.Join(dir, a)
			}
		}
	}
	var out, errs bytes.Buffer
	if code := run(args, nil, &out, &errs); code != exitFindings || !strings.Contains(out.String(), "3 mailboxes forward to x@drop.example") {
		t.Errorf("exit %d\n%s%s", code, &out, &errs)
	}
	if strings.Contains(strings.Join(args, " "), "--save") {
		out.Reset()
		if code := run(args, nil, &out, &errs); code != exitFindings || !strings.Contains(out.String(), "1 critical, 0 high, 0 warning, 0 info; 1 approved; since the last audit 3 unchanged and not shown") {
			t.Errorf("the second night: exit %d\n%s%s", code, &out, &errs)
		}
	}
}

// TestSurveyPolicies checks the pieces of policy that the page shows.
func TestSurveyPolicies(t *testing.T) {
	doc, err := os.ReadFile("../../docs/forwarding-survey.md")
	if err != nil {
		t.Fatal(err)
	}
	pieces := regexp.MustCompile("(?s)```yaml\n# rules.yaml\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(pieces) != 2 {
		t.Fatalf("%d pieces of policy", len(pieces))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "blocked.txt"), []byte("x@drop.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range pieces {
		path := filepath.Join(dir, "rules.yaml")
		if err := os.WriteFile(path, []byte("version: 1\norganization: {domains: [example.ac.jp]}\n"+p[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if code := run([]string{"check", path}, nil, &out, &out); code != exitClean {
			t.Errorf("exit %d: %s\n%s", code, &out, p[1])
		}
	}
}
