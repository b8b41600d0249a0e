package gate

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"maillint/message"
	"maillint/store"
	"maillint/submit"
)

// Run does what has its time: it sends what was released, acts at deadlines,
// writes notices and digests, deletes what is old. It ends with ctx, after the
// work at hand.
func (g *Gate) Run(ctx context.Context) {
	g.afterOutage(ctx)
	var all sync.WaitGroup
	every := func(d time.Duration, work func(context.Context)) {
		all.Go(func() {
			for {
				g.guarded(func() { work(ctx) })
				select {
				case <-ctx.Done():
					return
				case <-time.After(d):
				}
			}
		})
	}
	all.Go(func() { g.releasing(ctx) })
	every(brakesEvery, func(ctx context.Context) { _ = g.ReadBrakes(ctx) })
	every(hookEvery, g.sendHooks)
	every(g.o.Poll, g.people)
	every(time.Minute, g.upkeep)
	every(10*time.Minute, g.purge)
	every(10*time.Minute, g.relearn)
	every(time.Hour, func(ctx context.Context) { g.o.Observer.failed("store", g.o.Store.CrossSign(ctx)) })
	all.Wait()
	g.lastWords(context.WithoutCancel(ctx))
}

// lastWords tells what nobody else will tell once this program has ended: the
// alarms that it took upon itself, and what it counted.
func (g *Gate) lastWords(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	g.flush(bounded)
	g.sendHooks(bounded)
	g.sendAlarms(bounded)
}

// releasing sends what was released, at once when a decision was made here.
func (g *Gate) releasing(ctx context.Context) {
	for {
		g.guarded(func() {
			for g.release(ctx) > 0 && ctx.Err() == nil {
			}
		})
		select {
		case <-ctx.Done():
			return
		case <-time.After(g.o.Poll):
		case <-g.wake:
		}
	}
}

// guarded keeps a panic in one piece of work from ending the others.
func (g *Gate) guarded(work func()) {
	defer func() {
		if v := recover(); v != nil {
			g.alarm("failure", "", clip(fmt.Sprintf("a worker failed: %v", v), 200))
			g.o.Observer.failed("worker", fmt.Errorf("panic: %v", v))
		}
	}()
	work()
}

func (g *Gate) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// people acts for those who are asked: deadlines, notices, alarms.
func (g *Gate) people(ctx context.Context) {
	g.busy(ctx)
	g.takeBackLater(ctx)
	g.deadlines(ctx)
	g.tellPeople(ctx)
	g.sendAlarms(ctx)
	g.flush(ctx)
}

// upkeep: the heartbeat that tells an outage, the release route, the digest.
func (g *Gate) upkeep(ctx context.Context) {
	g.o.Observer.failed("store", g.o.Store.Put(ctx, keyAlive, []byte(strconv.FormatInt(g.o.Store.Now(ctx).Unix(), 10))))
	_ = g.Probe(ctx)
	g.digest(ctx)
}

func (g *Gate) purge(ctx context.Context) {
	_, err := g.o.Store.Purge(ctx)
	g.o.Observer.failed("store", err)
}

// Alive gives when a node last was, in the store's time; zero for never.
func Alive(ctx context.Context, s store.Store) (time.Time, error) {
	last, err := s.Get(ctx, keyAlive)
	if err != nil || last == nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(string(last), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: the time of the last sign of life", store.ErrDamaged)
	}
	return time.Unix(seconds, 0), nil
}

// Keys of small values in the store.
const (
	keyAlive  = "gate alive"
	keyDigest = "gate digest"
)

// Probe tries MAIL, RCPT and RSET on the release route. While it fails nothing
// is held: 451 is answered rather than a promise that could not be kept.
func (g *Gate) Probe(ctx context.Context) error {
	err := g.probe(ctx)
	if err == nil {
		if g.dead.Swap(nil) != nil {
			g.o.Log.Info("the release route works again")
		}
		return nil
	}
	why := firstLine(err)
	if g.dead.Swap(&why) == nil {
		g.alarm("release route", "", "the release route does not work: nothing can be held")
	}
	g.o.Observer.failed("release route", err)
	return err
}

func (g *Gate) probe(ctx context.Context) error {
	c := g.current.Load()
	if len(c.Holds.Fallback) == 0 {
		return fmt.Errorf("%w: holds.fallback is not set", errNotReady)
	}
	s, err := g.dial(ctx)
	if err != nil {
		return err
	}
	defer s.Quit(ctx)
	reply, err := s.Mail(ctx, submit.Path{})
	if err == nil && reply.OK() {
		reply, err = s.Rcpt(ctx, submit.Path{Address: c.Holds.Fallback[0]})
	}
	switch {
	case err != nil:
		return err
	case !reply.OK() && !reply.Temporary(): // greylisting is no failure of the route
		return fmt.Errorf("the release route refuses the null reverse-path or the administrators: %s", reply)
	}
	_, err = s.Reset(ctx)
	return err
}

// Ready gives why nothing can be held, or nil.
func (g *Gate) Ready() error {
	if why := g.dead.Load(); why != nil {
		return fmt.Errorf("%w: %s", errNotReady, *why)
	}
	if why := g.failing.Load(); why != nil {
		return fmt.Errorf("%w: the canary fails: %s", errNotReady, *why)
	}
	return nil
}

func (g *Gate) dial(ctx context.Context) (*submit.Session, error) {
	if g.o.Release == nil {
		return nil, fmt.Errorf("%w: there is no release route", errNotReady)
	}
	return g.o.Release(ctx)
}

// outageFrom is the gap in the heartbeat from which on it was an outage, and
// graceFor what people get before a deadline after it.
const (
	outageFrom = 10 * time.Minute
	graceFor   = 4 * time.Hour
)

// afterOutage moves deadlines that would fall due before their people had time:
// while we were away nobody could decide.
func (g *Gate) afterOutage(ctx context.Context) {
	now := g.o.Store.Now(ctx)
	last, err := g.o.Store.Get(ctx, keyAlive)
	if err != nil || last == nil {
		g.o.Observer.failed("store", err)
		return
	}
	seconds, _ := strconv.ParseInt(string(last), 10, 64)
	if now.Sub(time.Unix(seconds, 0)) < outageFrom {
		return
	}
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Held}})
	g.o.Observer.failed("store", err)
	for _, it := range list {
		grace := now.Add(graceFor)
		if it.Disposition == "delay" {
			grace = now.Add(min(graceFor, g.current.Load().Holds.Delay))
		}
		if it.Due.IsZero() || it.Due.After(grace) {
			continue
		}
		_, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
			if it.State != store.Held {
				return nil, errNotHeld
			}
			it.Due = grace
			return []store.Record{{Event: "deadline moved", Item: it.ID, Reason: "outage"}}, nil
		})
		if err != nil {
			g.o.Log.Warn("a deadline could not be moved after an outage", "item", it.ID, "error", err)
		}
	}
}

// addressOf reads an address as items keep it: message.Address.String.
func addressOf(s string) message.Address {
	at := -1
	for i := range len(s) {
		if s[i] == '@' {
			at = i
		}
	}
	if at < 0 {
		return message.Address{Local: s}
	}
	local := s[:at]
	if n := len(local); n >= 2 && local[0] == '"' && local[n-1] == '"' {
		b := []byte{}
		for i := 1; i < n-1; i++ {
			if local[i] == '\\' && i+1 < n-1 {
				i++
			}
			b = append(b, local[i])
		}
		local = string(b)
	}
	return message.Address{Local: local, Domain: s[at+1:]}
}
