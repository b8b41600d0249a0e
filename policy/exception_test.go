package policy

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

const people = `account,addresses,name,kind,groups,manager,deputies,language,owner_of
taro,taro@ours.example;t.yamada@ours.example,Yamada Taro,staff,sales;managers,hanako,,ja,
hanako,hanako@ours.example,Suzuki Hanako,staff,managers,,taro,en,printer@ours.example
`

// inMemory is a world of named texts.
func inMemory(files map[string]string) world {
	return world{
		path: func(name string) string { return name },
		env:  func(name string) (string, bool) { return "value of " + name, name != "MISSING" },
		read: func(path string) ([]byte, error) {
			text, ok := files[path]
			if !ok {
				return nil, fmt.Errorf("no such file: %s", path)
			}
			return []byte(text), nil
		},
		run: func(context.Context, []string) ([]byte, error) { return []byte(people), nil },
	}
}

func TestExceptions(t *testing.T) {
	const two = "rule: many-recipients, reason: agreed, until: 2027-03-31"
	vouched := func(s string) Identity { return Identity{Address: address(t, s), Trust: Vouched} }
	tests := []struct {
		name, exceptions string
		by               Identity
		to               []string
		want             Disposition
	}{
		{"by rule", "{" + two + "}", Identity{}, three, Pass},
		{"of another rule", "{rule: bad-domain, reason: r, until: 2027-03-31}", Identity{}, three, Confirm},
		{"by sender", "{" + two + ", sender: taro@ours.example}", vouched("taro@ours.example"), three, Pass},
		{"by sender's domain", "{" + two + ", sender: ours.example}", vouched("Taro@sub.ours.example"), three, Pass},
		{"by sender's domain alone", "{" + two + ", sender: =ours.example}", vouched("taro@sub.ours.example"), three, Confirm},
		{"sender only claimed", "{" + two + ", sender: taro@ours.example}", Identity{Address: address(t, "taro@ours.example")}, three, Confirm},
		{"another sender", "{" + two + ", sender: taro@ours.example}", vouched("jiro@ours.example"), three, Confirm},
		{"another address of the sender", "{" + two + ", sender: t.yamada@ours.example}", Identity{Address: address(t, "taro@ours.example"), Trust: Authenticated, Account: "TARO"}, three, Pass},
		{"all recipients", "{" + two + ", recipient: [x.example, y.example]}", Identity{}, three, Pass},
		{"all recipients, by several", "{" + two + ", recipient: x.example}\n- {" + two + ", recipient: c@y.example}", Identity{}, three, Pass},
		{"some recipients", "{" + two + ", recipient: x.example}", Identity{}, three, Confirm},
		{"internal recipients do not matter", "{" + two + ", recipient: x.example}", Identity{}, []string{"a@x.example", "b@ours.example", "c@ours.example"}, Pass},
		{"conditions are AND", "{" + two + ", sender: jiro@ours.example, recipient: [x.example, y.example]}", vouched("taro@ours.example"), three, Confirm},
		{"ended", "{rule: many-recipients, reason: r, until: 2027-01-14}", Identity{}, three, Confirm},
		{"last day", "{rule: many-recipients, reason: r, until: 2027-01-15}", Identity{}, three, Pass},
		{"of any rule", "{sender: taro@ours.example, reason: r, until: 2027-03-31}", vouched("taro@ours.example"), three, Pass},
		{"named recipients, all", "{rule: bad-domain, recipient: a@gmai.com, reason: r, until: 2027-03-31}", Identity{}, []string{"a@gmai.com", "b@x.example"}, Pass},
		{"named recipients, others", "{rule: bad-domain, recipient: x.example, reason: r, until: 2027-03-31}", Identity{}, []string{"a@gmai.com", "b@x.example"}, Reject},
	}
	for _, tt := range tests {
		text := "version: 1\norganization: {domains: [ours.example], timezone: UTC}\ndirectory: {files: [people.csv]}\nexceptions:\n- " + tt.exceptions + "\n"
		p, err := parse("test.yaml", []byte(text), testRules, inMemory(map[string]string{"people.csv": people}))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		p.Now = func() time.Time { return testNow }
		m := mail(t, "Subject: x\r\n\r\n", "taro@ours.example", tt.to...)
		found, _ := p.Engine(nil).Run(m)
		v := p.Judge(m, tt.by, found)
		if v.Disposition != tt.want || v.Would != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, v.Disposition, tt.want)
		}
		if unused := len(p.Unused()) > 0; unused != (tt.want != Pass) && tt.name != "ended" {
			t.Errorf("%s: unused: %v", tt.name, p.Unused())
		}
	}
}

