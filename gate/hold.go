package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
	"maillint/submit"
)

// errNotReady says that nothing can be held now: a promise to ask somebody, or
// to send later, could not be kept.
var errNotReady = errors.New("not ready for holding")

// hold stores the groups of a transaction, durably, and gives an item for
// each: the new one, or the one of the same mailing that has all its
// recipients already. Where the rest of the message is relayed, partly, copies
// go with that.
func (s *submission) hold(ctx context.Context, groups []group, partly bool) ([]*store.Item, error) {
	if err := s.g.unready(s.tx); err != nil {
		return nil, err
	}
	now := s.g.o.Store.Now(ctx)
	mailing := ""
	if !s.tx.Canary { // each round holds the same messages
		mailing = contentKey(s.tx.Identity, s.j.msg, s.tx.Body.Hash())
	}
	content := mailing
	if of := s.j.recalls; of != nil && of.Mailing != "" {
		mailing = of.Mailing
		s.g.askAbout(ctx, s)
	}
	family, err := s.g.siblings(ctx, mailing, s.j.msg.Value("Message-ID"), now)
	if err != nil {
		s.g.o.Observer.failed("store", err)
		return nil, err
	}
	var fresh, all []*store.Item
	for n, gr := range groups {
		it := s.item(gr, n, now)
		it.Mailing = mailing
		if s.j.recalls != nil {
			it.Notes[noteRecalls], it.Notes[noteContent] = s.j.recalls.ID, content
		}
		if n == len(groups)-1 && !partly {
			s.addCopies(it)
		}
		if same := joins(it, family, s.j.msg); same != nil {
			all = append(all, same)
			continue
		}
		fresh, all = append(fresh, it), append(all, it)
		s.e.Held += len(it.Recipients)
		s.e.Items = append(s.e.Items, it.ID)
	}
	if len(fresh) == 0 {
		return all, nil
	}
	if err := s.g.o.Store.Hold(ctx, fresh, s.tx.Body, s.tx.Body.Size()); err != nil {
		s.g.o.Observer.failed("store", err)
		if !s.tx.Canary {
			s.g.alarm("store", s.tx.ID, "a message could not be stored: 451 was answered")
		}
		s.e.Held, s.e.Items = 0, nil
		return nil, err
	}
	return all, nil
}

// joins fits a part to what is held of its mailing: recipients that are held
// already are not held twice, and what was decided holds for it too. It gives
// the earlier item where nothing is left.
func joins(it *store.Item, family []*store.Item, m *message.Message) *store.Item {
	var all *store.Item
	for _, f := range family {
		if f.State == store.Withdrawn && f.Decision.How == howTakenBack {
			continue
		}
		if f.State != store.Held && f.State != store.Releasing && f.State != store.Released && f.State != store.Failed {
			continue // decided against: asked anew
		}
		before := len(it.Recipients)
		sameSort := f.Notes[noteContent] == it.Notes[noteContent] // a recall and what it recalls are two messages
		again := sameSort && f.MessageID == it.MessageID          // its answer was lost; with a new Message-ID somebody sent it once more
		it.Recipients = slices.DeleteFunc(it.Recipients, func(r store.Recipient) bool {
			return again && slices.ContainsFunc(f.Recipients, func(o store.Recipient) bool {
				return strings.EqualFold(o.Address, r.Address) && o.State != store.Left && o.State != store.Refused
			})
		})
		if len(it.Recipients) < before {
			all = f
		}
		if f.Disposition != it.Disposition {
			continue
		}
		switch {
		case f.State == store.Held:
			it.Due, it.NoticeAccepted, it.Reminded = f.Due, f.NoticeAccepted, f.Reminded
			if !it.NoticeAccepted.IsZero() {
				it.Look = f.Look
			}
		case again && len(f.Only) == 0 && allNamed(it, m):
			it.Look = time.Time{}
			it.State, it.Decision, it.Decided, it.Hide, it.Votes = store.Releasing, f.Decision, f.Decided, f.Hide, f.Votes
		}
	}
	if len(it.Recipients) == 0 {
		return all
	}
	return nil
}

// allNamed reports whether To and Cc name every recipient of an item, so that
// whoever decided about an earlier part has seen them. Others are asked about:
// a decision is no way in for recipients that nobody was shown.
func allNamed(it *store.Item, m *message.Message) bool {
	shown := map[string]bool{}
	for _, name := range []string{"To", "Cc"} {
		for _, a := range m.Addresses(name) {
			shown[a.Key()] = true
		}
	}
	return !slices.ContainsFunc(it.Recipients, func(r store.Recipient) bool { return !shown[addressOf(r.Address).Key()] && !supervises(it, r) })
}

