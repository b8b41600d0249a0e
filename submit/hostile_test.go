package submit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/message"
)

// TestInjectedBeforeTLS: an answer that comes with the one to STARTTLS would be
// believed under TLS (CVE-2021-38371).
func TestInjectedBeforeTLS(t *testing.T) {
	srv := serve(t, func(line string) string {
		switch {
		case strings.HasPrefix(line, "EHLO"):
			return "250-next.example\r\n250 STARTTLS"
		case line == "STARTTLS":
			return "220 go\r\n250-next.example\r\n250 AUTH PLAIN"
		}
		return polite(line)
	})
	r := srv.route()
	r.Security = StartTLS
	if _, err := r.Dial(ctx, Client{}); !errors.Is(err, errInjected) {
		t.Errorf("%v, want the injection refused", err)
	}
}

// TestNoFallback: where TLS is required nothing is said without it.
func TestNoFallback(t *testing.T) {
	for name, answer := range map[string]string{"not offered": "250 next.example", "refused": "250-next.example\r\n250 STARTTLS"} {
		srv := serve(t, func(line string) string {
			switch {
			case strings.HasPrefix(line, "EHLO"):
				return answer
			case line == "STARTTLS":
				return "454 4.7.0 not now"
			}
			return polite(line)
		})
		r := srv.route()
		r.Security = StartTLS
		r.Auth = &Auth{User: "u", Secret: func() (string, error) { return "s", nil }}
		if _, err := r.Dial(ctx, Client{}); err == nil {
			t.Errorf("%s: a session was opened", name)
		}
		if got := srv.got(); strings.Contains(got, "AUTH") || strings.Contains(got, "MAIL") {
			t.Errorf("%s: the server was told %q", name, got)
		}
	}
}

// TestUnasked: an answer to nothing is not taken for the next one's.
func TestUnasked(t *testing.T) {
	srv := serve(t, func(line string) string {
		if strings.HasPrefix(line, "MAIL") {
			return "250 fine\r\n250 and the next one too"
		}
		if strings.HasPrefix(line, "RCPT") {
			return "550 no"
		}
		return polite(line)
	})
	s := dial(t, srv.route())
	if r, err := s.Mail(ctx, path("a", "example.jp")); err != nil || !r.OK() {
		t.Fatal(r, err)
	}
	if r, err := s.Rcpt(ctx, path("b", "ok.test")); err == nil && r.OK() {
		t.Errorf("the recipient counts as accepted: %v", r)
	}
}

