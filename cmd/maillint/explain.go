package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"maillint/internal/page"
)

func explainCommand() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "explain RULE",
		Short: "Tell what a rule finds, why, and what to do instead",
		Args:  atLeast(1, `a rule ("maillint rules" lists them)`),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkLang(lang); err != nil {
				return err
			}
			for _, id := range args {
				r, err := findRule(id)
				if err != nil {
					return err
				}
				if _, err := cmd.OutOrStdout().Write(page.Plain(r, lang)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	langFlag(cmd, &lang)
	return cmd
}

func langFlag(cmd *cobra.Command, lang *string) {
	cmd.Flags().StringVar(lang, "lang", "en", "`LANGUAGE`: en or ja")
}

func checkLang(lang string) error {
	if lang != "en" && lang != "ja" {
		return fmt.Errorf("--lang: unknown language %q: want en or ja", lang)
	}
	return nil
}
