package gate

import (
	"bytes"
	"context"
	"errors"
	"io"
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
	t      testing.TB
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

func (f *fragile) Forwards(ctx context.Context, targets ...string) ([]store.Forward, error) {
	if err := f.err("Forwards"); err != nil {
		return nil, err
	}
	return f.Store.Forwards(ctx, targets...)
}

func (f *fragile) Marked(ctx context.Context, keys ...string) ([]time.Time, error) {
	if err := f.err("Marked"); err != nil {
		return nil, err
	}
	return f.Store.Marked(ctx, keys...)
}

func (f *fragile) Brakes(ctx context.Context) ([]store.Brake, error) {
	if err := f.err("Brakes"); err != nil {
		return nil, err
	}
	return f.Store.Brakes(ctx)
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

func newHouse(t testing.TB, more string) *house {
	t.Helper()
	return houseWith(t, more, rules.All)
}

func houseWith(t testing.TB, more string, all []*lint.Rule) *house {
	t.Helper()
	return houseOf(t, basePolicy+more, all)
}

func newHouseOf(t testing.TB, text string) *house {
	t.Helper()
	return houseOf(t, text, rules.All)
}

func houseOf(t testing.TB, text string, all []*lint.Rule) *house {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, sink: mailtest.NewSink(t), rules: all}
	h.clock = &clock{now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.FixedZone("JST", 9*3600))} // a Wednesday
	var err error
	if h.policy, err = policy.Parse(filepath.Join(dir, "rules.yaml"), []byte(text), all); err != nil {
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
