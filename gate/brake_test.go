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

// A message that a rule fails on passes where that is only looked at, with an
// alarm: a brake, or monitor mode, must not stop mail.
func TestNotJudgedIsOnlyMonitored(t *testing.T) {
	type none struct{}
	bomb := lint.New(lint.Meta{ID: "bomb"}, none{}, func(p *lint.Pass, _ none) {
		if p.Msg.Subject() == "SLOW" {
			time.Sleep(300 * time.Millisecond)
		}
		panic("boom")
	})
	for _, tt := range []struct{ more, brake string }{{"mode: monitor\n", ""}, {"", store.BrakeAll}, {"", "malformed-message"}} {
		h := houseWith(t, tt.more, append([]*lint.Rule{bomb}, rules.All...))
		if tt.brake == "" {
			h.brake("c-tag", time.Hour) // of no concern
		} else {
			h.brake(tt.brake, time.Hour)
		}
		if h.heldBy("plain") {
			t.Errorf("%+v: held", tt)
		}
		if e := h.events[0]; e.Err == nil || e.Verdict.Would != policy.Quarantine || !strings.Contains(e.Verdict.Findings[0].Message, "bomb") {
			t.Errorf("%+v: nobody is told: %+v", tt, e)
		}
		h.o.Budget = 100 * time.Millisecond
		tx := h.mail("From: taro@ours.example\nTo: a@x.example\nBcc: c@x.example\nSubject: SLOW", "a@x.example")
		if reply, n := h.submit(tx); !reply.OK() || !n.relayed || strings.Contains(string(n.bytes), "Bcc") {
			t.Errorf("%+v: what takes too long: %s\n%s", tt, reply, n.bytes)
		}
		if len(h.alarms) < 2 || !strings.Contains(h.alarms[1].Text, "could not be judged") {
			t.Errorf("%+v: %+v", tt, h.alarms)
		}
	}
}
