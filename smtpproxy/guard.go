package smtpproxy

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// guard counts connections, and log-ins that failed.
type guard struct {
	now       func() time.Time
	total     int
	perClient int

	mu      sync.Mutex
	open    int
	clients map[netip.Addr]int
	fails   map[string]*fails
}

// fails are the log-ins of one address or account that failed since from.
type fails struct {
	n    int
	from time.Time
}

// A window of failed log-ins, and what follows: answers that come late, then none.
const (
	failWindow = 10 * time.Minute
	failSlow   = 10
	failStop   = 20
	failDelay  = 3 * time.Second
	failKeys   = 100_000 // so that a flood of names cannot fill the memory
)

func newGuard(o Options) *guard {
	return &guard{now: o.Now, total: o.Connections, perClient: o.PerClient, clients: map[netip.Addr]int{}, fails: map[string]*fails{}}
}

// network is what counts as one client: an IPv4 address, or an IPv6 /64, which
// one subscriber has whole.
func network(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		return p.Addr()
	}
	return a
}

// enter reports whether one more connection of this client is taken.
func (g *guard) enter(a netip.Addr) bool {
	a = network(a)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open >= g.total || g.clients[a] >= g.perClient {
		return false
	}
	g.open++
	g.clients[a]++
	return true
}

func (g *guard) leave(a netip.Addr) {
	a = network(a)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if g.clients[a]--; g.clients[a] <= 0 {
		delete(g.clients, a)
	}
}

func failKey(a netip.Addr, account string) []string {
	keys := []string{"@" + network(a).String()}
	if account != "" {
		keys = append(keys, strings.ToLower(account))
	}
	return keys
}

// admit lets an attempt to log in go on, late where too many failed lately, and
// refuses it where far too many did.
func (g *guard) admit(ctx context.Context, a netip.Addr, account string) error {
	worst := g.count(a, account)
	if worst >= failStop {
		return &refusal{replyAuthOften}
	}
	if worst < failSlow {
		return nil
	}
	t := time.NewTimer(failDelay)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return &refusal{replyDrain}
	}
}

func (g *guard) count(a netip.Addr, account string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	worst := 0
	for _, k := range failKey(a, account) {
		if f := g.fails[k]; f != nil && g.now().Sub(f.from) < failWindow {
			worst = max(worst, f.n)
		}
	}
	return worst
}

// failed counts a log-in that the next hop refused.
func (g *guard) failed(a netip.Addr, account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, k := range failKey(a, account) {
		f := g.fails[k]
		if f == nil || now.Sub(f.from) >= failWindow {
			g.sweep(now)
			f = &fails{from: now}
			g.fails[k] = f
		}
		f.n++
	}
}

// sweep makes room when there are too many keys.
func (g *guard) sweep(now time.Time) {
	if len(g.fails) < failKeys {
		return
	}
	for k, f := range g.fails {
		if now.Sub(f.from) >= failWindow {
			delete(g.fails, k)
		}
	}
	for k := range g.fails {
		if len(g.fails) < failKeys {
			break
		}
		delete(g.fails, k)
	}
}
