//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// canaryPolicy makes a round every second; every fault of the tests below has
// its place in it.
const canaryPolicy = `version: 1
organization: {domains: [example.ac.jp]}
lists: {blocked: {file: blocked.txt}}
holds: {fallback: [postmaster@example.ac.jp], delay: 1h}
release: {address: %[1]q}
canary: {every: 1s, key: file:canary.key, from: [127.0.0.0/8]}
store: {address: "sqlite:%[3]s/maillint.db"}
proxy:
  spool: {floor: 1M}
  listeners:
    front: {address: "127.0.0.1:0", trust: relay, tls: none, from: [127.0.0.0/8], identity: reverse-path}
  next_hops:
    server: {address: %[2]q, tls: implicit, ca: authority.pem, server_name: localhost}
`

// observed is a proxy whose canary sings every second, with what surrounds it.
type observed struct {
	*proxy
	next, release *mailtest.Sink
	expired       *atomic.Bool // the next hop's certificate
	text          string       // its policy
}

func newObserved(t *testing.T) *observed {
	t.Helper()
	o := &observed{next: mailtest.NewSink(t), release: mailtest.NewSink(t), expired: &atomic.Bool{}}
	authority := mailtest.NewAuthority(t)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		mailtest.Missing(t, "no small disk to fill (mounting one needs root): "+err.Error())
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	o.proxy = &proxy{Dir: t.TempDir(), Monitor: fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)), log: &logBuffer{}}
	o.text = fmt.Sprintf(canaryPolicy, o.release.Addr, o.behindTLS(t, authority), disk)
	pem, err := os.ReadFile(authority.File)
	if err != nil {
		t.Fatal(err)
	}
	o.write(t, "authority.pem", string(pem))
	o.write(t, "blocked.txt", "thief.example\n")
	o.write(t, "canary.key", strings.Repeat("k", 32))
	o.write(t, "disk", disk)
	o.policy(t, o.text)
	o.args = []string{"proxy", "--config", "rules.yaml", "--ready-file", "ready", "--monitor", o.Monitor}
	o.start(t)
	t.Cleanup(func() {
		o.kill()
		if t.Failed() {
			t.Logf("the proxy's log:\n%s", o.log)
		}
	})
	return o
}

func (o *observed) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(o.Dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// behindTLS gives an address where the sink is reached over TLS, with a
// certificate that is good or has expired.
func (o *observed) behindTLS(t *testing.T, a *mailtest.Authority) string {
	t.Helper()
	load := func(until time.Time) *tls.Certificate {
		cert, key := a.Issue(t, "localhost", until)
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return &pair
	}
	good, bad := load(time.Now().Add(time.Hour)), load(time.Now().Add(-time.Hour))
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		if o.expired.Load() {
			return bad, nil
		}
		return good, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				s, err := net.Dial("tcp", o.next.Addr)
				if err != nil {
					return
				}
				defer s.Close()
				go func() { _, _ = io.Copy(s, c); s.Close() }()
				_, _ = io.Copy(c, s)
			}()
		}
	}()
	return l.Addr().String()
}

// readyz is what /readyz says.
func (p *proxy) readyz(t *testing.T) (int, string) {
	t.Helper()
	return p.get(t, "/readyz")
}

