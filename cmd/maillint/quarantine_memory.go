package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/report"
	"maillint/store"
)

func (q *quarantine) forgetCommand() *cobra.Command {
	var f store.MemoryFilter
	var list, all bool
	var by, reason string
	cmd := &cobra.Command{
		Use:   "forget [MEMORY...]",
		Short: "List or delete what decisions taught",
		Long: `When a sender confirms, or an approver releases, the same finding about the same thing is not
asked again for 180 days. Forget --list shows what was learned in this way, and forget deletes it:
by its ID (m...), or all that --identity, --rule and --item match. The findings are asked about
again from then on.`,
		Example: `  maillint quarantine forget --list --identity hana@example.ac.jp
  maillint quarantine forget m3f09c2e8b7d1
  maillint quarantine forget --rule lookalike-domain --by admin@example.ac.jp --reason "wrong domain"`,
		RunE: q.run(func(ids []string) error {
			f.IDs, f.Identity = ids, identityKey(f.Identity)
			named := len(ids) > 0 || f.Identity != "" || f.Rule != "" || f.Item != ""
			switch {
			case list:
				return q.memories(f)
			case all && named:
				return errors.New("forget: --all, or what is to be forgotten, not both")
			case !all && !named:
				return errors.New("forget: name a memory (--list has them), --identity, --rule or --item, or give --all")
			}
			return q.forget(f, store.Record{By: by, Reason: reason, OSUser: osUser()})
		}),
	}
	fl := cmd.Flags()
	fl.BoolVar(&list, "list", false, "list, and delete nothing")
	fl.BoolVar(&all, "all", false, "everything")
	fl.StringVar(&f.Identity, "identity", "", "what was learned for this `ADDRESS`")
	fl.StringVar(&f.Rule, "rule", "", "what was learned about findings of this `RULE`")
	fl.StringVar(&f.Item, "item", "", "what the decision about this item (`ID`) taught")
	fl.StringVar(&by, "by", "", "`ADDRESS` of who decides that, for the audit log")
	fl.StringVar(&reason, "reason", "", "`TEXT` for the audit log")
	fl.VisitAll(func(flag *pflag.Flag) { _ = fl.SetAnnotation(flag.Name, notFromEnvironment, []string{}) })
	return cmd
}

func (q *quarantine) memories(f store.MemoryFilter) error {
	list, err := q.db.Memories(q.ctx, f)
	if err != nil {
		return err
	}
	t := &report.Table{Head: []string{"MEMORY", "IDENTITY", "RULE", "ABOUT", "BY", "SINCE", "UNTIL", "ITEM"}, Most: []int{0, 34, 30, 50, 34}}
	for _, m := range list {
		if q.json {
			if err := q.printJSON(m); err != nil {
				return err
			}
			continue
		}
		about := strings.Join(m.About, " ")
		if len(m.About) > 1 {
			about = fmt.Sprintf("%s of %d: %s", m.Kind, len(m.About), about)
		}
		t.Add(m.ID, m.Identity, m.Rule, about, m.By, clock(m.At), clock(m.Until), m.Item)
	}
	switch {
	case q.json:
	case t.Len() == 0:
		_, err = fmt.Fprintln(q.stdout, "nothing learned")
	default:
		_, err = t.WriteTo(q.stdout)
	}
	return err
}

func (q *quarantine) forget(f store.MemoryFilter, by store.Record) error {
	if len(f.IDs) > 0 {
		have, err := q.db.Memories(q.ctx, f)
		if err != nil {
			return err
		}
		for _, id := range f.IDs {
			if !slices.ContainsFunc(have, func(m store.Memory) bool { return m.ID == id }) {
				return q.complain(id, fmt.Errorf("%w: nothing learned under this name", store.ErrNotFound))
			}
		}
	}
	n, err := q.db.Forget(q.ctx, f, by)
	if err != nil {
		return err
	}
	if q.json {
		return q.printJSON(map[string]int{"forgotten": n})
	}
	_, err = fmt.Fprintf(q.stdout, "%s forgotten\n", report.Plural(n, "decision"))
	return err
}
