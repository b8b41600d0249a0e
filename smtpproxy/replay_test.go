package smtpproxy

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestReplay: the session is lost while the client uploads. The transaction is
// made anew where nobody logged in, and only if every answer is of the same class.
func TestReplay(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		w := newWorld(t, func(o *Options) { o.KeepAlive = 20 * time.Millisecond })
		var lost atomic.Bool
		w.hop.answering(func(line string) string {
			if line == "NOOP" && !lost.Swap(true) {
				return "close"
			}
			if refuse && lost.Load() && strings.HasPrefix(line, "RCPT TO:<second") {
				return "550 5.1.1 no longer"
			}
			return ""
		})
		c := w.client(w.listen("relay"))
		c.say("", "220")
		c.say(hello+"", "250")
		c.say(envelope+"RCPT TO:<second@ok.test> NOTIFY=NEVER\r\nDATA\r\n", "250", "250", "250", "354")
		time.Sleep(150 * time.Millisecond)
		if refuse {
			c.say("x\r\n.\r\n", "451")
		} else {
			c.say("x\r\n.\r\n", "250")
		}
		c.say("QUIT\r\n", "221")
		w.hop.wait(t)
		got := w.hop.taken()
		if refuse && len(got) != 0 || !refuse && (len(got) != 1 || len(got[0].rcpt) != 2 || got[0].rcpt[1] != "<second@ok.test> NOTIFY=NEVER") {
			t.Errorf("refuse %v: the next hop has %+v", refuse, got)
		}
		if !lost.Load() {
			t.Error("the session was never lost")
		}
	}
}

// TestLostInRcpt: a session that is lost in RCPT costs no recipient, and one that
// is lost again in the next is not tried for ever.
func TestLostInRcpt(t *testing.T) {
	for _, times := range []int32{1, 1000} {
		w := newWorld(t, nil)
		var lost atomic.Int32
		w.hop.answering(func(line string) string {
			if strings.HasPrefix(line, "RCPT TO:<second") && lost.Add(1) <= times {
				return "close"
			}
			return ""
		})
		c := w.client(w.listen("relay"))
		c.say("", "220")
		c.say(hello+"", "250")
		if times > 1 {
			c.say(envelope+"RCPT TO:<second@ok.test>\r\nQUIT\r\n", "250", "250", "451", "221")
			if n := lost.Load(); n > 3 {
				t.Errorf("tried %d times", n)
			}
			continue
		}
		c.say(envelope+"RCPT TO:<second@ok.test>\r\nDATA\r\n", "250", "250", "250", "354")
		c.say("x\r\n.\r\nQUIT\r\n", "250", "221")
		w.hop.wait(t)
		if got := w.hop.taken(); len(got) != 1 || len(got[0].rcpt) != 2 {
			t.Errorf("the next hop has %+v", got)
		}
	}
}

// TestHalfReplayed: where a transaction could be opened anew only in part, no
// recipient who is named later makes a whole of it: the message would go to some,
// and the client be told that it went to all.
func TestHalfReplayed(t *testing.T) {
	for _, refused := range []string{"MAIL", "RCPT TO:<hanako"} {
		w := newWorld(t, nil)
		var lost atomic.Bool
		var again atomic.Int32
		w.hop.answering(func(line string) string {
			switch {
			case strings.HasPrefix(line, "RCPT TO:<second") && lost.CompareAndSwap(false, true):
				return "close"
			case lost.Load() && strings.HasPrefix(line, refused) && again.Add(1) == 1:
				return "451 4.3.2 busy"
			}
			return ""
		})
		c := w.client(w.listen("relay"))
		c.say("", "220")
		c.say(hello, "250")
		c.say(envelope+"RCPT TO:<second@ok.test>\r\nRCPT TO:<third@ok.test>\r\nDATA\r\n", "250", "250", "451", "250", "354")
		c.say("x\r\n.\r\nQUIT\r\n", "250", "221")
		w.hop.wait(t)
		if got := w.hop.taken(); len(got) != 1 || !slices.Equal(got[0].rcpt, []string{"<hanako@partner.example>", "<third@ok.test>"}) {
			t.Errorf("%s was refused: the next hop has %+v", refused, got)
		}
	}
}

