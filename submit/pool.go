package submit

import (
	"context"
	"sync"
	"time"
)

// Pool keeps sessions that nobody ever logged in over, for the next client of
// the same route. It is safe for concurrent use.
type Pool struct {
	Max  int           // sessions kept for one key; 0 is 16
	Idle time.Duration // how long one is kept; 0 is 30 seconds

	mu     sync.Mutex
	idle   map[poolKey][]*Session
	closed bool
}

// poolKey is what two clients must have in common to share a session: the
// route, which holds the TLS identity, and what the server was told of them.
type poolKey struct {
	route  *Route
	client Client
}

func keyOf(r *Route, c Client) poolKey {
	if r.Announce == 0 {
		c = Client{}
	}
	return poolKey{r, c}
}

// Get gives a session for this client: one that idled, else a new one. fresh
// tells which.
func (p *Pool) Get(ctx context.Context, r *Route, c Client) (s *Session, fresh bool, err error) {
	for {
		s := p.take(keyOf(r, c))
		if s == nil {
			s, err := r.Dial(ctx, c)
			return s, true, err
		}
		if s.Healthy(ctx) {
			return s, false, nil
		}
		s.Close()
	}
}

func (p *Pool) take(k poolKey) *Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[k]
	if len(list) == 0 {
		return nil
	}
	s := list[len(list)-1]
	if p.idle[k] = list[:len(list)-1]; len(p.idle[k]) == 0 {
		delete(p.idle, k)
	}
	return s
}

// Put takes a session back, without its open transaction. One that is broken,
// authenticated or in the middle of a log-in, or for which there is no room, is closed.
func (p *Pool) Put(s *Session) {
	if s.Begun() {
		if reply, err := s.Reset(context.Background()); err == nil && !reply.OK() {
			s.Quit(context.Background())
			return
		}
	}
	if s.Err() != nil || s.asking() {
		s.Close()
		return
	}
	if s.Authenticated() || !p.keep(s) {
		s.Quit(context.Background())
	}
}

func (p *Pool) keep(s *Session) bool {
	limit, idle := p.Max, p.Idle
	if limit == 0 {
		limit = 16
	}
	if idle == 0 {
		idle = 30 * time.Second
	}
	k := keyOf(s.route, s.client)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle[k]) >= limit {
		return false
	}
	if p.idle == nil {
		p.idle = map[poolKey][]*Session{}
	}
	p.idle[k] = append(p.idle[k], s)
	put := time.Now()
	s.put = put
	time.AfterFunc(idle, func() {
		if p.remove(k, s, put) {
			s.Quit(context.Background())
		}
	})
	return true
}

// remove takes out a session that nobody wanted since it was put in.
func (p *Pool) remove(k poolKey, s *Session, put time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.idle[k] {
		if other == s && s.put.Equal(put) {
			p.idle[k] = append(p.idle[k][:i:i], p.idle[k][i+1:]...)
			if len(p.idle[k]) == 0 {
				delete(p.idle, k)
			}
			return true
		}
	}
	return false
}

// Close closes what is kept; nothing is kept any more.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.idle {
		for _, s := range list {
			s.Close()
		}
	}
	p.idle = nil
}
