package canary

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"maillint/corpus"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// Probe is one message of a round, and what must become of it.
type Probe struct {
	Rule *policy.Rule
	Case string // of the corpus, or "cases" of a custom rule
	Twin bool   // the message put right, in which the rule must be silent
	From string // the reverse-path; "" is the null one
	To   []string
	Raw  []byte
	// Before are the messages that must have gone first: what the rule finds is
	// in the row of them. Nobody looks at what becomes of them.
	Before []Probe
	// Expect is what the rule's finding must lead to; nothing of a twin.
	Expect policy.Disposition
	// Remark: the policy makes no more than info of what the rule finds in it.
	Remark bool
}

// Name says which message it is, for people.
func (p *Probe) Name() string {
	if p.Twin {
		return fmt.Sprintf("%s, put right (%s)", p.Rule.Name, p.Case)
	}
	return fmt.Sprintf("%s (%s)", p.Rule.Name, p.Case)
}

// Trial are the messages that can prove a rule, the best first: each a bad one
// with its twin. One of them is enough.
type Trial struct {
	Rule  *policy.Rule
	Pairs [][2]Probe
}

// Plan is what a round sends under one policy.
type Plan struct {
	Trials []Trial
	// Faults are rules that are lost already: no message need be sent to see it.
	Faults []Fault
	// Calm are enforced rules that are not tried, and why.
	Calm []Calm
}

// Calm is an enforced rule that is not tried on purpose.
type Calm struct{ Rule, Why string }

// mostPairs is how many pairs of a rule are kept: the second and third are for
// where another rule refuses the recipients of the first.
const mostPairs = 3

// NewPlan looks for the messages that prove each rule that the policy enforces.
// What must be found follows from what the policy says on purpose (enabled,
// mode, severity, disposition, thresholds), and the brake, never from its lists,
// exceptions, services and further domains: what these make a rule miss is lost
// by accident.
func NewPlan(p *policy.Policy) (*Plan, error) {
	all, err := corpus.Cases()
	if err != nil {
		return nil, err
	}
	return PlanOf(p, all), nil
}

// PlanOf is NewPlan with the cases that it may take.
func PlanOf(p *policy.Policy, all []corpus.Case) *Plan {
	plan := &Plan{}
	for _, rule := range p.Rules {
		if p.Enforced(rule) {
			plan.add(p, rule, all)
		}
	}
	return plan
}

// add looks for the pairs of one rule.
func (plan *Plan) add(p *policy.Policy, rule *policy.Rule, all []corpus.Case) {
	w, why := newWorld(p, rule)
	if w == nil {
		if l := emptied(p, rule); l != nil {
			plan.Faults = append(plan.Faults, Fault{Part: "rule " + rule.Name, Text: fmt.Sprintf("%s cannot find anything: the list %s has no entries (%s)", rule.Name, l.Name, l.File)})
			return
		}
		plan.Calm = append(plan.Calm, Calm{rule.Name, why})
		return
	}
	var pairs [][2]Probe
	if rule.Custom() {
		pairs = w.customPairs()
	} else {
		pairs = w.corpusPairs(all)
	}
	if len(pairs) == 0 {
		plan.Calm = append(plan.Calm, Calm{rule.Name, "its parameters and scope fit no message of the corpus"})
		return
	}
	// The gravest first, since that is what must not be lost; then the smallest.
	slices.SortStableFunc(pairs, func(a, b [2]Probe) int {
		return cmp.Or(cmp.Compare(b[0].Expect, a[0].Expect), cmp.Compare(len(a[0].Raw), len(b[0].Raw)))
	})
	plan.Trials = append(plan.Trials, Trial{rule, pairs[:min(len(pairs), mostPairs)]})
}

// emptied is the block list of a rule that comes from a file and has lost its
// entries. A list in the policy that is empty was never filled.
func emptied(p *policy.Policy, rule *policy.Rule) *policy.List {
	name := blockList(rule)
	if l := p.Lists[name]; name != "" && l != nil && l.Len() == 0 && l.File != "" {
		return l
	}
	return nil
}

// corpusPairs are the cases that show what the rule finds.
func (w *world) corpusPairs(all []corpus.Case) [][2]Probe {
	var out [][2]Probe
	for i := range all {
		c := &all[i]
		n := slices.IndexFunc(c.Want, func(e corpus.Expect) bool { return e.Rule == w.rule.Rule.ID && e.Severity != lint.Info.String() })
		if n < 0 {
			continue
		}
		at := max(1, c.Want[n].Message) - 1
		bad, ok := w.fit(c, c.Names[at], c.Messages[at])
		if !ok || !w.lead(&bad, c, at) || !w.found(&bad) {
			continue
		}
		twin, ok := w.fit(c, corpus.FixedName, c.Fixed)
		if twin.Twin = true; !ok || !w.silent(&twin, append(slices.Clone(bad.Before), bad)) {
			continue
		}
		out = append(out, [2]Probe{bad, twin})
	}
	return out
}

// customPairs are the first of the rule's own cases that fire and are silent.
func (w *world) customPairs() [][2]Probe {
	var pair [2]Probe
	have := [2]bool{}
	for _, c := range w.rule.Cases() {
		n := 1
		if c.Fires {
			n = 0
		}
		if have[n] {
			continue
		}
		probe := Probe{Rule: w.rule, Case: "cases", Twin: !c.Fires, Raw: lines(c.Message)}
		if w.address(&probe, nil) && (c.Fires && w.found(&probe) || !c.Fires && w.silent(&probe, nil)) {
			pair[n], have[n] = probe, true
		}
	}
	if !have[0] || !have[1] {
		return nil
	}
	return [][2]Probe{pair}
}

// lines puts CRLF at the end of every line.
func lines(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(raw, "\r\n"...)
	}
	return raw
}

// open is the message as the gate will judge it.
func (p *Probe) open() *message.Message {
	m := message.Parse(p.Raw)
	m.Envelope = message.Envelope{Source: "smtp", Null: p.From == ""}
	m.Envelope.ReversePath, _ = message.ParseAddress(p.From)
	for _, s := range p.To {
		if a, ok := message.ParseAddress(s); ok {
			m.Envelope.Recipients = append(m.Envelope.Recipients, a)
		}
	}
	return m
}
