package smtpproxy

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// client is a mail program of few words.
type client struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func (w *world) client(address string) *client {
	w.t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		w.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(15 * time.Second))
	w.t.Cleanup(func() { c.Close() })
	return &client{w.t, c, bufio.NewReader(c)}
}

// say sends text, and wants a reply for each of the codes.
func (c *client) say(text string, codes ...string) {
	c.t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		c.t.Fatalf("%q: %v", text, err)
	}
	for _, code := range codes {
		for {
			l, err := c.r.ReadString('\n')
			if err != nil || !strings.HasPrefix(l, code) {
				c.t.Fatalf("%.60q: got %q, %v, want %s", text, l, err, code)
			}
			if l[3] == ' ' {
				break
			}
		}
	}
}

const (
	hello    = "EHLO client.example.jp\r\n"
	envelope = "MAIL FROM:<taro@example.jp>\r\nRCPT TO:<hanako@partner.example>\r\n"
)

// TestPauseInsideData: a client may stop in the middle for longer than the next
// hop waits. DefaultTimeouts allow the six minutes of the promise; the clock of
// this test runs some hundred times faster, with a next hop that hangs up after
// a second.
func TestPauseInsideData(t *testing.T) {
	if DefaultTimeouts.Data <= 6*time.Minute || (Options{}).filled().KeepAlive != 20*time.Second {
		t.Error("six minutes are not allowed by default")
	}
	w := newWorld(t, func(o *Options) { o.KeepAlive = 50 * time.Millisecond })
	w.hop.patience(time.Second)                                  // far over KeepAlive, since a busy machine stalls
	w.door.wait = func() { time.Sleep(1200 * time.Millisecond) } // judging is slow as well
	c := w.client(w.listen("relay"))
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope+"DATA\r\n", "250", "250", "354")
	c.say("Subject: x\r\n\r\nfirst half")
	time.Sleep(1200 * time.Millisecond)
	c.say(" and second\r\n.\r\n", "250")
	got := w.hop.taken()
	if len(got) != 1 || got[0].data != "Subject: x\r\n\r\nfirst half and second\r\n" {
		t.Fatalf("the next hop has %+v", got)
	}
	if n := strings.Count(strings.Join(w.hop.commands(), "\n"), "NOOP"); n < 10 {
		t.Errorf("only %d NOOPs in 2.4 s", n)
	}
	if w.hop.connections() != 1 {
		t.Errorf("%d sessions with the next hop, want 1", w.hop.connections())
	}
}

// TestDrip: a client that sends an octet now and then holds no connection open
// for longer than one that sends none.
func TestDrip(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Timeouts.Command, o.Timeouts.TLS = 500*time.Millisecond, 500*time.Millisecond })
	for name, first := range map[string]string{"a command": "", "a log-in": "AUTH PLAIN\r\n", "a line too long": strings.Repeat("x", 5000)} {
		c := w.client(w.listen("relay"))
		c.say("", "220")
		if first != "" {
			c.say(hello)
			c.Write([]byte(first))
		}
		start := time.Now()
		for time.Since(start) < 10*time.Second {
			if _, err := c.Write([]byte("N")); err != nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s that drips was waited for for %s", name, took)
		}
		c.Close()
	}
}

// TestLastReply: a refusal that ends the connection reaches a client that was
// still sending.
func TestLastReply(t *testing.T) {
	w := newWorld(t, nil)
	address := w.listen("relay")
	for range 20 {
		c := w.client(address)
		c.say("", "220")
		c.say(hello, "250")
		c.say(envelope+"DATA\r\n", "250", "250", "354")
		sent := make(chan struct{})
		go func() {
			c.Write([]byte("Subject: x\r\n\r\nfirst\n.\n" + strings.Repeat("more of it\r\n", 100_000)))
			close(sent)
		}()
		time.Sleep(20 * time.Millisecond)
		c.say("", "550")
		c.Close()
		<-sent
	}
}

func TestFailover(t *testing.T) {
	w := newWorld(t, nil)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	l := w.listener("relay")
	l.NextHop.Addresses = []string{dead.Addr().String(), w.hop.l.Addr().String()}
	c := w.client(w.open(l))
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope+"DATA\r\n", "250", "250", "354")
	c.say(".\r\n", "250")
	if len(w.hop.taken()) != 1 {
		t.Error("the second address was not tried")
	}
}

// TestDrain: who waits is told to go, who sends may end.
func TestDrain(t *testing.T) {
	w := newWorld(t, nil)
	address := w.listen("relay")
	idle, busy := w.client(address), w.client(address)
	for _, c := range []*client{idle, busy} {
		c.say("", "220")
		c.say(hello, "250")
	}
	busy.say(envelope+"DATA\r\n", "250", "250", "354")
	done := make(chan error)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		done <- w.server.Shutdown(ctx)
	}()
	idle.say("", "421")
	busy.say("x\r\n.\r\n", "250", "421")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if _, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		t.Error("the listener is still open")
	}
	if len(w.hop.taken()) != 1 {
		t.Error("the message that was under way is lost")
	}
}

// TestShutdownCuts: a client that does not end is cut off, and leaves nothing.
func TestShutdownCuts(t *testing.T) {
	w := newWorld(t, nil)
	c := w.client(w.listen("relay"))
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope+"DATA\r\n", "250", "250", "354")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := w.server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("shutdown: %v", err)
	}
	w.hop.wait(t)
	if n := w.server.Connections(); n != 0 || len(w.hop.taken()) != 0 {
		t.Errorf("%d connections, %d messages", n, len(w.hop.taken()))
	}
}

