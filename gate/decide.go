package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// Decision is what somebody wants to become of a held message.
type Decision struct {
	// How is "release", "discard", "withdraw", or "approve": one vote.
	How string
	// By is the address of whoever decides; empty: an administrator, who
	// decides alone.
	By     string
	OSUser string // who ran the command
	Reason string
	Hide   bool     // release with hidden recipients
	Only   []string // release to these alone
	// Forget: nothing is learned from it.
	Forget bool
}

// Errors of Decide.
var (
	ErrDecided  = errors.New("it is decided already")
	ErrNotYours = errors.New("not by this person")
	ErrNoSuch   = errors.New("no such recipient")
	ErrPurged   = errors.New("its bytes are deleted")
)

// Decider carries decisions into the store. A running proxy carries them out;
// deciding needs no running proxy.
type Decider struct {
	Store  store.Store
	Policy *policy.Policy
}

// Decide records a decision about an item, and about the other parts of its
// mailing that wait for the same. It gives the item as it is then: a new one
// where a former decision is taken anew.
func (g *Gate) Decide(ctx context.Context, id string, d Decision) (*store.Item, error) {
	it, err := Decider{g.o.Store, g.Policy()}.Decide(ctx, id, d)
	if err == nil {
		g.o.Observer.decided(it)
		g.nudge()
	}
	return it, err
}

// Decide records a decision, as Gate.Decide.
func (r Decider) Decide(ctx context.Context, id string, d Decision) (*store.Item, error) {
	it, err := r.Store.Item(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	c := &current{Policy: r.Policy, engine: r.Policy.Engine(nil)}
	v := deciding{r: r, c: c, d: d, now: r.Store.Now(ctx)}
	if err := v.check(it); err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	if it.State.Final() && it.State != store.Released && it.State != store.Failed {
		return v.anew(ctx, it)
	}
	out, err := r.Store.Update(ctx, id, v.change)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	v.others(ctx, out)
	if out.State == store.Releasing && !d.Forget {
		if err := learn(ctx, r.Store, out); err != nil {
			return out, fmt.Errorf("%s is decided, but what it teaches could not be kept: %w", id, err)
		}
	}
	return out, nil
}

// deciding is one decision on its way into the store.
type deciding struct {
	r   Decider
	c   *current
	d   Decision
	now time.Time
}

// check refuses what this person may not do with this item.
func (v deciding) check(it *store.Item) error {
	d := v.d
	switch d.How {
	case "release", "discard", "withdraw", "approve":
	default:
		return fmt.Errorf("%q: want release, discard, withdraw or approve", d.How)
	}
	for _, only := range d.Only {
		if !slices.ContainsFunc(it.Recipients, func(r store.Recipient) bool { return sameAddress(r.Address, only) }) {
			return fmt.Errorf("%w: %s", ErrNoSuch, only)
		}
	}
	if d.By == "" {
		if d.How == "approve" {
			return fmt.Errorf("%w: a vote is somebody's: say whose", ErrNotYours)
		}
		return nil
	}
	a, ok := message.ParseAddress(d.By)
	if !ok || a.Domain == "" {
		return fmt.Errorf("%q is no address", d.By)
	}
	return v.permitted(it, a)
}

// permitted says whether a decision is this person's to make: an administrator
// decides about the mail of others, a sender confirms and takes back, an
// approver votes. Nobody sends a message of their own that others must judge.
func (v deciding) permitted(it *store.Item, a message.Address) error {
	own, admin := v.c.isSender(it, a), v.administrator(a)
	judged := it.Disposition == policy.Approve.String() || it.Disposition == policy.Quarantine.String()
	approver := it.Disposition == policy.Approve.String() && v.eligible(it, a)
	no := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrNotYours, fmt.Sprintf(format, args...))
	}
	switch how := v.d.How; {
	case own && how == "approve":
		return no("nobody approves a message of their own")
	case own && how == "release" && judged:
		return no("nobody sends a message of their own that waits for %s", waitsFor[it.Disposition])
	case own || admin && how != "withdraw":
		return nil
	case how == "withdraw":
		return no("the sender withdraws, others discard")
	case !approver && how == "approve":
		return no("%s is not among the approvers", a)
	case !approver:
		return no("%s may not decide about a message that waits for %s", a, waitsFor[it.Disposition])
	case how == "release" && v.need(it) > 1:
		return no("%d must approve: this is one vote (approve)", v.need(it))
	}
	return nil
}

