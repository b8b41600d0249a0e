package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/submit"
)

// Strangers are addresses that belong to nobody (RFC 2606): nothing is ever sent
// to them, the dialogue ends before DATA.
const stranger = "postmaster@example.com"

// dialTime bounds one connection.
const dialTime = 8 * time.Second

// one is a route of one of its addresses.
func one(r *submit.Route, address string) *submit.Route {
	return &submit.Route{Name: r.Name, Addresses: []string{address}, Security: r.Security, TLS: r.TLS, Auth: r.Auth, Announce: r.Announce, Hello: r.Hello,
		Timeouts: submit.Timeouts{Connect: dialTime, Command: dialTime}}
}

// lookNames: every host that the policy names is known to DNS.
func lookNames(ctx context.Context, p *Patient, say saying) {
	var hosts []string
	add := func(address string) {
		host, _, err := net.SplitHostPort(address)
		if err == nil && host != "" && !contains(hosts, host) {
			if _, err := netip.ParseAddr(host); err != nil {
				hosts = append(hosts, host)
			}
		}
	}
	for _, r := range append(p.Hops, p.Release) {
		if r != nil {
			for _, a := range r.Addresses {
				add(a)
			}
		}
	}
	for _, host := range hosts {
		list, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			say(Fail, fmt.Sprintf("%s: %v", host, err), "mail for it is answered 451", "look at the name, and at this machine's DNS")
			continue
		}
		say(OK, fmt.Sprintf("%s is %s", host, strings.Join(list, ", ")), "", "")
	}
	if len(hosts) == 0 {
		say(OK, "the policy names addresses only", "", "")
	}
}

func lookHops(ctx context.Context, p *Patient, say saying) {
	if len(p.Hops) == 0 {
		say(Skipped, "there is none, and a milter needs none", "", "")
	}
	for _, h := range p.Hops {
		for _, address := range h.Addresses {
			hop(ctx, p, h, address, say)
		}
	}
}

// hop connects to one address of a next hop as the proxy does.
func hop(ctx context.Context, p *Patient, r *submit.Route, address string, say saying) {
	name := fmt.Sprintf("%s (%s)", r.Name, address)
	s, err := one(r, address).Dial(ctx, submit.Client{Addr: netip.MustParseAddrPort("127.0.0.1:25"), Hello: "localhost", Protocol: "ESMTP"})
	if err != nil {
		say(Fail, fmt.Sprintf("%s: %v", name, err), "all mail for it is answered 451", "look whether the server runs, at the address, at TLS (proxy.next_hops)")
		return
	}
	defer s.Quit(ctx)
	secured(p, s, name, address, say)
	_, login := s.Extensions()["AUTH"]
	if !login && asksForLogin(p, r.Name) {
		say(Fail, name+": it offers no AUTH", "nobody can log in at a submission listener: the next hop checks the passwords", "switch log-ins on there, for this machine, or make the listener trust: relay")
	}
	if asksForLogin(p, r.Name) && takesStrangers(ctx, p, s) {
		say(Warn, name+": it takes mail to outsiders from this machine without a log-in", "whoever can send from this machine needs no password", "let it ask for a log-in, unless a relay listener needs it so")
	}
	say(OK, name+": it answers", "", "")
}

// secured looks at the connection's TLS.
func secured(p *Patient, s *submit.Session, name, address string, say saying) {
	state, on := s.TLS()
	switch {
	case !on && !loopback(address):
		say(Warn, name+": the connection is not encrypted", "mail and passwords can be read on their way", "write tls: starttls")
	case on && len(state.PeerCertificates) > 0:
		expiry(say, p.Now(), name, state.PeerCertificates[0])
	}
}

func loopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// asksForLogin reports whether people log in with this next hop.
func asksForLogin(p *Patient, hop string) bool {
	for _, l := range p.Policy.Proxy.Listeners {
		if h := p.Policy.Proxy.NextHop(l.NextHop); l.Trust == policy.Submission && h != nil && h.Name == hop {
			return true
		}
	}
	return false
}

// takesStrangers reports whether a server takes mail from one of ours to an
// outsider, in a session that has not logged in. There is no DATA.
func takesStrangers(ctx context.Context, p *Patient, s *submit.Session) bool {
	if s.Authenticated() {
		return false
	}
	mail, err := s.Mail(ctx, submit.Path{Address: ours(p)})
	if err != nil || !mail.OK() {
		_, _ = s.Reset(ctx)
		return false
	}
	a, _ := message.ParseAddress(stranger)
	rcpt, err := s.Rcpt(ctx, submit.Path{Address: a})
	_, _ = s.Reset(ctx)
	return err == nil && rcpt.OK()
}

