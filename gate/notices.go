package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"maillint/internal/spool"
	"maillint/message"
	"maillint/notify"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// letter is a notice that is ready to go.
type letter struct {
	to   message.Address
	kind notify.Kind
	raw  []byte
}

// post sends letters over the release route, with the null reverse-path. All
// must be accepted; a recipient that the route refuses for good counts as told,
// since asking again would change nothing, and is logged.
func (g *Gate) post(ctx context.Context, letters []letter) error {
	if len(letters) == 0 {
		return nil
	}
	s, err := g.dial(ctx)
	if err != nil {
		g.o.Observer.notices(letters, NoticeRetried)
		return err
	}
	defer s.Quit(context.WithoutCancel(ctx))
	for i, l := range letters {
		reply, err := one(ctx, s, l)
		if err == nil && !reply.OK() && !reply.Permanent() {
			err = fmt.Errorf("a notice was not accepted: %s", reply)
		}
		if err != nil {
			g.o.Observer.notices(letters[i:], NoticeRetried)
			return err
		}
		if reply.Permanent() {
			g.o.Observer.notices(letters[i:i+1], NoticeRefused)
			g.o.Observer.failed("notice", fmt.Errorf("a notice was refused: %s", reply))
			_, _ = s.Reset(ctx)
			continue
		}
		g.o.Observer.notices(letters[i:i+1], NoticeAccepted)
	}
	return nil
}

func one(ctx context.Context, s *submit.Session, l letter) (submit.Reply, error) {
	var from submit.Path
	if strings.ContainsFunc(l.to.Local, func(r rune) bool { return r > '~' }) {
		from.Params = []submit.Param{{Key: "SMTPUTF8"}}
	}
	reply, err := s.Mail(ctx, from)
	if err != nil || !reply.OK() {
		return reply, err
	}
	if reply, err = s.Rcpt(ctx, submit.Path{Address: l.to}); err != nil || !reply.OK() {
		return reply, err
	}
	b := spool.FromBytes(l.raw)
	return s.Data(ctx, &rewrite.Message{Body: b, Size: b.Size(), Hash: b.Hash()})
}

// writer writes the letters about one item, or several parts of a mailing.
type writer struct {
	g    *Gate
	c    *current
	now  time.Time
	it   *store.Item
	data notify.Data
}

func (g *Gate) writer(ctx context.Context, c *current, parts []*store.Item) writer {
	it := parts[0]
	zone := c.Organization.Zone
	w := writer{g: g, c: c, now: g.o.Store.Now(ctx), it: it}
	w.data = notify.Data{
		Organization: c.Organization.Name, Fallback: joined(c.Holds.Fallback), ID: it.ID, Subject: it.Subject, Sender: it.Identity.Key(),
		Held: notify.Clock(it.Held, zone), Due: notify.Clock(it.Due, zone), Have: len(it.Votes),
	}
	each := map[string]bool{}
	for _, p := range parts {
		for _, r := range p.Recipients {
			each[addressOf(r.Address).Key()] = true
		}
	}
	w.data.Recipients = len(each)
	return w
}

func joined(list []message.Address) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return strings.Join(out, ", ")
}

// letter writes one notice to one person, in their language.
func (w writer) letter(to message.Address, kind notify.Kind) (letter, error) {
	m := w.mail(to)
	d := w.data
	d.Reasons, d.About = w.c.reasons(w.it, m.Language)
	raw, err := w.c.texts.Notice(m, kind, d)
	return letter{to, kind, raw}, err
}

func (w writer) mail(to message.Address) notify.Mail {
	return notify.Mail{
		From: w.c.noticesFrom(), To: to, ReplyTo: w.c.Holds.Fallback, Hostname: w.g.hostname(w.c),
		Date: w.now.In(w.c.Organization.Zone), Language: w.c.languageOf(to),
	}
}

// noticesFrom is the address of notices: the policy's, else the postmaster of
// the first domain of ours.
func (c *current) noticesFrom() message.Address {
	if !c.Notify.From.IsZero() {
		return c.Notify.From
	}
	for _, d := range c.Organization.Domains {
		if d = strings.TrimPrefix(d, "="); !strings.HasPrefix(d, "!") {
			if name, ok := message.Domain(d); ok {
				return message.Address{Local: "postmaster", Domain: name}
			}
		}
	}
	if len(c.Holds.Fallback) > 0 {
		return c.Holds.Fallback[0]
	}
	return message.Address{Local: "postmaster", Domain: "localhost"}
}

