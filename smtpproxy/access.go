package smtpproxy

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"

	"maillint/submit"
)

func contains(list []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

func (c *conn) onTLS() bool {
	_, ok := c.wire.tls()
	return ok
}

func (c *conn) canStartTLS() bool {
	return c.listener.TLS != nil && !c.listener.Implicit && !c.onTLS()
}

// authWanted reports whether this listener takes log-ins at all.
func (c *conn) authWanted() bool { return c.listener.Trust == Submission || c.listener.AuthOptional }

// authAllowed reports whether a log-in may come now: under TLS, or on loopback
// where the operator said so.
func (c *conn) authAllowed() bool {
	return c.authWanted() && (c.onTLS() || c.listener.InsecureAuth && c.peer.Unmap().IsLoopback())
}

// known reports whether the client may use a relay listener.
func (c *conn) known() bool {
	return c.listener.Trust == Relay && (contains(c.listener.From, c.peer) || c.certified())
}

// certified reports whether the client showed a certificate with one of the
// listener's names, which was verified in the handshake.
func (c *conn) certified() bool {
	state, ok := c.wire.tls()
	if !ok || len(state.VerifiedChains) == 0 {
		return false
	}
	return slices.ContainsFunc(certificateNames(state), func(n string) bool {
		return slices.ContainsFunc(c.listener.Certificates, func(want string) bool { return strings.EqualFold(n, want) })
	})
}

func certificateNames(state tls.ConnectionState) []string {
	var leaf *x509.Certificate = state.PeerCertificates[0]
	if len(leaf.DNSNames) > 0 { // RFC 6125, 6.4.4: the common name only where there is nothing else
		return leaf.DNSNames
	}
	return []string{leaf.Subject.CommonName}
}

// permitted gives the refusal of a client that may not send, or nil.
func (c *conn) permitted() *submit.Reply {
	switch {
	case c.login.done, c.known():
		return nil
	case c.canStartTLS() && (c.authWanted() || len(c.listener.Certificates) > 0):
		return &replyTLSFirst
	case c.authAllowed():
		return &replyAuthFirst
	case c.authWanted():
		return &replyTLSFirst
	}
	return &replyStranger
}

// mayNeedHop reports whether the next hop's abilities matter now: nothing is
// asked of it for a client that cannot send yet.
func (c *conn) mayNeedHop() bool { return c.known() || c.login.done || c.authAllowed() }
