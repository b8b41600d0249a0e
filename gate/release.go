package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// Retries of what the release route answered with 4xx.
const (
	giveUpAfter  = 48 * time.Hour
	firstPause   = time.Minute
	longestPause = 4 * time.Hour
	mostDoubts   = 2 // attempts that may have arrived, before it is reported instead
	atOnce       = 4 // releases at a time
	doneKept     = time.Hour
)

// release claims what is to be sent and sends it; it gives how many it tried.
func (g *Gate) release(ctx context.Context) int {
	list, err := g.o.Store.Claim(ctx, g.worker, g.o.Lease, atOnce)
	g.o.Observer.failed("store", err)
	var all sync.WaitGroup
	for _, it := range list {
		all.Go(func() {
			g.guarded(func() {
				r := releaseOf{g: g, c: g.current.Load(), it: it}
				if err := r.run(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, store.ErrLeaseLost) {
					g.o.Observer.failed("release", fmt.Errorf("%s: %w", it.ID, err))
				}
			})
		})
	}
	all.Wait()
	return len(list)
}

// releaseOf is one attempt to send an item.
type releaseOf struct {
	g  *Gate
	c  *current
	it *store.Item
}

// run sends the item to the recipients that are still to be tried. Its error is
// for the log; what became of the recipients is in the store.
func (r *releaseOf) run(ctx context.Context) error {
	results := r.givenUp(r.g.o.Store.Now(ctx))
	tries := r.open(results)
	if len(tries) == 0 {
		return r.settle(ctx, results)
	}
	stop := r.keepLease(ctx)
	defer stop()
	bytes, err := r.g.o.Store.Body(ctx, r.it.ID)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrDamaged):
		return errors.Join(err, r.settle(ctx, results.all(tries, store.Refused, 554, "5.3.0 the stored message cannot be read")))
	case err != nil:
		return errors.Join(err, r.settle(ctx, results.all(tries, store.Retry, 451, "4.3.0 the stored message cannot be read now")))
	}
	defer bytes.Close()
	m := message.ParseReader(bytes, bytes.Size())
	m.Envelope = itemEnvelope(r.it)
	tries = r.unblocked(m, tries, results)
	out, err := r.message(m, bytes)
	if err != nil {
		return errors.Join(err, r.settle(ctx, results.all(tries, store.Refused, 550, "5.6.0 "+err.Error())))
	}
	if len(tries) == 0 {
		return r.settle(ctx, results)
	}
	err = r.send(ctx, out, tries, results)
	return errors.Join(err, r.settle(ctx, results))
}

// results are what became of recipients, by their place in the item.
type results map[int]store.Recipient

func (l results) set(n int, r store.Recipient, state store.Delivery, code int, reply string) {
	r.State, r.Code, r.Reply = state, code, reply
	l[n] = r
}

func (l results) all(tries []try, state store.Delivery, code int, reply string) results {
	for _, t := range tries {
		l.set(t.n, t.r, state, code, fmt.Sprintf("%d %s", code, reply))
	}
	return l
}

// try is a recipient that is still to be tried.
type try struct {
	n int
	r store.Recipient
}

func (r *releaseOf) open(done results) []try {
	var out []try
	now := r.g.o.Store.Now(context.Background())
	for n, rcpt := range r.it.Recipients {
		if _, ok := done[n]; !ok && rcpt.Open() && !rcpt.Next.After(now) {
			out = append(out, try{n, rcpt})
		}
	}
	return out
}

// givenUp are recipients that are not tried any more: for two days the answer
// was 4xx, or it is not known whether the message arrived, twice.
func (r *releaseOf) givenUp(now time.Time) results {
	out := results{}
	for n, rcpt := range r.it.Recipients {
		switch {
		case !rcpt.Open():
		case rcpt.State == store.Doubt && rcpt.Doubted >= mostDoubts:
			out.set(n, rcpt, store.Refused, 450, "450 4.4.2 the connection broke twice before the answer: the message may have arrived")
		case rcpt.Attempts > 0 && now.Sub(r.it.Decided) > giveUpAfter:
			reply := rcpt.Reply
			if reply == "" {
				reply = "451 4.4.1 the server could not be reached for two days"
			}
			out.set(n, rcpt, store.Refused, max(rcpt.Code, 400), reply)
		}
	}
	return out
}

// unblocked leaves out recipients that have been blocked since the message was
// held: the one thing that a decision does not outlast.
func (r *releaseOf) unblocked(m *message.Message, tries []try, done results) []try {
	return slices.DeleteFunc(tries, func(t try) bool {
		one := message.Parse([]byte("\r\n"))
		one.Envelope = m.Envelope
		one.Envelope.Recipients = []message.Address{addressOf(t.r.Address)}
		found, _ := r.c.blocked.Run(one)
		for _, j := range r.c.JudgeKnowing(one, identityOf(r.it), found, policy.Known{Braked: r.g.Braked}).Findings {
			if j.Disposition == policy.Reject {
				done.set(t.n, t.r, store.Refused, 550, fmt.Sprintf("550 5.7.1 %s [%s]", oneLine(j.Message), j.Rule))
				return true
			}
		}
		return false
	})
}

