package smtpproxy

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"maillint/submit"
)

// login is who logged in over this connection.
type login struct {
	done bool
	user string // the account that the mechanism named
	sure bool   // the next hop is known to have checked that name
}

// Replies about log-ins. None tells more than that it failed.
var (
	replyAuthTwice   = submit.NewReply(503, "5.5.1", "already authenticated")
	replyAuthTLS     = submit.NewReply(538, "5.7.11", "encryption required for authentication")
	replyAuthNone    = submit.NewReply(503, "5.5.1", "authentication not available here")
	replyMechanism   = submit.NewReply(504, "5.5.4", "mechanism not available here")
	replyBase64      = submit.NewReply(501, "5.5.2", "cannot decode the response")
	replyCancelled   = submit.NewReply(501, "5.0.0", "authentication cancelled")
	replyCredentials = submit.NewReply(535, "5.7.8", "authentication credentials invalid")
	replyAuthLong    = submit.NewReply(500, "5.5.6", "authentication exchange line too long")
	replyAuthOften   = submit.NewReply(421, "4.7.0", "too many failed log-ins, try again later")
)

// auth passes a log-in on to the next hop, line by line, and believes only its
// 235. What the client sent is decoded here and encoded anew, so that the next
// hop cannot read another name than we do. Nothing of it is kept or logged but
// the account.
func (c *conn) auth(arg string) error {
	mechanism, initial, _ := strings.Cut(strings.TrimSpace(arg), " ")
	mechanism = strings.ToUpper(mechanism)
	if bad := c.checkAuth(mechanism); bad != nil {
		c.fail(*bad)
		return nil
	}
	if c.pipelined() {
		return nil
	}
	x := exchange{c: c, mechanism: mechanism}
	err := x.run(initial)
	var r *refusal
	if errors.As(err, &r) {
		c.errors++
		c.wire.reply(r.reply)
		c.closing = c.closing || r.reply.Code == 421 || c.errors > maxErrors
		return nil
	}
	return err
}

func (c *conn) checkAuth(mechanism string) *submit.Reply {
	switch {
	case !c.greeted:
		return &replyHello
	case c.sink != nil:
		return &replyAuthNone
	case c.login.done:
		return &replyAuthTwice
	case c.tx != nil: // RFC 4954, 4
		return &replyNested
	case !c.authWanted():
		return &replyAuthNone
	case !c.authAllowed():
		return &replyAuthTLS
	case !slices.Contains(c.offeredMechanisms(), mechanism):
		return &replyMechanism
	}
	return nil
}

// exchange is one log-in.
type exchange struct {
	c         *conn
	mechanism string
	step      int // responses of the client so far
	user      string
}

// run gives a refusal, an error of the client's connection, or nil after a
// reply was given.
func (x *exchange) run(initial string) error {
	if err := x.c.server.guard.admit(x.c.ctx, x.c.client.Addr.Addr(), ""); err != nil {
		return err
	}
	if initial != "" {
		line, err := x.response(initial)
		if err != nil {
			return err
		}
		initial = line
	}
	reply, err := x.c.hop.session.AuthStart(x.c.ctx, x.mechanism, initial)
	for err == nil && reply.Code == 334 {
		reply, err = x.round(reply)
	}
	if err != nil {
		return x.failure(err)
	}
	return x.finish(reply)
}

// failure tells an error of ours or the next hop's from one of the client's connection.
func (x *exchange) failure(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	if errors.Is(err, submit.ErrUnavailable) {
		return &refusal{replyNoHop}
	}
	return err
}

// round passes one challenge and its response on.
func (x *exchange) round(challenge submit.Reply) (submit.Reply, error) {
	x.c.wire.write([]byte("334 " + strings.Join(challenge.Clean().Lines[:1], "") + "\r\n"))
	l, err := x.c.wire.line(maxAuthLine)
	if errors.Is(err, errLong) {
		x.cancel()
		return submit.Reply{}, &refusal{replyAuthLong}
	}
	if err != nil {
		return submit.Reply{}, err
	}
	if string(l) == "*" {
		x.cancel()
		return submit.Reply{}, &refusal{replyCancelled}
	}
	line, err := x.response(string(l))
	if err != nil {
		x.cancel()
		return submit.Reply{}, err
	}
	return x.c.hop.session.AuthStep(x.c.ctx, line)
}

