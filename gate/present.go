package gate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
	"maillint/submit"
)

// ErrStillHeld: the present policy would hold the message as well.
var ErrStillHeld = errors.New("the present policy would hold it too")

// Present is what the policy that is in force now would make of a held message.
type Present struct {
	// NoLonger: it would be relayed, to all who wait for it. Nothing follows
	// from that by itself.
	NoLonger bool
	// Disposition is what would become of it, and Findings why.
	Disposition policy.Disposition
	Findings    []policy.Judged
}

// Presenter judges held messages again by the policy of a Decider. It is made
// once for many messages, since the engines take a while to make.
type Presenter struct {
	r Decider
	c *current
}

// Presenter knows the domains that the store has learned until now.
func (r Decider) Presenter(ctx context.Context) (*Presenter, error) {
	learned, err := Correspondents(ctx, r.Store)
	if err != nil {
		return nil, fmt.Errorf("reading what was learned: %w", err)
	}
	return &Presenter{r, newCurrent(r.Policy, lint.Known{Learned: slices.Sorted(maps.Keys(learned))})}, nil
}

// Present judges a held message again, as if it came in now: with the bytes,
// the identity and the recipients of its mailing, what was known of mail before
// it, and without what decisions have taught. A message that cannot be judged is
// held still.
func (p *Presenter) Present(ctx context.Context, it *store.Item) (Present, error) {
	same, err := p.r.decidedWith(ctx, it)
	if err != nil {
		return Present{}, fmt.Errorf("%s: %w", it.ID, err)
	}
	bytes, err := p.r.Store.Body(ctx, it.ID)
	if err != nil {
		return Present{}, fmt.Errorf("%s: %w", it.ID, err)
	}
	defer bytes.Close()
	tx := &Transaction{ID: it.ID, Identity: identityOf(it), ReversePath: submit.Path{Address: addressOf(it.ReversePath.Address)}}
	if it.ReversePath.Address == "" {
		tx.ReversePath = submit.Path{}
	}
	for _, part := range same {
		for _, rc := range part.Recipients {
			tx.Recipients = append(tx.Recipients, submit.Path{Address: addressOf(rc.Address)})
		}
	}
	m := message.ParseReader(bytes, bytes.Size())
	mended, _ := strconv.Atoi(it.Notes[noteBareLF])
	noteMended(m, mended)
	m.Envelope = envelope(tx.ReversePath, union(m, tx.Identity, addresses(tx.Recipients)))
	return p.c.present(tx, m, it, bytes), nil
}

// decidedWith are the items that one decision is about, this one first.
func (r Decider) decidedWith(ctx context.Context, it *store.Item) ([]*store.Item, error) {
	out := []*store.Item{it}
	if it.Mailing == "" {
		return out, nil
	}
	list, err := r.Store.List(ctx, store.Filter{Mailing: it.Mailing, States: []store.State{store.Held}})
	for _, other := range list {
		if other.ID != it.ID && other.Disposition == it.Disposition && other.Notes[noteRecalls] == "" {
			out = append(out, other)
		}
	}
	return out, err
}

func (c *current) present(tx *Transaction, m *message.Message, it *store.Item, b store.Body) Present {
	facts := lint.NewFacts(m, c.engine.Org())
	facts.Before.Locked = func() bool { return it.Notes[noteLocked] != "" }
	facts.Before.Forwarders = notedForwarders(it)
	found, err := c.engine.RunKnowing(facts)
	v := c.Judge(m, tx.Identity, found)
	groups := fates(&v, tx, c.Holds.Split)
	last := groups[len(groups)-1]
	out := Present{Disposition: last.disposition, Findings: last.findings}
	switch {
	case err != nil:
		out.Disposition = policy.Quarantine
		out.Findings = []policy.Judged{notJudged(err)}
	case it.Notes[noteRecalls] != "" || c.halfKnown(it): // it waits for what it recalls, or nobody knows why it was held
		_ = out.Disposition.UnmarshalText([]byte(it.Disposition))
	case last.disposition == policy.Pass && asks(&v, policy.Hide) && !c.canHide(tx, m, it, b):
		out.Disposition = policy.Approve
	default:
		out.NoLonger = last.disposition == policy.Pass
	}
	return out
}

// halfKnown reports whether an item of an earlier version may have been held
// for what its bytes do not show: the present policy cannot be asked about it.
func (c *current) halfKnown(it *store.Item) bool {
	return it.Notes[noteWhole] == "" && slices.ContainsFunc(it.Rules(), func(rule string) bool {
		id := c.ruleID(rule)
		return id == history.PasswordRule || id == "malformed-message"
	})
}

// canHide reports whether a message can be changed as a verdict of hide asks.
// Else it would be held.
func (c *current) canHide(tx *Transaction, m *message.Message, it *store.Item, b store.Body) bool {
	ch := change{tagged: true, hide: true, sender: addressOf(it.Identity.Mailbox), resign: c.resign("")}
	out, err := c.outgoing(m, body{b, b.Size(), it.Hash}, it.ID, traceOf(it), ch)
	if err == nil {
		err = c.hidden(out, m.Envelope, tx.Identity)
	}
	return err == nil
}

// Release releases an item that the present policy would no longer hold, and
// refuses others with ErrStillHeld. Nothing is learned from it: nobody has
// looked at the message.
func (p *Presenter) Release(ctx context.Context, id string, d Decision) (*store.Item, error) {
	it, err := p.r.Store.Item(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	if it.State != store.Held {
		return nil, fmt.Errorf("%s: %w: %s", id, ErrDecided, it.State)
	}
	now, err := p.Present(ctx, it)
	if err != nil {
		return nil, err
	}
	if !now.NoLonger {
		return nil, fmt.Errorf("%s: %w: %s", id, ErrStillHeld, now.Disposition)
	}
	d.How, d.Forget = "release", true
	if d.Reason == "" {
		d.Reason = "no longer held by policy " + p.r.Policy.ID
	}
	return p.r.Decide(ctx, id, d)
}

// identityOf is the identity that a stored item was judged with.
func identityOf(it *store.Item) policy.Identity {
	out := policy.Identity{Account: it.Identity.Account}
	if it.Identity.Address != "" {
		out.Address = addressOf(it.Identity.Address)
	}
	for trust, name := range trusts {
		if name == it.Identity.Trust {
			out.Trust = trust
		}
	}
	out.Remote, _ = netip.ParseAddr(it.Identity.Remote)
	if out.Address.IsZero() && out.Account == it.Identity.Remote { // see sender.stored
		out.Account = ""
	}
	return out
}
