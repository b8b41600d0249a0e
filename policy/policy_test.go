package policy

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"maillint"
	"maillint/lint"
	"maillint/message"
)

// The rules that the tests of this package run.
type counted struct {
	Max    int      `yaml:"max" doc:"recipients that are still fine"`
	Exempt []string `yaml:"exempt" doc:"domains that do not count"`
}

func (p counted) Validate() error {
	if p.Max < 1 {
		return errors.New("max: must be at least 1")
	}
	return nil
}

var manyRecipients = lint.New(lint.Meta{
	ID: "many-recipients", Aliases: []string{"too-many"}, Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.High: "confirm"},
}, counted{Max: 2}, func(p *lint.Pass, c counted) {
	switch n := len(p.Msg.Envelope.Recipients); {
	case n > 10*c.Max:
		p.Reportf(lint.Critical, "envelope", nil, "%d recipients", n)
	case n > c.Max:
		p.Reportf(lint.High, "envelope", nil, "%d recipients", n)
	}
})

var badDomain = lint.New(lint.Meta{
	ID: "bad-domain", Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.Critical: "reject"},
}, struct{}{}, func(p *lint.Pass, _ struct{}) {
	for _, a := range p.Msg.Envelope.Recipients {
		if a.Domain == "gmai.com" {
			p.Report(lint.Finding{Severity: lint.Critical, Where: "envelope", Recipients: []string{a.String()}, Message: a.String() + " is a slip"})
		}
	}
})

var testRules = []*lint.Rule{manyRecipients, badDomain}

// testNow is a Friday.
var testNow = time.Date(2027, 1, 15, 12, 0, 0, 0, time.UTC)

func mustParse(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Parse("testdata/test.yaml", []byte(text), testRules)
	if err != nil {
		t.Fatal(err)
	}
	p.Now = func() time.Time { return testNow }
	return p
}

// mail is a message on its way.
func mail(t testing.TB, raw, from string, to ...string) *message.Message {
	t.Helper()
	m := message.Parse([]byte(raw))
	m.Envelope = message.Envelope{Source: "smtp", ReversePath: address(t, from)}
	for _, s := range to {
		m.Envelope.Recipients = append(m.Envelope.Recipients, address(t, s))
	}
	return m
}

func address(t testing.TB, s string) message.Address {
	t.Helper()
	a, ok := message.ParseAddress(s)
	if !ok {
		t.Fatalf("%q is no address", s)
	}
	return a
}

func verdict(t testing.TB, p *Policy, m *message.Message) Verdict {
	t.Helper()
	found, err := p.Engine(nil).Run(m)
	if err != nil {
		t.Fatal(err)
	}
	return p.Judge(m, IdentityOf(m), found)
}

var three = []string{"a@x.example", "b@x.example", "c@y.example"}

func TestDispositions(t *testing.T) {
	thirty := make([]string, 30)
	for i := range thirty {
		thirty[i] = "p@x.example"
	}
	tests := []struct {
		name, policy string
		to           []string
		want, would  Disposition
	}{
		{"as shipped", "", three, Confirm, Confirm},
		{"next lower severity", "", thirty, Confirm, Confirm},
		{"one word", "rules: {many-recipients: {disposition: tag}}", thirty, Tag, Tag},
		{"map, the severity named", "rules: {many-recipients: {disposition: {high: delay, critical: reject}}}", thirty, Reject, Reject},
		{"map, next lower of the policy", "rules: {many-recipients: {disposition: {high: delay}}}", thirty, Delay, Delay},
		{"map, none lower: the shipped one", "rules: {many-recipients: {disposition: {critical: reject}}}", three, Confirm, Confirm},
		{"monitor", "mode: monitor", three, Pass, Confirm},
		{"monitored rule", "rules: {many-recipients: {mode: monitor}}", three, Pass, Confirm},
		{"enforced rule of a monitored policy", "mode: monitor\nrules: {many-recipients: {mode: enforce}}", three, Pass, Confirm},
		{"disabled", "rules: {many-recipients: {enabled: false}}", three, Pass, Pass},
		{"parameter", "rules: {many-recipients: {params: {max: 3}}}", three, Pass, Pass},
		{"severity word", "rules: {many-recipients: {severity: info}}", three, Pass, Pass},
		{"severity map", "rules: {many-recipients: {severity: {high: info}}}", thirty, Confirm, Confirm},
		{"the strictest wins", "", []string{"a@gmai.com", "b@x.example", "c@x.example"}, Reject, Reject},
		{"a former name", "rules: {too-many: {disposition: tag}}", three, Tag, Tag},
	}
	for _, tt := range tests {
		p := mustParse(t, "version: 1\n"+tt.policy)
		v := verdict(t, p, mail(t, "Subject: x\n\n", "a@ours.example", tt.to...))
		if v.Disposition != tt.want || v.Would != tt.would {
			t.Errorf("%s: %s (would be %s), want %s (%s)", tt.name, v.Disposition, v.Would, tt.want, tt.would)
		}
	}
}

func TestInstances(t *testing.T) {
	p := mustParse(t, `version: 1
rules:
  students:
    rule: many-recipients
    params: {max: 1}
    disposition: approve
    scope: {senders: [students.ours.example]}
`)
	v := verdict(t, p, mail(t, "Subject: x\n\n", "a@students.ours.example", three...))
	if len(v.Findings) != 2 || v.Findings[0].Rule != "students" || v.Disposition != Approve {
		t.Errorf("student: %+v", v)
	}
	v = verdict(t, p, mail(t, "Subject: x\n\n", "a@ours.example", three...))
	if len(v.Findings) != 1 || v.Disposition != Confirm {
		t.Errorf("staff: %+v", v)
	}
}

func TestShippedPolicy(t *testing.T) {
	if text, err := os.ReadFile("../rules.yaml"); err != nil || string(text) != string(maillint.Policy) {
		t.Fatal("the program does not hold the rules.yaml of the root", err)
	}
}

// The examples at the end of rules.yaml are right as they stand: who takes the
// comment marks away has a policy that loads, and whose cases come out.
func TestShippedExamples(t *testing.T) {
	_, tail, ok := strings.Cut(string(maillint.Policy), "## Examples.")
	if !ok {
		t.Fatal("rules.yaml has no examples")
	}
	text := "version: 1\n"
	for line := range strings.Lines(tail) {
		if yaml, ok := strings.CutPrefix(line, "# "); ok {
			text += strings.ReplaceAll(yaml, "exposed-recipients", "many-recipients")
		}
	}
	p, err := parse("rules.yaml", []byte(text), testRules, inMemory(map[string]string{"people.csv": people}))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Exceptions) != 1 || len(p.Services) != 3 || len(p.Directory.People) != 2 || p.Rule("marked-internal") == nil {
		t.Errorf("%d exceptions, %d services, %d people", len(p.Exceptions), len(p.Services), len(p.Directory.People))
	}
	if bad := p.Check(testNow); bad.Errors() {
		t.Error(bad)
	}
}
