package submit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"maillint/rewrite"
)

// ErrTampered is given when what was about to be sent is not what was judged.
// The connection was dropped without a final dot; the reply to a client is 451.
var ErrTampered = rewrite.ErrTampered

// InDoubt is the error when the connection failed after the final dot was
// sent and before the answer came: the server may have taken the message.
type InDoubt struct{ Err error }

func (e *InDoubt) Error() string {
	return "submit: not known whether the message was taken: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *InDoubt) Unwrap() error { return e.Err }

var errLines = errors.New("submit: a line of the message does not end in CRLF")

// Data sends a message and gives the server's answer to the final dot, or to
// DATA where it is no 354.
//
// The bytes that go to the connection are read back into the message's proof,
// dot-stuffing taken out. Only when the proof holds is the dot sent. Otherwise
// the connection is dropped and the error wraps ErrTampered.
func (s *Session) Data(ctx context.Context, m *rewrite.Message) (Reply, error) {
	return s.do(ctx, func() (Reply, error) {
		reply, err := s.command("DATA")
		if err != nil || reply.Code != 354 {
			return refusal(reply, err)
		}
		if s.r.Buffered() > 0 { // it would be taken for the answer to the final dot
			return Reply{}, errUnasked
		}
		if err := s.content(m); err != nil {
			return Reply{}, err
		}
		s.deadline(s.timeouts.Final)
		if reply, err = final(s.answer()); err != nil {
			return Reply{}, &InDoubt{err}
		}
		s.begun = false
		return reply, nil
	})
}

// refusal is an answer to DATA that is no 354. A success would be a lie: the
// server has nothing of the message, and passed on it would lose it.
func refusal(r Reply, err error) (Reply, error) {
	if err == nil && r.Class() < 4 {
		return Reply{}, errAnswer
	}
	return r, err
}

// content writes the message with its final dot.
func (s *Session) content(m *rewrite.Message) error {
	w := wires.Get().(*wire)
	defer wires.Put(w)
	w.reset(s, m.Proof())
	if _, err := m.WriteTo(w); err != nil {
		return fmt.Errorf("submit: write the message: %w", err)
	}
	return w.end()
}

// wires are reused: most of a session's memory is this buffer.
var wires = sync.Pool{New: func() any { return &wire{buf: make([]byte, 0, 64<<10)} }}

// wire dot-stuffs a message (RFC 5321, 4.5.2) and proves what leaves.
type wire struct {
	s     *Session
	proof *rewrite.Proof
	buf   []byte
	start bool // the next octet begins a line

	// What the proof's reading of the outgoing octets has seen.
	lineStart bool
	last      byte
}

func (w *wire) reset(s *Session, p *rewrite.Proof) {
	*w = wire{s: s, proof: p, buf: w.buf[:0], start: true, lineStart: true}
}

// Write takes in the next octets of the message.
func (w *wire) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(w.buf)+2 > cap(w.buf) {
			if err := w.flush(); err != nil {
				return n - len(p), err
			}
		}
		if w.start && p[0] == '.' {
			w.buf = append(w.buf, '.')
		}
		k := w.plain(p[:min(len(p), cap(w.buf)-len(w.buf))])
		w.buf = append(w.buf, p[:k]...)
		w.start = p[k-1] == '\n'
		p = p[k:]
	}
	return n, nil
}

// plain is how many octets of p may be sent as they are: to the end of the
// line before the next one that begins with a dot.
func (w *wire) plain(p []byte) int {
	if i := bytes.Index(p, []byte("\n.")); i >= 0 {
		return i + 1
	}
	return len(p)
}

// ReadFrom takes in all of r, without a buffer of its own (io.Copy uses it).
func (w *wire) ReadFrom(r io.Reader) (int64, error) {
	total := int64(0)
	for {
		if len(w.buf)+2 > cap(w.buf) {
			if err := w.flush(); err != nil {
				return total, err
			}
		}
		room := w.buf[len(w.buf):cap(w.buf)]
		n, err := r.Read(room)
		total += int64(n)
		if n > 0 {
			if err := w.accept(room[:n]); err != nil {
				return total, err
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// accept takes in octets that already stand behind the buffer's end.
func (w *wire) accept(p []byte) error {
	if !(w.start && p[0] == '.') && w.plain(p) == len(p) {
		w.buf = w.buf[:len(w.buf)+len(p)]
		w.start = p[len(p)-1] == '\n'
		return nil
	}
	_, err := w.Write(bytes.Clone(p)) // a dot is rare
	return err
}

// flush proves what is in the buffer and sends it.
func (w *wire) flush() error {
	if err := w.prove(); err != nil {
		return err
	}
	return w.send()
}

func (w *wire) send() error {
	w.s.deadline(w.s.timeouts.Block)
	_, err := w.s.conn.Write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		return fmt.Errorf("submit: write the message: %w", err)
	}
	return nil
}

// prove reads what is about to be sent as the server will: dots taken off,
// every line ended by CRLF and no CR or LF anywhere else.
func (w *wire) prove() error {
	if w.s.flaw != nil {
		w.s.flaw(w.buf)
	}
	p := w.buf
	from, lf := 0, 0 // from: what the proof has not been given yet
	for i := 0; i < len(p); {
		if w.lineStart && p[i] == '.' {
			w.proof.Write(p[from:i])
			from = i + 1
		}
		w.lineStart = false
		j := bytes.IndexByte(p[i:], '\n')
		if j < 0 {
			break
		}
		i += j
		if i == 0 && w.last != '\r' || i > 0 && p[i-1] != '\r' {
			return errLines
		}
		lf++
		i++
		w.lineStart = true
	}
	w.proof.Write(p[from:])
	return w.carriage(p, lf)
}

// carriage refuses a CR that is not followed by LF: there must be as many of
// the one as of the other, where each LF has its CR.
func (w *wire) carriage(p []byte, lf int) error {
	if len(p) == 0 {
		return nil
	}
	cr := bytes.Count(p, []byte{'\r'})
	if w.last == '\r' {
		cr++
	}
	if w.last = p[len(p)-1]; w.last == '\r' {
		cr-- // its LF comes with the next octets
	}
	if cr != lf {
		return errLines
	}
	return nil
}

// end proves the whole and sends the rest with the final dot.
func (w *wire) end() error {
	if err := w.prove(); err != nil {
		return err
	}
	if w.last == '\r' {
		return errLines
	}
	if err := w.proof.Check(); err != nil {
		return err
	}
	if w.s.BeforeDot != nil {
		if err := w.s.BeforeDot(); err != nil {
			return err
		}
	}
	if !w.lineStart {
		w.buf = append(w.buf, '\r', '\n') // the message's last line had no end
	}
	w.buf = append(w.buf, ".\r\n"...)
	if err := w.send(); err != nil {
		return &InDoubt{err}
	}
	return nil
}
