package smtpproxy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"maillint/rewrite"
	"maillint/submit"
)

// hop is the client's side of the next hop: the session that belongs to this
// connection, and the transaction that is open on it.
type hop struct {
	c       *conn
	session *submit.Session

	mailed   *submit.Path  // MAIL that was accepted
	accepted []submit.Path // RCPTs that were accepted

	offered map[string]string // extensions of the session that answered the client's EHLO
	mu      sync.Mutex
	timer   *time.Timer // of the NOOPs
}

// open makes sure that there is a session.
func (h *hop) open() error {
	if h.alive() {
		return nil
	}
	h.drop()
	s, _, err := h.c.server.pool.Get(h.c.ctx, h.c.listener.NextHop, h.c.client)
	if err != nil {
		return err
	}
	s.Bind(h.c.ctx)
	h.session = s
	return nil
}

// alive reports whether there is a session that is not lost.
func (h *hop) alive() bool { return h.session != nil && h.session.Err() == nil }

// drop ends the session, and with it what is open on it.
func (h *hop) drop() {
	if h.session != nil {
		h.session.Bind(context.Background())
		h.session.Close()
		h.session = nil
	}
}

// lost is what a lost session means for a transaction that is to begin: who
// logged in over it has to do so again.
func (h *hop) lost() error {
	if h.c.login.done {
		return &refusal{replyLostLogin}
	}
	return nil
}

// mail passes MAIL on. A session that idled may have gone without a word; then
// a fresh one is tried, once.
func (h *hop) mail(p submit.Path) (submit.Reply, error) {
	for try := 0; ; try++ {
		if !h.alive() {
			if err := h.lost(); err != nil {
				return submit.Reply{}, err
			}
			if err := h.open(); err != nil {
				return submit.Reply{}, err
			}
		}
		if h.lacks(p) {
			return submit.Reply{}, &refusal{replyOther}
		}
		h.session.For(h.c.announced())
		reply, err := h.session.Mail(h.c.ctx, p)
		if (err != nil || reply.Code == 421) && h.session.Err() != nil && try == 0 {
			continue
		}
		if err != nil {
			return submit.Reply{}, err
		}
		if reply.OK() {
			h.mailed, h.accepted = &p, h.accepted[:0]
			h.keep()
		}
		return soften(reply), nil
	}
}

// lacks reports whether a path needs an extension that the client was offered and
// this session does not have: it leads to another server of the next hop's than the
// one before. What that one takes must not be refused for good.
func (h *hop) lacks(p submit.Path) bool {
	for _, q := range p.Params {
		extension, _ := submit.ExtensionOf(q.Key)
		if _, told := h.offered[extension]; told && !h.session.Offers(extension) {
			return true
		}
	}
	return false
}

// soften keeps a next hop's 421 from closing the client's connection: it is
// our session that ends.
func soften(r submit.Reply) submit.Reply {
	if r.Code == 421 {
		r.Code = 451
	}
	return r
}

// rcpt passes RCPT on. Where the session is lost, before it or in it, the
// transaction goes on on a fresh one, once: else one recipient of several would be
// told to come again, and the others get the message.
func (h *hop) rcpt(p submit.Path) (submit.Reply, error) {
	for try := 0; ; try++ {
		if !h.alive() {
			if err := h.replay(h.accepted); err != nil {
				return submit.Reply{}, err
			}
			h.keep() // the NOOPs went to the lost one
		}
		if h.lacks(p) {
			return submit.Reply{}, &refusal{replyOther}
		}
		reply, err := h.session.Rcpt(h.c.ctx, p)
		if (err != nil || reply.Code == 421) && h.session.Err() != nil && try == 0 {
			continue
		}
		if err != nil {
			return submit.Reply{}, err
		}
		if reply.OK() {
			h.accepted = append(h.accepted, p)
		}
		return soften(reply), nil
	}
}

// replay opens the transaction anew on a fresh session: every answer must be of
// the same class, which is success. Where one is not, what stands at the next hop
// is not what the client has said, and the session ends: a recipient that is named
// next must not find some of a transaction there and make a whole of it.
func (h *hop) replay(recipients []submit.Path) error {
	if h.c.login.done || h.mailed == nil {
		return &refusal{replyLost}
	}
	if err := h.open(); err != nil {
		return err
	}
	err := h.envelope(recipients)
	if err != nil {
		h.drop()
	}
	return err
}

