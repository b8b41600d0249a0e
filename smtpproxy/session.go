package smtpproxy

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"

	"maillint/gate"
	"maillint/lint"
	"maillint/message"
	"maillint/submit"
)

// session is what go-smtp calls. Addresses and parameters are taken from the
// command as it came, never from the library, which unquotes them.
type session struct{ c *conn }

// NewSession is called at the first EHLO or HELO.
func (c *conn) NewSession(*smtp.Conn) (smtp.Session, error) { return session{c}, c.greet() }

// Reset is called at RSET, at every further EHLO, and after DATA.
func (s session) Reset() {
	c := s.c
	c.endTransaction()
	if c.verb == "EHLO" || c.verb == "HELO" {
		if err := c.greet(); err != nil {
			c.reject(err)
		}
	}
}

// Logout is called when the connection ends.
func (s session) Logout() error {
	s.c.endTransaction()
	return nil
}

// reject makes an error the reply, and tells the library that there is one.
func (c *conn) reject(err error) error {
	return c.give(replyTo(err))
}

// give makes r the reply. A reply that is no success is an error to the library.
func (c *conn) give(r submit.Reply) error {
	r = r.Clean()
	c.answer = &r
	if r.OK() {
		return nil
	}
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.NoEnhancedCode, Message: "refused"}
}

// greet answers EHLO and HELO.
func (c *conn) greet() error {
	c.client.Hello = c.arg
	c.client.Protocol = "SMTP"
	if c.esmtp {
		c.client.Protocol = "ESMTP"
	}
	if c.sink == nil && c.mayNeedHop() {
		if err := c.hop.open(); err != nil {
			c.server.opts.Log.Warn("next hop", "listener", c.listener.Name, "error", err)
			c.greeted = false
			return c.give(replyNoHop)
		}
	}
	c.greeted = true
	if !c.esmtp {
		c.lines = []string{c.server.opts.Hostname}
		return nil
	}
	c.lines = c.keywords()
	return nil
}

// Mail begins a transaction.
func (s session) Mail(string, *smtp.MailOptions) error {
	c := s.c
	p, bad := submit.ParsePath(c.arg)
	if bad != nil {
		return c.give(*bad)
	}
	switch {
	case gate.IsCanary(p):
		return c.canary(p)
	case c.sink != nil:
		return c.give(replyCanaryOnly)
	}
	c.mailed = true
	if bad := c.checkMail(p); bad != nil {
		return c.give(*bad)
	}
	tx := c.newTransaction(p)
	reply, err := c.hop.mail(p)
	if err != nil {
		return c.reject(err)
	}
	if reply.OK() {
		c.tx = tx
	}
	return c.give(reply)
}

// checkMail is who may send, and what cannot be sent.
func (c *conn) checkMail(p submit.Path) *submit.Reply {
	if bad := c.permitted(); bad != nil {
		return bad
	}
	_, c.utf8 = p.Param("SMTPUTF8")
	if !c.utf8 && !ascii(c.arg) {
		return &replyUTF8
	}
	if v, ok := p.Param("BODY"); ok && strings.EqualFold(v, "BINARYMIME") {
		return &replyBinary
	}
	if v, ok := p.Param("SIZE"); ok {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return &replySyntax
		}
		if err != nil || n > uint64(c.server.opts.MessageSize) {
			return &replySize
		}
	}
	return nil
}

// newTransaction is what the gate will judge.
func (c *conn) newTransaction(p submit.Path) *gate.Transaction {
	now := c.server.opts.Now()
	return &gate.Transaction{
		ID: gate.NewID(now), Listener: c.listener.Name, NextHop: c.listener.NextHop.Name, Received: now,
		Identity: c.identity(p), Client: c.announced(), ReversePath: p,
		Protocol: c.protocol(), Transparent: c.listener.Transparent,
	}
}

// announced is the client of the transaction, as far as we know.
func (c *conn) announced() submit.Client {
	if c.told != nil {
		return *c.told
	}
	return c.client
}

// protocol is the word of a Received field (RFC 3848, RFC 6531).
func (c *conn) protocol() string {
	if !c.esmtp {
		return "SMTP"
	}
	word := "ESMTP"
	if c.utf8 {
		word = "UTF8SMTP"
	}
	if c.onTLS() {
		word += "S"
	}
	if c.login.done {
		word += "A"
	}
	return word
}

// Rcpt adds a recipient.
func (s session) Rcpt(string, *smtp.RcptOptions) error {
	c := s.c
	if len(c.tx.Recipients) >= c.server.opts.Recipients {
		return c.give(replyMany)
	}
	p, bad := submit.ParsePath(c.arg)
	switch {
	case bad == nil && p.Address.IsZero():
		bad = &replyMailbox
	case bad == nil && c.routed(p.Address):
		bad = &replyRouted
	}
	if bad != nil {
		return c.give(*bad)
	}
	if refused := c.server.opts.Gate.Recipient(c.ctx, c.tx, p); refused != nil {
		return c.give(*refused)
	}
	reply, err := c.passRcpt(p)
	if err != nil {
		return c.reject(err)
	}
	if reply.OK() {
		c.tx.Recipients = append(c.tx.Recipients, p)
	}
	return c.give(reply)
}

// passRcpt passes RCPT on.
func (c *conn) passRcpt(p submit.Path) (submit.Reply, error) {
	if c.sink != nil {
		return replyOK, nil
	}
	return c.hop.rcpt(p)
}

// behind is what stands behind this connection.
func (c *conn) behind() gate.NextHop {
	if c.sink != nil {
		return c.sink
	}
	return &c.hop
}

// routed reports whether an address of ours leads elsewhere by its local part
// (user%host@ours, host!user@ours): many servers follow such routes, and would
// send what the rules saw as internal to somebody outside.
func (c *conn) routed(a message.Address) bool {
	if !strings.ContainsAny(a.Local, "%!") {
		return false
	}
	org, _ := lint.NewOrg(c.server.opts.Policy().Organization.Domains)
	return a.Domain == "" || strings.HasPrefix(a.Domain, "[") || org.Internal(a.Domain)
}

// Data takes the message in and has it judged. What the library would read is
// an empty message: the wire reads the real one.
func (s session) Data(io.Reader) error {
	c := s.c
	c.body = true
	in := body{w: c.wire, to: c.server.opts.Spool.Writer(), limit: c.server.opts.MessageSize, refuseLF: c.listener.RefuseBareLF}
	b, err := in.read()
	if err != nil {
		in.to.Discard()
		return c.broken(err)
	}
	if in.refusal != nil {
		c.hop.Abort(c.ctx)
		return c.give(*in.refusal)
	}
	defer b.Close()
	c.tx.Body, c.tx.BareLF = b, in.bareLF
	c.errors, c.junk = 0, 0
	reply := c.server.opts.Gate.Submit(c.ctx, c.tx, c.behind())
	c.hop.Abort(c.ctx) // does nothing once it was relayed
	return c.give(reply)
}

// broken ends a connection inside a message. Nothing of the message was passed
// on, and nothing will be.
func (c *conn) broken(err error) error {
	c.hop.Abort(c.ctx)
	c.closing = true
	switch {
	case errors.Is(err, errSmuggling):
		return c.give(replySmuggle)
	case errors.Is(err, errFlood):
		return c.give(replySize)
	}
	return c.give(submit.NewReply(421, "4.4.2", "connection was lost inside the message"))
}

// endTransaction forgets the open transaction, here and at the next hop.
func (c *conn) endTransaction() {
	if c.tx != nil {
		c.tx, c.told, c.utf8 = nil, nil, false
	}
	c.hop.Abort(c.ctx)
}
