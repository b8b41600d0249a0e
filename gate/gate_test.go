package gate

import (
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rules"
	"maillint/store"
	"maillint/submit"
)

func TestDispositions(t *testing.T) {
	h := newHouse(t, "")
	for _, tt := range []struct {
		word    string
		code    int
		text    string
		relayed bool
		held    string
	}{
		{"plain", 250, "queued as 7", true, ""},
		{"TAG", 250, "queued as 7", true, ""},
		{"HIDE", 250, "queued as 7", true, ""},
		{"DELAY", 250, "Held for a moment as ", false, "delay"},
		{"CONFIRM", 250, "Held for confirmation as ", false, "confirm"},
		{"APPROVE", 250, "Held for approval as ", false, "approve"},
		{"QUARANTINE", 250, "Held for the administrators as ", false, "quarantine"},
		{"CONFIRM QUARANTINE", 250, "Held for the administrators as ", false, "quarantine"},
		{"REJECT", 550, "[c-reject]", false, ""},
	} {
		tx := h.mail("From: taro@ours.example\nTo: a@x.example, b@ours.example\nBcc: c@x.example\nX-Maillint: forged\nSubject: "+tt.word, "a@x.example", "b@ours.example", "c@x.example")
		reply, n := h.submit(tx)
		if reply.Code != tt.code || !strings.Contains(reply.String(), tt.text) {
			t.Errorf("%s: %s", tt.word, reply)
		}
		if n.relayed != tt.relayed || n.aborted == tt.relayed {
			t.Errorf("%s: relayed %v, aborted %v", tt.word, n.relayed, n.aborted)
		}
		if tt.held != "" {
			it := h.item(tx.ID)
			if it.Disposition != tt.held || len(it.Recipients) != 3 || it.Identity.Mailbox != "taro@ours.example" || !strings.HasSuffix(reply.String(), tx.ID) {
				t.Errorf("%s: %+v", tt.word, it)
			}
			continue
		}
		if tt.code == 250 {
			m := message.Parse(n.bytes)
			if m.Has("Bcc") || len(m.Values("X-Maillint")) != 1 || !strings.HasPrefix(m.Value("X-Maillint"), "id="+tx.ID) || len(m.Values("Received")) != 1 {
				t.Errorf("%s: leaves as\n%s", tt.word, n.bytes)
			}
			if strings.Contains(m.Value("X-Maillint"), "tagged") != (tt.word != "plain") {
				t.Errorf("%s: %s", tt.word, m.Value("X-Maillint"))
			}
			if (m.Value("To") == "a@x.example, b@ours.example") == (tt.word == "HIDE") {
				t.Errorf("%s: To: %s", tt.word, m.Value("To"))
			}
		}
	}
}

// A finding about one recipient holds this one; the others get the message.
// The order: stored, relayed, answered.
func TestSplit(t *testing.T) {
	h := newHouse(t, "rules: {lookalike-domain: {disposition: {critical: confirm}}}\n")
	tx := h.mail("From: taro@ours.example\nTo: a@gmai.com, b@ours.example, c@x.example\nSubject: plan", "a@gmai.com", "b@ours.example", "c@x.example")
	reply, n := h.submit(tx)
	it := h.item(tx.ID)
	if !reply.OK() || !slices.Equal(n.to, []string{"b@ours.example", "c@x.example"}) || len(it.Recipients) != 1 || it.Recipients[0].Address != "a@gmai.com" {
		t.Fatalf("%s; relayed to %v; held %+v", reply, n.to, it.Recipients)
	}
	for _, bad := range []hop{{reply: submit.NewReply(550, "5.7.1", "no")}, {reply: submit.NewReply(451, "4.3.0", "later")}, {err: &submit.InDoubt{Err: io.EOF}}} {
		tx := h.mail("From: taro@ours.example\nTo: a@gmai.com, b@ours.example\nSubject: other", "a@gmai.com", "b@ours.example")
		bad.tx = tx
		reply := h.Submit(t.Context(), tx, &bad)
		if it := h.item(tx.ID); reply.OK() || it.State != store.Withdrawn {
			t.Errorf("the rest was refused: %s, the held part is %s", reply, it.State)
		}
	}
	h.policy.Holds.Split = false
	tx = h.mail("From: taro@ours.example\nTo: a@gmai.com\nSubject: third", "a@gmai.com", "b@ours.example")
	if reply, n := h.submit(tx); n.relayed || len(h.item(tx.ID).Recipients) != 2 {
		t.Errorf("not to be split: %s", reply)
	}
}

func TestRecipientAtRCPT(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("Subject: x")
	for rcpt, want := range map[string]string{
		"taro@gmai.com": "did you mean taro@gmail.com? [lookalike-domain]", "x@evil.example": "[blocked-recipient]", "x@sub.evil.example": "[blocked-recipient]",
		"a@x.example": "", "b@ours.example": "", "taro@gmail.com": "",
	} {
		r := h.Recipient(t.Context(), tx, path(rcpt))
		switch {
		case want == "" && r != nil:
			t.Errorf("%s: %s", rcpt, r)
		case want != "" && (r == nil || r.Code != 550 || r.Enhanced != "5.7.1" || !strings.Contains(r.String(), want) || !strings.Contains(r.String(), tx.ID)):
			t.Errorf("%s: %v", rcpt, r)
		}
	}
}

