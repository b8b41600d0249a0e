package gate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maillint/policy"
	"maillint/store"
)

// A rule that holds more than this is busy: it may be wrong, and somebody is
// asked to look. It is never stopped by itself.
const (
	busyWindow  = 10 * time.Minute
	busyMost    = 20        // messages in busyWindow, on all nodes
	shareWindow = time.Hour // of this node's messages
	shareMost   = 2         // per cent of them
	shareLeast  = 5         // messages held, below which a share says nothing
	busyAgain   = 6 * time.Hour
)

// traffic counts what goes through this node, minute by minute, and what each
// rule holds of it. Workers take from it; mail never waits for them.
type traffic struct {
	mu      sync.Mutex
	minutes [int(shareWindow / time.Minute)]minute
	held    map[string]int64 // by rule, since the workers looked last
}

type minute struct {
	at   int64 // in minutes since 1970
	all  int
	held map[string]int
}

// count takes in one message that was not refused, and the rules that held it.
func (t *traffic) count(now time.Time, rules []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := now.Unix() / 60
	m := &t.minutes[at%int64(len(t.minutes))]
	if m.at != at {
		*m = minute{at: at, held: map[string]int{}}
	}
	m.all++
	if t.held == nil {
		t.held = map[string]int64{}
	}
	for _, r := range rules {
		m.held[r]++
		t.held[r]++
	}
}

// take gives what each rule held since it was asked last, and the shares of the
// last hour.
func (t *traffic) take(now time.Time) (held map[string]int64, share map[string]int, all int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, t.held = t.held, nil
	share = map[string]int{}
	for i := range t.minutes {
		m := &t.minutes[i]
		if now.Unix()/60-m.at >= int64(len(t.minutes)) {
			continue
		}
		all += m.all
		for r, n := range m.held {
			share[r] += n
		}
	}
	return held, share, all
}

// giveBack puts what could not be told to the store back, for the next time.
func (t *traffic) giveBack(rule string, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held == nil {
		t.held = map[string]int64{}
	}
	t.held[rule] += n
}

// holders are the rules that held a message, each once.
func holders(v *policy.Verdict) []string {
	var out []string
	for _, f := range v.Findings {
		if f.Disposition.Holds() && !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// busy tells, once, of rules that hold very much.
func (g *Gate) busy(ctx context.Context) {
	held, share, all := g.traffic.take(g.now())
	for _, rule := range slices.Sorted(maps.Keys(held)) {
		totals, err := g.o.Store.Add(ctx, store.Count{Key: "held by " + rule, N: held[rule], Window: busyWindow})
		g.o.Observer.failed("store", err)
		if err != nil {
			g.traffic.giveBack(rule, held[rule])
		}
		what := ""
		switch {
		case err == nil && totals[0] > busyMost:
			what = fmt.Sprintf("%d messages in ten minutes", totals[0])
		case share[rule] >= shareLeast && share[rule]*100 > shareMost*all:
			what = fmt.Sprintf("%d of the last %d messages", share[rule], all)
		default:
			continue
		}
		if g.first(ctx, "busy "+rule, busyAgain) {
			g.alarm("busy "+rule, "", fmt.Sprintf(`%s has held %s: look ("maillint quarantine list --rule %s"), and if it is wrong stop it ("maillint brake %s --for 2h --reason WHY"); it is not stopped by itself`, rule, what, rule, rule))
		}
	}
}