func (c *current) languageOf(a message.Address) string {
	if p := c.Directory.Address(a); p != nil && p.Language != "" {
		return p.Language
	}
	return c.Notify.Language
}

// reasons say why an item is held: each rule once, in the reader's language,
// and at most three addresses that findings are about.
func (c *current) reasons(it *store.Item, language string) (out []notify.Reason, about []string) {
	seen := map[string]bool{}
	for _, f := range it.Findings {
		if d := f.Disposition; d == policy.Pass.String() || d == policy.Tag.String() {
			continue
		}
		if !seen[f.Rule] {
			seen[f.Rule] = true
			one := notify.Reason{Rule: f.Rule, Title: c.title(f.Rule, language)}
			if len(f.Recipients) == 0 && !strings.Contains(f.Message, "@") {
				one.Detail = f.Message
			}
			out = append(out, one)
		}
		for _, a := range f.About {
			if text := aboutLine(a, f.Suggest, language); len(about) < notify.MostAbout && !slices.Contains(about, text) {
				about = append(about, text)
			}
		}
	}
	return out, about
}

func aboutLine(about, suggest, language string) string {
	switch {
	case suggest == "":
		return about
	case language == "ja":
		return about + "： " + suggest + " の間違いではありませんか"
	}
	return about + ": did you mean " + suggest + "?"
}

// asked are the notices that an item needs: to whoever decides, and to the
// sender. Automatic mail, and an account that others may use, is told nothing.
func (w writer) asked() ([]letter, error) {
	var out []letter
	var bad []error
	add := func(to message.Address, kind notify.Kind) {
		l, err := w.letter(to, kind)
		if err != nil {
			bad = append(bad, err)
			return
		}
		out = append(out, l)
	}
	sender := addressOf(w.it.Identity.Mailbox)
	tellable := w.it.Identity.Mailbox != "" && w.it.Notes[noteAutomatic] == "" && !abused(w.it)
	switch w.it.Disposition {
	case policy.Delay.String(), policy.Confirm.String():
		if tellable {
			add(sender, notify.Kind(w.it.Disposition))
		}
	case policy.Quarantine.String():
		if tellable && !w.data.Reminder {
			add(sender, notify.Quarantine)
		}
	case policy.Approve.String():
		for _, ap := range w.c.approvals(w.it) {
			w.data.Need = max(w.data.Need, ap.Need)
			for _, a := range ap.Asked {
				if !slices.ContainsFunc(out, func(l letter) bool { return l.to.Key() == a.Key() }) && !w.voted(a) {
					add(a, notify.Approve)
				}
			}
		}
		if tellable && !w.data.Reminder {
			add(sender, notify.Waiting)
		}
	}
	return out, errors.Join(bad...)
}

func (w writer) voted(a message.Address) bool {
	return slices.ContainsFunc(w.it.Votes, func(v store.Vote) bool {
		return w.c.PersonKey(addressOf(v.By)) == w.c.PersonKey(a)
	})
}

// tellPeople tells people what is held, and what became of their mail. It looks
// at those items alone whose time has come.
func (g *Gate) tellPeople(ctx context.Context) {
	list, err := g.o.Store.Look(ctx, looksAtOnce)
	if err != nil {
		g.o.Observer.failed("store", err)
		return
	}
	var held, over []*store.Item
	for _, it := range list {
		switch {
		case it.State == store.Held && it.Disposition != copied:
			held = append(held, it)
		case it.Notes[noteTell] != "" || it.Notes[noteReport] != "":
			over = append(over, it)
		default:
			g.lookAt(ctx, it, time.Time{})
		}
	}
	g.notices(ctx, held)
	g.reports(ctx, over)
}

// looksAtOnce is how many items are looked at in one turn, and lookAgain when
// one that could not be told about has its next.
const (
	looksAtOnce = 500
	lookAgain   = 10 * time.Second
)

// lookAt sets when an item has its next turn.
func (g *Gate) lookAt(ctx context.Context, it *store.Item, at time.Time) {
	_, err := g.o.Store.Update(ctx, it.ID, func(now *store.Item) ([]store.Record, error) {
		if now.State != it.State || !now.Look.Equal(it.Look) {
			return nil, errNotHeld // something has become of it: that says when
		}
		now.Look = at
		return nil, nil
	})
	if err != nil && !errors.Is(err, errNotHeld) {
		g.o.Observer.failed("store", err)
	}
}

