package canary

import (
	"bytes"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"maillint/corpus"
	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// world is one rule as the policy means it: with its thresholds and scope, for
// the first domain of ours, and with nothing that can make it miss anything.
type world struct {
	p      *policy.Policy
	rule   *policy.Rule
	home   string
	org    *lint.Org
	engine *lint.Engine
	listed string // an entry of the rule's block list
}

// newWorld gives nil, and why, where the rule has nothing to find.
func newWorld(p *policy.Policy, rule *policy.Rule) (*world, string) {
	w := &world{p: p, rule: rule, home: home(p)}
	if w.home == "" {
		return nil, "no domain of ours is known"
	}
	if rule.Custom() && len(rule.Cases()) == 0 {
		return nil, "it brings no cases along"
	}
	first := slices.IndexFunc(p.Organization.Domains, func(d string) bool { return !strings.HasPrefix(d, "!") })
	org, err := lint.NewOrg(p.Organization.Domains[first : first+1])
	if err != nil {
		return nil, err.Error()
	}
	if rule.Custom() { // its cases are written for all domains of ours, and for the policy's lists
		w.org = p.Org()
		w.engine = lint.NewEngine(w.org, []lint.Entry{{Instance: rule.Alone()}})
		return w, ""
	}
	known := lint.Known{
		Partners: p.Organization.Partners, Protected: p.Organization.Protected, Webmail: p.Organization.Webmail, Lists: map[string]lint.Matcher{},
	}
	if name := blockList(rule); name != "" {
		if w.listed = w.outsider(org, p.Lists[name]); w.listed == "" {
			return nil, "its list has no entries"
		}
		known.Lists[name] = entry(w.listed)
	}
	w.org = org.With(known)
	w.engine = lint.NewEngine(w.org, []lint.Entry{{Instance: rule.Alone()}})
	return w, ""
}

// blockList is the name of the list that a rule looks recipients up in, or "".
func blockList(rule *policy.Rule) string {
	if rule.Custom() || rule.Rule.ID != "blocked-recipient" {
		return ""
	}
	v := reflect.Indirect(reflect.ValueOf(rule.Params()))
	if f := v.FieldByName("List"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// entry is a list of one entry.
type entry string

// Match implements lint.Matcher.
func (e entry) Match(a message.Address) bool { return policy.Covers(string(e), a) }

// outsider is an entry of a list that is not ours.
func (w *world) outsider(org *lint.Org, l *policy.List) string {
	if l == nil {
		return ""
	}
	for _, e := range l.Entries() {
		bare := strings.TrimPrefix(e, "=")
		_, domain, _ := strings.Cut("@"+bare, "@")
		if at := strings.LastIndexByte(bare, '@'); at >= 0 {
			domain = bare[at+1:]
		}
		d, ok := message.Domain(domain)
		if ok && !strings.HasPrefix(e, "!") && !org.Internal(d) {
			return bare
		}
	}
	return ""
}

// fit makes a message of a case one of this organisation.
func (w *world) fit(c *corpus.Case, name string, raw []byte) (Probe, bool) {
	out := Probe{Rule: w.rule, Case: c.ID, Raw: lines(bytes.Clone(raw))}
	out.Raw = w.rename(c, out.Raw)
	env := c.EnvelopeOf(name)
	if env != nil {
		moved := corpus.Envelope{From: string(w.rename(c, []byte(env.From)))}
		for _, to := range env.To {
			moved.To = append(moved.To, string(w.rename(c, []byte(to))))
		}
		env = &moved
	}
	return out, w.address(&out, env)
}

// rename puts the first domain of ours in the place of the case's, and an entry
// of our block list in the place of the case's.
func (w *world) rename(c *corpus.Case, b []byte) []byte {
	for _, d := range c.Organization {
		b = replace(b, strings.TrimLeft(d, "=!"), w.home)
	}
	if w.listed == "" {
		return b
	}
	for _, blocked := range c.Blocked {
		to := w.listed
		if strings.Contains(blocked, "@") && !strings.Contains(to, "@") {
			to = "canary@" + to
		}
		if !strings.Contains(blocked, "@") && strings.Contains(to, "@") {
			return nil // a domain of the case cannot become one address
		}
		b = replace(b, blocked, to)
	}
	return b
}

// replace changes a domain or address wherever it stands by itself or behind a
// label, whatever its case.
func replace(b []byte, from, to string) []byte {
	word := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(from))
	var out []byte
	last := 0
	for _, at := range word.FindAllIndex(b, -1) {
		if part(b, at[0]-1) || part(b, at[1]) && !(b[at[1]] == '.' && !part(b, at[1]+1)) {
			continue
		}
		out = append(append(out, b[last:at[0]]...), to...)
		last = at[1]
	}
	return append(out, b[last:]...)
}

// part reports whether the octet at i goes on with a domain's label or an
// address. A dot before a domain does not: it is then a sub-domain of it.
func part(b []byte, i int) bool {
	if i < 0 || i >= len(b) {
		return false
	}
	c := b[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c >= 0x80
}

// address settles the envelope: the case's, or what the fields say; within the
// rule's scope. It reports whether the message can be sent as it is.
func (w *world) address(p *Probe, env *corpus.Envelope) bool {
	m := message.Parse(p.Raw)
	if _, journal := m.Journalled(); journal || len(p.Raw) < 10 || bytes.IndexByte(p.Raw, 0) >= 0 || bareCR(p.Raw) {
		return false
	}
	if env != nil {
		p.From, p.To = strings.TrimPrefix(env.From, "<>"), env.To
	} else {
		fields := m.EnvelopeFromFields()
		if !fields.ReversePath.IsZero() {
			p.From = fields.ReversePath.String()
		}
		for _, a := range fields.Recipients {
			p.To = append(p.To, a.String())
		}
	}
	return len(p.To) > 0 && w.scoped(p) && sendable(p)
}

// scoped brings the sender and a recipient into the rule's scope.
func (w *world) scoped(p *Probe) bool {
	s := w.rule.Scope
	if s == nil || w.p.Covers(s, p.open()) {
		return true
	}
	if s.Recipients != nil {
		if a, ok := s.Recipients.Example("canary"); ok && !slices.ContainsFunc(p.open().Envelope.Recipients, s.Recipients.Match) {
			p.To = append(p.To, a.String())
		}
	}
	if !w.p.Covers(s, p.open()) && p.From != "" {
		if a, ok := w.p.Somebody(s); ok {
			p.From = a.String()
		}
	}
	return w.p.Covers(s, p.open())
}

// sendable leaves out what no plain SMTP client can say.
func sendable(p *Probe) bool {
	for _, s := range append([]string{p.From}, p.To...) {
		if strings.ContainsAny(s, " \"\\<>") {
			return false
		}
		for i := range len(s) {
			if s[i] <= ' ' || s[i] > '~' {
				return false
			}
		}
	}
	return len(p.To) <= mostRecipients
}

// mostRecipients keeps a round short.
const mostRecipients = 200

func bareCR(b []byte) bool {
	for i := bytes.IndexByte(b, '\r'); i >= 0; {
		if i+1 >= len(b) || b[i+1] != '\n' {
			return true
		}
		next := bytes.IndexByte(b[i+1:], '\r')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// mostBefore keeps a round short.
const mostBefore = 3

// lead puts the case's earlier messages before one that a rule with history
// finds.
func (w *world) lead(p *Probe, c *corpus.Case, at int) bool {
	if !w.rule.Rule.NeedsHistory {
		return true
	}
	for i := range at {
		first, ok := w.fit(c, c.Names[i], c.Messages[i])
		if !ok || at > mostBefore {
			return false
		}
		p.Before = append(p.Before, first)
	}
	return true
}

// judge runs the rule over a message, with what the messages before it showed.
func (w *world) judge(p *Probe, earlier []Probe) ([]lint.Finding, error) {
	var before history.ForwardMemory
	for i := range earlier {
		before.Look(lint.NewFacts(earlier[i].open(), w.org).Forwarded(), time.Time{})
	}
	facts := lint.NewFacts(p.open(), w.org)
	facts.Before.Forwarders = before.Look(facts.Forwarded(), time.Time{})
	return w.engine.RunKnowing(facts)
}

// found works out what the rule's findings must lead to. It reports false where
// the rule is silent.
func (w *world) found(p *Probe) bool {
	m := p.open()
	list, err := w.judge(p, p.Before)
	if err != nil || len(list) == 0 {
		return false
	}
	grave := false
	p.Remark = true
	for _, f := range list {
		p.Expect = max(p.Expect, w.rule.Expected(f.Severity))
		grave = grave || f.Severity > lint.Info
		p.Remark = p.Remark && w.rule.Wanted(f.Severity) == lint.Info
	}
	if automatic := lint.NewFacts(m, w.org).Automatic(); automatic != "" && (p.Expect == policy.Confirm || p.Expect == policy.Approve) {
		p.Expect = policy.Quarantine // nobody asks a program
	}
	return grave
}

// silent reports whether the rule says nothing but remarks, after what was sent
// earlier in the round.
func (w *world) silent(p *Probe, earlier []Probe) bool {
	list, err := w.judge(p, earlier)
	return err == nil && !slices.ContainsFunc(list, func(f lint.Finding) bool { return f.Severity > lint.Info })
}
