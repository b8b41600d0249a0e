package main

import (
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"maillint/audit"
	"maillint/history"
	"maillint/lookalike"
)

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read what administrators export, and say where mail leaves by itself",
		Long: `Audit looks at settings instead of messages. "audit forwards" reads exports of forwarding
settings, inbox rules, filters, scripts, aliases, logs of changes and lists of members.
"audit addresses" reads lists of members and address books, and finds mistyped domains.
"audit stamps" reads archived mail, and finds what did not go through maillint.`,
		Example: `  maillint audit forwards --internal example.ac.jp mailboxes.csv rules.json
  maillint audit forwards --format jsonl /var/vmail /etc/aliases
  maillint audit forwards --format html exports/ > forwards.html
  maillint audit addresses members.csv addressbook.vcf`,
		Args: noSuchVerb,
		RunE: needsVerb,
	}
	cmd.AddCommand(auditForwardsCommand(), auditAddressesCommand(), auditStampsCommand())
	return cmd
}

func auditForwardsCommand() *cobra.Command {
	var job audit.Job
	q := &quarantine{}
	var remember bool
	cmd := &cobra.Command{
		Use:   "forwards FILE|FOLDER...",
		Short: "Find forwarding that leaves the organisation, in exports of all platforms",
		Long: `Forwards reads exports of Exchange, Microsoft Graph, the Unified Audit Log, Google Workspace
(GAM, Gmail API, audit events), Zimbra (zmprov), Sieve scripts, Exim filters, aliases, virtual
maps, .forward, .qmail, procmailrc and lists of members. What a file is, is told from what it holds. docs/forwarding-survey.md has the
commands that make the exports.

The worst finding stands first: many mailboxes that forward to one address outside. Each comes
with the command that removes the setting.

Which domains are internal is taken from --internal, else from the policy, else it is the domain
that most of the mailboxes share.

With --diff only what is new since the last audit is shown, and the rest is counted; what is
critical is shown until it is gone or approved. --save keeps this audit for the next; both may name
the same file, which need not be there the first time.

With --remember the mailboxes that forward to the outside are written into the store that the proxy
or milter runs on: mail of one more mailbox to the same address is then held by the rule
shared-forward-target, as if mail of all of them had been seen.

Exit status: 0 clean, 1 findings at or over --fail-level, 2 usage, policy or store error, 3 something
could not be read (it is named, and the rest is still audited). An empty export is a warning.`,
		Example: `  maillint audit forwards --internal example.ac.jp exports/
  maillint audit forwards --baseline approved.yaml --diff last.jsonl --save last.jsonl exports/
  maillint audit forwards --block-list blocked.txt exports/
  maillint audit forwards --config rules.yaml --remember exports/`,
		Args: atLeast(1, "the files or folders of the exports"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			job.Paths = paths
			if remember {
				return rememberForwards(cmd, job, q)
			}
			return runForwards(cmd, job, q.config)
		},
	}
	f := cmd.Flags()
	f.StringVar(&q.config, "config", "", "policy to take the organisation from, and the store of --remember")
	f.StringSliceVar(&job.Internal, "internal", nil, "domains of the organisation: example.ac.jp,=example.com,!hosp.example.ac.jp")
	f.StringVar(&job.Format, "format", "text", "`FORM`: "+strings.Join(audit.Formats(), ", ")+" (jsonl: one object a finding and a closing one with counts)")
	f.StringVar(&job.Lang, "lang", "en", "`LANGUAGE` of explanations in html and sarif: en or ja")
	f.StringVar(&job.FailLevel, "fail-level", "warning", "severity from which on the exit status is 1: info, warning, high, critical, none")
	f.StringVar(&job.Baseline, "baseline", "", "file of approved forwardings: mailbox, target, reason, until")
	f.StringVar(&job.WriteBaseline, "write-baseline", "", "write what was found as a baseline to fill in")
	f.StringVar(&job.Diff, "diff", "", "show only what is new since this audit (a report in jsonl)")
	f.StringVar(&job.Save, "save", "", "keep this audit for the next --diff, if it is complete")
	f.StringVar(&job.BlockList, "block-list", "", "add the targets found to this file, which a policy's lists: may name")
	f.BoolVar(&remember, "remember", false, "write what forwards into the store of the proxy, for the rule shared-forward-target")
	f.StringVar(&q.store, "store", "", "`STORE` of --remember: sqlite:PATH or postgres://... (default: the policy's)")
	f.StringVar(&q.keyFile, "key-file", "", "`FILE` with the store's key (default: the policy's store.key)")
	f.StringVar(&job.BlockLevel, "block-level", "critical", "severity from which on targets are added to the block list")
	return cmd
}

// rememberForwards is runForwards with the store, which is opened before anything
// is read.
func rememberForwards(cmd *cobra.Command, job audit.Job, q *quarantine) error {
	return q.run(func([]string) error {
		job.Remember = func(list []history.Forward) error { return q.db.NoteForwards(q.ctx, list) }
		return runForwards(cmd, job, q.config)
	})(cmd, nil)
}

// runForwards fills in what the policy knows, and runs the audit.
func runForwards(cmd *cobra.Command, job audit.Job, config string) error {
	if err := checkLang(job.Lang); err != nil {
		return err
	}
	p, err := loadPolicy(config, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	if len(job.Internal) == 0 {
		job.Internal = p.Organization.Domains
	}
	job.Lookalike = lookalikeOf(lookalikeOptions(p, job.Internal))
	job.Stdin, job.Version = cmd.InOrStdin(), version
	if code := job.Run(cmd.OutOrStdout(), cmd.ErrOrStderr()); code != exitClean {
		return exit(code)
	}
	return nil
}

// lookalikeOf answers for slips that are likely or certain. The index is made
// when the first domain is asked for.
func lookalikeOf(opts lookalike.Options) func(string) (string, bool) {
	index := sync.OnceValue(func() *lookalike.Index {
		return lookalike.New(lookalike.Default(), opts)
	})
	return func(domain string) (string, bool) {
		m, ok := index().Match(domain)
		return m.Intended, ok && m.Certainty >= lookalike.Likely
	}
}
