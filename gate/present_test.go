package gate

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/store"
)

// presenter judges what one house holds by the policy of another.
func presenter(t *testing.T, h, now *house) *Presenter {
	t.Helper()
	p, err := Decider{h.store, now.Policy()}.Presenter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The present policy is asked about what is held, and decides nothing.
func TestPresent(t *testing.T) {
	var list []string
	for i := range 25 {
		list = append(list, fmt.Sprintf("p%d@d%d.example", i, i))
	}
	hide := "rules: {exposed-recipients: {disposition: {high: hide, critical: hide}}}\n"
	from := "From: taro@ours.example\nTo: "
	tests := []struct {
		name, head string
		to         []string
		more       string // of the policy, now
		want       policy.Disposition
	}{
		{"held by a rule that is there no more", from + "a@x.example\nSubject: OLD", []string{"a@x.example"}, "", policy.Pass},
		{"held by another as well", from + "a@x.example\nSubject: OLD APPROVE", []string{"a@x.example"}, "", policy.Approve},
		{"one of its recipients would be refused", from + "a@x.example, b@gmai.com\nSubject: OLD", []string{"a@x.example", "b@gmai.com"}, "", policy.Reject},
		{"it would be refused", from + "a@evil.example\nSubject: OLD", []string{"a@x.example", "a@evil.example"}, "", policy.Reject},
		{"it would be hidden", from + strings.Join(list, ",\n ") + "\nSubject: OLD", list, hide, policy.Pass},
		{"it would be hidden, and cannot", "DKIM-Signature: v=1; h=from:to; b=x\n" + from + strings.Join(list, ",\n ") + "\nSubject: OLD", list, hide, policy.Approve},
		{"monitored", from + "a@x.example\nSubject: OLD APPROVE", []string{"a@x.example"}, "mode: monitor\n", policy.Pass},
	}
	for _, tt := range tests {
		h := newHouse(t, "")
		tx := h.mail(tt.head, tt.to...)
		raw := strings.ReplaceAll(tt.head+"\n\nText\n", "\n", "\r\n")
		tx.Body = spool.FromBytes([]byte(raw))
		it := &store.Item{
			ID: tx.ID, Transaction: tx.ID, State: store.Held, Disposition: "quarantine", Hash: tx.Body.Hash(), Held: h.clock.Now(),
			Identity: store.Identity{Trust: "authenticated", Account: "taro", Address: "taro@ours.example", Mailbox: "taro@ours.example"}, ReversePath: store.Path{Address: "taro@ours.example"},
		}
		for _, a := range tt.to {
			it.Recipients = append(it.Recipients, store.Recipient{Address: a, State: store.Waiting})
		}
		if err := h.store.Hold(t.Context(), []*store.Item{it}, tx.Body, tx.Body.Size()); err != nil {
			t.Fatal(err)
		}
		now := newHouse(t, tt.more)
		d := presenter(t, h, now)
		p, err := d.Present(t.Context(), it)
		if err != nil || p.Disposition != tt.want || p.NoLonger != (tt.want == policy.Pass) {
			t.Errorf("%s: %s, no longer %v, %v", tt.name, p.Disposition, p.NoLonger, err)
		}
		if h.step(time.Minute); h.item(it.ID).State != store.Held {
			t.Errorf("%s: %s by itself", tt.name, h.item(it.ID).State)
		}
		out, err := d.Release(t.Context(), it.ID, Decision{OSUser: "root"})
		switch {
		case tt.want != policy.Pass:
			if !errors.Is(err, ErrStillHeld) || h.item(it.ID).State != store.Held {
				t.Errorf("%s: %v", tt.name, err)
			}
		case err != nil || out.State != store.Releasing || !strings.Contains(out.Decision.Reason, now.Policy().ID) || out.Decision.OSUser != "root":
			t.Errorf("%s: %+v, %v", tt.name, out, err)
		}
	}
}

// Parts of a mailing are decided together: none is let go while another would
// be held.
func TestPresentOfMailing(t *testing.T) {
	h := newHouse(t, "")
	var last string
	for _, to := range []string{"a@x.example", "b@gmai.com"} {
		tx := h.mail("From: taro@ours.example\nTo: list@ours.example\nSubject: s", to)
		tx.Body = spool.FromBytes([]byte("From: taro@ours.example\r\nTo: list@ours.example\r\nSubject: s\r\n\r\nText\r\n"))
		it := &store.Item{
			ID: tx.ID, Transaction: tx.ID, Mailing: "m", State: store.Held, Disposition: "confirm", Hash: tx.Body.Hash(), Held: h.clock.Now(),
			Identity:   store.Identity{Trust: "authenticated", Account: "taro", Address: "taro@ours.example"},
			Recipients: []store.Recipient{{Address: to, State: store.Waiting}},
		}
		if err := h.store.Hold(t.Context(), []*store.Item{it}, tx.Body, tx.Body.Size()); err != nil {
			t.Fatal(err)
		}
		last = it.ID
	}
	d := presenter(t, h, h)
	for _, it := range h.items(store.Held) {
		if p, err := d.Present(t.Context(), it); err != nil || p.NoLonger {
			t.Errorf("%s: no longer held %v, %v", it.Recipients[0].Address, p.NoLonger, err)
		}
	}
	if _, err := h.Decide(t.Context(), last, Decision{How: "discard"}); err != nil {
		t.Fatal(err)
	}
}

// What was judged and does not stand in the bytes is judged again: a locked file
// that went before, and line ends that were mended. So it is after a decision
// was undone.
func TestPresentOfWhatTheBytesDoNotShow(t *testing.T) {
	zip, err := os.ReadFile("../content/testdata/files/crypto.zip")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, "rules: {password-in-message: {disposition: {warning: confirm}}, malformed-message: {severity: {info: warning}, disposition: {warning: confirm}}}\n")
	send := func(bareLF int, body string) *Transaction {
		tx := h.mail("From: taro@ours.example", "a@x.example")
		tx.Body = spool.FromBytes([]byte(strings.ReplaceAll("From: taro@ours.example\nTo: a@x.example\nSubject: plain\nMessage-ID: <"+tx.ID+"@ours.example>\nMIME-Version: 1.0\n"+body, "\n", "\r\n")))
		tx.BareLF = bareLF
		h.submit(tx)
		return tx
	}
	send(0, "Content-Type: application/zip; name=a.zip\nContent-Disposition: attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString(zip))
	held := map[string]*Transaction{
		"the password of a file before": send(0, "Content-Type: text/plain; charset=utf-8\n\nThe password of the archive is Harbour-2203.\n"),
		"mended line ends":              send(3, "\nGood morning\n"),
	}
	d := presenter(t, h, h)
	for name, tx := range held {
		if p, err := d.Present(t.Context(), h.item(tx.ID)); err != nil || p.NoLonger || p.Disposition != policy.Confirm {
			t.Errorf("%s: %s, no longer %v, %v", name, p.Disposition, p.NoLonger, err)
		}
		before := *h.item(tx.ID) // as a version before kept it
		before.Notes = nil
		if p, err := d.Present(t.Context(), &before); err != nil || p.NoLonger || p.Disposition != policy.Confirm {
			t.Errorf("%s, held before an upgrade: %s, no longer %v, %v", name, p.Disposition, p.NoLonger, err)
		}
		if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "discard"}); err != nil {
			t.Fatal(err)
		}
		again, err := Decider{h.store, h.Policy()}.Decide(t.Context(), tx.ID, Decision{How: "release", Only: []string{"a@x.example"}})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := d.Present(t.Context(), again); err != nil || p.NoLonger {
			t.Errorf("%s, decided anew: no longer %v, %v", name, p.NoLonger, err)
		}
	}
}