// cancel gives the exchange up at the next hop.
func (x *exchange) cancel() { x.c.hop.session.AuthStep(x.c.ctx, "*") }

// response reads the client's base64 and gives it as it is passed on.
func (x *exchange) response(s string) (string, error) {
	var b []byte
	if s != "=" { // RFC 4954, 4: an empty initial response
		var err error
		if b, err = base64.StdEncoding.Strict().DecodeString(s); err != nil {
			return "", &refusal{replyBase64}
		}
	}
	x.step++
	if err := x.name(b); err != nil {
		return "", err
	}
	if x.user != "" {
		if err := x.c.server.guard.admit(x.c.ctx, x.c.client.Addr.Addr(), x.user); err != nil {
			return "", err
		}
	}
	if len(b) == 0 && s == "=" {
		return "=", nil
	}
	return base64.StdEncoding.EncodeToString(b), nil
}

// name finds the account in the response that holds it.
func (x *exchange) name(b []byte) error {
	if x.step > 1 && (x.mechanism != "LOGIN" || x.step > 2) {
		if x.mechanism == "LOGIN" || x.mechanism == "PLAIN" || len(b) > 1 {
			return &refusal{replyCredentials} // more than the mechanism has
		}
		return nil // OAuth: the empty answer to a refusal
	}
	if x.step == 2 {
		return nil // LOGIN: the password
	}
	user, ok := names[x.mechanism](string(b))
	if !ok || !validName(user) {
		return &refusal{replyCredentials}
	}
	x.user = user
	return nil
}

// names finds the user in a mechanism's first message. A name to act as that is
// not the user's own is refused.
var names = map[string]func(string) (string, bool){
	"PLAIN":       plainName,
	"LOGIN":       func(s string) (string, bool) { return s, true },
	"XOAUTH2":     xoauthName,
	"OAUTHBEARER": bearerName,
}

// xoauthName reads "user=name^Aauth=Bearer token^A^A", with one user.
func xoauthName(s string) (string, bool) {
	f := strings.Split(s, "\x01")
	user, ok := strings.CutPrefix(f[0], "user=")
	for _, other := range f[1:] {
		ok = ok && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(other)), "user=")
	}
	return user, ok && len(f) > 1
}

// plainName is RFC 4616: authzid NUL authcid NUL password.
func plainName(s string) (string, bool) {
	f := strings.Split(s, "\x00")
	return f[min(1, len(f)-1)], len(f) == 3 && (f[0] == "" || f[0] == f[1])
}

// bearerName is RFC 7628, 3.1: "n,a=user@example.com,^A..."; commas and equals
// signs of the name are written =2C and =3D (RFC 5801, 4).
func bearerName(s string) (string, bool) {
	gs2, _, _ := strings.Cut(s, "\x01")
	f := strings.Split(gs2, ",")
	if len(f) != 3 || f[0] != "n" && f[0] != "y" || f[2] != "" {
		return "", false
	}
	name, ok := strings.CutPrefix(f[1], "a=")
	return strings.NewReplacer("=2C", ",", "=3D", "=").Replace(name), ok
}

// validName refuses names that two readers could read differently.
func validName(s string) bool {
	if s == "" || len(s) > 255 || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return false
		}
	}
	return true
}

// finish passes the outcome on.
func (x *exchange) finish(reply submit.Reply) error {
	c := x.c
	if reply.Code != 235 || x.user == "" {
		if reply.Class() == 5 {
			c.server.guard.failed(c.client.Addr.Addr(), x.user)
			c.server.opts.Log.Warn("log-in failed", "listener", c.listener.Name, "client", c.client.Addr.Addr(), "account", x.user, "mechanism", x.mechanism)
		}
		if reply.OK() { // let in, but as nobody we know
			return &refusal{replyLostLogin}
		}
		return &refusal{soften(reply)}
	}
	c.login = login{done: true, user: x.user, sure: x.mechanism == "PLAIN" || x.mechanism == "LOGIN" || c.listener.OAuthVerified}
	c.errors, c.junk = 0, 0
	c.wire.reply(reply)
	return nil
}
