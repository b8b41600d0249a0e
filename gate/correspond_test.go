package gate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/policy"
	"maillint/store"
)

// answer submits a reply of taro's to somebody whose mail came from a host.
func (h *house) answer(to, host string, change ...func(*Transaction)) {
	h.t.Helper()
	tx := h.mail("From: taro@ours.example\nTo: "+to+"\nSubject: Re: x\nIn-Reply-To: <1@"+host+">", to)
	for _, c := range change {
		c(tx)
	}
	if reply, _ := h.submit(tx); !reply.OK() {
		h.t.Fatalf("%s: %s", to, reply)
	}
}

// relays reports whether a message to an address is relayed rather than held.
func (h *house) relays(to string) bool {
	h.t.Helper()
	reply, n := h.submit(h.mail("From: taro@ours.example\nTo: "+to+"\nSubject: y", to))
	if !reply.OK() && reply.Code != 550 && reply.Code != 554 {
		h.t.Fatalf("%s: %s", to, reply)
	}
	return n.relayed
}

// A domain that was answered on three days is protected: its slips are held, on
// every node and after a start.
func TestLearnedDomain(t *testing.T) {
	h := newHouse(t, "")
	for day := range 3 {
		h.relearn(t.Context())
		if !h.relays("a@harborvalley.co.nz") || !h.relays("a@harborvaley.co.nz") {
			t.Fatalf("day %d: held before the domain was learned", day)
		}
		h.answer("a@harborvalley.co.nz", "mail.harborvalley.co.nz")
		h.answer("b@harborvalley.co.nz", "mail.harborvalley.co.nz") // the same day counts once
		h.clock.advance(24 * time.Hour)
	}
	check := func(when string) {
		t.Helper()
		if !h.relays("a@harborvalley.co.nz") || h.relays("a@harborvaley.co.nz") {
			t.Errorf("%s: the slip is relayed, or the domain is held", when)
		}
		if it := h.items()[0]; len(it.Findings) != 1 || it.Findings[0].Suggest != "a@harborvalley.co.nz" {
			t.Errorf("%s: held for %+v", when, it.Findings)
		}
	}
	h.relearn(t.Context())
	check("learned")
	if err := h.Reload(h.policy); err != nil {
		t.Fatal(err)
	}
	check("after a reload")
	h.open()
	h.relearn(t.Context())
	check("after a start")
}

// A domain that somebody has taken out is learned no more, however often it is
// answered.
func TestTakeOut(t *testing.T) {
	h := newHouse(t, "")
	answer := func() {
		for range 3 {
			h.answer("a@harborvalley.co.nz", "harborvalley.co.nz")
			h.clock.advance(24 * time.Hour)
		}
		h.relearn(t.Context())
	}
	answer()
	if h.relays("a@harborvaley.co.nz") {
		t.Fatal("nothing was learned")
	}
	by := store.Record{By: "admin@ours.example", Reason: "it is the slip"}
	if err := TakeOut(t.Context(), h.store, "harborvaley.co.nz", by); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown domain: %v", err)
	}
	if err := TakeOut(t.Context(), h.store, "harborvalley.co.nz", by); err != nil {
		t.Fatal(err)
	}
	answer()
	if !h.relays("a@harborvaley.co.nz") {
		t.Error("learned again")
	}
	if err := TakeOut(t.Context(), h.store, "harborvalley.co.nz", by); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	records := 0
	err := h.store.Records(t.Context(), "", func(e store.Entry) error {
		if r := e.Record; r.Event == "forget" && r.Detail["domain"] == "harborvalley.co.nz" && r.By == by.By && r.Reason == by.Reason {
			records++
		}
		return nil
	})
	if err != nil || records != 1 {
		t.Errorf("%d records, %v", records, err)
	}
}

// What teaches nothing.
func TestNotLearned(t *testing.T) {
	h := newHouse(t, "")
	claimed := func(tx *Transaction) { tx.Identity.Trust = policy.Claimed }
	for range 5 {
		h.answer("a@harborvalley.co.nz", "elsewhere.example")       // written to, and no answer
		h.answer("a@riverstone.co.nz", "riverstone.co.nz", claimed) // nobody vouches for who answers
		h.answer("hanako@ours.example", "ours.example")
		h.answer("a@softbank.co.jp", "softbank.co.jp") // a remark: another one's domain
		h.clock.advance(24 * time.Hour)
	}
	list, err := Correspondents(t.Context(), h.store)
	if err != nil || len(list) > 0 {
		t.Errorf("learned %v, %v", list, err)
	}
}

// Learning never stands in the way of mail.
func TestLearningFails(t *testing.T) {
	h := newHouse(t, "")
	h.store.fail("Add", errors.New("disk full"))
	h.answer("a@harborvalley.co.nz", "harborvalley.co.nz")
	if !slices.ContainsFunc(h.errs, func(s string) bool { return strings.Contains(s, "disk full") }) {
		t.Errorf("nobody is told: %q", h.errs)
	}
	if err := h.store.Put(context.Background(), keyLearned, []byte("{")); err != nil {
		t.Fatal(err)
	}
	h.relearn(t.Context())
	if h.Policy() != h.policy {
		t.Error("another policy is in force")
	}
}