// Our surroundings fail: nothing is accepted, nothing is half done.
func TestOwnFailures(t *testing.T) {
	h := newHouse(t, "rules: {lookalike-domain: {disposition: {critical: confirm}}}\n")
	broken := errors.New("disk full")
	for _, what := range []string{"Hold", "List", "Recall", "all"} {
		h.store.fail(what, broken)
		tx := h.mail("From: taro@ours.example\nTo: a@gmai.com\nSubject: "+what, "a@gmai.com", "b@ours.example")
		reply, n := h.submit(tx)
		if reply.Code != 451 || n.relayed || !n.aborted || strings.Contains(reply.String(), "disk") {
			t.Errorf("%s fails: %s, relayed %v", what, reply, n.relayed)
		}
		tx = h.mail("From: taro@ours.example\nTo: b@ours.example\nSubject: clean", "b@ours.example")
		if reply, _ := h.submit(tx); !reply.OK() {
			t.Errorf("%s fails, and clean mail gets %s", what, reply)
		}
		h.store.fail(what, nil)
	}
	h.sink.SetFault(func(step, _ string) mailtest.Fault {
		if step == "CONNECT" {
			return mailtest.Fault{Reply: "554 5.0.0 go away"}
		}
		return mailtest.Fault{}
	})
	if h.Probe(t.Context()) == nil || h.Ready() == nil {
		t.Error("a dead release route is taken for a good one")
	}
	if reply, n := h.submit(h.mail("Subject: CONFIRM", "a@x.example")); reply.Code != 451 || n.relayed {
		t.Errorf("held although it could not be released: %s", reply)
	}
	h.sink.SetFault(nil)
	if err := h.Probe(t.Context()); err != nil || h.Ready() != nil {
		t.Error(err)
	}
	if len(h.items()) > 0 {
		t.Errorf("%d items of refused mail", len(h.items()))
	}
}

// What makes a rule fail is refused for a moment once; then the administrators
// decide.
func TestNotJudged(t *testing.T) {
	type none struct{}
	fails := lint.New(lint.Meta{ID: "malformed-message", Defaults: map[lint.Severity]string{lint.Critical: "quarantine"}}, none{}, func(p *lint.Pass, _ none) {
		if strings.Contains(p.Msg.Subject(), "BOMB") {
			panic("boom")
		}
		if strings.Contains(p.Msg.Subject(), "SLOW") {
			time.Sleep(300 * time.Millisecond)
		}
	})
	h := houseWith(t, "", []*lint.Rule{fails})
	h.o.Budget = 100 * time.Millisecond
	for _, word := range []string{"BOMB", "SLOW"} {
		tx := h.mail("From: taro@ours.example\nSubject: "+word, "a@x.example")
		if reply, n := h.submit(tx); reply.Code != 451 || n.relayed {
			t.Errorf("%s, first: %s", word, reply)
		}
		tx.ID = NewID(h.clock.Now())
		reply, n := h.submit(tx)
		if !reply.OK() || n.relayed || h.item(tx.ID).Disposition != "quarantine" || h.item(tx.ID).Findings[0].Rule != "malformed-message" {
			t.Errorf("%s, second: %s", word, reply)
		}
	}
	if len(h.alarms) == 0 {
		t.Error("no alarm")
	}
}

func TestService(t *testing.T) {
	type none struct{}
	fails := lint.New(lint.Meta{ID: "bomb"}, none{}, func(p *lint.Pass, _ none) { panic("boom") })
	h := houseWith(t, "", append(slices.Clone(rules.All), fails))
	h.store.fail("all", errors.New("stopped"))
	from := func(ip, reverse, from string) *Transaction {
		tx := h.mail("From: "+from+"\nTo: undisclosed-recipients:;\nSubject: QUARANTINE school is closed", "a@x.example", "b@y.example")
		tx.ReversePath, tx.Identity = path(reverse), policy.Identity{Address: addressOf(reverse), Trust: policy.Vouched, Remote: netip.MustParseAddr(ip)}
		return tx
	}
	for range 50 {
		if reply, n := h.submit(from("192.0.2.10", "emergency@ours.example", "emergency@ours.example")); !reply.OK() || len(n.to) != 2 {
			t.Fatalf("%s %v", reply, n.to)
		}
	}
	if len(h.alarms) != 1 {
		t.Errorf("%d alarms: %v", len(h.alarms), h.alarms)
	}
	for _, tx := range []*Transaction{
		from("192.0.2.11", "emergency@ours.example", "emergency@ours.example"),
		from("192.0.2.10", "taro@ours.example", "emergency@ours.example"),
		from("192.0.2.10", "emergency@ours.example", "taro@ours.example"),
	} {
		if reply, n := h.submit(tx); reply.OK() || n.relayed {
			t.Errorf("not the service: %s", reply)
		}
	}
}

func TestLoops(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail(strings.Repeat("Received: from a by b; Thu, 5 Nov 2026 09:00:00 +0900\n", 51)+"Subject: x", "a@x.example")
	if reply, n := h.submit(tx); reply.Code != 554 || reply.Enhanced != "5.4.6" || n.relayed {
		t.Error(reply)
	}
}
