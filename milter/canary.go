package milter

import (
	"context"

	"maillint/gate"
	"maillint/rewrite"
	"maillint/submit"
)

var replyNoCanary = submit.NewReply(550, "5.7.1", "canary refused")

// canary begins a canary's message. It is never let go on, whatever becomes of
// it: the MTA would deliver it.
func (c *conn) canary(p submit.Path) error {
	refuse := func(why string) error {
		c.server.opts.Log.Warn("canary refused", "listener", listener, "client", c.client.Addr.Addr(), "error", why)
		return c.reply(replyNoCanary)
	}
	from := c.client.Addr.Addr().Unmap()
	switch {
	case c.server.opts.Canary == nil || c.server.opts.Gate == nil:
		return refuse("canaries are not taken here")
	case !from.IsLoopback() && !c.server.opts.Canary.Admits(from):
		return refuse("not from this machine, and not from canary.from")
	}
	path, id, err := c.server.opts.Canary.Take(listener, p.Address.Local)
	if err != nil {
		return refuse(err.Error())
	}
	id.Remote = from
	c.begin(path, id)
	c.tx.Canary = true
	return c.answer(packet(ansContinue))
}

// listener is what tokens and metrics call the milter's sockets.
const listener = "milter"

// judged has the gate judge a canary's message. Its answer refuses the message,
// so that no MTA ever delivers one; what became of it stands in the text.
func (c *conn) judged() error {
	h := &sink{c: c}
	reply := c.server.opts.Gate.Submit(c.server.ctx, c.tx, h)
	if reply.OK() {
		reply.Code, reply.Enhanced = 550, "5.7.0"
	}
	return c.reply(reply)
}

// sink is the MTA's part towards a canary's message: the changes are worked out
// as for any message, and told nobody.
type sink struct{ c *conn }

// Relay works out what the MTA would be told.
func (h *sink) Relay(_ context.Context, _ []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	if _, err := changes(view(h.c.tx.Body), m); err != nil {
		return submit.Reply{}, err
	}
	return submit.NewReply(250, "2.0.0", "%s", h.c.tx.ID), m.Swallow()
}

// Release takes what was held.
func (*sink) Release(_ context.Context, _ submit.Path, _ []submit.Path, m *rewrite.Message) error {
	return m.Swallow()
}

// Abort has nothing to end.
func (*sink) Abort(context.Context) {}

var _ gate.Sink = (*sink)(nil)
