package rules

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// judge runs one rule, with parameters in YAML, over a message.
func judge(t *testing.T, rule *lint.Rule, params string, m *message.Message, domains ...string) []lint.Finding {
	t.Helper()
	org, err := lint.NewOrg(domains)
	if err != nil {
		t.Fatal(err)
	}
	var node *yaml.Node
	if params != "" {
		node = &yaml.Node{}
		if err := yaml.Unmarshal([]byte(params), node); err != nil {
			t.Fatal(err)
		}
	}
	instance, err := rule.Configure(rule.ID, node)
	if err != nil {
		t.Fatal(err)
	}
	found, err := lint.NewEngine(org, []lint.Entry{{Instance: instance}}).Run(m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// stored is a message as a sender's own copy.
func stored(raw string) *message.Message {
	m := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	m.Envelope = m.EnvelopeFromFields()
	return m
}

// sent is a message on its way. from may be "<>".
func sent(t *testing.T, raw, from string, to ...string) *message.Message {
	t.Helper()
	m := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	m.Envelope = message.Envelope{Source: "smtp", Null: from == "<>"}
	if from != "<>" {
		m.Envelope.ReversePath = address(t, from)
	}
	for _, s := range to {
		m.Envelope.Recipients = append(m.Envelope.Recipients, address(t, s))
	}
	return m
}

func address(t *testing.T, s string) message.Address {
	t.Helper()
	a, ok := message.ParseAddress(s)
	if !ok {
		t.Fatalf("%q is no address", s)
	}
	return a
}

// people makes n addresses spread over so many domains.
func people(n, domains int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("p%d@company%d.example", i, i%domains))
	}
	return strings.Join(out, ", ")
}

// worst is the gravest severity found, or "none".
func worst(found []lint.Finding) string {
	if len(found) == 0 {
		return "none"
	}
	return found[0].Severity.String()
}

