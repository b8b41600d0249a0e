package policy

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Proxy says how mail is taken in and passed on.
type Proxy struct {
	// Hostname is ours in greetings and Received fields; the machine's if empty.
	Hostname string
	// HideClient leaves out of Received who connected.
	HideClient bool
	// SubjectPrefix marks the subject of tagged mail; empty: nothing is marked.
	SubjectPrefix string
	Listeners     []*Listener
	NextHops      []*NextHop
	// MessageSize is the largest message taken in, in octets.
	MessageSize int64
	// Recipients is how many one transaction may have.
	Recipients int
	// Memory and Spool bound the octets of all messages on their way, in memory
	// and in files; Floor is the free space below which nothing is taken in.
	Memory, Spool, Floor int64
	SpoolFolder          string // of the files; "" is the system's folder for temporary files
	// Connections bounds all clients together, PerClient those of one address.
	Connections, PerClient int
}

// ListenerTrust says what a listener asks of a client.
type ListenerTrust int

// Submission listeners take mail from those who log in, relay listeners from
// known networks and certificates.
const (
	Submission ListenerTrust = iota
	Relay
)

var listenerTrusts = []string{"submission", "relay"}

// String is the trust's name.
func (t ListenerTrust) String() string { return listenerTrusts[t] }

// TLSMode says how a connection is encrypted.
type TLSMode int

// The modes of TLS. Opportunistic is for next hops only: encrypted where it is
// offered.
const (
	NoTLS TLSMode = iota
	STARTTLS
	ImplicitTLS
	Opportunistic
)

var tlsModes = []string{"none", "starttls", "implicit", "opportunistic"}

// String is the mode's name.
func (t TLSMode) String() string { return tlsModes[t] }

// IdentityFrom says where a relay listener takes the identity from.
type IdentityFrom int

// The sources of an identity. ReversePathClaimed is what holds where the
// policy says nothing; the others are vouched for.
const (
	ReversePathClaimed IdentityFrom = iota
	ReversePathVouched
	ClientAddress
	XClientLogin
)

var identityFrom = []string{"", "reverse-path", "client", "xclient"}

// String is the source's name; empty for ReversePathClaimed.
func (i IdentityFrom) String() string { return identityFrom[i] }

// Listener is an address that clients connect to.
type Listener struct {
	Name     string
	Address  string // host:port
	Trust    ListenerTrust
	TLS      TLSMode
	MinTLS   string // "1.2" or "1.3"
	Identity IdentityFrom
	// From and Certificates are who may use a relay listener.
	From         []netip.Prefix
	Certificates []string // names in verified client certificates
	// Certificate, Key and ClientCA are PEM files.
	Certificate, Key, ClientCA string
	// AuthOptional offers AUTH on a relay listener.
	AuthOptional bool
	// InsecureAuth allows AUTH without TLS, on loopback only. No policy can
	// set it, a flag does.
	InsecureAuth bool
	// XClient, XForward and ProxyProtocol are the peers whose word is believed.
	XClient, XForward, ProxyProtocol []netip.Prefix
	// RefuseBareLF refuses a message with a bare LF instead of mending it.
	RefuseBareLF bool
	// Transparent listeners add no Received: behind smtpd_proxy_filter.
	Transparent bool
	NextHop     string // its name; the first if empty

	at place
}

// Loopback reports whether only this machine can reach the listener.
func (l *Listener) Loopback() bool { return loopback(l.Address) }

// Transport says how a server is spoken to.
type Transport struct {
	TLS        TLSMode
	Verify     bool   // its certificate must be for its name
	CA         string // PEM file of the authorities; the machine's if empty
	ServerName string // the name in its certificate, where it is not that of the address
}

// NextHop is a server that mail is passed on to.
type NextHop struct {
	Name      string
	Addresses []string // host:port; the next one is tried where one does not answer
	Transport
	// Announce says how the client is told: "xclient", "xforward", "proxy".
	Announce []string
	// OAuthVerified: this server checks that the user named in an OAuth login
	// is the token's.
	OAuthVerified bool
	// Resign: who signs (DKIM) what we pass on, so that a signature over a
	// changed field may be taken out.
	Resign Resign

	at place
}

