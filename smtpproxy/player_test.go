package smtpproxy

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"
)

// player is a client that says what comes to its mind, some of it in one piece
// with what it said before.
type player struct {
	id    string
	rnd   *rand.Rand
	c     net.Conn
	r     *bufio.Reader
	t     *testing.T
	out   strings.Builder
	then  []func(code string) // who waits for the replies to what is in out
	hasty bool                // pipelines
	gone  bool

	unkind []string // refusals that nothing of the client's is to blame for

	all []*transaction
}

func (p *player) chance(n int) bool { return p.rnd.IntN(n) == 0 }

func (p *player) talk(t *testing.T, m *model) {
	address, login := m.plain, p.chance(8)
	if login || p.chance(2) {
		address = m.login
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	p.t, p.c, p.r, p.hasty = t, c, bufio.NewReader(c), p.chance(2)
	p.then = append(p.then, func(string) {})
	p.say(hello)
	p.sync()
	if login && p.chance(2) { // in the middle of it
		p.say("AUTH LOGIN\r\n")
		p.sync()
		return
	}
	if login {
		p.say("AUTH PLAIN " + b64("\x00taro\x00secret") + "\r\n")
		p.sync()
	}
	for range 1 + p.rnd.IntN(4) {
		p.transact()
	}
	if p.chance(3) { // without a word
		return
	}
	p.say("QUIT\r\n")
	p.sync()
}

// say puts a command on its way.
func (p *player) say(command string, then ...func(code string)) {
	p.out.WriteString(command)
	p.then = append(p.then, func(code string) {
		for _, f := range then {
			f(code)
		}
	})
	if !p.hasty || p.chance(5) {
		p.sync()
	}
	if p.chance(30) { // NOOPs go to the next hop meanwhile
		time.Sleep(4 * time.Millisecond)
	}
}

// sync sends what was said, and reads a reply to each of it.
func (p *player) sync() {
	then := p.then
	p.then = nil
	text := p.out.String()
	p.out.Reset()
	if p.gone {
		return
	}
	if _, err := p.c.Write([]byte(text)); err != nil {
		p.gone = true
		return
	}
	for _, f := range then {
		code, err := p.reply()
		if err != nil {
			p.gone = true
			return
		}
		f(code)
	}
}

func (p *player) reply() (string, error) {
	for {
		l, err := p.r.ReadString('\n')
		if err != nil {
			if n, ok := err.(net.Error); ok && n.Timeout() {
				p.t.Errorf("%s: no reply in 20 s", p.id)
			}
			return "", err
		}
		if len(l) > 3 && l[3] == ' ' {
			return l[:3], nil
		}
	}
}

// transact plays a transaction, to its end or not.
func (p *player) transact() {
	tx := &transaction{id: fmt.Sprintf("%s-%d", p.id, len(p.all)), fate: "all"}
	p.all = append(p.all, tx)
	tx.mail = fmt.Sprintf("<s%s@example.jp>%s", tx.id, p.any("", " SIZE=500", " BODY=8BITMIME"))
	p.say("MAIL FROM:"+tx.mail+"\r\n", p.blameless("MAIL"))
	for n := range p.rnd.IntN(5) {
		p.recipient(tx, n)
		p.trifle(tx)
	}
	switch p.rnd.IntN(12) {
	case 0:
		p.say("RSET\r\n")
		return
	case 1:
		p.say(hello)
		p.sync() // EHLO is last
		return
	case 2: // a chunk, which is not taken, and its octets, which are no commands
		p.say("BDAT 6\r\nRSET\r\n")
	}
	p.hand(tx)
}

func (p *player) recipient(tx *transaction, n int) {
	domain, kind := "partner.example", p.blameless("RCPT")
	if p.chance(10) {
		domain, kind = "blocked.example", func(string) {}
	}
	to := fmt.Sprintf("<r%d-%s@%s>%s", n, tx.id, domain, p.any("", "", " NOTIFY=NEVER"))
	p.say("RCPT TO:"+to+"\r\n", func(code string) {
		if code[0] == '2' {
			tx.rcpt = append(tx.rcpt, to)
		} else {
			tx.refused = append(tx.refused, to)
		}
	}, kind)
}

// blameless notes a refusal of what was said well.
func (p *player) blameless(what string) func(code string) {
	return func(code string) {
		if code != "250" {
			p.unkind = append(p.unkind, code+" to "+what)
		}
	}
}

func (p *player) trifle(tx *transaction) {
	switch p.rnd.IntN(20) {
	case 0:
		p.say("NOOP\r\n")
	case 1:
		another := "<n" + tx.mail[2:]
		p.say("MAIL FROM:"+another+"\r\n", func(code string) {
			if code == "250" { // the first was refused
				tx.mail = another
			}
		})
	case 2:
		p.say("RCPT TO:<odd\r\n")
	}
}

// hand says DATA and sends the message, or ends in the middle of it.
func (p *player) hand(tx *transaction) {
	open := false
	p.say("DATA\r\n", func(code string) { open = code == "354" })
	p.sync()
	if p.gone {
		return
	}
	if !open { // nobody was taken, or there is no transaction
		if len(tx.rcpt) > 0 {
			p.t.Errorf("%s: no DATA for %q", tx.id, tx.rcpt)
		}
		p.say("RSET\r\n")
		return
	}
	text := p.message(tx)
	kind := p.blameless("the dot")
	if strings.HasPrefix(text, "Subject: refuse") {
		kind = func(string) {}
	}
	if p.chance(20) {
		p.c.Write([]byte(text[:p.rnd.IntN(len(text))]))
		p.c.Close()
		p.gone, tx.body = true, ""
		return
	}
	p.say(stuffed(text)+".\r\n", func(code string) { tx.reply = code }, kind)
}

// message is one whose subject tells what is to become of it.
func (p *player) message(tx *transaction) string {
	subject := p.any("all", "all", "hold", "refuse", "some")
	switch subject {
	case "hold", "refuse":
		tx.fate = "none"
	case "some":
		places := ""
		for n, to := range tx.rcpt {
			if n == 0 || p.chance(2) {
				places += fmt.Sprint(n)
				tx.keep = append(tx.keep, to)
			}
		}
		tx.fate = "some"
		subject += " " + places
	}
	tx.body = "Subject: " + subject + "\r\nMessage-ID: <" + tx.id + "@client.example.jp>\r\n\r\n.body\r\n" + strings.Repeat("line\r\n", p.rnd.IntN(20))
	return tx.body
}

func (p *player) any(of ...string) string { return of[p.rnd.IntN(len(of))] }
