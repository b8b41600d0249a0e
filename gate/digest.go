package gate

import (
	"context"
	"strings"
	"time"

	"maillint/notify"
	"maillint/policy"
	"maillint/store"
)

// digestHour is when the digest goes out, in the organisation's time.
const digestHour = 8

// soon is how long before its deletion an item is named once more.
const soon = 7 * 24 * time.Hour

// digest tells the administrators once a day what waits for them.
func (g *Gate) digest(ctx context.Context) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	local := now.In(c.Organization.Zone)
	today := local.Format(time.DateOnly)
	last, err := g.o.Store.Get(ctx, keyDigest)
	if err != nil || local.Hour() < digestHour || string(last) == today || len(c.Holds.Fallback) == 0 {
		g.o.Observer.failed("store", err)
		return
	}
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Held}})
	if err != nil {
		g.o.Observer.failed("store", err)
		return
	}
	d := notify.Data{Organization: c.Organization.Name, Waiting: len(list), Fallback: joined(c.Holds.Fallback)}
	for _, it := range list {
		if it.Disposition == policy.Quarantine.String() || it.Identity.Mailbox == "" {
			d.Rows = append(d.Rows, row(c, it, now))
		}
	}
	if len(d.Rows) > 0 {
		if err := g.postDigest(ctx, c, d); err != nil {
			g.o.Observer.failed("notice", err)
			return
		}
	}
	g.o.Observer.failed("store", g.o.Store.Put(ctx, keyDigest, []byte(today)))
}

func row(c *current, it *store.Item, now time.Time) notify.Row {
	return notify.Row{
		ID: it.ID, Disposition: it.Disposition, Sender: it.Identity.Key(), Rules: strings.Join(it.Rules(), ", "), Recipients: len(it.Recipients),
		Held: notify.Clock(it.Held, c.Organization.Zone), Due: notify.Clock(it.Due, c.Organization.Zone),
		Soon: !it.Due.IsZero() && it.Due.Sub(now) <= soon,
	}
}

// mostRows bounds a digest; the rest is for "maillint quarantine list".
const mostRows = 500

func (g *Gate) postDigest(ctx context.Context, c *current, d notify.Data) error {
	d.Rows = d.Rows[:min(len(d.Rows), mostRows)]
	w := writer{g: g, c: c, now: g.o.Store.Now(ctx)}
	var letters []letter
	for _, to := range c.Holds.Fallback {
		m := w.mail(to)
		m.ReplyTo = nil
		raw, err := c.texts.Notice(m, notify.Digest, d)
		if err != nil {
			return err
		}
		letters = append(letters, letter{to, raw})
	}
	return g.post(ctx, letters)
}
