//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store/storetest"
)

// cluster is two proxies with one PostgreSQL behind a balancer that speaks
// PROXY v2.
type cluster struct {
	nodes         []*proxy
	next, release *mailtest.Sink
	addr          string // of the balancer
}

func newCluster(t *testing.T, database string) *cluster {
	t.Helper()
	c := &cluster{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	balancer := mailtest.Port(t)
	c.addr = fmt.Sprintf("127.0.0.1:%d", balancer)
	config := "defaults\n mode tcp\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n retries 3\n option redispatch\n" +
		fmt.Sprintf("frontend f\n bind %s\n default_backend b\nbackend b\n balance roundrobin\n", c.addr)
	for i := range 2 {
		port := mailtest.Port(t)
		text := strings.NewReplacer("NEXT", c.next.Addr, "RELEASE", c.release.Addr, "EXTRA", customRules(),
			`"127.0.0.1:0"`, fmt.Sprintf(`"127.0.0.1:%d"`, port), "identity: reverse-path}", "identity: reverse-path, proxy_protocol: [127.0.0.0/8]}",
			`"sqlite:maillint.db"`, fmt.Sprintf("%q", database), "delay: 3s", "delay: 20s").Replace(labPolicy)
		c.nodes = append(c.nodes, startProxy(t, text))
		config += fmt.Sprintf(" server s%d 127.0.0.1:%d send-proxy-v2 check inter 200ms check-send-proxy\n", i, port)
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	mailtest.Start(t, exec.Command(mailtest.Need(t, "haproxy"), "-db", "-f", file))
	mailtest.Await(t, 10*time.Second, "the balancer does not answer", func() bool {
		cl, err := mailtest.Dial(c.addr, "")
		if err == nil {
			cl.Close()
		}
		return err == nil
	})
	return c
}

// One proxy is killed and the database restarted twice, under the load of 50
// clients: nothing is lost, nothing doubled but in SMTP's own window, every
// deadline is met once.
func TestTwoNodesOneDatabase(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	c := newCluster(t, server.URL(server.Create(t)))
	work := startLoad(c.addr, 50, "nothing", "tag", "delay", "confirm")
	time.Sleep(2 * time.Second)
	server.Stop(t, "immediate")
	server.Start(t)
	time.Sleep(2 * time.Second)
	c.nodes[1].kill()
	time.Sleep(time.Second)
	server.Stop(t, "immediate")
	server.Start(t)
	time.Sleep(2 * time.Second)
	all := work.end()
	l := &lab{proxy: c.nodes[0], next: c.next, release: c.release}
	l.settle(t)
	l.judge(t, all)
	l.quarantine(t, "audit", "verify")
}

// A decision made at one node is carried out once, whichever node sends it,
// and what one taught the other knows.
func TestNodesShareDecisions(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	c := newCluster(t, server.URL(server.Create(t)))
	var wait sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	for i := range 20 {
		wait.Go(func() {
			s := sent{mark: fmt.Sprintf("mark-9-%d", i), word: "confirm", to: []string{"a@partner.example"}}
			code, text, _, err := mailtest.Submit(c.addr, "u@example.ac.jp", s.to, markedMessage(s))
			if err != nil || code != 250 {
				t.Errorf("%d %s %v", code, text, err)
				return
			}
			mu.Lock()
			ids[heldID(t, text)] = true
			mu.Unlock()
		})
	}
	wait.Wait()
	for _, node := range c.nodes { // both decide about all, at once
		wait.Go(func() {
			for id := range ids {
				cmd := exec.Command(program(t), "quarantine", "release", id, "--by", "postmaster@example.ac.jp")
				cmd.Dir = node.Dir
				_ = cmd.Run()
			}
		})
	}
	wait.Wait()
	mailtest.Await(t, time.Minute, "not everything was sent", func() bool { return len(arrived(c.release)) == 20 })
	time.Sleep(2 * time.Second)
	for mark, to := range arrived(c.release) {
		if to["a@partner.example"] != 1 {
			t.Errorf("%s was sent %d times", mark, to["a@partner.example"])
		}
	}
	var released int
	d := json.NewDecoder(strings.NewReader(c.nodes[1].quarantine(t, "list", "--json", "--state", "released")))
	for d.More() {
		var it item
		if err := d.Decode(&it); err != nil {
			t.Fatal(err)
		}
		released++
	}
	if released != 20 {
		t.Errorf("the other node sees %d released", released)
	}
	c.nodes[0].quarantine(t, "audit", "verify")
}
