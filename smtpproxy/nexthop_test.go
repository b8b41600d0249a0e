package smtpproxy

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder is the next hop of the tests: a mail server that takes everything,
// keeps what it took, and does what a test tells it to.
type recorder struct {
	l      net.Listener
	answer func(line string) string // a test's own answer; "" is the usual one, "close" none, "take" none to a dot though it was taken
	idle   time.Duration            // it hangs up after so long

	mu       sync.Mutex
	messages []recorded
	lines    []string // all commands
	open     int      // transactions that were begun and not ended
	conns    int
	now      map[net.Conn]bool // connections that are open
}

// recorded is a message that was handed over whole.
type recorded struct {
	mail string   // "<a@b> SIZE=10"
	rcpt []string // the same
	data string   // as it came over the wire, without the final dot
}

func record(t testing.TB) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{l: l, now: map[net.Conn]bool{}}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(c)
		}
	}()
	return r
}

const recorderEHLO = "250-next.example\r\n250-PIPELINING\r\n250-SIZE 2000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250-CHUNKING\r\n250-AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER CRAM-MD5\r\n250 X-EVIL"

func (r *recorder) serve(c net.Conn) {
	r.count(c, true)
	defer r.count(c, false)
	defer func() { c.Close() }()
	c.SetDeadline(time.Now().Add(60 * time.Second))
	var m recorded
	begun := false
	defer func() {
		if begun {
			r.opened(-1)
		}
	}()
	in := bufio.NewReader(c)
	login := 0
	line := "greeting"
	for {
		r.mu.Lock()
		answer := r.answer
		r.mu.Unlock()
		reply := ""
		if answer != nil {
			reply = answer(line)
		}
		if reply == "close" {
			return
		}
		if reply == "" {
			reply = r.usual(line, &login)
		}
		verb, _, _ := strings.Cut(line, ":")
		switch {
		case verb == "MAIL FROM" && reply[0] == '2':
			if !begun { // what stands open already goes with it: nothing may
				m, begun = recorded{}, true
				r.opened(1)
			}
			m.mail = line[10:]
		case verb == "RCPT TO" && reply[0] == '2':
			m.rcpt = append(m.rcpt, line[8:])
		case line == "RSET" && reply[0] == '2' && begun:
			begun = false
			r.opened(-1)
		}
		if _, err := fmt.Fprintf(c, "%s\r\n", reply); err != nil {
			return
		}
		if line == "QUIT" {
			return
		}
		if line == "DATA" && reply[0] == '3' {
			data, err := readData(in)
			if err != nil {
				return
			}
			m.data = data
			reply := "250 2.0.0 taken by next.example"
			if answer != nil {
				if a := answer("."); a != "" {
					reply = a
				}
			}
			if reply == "close" {
				return
			}
			begun = false
			r.opened(-1)
			if reply[0] == '2' || reply == "take" {
				r.mu.Lock()
				r.messages = append(r.messages, m)
				r.mu.Unlock()
			}
			if reply == "take" {
				return
			}
			fmt.Fprintf(c, "%s\r\n", reply)
		}
		r.mu.Lock()
		if r.idle > 0 {
			c.SetReadDeadline(time.Now().Add(r.idle))
		}
		r.mu.Unlock()
		l, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r")
		r.mu.Lock()
		r.lines = append(r.lines, line)
		r.mu.Unlock()
	}
}

func (r *recorder) count(c net.Conn, open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !open {
		delete(r.now, c)
		return
	}
	r.now[c] = true
	r.conns++
}

// hangUp closes every connection for which f gives true.
func (r *recorder) hangUp(f func() bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.now {
		if f() {
			c.Close()
		}
	}
}

func (r *recorder) opened(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open += n
}

// readData reads as a server does that takes every odd line end for a real one:
// whatever could be smuggled past us shows up as a message of its own.
func readData(in *bufio.Reader) (string, error) {
	var b strings.Builder
	for start := true; ; {
		c, err := in.ReadByte()
		if err != nil {
			return "", err
		}
		if start && c == '.' {
			next, err := in.Peek(1)
			if err != nil {
				return "", err
			}
			if next[0] == '\n' || next[0] == '\r' {
				in.ReadByte()
				if next[0] == '\r' {
					if n, err := in.Peek(1); err == nil && n[0] == '\n' {
						in.ReadByte()
					}
				}
				return b.String(), nil
			}
		}
		b.WriteByte(c)
		start = c == '\n' || c == '\r' && !follows(in, '\n')
	}
}

func follows(in *bufio.Reader, c byte) bool {
	n, err := in.Peek(1)
	return err == nil && n[0] == c
}

func (r *recorder) usual(line string, login *int) string {
	if *login > 0 {
		return r.step(line, login)
	}
	verb, _, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "GREETING":
		return "220 next.example ESMTP"
	case "EHLO":
		return recorderEHLO
	case "DATA":
		return "354 go on"
	case "QUIT":
		return "221 bye"
	case "AUTH":
		return r.auth(line, login)
	case "MAIL", "RCPT", "RSET", "NOOP":
		return "250 2.1.0 fine"
	}
	return "500 5.5.2 what is " + line
}

// auth lets taro in, with the password "secret".
func (r *recorder) auth(line string, login *int) string {
	f := strings.Fields(line)
	if len(f) == 3 {
		return credentials(f[2])
	}
	*login = 1
	if f[1] == "LOGIN" {
		*login = 2
		return "334 VXNlcm5hbWU6"
	}
	return "334 "
}

func (r *recorder) step(line string, login *int) string {
	*login--
	if line == "*" {
		*login = 0
		return "501 5.0.0 cancelled"
	}
	if *login == 1 {
		if line != b64("taro") {
			return "535 5.7.8 who?"
		}
		return "334 UGFzc3dvcmQ6"
	}
	return credentials(line)
}

func credentials(s string) string {
	switch s {
	case b64("\x00taro\x00secret"), b64("taro\x00taro\x00secret"), b64("secret"), b64("user=taro\x01auth=Bearer secret\x01\x01"),
		b64("n,a=taro,\x01host=x\x01auth=Bearer secret\x01\x01"):
		return "235 2.7.0 welcome"
	}
	return "535 5.7.8 wrong"
}

// wait lets what is under way end: the count of open transactions is zero.
func (r *recorder) wait(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		r.mu.Lock()
		open := r.open
		r.mu.Unlock()
		if open == 0 {
			return
		}
	}
	t.Error("the next hop still has an open transaction")
}

func (r *recorder) taken() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]recorded(nil), r.messages...)
}

func (r *recorder) commands() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}

func (r *recorder) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns
}

func (r *recorder) patience(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = d
}

func (r *recorder) answering(f func(line string) string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}
