package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"maillint/internal/page"
	"maillint/lint"
	"maillint/policy"
	"maillint/report"
)

func explainCommand() *cobra.Command {
	var lang, config string
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
			p, err := loadPolicy(config, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			for _, id := range args {
				r, err := findRule(p.Described(), id)
				if err != nil {
					return err
				}
				if err := explain(cmd.OutOrStdout(), p.Rule(r.ID), r, lang); err != nil {
					return err
				}
			}
			return nil
		},
	}
	langFlag(cmd, &lang)
	ownRulesFlag(cmd, &config)
	return cmd
}

// explain writes a rule's page. A policy's own rule has none but what the
// policy says, and an instance that of the rule it runs.
func explain(w io.Writer, own *policy.Rule, r *lint.Rule, lang string) error {
	var b bytes.Buffer
	switch {
	case own != nil && own.Custom():
		fmt.Fprintf(&b, "%s\n\n%s\n\n", r.ID, report.Escape(r.Title.In(lang)))
		if fix := r.Fix.In(lang); fix != "" {
			fmt.Fprintf(&b, "INSTEAD\n\n%s\n\n", report.Escape(fix))
		}
		b.WriteString("A rule of this policy's own (section custom).\n")
	case own != nil && own.Name != own.Rule.ID:
		fmt.Fprintf(&b, "%s is %s with other settings (section rules):\n\n", own.Name, own.Rule.ID)
		b.Write(page.Plain(own.Rule, lang))
	default:
		b.Write(page.Plain(r, lang))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ownRulesFlag lets a verb that tells about rules tell about a policy's own.
func ownRulesFlag(cmd *cobra.Command, config *string) {
	cmd.Flags().StringVar(config, "config", "", "policy `FILE`, for rules of its own (default: the policy that ships)")
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
