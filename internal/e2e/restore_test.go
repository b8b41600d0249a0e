//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store/storetest"
)

// loss is a proxy whose machine is lost after a backup, and what it held then.
type loss struct {
	*lab
	policy string
	ids    map[string]string // by what the subject asked for
	bytes  map[string]string // exported, by ID
}

// newLoss starts a proxy that has sent one message, holds four (one is large,
// one has the first of two votes), and sends one of them in eight seconds.
func newLoss(t *testing.T, address string) *loss {
	t.Helper()
	x := &loss{lab: &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}, ids: map[string]string{}, bytes: map[string]string{}}
	x.policy = strings.NewReplacer("NEXT", x.next.Addr, "RELEASE", x.release.Addr, "EXTRA", customRules(), "delay: 3s", "delay: 8s",
		"sqlite:maillint.db", address, "  confirm: 1h", "  confirm: 1h\n  approvers: {rules: {lab-approve: {who: [legal@example.ac.jp, privacy@example.ac.jp], need: 2}}}").Replace(labPolicy)
	x.proxy = startProxy(t, x.policy)
	x.hold(t, "sent", "confirm", 1)
	x.quarantine(t, "release", x.ids["sent"], "--by", "u@example.ac.jp", "--reason", "they are right")
	mailtest.Await(t, 10*time.Second, "what was confirmed was not sent", func() bool { return x.state(t, x.ids["sent"]) == "released" })
	x.hold(t, "approve", "approve", 2)
	x.quarantine(t, "approve", x.ids["approve"], "--by", "legal@example.ac.jp", "--reason", "read it")
	x.hold(t, "quarantine", "quarantine", 3)
	x.hold(t, "confirm", "confirm", 4)
	x.hold(t, "delay", "delay", 5)
	for _, id := range x.ids {
		x.bytes[id] = x.quarantine(t, "export", id)
	}
	return x
}

// hold submits a message that is held. The one for quarantine is too large to
// be kept in the database.
func (x *loss) hold(t *testing.T, name, word string, n int) {
	t.Helper()
	s := sent{mark: fmt.Sprintf("mark-0-%d", n), word: word, to: []string{name + "@partner.example"}}
	text := markedMessage(s)
	if word == "quarantine" {
		text += strings.Repeat("0123456789 the quick brown fox\r\n", 60_000)
	}
	code, reply, _, err := mailtest.Submit(x.Addr["users"], "u@example.ac.jp", s.to, text)
	if err != nil || code != 250 {
		t.Fatalf("%s: %d %s %v", name, code, reply, err)
	}
	x.ids[name] = heldID(t, reply)
}

// records are all items and the audit log, with everything that is stored.
func (x *loss) records(t *testing.T) string {
	t.Helper()
	return x.quarantine(t, "list", "--json", "--state", "all") + x.quarantine(t, "audit", "list", "--json")
}

// backUp makes backups while the proxy works until nothing has happened during
// one, and gives what the store held then.
func (x *loss) backUp(t *testing.T, backup func()) (records string) {
	t.Helper()
	mailtest.Await(t, 5*time.Second, "the store does not come to rest", func() bool {
		records = x.records(t)
		backup()
		return x.records(t) == records
	})
	return records
}

// vanish ends the proxy as the loss of its machine does, and gives it an empty
// one with the policy.
func (x *loss) vanish(t *testing.T, policy string) {
	t.Helper()
	x.kill()
	if err := os.RemoveAll(x.Dir); err != nil {
		t.Fatal(err)
	}
	x.Dir = t.TempDir()
	x.proxy.policy(t, policy)
}

