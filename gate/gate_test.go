package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/internal/spool"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/rules"
	"maillint/store"
	"maillint/submit"
)

// clock is a clock that stands until it is put forward.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is a gate with everything real around it but the next hop.
type house struct {
	*Gate
	t      *testing.T
	clock  *clock
	store  *fragile
	sink   *mailtest.Sink
	mu     sync.Mutex
	alarms []Alarm
	events []Event
	errs   []string
	policy *policy.Policy
	rules  []*lint.Rule
}

// fragile is a store that fails when it is told to.
type fragile struct {
	store.Store
	mu     sync.Mutex
	broken map[string]error
}

func (f *fragile) fail(what string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken[what] = err
}

func (f *fragile) err(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.broken[what], f.broken["all"])
}

func (f *fragile) Hold(ctx context.Context, items []*store.Item, b io.ReaderAt, n int64) error {
	if err := f.err("Hold"); err != nil {
		return err
	}
	return f.Store.Hold(ctx, items, b, n)
}

func (f *fragile) List(ctx context.Context, l store.Filter) ([]*store.Item, error) {
	if err := f.err("List"); err != nil {
		return nil, err
	}
	return f.Store.List(ctx, l)
}

func (f *fragile) Update(ctx context.Context, id string, change func(*store.Item) ([]store.Record, error)) (*store.Item, error) {
	if err := f.err("Update"); err != nil {
		return nil, err
	}
	return f.Store.Update(ctx, id, change)
}

func (f *fragile) Recall(ctx context.Context, who ...string) ([]store.Memory, error) {
	if err := f.err("Recall"); err != nil {
		return nil, err
	}
	return f.Store.Recall(ctx, who...)
}

func (f *fragile) Failed(ctx context.Context, hash [32]byte) (int, error) {
	if err := f.err("Failed"); err != nil {
		return 0, err
	}
	return f.Store.Failed(ctx, hash)
}

func (f *fragile) Add(ctx context.Context, counts ...store.Count) ([]int64, error) {
	if err := f.err("Add"); err != nil {
		return nil, err
	}
	return f.Store.Add(ctx, counts...)
}

// basePolicy holds whatever its subject says.
const basePolicy = `
version: 1
organization: {domains: [ours.example], name: House, timezone: Asia/Tokyo}
directory: {files: [people.csv]}
lists: {blocked: [evil.example]}
release: {address: "localhost:25"}
holds:
  fallback: [postmaster@ours.example]
  approvers:
    rules:
      two: {who: [hanako@ours.example, jiro@ours.example], need: 2}
notify: {language: en}
proxy:
  next_hops: {out: {address: "localhost:25"}}
custom:
  c-tag: {when: subject contains "TAG", disposition: tag, message: m}
  c-hide: {when: subject contains "HIDE", disposition: hide, message: m}
  c-delay: {when: subject contains "DELAY", disposition: delay, message: m}
  c-confirm: {when: subject contains "CONFIRM", disposition: confirm, message: m}
  c-approve: {when: subject contains "APPROVE", disposition: approve, message: m}
  two: {when: subject contains "TWO", disposition: approve, message: m}
  c-quarantine: {when: subject contains "QUARANTINE", disposition: quarantine, message: m}
  c-reject: {when: subject contains "REJECT", disposition: reject, message: m}
services:
  parents:
    owner: office@ours.example
    networks: [192.0.2.10]
    reverse_path: [emergency@ours.example]
    from: [emergency@ours.example]
    recipients_per_hour: 10
    hold: never
    on_failure: relay
`

const people = `account,addresses,name,kind,groups,manager,deputies,language,owner_of
taro,taro@ours.example;t.yamada@ours.example,Taro,staff,,hanako,,,
hanako,hanako@ours.example,Hanako,staff,,,,ja,
jiro,jiro@ours.example,Jiro,staff,,,,,192.0.2.77
`

func newHouse(t *testing.T, more string) *house {
	t.Helper()
	return houseWith(t, more, rules.All)
}

