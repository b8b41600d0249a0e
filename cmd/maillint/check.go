package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maillint/policy"
	"maillint/rules"
)

func checkCommand() *cobra.Command {
	door, schema := "", false
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Say everything that is wrong with a policy",
		Long: `Check reads policy files as strictly as the programs that act on them, and prints all
mistakes, a line each: file, line and column, what is wrong, what was probably meant.
--for proxy and --for milter say as well what these would not start without.
--schema prints the JSON Schema of policies, with which editors complete and check them.

Exit status: 0 right (there may be warnings), 2 mistakes.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if schema {
				return cobra.NoArgs(cmd, args)
			}
			return atLeast(1, "a policy file")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				return writeSchema(cmd.OutOrStdout())
			}
			if door != "" && door != "proxy" && door != "milter" {
				return fmt.Errorf("--for %q: unknown (want proxy or milter)", door)
			}
			var failure error
			for _, path := range args {
				if err := checkPolicy(cmd, path, door); err != nil {
					failure = err
				}
			}
			return failure
		},
	}
	cmd.Flags().StringVar(&door, "for", "", "what is to run with it: proxy or milter")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of policies, and do nothing else")
	return cmd
}

func writeSchema(w io.Writer) error {
	schema, err := policy.Schema(rules.All)
	if err != nil {
		return err
	}
	_, err = w.Write(schema)
	return err
}

func checkPolicy(cmd *cobra.Command, path, door string) error {
	p, err := loadPolicy(path, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	found := p.Check(time.Now())
	if door != "" {
		found = slices.DeleteFunc(found, func(b policy.Problem) bool { return strings.HasPrefix(b.Text, door+": ") })
		found = append(found, p.CheckFor(door)...)
	}
	printProblems(cmd.ErrOrStderr(), found)
	if found.Errors() {
		return exit(exitUsage)
	}
	on := 0
	for _, r := range p.Rules {
		if r.Enabled {
			on++
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: right: %d of %d rules on, mode %s\n", path, on, len(p.Rules), p.Mode)
	if len(p.Organization.Domains) == 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%s: organization.domains is not set: scan takes --internal, or guesses\n", path)
	}
	return nil
}
