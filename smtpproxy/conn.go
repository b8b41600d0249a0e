package smtpproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"maillint/gate"
	"maillint/submit"
)

// conn is one client's connection. To go-smtp it is a net.Conn over which
// well-formed commands come in order; it hands MAIL, RCPT, DATA, RSET, EHLO and
// QUIT on to it, once they are known to be possible, and answers the others
// itself. All of it runs in one goroutine.
type conn struct {
	server   *Server
	listener *Listener
	wire     *wire
	ctx      context.Context

	peer   netip.Addr     // who connected, a PROXY header believed
	client submit.Client  // whom we tell the next hop and the gate about
	login  login          // who logged in
	xlogin string         // the LOGIN of XCLIENT
	told   *submit.Client // what XFORWARD told of the next transaction's client

	hop     hop
	sink    *sink // of a canary's connection: nothing of it goes anywhere else
	mailed  bool  // a MAIL that was no canary's has come
	esmtp   bool
	greeted bool // EHLO or HELO was accepted
	utf8    bool // MAIL named SMTPUTF8

	verb    string            // the command that go-smtp handles
	command string            // what go-smtp is to be given next
	arg     string            // the argument of the command that it handles, as it came
	answer  *submit.Reply     // the reply to it
	lines   []string          // the reply to EHLO
	tx      *gate.Transaction // the open transaction
	body    bool              // DATA was answered with 354, and go-smtp's reader has not had its dot yet
	errors  int               // commands in error since the last message
	junk    int               // commands that lead nowhere, since the last message
	closing bool              // after the next reply
}

// Limits of patience with a client, as other servers have them.
const (
	maxErrors = 20
	maxJunk   = 100
)

// Read gives go-smtp the next command, or the end of an empty message.
func (c *conn) Read(p []byte) (int, error) {
	if c.body {
		c.body = false
		return copy(p, ".\r\n"), nil
	}
	for c.command == "" {
		if c.closing {
			c.wire.last = true
			c.wire.flush()
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, c.end(err)
		}
	}
	n := copy(p, c.command)
	c.command = c.command[n:]
	return n, nil
}

// end says goodbye where there is still somebody to hear it.
func (c *conn) end(err error) error {
	switch {
	case errors.Is(err, errDrained):
		c.wire.reply(replyDrain)
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.wire.reply(replyIdle)
	case errors.Is(err, errOdd):
		c.wire.reply(replyOddLine)
	case errors.Is(err, errEndless):
		c.wire.reply(replyLong)
	}
	c.wire.last = true
	c.wire.flush()
	return io.EOF
}

// next reads one command and answers it, or leaves it to go-smtp.
func (c *conn) next() error {
	c.wire.idle(c.tx == nil)
	l, err := c.wire.line(maxCommand)
	c.wire.idle(false)
	if errors.Is(err, errLong) {
		c.fail(replyLong)
		return nil
	}
	if err != nil {
		return err
	}
	verb, arg := splitCommand(string(l))
	if !ascii(arg) && !(c.utf8 || verb == "MAIL") || !ascii(verb) {
		c.fail(reply8bit)
		return nil
	}
	return c.dispatch(verb, arg)
}

