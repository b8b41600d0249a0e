package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// Values in the store: the domains that the nodes have learned, and those of them
// that somebody has taken out, which no node writes.
const (
	keyLearned  = "learned domains"
	keyTakenOut = "forgotten domains"
)

// correspondence remembers which domains were counted today, so that a day costs
// the store one count for each of them.
type correspondence struct {
	mu    sync.Mutex
	day   time.Time
	noted map[string]bool
	known []string // the domains that the rules in force know
}

// first reports whether a domain is seen for the first time on that day.
func (c *correspondence) first(domain string, day time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.day.Equal(day) {
		c.day, c.noted = day, map[string]bool{}
	}
	if c.noted[domain] {
		return false
	}
	c.noted[domain] = true
	return true
}

// answers notes the domains outside that a relayed message answers to. Only who
// is vouched for teaches, and never about a domain that looks like another one:
// whoever poses as a partner answers too.
func (s *submission) answers(ctx context.Context, keep *group) {
	if s.tx.Canary || s.tx.Identity.Trust < policy.Vouched || s.j.msg == nil {
		return
	}
	var to []message.Address
	for _, n := range keep.recipients {
		if a := s.tx.Recipients[n].Address; !s.c.internal(a) {
			to = append(to, a)
		}
	}
	for _, d := range history.Answered(s.j.msg, to) {
		if !slices.ContainsFunc(s.j.verdict.Findings, func(f policy.Judged) bool { return slices.Contains(f.About, d) }) {
			s.g.answered(ctx, d)
		}
	}
}

// answered counts a day on which a domain was answered, once on all nodes. From
// history.LearnedDays on it is one that the organisation corresponds with.
// Nobody waits for this: a failure is logged, and the next answer counts.
func (g *Gate) answered(ctx context.Context, domain string) {
	now := g.o.Store.Now(ctx)
	day := now.UTC().Truncate(24 * time.Hour)
	if !g.letters.first(domain, day) {
		return
	}
	totals, err := g.o.Store.Add(ctx, store.Count{Key: "answered " + domain + " " + day.Format(time.DateOnly), N: 1, Window: 48 * time.Hour})
	if err == nil && totals[0] == 1 {
		totals, err = g.o.Store.Add(ctx, store.Count{Key: "answered " + domain, N: 1, Window: history.Kept})
		if err == nil && totals[0] >= history.LearnedDays {
			err = g.keepLearned(ctx, domain, day)
		}
	}
	g.o.Observer.failed("store", err)
}

// keepLearned adds a domain to those in the store. Where two nodes do so at once
// one addition is lost; the next day that the domain is answered brings it back.
func (g *Gate) keepLearned(ctx context.Context, domain string, day time.Time) error {
	list, err := Correspondents(ctx, g.o.Store)
	if err != nil || !list.Note(domain, day) {
		return err
	}
	return putDomains(ctx, g.o.Store, keyLearned, list)
}

func putDomains(ctx context.Context, s store.Store, key string, list history.Correspondents) error {
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return s.Put(ctx, key, text)
}

func readDomains(ctx context.Context, s store.Store, key string) (history.Correspondents, error) {
	list := history.Correspondents{}
	text, err := s.Get(ctx, key)
	if err != nil || text == nil {
		return list, err
	}
	return list, json.Unmarshal(text, &list)
}

// Correspondents are the domains that all nodes on the store have learned,
// without those taken out.
func Correspondents(ctx context.Context, s store.Store) (history.Correspondents, error) {
	list, err := readDomains(ctx, s, keyLearned)
	if err != nil {
		return nil, err
	}
	gone, err := readDomains(ctx, s, keyTakenOut)
	for d := range gone {
		delete(list, d)
	}
	return list, err
}

// TakeOut has all nodes forget a domain that they have learned, for good and
// within ten minutes, with a record of it that by, a Record without Event, is the
// model of. A domain that was not learned is store.ErrNotFound.
func TakeOut(ctx context.Context, s store.Store, domain string, by store.Record) error {
	list, err := Correspondents(ctx, s)
	if err != nil {
		return err
	}
	if _, known := list[domain]; !known {
		return fmt.Errorf("%s: %w: nothing was learned of this domain", domain, store.ErrNotFound)
	}
	gone, err := readDomains(ctx, s, keyTakenOut)
	if err != nil {
		return err
	}
	gone[domain] = s.Now(ctx)
	if err := putDomains(ctx, s, keyTakenOut, gone); err != nil {
		return err
	}
	by.Event, by.Detail = "forget", map[string]string{"domain": domain}
	return s.Audit(ctx, by)
}

// relearn gives the rules in force the domains that the store knows, where they
// have changed.
func (g *Gate) relearn(ctx context.Context) {
	list, err := Correspondents(ctx, g.o.Store)
	if err != nil {
		g.o.Observer.failed("store", err)
		return
	}
	known := slices.Sorted(maps.Keys(list))
	g.loading.Lock()
	defer g.loading.Unlock()
	if slices.Equal(known, g.letters.known) {
		return
	}
	g.letters.known = known
	c := g.current.Load()
	g.force(c.Policy, c.texts, c.stamps, c.hook)
	g.o.Log.Info("learned domains", "count", len(known))
}

// learnedDomains is what the rules are to know besides the policy.
func (g *Gate) learnedDomains() lint.Known { return lint.Known{Learned: g.letters.known} }
