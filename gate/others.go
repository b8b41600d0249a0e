package gate

import (
	"context"
	"errors"
	"slices"
	"time"

	"maillint/store"
)

// others decides the same about the other parts of the mailing that wait for
// the same: they are one message to whoever decides. Nobody gets it twice. A
// recall goes with what it recalls, but is not sent after it: that was decided
// in spite of it. A decision about a recall alone is one about nothing else.
func (v deciding) others(ctx context.Context, it *store.Item) {
	if it.Mailing == "" || it.Notes[noteRecalls] != "" {
		return
	}
	list, err := v.r.Store.List(ctx, store.Filter{Mailing: it.Mailing, Disposition: it.Disposition, States: []store.State{store.Held}})
	if err != nil {
		return // each can still be decided by itself
	}
	sent := served{}
	sent.add(it)
	for _, other := range list {
		if other.ID == it.ID {
			continue
		}
		w := v
		w.d.Only = nil
		if other.Notes[noteRecalls] != "" && it.State == store.Releasing {
			w.d.How, w.d.Reason = "discard", "what it recalls is sent: "+it.ID
		} else if len(v.d.Only) > 0 { // to some alone: those of this part
			for _, r := range other.Recipients {
				if slices.ContainsFunc(v.d.Only, func(o string) bool { return sameAddress(o, r.Address) }) {
					w.d.Only = append(w.d.Only, r.Address)
				}
			}
			if w.d.Only == nil && !sent.all(other) {
				continue
			}
		}
		out, err := v.r.Store.Update(ctx, other.ID, func(o *store.Item) ([]store.Record, error) {
			if o.State == store.Held && sent.all(o) {
				return asRepeat(o, it.ID, v.now), nil
			}
			records, err := w.change(o)
			if o.State == store.Releasing {
				sent.leave(o)
			}
			return records, err
		})
		if err == nil {
			sent.add(out)
		}
	}
}

// served are the recipients that a mailing is being sent to.
type served map[string]bool

// add notes those that an item is sent to.
func (s served) add(it *store.Item) {
	if it.State != store.Releasing {
		return
	}
	for i := range it.Recipients {
		if it.Recipients[i].State != store.Left {
			s[addressOf(it.Recipients[i].Address).Key()] = true
		}
	}
}

// all reports whether everybody an item is for is served already.
func (s served) all(it *store.Item) bool {
	return len(s) > 0 && it.Notes[noteRecalls] == "" && !slices.ContainsFunc(it.Recipients, func(r store.Recipient) bool { return !s[addressOf(r.Address).Key()] })
}

// leave takes those that are served already out of an item, unless that is the
// recall of what they got.
func (s served) leave(it *store.Item) {
	for i := range it.Recipients {
		if r := &it.Recipients[i]; it.Notes[noteRecalls] == "" && r.Open() && s[addressOf(r.Address).Key()] {
			r.State = store.Left
		}
	}
}

// asRepeat ends an item whose recipients all get the same message as another
// one. Nobody is told: nothing is missing.
func asRepeat(it *store.Item, as string, now time.Time) []store.Record {
	why := "the same message is sent as " + as
	it.State, it.Decided, it.Purge, it.Look = store.Withdrawn, now, now.Add(doneKept), time.Time{}
	it.Decision = store.Decision{How: howRepeated, Reason: why, At: now}
	return []store.Record{{Event: string(store.Withdrawn), Item: it.ID, Reason: why}}
}

// howRepeated is Decision.How of what was handed in once more, while it was held.
const howRepeated = "repeated"

// sentByClock ends what repeats a message that its deadline has just sent.
func (g *Gate) sentByClock(ctx context.Context, it *store.Item) {
	if it.Mailing == "" || it.State != store.Releasing {
		return
	}
	list, err := g.o.Store.List(ctx, store.Filter{Mailing: it.Mailing, Disposition: it.Disposition, States: []store.State{store.Held}})
	g.o.Observer.failed("store", err)
	sent := served{}
	sent.add(it)
	for _, other := range list {
		_, err := g.o.Store.Update(ctx, other.ID, func(o *store.Item) ([]store.Record, error) {
			switch {
			case o.State != store.Held:
				return nil, errNotHeld
			case sent.all(o):
				return asRepeat(o, it.ID, g.o.Store.Now(ctx)), nil
			}
			sent.leave(o)
			return nil, nil
		})
		if err != nil && !errors.Is(err, errNotHeld) {
			g.o.Observer.failed("store", err)
		}
	}
}
