package gate

import (
	"strings"
	"testing"
	"time"

	"maillint/internal/spool"
)

const stampKeys = `stamp:
  keys:
    one: ${GATE_TEST_STAMP}
`

// A message that left here and comes back as it left goes round.
func TestLoop(t *testing.T) {
	t.Setenv("GATE_TEST_STAMP", strings.Repeat("k", 40))
	h := newHouse(t, stampKeys)
	first := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: s", "a@x.example", "b@y.example")
	_, n := h.submit(first)
	if !n.relayed || !strings.Contains(string(n.bytes), "X-Maillint-Stamp:") {
		t.Fatalf("not stamped:\n%s", n.bytes)
	}
	back := "Received: from mx.ours.example by hub.x.example; Wed, 25 Nov 2026 10:00:01 +0900\r\n" + string(n.bytes)
	submit := func(raw string, to ...string) string {
		tx := h.mail("X: x", to...)
		tx.Body = spool.FromBytes([]byte(raw))
		reply, n := h.submit(tx)
		if n.relayed == (reply.Code == 554) {
			t.Errorf("%s, relayed %v", reply, n.relayed)
		}
		return reply.String()
	}
	if got := submit(back, "b@y.example", "a@x.example"); !strings.HasPrefix(got, "554 5.4.6") {
		t.Errorf("it came back: %s", got)
	}
	for name, got := range map[string]string{
		"forwarded by a mailbox":  submit(back, "taro@elsewhere.example"),
		"changed on the way":      submit(strings.Replace(back, "\r\n\r\nText", "\r\n\r\nList: Text", 1), "a@x.example", "b@y.example"),
		"stamped by another host": submit(strings.ReplaceAll(back, "by mx.ours.example (maillint)", "by mx2.ours.example (maillint)"), "a@x.example", "b@y.example"),
		"a stamp that is none":    submit("X-Maillint-Stamp: v=1; k=one; b=x\r\nReceived: by mx.ours.example (maillint) with ESMTP id x; y\r\nSubject: s\r\n\r\nText\r\n", "a@x.example"),
	} {
		if !strings.HasPrefix(got, "250") {
			t.Errorf("%s: %s", name, got)
		}
	}
	h.clock.advance(8 * 24 * time.Hour)
	if got := submit(back, "a@x.example", "b@y.example"); !strings.HasPrefix(got, "250") {
		t.Errorf("sent again by hand after a week: %s", got)
	}
}

func TestHops(t *testing.T) {
	h := newHouse(t, "")
	for hops, want := range map[int]string{49: "250", 50: "250", 51: "554 5.4.6", 2000: "554 5.4.6"} {
		tx := h.mail(strings.Repeat("Received: from a by b; Wed, 25 Nov 2026 10:00:00 +0900\n", hops)+"From: taro@ours.example\nTo: a@x.example\nSubject: s", "a@x.example")
		if reply, _ := h.submit(tx); !strings.HasPrefix(reply.String(), want) {
			t.Errorf("%d hops: %s", hops, reply)
		}
	}
}
