package policy

import (
	"cmp"
	"slices"

	"maillint/lint"
	"maillint/message"
)

// Verdict is what becomes of a message, and why.
type Verdict struct {
	// Disposition is the strictest of the findings'.
	Disposition Disposition
	// Would is what it would be if nothing were only monitored.
	Would    Disposition
	Findings []Judged // the strictest first
}

// Judged is a finding with what the policy makes of it.
type Judged struct {
	lint.Finding
	// Disposition is what the finding leads to: pass where it is monitored.
	Disposition Disposition
	// Would is what it would lead to if it were enforced.
	Would     Disposition
	Monitored bool // the policy or the rule is in monitor mode
}

// Trust tells how well an identity is known.
type Trust int

// The kinds of trust. Nothing but the first two lets an exception by sender
// apply.
const (
	Claimed       Trust = iota // the reverse-path says so
	Vouched                    // a trusted relay says so
	Authenticated              // a log-in proved it
)

// Identity is who submitted a message.
type Identity struct {
	Address message.Address
	Trust   Trust
}

// IdentityOf is the identity of a message that nobody vouches for: the
// reverse-path, claimed. In stored mail there is only From, which counts as
// vouched.
func IdentityOf(m *message.Message) Identity {
	if m.Envelope.Source == message.FromFields {
		if from := m.From(); len(from) > 0 {
			return Identity{from[0], Vouched}
		}
	}
	return Identity{m.Envelope.ReversePath, Claimed}
}

// Judge applies the policy to the findings of its engine on a message: their
// severities, dispositions and modes.
func (p *Policy) Judge(m *message.Message, by Identity, found []lint.Finding) Verdict {
	var v Verdict
	for _, f := range found {
		j := p.judge(f)
		v.Disposition = max(v.Disposition, j.Disposition)
		v.Would = max(v.Would, j.Would)
		v.Findings = append(v.Findings, j)
	}
	slices.SortStableFunc(v.Findings, func(a, b Judged) int {
		return cmp.Or(cmp.Compare(b.Would, a.Would), cmp.Compare(b.Severity, a.Severity))
	})
	return v
}

// judge finds the rule of a finding; one that the policy does not know (an
// engine's own) is judged by its severity alone.
func (p *Policy) judge(f lint.Finding) Judged {
	rule := p.byName[f.Rule]
	if rule == nil {
		return Judged{Finding: f}
	}
	f.Severity = rule.severity(f.Severity)
	j := Judged{Finding: f, Would: rule.Disposition(f.Severity)}
	if j.Monitored = p.Mode == Monitor || rule.Mode == Monitor; !j.Monitored {
		j.Disposition = j.Would
	}
	return j
}
