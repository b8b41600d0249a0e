package gate

import (
	"io"
	"strings"
	"testing"
	"time"

	"maillint/internal/spool"
	"maillint/message"
	"maillint/policy"
)

// A message too large for memory goes the same ways.
func TestLarge(t *testing.T) {
	h := newHouse(t, "")
	room, err := spool.New(t.TempDir(), 1<<20, 64<<20, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"HIDE", "CONFIRM", "plain"} {
		tx := h.mail("From: taro@ours.example\nTo: a@x.example\nBcc: b@x.example\nSubject: "+word, "a@x.example")
		w := room.Writer()
		raw := string(tx.Body.Bytes()) + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 40_000)
		if _, err := io.WriteString(w, raw); err != nil {
			t.Fatal(err)
		}
		if tx.Body, err = w.Done(); err != nil || tx.Body.Bytes() != nil {
			t.Fatal("the message is in memory", err)
		}
		reply, n := h.submit(tx)
		tx.Body.Close()
		sent := n.bytes
		if word == "CONFIRM" {
			if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release", Hide: true}); err != nil {
				t.Fatal(err)
			}
			h.step(time.Second)
			_, mails := h.got()
			sent = mails[0].Data
		}
		m := message.Parse(sent)
		if !reply.OK() || m.Has("Bcc") || len(sent) < len(raw)-100 || (m.Value("To") == "a@x.example") != (word == "plain") {
			t.Errorf("%s: %s, %d octets, To: %s", word, reply, len(sent), m.Value("To"))
		}
	}
	if memory, disk := room.Used(); memory+disk > 0 {
		t.Errorf("%d and %d octets are still taken", memory, disk)
	}
}

// In monitor mode nothing is held, changed or refused.
func TestMonitor(t *testing.T) {
	h := newHouse(t, "mode: monitor\n")
	for _, word := range []string{"TAG", "HIDE", "DELAY", "CONFIRM", "APPROVE", "QUARANTINE", "REJECT"} {
		tx := h.mail("From: taro@ours.example\nTo: a@x.example, b@gmai.com\nSubject: "+word, "a@x.example", "b@gmai.com")
		if r := h.Recipient(t.Context(), tx, tx.Recipients[1]); r != nil {
			t.Errorf("%s: %s", word, r)
		}
		if reply, n := h.submit(tx); !reply.OK() || len(n.to) != 2 || !strings.HasSuffix(string(n.bytes), string(tx.Body.Bytes())) {
			t.Errorf("%s: %s", word, reply)
		}
		if e := h.events[len(h.events)-1]; e.Verdict.Would == policy.Pass || e.Disposition != policy.Pass {
			t.Errorf("%s: would be %s, is %s", word, e.Verdict.Would, e.Disposition)
		}
	}
}
