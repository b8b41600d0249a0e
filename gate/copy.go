package gate

import (
	"context"
	"slices"
	"strings"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// copied is the disposition of an item that only carries copies: it leaves as
// soon as the message has, and nobody is asked.
const copied = "copy"

// copyPatience is after which time copies leave although the program ended
// between the next hop's answer and its note of it.
const copyPatience = 2 * time.Minute

// copies are the supervisors who get a copy of the message: those of the rules
// that found something, without the message's own recipients.
func (s *submission) copies() []message.Address {
	if s.tx.Canary {
		return nil
	}
	var out []message.Address
	seen := map[string]bool{}
	for _, r := range s.tx.Recipients {
		seen[r.Address.Key()] = true
	}
	for _, f := range s.j.verdict.Findings {
		rule := s.c.Rule(f.Rule)
		remark := f.Severity == lint.Info && f.Disposition == policy.Pass
		if rule == nil || remark || f.Excepted || f.Monitored || f.Learned != "" {
			continue
		}
		for _, a := range rule.Copy {
			if !seen[a.Key()] {
				seen[a.Key()] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// holdCopies stores the copies of a message that is about to be relayed, to
// leave by the release route: the open transaction is the sender's, and its
// recipients are not added to. Nothing is stored where there are none.
func (s *submission) holdCopies(ctx context.Context, keep *group) ([]*store.Item, error) {
	to := s.copies()
	if len(to) == 0 {
		return nil, nil
	}
	if err := s.g.unready(s.tx); err != nil {
		return nil, err
	}
	now := s.g.o.Store.Now(ctx)
	it := s.item(*keep, 0, now)
	it.ID += ".c"
	it.Disposition, it.Mailing, it.Due, it.Look, it.Recipients = copied, "", now.Add(copyPatience), time.Time{}, nil
	for _, a := range to {
		it.Recipients = append(it.Recipients, store.Recipient{Address: a.String(), State: store.Waiting})
	}
	if err := s.g.o.Store.Hold(ctx, []*store.Item{it}, s.tx.Body, s.tx.Body.Size()); err != nil {
		s.g.o.Observer.failed("store", err)
		return nil, err
	}
	return []*store.Item{it}, nil
}

// sendCopies lets the copies go after the next hop took the message.
func (g *Gate) sendCopies(ctx context.Context, items []*store.Item) {
	for _, it := range items {
		_, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
			if it.State != store.Held {
				return nil, errNotHeld
			}
			now := g.o.Store.Now(ctx)
			it.State, it.Decided, it.Decision = store.Releasing, now, store.Decision{How: copied, At: now}
			return nil, nil
		})
		if err != nil { // its deadline sends it
			g.o.Observer.failed("store", err)
		}
	}
	if len(items) > 0 {
		g.nudge()
	}
}

// noteCopies lists, on a held item, the recipients who are supervisors.
const noteCopies = "copies"

// addCopies puts the supervisors among the recipients of what is held: they get
// their copy when it leaves, if it does.
func (s *submission) addCopies(it *store.Item) {
	for _, a := range s.copies() {
		it.Recipients = append(it.Recipients, store.Recipient{Address: a.String(), State: store.Waiting})
		it.Notes[noteCopies] = strings.TrimSpace(it.Notes[noteCopies] + " " + a.Key())
	}
}

// supervises reports whether a recipient of an item only gets a copy.
func supervises(it *store.Item, r store.Recipient) bool {
	return it.Notes[noteCopies] != "" && slices.Contains(strings.Fields(it.Notes[noteCopies]), addressOf(r.Address).Key())
}
