package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"maillint/audit"
	"maillint/lookalike"
	"maillint/policy"
	"maillint/rules"
)

// addressOptions are the flags of audit addresses.
type addressOptions struct {
	job             audit.Job
	config          string
	partners, allow string
}

func auditAddressesCommand() *cobra.Command {
	var o addressOptions
	cmd := &cobra.Command{
		Use:   "addresses FILE|FOLDER...",
		Short: "Find mistyped domains in lists of members, address books and aliases",
		Long: `Addresses reads members of mailing lists (Mailman 2 and 3, fml, Google Groups, Exchange), address
books (CSV of Outlook, Thunderbird and Google, vCard 2.1 to 4.0, LDIF), aliases and JSON, and
names every address whose domain looks like a mistyped one, with the address that was probably
meant. What a file is, is told from what it holds; "-" is standard input. docs/address-audit.md
has the commands that make the exports.

Domains of the organisation and its partners are taken from --internal and --partners and from
the policy; their own slips are found as well.

Exit status: 0 clean, 1 findings at or over --fail-level, 2 usage or policy error, 3 something
could not be read (it is named, and the rest is still checked). An empty file is a warning.`,
		Example: `  maillint audit addresses members.txt addressbook.vcf
  maillint audit addresses --internal example.ac.jp --format jsonl lists/
  list_members staff | maillint audit addresses -`,
		Args: atLeast(1, "the files or folders of the address books"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			o.job.Paths = paths
			return o.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "policy to take the organisation and its partners from")
	f.StringSliceVar(&o.job.Internal, "internal", nil, "domains of the organisation: example.ac.jp,=example.com,!hosp.example.ac.jp")
	f.StringVar(&o.partners, "partners", "", "file with partner domains, one a line")
	f.StringVar(&o.allow, "allow", "", "file with domains that are right though they look like a slip, one a line")
	f.StringVar(&o.job.Format, "format", "text", "`FORM`: "+strings.Join(audit.Formats(), ", ")+" (jsonl: one object a finding and a closing one with counts)")
	f.StringVar(&o.job.Lang, "lang", "en", "`LANGUAGE` of explanations in html and sarif: en or ja")
	f.StringVar(&o.job.FailLevel, "fail-level", "warning", "severity from which on the exit status is 1: info, warning, high, critical, none")
	return cmd
}

// run audits with what the policy and the flags know.
func (o *addressOptions) run(cmd *cobra.Command) error {
	if err := checkLang(o.job.Lang); err != nil {
		return err
	}
	p, err := loadPolicy(o.config, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	opts := lookalikeOptions(p, append(slices.Clip(p.Organization.Domains), o.job.Internal...))
	for _, more := range []struct {
		flag, file string
		to         *[]string
	}{{"--partners", o.partners, &opts.Partners}, {"--allow", o.allow, &opts.Allow}} {
		domains, err := domainFile(more.flag, more.file)
		if err != nil {
			return err
		}
		*more.to = append(slices.Clip(*more.to), domains...)
	}
	o.job.Index = lookalike.New(lookalike.Default(), opts)
	o.job.Stdin, o.job.Version = cmd.InOrStdin(), version
	if code := o.job.RunAddresses(cmd.OutOrStdout(), cmd.ErrOrStderr()); code != exitClean {
		return exit(code)
	}
	return nil
}

// lookalikeOptions are the domains that a policy knows, and those of the
// organisation by the entries given.
func lookalikeOptions(p *policy.Policy, entries []string) lookalike.Options {
	opts := lookalike.Options{Own: ownDomains(entries), Partners: p.Organization.Partners}
	if r := p.Rule(rules.LookalikeDomain.ID); r != nil {
		opts.Allow = rules.LookalikeAllow(r.Params())
	}
	return opts
}

// ownDomains are the domains among entries of organization.domains.
func ownDomains(entries []string) []string {
	var own []string
	for _, d := range entries {
		if !strings.HasPrefix(d, "!") {
			own = append(own, strings.TrimPrefix(d, "="))
		}
	}
	return own
}

// domainFile reads domains, one a line; "#" starts a comment. No name is no
// domain.
func domainFile(flag, name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	var out []string
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if strings.ContainsAny(line, " \t,;@") {
			return nil, fmt.Errorf("%s: %s:%d: %q: want one domain a line", flag, name, n, line)
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}