func TestAnnounce(t *testing.T) {
	answer := func(line string) string {
		if strings.HasPrefix(line, "EHLO") {
			return "250-next.example\r\n250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN\r\n250 XFORWARD NAME ADDR PROTO HELO"
		}
		if strings.HasPrefix(line, "XCLIENT") {
			return "220 again"
		}
		return polite(line)
	}
	c := Client{Addr: netip.MustParseAddrPort("[2001:db8::1]:99"), Hello: "pc=1 x", Protocol: "ESMTP"}
	for announce, want := range map[Announce]string{
		XClient:  "XCLIENT NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 PORT=99 PROTO=ESMTP HELO=pc+3D1+20x\r\nEHLO",
		XForward: "XFORWARD NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 PROTO=ESMTP HELO=pc+3D1+20x\r\nMAIL",
		ProxyV2:  "",
	} {
		srv := serve(t, answer)
		r := srv.route()
		r.Announce = announce
		if announce == ProxyV2 {
			r.Timeouts.Connect = time.Second // the script does not know the header
		}
		s, err := r.Dial(ctx, c)
		if announce == ProxyV2 {
			const want = "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24"
			for range 100 { // the server reads on its own
				if strings.HasPrefix(srv.got(), want) {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if got := srv.got(); !strings.HasPrefix(got, want) {
				t.Errorf("PROXY header: %q", got)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		s.Mail(ctx, path("a", "example.jp"))
		s.Close()
		if got := srv.got(); !strings.Contains(got, want) {
			t.Errorf("%q does not hold %q", got, want)
		}
	}
}

func TestPool(t *testing.T) {
	srv := serve(t, polite)
	r := srv.route()
	p := &Pool{Max: 1, Idle: time.Hour}
	get := func() *Session {
		s, _, err := p.Get(ctx, r, Client{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, two := get(), get()
	transaction(t, one)
	p.Put(one) // with a transaction open
	p.Put(two) // no room
	if s := get(); s != one || s.Begun() {
		t.Error("the session did not come back, or with its transaction")
	}
	if r, err := one.AuthStart(ctx, "PLAIN", "AHUAcA=="); err != nil || r.Code == 235 {
		t.Fatal(r, err)
	}
	one.authed = true
	p.Put(one)
	three := get()
	if three == one {
		t.Error("a session was shared after a log-in")
	}
	p.Idle = 10 * time.Millisecond
	p.Put(three)
	time.Sleep(50 * time.Millisecond)
	if s := get(); s == three {
		t.Error("a session was kept for too long")
	}
	if n := srv.connections(); n != 4 {
		t.Errorf("%d connections, want 4", n)
	}
}

// TestCancel: a context ends a command that waits, whether the session is bound
// to it, to another one, or to none.
func TestCancel(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	srv := serve(t, func(line string) string {
		if strings.HasPrefix(line, "MAIL") {
			<-hang
			return ""
		}
		return polite(line)
	})
	r := srv.route()
	r.Timeouts.Command = time.Minute // it is the context that ends it
	for _, bound := range []string{"to none", "to it", "to another"} {
		s := dial(t, r)
		c, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		other, end := context.WithCancel(ctx)
		switch bound {
		case "to it":
			s.Bind(c)
		case "to another":
			s.Bind(other)
		}
		start := time.Now()
		if _, err := s.Mail(c, path("a", "example.jp")); err == nil || time.Since(start) > 5*time.Second {
			t.Errorf("bound %s: %v after %v", bound, err, time.Since(start))
		}
		cancel()
		end()
	}
}

// TestBind: a session ends with the context that it is bound to, and not with
// one that it was bound to before.
func TestBind(t *testing.T) {
	s := dial(t, serve(t, polite).route())
	first, endFirst := context.WithCancel(ctx)
	second, endSecond := context.WithCancel(ctx)
	defer endSecond()
	s.Bind(first)
	s.Bind(second)
	endFirst()
	time.Sleep(20 * time.Millisecond) // for what must not come
	if _, err := s.Noop(ctx); err != nil {
		t.Fatalf("ended with the context before: %v", err)
	}
	endSecond()
	mailtest.Await(t, 5*time.Second, "the session goes on", func() bool { _, err := s.Noop(ctx); return err != nil })
}

// TestHungUp: a session whose server has gone is not given out, however short ago
// it answered.
func TestHungUp(t *testing.T) {
	leave := make(chan struct{})
	srv := serve(t, func(line string) string {
		if line == "NOOP" {
			<-leave
			return ""
		}
		return polite(line)
	})
	s := dial(t, srv.route())
	if r, err := s.Mail(ctx, path("a", "example.jp")); err != nil || !r.OK() {
		t.Fatal(r, err)
	}
	if !s.Healthy(ctx) {
		t.Fatal("a session that has just answered is called dead")
	}
	if _, err := s.conn.Write([]byte("NOOP\r\n")); err != nil { // behind the session's back
		t.Fatal(err)
	}
	close(leave)
	mailtest.Await(t, time.Second, "a session whose server has gone is given out", func() bool { return !s.Healthy(ctx) })
}

// FuzzReply: whatever a server answers, it is bounded, and what is passed on of
// it is one reply of printable ASCII.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 ok\r\n", "250-a\r\n250 b\n", "550 5.1.1 no\r\n", "250", "25x y\r\n", "250-a\r\n550 b\r\n", "999 a\r\n", "421 \xff\x00\r\r\n", "250 2.1.0\r\n", "550 5.1.1.1 x\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Session{r: bufio.NewReaderSize(bytes.NewReader(data), maxReplyLine)}
		r, err := s.readReply()
		if err != nil {
			return
		}
		wire := string(r.Wire())
		lines := strings.Split(strings.TrimSuffix(wire, "\r\n"), "\r\n")
		if len(lines) > maxLines {
			t.Fatalf("%q: %d lines", data, len(lines))
		}
		for i, l := range lines {
			if len(l) > 450 || cleanText(l[4:]) != l[4:] && len(l) <= maxText || strings.ContainsAny(l, "\r\n\x00") || (l[3] == ' ') != (i == len(lines)-1) {
				t.Fatalf("%q became %q", data, wire)
			}
		}
	})
}

// FuzzPath: what is sent for an address is read by the tolerant parser as the
// same mailbox, and as one.
func FuzzPath(f *testing.F) {
	f.Add("taro", "example.jp")
	f.Add(`a"b`, "ok.test")
	f.Add("a..b", "docomo.ne.jp")
	f.Add("a,b;c", "[192.0.2.1]")
	f.Fuzz(func(t *testing.T, local, domain string) {
		d, ok := message.Domain(domain)
		if !ok {
			return
		}
		wire, err := path(local, d).Wire()
		if err != nil {
			return
		}
		if strings.ContainsAny(wire[1:len(wire)-1], "<> \r\n\t\x00\\") || strings.Count(wire, "@") != 1 && wire != "<>" && d != "" {
			t.Fatalf("%q %q is sent as %q", local, d, wire)
		}
	})
}

// FuzzContent: what a server reads, dots taken off, is the message.
func FuzzContent(f *testing.F) {
	f.Add("a\r\n.b\r\n..\r\n", 3)
	f.Add(".\r\n", 1)
	f.Add("x", 7)
	f.Fuzz(func(t *testing.T, body string, step int) {
		here, there := net.Pipe()
		s := newSession(&Route{}, here, DefaultTimeouts)
		got := make(chan string)
		go func() {
			b, _ := io.ReadAll(there)
			got <- string(b)
		}()
		err := s.content(outgoing("X: y\r\n", body))
		here.Close()
		sent := <-got
		if err != nil {
			if strings.HasSuffix(sent, "\r\n.\r\n") {
				t.Fatalf("%q: a dot was sent after %v", body, err)
			}
			return
		}
		text := strings.TrimSuffix(sent, ".\r\n")
		var lines []string
		for _, l := range strings.SplitAfter(text, "\r\n") {
			lines = append(lines, strings.TrimPrefix(l, "."))
		}
		read := strings.Join(lines, "")
		if read != "X: y\r\n"+body && read != "X: y\r\n"+body+"\r\n" {
			t.Fatalf("%q was sent as %q", body, sent)
		}
		if i := strings.Index(sent, "\r\n.\r\n"); i != len(sent)-5 {
			t.Fatalf("%q: the message ends early in %q", body, sent)
		}
	})
}
