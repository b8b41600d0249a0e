package gate

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/internal/spool"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
	"maillint/submit"
)

// The life of a message that its sender should confirm: told once, reminded
// twice, discarded at the end of its working time, told, and decided anew.
func TestConfirmExpires(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: Boss <boss@x.example>\nReply-To: r@x.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	h.step(30 * time.Second)
	if n, _ := h.got(); len(n) > 0 {
		t.Fatal("told before the quiet minute")
	}
	h.sink.SetFault(func(step, _ string) mailtest.Fault {
		if step == "DOT" {
			return mailtest.Fault{Reply: "451 4.0.0 later"}
		}
		return mailtest.Fault{}
	})
	h.step(72 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Held || !it.Due.IsZero() {
		t.Fatalf("its time runs although nobody was told: %+v", it)
	}
	h.sink.SetFault(nil)
	h.step(time.Minute) // Saturday 10:02
	if got := h.says("taro@ours.example"); !slices.Equal(got, []string{"Please confirm before it is sent: CONFIRM"}) {
		t.Fatalf("%q; %v", got, h.errs)
	}
	it := h.item(tx.ID)
	if want := "2026-12-01 00:00"; it.Due.In(h.policy.Organization.Zone).Format("2006-01-02 15:04") != want {
		t.Errorf("due %s, want %s: the working day after the weekend", it.Due.In(h.policy.Organization.Zone), want)
	}
	h.step(24 * time.Hour) // Sunday
	if len(h.says("taro@ours.example")) != 1 {
		t.Error("reminded on a Sunday")
	}
	h.step(26*time.Hour + 30*time.Minute) // Monday 12:30
	h.step(10 * time.Hour)
	if got := h.says("taro@ours.example"); len(got) != 3 || !strings.HasPrefix(got[2], "Reminder: ") {
		t.Errorf("reminders: %q", got)
	}
	h.step(3 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Expired || it.Purge.Sub(it.Decided) != 14*24*time.Hour {
		t.Errorf("%s, kept until %s", it.State, it.Purge)
	}
	if got := h.says("taro@ours.example"); len(got) != 4 || got[3] != "Not sent: CONFIRM" {
		t.Errorf("%q", got)
	}
	for _, r := range h.sink.Received() {
		if r.From != "<>" || !slices.Equal(r.Recipients(), []string{"taro@ours.example"}) {
			t.Errorf("%s wrote to %v", r.From, r.To)
		}
	}
	again, err := h.Decide(t.Context(), tx.ID, Decision{How: "release", By: "t.yamada@ours.example"})
	if err != nil || again.Of != tx.ID {
		t.Fatal(again, err)
	}
	h.step(time.Second)
	if _, mails := h.got(); len(mails) != 1 || h.item(again.ID).State != store.Released {
		t.Errorf("%d sent, %s", len(mails), h.item(again.ID).State)
	}
	if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release"}); !errors.Is(err, ErrDecided) {
		t.Errorf("anew twice: %v", err)
	}
}

func TestDelayIsSent(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: DELAY", "a@x.example")
	tx.ReversePath.Params = []submit.Param{{Key: "BODY", Value: "8BITMIME"}, {Key: "ENVID", Value: "e1"}, {Key: "SIZE", Value: "1"}}
	tx.Recipients[0].Params = []submit.Param{{Key: "NOTIFY", Value: "FAILURE"}}
	h.submit(tx)
	h.open() // a restart between hold and deadline
	h.step(4 * time.Minute)
	if _, mails := h.got(); len(mails) > 0 {
		t.Fatal("sent too early")
	}
	h.step(2 * time.Minute)
	_, mails := h.got()
	if len(mails) != 1 || h.item(tx.ID).State != store.Released {
		t.Fatalf("%d sent, %s; %v", len(mails), h.item(tx.ID).State, h.errs)
	}
	m := message.Parse(mails[0].Data)
	if !strings.Contains(mails[0].From, "BODY=8BITMIME") || !strings.Contains(mails[0].From, "ENVID=e1") || strings.Contains(mails[0].From, "SIZE=1 ") || mails[0].To[0] != "<a@x.example> NOTIFY=FAILURE" {
		t.Errorf("%s %s", mails[0].From, mails[0].To)
	}
	if !strings.HasSuffix(string(mails[0].Data), string(tx.Body.Bytes())) || !strings.Contains(m.Value("Received"), "with ESMTPSA id "+tx.ID) {
		t.Errorf("sent as\n%s", mails[0].Data)
	}
}

func TestApprovals(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: TWO", "a@x.example")
	h.submit(tx)
	h.step(2 * time.Minute)
	for who, want := range map[string]string{"hanako@ours.example": "承認をお願いします: TWO", "jiro@ours.example": "Approval needed: TWO", "taro@ours.example": "Waits for approval: TWO"} {
		if got := h.says(who); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is told %q", who, got)
		}
	}
	vote := func(by string) error {
		_, err := h.Decide(t.Context(), tx.ID, Decision{How: "approve", By: by})
		return err
	}
	for _, own := range []string{"taro@ours.example", "T.Yamada@ours.example"} {
		if err := vote(own); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s approves their own: %v", own, err)
		}
		if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release", By: own}); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s releases their own: %v", own, err)
		}
	}
	if err := vote("stranger@ours.example"); !errors.Is(err, ErrNotYours) {
		t.Errorf("a stranger approves: %v", err)
	}
	for by, how := range map[string]string{"stranger@ours.example": "discard", "hanako@ours.example": "release", "jiro@ours.example": "withdraw"} {
		if _, err := h.Decide(t.Context(), tx.ID, Decision{How: how, By: by}); !errors.Is(err, ErrNotYours) {
			t.Errorf("%s: %s: %v", by, how, err)
		}
	}
	if err := vote("hanako@ours.example"); err != nil || h.item(tx.ID).State != store.Held {
		t.Errorf("one of two: %v, %s", err, h.item(tx.ID).State)
	}
	if err := vote("HANAKO@ours.example"); !errors.Is(err, ErrDecided) {
		t.Errorf("the same twice: %v", err)
	}
	if err := vote("jiro@ours.example"); err != nil || h.item(tx.ID).State != store.Releasing {
		t.Errorf("two of two: %v, %s", err, h.item(tx.ID).State)
	}
	tx = h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: TWO again", "a@x.example")
	h.submit(tx)
	h.step(2 * time.Minute)
	h.step(14 * 24 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Rejected || !slices.Contains(h.says("taro@ours.example"), "Not approved: TWO again") {
		t.Errorf("%s, %q", it.State, h.says("taro@ours.example"))
	}
}

