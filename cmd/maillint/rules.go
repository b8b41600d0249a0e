package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"maillint/internal/page"
)

func rulesCommand() *cobra.Command {
	var lang, config string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkLang(lang); err != nil {
				return err
			}
			p, err := loadPolicy(config, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "RULE\tWORST\tDEFAULT\tHISTORY\tFINDS")
			for _, r := range p.Described() {
				history := "-"
				if r.NeedsHistory {
					history = "needed"
				} else if r.WithHistory.En != "" {
					history = "finds more"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Severity, page.Defaults(r), history, r.Title.In(lang))
			}
			return w.Flush()
		},
	}
	langFlag(cmd, &lang)
	ownRulesFlag(cmd, &config)
	return cmd
}
