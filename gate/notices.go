package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
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
	to  message.Address
	raw []byte
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
		return err
	}
	defer s.Quit(context.WithoutCancel(ctx))
	for _, l := range letters {
		reply, err := one(ctx, s, l)
		if err != nil {
			return err
		}
		if reply.Permanent() {
			g.o.Observer.failed("notice", fmt.Errorf("a notice was refused: %s", reply))
			_, _ = s.Reset(ctx)
			continue
		}
		if !reply.OK() {
			return fmt.Errorf("a notice was not accepted: %s", reply)
		}
	}
	return nil
}

func one(ctx context.Context, s *submit.Session, l letter) (submit.Reply, error) {
	reply, err := s.Mail(ctx, submit.Path{})
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
	for _, p := range parts {
		w.data.Recipients += len(p.Recipients)
	}
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
	return letter{to, raw}, err
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

// notices tells people about what is held: once for a mailing, after a quiet
// minute, and again at a half and at nine tenths of the time. The time runs
// from the moment the route accepted the notice.
func (g *Gate) notices(ctx context.Context) {
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Held}})
	g.o.Observer.failed("store", err)
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	for _, parts := range byMailing(list) {
		if ctx.Err() != nil {
			return
		}
		fresh := slices.ContainsFunc(parts, func(it *store.Item) bool { return it.NoticeAccepted.IsZero() })
		switch {
		case fresh && !slices.ContainsFunc(parts, func(it *store.Item) bool { return now.Sub(it.Held) < g.o.Quiet }):
			g.tellFirst(ctx, c, parts)
		case !fresh && c.remind(parts[0], now):
			g.tellAgain(ctx, c, parts)
		}
	}
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
			return
		}
		accepted = g.o.Store.Now(ctx)
	}
	g.note(ctx, parts, "notice", func(it *store.Item) {
		it.NoticeAccepted, it.Due = accepted, c.due(it, accepted)
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
		return
	}
	g.note(ctx, parts, "reminder", func(it *store.Item) { it.Reminded++ })
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

// reportsFor is how long after a decision its sender is still told.
const reportsFor = 3 * 24 * time.Hour

// reports tells senders what became of their mail: expired, rejected,
// discarded, refused by somebody else's server.
func (g *Gate) reports(ctx context.Context) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Expired, store.Rejected, store.Discarded, store.Failed}})
	g.o.Observer.failed("store", err)
	list = slices.DeleteFunc(list, func(it *store.Item) bool {
		return it.Notes[noteTell] == "" && it.Notes[noteReport] == "" || now.Sub(it.Decided) > giveUpAfter+reportsFor
	})
	for _, parts := range byMailing(list) {
		w := g.writer(ctx, c, parts)
		letters, err := g.outcomeLetters(ctx, w, parts)
		if err == nil {
			err = g.post(ctx, letters)
		}
		if err != nil {
			g.o.Observer.failed("notice", fmt.Errorf("%s: %w", parts[0].ID, err))
			continue
		}
		for _, it := range parts {
			_, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
				delete(it.Notes, noteTell)
				delete(it.Notes, noteReport)
				return []store.Record{{Event: "told", Item: it.ID}}, nil
			})
			g.o.Observer.failed("store", err)
		}
	}
}

func (g *Gate) outcomeLetters(ctx context.Context, w writer, parts []*store.Item) ([]letter, error) {
	var out []letter
	var bad []error
	if what := w.it.Notes[noteTell]; what != "" && w.it.Identity.Mailbox != "" && w.it.Notes[noteAutomatic] == "" {
		l, err := w.letter(addressOf(w.it.Identity.Mailbox), notify.Kind(what))
		out, bad = append(out, l), append(bad, err)
	}
	for _, it := range parts {
		if it.Notes[noteReport] != "" {
			l, err := g.deliveryReport(ctx, w, it)
			if l != nil {
				out = append(out, *l)
			}
			bad = append(bad, err)
		}
	}
	return out, errors.Join(bad...)
}

// deliveryReport is the DSN about the recipients that refused a released
// message, or nothing where its sender asked for none. It goes to the sender's
// mailbox, to a vouched reverse-path, or to the administrators: never to an
// address that anybody could have written.
func (g *Gate) deliveryReport(ctx context.Context, w writer, it *store.Item) (*letter, error) {
	r := notify.Report{Reporting: g.hostname(w.c), Arrived: it.Held, EnvID: param(it.ReversePath.Params, "ENVID"), Header: g.headerOf(ctx, it)}
	for _, rcpt := range it.Recipients {
		if rcpt.State != store.Refused || strings.EqualFold(param(rcpt.Params, "NOTIFY"), "NEVER") {
			continue
		}
		r.Failures = append(r.Failures, notify.ReportFailure{
			Recipient: rcpt.Address, Original: param(rcpt.Params, "ORCPT"), Status: status(rcpt.Reply), Reply: rcpt.Reply, At: rcpt.At,
		})
	}
	if len(r.Failures) == 0 {
		return nil, nil
	}
	to := w.c.Holds.Fallback
	switch {
	case it.Identity.Mailbox != "":
		to = []message.Address{addressOf(it.Identity.Mailbox)}
	case it.Identity.Trust != trusts[policy.Claimed] && it.ReversePath.Address != "":
		to = []message.Address{addressOf(it.ReversePath.Address)}
	case it.ReversePath.Address == "" && it.Notes[noteAutomatic] != "", len(to) == 0:
		return nil, nil // nobody answers a bounce
	}
	w.data.ID, w.data.Recipients = it.ID, len(it.Recipients)
	raw, err := w.c.texts.DSN(w.mail(to[0]), w.data, r)
	return &letter{to[0], raw}, err
}

