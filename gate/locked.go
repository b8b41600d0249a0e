package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// lockedBefore reports whether a locked file went before whose password the
// message may tell, by whatever node. It is asked while the rules run, of few
// messages.
func (g *Gate) lockedBefore(ctx context.Context, c *current, facts *lint.Facts, j *judgement) bool {
	marks, err := g.o.Store.Marked(ctx, history.PasswordWays(j.msg, facts.Sender(), facts.External())...)
	if err != nil {
		follows := func(r *policy.Rule) bool { return r.Rule.ID == history.PasswordRule }
		j.unknown = errors.Join(j.unknown, g.needed(c, follows, fmt.Errorf("reading whether a locked file went before: %w", err)))
	}
	j.locked = slices.ContainsFunc(marks, func(at time.Time) bool { return !at.IsZero() })
	return j.locked
}

// noteLocked remembers that a locked file goes out, where a rule wants to know.
// Nobody waits for this: a failure is logged, and the password that follows is
// judged by itself.
func (g *Gate) noteLocked(ctx context.Context, c *current, facts *lint.Facts, m *message.Message) {
	if !c.engine.Runs(history.PasswordRule) || !facts.Leaves() || !facts.Locked() {
		return
	}
	var marks []store.Mark
	for _, way := range history.LockedWays(m, facts.Sender(), facts.External()) {
		marks = append(marks, store.Mark{Key: way, For: history.LockedWithin})
	}
	g.o.Observer.failed("store", g.o.Store.Mark(ctx, marks...))
}