// TestResetRefused: a next hop that does not let go of a transaction gets no other
// one on that session: it would have the recipients of the first.
func TestResetRefused(t *testing.T) {
	for name, first := range map[string]string{"RSET": "RSET\r\n", "some": "DATA\r\n"} {
		w := newWorld(t, nil)
		w.hop.answering(func(line string) string {
			if line == "RSET" {
				return "451 4.3.2 busy"
			}
			return ""
		})
		c := w.client(w.listen("relay"))
		c.say("", "220")
		c.say(hello, "250")
		if c.say(envelope+"RCPT TO:<second@ok.test>\r\n"+first, "250", "250", "250"); name == "RSET" {
			c.say("", "250")
			c.say("MAIL FROM:<taro@example.jp>\r\nRCPT TO:<hanako@partner.example>\r\nDATA\r\n", "250", "250", "354")
			c.say("x\r\n.\r\nQUIT\r\n", "250", "221")
		} else {
			c.say("", "354")
			c.say("Subject: first\r\n\r\n.\r\nQUIT\r\n", "250", "221")
		}
		w.hop.wait(t)
		if got := w.hop.taken(); len(got) != 1 || !slices.Equal(got[0].rcpt, []string{"<hanako@partner.example>"}) {
			t.Errorf("%s: the next hop has %+v", name, got)
		}
	}
}

// TestLoginLeft: a session whose log-in the client left in its middle is nobody
// else's: the next hop would take MAIL for the password.
func TestLoginLeft(t *testing.T) {
	w := newWorld(t, nil)
	address := w.listen("relay-auth")
	c := w.client(address)
	c.say("", "220")
	c.say(hello, "250")
	c.say("AUTH LOGIN\r\n", "334")
	c.Close()
	for end := time.Now().Add(5 * time.Second); w.server.Connections() > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	c = w.client(address)
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope+"DATA\r\n", "250", "250", "354")
	c.say("x\r\n.\r\nQUIT\r\n", "250", "221")
}

// TestNoopsAfterReplay: a transaction that was opened anew is kept open as well.
func TestNoopsAfterReplay(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.KeepAlive = 5 * time.Millisecond })
	var lost, noops atomic.Int32
	w.hop.answering(func(line string) string {
		switch {
		case strings.HasPrefix(line, "RCPT TO:<hanako") && lost.Add(1) == 1:
			return "close"
		case line == "NOOP" && lost.Load() > 1:
			noops.Add(1)
		}
		return ""
	})
	c := w.client(w.listen("relay"))
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope, "250", "250")
	for end := time.Now().Add(5 * time.Second); noops.Load() < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no NOOPs on the second session")
		}
	}
}

// TestTwoDots: a session that is lost after the dot is not replayed.
func TestTwoDots(t *testing.T) {
	w := newWorld(t, nil)
	var dots atomic.Int32
	w.hop.answering(func(line string) string {
		if line == "." {
			dots.Add(1)
			return "close"
		}
		return ""
	})
	c := w.client(w.listen("relay"))
	c.say("", "220")
	c.say(hello, "250")
	c.say(envelope+"DATA\r\n", "250", "250", "354")
	c.say("x\r\n.\r\n", "451")
	if dots.Load() != 1 {
		t.Errorf("%d dots were sent", dots.Load())
	}
}

// TestOtherExtensions: where another server of the next hop's takes over that cannot
// do what the client was offered, the client is told to come again. Asked, it would
// refuse for good what the first one takes.
func TestOtherExtensions(t *testing.T) {
	for _, lost := range []string{"MAIL", "RCPT"} {
		w := newWorld(t, nil)
		old := record(t)
		old.answering(func(line string) string {
			switch {
			case strings.HasPrefix(line, "EHLO"):
				return "250 old.example"
			case strings.Contains(line, "BODY="), strings.Contains(line, "NOTIFY="):
				return "555 5.5.4 what is that"
			}
			return ""
		})
		w.hop.answering(func(line string) string {
			if strings.HasPrefix(line, lost) {
				w.hop.l.Close()
				return "close"
			}
			return ""
		})
		l := w.listener("relay")
		l.NextHop.Addresses = append(l.NextHop.Addresses, old.l.Addr().String())
		c := w.client(w.open(l))
		c.say("", "220")
		c.say(hello, "250")
		if lost == "MAIL" {
			c.say("MAIL FROM:<taro@example.jp> BODY=8BITMIME\r\n", "451")
		} else {
			c.say(envelope+"RCPT TO:<second@ok.test> NOTIFY=NEVER\r\n", "250", "250", "451")
		}
		c.say("RSET\r\n"+envelope+"DATA\r\n", "250", "250", "250", "354")
		c.say("x\r\n.\r\nQUIT\r\n", "250", "221")
		old.wait(t)
		if n := len(old.taken()); n != 1 {
			t.Errorf("%s: the other server has %d messages", lost, n)
		}
	}
}