// A finding about two recipients, one of them excepted, stays for the other.
func TestExceptionForOneRecipient(t *testing.T) {
	p := mustParse(t, "version: 1\nexceptions: [{recipient: a@gmai.com, reason: r, until: 2027-03-31}]\n")
	p.Organization.Domains = nil
	m := mail(t, "Subject: x\r\n\r\n", "taro@ours.example", "a@gmai.com", "b@gmai.com")
	found, _ := p.Engine(nil).Run(m)
	v := p.Judge(m, Identity{}, found)
	if v.Disposition != Reject || len(v.Findings) != 2 || !v.Findings[1].Excepted || v.Findings[0].Recipients[0] != "b@gmai.com" {
		t.Errorf("%+v", v)
	}
}

func TestExceptionInScan(t *testing.T) {
	p := mustParse(t, "version: 1\nexceptions: [{sender: taro@ours.example, reason: r, until: 2027-03-31}]\n")
	m := message.Parse([]byte("From: taro@ours.example\r\nTo: " + strings.Join(three, ", ") + "\r\n\r\n"))
	m.Envelope = m.EnvelopeFromFields()
	if v := verdict(t, p, m); v.Disposition != Pass || len(v.Findings) != 1 || !v.Findings[0].Excepted {
		t.Errorf("%+v", v)
	}
}

// Counters are kept while many judge at once.
func TestUsageIsCounted(t *testing.T) {
	p := mustParse(t, "version: 1\nexceptions: [{rule: many-recipients, reason: r, until: 2027-03-31}]\n")
	engine := p.Engine(nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				m := mail(t, "Subject: x\r\n\r\n", "taro@ours.example", three...)
				found, _ := engine.Run(m)
				p.Judge(m, Identity{}, found)
			}
		})
	}
	wg.Wait()
	if n := p.Exceptions[0].Used(); n != 1000 {
		t.Errorf("counted %d, want 1000", n)
	}
}

func TestServices(t *testing.T) {
	p := mustParse(t, `version: 1
organization: {domains: [ours.example]}
rules: {bad-domain: {disposition: quarantine}}
services:
  reset:
    owner: desk@ours.example
    networks: [192.0.2.0/24]
    logins: [svc-reset]
    reverse_path: [noreply@ours.example, <>]
    from: [=ours.example]
    bulk: true
    recipients_per_hour: 500
    hold: never
    on_failure: relay
    review: 2027-06-30
`)
	near := Identity{Remote: netip.MustParseAddr("::ffff:192.0.2.7")}
	tests := []struct {
		name, from, path string
		by               Identity
		want             Disposition
	}{
		{"by network", "help@ours.example", "noreply@ours.example", near, Tag},
		{"by log-in", "help@ours.example", "noreply@ours.example", Identity{Trust: Authenticated, Account: "SVC-reset"}, Tag},
		{"log-in only claimed", "help@ours.example", "noreply@ours.example", Identity{Account: "svc-reset"}, Confirm},
		{"from elsewhere", "help@ours.example", "noreply@ours.example", Identity{Remote: netip.MustParseAddr("198.51.100.1")}, Confirm},
		{"another reverse-path", "help@ours.example", "taro@ours.example", near, Confirm},
		{"another From", "help@sub.ours.example", "noreply@ours.example", near, Confirm},
		{"a header alone", "noreply@ours.example", "noreply@ours.example", Identity{}, Confirm},
	}
	for _, tt := range tests {
		m := mail(t, "From: "+tt.from+"\r\n\r\n", tt.path, three...)
		found, _ := p.Engine(nil).Run(m)
		v := p.Judge(m, tt.by, found)
		if v.Disposition != tt.want || v.Alarm() != (tt.want == Tag) || (v.Service != nil) != (tt.want == Tag) {
			t.Errorf("%s: %s, alarm %v, want %s", tt.name, v.Disposition, v.Alarm(), tt.want)
		}
	}
}

