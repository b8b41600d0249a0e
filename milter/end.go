package milter

import (
	"context"
	"errors"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/message"
	"maillint/rewrite"
	"maillint/submit"
)

// end judges the message that has come in, and answers for it.
func (c *conn) end(last []byte) error {
	if c.tx == nil {
		return c.reply(submit.NewReply(503, "5.5.1", "MAIL first"))
	}
	defer c.forget()
	if !c.eoh {
		c.endHeader()
	}
	c.write(last)
	if c.failed == nil {
		c.tx.Body, c.failed = c.spool.Done()
		c.spool = nil
	}
	switch {
	case errors.Is(c.failed, errTooLarge):
		return c.reply(submit.NewReply(552, "5.3.4", "message is too large"))
	case errors.Is(c.failed, spool.ErrFull):
		return c.reply(submit.NewReply(452, "4.3.1", "no room for the message now"))
	case c.failed != nil:
		c.server.opts.Log.Error("milter: spool", "error", c.failed)
		return c.reply(submit.NewReply(451, "4.3.0", "try again later"))
	}
	defer c.progress()()
	if c.server.opts.Stamps != nil {
		return c.stamped()
	}
	if c.tx.Canary {
		return c.judged()
	}
	return c.submit()
}

// progress tells the MTA that we are at work, until it is stopped.
func (c *conn) progress() (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(c.server.opts.Progress)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				_ = c.answer(packet(ansProgress))
			}
		}
	}()
	return func() { close(done) }
}

// view is the message as rules read it.
func view(b *spool.Body) *message.Message {
	if raw := b.Bytes(); raw != nil {
		return message.Parse(raw)
	}
	return message.ParseReader(b, b.Size())
}

// submit has the gate decide. What goes on is told to the MTA as changes of the
// message it has; what was stored here whole is taken from it by DISCARD.
func (c *conn) submit() error {
	h := &hop{c: c}
	reply := c.server.opts.Gate.Submit(c.server.ctx, c.tx, h)
	switch {
	case h.err != nil:
		return h.err
	case !reply.OK():
		return c.reply(reply)
	case h.relayed:
		return c.answer(packet(ansAccept))
	}
	return c.answer(packet(ansDiscard))
}

// hop is the MTA as the gate's next hop. It has the message already; to relay
// is to let it go on.
type hop struct {
	c       *conn
	relayed bool
	err     error
}

// Relay tells the MTA how the message is changed, and for whom it does not go
// on. What the MTA does after that is not known to us.
func (h *hop) Relay(_ context.Context, keep []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	list, err := changes(view(h.c.tx.Body), m)
	if err != nil {
		return submit.Reply{}, err
	}
	if keep != nil {
		for _, r := range h.c.tx.Recipients {
			if !kept(keep, r) {
				path, err := submit.Path{Address: r.Address}.Wire()
				if err != nil {
					return submit.Reply{}, err
				}
				h.tell(packet(ansDeleteRcpt, text(path)))
			}
		}
	}
	for _, ch := range list {
		h.tell(ch.wire(h.c.agreed.protocol&protoLeadingBlank != 0))
	}
	if h.err != nil {
		return submit.Reply{}, h.err
	}
	h.relayed = true
	return submit.NewReply(250, "2.0.0", "%s", h.c.tx.ID), nil
}

func kept(keep []submit.Path, r submit.Path) bool {
	for _, k := range keep {
		if k.Address.Key() == r.Address.Key() {
			return true
		}
	}
	return false
}

func (h *hop) tell(p []byte) {
	if h.err == nil {
		h.err = h.c.answer(p)
	}
}

// Abort has nothing to end: the answer to the message does.
func (h *hop) Abort(context.Context) {}

var _ gate.NextHop = (*hop)(nil)

// stamped looks at the stamp, and refuses what went around the proxy.
func (c *conn) stamped() error {
	s := c.server.opts.Stamps
	var to []message.Address
	for _, r := range c.tx.Recipients {
		to = append(to, r.Address)
	}
	verdict, stamp := s.Keys.Verify(view(c.tx.Body), rewrite.Verification{Recipients: to, Envelope: true, Now: c.server.opts.Now()})
	if s.Tell != nil {
		s.Tell(c.tx.ID, verdict, stamp)
	}
	switch {
	case verdict == rewrite.StampValid:
		return c.answer(packet(ansAccept))
	case s.Refuse:
		return c.reply(submit.NewReply(550, "5.7.1", "%s: this message did not come through the checks of its organisation (stamp: %s)", c.tx.ID, verdict))
	}
	return c.reply(submit.NewReply(451, "4.7.1", "%s: this message did not come through the checks of its organisation (stamp: %s)", c.tx.ID, verdict))
}
