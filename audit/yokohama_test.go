package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maillint/lint"
)

// mailboxes writes a Get-Mailbox export of n mailboxes; forward gives the
// forwarding of some, by number.
func mailboxes(n int, forward func(i int) (target string, copies bool)) []byte {
	var b bytes.Buffer
	b.WriteString("\"UserPrincipalName\",\"PrimarySmtpAddress\",\"ForwardingAddress\",\"ForwardingSmtpAddress\",\"DeliverToMailboxAndForward\",\"RecipientTypeDetails\"\r\n")
	for i := range n {
		to, copies := forward(i)
		if to != "" {
			to = "smtp:" + to
		}
		fmt.Fprintf(&b, "\"u%05d@univ.example\",\"u%05d@univ.example\",,\"%s\",\"%t\",\"UserMailbox\"\r\n", i, i, to, copies)
	}
	return b.Bytes()
}

// drops are the attackers' addresses.
var drops = []string{"box1@mailer.test", "box2@mailer.test", "third@elsewhere.test"}

// yokohama is the export of 6,000 mailboxes of which 29 were taken over.
func yokohama() []byte {
	stolen := map[int]string{}
	for k := range 29 {
		stolen[k*200+37] = drops[min(k/12, 2)] // 12, 12 and 5 mailboxes
	}
	return mailboxes(6000, func(i int) (string, bool) {
		if to := stolen[i]; to != "" {
			return to, true
		}
		if i%40 == 0 {
			return fmt.Sprintf("private.%d@gmail.com", i), i%80 == 0
		}
		return "", false
	})
}

// TestYokohama: 29 of 6,000 mailboxes forward to three addresses outside, and
// many others have forwardings of their own, as at any university.
func TestYokohama(t *testing.T) {
	r := runText(t, "mailboxes.csv", string(yokohama()))
	if len(r.Errors) > 0 || r.Records != 6000 || r.Mailboxes != 6000 {
		t.Fatalf("%d records, %d mailboxes, errors %v", r.Records, r.Mailboxes, r.Errors)
	}
	sum := 0
	for i, f := range r.Findings[:3] {
		if f.Rule != sharedTarget || f.Severity != lint.Critical {
			t.Errorf("finding %d is %s %s", i, f.Severity, f.Rule)
		}
		sum += len(f.Mailboxes)
	}
	if sum != 29 {
		t.Errorf("%d mailboxes in the first three findings, want 29", sum)
	}
	if got := r.Findings[2].Target; got != drops[2] {
		t.Errorf("third target %s: the one that Yokohama found last", got)
	}
	var page bytes.Buffer
	if err := WriteText(&page, r); err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(page.String(), "\n"); !strings.Contains(first, "critical: 12 mailboxes forward to box1@mailer.test") {
		t.Errorf("first line of the page: %s", first)
	}
}

