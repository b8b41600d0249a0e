package gate

import (
	"context"
	"strings"

	"maillint/message"
	"maillint/policy"
	"maillint/submit"
)

// Recipient judges one recipient at RCPT, by the rules that need the envelope
// alone. nil lets it pass; what is certain to be refused is refused at once, so
// that the sender's mail program shows it beside the address.
func (g *Gate) Recipient(_ context.Context, tx *Transaction, rcpt submit.Path) (refusal *submit.Reply) {
	c := g.current.Load()
	if len(c.envelope.Entries()) == 0 {
		return nil
	}
	defer func() { // DATA judges again, and knows what to do about a panic
		if v := recover(); v != nil {
			refusal = nil
		}
	}()
	m := message.Bare(envelope(tx.ReversePath, []message.Address{rcpt.Address}))
	found, _ := c.envelope.Run(m)
	if len(found) == 0 {
		return nil
	}
	for _, j := range c.JudgeKnowing(m, tx.Identity, found, policy.Known{Braked: g.Braked}).Findings {
		if j.Disposition == policy.Reject {
			r := submit.NewReply(550, "5.7.1", "%s: %s [%s]", tx.ID, oneLine(j.Message), j.Rule)
			return &r
		}
	}
	return nil
}

func envelope(reverse submit.Path, recipients []message.Address) message.Envelope {
	return message.Envelope{ReversePath: reverse.Address, Null: reverse.Address.IsZero(), Recipients: recipients, Source: "smtp"}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
