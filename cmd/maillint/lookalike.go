package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"maillint/lookalike"
)

// lookalikeFlags are the flags of maillint lookalike.
type lookalikeFlags struct {
	own            []string
	partners, list string
}

func lookalikeCommand() *cobra.Command {
	var o lookalikeFlags
	cmd := &cobra.Command{
		Use:   "lookalike DOMAIN... | -",
		Short: "Say whether a domain looks like a slip of a known one",
		Long: `Lookalike prints, for each domain, a line of four fields separated by tabs: the domain, the
one that was probably meant, the kind of slip, and how sure that is (certain, likely, info).
The last three are empty where there is nothing to say. "-" reads one domain a line.`,
		Example: `  maillint lookalike gmial.com docomo.nejp
  maillint lookalike --own example.ac.jp --partners partners.txt - < domains.txt
  maillint lookalike --list gmail.com`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
	cmd.Flags().StringSliceVar(&o.own, "own", nil, "domains of the organisation")
	cmd.Flags().StringVar(&o.partners, "partners", "", "file with partner domains, one a line")
	cmd.Flags().StringVar(&o.list, "list", "", "print what would be caught as a slip of this domain")
	return cmd
}

func (o *lookalikeFlags) run(stdin io.Reader, stdout io.Writer, args []string) error {
	opts := lookalike.Options{Own: o.own}
	var err error
	if opts.Partners, err = domainFile("--partners", o.partners); err != nil {
		return err
	}
	index := lookalike.New(lookalike.Default(), opts)
	out := bufio.NewWriter(stdout)
	defer out.Flush()
	switch {
	case o.list != "":
		return listSlips(out, index, o.list)
	case len(args) == 0:
		return fmt.Errorf("lookalike: name a domain, or - for standard input")
	case len(args) == 1 && args[0] == "-":
		return matchLines(out, index, stdin)
	}
	for _, d := range args {
		printMatch(out, index, d)
	}
	return nil
}

// listSlips prints what is caught as a slip of a domain.
func listSlips(w io.Writer, index *lookalike.Index, domain string) error {
	names := index.List(domain)
	if len(names) == 0 {
		return fmt.Errorf("--list: %q is no domain that is protected (--own and --partners add some)", domain)
	}
	for _, name := range names {
		fmt.Fprintln(w, name)
	}
	return nil
}

// matchLines answers for one domain a line.
func matchLines(w *bufio.Writer, index *lookalike.Index, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		printMatch(w, index, strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return nil
}

func printMatch(w *bufio.Writer, index *lookalike.Index, domain string) {
	if domain == "" {
		return
	}
	kind, certainty := "", ""
	m, ok := index.Match(domain)
	if ok {
		kind, certainty = m.Kind.String(), m.Certainty.String()
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", strings.Map(harmless, domain), strings.Map(harmless, m.Intended), kind, certainty)
}

// harmless keeps what a terminal would obey, and tabs that would look like
// ours, out of a field.
func harmless(r rune) rune {
	if unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}
