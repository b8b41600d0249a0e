package audit

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hostileNames would each run something where a quote is missing.
var hostileNames = []string{
	"$(touch canary)", "`touch canary`", "'; touch canary; '", "\"; touch canary; \"", "x\ntouch canary\n", "a && touch canary", "|touch canary", "# touch canary",
	"’; touch canary; ’", "‛; touch canary; ‛", "$env:x", "${x}", "-rf", "--", "請求 書", "O'Brien \"Bob\"", "a\u202e\u200bb", "~/x", "*", "%PATH%", "x\x00y", "!x", "{a,b}", "(x)", "<x>",
}

// hostileSettings are settings of every source with such a text everywhere.
func hostileSettings(text string) []*setting {
	var out []*setting
	for _, src := range []source{
		exMailbox, exRule, exContact, exTransport, exJournal, exOutbound, exRemote, graphRule, unifiedLog, gamForward, gamAddress, gamFilter, gamDelegate,
		gmailForward, gmailAddress, gmailFilter, gmailDelegate, googleLog, sieveScript, aliasFile, virtualMap, dotForward, procmailrc, memberList,
	} {
		for _, what := range []string{"inbox rule", "mailbox forwarding", "mailbox access", "send-as address"} {
			s := &setting{place: place{path: text, line: 3}, source: src, mailbox: text, name: text, id: text, what: what}
			hidden, tenant, named := *s, *s, *s
			hidden.hidden, tenant.tenant = true, true
			named.id, named.namesake = "", true
			out = append(out, s, &hidden, &tenant, &named)
		}
	}
	return out
}

var (
	powerShell = regexp.MustCompile(`^(Set|Get|Remove|Disable)-[A-Z]\w+ `)
	psString   = regexp.MustCompile(`'[^'‘’‚‛]*'`)
	shString   = regexp.MustCompile(`'[^']*'|\\'`)
	psSafe     = regexp.MustCompile(`^[\w .,;:|#={}()$?>-]*$`)
)

// TestRemediesArePasted: whatever stands in an export, pasting a command into
// the shell it is for runs nothing else. Of PowerShell the rest outside quotes
// is looked at; the others are given to a real shell.
func TestRemediesArePasted(t *testing.T) {
	dir := t.TempDir()
	for _, program := range []string{"doveadm", "gam", "mv", "vi", "newaliases", "postmap", "sievec", "remove_members", "mailman"} {
		if err := os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	touch, err := exec.LookPath("touch")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(touch, filepath.Join(dir, "touch")); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	said := map[string]bool{}
	for _, name := range hostileNames {
		for _, s := range hostileSettings(name) {
			command := remedy(s, target{raw: name})
			if said[command] {
				continue
			}
			said[command] = true
			if strings.ContainsAny(command, "\n\r\x00") || strings.IndexFunc(command, unseen) >= 0 {
				t.Errorf("%s of %q is not one line that shows: %q", s.source, name, command)
			}
			if powerShell.MatchString(command) {
				rest := strings.ReplaceAll(strings.ReplaceAll(command, "’’", ""), "''", "")
				rest = psString.ReplaceAllString(regexp.MustCompile("[‘‚‛]{2}").ReplaceAllString(rest, ""), "")
				if !psSafe.MatchString(rest) || strings.Contains(rest, "canary") {
					t.Errorf("%s of %q: outside quotes stands %q in %s", s.source, name, rest, command)
				}
				continue
			}
			if strings.HasPrefix(command, "Admin console: ") { // no command, and still quoted
				if rest := shString.ReplaceAllString(command, ""); strings.ContainsAny(rest, "$`;&|'\"") {
					t.Errorf("outside quotes stands %q", rest)
				}
				continue
			}
			script.WriteString(command + "\n")
			script.WriteString("PASTED " + strings.ReplaceAll(command, "#", "") + "\n") // a shell that knows no comments
		}
	}
	script.WriteString("echo the end\n")
	cmd := exec.Command("/bin/sh")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, []string{"PATH=" + dir}, strings.NewReader(script.String())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "the end\n") {
		t.Errorf("the shell could not read them: %v: %.300s", err, out)
	}
	left, err := filepath.Glob(filepath.Join(dir, "canary*"))
	if err != nil || len(left) > 0 {
		t.Errorf("something ran: %v %v", left, err)
	}
}

// TestRemedies: the commands of each platform, as an administrator would write
// them.
func TestRemedies(t *testing.T) {
	rules := rulesHeader + "hanako@corp.example\\17204,請求,True,x@evil.test,\n"
	for _, c := range []struct{ name, text, want string }{
		{"by Identity", rules, "Remove-InboxRule -Mailbox 'hanako@corp.example' -Identity '17204' -Confirm:$false"},
		{"by name", "Mailbox,Name,Enabled,ForwardTo,RedirectTo\nhanako@corp.example,請求 '書',True,x@evil.test,\n", "-Identity '請求 ''書''' -Confirm:$false"},
		{"two of one name", "Mailbox,Name,Enabled,ForwardTo,RedirectTo\nhanako@corp.example,a b,True,x@evil.test,\nhanako@corp.example,A B,True,,hanako@corp.example\n", "Where-Object {$_.Name -eq 'a b'} | Format-List RuleIdentity,ForwardTo,RedirectTo"},
		{"one of each mailbox", "Mailbox,Name,Enabled,ForwardTo,RedirectTo\nhanako@corp.example,a b,True,x@evil.test,\ntaro@corp.example,a b,True,x@evil.test,\n", "Remove-InboxRule -Mailbox 'taro@corp.example' -Identity 'a b' -Confirm:$false"},
		{"a name that does not show", "Mailbox,Name,Enabled,ForwardTo,RedirectTo\nhanako@corp.example,a\u200bb,True,x@evil.test,\n", "remove it by RuleIdentity"},
		{"no owner", "id,from,forward\nA,b@corp.example,x@evil.test\n", "missing column User"},
		{"gam", "User,forwardEnabled,forwardTo,disposition\nhanako@corp.example,True,x@evil.test,trash\n", "gam user hanako@corp.example forward off && gam user hanako@corp.example delete forwardingaddresses x@evil.test"},
		{"gam filter", "User,id,from,forward\nhanako@corp.example,ANe1,b@corp.example,forward x@evil.test\n", "gam user hanako@corp.example delete filters ANe1"},
		{"aliases", "hanako: x@evil.test\n", "aliases && newaliases  # take out x@evil.test"},
		{"sieve", "redirect \"x@evil.test\";\n", "# then take x@evil.test out of line 1 and compile it: ${EDITOR:-vi} +1 "},
	} {
		path := write(t, cmp.Or(map[string]string{"aliases": "aliases", "sieve": "hanako.sieve"}[c.name], "export.csv"), c.text)
		_, out, errs := job(t, Job{Paths: []string{path}})
		if !strings.Contains(out+errs, c.want) {
			t.Errorf("%s: %q is missing in\n%s", c.name, c.want, out)
		}
	}
}

const rulesHeader = "Identity,Name,Enabled,ForwardTo,RedirectTo\n"
