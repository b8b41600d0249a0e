package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"maillint/internal/canary"
	"maillint/internal/mailtest"
	"maillint/message"
	"maillint/notify"
	"maillint/policy"
	"maillint/rules"
	"maillint/store"
	"maillint/submit"
)

// house is a patient in good health, with real servers around it.
type house struct {
	*Patient
	t             *testing.T
	dir           string
	next, release *mailtest.Sink
	listener      *mailtest.Sink // stands for our own listener
	programs      map[string]string
	authority     *mailtest.Authority
}

// housePolicy is all in order.
const housePolicy = `version: 1
organization: {domains: [ours.example]}
directory: {files: [people.csv]}
lists: {blocked: [evil.example]}
release: {address: "RELEASE", tls: none}
holds: {fallback: [postmaster@ours.example]}
proxy:
  hostname: mx.ours.example
  spool: 10M
  listeners:
    users: {address: "LISTENER", certificate: cert.pem, key: key.pem}
  next_hops: {next: {address: "NEXT", tls: none}}
store: {address: "sqlite:m.db", key: "file:store.key"}
stamp: {keys: {new: "file:new.key", old: "file:old.key"}}
EXTRA`

const key64 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddee"

func newHouse(t *testing.T, extra string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), next: mailtest.NewSink(t), release: mailtest.NewSink(t), listener: mailtest.NewSink(t), authority: mailtest.NewAuthority(t)}
	for name, text := range map[string]string{
		"people.csv": "account,addresses\ntaro,taro@ours.example\n", "store.key": key64 + "ff", "new.key": key64 + "01", "old.key": key64 + "02",
	} {
		h.write(name, text)
	}
	h.certificate(time.Now().Add(90 * 24 * time.Hour))
	h.listener.SetFault(func(step, _ string) mailtest.Fault { // nobody has logged in
		if step == "MAIL" {
			return mailtest.Fault{Reply: "530 5.7.0 Authentication required"}
		}
		return mailtest.Fault{}
	})
	h.next.SetFault(func(step, text string) mailtest.Fault {
		if step == "MAIL" {
			return mailtest.Fault{Reply: "530 5.7.0 Authentication required"}
		}
		return offersLogin(step, text)
	})
	h.programs = map[string]string{
		"timedatectl": "yes\n",
		"systemctl":   "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=0\nResult=success\n",
		"postconf":    "mynetworks = 127.0.0.0/8 [::1]/128\nmilter_default_action = tempfail\nsmtpd_milters =\n",
		"postconf -P": "\n",
	}
	h.load(extra)
	return h
}

func (h *house) write(name, text string) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// certificate gives the listener one that ends at a moment.
func (h *house) certificate(end time.Time) {
	h.t.Helper()
	cert, key := h.authority.Issue(h.t, "mx.ours.example", end)
	for from, to := range map[string]string{cert: "cert.pem", key: "key.pem"} {
		b, err := os.ReadFile(from)
		if err != nil {
			h.t.Fatal(err)
		}
		h.write(to, string(b))
	}
}

// load reads the policy anew and makes the patient of it.
func (h *house) load(extra string) {
	h.t.Helper()
	text := strings.NewReplacer("RELEASE", h.release.Addr, "NEXT", h.next.Addr, "LISTENER", h.listener.Addr, "EXTRA", extra).Replace(housePolicy)
	h.write("rules.yaml", text)
	p, err := policy.Load(filepath.Join(h.dir, "rules.yaml"), rules.All)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Patient = &Patient{
		Policy: p, Door: "proxy", Now: time.Now,
		Hops:    []*submit.Route{{Name: "next", Addresses: []string{h.next.Addr}}},
		Release: &submit.Route{Name: "release", Addresses: []string{h.release.Addr}},
		Program: func(_ context.Context, name string, args ...string) (string, error) {
			if len(args) == 1 {
				name += " " + args[0]
			}
			out, ok := h.programs[name]
			if !ok {
				return "", fmt.Errorf("%s: %w", name, exec.ErrNotFound)
			}
			return out, nil
		},
	}
	secret, err := store.ParseKey(key64 + "ff")
	if err != nil {
		h.t.Fatal(err)
	}
	h.Store, err = store.Open(h.t.Context(), p.Store.Address, store.Options{Node: "n", Key: secret})
	if err != nil {
		h.t.Fatal(err)
	}
	s := h.Store
	h.t.Cleanup(func() { _ = s.Close() })
	h.alive(time.Now())
}

