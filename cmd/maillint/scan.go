package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"
)

// scanOptions are the flags of scan.
type scanOptions struct {
	config, format, output string
	failLevel              string
	internal, only, except []string
	mailFrom               string
	rcpt                   []string
	since, until           string
	sender                 []string
	jobs                   int
	noProgress             bool

	fail     lint.Severity
	from, to time.Time
	envelope *message.Envelope
}

func scanCommand() *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Read stored mail and say what is wrong with it",
		Long: `Scan reads messages (.eml), mbox files, Maildirs, folders of these, gzip, zip and tar
archives, and standard input ("-"), and reports what the rules find.

Without --config it uses the policy that ships inside the program. Which mail is internal is
taken from the policy, else from --internal, else from the domain that most messages come from.`,
		Example: `  maillint scan ~/Maildir/.Sent
  maillint scan --internal example.ac.jp --format jsonl archive.mbox
  maillint scan --mail-from taro@example.jp --rcpt hanako@gmail.com message.eml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := o.check(paths); err != nil {
				return err
			}
			return o.run(cmd, paths)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "policy file (default: the one that ships; environment MAILLINT_CONFIG)")
	f.StringSliceVar(&o.internal, "internal", env("MAILLINT_INTERNAL"), "internal domains, where the policy names none")
	f.StringVar(&o.format, "format", "text", "form of the report: "+strings.Join(report.Formats, ", "))
	f.StringVarP(&o.output, "output", "o", "", "write the report to a file")
	f.StringVar(&o.failLevel, "fail-level", "warning", "severity from which on the exit status is 1: "+strings.Join(lint.Severities(), ", "))
	f.StringSliceVar(&o.only, "only", nil, "run these rules only")
	f.StringSliceVar(&o.except, "except", nil, "leave these rules out")
	f.StringVar(&o.mailFrom, "mail-from", "", "the reverse-path of a single message; <> for the null one")
	f.StringSliceVar(&o.rcpt, "rcpt", nil, "the recipients of a single message's envelope")
	f.StringVar(&o.since, "since", "", "only messages whose Date is not before this day (2025-01-31)")
	f.StringVar(&o.until, "until", "", "only messages whose Date is not after this day")
	f.StringSliceVar(&o.sender, "sender", nil, "only messages from these addresses or domains")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "messages read at the same time")
	f.BoolVar(&o.noProgress, "no-progress", false, "no progress bar")
	return cmd
}

// env gives the words of an environment variable.
func env(name string) []string {
	if v := os.Getenv(name); v != "" {
		return strings.Split(v, ",")
	}
	return nil
}

// check turns the flags into values.
func (o *scanOptions) check(paths []string) error {
	if err := o.fail.UnmarshalText([]byte(o.failLevel)); err != nil {
		return fmt.Errorf("--fail-level: %w", err)
	}
	for _, d := range []struct {
		flag, value string
		into        *time.Time
		add         time.Duration
	}{{"--since", o.since, &o.from, 0}, {"--until", o.until, &o.to, 24*time.Hour - 1}} {
		if d.value == "" {
			continue
		}
		t, err := time.ParseInLocation(time.DateOnly, d.value, time.Local)
		if err != nil {
			return fmt.Errorf("%s: %q is not a day: write it like 2025-01-31", d.flag, d.value)
		}
		*d.into = t.Add(d.add)
	}
	for _, id := range slices.Concat(o.only, o.except) {
		if findRule(id) == nil {
			return unknownRule(id)
		}
	}
	if o.jobs < 1 {
		return errors.New("--jobs: want at least 1")
	}
	return o.checkEnvelope()
}

// checkEnvelope reads --mail-from and --rcpt.
func (o *scanOptions) checkEnvelope() error {
	if o.mailFrom == "" && len(o.rcpt) == 0 {
		return nil
	}
	env := &message.Envelope{Source: "flags", Null: o.mailFrom == "<>"}
	if o.mailFrom != "" && !env.Null {
		a, ok := message.ParseAddress(o.mailFrom)
		if !ok {
			return fmt.Errorf("--mail-from: %q is not an address", o.mailFrom)
		}
		env.ReversePath = a
	}
	for _, r := range o.rcpt {
		a, ok := message.ParseAddress(r)
		if !ok {
			return fmt.Errorf("--rcpt: %q is not an address", r)
		}
		env.Recipients = append(env.Recipients, a)
	}
	o.envelope = env
	return nil
}

func (o *scanOptions) run(cmd *cobra.Command, paths []string) error {
	pol, err := loadPolicy(o.config, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	out, closeOut, err := o.open(cmd)
	if err != nil {
		return err
	}
	format, err := report.New(o.format, report.Options{Color: o.color(out), Rules: rules.All})
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // messages are many and short-lived
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	org, note, err := o.organization(pol, paths)
	if err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintf(cmd.ErrOrStderr(), "maillint: %s\n", note)
	}
	o.limit(pol)
	s := &scan{options: o, policy: pol, engine: pol.Engine(org), format: format, out: out, stdin: cmd.InOrStdin()}
	s.progress = newProgress(cmd.ErrOrStderr(), paths, o.noProgress)
	start := time.Now()
	err = s.all(ctx, paths)
	s.progress.done()
	s.summary.Elapsed = time.Since(start)
	if err == nil {
		err = format.End(out, &s.summary)
	}
	if cerr := closeOut(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return s.status(ctx, cmd.ErrOrStderr())
}

// status is the exit code that the scan ends with.
func (s *scan) status(ctx context.Context, stderr io.Writer) error {
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "maillint: interrupted: the report covers what was read so far")
		return exit(exitInterrupted)
	case s.summary.Unread > 0:
		return exit(exitUnread)
	case s.summary.Flagged > 0:
		return exit(exitFindings)
	}
	return nil
}

// open gives where the report goes.
func (o *scanOptions) open(cmd *cobra.Command) (io.Writer, func() error, error) {
	if o.output == "" {
		return cmd.OutOrStdout(), func() error { return nil }, nil
	}
	f, err := os.Create(o.output)
	if err != nil {
		return nil, nil, fmt.Errorf("--output: %w", err)
	}
	return f, f.Close, nil
}

// color: on a terminal that does not refuse it (no-color.org).
func (o *scanOptions) color(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// limit applies --only and --except to the policy.
func (o *scanOptions) limit(p *policy.Policy) {
	for _, r := range p.Rules {
		named := func(id string) bool { return id == r.Rule.ID || id == r.Name || slices.Contains(r.Rule.Aliases, id) }
		if len(o.only) > 0 {
			r.Enabled = slices.ContainsFunc(o.only, named)
		}
		if slices.ContainsFunc(o.except, named) {
			r.Enabled = false
		}
	}
}
