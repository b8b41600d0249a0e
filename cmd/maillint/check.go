package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Say everything that is wrong with a policy",
		Long: `Check reads policy files as strictly as the programs that act on them, and prints all
mistakes, a line each: file, line and column, what is wrong, what was probably meant.

Exit status: 0 right (there may be warnings), 2 mistakes.`,
		Args: atLeast(1, "a policy file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var failure error
			for _, path := range args {
				if err := checkPolicy(cmd, path); err != nil {
					failure = err
				}
			}
			return failure
		},
	}
}

func checkPolicy(cmd *cobra.Command, path string) error {
	p, err := loadPolicy(path, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	found := p.Check(time.Now())
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
