package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"maillint/corpus"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rules"
)

// all is an engine of all rules as they are shipped.
func all(t *testing.T, c corpus.Case) *lint.Engine {
	t.Helper()
	org, err := lint.NewOrg(c.Organization)
	if err != nil {
		t.Fatal(err)
	}
	org = org.With(lint.Known{Protected: c.Protected, Lists: map[string]lint.Matcher{"blocked": blocked(c.Blocked)}})
	var entries []lint.Entry
	for _, r := range rules.All {
		entries = append(entries, lint.Entry{Instance: r.Default()})
	}
	return lint.NewEngine(org, entries)
}

// blocked is a case's block list.
type blocked []string

func (b blocked) Match(a message.Address) bool {
	return slices.ContainsFunc(b, func(entry string) bool { return policy.Covers(entry, a) })
}

// open reads one message of the corpus and settles its envelope.
func open(t *testing.T, raw []byte, env *corpus.Envelope) *message.Message {
	t.Helper()
	m := message.Parse(raw)
	if inner, ok := m.Journalled(); ok {
		return inner
	}
	m.Envelope = m.EnvelopeFromFields()
	if env == nil {
		return m
	}
	m.Envelope = message.Envelope{Source: "smtp", Null: env.From == "<>"}
	if a, ok := message.ParseAddress(env.From); ok {
		m.Envelope.ReversePath = a
	}
	for _, s := range env.To {
		a, ok := message.ParseAddress(s)
		if !ok {
			t.Errorf("envelope: %q is no address", s)
		}
		m.Envelope.Recipients = append(m.Envelope.Recipients, a)
	}
	return m
}

// Every case fires as it says, and its twin is silent. Findings of severity
// info are remarks; the corpus may expect them and need not.
func TestCorpus(t *testing.T) {
	cases, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("the corpus is empty")
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			engine := all(t, c)
			for i, raw := range c.Messages {
				found, err := engine.Run(open(t, raw, c.EnvelopeOf(c.Names[i])))
				if err != nil {
					t.Error(err)
				}
				compare(t, c, i+1, found)
			}
			found, err := engine.Run(open(t, c.Fixed, c.EnvelopeOf(corpus.FixedName)))
			if err != nil {
				t.Error(err)
			}
			for _, f := range found {
				if f.Severity > lint.Info {
					t.Errorf("the twin gives %s", say(f))
				}
			}
		})
	}
}

// compare holds what message n gave against what the case expects.
func compare(t *testing.T, c corpus.Case, n int, found []lint.Finding) {
	t.Helper()
	used := make([]bool, len(found))
	for _, e := range c.Want {
		if e.Message != n && !(e.Message == 0 && n == 1) {
			continue
		}
		i := 0
		for i < len(found) && (used[i] || !matches(e, found[i])) {
			i++
		}
		if i == len(found) {
			t.Errorf("message %d: missing %+v; found %s", n, e, list(found))
			continue
		}
		used[i] = true
	}
	for i, f := range found {
		if !used[i] && f.Severity > lint.Info {
			t.Errorf("message %d: not expected: %s", n, say(f))
		}
	}
	for _, e := range c.Todo {
		if (e.Message == n || e.Message == 0 && n == 1) && slices.ContainsFunc(found, func(f lint.Finding) bool { return matches(e, f) }) {
			t.Errorf("message %d: %s is found now: move it from todo to want", n, e.Rule)
		}
	}
}

func matches(e corpus.Expect, f lint.Finding) bool {
	return f.Rule == e.Rule && (e.Severity == "" || f.Severity.String() == e.Severity) &&
		(e.Where == "" || f.Where == e.Where) && strings.Contains(f.Message, e.Says)
}

func say(f lint.Finding) string {
	return fmt.Sprintf("%s: %s: %s [%s]", f.Where, f.Severity, f.Message, f.Rule)
}

func list(found []lint.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, say(f))
	}
	return strings.Join(out, "; ")
}

// Every rule has a case that fires.
func TestEveryRuleHasACase(t *testing.T) {
	cases, err := corpus.Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All {
		if !slices.ContainsFunc(cases, func(c corpus.Case) bool {
			return slices.ContainsFunc(c.Want, func(e corpus.Expect) bool { return e.Rule == r.ID && e.Severity != "info" })
		}) {
			t.Errorf("%s: no case of the corpus fires", r.ID)
		}
	}
}
