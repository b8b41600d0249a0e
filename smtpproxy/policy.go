package smtpproxy

import (
	"crypto/tls"
	"fmt"
	"log/slog"

	"maillint/policy"
	"maillint/submit"
)

// Listeners makes the listeners of a policy, with the routes they lead to. Files
// of certificates are read here, and their errors told.
func Listeners(p *policy.Proxy, log *slog.Logger) ([]*Listener, error) {
	routes := map[string]*submit.Route{}
	for _, h := range p.NextHops {
		r, err := Route(h, p.Hostname)
		if err != nil {
			return nil, err
		}
		routes[h.Name] = r
	}
	var out []*Listener
	for _, l := range p.Listeners {
		hop := p.NextHop(l.NextHop)
		if hop == nil {
			return nil, fmt.Errorf("smtpproxy: listener %s: no next hop %q", l.Name, l.NextHop)
		}
		made, err := listener(l, log)
		if err != nil {
			return nil, err
		}
		made.NextHop, made.OAuthVerified = routes[hop.Name], hop.OAuthVerified
		if err := made.check(); err != nil {
			return nil, err
		}
		out = append(out, made)
	}
	return out, nil
}

// listener takes over what the policy says of one.
func listener(l *policy.Listener, log *slog.Logger) (*Listener, error) {
	out := &Listener{
		Name: l.Name, Address: l.Address, Trust: Trust(l.Trust), Identity: Source(l.Identity),
		From: l.From, Certificates: l.Certificates, AuthOptional: l.AuthOptional, InsecureAuth: l.InsecureAuth,
		Implicit: l.TLS == policy.ImplicitTLS, XClient: l.XClient, XForward: l.XForward, ProxyProtocol: l.ProxyProtocol,
		RefuseBareLF: l.RefuseBareLF, Transparent: l.Transparent,
	}
	if l.TLS == policy.NoTLS || l.Certificate == "" && l.TLS == policy.STARTTLS {
		return out, nil // a listener of a flag, on loopback, has no certificate
	}
	cert, err := LoadCertificate(l.Certificate, l.Key, log)
	if err != nil {
		return nil, err
	}
	out.TLS = &tls.Config{GetCertificate: cert.Get, MinVersion: minVersion(l.MinTLS)}
	if l.ClientCA != "" {
		if out.TLS.ClientCAs, err = authorities(l.ClientCA); err != nil {
			return nil, err
		}
		out.TLS.ClientAuth = tls.VerifyClientCertIfGiven
	}
	return out, nil
}

func minVersion(s string) uint16 {
	if s == "1.3" {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}

// Route makes the way to a next hop. hello is our name in EHLO.
func Route(h *policy.NextHop, hello string) (*submit.Route, error) {
	out := &submit.Route{Name: h.Name, Addresses: h.Addresses, Hello: hello, Security: security[h.TLS]}
	for _, a := range h.Announce {
		out.Announce |= announcements[a]
	}
	if h.TLS == policy.NoTLS {
		return out, nil
	}
	out.TLS = &tls.Config{ServerName: h.ServerName, InsecureSkipVerify: !h.Verify}
	if h.CA != "" {
		pool, err := authorities(h.CA)
		if err != nil {
			return nil, err
		}
		out.TLS.RootCAs = pool
	}
	return out, nil
}

var security = map[policy.TLSMode]submit.Security{
	policy.NoTLS: submit.Clear, policy.STARTTLS: submit.StartTLS, policy.ImplicitTLS: submit.Implicit, policy.Opportunistic: submit.Opportunistic,
}

var announcements = map[string]submit.Announce{"xclient": submit.XClient, "xforward": submit.XForward, "proxy": submit.ProxyV2}
