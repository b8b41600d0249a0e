package submit

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// Security says how a connection is protected.
type Security int

const (
	Clear         Security = iota // no TLS
	StartTLS                      // STARTTLS is required; without it nothing is sent
	Implicit                      // TLS from the first byte
	Opportunistic                 // STARTTLS where it is offered
)

// Announce says how the client's address is told to the next hop. The ways may
// be combined.
type Announce uint

// The ways. Without one nothing is told.
const (
	XClient  Announce = 1 << iota // Postfix XCLIENT: the next hop acts as if the client had come itself
	XForward                      // Postfix XFORWARD: the next hop logs the client
	ProxyV2                       // PROXY protocol, version 2, ahead of everything
)

// Auth is our own log-in, for the release route.
type Auth struct {
	Mechanism string // "PLAIN", "LOGIN" or "XOAUTH2"; "" is PLAIN
	User      string
	Secret    func() (string, error) // password or token, asked for at every log-in
}

// Timeouts bound the parts of a dialogue. Zero values are those of DefaultTimeouts.
type Timeouts struct {
	Connect time.Duration // connection and TLS handshake
	Command time.Duration // one command and its answer
	Block   time.Duration // writing one stretch of a message
	Final   time.Duration // the answer to the final dot
}

// DefaultTimeouts follow RFC 5321, 4.5.3.2; Connect is shorter, since there may
// be another address to try.
var DefaultTimeouts = Timeouts{Connect: 15 * time.Second, Command: 5 * time.Minute, Block: 3 * time.Minute, Final: 10 * time.Minute}

func (t Timeouts) filled() Timeouts {
	d := DefaultTimeouts
	for _, p := range []struct{ to, from *time.Duration }{{&d.Connect, &t.Connect}, {&d.Command, &t.Command}, {&d.Block, &t.Block}, {&d.Final, &t.Final}} {
		if *p.from > 0 {
			*p.to = *p.from
		}
	}
	return d
}

// Route is a way to a mail server: addresses that are as good as each other,
// and how to talk to them. It is safe for concurrent use.
type Route struct {
	Name      string      // for logs and pools
	Addresses []string    // host:port, tried in turn
	Security  Security    //
	TLS       *tls.Config // nil: the system's roots, and the host of the address as name
	Auth      *Auth       // nil: no log-in of ours
	Announce  Announce
	Hello     string // our own name in EHLO
	Timeouts  Timeouts

	good atomic.Uint32 // index of the address that answered last
}

// Client is whom the next hop is told about.
type Client struct {
	Addr     netip.AddrPort
	Name     string // host name by reverse look-up, or ""
	Hello    string // its EHLO argument
	Protocol string // "SMTP" or "ESMTP"
	Login    string // told by XCLIENT only, where the next hop did not see the log-in itself
}

// ErrUnavailable is wrapped by every error of Dial and of commands: the server
// cannot be reached or has gone. The reply to a client is 451 4.4.1 or 4.4.2.
var ErrUnavailable = errors.New("submit: next hop is not available")

// Refused is the error of Dial when the server answered, and did not want us.
type Refused struct {
	Step  string // "greeting", "EHLO", "STARTTLS", "AUTH" ...
	Reply Reply
}

func (e *Refused) Error() string { return "submit: " + e.Step + ": " + e.Reply.String() }

// Dial opens a session with the first address that takes us, beginning with
// the one that did so last. Greeting, TLS, EHLO, our log-in and what is
// announced of the client are done when it returns.
func (r *Route) Dial(ctx context.Context, c Client) (*Session, error) {
	var errs []error
	first := int(r.good.Load())
	for i := range r.Addresses {
		n := (first + i) % len(r.Addresses)
		s, err := r.dial(ctx, r.Addresses[n], c)
		if err == nil {
			r.good.Store(uint32(n))
			return s, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", r.Addresses[n], err))
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrUnavailable, errors.Join(errs...))
}

func (r *Route) dial(ctx context.Context, address string, c Client) (*Session, error) {
	t := r.Timeouts.filled()
	ctx, cancel := context.WithTimeout(ctx, t.Connect)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	s := newSession(r, conn, t)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	err = s.open(ctx, address, c)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// open leads a new connection to where MAIL may follow.
func (s *Session) open(ctx context.Context, address string, c Client) error {
	if s.route.Announce&ProxyV2 != 0 {
		if _, err := s.conn.Write(proxyHeader(c.Addr, s.conn.RemoteAddr())); err != nil {
			return err
		}
	}
	if s.route.Security == Implicit {
		if err := s.handshake(ctx, address); err != nil {
			return err
		}
	}
	if err := s.greeted(); err != nil {
		return err
	}
	if s.route.Security == StartTLS || s.route.Security == Opportunistic && s.Offers("STARTTLS") {
		if err := s.startTLS(ctx, address); err != nil {
			return err
		}
	}
	if s.route.Announce&XClient != 0 {
		if err := s.xclient(c); err != nil {
			return err
		}
	}
	s.client = c
	if s.route.Auth != nil {
		return s.login(s.route.Auth)
	}
	return nil
}

// greeted reads the greeting and says EHLO.
func (s *Session) greeted() error {
	s.deadline(s.timeouts.Command)
	reply, err := s.readReply()
	if err != nil {
		return err
	}
	if reply.Code != 220 {
		return &Refused{"greeting", reply}
	}
	return s.hello()
}

// hello says EHLO, or HELO to a server that does not know it.
func (s *Session) hello() error {
	reply, err := s.command("EHLO " + s.helloName())
	if err != nil {
		return err
	}
	s.ext = map[string]string{}
	if reply.OK() {
		s.learn(reply.Lines)
		return nil
	}
	if reply, err = s.command("HELO " + s.helloName()); err != nil {
		return err
	}
	if !reply.OK() {
		return &Refused{"EHLO", reply}
	}
	return nil
}

func (s *Session) helloName() string {
	if s.route.Hello == "" {
		return "localhost"
	}
	return s.route.Hello
}

// learn keeps the keywords of an EHLO answer, upper case.
func (s *Session) learn(lines []string) {
	for _, l := range lines[1:] {
		key, args, _ := strings.Cut(strings.TrimSpace(l), " ")
		key = strings.ToUpper(key)
		if old, args2, ok := strings.Cut(key, "="); ok && old == "AUTH" { // AUTH=PLAIN, an old form
			key, args = "AUTH", args2+" "+args
		}
		if had := s.ext[key]; had != "" {
			args = had + " " + args
		}
		s.ext[key] = strings.TrimSpace(args)
	}
}

var errInjected = errors.New("submit: the server sent more before TLS than its answer to STARTTLS")

func (s *Session) startTLS(ctx context.Context, address string) error {
	if _, ok := s.ext["STARTTLS"]; !ok {
		return errors.New("submit: the server does not offer STARTTLS, which is required")
	}
	reply, err := s.command("STARTTLS")
	if err != nil {
		return err
	}
	if reply.Code != 220 {
		return &Refused{"STARTTLS", reply}
	}
	if s.r.Buffered() > 0 { // CVE-2021-38371: an answer that would be believed under TLS
		return errInjected
	}
	if err := s.handshake(ctx, address); err != nil {
		return err
	}
	return s.hello()
}

// handshake puts TLS over the connection. Nothing read before is kept.
func (s *Session) handshake(ctx context.Context, address string) error {
	config := &tls.Config{}
	if s.route.TLS != nil {
		config = s.route.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	conn := tls.Client(s.conn, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("submit: TLS: %w", err)
	}
	s.conn, s.tls = conn, true
	s.r = bufio.NewReaderSize(conn, maxReplyLine)
	return nil
}
