//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/gate"
	"maillint/internal/mailtest"
	"maillint/internal/spool"
	"maillint/lint"
	"maillint/policy"
	"maillint/rules"
	"maillint/smtpproxy"
	"maillint/store"
	"maillint/submit"
)

const servicePolicy = `version: 1
organization:
  domains: [example.ac.jp]
proxy:
  listeners:
    users: {address: "127.0.0.1:0", trust: relay, tls: none, from: [127.0.0.0/8], identity: reverse-path}
  next_hops:
    next: {address: "NEXT", tls: none}
release: {address: "RELEASE", tls: none}
holds: {fallback: postmaster@example.ac.jp}
services:
  emergency:
    owner: office@example.ac.jp
    networks: [127.0.0.5]
    reverse_path: [emergency@example.ac.jp]
    bulk: true
    recipients_per_hour: 6000
    hold: never
    on_failure: relay
    review: 2099-04-01
`

type nothing struct{}

// failing is a rule that fails on every message.
var failing = lint.New(lint.Meta{ID: "failing", Title: lint.Text{En: "fails", Ja: "失敗"}}, nothing{}, func(*lint.Pass, nothing) { panic("a rule of ours fails") })

// broken is a proxy whose store is gone and one of whose rules fails, put
// together in this process because no policy can do that to a real one.
type broken struct {
	next   *mailtest.Sink
	addr   string
	mu     sync.Mutex
	alarms []gate.Alarm
}

func newBroken(t *testing.T) *broken {
	t.Helper()
	b := &broken{next: mailtest.NewSink(t)}
	release := mailtest.NewSink(t)
	text := strings.NewReplacer("NEXT", b.next.Addr, "RELEASE", release.Addr).Replace(servicePolicy)
	p, err := policy.Parse("rules.yaml", []byte(text), append(append([]*lint.Rule{}, rules.All...), failing))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "maillint.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // from now on it answers nothing
		t.Fatal(err)
	}
	route, err := smtpproxy.Route(&policy.NextHop{Name: "release", Addresses: p.Release.Addresses}, "mail.example.ac.jp")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(gate.Options{Policy: p, Store: s, Hostname: "mail.example.ac.jp",
		Release:  func(ctx context.Context) (*submit.Session, error) { return route.Dial(ctx, submit.Client{}) },
		Observer: gate.Observer{Alarm: func(a gate.Alarm) { b.mu.Lock(); b.alarms = append(b.alarms, a); b.mu.Unlock() }}})
	if err != nil {
		t.Fatal(err)
	}
	budget, err := spool.New(t.TempDir(), 64<<20, 64<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	server := smtpproxy.New(smtpproxy.Options{Hostname: "mail.example.ac.jp", Gate: g, Policy: g.Policy, Spool: budget})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	})
	listeners, err := smtpproxy.Listeners(&p.Proxy, nil)
	if err != nil {
		t.Fatal(err)
	}
	addr, err := server.Listen(listeners[0])
	if err != nil {
		t.Fatal(err)
	}
	b.addr = addr.String()
	return b
}

func (b *broken) send(t *testing.T, client, from string, to []string) (int, string) {
	t.Helper()
	c, err := mailtest.Dial(b.addr, client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, _, err := c.Do("EHLO app.example.ac.jp"); err != nil {
		t.Fatal(err)
	}
	code, text, _, err := c.Send(from, to, "From: Emergency <emergency@example.ac.jp>\r\nTo: undisclosed-recipients:;\r\nSubject: school is closed\r\nMessage-ID: <"+to[0]+"@example.ac.jp>\r\n\r\nThe river is rising. Stay at home.\r\n")
	if err != nil {
		t.Fatal(err)
	}
	return code, text
}

// An emergency notice to 5,000 parents leaves although the store is gone and a
// rule fails, and somebody is told; nobody else's mail is treated so.
func TestServiceThatIsNeverHeld(t *testing.T) {
	b := newBroken(t)
	const parts, each = 50, 100
	for i := range parts {
		var to []string
		for k := range each {
			to = append(to, fmt.Sprintf("parent.%d.%d..x@docomo.ne.jp", i, k))
		}
		if code, text := b.send(t, "127.0.0.5", "emergency@example.ac.jp", to); code != 250 || strings.Contains(text, "Held") {
			t.Fatalf("part %d: %d %s", i, code, text)
		}
	}
	n := 0
	for _, r := range b.next.Received() {
		n += len(r.To)
	}
	if n != parts*each {
		t.Errorf("%d recipients at the next hop, want %d", n, parts*each)
	}
	b.mu.Lock()
	if len(b.alarms) != 1 || !strings.Contains(b.alarms[0].Text, "emergency") {
		t.Errorf("%d alarms, want one about the service: %+v", len(b.alarms), b.alarms)
	}
	b.mu.Unlock()
	for name, who := range map[string][2]string{
		"from another address":          {"127.0.0.6", "emergency@example.ac.jp"},
		"with the service's From alone": {"127.0.0.5", "someone@example.ac.jp"},
		"as somebody else":              {"127.0.0.6", "someone@example.ac.jp"},
	} {
		if code, text := b.send(t, who[0], who[1], []string{"parent@docomo.ne.jp"}); code != 451 {
			t.Errorf("%s: %d %s, want 451", name, code, text)
		}
	}
	if got := len(b.next.Received()); got != parts {
		t.Errorf("%d messages at the next hop, want %d", got, parts)
	}
}