// What waits for somebody costs nothing while nobody is to be told about it.
func TestNothingIsLookedAtTwice(t *testing.T) {
	h := newHouse(t, "")
	for _, word := range []string{"CONFIRM", "APPROVE", "QUARANTINE", "DELAY"} {
		h.submit(h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: "+word, "a@x.example"))
	}
	h.step(2 * time.Minute)
	if list, err := h.store.Look(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("%d to look at after everybody was told, %v", len(list), err)
	}
	h.sink.SetFault(func(step, _ string) mailtest.Fault {
		if step == "DOT" {
			return mailtest.Fault{Reply: "451 4.3.2 busy"}
		}
		return mailtest.Fault{}
	})
	h.step(13 * time.Hour) // a reminder that the route does not take
	if list, _ := h.store.Look(t.Context(), 10); len(list) != 0 {
		t.Errorf("%d tried again at once", len(list))
	}
	h.sink.SetFault(nil)
	h.step(time.Minute)
	if got := h.says("taro@ours.example"); len(got) < 4 {
		t.Errorf("reminded of nothing: %q", got)
	}
	h.step(30 * 24 * time.Hour)
	h.step(time.Minute)
	if list, _ := h.store.Look(t.Context(), 10); len(list) != 0 || len(h.items(store.Held)) != 0 {
		t.Errorf("%d to look at in the end, %d held", len(list), len(h.items(store.Held)))
	}
}
