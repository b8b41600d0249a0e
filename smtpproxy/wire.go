package smtpproxy

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"maillint/submit"
)

// wire is the client's connection: the only place that knows lines, buffers
// and deadlines. It reads commands and bodies, and writes replies in one piece
// where commands came in one piece.
type wire struct {
	conn  net.Conn
	in    []byte // what was read and not used yet is in[r:w]
	r, w  int
	small []byte  // in, most of the time
	large *[]byte // in, while a body is read, and until what came with it is used
	out   []byte
	times Timeouts

	mu       sync.Mutex
	waiting  bool // for a command, outside of any transaction
	last     bool // our last reply ends the connection: the client may still send
	draining bool // no further command is waited for
}

// Timeouts bound how long a client is waited for. Zero values are those of
// DefaultTimeouts.
type Timeouts struct {
	Command time.Duration // between commands
	Data    time.Duration // between two stretches of a message
	Total   time.Duration // for one message
	Write   time.Duration // for one reply
	TLS     time.Duration // for a handshake, or a PROXY header
}

// DefaultTimeouts follow RFC 5321, 4.5.3.2.7, and are generous inside DATA.
var DefaultTimeouts = Timeouts{Command: 5 * time.Minute, Data: 10 * time.Minute, Total: time.Hour, Write: 5 * time.Minute, TLS: 30 * time.Second}

func (t Timeouts) filled() Timeouts {
	d := DefaultTimeouts
	for _, p := range []struct{ to, from *time.Duration }{
		{&d.Command, &t.Command}, {&d.Data, &t.Data}, {&d.Total, &t.Total}, {&d.Write, &t.Write}, {&d.TLS, &t.TLS}} {
		if *p.from > 0 {
			*p.to = *p.from
		}
	}
	return d
}

const (
	smallBuffer = 16 << 10 // holds the longest command
	largeBuffer = 128 << 10
	maxCommand  = 4096     // RFC 5321, 4.5.3.1.4 asks for 512, and extensions for more
	maxAuthLine = 12 << 10 // RFC 4954, 4: 12288 octets
)

var largeBuffers = sync.Pool{New: func() any { b := make([]byte, largeBuffer); return &b }}

func newWire(c net.Conn, t Timeouts) *wire {
	small := make([]byte, smallBuffer)
	return &wire{conn: c, in: small, small: small, times: t}
}

// What a line can be besides a command.
var (
	errLong    = errors.New("line is too long")              // its end was found
	errEndless = errors.New("line does not end")             // the connection is of no use
	errOdd     = errors.New("line end or control character") // a bare LF or CR, or NUL: somebody reads lines otherwise
	errDrained = errors.New("shutting down")
)

// line gives the next line without its CRLF. It is valid until the next call.
// The time is for the whole line: octets that drip in prolong nothing.
func (w *wire) line(limit int) ([]byte, error) {
	long, until := false, time.Now().Add(w.times.Command)
	for {
		if i := bytes.IndexByte(w.in[w.r:w.w], '\n'); i >= 0 {
			l := w.in[w.r : w.r+i+1]
			w.r += i + 1
			if long || len(l) > limit {
				return nil, errLong
			}
			return checkLine(l)
		}
		if w.w-w.r > limit {
			if long {
				return nil, errEndless
			}
			long, w.r = true, w.w
		}
		w.shrink()
		if err := w.fill(time.Until(until)); err != nil {
			return nil, err
		}
	}
}

// checkLine takes the CRLF off and refuses what another server could take for
// two lines, or cut short.
func checkLine(l []byte) ([]byte, error) {
	n := len(l) - 2
	if n < 0 || l[n] != '\r' {
		return nil, errOdd
	}
	l = l[:n]
	for _, c := range l {
		if c == '\r' || c == 0 {
			return nil, errOdd
		}
	}
	return l, nil
}