// ours is an address of the organisation.
func ours(p *Patient) message.Address {
	for _, d := range p.Policy.Organization.Domains {
		if d = strings.TrimPrefix(d, "="); !strings.HasPrefix(d, "!") {
			return message.Address{Local: "postmaster", Domain: d}
		}
	}
	return message.Address{Local: "postmaster", Domain: "localhost"}
}

// lookRelease tries the route of held mail: each address, MAIL and RCPT, and
// whether it leads back to us.
func lookRelease(ctx context.Context, p *Patient, say saying) {
	if p.Release == nil || len(p.Release.Addresses) == 0 || len(p.Policy.Holds.Fallback) == 0 {
		say(Fail, "release or holds.fallback is not set", "nothing can be held", "write both; docs/holds.md, The release route")
		return
	}
	for _, address := range p.Release.Addresses {
		if l := ownListener(ctx, p, address); l != "" {
			say(Fail, fmt.Sprintf("%s is our own listener %s", address, l), "held mail would be held again", "write the server behind us, on a port where maillint does not stand before it")
			continue
		}
		release(ctx, p, address, say)
	}
}

func release(ctx context.Context, p *Patient, address string, say saying) {
	s, err := one(p.Release, address).Dial(ctx, submit.Client{})
	if err != nil {
		say(Fail, fmt.Sprintf("%s: %v", address, err), "what has to be held is answered 451; what was decided waits", "look at the address, TLS and the log-in (release)")
		return
	}
	defer s.Quit(ctx)
	secured(p, s, address, address, say)
	for _, t := range []struct {
		from message.Address
		to   message.Address
		what string
	}{
		{message.Address{}, p.Policy.Holds.Fallback[0], "the null reverse-path to the administrators"},
		{ours(p), mustParse(stranger), "our reverse-path to an outsider"},
	} {
		if reply, refused := refuses(ctx, s, t.from, t.to); refused {
			say(Fail, fmt.Sprintf("%s refuses %s: %s", address, t.what, reply), "held mail or notices do not get out", "let it relay for this machine, or for this log-in")
			return
		}
	}
	say(OK, address+": it takes notices and mail to outsiders (asked, not sent)", "", "")
	if p.Send {
		sendTest(ctx, p, s, say)
	}
}

func mustParse(s string) message.Address {
	a, _ := message.ParseAddress(s)
	return a
}

// refuses asks MAIL and RCPT, and takes it back. For the moment is not refused.
func refuses(ctx context.Context, s *submit.Session, from, to message.Address) (string, bool) {
	reply, err := s.Mail(ctx, submit.Path{Address: from})
	if err == nil && reply.OK() {
		reply, err = s.Rcpt(ctx, submit.Path{Address: to})
	}
	_, _ = s.Reset(ctx)
	if err != nil {
		return err.Error(), true
	}
	return reply.String(), !reply.OK() && !reply.Temporary()
}

// ownListener names the listener of ours that an address is, or gives "".
func ownListener(ctx context.Context, p *Patient, address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return ""
	}
	ips, _ := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	for _, l := range p.Policy.Proxy.Listeners {
		at, listens, err := net.SplitHostPort(l.Address)
		if err != nil || listens != port || port == "0" {
			continue
		}
		for _, ip := range ips {
			if here(ip.Unmap(), at) {
				return l.Name
			}
		}
	}
	return ""
}

// here reports whether an address of this machine is one that a listener
// listens on.
func here(ip netip.Addr, listens string) bool {
	if listens == "localhost" {
		return ip.IsLoopback()
	}
	l, err := netip.ParseAddr(listens)
	if err == nil && !l.IsUnspecified() {
		return l.Unmap() == ip
	}
	if ip.IsLoopback() {
		return true
	}
	for _, own := range ownAddresses() {
		if own == ip {
			return true
		}
	}
	return false
}

// ownAddresses are this machine's, loopback and link-local ones left out.
func ownAddresses() []netip.Addr {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range list {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil {
			if ip := prefix.Addr().Unmap(); !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
				out = append(out, ip)
			}
		}
	}
	return out
}
