package lint

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

func TestOrgInternal(t *testing.T) {
	org, err := NewOrg([]string{"example.ac.jp", "=alone.example", "!hosp.example.ac.jp", "ward.hosp.example.ac.jp", "日本語.example"})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{
		"example.ac.jp": true, "cs.example.ac.jp": true, "a.b.example.ac.jp": true,
		"hosp.example.ac.jp": false, "x.hosp.example.ac.jp": false, "ward.hosp.example.ac.jp": true, "a.ward.hosp.example.ac.jp": true,
		"alone.example": true, "sub.alone.example": false,
		"evilexample.ac.jp": false, "ac.jp": false, "": false, "example.ac.jp.evil.test": false,
		"xn--wgv71a119e.example": true,
	}
	for domain, want := range tests {
		if got := org.Internal(domain); got != want {
			t.Errorf("%s: %v, want %v", domain, got, want)
		}
	}
	if (&Org{}).Internal("example.ac.jp") || !(&Org{}).IsZero() {
		t.Error("an empty organisation has internal domains")
	}
}

func TestNewOrgRefuses(t *testing.T) {
	for _, bad := range []string{"", "a@b.example", "*.example.jp", "==example.jp", "a b.example"} {
		if _, err := NewOrg([]string{"ok.example", bad}); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

func facts(t *testing.T, raw string, env message.Envelope) *Facts {
	t.Helper()
	m := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if env.Source == "" {
		env = m.EnvelopeFromFields()
	}
	m.Envelope = env
	org, err := NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	return NewFacts(m, org)
}

func envelope(t *testing.T, from string, to ...string) message.Envelope {
	t.Helper()
	env := message.Envelope{Source: "smtp", Null: from == "<>"}
	for i, s := range append([]string{from}, to...) {
		a, ok := message.ParseAddress(s)
		switch {
		case i == 0 && ok:
			env.ReversePath = a
		case ok:
			env.Recipients = append(env.Recipients, a)
		}
	}
	return env
}

func TestAutomatic(t *testing.T) {
	report := "Content-Type: multipart/report; report-type=%s; boundary=x\n\n--x\n\ntext\n--x--\n"
	tests := []struct {
		name, raw string
		env       message.Envelope
		want      Automatic
	}{
		{"person", "From: a@ours.example\n\nHello\n", envelope(t, "a@ours.example", "b@out.example"), ""},
		{"bounce", fmt.Sprintf(report, "delivery-status"), envelope(t, "<>", "b@out.example"), Bounce},
		{"old bounce", "From: MAILER-DAEMON@ours.example\n\n", envelope(t, "<>", "b@out.example"), Bounce},
		{"bounce to two", fmt.Sprintf(report, "delivery-status"), envelope(t, "<>", "b@out.example", "c@out.example"), ""},
		{"receipt", fmt.Sprintf(report, "disposition-notification"), envelope(t, "<>", "b@out.example"), Receipt},
		{"vacation", "From: a@ours.example\nAuto-Submitted: auto-replied (vacation)\n\n", envelope(t, "<>", "b@out.example"), AutoReply},
		{"precedence", "From: a@ours.example\nPrecedence: auto_reply\n\n", envelope(t, "a@ours.example", "b@out.example"), AutoReply},
		{"null with From ours", "From: a@ours.example\n\n", envelope(t, "<>", "b@out.example"), AutoReply},
		{"null with From elsewhere", "From: a@out.example\n\n", envelope(t, "<>", "b@out.example"), ""},
		{"acceptance", "From: a@ours.example\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n", envelope(t, "a@ours.example", "b@out.example"), MeetingAnswer},
		{"method in the body", "From: a@ours.example\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:COUNTER\n", envelope(t, "a@ours.example", "b@out.example"), MeetingAnswer},
		{"invitation", "From: a@ours.example\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n", envelope(t, "a@ours.example", "b@out.example"), ""},
		{"list of ours", "From: b@out.example\nList-Id: Staff <staff.ours.example>\n\n", envelope(t, "staff-bounces@ours.example", "m1@out.example", "m2@out.example"), ListMail},
		{"somebody else's list", "From: b@out.example\nList-Id: <x.out.example>\n\n", envelope(t, "x@out.example", "m@out.example"), ""},
		{"a List-Id that somebody wrote", "From: b@out.example\nList-Id: <staff.ours.example>\n\n", envelope(t, "b@out.example", "m@out.example"), ""},
	}
	for _, tt := range tests {
		if got := facts(t, tt.raw, tt.env).Automatic(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What mailboxes answer by themselves, as each system marks it in the stored
// copy, and what they forward by themselves, which is marked nearly the same.
func TestAutoReplies(t *testing.T) {
	exchange := "From: a@ours.example\nauto-submitted: auto-generated\nX-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: A@ours.example\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"
	tests := []struct {
		name, raw string
		want      Automatic
	}{
		{"Exchange, English", exchange + "Subject: Automatic reply: the order\n\n", AutoReply},
		{"Exchange, Japanese", exchange + "Subject: =?utf-8?B?6Ieq5YuV5b+c562UOiDntI3lk4Hjga7ku7Y=?=\n\n", AutoReply},
		{"Exchange, German", exchange + "Subject: Automatische Antwort: FW: Angebot\n\n", AutoReply},
		{"Exchange, French with its blank", exchange + "Subject: =?utf-8?Q?R=C3=A9ponse_automatique=C2=A0:_devis?=\n\n", AutoReply},
		{"a rule's template", exchange + "Subject: Thank you for writing to us\n\n", AutoReply},
		{"a rule's template that answers", exchange + "Subject: RE: the order\n\n", AutoReply},
		{"Exchange, without what asks for no answer", strings.Replace(exchange, "X-Auto-Response-Suppress: All\n", "", 1) + "Subject: Thank you\n\n", ""},
		{"a rule's template, German answer", exchange + "Subject: AW: Angebot\n\n", AutoReply},
		{"a rule's template, Swedish answer", exchange + "Subject: SV: offert\n\n", AutoReply},
		{"a rule's template, Dutch answer", exchange + "Subject: Antw: offerte\n\n", AutoReply},
		{"a rule's template, Japanese answer", exchange + "Subject: =?utf-8?B?6L+U5L+h77ya57SN5ZOB?=\n\n", AutoReply},
		{"a rule's template with a colon far on", exchange + "Subject: Questions: thank you\n\n", AutoReply},
		{"a rule's template with a colon behind words", exchange + "Subject: Re x y: thank you\n\n", AutoReply},
		{"a rule's template with a heading", exchange + "Subject: =?utf-8?B?44CQ5rOo5paH44CROiDjgYLjgorjgYzjgajjgYY=?=\n\n", AutoReply},
		{"a short word of eight letters", exchange + "Subject: Weiterle: Angebot\n\n", ""},
		{"two From", strings.Replace(exchange, "From: a@ours.example", "From: a@ours.example, c@ours.example", 1) + "Subject: Thank you\n\n", ""},
		{"Exchange, not said to be generated", strings.Replace(exchange, "auto-generated", "auto-notified", 1) + "Subject: Thank you\n\n", ""},
		{"Exchange forwards", exchange + "Subject: FW: Automatic reply: the order\n\n", ""},
		{"Exchange forwards, Japanese", exchange + "Subject: =?utf-8?B?6Lui6YCBOiDntI3lk4Hjga7ku7Y=?=\n\n", ""},
		{"Exchange forwards, German", exchange + "Subject: WG: Angebot\n\n", ""},
		{"Exchange forwards in a language we do not know", exchange + "Subject: XYZ: Angebot\n\n", ""},
		{"Exchange forwards as an attachment", exchange + "Subject: the order\nContent-Type: message/rfc822\n\nSubject: x\n\nx\n", ""},
		{"a colleague's message is redirected", strings.Replace(exchange, "From: a@", "From: b@", 1) + "Subject: the order\n\n", ""},
		{"a colleague's automatic reply is redirected", exchange + "X-MS-Exchange-Inbox-Rules-Loop: b@ours.example\nSubject: Automatic reply: the order\n\n", ""},
		{"nothing but the loop field", "From: a@ours.example\nX-MS-Exchange-Inbox-Rules-Loop: a@ours.example\nSubject: Hello\n\n", ""},
		{"Gmail", "From: a@ours.example\nAuto-Submitted: auto-replied\nPrecedence: bulk\nX-Autoreply: yes\nSubject: Re: the order\n\n", AutoReply},
		{"Pigeonhole", "From: a@ours.example\nAuto-Submitted: auto-replied (vacation)\nX-Sieve: Pigeonhole Sieve\nSubject: Auto: the order\n\n", AutoReply},
		{"Zimbra", "From: a@ours.example\nAuto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk\n\n", AutoReply},
		{"Notes", "From: a@ours.example\nAuto-Submitted: auto-generated\nSubject: AUTO: Taro Yamada is out of the office (returning 2024/08/19)\n\n", AutoReply},
		{"cPanel", "From: a@ours.example\nX-Autorespond: the order\nPreference: auto_reply\n\n", AutoReply},
		{"CommuniGate answers", "From: a@ours.example\nX-Autogenerated: Reply\n\n", AutoReply},
		{"CommuniGate forwards", "From: a@ours.example\nX-Autogenerated: Redirect\n\n", ""},
		{"the field says no", "From: a@ours.example\nX-Autoreply: no\nAuto-Submitted: no\nSubject: Auto: parts\n\n", ""},
		{"somebody writes the words", "From: a@ours.example\nSubject: Automatic reply: how do I set it?\n\n", ""},
		{"a program's notice", "From: a@ours.example\nAuto-Submitted: auto-generated\nSubject: Disk is full\n\n", ""},
		{"forwarded, and says so", "From: a@ours.example\nAuto-Submitted: auto-forwarded\nSubject: Auto: x\n\n", ""},
	}
	for _, tt := range tests {
		if got := facts(t, tt.raw, message.Envelope{}).Automatic(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Each field by which systems say that they answer by themselves, and each
// beginning of a subject.
func TestAutoReplyMarks(t *testing.T) {
	for _, field := range []string{
		"Auto-Submitted: auto-replied", "Precedence: auto_reply", "X-Precedence: auto_reply", "Preference: auto_reply", "X-Autoreply: yes",
		"X-Autorespond: the order", "X-AutoReply-From: a@ours.example", "X-Mail-Autoreply: 1", "X-Autogenerated: Reply", "X-FC-MachineGenerated: true",
		"X-POST-MessageClass: 9; Autoresponder",
	} {
		if got := facts(t, "From: a@ours.example\n"+field+"\n\n", message.Envelope{}).Automatic(); got != AutoReply {
			t.Errorf("%s: %q", field, got)
		}
	}
	for _, field := range []string{"Precedence: bulk", "X-Autogenerated: Letter", "X-FC-MachineGenerated: false", "X-Autorespond: no", "X-Auto-Response-Suppress: All"} {
		if got := facts(t, "From: a@ours.example\n"+field+"\n\n", message.Envelope{}).Automatic(); got != "" {
			t.Errorf("%s: %q", field, got)
		}
	}
	if len(replySubjects) != 49 { // a line that gets lost shows here; who adds one counts it
		t.Errorf("%d beginnings of subjects", len(replySubjects))
	}
	for _, prefix := range replySubjects {
		if strings.HasPrefix(prefix, "#") || prefix != strings.ToLower(prefix) || !replySubject(" "+prefix+" x") {
			t.Errorf("the subject %q is not known", prefix)
		}
	}
}

// Bounces of systems that do not know RFC 3464, and mail of lists, stored and
// on its way.
func TestBouncesAndLists(t *testing.T) {
	for _, local := range []string{"mailer-daemon", "postmaster", "mail-daemon", "MAILERDAEMON"} {
		raw := "From: " + local + "@mx.out.example\n\n"
		if got := facts(t, raw, envelope(t, "<>", "b@out.example")).Automatic(); got != Bounce {
			t.Errorf("%s: %q", local, got)
		}
		if got := facts(t, raw, envelope(t, "a@ours.example", "b@out.example")).Automatic(); got != "" {
			t.Errorf("%s with a reverse-path: %q", local, got)
		}
	}
	stored := message.Envelope{Source: message.FromFields}
	tests := []struct {
		head string
		env  message.Envelope
		want Automatic
	}{
		{"List-Id: Staff <staff.ours.example>\n", stored, ListMail},
		{"List-Id: staff.ours.example\n", stored, ListMail},
		{"List-Id: <staff.ours.example >\nReturn-Path: <staff-bounces@ours.example>\n", stored, ListMail},
		{"List-Id: <staff.ours.example>\nReturn-Path: <x@out.example>\n", stored, ""},
		{"List-Id: <staff.out.example>\nReturn-Path: <staff-bounces@ours.example>\n", stored, ""},
		{"List-Id: <staff.ours.example>\n", envelope(t, "<>", "b@out.example"), ListMail},
		{"Return-Path: <a@ours.example>\n", stored, ""},
	}
	for _, tt := range tests {
		if got := facts(t, "From: b@out.example\n"+tt.head+"\n", tt.env).Automatic(); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.head, got, tt.want)
		}
	}
}

func TestExternalIsFolded(t *testing.T) {
	f := facts(t, "\n", envelope(t, "a@ours.example", "B@out.example", "b@OUT.example", "c@ours.example", "d@other.example"))
	if got := len(f.External()); got != 2 || !f.Leaves() {
		t.Errorf("%d external recipients, want 2", got)
	}
}

// A rule that panics does not silence the others, and its failure is told.
func TestEngineSurvivesAPanic(t *testing.T) {
	type none struct{}
	bad := New(Meta{ID: "bad"}, none{}, func(*Pass, none) { panic("oops") })
	good := New(Meta{ID: "good"}, none{}, func(p *Pass, _ none) { p.Reportf(High, "To", nil, "found") })
	e := NewEngine(&Org{}, []Entry{{Instance: bad.Default()}, {Instance: good.Default()}})
	found, err := e.Run(message.Parse([]byte("To: a@b.example\n\n")))
	var failed *NotJudged
	if !errors.As(err, &failed) || failed.Rule != "bad" {
		t.Errorf("error %v", err)
	}
	if len(found) != 1 || found[0].Rule != "good" {
		t.Errorf("found %+v", found)
	}
}

func TestEngineScopeAndOrder(t *testing.T) {
	type none struct{}
	say := func(s Severity) func(*Pass, none) {
		return func(p *Pass, _ none) { p.Reportf(s, "To", nil, "x") }
	}
	never := func(*message.Message, *Facts) bool { return false }
	e := NewEngine(&Org{}, []Entry{
		{Instance: New(Meta{ID: "mild"}, none{}, say(Info)).Default()},
		{Instance: New(Meta{ID: "grave"}, none{}, say(Critical)).Default()},
		{Instance: New(Meta{ID: "elsewhere"}, none{}, say(Critical)).Default(), Applies: never},
	})
	found, err := e.Run(message.Parse(nil))
	if err != nil || len(found) != 2 || found[0].Rule != "grave" || found[1].Rule != "mild" {
		t.Errorf("found %+v, %v", found, err)
	}
}

type limits struct {
	Max int `yaml:"max"`
}

func (l limits) Validate() error {
	if l.Max < 0 {
		return errors.New("max: must not be negative")
	}
	return nil
}

func TestConfigure(t *testing.T) {
	got := 0
	rule := New(Meta{ID: "r"}, limits{Max: 3}, func(_ *Pass, l limits) { got = l.Max })
	for in, want := range map[string]int{"{}": 3, "max: 7": 7} {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(in), &n); err != nil {
			t.Fatal(err)
		}
		i, err := rule.Configure("r", &n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewEngine(&Org{}, []Entry{{Instance: i}}).Run(message.Parse(nil)); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", in, got, want, err)
		}
	}
	var bad yaml.Node
	if err := yaml.Unmarshal([]byte("max: -1"), &bad); err != nil {
		t.Fatal(err)
	}
	if _, err := rule.Configure("r", &bad); err == nil {
		t.Error("a parameter that Validate refuses is accepted")
	}
}

func TestSeverityText(t *testing.T) {
	for _, name := range Severities() {
		var s Severity
		if err := s.UnmarshalText([]byte(name)); err != nil || s.String() != name {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	var s Severity
	if err := s.UnmarshalText([]byte("grave")); err == nil {
		t.Error("an unknown severity is accepted")
	}
}

func BenchmarkFacts(b *testing.B) {
	var to []string
	for i := range 30 {
		to = append(to, fmt.Sprintf("p%d@company%d.example", i, i%12))
	}
	raw := []byte("From: a@ours.example\r\nTo: " + strings.Join(to, ", ") + "\r\n\r\nText\r\n")
	m := message.Parse(raw)
	m.Envelope = m.EnvelopeFromFields()
	org, _ := NewOrg([]string{"ours.example"})
	b.ReportAllocs()
	for b.Loop() {
		f := NewFacts(m, org)
		f.External()
		f.Visible()
		f.Automatic()
	}
}
