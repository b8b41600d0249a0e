//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/message"
	"maillint/store/storetest"
)

// node is an observed proxy without TLS towards its next hop, on a machine of
// its own name; change adapts its policy.
func newNode(t *testing.T, host, database string, release *mailtest.Sink, change ...string) *observed {
	t.Helper()
	o := &observed{next: mailtest.NewSink(t), release: release}
	o.proxy = &proxy{Dir: t.TempDir(), Monitor: fmt.Sprintf("127.0.0.1:%d", mailtest.Port(t)), log: &logBuffer{}, host: host}
	o.text = strings.NewReplacer(change...).Replace(strings.Replace(fmt.Sprintf(canaryPolicy, release.Addr, o.next.Addr, ""),
		"tls: implicit, ca: authority.pem, server_name: localhost", "tls: none", 1))
	o.text = strings.Replace(o.text, "sqlite:/maillint.db", database, 1)
	o.write(t, "blocked.txt", "thief.example\n")
	o.write(t, "canary.key", strings.Repeat("k", 32))
	o.policy(t, o.text)
	o.args = []string{"proxy", "--config", "rules.yaml", "--ready-file", "ready", "--monitor", o.Monitor}
	t.Cleanup(func() {
		if o.cmd != nil {
			o.kill()
		}
		if t.Failed() {
			t.Logf("%s's log:\n%s", host, o.log)
		}
	})
	return o
}

// more waits for so many further rounds.
func (o *observed) more(t *testing.T, n float64) {
	t.Helper()
	from := o.rounds(t)
	mailtest.Await(t, time.Minute, "there are no rounds", func() bool { return o.rounds(t) >= from+n })
}

func (o *observed) failed(t *testing.T) float64 {
	t.Helper()
	return o.metric(t, `maillint_canary_rounds_total{result="failed"}`)
}

