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

func newCluster(t *testing.T, database string, change ...string) *cluster {
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
		text = strings.NewReplacer(change...).Replace(text)
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
// deadline is met once; and what the nodes count together keeps its limit.
func TestTwoNodesOneDatabase(t *testing.T) {
	t.Parallel()
	server := storetest.StartPostgres(t)
	c := newCluster(t, server.URL(server.Create(t)), "notify:", fmt.Sprintf(bulkService, bulkCeiling)+"notify:")
	work := startLoad(c.addr, 50, "nothing", "tag", "delay", "confirm")
	service := startBulk(c.addr)
	time.Sleep(2 * time.Second)
	server.Stop(t, "immediate")
	server.Start(t)
	time.Sleep(2 * time.Second)
	c.nodes[1].kill()
	time.Sleep(time.Second)
	server.Stop(t, "immediate")
	server.Start(t)
	time.Sleep(2 * time.Second)
	all := append(work.end(), service.end()...)
	service.counted(t)
	l := &lab{proxy: c.nodes[0], next: c.next, release: c.release}
	l.settle(t)
	l.judge(t, all)
	l.quarantine(t, "audit", "verify")
}

// bulkService is a system with a limit of its own.
const bulkService = `services:
  bulk: {owner: office@example.ac.jp, networks: [127.0.0.0/8], reverse_path: [bulk@example.ac.jp], recipients_per_hour: 100, ceiling: %d, review: 2099-04-01}
`

// So many recipients the service may have in an hour, and so many clients it
// sends with.
const (
	bulkCeiling = 150
	bulkClients = 8
)

// bulk is a service that sends over its limit.
type bulk struct{ load }

func startBulk(addr string) *bulk {
	b := &bulk{load{addr: addr, stop: make(chan struct{})}}
	for i := range bulkClients {
		b.wait.Go(func() { b.client(100 + i) })
	}
	return b
}

func (b *bulk) client(i int) {
	for n := 0; ; n++ {
		select {
		case <-b.stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
		s := sent{mark: fmt.Sprintf("mark-%d-%d", i, n), word: "nothing", to: []string{"a@partner.example"}, begun: time.Now()}
		s.code, s.text, _, _ = mailtest.Submit(b.addr, "bulk@example.ac.jp", s.to, markedMessage(s))
		b.mu.Lock()
		b.all = append(b.all, s)
		b.mu.Unlock()
	}
}

// counted: all nodes together let through what the limit says, and not one
// more. A message that a node or the database broke off counts, though nobody
// was told that it was taken: as many as the clients had under way at each of
// the three accidents.
func (b *bulk) counted(t *testing.T) {
	t.Helper()
	codes := map[int]int{}
	for _, s := range b.all {
		codes[s.code]++
	}
	if n := codes[250]; n > bulkCeiling || n < bulkCeiling-3*bulkClients || codes[450] == 0 {
		t.Errorf("a service that may have %d recipients was answered %v", bulkCeiling, codes)
	}
	t.Logf("the service with a limit of %d was answered %v", bulkCeiling, codes)
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