// metric is the value of a metric with its labels, 0 where there is none.
func (p *proxy) metric(t *testing.T, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindStringSubmatch(p.metrics(t))
	if m == nil {
		return 0
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *observed) rounds(t *testing.T) float64 {
	t.Helper()
	return o.metric(t, `maillint_canary_rounds_total{result="passed"}`) + o.metric(t, `maillint_canary_rounds_total{result="failed"}`)
}

// ours is a message to an outside recipient, with more in its header.
func ours(to, more string) string {
	return "From: hana@example.ac.jp\r\nTo: " + to + "\r\nSubject: report\r\nDate: Wed, 25 Nov 2026 12:00:00 +0900\r\n" + more + "\r\nThe report of this month.\r\n"
}

// Each way to stop without a word: /readyz says so and why within two rounds of
// the canary, there is one alarm, mail that must be held is never answered 250
// unless it is held, nor 5xx; and all is well again afterwards.
func TestCanarySpeaksUp(t *testing.T) {
	o := newObserved(t)
	reload := func() { _ = o.cmd.Process.Signal(syscall.SIGHUP) }
	lost := strings.Replace(o.text, "canary: {", "exceptions: [{rule: missing-attachment, reason: a slip, until: 2099-01-01}]\ncanary: {", 1)
	filler := filepath.Join(strings.TrimSpace(o.read(t, "disk")), "filler")
	for _, c := range []struct {
		what      string
		do, undo  func()
		says      string // in /readyz
		alarm     string // its kind
		held      string // what becomes of mail that must be held: "held", "451", or "either"
		unrelayed bool   // what need not be held does not leave, or over a session that is open still
	}{
		{"policy emptied", func() { o.policy(t, "") }, func() { o.policy(t, o.text) }, "canary: policy: a restart would fail: ", "canary policy", "held", false},
		{"list file gone", func() { _ = os.Remove(filepath.Join(o.Dir, "blocked.txt")) }, func() { o.write(t, "blocked.txt", "thief.example\n") },
			"cannot read the list", "canary policy", "held", false},
		{"canary key wrong", func() { o.write(t, "canary.key", strings.Repeat("x", 32)) }, func() { o.write(t, "canary.key", strings.Repeat("k", 32)) },
			"canary.key has changed", "canary canary key", "held", false},
		{"certificate of the next hop expired", func() { o.expired.Store(true) }, func() { o.expired.Store(false) }, "expired", "canary next hop server", "either", true},
		{"release route dead", func() { o.release.SetFault(func(string, string) mailtest.Fault { return mailtest.Fault{Drop: true} }) },
			func() { o.release.SetFault(nil) }, "not ready: release route: ", "release route", "451", false},
		{"disk full", func() { fill(t, filler) }, func() { _ = os.Remove(filler) }, "not ready: store: ", "store", "either", false},
		{"a rule lost to an exception", func() { o.policy(t, lost); reload() }, func() { o.policy(t, o.text); reload() },
			"rule missing-attachment: missing-attachment did not find what it must find", "canary rule missing-attachment", "451", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			alarms := fmt.Sprintf("maillint_alarms_total{kind=%q}", c.alarm)
			before := o.metric(t, alarms)
			if strings.Contains(c.alarm, "policy") { // the same kind is told at most every ten minutes
				before = 0
			}
			from := o.rounds(t)
			c.do()
			mailtest.Await(t, 20*time.Second, "nothing is said of it", func() bool {
				code, text := o.readyz(t)
				return code == 503 && strings.Contains(text, c.says)
			})
			if n := o.rounds(t) - from; n > 3 { // one may have been under way
				t.Errorf("%.0f rounds went by before anything was said", n)
			}
			o.tryMail(t, c.held, c.unrelayed)
			settled := o.rounds(t) + 2
			mailtest.Await(t, 20*time.Second, "there are no rounds", func() bool { return o.rounds(t) >= settled })
			if n := o.metric(t, alarms) - before; n != 1 {
				t.Errorf("%.0f alarms", n)
			}
			c.undo()
			mailtest.Await(t, 30*time.Second, "it stays not ready", func() bool { code, _ := o.readyz(t); return code == 200 })
		})
	}
	o.tryMail(t, "held", false)
	for _, r := range append(o.next.Received(), o.release.Received()...) {
		if strings.Contains(r.From, "canary") || strings.Contains(strings.Join(r.To, " "), "canary") || strings.Contains(string(r.Data), "gmail.com") {
			t.Errorf("of the canary, to %v:\n%s", r.To, r.Data)
		}
	}
	if out := o.quarantine(t, "list", "--config", "rules.yaml"); strings.Contains(out, "canary") {
		t.Errorf("people see the canary's messages:\n%s", out)
	}
}

func (o *observed) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(o.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fill writes until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 64<<10)
	for {
		if _, err := f.Write(block); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			return
		}
	}
}

