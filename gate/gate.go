// Package gate judges a message and carries the verdict out: it is relayed,
// changed, held or refused here, released or expired later. It is the only
// place of maillint with such effects; proxy, milter and console go through it.
//
// Two promises hold at every step: a client reads 250 only after the next hop
// said so or the message is durable here; and no message is ever in no place.
package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/notify"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// Options are what a Gate is made of. Store and Policy must be there; without
// Release nothing is ever held.
type Options struct {
	Policy *policy.Policy
	Store  store.Store
	// Release opens sessions of the release route.
	Release func(context.Context) (*submit.Session, error)
	// Hostname is ours in Received fields and notices.
	Hostname string
	Observer Observer
	Log      *slog.Logger
	Clock    func() time.Time
	// Budget is how long judging one message may take.
	Budget time.Duration
	// Quiet is how long a mailing waits for further parts before its notice.
	Quiet time.Duration
	// Poll is how often the workers look for work.
	Poll time.Duration
	// Lease is how long a worker that says nothing keeps a release; it is renewed
	// while the work lasts. What a killed program was about to send waits so long.
	Lease time.Duration
}

// Gate judges messages and carries verdicts out. It is safe for concurrent use.
type Gate struct {
	o       Options
	current atomic.Pointer[current]
	worker  string
	parts   mailings
	// canaryForwards is what messages of the canary show, which the store never sees.
	canaryForwards history.ForwardMemory
	alarms         alarms
	undo           undo
	letters        correspondence
	loading        sync.Mutex             // held while engines are put in force
	dead           atomic.Pointer[string] // why nothing can be held now: the release route
	failing        atomic.Pointer[string] // the same: the proof of life
	brakes         atomic.Pointer[brakes]
	hooks          hooks
	tally          tally
	traffic        traffic
	wake           chan struct{}
}

// current is a policy with its engines and texts.
type current struct {
	*policy.Policy
	engine   *lint.Engine
	envelope *lint.Engine // the rules that judge by the envelope alone
	exposure *lint.Engine // exposed-recipients and its instances
	blocked  *lint.Engine // blocked-recipient and its instances
	texts    *notify.Texts
	stamps   rewrite.Keys
	signing  []rewrite.SigningKey
	hook     *notify.Webhook // nil: none
}

// New makes a gate. The error is one of the policy's templates, or a missing
// part.
func New(o Options) (*Gate, error) {
	if o.Store == nil || o.Policy == nil {
		return nil, errors.New("gate: no store, or no policy")
	}
	defaults(&o)
	host, _ := os.Hostname()
	g := &Gate{o: o, wake: make(chan struct{}, 1), canaryForwards: history.ForwardMemory{Keep: canaryKept}}
	g.worker = fmt.Sprintf("%s-%d-%s", ascii(host), os.Getpid(), NewID(time.Now())[10:])
	if err := g.Reload(o.Policy); err != nil {
		return nil, err
	}
	return g, nil
}

func defaults(o *Options) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	for _, d := range []struct {
		to   *time.Duration
		want time.Duration
	}{{&o.Budget, time.Minute}, {&o.Quiet, time.Minute}, {&o.Poll, 5 * time.Second}, {&o.Lease, time.Minute}} {
		if *d.to <= 0 {
			*d.to = d.want
		}
	}
	if o.Hostname == "" {
		o.Hostname, _ = os.Hostname()
	}
}

// Reload puts another policy in force. Transactions that are being judged end
// under the former one. On an error the former one stays.
func (g *Gate) Reload(p *policy.Policy) error {
	texts, err := notify.Load(p.Notify.Templates)
	if err != nil {
		return fmt.Errorf("gate: %w", err)
	}
	stamps, err := StampKeys(p)
	if err != nil {
		return err
	}
	hook, err := webhook(p)
	if err != nil {
		return err
	}
	g.loading.Lock()
	defer g.loading.Unlock()
	g.force(p, texts, stamps, hook)
	return nil
}

// force makes the engines of a policy and of the domains that were learned. The
// caller holds g.loading.
func (g *Gate) force(p *policy.Policy, texts *notify.Texts, stamps rewrite.Keys, hook *notify.Webhook) {
	c := newCurrent(p, g.learnedDomains())
	c.texts, c.stamps, c.hook = texts, stamps, hook
	g.current.Store(c)
}

// newCurrent is a policy with its engines, and without texts and stamps.
func newCurrent(p *policy.Policy, known lint.Known) *current {
	c := &current{Policy: p, engine: p.EngineWith(nil, known)}
	for _, k := range p.DKIM {
		c.signing = append(c.signing, rewrite.SigningKey(k))
	}
	c.envelope = c.only(func(r *lint.Rule) bool { return r.ByEnvelope })
	c.exposure = c.only(func(r *lint.Rule) bool { return r.ID == "exposed-recipients" })
	c.blocked = c.only(func(r *lint.Rule) bool { return r.ID == "blocked-recipient" })
	return c
}

// webhook is the policy's, or nil.
func webhook(p *policy.Policy) (*notify.Webhook, error) {
	w := p.Notify.Webhook
	if w.URL.Reveal() == "" {
		return nil, nil
	}
	return notify.NewWebhook(w.URL.Reveal(), []byte(w.Secret.Reveal()), w.CA, w.Timeout)
}

// only is an engine of some of the rules, for the same organisation.
func (c *current) only(want func(*lint.Rule) bool) *lint.Engine {
	var entries []lint.Entry
	for _, e := range c.engine.Entries() {
		if want(e.Rule) {
			entries = append(entries, e)
		}
	}
	return lint.NewEngine(c.engine.Org(), entries)
}

// Policy is the one in force.
func (g *Gate) Policy() *policy.Policy { return g.current.Load().Policy }

func (g *Gate) now() time.Time { return g.o.Clock() }

// ascii keeps what a worker's name may hold.
func ascii(s string) string {
	out := []byte{}
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f {
			out = append(out, c)
		}
	}
	return string(out)
}