// largeExports writes exports of n mailboxes: forwarding, a rule each in CSV
// and in JSON, and changes in the audit log.
func largeExports(tb testing.TB, n int) string {
	dir := tb.TempDir()
	var rules, logs bytes.Buffer
	objects := bytes.NewBufferString("[\n")
	rules.WriteString("Identity,Name,Enabled,Priority,ForwardTo,ForwardAsAttachmentTo,RedirectTo,DeleteMessage,MarkAsRead,MoveToFolder,StopProcessingRules,SubjectContainsWords,SubjectOrBodyContainsWords\n")
	logs.WriteString("RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n")
	for i := range n {
		to, drop := "", ""
		if i%1000 == 7 {
			to, drop = "\"\"\"Drop\"\" [SMTP:drop@evil.test]\"", "\"\\\"Drop\\\" [SMTP:drop@evil.test]\""
		}
		fmt.Fprintf(&rules, "u%05d@univ.example\\%d,会議 %d,True,1,%s,,,False,False,u%05d:\\会議,True,会議,\n", i, i, i, to, i)
		if i > 0 {
			objects.WriteString(",\n")
		}
		fmt.Fprintf(objects, `{"Identity":"u%05d@univ.example\\%d","MailboxOwnerId":"u%05d","Name":"メルマガ","Enabled":true,"Priority":1,"ForwardTo":[%s],"ForwardAsAttachmentTo":null,"RedirectTo":null,"DeleteMessage":false,"MarkAsRead":true,"MoveToFolder":"u%05d:\\メルマガ","SubjectContainsWords":["お知らせ"],"BodyContainsWords":null,"SubjectOrBodyContainsWords":null,"FromAddressContainsWords":null,"HeaderContainsWords":null,"RecipientAddressContainsWords":null,"HasAttachment":false,"StopProcessingRules":true,"InError":false,"WithinSizeRangeMinimum":null,"WithinSizeRangeMaximum":null}`, i, i, i, drop, i)
		fmt.Fprintf(&logs, "%d,2026-05-15T01:02:03,1,Set-InboxRule,u%05d@univ.example,\"{\"\"CreationTime\"\":\"\"2026-05-15T01:02:03\"\",\"\"Operation\"\":\"\"Set-InboxRule\"\",\"\"RecordType\"\":1,\"\"ResultStatus\"\":\"\"True\"\",\"\"UserType\"\":0,\"\"Workload\"\":\"\"Exchange\"\",\"\"ClientIP\"\":\"\"203.0.113.%d:4432\"\",\"\"UserId\"\":\"\"u%05d@univ.example\"\",\"\"Parameters\"\":[{\"\"Name\"\":\"\"Identity\"\",\"\"Value\"\":\"\"u%05d\\\\17\"\"},{\"\"Name\"\":\"\"Name\"\",\"\"Value\"\":\"\"会議\"\"},{\"\"Name\"\":\"\"MoveToFolder\"\",\"\"Value\"\":\"\"会議\"\"}]}\"\n", i, i, i%250, i, i)
	}
	objects.WriteString("\n]\n")
	for name, data := range map[string][]byte{
		"mailboxes.csv": mailboxes(n, func(i int) (string, bool) {
			if i%20 == 0 {
				return fmt.Sprintf("p%d@gmail.com", i), true
			}
			return "", false
		}),
		"rules.csv": rules.Bytes(), "rules.json": objects.Bytes(), "log.csv": logs.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// BenchmarkForwards audits the exports of 50,000 mailboxes: 200,000 records.
func BenchmarkForwards(b *testing.B) {
	dir := largeExports(b, 50_000)
	b.ResetTimer()
	for b.Loop() {
		r, err := Forwards([]string{dir}, options())
		if err != nil || len(r.Errors) > 0 || r.Records != 200_000 {
			b.Fatal(err, r.Errors, r.Records)
		}
	}
}

// fullObjects is what ConvertTo-Json writes of n whole mailboxes: PowerShell 5
// with \u003c, dates in a form of its own, and lists as value and Count.
func fullObjects(n int) []byte {
	var rest bytes.Buffer
	for i := range 150 {
		fmt.Fprintf(&rest, ",\r\n        \"CustomAttribute%d\":  \"\"", i)
	}
	for i := range 30 {
		fmt.Fprintf(&rest, ",\r\n        \"Quota%d\":  {\r\n                      \"IsUnlimited\":  false,\r\n                      \"Value\":  {\r\n                                    \"value\":  53687091200,\r\n                                    \"Text\":  \"50 GB\"\r\n                                }\r\n                  },\r\n        \"When%d\":  \"\\/Date(1541030400000)\\/\"", i, i)
	}
	var b bytes.Buffer
	b.WriteString("[\r\n")
	for i := range n {
		if i > 0 {
			b.WriteString(",\r\n")
		}
		to := "null"
		if i%1000 == 7 {
			to = `"smtp:drop@evil.test"`
		}
		fmt.Fprintf(&b, "    {\r\n        \"UserPrincipalName\":  \"u%05d@univ.example\",\r\n        \"PrimarySmtpAddress\":  \"u%05d@univ.example\",\r\n        \"DisplayName\":  \"\\u003c花子 %d\\u003e\",\r\n        \"EmailAddresses\":  {\r\n            \"value\":  [\"SMTP:u%05d@univ.example\"],\r\n            \"Count\":  1\r\n        },\r\n        \"ForwardingAddress\":  null,\r\n        \"ForwardingSmtpAddress\":  %s,\r\n        \"DeliverToMailboxAndForward\":  true%s\r\n    }", i, i, i, i, to, rest.Bytes())
	}
	b.WriteString("\r\n]\r\n")
	return b.Bytes()
}

// TestFullObjects: what a whole mailbox says of forwarding is found among all
// that it says.
func TestFullObjects(t *testing.T) {
	r := runText(t, "mailboxes.json", string(fullObjects(3000)))
	if f := r.Findings[0]; r.Records != 3000 || len(r.Errors) > 0 || f.Rule != sharedTarget || len(f.Mailboxes) != 3 || f.Mailboxes[1] != "u01007@univ.example" {
		t.Errorf("%.1000s", lines(r))
	}
}

// BenchmarkFullObjects audits whole mailboxes in JSON, 12 kB each.
func BenchmarkFullObjects(b *testing.B) {
	path := filepath.Join(b.TempDir(), "mailboxes.json")
	data := fullObjects(10_000)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ResetTimer()
	for b.Loop() {
		if r, err := Forwards([]string{path}, options()); err != nil || r.Records != 10_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkDovecot audits the scripts of 10,000 users, each with the link that
// makes it the active one.
func BenchmarkDovecot(b *testing.B) {
	dir := b.TempDir()
	script := "require [\"fileinto\",\"copy\"];\n# rule:[spam]\nif header :contains \"X-Spam-Flag\" \"YES\" { fileinto \"Junk\"; stop; }\n# rule:[会議]\nif anyof (header :contains \"subject\" [\"会議\",\"meeting\"], header :is \"list-id\" \"staff\") { fileinto \"meeting\"; stop; }\n"
	for i := range 10_000 {
		box := filepath.Join(dir, "univ.example", fmt.Sprintf("u%05d", i))
		if err := os.MkdirAll(filepath.Join(box, "sieve"), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(box, "sieve", "main.sieve"), []byte(script), 0o600); err != nil {
			b.Fatal(err)
		}
		if err := os.Symlink("sieve/main.sieve", filepath.Join(box, ".dovecot.sieve")); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		if r, err := Forwards([]string{dir}, options()); err != nil || r.Records != 10_000 || len(r.Errors) > 0 {
			b.Fatal(err)
		}
	}
}
