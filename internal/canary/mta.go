package canary

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"maillint/message"
	"maillint/rewrite"
	"maillint/submit"
)

// ThroughMilter is how a milter's socket is spoken to, as an MTA does: the
// canary from inside of "maillint milter".
func ThroughMilter(network, address string) func(context.Context) (Session, error) {
	return func(ctx context.Context) (Session, error) {
		c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		s := &mta{conn: c, in: bufio.NewReader(c)}
		if err := s.open(); err != nil {
			c.Close()
			return nil, err
		}
		return s, nil
	}
}

// mta is an MTA with one client, on this machine: the part of the milter
// protocol (libmilter 8.17, version 6) that a message needs.
type mta struct {
	conn net.Conn
	in   *bufio.Reader
	err  error
}

// mtaPatience is how long one answer may take.
const mtaPatience = time.Minute

// open agrees on the options and tells of the client.
func (s *mta) open() error {
	numbers := func(list ...uint32) []byte {
		var b []byte
		for _, n := range list {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		return b
	}
	const blanksAreTold = 0x100000 // the value of a field comes with the blank behind its colon
	if err := s.send('O', numbers(6, 0x1ff, blanksAreTold)); err != nil {
		return err
	}
	if cmd, _, err := s.packet(); err != nil || cmd != 'O' {
		return fmt.Errorf("canary: no milter answers: %q %w", cmd, orProtocol(err))
	}
	for _, p := range []struct {
		cmd  byte
		data string
	}{{'C', "localhost\x004\x00\x00127.0.0.1\x00"}, {'H', Domain + "\x00"}} {
		if r, err := s.ask(p.cmd, p.data); err != nil || !r.OK() {
			return fmt.Errorf("canary: the milter refuses its client: %s %w", r, orProtocol(err))
		}
	}
	return nil
}

var errMilter = errors.New("not as the milter protocol says")

func orProtocol(err error) error {
	if err != nil {
		return err
	}
	return errMilter
}

func (s *mta) send(cmd byte, data []byte) error {
	_ = s.conn.SetDeadline(time.Now().Add(mtaPatience))
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)+1))
	if _, err := s.conn.Write(append(append(b, cmd), data...)); err != nil {
		s.err = err
		return err
	}
	return nil
}

func (s *mta) packet() (cmd byte, data []byte, err error) {
	var head [5]byte
	if _, err = io.ReadFull(s.in, head[:]); err == nil {
		n := binary.BigEndian.Uint32(head[:4])
		if n == 0 || n > 1<<20 {
			err = errMilter
		} else {
			data = make([]byte, n-1)
			_, err = io.ReadFull(s.in, data)
		}
	}
	if err != nil {
		s.err = err
	}
	return head[4], data, err
}

// ask sends one command and gives its answer as SMTP has it. What the milter
// would change is passed over.
func (s *mta) ask(cmd byte, data string) (submit.Reply, error) {
	if err := s.send(cmd, []byte(data)); err != nil {
		return submit.Reply{}, err
	}
	for {
		_ = s.conn.SetDeadline(time.Now().Add(mtaPatience))
		answer, data, err := s.packet()
		if err != nil {
			return submit.Reply{}, err
		}
		switch answer {
		case 'c', 'a', 'd':
			return submit.NewReply(250, "2.0.0", "taken"), nil
		case 't':
			return submit.NewReply(451, "4.7.1", "the milter says: later"), nil
		case 'r':
			return submit.NewReply(550, "5.7.1", "the milter refuses"), nil
		case 'y':
			return readAnswer(string(data)), nil
		}
	}
}

// readAnswer reads "550 5.7.1 text" with a NUL at its end, and "%%" for "%".
func readAnswer(s string) submit.Reply {
	s = strings.ReplaceAll(strings.TrimRight(s, "\x00"), "%%", "%")
	code, text, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(code)
	if err != nil {
		return submit.NewReply(451, "4.3.0", "no answer: %s", s)
	}
	return submit.NewReply(n, "", "%s", text)
}

// Mail begins a message.
func (s *mta) Mail(_ context.Context, p submit.Path) (submit.Reply, error) {
	return s.path('M', p)
}

// Rcpt adds a recipient.
func (s *mta) Rcpt(_ context.Context, p submit.Path) (submit.Reply, error) {
	return s.path('R', p)
}

func (s *mta) path(cmd byte, p submit.Path) (submit.Reply, error) {
	wire, err := p.Wire()
	if err != nil {
		return submit.Reply{}, err
	}
	return s.ask(cmd, wire+"\x00")
}

// Data hands the message over: its fields one by one, as an MTA has read them,
// then its body.
func (s *mta) Data(_ context.Context, m *rewrite.Message) (submit.Reply, error) {
	raw, err := m.Bytes()
	if err != nil {
		return submit.Reply{}, err
	}
	view := message.Parse(raw)
	for i := range view.Fields {
		name, value, ok := bytes.Cut(raw[view.Fields[i].Span.Start:view.Fields[i].Span.End], []byte(":"))
		if !ok {
			continue // no MTA passes on a line that is no field
		}
		value = bytes.TrimSuffix(value, []byte("\r\n"))
		field := string(name) + "\x00" + strings.ReplaceAll(string(value), "\r\n", "\n") + "\x00"
		if r, err := s.ask('L', field); err != nil || !r.OK() {
			return r, err
		}
	}
	if r, err := s.ask('N', ""); err != nil || !r.OK() {
		return r, err
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for len(body) > 0 {
		n := min(len(body), 64<<10)
		if r, err := s.ask('B', string(body[:n])); err != nil || !r.OK() {
			return r, err
		}
		body = body[n:]
	}
	return s.ask('E', "")
}

// Reset gives the message up.
func (s *mta) Reset(context.Context) (submit.Reply, error) {
	return submit.NewReply(250, "2.0.0", "ok"), s.send('A', nil) // not answered
}

// Quit ends the connection.
func (s *mta) Quit(context.Context) {
	_ = s.send('Q', nil)
	s.conn.Close()
}

// Err tells why the connection is of no use any more.
func (s *mta) Err() error { return s.err }
