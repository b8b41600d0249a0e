package mailtest

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Received is a message that reached a Sink.
type Received struct {
	From string   // MAIL FROM with its parameters, as it came
	To   []string // RCPT TO with their parameters, as they came
	Data []byte   // dot-unstuffed, CRLF line ends
	At   time.Time
}

// Recipients are the addresses of To, without parameters and brackets.
func (r Received) Recipients() []string {
	var out []string
	for _, to := range r.To {
		path, _, _ := strings.Cut(to, " ")
		out = append(out, strings.Trim(path, "<>"))
	}
	return out
}

// Null reports whether the reverse-path is <>: a notice or a bounce.
func (r Received) Null() bool { return strings.HasPrefix(r.From, "<>") }

// Fault tells a Sink to misbehave. The zero Fault is none.
type Fault struct {
	Reply string        // answered instead of the positive reply
	Drop  bool          // the connection is closed instead of an answer
	Wait  time.Duration // before the answer
	Keep  bool          // at the final dot: the message counts as received before the fault
}

// Sink is an SMTP server on loopback that records what it takes.
type Sink struct {
	Addr string

	listener net.Listener
	wait     sync.WaitGroup

	mu       sync.Mutex
	fault    func(step, text string) Fault
	received []Received
	open     map[net.Conn]bool
	sessions int
}

// NewSink starts a sink; it stops with the test.
func NewSink(t testing.TB) *Sink {
	t.Helper()
	s, err := StartSink()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// StartSink starts a sink that runs until Close.
func StartSink() (*Sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Sink{Addr: l.Addr().String(), listener: l, open: map[net.Conn]bool{}}
	s.wait.Go(s.accept)
	return s, nil
}

// Close stops the sink and ends its connections.
func (s *Sink) Close() {
	_ = s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wait.Wait()
}

// SetFault makes the sink misbehave: f is asked at each step ("CONNECT",
// "EHLO", "MAIL", "RCPT", "DATA", "DOT", "RSET") with the command's text, from
// several goroutines. nil ends it.
func (s *Sink) SetFault(f func(step, text string) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Received gives what has come in so far, in order.
func (s *Sink) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Await waits until n messages have come in, and gives them.
func (s *Sink) Await(t testing.TB, n int) []Received {
	t.Helper()
	Await(t, 30*time.Second, fmt.Sprintf("not %d messages in the sink", n), func() bool { return len(s.Received()) >= n })
	return s.Received()
}

// Sessions counts the connections that were accepted.
func (s *Sink) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

func (s *Sink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[c] = true
		s.sessions++
		s.mu.Unlock()
		s.wait.Go(func() {
			s.serve(c)
			_ = c.Close()
			s.mu.Lock()
			delete(s.open, c)
			s.mu.Unlock()
		})
	}
}

// sinkSession is one connection to a sink.
type sinkSession struct {
	*Sink
	in  *bufio.Reader
	out net.Conn
	now Received
}

func (s *Sink) serve(c net.Conn) {
	ss := &sinkSession{Sink: s, in: bufio.NewReader(c), out: c}
	if !ss.answer("CONNECT", "", "220 sink.example ESMTP") {
		return
	}
	for {
		line, err := ss.in.ReadString('\n')
		if err != nil {
			return
		}
		if !ss.command(strings.TrimRight(line, "\r\n")) {
			return
		}
	}
}

func (ss *sinkSession) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb = strings.ToUpper(verb); verb {
	case "EHLO", "HELO":
		return ss.answer("EHLO", line, "250-sink.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250 HELP")
	case "MAIL":
		ss.now = Received{From: afterColon(rest)}
		return ss.answer(verb, line, "250 2.1.0 Ok")
	case "RCPT":
		return ss.recipient(line, rest)
	case "DATA":
		return ss.data(line)
	case "RSET":
		ss.now = Received{}
		return ss.answer(verb, line, "250 2.0.0 Ok")
	case "NOOP":
		return ss.write("250 2.0.0 Ok")
	case "QUIT":
		_ = ss.write("221 2.0.0 Bye")
		return false
	}
	return ss.write("502 5.5.2 Unknown command")
}

func (ss *sinkSession) recipient(line, rest string) bool {
	f := ss.ask("RCPT", line)
	if f.Reply == "" && !f.Drop {
		ss.now.To = append(ss.now.To, afterColon(rest))
	}
	return ss.carryOut(f, "250 2.1.5 Ok")
}

func (ss *sinkSession) data(line string) bool {
	f := ss.ask("DATA", line)
	if !ss.carryOut(f, "354 End data with <CR><LF>.<CR><LF>") || f.Reply != "" {
		return f.Reply != ""
	}
	var b bytes.Buffer
	for {
		line, err := ss.in.ReadBytes('\n')
		if err != nil {
			return false
		}
		if bytes.Equal(line, []byte(".\r\n")) {
			break
		}
		b.Write(bytes.TrimPrefix(line, []byte(".")))
	}
	ss.now.Data = b.Bytes()
	f = ss.ask("DOT", "")
	if f == (Fault{Wait: f.Wait}) || f.Keep {
		ss.keep()
	}
	ss.now = Received{}
	return ss.carryOut(f, "250 2.0.0 Ok: queued")
}

func (ss *sinkSession) keep() {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.now.At = time.Now()
	ss.received = append(ss.received, ss.now)
}

// ask gives the fault of a step.
func (ss *sinkSession) ask(step, text string) Fault {
	ss.mu.Lock()
	f := ss.fault
	ss.mu.Unlock()
	if f == nil {
		return Fault{}
	}
	return f(step, text)
}

func (ss *sinkSession) answer(step, text, reply string) bool {
	return ss.carryOut(ss.ask(step, text), reply)
}

func (ss *sinkSession) carryOut(f Fault, reply string) bool {
	time.Sleep(f.Wait)
	if f.Drop {
		return false
	}
	if f.Reply != "" {
		reply = f.Reply
	}
	return ss.write(reply)
}

func (ss *sinkSession) write(reply string) bool {
	_, err := ss.out.Write([]byte(reply + "\r\n"))
	return err == nil
}

// afterColon takes "FROM:" or "TO:" off.
func afterColon(s string) string {
	_, path, _ := strings.Cut(s, ":")
	return strings.TrimSpace(path)
}