// tryMail sends a message that must be held and one that need not be.
func (o *observed) tryMail(t *testing.T, held string, unrelayed bool) {
	t.Helper()
	code, text, _, err := mailtest.Submit(o.Addr["front"], "hana@example.ac.jp", []string{"a@partner.example"}, strings.Replace(ours("a@partner.example", ""), "The report", "-----BEGIN RSA PRIVATE KEY-----\r\n"+strings.Repeat("MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgwMbRvI0MBZhpI\r\n", 12)+"-----END RSA PRIVATE KEY-----\r\nThe report", 1))
	isHeld := err == nil && code == 250 && strings.Contains(text, "Held for")
	later := err != nil && unrelayed || code/100 == 4 // refused at the greeting, or at the end
	if held == "held" && !isHeld || held == "451" && !(err == nil && code == 451) || !isHeld && !later {
		t.Errorf("what must be held (%s): %d %s %v", held, code, text, err)
	}
	code, text, _, err = mailtest.Submit(o.Addr["front"], "hana@example.ac.jp", []string{"b@partner.example"}, ours("b@partner.example", ""))
	if ok := err == nil && code == 250; !ok && !unrelayed || code/100 == 5 {
		t.Errorf("what need not be held: %d %s %v", code, text, err)
	}
}

// plugin runs "maillint canary" and gives its exit code and its line.
func (o *observed) plugin(t *testing.T, args ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t), append([]string{"canary"}, args...)...)
	cmd.Dir = o.Dir
	out, err := cmd.CombinedOutput()
	code := 0
	var exited *exec.ExitError
	if errors.As(err, &exited) {
		code = exited.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(out), "\n") != 1 {
		t.Errorf("%v: not one line:\n%s", args, out)
	}
	return code, string(out)
}

// A proxy that starts with a rule lost is not ready: it says why, takes mail,
// and answers 451 to what must be held; a mended policy makes it ready.
func TestNotReadyBeforeTheCanaryPasses(t *testing.T) {
	port := mailtest.Port(t)
	text := fmt.Sprintf(`version: 1
organization: {domains: [example.ac.jp]}
holds: {fallback: [postmaster@example.ac.jp]}
release: {address: %[1]q}
store: {address: "sqlite:maillint.db"}
proxy:
  spool: {floor: 1M}
  listeners:
    front: {address: "127.0.0.1:%[2]d", trust: relay, tls: none, from: [127.0.0.0/8], identity: reverse-path}
  next_hops: {server: {address: %[1]q}}
`, mailtest.NewSink(t).Addr, port)
	o := &observed{proxy: &proxy{Dir: t.TempDir(), Monitor: fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)), log: &logBuffer{}}}
	o.Addr = map[string]string{"front": fmt.Sprintf("127.0.0.1:%d", port)}
	o.policy(t, text+"exceptions: [{rule: credentials, reason: a slip, until: 2099-01-01}, {rule: personal-data, reason: a slip, until: 2099-01-01}]\n")
	cmd := exec.Command(program(t), "proxy", "--config", "rules.yaml", "--ready-file", "ready", "--monitor", o.Monitor)
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.Dir, o.log, o.log
	mailtest.Start(t, cmd)
	mailtest.Await(t, 20*time.Second, "nothing is said of the rules", func() bool {
		r, err := http.Get("http://" + o.Monitor + "/readyz")
		if err != nil {
			return false
		}
		r.Body.Close()
		code, text := o.readyz(t)
		return code == 503 && strings.Contains(text, "rule credentials: ") && strings.Contains(text, "rule personal-data: ")
	})
	code, text2, _, err := mailtest.Submit(o.Addr["front"], "hana@example.ac.jp", []string{"a@partner.example"}, strings.Replace(ours("a@partner.example", ""), "The report", "I attach the report", 1))
	if err != nil || code != 451 {
		t.Errorf("what must be held, by another rule: %d %s %v", code, text2, err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "ready")); err == nil {
		t.Error("the file says that it is ready")
	}
	o.policy(t, text)
	_ = cmd.Process.Signal(syscall.SIGHUP)
	mailtest.Await(t, 20*time.Second, "a mended policy does not make it ready", func() bool {
		_, err := os.Stat(filepath.Join(o.Dir, "ready"))
		return err == nil
	})
	if code, text := o.readyz(t); code != 200 {
		t.Errorf("%d %s", code, text)
	}
}

