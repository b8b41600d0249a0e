package submit

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Session is one connection with a server. Its methods may be called by
// several goroutines; each command waits for the one before it.
//
// An error of a method means that the connection is of no use any more and was
// closed; what a server answered is never an error.
type Session struct {
	// BeforeDot, if set, is asked after a message was written and proven, and
	// before the dot that hands it over. Its error stops the dot.
	BeforeDot func() error

	route    *Route
	conn     net.Conn
	r        *bufio.Reader
	timeouts Timeouts
	client   Client
	ext      map[string]string
	tls      bool

	mu     sync.Mutex
	broken error        // why the connection is of no use any more
	authed bool         // somebody logged in
	asked  bool         // AUTH waits for a response, and would take any line for it
	begun  bool         // MAIL was accepted, and its transaction has not ended
	used   time.Time    // when the last answer came
	flaw   func([]byte) // tests: what goes wrong in the writer
	put    time.Time    // the pool's: when it was put in
	bound  <-chan struct{}
	unbind func() bool
}

func newSession(r *Route, conn net.Conn, t Timeouts) *Session {
	return &Session{route: r, conn: conn, r: bufio.NewReaderSize(conn, maxReplyLine), timeouts: t, used: time.Now()}
}

// Extensions are the keywords of the server's EHLO answer, upper case, with
// their arguments. The map must not be changed.
func (s *Session) Extensions() map[string]string { return s.ext }

// Offers reports whether the server offers the extension (an EHLO keyword, upper case).
func (s *Session) Offers(keyword string) bool {
	_, ok := s.ext[keyword]
	return ok
}

// extensions that the parameters of MAIL and RCPT belong to (RFC 1870, 6152, 6531,
// 3461, 2852, 6710, 8689 and 7293).
var extensions = map[string]string{
	"SIZE": "SIZE", "BODY": "8BITMIME", "SMTPUTF8": "SMTPUTF8", "RET": "DSN", "ENVID": "DSN", "NOTIFY": "DSN", "ORCPT": "DSN",
	"BY": "DELIVERBY", "MT-PRIORITY": "MT-PRIORITY", "REQUIRETLS": "REQUIRETLS", "RRVS": "RRVS",
}

// ExtensionOf gives the extension, an EHLO keyword, that a parameter of MAIL or RCPT
// belongs to; false where it is not known.
func ExtensionOf(parameter string) (keyword string, known bool) {
	keyword, known = extensions[strings.ToUpper(parameter)]
	return keyword, known
}

// TLS reports whether the connection is protected, and how.
func (s *Session) TLS() (tls.ConnectionState, bool) {
	if c, ok := s.conn.(*tls.Conn); ok {
		return c.ConnectionState(), true
	}
	return tls.ConnectionState{}, false
}

// Route is the route the session belongs to.
func (s *Session) Route() *Route { return s.route }

// Client is whom the server was told about.
func (s *Session) Client() Client { return s.client }

// For says whom the server is told about from the next MAIL on, where it is
// told by XFORWARD.
func (s *Session) For(c Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.route.Announce&XForward != 0 {
		s.client = c
	}
}

// Authenticated reports whether somebody logged in over this session. Such a
// session is never used for anybody else.
func (s *Session) Authenticated() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authed
}

// asking reports whether the server waits for a response of a log-in.
func (s *Session) asking() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Err tells why the session is of no use any more, or gives nil.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

// deadline bounds what follows.
func (s *Session) deadline(d time.Duration) { s.conn.SetDeadline(time.Now().Add(d)) }

var errUnasked = errors.New("submit: the server sent an answer to nothing")

// command sends one line and reads the answer. The caller holds mu, or the
// session is not shared yet.
func (s *Session) command(line string) (Reply, error) {
	if s.r.Buffered() > 0 { // it would be taken for the answer to this command
		return Reply{}, errUnasked
	}
	s.deadline(s.timeouts.Command)
	if err := s.send(line); err != nil {
		return Reply{}, err
	}
	return s.answer()
}

// send writes one line, in one piece.
func (s *Session) send(line string) error {
	b := make([]byte, 0, 512)
	b = append(append(b, line...), '\r', '\n')
	if _, err := s.conn.Write(b); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return nil
}

func (s *Session) answer() (Reply, error) {
	reply, err := s.readReply()
	if err != nil {
		return Reply{}, err
	}
	s.used = time.Now()
	if reply.Code == 421 { // RFC 5321, 3.8: the server closes the channel after it
		s.fail(fmt.Errorf("submit: the server closed the session: %s", reply))
	}
	return reply, nil
}