// alive sets the heartbeat of a node.
func (h *house) alive(at time.Time) {
	h.t.Helper()
	if err := h.Store.Put(h.t.Context(), "gate alive", []byte(strconv.FormatInt(at.Unix(), 10))); err != nil {
		h.t.Fatal(err)
	}
}

// worst is the gravest finding at a point.
func worst(list []Finding) Finding {
	out := Finding{Level: -1}
	for _, f := range list {
		if f.Level > out.Level && (f.Level != Skipped || out.Level < OK) {
			out = f
		}
	}
	return out
}

// All is well with a house in good health, and every finding says what to do.
func TestHealthy(t *testing.T) {
	h := newHouse(t, "")
	list := h.Examine(t.Context())
	for _, f := range list {
		if f.Level > Skipped {
			t.Errorf("%s: %s: %s", f.Level, f.Point, f.Text)
		}
	}
	for _, name := range Points() {
		if !slices.ContainsFunc(list, func(f Finding) bool { return f.Point == name }) {
			t.Errorf("%s says nothing", name)
		}
	}
	for _, s := range []*mailtest.Sink{h.next, h.release, h.listener} {
		if n := len(s.Received()); n > 0 {
			t.Errorf("%d messages were sent", n)
		}
	}
}

// ill is one thing that goes wrong, and what is said of it.
type ill struct {
	name  string
	extra string // of the policy
	point string
	level Level
	says  string
	do    func(*house)
}

var past = time.Now().Add(-100 * 24 * time.Hour)

// offersLogin is a server that offers AUTH, and takes everything.
func offersLogin(step, _ string) mailtest.Fault {
	if step == "EHLO" {
		return mailtest.Fault{Reply: "250-next\r\n250 AUTH PLAIN"}
	}
	return mailtest.Fault{}
}

func refusing(want, reply string) func(string, string) mailtest.Fault {
	return func(step, _ string) mailtest.Fault {
		if step == want {
			return mailtest.Fault{Reply: reply}
		}
		return mailtest.Fault{}
	}
}

