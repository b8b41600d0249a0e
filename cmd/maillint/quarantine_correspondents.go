package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"maillint/gate"
	"maillint/message"
	"maillint/report"
	"maillint/store"
)

func (q *quarantine) correspondentsCommand() *cobra.Command {
	var forget, by, reason string
	cmd := &cobra.Command{
		Use:   "correspondents",
		Short: "List the domains that answers have taught, or take one out",
		Long: `A domain that was answered on three days is one that the organisation corresponds with, and rule
lookalike-domain protects it like the partners of the policy: what looks like it is held. This lists
those domains, each with the day of the last answer. --forget takes one out on all nodes within ten
minutes, for good: answers to it teach nothing any more. Who wants it protected again names it under
organization.partners in the policy.`,
		Example: `  maillint quarantine correspondents
  maillint quarantine correspondents --forget harborvaley.co.nz --reason "it is the slip"`,
		Args: cobra.NoArgs,
		RunE: q.run(func([]string) error {
			if forget == "" {
				return q.correspondents()
			}
			return q.takeOut(forget, store.Record{By: by, Reason: reason, OSUser: osUser()})
		}),
	}
	fl := cmd.Flags()
	fl.StringVar(&forget, "forget", "", "take this `DOMAIN` out")
	fl.StringVar(&by, "by", "", "`ADDRESS` of who decides that, for the audit log")
	fl.StringVar(&reason, "reason", "", "`TEXT` for the audit log")
	for _, name := range []string{"forget", "by", "reason"} {
		_ = fl.SetAnnotation(name, notFromEnvironment, []string{})
	}
	return cmd
}

// correspondent is a line of the list.
type correspondent struct {
	Domain string    `json:"domain"`
	Last   time.Time `json:"last_answer"`
}

func (q *quarantine) correspondents() error {
	list, err := gate.Correspondents(q.ctx, q.db)
	if err != nil {
		return err
	}
	t := &report.Table{Head: []string{"DOMAIN", "LAST ANSWER"}}
	for _, d := range slices.Sorted(maps.Keys(list)) {
		if !q.json {
			t.Add(d, list[d].Format(time.DateOnly))
		} else if err := q.printJSON(correspondent{d, list[d]}); err != nil {
			return err
		}
	}
	switch {
	case q.json:
	case t.Len() == 0:
		_, err = fmt.Fprintln(q.stdout, "no domain was learned")
	default:
		_, err = t.WriteTo(q.stdout)
	}
	return err
}

func (q *quarantine) takeOut(name string, by store.Record) error {
	domain, ok := message.Domain(name)
	if !ok {
		return fmt.Errorf("--forget: %q is no domain", name)
	}
	switch err := gate.TakeOut(q.ctx, q.db, domain, by); {
	case errors.Is(err, store.ErrNotFound):
		return q.complain(domain, err)
	case err != nil:
		return err
	case q.json:
		return q.printJSON(map[string]string{"forgotten": domain})
	}
	_, err := fmt.Fprintf(q.stdout, "%s forgotten\n", report.Escape(domain))
	return err
}
