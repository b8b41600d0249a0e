package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"maillint/lookalike"
)

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
			var err error
			if opts.Partners, err = domainFile("--partners", partners); err != nil {
				return err
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