// Recipients that were accepted are never tried again, 4xx is, 5xx is reported
// to the sender, and what is in doubt is sent once more and marked.
func TestReleaseResults(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "good@x.example", "later@x.example", "never@x.example")
	h.submit(tx)
	late := true
	h.sink.SetFault(func(step, text string) mailtest.Fault {
		switch {
		case step == "RCPT" && strings.Contains(text, "never@"):
			return mailtest.Fault{Reply: "550 5.1.1 no such user"}
		case step == "RCPT" && strings.Contains(text, "later@") && late:
			return mailtest.Fault{Reply: "451 4.7.1 greylisted"}
		}
		return mailtest.Fault{}
	})
	if _, err := h.Decide(t.Context(), tx.ID, Decision{How: "release"}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Second)
	it := h.item(tx.ID)
	if it.State != store.Releasing || it.Recipients[0].State != store.Delivered || it.Recipients[1].State != store.Retry || it.Recipients[2].State != store.Refused {
		t.Fatalf("%s %+v; %v", it.State, it.Recipients, h.errs)
	}
	late = false
	h.step(time.Hour)
	if it := h.item(tx.ID); it.State != store.Failed {
		t.Fatalf("%s %+v", it.State, it.Recipients)
	}
	_, mails := h.got()
	if len(mails) != 2 || !slices.Equal(mails[1].Recipients(), []string{"later@x.example"}) {
		t.Errorf("%d sent", len(mails))
	}
	if got := h.says("taro@ours.example"); len(got) != 1 || got[0] != "Could not be delivered: CONFIRM" {
		t.Errorf("%q", got)
	}
	if h.step(time.Hour); len(h.says("taro@ours.example")) != 1 {
		t.Error("reported twice")
	}
}

func TestReleaseGivesUp(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	_, _ = h.Decide(t.Context(), tx.ID, Decision{How: "release"})
	h.sink.SetFault(func(step, text string) mailtest.Fault {
		if step == "RCPT" && strings.Contains(text, "a@x.example") {
			return mailtest.Fault{Reply: "450 4.2.0 not now"}
		}
		return mailtest.Fault{}
	})
	tries := 0
	for ; tries < 40 && h.item(tx.ID).State == store.Releasing; tries++ {
		h.step(4 * time.Hour)
	}
	if it := h.item(tx.ID); it.State != store.Failed || tries < 11 || tries > 14 || !slices.Contains(h.says("taro@ours.example"), "Could not be delivered: CONFIRM") {
		t.Errorf("%s after %d tries, %q", it.State, tries, h.says("taro@ours.example"))
	}
}

