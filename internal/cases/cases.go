// Package cases runs cases of a corpus against a policy: ours, or a user's own.
package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"maillint/corpus"
	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// Problem is one way in which a case is not what it says.
type Problem struct {
	File string // of the case: "message.eml"
	Text string
}

// Result is what became of a case.
type Result struct {
	Case     string
	Title    string
	Problems []Problem
}

// OK reports whether the case is as it says.
func (r Result) OK() bool { return len(r.Problems) == 0 }

// Run judges the messages of a case by a policy. Each must give what the case
// wants and nothing else; the message put right, and what is still to do, must
// give nothing. Findings of severity info are remarks: a case may want them
// and need not.
func Run(p *policy.Policy, c corpus.Case) Result {
	r := Result{Case: c.ID, Title: c.Title}
	if r.unknownRules(p, c.Want); !r.OK() {
		return r
	}
	org, err := organization(p, c.Organization)
	if err != nil {
		r.add("case.yaml", "organization: %v", err)
		return r
	}
	more := lint.Known{Protected: c.Protected}
	if len(c.Blocked) > 0 {
		more.Lists = map[string]lint.Matcher{"blocked": entries(c.Blocked)}
	}
	engine := p.EngineWith(org, more)
	var before memory
	for i, raw := range c.Messages {
		name := c.Names[i]
		r.compare(c, i+1, name, judge(&r, p, engine, &before, name, raw, c.EnvelopeOf(name)))
	}
	for _, f := range judge(&r, p, engine, &memory{}, corpus.FixedName, c.Fixed, c.EnvelopeOf(corpus.FixedName)) {
		if f.Severity > lint.Info {
			r.add(corpus.FixedName, "the message put right gives %s", say(f))
		}
	}
	return r
}

// unknownRules says which wanted rules cannot find anything under this policy.
func (r *Result) unknownRules(p *policy.Policy, want []corpus.Expect) {
	said := map[string]bool{}
	for _, e := range want {
		switch rule := p.Rule(e.Rule); {
		case said[e.Rule]:
		case rule == nil:
			r.add("case.yaml", "the policy has no rule named %q (another --config?)", e.Rule)
		case !rule.Enabled:
			r.add("case.yaml", "the policy has switched %s off", e.Rule)
		}
		said[e.Rule] = true
	}
}

// organization is the one that a case names, else the policy's.
func organization(p *policy.Policy, domains []string) (*lint.Org, error) {
	if len(domains) > 0 {
		return lint.NewOrg(domains)
	}
	if len(p.Organization.Domains) == 0 {
		return nil, errors.New("neither the case nor the policy says which domains are internal")
	}
	return lint.NewOrg(p.Organization.Domains)
}

func (r *Result) add(file, format string, args ...any) {
	r.Problems = append(r.Problems, Problem{file, fmt.Sprintf(format, args...)})
}

// entries is a case's block list.
type entries []string

func (e entries) Match(a message.Address) bool {
	return slices.ContainsFunc(e, func(entry string) bool { return policy.Covers(entry, a) })
}

// memory is what a case's earlier messages leave behind.
type memory struct {
	locked   history.LockedFiles
	forwards history.ForwardMemory
}

// judge gives the findings on one message, with the policy's severities. A
// case's messages follow each other within moments.
func judge(r *Result, p *policy.Policy, engine *lint.Engine, before *memory, name string, raw []byte, env *corpus.Envelope) []lint.Finding {
	m := open(raw, env)
	facts := lint.NewFacts(m, engine.Org())
	from, outside := facts.Sender(), facts.External()
	facts.Before.Locked = func() bool { return before.locked.Lately(history.PasswordWays(m, from, outside), time.Time{}) }
	facts.Before.Forwarders = before.forwards.Look(facts.Forwarded(), time.Time{})
	found, err := engine.RunKnowing(facts)
	if facts.Locked() {
		before.locked.Note(history.LockedWays(m, from, outside), time.Time{})
	}
	if err != nil {
		r.add(name, "%v", err)
	}
	var out []lint.Finding
	for _, j := range p.Judge(m, policy.IdentityOf(m), found).Findings {
		out = append(out, j.Finding)
	}
	return out
}

// open reads a message and settles its envelope: the case's, a journal
// report's, or what the fields suggest.
func open(raw []byte, env *corpus.Envelope) *message.Message {
	m := message.Parse(raw)
	if inner, ok := m.Journalled(); ok {
		return inner
	}
	m.Envelope = m.EnvelopeFromFields()
	if env == nil {
		return m
	}
	m.Envelope = message.Envelope{Source: "smtp", Null: env.From == "<>"}
	m.Envelope.ReversePath, _ = message.ParseAddress(env.From)
	for _, s := range env.To {
		if a, ok := message.ParseAddress(s); ok {
			m.Envelope.Recipients = append(m.Envelope.Recipients, a)
		}
	}
	return m
}

// compare holds what message n gave against what the case expects.
func (r *Result) compare(c corpus.Case, n int, name string, found []lint.Finding) {
	used := make([]bool, len(found))
	for _, e := range c.Want {
		if about(e) != n {
			continue
		}
		free := func(fits func(lint.Finding) bool) int {
			for i, f := range found {
				if !used[i] && fits(f) {
					return i
				}
			}
			return -1
		}
		if i := free(func(f lint.Finding) bool { return matches(e, f) }); i >= 0 {
			used[i] = true
		} else if i := free(func(f lint.Finding) bool { return f.Rule == e.Rule }); i >= 0 {
			r.add(name, "wanted: %s; found: %s", wanted(e), say(found[i]))
			used[i] = true
		} else {
			r.add(name, "missing: %s; found: %s", wanted(e), list(found))
		}
	}
	for i, f := range found {
		if !used[i] && f.Severity > lint.Info {
			r.add(name, "not expected: %s", say(f))
		}
	}
	for _, e := range c.Todo {
		if about(e) == n && slices.ContainsFunc(found, func(f lint.Finding) bool { return matches(e, f) }) {
			r.add(name, "%s is found now: move it from todo to want", wanted(e))
		}
	}
}

// about is the message that an expectation is about; the first where it does
// not say.
func about(e corpus.Expect) int { return max(1, e.Message) }

func matches(e corpus.Expect, f lint.Finding) bool {
	return f.Rule == e.Rule && (e.Severity == "" || f.Severity.String() == e.Severity) &&
		(e.Where == "" || f.Where == e.Where) && strings.Contains(f.Message, e.Says)
}

func wanted(e corpus.Expect) string {
	s := e.Rule
	for _, part := range []string{e.Severity, e.Where, e.Says} {
		if part != "" {
			s += ", " + part
		}
	}
	return s
}

func say(f lint.Finding) string {
	return fmt.Sprintf("%s: %s: %s [%s]", f.Where, f.Severity, f.Message, f.Rule)
}

func list(found []lint.Finding) string {
	if len(found) == 0 {
		return "nothing"
	}
	var out []string
	for _, f := range found {
		out = append(out, say(f))
	}
	return strings.Join(out, "; ")
}
