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
