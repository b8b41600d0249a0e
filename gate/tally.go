package gate

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"maillint/lint"
	"maillint/notify"
	"maillint/store"
)

// tally counts for the daily report, by day and what is counted, until the
// workers put it into the store, where all nodes add up.
type tally struct {
	mu     sync.Mutex
	counts map[counted]int64
}

// counted is a day, in seconds since 1970 at the beginning of its date in UTC,
// and what is counted.
type counted struct {
	day  int64
	what string
}

func (c counted) key() string {
	return dayKey(time.Unix(c.day, 0).UTC().Format(time.DateOnly), c.what)
}

// What is counted for the daily report.
const (
	countMessages = "messages"
	countFindings = "findings"
	countHeld     = "held"
	countRefused  = "refused"
	countFailed   = "failed"
	countAlarms   = "alarms"
	countCanary   = "canary"
	countRight    = "canary right"
)

// reportDay is the day that a report counts a moment to: from eight to eight.
func reportDay(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone).Add(-digestHour * time.Hour)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
}

func (t *tally) add(c counted, n int64) {
	if n == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[counted]int64{}
	}
	t.counts[c] += n
}

func dayKey(day, what string) string { return "report " + day + " " + what }

func (g *Gate) tallied(what string, n int64) {
	y, m, d := reportDay(g.now(), g.current.Load().zone()).Date()
	g.tally.add(counted{time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), what}, n)
}

// CanaryRound counts a round of the canary for the daily report.
func (g *Gate) CanaryRound(passed bool) {
	g.tallied(countCanary, 1)
	if passed {
		g.tallied(countRight, 1)
	}
}

// account counts a transaction, for the report and for busy rules.
func (g *Gate) account(e *Event) {
	if e.Tx.Canary {
		return
	}
	g.tallied(countMessages, 1)
	g.tallied(countFindings, int64(findings(e)))
	switch {
	case e.Reply.Permanent():
		g.tallied(countRefused, 1)
	case !e.Reply.OK():
		g.tallied(countFailed, 1)
	case e.Held > 0:
		g.tallied(countHeld, 1)
		g.traffic.count(g.now(), holders(&e.Verdict))
		return
	}
	if e.Reply.OK() {
		g.traffic.count(g.now(), nil)
	}
}

// findings counts what is more than a remark.
func findings(e *Event) int {
	n := 0
	for _, f := range e.Verdict.Findings {
		if f.Severity >= lint.Warning {
			n++
		}
	}
	return n
}

// reportKept is how long the numbers of a day are kept.
const reportKept = 72 * time.Hour

// flush adds what was counted to the store's counters. What could not be added
// is kept for the next time.
func (g *Gate) flush(ctx context.Context) {
	g.tally.mu.Lock()
	counts := g.tally.counts
	g.tally.counts = nil
	g.tally.mu.Unlock()
	if len(counts) == 0 {
		return
	}
	var list []store.Count
	for c, n := range counts {
		list = append(list, store.Count{Key: c.key(), N: n, Window: reportKept})
	}
	slices.SortFunc(list, func(a, b store.Count) int { return cmp.Compare(a.Key, b.Key) })
	if _, err := g.o.Store.Add(ctx, list...); err != nil {
		g.o.Observer.failed("store", err)
		g.tally.mu.Lock()
		defer g.tally.mu.Unlock()
		if g.tally.counts == nil {
			g.tally.counts = map[counted]int64{}
		}
		for c, n := range counts {
			g.tally.counts[c] += n
		}
	}
}

// day reads the numbers of one day, of all nodes.
func (g *Gate) day(ctx context.Context, day time.Time) (notify.Day, error) {
	var d notify.Day
	fields := []struct {
		what string
		to   *int64
	}{
		{countMessages, &d.Messages}, {countFindings, &d.Findings}, {countHeld, &d.Held}, {countRefused, &d.Refused},
		{countFailed, &d.Failed}, {countAlarms, &d.Alarms}, {countCanary, &d.Canary}, {countRight, &d.Right},
	}
	var list []store.Count
	for _, f := range fields {
		list = append(list, store.Count{Key: dayKey(day.Format(time.DateOnly), f.what), Window: reportKept})
	}
	totals, err := g.o.Store.Add(ctx, list...)
	if err != nil {
		return d, err
	}
	for i, f := range fields {
		*f.to = totals[i]
	}
	return d, nil
}
