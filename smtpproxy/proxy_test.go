package smtpproxy

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/gate"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/submit"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// door is the gate of these tests: it relays all that comes, and keeps what it
// saw. What the subject names is done instead: hold, refuse, panic, relay to the
// first, relay to some (by their places, "Subject: some 02").
type door struct {
	mu   sync.Mutex
	seen []gate.Transaction
	sent []string // what was judged
	wait func()   // while judging
}

func (d *door) Recipient(_ context.Context, _ *gate.Transaction, rcpt submit.Path) *submit.Reply {
	if rcpt.Address.Domain != "blocked.example" {
		return nil
	}
	r := submit.NewReply(550, "5.7.1", "blocked")
	return &r
}

func (d *door) Submit(ctx context.Context, tx *gate.Transaction, hop gate.NextHop) submit.Reply {
	raw, _ := io.ReadAll(tx.Body.Reader())
	d.mu.Lock()
	d.seen = append(d.seen, *tx)
	d.sent = append(d.sent, string(raw))
	wait := d.wait
	d.mu.Unlock()
	if wait != nil {
		wait()
	}
	var keep []submit.Path
	switch {
	case strings.HasPrefix(string(raw), "Subject: hold"):
		return submit.NewReply(250, "2.0.0", "held as %s", tx.ID)
	case strings.HasPrefix(string(raw), "Subject: refuse"):
		return submit.NewReply(550, "5.7.1", "refused")
	case strings.HasPrefix(string(raw), "Subject: panic"):
		panic("a rule")
	case strings.HasPrefix(string(raw), "Subject: first"):
		keep = tx.Recipients[:1]
	case strings.HasPrefix(string(raw), "Subject: some "):
		places, _, _ := strings.Cut(string(raw[len("Subject: some "):]), "\r\n")
		for _, n := range places {
			keep = append(keep, tx.Recipients[n-'0'])
		}
	}
	m := &rewrite.Message{Body: tx.Body, Size: tx.Body.Size(), Hash: tx.Body.Hash()}
	reply, err := hop.Relay(ctx, keep, m)
	if err != nil {
		return replyTo(err)
	}
	return reply
}

func (d *door) transactions() []gate.Transaction {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]gate.Transaction(nil), d.seen...)
}

// world is a proxy with its surroundings.
type world struct {
	t      testing.TB
	hop    *recorder
	door   *door
	server *Server
	cert   tls.Certificate
	roots  *x509.CertPool
	spool  *spool.Budget
}

func newWorld(t testing.TB, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, hop: record(t), door: &door{}}
	w.cert, w.roots = certificate(t, "proxy.example.jp")
	budget, err := spool.New(t.TempDir(), 64<<20, 64<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.spool = budget
	o := Options{Hostname: "proxy.example.jp", Gate: w.door, Policy: func() *policy.Policy { return testPolicy }, Spool: budget,
		Timeouts: Timeouts{Command: 5 * time.Second, Data: 5 * time.Second, Total: 20 * time.Second}}
	if change != nil {
		change(&o)
	}
	w.server = New(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		w.server.Shutdown(ctx)
	})
	return w
}

var testPolicy = &policy.Policy{Organization: policy.Organization{Domains: []string{"example.jp"}}}

func (w *world) route() *submit.Route {
	return &submit.Route{Name: "next", Addresses: []string{w.hop.l.Addr().String()}, Hello: "proxy.example.jp",
		Timeouts: submit.Timeouts{Connect: 2 * time.Second, Command: 3 * time.Second, Block: 3 * time.Second, Final: 3 * time.Second}}
}

var (
	loopback  = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	elsewhere = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
)

// listeners are the kinds that dialogues name.
func (w *world) listener(kind string) *Listener {
	l := &Listener{Name: kind, Address: "127.0.0.1:0", Trust: Relay, From: loopback, NextHop: w.route()}
	config := &tls.Config{Certificates: []tls.Certificate{w.cert}}
	switch kind {
	case "relay":
	case "relay-refuse-lf":
		l.RefuseBareLF = true
	case "relay-elsewhere":
		l.From = elsewhere
	case "relay-certificate":
		l.From, l.Certificates, l.TLS = nil, []string{"mx.example.jp"}, config
		config.ClientCAs, config.ClientAuth = w.roots, tls.VerifyClientCertIfGiven
	case "relay-auth":
		l.AuthOptional, l.InsecureAuth = true, true
	case "relay-reverse-path":
		l.Identity = ReversePath
	case "relay-device":
		l.Identity = ClientAddr
	case "relay-xclient":
		l.Identity, l.XClient, l.XForward = XClient, loopback, loopback
	case "relay-proxied":
		l.From, l.ProxyProtocol = elsewhere, loopback
	case "relay-tls":
		l.TLS = config
	case "submission":
		l.Trust, l.From, l.TLS = Submission, nil, config
	case "submission-implicit":
		l.Trust, l.From, l.TLS, l.Implicit = Submission, nil, config, true
	case "submission-insecure":
		l.Trust, l.From, l.InsecureAuth = Submission, nil, true
	case "submission-clear":
		l.Trust, l.From = Submission, nil
	default:
		w.t.Fatalf("there is no listener of the kind %q", kind)
	}
	return l
}

func (w *world) listen(kind string) string {
	w.t.Helper()
	return w.open(w.listener(kind))
}

// open opens a listener, and gives its address.
func (w *world) open(l *Listener) string {
	w.t.Helper()
	a, err := w.server.Listen(l)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.String()
}

// certificate makes one that is its own authority.
func certificate(t testing.TB, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name, "mx.example.jp"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}
