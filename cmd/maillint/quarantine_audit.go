package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maillint/report"
	"maillint/store"
)

func (q *quarantine) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read and verify the audit log",
		Long: `The audit log holds what people and deadlines decided, and who looked at messages. Its records
are chained: each one's hash covers the one before it, so that none can be changed, moved or taken
out unseen.`,
		Args: noSuchVerb,
		RunE: needsVerb,
	}
	cmd.AddCommand(q.auditListCommand(), q.auditVerifyCommand())
	return cmd
}

func (q *quarantine) auditListCommand() *cobra.Command {
	var item, node string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the records",
		Long: `List writes the records in their order, node by node. With --json each line is a record in its
chain: kept elsewhere, "audit verify FILE" can be run on it, and a log that was cut off later shows.`,
		Example: `  maillint quarantine audit list --item ID
  maillint quarantine audit list --json > audit-2026-04.jsonl`,
		Args: noArguments,
		RunE: q.run(func([]string) error { return q.auditList(item, node) }),
	}
	cmd.Flags().StringVar(&item, "item", "", "only records about this item (`ID`)")
	cmd.Flags().StringVar(&node, "node", "", "only records of this `NODE`")
	return cmd
}

func (q *quarantine) auditList(item, node string) error {
	t := &report.Table{Head: []string{"NODE", "NO", "TIME", "EVENT", "ITEM", "BY", "AS", "REASON", "DETAIL"}, Most: []int{20, 0, 0, 0, 24, 34, 24, 50, 80}}
	err := q.db.Records(q.ctx, node, func(e store.Entry) error {
		if item != "" && e.Record.Item != item {
			return nil
		}
		if q.json {
			return q.printJSON(e)
		}
		r := e.Record
		t.Add(e.Node, fmt.Sprint(e.Seq), clock(r.At), r.Event, r.Item, r.By, r.OSUser, r.Reason, details(r.Detail))
		return nil
	})
	if err != nil || q.json {
		return err
	}
	_, err = t.WriteTo(q.stdout)
	return err
}

func details(m map[string]string) string {
	var out []string
	for k, v := range m {
		out = append(out, k+"="+v)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (q *quarantine) auditVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Follow the chains, and name the first record that is broken",
		Long: `Verify follows the chain of every node in the store, or in a file that "audit list --json"
wrote. Where a chain does not hold, the first broken record is named and the exit status is 1.`,
		Example: `  maillint quarantine audit verify
  maillint quarantine audit verify audit-2026-04.jsonl`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return q.run(func([]string) error {
					v, err := q.db.AuditVerify(q.ctx)
					return q.verified(v, err)
				})(cmd, args)
			}
			q.stdout, q.stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			return q.verified(store.VerifyFile(f))
		},
	}
}

func (q *quarantine) verified(v *store.Verification, err error) error {
	if err != nil {
		return err
	}
	switch {
	case q.json:
		err = q.printJSON(v)
	case v.OK():
		_, err = fmt.Fprintf(q.stdout, "the audit log is whole: %s of %s\n", report.Plural(int(v.Records), "record"), report.Plural(len(v.Heads), "node"))
	default:
		for _, b := range v.Broken {
			fmt.Fprintf(q.stdout, "broken: node %s, record %d: %s\n", report.Escape(b.Node), b.Seq, report.Escape(b.Why))
		}
	}
	if err == nil && !v.OK() {
		return exit(exitRefused)
	}
	return err
}
