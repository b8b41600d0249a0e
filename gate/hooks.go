package gate

import (
	"context"
	"errors"
	"sync"
	"time"

	"maillint/notify"
)

// hooks are events on their way to the webhook. Whoever adds one never waits.
type hooks struct {
	mu      sync.Mutex
	queue   []hooked
	dropped int
}

// hooked is an event with when it is tried next.
type hooked struct {
	notify.Event
	tries int
	next  time.Time
}

const (
	mostHooked  = 100
	hookKeeps   = 24 * time.Hour
	hookAgain   = 5 * time.Second // doubled each time
	hookSlowest = 5 * time.Minute
	hookEvery   = time.Second
)

// tell puts an event on its way to the webhook, if there is one. Of too many
// the oldest is given up.
func (g *Gate) tell(event, kind, id, text string) {
	c := g.current.Load()
	if c.hook == nil {
		return
	}
	now := g.now()
	e := notify.Event{
		Version: 1, Event: event, Delivery: NewID(now), Kind: kind, Text: text, ID: id,
		Node: g.hostname(c), Organization: c.Organization.Name, Time: now.UTC().Truncate(time.Second),
	}
	g.hooks.mu.Lock()
	defer g.hooks.mu.Unlock()
	if len(g.hooks.queue) >= mostHooked {
		g.hooks.queue = g.hooks.queue[1:]
		g.hooks.dropped++
		g.o.Observer.hook("dropped")
	}
	g.hooks.queue = append(g.hooks.queue, hooked{Event: e, next: now})
}

// sendHooks sends what is due, the oldest first, each at most once.
func (g *Gate) sendHooks(ctx context.Context) {
	hook := g.current.Load().hook
	for n := len(g.hooks.queued()); n > 0 && hook != nil && ctx.Err() == nil; n-- {
		h, ok := g.hooks.due(g.now())
		if !ok {
			return
		}
		err := hook.Send(ctx, h.Event)
		switch {
		case err == nil:
			g.o.Observer.hook("delivered")
		case errors.Is(err, notify.ErrHookRefused) || g.now().Sub(h.Time) > hookKeeps:
			g.o.Observer.hook("dropped")
			g.o.Observer.failed("webhook", err)
			g.hooks.lose()
		default:
			g.o.Observer.hook("retried")
			g.o.Observer.failed("webhook", err)
			if g.hooks.again(h, g.now()) {
				g.o.Observer.hook("dropped")
			}
		}
	}
}

func (h *hooks) queued() []hooked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.queue
}

// due takes the first event out whose time has come.
func (h *hooks) due(now time.Time) (hooked, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, one := range h.queue {
		if !one.next.After(now) {
			h.queue = append(h.queue[:i:i], h.queue[i+1:]...)
			one.Dropped = h.dropped
			return one, true
		}
	}
	return hooked{}, false
}

func (h *hooks) lose() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dropped++
}

// again puts an event back, in its order, for later. Where others have filled
// the queue meanwhile the oldest is given up, and it reports so.
func (h *hooks) again(one hooked, now time.Time) (dropped bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	one.next = now.Add(min(hookAgain<<min(one.tries, 10), hookSlowest))
	one.tries++
	h.queue = append([]hooked{one}, h.queue...)
	if len(h.queue) <= mostHooked {
		return false
	}
	h.queue = h.queue[1:]
	h.dropped++
	return true
}