func TestConnectionCaps(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.PerClient = 3 })
	address := w.listen("relay")
	var open []*client
	for range 3 {
		c := w.client(address)
		c.say("", "220")
		open = append(open, c)
	}
	w.client(address).say("", "421")
	open[0].say("QUIT\r\n", "221")
	for end := time.Now().Add(2 * time.Second); w.server.Connections() > 2 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	w.client(address).say("", "220")
}

// TestFailedLogins: ten make the answers late, twenty end them, and ten minutes
// later all is forgotten. Another address is not touched, the same account is.
func TestFailedLogins(t *testing.T) {
	now := time.Now()
	g := newGuard(Options{Now: func() time.Time { return now }}.filled())
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for range failStop {
		g.failed(here, "Taro")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var r *refusal
	if err := g.admit(ctx, here, ""); !errors.As(err, &r) || r.reply.Code != 421 {
		t.Errorf("after %d: %v", failStop, err)
	}
	if err := g.admit(ctx, there, "taro"); err == nil {
		t.Error("the account may be tried from elsewhere")
	}
	if err := g.admit(ctx, there, "jiro"); err != nil {
		t.Errorf("another account from elsewhere: %v", err)
	}
	now = now.Add(failWindow)
	if err := g.admit(ctx, here, "taro"); err != nil {
		t.Errorf("ten minutes later: %v", err)
	}
	for range failSlow {
		g.failed(here, "")
	}
	if n := g.count(here, ""); n < failSlow || n >= failStop {
		t.Errorf("%d failures counted", n)
	}
}

// TestNothingIsLeft: after many clients of all manners no goroutine, no
// descriptor and no room in the spool is left taken.
func TestNothingIsLeft(t *testing.T) {
	w := newWorld(t, nil)
	address := w.listen("relay")
	manners := []string{"", hello, hello + envelope, hello + envelope + "DATA\r\n", hello + "XYZZY\r\n\n", "\x00\x01\x02\r\n", hello + "QUIT\r\n"}
	round := func() {
		for _, m := range manners {
			c := w.client(address)
			c.Write([]byte(m))
			c.Close()
		}
		c := w.client(address)
		c.say("", "220")
		c.say(hello, "250")
		c.say(envelope+"DATA\r\n", "250", "250", "354")
		c.say(strings.Repeat("x", 300<<10)+"\r\n.\r\n", "250")
		c.say("QUIT\r\n", "221")
		c.Close()
	}
	settle := func() (goroutines, files int) {
		for end := time.Now().Add(3 * time.Second); w.server.Connections() > 0 && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(50 * time.Millisecond)
		names, _ := os.ReadDir("/proc/self/fd")
		return runtime.NumGoroutine(), len(names)
	}
	for range 5 {
		round()
	}
	g0, f0 := settle()
	for range 40 {
		round()
	}
	g1, f1 := settle()
	if g1 > g0+40 || f1 > f0+40 { // sessions that are pooled come and go
		t.Errorf("goroutines %d -> %d, descriptors %d -> %d", g0, g1, f0, f1)
	}
	if m, d := w.spool.Used(); m != 0 || d != 0 {
		t.Errorf("%d octets of memory, %d of disk are still taken", m, d)
	}
}

// TestCertificateReload: a changed file is used, a broken one is not.
func TestCertificateReload(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	store := func(name string, at time.Time) {
		pair, _ := certificate(t, name)
		der, _ := x509.MarshalECPrivateKey(pair.PrivateKey.(*ecdsa.PrivateKey))
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600)
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
		os.Chtimes(cert, at, at)
	}
	start := time.Now()
	store("one.example", start)
	c, err := LoadCertificate(cert, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	name := func() string {
		c.checked = time.Time{}
		got, err := c.Get(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		leaf, _ := x509.ParseCertificate(got.Certificate[0])
		return leaf.Subject.CommonName
	}
	if n := name(); n != "one.example" {
		t.Errorf("%s at first", n)
	}
	store("two.example", start.Add(time.Minute))
	if n := name(); n != "two.example" {
		t.Errorf("%s after the change", n)
	}
	os.WriteFile(cert, []byte("broken"), 0o600)
	if n := name(); n != "two.example" {
		t.Errorf("%s after a broken change", n)
	}
	if c.Expires().Before(time.Now()) {
		t.Error("Expires is wrong")
	}
}

// TestReplies: an error of ours is never permanent and tells nothing.
func TestReplies(t *testing.T) {
	for _, err := range []error{errors.New("/var/lib/secret: broken"), fmt.Errorf("x: %w", context.Canceled), fmt.Errorf("y: %w", refuse(550, "5.7.1", "no"))} {
		r := replyTo(err)
		wrapped := strings.HasPrefix(err.Error(), "y")
		if wrapped != (r.Code == 550) || !wrapped && r.Class() != 4 || strings.Contains(r.String(), "secret") {
			t.Errorf("%v: %v", err, r)
		}
	}
}

func TestListenerChecks(t *testing.T) {
	w := newWorld(t, nil)
	for name, change := range map[string]func(*Listener){
		"open to all":             func(l *Listener) { l.From = nil },
		"names without authority": func(l *Listener) { l.Certificates = []string{"x"} },
		"no next hop":             func(l *Listener) { l.NextHop = nil },
		"TLS without certificate": func(l *Listener) { l.Implicit = true },
	} {
		l := w.listener("relay")
		change(l)
		if a, err := w.server.Listen(l); err == nil {
			t.Errorf("%s: listens at %v", name, a)
		}
	}
	if !slices.ContainsFunc(loopback, func(p netip.Prefix) bool { return p.Contains(netip.MustParseAddr("127.0.0.1")) }) {
		t.Error("loopback")
	}
}