// message is what leaves of the item.
func (r *releaseOf) message(m *message.Message, b store.Body) (*rewrite.Message, error) {
	again := slices.ContainsFunc(r.it.Recipients, func(rc store.Recipient) bool { return rc.State == store.Doubt })
	ch := change{tagged: r.it.Notes[noteTagged] != "", hide: r.it.Hide, again: again, resign: r.c.resign("")}
	if r.it.Identity.Mailbox != "" {
		ch.sender = addressOf(r.it.Identity.Mailbox)
	}
	out, err := r.c.outgoing(m, body{b, b.Size(), r.it.Hash}, r.it.ID, traceOf(r.it), ch)
	if errors.Is(err, errSigned) && !ch.hide { // Bcc and our own fields never leave; a person decided about the rest
		ch.unsign = true
		out, err = r.c.outgoing(m, body{b, b.Size(), r.it.Hash}, r.it.ID, traceOf(r.it), ch)
	}
	if err == nil && ch.hide {
		err = r.c.hidden(out, m.Envelope, identityOf(r.it))
	}
	return out, err
}

// keepLease renews the lease while the work lasts.
func (r *releaseOf) keepLease(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(r.g.o.Lease / 3):
				if r.g.o.Store.Renew(ctx, r.it.ID, r.g.worker, r.g.o.Lease) != nil {
					return // the check before the dot finds it
				}
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// send goes through one SMTP transaction and notes what became of whom.
func (r *releaseOf) send(ctx context.Context, out *rewrite.Message, tries []try, done results) error {
	s, err := r.g.dial(ctx)
	if err != nil {
		done.all(tries, store.Retry, 451, "4.4.1 the release route cannot be reached")
		return err
	}
	defer s.Quit(context.WithoutCancel(ctx))
	accepted, err := r.envelope(ctx, s, out, tries, done)
	if err != nil || len(accepted) == 0 {
		return err
	}
	var to []message.Address
	for _, t := range accepted {
		to = append(to, addressOf(t.r.Address))
	}
	if err := r.c.stamp(out, r.it.ID, to, r.g.now()); err != nil {
		done.all(accepted, store.Retry, 451, "4.3.0 the message cannot be stamped")
		return err
	}
	s.BeforeDot = func() error { return r.beforeDot(ctx, accepted) }
	reply, err := s.Data(ctx, out)
	var doubt *submit.InDoubt
	switch {
	case errors.As(err, &doubt):
		done.doubt(accepted)
	case errors.Is(err, store.ErrLeaseLost):
		for _, t := range accepted {
			delete(done, t.n)
		}
	case errors.Is(err, submit.ErrTampered):
		r.g.alarm("tampered", r.it.ID, "what was about to be sent is not what was held: the connection was dropped")
		done.all(accepted, store.Retry, 451, "4.3.0 the message was not sent as it was held")
	case err != nil:
		done.all(accepted, store.Retry, 451, "4.4.2 the connection broke")
	default:
		for _, t := range accepted {
			done.set(t.n, t.r, outcome(reply), reply.Code, reply.String())
		}
	}
	return err
}

func (l results) doubt(tries []try) {
	for _, t := range tries {
		t.r.Doubted++
		l.set(t.n, t.r, store.Doubt, 0, "in doubt: the connection broke between the message and the answer")
	}
}

func outcome(reply submit.Reply) store.Delivery {
	switch {
	case reply.OK():
		return store.Delivered
	case reply.Temporary():
		return store.Retry
	}
	return store.Refused
}

// envelope says MAIL and RCPT and gives those that were accepted.
func (r *releaseOf) envelope(ctx context.Context, s *submit.Session, out *rewrite.Message, tries []try, done results) ([]try, error) {
	from := submit.Path{Params: offered(s, r.it.ReversePath.Params, out.Length())}
	if r.it.ReversePath.Address != "" {
		from.Address = addressOf(r.it.ReversePath.Address)
	}
	reply, err := s.Mail(ctx, from)
	if err != nil || !reply.OK() {
		for _, t := range tries {
			if err != nil {
				done.set(t.n, t.r, store.Retry, 451, "451 4.4.2 the connection broke")
			} else {
				done.set(t.n, t.r, outcome(reply), reply.Code, reply.String())
			}
		}
		return nil, err
	}
	var accepted []try
	for _, t := range tries {
		reply, err := s.Rcpt(ctx, submit.Path{Address: addressOf(t.r.Address), Params: offered(s, t.r.Params, 0)})
		switch {
		case errors.Is(err, submit.ErrPath):
			done.set(t.n, t.r, store.Refused, 553, "553 5.1.3 the address cannot be sent")
		case err != nil:
			done.all(tries, store.Retry, 451, "4.4.2 the connection broke")
			return nil, err
		case reply.OK():
			accepted = append(accepted, t)
		default:
			done.set(t.n, t.r, outcome(reply), reply.Code, reply.String())
		}
	}
	return accepted, nil
}

// offered are the parameters of the original transaction that the server
// knows, with the size that the message has now. What must be kept (REQUIRETLS,
// SMTPUTF8) is kept: the server then refuses, and the sender is told.
func offered(s *submit.Session, params []string, size int64) []submit.Param {
	var out []submit.Param
	for _, text := range params {
		key, value, _ := strings.Cut(text, "=")
		key = strings.ToUpper(key)
		ext, known := submit.ExtensionOf(key)
		switch {
		case key == "SIZE" && s.Offers("SIZE"):
			out = append(out, submit.Param{Key: key, Value: fmt.Sprint(size)})
		case key == "SIZE" || !known || !s.Offers(ext) && key != "REQUIRETLS" && key != "SMTPUTF8":
		default:
			out = append(out, submit.Param{Key: key, Value: value})
		}
	}
	return out
}

// beforeDot is the last step before the message is handed over: the lease must
// still be ours, and the store knows that from here on it may have arrived. A
// crash after this leaves the recipients in doubt, not forgotten.
func (r *releaseOf) beforeDot(ctx context.Context, accepted []try) error {
	_, err := r.g.o.Store.Update(ctx, r.it.ID, func(it *store.Item) ([]store.Record, error) {
		now := r.g.o.Store.Now(ctx)
		if it.State != store.Releasing || !it.LeasedBy(r.g.worker, now) {
			return nil, store.ErrLeaseLost
		}
		it.Lease.Until = now.Add(r.g.o.Lease)
		for _, t := range accepted {
			rcpt := &it.Recipients[t.n]
			rcpt.State, rcpt.At = store.Doubt, now
			rcpt.Doubted++
		}
		return nil, nil
	})
	return err
}

// settle writes what became of the recipients. Where none is left to try, the
// item is done; who was refused for good is reported to the sender.
func (r *releaseOf) settle(ctx context.Context, done results) error {
	ctx = context.WithoutCancel(ctx)
	out, err := r.g.o.Store.Update(ctx, r.it.ID, func(it *store.Item) ([]store.Record, error) {
		now := r.g.o.Store.Now(ctx)
		if it.State != store.Releasing || !it.LeasedBy(r.g.worker, now) {
			return nil, store.ErrLeaseLost
		}
		for n, result := range done {
			result.At, result.Attempts = now, it.Recipients[n].Attempts+1
			if result.Open() {
				result.Next = now.Add(pause(result.Attempts))
			}
			it.Recipients[n] = result
		}
		it.Lease = store.Lease{Attempt: it.Lease.Attempt}
		return r.finish(it, now), nil
	})
	if err != nil {
		return err
	}
	for n := range done {
		rcpt := out.Recipients[n]
		r.g.o.Observer.delivery(Delivery{Item: out.ID, Recipient: rcpt.Address, State: rcpt.State, Reply: rcpt.Reply})
	}
	if out.State.Final() {
		r.g.o.Observer.decided(out)
	}
	return nil
}

// finish ends an item that has nobody left to try.
func (r *releaseOf) finish(it *store.Item, now time.Time) []store.Record {
	failed := 0
	for i := range it.Recipients {
		if it.Recipients[i].Open() {
			return nil
		}
		if it.Recipients[i].State == store.Refused {
			failed++
		}
	}
	it.State, it.Purge = store.Released, now.Add(doneKept)
	if failed > 0 {
		it.State, it.Purge = store.Failed, now.Add(r.c.Holds.Keep)
		if it.Notes == nil {
			it.Notes = map[string]string{}
		}
		it.Notes[noteReport] = "yes"
		it.Look = now
	}
	return []store.Record{{Event: string(it.State), Item: it.ID, Detail: map[string]string{"recipients": fmt.Sprint(len(it.Recipients)), "failed": fmt.Sprint(failed)}}}
}

// noteReport is the note of an item whose failures are still to be reported.
const noteReport = "report"

// pause grows from a minute to four hours.
func pause(attempts int) time.Duration {
	p := firstPause
	for ; attempts > 1 && p < longestPause; attempts-- {
		p *= 2
	}
	return min(p, longestPause)
}

// titles are what rules find, for notices; the policy knows the rules.
func (c *current) title(rule, language string) string {
	if r := c.Rule(rule); r != nil {
		return r.Rule.Title.In(language)
	}
	return lint.Text{En: rule}.En
}
