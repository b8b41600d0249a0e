package gate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"maillint/policy"
	"maillint/store"
)

// abuse are the starts of rule names whose findings say that somebody else may
// be at the sender's keyboard: then the sender is not told what we do.
var abuse = []string{"sender-", "foreign-thread", "display-name-spoof"}

func abused(it *store.Item) bool {
	return slices.ContainsFunc(it.Findings, func(f store.Finding) bool {
		return f.Disposition == policy.Quarantine.String() && slices.ContainsFunc(abuse, func(a string) bool { return strings.HasPrefix(f.Rule, a) })
	})
}

// deadlines acts on what has fallen due, also after a restart.
func (g *Gate) deadlines(ctx context.Context) {
	c := g.current.Load()
	list, err := g.o.Store.Due(ctx, 100)
	g.o.Observer.failed("store", err)
	for _, it := range list {
		out, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
			now := g.o.Store.Now(ctx)
			if it.State != store.Held || it.Due.IsZero() || it.Due.After(now) {
				return nil, errNotHeld
			}
			return c.fallDue(it, now), nil
		})
		switch {
		case err == nil:
			g.o.Observer.decided(out)
			g.sentByClock(ctx, out)
			g.nudge()
		case !errors.Is(err, errNotHeld):
			g.o.Observer.failed("store", err)
		}
	}
}

// fallDue is what becomes of an item at its deadline. Only what is delayed is
// ever sent without somebody's word.
func (c *current) fallDue(it *store.Item, now time.Time) []store.Record {
	it.Decided = now
	it.Decision = store.Decision{How: "deadline", At: now}
	it.Look = time.Time{}
	switch it.Disposition {
	case policy.Delay.String(), copied:
		it.State = store.Releasing
	case policy.Approve.String():
		it.State = store.Rejected
	default:
		it.State = store.Expired
	}
	if it.State != store.Releasing {
		it.Purge = now.Add(c.Holds.Keep)
		if !abused(it) {
			tell(it, it.State, now)
		}
	}
	return []store.Record{{Event: string(it.State), Item: it.ID, Reason: "deadline"}}
}

// due is when an item falls due that its people were told about at a time.
func (c *current) due(it *store.Item, told time.Time) time.Time {
	if d := c.waits(it); d > 0 {
		return c.Holds.Hours.Add(told, d)
	}
	return it.Due
}

// waits is how long people have, in working time; 0 where nobody is asked.
func (c *current) waits(it *store.Item) time.Duration {
	switch it.Disposition {
	case policy.Confirm.String():
		return c.Holds.Confirm
	case policy.Approve.String():
		return c.Holds.Approve
	}
	return 0
}

// reminders are the parts of the time after which people are reminded.
var reminders = []struct{ of, in time.Duration }{{1, 2}, {9, 10}}

// nextReminder is when the next reminder of an item is due; zero: none is left.
func (c *current) nextReminder(it *store.Item) time.Time {
	d := c.waits(it)
	if d == 0 || it.NoticeAccepted.IsZero() || it.Reminded >= len(reminders) {
		return time.Time{}
	}
	r := reminders[it.Reminded]
	return c.Holds.Hours.Add(it.NoticeAccepted, d*r.of/r.in)
}

// remind reports whether the next reminder of an item is due.
func (c *current) remind(it *store.Item, now time.Time) bool {
	next := c.nextReminder(it)
	return !next.IsZero() && !now.Before(next)
}
