package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maillint/history"
	"maillint/message"
	"maillint/report"
	"maillint/store"
)

func (q *quarantine) forwardsCommand() *cobra.Command {
	var forget bool
	var by, reason string
	cmd := &cobra.Command{
		Use:   "forwards [TARGET...]",
		Short: "List or forget which mailboxes forward to which address outside",
		Long: `The rule shared-forward-target remembers for 180 days which mailbox forwards to which address
outside: mail shows it, and "maillint audit forwards --remember" finds it. Forwards lists that, the
targets of most mailboxes first, and with --forget forgets the named targets, which then count anew.
A target that several mailboxes may forward to belongs into the rule's params.approved.`,
		Example: `  maillint quarantine forwards
  maillint quarantine forwards --forget team@partner.example --reason "their own shared mailbox"`,
		RunE: q.run(func(names []string) error {
			targets, err := forwardTargets(names)
			switch {
			case err != nil:
				return err
			case !forget:
				return q.listForwards(targets)
			case len(targets) == 0:
				return errors.New("forwards: --forget what? name the targets (without --forget they are listed)")
			}
			return q.forgetForwards(targets, store.Record{By: by, Reason: reason, OSUser: osUser()})
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&forget, "forget", false, "forget the named targets")
	f.StringVar(&by, "by", "", "`ADDRESS` of who decides that, for the audit log")
	f.StringVar(&reason, "reason", "", "`TEXT` for the audit log")
	for _, name := range []string{"forget", "by", "reason"} {
		_ = f.SetAnnotation(name, notFromEnvironment, []string{})
	}
	return cmd
}

// forwardTargets reads addresses into the form that is remembered.
func forwardTargets(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		a, ok := message.ParseAddress(name)
		if !ok || a.Domain == "" {
			return nil, fmt.Errorf("forwards: %q is no address", name)
		}
		out = append(out, history.ForwardTarget(a))
	}
	return out, nil
}

// listForwards lists the targets of most mailboxes first.
func (q *quarantine) listForwards(targets []string) error {
	list, err := q.db.Forwards(q.ctx, targets...)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, f := range list {
		count[f.Target]++
	}
	slices.SortStableFunc(list, func(a, b store.Forward) int {
		return cmp.Or(cmp.Compare(count[b.Target], count[a.Target]), strings.Compare(a.Target, b.Target), strings.Compare(a.Mailbox, b.Mailbox))
	})
	t := &report.Table{Head: []string{"TARGET", "MAILBOXES", "MAILBOX", "LAST MAIL", "UNTIL"}, Most: []int{50, 0, 50}}
	for _, f := range list {
		if q.json {
			if err := q.printJSON(f); err != nil {
				return err
			}
			continue
		}
		last := "(an audit)"
		if !f.Mailed.IsZero() {
			last = clock(f.Mailed)
		}
		t.Add(f.Target, fmt.Sprint(count[f.Target]), f.Mailbox, last, clock(f.Until))
	}
	switch {
	case q.json:
	case t.Len() == 0:
		_, err = fmt.Fprintln(q.stdout, "no forwarding is remembered")
	default:
		_, err = t.WriteTo(q.stdout)
	}
	return err
}

func (q *quarantine) forgetForwards(targets []string, by store.Record) error {
	n, err := q.db.ForgetForwards(q.ctx, targets, by)
	if err != nil {
		return err
	}
	if q.json {
		return q.printJSON(map[string]int{"forgotten": n})
	}
	if n == 0 {
		fmt.Fprintln(q.stderr, "maillint: forwards: nothing is remembered of that")
		return exit(exitRefused)
	}
	_, err = fmt.Fprintf(q.stdout, "%s forgotten\n", report.Plural(n, "forwarding"))
	return err
}
