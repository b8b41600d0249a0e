package policy

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

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
	// Service is the system that sent it, if it is one of the policy's.
	Service *Service
}

// Alarm reports whether the administrators are to be told at once.
func (v *Verdict) Alarm() bool {
	return slices.ContainsFunc(v.Findings, func(j Judged) bool { return j.Alarm })
}

// Judged is a finding with what the policy makes of it.
type Judged struct {
	lint.Finding
	// Disposition is what the finding leads to: pass where it is monitored.
	Disposition Disposition
	// Would is what it would lead to if it were enforced.
	Would     Disposition
	Monitored bool // the policy or the rule is in monitor mode, or the rule is braked
	// Exceptions are those that were used. Where they cover the whole finding
	// it is Excepted: info, and passed. Else Recipients are those left over.
	Exceptions []*Exception
	Excepted   bool
	// Learned says which earlier decision lets the finding be: info, and passed.
	Learned string
	// Alarm asks for the administrators: a rule could not judge, or what a
	// service sent would have been held.
	Alarm bool
}

// Trust tells how well an identity is known.
type Trust int

// The kinds of trust. An exception by sender holds from Vouched on.
const (
	Claimed       Trust = iota // the reverse-path says so
	Vouched                    // a trusted relay says so
	Authenticated              // a log-in proved it
)

var trustNames = []string{"claimed", "vouched", "authenticated"}

// String is the trust's name.
func (t Trust) String() string { return trustNames[t] }

// Identity is who submitted a message.
type Identity struct {
	Address message.Address
	Trust   Trust
	Account string     // the log-in, where there was one
	Remote  netip.Addr // where it came from, where that is known
}

// IdentityOf is the identity of a message that nobody vouches for: the
// reverse-path, claimed. In stored mail there is only From, which counts as
// vouched.
func IdentityOf(m *message.Message) Identity {
	if m.Envelope.Source == message.FromFields {
		if from := m.From(); len(from) > 0 {
			return Identity{Address: from[0], Trust: Vouched}
		}
	}
	return Identity{Address: m.Envelope.ReversePath}
}

// Judge applies the policy to the findings of its engine on a message: their
// severities, exceptions, dispositions and modes, and what the sending service
// may do. Who is external is as the last Engine was told.
func (p *Policy) Judge(m *message.Message, by Identity, found []lint.Finding) Verdict {
	return p.JudgeKnowing(m, by, found, Known{})
}

// Known is what is known beside the policy when a message is judged. Each
// function may be nil.
type Known struct {
	// Learned says which earlier decision lets a finding be, or "".
	Learned func(lint.Finding) string
	// Braked reports whether a rule is turned to monitor for now.
	Braked func(rule string) bool
}

// JudgeKnowing is Judge where more is known than the policy says.
func (p *Policy) JudgeKnowing(m *message.Message, by Identity, found []lint.Finding, known Known) Verdict {
	v := Verdict{Service: p.Service(m, by)}
	if len(found) == 0 {
		return v
	}
	j := judge{p: p, m: m, by: by, service: v.Service, known: known}
	v.Findings = make([]Judged, 0, len(found))
	for _, f := range found {
		one := j.finding(f)
		v.Disposition = max(v.Disposition, one.Disposition)
		v.Would = max(v.Would, one.Would)
		v.Findings = append(v.Findings, one)
	}
	slices.SortStableFunc(v.Findings, func(a, b Judged) int {
		return cmp.Or(cmp.Compare(b.Would, a.Would), cmp.Compare(b.Severity, a.Severity))
	})
	return v
}

// judge is the judging of one message.
type judge struct {
	p       *Policy
	m       *message.Message
	by      Identity
	service *Service
	now     time.Time
	senders []string // keys of the sender, once they are needed
	known   Known
}