// NextHop finds a next hop by name, the first for "", or gives nil.
func (p *Proxy) NextHop(name string) *NextHop {
	for _, h := range p.NextHops {
		if name == "" || h.Name == name {
			return h
		}
	}
	return nil
}

// newProxy is the section as it is without a word.
func newProxy() Proxy {
	return Proxy{
		MessageSize: 50 << 20, Recipients: 1000, Memory: 256 << 20, Spool: 4 << 30, Floor: 512 << 20,
		Connections: 1000, PerClient: 50,
	}
}

func (r *reader) readProxy(n *yaml.Node, path string) Proxy {
	out := newProxy()
	r.mapping(n, path, "key",
		key{"hostname", func(v *yaml.Node, p string) { out.Hostname = r.domainText(v, p) }},
		key{"hide_client", func(v *yaml.Node, p string) { out.HideClient = r.boolean(v, p) }},
		key{"subject_prefix", func(v *yaml.Node, p string) { out.SubjectPrefix, _ = r.text(v, p) }},
		key{"listeners", func(v *yaml.Node, p string) { out.Listeners = r.listeners(v, p) }},
		key{"next_hops", func(v *yaml.Node, p string) { out.NextHops = r.nextHops(v, p) }},
		key{"message_size", func(v *yaml.Node, p string) { out.MessageSize = r.size(v, p) }},
		key{"recipients", func(v *yaml.Node, p string) { out.Recipients = r.positive(v, p) }},
		key{"memory", func(v *yaml.Node, p string) { out.Memory = r.size(v, p) }},
		key{"spool", func(v *yaml.Node, p string) { r.spool(v, p, &out) }},
		key{"connections", func(v *yaml.Node, p string) { out.Connections = r.positive(v, p) }},
		key{"connections_per_client", func(v *yaml.Node, p string) { out.PerClient = r.positive(v, p) }},
	)
	for _, l := range out.Listeners {
		if l.NextHop != "" && out.NextHop(l.NextHop) == nil {
			names := make([]string, len(out.NextHops))
			for i, h := range out.NextHops {
				names[i] = h.Name
			}
			r.fail(l.at, didYouMean(l.NextHop, names), "%s.listeners.%s.next_hop: there is no next hop %q", path, l.Name, clip(l.NextHop))
		}
	}
	if out.Memory > 0 && out.Spool > 0 && out.MessageSize > out.Memory+out.Spool {
		r.fail(r.at(n), "", "%smessage_size is more than memory and spool together", prefix(path))
	}
	return out
}

func (r *reader) spool(n *yaml.Node, path string, out *Proxy) {
	if n.Kind == yaml.ScalarNode {
		out.Spool = r.size(n, path)
		return
	}
	r.mapping(n, path, "key",
		key{"folder", func(v *yaml.Node, p string) {
			if s, ok := r.text(v, p); ok {
				out.SpoolFolder = r.world.path(s)
			}
		}},
		key{"size", func(v *yaml.Node, p string) { out.Spool = r.size(v, p) }},
		key{"floor", func(v *yaml.Node, p string) { out.Floor = r.size(v, p) }},
	)
}

// listeners reads a mapping from names to listeners.
func (r *reader) listeners(n *yaml.Node, path string) []*Listener {
	var out []*Listener
	for k, v := range r.pairs(n, path) {
		l := &Listener{Name: k.Value, TLS: STARTTLS, MinTLS: "1.2", at: r.at(k)}
		if r.nameOf(k, path) {
			r.listener(l, v, join(path, k.Value))
			out = append(out, l)
		}
	}
	return out
}

func (r *reader) nameOf(k *yaml.Node, path string) bool {
	if !kebab.MatchString(k.Value) {
		r.fail(r.at(k), "", "%snames are small letters, digits and hyphens, not %q", prefix(path), clip(k.Value))
		return false
	}
	return true
}

