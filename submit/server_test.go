package submit

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// server is a next hop that follows a script: the answer to each line it gets,
// and in a DATA the answer to the dot. Everything it read is kept.
type server struct {
	t      *testing.T
	l      net.Listener
	answer func(line string) string // "" closes the connection
	mu     sync.Mutex
	read   strings.Builder
	conns  int
}

func serve(t *testing.T, answer func(line string) string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, l: l, answer: answer}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return s
}

func (s *server) talk(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.conns++
	s.mu.Unlock()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if s.say(c, "greeting") {
		return
	}
	r := bufio.NewReader(c)
	for data := false; ; {
		line, err := r.ReadString('\n')
		s.mu.Lock()
		s.read.WriteString(line)
		s.mu.Unlock()
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if data && line != "." {
			continue
		}
		answer := s.answer(line)
		data = line == "DATA" && strings.HasPrefix(answer, "354")
		if s.write(c, answer) {
			return
		}
	}
}

func (s *server) say(c net.Conn, line string) (closed bool) { return s.write(c, s.answer(line)) }

func (s *server) write(c net.Conn, answer string) (closed bool) {
	if answer == "" {
		return true
	}
	_, err := c.Write([]byte(answer + "\r\n"))
	return err != nil
}

func (s *server) got() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read.String()
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// polite answers as a server does that takes everything.
func polite(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	switch verb {
	case "greeting":
		return "220 next.example ESMTP"
	case "EHLO":
		return "250-next.example\r\n250-pipelining\r\n250-SIZE 1000000\r\n250-8bitmime\r\n250 DSN"
	case "DATA":
		return "354 go on"
	case ".":
		return "250 2.0.0 taken as 42"
	case "QUIT":
		return "221 bye"
	}
	return "250 2.1.0 fine"
}

func (s *server) route() *Route {
	return &Route{Name: "test", Addresses: []string{s.l.Addr().String()}, Hello: "proxy.example.jp",
		Timeouts: Timeouts{Connect: 2 * time.Second, Command: 2 * time.Second, Block: 2 * time.Second, Final: 2 * time.Second}}
}
