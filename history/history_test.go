package history

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"maillint/lint"
	"maillint/message"
)

var now = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)

func addresses(t *testing.T, list ...string) []message.Address {
	t.Helper()
	var out []message.Address
	for _, s := range list {
		a, ok := message.ParseAddress(s)
		if !ok {
			t.Fatal(s)
		}
		out = append(out, a)
	}
	return out
}

func TestSubjectOf(t *testing.T) {
	visible := addresses(t, "B@Example.com", "a@example.com", "b@EXAMPLE.com")
	for _, c := range []struct {
		rule  string
		about []string
		want  Subject
	}{
		{"exposed-recipients", nil, Subject{Circle, []string{"a@example.com", "b@example.com"}}},
		{"lookalike-domain", []string{"Exarnple.COM."}, Subject{Domain, []string{"exarnple.com"}}},
		{"lookalike-domain", []string{"日本語.example"}, Subject{Domain, []string{"xn--wgv71a119e.example"}}},
		{"similar-recipient", []string{"Taro@Example.com"}, Subject{Address, []string{"taro@example.com"}}},
		{"similar-recipient", []string{"a..b@docomo.ne.jp", "c@example.com"}, Subject{Address, []string{"a..b@docomo.ne.jp", "c@example.com"}}},
		{"mixed", []string{"a@example.com", "example.com"}, Subject{}},
		{"words", []string{"twelve addresses"}, Subject{}},
		{"words", []string{"localhost"}, Subject{}},
		{"words", []string{"@example.com"}, Subject{}},
		{"words", []string{""}, Subject{}},
		{"missing-attachment", nil, Subject{}},
		{"personal-data", []string{"a@example.com"}, Subject{}},
		{"credentials", []string{"example.com"}, Subject{}},
	} {
		have := SubjectOf(c.rule, lint.Finding{About: c.about}, visible)
		if !reflect.DeepEqual(have, c.want) {
			t.Errorf("%s about %q: %+v, want %+v", c.rule, c.about, have, c.want)
		}
	}
	if s := SubjectOf("exposed-recipients", lint.Finding{}, nil); !s.IsZero() {
		t.Errorf("an empty circle: %+v", s)
	}
}

// circle is n addresses from a first one on.
func circle(from, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("p%03d@example.com", from+i))
	}
	return out
}

func TestCoversCircle(t *testing.T) {
	list := []Memory{{Identity: "hana@example.jp", Rule: "exposed-recipients", Kind: Circle, About: circle(0, 12), At: now, Until: now.Add(Kept)}}
	list = append(list, list[0])
	list[1].About = circle(100, 12)
	for _, c := range []struct {
		name  string
		about []string
		want  bool
	}{
		{"the same", circle(0, 12), true},
		{"a part", circle(3, 5), true},
		{"two new", circle(2, 12), true},
		{"three new", circle(3, 12), false},
		{"another", circle(200, 12), false},
		{"two strangers alone", circle(200, 2), false},
		{"one known, two new", append(circle(0, 1), circle(200, 2)...), true},
		{"two circles together", append(circle(0, 6), circle(100, 6)...), false},
		{"the other circle", circle(100, 12), true},
		{"nobody", nil, false},
	} {
		_, have := Covers(list, "hana@example.jp", "exposed-recipients", Subject{Circle, c.about}, now)
		if have != c.want {
			t.Errorf("%s: %v", c.name, have)
		}
	}
}

