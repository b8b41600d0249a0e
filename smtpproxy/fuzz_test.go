package smtpproxy

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzDialogue: whatever octets a client sends, in whatever stretches, what the
// next hop takes is what was judged, recipients and bytes, or nothing.
func FuzzDialogue(f *testing.F) {
	whole := envelope + "DATA\r\n"
	for _, s := range []string{
		whole + "x\r\n.\r\n", whole + "a\n.\nMAIL FROM:<b@c.test>\r\n", whole + "..\r\n.\r\n" + whole + "y\r\n.\r\nQUIT\r\n",
		"BDAT 5 LAST\r\nQUIT\r\n" + whole, "RCPT TO:<\"a> b\"@c.test>\r\n", "MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nRSET\r\n", whole + "\r.\r\r\n.\r\n",
		"RCPT TO:<a@b.test> X=1\r\nSTARTTLS\r\nAUTH PLAIN =\r\nXCLIENT ADDR=1.2.3.4\r\n",
	} {
		f.Add([]byte(s), byte(0))
		f.Add([]byte(s), byte(3))
	}
	w := newWorld(f, func(o *Options) { o.Connections, o.PerClient = 1000, 1000 })
	address := w.listen("relay")
	f.Fuzz(func(t *testing.T, data []byte, step byte) {
		if len(data) > 4096 {
			return
		}
		before, judged := len(w.hop.taken()), len(w.door.transactions())
		converse(t, address, data, int(step))
		w.hop.wait(t)
		sent := w.hop.taken()[before:]
		w.door.mu.Lock()
		defer w.door.mu.Unlock()
		seen, bodies := w.door.seen[judged:], w.door.sent[judged:]
		if len(sent) > len(seen) {
			t.Fatalf("%q: %d messages judged, %d sent: %+v", data, len(seen), len(sent), sent)
		}
		for _, m := range sent {
			i := slices.IndexFunc(bodies, func(b string) bool { return stuffed(b) == m.data })
			if i < 0 {
				t.Fatalf("%q: the next hop has %q, judged were %q", data, m.data, bodies)
			}
			var want []string
			for _, p := range seen[i].Recipients {
				wire, _ := p.Wire()
				want = append(want, wire)
			}
			if strings.HasPrefix(bodies[i], "Subject: first") {
				want = want[:1]
			}
			if !slices.Equal(m.rcpt, want) {
				t.Fatalf("%q: the next hop has the recipients %q, judged were %q", data, m.rcpt, want)
			}
		}
	})
}

// converse plays a client that waits for 354, and otherwise for nothing.
func converse(t *testing.T, address string, data []byte, step int) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	go func() {
		defer c.(*net.TCPConn).CloseWrite()
		c.Write([]byte(hello))
		time.Sleep(2 * time.Millisecond)
		before, rest, found := bytes.Cut(data, []byte("DATA\r\n"))
		for found {
			c.Write(append(before, "DATA\r\n"...))
			time.Sleep(2 * time.Millisecond)
			before, rest, found = bytes.Cut(rest, []byte("DATA\r\n"))
		}
		for step > 0 && len(before) > step && len(before) < 200 {
			c.Write(before[:step])
			before = before[step:]
		}
		c.Write(before)
	}()
	io.Copy(io.Discard, c)
}

// stuffed is a message as it is seen on the wire.
func stuffed(s string) string {
	if s != "" && s[0] == '.' {
		s = "." + s
	}
	return strings.ReplaceAll(s, "\r\n.", "\r\n..")
}
