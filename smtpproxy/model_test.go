package smtpproxy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestEnvelopes: whatever the client says in whatever order, and whatever becomes
// of the next hop meanwhile, what a client was told of a transaction is what
// became of it. A failure names the seed of its round:
// MAILLINT_SEED=n MAILLINT_ROUNDS=1 go test -run TestEnvelopes plays that one first.
func TestEnvelopes(t *testing.T) {
	before := runtime.NumGoroutine()
	seed, rounds := number("MAILLINT_SEED", uint64(time.Now().UnixNano())), number("MAILLINT_ROUNDS", 400)
	m := newModel(t)
	for n := range rounds {
		if m.play(t, seed+n); t.Failed() {
			break
		}
	}
	t.Logf("from seed %d: %d dialogues, %d transactions, %d told 250, %d messages at the next hop, %d sessions", seed, m.dialogues, m.transactions, m.told, m.taken, m.w.hop.connections())
	if !t.Failed() && rounds >= 100 && m.told < m.transactions/5 {
		t.Errorf("%d of %d transactions came to a good end: the faults hide what they are to show", m.told, m.transactions)
	}
	m.end()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(5 * time.Millisecond) { // one is the next hop's
		if time.Now().After(end) {
			t.Fatalf("%d goroutines at first, %d in the end", before, runtime.NumGoroutine())
		}
	}
}

// FuzzEnvelopes is the same with seeds of the fuzzer's.
func FuzzEnvelopes(f *testing.F) {
	for seed := range uint64(10) {
		f.Add(seed)
	}
	m := newModel(f)
	f.Fuzz(func(t *testing.T, seed uint64) { m.play(t, seed) })
}

func number(name string, usual uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 64); err == nil {
		return n
	}
	return usual
}

// model is a proxy before a next hop full of faults.
type model struct {
	w     *world
	plain string // addresses
	login string

	mu     sync.Mutex
	rnd    *rand.Rand // of the next hop
	faults int        // of 1000 answers, times what the command is given
	mood   string     // the command that is answered badly ten times as often
	seen   int        // messages of the next hop that were looked at

	dialogues, transactions, told, taken int
}

func newModel(t testing.TB) *model {
	m := &model{w: newWorld(t, func(o *Options) {
		o.KeepAlive, o.Connections, o.PerClient = 2*time.Millisecond, 1000, 1000
	})}
	m.plain, m.login = m.w.listen("relay"), m.w.listen("relay-auth")
	return m
}

func (m *model) end() {
	m.w.hop.answering(nil)
	m.w.server.Shutdown(m.w.t.Context())
}

// ways in which an answer goes wrong, and how often.
var ways = map[string]struct {
	often   int
	answers []string
}{
	"greeting": {1, []string{"close", "421 4.3.2 later", "554 5.3.2 no"}},
	"EHLO":     {1, []string{"close", "421 4.3.2 later"}},
	"MAIL":     {3, []string{"close", "421 4.3.2 later", "451 4.3.2 busy", "550 5.7.1 no", "354 what"}},
	"RCPT":     {4, []string{"close", "421 4.3.2 later", "451 4.3.2 busy", "550 5.1.1 no", "close"}},
	"RSET":     {5, []string{"close", "421 4.3.2 later", "451 4.3.2 busy", "502 5.5.1 no"}},
	"NOOP":     {8, []string{"close", "421 4.3.2 later", "451 4.3.2 busy"}},
	"DATA":     {4, []string{"close", "421 4.3.2 later", "451 4.3.2 busy", "554 5.5.1 no", "250 2.0.0 taken, not really"}},
	".":        {4, []string{"close", "421 4.3.2 later", "451 4.3.2 busy", "554 5.6.0 no", "take", "354 what"}},
}

// answer is the next hop's.
func (m *model) answer(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	w := ways[verb]
	m.mu.Lock()
	often := m.faults * w.often
	if verb == m.mood {
		often *= 10
	}
	bad, slow := m.rnd.IntN(1000) < often, m.rnd.IntN(40) == 0
	way := ""
	if bad {
		way = w.answers[m.rnd.IntN(len(w.answers))]
	}
	m.mu.Unlock()
	if slow {
		time.Sleep(3 * time.Millisecond)
	}
	return way
}