// envelope says MAIL and RCPTs again.
func (h *hop) envelope(recipients []submit.Path) error {
	h.session.For(h.c.announced())
	reply, err := h.session.Mail(h.c.ctx, *h.mailed)
	if err != nil || !reply.OK() {
		return orLost(err)
	}
	for _, p := range recipients {
		if reply, err = h.session.Rcpt(h.c.ctx, p); err != nil || !reply.OK() {
			return orLost(err)
		}
	}
	return nil
}

func orLost(err error) error {
	if err != nil {
		return err
	}
	return &refusal{replyLost}
}

// Relay hands the message over to the recipients in keep, or to all where keep
// is nil, and gives the next hop's answer.
func (h *hop) Relay(ctx context.Context, keep []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	h.rest()
	defer h.forget()
	if h.mailed == nil {
		return submit.Reply{}, fmt.Errorf("relay: there is no open transaction: %w", submit.ErrUnavailable)
	}
	recipients := h.accepted
	if keep != nil {
		recipients = keep
	}
	if err := h.prepare(ctx, keep); err != nil {
		return submit.Reply{}, err
	}
	reply, err := h.session.Data(ctx, m)
	if gone(err, reply) {
		if err := h.replay(recipients); err != nil {
			return submit.Reply{}, err
		}
		reply, err = h.session.Data(ctx, m)
	}
	return soften(reply), err
}

// gone reports whether the session failed before the message can have been
// taken, so that it may be handed over on another one.
func gone(err error, reply submit.Reply) bool {
	if err == nil {
		return reply.Code == 421
	}
	var doubt *submit.InDoubt
	return errors.Is(err, submit.ErrUnavailable) && !errors.As(err, &doubt) && !errors.Is(err, submit.ErrTampered)
}

// prepare makes the open transaction one with the recipients that are wanted.
func (h *hop) prepare(ctx context.Context, keep []submit.Path) error {
	if !h.alive() {
		return h.replay(orAll(keep, h.accepted))
	}
	if keep == nil {
		return nil
	}
	if reply, err := h.session.Reset(ctx); err != nil || !reply.OK() {
		h.drop() // what stands there would be added to
		return h.replay(keep)
	}
	if err := h.envelope(keep); err != nil {
		if h.alive() {
			return err
		}
		return h.replay(keep)
	}
	return nil
}

func orAll(keep, all []submit.Path) []submit.Path {
	if keep != nil {
		return keep
	}
	return all
}

// forget ends the transaction on our side, and at the next hop where it is
// still open: DATA itself was refused, or some of it could not be begun anew.
// Where the next hop does not let go of it the session ends: the next transaction
// would find it there.
func (h *hop) forget() {
	h.mailed, h.accepted = nil, h.accepted[:0]
	if h.session == nil || !h.session.Begun() {
		return
	}
	if reply, err := h.session.Reset(context.WithoutCancel(h.c.ctx)); err == nil && !reply.OK() {
		h.drop()
	}
}

// Abort ends the open transaction at the next hop.
func (h *hop) Abort(context.Context) {
	h.rest()
	h.forget()
}

// keep sends a NOOP every now and then, for as long as the transaction waits
// for the client or for us. None begins after rest: the session may be another
// client's by then, and the end of this one's connection would end it.
func (h *hop) keep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, every := h.session, h.c.server.opts.KeepAlive
	h.stop()
	var t *time.Timer
	t = time.AfterFunc(every, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.timer != t {
			return
		}
		if reply, err := s.Noop(h.c.ctx); err == nil && reply.Code != 421 {
			t.Reset(every)
		}
	})
	h.timer = t
}

func (h *hop) stop() {
	if h.timer != nil {
		h.timer.Stop()
		h.timer = nil
	}
}

// rest ends the NOOPs.
func (h *hop) rest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stop()
}

// close gives the session to the pool, or ends it.
func (h *hop) close() {
	h.Abort(h.c.ctx)
	if h.session != nil {
		h.session.Bind(context.Background())
		h.c.server.pool.Put(h.session)
		h.session = nil
	}
}
