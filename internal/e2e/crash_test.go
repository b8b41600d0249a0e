//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// setting is how much of something a test does: what is usual, or the
// environment's for a soak.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// sent is what a client knows of one of its messages.
type sent struct {
	mark string
	word string // what the subject asked for
	to   []string
	code int // the reply to the dot; 0 where the connection was lost before it
	text string
	err  error // what became of the connection

	begun time.Time // when it was handed in
}

// load submits marked messages until it is stopped.
type load struct {
	addr  string
	words []string

	mu   sync.Mutex
	all  []sent
	stop chan struct{}
	wait sync.WaitGroup
}

func startLoad(addr string, clients int, words ...string) *load {
	l := &load{addr: addr, words: words, stop: make(chan struct{})}
	for i := range clients {
		l.wait.Go(func() { l.client(i) })
	}
	return l
}

func (l *load) client(i int) {
	for n := 0; ; n++ {
		select {
		case <-l.stop:
			return
		default:
		}
		s := sent{mark: fmt.Sprintf("mark-%d-%d", i, n), word: l.words[rand.IntN(len(l.words))], begun: time.Now()}
		s.to = []string{"a@partner.example", "b@other.example"}[:1+rand.IntN(2)]
		s.code, s.text, _, s.err = mailtest.Submit(l.addr, fmt.Sprintf("user%d@example.ac.jp", i), s.to, markedMessage(s))
		l.mu.Lock()
		l.all = append(l.all, s)
		l.mu.Unlock()
		if s.code == 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// markedMessage has its mark in the body and the Message-ID, and a body of some
// length.
func markedMessage(s sent) string {
	return fmt.Sprintf("From: u@example.ac.jp\r\nTo: %s\r\nSubject: do-%s\r\nMessage-ID: <%s@example.ac.jp>\r\n\r\n%s.\r\n%s",
		strings.Join(s.to, ", "), s.word, s.mark, s.mark, strings.Repeat("0123456789 the quick brown fox\r\n", rand.IntN(400)))
}

func (l *load) end() []sent {
	close(l.stop)
	l.wait.Wait()
	return l.all
}

var markOf = regexp.MustCompile(`(?m)^(mark-\d+-\d+)\.\r$`)

// arrived counts, by mark and recipient, what has reached a sink.
func arrived(sinks ...*mailtest.Sink) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, s := range sinks {
		for _, r := range s.Received() {
			m := markOf.FindSubmatch(r.Data)
			if m == nil || r.Null() {
				continue
			}
			mark := string(m[1])
			if out[mark] == nil {
				out[mark] = map[string]int{}
			}
			for _, to := range r.Recipients() {
				out[mark][to]++
			}
		}
	}
	return out
}

// Killed at any step, under load, the proxy loses no message that it took, and
// sends none twice but in the window that SMTP itself leaves, which it marks.
func TestKillsLoseNothing(t *testing.T) {
	t.Parallel()
	l := &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	port := mailtest.Port(t)
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", customRules(), `"127.0.0.1:0"`, fmt.Sprintf(`"127.0.0.1:%d"`, port)).Replace(labPolicy)
	slow := func(string, string) mailtest.Fault {
		return mailtest.Fault{Wait: time.Duration(rand.IntN(3)) * time.Millisecond}
	}
	l.next.SetFault(slow)
	l.release.SetFault(slow)
	l.proxy = startProxy(t, text)
	work := startLoad(fmt.Sprintf("127.0.0.1:%d", port), 8, "nothing", "tag", "hide", "delay", "confirm", "approve")
	deciding := make(chan struct{})
	go func() { l.decide(deciding) }()
	n := setting(t, "MAILLINT_KILLS", 20)
	for range n {
		time.Sleep(time.Duration(150+rand.IntN(500)) * time.Millisecond)
		l.kill()
		l.start(t)
	}
	close(deciding)
	all := work.end()
	l.settle(t)
	l.judge(t, all)
	l.quarantine(t, "audit", "verify")
	t.Logf("%d kills, %d messages", n, len(all))
}

// decide releases what is held, beside the running (or killed) proxy.
func (l *lab) decide(stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(200 * time.Millisecond):
		}
		l.releaseSome(50)
	}
}

// releaseSome lets the oldest go that wait for somebody, in a process of its own
// as an administrator would, whether the proxy runs or not.
func (l *lab) releaseSome(most int) {
	quarantine := func(args ...string) []byte {
		cmd := exec.Command(l.cmd.Path, append([]string{"quarantine"}, args...)...)
		cmd.Dir = l.Dir
		out, _ := cmd.Output()
		return out
	}
	var ids []string
	d := json.NewDecoder(bytes.NewReader(quarantine("list", "--json", "--limit", strconv.Itoa(most))))
	for d.More() {
		var it item
		if d.Decode(&it) != nil {
			break
		}
		ids = append(ids, it.ID)
	}
	if len(ids) > 0 {
		quarantine(append([]string{"release", "--by", "postmaster@example.ac.jp"}, ids...)...)
	}
}

// settle waits until nothing is on its way any more. It may be many thousand
// messages; that they become no fewer for a while is the failure.
func (l *lab) settle(t *testing.T) {
	t.Helper()
	least, since, begun := -1, time.Now(), time.Now()
	for {
		waiting := strings.Count(l.quarantine(t, "list", "--json", "--state", "held,releasing"), "\n")
		if least < 0 {
			t.Logf("%d messages wait when the load ends", waiting)
		}
		switch {
		case waiting == 0:
			t.Logf("all are gone after %s", time.Since(begun).Round(time.Second))
			return
		case least < 0 || waiting < least:
			least, since = waiting, time.Now()
		case time.Since(since) > time.Minute:
			t.Fatalf("%d messages are on their way, and none has left for a minute", waiting)
		}
		l.releaseSome(500)
		time.Sleep(20 * time.Millisecond)
	}
}

// judge compares what the clients were told with what has arrived.
func (l *lab) judge(t *testing.T, all []sent) {
	t.Helper()
	got := arrived(l.next, l.release)
	doubted := l.doubted(t)
	var taken, lost, twice int
	for _, s := range all {
		if s.code == 250 {
			taken++
		}
		for _, to := range s.to {
			n := got[s.mark][to]
			switch {
			case s.code == 250 && n == 0:
				lost++
				t.Errorf("%s (%s) to %s: the client was told %q, and it has not arrived", s.mark, s.word, to, s.text)
			case s.code >= 400 && n > 0:
				t.Errorf("%s (%s) to %s: the client was told %d, and it has arrived", s.mark, s.word, to, s.code)
			case n > 1 && !slices.Contains(doubted, s.mark):
				twice++
				t.Errorf("%s (%s) to %s: arrived %d times without a mark of doubt", s.mark, s.word, to, n)
			}
		}
	}
	if taken < 50 {
		t.Errorf("only %d messages were taken: the load is too small to tell", taken)
	}
	t.Logf("%d taken, %d lost, %d doubled without a mark, %d in doubt", taken, lost, twice, len(doubted))
}

// doubted are the marks of messages of which a release was in doubt.
func (l *lab) doubted(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, it := range l.items(t) {
		for _, r := range it.Recipients {
			if r.Doubted > 0 {
				mark, _, _ := strings.Cut(strings.TrimPrefix(it.MessageID, "<"), "@")
				out = append(out, mark)
				break
			}
		}
	}
	return out
}