var ills = []ill{
	{"no fallback", "", "policy", Fail, "holds.fallback is not set", func(h *house) { h.Policy.Holds.Fallback = nil }},
	{"monitor", "mode: monitor\n", "policy", Warn, "mode: monitor", nil},
	{"exception over", "exceptions: [{rule: exposed-recipients, sender: a@ours.example, reason: x, until: 2020-01-01}]\n", "policy", Warn, "ended on 2020-01-01", nil},
	{"review due", "services: {s: {owner: a@ours.example, networks: [192.0.2.1], reverse_path: [b@ours.example], review: 2020-01-01}}\n", "policy", Warn, "its review was due", nil},
	{"no rule", "", "rules", Fail, "no rule is enforced", func(h *house) {
		for _, r := range h.Policy.Rules {
			r.Enabled = false
		}
	}},
	{"a rule monitored", "rules: {auto-forward: {mode: monitor}}\n", "rules", Warn, "only monitored: auto-forward", nil},
	{"empty list", "", "lists", Warn, "the list blocked is empty", func(h *house) { *h.Policy.Lists["blocked"] = policy.List{} }},
	{"old directory", "", "directory", Warn, "people.csv is 100 days old", func(h *house) { h.touch("people.csv", past) }},
	{"directory gone", "", "directory", Fail, "people.csv", func(h *house) { os.Remove(filepath.Join(h.dir, "people.csv")) }},
	{"readable key", "", "secrets", Fail, "new.key can be read or changed by everybody", func(h *house) { h.chmod("new.key", 0o644) }},
	{"readable TLS key", "", "secrets", Fail, "key.pem can be read or changed by everybody", func(h *house) { h.chmod("key.pem", 0o604) }},
	{"writable key", "", "secrets", Warn, "old.key can be changed by its group", func(h *house) { h.chmod("old.key", 0o660) }},
	{"key gone", "", "secrets", Fail, "store.key", func(h *house) { os.Remove(filepath.Join(h.dir, "store.key")) }},
	{"certificate over", "", "certificates", Fail, "the certificate ended on", func(h *house) { h.certificate(past) }},
	{"certificate ends", "", "certificates", Warn, "the certificate ends on", func(h *house) { h.certificate(time.Now().Add(5 * 24 * time.Hour)) }},
	{"certificate of another", "", "certificates", Warn, "not for other.example", func(h *house) { h.Policy.Proxy.Hostname = "other.example" }},
	{"key of another", "", "certificates", Fail, "private key does not match", func(h *house) {
		_, key := h.authority.Issue(h.t, "mx.ours.example", time.Now().Add(time.Hour))
		h.Policy.Proxy.Listeners[0].Key = key
	}},
	{"no stamp", "", "stamp", Warn, "there is no stamp key", func(h *house) { h.Policy.Stamp = nil }},
	{"the same key twice", "", "stamp", Warn, "are the same", func(h *house) { h.Policy.Stamp[1].Secret = h.Policy.Stamp[0].Secret }},
	{"unknown name", "", "names", Fail, "nowhere.invalid", func(h *house) { h.Hops[0].Addresses = []string{"nowhere.invalid:25"} }},
	{"spool gone", "", "spool", Fail, "no such file", func(h *house) { h.Policy.Proxy.SpoolFolder = filepath.Join(h.dir, "nowhere") }},
	{"spool too small", "", "spool", Fail, "may be needed", func(h *house) { h.Policy.Proxy.Spool = 1 << 60 }},
	{"no store", "", "store", Fail, "no store", func(h *house) {
		h.Store, h.StoreError = store.Open(h.t.Context(), "sqlite:"+filepath.Join(h.dir, "nowhere.db"), store.Options{Existing: true})
	}},
	{"wrong key", "", "store", Fail, "the key does not fit", func(h *house) {
		h.Store, h.StoreError = store.Open(h.t.Context(), h.Policy.Store.Address, store.Options{Existing: true, Key: make([]byte, 32)})
	}},
	{"readable store", "", "store", Fail, "m.db can be read by everybody", func(h *house) { h.chmod("m.db", 0o644) }},
	{"store closed", "", "store", Fail, "cannot be written", func(h *house) { h.Store.Close() }},
	{"clock off", "", "clock", Fail, "differ by 5m0s", func(h *house) { h.Now = func() time.Time { return time.Now().Add(5 * time.Minute) } }},
	{"clock put back", "", "clock", Fail, "which is to come", func(h *house) { h.alive(time.Now().Add(time.Hour)) }},
	{"no time server", "", "clock", Warn, "does not follow a time server", func(h *house) { h.programs["timedatectl"] = "no\n" }},
	{"braked", "", "brakes", Warn, "all is braked until", func(h *house) {
		if _, err := h.Store.Brake(h.t.Context(), store.Brake{Rule: "all", Reason: "x"}, time.Hour); err != nil {
			h.t.Fatal(err)
		}
	}},
	{"nothing runs", "", "running", Fail, "nothing has run on this store for 1h0m", func(h *house) { h.alive(time.Now().Add(-time.Hour)) }},
	{"not ready", "", "running", Fail, "canary: exposed-recipients was not held", func(h *house) {
		h.Monitor = h.readyz(503, `{"ready":false,"trouble":[{"part":"canary","error":"exposed-recipients was not held"}]}`)
	}},
	{"a node's canary fails", "", "running", Fail, "mx2 proxy, canary: rule credentials: not found", func(h *house) {
		h.canary(canary.Status{Node: "mx2 proxy", At: time.Now(), Every: time.Minute, Faults: []canary.Fault{{Part: "rule credentials", Text: "not found"}}})
	}},
	{"a node is silent", "", "running", Warn, "mx2 proxy has made no round of the canary for 1h0m", func(h *house) {
		h.canary(canary.Status{Node: "mx1 proxy", At: time.Now(), Every: time.Minute, Ready: true})
		h.canary(canary.Status{Node: "mx2 proxy", At: time.Now().Add(-time.Hour), Every: time.Minute, Ready: true})
		h.canary(canary.Status{Node: "mx3 proxy", At: time.Now().Add(-8 * 24 * time.Hour), Every: time.Minute})
	}},
	{"no monitor", "", "running", Warn, "/readyz does not answer", func(h *house) { h.Monitor = "127.0.0.1:1" }},
	{"next hop down", "", "next hop", Fail, "connection refused", func(h *house) { h.next.Close() }},
	{"no log-in", "", "next hop", Fail, "offers no AUTH", func(h *house) { h.next.SetFault(nil) }},
	{"takes all", "", "next hop", Warn, "without a log-in", func(h *house) { h.next.SetFault(offersLogin) }},
	{"release down", "", "release route", Fail, "connection refused", func(h *house) { h.release.Close() }},
	{"release refuses notices", "", "release route", Fail, "refuses the null reverse-path", func(h *house) { h.release.SetFault(refusing("MAIL", "550 5.7.1 no")) }},
	{"release relays nothing", "", "release route", Fail, "refuses our reverse-path to an outsider", func(h *house) {
		h.release.SetFault(func(step, text string) mailtest.Fault {
			if step == "RCPT" && strings.Contains(text, "example.com") {
				return mailtest.Fault{Reply: "554 5.7.1 Relay access denied"}
			}
			return mailtest.Fault{}
		})
	}},
	{"release loops", "", "release route", Fail, "is our own listener users", func(h *house) { h.Release.Addresses = []string{h.listener.Addr} }},
	{"open relay", "", "listeners", Fail, "takes mail of a stranger", func(h *house) { h.listener.SetFault(nil); h.Policy.Proxy.Listeners[0].TLS = policy.NoTLS }},
	{"relay for all", "", "listeners", Fail, "0.0.0.0/0 is everybody", func(h *house) { h.from("0.0.0.0/0") }},
	{"relay for many", "", "listeners", Warn, "addresses wide", func(h *house) { h.from("203.0.0.0/8") }},
	{"listener down", "", "listeners", Warn, "nothing answers", func(h *house) { h.listener.Close() }},
	{"Postfix does not ask", "milter: {listen: \"inet:127.0.0.1:8891\"}\n", "postfix", Fail, "smtpd_milters names none", nil},
	{"Postfix goes on", "milter: {listen: \"inet:127.0.0.1:8891\"}\n", "postfix", Fail, "milter_default_action = accept", func(h *house) {
		h.programs["postconf"] = "smtpd_milters = inet:localhost:8891\nmilter_default_action = accept\n"
	}},
	{"Postfix goes on in one service", "milter: {listen: \"unix:/run/m/m.sock\"}\n", "postfix", Fail, "milter_default_action = accept", func(h *house) {
		h.programs["postconf"] = "milter_default_action = tempfail\n"
		h.programs["postconf -P"] = "submission/inet/smtpd_milters = { unix:m/m.sock, default_action=accept }\n"
	}},
	{"Postfix bounces", "milter: {listen: \"unix:/run/m.sock\"}\n", "postfix", Warn, "milter_default_action = reject", func(h *house) {
		h.programs["postconf"] = "smtpd_milters = local:m.sock\nmilter_default_action = reject\n"
	}},
	{"Postfix believes senders", "milter: {listen: \"inet:127.0.0.1:8891\", identity: reverse-path}\n", "postfix", Warn, "reject_sender_login_mismatch is in none", func(h *house) {
		h.programs["postconf"] = "smtpd_milters = inet:127.0.0.1:8891\nmilter_default_action = tempfail\n"
	}},
	{"Postfix relays for the house", "", "postfix", Warn, "mynetworks has 10.0.0.0/8", func(h *house) { h.programs["postconf"] = "mynetworks = 127.0.0.0/8 10.0.0.0/8\n" }},
	{"Postfix relays for all", "", "postfix", Fail, "mynetworks = 0.0.0.0/0", func(h *house) { h.programs["postconf"] = "mynetworks = 0.0.0.0/0\n" }},
	{"no unit", "", "units", Warn, "not installed", func(h *house) { h.programs["systemctl"] = "LoadState=not-found\nActiveState=inactive\n" }},
	{"unit failed", "", "units", Fail, "has failed (exit-code)", func(h *house) {
		h.programs["systemctl"] = "LoadState=loaded\nActiveState=failed\nResult=exit-code\nUnitFileState=enabled\n"
	}},
	{"unit not enabled", "", "units", Warn, "is disabled", func(h *house) {
		h.programs["systemctl"] = "LoadState=loaded\nActiveState=active\nUnitFileState=disabled\n"
	}},
	{"unit restarts", "", "units", Warn, "restarted 9 times", func(h *house) {
		h.programs["systemctl"] = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=9\n"
	}},
	{"webhook refuses", "", "webhook", Fail, "404", func(h *house) { h.Send, h.Webhook = true, h.hook(404) }},
}

