//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store/storetest"
)

// The primary of two PostgreSQL servers dies under load and comes back no more;
// its standby is promoted. With synchronous replication nothing is lost that a
// client was told is taken, nothing is doubled, and mail goes on.
func TestStandbyPromotion(t *testing.T) {
	t.Parallel()
	primary := storetest.StartPostgres(t)
	schema := primary.Create(t)
	standby := primary.Standby(t)
	shell(t, "/", "psql -X -q <<'END'\n"+snippets(t, "postgresql.md")["synchronous"]+"END\n", primary.Env()...)
	mailtest.Await(t, 10*time.Second, "the standby does not follow synchronously", func() bool {
		state, err := primary.Psql("public", "SELECT sync_state FROM pg_stat_replication")
		return err == nil && state == "sync"
	})
	hosts := fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d/", primary.Port, standby.Port)
	c := newCluster(t, strings.Replace(primary.URL(schema), fmt.Sprintf("127.0.0.1:%d/", primary.Port), hosts, 1))
	work := startLoad(c.addr, 10, "nothing", "tag", "confirm")
	time.Sleep(1500 * time.Millisecond)
	primary.Stop(t, "immediate")
	died := time.Now()
	time.Sleep(500 * time.Millisecond)
	standby.Promote(t)
	l := &lab{proxy: c.nodes[0], next: c.next, release: c.release}
	mailtest.Await(t, 20*time.Second, "nothing is held after the promotion", func() bool { return heldSince(work, died) > 20 })
	all := work.end()
	l.settle(t)
	l.judge(t, all)
	l.quarantine(t, "audit", "verify")
}

// heldSince counts the messages of a load, by now, that were handed in after a
// time and held.
func heldSince(l *load, after time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, s := range l.all {
		if s.code == 250 && strings.Contains(s.text, "Held") && s.begun.After(after) {
			n++
		}
	}
	return n
}
