package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maillint/gate"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/store"
)

// decider decides by the policy of this folder.
func (q *quarantine) decider() gate.Decider { return gate.Decider{Store: q.db, Policy: q.policy} }

// presenter judges by it what is held.
func (q *quarantine) presenter() (*gate.Presenter, error) {
	if q.judge != nil {
		return q.judge, nil
	}
	p, err := q.decider().Presenter(q.ctx)
	q.judge = p
	return p, err
}

// present says in a line what the present policy would make of a held message.
func (q *quarantine) present(it *store.Item) (text string, noLonger bool) {
	if it.State != store.Held {
		return "", false
	}
	judge, err := q.presenter()
	var p gate.Present
	if err == nil {
		p, err = judge.Present(q.ctx, it)
	}
	switch {
	case err != nil:
		return "not known: " + err.Error(), false
	case p.NoLonger:
		return "the present policy (" + q.policy.ID + ") would no longer hold this (release it, or all such: \"quarantine release --no-longer-held\")", true
	}
	return "would be held too: " + p.Disposition.String() + orPrefix(", ", strings.Join(rulesFor(p), ", ")), false
}

// rulesFor names the rules that a disposition comes from.
func rulesFor(p gate.Present) []string {
	var out []string
	for _, f := range p.Findings {
		if f.Disposition != policy.Pass && !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// shownItem is an item as "show --json" writes it.
type shownItem struct {
	*store.Item
	NoLongerHeld bool `json:"no_longer_held"`
}

// eachNoLonger gives the items of a filter that the present policy would no
// longer hold. What cannot be judged is named, and stays.
func (q *quarantine) eachNoLonger(f store.Filter, work func(*store.Item) error) error {
	judge, err := q.presenter()
	if err != nil {
		return err
	}
	left := f.Limit
	f.Limit, f.States = 0, []store.State{store.Held}
	var found []*store.Item
	worst := exit(exitClean)
	err = q.eachItem(f, func(it *store.Item) error {
		p, err := judge.Present(q.ctx, it)
		switch {
		case err != nil:
			worst = max(worst, q.complain(it.ID, err))
		case p.NoLonger && (left == 0 || len(found) < left):
			found = append(found, it)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, it := range found {
		if err := work(it); err != nil {
			return err
		}
	}
	if worst != exitClean {
		return worst
	}
	return nil
}

// bulk is the release of what the policy would no longer hold.
type bulk struct {
	noLonger, yes bool
	filter        itemFilter
}

func (b *bulk) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&b.noLonger, "no-longer-held", false, "everything that the present policy would no longer hold; names it, and sends it with --yes")
	f.BoolVar(&b.yes, "yes", false, "with --no-longer-held: do it")
	b.filter.choosing(f)
}

// arguments: IDs, or --no-longer-held, and never both.
func (b *bulk) arguments(cmd *cobra.Command, ids []string) error {
	chosen := ""
	for _, name := range []string{"yes", "rule", "identity", "disposition", "older", "newer", "limit"} {
		if cmd.Flags().Changed(name) {
			chosen = "--" + name
		}
	}
	switch {
	case b.noLonger && len(ids) > 0:
		return fmt.Errorf("%s: IDs or --no-longer-held, not both", cmd.Name())
	case b.noLonger && (cmd.Flags().Changed("hide") || cmd.Flags().Changed("only")):
		return fmt.Errorf("%s: --hide and --only are for messages that somebody names, not for --no-longer-held", cmd.Name())
	case b.noLonger:
		return nil
	case chosen != "":
		return fmt.Errorf("%s: %s goes with --no-longer-held", cmd.Name(), chosen)
	}
	return atLeast(1, "the ID of a held message (\"maillint quarantine list\" has them), or --no-longer-held")(cmd, ids)
}

// releaseNoLonger names what the present policy would no longer hold, and with
// --yes sends it. It is an administrator's: nobody has been asked about it.
func (q *quarantine) releaseNoLonger(b *bulk, d gate.Decision) error {
	if d.By != "" && !q.administrator(d.By) {
		return fmt.Errorf("release --no-longer-held: %s is not among the administrators (holds.fallback)", d.By)
	}
	if !b.yes {
		if err := q.listNoLonger(&b.filter); err != nil {
			return err
		}
		_, err := fmt.Fprintln(q.stderr, "maillint: nothing was sent (add --yes to send these)")
		return err
	}
	f, err := b.filter.filter(q.db.Now(q.ctx))
	if err != nil {
		return err
	}
	judge, err := q.presenter()
	if err != nil {
		return err
	}
	sent, worst := 0, exit(exitClean)
	err = q.eachNoLonger(f, func(it *store.Item) error {
		out, err := judge.Release(q.ctx, it.ID, d)
		if errors.Is(err, gate.ErrDecided) {
			return nil // with another part of its mailing
		}
		if err != nil {
			worst = max(worst, q.complain(it.ID, err))
			return nil
		}
		sent++
		return q.decided(it.ID, out)
	})
	var unread exit
	if err != nil && !errors.As(err, &unread) {
		return err
	}
	if !q.json {
		fmt.Fprintf(q.stdout, "%s released\n", report.Plural(sent, "message"))
	}
	if worst = max(worst, unread); worst != exitClean {
		return worst
	}
	return nil
}

func (q *quarantine) administrator(by string) bool {
	a, ok := message.ParseAddress(by)
	return ok && slices.ContainsFunc(q.policy.Holds.Fallback, func(f message.Address) bool { return f.Key() == a.Key() })
}
