package gate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"maillint/history"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/store"
)

// forwarded is mail from outside that a mailbox of ours forwards.
func (h *house) forwarded(mailbox, target string) *Transaction {
	tx := h.mail("", target)
	raw := "X-MS-Exchange-ForwardingLoop: " + mailbox + ";7c1d2b9e\nFrom: boss@customer.example\nTo: " + mailbox + "\nSubject: plain\nDate: Wed, 25 Nov 2026 10:00:00 +0900\nMessage-ID: <" + tx.ID + "@customer.example>\n\nText\n"
	tx.Body = spool.FromBytes([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	tx.ReversePath = path(mailbox)
	tx.Identity = policy.Identity{Address: addressOf(mailbox), Trust: policy.Vouched}
	return tx
}

// heldFor tells whether a message of a mailbox to a target is held.
func (h *house) heldFor(mailbox, target string) bool {
	h.t.Helper()
	tx := h.forwarded(mailbox, target)
	reply, next := h.submit(tx)
	if !reply.OK() {
		h.t.Errorf("%s to %s: %s", mailbox, target, reply)
	}
	return !next.relayed
}

// From the third mailbox on, or the second within a day, over a restart and for
// mailboxes that only an audit has seen.
func TestSharedForwardTarget(t *testing.T) {
	h := newHouse(t, "")
	want := func(what string, held, want bool) {
		t.Helper()
		if held != want {
			t.Errorf("%s: held %v, want %v", what, held, want)
		}
	}
	want("the first", h.heldFor("hanako@ours.example", "drop@evil2.example"), false)
	want("the first again", h.heldFor("hanako@ours.example", "Drop+2@evil2.example"), false)
	h.clock.advance(25 * time.Hour)
	want("the second, a day later", h.heldFor("jiro@ours.example", "drop@evil2.example"), false)
	want("the first, on the day of the second", h.heldFor("hanako@ours.example", "drop@evil2.example"), true)
	h.open()
	h.clock.advance(40 * 24 * time.Hour)
	want("the third, weeks later and after a restart", h.heldFor("taro@ours.example", "drop@evil2.example"), true)
	want("another target", h.heldFor("taro@ours.example", "own@mail.example"), false)
	now := h.clock.Now()
	if err := h.store.NoteForwards(t.Context(), []store.Forward{
		{Target: "found@evil3.example", Mailbox: "a@ours.example", Until: now.Add(history.ForwardsKept)},
		{Target: "found@evil3.example", Mailbox: "b@ours.example", Until: now.Add(history.ForwardsKept)},
	}); err != nil {
		t.Fatal(err)
	}
	want("one that an audit found for two others", h.heldFor("taro@ours.example", "found@evil3.example"), true)
	it := h.items(store.Held)
	last := it[len(it)-1]
	p, err := presenter(t, h, h).Present(t.Context(), last)
	if err != nil || p.NoLonger || p.Disposition != policy.Quarantine {
		t.Errorf("presented again as %+v, %v", p, err)
	}
}

// A store that cannot say who forwards: 451 where the rule acts, and nothing
// where it is only watched. Mail that is not forwarded does not ask.
func TestForwardersUnknown(t *testing.T) {
	for _, c := range []struct {
		policy    string
		temporary bool
	}{
		{"", true},
		{"rules: {shared-forward-target: {mode: monitor}}\n", false},
		{"rules: {shared-forward-target: {enabled: false}}\n", false},
	} {
		h := newHouse(t, c.policy)
		h.store.fail("Forwards", errors.New("gone"))
		reply, _ := h.submit(h.forwarded("hanako@ours.example", "drop@evil2.example"))
		if reply.Temporary() != c.temporary {
			t.Errorf("%q: %s", c.policy, reply)
		}
		if reply, _ := h.submit(h.mail("From: taro@ours.example\nSubject: plain", "a@x.example")); !reply.OK() {
			t.Errorf("%q: not forwarded: %s", c.policy, reply)
		}
	}
	h := newHouse(t, "")
	h.brake("shared-forward-target", time.Hour)
	h.store.fail("Forwards", errors.New("gone"))
	if reply, _ := h.submit(h.forwarded("hanako@ours.example", "drop@evil2.example")); !reply.OK() {
		t.Errorf("braked: %s", reply)
	}
}