func TestReleaseInDoubt(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	_, _ = h.Decide(t.Context(), tx.ID, Decision{How: "release"})
	toOutside := false
	h.sink.SetFault(func(step, text string) mailtest.Fault {
		if step == "RCPT" {
			toOutside = strings.Contains(text, "x.example")
		}
		return mailtest.Fault{Drop: step == "DOT" && toOutside, Keep: true}
	})
	h.step(time.Second)
	if it := h.item(tx.ID); it.State != store.Releasing || it.Recipients[0].State != store.Doubt || it.Recipients[0].Doubted != 1 {
		t.Fatalf("%s %+v", it.State, it.Recipients)
	}
	h.step(time.Hour)
	h.step(time.Hour)
	h.step(time.Hour)
	h.sink.SetFault(nil)
	h.step(time.Hour)
	_, mails := h.got()
	if len(mails) != 2 {
		t.Fatalf("sent %d times", len(mails))
	}
	first, second := message.Parse(mails[0].Data), message.Parse(mails[1].Data)
	if first.Value("Message-ID") != second.Value("Message-ID") || strings.Contains(first.Value("X-Maillint"), "again") || !strings.Contains(second.Value("X-Maillint"), "again") {
		t.Errorf("%s, %s", first.Value("X-Maillint"), second.Value("X-Maillint"))
	}
	if it := h.item(tx.ID); it.State != store.Failed || len(h.says("taro@ours.example")) != 1 {
		t.Errorf("%s, %q", it.State, h.says("taro@ours.example"))
	}
}

// A worker that lost its lease sends no dot.
func TestLostLease(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	_, _ = h.Decide(t.Context(), tx.ID, Decision{How: "release"})
	once := sync.Once{}
	h.sink.SetFault(func(step, _ string) mailtest.Fault {
		if step == "DATA" {
			once.Do(func() {
				h.clock.advance(time.Hour) // the lease runs out, and another worker takes over
				if list, err := h.store.Claim(t.Context(), "another", time.Minute, 10); err != nil || len(list) != 1 {
					t.Errorf("%d claimed, %v", len(list), err)
				}
			})
		}
		return mailtest.Fault{}
	})
	h.step(time.Second)
	if _, mails := h.got(); len(mails) > 0 || h.item(tx.ID).Recipients[0].State != store.Waiting {
		t.Errorf("%d sent without a lease, %+v", len(mails), h.item(tx.ID).Recipients)
	}
	h.step(time.Hour) // the other one died
	if _, mails := h.got(); len(mails) != 1 || h.item(tx.ID).State != store.Released {
		t.Errorf("%d sent, %s", len(mails), h.item(tx.ID).State)
	}
}

// What a decision taught lets the same be, for the same identity.
func TestDecisionsTeach(t *testing.T) {
	h := newHouse(t, "rules: {lookalike-domain: {disposition: {critical: confirm}}}\n")
	send := func(to string) *hop {
		_, n := h.submit(h.mail("From: taro@ours.example\nTo: "+to+"\nSubject: plan", to))
		return n
	}
	send("a@gmai.com")
	id := h.items(store.Held)[0].ID
	if _, err := h.Decide(t.Context(), id, Decision{How: "release", By: "taro@ours.example"}); err != nil {
		t.Fatal(err)
	}
	if n := send("b@gmai.com"); !n.relayed {
		t.Error("asked again about the same domain")
	}
	if n := send("b@gmial.com"); n.relayed {
		t.Error("let another domain be")
	}
	h.clock.advance(181 * 24 * time.Hour)
	if n := send("c@gmai.com"); n.relayed {
		t.Error("remembered for more than 180 days")
	}
}