func (g *Gate) allLater(ctx context.Context, parts []*store.Item) {
	for _, it := range parts {
		g.lookAt(ctx, it, g.o.Store.Now(ctx).Add(lookAgain))
	}
}

// notices tells people about what is held: once for a mailing, after a quiet
// minute, and again at a half and at nine tenths of the time. The time runs
// from the moment the route accepted the notice.
func (g *Gate) notices(ctx context.Context, list []*store.Item) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	for _, parts := range byMailing(list) {
		if ctx.Err() != nil {
			return
		}
		parts, err := g.whole(ctx, parts)
		g.o.Observer.failed("store", err)
		if err != nil || len(parts) == 0 {
			continue
		}
		last := slices.MaxFunc(parts, func(a, b *store.Item) int { return a.Held.Compare(b.Held) }).Held
		fresh := slices.ContainsFunc(parts, func(it *store.Item) bool { return it.NoticeAccepted.IsZero() })
		switch {
		case fresh && now.Sub(last) < g.o.Quiet:
			for _, it := range parts {
				g.lookAt(ctx, it, last.Add(g.o.Quiet))
			}
		case fresh:
			g.tellFirst(ctx, c, parts)
		case c.remind(parts[0], now):
			g.tellAgain(ctx, c, parts)
		default:
			for _, it := range parts {
				g.lookAt(ctx, it, c.nextReminder(parts[0]))
			}
		}
	}
}

// whole are all held parts of the mailing that some were found of.
func (g *Gate) whole(ctx context.Context, parts []*store.Item) ([]*store.Item, error) {
	if parts[0].Mailing == "" {
		return parts, nil
	}
	list, err := g.o.Store.List(ctx, store.Filter{Mailing: parts[0].Mailing, Disposition: parts[0].Disposition, States: []store.State{store.Held}})
	return list, err
}

// byMailing puts together what is decided together.
func byMailing(list []*store.Item) [][]*store.Item {
	var out [][]*store.Item
	at := map[string]int{}
	for _, it := range list {
		key := it.Mailing + " " + it.Disposition
		n, ok := at[key]
		if it.Mailing == "" || !ok {
			at[key] = len(out)
			out = append(out, []*store.Item{it})
			continue
		}
		out[n] = append(out[n], it)
	}
	return out
}

// tellFirst sends the notices of a mailing, unless an earlier part had them.
func (g *Gate) tellFirst(ctx context.Context, c *current, parts []*store.Item) {
	accepted := time.Time{}
	for _, it := range parts {
		if !it.NoticeAccepted.IsZero() {
			accepted = it.NoticeAccepted
		}
	}
	if accepted.IsZero() {
		w := g.writer(ctx, c, parts)
		w.data.Due = notify.Clock(c.due(parts[0], w.now), c.Organization.Zone)
		letters, err := w.asked()
		if err == nil {
			err = g.post(ctx, letters)
		}
		if err != nil {
			g.o.Observer.failed("notice", fmt.Errorf("%s: %w", parts[0].ID, err))
			g.allLater(ctx, parts)
			return
		}
		accepted = g.o.Store.Now(ctx)
	}
	g.note(ctx, parts, "notice", func(it *store.Item) {
		it.NoticeAccepted, it.Due = accepted, c.due(it, accepted)
		it.Look = c.nextReminder(it)
	})
}

// tellAgain reminds those who are asked.
func (g *Gate) tellAgain(ctx context.Context, c *current, parts []*store.Item) {
	w := g.writer(ctx, c, parts)
	w.data.Reminder = true
	letters, err := w.asked()
	if err == nil {
		err = g.post(ctx, letters)
	}
	if err != nil {
		g.o.Observer.failed("notice", fmt.Errorf("%s: %w", parts[0].ID, err))
		g.allLater(ctx, parts)
		return
	}
	g.note(ctx, parts, "reminder", func(it *store.Item) {
		it.Reminded++
		it.Look = c.nextReminder(it)
	})
}

// note writes on the items that are still held what was done about them.
func (g *Gate) note(ctx context.Context, parts []*store.Item, event string, change func(*store.Item)) {
	for _, part := range parts {
		_, err := g.o.Store.Update(ctx, part.ID, func(it *store.Item) ([]store.Record, error) {
			if it.State != store.Held {
				return nil, errNotHeld
			}
			change(it)
			return []store.Record{{Event: event, Item: it.ID}}, nil
		})
		if err != nil && !errors.Is(err, errNotHeld) {
			g.o.Observer.failed("store", err)
		}
	}
}