// Two nodes on one PostgreSQL sing at the same time, under load: neither takes
// the other's messages for a fault. Each has a state and a /readyz of its own,
// and whoever asks the store sees both.
func TestCanariesOfTwoNodes(t *testing.T) {
	server := storetest.StartPostgres(t)
	database, release := server.URL(server.Create(t)), mailtest.NewSink(t)
	nodes := []*observed{newNode(t, "mx1", database, release), newNode(t, "mx2", database, release)}
	for _, n := range nodes {
		n.start(t)
	}
	work := startLoad(nodes[0].Addr["front"], 4, "nothing")
	for _, n := range nodes {
		n.more(t, 8)
		if failed := n.failed(t); failed > 0 {
			t.Errorf("%s: %.0f rounds failed", n.host, failed)
		}
	}
	for _, s := range work.end() {
		if s.code != 250 {
			t.Errorf("%s: %d %s", s.mark, s.code, s.text)
		}
	}
	if out := nodes[0].quarantine(t, "list", "--config", "rules.yaml", "--state", "all"); strings.Contains(out, "canary") {
		t.Errorf("the canaries have left something:\n%s", out)
	}
	states := func() string {
		cmd := exec.Command(program(t), "doctor", "running", "--config", "rules.yaml", "--monitor", "")
		cmd.Dir = nodes[0].Dir
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	well := func(host, out string) bool {
		m := regexp.MustCompile(host + ` proxy: (\d+) of (\d+) messages`).FindStringSubmatch(out)
		return m != nil && m[1] == m[2] && m[1] != "0"
	}
	if out := states(); !well("mx1", out) || !well("mx2", out) {
		t.Errorf("the states of both:\n%s", out)
	}
	nodes[1].next.SetFault(func(string, string) mailtest.Fault { return mailtest.Fault{Drop: true} })
	mailtest.Await(t, 20*time.Second, "nothing is said at the node whose next hop is dead", func() bool {
		code, text := nodes[1].readyz(t)
		return code == 503 && strings.Contains(text, "next hop server")
	})
	nodes[0].more(t, 2)
	if code, text := nodes[0].readyz(t); code != 200 || nodes[0].failed(t) > 0 {
		t.Errorf("the other node: %d %s", code, text)
	}
	if out := states(); !well("mx1", out) || !strings.Contains(out, "mx2 proxy, canary: next hop server: ") {
		t.Errorf("the states of both, one with a fault:\n%s", out)
	}
	nodes[1].next.SetFault(nil)
	mailtest.Await(t, 20*time.Second, "it stays not ready", func() bool { code, _ := nodes[1].readyz(t); return code == 200 })
	mailtest.Await(t, 20*time.Second, "no alarm", func() bool { return alarms(release, "next hop server") > 0 })
	nodes[1].more(t, 3)
	if n := alarms(release, "next hop server"); n != 1 {
		t.Errorf("%d alarms", n)
	}
}

// alarms counts the notices whose subject says something.
func alarms(s *mailtest.Sink, text string) (n int) {
	for _, r := range s.Received() {
		if r.Null() && strings.Contains(message.Parse(r.Data).Subject(), text) {
			n++
		}
	}
	return n
}

// While a proxy that is being stopped waits for a client, its canary is quiet:
// nothing of the end is taken for a fault, and the client's message is taken.
func TestCanaryWhileDraining(t *testing.T) {
	t.Parallel()
	o := newNode(t, "", "sqlite:maillint.db", mailtest.NewSink(t))
	o.start(t)
	o.more(t, 2)
	c, err := mailtest.Dial(o.Addr["front"], "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, line := range []string{"EHLO pc.example.ac.jp", "MAIL FROM:<hana@example.ac.jp>", "RCPT TO:<a@partner.example>", "DATA"} {
		if code, text, err := c.Do("%s", line); err != nil || code > 354 {
			t.Fatalf("%s: %d %s %v", line, code, text, err)
		}
	}
	_ = o.cmd.Process.Signal(syscall.SIGTERM)
	mailtest.Await(t, 10*time.Second, "it does not say that it is being stopped", func() bool {
		code, text := o.readyz(t)
		return code == 503 && strings.Contains(text, "being stopped")
	})
	time.Sleep(4 * time.Second) // four rounds, if there were any
	if _, text := o.readyz(t); strings.Contains(text, "canary") {
		t.Errorf("the canary fails while the proxy waits: %s", text)
	}
	if code, text, err := c.Do("%s.", ours("a@partner.example", "")); err != nil || code != 250 {
		t.Errorf("a client that was in the middle of its message: %d %s %v", code, text, err)
	}
	o.stop(t)
	if log := o.log.String(); strings.Contains(log, "msg=canary") || strings.Contains(log, "msg=alarm") {
		t.Errorf("the end was taken for a fault")
	}
	if got := o.next.Received(); len(got) != 1 {
		t.Errorf("%d messages at the next hop", len(got))
	}
	if n := alarms(o.release, ""); n > 0 {
		t.Errorf("%d notices", n)
	}
}

// A rule that is braked is off on purpose: the canary is calm, at both ends of
// the brake, and sees it at work again afterwards.
func TestCanaryUnderABrake(t *testing.T) {
	t.Parallel()
	o := newNode(t, "", "sqlite:maillint.db", mailtest.NewSink(t))
	o.start(t)
	for _, rule := range []string{"credentials", "all"} {
		o.brake(t, rule, "--for", "1h", "--reason", "test")
		mailtest.Await(t, 10*time.Second, "the brake is not seen", func() bool {
			_, text := o.readyz(t)
			return strings.Contains(text, "BRAKE: ")
		})
		o.more(t, 4)
		if code, text := o.readyz(t); code != 200 || o.failed(t) > 0 {
			t.Errorf("%s braked: %d %s, %.0f rounds failed", rule, code, text, o.failed(t))
		}
		if code, line := o.plugin(t, "--via", o.Addr["front"], "--config", "rules.yaml"); code != 0 {
			t.Errorf("%s braked, from outside: exit %d: %s", rule, code, line)
		}
		o.brake(t, "--off", rule, "--reason", "over")
		o.more(t, 4)
	}
	if code, text := o.readyz(t); code != 200 || o.failed(t) > 0 {
		t.Errorf("after the brakes: %d %s, %.0f rounds failed", code, text, o.failed(t))
	}
	o.tryMail(t, "held", false)
}

// The directory's command is run once at the start and once a round: not for a
// message, whoever sends it, nor for a message of the canary.
func TestDirectoryCommandOncePerRound(t *testing.T) {
	dir := t.TempDir()
	runs := filepath.Join(dir, "runs")
	script := filepath.Join(dir, "people")
	text := fmt.Sprintf("#!/bin/sh\necho run >>%s\necho account,addresses\necho hana,hana@example.ac.jp\n", runs)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	o := newNode(t, "", "sqlite:maillint.db", mailtest.NewSink(t), "lists: {", fmt.Sprintf("directory: {command: [%q]}\nlists: {", script))
	o.start(t)
	count := func() float64 {
		b, err := os.ReadFile(runs)
		if err != nil {
			t.Fatal(err)
		}
		return float64(strings.Count(string(b), "run\n"))
	}
	for range 20 {
		o.tryMail(t, "held", false)
	}
	o.more(t, 5)
	ran, rounds := count(), o.rounds(t)
	if ran < 5 || ran > rounds+2 { // the start, and a round that is under way
		t.Errorf("%.0f runs in %.0f rounds", ran, rounds)
	}
}

// A clock that jumps is told within two rounds, by one alarm, and is well again
// once it is put right. The program is built with a clock of its own.
func TestClockThatJumps(t *testing.T) {
	t.Parallel()
	o := newNode(t, "", "sqlite:maillint.db", mailtest.NewSink(t))
	o.program = filepath.Join(t.TempDir(), "maillint")
	build := exec.Command("go", "build", "-tags", "wrongclock", "-o", o.program, "maillint/cmd/maillint")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	o.write(t, "clock", "0s")
	o.env = []string{"MAILLINT_TEST_CLOCK=" + filepath.Join(o.Dir, "clock")}
	o.start(t)
	for i, off := range []string{"3h", "-26h"} {
		from := o.rounds(t)
		if err := os.Rename(o.file(t, "next", off), filepath.Join(o.Dir, "clock")); err != nil {
			t.Fatal(err)
		}
		mailtest.Await(t, 20*time.Second, "nothing is said of the clock", func() bool {
			code, text := o.readyz(t)
			return code == 503 && strings.Contains(text, "canary: clock: the clock has jumped by "+off)
		})
		if n := o.rounds(t) - from; n > 3 { // one may have been under way
			t.Errorf("%s: %.0f rounds went by before anything was said", off, n)
		}
		o.tryMail(t, "held", false)
		o.more(t, 3)
		if n := o.metric(t, `maillint_alarms_total{kind="canary clock"}`); n != 1 { // the second within ten minutes is the same
			t.Errorf("%s: %.0f alarms after jump %d", off, n, i)
		}
		if err := os.Rename(o.file(t, "next", "0s"), filepath.Join(o.Dir, "clock")); err != nil {
			t.Fatal(err)
		}
		mailtest.Await(t, 20*time.Second, "put right, it stays not ready", func() bool { code, _ := o.readyz(t); return code == 200 })
	}
	mailtest.Await(t, 20*time.Second, "no alarm by mail", func() bool { return alarms(o.release, "the clock has jumped by 3h") > 0 })
	if n := alarms(o.release, "clock"); n != 1 {
		t.Errorf("%d alarms by mail", n)
	}
}

func (o *observed) file(t *testing.T, name, text string) string {
	t.Helper()
	o.write(t, name, text)
	return filepath.Join(o.Dir, name)
}