// Parts of one message, as a server in front makes them, are one mailing.
func TestMailing(t *testing.T) {
	h := newHouse(t, "")
	whole := h.mail("From: taro@ours.example\nTo: a@x.example, b@y.example, c@z.example\nCc: d@z.example\nSubject: CONFIRM", "a@x.example")
	part := func(to ...string) (*Transaction, submit.Reply) {
		tx := *whole
		tx.ID, tx.Recipients = NewID(h.clock.Now()), nil
		tx.Identity = policy.Identity{Address: addressOf("taro@ours.example"), Trust: policy.Vouched}
		for _, s := range to {
			tx.Recipients = append(tx.Recipients, path(s))
		}
		reply, _ := h.submit(&tx)
		h.clock.advance(5 * time.Second)
		return &tx, reply
	}
	first, _ := part("a@x.example")
	second, _ := part("b@y.example")
	_, reply := part("a@x.example") // the same again, its answer was lost
	if list := h.items(store.Held); len(list) != 2 || list[0].Mailing == "" || list[0].Mailing != list[1].Mailing || !strings.HasSuffix(reply.String(), first.ID) {
		t.Fatalf("%d held, %s", len(list), reply)
	}
	h.step(2 * time.Minute)
	if got := h.says("taro@ours.example"); len(got) != 1 {
		t.Errorf("told %q", got)
	}
	third, _ := part("c@z.example")
	h.step(2 * time.Minute)
	if got := h.says("taro@ours.example"); len(got) != 1 || !h.item(third.ID).Due.Equal(h.item(first.ID).Due) {
		t.Errorf("a late part: told %q", got)
	}
	if _, err := h.Decide(t.Context(), second.ID, Decision{How: "release", By: "taro@ours.example"}); err != nil {
		t.Fatal(err)
	}
	h.step(time.Second)
	late, reply := part("d@z.example") // after the decision
	h.step(time.Second)
	if h.item(late.ID).State != store.Released || !reply.OK() {
		t.Errorf("a part after the decision: %s %s", reply, h.item(late.ID).State)
	}
	stranger, _ := part("e@evil.test") // whom nobody who decided has seen
	if h.step(time.Second); h.item(stranger.ID).State != store.Held || !h.item(stranger.ID).NoticeAccepted.IsZero() {
		t.Errorf("somebody new, after the decision: %s", h.item(stranger.ID).State)
	}
	var to []string
	_, mails := h.got()
	for _, m := range mails {
		to = append(to, m.Recipients()...)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"a@x.example", "b@y.example", "c@z.example", "d@z.example"}) {
		t.Errorf("sent to %v", to)
	}
}

func TestHideThatCannot(t *testing.T) {
	var list []string
	for i := range 25 {
		list = append(list, fmt.Sprintf("p%d@d%d.example", i, i))
	}
	more := "rules: {exposed-recipients: {disposition: {high: hide, critical: hide}}}\n"
	to := strings.Join(list, ",\n ")
	nested := "From: taro@ours.example\nTo: " + to + "\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nX-Body: here"
	tests := []struct {
		name, raw string
		held      string
	}{
		{"plain", "From: taro@ours.example\nTo: " + to + "\nSubject: s\n\nText\n", ""},
		{"signed", "DKIM-Signature: v=1; h=from:to; b=x\nFrom: taro@ours.example\nTo: " + to + "\nSubject: s\n\nText\n", "approve"},
		{"signed, but not over To", "DKIM-Signature: v=1; h=from:subject; b=x\nFrom: taro@ours.example\nTo: " + to + "\nSubject: s\n\nText\n", ""},
		{"an enclosed message repeats them", nested + "\n\n--b\nContent-Type: message/rfc822\n\nTo: " + to + "\nSubject: s\n\nText\n--b--\n", "approve"},
		{"a protected header repeats them", nested + "\n\n--b\nContent-Type: text/plain; protected-headers=v1\nTo: " + to + "\n\nText\n--b--\n", "approve"},
	}
	for _, tt := range tests {
		h := newHouse(t, more)
		tx := h.mail("Subject: x", list...)
		tx.Body = spool.FromBytes([]byte(strings.ReplaceAll(tt.raw, "\n", "\r\n")))
		reply, n := h.submit(tx)
		if !reply.OK() || n.relayed != (tt.held == "") {
			t.Errorf("%s: %s, relayed %v", tt.name, reply, n.relayed)
			continue
		}
		if tt.held == "" {
			if m := message.Parse(n.bytes); m.Value("To") != "taro@ours.example" || len(n.to) != 25 {
				t.Errorf("%s: To: %s, %d recipients", tt.name, m.Value("To"), len(n.to))
			}
		} else if it := h.item(tx.ID); it.Disposition != tt.held || len(it.Recipients) != 25 {
			t.Errorf("%s: %+v", tt.name, it)
		}
	}
}

