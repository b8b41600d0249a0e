package gate

import (
	"context"
	"strings"
	"time"

	"maillint/notify"
	"maillint/policy"
	"maillint/store"
)

// The daily report goes out at eight, in the organisation's time, and is about
// the 24 hours before. A minute later, so that every node has told its numbers.
const (
	digestHour  = 8
	digestAfter = time.Minute
)

// soon is how long before its deletion an item is named once more.
const soon = 7 * 24 * time.Hour

// reportClaim is how long a node that began the report keeps the others from it.
const reportClaim = 10 * time.Minute

// digest tells the administrators once a day what was found, and what waits for
// them; also when nothing did: silence must not look like a quiet day.
func (g *Gate) digest(ctx context.Context) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	due := now.In(c.zone()).Add(-digestAfter)
	today := due.Format(time.DateOnly)
	last, err := g.o.Store.Get(ctx, keyDigest)
	if err != nil || due.Hour() < digestHour || string(last) == today || len(c.Holds.Fallback) == 0 {
		g.o.Observer.failed("store", err)
		return
	}
	back, first := g.claim(ctx, "report "+today, reportClaim)
	if !first {
		return
	}
	if err := g.report(ctx, c, now, last == nil); err != nil {
		g.o.Observer.failed("notice", err)
		back()
		return
	}
	g.o.Observer.failed("store", g.o.Store.Put(ctx, keyDigest, []byte(today)))
}

// report writes and sends the daily report. The first one of a new store would
// be about a day on which it was not there.
func (g *Gate) report(ctx context.Context, c *current, now time.Time, first bool) error {
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Held}})
	if err != nil {
		return err
	}
	d := notify.Data{Organization: c.Organization.Name, Waiting: len(list), Fallback: joined(c.Holds.Fallback)}
	if d.Day, err = g.day(ctx, reportDay(now, c.zone()).AddDate(0, 0, -1)); err != nil {
		return err
	}
	for _, b := range g.Brakes() {
		d.Brakes = append(d.Brakes, brakeText(b, c.zone()))
	}
	for _, it := range list {
		if it.Disposition == policy.Quarantine.String() || it.Identity.Mailbox == "" {
			d.Rows = append(d.Rows, row(c, it, now))
		}
	}
	if first && len(d.Rows) == 0 && d.Day.Messages == 0 {
		return nil
	}
	if err := g.postDigest(ctx, c, d); err != nil {
		return err
	}
	g.tell("report", "report", "", d.Day.String())
	return nil
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
		letters = append(letters, letter{to, notify.Digest, raw})
	}
	return g.post(ctx, letters)
}
