package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/message"
)

func tokyo(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestCalendar(t *testing.T) {
	zone := tokyo(t)
	c := newCalendar(zone)
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range []struct {
		from string
		add  time.Duration
		want string
	}{
		{"2026-11-24 10:00", 24 * time.Hour, "2026-11-25 10:00"}, // Tuesday
		{"2026-11-20 10:00", 24 * time.Hour, "2026-11-24 10:00"}, // Friday; Monday is a holiday
		{"2026-11-21 10:00", 24 * time.Hour, "2026-11-25 00:00"}, // from a Saturday
		{"2026-05-01 18:00", 48 * time.Hour, "2026-05-08 18:00"}, // over Golden Week 2026: 3rd to 6th
		{"2026-11-24 10:00", 2 * time.Hour, "2026-11-24 12:00"},  // within a day
		{"2026-09-18 12:00", 24 * time.Hour, "2026-09-24 12:00"}, // 21st, 22nd (between two), 23rd
		{"2030-12-31 12:00", 12 * time.Hour, "2031-01-01 00:00"}, // the end of the year
		{"2026-11-24 10:00", 0, "2026-11-24 10:00"},
	} {
		if got := c.Add(at(tt.from), tt.add); !got.Equal(at(tt.want)) {
			t.Errorf("%s + %v: %s, want %s", tt.from, tt.add, got.Format("2006-01-02 15:04"), tt.want)
		}
	}
	c.days = [7]bool{}
	if got := c.Add(at("2026-11-24 10:00"), time.Hour); !got.Equal(at("2026-11-24 11:00")) {
		t.Errorf("without working days: %s", got)
	}
}

func TestHolidayFile(t *testing.T) {
	days := holidayLines(holidaysJapan)
	if !slices.IsSorted(days) || days[0] != "2026-01-01" || days[len(days)-1] < "2030-12-01" {
		t.Errorf("from %s to %s, or not in order", days[0], days[len(days)-1])
	}
	for _, d := range days {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			t.Error(err)
		}
	}
}

const doorPolicy = `
version: 1
organization: {domains: [example.ac.jp]}
directory: {files: [people.csv]}
rules:
  many-recipients: {disposition: {high: approve}}
release: {address: "localhost:25"}
proxy:
  listeners: {in: {address: "127.0.0.1:2587", tls: none}}
  next_hops: {out: {address: "localhost:25"}}
`

const doorPeople = `account,addresses,kind,groups,manager,deputies
taro,taro@example.ac.jp;t.yamada@example.ac.jp,staff,sales,hanako,
hanako,hanako@example.ac.jp,staff,,,jiro
jiro,jiro@example.ac.jp,staff,,,
desk,desk@example.ac.jp,shared,,,
`

func doorsOf(t *testing.T, more string) *Policy {
	t.Helper()
	p, err := parse("p.yaml", []byte(doorPolicy+more), testRules, inMemory(map[string]string{"people.csv": doorPeople}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCheckFor(t *testing.T) {
	tests := []struct{ name, more, want string }{
		{"right", "holds: {fallback: postmaster@example.ac.jp}", ""},
		{"a shared mailbox", "holds: {fallback: desk@example.ac.jp}", ""},
		{"no fallback", "", "holds.fallback is not set"},
		{"only oneself", "holds: {fallback: jiro@example.ac.jp}", "mail of jiro@example.ac.jp would reach 0 of the 1"},
		{"oneself under another address", "holds: {fallback: [taro@example.ac.jp, t.yamada@example.ac.jp], approvers: {rules: {many-recipients: t.yamada@example.ac.jp}}}", "mail of taro@example.ac.jp would reach 0 of the 1"},
		{"too few", "holds: {fallback: postmaster@example.ac.jp, approvers: {rules: {many-recipients: {who: [hanako@example.ac.jp], need: 3}}}}", "of the 3 approvers it needs"},
		{"enough", "holds: {fallback: postmaster@example.ac.jp, approvers: {rules: {many-recipients: {who: [hanako@example.ac.jp, jiro@example.ac.jp], need: 2}}}}", ""},
	}
	for _, tt := range tests {
		got := doorsOf(t, tt.more).CheckFor("proxy").Error()
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	bare := mustParse(t, "version: 1")
	got := bare.CheckFor("proxy").Error()
	for _, want := range []string{"organization.domains", "release", "holds.fallback", "listener", "next hop"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not missed in\n%s", want, got)
		}
	}
	if bad := bare.Check(testNow); len(bad) != 0 {
		t.Errorf("a policy for scan is warned about: %v", bad)
	}
	if bad := doorsOf(t, "").Check(testNow); bad.Errors() || len(bad) != 1 {
		t.Errorf("plain check: %v", bad)
	}
}

func TestApprovals(t *testing.T) {
	p := doorsOf(t, "holds: {fallback: postmaster@example.ac.jp, approvers: {rules: {bad-domain: [jiro@example.ac.jp, hanako@example.ac.jp]}}}")
	show := func(list []message.Address) string {
		var out []string
		for _, a := range list {
			out = append(out, a.Local)
		}
		return strings.Join(out, " ")
	}
	person := func(s string) *Person { return p.Directory.Find(s) }
	for _, tt := range []struct {
		name            string
		who             *Person
		rules           []string
		asked, eligible string
	}{
		{"the manager and the deputy", person("taro"), []string{"many-recipients"}, "hanako jiro", "hanako jiro postmaster"},
		{"nobody knows the sender", nil, []string{"many-recipients"}, "postmaster", "postmaster"},
		{"the rule's", person("taro"), []string{"bad-domain"}, "jiro hanako", "jiro hanako postmaster"},
		{"never oneself", person("jiro"), []string{"bad-domain"}, "hanako", "hanako postmaster"},
	} {
		got := p.Approvals(tt.who, tt.rules)
		if len(got) != 1 || show(got[0].Asked) != tt.asked || show(got[0].Eligible) != tt.eligible {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if got := p.Approvals(person("taro"), []string{"bad-domain", "many-recipients"}); len(got) != 2 {
		t.Errorf("two rules, one with approvers of its own: %d approvals", len(got))
	}
}

func TestDefaultTransport(t *testing.T) {
	if got := DefaultTransport([]string{"localhost:25"}); got.TLS != NoTLS || got.Verify {
		t.Errorf("local: %+v", got)
	}
	if got := DefaultTransport([]string{"127.0.0.1:25", "mail.example.jp:25"}); got.TLS != STARTTLS || !got.Verify {
		t.Errorf("elsewhere: %+v", got)
	}
}
