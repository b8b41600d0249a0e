package smtpproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"maillint/submit"
)

// Server is the proxy. Make it with New, give it listeners with Listen, and end
// it with Shutdown.
type Server struct {
	opts  Options
	pool  submit.Pool
	guard *guard

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu        sync.Mutex
	listeners []net.Listener
	conns     map[*wire]struct{}
	draining  bool
}

// New makes a proxy that listens nowhere yet.
func New(o Options) *Server {
	o = o.filled()
	ctx, cancel := context.WithCancel(context.Background())
	return &Server{opts: o, guard: newGuard(o), ctx: ctx, cancel: cancel, conns: map[*wire]struct{}{}}
}

// ErrClosed is given by Listen after Shutdown.
var ErrClosed = errors.New("smtpproxy: shut down")

// Listen opens a listener and serves it until Shutdown. It gives the address,
// which tells the port where the listener asked for a free one.
func (s *Server) Listen(l *Listener) (net.Addr, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", l.Address)
	if err != nil {
		return nil, fmt.Errorf("smtpproxy: listener %s: %w", l.Name, err)
	}
	if err := s.Serve(ln, l); err != nil {
		ln.Close()
		return nil, err
	}
	return ln.Addr(), nil
}

// Serve is Listen with a net.Listener of the caller's. It returns at once.
func (s *Server) Serve(ln net.Listener, l *Listener) error {
	if err := l.check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return ErrClosed
	}
	s.listeners = append(s.listeners, ln)
	s.wg.Go(func() { s.accept(ln, l) })
	return nil
}

// check refuses a listener that would be open to strangers or show passwords.
func (l *Listener) check() error {
	fail := func(text string) error { return fmt.Errorf("smtpproxy: listener %s: %s", l.Name, text) }
	switch {
	case l.NextHop == nil:
		return fail("no next hop")
	case l.Trust == Relay && len(l.From) == 0 && len(l.Certificates) == 0:
		return fail("trust relay needs networks or certificate names (write from: or certificates:)")
	case len(l.Certificates) > 0 && (l.TLS == nil || l.TLS.ClientCAs == nil):
		return fail("certificate names need TLS and client_ca")
	case l.Implicit && l.TLS == nil:
		return fail("implicit TLS needs a certificate")
	}
	return nil
}

func (s *Server) accept(ln net.Listener, l *Listener) {
	for {
		nc, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || s.ctx.Err() != nil {
				return
			}
			s.opts.Log.Error("accept", "listener", l.Name, "error", err)
			time.Sleep(50 * time.Millisecond) // out of descriptors, most likely
			continue
		}
		s.wg.Go(func() { s.serve(nc, l) })
	}
}

// serve leads one connection from its first octet to its last.
func (s *Server) serve(nc net.Conn, l *Listener) {
	w := newWire(nc, s.opts.Timeouts)
	defer w.close()
	if !s.track(w) {
		return
	}
	defer s.untrack(w)
	client, err := s.whoIs(w, l)
	if err != nil {
		s.opts.Log.Info("connection refused", "listener", l.Name, "peer", nc.RemoteAddr().String(), "error", err)
		return
	}
	if !s.guard.enter(client.Addr()) {
		w.reply(replyClients)
		return
	}
	defer s.guard.leave(client.Addr())
	if l.Implicit {
		if err := w.startTLS(l.TLS); err != nil {
			s.opts.Log.Info("handshake", "listener", l.Name, "client", client.Addr(), "error", err)
			return
		}
	}
	s.talk(w, l, client)
}

// talk is the SMTP dialogue: one server of the library for one connection,
// since what is offered depends on this connection's next hop.
func (s *Server) talk(w *wire, l *Listener, client netip.AddrPort) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	c := &conn{server: s, listener: l, wire: w, ctx: ctx, peer: client.Addr(), client: submit.Client{Addr: client}}
	c.hop.c = c
	defer c.hop.close()
	if l.Trust == Relay && !c.known() && !c.authWanted() && len(l.Certificates) == 0 && !c.mayBeCanary() {
		w.reply(submit.NewReply(554, "5.7.1", "not open to this client"))
		return
	}
	lib := smtp.NewServer(smtp.BackendFunc(c.NewSession))
	lib.Domain = s.opts.Hostname
	lib.MaxLineLength = 0
	lib.ErrorLog = libraryLog{s.opts.Log}
	lib.Serve(&single{conn: c})        // ends at once: there is no second connection
	lib.Shutdown(context.Background()) // waits for the first
}

// single is a listener with one connection, which has been accepted already.
type single struct {
	conn *conn
	mu   sync.Mutex
	used bool
}

// Accept gives the connection once.
func (l *single) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.used {
		return nil, io.EOF
	}
	l.used = true
	return l.conn, nil
}

// Close does nothing.
func (l *single) Close() error { return nil }

// Addr is the connection's.
func (l *single) Addr() net.Addr { return l.conn.LocalAddr() }

// libraryLog takes what the library has to say: panics, and lost connections.
type libraryLog struct{ log *slog.Logger }

// Printf is smtp.Logger.
func (l libraryLog) Printf(format string, v ...any) {
	l.log.Error("smtp", "text", fmt.Sprintf(format, v...))
}

// Println is smtp.Logger.
func (l libraryLog) Println(v ...any) { l.log.Error("smtp", "text", fmt.Sprintln(v...)) }

func (s *Server) track(w *wire) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		w.reply(replyDrain)
		w.last = true
		return false
	}
	s.conns[w] = struct{}{}
	return true
}

func (s *Server) untrack(w *wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, w)
}

// Connections tells how many clients are connected.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Shutdown takes no further connection, lets open transactions end, and closes
// all connections when ctx ends, if not before. It returns when nothing runs
// any more.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	for _, l := range s.listeners {
		l.Close()
	}
	for w := range s.conns {
		w.drain()
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wg.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = ctx.Err()
		s.cut()
		<-done
	}
	s.cancel()
	s.pool.Close()
	return err
}

// cut closes every connection.
func (s *Server) cut() {
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.conns {
		w.abort()
	}
}
