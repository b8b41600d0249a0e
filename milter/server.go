package milter

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/submit"
)

// Gate judges messages and carries verdicts out.
type Gate interface {
	// Recipient gives the refusal of one recipient, or nil.
	Recipient(ctx context.Context, tx *gate.Transaction, rcpt submit.Path) *submit.Reply
	// Submit gives the one reply to a message.
	Submit(ctx context.Context, tx *gate.Transaction, hop gate.NextHop) submit.Reply
}

// Options are a server's settings. Spool must be set, and either Gate with
// Policy, or Stamps.
type Options struct {
	Gate Gate
	// Policy gives the policy in force, which knows who is who.
	Policy func() *policy.Policy
	// Vouched: the MTA has checked that the sender may use the reverse-path
	// (reject_sender_login_mismatch). Otherwise it is only claimed.
	Vouched bool
	// Stamps, where set, makes a server that does nothing but look at stamps.
	Stamps *Stamps

	// Canary takes canaries; nil: they are refused.
	Canary gate.Canary

	Spool       *spool.Budget
	MessageSize int64 // octets; 0 is 50 MiB
	Recipients  int   // of one message; 0 is 1,000
	Connections int   // at a time; 0 is 1,000
	// Idle is how long the MTA may be silent; 0 is ten minutes. Progress is how
	// often it is told that we are at work; 0 is ten seconds.
	Idle, Progress time.Duration
	Log            *slog.Logger
	Now            func() time.Time
}

// Stamps says how mail is looked at that should have gone through the proxy.
type Stamps struct {
	Keys rewrite.Keys
	// Refuse answers 550 to mail whose stamp is not valid, instead of 451:
	// once everything goes through the proxy.
	Refuse bool
	// Tell is told each verdict.
	Tell func(id string, v rewrite.StampVerdict, s rewrite.Stamp)
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		to *int
		n  int
	}{{&o.Recipients, 1000}, {&o.Connections, 1000}} {
		if *d.to == 0 {
			*d.to = d.n
		}
	}
	if o.MessageSize == 0 {
		o.MessageSize = 50 << 20
	}
	if o.Idle == 0 {
		o.Idle = 10 * time.Minute
	}
	if o.Progress == 0 {
		o.Progress = 10 * time.Second
	}
	return o
}

// Server is a milter. Make it with New, give it sockets with Serve, and end it
// with Shutdown.
type Server struct {
	opts   Options
	ctx    context.Context
	cancel context.CancelFunc
	room   chan struct{} // a token for each connection
	wait   sync.WaitGroup

	mu        sync.Mutex
	listeners []net.Listener
	conns     map[*conn]bool
	draining  bool
}

// New makes a server that listens nowhere yet.
func New(o Options) *Server {
	o = o.filled()
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{opts: o, ctx: ctx, cancel: cancel, room: make(chan struct{}, o.Connections), conns: map[*conn]bool{}}
}

// ErrClosed is given after Shutdown.
var ErrClosed = errors.New("milter: shut down")

// Listen opens a socket: "unix:PATH" or "inet:HOST:PORT", also in the form
// "inet:PORT@HOST" of other milters. A socket file that nobody listens on any
// more is replaced.
func Listen(where string) (net.Listener, error) {
	kind, address, ok := strings.Cut(where, ":")
	switch {
	case ok && (kind == "unix" || kind == "local") && address != "":
		if err := stale(address); err != nil {
			return nil, err
		}
		return net.Listen("unix", address)
	case ok && (kind == "inet" || kind == "inet6") && address != "":
		if port, host, swapped := strings.Cut(address, "@"); swapped {
			address = net.JoinHostPort(host, port)
		}
		if _, _, err := net.SplitHostPort(address); err == nil {
			return net.Listen("tcp", address)
		}
	}
	return nil, fmt.Errorf("milter: %q is no socket (write unix:/run/maillint/milter.sock or inet:127.0.0.1:8891)", where)
}

// stale takes a socket file away that a killed program has left behind.
func stale(path string) error {
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = c.Close()
		return fmt.Errorf("milter: %s: another program listens there", path)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return nil // not there: good
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("milter: %s is there, and is no socket", path)
	}
	return os.Remove(path)
}

// Serve serves a socket until Shutdown. It returns at once.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return ErrClosed
	}
	s.listeners = append(s.listeners, l)
	s.wait.Go(func() { s.accept(l) })
	return nil
}

func (s *Server) accept(l net.Listener) {
	for {
		select {
		case s.room <- struct{}{}:
		case <-s.ctx.Done():
			return
		}
		nc, err := l.Accept()
		if err != nil {
			<-s.room
			if errors.Is(err, net.ErrClosed) || s.ctx.Err() != nil {
				return
			}
			s.opts.Log.Error("milter: accept", "error", err)
			time.Sleep(50 * time.Millisecond) // out of descriptors, most likely
			continue
		}
		s.wait.Go(func() {
			defer func() { <-s.room }()
			s.serve(nc)
		})
	}
}

// serve leads one connection of the MTA. A panic in it ends this connection
// alone; the MTA then does what its milter_default_action says.
func (s *Server) serve(nc net.Conn) {
	c := &conn{server: s, nc: nc, in: bufio.NewReaderSize(nc, 64<<10)}
	defer func() {
		if v := recover(); v != nil {
			s.opts.Log.Error("milter: connection failed", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		}
		c.forget()
		_ = nc.Close()
	}()
	if !s.track(c, true) {
		return
	}
	defer s.track(c, false)
	if err := c.run(); err != nil && s.ctx.Err() == nil {
		s.opts.Log.Warn("milter: connection", "error", err)
	}
}

func (s *Server) track(c *conn, open bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !open {
		delete(s.conns, c)
		return true
	}
	if s.draining {
		return false
	}
	s.conns[c] = true
	return true
}

// Connections tells how many connections of the MTA are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Shutdown takes no further connection, closes those that have no open
// message, lets the others end, and closes all when ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	for _, l := range s.listeners {
		_ = l.Close()
	}
	for c := range s.conns {
		c.drain()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.wait.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
		s.cancel()
		s.mu.Lock()
		for c := range s.conns {
			_ = c.nc.Close()
		}
		s.mu.Unlock()
		<-done
	}
	s.cancel()
	return err
}