// play has one to three clients talk at a time, and looks at what became of it.
func (m *model) play(t *testing.T, seed uint64) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 0))
	m.mu.Lock()
	m.rnd, m.faults = rand.New(rand.NewPCG(seed, 1)), []int{0, 10, 10, 30, 60}[rnd.IntN(5)]
	m.mood = []string{"", "", "MAIL", "RCPT", "RSET", "NOOP", "DATA", "."}[rnd.IntN(8)]
	clean := m.faults == 0
	m.mu.Unlock()
	m.w.hop.answering(m.answer)
	if rnd.IntN(4) == 0 { // what idles in the pool
		m.w.hop.hangUp(func() bool { return rnd.IntN(2) == 0 })
	}
	var all sync.WaitGroup
	players := make([]*player, 1+rnd.IntN(3))
	for n := range players {
		p := &player{id: fmt.Sprintf("%d-%d", seed, n), rnd: rand.New(rand.NewPCG(seed, uint64(2+n)))}
		players[n] = p
		all.Go(func() { p.talk(t, m) })
	}
	all.Wait()
	for end := time.Now().Add(10 * time.Second); m.w.server.Connections() > 0; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatalf("seed %d: %d connections do not end", seed, m.w.server.Connections())
		}
	}
	m.w.hop.wait(t)
	m.check(t, players)
	for _, p := range players {
		for _, refused := range p.unkind {
			if clean {
				t.Errorf("%s: without a fault anywhere the client was told %s", p.id, refused)
			}
		}
	}
	if t.Failed() {
		t.Errorf("this was seed %d", seed)
	}
}

// check holds what the clients were told against what the next hop has.
func (m *model) check(t *testing.T, players []*player) {
	t.Helper()
	taken := m.w.hop.taken()[m.seen:]
	m.seen += len(taken)
	m.taken += len(taken)
	known := 0
	for _, p := range players {
		m.dialogues++
		for _, tx := range p.all {
			m.transactions++
			known += tx.check(t, taken)
			if tx.reply == "250" {
				m.told++
				m.judged(t, tx)
			}
		}
	}
	if known != len(taken) {
		t.Errorf("%d messages at the next hop, %d are of transactions that there were: %+v", len(taken), known, taken)
	}
}

// judged: what was judged, and is held where it is, is for whom the client was
// told.
func (m *model) judged(t *testing.T, tx *transaction) {
	t.Helper()
	m.w.door.mu.Lock()
	defer m.w.door.mu.Unlock()
	for i := len(m.w.door.sent) - 1; i >= 0; i-- {
		if m.w.door.sent[i] != tx.body {
			continue
		}
		var got []string
		for _, p := range m.w.door.seen[i].Recipients {
			wire, _ := p.Wire()
			got = append(got, wire)
		}
		from, _ := m.w.door.seen[i].ReversePath.Wire()
		if !slices.Equal(got, tx.rcpt) || from != tx.mail {
			t.Errorf("%s: judged for %q from %s, the client was told %q", tx.id, got, from, tx.rcpt)
		}
		return
	}
	t.Errorf("%s: told 250, and never judged", tx.id)
}

// transaction is one as the client knows it.
type transaction struct {
	id, mail string
	rcpt     []string // those that were answered 250
	refused  []string
	fate     string // of the recipients: "all", "none" or "some" are relayed
	keep     []string
	body     string // "" before it was sent
	reply    string // to the dot; "" where none was read
}

// wanted are the recipients that the next hop is to have the message for.
func (tx *transaction) wanted() []string {
	switch tx.fate {
	case "all":
		return tx.rcpt
	case "some":
		return tx.keep
	}
	return nil
}

// check gives how many of the messages are this one.
func (tx *transaction) check(t *testing.T, taken []recorded) (n int) {
	t.Helper()
	want := tx.wanted()
	for _, m := range taken {
		if m.mail != tx.mail { // every transaction has a reverse-path of its own
			continue
		}
		n++
		if tx.body == "" || m.data != stuffed(tx.body) || !slices.Equal(m.rcpt, want) {
			t.Errorf("%s (%s): the next hop has %+v; the client sent %q to %q, and was refused %q", tx.id, tx.fate, m, tx.body, want, tx.refused)
		}
	}
	switch {
	case n > 1:
		t.Errorf("%s: the next hop has it %d times", tx.id, n)
	case tx.reply != "" && tx.reply != "250" && tx.reply[0] != '4' && tx.reply[0] != '5':
		t.Errorf("%s: told %s", tx.id, tx.reply)
	case tx.reply == "250" && len(want) > 0 && n == 0:
		t.Errorf("%s: told 250, and nobody has it", tx.id)
	case strings.HasPrefix(tx.reply, "5") && n > 0:
		t.Errorf("%s: told %s, and the next hop has it", tx.id, tx.reply)
	}
	return n
}