// The plug-in for monitoring systems: exit codes, one line, performance data.
func TestCanaryFromOutside(t *testing.T) {
	o := newObserved(t)
	via := []string{"--via", o.Addr["front"], "--config", "rules.yaml"}
	o.write(t, "other.key", strings.Repeat("x", 32))
	closed := fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{via, 0, "CANARY OK - 38 of 38 messages as they must be, 18 rules at work"},
		{append(via, "--warning", "1us"), 1, "CANARY WARNING - slower than 1µs"},
		{append(via, "--key-file", "other.key"), 2, "CANARY CRITICAL - listener front: MAIL was answered 550 5.7.1 canary refused"},
		{append(via, "--listener", "another"), 2, "is the listener's name right?"},
		{append(via, "--tls", "starttls"), 2, "does not offer STARTTLS"},
		{[]string{"--via", closed, "--config", "rules.yaml"}, 2, "CANARY CRITICAL - listener front: no dialogue"},
		{append(via, "--key-file", "missing.key"), 3, "CANARY UNKNOWN - --key-file"},
		{[]string{"--via", o.Addr["front"], "--internal", "example.ac.jp", "--config", "none.yaml"}, 3, "CANARY UNKNOWN - none.yaml"},
		{[]string{"--via", "nowhere"}, 3, `CANARY UNKNOWN - --via: "nowhere" is no address`},
		{append(via, "--nothing"), 3, "CANARY UNKNOWN - unknown flag"},
		{append(via, "again"), 3, "CANARY UNKNOWN - canary takes no arguments"},
		{append(via, "--tls", "magic"), 3, `CANARY UNKNOWN - --tls: "magic" is unknown`},
	} {
		code, line := o.plugin(t, c.args...)
		if code != c.code || !strings.Contains(line, c.says) {
			t.Errorf("%v: exit %d (want %d): %s", c.args, code, c.code, line)
		}
		if c.code < 3 && !regexp.MustCompile(` \| time=[0-9.]+s;[0-9.]*;;0 messages=\d+;;;0 right=\d+;;;0 rules=\d+;;;0 faults=\d+;;0;0\n$`).MatchString(line) {
			t.Errorf("%v: no performance data: %s", c.args, line)
		}
	}
	lost := strings.Replace(o.text, "canary: {", "exceptions: [{rule: credentials, reason: a slip, until: 2099-01-01}]\ncanary: {", 1)
	o.policy(t, lost)
	_ = o.cmd.Process.Signal(syscall.SIGHUP)
	mailtest.Await(t, 20*time.Second, "the policy is not taken", func() bool { return strings.Contains(o.log.String(), "policy taken") })
	if code, line := o.plugin(t, via...); code != 2 || !strings.Contains(line, "rule credentials: credentials did not find what it must find") {
		t.Errorf("exit %d: %s", code, line)
	}
	if got := o.next.Received(); len(got) > 0 {
		t.Errorf("%d messages reached the next hop", len(got))
	}
}

// Behind Postfix the canary reaches the milter, whose answer refuses every
// message of it: nothing is queued. The rounds from inside speak the milter's
// own protocol.
func TestCanaryThroughPostfix(t *testing.T) {
	m := newInside(t)
	o := &observed{proxy: m.proxy}
	via := []string{"--via", m.addr, "--config", "rules.yaml", "--listener", "milter", "--insecure"}
	if code, line := o.plugin(t, via...); code != 0 || !strings.Contains(line, "CANARY OK") {
		t.Errorf("exit %d: %s", code, line)
	}
	o.write(t, "other.key", strings.Repeat("x", 32))
	if code, line := o.plugin(t, append(via, "--key-file", "other.key")...); code != 2 || !strings.Contains(line, "canary refused") {
		t.Errorf("another key: exit %d: %s", code, line)
	}
	policy := o.read(t, "rules.yaml")
	o.policy(t, strings.Replace(policy, "canary: {", "exceptions: [{rule: credentials, reason: a slip, until: 2099-01-01}]\ncanary: {", 1))
	_ = m.cmd.Process.Signal(syscall.SIGHUP)
	mailtest.Await(t, 30*time.Second, "nothing is said of a lost rule", func() bool {
		code, text := m.readyz(t)
		return code == 503 && strings.Contains(text, "rule credentials")
	})
	o.policy(t, policy)
	_ = m.cmd.Process.Signal(syscall.SIGHUP)
	mailtest.Await(t, 30*time.Second, "it stays not ready", func() bool { code, _ := m.readyz(t); return code == 200 })
	if got := m.postfix.Sink.Received(); len(got) > 0 {
		t.Errorf("Postfix has passed on %d messages of the canary, one to %v", len(got), got[0].To)
	}
	m.kill()
	if code, line := o.plugin(t, via...); code != 2 {
		t.Errorf("without the milter: exit %d: %s", code, line)
	}
}
