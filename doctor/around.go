package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"maillint/policy"
)

// Around is the point that "doctor --around" looks at alone: it is meant for a
// user's machine, from where nothing must get past maillint.
const Around = "around"

// lookAround tries the servers behind maillint: at their own ports and at those
// of mail. On the machine of maillint itself they may take mail; from a user's
// they must not.
func lookAround(ctx context.Context, p *Patient, say saying) {
	if p.Door != Around {
		say(Skipped, "not tried from here: the next hop believes this machine", "whether users reach the next hop past maillint is not known", "run maillint doctor --around on a user's machine, with the same rules.yaml")
		return
	}
	for _, address := range behind(p) {
		c, err := dialFrom(ctx, netip.Addr{}, address)
		if err != nil {
			say(OK, fmt.Sprintf("%s: no way there from here", address), "", "")
			continue
		}
		took, why := c.around(ours(p).String(), stranger)
		c.Close()
		if took {
			say(Fail, fmt.Sprintf("%s takes mail to outsiders from this machine, without a log-in", address), "mail goes around maillint: nothing is judged", "close it: smtpd_client_restrictions, mynetworks or a firewall that lets only maillint there (docs/postfix.md, section 4)")
		} else {
			say(OK, fmt.Sprintf("%s: %q", address, why), "", "")
		}
	}
}

// around is relay where it is not known how the server wants to be spoken to.
func (c *plain) around(from, to string) (bool, string) {
	_, port, _ := net.SplitHostPort(c.RemoteAddr().String())
	l := &policy.Listener{}
	if port == "465" {
		l.TLS = policy.ImplicitTLS
	}
	return c.relay(l, from, to)
}

// behind are the addresses of the servers behind maillint, at the ports of mail.
func behind(p *Patient) []string {
	var out []string
	for _, h := range append(slices.Clone(p.Hops), p.Release) {
		if h == nil {
			continue
		}
		for _, a := range h.Addresses {
			host, port, err := net.SplitHostPort(a)
			if err != nil {
				continue
			}
			for _, n := range []string{port, "25", "587", "465"} {
				if one := net.JoinHostPort(host, n); !contains(out, one) {
					out = append(out, one)
				}
			}
		}
	}
	return out
}