func (r *reader) listener(l *Listener, n *yaml.Node, path string) {
	before := len(r.problems)
	r.mapping(n, path, "key",
		key{"address", func(v *yaml.Node, p string) { l.Address = r.hostPort(v, p, true) }},
		key{"trust", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "trust", listenerTrusts)
			l.Trust = ListenerTrust(i)
		}},
		key{"tls", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "mode", tlsModes[:Opportunistic])
			l.TLS = TLSMode(i)
		}},
		key{"min_tls", func(v *yaml.Node, p string) { l.MinTLS = r.tlsVersion(v, p) }},
		key{"certificate", func(v *yaml.Node, p string) { l.Certificate = r.path(v, p) }},
		key{"key", func(v *yaml.Node, p string) { l.Key = r.path(v, p) }},
		key{"client_ca", func(v *yaml.Node, p string) { l.ClientCA = r.path(v, p) }},
		key{"identity", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "source", identityFrom[1:])
			l.Identity = IdentityFrom(i + 1)
		}},
		key{"auth", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "value", []string{"none", "optional", "required"})
			l.AuthOptional = i == 1
			if i == 2 && l.Trust == Relay {
				r.fail(r.at(v), "write trust: submission", "%s: who must log in submits", p)
			}
		}},
		key{"from", func(v *yaml.Node, p string) { l.From = r.networks(v, p) }},
		key{"certificates", func(v *yaml.Node, p string) { l.Certificates = texts(r.items(v, p)) }},
		key{"xclient", func(v *yaml.Node, p string) { l.XClient = r.networks(v, p) }},
		key{"xforward", func(v *yaml.Node, p string) { l.XForward = r.networks(v, p) }},
		key{"proxy_protocol", func(v *yaml.Node, p string) { l.ProxyProtocol = r.networks(v, p) }},
		key{"bare_lf", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "value", []string{"normalise", "refuse"})
			l.RefuseBareLF = i == 1
		}},
		key{"transparent", func(v *yaml.Node, p string) { l.Transparent = r.boolean(v, p) }},
		key{"next_hop", func(v *yaml.Node, p string) { l.NextHop, _ = r.text(v, p) }},
	)
	if !Problems(r.problems[before:]).Errors() {
		r.checkListener(l, n, path)
	}
}

// checkListener refuses what would be open to strangers, or show passwords.
func (r *reader) checkListener(l *Listener, n *yaml.Node, path string) {
	fail := func(hint, format string, args ...any) { r.fail(l.at, hint, prefix(path)+format, args...) }
	if l.Address == "" {
		fail("like 0.0.0.0:587", "address is missing")
	}
	if l.Trust == Relay && len(l.From) == 0 && len(l.Certificates) == 0 {
		fail("write from: [192.0.2.0/24]", "a relay listener must say whom it takes mail from: from, or certificates")
	}
	if l.Trust == Submission && (len(l.From) > 0 || len(l.Certificates) > 0 || l.Identity != ReversePathClaimed) {
		fail("write trust: relay", "from, certificates and identity are for relay listeners: who submits logs in")
	}
	auth := l.Trust == Submission || l.AuthOptional
	if auth && l.TLS == NoTLS && l.Address != "" && !l.Loopback() {
		fail("write tls: starttls", "log-ins without TLS are for loopback addresses only")
	}
	if l.TLS != NoTLS && (l.Certificate == "" || l.Key == "") {
		fail("or write tls: none", "TLS needs certificate and key")
	}
	if len(l.Certificates) > 0 && (l.TLS == NoTLS || l.ClientCA == "") {
		fail("", "client certificates need TLS and client_ca")
	}
	if l.Identity == XClientLogin && len(l.XClient) == 0 {
		fail("", "identity: xclient needs xclient: the peers that are believed")
	}
}

func (r *reader) tlsVersion(n *yaml.Node, path string) string {
	if n.Kind == yaml.ScalarNode && (n.Value == "1.2" || n.Value == "1.3") { // a number to YAML
		return n.Value
	}
	r.fail(r.at(n), "1.2 or 1.3", "%swant a version of TLS, not %s", prefix(path), kindOf(n))
	return "1.2"
}

// nextHops reads a mapping from names to next hops.
func (r *reader) nextHops(n *yaml.Node, path string) []*NextHop {
	var out []*NextHop
	for k, v := range r.pairs(n, path) {
		h := &NextHop{Name: k.Value, at: r.at(k)}
		if r.nameOf(k, path) {
			r.nextHop(h, v, join(path, k.Value))
			out = append(out, h)
		}
	}
	return out
}

