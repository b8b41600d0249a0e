package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/policy"
	"maillint/store"
)

// canaryKept is how long what one message of the canary shows counts for the
// next: a round takes less, and the next one shows it anew.
const canaryKept = 5 * time.Minute

// forwarders remembers that a message is forwarded, and gives the mailboxes that
// forward to its targets. Most mail is not forwarded and costs nothing here. The
// canary has a memory of its own. The error is a store that cannot say, where a
// rule that acts needs it.
func (g *Gate) forwarders(ctx context.Context, c *current, tx *Transaction, facts *lint.Facts) (map[string]lint.Forwarders, error) {
	needs := func(r *policy.Rule) bool { return r.Enabled && r.Rule.NeedsHistory }
	if !slices.ContainsFunc(c.Rules, needs) {
		return nil, nil
	}
	f := facts.Forwarded()
	if f == nil {
		return nil, nil
	}
	if tx.Canary {
		return g.canaryForwards.Look(f, g.now()), nil
	}
	now := g.o.Store.Now(ctx)
	seen := history.ForwardsOf(f, now)
	known, err := g.noteForwards(ctx, history.Targets(f), seen)
	if err == nil {
		return history.Forwarders(f, seen, known, now), nil
	}
	return nil, g.needed(c, needs, fmt.Errorf("reading who forwards: %w", err))
}

// needed gives the failure of a store back where one of those rules acts that
// need what it did not tell: the message is tried again. Where they are only
// looked at, it is logged, and nil.
func (g *Gate) needed(c *current, those func(*policy.Rule) bool, err error) error {
	acts := func(r *policy.Rule) bool { return those(r) && c.Enforced(r) && !g.Braked(r.Name) }
	if slices.ContainsFunc(c.Rules, acts) {
		return err
	}
	g.o.Observer.failed("store", err)
	return nil
}

// noteForwards writes what was not noted of late, and then reads again: of two
// mailboxes that begin at the same moment the later one sees both.
func (g *Gate) noteForwards(ctx context.Context, targets []string, seen []history.Forward) ([]history.Forward, error) {
	known, err := g.o.Store.Forwards(ctx, targets...)
	if err != nil {
		return nil, err
	}
	fresh := history.Unnoted(seen, known)
	if len(fresh) == 0 {
		return known, nil
	}
	if err := g.o.Store.NoteForwards(ctx, fresh); err != nil {
		return nil, err
	}
	return g.o.Store.Forwards(ctx, targets...)
}

// forwardersNote is what a held item keeps of the forwarders: it is presented as
// it was judged.
func forwardersNote(f map[string]lint.Forwarders) string {
	if len(f) == 0 {
		return ""
	}
	text, _ := json.Marshal(f) // of numbers under texts: cannot fail
	return string(text)
}

func notedForwarders(it *store.Item) map[string]lint.Forwarders {
	var f map[string]lint.Forwarders
	if json.Unmarshal([]byte(it.Notes[noteForwards]), &f) != nil {
		return nil
	}
	return f
}
