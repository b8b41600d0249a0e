package gate

import (
	"context"
	"fmt"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// learned reads what earlier decisions taught about the identity, in one call,
// and gives the function that says so of a finding. Nothing is ever known of a
// claimed identity.
func (g *Gate) learned(ctx context.Context, c *current, tx *Transaction, j *judgement) (func(lint.Finding) string, error) {
	who := j.sender.stored(tx.Identity).Key()
	if tx.Identity.Trust < policy.Vouched || who == "" {
		return nil, nil
	}
	list, err := g.o.Store.Recall(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("reading what decisions taught: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	now := g.o.Store.Now(ctx)
	shown := visibleOutside(c, j.msg)
	return func(f lint.Finding) string {
		m, ok := history.Covers(list, who, f.Rule, history.SubjectOf(c.ruleID(f.Rule), f, shown), now)
		if !ok {
			return ""
		}
		return fmt.Sprintf("confirmed on %s as %s", m.At.In(c.Organization.Zone).Format(time.DateOnly), m.Item)
	}, nil
}

// ruleID is the catalogue's ID of a rule or instance.
func (c *current) ruleID(name string) string {
	if r := c.Rule(name); r != nil {
		return r.Rule.ID
	}
	return name
}

// visibleOutside are the outside addresses that every recipient can read.
func visibleOutside(c *current, m *message.Message) []message.Address {
	facts := lint.NewFacts(m, c.engine.Org())
	var out []message.Address
	for _, v := range facts.Visible() {
		if !facts.Internal(v.Address) {
			out = append(out, v.Address)
		}
	}
	return out
}

// learn keeps what the release of an item teaches.
func learn(ctx context.Context, s store.Store, it *store.Item) error {
	d := history.Decision{
		Identity: it.Identity.Key(), Claimed: it.Identity.Trust == trusts[policy.Claimed], By: decider(it), Item: it.ID, At: it.Decision.At,
		Hide: it.Hide, Only: it.Only,
	}
	for _, f := range it.Findings {
		d.Findings = append(d.Findings, history.Held{Rule: f.Rule, Disposition: f.Disposition, Recipients: f.Recipients, Subject: f.Subject})
	}
	list := history.Learn(d)
	if len(list) == 0 {
		return nil
	}
	return s.Remember(ctx, list)
}

// decider names who released an item: a person, or the administrators.
func decider(it *store.Item) string {
	switch {
	case it.Decision.By != "":
		return it.Decision.By
	case it.Decision.OSUser != "":
		return "administrator " + it.Decision.OSUser
	}
	return "administrator"
}

// itemEnvelope is the envelope that an item was held with.
func itemEnvelope(it *store.Item) message.Envelope {
	env := message.Envelope{Source: "smtp", Null: it.ReversePath.Address == ""}
	env.ReversePath, _ = message.ParseAddress(it.ReversePath.Address)
	for _, r := range it.Recipients {
		if a, ok := message.ParseAddress(r.Address); ok {
			env.Recipients = append(env.Recipients, a)
		}
	}
	return env
}
