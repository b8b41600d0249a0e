package gate

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/internal/spool"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// as gives a transaction other bytes.
func (h *house) as(raw string, to ...string) *Transaction {
	tx := h.mail("X: x", to...)
	tx.Body = spool.FromBytes([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	return tx
}

const written = `Received: from a by b; Wed, 25 Nov 2026 10:00:00 +0900
DKIM-Signature: v=1; d=ours.example; s=one; h=from; bh=x; b=%[1]s
From: taro@ours.example
To: a@x.example, b@y.example
Subject: CONFIRM the list
Date: Wed, 25 Nov 2026 10:00:%[1]s +0900
Message-ID: <%[1]s@ours.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_Part_%[1]s"

------=_Part_%[1]s
Content-Type: text/plain

Text%[2]s
------=_Part_%[1]s
Content-Type: application/pdf; name=a.pdf

%%PDF
------=_Part_%[1]s--
`

// A message that is still held and is handed in again, whenever that is, is the
// same message: one item, one notice, one decision.
func TestResendJoins(t *testing.T) {
	h := newHouse(t, "")
	first := h.as(fmt.Sprintf(written, "01", ""), "a@x.example", "b@y.example")
	h.submit(first)
	h.step(2 * time.Minute)
	h.clock.advance(50 * time.Minute)
	again := h.as(fmt.Sprintf(written, "02", ""), "a@x.example", "b@y.example")
	reply, n := h.submit(again)
	if list := h.items(store.Held); len(list) != 2 || n.relayed || !strings.HasSuffix(reply.String(), again.ID) || list[0].Mailing != list[1].Mailing {
		t.Fatalf("%d held, %s", len(list), reply)
	}
	retried := *again // the same bytes: the answer was lost
	retried.ID = NewID(h.clock.Now())
	if reply, _ := h.submit(&retried); len(h.items(store.Held)) != 2 || !strings.HasSuffix(reply.String(), again.ID) {
		t.Errorf("%d held after a retry, %s", len(h.items(store.Held)), reply)
	}
	h.step(2 * time.Minute)
	if got := h.says("taro@ours.example"); len(got) != 1 {
		t.Errorf("told %q", got)
	}
	if _, err := h.Decide(t.Context(), first.ID, Decision{How: "release", By: "taro@ours.example", Forget: true}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Second)
	if _, mails := h.got(); len(mails) != 1 || h.item(again.ID).State != store.Withdrawn || !strings.Contains(h.item(again.ID).Decision.Reason, first.ID) {
		t.Errorf("%d messages were sent, the second is %s", len(mails), h.item(again.ID).State)
	}
	if got := h.says("taro@ours.example"); len(got) != 1 {
		t.Errorf("told %q about what was sent once", got)
	}
	// What has left is no held message: the next one is asked about anew.
	h.submit(h.as(fmt.Sprintf(written, "03", ""), "a@x.example", "b@y.example"))
	if list := h.items(store.Held); len(list) != 1 {
		t.Errorf("after the release: %d held", len(list))
	}
}

// A delayed message that is handed in twice is sent once, by its own clock.
func TestResendOfDelayed(t *testing.T) {
	h := newHouse(t, "")
	delayed := strings.Replace(written, "CONFIRM", "DELAY", 1)
	h.submit(h.as(fmt.Sprintf(delayed, "01", ""), "a@x.example"))
	h.clock.advance(time.Minute)
	h.submit(h.as(fmt.Sprintf(delayed, "02", ""), "a@x.example"))
	h.submit(h.as(fmt.Sprintf(delayed, "03", ""), "a@x.example", "b@y.example"))
	for range 10 {
		h.step(time.Minute)
	}
	var to []string
	_, mails := h.got()
	for _, m := range mails {
		to = append(to, m.Recipients()...)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"a@x.example", "b@y.example"}) || len(h.items(store.Held)) != 0 {
		t.Errorf("sent to %v, %d held", to, len(h.items(store.Held)))
	}
}

// What differs in a word, in a field that people see, or in who sends it, is
// another message, whatever its Message-ID says.
func TestResendThatIsNone(t *testing.T) {
	h := newHouse(t, "")
	to := []string{"a@x.example", "b@y.example"}
	base := fmt.Sprintf(written, "01", "")
	h.submit(h.as(base, to...))
	others := map[string]string{
		"text":        fmt.Sprintf(written, "01", " and more"),
		"Reply-To":    "Reply-To: b@evil.test\n" + base,
		"To":          strings.Replace(base, "To: a@x.example, b@y.example", "To: a@x.example", 1),
		"Subject":     strings.Replace(base, "the list", "the lists", 1),
		"own field":   "X-Secret: 42\n" + base,
		"type":        strings.Replace(base, "application/pdf", "text/html", 1),
		"attachment":  strings.Replace(base, "%PDF", "%PDF-1", 1),
		"preamble":    strings.Replace(base, "\n\n------=_Part_01\nContent-Type: text", "\n\nhidden\n------=_Part_01\nContent-Type: text", 1),
		"after it":    base + "hidden\n",
		"two of them": strings.Replace(base, "From: taro", "From: x@evil.test\nFrom: taro", 1),
	}
	for name, raw := range others {
		before := len(h.items(store.Held))
		h.submit(h.as(raw, to...))
		if list := h.items(store.Held); len(list) != before+1 {
			t.Errorf("%s: %d held, want %d", name, len(list), before+1)
		}
	}
	tx := h.as(base, to...)
	tx.Identity = policy.Identity{Address: addressOf("jiro@ours.example"), Trust: policy.Authenticated, Account: "jiro"}
	if h.submit(tx); h.item(tx.ID) == nil {
		t.Error("somebody else's message joined")
	}
	mailings := map[string]bool{}
	for _, it := range h.items(store.Held) {
		mailings[it.Mailing] = true
	}
	if len(mailings) != len(others)+2 {
		t.Errorf("%d mailings of %d messages: one decision would be one about others", len(mailings), len(others)+2)
	}
}

// A resend to somebody more is sent to those alone.
func TestResendToMore(t *testing.T) {
	h := newHouse(t, "")
	first := h.as(fmt.Sprintf(written, "01", ""), "a@x.example")
	h.submit(first)
	h.clock.advance(40 * time.Minute)
	more := h.as(fmt.Sprintf(written, "02", ""), "a@x.example", "b@y.example")
	h.submit(more)
	it := h.item(more.ID)
	if len(it.Recipients) != 2 || it.Mailing != h.item(first.ID).Mailing {
		t.Fatalf("%+v", it)
	}
	h.step(2 * time.Minute)
	if _, err := h.Decide(t.Context(), first.ID, Decision{How: "release", By: "taro@ours.example"}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Second)
	var to []string
	_, mails := h.got()
	for _, m := range mails {
		to = append(to, m.Recipients()...)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"a@x.example", "b@y.example"}) {
		t.Errorf("sent to %v", to)
	}
}

