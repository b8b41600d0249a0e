package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"maillint/store"
)

// brakesEvery is how often the store is asked for brakes: how long it takes
// until all nodes brake.
const brakesEvery = time.Second

// brakes are the brakes as they were read last.
type brakes struct {
	list []store.Brake
	now  time.Time // the store's time when they were read
	read time.Time // ours
}

// on are the brakes that have not ended by now, our time. The clocks of store
// and node may differ; how fast they go does not.
func (b *brakes) on(now time.Time) []store.Brake {
	if b == nil {
		return nil
	}
	there := b.now.Add(now.Sub(b.read))
	return slices.DeleteFunc(slices.Clone(b.list), func(one store.Brake) bool { return !one.Until.After(there) })
}

// Braked reports whether a rule is turned to monitor by "maillint brake". While
// the store does not answer, what it said last holds until it ends.
func (g *Gate) Braked(rule string) bool {
	b := g.brakes.Load()
	if b == nil || len(b.list) == 0 {
		return false
	}
	return slices.ContainsFunc(b.on(g.now()), func(one store.Brake) bool { return one.Covers(rule) })
}

// Brakes are those that are on.
func (g *Gate) Brakes() []store.Brake { return g.brakes.Load().on(g.now()) }

// ReadBrakes asks the store which brakes are on, ends those whose time has
// passed, and tells who must know.
func (g *Gate) ReadBrakes(ctx context.Context) error {
	list, err := g.o.Store.Brakes(ctx)
	if err != nil {
		g.o.Observer.failed("store", err)
		return err
	}
	var had []store.Brake
	before := g.brakes.Swap(&brakes{list, g.o.Store.Now(ctx), g.now()})
	if before != nil {
		had = before.list
	}
	if before != nil && slices.Equal(list, had) {
		return nil
	}
	if g.o.Observer.Brakes != nil {
		g.o.Observer.Brakes(list)
	}
	for _, b := range list {
		if !slices.Contains(had, b) && g.first(ctx, fmt.Sprint("brake ", b.Rule, b.Since.UnixMicro()), day) {
			g.alarm("brake "+b.Rule, "", brakeText(b, g.current.Load().zone()))
		}
	}
	return g.endBrakes(ctx, had, list)
}

// endBrakes tells of those that are on no more.
func (g *Gate) endBrakes(ctx context.Context, had, have []store.Brake) error {
	over, err := g.o.Store.EndBrakes(ctx, nil, store.Record{Reason: "its time has passed"})
	g.o.Observer.failed("store", err)
	for _, b := range append(over, had...) {
		replaced := slices.ContainsFunc(have, func(o store.Brake) bool { return o.Rule == b.Rule })
		if !replaced && g.first(ctx, fmt.Sprint("brake off ", b.Rule, b.Since.UnixMicro()), day) {
			g.alarm("brake off "+b.Rule, "", fmt.Sprintf("the brake of %s is off: it acts again as the policy says", ruleOrAll(b.Rule)))
		}
	}
	return err
}

func ruleOrAll(rule string) string {
	if rule == store.BrakeAll {
		return "all rules"
	}
	return rule
}

// brakeText says what a brake does, until when, and whose it is.
func brakeText(b store.Brake, zone *time.Location) string {
	who := b.By
	if who == "" {
		who = b.OSUser
	}
	return fmt.Sprintf("%s only monitored until %s: what is found is counted and leaves (by %s: %s; \"maillint brake --off %s\" ends it)",
		isAre(b.Rule), b.Until.In(zone).Format("2006-01-02 15:04 MST"), who, b.Reason, b.Rule)
}

func isAre(rule string) string {
	if rule == store.BrakeAll {
		return "all rules are"
	}
	return rule + " is"
}

func (c *current) zone() *time.Location {
	if c.Organization.Zone == nil {
		return time.Local
	}
	return c.Organization.Zone
}

const day = 24 * time.Hour

// first reports whether this is the first node that does something once: nobody
// has under this key within the window.
func (g *Gate) first(ctx context.Context, key string, window time.Duration) bool {
	_, first := g.claim(ctx, key, window)
	return first
}

// claim is first, with what gives the claim back. A store that does not answer
// cannot keep us from telling.
func (g *Gate) claim(ctx context.Context, key string, window time.Duration) (back func(), first bool) {
	count := store.Count{Key: "first " + key, N: 1, Window: window, At: g.o.Store.Now(ctx)}
	totals, err := g.o.Store.Add(ctx, count)
	back = func() {
		count.N = -1
		_, err := g.o.Store.Add(context.WithoutCancel(ctx), count)
		g.o.Observer.failed("store", err)
	}
	if err != nil || totals[0] == 1 {
		g.o.Observer.failed("store", err)
		return back, true
	}
	back()
	return back, false
}