// waitsFor says in words what a held message waits for.
var waitsFor = map[string]string{
	policy.Delay.String(): "its time", policy.Confirm.String(): "its sender", policy.Approve.String(): "approval", policy.Quarantine.String(): "the administrators",
}

// need is how many votes an item needs, of all its approvals together.
func (v deciding) need(it *store.Item) int {
	n := 0
	for _, ap := range v.c.approvals(it) {
		n += ap.Need
	}
	return n
}

func sameAddress(a, b string) bool {
	x, _ := message.ParseAddress(a)
	y, _ := message.ParseAddress(b)
	return x.Key() == y.Key()
}

func (v deciding) administrator(a message.Address) bool {
	return slices.ContainsFunc(v.c.Holds.Fallback, func(f message.Address) bool { return f.Key() == a.Key() })
}

// approvals are those that an item needs.
func (c *current) approvals(it *store.Item) []policy.Approver {
	var rules []string
	for _, f := range it.Findings {
		if f.Disposition == policy.Approve.String() && !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	return c.Approvals(c.personOf(it), rules)
}

// eligible reports whether somebody's vote counts. Where the policy names
// nobody but the administrators, it is for the administrator who records the
// vote to know whose it may be.
func (v deciding) eligible(it *store.Item, a message.Address) bool {
	for _, ap := range v.c.approvals(it) {
		named := slices.ContainsFunc(ap.Eligible, func(e message.Address) bool { return !v.administrator(e) })
		if !named || slices.ContainsFunc(ap.Eligible, func(e message.Address) bool { return v.c.PersonKey(e) == v.c.PersonKey(a) }) {
			return true
		}
	}
	return false
}

// change is the decision as a change of the stored item.
func (v deciding) change(it *store.Item) ([]store.Record, error) {
	if it.State != store.Held {
		return nil, fmt.Errorf("%w: %s", ErrDecided, it.State)
	}
	if v.d.How == "approve" {
		return v.vote(it)
	}
	return v.settle(it), nil
}

// vote adds a vote; the last one that is needed releases. The same person's
// second vote changes nothing.
func (v deciding) vote(it *store.Item) ([]store.Record, error) {
	by, _ := message.ParseAddress(v.d.By)
	for _, old := range it.Votes {
		if a, _ := message.ParseAddress(old.By); v.c.PersonKey(a) == v.c.PersonKey(by) {
			return nil, fmt.Errorf("%w: %s has voted", ErrDecided, v.d.By)
		}
	}
	it.Votes = append(it.Votes, store.Vote{By: by.String(), OSUser: v.d.OSUser, Reason: v.d.Reason, At: v.now})
	records := []store.Record{v.record("vote", it)}
	if v.enough(it) {
		records = append(records, v.settle(it)...)
	}
	return records, nil
}

// enough reports whether every approval has the votes it needs.
func (v deciding) enough(it *store.Item) bool {
	for _, ap := range v.c.approvals(it) {
		have := map[string]bool{}
		named := slices.ContainsFunc(ap.Eligible, func(e message.Address) bool { return !v.administrator(e) })
		for _, vote := range it.Votes {
			a, _ := message.ParseAddress(vote.By)
			if !named || slices.ContainsFunc(ap.Eligible, func(e message.Address) bool { return v.c.PersonKey(e) == v.c.PersonKey(a) }) {
				have[v.c.PersonKey(a)] = true
			}
		}
		if len(have) < ap.Need {
			return false
		}
	}
	return true
}

// settle puts the item where the decision leads.
func (v deciding) settle(it *store.Item) []store.Record {
	how := v.d.How
	if how == "approve" {
		how = "release"
	}
	it.Decision = store.Decision{How: how, By: v.d.By, OSUser: v.d.OSUser, Reason: v.d.Reason, At: v.now}
	it.Decided, it.Look = v.now, time.Time{}
	switch how {
	case "discard":
		it.State, it.Purge = store.Discarded, v.now.Add(v.c.Holds.Keep)
		if by, ok := message.ParseAddress(v.d.By); !ok || !v.c.isSender(it, by) {
			tell(it, store.Discarded, v.now)
		}
	case "withdraw":
		it.State, it.Purge = store.Withdrawn, v.now.Add(v.c.Holds.Keep)
	default:
		it.State = store.Releasing
		it.Hide = it.Hide || v.d.Hide
		only(it, v.d.Only)
	}
	return []store.Record{v.record(how, it)}
}

func (v deciding) record(event string, it *store.Item) store.Record {
	r := store.Record{Event: event, Item: it.ID, By: v.d.By, OSUser: v.d.OSUser, Reason: v.d.Reason, Detail: map[string]string{}}
	if v.d.Hide {
		r.Detail["hide"] = "yes"
	}
	if len(v.d.Only) > 0 {
		r.Detail["only"] = fmt.Sprint(len(v.d.Only))
	}
	return r
}

// anew decides once more about what was decided against, as a new item: within
// the time that its bytes are kept, by whoever could have decided.
func (v deciding) anew(ctx context.Context, old *store.Item) (*store.Item, error) {
	if v.d.How != "release" && v.d.How != "approve" {
		return nil, fmt.Errorf("%s: %w: %s", old.ID, ErrDecided, old.State)
	}
	if old.Decision.How == howTakenBack {
		return nil, fmt.Errorf("%s: %w: the next hop refused the message, and its sender was told so", old.ID, ErrDecided)
	}
	if list, err := v.r.Store.List(ctx, store.Filter{Transaction: old.Transaction}); err == nil {
		for _, it := range list {
			if it.Of == old.ID && (it.State == store.Held || !it.State.Final() || it.State == store.Released) {
				return nil, fmt.Errorf("%s: %w: anew as %s", old.ID, ErrDecided, it.ID)
			}
		}
	}
	bytes, err := v.r.Store.Body(ctx, old.ID)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("%s: %w", old.ID, ErrPurged)
		}
		return nil, err
	}
	defer bytes.Close()
	it := *old
	it.ID, it.Of, it.State, it.Mailing = NewID(v.now), old.ID, store.Held, ""
	it.Held, it.Decision, it.Decided, it.Purge, it.Due, it.Votes = v.now, store.Decision{}, time.Time{}, time.Time{}, time.Time{}, nil
	it.Lease, it.Only, it.NoticeAccepted, it.Reminded, it.Look = store.Lease{}, nil, time.Time{}, 0, v.now
	it.Recipients = slices.Clone(old.Recipients)
	it.Notes = map[string]string{}
	for _, n := range []string{noteTrace, noteTagged, noteAutomatic, noteLocked, noteForwards, noteBareLF, noteWhole} {
		it.Notes[n] = old.Notes[n]
	}
	for i := range it.Recipients {
		it.Recipients[i] = store.Recipient{Address: old.Recipients[i].Address, Params: old.Recipients[i].Params, State: store.Waiting}
	}
	if _, err := v.change(&it); err != nil {
		return nil, err
	}
	if err := v.r.Store.Hold(ctx, []*store.Item{&it}, bytes, bytes.Size()); err != nil {
		return nil, err
	}
	record := v.record("anew", &it)
	record.Detail["of"] = old.ID
	return &it, v.r.Store.Audit(ctx, record)
}