const recall = `From: Taro <taro@ours.example>
To: a@x.example, b@y.example
Subject: Recall: %[1]s
Message-ID: <recall-%[2]s@ours.example>
Content-Type: multipart/mixed; boundary="b%[2]s-b%[2]s-b%[2]s"

--b%[2]s-b%[2]s-b%[2]s
Content-Type: text/plain; charset=utf-8

Taro would like to recall the message, "%[1]s".
--b%[2]s-b%[2]s-b%[2]s
Content-Type: application/ms-tnef; name="winmail.dat"

xx IPM.Outlook.Recall xx
--b%[2]s-b%[2]s-b%[2]s--
`

// A recall of a held message waits with it: nobody outside learns of either.
func TestRecallJoins(t *testing.T) {
	const subject = "予定表 APPROVE 10 Dec"
	start := func(t *testing.T) (*house, *Transaction) {
		h := newHouse(t, "")
		tx := h.mail("From: taro@ours.example\nTo: a@x.example, b@y.example\nSubject: "+subject, "a@x.example", "b@y.example")
		h.submit(tx)
		h.step(18 * time.Minute)
		return h, tx
	}
	t.Run("held with it, twice", func(t *testing.T) {
		h, first := start(t)
		tx := h.as(fmt.Sprintf(recall, subject, "1"), "a@x.example", "b@y.example", "c@z.example")
		h.submit(tx)
		reply, n := h.submit(h.as(fmt.Sprintf(recall, subject, "2"), "a@x.example", "b@y.example", "c@z.example"))
		it := h.item(tx.ID)
		if n.relayed || len(h.items(store.Held)) != 3 || it.Mailing != h.item(first.ID).Mailing || it.Disposition != "approve" {
			t.Fatalf("relayed %v, %s, %+v", n.relayed, reply, it)
		}
		h.step(2 * time.Minute)
		if got := h.says("hanako@ours.example"); len(got) != 1 {
			t.Errorf("told %q", got)
		}
		if _, err := h.Decide(t.Context(), first.ID, Decision{How: "release"}); err != nil {
			t.Fatal(err)
		}
		h.step(time.Second)
		if it := h.item(tx.ID); it.State != store.Discarded || len(h.items(store.Held)) != 0 {
			t.Errorf("the recall of what was sent is %s", it.State)
		}
		if _, mails := h.got(); len(mails) != 1 {
			t.Errorf("%d messages were sent", len(mails))
		}
	})
	t.Run("withdrawn with it", func(t *testing.T) {
		h, first := start(t)
		tx := h.as(fmt.Sprintf(recall, subject, "1"), "a@x.example", "b@y.example")
		h.submit(tx)
		if _, err := h.Decide(t.Context(), first.ID, Decision{How: "withdraw", By: "taro@ours.example"}); err != nil {
			t.Fatal(err)
		}
		if it := h.item(tx.ID); it.State != store.Withdrawn {
			t.Errorf("the recall is %s", it.State)
		}
	})
	t.Run("without a finding of its own, and some others", func(t *testing.T) {
		h := newHouse(t, "rules: {exposed-recipients: {disposition: {high: confirm, critical: confirm}}}\n")
		var list []string
		for i := range 25 {
			list = append(list, fmt.Sprintf("p%d@d%d.example", i, i))
		}
		first := h.mail("From: taro@ours.example\nTo: "+strings.Join(list, ",\n ")+"\nSubject: list", list...)
		h.submit(first)
		tx := h.as(fmt.Sprintf(recall, "list", "1"), list[3], list[4], "else@z.example")
		if _, n := h.submit(tx); !slices.Equal(n.to, []string{"else@z.example"}) {
			t.Errorf("relayed to %v", n.to)
		}
		if it := h.item(tx.ID); len(it.Recipients) != 2 || it.Disposition != "confirm" || it.Findings[0].Rule != "exposed-recipients" || it.Mailing != h.item(first.ID).Mailing {
			t.Errorf("%+v", it)
		}
	})
	t.Run("a delayed message is not sent by the clock", func(t *testing.T) {
		h := newHouse(t, "")
		first := h.mail("From: taro@ours.example\nTo: a@x.example, b@y.example\nSubject: DELAY", "a@x.example", "b@y.example")
		h.submit(first)
		h.submit(h.as(fmt.Sprintf(recall, "DELAY", "1"), "a@x.example", "b@y.example"))
		h.step(10 * time.Minute)
		if it := h.item(first.ID); it.State != store.Held || it.Disposition != "confirm" {
			t.Errorf("%s, %s", it.State, it.Disposition)
		}
		if got := h.says("taro@ours.example"); len(got) != 1 {
			t.Errorf("told %q", got)
		}
	})
	t.Run("of nothing that is held", func(t *testing.T) {
		h, _ := start(t)
		for name, raw := range map[string]string{
			"another subject":  fmt.Sprintf(recall, "something else", "1"),
			"a reply":          "From: taro@ours.example\nTo: a@x.example\nSubject: Re: " + strings.Replace(subject, "APPROVE", "", 1) + "\n\nSee above.\n",
			"a long text":      strings.Replace(fmt.Sprintf(recall, subject, "1"), "Taro would", strings.Repeat("secret ", 50)+"Taro would", 1),
			"something else":   strings.Replace(fmt.Sprintf(recall, subject, "1"), "application/ms-tnef", "application/pdf", 1),
			"another attached": strings.Replace(fmt.Sprintf(recall, subject, "1"), "IPM.Outlook.Recall", "IPM.Note", 1),
		} {
			tx := h.as(raw, "a@x.example", "b@y.example")
			h.submit(tx)
			if it, err := h.store.Item(t.Context(), tx.ID); err == nil && it.Notes[noteRecalls] != "" {
				t.Errorf("%s: taken for a recall", name)
			}
		}
		tx := h.as(fmt.Sprintf(recall, subject, "1"), "a@x.example")
		tx.Identity = policy.Identity{Address: addressOf("jiro@ours.example"), Trust: policy.Authenticated, Account: "jiro"}
		if h.submit(tx); h.item(tx.ID).Notes[noteRecalls] != "" {
			t.Error("somebody else's recall joined")
		}
	})
}

// Any message is compared and looked through in bounded time.
func FuzzAgain(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(fmt.Sprintf(written, "01", ""), "\n", "\r\n")))
	f.Add([]byte(strings.ReplaceAll(fmt.Sprintf(recall, "a: b：c", "1"), "\n", "\r\n")))
	by := policy.Identity{Address: addressOf("taro@ours.example"), Trust: policy.Vouched}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := message.Parse(b)
		for _, of := range recalled(m) {
			if !strings.HasSuffix(squeezed(m.Subject()), of) {
				t.Errorf("%q recalls %q", m.Subject(), of)
			}
		}
		key := contentKey(by, m, [32]byte{})
		more := append(slices.Clone(b), "one more word\r\n"...)
		if n := len(m.Fields); n > 0 && m.Fields[n-1].Span.End < m.Size && !bytes.Contains(b, []byte("oundary")) && contentKey(by, message.Parse(more), [32]byte{1}) == key {
			t.Errorf("%q and more are one", b)
		}
	})
}
