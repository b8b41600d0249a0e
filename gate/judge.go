package gate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
	"maillint/submit"
)

// judgement is what a message was found to be.
type judgement struct {
	msg       *message.Message
	recalls   *store.Item // a held message that this one recalls
	locked    bool        // it tells the password of a locked file that went before
	forwards  map[string]lint.Forwarders
	verdict   policy.Verdict
	automatic lint.Automatic
	sender    sender
	err       error // the message, or a rule on it, could not be judged
	unknown   error // what earlier mail and decisions taught could not be read
	took      time.Duration
}

var errBudget = errors.New("judging took too long")

// judge judges a whole message. It ends within the budget, whatever the
// message does to a rule: a rule that hangs is left behind, and the octets that
// it reads are left to it.
func (g *Gate) judge(ctx context.Context, c *current, tx *Transaction) judgement {
	start := time.Now()
	done := make(chan judgement, 1)
	bytes := tx.Body.Bytes() // nil where it is in a file
	judges.do(func() {
		var j judgement
		defer func() {
			if v := recover(); v != nil {
				j.err = fmt.Errorf("judging: %v\n%s", v, debug.Stack())
			}
			done <- j
		}()
		j.msg = parse(tx, bytes)
		noteMended(j.msg, tx.BareLF)
		parts := addresses(tx.Recipients)
		if !tx.Canary { // each round sends the same messages
			parts = g.parts.join(mailingKey(tx.Identity, j.msg, tx.Body.Hash()), g.now(), parts)
		}
		j.msg.Envelope = envelope(tx.ReversePath, union(j.msg, tx.Identity, parts))
		g.findings(ctx, c, tx, &j)
	})
	timer := time.NewTimer(g.o.Budget)
	defer timer.Stop()
	select {
	case j := <-done:
		j.took = time.Since(start)
		if j.msg != nil {
			c.nameClaimed(tx, j.msg)
		}
		return j
	case <-timer.C:
		tx.Body.Keep()
		return judgement{err: errBudget, took: time.Since(start)}
	}
}

func addresses(list []submit.Path) []message.Address {
	out := make([]message.Address, len(list))
	for i, p := range list {
		out[i] = p.Address
	}
	return out
}

func parse(tx *Transaction, bytes []byte) *message.Message {
	if bytes != nil {
		return message.Parse(bytes)
	}
	return message.ParseReader(tx.Body, tx.Body.Size())
}

// noteMended makes a defect of the line ends that were mended before the bytes
// were hashed: nobody sees them any more.
func noteMended(m *message.Message, bareLF int) {
	if bareLF > 0 {
		m.Defects = append(m.Defects, message.Defect{Kind: message.BareLF, Where: "message", Detail: fmt.Sprintf("%d line ends without CR were mended", bareLF)})
	}
}

// nameClaimed gives a null reverse-path that nobody vouches for the name that
// the header claims: the first internal address of Return-Path, Sender, From.
// It proves nothing; logs and lists show it.
func (c *current) nameClaimed(tx *Transaction, m *message.Message) {
	if id := tx.Identity; id.Trust != policy.Claimed || id.Account != "" || !id.Address.IsZero() || !tx.ReversePath.Address.IsZero() {
		return
	}
	for _, field := range []string{"Return-Path", "Sender", "From"} {
		for _, a := range m.Addresses(field) {
			if c.internal(a) {
				claimed := c.Path(a)
				claimed.Remote = tx.Identity.Remote
				tx.Identity = claimed
				return
			}
		}
	}
}

// findings runs the rules, and the policy over what they found. What earlier
// decisions taught is asked for only where something would be held.
func (g *Gate) findings(ctx context.Context, c *current, tx *Transaction, j *judgement) {
	facts := lint.NewFacts(j.msg, c.engine.Org())
	if !tx.Canary {
		facts.Before.Locked = func() bool { return g.lockedBefore(ctx, c, facts, j) }
	}
	j.forwards, j.unknown = g.forwarders(ctx, c, tx, facts)
	facts.Before.Forwarders = j.forwards
	found, err := c.engine.RunKnowing(facts)
	j.err = err
	j.automatic = facts.Automatic()
	if !tx.Canary {
		g.noteLocked(ctx, c, facts, j.msg)
	}
	j.verdict = c.JudgeKnowing(j.msg, tx.Identity, found, policy.Known{Braked: g.Braked})
	j.sender = c.sender(tx.Identity, j.verdict.Service)
	if j.verdict.Disposition.Holds() && !tx.Canary {
		learned, err := g.learned(ctx, c, tx, j)
		if j.unknown = errors.Join(j.unknown, err); learned != nil {
			j.verdict = c.JudgeKnowing(j.msg, tx.Identity, found, policy.Known{Learned: learned, Braked: g.Braked})
		}
	}
	for i := range j.verdict.Findings {
		f := &j.verdict.Findings[i]
		f.Disposition = unasked(f.Disposition, j.sender, j.automatic)
		j.verdict.Disposition = max(j.verdict.Disposition, f.Disposition)
	}
	if !tx.Canary {
		j.unknown = errors.Join(j.unknown, g.findRecalled(ctx, c, tx, j))
	}
}