// canary keeps what a node's canary shows.
func (h *house) canary(s canary.Status) {
	h.t.Helper()
	if err := canary.Save(h.t.Context(), h.Store, &s); err != nil {
		h.t.Fatal(err)
	}
}

// touch sets when a file was changed.
func (h *house) touch(name string, at time.Time) {
	if err := os.Chtimes(filepath.Join(h.dir, name), at, at); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) chmod(name string, mode os.FileMode) {
	if err := os.Chmod(filepath.Join(h.dir, name), mode); err != nil {
		h.t.Fatal(err)
	}
}

// readyz serves one answer.
func (h *house) readyz(code int, body string) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}))
	h.t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// hook is a webhook that answers with a status.
func (h *house) hook(status int) *notify.Webhook {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	h.t.Cleanup(s.Close)
	w, err := notify.NewWebhook(s.URL, nil, nil, time.Second)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// from makes the listener a relay for a network.
func (h *house) from(network string) {
	h.Policy.Proxy.Listeners[0].Trust = policy.Relay
	h.Policy.Proxy.Listeners[0].From = []netip.Prefix{netip.MustParsePrefix(network)}
}

// Every point fails when it should, says so, and says what to do.
func TestIlls(t *testing.T) {
	for _, tt := range ills {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t, tt.extra)
			if tt.do != nil {
				tt.do(h)
			}
			list := h.Examine(t.Context(), tt.point)
			f := worst(list)
			if f.Level != tt.level || !slices.ContainsFunc(list, func(f Finding) bool { return f.Level == tt.level && strings.Contains(f.Text, tt.says) }) {
				t.Fatalf("%+v, want %s: %q", list, tt.level, tt.says)
			}
			if f.Do == "" {
				t.Errorf("nobody knows what to do: %+v", f)
			}
		})
	}
	seen := map[string]bool{"around": true} // TestAround
	for _, tt := range ills {
		seen[tt.point] = true
	}
	for _, name := range Points() {
		if !seen[name] {
			t.Errorf("no test shows that %s fails", name)
		}
	}
}