// goesOn looks at what is back before the proxy starts, and at what it does
// with it then: each once, and nothing that was done before.
func (x *loss) goesOn(t *testing.T, records string) {
	t.Helper()
	if got := x.records(t); got != records {
		t.Errorf("restored:\n%s\nof:\n%s", got, records)
	}
	for id, want := range x.bytes {
		if x.quarantine(t, "export", id) != want {
			t.Errorf("%s: other bytes", id)
		}
	}
	if shown := x.quarantine(t, "show", "--json", x.ids["approve"]); !strings.Contains(shown, `"legal@example.ac.jp"`) || !strings.Contains(shown, "read it") {
		t.Errorf("the vote: %s", shown)
	}
	if n := len(arrived(x.release)); n != 1 {
		t.Fatalf("%d messages were sent before the restart, want 1: the machine is too slow for this test", n)
	}
	x.start(t)
	x.quarantine(t, "approve", x.ids["approve"], "--by", "privacy@example.ac.jp")
	x.quarantine(t, "release", x.ids["confirm"], "--by", "u@example.ac.jp")
	for _, name := range []string{"delay", "approve", "confirm"} {
		mailtest.Await(t, 20*time.Second, name+" was not sent", func() bool { return x.state(t, x.ids[name]) == "released" })
	}
	if got := x.state(t, x.ids["quarantine"]); got != "held" {
		t.Errorf("quarantine: %s", got)
	}
	got := arrived(x.release)
	for mark, to := range map[string]string{"mark-0-1": "sent", "mark-0-2": "approve", "mark-0-4": "confirm", "mark-0-5": "delay"} {
		if n := got[mark][to+"@partner.example"]; n != 1 {
			t.Errorf("%s was sent %d times", to, n)
		}
	}
	if len(got) != 4 {
		t.Errorf("sent: %v", got)
	}
	x.quarantine(t, "audit", "verify")
}

// A backup by the commands of the page, made while the proxy runs, brings back
// on an empty machine every held message, its deadline, its votes and the audit
// log, and the proxy goes on where it was.
func TestRestore(t *testing.T) {
	t.Parallel()
	mailtest.Need(t, "sqlite3")
	page := snippets(t, "operate.md")
	x := newLoss(t, "sqlite:maillint.db")
	backups := filepath.Join(t.TempDir(), "backups")
	records := x.backUp(t, func() {
		if err := os.RemoveAll(backups); err != nil {
			t.Fatal(err)
		}
		shell(t, "/", fit(t, page["backup"], "/var/lib/maillint", x.Dir, "/var/backups/maillint", backups))
	})
	x.vanish(t, x.policy)
	made, err := os.ReadDir(backups)
	if err != nil || len(made) != 1 {
		t.Fatalf("%v %v", made, err)
	}
	shell(t, x.Dir, fit(t, page["restore"], "/var/lib/maillint", x.Dir, "/var/backups/maillint", backups, "2026-11-25-030000", made[0].Name(),
		"/etc/maillint/rules.yaml", "rules.yaml", "chown -R maillint:", fmt.Sprintf("chown -R %d", os.Getuid())))
	x.goesOn(t, records)
}

// The same with PostgreSQL: its machine is lost with the proxy's.
func TestRestorePostgres(t *testing.T) {
	t.Parallel()
	page := snippets(t, "postgresql.md")
	first, second := storetest.StartPostgres(t), storetest.StartPostgres(t)
	dump := t.TempDir()
	shell(t, dump, "psql -X -q -v ON_ERROR_STOP=1 <<'END'\n"+page["setup"]+"END\n", first.Env()...)
	address := func(s *storetest.Server) string {
		return fmt.Sprintf("postgres://maillint@127.0.0.1:%d/maillint?sslmode=disable", s.Port)
	}
	x := newLoss(t, address(first))
	records := x.backUp(t, func() { shell(t, dump, page["backup"], first.Env()...) })
	first.Stop(t, "immediate")
	x.vanish(t, strings.ReplaceAll(x.policy, address(first), address(second)))
	shell(t, dump, fit(t, page["restore"], "/etc/maillint/rules.yaml", filepath.Join(x.Dir, "rules.yaml"), " --pwprompt", ""), second.Env()...)
	x.goesOn(t, records)
}