// finding judges one finding. One whose rule the policy does not know is
// passed as it is.
func (j *judge) finding(f lint.Finding) Judged {
	rule := j.p.byName[f.Rule]
	if rule == nil {
		return Judged{Finding: f}
	}
	f.Severity = rule.severity(f.Severity)
	one := Judged{Finding: f, Alarm: f.Where == NotJudged}
	if len(j.p.exceptions) > 0 && !one.Alarm { // what could not be judged cannot be let be
		j.except(&one)
	}
	if one.Excepted {
		one.Severity = lint.Info
		return one
	}
	one.Would = rule.Disposition(one.Severity)
	if j.known.Learned != nil && one.Would.Holds() && !one.Alarm {
		if one.Learned = j.known.Learned(f); one.Learned != "" {
			one.Would, one.Severity = Pass, lint.Info
			return one
		}
	}
	if one.Alarm {
		one.Would = max(one.Would, Tag)
	}
	j.serve(&one, rule)
	if one.Monitored = j.p.Monitors(rule.Name) || j.known.Braked != nil && j.known.Braked(rule.Name); !one.Monitored {
		one.Disposition = one.Would
	}
	return one
}

// Monitors reports whether what a rule finds changes nothing, by the policy's
// mode or the rule's own.
func (p *Policy) Monitors(rule string) bool {
	r := p.byName[rule]
	return p.Mode == Monitor || r != nil && r.Mode == Monitor
}

// except looks for exceptions. One about named recipients is let be for those
// that are covered; one about the message where every external recipient is.
func (j *judge) except(one *Judged) {
	if j.senders == nil {
		j.now = j.p.Now()
		j.senders = j.p.senderKeys(j.by)
	}
	sets := j.p.exceptions.sets(one.Rule, j.senders)
	if len(sets) == 0 {
		return
	}
	if e := forAll(sets, j.now); e != nil {
		e.used.Add(1)
		one.Exceptions, one.Excepted = []*Exception{e}, true
		return
	}
	list := one.Recipients
	named := len(list) > 0
	if !named {
		list = j.concerned()
	}
	var left []string
	for _, s := range list {
		a, _ := message.ParseAddress(s)
		if e := forRecipient(sets, a, j.now); e != nil {
			one.use(e)
		} else {
			left = append(left, s)
		}
	}
	switch {
	case len(list) > 0 && left == nil:
		one.Excepted = true
	case named:
		one.Recipients = left
	default:
		one.Exceptions = nil // a few of all: nothing is let be
	}
	for _, e := range one.Exceptions {
		e.used.Add(1)
	}
}

func (one *Judged) use(e *Exception) {
	if !slices.Contains(one.Exceptions, e) {
		one.Exceptions = append(one.Exceptions, e)
	}
}

// concerned are the recipients that a finding about the whole message is
// about: the external ones, or where there are none all.
func (j *judge) concerned() []string {
	list := lint.NewFacts(j.m, j.p.judged()).External()
	if len(list) == 0 {
		list = j.m.Envelope.Recipients
	}
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

// senderKeys are the forms under which an exception may list the identity. A
// claimed one has none: anybody can write a reverse-path.
func (p *Policy) senderKeys(by Identity) []string {
	keys := []string{""}
	if by.Trust < Vouched {
		return keys
	}
	who := p.Directory.Address(by.Address)
	if by.Account != "" {
		if account := p.Directory.Account(by.Account); account != nil {
			who = account
		}
	}
	if by.Address.Domain != "" {
		keys = keysOf(keys, by.Address)
	}
	if who != nil {
		for _, a := range who.Addresses {
			keys = keysOf(keys, a)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// serve softens what would be held for a service whose mail nobody waits for:
// it is tagged, and alarms. Executables are refused, and so is what would be
// rejected anyway.
func (j *judge) serve(one *Judged, rule *Rule) {
	if j.service == nil || !j.service.HoldNever || !one.Would.Holds() {
		return
	}
	one.Alarm = true
	if rule.Rule.ID == "risky-attachment" && one.Severity >= lint.High {
		one.Would = Reject
		return
	}
	one.Would = Tag
}
