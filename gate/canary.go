package gate

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"maillint/internal/canary"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// Canary is how a door tells the program's own proof of life from mail.
type Canary interface {
	// Admits reports whether canaries may come from an address that is not this
	// machine's.
	Admits(client netip.Addr) bool
	// Take takes the token that is the local part of a canary's MAIL FROM, once,
	// and gives the reverse-path and the identity that its message is judged with.
	Take(listener, local string) (submit.Path, policy.Identity, error)
}

// IsCanary reports whether MAIL says that it is a canary's. Such a path is never
// passed on, whatever is wrong with it.
func IsCanary(p submit.Path) bool { return p.Address.Domain == canary.Domain }

// Sink stands in the place of the next hop, and of the release route, of a
// canary's message: whatever it is given, nobody gets.
type Sink interface {
	NextHop
	// Release takes what a held message would leave as.
	Release(ctx context.Context, from submit.Path, to []submit.Path, m *rewrite.Message) error
}

var errNoSink = errors.New("a canary without a sink")

// Fail says why the proof of life fails, or nil where it does not. While it
// fails nothing is held but canaries: 451 is answered rather than a promise.
func (g *Gate) Fail(why error) {
	if why == nil {
		g.failing.Store(nil)
		return
	}
	text := firstLine(why)
	g.failing.Store(&text)
}

// Alarm tells the administrators of something besides the mail: by mail, by the
// webhook, and by the observer. The same kind is told at most every ten minutes.
func (g *Gate) Alarm(kind, text string) { g.alarm(kind, "", text) }

// unready gives why a transaction's message cannot be held. A canary's is
// always: it is what finds out that the fault has gone.
func (g *Gate) unready(tx *Transaction) error {
	if tx.Canary {
		return nil
	}
	return g.Ready()
}

// proven brings a canary's message to its end: what was held is read back,
// released into the sink, and deleted. The reply tells who sent the canary what
// became of it.
func (s *submission) proven(ctx context.Context, reply submit.Reply) submit.Reply {
	released, err := s.releaseCanary(ctx)
	if drop := s.g.o.Store.DropCanary(ctx, s.e.Items...); drop != nil {
		err = errors.Join(err, drop)
	}
	if err != nil {
		s.e.Err = errors.Join(s.e.Err, err)
		return submit.NewReply(451, "4.3.0", "%s: the canary's held message is not as it was", s.tx.ID)
	}
	if reply.Temporary() {
		return reply
	}
	text := s.report(released)
	return submit.NewReply(reply.Code, reply.Enhanced, "%s: %s", s.tx.ID, text)
}

// report is the reply to a canary. The rules come last, since there may be too
// many for the line.
func (s *submission) report(released int) string {
	var found []string
	seen := map[string]bool{}
	for _, f := range s.j.verdict.Findings {
		braked := f.Monitored && !s.c.Monitors(f.Rule)
		if f.Excepted || f.Learned != "" || f.Monitored && !braked {
			continue
		}
		word := f.Disposition.String()
		if braked {
			word = canary.Braked
		}
		if f.Severity == lint.Info {
			word += canary.Remark
		}
		if seen[f.Rule+word] {
			continue
		}
		seen[f.Rule+word] = true
		found = append(found, f.Rule+":"+word)
	}
	return fmt.Sprintf("canary: %s held=%d released=%d relayed=%d found=%s", s.e.Disposition, s.e.Held, released, s.e.Relayed, strings.Join(found, ","))
}

// releaseCanary reads back what was held, and hands it to the sink as it would
// leave. It gives how many recipients that is.
func (s *submission) releaseCanary(ctx context.Context) (int, error) {
	n := 0
	for _, id := range s.e.Items {
		it, err := s.g.o.Store.Item(ctx, id)
		if err != nil {
			return n, err
		}
		if err := s.releaseInto(ctx, it); err != nil {
			return n, fmt.Errorf("%s: %w", id, err)
		}
		n += len(it.Recipients)
	}
	return n, nil
}

func (s *submission) releaseInto(ctx context.Context, it *store.Item) error {
	sink, ok := s.hop.(Sink)
	if !ok {
		return errNoSink
	}
	b, err := s.g.o.Store.Body(ctx, it.ID)
	if err != nil {
		return err
	}
	defer b.Close()
	m := message.ParseReader(b, b.Size())
	m.Envelope = itemEnvelope(it)
	r := releaseOf{g: s.g, c: s.c, it: it}
	out, err := r.message(m, b)
	if errors.Is(err, errSigned) || errors.Is(err, errExposed) {
		return nil // a person's release would say so; the message is there
	}
	if err != nil {
		return err
	}
	var to []submit.Path
	for _, rc := range it.Recipients {
		to = append(to, submit.Path{Address: addressOf(rc.Address)})
	}
	if err := s.c.stamp(out, it.ID, addresses(to), s.g.now()); err != nil {
		return err
	}
	var from submit.Path
	if it.ReversePath.Address != "" {
		from.Address = addressOf(it.ReversePath.Address)
	}
	return sink.Release(ctx, from, to, out)
}