// splitCommand takes the verb off. Blanks at the end are tolerated.
func splitCommand(l string) (verb, arg string) {
	l = strings.TrimRight(l, " \t")
	verb, arg, _ = strings.Cut(l, " ")
	return strings.ToUpper(verb), arg
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// dispatch answers a command or hands it on.
func (c *conn) dispatch(verb, arg string) error {
	switch verb {
	case "EHLO", "HELO":
		c.hello(verb, arg)
	case "MAIL", "RCPT":
		c.path(verb, arg)
	case "DATA":
		c.data(arg)
	case "RSET":
		c.trifle()
		c.pass("RSET", "")
	case "QUIT":
		c.pass("QUIT", "")
	case "NOOP":
		c.trifle()
		c.wire.reply(replyOK)
	case "VRFY":
		c.trifle()
		c.wire.reply(replyVRFY)
	case "HELP":
		c.trifle()
		c.wire.reply(replyHelp)
	case "STARTTLS":
		return c.startTLS(arg)
	case "AUTH":
		return c.auth(arg)
	case "BDAT":
		return c.bdat(arg)
	case "XCLIENT":
		c.xclient(arg)
	case "XFORWARD":
		c.xforward(arg)
	case "EXPN", "TURN", "ETRN", "SEND", "SOML", "SAML":
		c.fail(replyNotHere)
	default:
		c.fail(replyUnknown)
	}
	return nil
}

// pass leaves a command to go-smtp; what it is about stays in arg.
func (c *conn) pass(verb, arg string) {
	c.verb, c.arg = verb, arg
	c.command = verb + "\r\n"
	switch verb { // whatever the client wrote, the library sees one form
	case "EHLO", "HELO":
		c.command = verb + " client.invalid\r\n"
	case "MAIL":
		c.command = "MAIL FROM:<path@client.invalid>\r\n"
	case "RCPT":
		c.command = "RCPT TO:<path@client.invalid>\r\n"
	}
}

// fail answers a command in error.
func (c *conn) fail(r submit.Reply) {
	if c.errors++; c.errors > maxErrors {
		r, c.closing = replyErrors, true
	}
	c.wire.reply(r)
}

// trifle counts commands that lead nowhere.
func (c *conn) trifle() {
	if c.junk++; c.junk > maxJunk {
		c.errors += maxErrors
	}
}

func (c *conn) hello(verb, arg string) {
	name := strings.TrimSpace(arg)
	if name == "" || len(name) > 255 || strings.ContainsAny(name, " <>\"") {
		c.fail(replySyntax)
		return
	}
	if c.pipelined() {
		return
	}
	c.esmtp = verb == "EHLO"
	c.pass(verb, name)
}

// pipelined ends the connection of a client that did not wait where it had to
// (RFC 2920, 3.1): what it sent was meant for a server that answers otherwise.
func (c *conn) pipelined() bool {
	if c.wire.buffered() == 0 {
		return false
	}
	c.wire.reply(replyPipelined)
	c.closing = true
	return true
}

// path checks whether MAIL or RCPT may come now, and hands it on.
func (c *conn) path(verb, arg string) {
	prefix := "FROM:"
	if verb == "RCPT" {
		prefix = "TO:"
	}
	switch {
	case !c.greeted:
		c.fail(replyHello)
	case verb == "MAIL" && c.tx != nil:
		c.fail(replyNested)
	case verb == "RCPT" && c.tx == nil:
		c.fail(replyNoMail)
	case len(arg) < len(prefix) || !strings.EqualFold(arg[:len(prefix)], prefix):
		c.fail(replySyntax)
	default:
		c.pass(verb, arg[len(prefix):])
	}
}

func (c *conn) data(arg string) {
	switch {
	case arg != "":
		c.fail(replySyntax)
	case c.tx == nil:
		c.fail(replyNoMail)
	case len(c.tx.Recipients) == 0:
		c.fail(replyNoRcpt)
	case !c.pipelined():
		c.pass("DATA", "")
	}
}

// Write takes go-smtp's answer, whose last line tells that it is whole, and
// sends ours in its place.
func (c *conn) Write(p []byte) (int, error) {
	if len(p) > 3 && p[3] == '-' {
		return len(p), nil
	}
	c.respond(string(p))
	return len(p), nil
}

func (c *conn) respond(theirs string) {
	answer, lines := c.answer, c.lines
	c.answer, c.lines = nil, nil
	switch {
	case lines != nil:
		c.wire.write(helloReply(lines))
	case answer != nil:
		c.wire.reply(*answer)
		c.closing = c.closing || answer.Code == 421
	case strings.HasPrefix(theirs, "354"):
		c.wire.reply(replyGo)
	case strings.HasPrefix(theirs, "220"):
		c.wire.reply(submit.NewReply(220, "", "%s ESMTP", c.server.opts.Hostname))
	case strings.HasPrefix(theirs, "221"):
		c.wire.reply(replyBye)
	case strings.HasPrefix(theirs, "250"):
		c.wire.reply(replyOK)
	case strings.HasPrefix(theirs, "421"): // a panic, or the end of the connection
		c.wire.reply(submit.NewReply(421, "4.3.0", "try again later"))
	default:
		c.fail(replyUnknown)
	}
}

// helloReply is the answer to EHLO: no enhanced codes (RFC 2034, 3).
func helloReply(lines []string) []byte {
	var b []byte
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		b = append(b, "250"+sep+l+"\r\n"...)
	}
	return b
}

// Close is go-smtp's end of the connection.
func (c *conn) Close() error { return c.wire.close() }

// LocalAddr is that of the connection.
func (c *conn) LocalAddr() net.Addr { return c.wire.conn.LocalAddr() }

// RemoteAddr is that of the connection, whatever a peer told.
func (c *conn) RemoteAddr() net.Addr { return c.wire.conn.RemoteAddr() }

// SetDeadline does nothing: the wire sets its own.
func (c *conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: the wire sets its own.
func (c *conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: the wire sets its own.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
