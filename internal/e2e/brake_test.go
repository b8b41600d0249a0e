//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store/storetest"
)

// brake runs "maillint brake" where the proxy runs.
func (p *proxy) brake(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"brake"}, args...)...)
	cmd.Dir, cmd.Env = p.Dir, append(os.Environ(), p.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("brake %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// lets reports whether a message that asks to be held is relayed by a node.
func (p *proxy) lets(t *testing.T, word string) bool {
	t.Helper()
	s := sent{mark: fmt.Sprintf("mark-1-%d", time.Now().UnixNano()), word: word, to: []string{"a@partner.example"}}
	code, text, _, err := mailtest.Submit(p.Addr["users"], "u@example.ac.jp", s.to, markedMessage(s))
	if err != nil {
		t.Fatal(err)
	}
	return code == 250 && !strings.Contains(text, "Held")
}

// A brake set beside the running proxy lets mail through within seconds, shows
// wherever somebody looks, and mail is held again when it is taken off.
func TestBrake(t *testing.T) {
	t.Parallel()
	l := newLab(t, "")
	if l.lets(t, "quarantine") {
		t.Fatal("it is not held to begin with")
	}
	l.brake(t, "lab-quarantine", "--for", "2h", "--reason", "graduation mail", "--by", "hana@example.ac.jp")
	mailtest.Await(t, 5*time.Second, "the brake does nothing", func() bool { return l.lets(t, "quarantine") })
	if l.lets(t, "confirm") {
		t.Error("another rule is braked as well")
	}
	if code, text := l.get(t, "/readyz"); code != http.StatusOK || !strings.Contains(text, "BRAKE: lab-quarantine is only monitored until ") || !strings.Contains(text, "graduation mail") {
		t.Errorf("/readyz: %d %s", code, text)
	}
	if text := l.metrics(t); !strings.Contains(text, `maillint_brake_until_timestamp_seconds{rule="lab-quarantine"} `) {
		t.Error("the metrics do not tell")
	}
	if text := l.quarantine(t, "list"); !strings.HasPrefix(text, "BRAKE: lab-quarantine") {
		t.Errorf("quarantine list: %s", text)
	}
	if !strings.Contains(l.log.String(), `msg=brake rule=lab-quarantine`) {
		t.Error("the log does not tell")
	}
	mailtest.Await(t, 15*time.Second, "the administrators are not told", func() bool { return l.told("lab-quarantine is only monitored") == 2 })
	l.brake(t, "--off", "lab-quarantine", "--reason", "over")
	mailtest.Await(t, 5*time.Second, "taken off, it still brakes", func() bool { return !l.lets(t, "quarantine") })
	if strings.Contains(l.metrics(t), `maillint_brake_until_timestamp_seconds{`) {
		t.Error("the metrics still tell of it")
	}
	if text := l.quarantine(t, "audit", "list"); !strings.Contains(text, "graduation mail") || !strings.Contains(text, "brake off") {
		t.Errorf("the audit log: %s", text)
	}
	l.quarantine(t, "audit", "verify")
}

// told counts the notices whose subject holds a text: one for each
// administrator.
func (l *lab) told(text string) int {
	n := 0
	for _, r := range l.release.Received() {
		if head, _, _ := strings.Cut(string(r.Data), "\r\n\r\n"); r.Null() && strings.Contains(unfolded(head), text) {
			n++
		}
	}
	return n
}

func unfolded(head string) string { return strings.ReplaceAll(head, "\r\n ", " ") }

// A brake that is set at one node holds at the other too, also for one that is
// started afterwards; it ends at both, and one notice says so.
func TestBrakeOnTwoNodes(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	l := &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", customRules(),
		"sqlite:maillint.db", server.URL(server.Create(t))).Replace(labPolicy)
	nodes := []*proxy{startProxy(t, text), startProxy(t, text)}
	nodes[0].brake(t, "all", "--for", "1m", "--reason", "test")
	for _, n := range nodes {
		mailtest.Await(t, 5*time.Second, "a node does not brake", func() bool { return n.lets(t, "quarantine") })
	}
	nodes[1].stop(t)
	nodes[1].start(t)
	if !nodes[1].lets(t, "approve") {
		t.Error("a node that is started while the brake is on does not brake")
	}
	mailtest.Await(t, 15*time.Second, "the administrators are not told", func() bool { return l.told("all rules are only monitored") > 0 })
	nodes[1].brake(t, "--off", "all")
	for _, n := range nodes {
		mailtest.Await(t, 5*time.Second, "a node still brakes", func() bool { return !n.lets(t, "quarantine") })
	}
	mailtest.Await(t, 15*time.Second, "the administrators are not told of the end", func() bool { return l.told("the brake of all rules is off") > 0 })
	time.Sleep(6 * time.Second) // the other node would have told by now
	if on, off := l.told("all rules are only monitored"), l.told("the brake of all rules is off"); on != 2 || off != 2 {
		t.Errorf("two administrators were told %d and %d times", on, off)
	}
}