func TestScopes(t *testing.T) {
	tests := []struct {
		scope string
		from  string
		want  bool
	}{
		{"senders: [taro@ours.example]", "taro@ours.example", true},
		{"senders: [ours.example, '!taro@ours.example']", "taro@ours.example", false},
		{"senders: ['!taro@ours.example']", "jiro@ours.example", true},
		{"senders: ['!sub.ours.example']", "taro@x.sub.ours.example", false},
		{"recipients: [y.example]", "taro@ours.example", true},
		{"recipients: [z.example]", "taro@ours.example", false},
		{"groups: [sales]", "t.yamada@ours.example", true},
		{"groups: [sales]", "hanako@ours.example", false},
		{"hours: mon-fri 08:00-18:00", "taro@ours.example", true},
		{"hours: [mon-fri 18:00-08:00, sat-sun]", "taro@ours.example", false},
		{"hours: fri-mon", "taro@ours.example", true},
		{"hours: thu 22:00-13:00", "taro@ours.example", true},
		{"hours: 12:00-12:01", "taro@ours.example", true},
		{"from: 2027-01-15", "taro@ours.example", true},
		{"from: 2027-01-16", "taro@ours.example", false},
		{"until: 2027-01-15", "taro@ours.example", true},
		{"until: 2027-01-14", "taro@ours.example", false},
	}
	for _, tt := range tests {
		text := "version: 1\norganization: {timezone: UTC}\ndirectory: {files: [people.csv]}\nrules:\n  many-recipients:\n    scope: {" + tt.scope + "}\n"
		p, err := parse("test.yaml", []byte(text), testRules, inMemory(map[string]string{"people.csv": people}))
		if err != nil {
			t.Fatalf("%s: %v", tt.scope, err)
		}
		p.Now = func() time.Time { return testNow }
		if v := verdict(t, p, mail(t, "Subject: x\r\n\r\n", tt.from, three...)); (len(v.Findings) > 0) != tt.want {
			t.Errorf("%s, %s: applies %v, want %v", tt.scope, tt.from, !tt.want, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	p := mustParse(t, `version: 1
rules:
  bad-domain: {enabled: false}
  old: {rule: many-recipients, scope: {until: 2026-12-31}}
exceptions:
  - {rule: many-recipients, reason: r, until: 2026-12-31}
  - {rule: many-recipients, recipient: x.example, reason: r, until: 2027-02-01}
  - {rule: bad-domain, reason: r, until: 2027-06-30}
  - {sender: taro@ours.example, reason: r, until: 2032-06-30}
services:
  reset: {owner: desk@ours.example, networks: [192.0.2.1], reverse_path: [ours.example], review: 2026-12-31}
`)
	want := `testdata/test.yaml:4:3: warning: old: its scope ended on 2026-12-31: it does not run any more
testdata/test.yaml:6:5: warning: exception for rule many-recipients ended on 2026-12-31: take it out, or give it a new date and reason
testdata/test.yaml:7:5: warning: exception for rule many-recipients, recipient x.example ends on 2027-02-01
testdata/test.yaml:8:5: warning: exception for rule bad-domain: the rule bad-domain is off
testdata/test.yaml:9:5: warning: exception for sender taro@ours.example ends on 2032-06-30 only: more than two years is no exception
testdata/test.yaml:11:3: warning: services.reset: its review was due on 2026-12-31: ask desk@ours.example`
	if got := p.Check(testNow).Error(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := len(p.Unused()); got != 3 {
		t.Errorf("%d unused exceptions, want 3", got)
	}
}

func TestReferences(t *testing.T) {
	files := map[string]string{"blocked.txt": "# bad ones\nevil.example\nspy@x.example # here\n\n", "key": "secret\n"}
	text := "version: 1\norganization: {name: '${NAME} Ltd'}\nlists:\n  blocked: {file: blocked.txt}\n  all: [list:blocked, file:blocked.txt, more.example]\nrules:\n  many-recipients: {params: {exempt: [list:all]}}\n"
	p, err := parse("test.yaml", []byte(text), testRules, inMemory(files))
	if err != nil {
		t.Fatal(err)
	}
	if p.Organization.Name != "value of NAME Ltd" || p.Lists["all"].Len() != 5 || !p.Lists["blocked"].Match(address(t, "a@sub.evil.example")) {
		t.Errorf("%+v", p.Organization)
	}
	if d := p.Directory; d.Account("x") != nil || d.Find("a@b.example") != nil {
		t.Error("an empty directory finds somebody")
	}
}

func TestCovers(t *testing.T) {
	a := address(t, "taro@sub.ours.example")
	for entry, want := range map[string]bool{"ours.example": true, "=ours.example": false, "taro@sub.ours.example": true, "TARO@SUB.ours.example": true, "urs.example": false, "not a domain": false, "": false} {
		if got := Covers(entry, a); got != want {
			t.Errorf("%q: %v", entry, got)
		}
	}
}

func TestSecrets(t *testing.T) {
	tests := []struct{ text, want, problem string }{
		{"${NAME}", "value of NAME", ""},
		{"file:key", "secret", ""},
		{"hunter2", "", `test.yaml:1:1: store.password: a secret must not stand in the policy (write ${NAME} or file:PATH)`},
		{"x${NAME}", "", `test.yaml:1:1: store.password: a secret must not stand in the policy (write ${NAME} or file:PATH)`},
		{"file:none", "", `test.yaml:1:1: store.password: cannot read the secret: no such file: none`},
		{"${MISSING}", "value of MISSING", `test.yaml:1:1: store.password: environment variable "MISSING" is not set`},
	}
	for _, tt := range tests {
		r := &reader{file: "test.yaml", world: inMemory(map[string]string{"key": "secret\n"})}
		got := r.secret(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: tt.text, Line: 1, Column: 1}, "store.password")
		if got.Reveal() != tt.want || r.problems.Error() != tt.problem {
			t.Errorf("%s: %q, %v", tt.text, got.Reveal(), r.problems)
		}
		if fmt.Sprint(got) != "(secret)" || strings.Contains(fmt.Sprintf("%#v %+v", got, got), "value") {
			t.Errorf("%s: it prints", tt.text)
		}
	}
}

func TestDirectoryCommand(t *testing.T) {
	p, err := parse("test.yaml", []byte("version: 1\ndirectory: {command: [export, --all]}\n"), testRules, inMemory(nil))
	if err != nil || len(p.Directory.People) != 2 {
		t.Fatalf("%v", err)
	}
	if who := p.Directory.Find("T.Yamada@ours.example"); who == nil || who.Manager != "hanako" || len(who.Groups) != 2 || who.Language != "ja" {
		t.Errorf("%+v", who)
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "rules.yaml")
	if _, err := Parse(name, []byte("version: 1\ndirectory: {command: [no-such-program-at-all]}\n"), testRules); err == nil {
		t.Error("a command that does not exist is no problem")
	}
}

// A finding about several recipients is let be for those that are covered.
func TestExceptionLeavesTheOthers(t *testing.T) {
	p := mustParse(t, "version: 1\nexceptions: [{recipient: a@gmai.com, reason: r, until: 2027-03-31}]\n")
	m := mail(t, "Subject: x\r\n\r\n", "taro@ours.example", "a@gmai.com", "b@gmai.com")
	v := p.Judge(m, Identity{}, []lint.Finding{{Rule: "bad-domain", Severity: lint.Critical, Recipients: []string{"a@gmai.com", "b@gmai.com"}}})
	one := v.Findings[0]
	if v.Disposition != Reject || one.Excepted || len(one.Recipients) != 1 || one.Recipients[0] != "b@gmai.com" || len(one.Exceptions) != 1 {
		t.Errorf("%+v", one)
	}
	v = p.Judge(m, Identity{}, []lint.Finding{{Rule: "bad-domain", Severity: lint.Critical, Recipients: []string{"a@gmai.com"}}})
	if one = v.Findings[0]; v.Disposition != Pass || !one.Excepted || one.Severity != lint.Info {
		t.Errorf("%+v", one)
	}
}

// The log-in leads to the person, whatever the address.
func TestExceptionByAccount(t *testing.T) {
	text := "version: 1\ndirectory: {files: [people.csv]}\nexceptions: [{sender: taro@ours.example, reason: r, until: 2027-03-31}]\n"
	p, err := parse("test.yaml", []byte(text), testRules, inMemory(map[string]string{"people.csv": people}))
	if err != nil {
		t.Fatal(err)
	}
	p.Now = func() time.Time { return testNow }
	m := mail(t, "Subject: x\r\n\r\n", "desk@ours.example", "a@gmai.com")
	found, _ := p.Engine(nil).Run(m)
	by := Identity{Address: address(t, "desk@ours.example"), Trust: Authenticated, Account: "taro"}
	if v := p.Judge(m, by, found); v.Disposition != Pass {
		t.Errorf("%+v", v)
	}
}

// What a service sends is tagged only where it would be held.
func TestServiceDispositions(t *testing.T) {
	risky := lint.New(lint.Meta{ID: "risky-attachment", Defaults: map[lint.Severity]string{lint.Warning: "tag", lint.High: "quarantine"}}, struct{}{}, func(*lint.Pass, struct{}) {})
	const text = "version: 1\nservices: {s: {owner: a@ours.example, networks: [192.0.2.1], reverse_path: [ours.example], hold: never}}\nrules: {many-recipients: {disposition: %s}}\n"
	for _, tt := range []struct {
		rule, disposition string
		severity          lint.Severity
		want              Disposition
		alarm             bool
	}{
		{"many-recipients", "pass", lint.High, Pass, false},
		{"many-recipients", "tag", lint.High, Tag, false},
		{"many-recipients", "hide", lint.High, Hide, false},
		{"many-recipients", "delay", lint.High, Tag, true},
		{"many-recipients", "quarantine", lint.High, Tag, true},
		{"many-recipients", "reject", lint.High, Reject, false},
		{"risky-attachment", "pass", lint.High, Reject, true},
		{"risky-attachment", "pass", lint.Warning, Tag, false},
	} {
		p, err := parse("test.yaml", fmt.Appendf(nil, text, tt.disposition), append([]*lint.Rule{risky}, testRules...), inMemory(nil))
		if err != nil {
			t.Fatal(err)
		}
		m := mail(t, "Subject: x\r\n\r\n", "a@ours.example", three...)
		v := p.Judge(m, Identity{Remote: netip.MustParseAddr("192.0.2.1")}, []lint.Finding{{Rule: tt.rule, Severity: tt.severity}})
		if v.Disposition != tt.want || v.Alarm() != tt.alarm {
			t.Errorf("%s, %s: %s, alarm %v", tt.rule, tt.disposition, v.Disposition, v.Alarm())
		}
	}
}

func TestPreviewRulesAreOff(t *testing.T) {
	preview := lint.New(lint.Meta{ID: "new-one", Preview: true}, struct{}{}, func(*lint.Pass, struct{}) {})
	for text, want := range map[string]bool{"version: 1": false, "version: 1\nrules: {new-one: {}}": true} {
		p, err := parse("test.yaml", []byte(text), []*lint.Rule{preview}, inMemory(nil))
		if err != nil || p.Rule("new-one").Enabled != want {
			t.Errorf("%q: %v, %v", text, p.Rule("new-one").Enabled, err)
		}
	}
}
