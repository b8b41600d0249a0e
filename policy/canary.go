package policy

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// Canary says how maillint proves that it lives: messages of its own that must
// be found, and such that must pass.
type Canary struct {
	// Every is the time between two rounds.
	Every time.Duration
	// From are networks, besides this machine, that canaries may come from.
	From []netip.Prefix
	// Key makes and checks tokens. Without one it is made at the start, and
	// canaries come from inside alone.
	Key Secret
}

// Bounds of Canary.Every: often enough to be a proof, and not so often that
// nothing else is done.
const (
	shortestRound = time.Second
	longestRound  = time.Hour
)

func newCanary() Canary { return Canary{Every: 5 * time.Minute} }

func (r *reader) readCanary(n *yaml.Node, path string) Canary {
	out := newCanary()
	r.mapping(n, path, "key",
		key{"every", func(v *yaml.Node, p string) {
			out.Every = r.duration(v, p)
			if out.Every > longestRound || out.Every < shortestRound && out.Every > 0 {
				r.fail(r.at(v), "write it like 5m", "%smust be from 1s to 1h", prefix(p))
			}
		}},
		key{"from", func(v *yaml.Node, p string) { out.From = r.networks(v, p) }},
		key{"key", func(v *yaml.Node, p string) {
			before := len(r.problems)
			out.Key = r.secret(v, p)
			if len(r.problems) == before && len(out.Key.Reveal()) < 16 {
				r.fail(r.at(v), `make one with "openssl rand -hex 32"`, "%sshorter than 16 characters", prefix(p))
			}
		}},
	)
	if len(out.From) > 0 && out.Key.Reveal() == "" && find(n, "key") == nil {
		r.fail(r.at(find(n, "from")), "write key: file:PATH", "%sfrom is of no use without a key that both sides have", prefix(path))
	}
	return out
}

// Enforced reports whether findings of the rule act: what the policy says on
// purpose, and nothing that may have come about by accident.
func (p *Policy) Enforced(rule *Rule) bool {
	return rule.Enabled && rule.Mode == Enforce && p.Mode == Enforce
}

// Expected is the disposition of an enforced finding of a severity that the
// rule gives.
func (c *Rule) Expected(graded lint.Severity) Disposition { return c.Disposition(c.severity(graded)) }

// Wanted is the severity that the policy makes of the one that the rule gives.
func (c *Rule) Wanted(graded lint.Severity) lint.Severity { return c.severity(graded) }

// Alone is the rule by itself, as the policy has configured it, but with the
// lists of its parameters as they ship: exemptions and additions change
// nothing about what the rule is there for.
func (c *Rule) Alone() lint.Instance { return c.instance.WithShippedLists() }

// RuleCase is a message of a custom rule's own cases.
type RuleCase struct {
	Fires   bool
	Message []byte
}

// Cases are the cases that a custom rule brings along.
func (c *Rule) Cases() []RuleCase {
	var out []RuleCase
	for _, one := range c.cases {
		out = append(out, RuleCase{one.fires, []byte(one.raw)})
	}
	return out
}

// Covers reports whether a message on its way is in the scope, at whatever time.
func (p *Policy) Covers(s *Scope, m *message.Message) bool {
	return s == nil || p.applies(&Scope{Senders: s.Senders, Recipients: s.Recipients, Groups: s.Groups}, m, lint.NewFacts(m, p.judged()))
}

// Timely reports whether the scope's hours and days include this moment.
func (p *Policy) Timely(s *Scope) bool {
	return s == nil || s.timely(p.Now().In(p.Organization.Zone))
}

// Somebody is an address that the scope covers as a sender, or false where
// nobody is known.
func (p *Policy) Somebody(s *Scope) (message.Address, bool) {
	for _, who := range p.Directory.People {
		for _, a := range who.Addresses {
			if in := s.Senders == nil || s.Senders.Match(a); in && (s.Groups == nil || slices.ContainsFunc(who.Groups, func(g string) bool { return slices.Contains(s.Groups, g) })) {
				return a, true
			}
		}
	}
	if s.Groups != nil || s.Senders == nil {
		return message.Address{}, false
	}
	return s.Senders.Example("canary")
}

// Example is an address that the list covers, with local where the list leaves
// that open.
func (l *List) Example(local string) (message.Address, bool) {
	for _, e := range l.entries {
		if strings.HasPrefix(e, "!") {
			continue
		}
		e = strings.TrimPrefix(e, "=")
		if !strings.Contains(e, "@") {
			e = local + "@" + e
		}
		if a, ok := message.ParseAddress(e); ok && l.Match(a) {
			return message.Address{Local: a.Local, Domain: a.Domain}, true
		}
	}
	return message.Address{}, false
}