// fail ends the session for good.
func (s *Session) fail(err error) error {
	if s.broken == nil {
		s.broken = fmt.Errorf("%w: %w", ErrUnavailable, err)
		s.conn.Close()
	}
	return s.broken
}

// do runs f as the session's only user, and ends the session if f fails or ctx does.
func (s *Session) do(ctx context.Context, f func() (Reply, error)) (Reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return Reply{}, s.broken
	}
	if done := ctx.Done(); done != nil && done != s.bound {
		stop := context.AfterFunc(ctx, func() { s.conn.Close() })
		defer stop()
	}
	reply, err := f()
	if err != nil {
		return Reply{}, s.fail(err)
	}
	return reply, nil
}

// Bind ends the session when ctx ends, until another context is bound to it.
// Commands under the same context then need no watch of their own.
func (s *Session) Bind(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unbind != nil {
		s.unbind()
	}
	s.bound, s.unbind = nil, nil
	if ctx.Done() != nil {
		s.bound, s.unbind = ctx.Done(), context.AfterFunc(ctx, func() { s.Close() })
	}
}

func (s *Session) ask(ctx context.Context, line string) (Reply, error) {
	return s.do(ctx, func() (Reply, error) { return s.command(line) })
}

// Mail begins a transaction. ErrPath leaves the session as it was.
func (s *Session) Mail(ctx context.Context, p Path) (Reply, error) {
	wire, err := p.Wire()
	if err != nil {
		return Reply{}, err
	}
	return s.do(ctx, func() (Reply, error) {
		if s.asked {
			return Reply{}, errAsked
		}
		if s.route.Announce&XForward != 0 {
			if err := s.xforward(); err != nil {
				return Reply{}, err
			}
		}
		reply, err := final(s.command("MAIL FROM:" + wire))
		s.begun = s.begun || err == nil && reply.OK()
		return reply, err
	})
}

var errAsked = errors.New("submit: a log-in was not brought to its end")

// Begun reports whether a transaction is open.
func (s *Session) Begun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun && s.broken == nil
}

// Rcpt adds a recipient. ErrPath leaves the session as it was.
func (s *Session) Rcpt(ctx context.Context, p Path) (Reply, error) {
	wire, err := p.Wire()
	if err != nil {
		return Reply{}, err
	}
	return s.do(ctx, func() (Reply, error) { return final(s.command("RCPT TO:" + wire)) })
}

// final takes an answer that ends a command: 250 and its like, a refusal for
// now or for good. Any other (354, 220) answers something that was not asked,
// and a client that heard it would take it for what it is not.
func final(r Reply, err error) (Reply, error) {
	if err == nil && (r.Class() < 2 || r.Class() == 3 || r.Code/10 == 22) {
		return Reply{}, errAnswer
	}
	return r, err
}

var errAnswer = errors.New("submit: the server's answer does not fit the command")

// Reset ends a transaction (RSET).
func (s *Session) Reset(ctx context.Context) (Reply, error) {
	return s.do(ctx, func() (Reply, error) {
		reply, err := s.command("RSET")
		if err == nil && reply.OK() {
			s.begun = false
		}
		return reply, err
	})
}

// Noop keeps the session open.
func (s *Session) Noop(ctx context.Context) (Reply, error) { return s.ask(ctx, "NOOP") }

// Quit ends the session politely and closes it. It waits a second for the answer.
func (s *Session) Quit(ctx context.Context) {
	s.do(ctx, func() (Reply, error) {
		s.deadline(time.Second)
		if err := s.send("QUIT"); err != nil {
			return Reply{}, err
		}
		return s.readReply()
	})
	s.Close()
}

// Close closes the connection, also under a command that is running.
func (s *Session) Close() error { return s.conn.Close() }

// Healthy reports whether the session may be used for another transaction. A
// session that idled is asked.
func (s *Session) Healthy(ctx context.Context) bool {
	s.mu.Lock()
	idle, broken, asked := time.Since(s.used), s.broken, s.asked
	pending := s.r.Buffered() > 0 // an answer to nothing: 421, most likely
	s.mu.Unlock()
	if broken != nil || asked || pending || hungUp(s.conn) {
		return false
	}
	if idle < 2*time.Second {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	reply, err := s.Noop(ctx)
	return err == nil && reply.OK()
}
