//go:build e2e

package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

const officePolicy = `version: 1
organization:
  domains: [example.ac.jp]
proxy:
  hostname: mail.example.ac.jp
  listeners:
    cloud:
      address: "127.0.0.1:0"
      trust: relay
      tls: starttls
      certificate: CERT
      key: KEY
      client_ca: CA
      certificates: [mail.protection.example]
      identity: reverse-path
  next_hops:
    next: {address: "NEXT", tls: none}
release: {address: "RELEASE", tls: none}
holds:
  fallback: postmaster@example.ac.jp
notify: {language: en}
store: {address: "sqlite:maillint.db"}
`

// office is a cloud service in front of the proxy: no log-in, a client
// certificate, many addresses, one transaction for each domain of recipients.
type office struct {
	*lab
	roots *x509.CertPool
	mail  tls.Certificate // the service's
	other tls.Certificate // somebody else's, of the same authority
}

func newOffice(t *testing.T) *office {
	t.Helper()
	a := mailtest.NewAuthority(t)
	pair := func(name string) tls.Certificate {
		cert, key := a.Issue(t, name, time.Now().Add(time.Hour))
		c, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	o := &office{lab: &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}, roots: x509.NewCertPool(), mail: pair("mail.protection.example"), other: pair("other.example")}
	pem, err := os.ReadFile(a.File)
	if err != nil {
		t.Fatal(err)
	}
	o.roots.AppendCertsFromPEM(pem)
	cert, key := a.Server(t)
	o.proxy = startProxy(t, strings.NewReplacer("CERT", cert, "KEY", key, "CA", a.File, "NEXT", o.next.Addr, "RELEASE", o.release.Addr).Replace(officePolicy))
	return o
}

// submit sends one transaction from a loopback address with a certificate.
func (o *office) submit(from string, cert *tls.Certificate, sender string, to []string, data string) (int, string, error) {
	c, err := mailtest.Dial(o.Addr["cloud"], from)
	if err != nil {
		return 0, "", err
	}
	defer c.Close()
	if _, _, err := c.Do("EHLO out.protection.example"); err != nil {
		return 0, "", err
	}
	config := &tls.Config{RootCAs: o.roots, ServerName: "localhost"}
	if cert != nil {
		config.Certificates = []tls.Certificate{*cert}
	}
	if err := c.StartTLS(config); err != nil {
		return 0, "", err
	}
	if _, _, err := c.Do("EHLO out.protection.example"); err != nil {
		return 0, "", err
	}
	code, text, _, err := c.Send(sender, to, data)
	return code, text, err
}

// One message of one sender, cut into a transaction for each domain and sent
// from twenty addresses, is held as one: one notice, one decision.
func TestCloudServiceInFront(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var field []string
	for i := range 20 {
		field = append(field, fmt.Sprintf("member%d@office%d.example", i, i))
	}
	data := strings.ReplaceAll("From: Hanako <hanako@example.ac.jp>\nTo: "+strings.Join(field, ",\n ")+"\nSubject: to all members\nMessage-ID: <one@example.ac.jp>\n\nHand-out\n", "\n", "\r\n")
	for i, to := range field {
		code, text, err := o.submit(fmt.Sprintf("127.0.0.%d", i+2), &o.mail, "hanako@example.ac.jp", []string{to}, data)
		if err != nil || code != 250 || !strings.Contains(text, "Held for approval") {
			t.Fatalf("%s: %d %s %v", to, code, text, err)
		}
	}
	list := o.items(t)
	if len(list) != 20 {
		t.Fatalf("%d items", len(list))
	}
	for _, it := range list {
		if it.Mailing != list[0].Mailing || it.Identity.Address != "hanako@example.ac.jp" || it.Identity.Trust != "vouched" {
			t.Errorf("%+v", it)
		}
	}
	mailtest.Await(t, noticeTime+30*time.Second, "no notice to the sender", func() bool { return o.notices("hanako@example.ac.jp") > 0 })
	time.Sleep(3 * time.Second)
	if n := o.notices("hanako@example.ac.jp"); n != 1 {
		t.Errorf("%d notices to the sender, want 1", n)
	}
	o.quarantine(t, "approve", list[7].ID, "--by", "postmaster@example.ac.jp")
	mailtest.Await(t, time.Minute, "not all parts were sent", func() bool {
		n := 0
		for _, r := range o.release.Received() {
			if !r.Null() {
				n += len(r.To)
			}
		}
		return n >= 20
	})
	seen := map[string]int{}
	for _, r := range o.release.Received() {
		if !r.Null() {
			for _, to := range r.Recipients() {
				seen[to]++
			}
		}
	}
	for _, to := range field {
		if seen[to] != 1 {
			t.Errorf("%s got it %d times", to, seen[to])
		}
	}
}

// notices counts the notices that have left for an address.
func (l *lab) notices(to string) int {
	n := 0
	for _, r := range l.release.Received() {
		if r.Null() && strings.Join(r.Recipients(), ",") == to {
			n++
		}
	}
	return n
}

// Who comes without the certificate, or with another one, is a stranger.
func TestStrangersInFrontOfTheCloud(t *testing.T) {
	o := newOffice(t)
	data := "From: x@example.ac.jp\r\nTo: y@partner.example\r\nSubject: x\r\n\r\nx\r\n"
	for name, cert := range map[string]*tls.Certificate{"no certificate": nil, "another's certificate": &o.other} {
		if code, text, err := o.submit("", cert, "x@example.ac.jp", []string{"y@partner.example"}, data); err == nil && code < 500 {
			t.Errorf("%s: %d %s", name, code, text)
		}
	}
	code, text, _, err := mailtest.Submit(o.Addr["cloud"], "x@example.ac.jp", []string{"y@partner.example"}, data)
	if err == nil && code < 500 {
		t.Errorf("without TLS: %d %s", code, text)
	}
	if n := len(o.next.Received()); n > 0 {
		t.Errorf("%d messages got through", n)
	}
}