// notJudged is the finding of a message that could not be judged.
func notJudged(err error) policy.Judged {
	what := "the message could not be judged"
	var failed *lint.NotJudged
	switch {
	case errors.Is(err, errBudget):
		what = "not judged: it took too long"
	case errors.As(err, &failed):
		what = fmt.Sprintf("not judged: the rule %s failed on it", failed.Rule)
	}
	return policy.Judged{
		Finding:     lint.Finding{Rule: "malformed-message", Severity: lint.Critical, Where: "message", Message: what},
		Disposition: policy.Quarantine, Would: policy.Quarantine, Alarm: true,
	}
}

// group are recipients with one fate.
type group struct {
	disposition policy.Disposition
	recipients  []int // in the transaction
	findings    []policy.Judged
}

// fates sorts the recipients by what becomes of them: what a finding about the
// message says holds for all, what one about recipients says for these, unless
// the policy does not split.
func fates(v *policy.Verdict, tx *Transaction, split bool) []group {
	if !slices.ContainsFunc(v.Findings, func(f policy.Judged) bool { return stops(f.Disposition) }) {
		return []group{everybody(v, tx)}
	}
	whole := policy.Pass
	each := make([]policy.Disposition, len(tx.Recipients))
	index := map[string][]int{}
	for i, r := range tx.Recipients {
		index[r.Address.Key()] = append(index[r.Address.Key()], i)
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		if len(f.Recipients) == 0 {
			whole = max(whole, f.Disposition)
			continue
		}
		for _, n := range named(f, index) {
			each[n] = max(each[n], f.Disposition)
			if !split {
				whole = max(whole, f.Disposition)
			}
		}
	}
	by := map[policy.Disposition]*group{}
	for i := range each {
		d := max(whole, each[i])
		if !stops(d) {
			d = policy.Pass // relayed; edits are of the whole message
		}
		if by[d] == nil {
			by[d] = &group{disposition: d}
		}
		by[d].recipients = append(by[d].recipients, i)
	}
	var out []group
	for _, d := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[d])
	}
	for i := range out {
		out[i].findings = about(v, tx, out[i].recipients)
	}
	return out
}

// stops reports whether a message of this disposition is not relayed now.
func stops(d policy.Disposition) bool { return d.Holds() || d == policy.Reject }

// everybody is the group of all recipients, whom nothing stops.
func everybody(v *policy.Verdict, tx *Transaction) group {
	all := group{disposition: policy.Pass, recipients: make([]int, len(tx.Recipients))}
	for i := range all.recipients {
		all.recipients[i] = i
	}
	all.findings = about(v, tx, all.recipients)
	return all
}

// named are the recipients of the transaction that a finding names.
func named(f *policy.Judged, index map[string][]int) []int {
	var out []int
	for _, s := range f.Recipients {
		if a, ok := message.ParseAddress(s); ok {
			out = append(out, index[a.Key()]...)
		}
	}
	return out
}

// about are the findings that concern some of the recipients.
func about(v *policy.Verdict, tx *Transaction, recipients []int) []policy.Judged {
	var out []policy.Judged
	for _, f := range v.Findings {
		keep := len(f.Recipients) == 0
		for _, s := range f.Recipients {
			a, _ := message.ParseAddress(s)
			keep = keep || slices.ContainsFunc(recipients, func(n int) bool { return tx.Recipients[n].Address.Key() == a.Key() })
		}
		if keep {
			out = append(out, f)
		}
	}
	return out
}

// asks reports whether any finding leads to an edit.
func asks(v *policy.Verdict, d policy.Disposition) bool {
	return slices.ContainsFunc(v.Findings, func(f policy.Judged) bool { return f.Disposition == d })
}
