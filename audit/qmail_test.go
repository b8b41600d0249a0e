package audit

import "testing"

// Whose file it is, from where it lies.
func TestQmailMailbox(t *testing.T) {
	for path, want := range map[string]string{
		"/home/hanako/.qmail":                                "hanako",
		"/home/hanako/.qmail-lists":                          "hanako-lists",
		"/var/qmail/alias/.qmail-sales":                      "sales",
		"/var/qmail/alias/.qmail-a:b":                        "a.b",
		"/var/qmail/alias/.qmail-default":                    "*",
		"/home/vpopmail/domains/corp.example/.qmail-default": "*@corp.example",
		"/home/vpopmail/domains/corp.example/.qmail-info":    "info@corp.example",
		"/home/vpopmail/domains/corp.example/hanako/.qmail":  "hanako@corp.example",
		"hanako@corp.example.qmail":                          "hanako@corp.example",
		"exports/.qmail-sales":                               "exports-sales",
	} {
		if got := qmailMailbox(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// A catch-all of vpopmail is told as one, and names of Zimbra's rules cannot pass
// for other accounts.
func TestQmailCatchAll(t *testing.T) {
	r := runText(t, "domains/corp.example/.qmail-default", "| /home/vpopmail/bin/vdelivermail '' drop@evil.test\n")
	if len(r.Findings) == 0 || r.Findings[0].Rule != catchAll || r.Findings[0].Mailbox != "*@corp.example" {
		t.Errorf("%s", lines(r))
	}
}
