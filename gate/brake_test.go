package gate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"maillint/lint"
	"maillint/policy"
	"maillint/rules"
	"maillint/store"
)

// brake sets a brake as another program does, and lets the gate see it.
func (h *house) brake(rule string, length time.Duration) {
	h.t.Helper()
	if _, err := h.store.Brake(h.t.Context(), store.Brake{Rule: rule, By: "hanako@ours.example", Reason: "graduation mail"}, length); err != nil {
		h.t.Fatal(err)
	}
	if err := h.ReadBrakes(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// heldBy submits a message with a subject and reports whether it was held.
func (h *house) heldBy(subject string) bool {
	h.t.Helper()
	reply, n := h.submit(h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: "+subject, "a@x.example"))
	if !reply.OK() {
		h.t.Fatalf("%s: %s", subject, reply)
	}
	return !n.relayed
}

// A braked rule holds nothing until its time is over; the others go on.
func TestBrake(t *testing.T) {
	h := newHouse(t, "")
	h.brake("c-confirm", 2*time.Hour)
	if h.heldBy("CONFIRM") || !h.heldBy("APPROVE") {
		t.Error("the brake holds the wrong rule")
	}
	for _, e := range h.events[:1] {
		f := e.Verdict.Findings[0]
		if e.Disposition != policy.Pass || e.Verdict.Would != policy.Confirm || !f.Monitored {
			t.Errorf("the braked finding is not counted: %+v", f)
		}
	}
	h.clock.advance(2*time.Hour - time.Second)
	h.store.fail("Brakes", errors.New("gone")) // what is known goes on, and ends
	if h.ReadBrakes(t.Context()) == nil || h.heldBy("CONFIRM") {
		t.Error("a second before its end the brake is off")
	}
	h.clock.advance(time.Second)
	if !h.heldBy("CONFIRM") {
		t.Error("the brake did not end by itself while the store is away")
	}
	h.store.fail("Brakes", nil)
	if err := h.ReadBrakes(t.Context()); err != nil || len(h.Brakes()) != 0 {
		t.Errorf("%v %v", h.Brakes(), err)
	}
	h.step(0)
	if have := strings.Join(h.says("postmaster@ours.example"), "\n"); !strings.Contains(have, "c-confirm is only monitored until 2026-11-25 12:00 JST") || !strings.Contains(have, "the brake of c-confirm is off") {
		t.Errorf("the administrators were told:\n%s", have)
	}
}

// "all" lets everything through that would be held, changed or refused, at RCPT
// too.
func TestBrakeAll(t *testing.T) {
	h := newHouse(t, "")
	h.brake(store.BrakeAll, time.Hour)
	for _, word := range []string{"TAG", "HIDE", "DELAY", "CONFIRM", "APPROVE", "QUARANTINE", "REJECT"} {
		tx := h.mail("From: taro@ours.example\nTo: a@x.example, b@evil.example\nSubject: "+word, "a@x.example", "b@evil.example")
		if r := h.Recipient(t.Context(), tx, tx.Recipients[1]); r != nil {
			t.Errorf("%s: at RCPT: %s", word, r)
		}
		if reply, n := h.submit(tx); !reply.OK() || len(n.to) != 2 || !strings.HasSuffix(string(n.bytes), string(tx.Body.Bytes())) {
			t.Errorf("%s: %s", word, reply)
		}
	}
	if _, err := h.store.EndBrakes(t.Context(), []string{store.BrakeAll}, store.Record{}); err != nil {
		t.Fatal(err)
	}
	if err := h.ReadBrakes(t.Context()); err != nil || !h.heldBy("CONFIRM") {
		t.Errorf("taken off, it still brakes (%v)", err)
	}
}

// What was released before goes to a recipient that was blocked since, where
// that rule is braked: the release asks the same brakes.
func TestBrakeAtRelease(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	later, err := policy.Parse(h.policy.File, []byte(strings.Replace(basePolicy, "[evil.example]", "[evil.example, x.example]", 1)), h.rules)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Reload(later); err != nil {
		t.Fatal(err)
	}
	h.brake("blocked-recipient", time.Hour)
	if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release", By: "taro@ours.example"}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Minute)
	if it := h.item(tx.ID); it.State != store.Released {
		t.Errorf("%s %+v", it.State, it.Recipients)
	}
}

// Of two gates on one store both brake, and the administrators are told once.
func TestBrakeOfTwoNodes(t *testing.T) {
	h := newHouse(t, "")
	one := h.Gate
	h.open()
	h.brake("c-quarantine", time.Hour)
	if err := one.ReadBrakes(t.Context()); err != nil || !one.Braked("c-quarantine") || !h.Braked("c-quarantine") {
		t.Errorf("one of them does not brake (%v)", err)
	}
	one.sendAlarms(t.Context())
	h.sendAlarms(t.Context())
	if have := h.says("postmaster@ours.example"); len(have) != 1 {
		t.Errorf("told %d times: %q", len(have), have)
	}
}

// A message that a rule fails on is answered 451 and then held for the
// administrators in monitor mode and under a brake as well: nobody knows what
// would leave unread.
func TestNotJudgedWhereNothingActs(t *testing.T) {
	type none struct{}
	bomb := lint.New(lint.Meta{ID: "bomb"}, none{}, func(p *lint.Pass, _ none) {
		if p.Msg.Subject() == "SLOW" {
			time.Sleep(300 * time.Millisecond)
		}
		panic("boom")
	})
	for _, tt := range []struct{ more, brake string }{
		{"mode: monitor\n", "c-tag"}, {"", store.BrakeAll}, {"", "malformed-message"}, {"", "bomb"},
		{"rules: {malformed-message: {mode: monitor}}\n", "c-tag"}, {"rules: {malformed-message: {enabled: false}}\n", "c-tag"},
	} {
		h := houseWith(t, tt.more, append([]*lint.Rule{bomb}, rules.All...))
		h.brake(tt.brake, time.Hour)
		h.o.Budget = 100 * time.Millisecond
		for i, subject := range []string{"plain", "SLOW"} {
			tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: "+subject, "a@x.example")
			if reply, n := h.submit(tx); reply.Code != 451 || n.relayed {
				t.Errorf("%+v, %s, the first time: %s, relayed %v", tt, subject, reply, n.relayed)
			}
			if reply, n := h.submit(tx); n.relayed || !strings.Contains(reply.String(), "Held") {
				t.Errorf("%+v, %s, the second time: %s, relayed %v", tt, subject, reply, n.relayed)
			}
			if list := h.items(); len(list) != i+1 || list[i].Disposition != "quarantine" {
				t.Errorf("%+v, %s: %d are held", tt, subject, len(list))
			}
		}
		if len(h.alarms) == 0 || !strings.Contains(h.alarms[len(h.alarms)-1].Text, "could not be judged") {
			t.Errorf("%+v: %+v", tt, h.alarms)
		}
	}
}