func (r *reader) nextHop(h *NextHop, n *yaml.Node, path string) {
	r.mapping(n, path, "key", slices.Concat(r.transportKeys(&h.Transport), []key{
		{"address", func(v *yaml.Node, p string) { h.Addresses = r.hostPorts(v, p) }},
		{"announce", func(v *yaml.Node, p string) { h.Announce = r.announce(v, p) }},
		{"oauth_user", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "value", []string{"unverified", "verified"})
			h.OAuthVerified = i == 1
		}},
		{"resign", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "value", resignNames)
			h.Resign = Resign(i)
		}},
	})...)
	if find(n, "address") == nil {
		r.fail(h.at, "like mail.example.ac.jp:587", "%saddress is missing", prefix(path))
	}
	h.Transport = defaultTransport(h.Transport, find(n, "tls") != nil, find(n, "verify") != nil, h.Addresses)
}

// transportKeys are the keys of whatever is connected to.
func (r *reader) transportKeys(t *Transport) []key {
	return []key{
		{"tls", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "mode", tlsModes)
			t.TLS = TLSMode(i)
		}},
		{"verify", func(v *yaml.Node, p string) { t.Verify = r.boolean(v, p) }},
		{"ca", func(v *yaml.Node, p string) { t.CA = r.path(v, p) }},
		{"server_name", func(v *yaml.Node, p string) { t.ServerName = r.domainText(v, p) }},
	}
}

// DefaultTransport is how a server is spoken to where the policy says nothing:
// in clear on this machine, else with STARTTLS and a certificate for its name.
func DefaultTransport(addresses []string) Transport {
	return defaultTransport(Transport{}, false, false, addresses)
}

func defaultTransport(t Transport, tlsSaid, verifySaid bool, addresses []string) Transport {
	local := len(addresses) > 0 && !slices.ContainsFunc(addresses, func(a string) bool { return !loopback(a) })
	if !tlsSaid && !local {
		t.TLS = STARTTLS
	}
	if !verifySaid {
		t.Verify = t.TLS == STARTTLS || t.TLS == ImplicitTLS
	}
	return t
}

var announcements = []string{"xclient", "xforward", "proxy"}

func (r *reader) announce(n *yaml.Node, path string) []string {
	var out []string
	for _, it := range r.oneOrMore(n, path) {
		if !slices.Contains(announcements, it.text) {
			r.fail(it.at, didYouMean(it.text, announcements), "%sunknown way %q to announce a client", prefix(path), clip(it.text))
			continue
		}
		out = append(out, it.text)
	}
	return out
}

// path reads the name of a file, beside the policy.
func (r *reader) path(n *yaml.Node, path string) string {
	s, ok := r.text(n, path)
	if !ok {
		return ""
	}
	return r.world.path(s)
}

func (r *reader) domainText(n *yaml.Node, path string) string {
	s, ok := r.text(n, path)
	if !ok {
		return ""
	}
	d, _ := r.domain(r.at(n), path, s)
	return d
}

func (r *reader) hostPorts(n *yaml.Node, path string) []string {
	if n.Kind != yaml.SequenceNode {
		if s := r.hostPort(n, path, false); s != "" {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, v := range n.Content {
		if s := r.hostPort(v, path, false); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// hostPort reads "host:port". A listener may leave out the host, and must not
// name one that has to be looked up, but for localhost.
func (r *reader) hostPort(n *yaml.Node, path string, listen bool) string {
	s, ok := r.text(n, path)
	if !ok {
		return ""
	}
	if err := checkHostPort(s, listen); err != "" {
		r.fail(r.at(n), err, "%s%q is no address to connect to", prefix(path), clip(s))
		return ""
	}
	return s
}

// checkHostPort gives what to do about an address, or "".
func checkHostPort(s string, listen bool) string {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "write it like host:25"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 || n == 0 && !listen {
		return "a port is a number up to 65535"
	}
	_, err = netip.ParseAddr(host)
	switch {
	case listen && host != "" && host != "localhost" && err != nil:
		return "name the machine's own address: 0.0.0.0 or [::] for all"
	case !listen && host == "":
		return "name the host"
	case err != nil && !isDomain(strings.ToLower(host)) && host != "":
		return "write a host name or an address"
	}
	return ""
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
