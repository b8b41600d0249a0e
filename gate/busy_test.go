package gate

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"maillint/policy"
)

// busyAlarms are the alarms about busy rules.
func (h *house) busyAlarms() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, a := range h.alarms {
		if strings.HasPrefix(a.Kind, "busy ") {
			out = append(out, a.Text)
		}
	}
	return out
}

// pass lets messages pass that nothing is found in: one is judged, the others
// are counted as it was.
func (h *house) pass(n int) {
	h.t.Helper()
	h.heldBy("plain")
	for range n - 1 {
		e := h.events[len(h.events)-1]
		h.account(&e)
	}
}

// More than 20 in ten minutes alarm once, with what to do; 20 do not.
func TestBusyRule(t *testing.T) {
	h := newHouse(t, "")
	h.pass(2000) // so that the share says nothing
	for i := range 21 {
		if i == 20 {
			h.busy(t.Context())
			if a := h.busyAlarms(); len(a) > 0 {
				t.Fatalf("after 20: %q", a)
			}
		}
		h.heldBy(fmt.Sprint("CONFIRM ", i))
	}
	h.busy(t.Context())
	h.heldBy("CONFIRM again")
	h.step(time.Minute)
	a := h.busyAlarms()
	if len(a) != 1 || !strings.Contains(a[0], "c-confirm has held 21 messages in ten minutes") || !strings.Contains(a[0], "maillint brake c-confirm --for 2h --reason WHY") {
		t.Fatalf("%q", a)
	}
	if h.heldBy("CONFIRM more") != true || len(h.Brakes()) > 0 {
		t.Error("the rule is braked by itself")
	}
	if have := strings.Join(h.says("postmaster@ours.example"), "\n"); !strings.Contains(have, "c-confirm has held") {
		t.Errorf("the administrators were told %s", have)
	}
}

// Slowly enough, and not much of all mail: no alarm.
func TestCalmRule(t *testing.T) {
	h := newHouse(t, "")
	for i := range 40 {
		h.pass(60)
		h.heldBy(fmt.Sprint("CONFIRM ", i))
		h.clock.advance(time.Minute)
		h.busy(t.Context())
	}
	if a := h.busyAlarms(); len(a) > 0 {
		t.Errorf("%q", a)
	}
}

// More than two in a hundred alarm where few are sent as well; of a handful
// nothing can be said.
func TestBusyShare(t *testing.T) {
	h := newHouse(t, "")
	h.pass(194)
	for i := range 4 {
		h.heldBy(fmt.Sprint("CONFIRM ", i))
	}
	h.busy(t.Context())
	if a := h.busyAlarms(); len(a) > 0 {
		t.Errorf("4 of 198: %q", a)
	}
	h.heldBy("CONFIRM")
	h.busy(t.Context())
	if a := h.busyAlarms(); len(a) != 1 || !strings.Contains(a[0], "5 of the last 199 messages") {
		t.Errorf("5 of 199: %q", a)
	}
	h.clock.advance(2 * time.Hour)
	h.pass(300)
	h.heldBy("QUARANTINE")
	h.busy(t.Context())
	if a := h.busyAlarms(); len(a) != 1 {
		t.Errorf("one of 301: %q", a)
	}
}

// What two nodes hold adds up, and one of them tells; the canary does not count.
func TestBusyOfTwoNodes(t *testing.T) {
	h := newHouse(t, "")
	one := h.Gate
	h.open()
	for i := range 22 {
		g := []*Gate{one, h.Gate}[i%2]
		g.traffic.count(h.clock.Now(), []string{"c-confirm"})
		for range 60 {
			g.traffic.count(h.clock.Now(), nil)
		}
		tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: QUARANTINE", "a@x.example")
		tx.Canary = true
		g.account(&Event{Tx: tx, Held: 1, Disposition: policy.Quarantine, Verdict: policy.Verdict{Findings: []policy.Judged{{Disposition: policy.Quarantine}}}})
	}
	one.busy(t.Context())
	h.busy(t.Context())
	if a := h.busyAlarms(); len(a) != 1 || !strings.Contains(a[0], "22 messages") {
		t.Errorf("%q", a)
	}
}

// What was held while the store was away is told when it is back.
func TestBusyWhileTheStoreIsAway(t *testing.T) {
	h := newHouse(t, "")
	for range 2000 {
		h.traffic.count(h.clock.Now(), nil)
	}
	for range 3 { // seven in each turn
		for range 7 {
			h.traffic.count(h.clock.Now(), []string{"c-confirm"})
		}
		h.store.fail("Add", errors.New("away"))
		h.busy(t.Context())
	}
	if a := h.busyAlarms(); len(a) > 0 {
		t.Fatalf("%q", a)
	}
	h.store.fail("Add", nil)
	h.busy(t.Context())
	h.busy(t.Context())
	if a := h.busyAlarms(); len(a) != 1 || !strings.Contains(a[0], "21 messages in ten minutes") {
		t.Errorf("%q", a)
	}
}
