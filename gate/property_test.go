package gate

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/store"
	"maillint/submit"
)

// ledger is what the outside world knows of one transaction.
type ledger struct {
	tx    *Transaction
	hop   *hop
	reply submit.Reply
}

// Whatever the next hop, the store, the release route and people do: every
// recipient of every transaction ends delivered once, held and decided against,
// refused by a server and reported, or was never accepted.
func TestNobodyIsLost(t *testing.T) {
	h := newHouse(t, "rules: {lookalike-domain: {disposition: {critical: confirm}}}\n")
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	var mu sync.Mutex
	chance := func(percent int) bool {
		mu.Lock()
		defer mu.Unlock()
		return rng.IntN(100) < percent
	}
	var all []ledger
	for i := range 300 {
		for what, percent := range map[string]int{"Hold": 5, "List": 3, "Update": 5} {
			h.store.fail(what, nil)
			if chance(percent) {
				h.store.fail(what, errors.New("disk full"))
			}
		}
		all = append(all, h.randomSubmission(i, rng))
		h.clock.advance(time.Duration(rng.IntN(2000)) * time.Millisecond)
	}
	for _, what := range []string{"Hold", "List", "Update"} {
		h.store.fail(what, nil)
	}
	for n, l := range all {
		h.checkAccepted(n, l)
	}
	h.sink.SetFault(func(step, text string) mailtest.Fault {
		switch {
		case step == "RCPT" && strings.Contains(text, "gone"):
			return mailtest.Fault{Reply: "550 5.1.1 gone"}
		case step == "RCPT" && chance(10), step == "MAIL" && chance(5), step == "DOT" && chance(5):
			return mailtest.Fault{Reply: "451 4.0.0 later"}
		case step == "DOT" && chance(5), step == "DATA" && chance(3):
			return mailtest.Fault{Drop: true}
		case step == "DOT" && chance(3):
			return mailtest.Fault{Drop: true, Keep: true}
		}
		return mailtest.Fault{}
	})
	for range 12 {
		for _, it := range h.items(store.Held) {
			if chance(30) {
				how := []string{"release", "discard", "withdraw"}[rng.IntN(3)]
				_, _ = h.Decide(t.Context(), it.ID, Decision{How: how, Hide: chance(20)})
			}
		}
		h.store.fail("Update", nil)
		if chance(20) {
			h.store.fail("Update", errors.New("disk full"))
		}
		h.step(6 * time.Hour)
	}
	h.store.fail("Update", nil)
	h.sink.SetFault(nil)
	for range 60 {
		h.step(24 * time.Hour)
	}
	if left := h.items(store.Held, store.Releasing); len(left) > 0 {
		t.Errorf("%d items never end, %s %+v", len(left), left[0].State, left[0])
	}
	h.checkDelivered(all)
	v, err := h.store.AuditVerify(t.Context())
	if err != nil || !v.OK() {
		t.Errorf("audit log: %+v %v", v, err)
	}
}

// randomSubmission submits one message of a random kind to a next hop of a
// random mood.
func (h *house) randomSubmission(i int, rng *rand.Rand) ledger {
	words := []string{"plain", "TAG", "HIDE", "DELAY", "CONFIRM", "APPROVE", "QUARANTINE", "REJECT", "TWO"}
	var to []string
	for n := range 1 + rng.IntN(4) {
		name := []string{"a%d-%d@x.example", "b%d-%d@gmai.com", "c%d-%d@ours.example", "gone%d-%d@y.example"}[rng.IntN(4)]
		to = append(to, fmt.Sprintf(name, i, n))
	}
	tx := h.mail("From: taro@ours.example\nTo: "+strings.Join(to, ", ")+"\nSubject: "+words[rng.IntN(len(words))]+fmt.Sprint(i), to...)
	n := &hop{reply: submit.NewReply(250, "2.0.0", "queued"), tx: tx}
	switch rng.IntN(12) {
	case 0:
		n.reply = submit.NewReply(451, "4.0.0", "later")
	case 1:
		n.reply = submit.NewReply(554, "5.0.0", "no")
	case 2:
		n.err = fmt.Errorf("%w: %w", submit.ErrUnavailable, io.EOF)
	case 3:
		n.err = &submit.InDoubt{Err: io.EOF}
	}
	return ledger{tx, n, h.Submit(h.t.Context(), tx, n)}
}

// checkAccepted: after 250 everybody is relayed or stored, not both; after
// anything else nobody is.
func (h *house) checkAccepted(n int, l ledger) {
	h.t.Helper()
	stored := map[string]int{}
	list, err := h.store.Store.List(h.t.Context(), store.Filter{Transaction: l.tx.ID})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, it := range list {
		if it.Decision.How == howTakenBack {
			continue
		}
		for _, r := range it.Recipients {
			stored[r.Address]++
		}
	}
	for _, r := range l.tx.Recipients {
		a := r.Address.String()
		places := stored[a]
		if slices.Contains(l.hop.to, a) {
			places++
		}
		want := 0
		if l.reply.OK() {
			want = 1
		}
		if places != want && (l.reply.OK() || !l.hop.relayed) { // refused by the hop while the store failed: it stays held
			h.t.Errorf("%d: %s, and %s is in %d places", n, l.reply, a, places)
		}
	}
	if !l.hop.relayed && !l.hop.aborted {
		h.t.Errorf("%d: the next hop's transaction is left open", n)
	}
}

// checkDelivered: nobody twice but in doubt, nobody never but by a decision or
// a refusal.
func (h *house) checkDelivered(all []ledger) {
	h.t.Helper()
	times := map[string]int{}
	_, mails := h.got()
	for _, m := range mails {
		for _, r := range m.Recipients() {
			times[r]++
		}
	}
	for _, it := range h.items() {
		for _, r := range it.Recipients {
			n := times[r.Address]
			switch {
			case it.State == store.Released && r.State == store.Delivered && n < 1,
				n > 1 && r.Doubted == 0, n > 0 && it.State != store.Released && it.State != store.Failed:
				h.t.Errorf("%s (%s): %s is %s and was sent to %d times", it.ID, it.State, r.Address, r.State, n)
			case it.State == store.Failed && r.State == store.Refused && r.Code == 0:
				h.t.Errorf("%s: %s failed without a reason", it.ID, r.Address)
			}
		}
		if it.Notes[noteReport] != "" || it.Notes[noteTell] != "" {
			h.t.Errorf("%s: its sender was never told", it.ID)
		}
	}
	for _, l := range all {
		for _, r := range l.hop.to {
			if times[r] > 0 && l.reply.OK() {
				h.t.Errorf("%s was relayed and sent again", r)
			}
		}
	}
}

// Many at once, with the workers running: the same promises.
func TestAtOnce(t *testing.T) {
	h := newHouse(t, "rules: {lookalike-domain: {disposition: {critical: confirm}}}\n")
	var all sync.WaitGroup
	ledgers := make([]ledger, 200)
	stop := make(chan struct{})
	workers := sync.WaitGroup{}
	workers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				h.people(t.Context())
				h.release(t.Context())
				_ = h.Reload(h.policy)
				time.Sleep(5 * time.Millisecond)
			}
		}
	})
	for w := range 20 {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 2))
			for i := range 10 {
				ledgers[w*10+i] = h.randomSubmission(w*10+i, rng)
				h.clock.advance(20 * time.Second)
			}
		})
	}
	all.Wait()
	close(stop)
	workers.Wait()
	for n, l := range ledgers {
		h.checkAccepted(n, l)
	}
}