func TestOutage(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM", "a@x.example")
	h.submit(tx)
	h.step(2 * time.Minute)
	h.upkeep(t.Context())
	h.clock.advance(7 * 24 * time.Hour)
	h.open()
	h.afterOutage(t.Context())
	h.step(3 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Held {
		t.Errorf("%s three hours after an outage", it.State)
	}
	h.step(2 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Expired {
		t.Errorf("%s five hours after an outage", it.State)
	}
}

func TestDigest(t *testing.T) {
	h := newHouse(t, "")
	h.submit(h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: QUARANTINE secret plan", "a@x.example"))
	for range 3 {
		h.upkeep(t.Context())
	}
	got := h.says("postmaster@ours.example")
	if len(got) != 1 || got[0] != "0 findings in 0 messages, canary 0 of 0; 1 held (House)" {
		t.Fatalf("%q", got)
	}
	notices, _ := h.got()
	text := message.Parse(notices[0].Data).Parts[0].Text()
	if strings.Contains(text, "secret plan") || strings.Contains(text, "a@x.example") || !strings.Contains(text, h.items()[0].ID) {
		t.Errorf("digest:\n%s", text)
	}
	h.clock.advance(24 * time.Hour)
	h.upkeep(t.Context())
	h.clock.advance(24 * 24 * time.Hour)
	h.upkeep(t.Context())
	notices, _ = h.got()
	if text := message.Parse(notices[len(notices)-1].Data).Parts[0].Text(); !strings.Contains(text, "is deleted on 2026-12-25") {
		t.Errorf("not named before its deletion:\n%s", text)
	}
}

// A claimed identity, a null reverse-path and automatic mail are never asked
// and never told.
func TestWhoIsTold(t *testing.T) {
	h := newHouse(t, "")
	tx := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: CONFIRM one", "a@x.example")
	tx.Identity = policy.Identity{Address: addressOf("taro@ours.example")} // claimed
	h.submit(tx)
	if it := h.item(tx.ID); it.Disposition != "approve" || it.Identity.Mailbox != "" {
		t.Errorf("claimed: %s, told %q", it.Disposition, it.Identity.Mailbox)
	}
	auto := h.mail("From: taro@ours.example\nAuto-Submitted: auto-replied\nTo: a@x.example\nSubject: CONFIRM two", "a@x.example")
	auto.ReversePath = submit.Path{}
	h.submit(auto)
	if it := h.item(auto.ID); it.Disposition != "quarantine" {
		t.Errorf("automatic: %s", it.Disposition)
	}
	device := h.mail("From: scan@ours.example\nTo: a@x.example\nSubject: CONFIRM three", "a@x.example")
	device.Identity = policy.Identity{Trust: policy.Vouched, Remote: netip.MustParseAddr("192.0.2.77")}
	h.submit(device)
	if it := h.item(device.ID); it.Disposition != "confirm" || it.Identity.Mailbox != "jiro@ours.example" {
		t.Errorf("device: %s %+v", it.Disposition, it.Identity)
	}
	h.step(2 * time.Minute)
	if got := h.says("taro@ours.example"); len(got) > 0 {
		t.Errorf("taro is told %q", got)
	}
	if got := h.says("postmaster@ours.example"); len(got) != 1 || got[0] != "Approval needed: CONFIRM one" {
		t.Errorf("the administrators are told %q", got)
	}
}

// Addresses come back from the store as they went in.
func TestAddressOf(t *testing.T) {
	for _, a := range []message.Address{
		{Local: "a..b", Domain: "docomo.ne.jp"}, {Local: ".a.", Domain: "x.example"}, {Local: "a b", Domain: "x.example"}, {Local: `a"b\`, Domain: "x.example"},
		{Local: "a@b", Domain: "x.example"}, {Local: "postmaster"}, {Local: "a", Domain: "[192.0.2.1]"}, {Local: "太郎", Domain: "xn--wgv71a119e.example"}, {Local: "a,b", Domain: "x.example"},
	} {
		if got := addressOf(a.String()); got != a {
			t.Errorf("%q: %+v", a.String(), got)
		}
	}
}

// A service that stays within its ceiling is not stopped by what was refused.
func TestCeiling(t *testing.T) {
	h := newHouse(t, "")
	h.policy.Services[0].Ceiling = 4
	send := func(code int) submit.Reply {
		tx := h.mail("From: emergency@ours.example\nTo: a@x.example\nSubject: x", "a@x.example", "b@x.example")
		tx.ReversePath, tx.Identity = path("emergency@ours.example"), policy.Identity{Address: addressOf("emergency@ours.example"), Trust: policy.Vouched, Remote: netip.MustParseAddr("192.0.2.10")}
		return h.Submit(t.Context(), tx, &hop{reply: submit.NewReply(code, "", "x"), tx: tx})
	}
	for _, code := range []int{250, 550, 451, 250} {
		if r := send(code); r.Code != code {
			t.Errorf("%s, want %d", r, code)
		}
	}
	for range 2 {
		if r := send(250); r.Code != 450 || r.Enhanced != "4.7.1" {
			t.Errorf("over the ceiling: %s", r)
		}
	}
}
