package smtpproxy

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestDialogues plays testdata/*.smtp against a real listener with a recording
// next hop. A file is a list of dialogues, each begun by "== name"; README
// there tells the lines.
func TestDialogues(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.smtp")
	if len(files) == 0 {
		t.Fatal("there are no dialogues")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range strings.Split("\n"+string(text), "\n== ")[1:] {
			name, steps, _ := strings.Cut(d, "\n")
			t.Run(strings.TrimSuffix(filepath.Base(f), ".smtp")+"/"+name, func(t *testing.T) {
				t.Parallel()
				(&play{world: newWorld(t, nil), t: t}).run(steps)
			})
		}
	}
}

// play is one dialogue.
type play struct {
	*world
	t       *testing.T
	address string
	conn    net.Conn
	r       *bufio.Reader
	checked bool
}

func (p *play) run(steps string) {
	for i, line := range strings.Split(steps, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verb, arg, _ := strings.Cut(line, " ")
		if err := p.step(verb, arg); err != nil {
			p.t.Fatalf("line %d: %s: %v", i+2, line, err)
		}
	}
	if !p.checked {
		p.t.Fatal("the dialogue says nothing about its outcome at the next hop")
	}
}

func (p *play) step(verb, arg string) error {
	switch verb {
	case "listener":
		p.address = p.listen(arg)
		return p.connect(arg)
	case "again":
		p.conn.Close()
		return p.connect(arg)
	case "C:":
		return p.send(arg + "\r\n")
	case "C-":
		return p.send(unescape(arg))
	case "C*": // times text
		n, text, _ := strings.Cut(arg, " ")
		count, _ := strconv.Atoi(n)
		return p.send(strings.Repeat(unescape(text), count))
	case "S:":
		return p.expect(arg)
	case "S*":
		n, want, _ := strings.Cut(arg, " ")
		for count, _ := strconv.Atoi(n); count > 0; count-- {
			if err := p.expect(want); err != nil {
				return err
			}
		}
		return nil
	case "S!":
		return p.closed()
	case "tls":
		return p.handshake(arg == "certificate")
	case "close":
		return p.conn.Close()
	case "next-hop":
		return p.script(arg)
	case "=":
		p.checked = true
		return p.outcome(arg)
	}
	return fmt.Errorf("unknown step")
}

func (p *play) connect(kind string) error {
	c, err := net.Dial("tcp", p.address)
	if err != nil {
		return err
	}
	c.SetDeadline(time.Now().Add(8 * time.Second))
	p.t.Cleanup(func() { c.Close() })
	p.conn, p.r = c, bufio.NewReader(c)
	if kind == "submission-implicit" {
		return p.handshake(false)
	}
	return nil
}

func (p *play) handshake(withCertificate bool) error {
	config := &tls.Config{RootCAs: p.roots, ServerName: "proxy.example.jp"}
	if withCertificate {
		config.Certificates = []tls.Certificate{p.cert}
	}
	if n := p.r.Buffered(); n > 0 {
		return fmt.Errorf("%d octets before TLS", n)
	}
	c := tls.Client(p.conn, config)
	if err := c.Handshake(); err != nil {
		return err
	}
	p.conn, p.r = c, bufio.NewReader(c)
	return nil
}

func (p *play) send(s string) error {
	_, err := p.conn.Write([]byte(s))
	return err
}

// unescape reads \r, \n, \x00 and the like.
func unescape(s string) string {
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		panic(s + ": " + err.Error())
	}
	return out
}

// expect reads one reply, which must hold the text: "250", "550 5.7.1", or
// "250 ~SIZE" for a line somewhere in it, "250 !CHUNKING" for none.
func (p *play) expect(want string) error {
	var all []string
	for {
		l, err := p.r.ReadString('\n')
		if err != nil {
			return fmt.Errorf("%v after %q", err, all)
		}
		if !strings.HasSuffix(l, "\r\n") || strings.ContainsAny(l[:len(l)-2], "\r\n\x00") || !ascii(l[:len(l)-2]) || len(l) > 512 {
			return fmt.Errorf("odd line %q", l)
		}
		all = append(all, l[:len(l)-2])
		if len(l) < 6 || l[3] != '-' {
			break
		}
	}
	code, rest, _ := strings.Cut(want, " ")
	text := strings.Join(all, "\n")
	for _, l := range all {
		if !strings.HasPrefix(l, code) {
			return fmt.Errorf("got %q", text)
		}
	}
	switch {
	case strings.HasPrefix(rest, "~"):
		if !strings.Contains(text, rest[1:]) {
			return fmt.Errorf("got %q", text)
		}
	case strings.HasPrefix(rest, "!"):
		if strings.Contains(text, rest[1:]) {
			return fmt.Errorf("got %q", text)
		}
	case !strings.HasPrefix(all[len(all)-1], strings.TrimSpace(code+" "+rest)):
		return fmt.Errorf("got %q", text)
	}
	return nil
}

func (p *play) closed() error {
	b, err := p.r.ReadByte()
	if err == nil {
		rest, _ := p.r.Peek(p.r.Buffered())
		return fmt.Errorf("the connection is open, and says %q", string(b)+string(rest))
	}
	if e, ok := err.(net.Error); ok && e.Timeout() {
		return fmt.Errorf("the connection is open")
	}
	return nil
}

// script makes the next hop answer a command, "VERB reply" ("close": not at all).
func (p *play) script(arg string) error {
	verb, reply, _ := strings.Cut(arg, " ")
	p.hop.mu.Lock()
	defer p.hop.mu.Unlock()
	before := p.hop.answer
	p.hop.answer = func(line string) string {
		if strings.HasPrefix(line, verb) {
			return unescape(reply)
		}
		if before != nil {
			return before(line)
		}
		return ""
	}
	return nil
}

// outcome compares with what the next hop has: "nothing", "N messages",
// "mail <..>", "rcpt <..> <..>", "body text", "no COMMAND", "identity ...".
func (p *play) outcome(arg string) error {
	what, rest, _ := strings.Cut(arg, " ")
	if what == "nothing" {
		p.conn.Close()
		p.hop.wait(p.t)
	}
	got := p.hop.taken()
	var last recorded
	if len(got) > 0 {
		last = got[len(got)-1]
	}
	have, want := "", rest
	switch what {
	case "nothing":
		if len(got) > 0 {
			return fmt.Errorf("the next hop has %+v", got)
		}
		return nil
	case "mail":
		have = last.mail
	case "rcpt":
		have = strings.Join(last.rcpt, ", ")
	case "body":
		have, want = last.data, unescape(rest)
	case "no":
		if bytes.Contains([]byte(strings.Join(p.hop.commands(), "\n")+"\n"), []byte(rest)) {
			return fmt.Errorf("the next hop was told %q", p.hop.commands())
		}
		return nil
	case "told":
		if !strings.Contains(strings.Join(p.hop.commands(), "\n"), rest) {
			return fmt.Errorf("the next hop was told %q", p.hop.commands())
		}
		return nil
	case "identity":
		tx := p.door.transactions()
		id := tx[len(tx)-1].Identity
		have = fmt.Sprintf("%d %s %s %s", id.Trust, id.Account, id.Address, id.Remote)
	case "messages":
		have = strconv.Itoa(len(got))
	default:
		return fmt.Errorf("unknown outcome")
	}
	if have != want {
		return fmt.Errorf("the next hop has %q", have)
	}
	return nil
}