// item is what is stored of a group.
func (s *submission) item(gr group, n int, now time.Time) *store.Item {
	id := s.tx.ID
	if n > 0 {
		id = fmt.Sprintf("%s.%d", id, n+1)
	}
	it := &store.Item{
		ID: id, Transaction: s.tx.ID, State: store.Held, Disposition: gr.disposition.String(),
		Identity: s.j.sender.stored(s.tx.Identity), ReversePath: storedPath(s.tx.ReversePath),
		MessageID: s.j.msg.Value("Message-ID"), Subject: clip(s.j.msg.Subject(), 300), Hash: s.tx.Body.Hash(), Policy: s.c.ID,
		Hide: asks(&s.j.verdict, policy.Hide), Held: now, Canary: s.tx.Canary, Notes: map[string]string{},
	}
	for _, r := range gr.recipients {
		p := storedPath(s.tx.Recipients[r])
		it.Recipients = append(it.Recipients, store.Recipient{Address: p.Address, Params: p.Params, State: store.Waiting})
	}
	shown := visibleOutside(s.c, s.j.msg)
	for _, f := range gr.findings {
		one := storedFinding(f)
		one.Subject = history.SubjectOf(s.c.ruleID(f.Rule), f.Finding, shown)
		it.Findings = append(it.Findings, one)
	}
	if t := s.g.trace(s.c, s.tx); t != nil {
		it.Notes[noteTrace] = string(t)
	}
	if it.Hide || asks(&s.j.verdict, policy.Tag) {
		it.Notes[noteTagged] = "yes"
	}
	if s.j.automatic != "" {
		it.Notes[noteAutomatic] = string(s.j.automatic)
	}
	it.Notes[noteWhole] = "yes"
	if s.j.locked {
		it.Notes[noteLocked] = "yes"
	}
	if note := forwardersNote(s.j.forwards); note != "" {
		it.Notes[noteForwards] = note
	}
	if s.tx.BareLF > 0 {
		it.Notes[noteBareLF] = strconv.Itoa(s.tx.BareLF)
	}
	it.Due = s.c.firstDue(gr.disposition, now)
	if !it.Canary {
		it.Look = now.Add(s.g.o.Quiet)
	}
	return it
}

// Notes of an item that the gate keeps for itself.
const (
	noteTagged    = "tagged"
	noteAutomatic = "automatic"
	// What the bytes do not show, and was judged all the same: a locked file that
	// went before, how many mailboxes forward there, and how many line ends were
	// mended.
	noteLocked   = "locked before"
	noteForwards = "forwarders"
	noteBareLF   = "bare lf"
	// noteWhole: these are known. Versions before kept none of them.
	noteWhole = "judged whole"
)

// firstDue is the deadline before anybody was told. Confirm and approve have
// none until then: nobody can miss what they were never asked.
func (c *current) firstDue(d policy.Disposition, now time.Time) time.Time {
	switch d {
	case policy.Delay:
		return now.Add(c.Holds.Delay)
	case policy.Quarantine:
		return now.Add(c.Holds.Quarantine)
	}
	return time.Time{}
}

func storedPath(p submit.Path) store.Path {
	out := store.Path{}
	if !p.Address.IsZero() {
		out.Address = p.Address.String()
	}
	for _, q := range p.Params {
		text := q.Key
		if q.Value != "" {
			text += "=" + q.Value
		}
		out.Params = append(out.Params, text)
	}
	return out
}

func storedFinding(f policy.Judged) store.Finding {
	out := store.Finding{
		Rule: f.Rule, Severity: f.Severity.String(), Disposition: f.Disposition.String(), Where: f.Where, Message: f.Message,
		About: f.About, Suggest: f.Suggest, Recipients: f.Recipients,
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, store.Evidence{Where: e.Where, Start: e.Span.Start, End: e.Span.End, Text: e.Text})
	}
	if f.Learned != "" {
		out.Message += " (" + f.Learned + ")"
	}
	return out
}

// howTakenBack is Decision.How of what was stored and then not accepted,
// because the rest of its transaction was refused.
const howTakenBack = "taken back"

// takeBack withdraws what was stored of a transaction that the next hop did
// not take. What a worker has already sent stays sent.
func (g *Gate) takeBack(ctx context.Context, tx string, items []*store.Item) {
	for _, it := range items {
		if it.Transaction != tx {
			continue // an earlier part of the mailing
		}
		_, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
			if it.State != store.Held {
				return nil, errNotHeld
			}
			now := g.o.Store.Now(ctx)
			it.State, it.Decided, it.Purge, it.Look = store.Withdrawn, now, now, time.Time{}
			it.Decision = store.Decision{How: howTakenBack, Reason: "the next hop refused the rest of the message", At: now}
			return []store.Record{{Event: string(store.Withdrawn), Item: it.ID, Reason: it.Decision.Reason}}, nil
		})
		if err != nil && !errors.Is(err, errNotHeld) {
			g.o.Observer.failed("store", err)
			g.undo.add(it)
		}
	}
}

// undo are items that could not be taken back yet.
type undo struct {
	mu   sync.Mutex
	list []*store.Item
}

func (u *undo) add(it *store.Item) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = append(u.list, it)
}

// takeBackLater tries again what the store refused.
func (g *Gate) takeBackLater(ctx context.Context) {
	g.undo.mu.Lock()
	list := g.undo.list
	g.undo.list = nil
	g.undo.mu.Unlock()
	for _, it := range list {
		g.takeBack(ctx, it.Transaction, []*store.Item{it})
	}
}

var errNotHeld = errors.New("the item is not held any more")

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

func firstLine(err error) string {
	s, _, _ := strings.Cut(err.Error(), "\n")
	return clip(s, 200)
}

// emptyMessage stands for one that could not even be read.
func emptyMessage(tx *Transaction) *message.Message {
	m := message.Parse(nil)
	m.Envelope = envelope(tx.ReversePath, addresses(tx.Recipients))
	return m
}

func unchanged(why error) lint.Finding {
	return lint.Finding{Rule: "malformed-message", Severity: lint.High, Where: "header", Message: why.Error()}
}
