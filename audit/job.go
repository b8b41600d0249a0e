package audit

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/lookalike"
	"maillint/report"
)

// Exit codes of a Job, as of every verb that reads.
const (
	ExitClean    = 0
	ExitFindings = 1
	ExitUsage    = 2
	ExitUnread   = 3
)

// Job is one run of "maillint audit forwards" or "audit addresses", as the command line or a timer
// asks for it.
type Job struct {
	Paths     []string
	Internal  []string // entries of organization.domains; none: guessed
	Lookalike func(domain string) (intended string, ok bool)
	Index     *lookalike.Index // of RunAddresses
	Format    string           // one of Formats; "" is text
	Lang      string           // of what html and sarif explain: en (also ""), ja
	Version   string           // of maillint, for the report
	FailLevel string           // "" is warning; "none" never fails because of findings
	Baseline  string           // file of approved forwardings
	// Diff is the report of the last audit: only what is new is shown. Save is
	// where this one is kept for the next.
	Diff, Save    string
	WriteBaseline string
	BlockList     string // file that targets are added to
	BlockLevel    string // from this severity on; "" is critical
	// Remember is told of the mailboxes that forward to the outside; nil: nobody is.
	Remember func([]history.Forward) error
	Stdin    io.Reader
	Now      time.Time
}

// RunAddresses audits addresses, writes the report, and gives the exit code.
func (j Job) RunAddresses(stdout, stderr io.Writer) int {
	opts, level, _, err := j.prepare()
	if err != nil {
		return refuse(stderr, err)
	}
	r, err := Addresses(j.Paths, opts)
	if err != nil {
		return refuse(stderr, err)
	}
	if err := j.write(stdout, r, level); err != nil {
		fmt.Fprintf(stderr, "maillint: report: %v\n", err)
		return ExitUnread
	}
	return r.exit(level)
}

// refuse prints why a call makes no sense.
func refuse(stderr io.Writer, err error) int {
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(stderr, "maillint: %s\n", escape(strings.TrimRight(line, "\n")))
	}
	return ExitUsage
}

// Run audits forwarding, writes the report, and gives the exit code.
func (j Job) Run(stdout, stderr io.Writer) int {
	opts, level, block, err := j.prepare()
	if err != nil {
		return refuse(stderr, err)
	}
	r, err := Forwards(j.Paths, opts)
	if err != nil {
		fmt.Fprintf(stderr, "maillint: %v\n", err)
		return ExitUsage
	}
	if err := j.write(stdout, r, level); err != nil {
		fmt.Fprintf(stderr, "maillint: report: %v\n", err)
		return ExitUnread
	}
	if err := j.keep(stderr, r, block); err != nil {
		fmt.Fprintf(stderr, "maillint: %s\n", escape(err.Error()))
		return ExitUsage
	}
	return r.exit(level)
}

// exit is the code for a report: what was not read outranks what was found.
func (r *Report) exit(level lint.Severity) int {
	worst, found := r.Worst()
	switch {
	case len(r.Errors) > 0 || r.Unparsed > 0:
		return ExitUnread
	case found && worst >= level:
		return ExitFindings
	}
	return ExitClean
}

// Formats lists the names of the formats, as of every verb that reports.
func Formats() []string { return report.Formats() }

// write writes the report. For a build server, what is below level passed.
func (j Job) write(w io.Writer, r *Report, level lint.Severity) error {
	switch j.Format {
	case "", "text":
		return WriteText(w, r)
	case "jsonl":
		return WriteJSONL(w, r)
	}
	return report.WriteSurvey(j.Format, w, r.survey(), report.Options{Rules: Explain(), Show: level, Lang: j.Lang, Version: j.Version})
}

// prepare checks what was asked for, all of it before anything is read.
func (j Job) prepare() (opts Options, level, block lint.Severity, err error) {
	opts = Options{Lookalike: j.Lookalike, Index: j.Index, Now: j.Now, Stdin: j.Stdin}
	level, block = lint.Warning, lint.Critical
	if len(j.Paths) == 0 {
		return opts, 0, 0, fmt.Errorf("audit: %w: name the exports (docs/forwarding-survey.md says how to make them)", ErrNoPath)
	}
	if j.Format != "" && !slices.Contains(Formats(), j.Format) {
		return opts, 0, 0, fmt.Errorf("unknown format %q: want %s", j.Format, strings.Join(Formats(), ", "))
	}
	for _, s := range []struct {
		name string
		to   *lint.Severity
	}{{j.FailLevel, &level}, {j.BlockLevel, &block}} {
		if s.name == "none" {
			*s.to = lint.Critical + 1
		} else if s.name != "" {
			if err := s.to.UnmarshalText([]byte(s.name)); err != nil {
				return opts, 0, 0, err
			}
		}
	}
	if len(j.Internal) > 0 {
		org, err := lint.NewOrg(j.Internal)
		if err != nil {
			return opts, 0, 0, fmt.Errorf("internal domains: %w", err)
		}
		opts.Internal = org.Internal
	}
	if j.Baseline != "" {
		if opts.Baseline, err = LoadBaseline(j.Baseline); err != nil {
			return opts, 0, 0, err
		}
	}
	if j.Diff != "" {
		opts.Previous, err = LoadState(j.Diff)
	}
	return opts, level, block, err
}

// keep writes what a run leaves behind. An audit that is not complete does not
// become the last audit: what it did not see would be gone, and new tomorrow.
func (j Job) keep(stderr io.Writer, r *Report, block lint.Severity) error {
	if j.Save != "" {
		if len(r.Errors) > 0 {
			fmt.Fprintf(stderr, "maillint: %s not replaced: this audit is not complete\n", escape(j.Save))
		} else if err := SaveState(j.Save, r); err != nil {
			return err
		}
	}
	if j.WriteBaseline != "" {
		if err := writeNew(j.WriteBaseline, func(w io.Writer) error { return WriteBaseline(w, r) }); err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
	}
	now := j.Now
	if now.IsZero() {
		now = time.Now()
	}
	if j.Remember != nil {
		list := r.Forwards(now.Add(history.ForwardsKept))
		if err := j.Remember(list); err != nil {
			return fmt.Errorf("--remember: %w", err)
		}
		fmt.Fprintf(stderr, "maillint: %s remembered\n", report.Plural(len(list), "forwarding"))
	}
	if j.BlockList == "" {
		return nil
	}
	targets := r.Targets(func(f Finding) bool { return f.Severity >= block })
	n, err := AppendBlockList(j.BlockList, targets, "maillint audit forwards, "+now.Format("2006-01-02"))
	if err == nil {
		fmt.Fprintf(stderr, "maillint: %d of %d targets added to %s\n", n, len(targets), escape(j.BlockList))
	}
	return err
}

// writeNew writes a file that must not be there yet: somebody's reasons stand
// in the old one.
func writeNew(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
