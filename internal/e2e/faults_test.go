//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// nextHopFaults: slow, 4xx, 5xx, and connections that drop, at every step.
func nextHopFaults(step, _ string) mailtest.Fault {
	if step == "EHLO" || step == "RSET" {
		return mailtest.Fault{}
	}
	switch n := rand.IntN(100); {
	case n < 3:
		return mailtest.Fault{Wait: 100 * time.Millisecond}
	case n < 6 && step != "CONNECT":
		return mailtest.Fault{Reply: "451 4.3.2 busy"}
	case n < 8 && step != "CONNECT":
		return mailtest.Fault{Reply: "550 5.1.1 no"}
	case n < 10:
		return mailtest.Fault{Drop: true}
	case n < 11 && step == "DOT":
		return mailtest.Fault{Drop: true, Keep: true} // taken, and the answer lost
	}
	return mailtest.Fault{}
}

// With faults all around, every message is with the next hop, or held, or
// refused: counted, and equal. Nothing grows.
func TestFaultsLoseNothing(t *testing.T) {
	l := newLab(t, "")
	l.next.SetFault(nextHopFaults)
	before := l.usage(t)
	total := setting(t, "MAILLINT_TRANSACTIONS", 1000)
	results := make(chan sent, total)
	var wait sync.WaitGroup
	var made sync.Mutex
	n := 0
	for range 50 {
		wait.Go(func() {
			for {
				made.Lock()
				i := n
				n++
				made.Unlock()
				if i >= total {
					return
				}
				s := sent{mark: fmt.Sprintf("mark-0-%d", i), word: []string{"nothing", "tag", "confirm", "quarantine", "reject", "hide"}[i%6], to: []string{"a@partner.example", "b@other.example"}[:1+i%2]}
				var refused []string
				s.code, s.text, refused, s.err = mailtest.Submit(l.Addr["users"], fmt.Sprintf("user%d@example.ac.jp", i%40), s.to, markedMessage(s))
				s.to = without(s.to, refused)
				results <- s
			}
		})
	}
	wait.Wait()
	close(results)
	l.next.SetFault(nil)
	var all []sent
	for s := range results {
		all = append(all, s)
	}
	l.account(t, all)
	l.grown(t, before)
}

func without(list, gone []string) []string {
	var out []string
	for _, s := range list {
		if !strings.Contains(" "+strings.Join(gone, " ")+" ", " "+s+" ") {
			out = append(out, s)
		}
	}
	return out
}

// account: each recipient of each message that was taken is in exactly one
// place, and what was refused is in none.
func (l *lab) account(t *testing.T, all []sent) {
	t.Helper()
	relayed := arrived(l.next)
	held := map[string]int{}
	for _, it := range l.items(t) {
		if it.State == "held" {
			held[it.ID] = len(it.Recipients)
		}
	}
	counts := map[string]int{}
	for _, s := range all {
		there := 0
		for _, to := range s.to {
			there += relayed[s.mark][to]
		}
		switch {
		case s.code == 0:
			counts["connection lost"]++
			t.Errorf("%s: the proxy dropped its client: %v", s.mark, s.err)
		case s.code == 250 && strings.Contains(s.text, "Held"):
			counts["held"]++
			if id := heldID(t, s.text); held[id] != len(s.to) || there > 0 {
				t.Errorf("%s: held as %s with %d recipients of %d, %d relayed", s.mark, id, held[id], len(s.to), there)
			}
		case s.code == 250:
			counts["relayed"]++
			if there != len(s.to) {
				t.Errorf("%s: relayed to %d of %d", s.mark, there, len(s.to))
			}
		default:
			counts[fmt.Sprint(s.code/100)+"xx"]++
			// A next hop that took the message and lost the answer is the one
			// window that SMTP leaves; then the client is told 4xx.
			if there > 0 && s.code/100 != 4 {
				t.Errorf("%s: refused with %d, and arrived", s.mark, s.code)
			}
		}
	}
	sum := 0
	for _, c := range counts {
		sum += c
	}
	if sum != len(all) || counts["held"] == 0 || counts["relayed"] == 0 || counts["4xx"] == 0 || counts["5xx"] == 0 {
		t.Errorf("counted %v of %d", counts, len(all))
	}
	t.Logf("%v", counts)
}

// usage is what the program holds open: goroutines and descriptors.
type usage struct{ goroutines, files float64 }

func (p *proxy) usage(t *testing.T) usage {
	t.Helper()
	var u usage
	for line := range strings.Lines(p.metrics(t)) {
		f := strings.Fields(line)
		if len(f) == 2 && f[0] == "go_goroutines" {
			u.goroutines, _ = strconv.ParseFloat(f[1], 64)
		}
	}
	files, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "fd"))
	if err != nil {
		t.Fatal(err)
	}
	u.files = float64(len(files))
	return u
}

// grown waits for the usage to be what it was, but for the pools.
func (p *proxy) grown(t *testing.T, before usage) {
	t.Helper()
	var now usage
	const pools = 24 // kept sessions with the next hop, readers of the store
	mailtest.Await(t, time.Minute, fmt.Sprintf("goroutines or descriptors have grown from %+v", before), func() bool {
		now = p.usage(t)
		return now.goroutines <= before.goroutines+pools && now.files <= before.files+pools
	})
	t.Logf("before %+v, after %+v", before, now)
}
