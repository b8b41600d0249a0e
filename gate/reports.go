package gate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"maillint/message"
	"maillint/notify"
	"maillint/policy"
	"maillint/store"
)

// reportsFor is how long after a decision its sender is still told.
const reportsFor = 3 * 24 * time.Hour

// reports tells senders what became of their mail: expired, rejected,
// discarded, refused by somebody else's server.
func (g *Gate) reports(ctx context.Context, list []*store.Item) {
	c, now := g.current.Load(), g.o.Store.Now(ctx)
	for _, parts := range byMailing(list) {
		if now.Sub(parts[0].Decided) > giveUpAfter+reportsFor { // nobody would know any more what it is about
			for _, it := range parts {
				g.lookAt(ctx, it, time.Time{})
			}
			continue
		}
		w := g.writer(ctx, c, parts)
		letters, err := g.outcomeLetters(ctx, w, parts)
		if err == nil {
			err = g.post(ctx, letters)
		}
		if err != nil {
			g.o.Observer.failed("notice", fmt.Errorf("%s: %w", parts[0].ID, err))
			g.allLater(ctx, parts)
			continue
		}
		for _, it := range parts {
			_, err := g.o.Store.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
				delete(it.Notes, noteTell)
				delete(it.Notes, noteReport)
				it.Look = time.Time{}
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
	return &letter{to[0], notify.Failed, raw}, err
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
