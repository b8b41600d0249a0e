package canary_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/corpus"
	"maillint/gate"
	"maillint/internal/canary"
	"maillint/internal/mailtest"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/rules"
	"maillint/smtpproxy"
	"maillint/store"
	"maillint/submit"
)

// house is a gate behind a real listener, with a store on the disk.
type house struct {
	gate   *gate.Gate
	store  store.Store
	taker  *canary.Taker
	next   *mailtest.Sink
	target canary.Target
	addr   string
	cases  []corpus.Case
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{next: mailtest.NewSink(t)}
	var err error
	if h.cases, err = corpus.Cases(); err != nil {
		t.Fatal(err)
	}
	if h.store, err = store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "db"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	route := &submit.Route{Name: "next", Addresses: []string{h.next.Addr}}
	h.gate, err = gate.New(gate.Options{
		Policy: written(t, "version: 1\norganization: {domains: [example.ac.jp]}\n"), Store: h.store, Hostname: "mx.example.ac.jp",
		Release: func(ctx context.Context) (*submit.Session, error) { return route.Dial(ctx, submit.Client{}) },
	})
	if err != nil {
		t.Fatal(err)
	}
	budget, err := spool.New(t.TempDir(), 64<<20, 64<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	h.taker = canary.NewTaker(h.gate.Policy)
	server := smtpproxy.New(smtpproxy.Options{Hostname: "mx.example.ac.jp", Gate: h.gate, Policy: h.gate.Policy, Spool: budget, Canary: h.taker})
	t.Cleanup(func() { server.Shutdown(context.Background()) })
	addr, err := server.Listen(&smtpproxy.Listener{
		Name: "front", Address: "127.0.0.1:0", Trust: smtpproxy.Relay, Identity: smtpproxy.ReversePath,
		From: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, NextHop: route,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.addr = addr.String()
	h.target = canary.Target{Listener: "front", Key: h.taker.Key(), Dial: canary.Through(&submit.Route{Addresses: []string{h.addr}})}
	return h
}

// round makes a round under a policy.
func (h *house) round(t *testing.T, p *policy.Policy) (*canary.Plan, *canary.Result) {
	t.Helper()
	if err := h.gate.Reload(p); err != nil {
		t.Fatal(err)
	}
	plan := canary.PlanOf(p, h.cases)
	r := canary.Round{Policy: p, Plan: plan, Target: h.target}
	return plan, r.Run(t.Context())
}

// written is a policy of that text, with a list file beside it.
func written(t *testing.T, text string) *policy.Policy {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "blocked.txt"), []byte("bad.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(filepath.Join(dir, "rules.yaml"), []byte(text), rules.All)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	return p
}

// only is a policy that runs one rule, with settings of it and further sections.
func only(rule, domains, settings string, sections ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\norganization: {domains: [%s]}\nlists: {blocked: {file: blocked.txt}}\nrules:\n", domains)
	for _, r := range rules.All {
		if r.ID != rule {
			fmt.Fprintf(&b, "  %s: {enabled: false}\n", r.ID)
		}
	}
	fmt.Fprintf(&b, "  %s: {%s}\n%s", rule, settings, strings.Join(sections, ""))
	return b.String()
}

const home = "example.ac.jp"

// exception lets findings of a rule be.
func exception(rule, more string) string {
	return fmt.Sprintf("exceptions:\n  - {rule: %s, %sreason: a slip, until: 2099-01-01}\n", rule, more)
}

// outside are the domains of a rule's own messages that are not ours: internal
// by mistake, they make it blind.
func outside(plan *canary.Plan) string {
	domains := []string{home}
	for _, trial := range plan.Trials {
		for _, pair := range trial.Pairs {
			for _, to := range pair[0].To {
				_, d, _ := strings.Cut(to, "@")
				if !strings.HasSuffix(d, home) && !strings.Contains(strings.Join(domains, " "), d) {
					domains = append(domains, d)
				}
			}
		}
	}
	return strings.Join(domains, ", ")
}

// insideToo are the rules that do not care whether mail leaves the house.
const insideToo = " blocked-recipient risky-attachment malformed-message sender-mismatch display-name-spoof deceptive-link lookalike-domain "

// exempting are the rules with a parameter for domains that are all right.
const exempting = " exposed-recipients encrypted-archive personal-data credentials password-in-message "

// For every rule that ships: lost by accident, the canary speaks up, and names
// it; switched off on purpose it is calm.
func TestLostByAccident(t *testing.T) {
	h := newHouse(t)
	for _, r := range rules.All {
		plan, result := h.round(t, written(t, only(r.ID, home, "enabled: true")))
		want := 3
		if r.NeedsHistory {
			want = 4 // a message that must have gone before
		}
		if !result.OK() || result.Messages != want || result.Right != want {
			t.Errorf("%s, as it ships: %d of %d, %v", r.ID, result.Right, result.Messages, result.Faults)
			continue
		}
		speaks := map[string]string{
			"an exception that matches everything": only(r.ID, home, "enabled: true", exception(r.ID, "")),
			"an exception for all of us":           only(r.ID, home, "enabled: true", exception(r.ID, "sender: "+home+", ")),
		}
		if !strings.Contains(insideToo, " "+r.ID+" ") {
			speaks["domains of others among ours"] = only(r.ID, outside(plan), "enabled: true")
		}
		if strings.Contains(exempting, " "+r.ID+" ") {
			speaks["an exemption of everybody"] = only(r.ID, home, "params: {exempt: ["+outside(plan)+"]}")
		}
		if plan.Trials[0].Pairs[0][0].Expect.Holds() && r.ID != "risky-attachment" { // executables are refused even so
			speaks["a service that is everything"] = only(r.ID, home, "enabled: true", fmt.Sprintf(
				"services:\n  all: {owner: it@%s, networks: [127.0.0.0/8], reverse_path: [%s], hold: never, review: 2099-01-01}\n", home, home))
		}
		for what, text := range speaks {
			if _, result := h.round(t, written(t, text)); len(result.Faults) != 1 || result.Faults[0].Part != "rule "+r.ID {
				t.Errorf("%s, %s: %v", r.ID, what, result.Faults)
			}
		}
		for what, settings := range map[string]string{
			"switched off": "enabled: false", "monitored": "mode: monitor", "let pass": "disposition: pass", "tagged": "disposition: tag",
			"another severity": "severity: warning", "no more than a remark": "severity: info", "quarantined": "disposition: quarantine", "for nobody today": "scope: {until: 2020-01-01}",
			"for some at night": "scope: {senders: [office@" + home + "], hours: mon-sun 00:00-23:59}",
			"for some":          "scope: {senders: [office@" + home + "]}", "for a partner": "scope: {recipients: [partner.example]}",
		} {
			if _, result := h.round(t, written(t, only(r.ID, home, settings))); !result.OK() {
				t.Errorf("%s, %s: %v", r.ID, what, result.Faults)
			}
		}
	}
	if got := h.next.Received(); len(got) > 0 {
		t.Errorf("%d messages of the canary reached the next hop", len(got))
	}
	h.nothingLeft(t)
}

// nothingLeft: neither an item nor a record nor a memory of the canary stays.
func (h *house) nothingLeft(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	left, err := h.store.List(ctx, store.Filter{Canary: true})
	st, bad := h.store.Stats(ctx)
	if err != nil || bad != nil || len(left) > 0 || st.Waiting != 0 || st.Bodies != 0 || st.Records != 0 || st.Memories != 0 {
		t.Errorf("the canary left %d items, %+v %v %v", len(left), st, err, bad)
	}
}
