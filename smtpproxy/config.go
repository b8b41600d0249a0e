// Package smtpproxy is the SMTP front: it takes mail in from clients, passes
// every command on to the next hop while it comes, and has the gate judge each
// message whole before it is handed over.
package smtpproxy

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/submit"
)

// Trust says what a listener asks of a client before MAIL.
type Trust int

const (
	Submission Trust = iota // a log-in that the next hop accepted
	Relay                   // a known network or client certificate
)

// Source says where the identity comes from on a relay listener.
type Source int

const (
	Claimed     Source = iota // the reverse-path, which nobody vouches for
	ReversePath               // the reverse-path, which an MTA in front checked
	ClientAddr                // the client's address: a device
	XClient                   // the LOGIN that a configured peer tells by XCLIENT
)

// Listener is one address that clients connect to.
type Listener struct {
	Name     string
	Address  string // host:port; port 0 picks a free one
	Trust    Trust
	Identity Source

	From         []netip.Prefix // a relay listener's networks
	Certificates []string       // names in verified client certificates that do as well
	AuthOptional bool           // a relay listener also passes log-ins on
	InsecureAuth bool           // log-ins without TLS; from loopback only

	TLS      *tls.Config // nil: no TLS
	Implicit bool        // TLS from the first byte, not by STARTTLS

	XClient, XForward, ProxyProtocol []netip.Prefix // peers that are believed
	RefuseBareLF                     bool
	Transparent                      bool // behind smtpd_proxy_filter: no Received field is added

	NextHop       *submit.Route
	OAuthVerified bool // the next hop checks that the user named in an OAuth log-in is the token's
}

// Gate judges messages and carries verdicts out.
type Gate interface {
	// Recipient gives the refusal of one recipient, or nil.
	Recipient(ctx context.Context, tx *gate.Transaction, rcpt submit.Path) *submit.Reply
	// Submit gives the one reply to a message.
	Submit(ctx context.Context, tx *gate.Transaction, hop gate.NextHop) submit.Reply
}

// Options are a proxy's settings. Gate, Policy and Spool must be set.
type Options struct {
	Hostname string // ours in greetings
	Gate     Gate
	Policy   func() *policy.Policy // the one in force: who is behind a log-in
	Spool    *spool.Budget
	Canary   gate.Canary  // nil: canaries are refused
	Log      *slog.Logger // nil: nothing is logged

	MessageSize int64 // octets; 0 is 50 MiB
	Recipients  int   // in one transaction; 0 is 1,000
	Connections int   // at a time; 0 is 1,000
	PerClient   int   // of one address (IPv6: of one /64); 0 is 50

	Timeouts  Timeouts
	KeepAlive time.Duration // between NOOPs to the next hop while the client is waited for; 0 is 20 seconds
	Now       func() time.Time
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.KeepAlive == 0 {
		o.KeepAlive = 20 * time.Second
	}
	if o.Hostname == "" {
		o.Hostname = "localhost"
	}
	for _, d := range []struct {
		to *int
		n  int
	}{{&o.Recipients, 1000}, {&o.Connections, 1000}, {&o.PerClient, 50}} {
		if *d.to == 0 {
			*d.to = d.n
		}
	}
	if o.MessageSize == 0 {
		o.MessageSize = 50 << 20
	}
	o.Timeouts = o.Timeouts.filled()
	return o
}
