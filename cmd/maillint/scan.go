package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"maillint/lint"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"
)

func scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Read stored mail and say what is wrong with it",
		Long: `Scan reads messages (.eml), mbox files, Maildirs, folders of these, gzip, bzip2, zip and tar
archives, and standard input ("-"), and reports what the rules find.

Without --config it uses the policy that ships inside the program. Which domains are internal
is taken from the policy, else from --internal, else it is the domain that most of the messages
come from.

Exit status: 0 clean, 1 findings at or over --fail-level, 2 usage or policy error, 3 something
could not be read (it is named, and the rest is still scanned), 130 interrupted.`,
		Example: `  maillint scan ~/Maildir/.Sent
  maillint scan --internal example.ac.jp --format jsonl archive.mbox
  maillint scan --mail-from taro@example.jp --rcpt hanako@gmail.com message.eml
  zcat old.mbox.gz | maillint scan -`,
		Args: atLeast(1, `a file, a folder, or - for standard input`),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return o.run(cmd, paths)
		},
	}
	o.flags(cmd.Flags())
	completeScan(cmd)
	return cmd
}

// run scans the paths and writes the report.
func (o *scanOptions) run(cmd *cobra.Command, paths []string) error {
	p, err := loadPolicy(o.config, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	if err := o.limitRules(p); err != nil {
		return err
	}
	tuneMemory(int64(48+8*o.jobs) << 20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &scan{options: o, policy: p, stdin: cmd.InOrStdin(), stderr: cmd.ErrOrStderr()}
	org, err := s.organization(ctx, paths)
	if err != nil {
		return err
	}
	s.engine = p.Engine(org)
	s.followed = newSequence(s.engine)
	if s.baseline, err = o.openBaseline(); err != nil {
		return err
	}
	out, closeOut, err := o.openOutput(cmd.OutOrStdout())
	if err != nil {
		return err
	}
	if s.format, err = o.newFormat(out, p); err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	s.progress = newProgress(s.stderr, paths, o.noProgress)
	if s.progress != nil && o.output == "" {
		out.before = s.progress.clear
	}
	err = s.read(ctx, paths)
	if cerr := closeOut(); err == nil && cerr != nil {
		err = fmt.Errorf("writing the report: %w", cerr)
	}
	if err != nil {
		return err
	}
	if f, ok := s.format.(report.Remarker); ok && f.Remark() != "" {
		fmt.Fprintf(s.stderr, "maillint: --format %s: %s\n", o.format, f.Remark())
	}
	return s.status()
}

func (o *scanOptions) newFormat(out *output, p *policy.Policy) (report.Format, error) {
	return report.New(o.format, out, report.Options{
		Rules: p.Described(), Config: o.config, Show: o.show, Color: out.color, Version: version, Lang: o.lang,
	})
}

// status is the exit code that the scan ends with.
func (s *scan) status() error {
	switch {
	case s.summary.Interrupted:
		return exit(exitInterrupted)
	case s.summary.Unread > 0:
		if s.options.format != "text" {
			fmt.Fprintf(s.stderr, "maillint: %d could not be read or judged; the report names them\n", s.summary.Unread)
		}
		return exit(exitUnread)
	case s.failed:
		return exit(exitFindings)
	}
	return nil
}

// limitRules applies --only and --except to the policy's rules.
func (o *scanOptions) limitRules(p *policy.Policy) error {
	only, err := ruleNames(p, "--only", o.only)
	if err != nil {
		return err
	}
	except, err := ruleNames(p, "--except", o.except)
	if err != nil {
		return err
	}
	for _, r := range p.Rules {
		if len(only) > 0 {
			r.Enabled = only[r.Name] || only[r.Rule.ID]
		}
		if except[r.Name] || except[r.Rule.ID] {
			r.Enabled = false
		}
	}
	return nil
}

// ruleNames checks names of rules: IDs, former IDs, and instances of the policy.
func ruleNames(p *policy.Policy, flag string, names []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, n := range names {
		if p.Rule(n) != nil {
			out[n] = true
			continue
		}
		r, err := findRule(rules.All, strings.TrimSpace(n))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", flag, err)
		}
		out[r.ID] = true
	}
	return out, nil
}

// completeScan tells shells what flags take.
func completeScan(cmd *cobra.Command) {
	fixed := func(values []string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
	}
	for flag, values := range map[string][]string{
		"format": report.Formats(), "only": ruleIDs(), "except": ruleIDs(),
		"fail-level": append(lint.Severities(), "none"), "show-level": lint.Severities(),
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, fixed(values))
	}
}

func ruleIDs() []string {
	var ids []string
	for _, r := range rules.All {
		ids = append(ids, r.ID)
	}
	return ids
}
