package doctor

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"maillint/policy"
)

// lookListeners tries to relay as a stranger through every listener.
func lookListeners(ctx context.Context, p *Patient, say saying) {
	if len(p.Policy.Proxy.Listeners) == 0 {
		say(Skipped, "there are none", "", "")
	}
	for _, l := range p.Policy.Proxy.Listeners {
		wide(l, say)
		listener(ctx, p, l, say)
	}
}

// wide tells of networks that are more than a house.
func wide(l *policy.Listener, say saying) {
	for _, n := range l.From {
		most := 16 // of IPv4
		if n.Addr().Is6() {
			most = 32
		}
		private := n.Addr().IsPrivate() || n.Addr().IsLoopback() || n.Addr().IsLinkLocalUnicast()
		switch {
		case n.Bits() == 0:
			say(Fail, fmt.Sprintf("%s: from: %s is everybody", l.Name, n), "an open relay: the next hop believes this machine", "name the networks of the machines that may")
		case !private && n.Bits() < most:
			say(Warn, fmt.Sprintf("%s: from: %s is %d addresses wide", l.Name, n, n.Bits()), "whoever has one of them sends as anybody", "name the machines")
		}
	}
}

func listener(ctx context.Context, p *Patient, l *policy.Listener, say saying) {
	to, from := reach(l.Address)
	if from.IsValid() && within(l.From, from) {
		say(OK, fmt.Sprintf("%s: this machine (%s) is one of those that may relay; others were not tried from here", l.Name, from), "", "")
		return
	}
	if within(l.ProxyProtocol, from) {
		say(Skipped, fmt.Sprintf("%s: it waits for the PROXY protocol from this machine: not tried", l.Name), "", "try it from another machine: maillint doctor --around")
		return
	}
	c, err := dialFrom(ctx, from, to)
	if err != nil {
		say(Warn, fmt.Sprintf("%s: nothing answers at %s: %v", l.Name, to, err), "nobody can send there", "start the program, or look at the firewall")
		return
	}
	defer c.Close()
	took, why := c.relay(l, ours(p).String(), stranger)
	switch {
	case took:
		say(Fail, fmt.Sprintf("%s: it takes mail of a stranger (%s) to an outsider", l.Name, from), "an open relay: the next hop believes this machine", "trust: submission, or name under from: who may")
	default:
		say(OK, fmt.Sprintf("%s: a stranger (%s) gets %q", l.Name, from, why), "", "")
	}
}

// reach gives where to connect to, and from which address: as far from loopback
// as the listener allows.
func reach(address string) (string, netip.Addr) {
	host, port, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "" || err == nil && ip.IsUnspecified():
		for _, own := range ownAddresses() {
			if own.Is4() || host != "0.0.0.0" {
				return net.JoinHostPort(own.String(), port), own
			}
		}
		return net.JoinHostPort("127.0.0.1", port), netip.MustParseAddr("127.0.0.1")
	case err == nil:
		return address, ip.Unmap()
	case host == "localhost":
		return address, netip.MustParseAddr("127.0.0.1")
	}
	return address, netip.Addr{}
}

func within(list []netip.Prefix, ip netip.Addr) bool {
	for _, n := range list {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// plain is an SMTP dialogue that believes nothing and sends no message.
type plain struct {
	net.Conn
	r *bufio.Reader
}

func dialFrom(ctx context.Context, from netip.Addr, to string) (*plain, error) {
	d := net.Dialer{Timeout: dialTime}
	if from.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	conn, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(2 * dialTime))
	return &plain{conn, bufio.NewReaderSize(conn, 4096)}, nil
}

// ask sends a line and reads the answer: its code and its last line.
func (c *plain) ask(line string) (code string, text string) {
	if line != "" {
		if _, err := c.Write([]byte(line + "\r\n")); err != nil {
			return "", err.Error()
		}
	}
	for range 100 {
		b, err := c.r.ReadSlice('\n')
		if err != nil {
			return "", err.Error()
		}
		s := strings.TrimRight(string(b), "\r\n")
		if len(s) < 4 || s[3] != '-' {
			return s[:min(len(s), 3)], s
		}
	}
	return "", "an answer without end"
}

// secure puts TLS over the connection. Who answers is not asked: nothing secret
// is said.
func (c *plain) secure() error {
	t := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // see above
	if err := t.Handshake(); err != nil {
		return err
	}
	c.Conn, c.r = t, bufio.NewReaderSize(t, 4096)
	return nil
}

// relay tries to have a message to an outsider taken. The dialogue ends before
// DATA.
func (c *plain) relay(l *policy.Listener, from, to string) (took bool, why string) {
	if l.TLS == policy.ImplicitTLS {
		if err := c.secure(); err != nil {
			return false, err.Error()
		}
	}
	if code, text := c.ask(""); code != "220" {
		return false, text
	}
	if code, text := c.ask("EHLO doctor.example.com"); code != "250" {
		return false, text
	}
	if l.TLS == policy.STARTTLS {
		if code, text := c.ask("STARTTLS"); code != "220" {
			return false, text
		}
		if err := c.secure(); err != nil {
			return false, err.Error()
		}
		if code, text := c.ask("EHLO doctor.example.com"); code != "250" {
			return false, text
		}
	}
	return c.take(from, to)
}

func (c *plain) take(from, to string) (took bool, why string) {
	code, text := c.ask("MAIL FROM:<" + from + ">")
	if code == "250" {
		code, text = c.ask("RCPT TO:<" + to + ">")
	}
	if code[:min(len(code), 1)] == "2" {
		_, _ = c.ask("RSET")
		return true, text
	}
	_, _ = c.ask("QUIT")
	return false, text
}