// From a user's machine the servers behind must take nothing.
func TestAround(t *testing.T) {
	h := newHouse(t, "")
	if f := worst(h.Examine(t.Context(), Around)); f.Level != Skipped {
		t.Errorf("on our own machine: %+v", f)
	}
	h.Door = Around
	h.Release.Addresses = h.Hops[0].Addresses
	h.next.SetFault(nil)
	if f := worst(h.Examine(t.Context(), Around)); f.Level != Fail || !strings.Contains(f.Text, h.next.Addr) {
		t.Errorf("a server that takes all: %+v", f)
	}
	h.next.SetFault(refusing("RCPT", "554 5.7.1 Relay access denied"))
	if f := worst(h.Examine(t.Context(), Around)); f.Level != OK {
		t.Errorf("a server that refuses: %+v", f)
	}
	h.next.Close()
	if f := worst(h.Examine(t.Context(), Around)); f.Level != OK || !strings.Contains(f.Text, "no way there") {
		t.Errorf("no server: %+v", f)
	}
	if n := len(h.next.Received()); n > 0 {
		t.Errorf("%d messages were sent", n)
	}
}

// Asked to, it sends one notice, and it arrives.
func TestSend(t *testing.T) {
	h := newHouse(t, "notify: {language: en}\n")
	h.Send, h.Webhook = true, h.hook(200)
	for _, f := range h.Examine(t.Context(), "release route", "webhook") {
		if f.Level != OK {
			t.Errorf("%+v", f)
		}
	}
	got := h.release.Await(t, 1)
	if m := message.Parse(got[0].Data); len(got) != 1 || !got[0].Null() || !strings.Contains(m.Subject(), "this is a test") {
		t.Errorf("%d: %s", len(got), got[0].Data)
	}
}

// A server that hangs, chatters without end or speaks nonsense ends a point in
// time, and is no panic.
func TestHostileServers(t *testing.T) {
	for name, talk := range map[string]func(net.Conn){
		"endless line":  func(c net.Conn) { flood(c, "220-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") },
		"endless reply": func(c net.Conn) { flood(c, "220-x\r\n") },
		"nonsense":      func(c net.Conn) { _, _ = c.Write([]byte("\x00\xff\r\n2\r\n")) },
		"closes":        func(net.Conn) {},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				talk(c)
				c.Close()
			}
		}()
		h := newHouse(t, "")
		at := l.Addr().String()
		h.Hops[0].Addresses, h.Release.Addresses, h.Policy.Proxy.Listeners[0].Address = []string{at}, []string{at}, at
		h.Policy.Proxy.Listeners[0].TLS = policy.NoTLS
		start := time.Now()
		list := h.Examine(t.Context(), "next hop", "listeners")
		h.Door = Around
		list = append(list, h.Examine(t.Context(), Around)...)
		for _, f := range list {
			if strings.Contains(f.Text, "looking at it failed") || f.Level == Fail && f.Point == "listeners" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
		l.Close()
	}
}

func flood(c net.Conn, text string) {
	for range 1 << 16 {
		if _, err := c.Write([]byte(text)); err != nil {
			return
		}
	}
}

func TestJSON(t *testing.T) {
	b, err := json.Marshal(Finding{Point: "store", Level: Fail, Text: "x", Do: "y"})
	if want := `{"point":"store","level":"FAIL","text":"x","do":"y"}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
}
