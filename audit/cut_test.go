package audit

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// Half an export is never clean, wherever it is cut: each of these holds one
// record, which forwards.
func TestCutAnywhere(t *testing.T) {
	log := `{""Operation"":""New-InboxRule"",""UserId"":""h@corp.example"",""Workload"":""Exchange"",""Parameters"":[{""Name"":""ForwardTo"",""Value"":""drop@evil.test""}]}`
	for name, text := range map[string]string{
		"mailboxes.csv": header + "a@corp.example,,smtp:x@evil.test,False\r\n",
		"type.csv":      "#TYPE Selected.Mailbox\r\n" + header + "a@corp.example,,smtp:x@evil.test,False\r\n",
		"japanese.csv":  "表示名," + header + "花子,a@corp.example,,smtp:x@evil.test,False\r\n",
		"rules.csv":     "Identity,Name,Enabled,ForwardTo,RedirectTo,DeleteMessage\r\n花子\\1,.,True,\"\"\"ドロップ\"\" [SMTP:x@evil.test]\",,True\r\n",
		"log.csv":       "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n1,2026-11-01T00:00:00,1,New-InboxRule,h@corp.example,\"" + log + "\"\r\n",
		"gam.csv":       "User,forwardEnabled,forwardTo,disposition\nh@corp.example,True,x@evil.test,trash\n",
		"graph.json":    `{"value":[{"id":"A","displayName":".","sequence":1,"isEnabled":true,"conditions":{"subjectContains":["請求"]},"actions":{"forwardTo":[{"emailAddress":{"address":"x@evil.test"}}]}}]}`,
		"mailbox.json":  `[{"UserPrincipalName":"a@corp.example","ForwardingAddress":null,"ForwardingSmtpAddress":"smtp:x@evil.test","DeliverToMailboxAndForward":false}]`,
		"google.json":   `{"id":{"applicationName":"user_accounts"},"actor":{"email":"h@corp.example"},"events":[{"type":"email_forwarding_change","name":"email_forwarding_out_of_domain","parameters":[{"name":"email_forwarding_destination_address","value":"x@evil.test"}]}]}`,
		"filters.json":  `{"filter":[{"id":"1","criteria":{"subject":"invoice"},"action":{"forward":"x@evil.test"}}]}`,
	} {
		for n := range len(text) {
			cutClean(t, name, []byte(text[:n]))
		}
		wide := utf16LE("\ufeff" + text)
		for n := 0; n < len(wide); n += 3 {
			cutClean(t, name, wide[:n])
		}
	}
}

func cutClean(t *testing.T, name string, data []byte) {
	t.Helper()
	a := newAuditor(options())
	a.report.Files++
	a.bytes(name, data)
	a.finish()
	if worst, found := a.report.Worst(); a.report.exit(2) == ExitClean && (!found || worst < 1) && !noted(a.report) {
		t.Errorf("%s, cut at %d: clean\n%q", name, len(data), data[max(0, len(data)-60):])
	}
}

// noted: a cut in the last cell looks like a shorter cell, and is said.
func noted(r *Report) bool {
	for _, w := range r.Warnings {
		if w.Text == cutOff {
			return true
		}
	}
	return false
}

func utf16LE(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// What is cut inside an instruction is said, in files of lines.
func TestCutLines(t *testing.T) {
	for name, text := range map[string]string{
		"procmailrc":           ":0 c\n! ",
		"procmailrc2":          ":0\n* ^Subject: x\n|",
		"procmailrc3":          ":0 c\n! drop@",
		"home/hanako/.forward": "\\hanako, ",
		"virtual.pcre":         "/^(.*)@corp\\.exam",
		"x.filter":             "# Exim filter\ndeliver ",
		"x2.filter":            "# Exim filter\n",
		"home/taro/.qmail":     "&drop@",
		"x.sieve":              "require \"copy\";",
	} {
		if r := runText(t, name, text); r.exit(1) == ExitClean {
			t.Errorf("%s is clean:\n%s", name, lines(r))
		}
	}
	r := runText(t, "home/goro/.forward", "# comment\ndrop@evil.test (Goro)\n")
	if len(r.Errors) > 0 || len(r.Findings) == 0 || !strings.Contains(lines(r), "drop@evil.test") {
		t.Errorf("an address with a comment: %s", lines(r))
	}
}