// Explain says in one line what a decided or waiting item waits for, for
// people at a terminal.
func (r Decider) Explain(it *store.Item) string {
	if it.State != store.Held || it.Disposition != policy.Approve.String() {
		return string(it.State)
	}
	c := &current{Policy: r.Policy, engine: r.Policy.Engine(nil)}
	var parts []string
	for _, ap := range c.approvals(it) {
		var who []string
		for _, a := range ap.Asked {
			who = append(who, a.String())
		}
		parts = append(parts, fmt.Sprintf("%d of %s", ap.Need, strings.Join(who, ", ")))
	}
	return fmt.Sprintf("waits for approval by %s; %d so far", strings.Join(parts, " and "), len(it.Votes))
}

// only leaves everybody else out of a release.
func only(it *store.Item, list []string) {
	if len(list) == 0 {
		return
	}
	it.Only = list
	for i := range it.Recipients {
		r := &it.Recipients[i]
		if r.Open() && !slices.ContainsFunc(list, func(s string) bool { return sameAddress(s, r.Address) }) {
			r.State = store.Left
		}
	}
}

// noteTell is the note of an item whose sender is still to be told what became
// of it; its value says what.
const noteTell = "tell"

func tell(it *store.Item, what store.State, now time.Time) {
	if it.Notes == nil {
		it.Notes = map[string]string{}
	}
	it.Notes[noteTell] = string(what)
	it.Look = now
}
