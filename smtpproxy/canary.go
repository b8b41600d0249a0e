package smtpproxy

import (
	"context"
	"errors"

	"maillint/gate"
	"maillint/rewrite"
	"maillint/submit"
)

// Replies about canaries. None says what is wrong with a token.
var (
	replyNoCanary     = submit.NewReply(550, "5.7.1", "canary refused")
	replyCanaryOnly   = submit.NewReply(503, "5.5.1", "canaries only on this connection")
	replyCanaryMailed = submit.NewReply(503, "5.5.1", "no canary on a connection that has sent mail or logged in")
)

// mayBeCanary reports whether a canary may come over this connection: from this
// machine, or from where the policy says.
func (c *conn) mayBeCanary() bool {
	if c.server.opts.Canary == nil {
		return false
	}
	own := addrPort(c.LocalAddr()).Addr().Unmap()
	peer := c.peer.Unmap()
	return peer.IsLoopback() || peer == own || c.server.opts.Canary.Admits(peer)
}

// canary begins a canary's transaction. With the first one the connection is a
// canary's for good: behind it stands a sink, and nothing else.
func (c *conn) canary(p submit.Path) error {
	if c.mailed || c.login.done {
		return c.give(replyCanaryMailed)
	}
	if !c.mayBeCanary() {
		return c.noCanary(errors.New("not from this machine, and not from canary.from"))
	}
	if len(p.Params) > 0 {
		return c.noCanary(errors.New("a canary's MAIL has no parameters"))
	}
	path, id, err := c.server.opts.Canary.Take(c.listener.Name, p.Address.Local)
	if err != nil {
		return c.noCanary(err)
	}
	if c.sink == nil {
		c.hop.close()
		c.sink = &sink{}
	}
	id.Remote = c.announced().Addr.Addr()
	c.tx = c.newTransaction(path)
	c.tx.Identity, c.tx.Canary = id, true
	return c.give(replyOK)
}

// noCanary refuses a token, and counts it as an error of the client's.
func (c *conn) noCanary(why error) error {
	c.errors++
	c.closing = c.closing || c.errors > maxErrors
	c.server.opts.Log.Warn("canary refused", "listener", c.listener.Name, "client", c.peer, "error", why)
	return c.give(replyNoCanary)
}

// sink is the next hop and the release route of a canary's connection: it looks
// at what it is given, and lets it go.
type sink struct{}

// Relay takes the message, if it is the judged one.
func (*sink) Relay(_ context.Context, _ []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	return submit.NewReply(250, "2.0.0", "taken"), m.Swallow()
}

// Release is the same for what was held.
func (*sink) Release(_ context.Context, _ submit.Path, _ []submit.Path, m *rewrite.Message) error {
	return m.Swallow()
}

// Abort has nothing to end.
func (*sink) Abort(context.Context) {}

var _ gate.Sink = (*sink)(nil)