func houseWith(t *testing.T, more string, all []*lint.Rule) *house {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, sink: mailtest.NewSink(t), rules: all}
	h.clock = &clock{now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.FixedZone("JST", 9*3600))} // a Wednesday
	var err error
	if h.policy, err = policy.Parse(filepath.Join(dir, "rules.yaml"), []byte(basePolicy+more), all); err != nil {
		t.Fatal(err)
	}
	h.policy.Now = h.clock.Now
	s, err := store.Open(t.Context(), filepath.Join(dir, "m.db"), store.Options{Node: "n", Clock: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h.store = &fragile{Store: s, broken: map[string]error{}}
	h.open()
	return h
}

// open makes the gate, as a start of the program does.
func (h *house) open() {
	h.t.Helper()
	route := &submit.Route{Name: "release", Addresses: []string{h.sink.Addr}, Hello: "mx.ours.example"}
	var err error
	h.Gate, err = New(Options{
		Policy: h.policy, Store: h.store, Hostname: "mx.ours.example", Clock: h.clock.Now,
		Release: func(ctx context.Context) (*submit.Session, error) { return route.Dial(ctx, submit.Client{}) },
		Observer: Observer{
			Alarm:       func(a Alarm) { h.mu.Lock(); h.alarms = append(h.alarms, a); h.mu.Unlock() },
			Transaction: func(e Event) { h.mu.Lock(); h.events = append(h.events, e); h.mu.Unlock() },
			Error: func(what string, err error) {
				h.mu.Lock()
				h.errs = append(h.errs, what+": "+err.Error())
				h.mu.Unlock()
			},
		},
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// step does the work of all workers once, at a later time.
func (h *house) step(later time.Duration) {
	h.t.Helper()
	h.clock.advance(later)
	h.people(h.t.Context())
	for h.release(h.t.Context()) > 0 {
	}
	h.people(h.t.Context())
}

// hop is the next hop's open transaction.
type hop struct {
	reply   submit.Reply
	err     error
	bytes   []byte
	to      []string
	aborted bool
	relayed bool
	tx      *Transaction
}

func (n *hop) Relay(_ context.Context, keep []submit.Path, m *rewrite.Message) (submit.Reply, error) {
	n.relayed = true
	if n.err != nil {
		return submit.Reply{}, n.err
	}
	if !n.reply.OK() {
		return n.reply, nil
	}
	p := m.Proof()
	var b bytes.Buffer
	if _, err := m.WriteTo(io.MultiWriter(&b, p)); err != nil {
		return submit.Reply{}, err
	}
	if err := p.Check(); err != nil {
		return submit.Reply{}, err
	}
	n.bytes = b.Bytes()
	if keep == nil {
		keep = n.tx.Recipients
	}
	for _, k := range keep {
		n.to = append(n.to, k.Address.String())
	}
	return n.reply, nil
}

func (n *hop) Abort(context.Context) { n.aborted = true }

func path(s string) submit.Path {
	return submit.Path{Address: addressOf(s)}
}

// mail makes a transaction of taro's.
func (h *house) mail(head string, to ...string) *Transaction {
	raw := strings.ReplaceAll(head+"\nMessage-ID: <"+NewID(time.Now())+"@ours.example>\n\nText\n", "\n", "\r\n")
	tx := &Transaction{
		ID: NewID(h.clock.Now()), Received: h.clock.Now(), ReversePath: path("taro@ours.example"), Body: spool.FromBytes([]byte(raw)),
		Identity: policy.Identity{Address: addressOf("taro@ours.example"), Account: "taro", Trust: policy.Authenticated}, Protocol: "ESMTPSA",
	}
	tx.Client.Hello = "pc.ours.example"
	for _, s := range to {
		tx.Recipients = append(tx.Recipients, path(s))
	}
	return tx
}

func (h *house) submit(tx *Transaction) (submit.Reply, *hop) {
	n := &hop{reply: submit.NewReply(250, "2.0.0", "queued as 7"), tx: tx}
	return h.Submit(h.t.Context(), tx, n), n
}

func (h *house) items(states ...store.State) []*store.Item {
	h.t.Helper()
	list, err := h.store.Store.List(h.t.Context(), store.Filter{States: states})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func (h *house) item(id string) *store.Item {
	h.t.Helper()
	it, err := h.store.Item(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return it
}

// got gives the messages in the release route: notices first, mail second.
func (h *house) got() (notices, mails []mailtest.Received) {
	for _, r := range h.sink.Received() {
		if message.Parse(r.Data).Value("Auto-Submitted") != "" {
			notices = append(notices, r)
		} else {
			mails = append(mails, r)
		}
	}
	return notices, mails
}

// says gives the subjects of the notices to an address.
func (h *house) says(to string) []string {
	var out []string
	notices, _ := h.got()
	for _, r := range notices {
		if slices.Contains(r.Recipients(), to) {
			out = append(out, message.Parse(r.Data).Subject())
		}
	}
	return out
}

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
	h.sink.Fault = func(step, _ string) mailtest.Fault {
		if step == "CONNECT" {
			return mailtest.Fault{Reply: "554 5.0.0 go away"}
		}
		return mailtest.Fault{}
	}
	if h.Probe(t.Context()) == nil || h.Ready() == nil {
		t.Error("a dead release route is taken for a good one")
	}
	if reply, n := h.submit(h.mail("Subject: CONFIRM", "a@x.example")); reply.Code != 451 || n.relayed {
		t.Errorf("held although it could not be released: %s", reply)
	}
	h.sink.Fault = nil
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
	h.sink.Fault = func(step, _ string) mailtest.Fault {
		if step == "DOT" {
			return mailtest.Fault{Reply: "451 4.0.0 later"}
		}
		return mailtest.Fault{}
	}
	h.step(72 * time.Hour)
	if it := h.item(tx.ID); it.State != store.Held || !it.Due.IsZero() {
		t.Fatalf("its time runs although nobody was told: %+v", it)
	}
	h.sink.Fault = nil
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
	h.sink.Fault = func(step, text string) mailtest.Fault {
		switch {
		case step == "RCPT" && strings.Contains(text, "never@"):
			return mailtest.Fault{Reply: "550 5.1.1 no such user"}
		case step == "RCPT" && strings.Contains(text, "later@") && late:
			return mailtest.Fault{Reply: "451 4.7.1 greylisted"}
		}
		return mailtest.Fault{}
	}
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
	h.sink.Fault = func(step, text string) mailtest.Fault {
		if step == "RCPT" && strings.Contains(text, "a@x.example") {
			return mailtest.Fault{Reply: "450 4.2.0 not now"}
		}
		return mailtest.Fault{}
	}
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
	h.sink.Fault = func(step, text string) mailtest.Fault {
		if step == "RCPT" {
			toOutside = strings.Contains(text, "x.example")
		}
		return mailtest.Fault{Drop: step == "DOT" && toOutside, Keep: true}
	}
	h.step(time.Second)
	if it := h.item(tx.ID); it.State != store.Releasing || it.Recipients[0].State != store.Doubt || it.Recipients[0].Doubted != 1 {
		t.Fatalf("%s %+v", it.State, it.Recipients)
	}
	h.step(time.Hour)
	h.step(time.Hour)
	h.step(time.Hour)
	h.sink.Fault = nil
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
	h.sink.Fault = func(step, _ string) mailtest.Fault {
		if step == "DATA" {
			once.Do(func() {
				h.clock.advance(time.Hour) // the lease runs out, and another worker takes over
				if list, err := h.store.Claim(t.Context(), "another", time.Minute, 10); err != nil || len(list) != 1 {
					t.Errorf("%d claimed, %v", len(list), err)
				}
			})
		}
		return mailtest.Fault{}
	}
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
	whole := h.mail("From: taro@ours.example\nTo: a@x.example, b@y.example, c@z.example\nSubject: CONFIRM", "a@x.example")
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
	if len(got) != 1 || got[0] != "1 held messages (House)" {
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