func TestExposedRecipientsEdges(t *testing.T) {
	tests := []struct{ name, fields, params, want string }{
		{"nine", "To: " + people(9, 9), "", "none"},
		{"ten in three organisations", "To: " + people(10, 3), "", "high"},
		{"ten in two organisations", "To: " + people(10, 2), "", "none"},
		{"nineteen in two", "To: " + people(19, 2), "", "none"},
		{"nineteen in three", "To: " + people(19, 3), "", "high"},
		{"twenty in one", "To: " + people(20, 1), "", "critical"},
		{"split over To and Cc", "To: " + people(5, 5) + "\nCc: q" + strings.ReplaceAll(people(5, 5), " p", " q"), "", "high"},
		{"the same address twice", "To: " + people(9, 9) + "\nCc: " + people(9, 9), "", "none"},
		{"two To fields", "To: " + people(5, 5) + "\nTo: q" + strings.ReplaceAll(people(5, 5), " p", " q"), "", "high"},
		{"a group", "To: members: " + people(20, 4) + ";", "", "critical"},
		{"semicolons", "To: " + strings.ReplaceAll(people(20, 4), ",", ";"), "", "critical"},
		{"one bad address among them", "To: nobody, " + people(20, 4), "", "critical"},
		{"in Bcc", "To: taro@ours.example\nBcc: " + people(30, 30), "", "none"},
		{"colleagues", "To: " + strings.ReplaceAll(people(30, 30), ".example", ".ours.example") + ", " + people(9, 9), "", "none"},
		{"Resent-To in stored mail", "To: taro@ours.example\nCc: x@out.example\nReply-To: " + people(30, 30), "", "none"},
		{"empty", "To: undisclosed-recipients:;", "", "none"},
		{"threshold lowered", "To: " + people(5, 5), "addresses: 5", "high"},
		{"domains exempt", "To: " + people(12, 4), "exempt: [company0.example, company1.example]", "none"},
	}
	for _, tt := range tests {
		m := stored("From: taro@ours.example\n" + tt.fields + "\n\nText\n")
		if got := worst(judge(t, ExposedRecipients, tt.params, m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestExposedRecipientsOnItsWay(t *testing.T) {
	list := people(20, 5)
	attendees := ""
	for i := range 20 {
		attendees += fmt.Sprintf("ATTENDEE;CN=P;RSVP=TRUE:mailto:p%d@c%d.example\n", i, i)
	}
	tests := []struct {
		name, raw string
		to        []string
		want      string
	}{
		{"Resent-To", "To: a@ours.example\nResent-To: " + list + "\n\n", []string{"p0@company0.example"}, "critical"},
		{"Reply-To", "To: a@out.example\nReply-To: " + list + "\n\n", []string{"a@out.example"}, "critical"},
		{"attendees", "To: a@out.example\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n" + attendees + "END:VCALENDAR\n", []string{"a@out.example"}, "critical"},
		{"nobody outside gets it", "To: " + list + "\n\n", []string{"a@ours.example"}, "none"},
		{"Resent-Bcc", "To: a@out.example\nResent-Bcc: " + list + "\n\n", []string{"a@out.example"}, "none"},
	}
	for _, tt := range tests {
		m := sent(t, "From: taro@ours.example\n"+tt.raw, "taro@ours.example", tt.to...)
		if got := worst(judge(t, ExposedRecipients, "", m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestExposedRecipientsParameters(t *testing.T) {
	for _, bad := range []string{"addresses: 1", "domains: 0", "{addresses: 30, any: 20}", "{addresses: 20, any: 19}"} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(bad), &node); err != nil {
			t.Fatal(err)
		}
		if _, err := ExposedRecipients.Configure("x", &node); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
	for _, good := range []string{"addresses: 2", "domains: 1", "{addresses: 20, any: 20}"} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(good), &node); err != nil {
			t.Fatal(err)
		}
		if _, err := ExposedRecipients.Configure("x", &node); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestAutoForwardMarks(t *testing.T) {
	const outside = "From: boss@customer.example\nTo: hanako@ours.example\n"
	const body = "\n\nText\n"
	tests := []struct {
		name, fields, from string
		to                 []string
		want               string
	}{
		{"from outside to outside", outside, "boss@customer.example", []string{"drop@evil.example"}, "warning"},
		{"the same, inside", outside, "boss@customer.example", []string{"hanako@ours.example"}, "none"},
		{"null reverse-path", outside, "<>", []string{"drop@evil.example"}, "warning"},
		{"bounce", "From: MAILER-DAEMON@customer.example\nTo: hanako@ours.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n", "<>", []string{"drop@evil.example"}, "none"},
		{"Gmail", outside, "hanako+caf_=drop=evil.example@ours.example", []string{"drop@evil.example"}, "warning"},
		{"SRS0", outside, "SRS0=HHH=TT=customer.example=boss@ours.example", []string{"drop@evil.example"}, "warning"},
		{"SRS1", outside, "SRS1+HHH=customer.example==HHH=TT=a.example=boss@ours.example", []string{"drop@evil.example"}, "warning"},
		{"Exchange Online SRS", outside, "bounces+SRS=abcde=XY@ours.example", []string{"drop@evil.example"}, "warning"},
		{"a mailbox of ours with a tag", "From: hanako@ours.example\n", "bounces+srs@ours.example", []string{"boss@customer.example"}, "none"},
		{"Exchange forwarding loop", "X-MS-Exchange-ForwardingLoop: hanako@ours.example;0000\n" + outside, "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"inbox rule", "X-MS-Exchange-Inbox-Rules-Loop: hanako@ours.example\n" + outside, "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"inbox rule's auto-reply", "X-MS-Exchange-Inbox-Rules-Loop: hanako@ours.example\nAuto-Submitted: auto-replied\nFrom: hanako@ours.example\nTo: boss@customer.example\n", "<>", []string{"boss@customer.example"}, "none"},
		{"Sieve", "X-Sieve: Pigeonhole Sieve 0.5\nX-Sieve-Redirected-From: hanako@ours.example\n" + outside, "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"X-Sieve alone", "X-Sieve: Pigeonhole Sieve 0.5\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"boss@customer.example"}, "none"},
		{"Delivered-To", "Delivered-To: hanako@ours.example\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"AutoForwarded", "X-MS-Exchange-Organization-AutoForwarded: true\n" + outside, "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"one weak mark", "Auto-Submitted: auto-forwarded\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"drop@evil.example"}, "none"},
		{"two weak marks", "Auto-Submitted: auto-forwarded\nX-MailRu-Forward: 1\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"web mail's X-Forwarded-For", "X-Forwarded-For: 192.0.2.1\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"boss@customer.example"}, "none"},
		{"by hand", "Subject: Fwd: invoice\nFrom: hanako@ours.example\n", "hanako@ours.example", []string{"boss@customer.example"}, "none"},
		{"BATV", "From: hanako@ours.example\n", "prvs=0123456789=hanako@ours.example", []string{"boss@customer.example"}, "none"},
		{"list of ours", "List-Id: <staff.ours.example>\n" + outside, "staff-bounces@ours.example", []string{"member@out.example"}, "none"},
		{"forward as attachment", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nFrom: hanako@ours.example\nTo: drop@evil.example\nContent-Type: message/rfc822\n\nFrom: boss@customer.example\n", "hanako@ours.example", []string{"drop@evil.example"}, "warning"},
		{"out of office", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nFrom: hanako@ours.example\nTo: boss@customer.example\n", "<>", []string{"boss@customer.example"}, "none"},
	}
	for _, tt := range tests {
		m := sent(t, tt.fields+body, tt.from, tt.to...)
		if got := worst(judge(t, AutoForward, "", m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// In stored mail the fields must name the target.
func TestAutoForwardStored(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"Gmail", "X-Forwarded-To: drop@evil.example\nX-Forwarded-For: hanako@ours.example drop@evil.example\nFrom: b@customer.example\nTo: hanako@ours.example\n\n", "warning"},
		{"delivered to us and then elsewhere", "Delivered-To: drop@evil.example\nDelivered-To: hanako@ours.example\nFrom: b@customer.example\nTo: hanako@ours.example\n\n", "warning"},
		{"delivered elsewhere alone", "Delivered-To: x@customer.example\nFrom: hanako@ours.example\nTo: c@other.example\n\n", "none"},
		{"received for us", "Received: from a by b for <hanako@ours.example>; x\nX-MailRu-Forward: 1\nFrom: b@customer.example\nTo: c@other.example\n\n", "none"},
		{"delivered to us", "Delivered-To: hanako@ours.example\nFrom: b@customer.example\nTo: hanako@ours.example\nCc: c@other.example\n\n", "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, AutoForward, "", stored(tt.raw), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAutoForwardParameters(t *testing.T) {
	for word, ok := range map[string]bool{"open": true, "closed": true, "shut": false, "": false} {
		if err := (autoForward{Forwarding: word}).Validate(); (err == nil) != ok {
			t.Errorf("forwarding: %q: %v", word, err)
		}
	}
}

func TestAutoForwardClosed(t *testing.T) {
	m := sent(t, "From: boss@customer.example\n\n", "boss@customer.example", "drop@evil.example")
	tests := []struct{ params, want string }{
		{"forwarding: closed", "high"},
		{"{forwarding: closed, approved: [drop@evil.example]}", "info"},
		{"{forwarding: closed, approved: [evil.example]}", "info"},
		{"{forwarding: open, approved: [other.example]}", "warning"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, AutoForward, tt.params, m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.params, got, tt.want)
		}
	}
}

func TestLookalikeDomainRule(t *testing.T) {
	tests := []struct{ to, want, suggest string }{
		{"taro@gmai.com", "critical", "taro@gmail.com"},
		{"taro@gmail.com", "none", ""},
		{"taro@gmail.con", "critical", "taro@gmail.com"},
		{"taro@docomo.ne.jpp", "critical", "taro@docomo.ne.jp"},
		{"taro@ours.example", "none", ""},
		{"taro@[192.0.2.1]", "none", ""},
		{"taro@partner.test", "none", ""},
	}
	for _, tt := range tests {
		found := judge(t, LookalikeDomain, "", stored("From: a@ours.example\nTo: "+tt.to+"\n\n"), "ours.example")
		if worst(found) != tt.want {
			t.Errorf("%s: %s, want %s", tt.to, worst(found), tt.want)
		} else if len(found) > 0 && found[0].Suggest != tt.suggest {
			t.Errorf("%s: suggests %s, want %s", tt.to, found[0].Suggest, tt.suggest)
		}
	}
}

// What is asked before there is a message knows the parameters of this rule alone.
func TestLookalikeAllow(t *testing.T) {
	if got := LookalikeAllow(&lookalikeParams{Allow: []string{"a.example"}}); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if got := LookalikeAllow(&strayRecipient{}); got != nil {
		t.Errorf("of another rule: %q", got)
	}
}

// A domain that was taken out is silent and no slip's target; below ours
// everything is silent, whatever it looks like.
func TestLookalikeDomainTakenOut(t *testing.T) {
	for to, want := range map[string]string{
		"hosp.univ-of-ours.ac.jp": "none", "ward.hosp.univ-of-ours.ac.jp": "none", "univ-of-ouss.ac.jp": "high",
		"hospital-of-ours.jp": "none", "hospitel-of-ours.jp": "none",
		"'x.univ-of-ours.ac.jp": "none", "gmail.com.ours.example": "none", "gmail.com.others.example": "critical",
	} {
		m := stored("From: a@ours.example\nTo: taro@" + to + "\n\n")
		found := judge(t, LookalikeDomain, "", m, "ours.example", "univ-of-ours.ac.jp", "!hosp.univ-of-ours.ac.jp", "!hospital-of-ours.jp")
		if worst(found) != want {
			t.Errorf("%s: %s, want %s", to, worst(found), want)
		}
	}
}

// The sender's own copy names Bcc; in a message on its way such a field is
// nobody's word.
func TestLookalikeDomainInBcc(t *testing.T) {
	const raw = "From: a@ours.example\nTo: staff@ours.example\nBcc: taro@gmai.com\n\n"
	for want, m := range map[string]*message.Message{"Bcc": stored(raw), "envelope": sent(t, raw, "a@ours.example", "taro@gmai.com")} {
		if found := judge(t, LookalikeDomain, "", m, "ours.example"); len(found) != 1 || found[0].Where != want {
			t.Errorf("want it in %s: %+v", want, found)
		}
	}
}

// A recipient that only the envelope names is judged as well.
func TestLookalikeDomainInEnvelope(t *testing.T) {
	m := sent(t, "From: a@ours.example\nTo: staff@ours.example\n\n", "a@ours.example", "taro@gmai.com")
	found := judge(t, LookalikeDomain, "", m, "ours.example")
	if worst(found) != "critical" || found[0].Where != "envelope" {
		t.Errorf("%+v", found)
	}
}

// Once in the envelope is once found, and the evidence is the address.
func TestLookalikeDomainOnce(t *testing.T) {
	m := sent(t, "From: a@ours.example\nTo: taro@gmai.com\n\n", "a@ours.example", "taro@gmai.com", "hana@gmai.com", "hana@gmai.com")
	found := judge(t, LookalikeDomain, "", m, "ours.example")
	if len(found) != 2 {
		t.Fatalf("found %+v", found)
	}
	for _, f := range found {
		switch f.Where {
		case "To":
			if len(f.Evidence) != 1 || !strings.Contains(string(m.Bytes(f.Evidence[0].Span)), "taro@gmai.com") {
				t.Errorf("evidence %+v", f.Evidence)
			}
		case "envelope": // no field shows it
		default:
			t.Errorf("found in %s", f.Where)
		}
	}
}

// A domain that is somebody's is told, and nothing is suggested in its place.
func TestLookalikeDomainContested(t *testing.T) {
	found := judge(t, LookalikeDomain, "", stored("From: a@ours.example\nTo: taro@yahoo.jp\n\n"), "ours.example")
	if worst(found) != "info" || found[0].Suggest != "" {
		t.Errorf("found %+v", found)
	}
}

// The evidence of each field reaches from its first outside address to its last.
func TestExposedRecipientsEvidence(t *testing.T) {
	m := stored("From: taro@ours.example\nTo: " + people(9, 9) + "\nCc: x@out.example\n\nText\n")
	found := judge(t, ExposedRecipients, "", m, "ours.example")
	if len(found) != 1 || found[0].Where != "To, Cc" || len(found[0].Evidence) != 2 {
		t.Fatalf("found %+v", found)
	}
	to, cc := found[0].Evidence[0], found[0].Evidence[1]
	if got := string(m.Bytes(to.Span)); got != people(9, 9) || to.Text != "9 external addresses" {
		t.Errorf("To: %q, %q", got, to.Text)
	}
	if got := string(m.Bytes(cc.Span)); got != "x@out.example" || cc.Text != "1 external address" {
		t.Errorf("Cc: %q, %q", got, cc.Text)
	}
}

// What could hide a recipient or a part, and every limit, is grave.
func TestMalformedMessageGraveKinds(t *testing.T) {
	for _, kind := range []message.Kind{
		message.NoHeader, message.EmptyMessage, message.ReadError, message.HiddenField, message.DuplicateField, message.NUL,
		message.Unclosed, message.QuotedLocal, message.SourceRoute, message.BlankBeforeColon, message.EncodedAddress,
		message.DuplicateStructure, message.GuessedBoundary, message.EncodedParts, message.HiddenAttachment, message.AmbiguousBoundary,
		message.PartsOutside, message.ConflictingNames, message.DataAfterPadding, message.PartialMessage, message.LimitSize,
		message.LimitHeader, message.LimitFields, message.LimitDepth, message.LimitParts, message.LimitAddresses, message.LimitText,
	} {
		if got := severityOf(message.Defect{Kind: kind, Where: "To"}); got != lint.High {
			t.Errorf("%s: %s, want high", kind, got)
		}
	}
}

// Some kinds are grave only where a recipient or a part could hide.
func TestMalformedMessageGraveFields(t *testing.T) {
	for field, want := range map[string]lint.Severity{
		"To": lint.High, "Cc": lint.High, "BCC": lint.High, "Resent-To": lint.High, "Resent-Cc": lint.High, "Resent-Bcc": lint.High,
		"Content-Type": lint.High, "Content-Transfer-Encoding": lint.High, "Content-Disposition": lint.High,
		"Reply-To": lint.Info, "Subject": lint.Info, "Content-Language": lint.Info,
	} {
		if got := severityOf(message.Defect{Kind: message.BlankBeforeColon, Where: field}); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	m := stored("To: a@x.example\n\n")
	for detail, want := range map[string]string{"": "nul-octet", "in To": "nul-octet: in To"} {
		if got := describe(m, message.Defect{Kind: "nul-octet", Where: "To", Detail: detail}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A defect that stands in several places of one kind is one finding.
func TestMalformedMessageTimes(t *testing.T) {
	found := judge(t, MalformedMessage, "", stored("X-Mailer : x\nX-Mailer : y\nTo: a@x.example\n\n"), "ours.example")
	if len(found) != 1 || len(found[0].Evidence) != 2 || !strings.HasSuffix(found[0].Message, " (2 times)") {
		t.Errorf("found %+v", found)
	}
	found = judge(t, MalformedMessage, "", stored("X-Mailer : x\nTo: a@x.example\n\n"), "ours.example")
	if len(found) != 1 || len(found[0].Evidence) != 1 || strings.Contains(found[0].Message, "times") {
		t.Errorf("found %+v", found)
	}
}

func TestMalformedMessageGrades(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"clean", "From: a@x.example\nTo: b@y.example\n\nText\n", "none"},
		{"second To", "To: a@x.example\nTo: b@y.example\n\n", "high"},
		{"the same To twice", "To: a@x.example\nTo: a@x.example\n\n", "info"},
		{"second Subject", "Subject: a\nSubject: b\n\n", "info"},
		{"second Date", "Date: Mon, 6 Jan 2025 09:00:00 +0900\nDate: Tue, 7 Jan 2025 09:00:00 +0900\n\n", "info"},
		{"second Message-ID", "Message-ID: <a@x.example>\nMessage-ID: <b@x.example>\n\n", "info"},
		{"second From", "From: a@x.example\nFrom: b@x.example\n\n", "high"},
		{"unclosed quote in From", "From: \"x <a@x.example>\n\n", "high"},
		{"semicolons", "To: a@x.example; b@y.example\n\n", "info"},
		{"blank before the colon of To", "To : a@x.example\n\n", "high"},
		{"folded before the colon of To", "To\n : a@x.example\n\n", "high"},
		{"blank before the colon of another field", "X-Mailer : x\nTo: a@x.example\n\n", "info"},
		{"carrier form", "To: a..b@docomo.ne.jp\n\n", "info"},
		{"unclosed quote in To", "To: \"x <a@x.example>, b@y.example\n\n", "high"},
		{"unclosed quote in Reply-To", "Reply-To: \"x <a@x.example>\n\n", "info"},
		{"no end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n", "info"},
		{"two boundaries", "Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\n\nx\n--b--\n", "high"},
		{"data after padding", "Content-Transfer-Encoding: base64\n\nSGVsbG8=\nSGVsbG8sIHdvcmxkISEh\n", "high"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, MalformedMessage, "", stored(tt.raw), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Every rule that this package declares is in All, in a file named after it,
// with everything that people read about it.
func TestCatalogue(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "New") && fmt.Sprint(sel.X) == "lint" && !strings.HasSuffix(file, "_test.go") {
				declared++
			}
			return true
		})
	}
	if declared != len(All) {
		t.Errorf("%d rules are declared and %d are in All", declared, len(All))
	}
	for _, r := range All {
		file := strings.ReplaceAll(r.ID, "-", "_") + ".go"
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: no file %s", r.ID, file)
		}
		for what, text := range map[string]lint.Text{"Title": r.Title, "Why": r.Why, "Fix": r.Fix, "Quiet": r.Quiet, "Held": r.Held} {
			if text.En == "" || text.Ja == "" {
				t.Errorf("%s: %s is missing in a language", r.ID, what)
			}
		}
		if r.Since == "" || len(r.Defaults) == 0 || len(r.Incidents)+len(r.Refs) == 0 {
			t.Errorf("%s: no version, disposition or source", r.ID)
		}
	}
}

// BenchmarkProse judges long letters, which most rules have to read to their end.
func BenchmarkProse(b *testing.B) {
	org, _ := lint.NewOrg([]string{"ours.example"})
	var all []lint.Entry
	for _, r := range All {
		all = append(all, lint.Entry{Instance: r.Default()})
	}
	e := lint.NewEngine(org, all)
	for name, text := range map[string]string{
		"english": "Dear Bob,\n\nI have looked through the draft with Anna, and we would use the second form, which is open to all.\nThe minutes of Tuesday, as agreed, go to the whole committee; please enter your name\n" +
			"with the time that suits you.  We passed on your question about the room (it is free on 14 March 2025).\n\nKind regards,\nHanako\n",
		"japanese": "お世話になっております。\n先日の会議の議事録について、修正のご連絡をいただきありがとうございました。\n次回は3月14日（金）の午後に、本館2階の会議室で開く予定です。\nご都合をお知らせください。よろしくお願いいたします。\n\n",
	} {
		raw := []byte(strings.ReplaceAll("From: a@ours.example\nTo: bob@partner.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+strings.Repeat(text, 65536/len(text)), "\n", "\r\n"))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				m := message.Parse(raw)
				m.Envelope = m.EnvelopeFromFields()
				_, _ = e.Run(m)
			}
		})
	}
}

func BenchmarkRules(b *testing.B) {
	org, _ := lint.NewOrg([]string{"ours.example"})
	raw := []byte(strings.ReplaceAll("From: a@ours.example\nTo: "+people(30, 12)+"\nSubject: x\n\nText\n", "\n", "\r\n"))
	for _, r := range All {
		b.Run(r.ID, func(b *testing.B) {
			e := lint.NewEngine(org, []lint.Entry{{Instance: r.Default()}})
			b.ReportAllocs()
			for b.Loop() {
				m := message.Parse(raw)
				m.Envelope = m.EnvelopeFromFields()
				_, _ = e.Run(m)
			}
		})
	}
}