func TestCovers(t *testing.T) {
	one := Memory{ID: "m1", Identity: "hana@example.jp", Rule: "lookalike-domain", Kind: Domain, About: []string{"exarnple.com"}, At: now, Until: now.Add(Kept)}
	two := one
	two.ID, two.About, two.Until = "m2", []string{"second.example"}, now.Add(time.Hour)
	list := []Memory{one, two}
	same := Subject{Domain, []string{"exarnple.com"}}
	for _, c := range []struct {
		name     string
		identity string
		rule     string
		subject  Subject
		at       time.Time
		want     string
	}{
		{"the same", "HANA@example.jp", "lookalike-domain", same, now, "m1"},
		{"both, until the first ends", "hana@example.jp", "lookalike-domain", Subject{Domain, []string{"exarnple.com", "second.example"}}, now, "m2"},
		{"one of two", "hana@example.jp", "lookalike-domain", Subject{Domain, []string{"exarnple.com", "third.example"}}, now, ""},
		{"somebody else", "taro@example.jp", "lookalike-domain", same, now, ""},
		{"nobody", "", "lookalike-domain", same, now, ""},
		{"another rule", "hana@example.jp", "lookalike-students", same, now, ""},
		{"below the domain", "hana@example.jp", "lookalike-domain", Subject{Domain, []string{"mail.exarnple.com"}}, now, ""},
		{"another kind", "hana@example.jp", "lookalike-domain", Subject{Address, []string{"exarnple.com"}}, now, ""},
		{"nothing", "hana@example.jp", "lookalike-domain", Subject{}, now, ""},
		{"the last moment", "hana@example.jp", "lookalike-domain", same, now.Add(Kept - 1), "m1"},
		{"over", "hana@example.jp", "lookalike-domain", same, now.Add(Kept), ""},
		{"not yet", "hana@example.jp", "lookalike-domain", same, now.Add(-time.Second), ""},
	} {
		m, ok := Covers(list, c.identity, c.rule, c.subject, c.at)
		if m.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q %v", c.name, m.ID, ok)
		}
	}
}

func decision() Decision {
	return Decision{
		Identity: "hana@example.jp", By: "hana@example.jp", Item: "i1", At: now,
		Findings: []Held{
			{Rule: "exposed-recipients", Disposition: "confirm", Subject: Subject{Circle, circle(0, 12)}},
			{Rule: "lookalike-domain", Disposition: "confirm", Subject: Subject{Domain, []string{"exarnple.com"}}, Recipients: []string{"taro@exarnple.com"}},
			{Rule: "similar-recipient", Disposition: "approve", Subject: Subject{Address, []string{"a@example.com", "b@example.com"}}, Recipients: []string{"a@example.com", "b@example.com"}},
			{Rule: "sharing-link", Disposition: "tag", Subject: Subject{Domain, []string{"example.com"}}},
			{Rule: "missing-attachment", Disposition: "delay", Subject: Subject{Domain, []string{"example.com"}}},
			{Rule: "encrypted-archive", Disposition: "confirm"},
		},
	}
}

// learned is what a decision teaches, in short.
func learned(d Decision) string {
	var out []string
	for _, m := range Learn(d) {
		out = append(out, fmt.Sprintf("%s:%s:%d", m.Rule, m.Kind, len(m.About)))
	}
	return strings.Join(out, " ")
}

func TestLearn(t *testing.T) {
	all := "exposed-recipients:circle:12 lookalike-domain:domain:1 similar-recipient:address:1 similar-recipient:address:1"
	for _, c := range []struct {
		name   string
		change func(*Decision)
		want   string
	}{
		{"confirmed", func(d *Decision) {}, all},
		{"claimed", func(d *Decision) { d.Claimed = true }, ""},
		{"hidden", func(d *Decision) { d.Hide = true }, ""},
		{"not to be remembered", func(d *Decision) { d.Silent = true }, ""},
		{"nobody's", func(d *Decision) { d.Identity = "" }, ""},
		{"by a deadline", func(d *Decision) { d.By = "" }, ""},
		{"with quarantine", func(d *Decision) { d.Findings[5].Disposition = "quarantine" }, ""},
		{"with reject", func(d *Decision) { d.Findings[5].Disposition = "reject" }, ""},
		{"to some", func(d *Decision) { d.Only = []string{"Taro@exarnple.com", "a@example.com"} }, "lookalike-domain:domain:1"},
	} {
		d := decision()
		c.change(&d)
		if have := learned(d); have != c.want {
			t.Errorf("%s: %q, want %q", c.name, have, c.want)
		}
	}
	for _, m := range Learn(decision()) {
		if !m.Until.Equal(now.Add(180*24*time.Hour)) || m.Item != "i1" || m.By != "hana@example.jp" {
			t.Errorf("%+v", m)
		}
	}
}

// What was learned covers what it was learned from.
func TestLearnedCovers(t *testing.T) {
	d := decision()
	list := Learn(d)
	for _, h := range d.Findings[:3] {
		if _, ok := Covers(list, d.Identity, h.Rule, h.Subject, now.Add(time.Hour)); !ok {
			t.Errorf("%s would be asked again", h.Rule)
		}
	}
	for _, h := range d.Findings[3:] {
		if _, ok := Covers(list, d.Identity, h.Rule, h.Subject, now.Add(time.Hour)); ok {
			t.Errorf("%s would not be asked again", h.Rule)
		}
	}
}
