package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"maillint/internal/page"
	"maillint/lint"
	"maillint/lookalike"
	"maillint/rules"
)

// findRule gives the rule of that ID or former ID, or nil.
func findRule(id string) *lint.Rule {
	for _, r := range rules.All {
		if r.ID == id {
			return r
		}
		for _, a := range r.Aliases {
			if a == id {
				return r
			}
		}
	}
	return nil
}

// unknownRule is the error for a rule that does not exist, with the one that
// was probably meant.
func unknownRule(id string) error {
	best, distance := "", 4
	for _, r := range rules.All {
		if d := levenshtein.ComputeDistance(id, r.ID); d < distance {
			best, distance = r.ID, d
		}
	}
	hint := "\"maillint rules\" lists them"
	if best != "" {
		hint = fmt.Sprintf("did you mean %q?", best)
	}
	return fmt.Errorf("unknown rule %q (%s)", id, hint)
}

func rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "RULE\tWORST\tDEFAULT\tFINDS")
			for _, r := range rules.All {
				title := r.Title.En
				if r.NeedsHistory {
					title += " (needs history: does not run in this version)"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Severity, page.Defaults(r), title)
			}
			return w.Flush()
		},
	}
}

func explainCommand() *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "explain RULE",
		Short: "Tell what a rule finds, why, and what to do instead",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range rules.All {
				ids = append(ids, r.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r := findRule(args[0])
			if r == nil {
				return unknownRule(args[0])
			}
			if lang != "en" && lang != "ja" {
				return fmt.Errorf("--lang: want en or ja, not %q", lang)
			}
			text, err := page.Plain(r, lang)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	def := "en"
	if strings.HasPrefix(os.Getenv("LANG"), "ja") {
		def = "ja"
	}
	cmd.Flags().StringVar(&lang, "lang", def, "language: en or ja")
	return cmd
}

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say everything that is wrong with a policy",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := "rules.yaml"
			if len(args) > 0 {
				path = args[0]
			}
			p, err := loadPolicy(path, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			on := 0
			for _, r := range p.Rules {
				if r.Enabled {
					on++
				}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: right: %d of %d rules on\n", path, on, len(p.Rules))
			if len(p.Organization.Domains) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "organization.domains is not set: scan will take --internal or guess")
			}
			return nil
		},
	}
}

func lookalikeCommand() *cobra.Command {
	var own []string
	var partners, list string
	cmd := &cobra.Command{
		Use:   "lookalike DOMAIN... | -",
		Short: "Say whether a domain looks like a slip of a known one",
		Long: `Lookalike prints, for each domain, a line of four fields separated by tabs: the domain, the
one that was probably meant, the kind of slip, and how sure that is (certain, likely, info).
The last three are empty where there is nothing to say. "-" reads one domain a line.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := lookalike.Options{Own: own}
			if partners != "" {
				data, err := os.ReadFile(partners)
				if err != nil {
					return fmt.Errorf("--partners: %w", err)
				}
				opts.Partners = strings.Fields(string(data))
			}
			index := lookalike.New(lookalike.Default(), opts)
			out := bufio.NewWriter(cmd.OutOrStdout())
			defer out.Flush()
			if list != "" {
				for _, name := range index.List(list) {
					fmt.Fprintln(out, name)
				}
				return nil
			}
			if len(args) == 0 {
				return fmt.Errorf("name a domain, or - for standard input")
			}
			if len(args) == 1 && args[0] == "-" {
				lines := bufio.NewScanner(cmd.InOrStdin())
				for lines.Scan() {
					printMatch(out, index, strings.TrimSpace(lines.Text()))
				}
				return lines.Err()
			}
			for _, d := range args {
				printMatch(out, index, d)
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&own, "own", nil, "domains of the organisation")
	cmd.Flags().StringVar(&partners, "partners", "", "file with partner domains, one a line")
	cmd.Flags().StringVar(&list, "list", "", "print what would be caught as a slip of this domain")
	return cmd
}

func printMatch(w *bufio.Writer, index *lookalike.Index, domain string) {
	if domain == "" {
		return
	}
	m, ok := index.Match(domain)
	if !ok {
		fmt.Fprintf(w, "%s\t\t\t\n", domain)
		return
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", domain, m.Intended, m.Kind, m.Certainty)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(cmd.OutOrStdout(), "maillint %s\n", version)
			if info, ok := debug.ReadBuildInfo(); ok {
				fmt.Fprintf(cmd.OutOrStdout(), "built with %s\n", info.GoVersion)
			}
		},
	}
}
