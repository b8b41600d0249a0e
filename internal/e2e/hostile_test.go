//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store/storetest"
)

// freeze stops processes for a while, as a hypervisor or a full machine does:
// their connections stay open, and nothing answers.
func freeze(t *testing.T, length time.Duration, pids ...int) {
	t.Helper()
	for _, p := range pids {
		if err := syscall.Kill(p, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(length)
	for _, p := range pids {
		_ = syscall.Kill(p, syscall.SIGCONT)
	}
}

// family is a process with its children.
func family(t *testing.T, pid int) []int {
	t.Helper()
	out := []int{pid}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		text, _ := os.ReadFile(path)
		_, after, _ := strings.Cut(string(text), ") ")
		if f := strings.Fields(after); len(f) > 1 && f[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			out = append(out, child)
		}
	}
	return out
}

// postmaster is the process of a PostgreSQL server.
func postmaster(t *testing.T, s *storetest.Server) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// stampedWith adapts the policy of a node to stamp keys, the first of which
// stamps.
func stampedWith(text, dir string, keys ...string) string {
	var list []string
	for _, k := range keys {
		list = append(list, fmt.Sprintf("%s: \"file:%s/%s.key\"", k, dir, k))
	}
	return strings.Replace(text, "notify:", "stamp: {keys: {"+strings.Join(list, ", ")+"}}\nnotify:", 1)
}

// unread tells of messages with these words that a next hop got.
func unread(t *testing.T, all []sent, next *mailtest.Sink, words ...string) {
	t.Helper()
	got := arrived(next)
	for _, s := range all {
		for _, w := range words {
			if n := len(got[s.mark]); s.word == w && n > 0 {
				t.Errorf("%s (%s) was let through", s.mark, s.word)
			}
		}
	}
}

// Under load each part is frozen in turn, the stamp key changes hands, and the
// policy is written in place, half of it first, with a reload in between:
// nothing is lost or doubled, nothing leaves that must be held, and every
// message that left has a good stamp.
func TestFrozenPartsAndHalfAPolicy(t *testing.T) {
	t.Parallel()
	server, keys := storetest.StartPostgres(t), t.TempDir()
	for _, k := range []string{"k1", "k2"} {
		if err := os.WriteFile(filepath.Join(keys, k+".key"), []byte(strings.Repeat(k, 16)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := newCluster(t, server.URL(server.Create(t)))
	text := make([]string, len(c.nodes))
	reload := func(keysNow ...string) {
		for i, n := range c.nodes {
			taken := strings.Count(n.log.String(), "policy taken")
			n.policy(t, stampedWith(text[i], keys, keysNow...))
			_ = n.cmd.Process.Signal(sighup)
			mailtest.Await(t, 40*time.Second, "the policy is not taken", func() bool { return strings.Count(n.log.String(), "policy taken") > taken })
		}
	}
	for i, n := range c.nodes {
		b, err := os.ReadFile(filepath.Join(n.Dir, "rules.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		text[i] = string(b)
	}
	reload("k1")
	work := startLoad(c.addr, 6, "nothing", "nothing", "tag", "confirm", "quarantine")
	freeze(t, 6*time.Second, family(t, postmaster(t, server))...)
	reload("k1", "k2")
	freeze(t, 6*time.Second, c.nodes[0].cmd.Process.Pid)
	reload("k2", "k1")
	for range 4 {
		whole := stampedWith(text[1], keys, "k2", "k1")
		half, _, _ := strings.Cut(whole, "custom:")
		c.nodes[1].policy(t, half) // a policy that is good by itself, without the rules that hold
		_ = c.nodes[1].cmd.Process.Signal(sighup)
		time.Sleep(300 * time.Millisecond)
		c.nodes[1].policy(t, whole)
		time.Sleep(2 * time.Second)
	}
	all := work.end()
	l := &lab{proxy: c.nodes[1], next: c.next, release: c.release}
	if code, answer := l.get(t, "/readyz"); code != 200 || strings.Contains(answer, "has changed since") {
		t.Errorf("/readyz: %d %s", code, answer)
	}
	unread(t, all, c.next, "confirm", "quarantine")
	l.settle(t)
	l.judge(t, all)
	l.quarantine(t, "audit", "verify")
	archive := t.TempDir()
	n := 0
	for _, r := range append(c.next.Received(), c.release.Received()...) {
		if r.Null() {
			continue
		}
		n++
		if err := os.WriteFile(filepath.Join(archive, fmt.Sprintf("%d.eml", n)), r.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program(t), "audit", "stamps", "--config", filepath.Join(l.Dir, "rules.yaml"), archive)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), fmt.Sprintf("%d messages: %d with a valid stamp", n, n)) {
		t.Errorf("%d messages left: %v\n%.3000s", n, err, out)
	}
}

// The milter is killed and started again under the load of a real Postfix:
// what a client was told is taken has arrived once, or is held; what was
// answered 4xx may be held, and has not gone on; nothing goes on unread.
func TestMilterRestartsUnderLoad(t *testing.T) {
	t.Parallel()
	m := newInside(t)
	work := startLoad(m.addr, 4, "nothing", "nothing", "confirm", "quarantine")
	for range 4 {
		time.Sleep(1500 * time.Millisecond)
		m.kill()
		time.Sleep(300 * time.Millisecond)
		m.start(t)
	}
	freeze(t, 3*time.Second, m.cmd.Process.Pid)
	time.Sleep(time.Second)
	all := work.end()
	l := &lab{proxy: m.proxy, next: m.postfix.Sink, release: m.release}
	mailtest.Await(t, time.Minute, "Postfix has not passed everything on", func() bool {
		got := arrived(l.next)
		for _, s := range all {
			if s.word == "nothing" && s.code == 250 && len(got[s.mark]) < len(s.to) {
				return false
			}
		}
		return true
	})
	unread(t, all, l.next, "confirm", "quarantine")
	l.settle(t)
	got, doubted := arrived(l.next, l.release), strings.Join(l.doubted(t), " ")+" "
	codes := map[int]int{}
	for _, s := range all {
		codes[s.code]++
		for _, to := range s.to {
			n := got[s.mark][to]
			if s.code == 250 && n == 0 || n > 1 && !strings.Contains(doubted, s.mark+" ") || s.code != 250 && s.word == "nothing" && n > 0 || s.code/100 == 5 {
				t.Errorf("%s (%s) to %s: told %d %s, arrived %d times", s.mark, s.word, to, s.code, s.text, n)
			}
		}
	}
	if codes[250] < 50 || codes[451] == 0 {
		t.Errorf("too few to tell: %v", codes)
	}
	t.Log(codes)
}