// fill reads more. What was written is sent before, unless a whole line is
// still here to be answered.
func (w *wire) fill(wait time.Duration) error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.r == w.w {
		w.r, w.w = 0, 0
	} else if w.w == len(w.in) {
		if w.r == 0 {
			return errEndless
		}
		copy(w.in, w.in[w.r:w.w])
		w.r, w.w = 0, w.w-w.r
	}
	if err := w.await(wait); err != nil {
		return err
	}
	n, err := w.conn.Read(w.in[w.w:])
	w.w += n
	if n > 0 {
		return nil
	}
	if w.drained() {
		return errDrained
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// await sets the deadline, unless there is nothing to wait for any more.
func (w *wire) await(wait time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting && w.draining {
		return errDrained
	}
	return w.conn.SetReadDeadline(time.Now().Add(wait))
}

func (w *wire) drained() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting && w.draining
}

// idle says whether a command is waited for outside of any transaction.
func (w *wire) idle(is bool) {
	w.mu.Lock()
	w.waiting = is
	w.mu.Unlock()
}

// drain ends the waiting for a command, now or when the transaction is over.
func (w *wire) drain() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.draining = true
	if w.waiting {
		w.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// enlarge makes room for a body.
func (w *wire) enlarge() {
	if w.large != nil {
		return
	}
	w.large = largeBuffers.Get().(*[]byte)
	n := copy(*w.large, w.in[w.r:w.w])
	w.in, w.r, w.w = *w.large, 0, n
}

// shrink gives the room back once nothing is in it.
func (w *wire) shrink() {
	if w.large != nil && w.r == w.w {
		largeBuffers.Put(w.large)
		w.large, w.in, w.r, w.w = nil, w.small, 0, 0
	}
}

// buffered is what has been read and not used.
func (w *wire) buffered() int { return w.w - w.r }

// write adds to what is to be sent.
func (w *wire) write(b []byte) {
	w.out = append(w.out, b...)
	if len(w.out) > 32<<10 {
		w.flush()
	}
}

// flush sends what was written.
func (w *wire) flush() error {
	if len(w.out) == 0 {
		return nil
	}
	w.conn.SetWriteDeadline(time.Now().Add(w.times.Write))
	_, err := w.conn.Write(w.out)
	w.out = w.out[:0]
	return err
}

func (w *wire) reply(r submit.Reply) { w.write(r.Wire()) }

// skip reads n octets and forgets them.
func (w *wire) skip(n uint64) error {
	until := time.Now().Add(w.times.Total)
	for n > 0 {
		if w.r == w.w {
			if err := w.fill(min(w.times.Data, time.Until(until))); err != nil {
				return err
			}
		}
		k := min(n, uint64(w.w-w.r))
		w.r += int(k)
		n -= k
	}
	return nil
}

// startTLS puts TLS over the connection. Nothing that was read before is kept.
func (w *wire) startTLS(config *tls.Config) error {
	w.r, w.w = 0, 0
	w.conn.SetDeadline(time.Now().Add(w.times.TLS))
	c := tls.Server(w.conn, config)
	if err := c.Handshake(); err != nil {
		return fmt.Errorf("TLS: %w", err)
	}
	c.SetDeadline(time.Time{})
	w.mu.Lock()
	w.conn = c
	w.mu.Unlock()
	return nil
}

func (w *wire) tls() (tls.ConnectionState, bool) {
	if c, ok := w.conn.(*tls.Conn); ok {
		return c.ConnectionState(), true
	}
	return tls.ConnectionState{}, false
}

// A last reply is lost where a connection is closed with octets of the client's
// unread: TCP then resets it. So the client is listened to for a moment, until
// it has seen the reply and closes as well.
const (
	lingerFor  = 500 * time.Millisecond
	lingerMost = 4 << 20
)

// close sends what was written and closes the connection.
func (w *wire) close() error {
	w.flush()
	if half, ok := w.conn.(interface{ CloseWrite() error }); ok && w.last && half.CloseWrite() == nil {
		w.conn.SetReadDeadline(time.Now().Add(lingerFor))
		io.Copy(io.Discard, io.LimitReader(w.conn, lingerMost))
	}
	return w.conn.Close()
}

// abort closes the connection under whoever uses it.
func (w *wire) abort() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn.Close()
}