func param(list []string, key string) string {
	for _, p := range list {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

// status is the enhanced code of a reply, or "".
func status(reply string) string {
	f := strings.Fields(reply)
	if len(f) > 1 && strings.Count(f[1], ".") == 2 && f[1][0] >= '2' && f[1][0] <= '5' {
		return f[1]
	}
	return ""
}

// headerOf reads the header of a stored message; nothing where it is gone.
func (g *Gate) headerOf(ctx context.Context, it *store.Item) []byte {
	b, err := g.o.Store.Body(ctx, it.ID)
	if err != nil {
		return nil
	}
	defer b.Close()
	head, _ := io.ReadAll(io.LimitReader(io.NewSectionReader(b, 0, b.Size()), 64<<10))
	if h, _, ok := strings.Cut(string(head), "\r\n\r\n"); ok {
		return []byte(h + "\r\n")
	}
	return head
}

// alarms are what the administrators are told at once; the same one at most
// every ten minutes.
type alarms struct {
	mu    sync.Mutex
	last  map[string]time.Time
	queue []Alarm
}

const (
	alarmEvery = 10 * time.Minute
	mostAlarms = 100
)

// alarm tells the observer, and the administrators by mail.
func (g *Gate) alarm(kind, id, text string) {
	g.alarms.mu.Lock()
	now := g.now()
	if g.alarms.last == nil {
		g.alarms.last = map[string]time.Time{}
	}
	last, known := g.alarms.last[kind]
	again := known && now.Sub(last) < alarmEvery
	if !again {
		g.alarms.last[kind] = now
		if len(g.alarms.queue) < mostAlarms {
			g.alarms.queue = append(g.alarms.queue, Alarm{kind, text, id})
		}
	}
	g.alarms.mu.Unlock()
	if !again && g.o.Observer.Alarm != nil {
		g.o.Observer.Alarm(Alarm{kind, text, id})
	}
}

func (g *Gate) sendAlarms(ctx context.Context) {
	g.alarms.mu.Lock()
	queue := g.alarms.queue
	g.alarms.queue = nil
	g.alarms.mu.Unlock()
	c := g.current.Load()
	if len(queue) == 0 || len(c.Holds.Fallback) == 0 {
		return
	}
	w := writer{g: g, c: c, now: g.o.Store.Now(ctx)}
	var letters []letter
	for _, a := range queue {
		for _, to := range c.Holds.Fallback {
			m := w.mail(to)
			m.ReplyTo = nil
			if raw, err := c.texts.Notice(m, notify.Alarm, notify.Data{Text: a.Text, ID: a.ID}); err == nil {
				letters = append(letters, letter{to, raw})
			}
		}
	}
	if err := g.post(ctx, letters); err != nil {
		g.o.Observer.failed("notice", err)
		g.alarms.mu.Lock()
		g.alarms.queue = append(queue, g.alarms.queue...)[:min(len(queue)+len(g.alarms.queue), mostAlarms)]
		g.alarms.mu.Unlock()
	}
}

// digestHour is when the digest goes out, in the organisation's time.
const digestHour = 8

// soon is how long before its deletion an item is named once more.
const soon = 7 * 24 * time.Hour

// digest tells the administrators once a day what waits for them.
func (g *Gate) digest(ctx context.Context) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	local := now.In(c.Organization.Zone)
	today := local.Format(time.DateOnly)
	last, err := g.o.Store.Get(ctx, keyDigest)
	if err != nil || local.Hour() < digestHour || string(last) == today || len(c.Holds.Fallback) == 0 {
		g.o.Observer.failed("store", err)
		return
	}
	list, err := g.o.Store.List(ctx, store.Filter{States: []store.State{store.Held}})
	if err != nil {
		g.o.Observer.failed("store", err)
		return
	}
	d := notify.Data{Organization: c.Organization.Name, Waiting: len(list), Fallback: joined(c.Holds.Fallback)}
	for _, it := range list {
		if it.Disposition == policy.Quarantine.String() || it.Identity.Mailbox == "" {
			d.Rows = append(d.Rows, row(c, it, now))
		}
	}
	if len(d.Rows) > 0 {
		if err := g.postDigest(ctx, c, d); err != nil {
			g.o.Observer.failed("notice", err)
			return
		}
	}
	g.o.Observer.failed("store", g.o.Store.Put(ctx, keyDigest, []byte(today)))
}

func row(c *current, it *store.Item, now time.Time) notify.Row {
	return notify.Row{
		ID: it.ID, Disposition: it.Disposition, Sender: it.Identity.Key(), Rules: strings.Join(it.Rules(), ", "), Recipients: len(it.Recipients),
		Held: notify.Clock(it.Held, c.Organization.Zone), Due: notify.Clock(it.Due, c.Organization.Zone),
		Soon: !it.Due.IsZero() && it.Due.Sub(now) <= soon,
	}
}

// mostRows bounds a digest; the rest is for "maillint quarantine list".
const mostRows = 500

func (g *Gate) postDigest(ctx context.Context, c *current, d notify.Data) error {
	d.Rows = d.Rows[:min(len(d.Rows), mostRows)]
	w := writer{g: g, c: c, now: g.o.Store.Now(ctx)}
	var letters []letter
	for _, to := range c.Holds.Fallback {
		m := w.mail(to)
		m.ReplyTo = nil
		raw, err := c.texts.Notice(m, notify.Digest, d)
		if err != nil {
			return err
		}
		letters = append(letters, letter{to, raw})
	}
	return g.post(ctx, letters)
}
