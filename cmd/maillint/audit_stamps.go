package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"time"

	"github.com/spf13/cobra"

	"maillint/gate"
	"maillint/mailbox"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rewrite"
)

// stampsOptions are the flags of "maillint audit stamps".
type stampsOptions struct {
	config, format string
	since          string
	all            bool
}

func auditStampsCommand() *cobra.Command {
	var o stampsOptions
	cmd := &cobra.Command{
		Use:   "stamps PATH...",
		Short: "Find mail in an archive that did not go through maillint",
		Long: `Stamps reads stored mail as scan does (messages, mbox, Maildir, folders, archives, journal
reports) and looks at the stamp that maillint put on it: valid, body changed, forged, or missing.
The keys are stamp.keys of the policy, old ones included. An archive does not know the envelope,
so the recipients are not compared, and old mail does not expire.

Mail from outside has no stamp: give the folder of what was sent, or --since the day that the
keys were set.

Exit status: 0 every message has a valid stamp, 1 some have not, 2 usage or policy error,
3 something could not be read.`,
		Example: `  maillint audit stamps --config /etc/maillint/rules.yaml /var/archive/2026/sent.mbox
  maillint audit stamps --format jsonl --since 2026-11-01 journal.zip`,
		Args: atLeast(1, "the stored mail"),
		RunE: func(cmd *cobra.Command, paths []string) error { return runStamps(cmd, &o, paths) },
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "policy `FILE` with the keys (default: rules.yaml in this folder)")
	f.StringVar(&o.format, "format", "text", "`FORM`: text or jsonl")
	f.StringVar(&o.since, "since", "", "only mail whose Date is this `DAY` or later: 2026-11-01")
	f.BoolVar(&o.all, "all", false, "show valid ones too")
	return cmd
}

// stampResult is what was found of one message.
type stampResult struct {
	Path        string     `json:"path"`
	Verdict     string     `json:"verdict,omitempty"`
	Transaction string     `json:"transaction,omitempty"`
	Key         string     `json:"key,omitempty"`
	Time        *time.Time `json:"time,omitempty"`
	Error       string     `json:"error,omitempty"`

	skip bool // older than asked for
}

func runStamps(cmd *cobra.Command, o *stampsOptions, paths []string) error {
	if o.format != "text" && o.format != "jsonl" {
		return fmt.Errorf("--format %q: unknown (text or jsonl)", o.format)
	}
	var since time.Time
	if o.since != "" {
		var err error
		if since, err = time.ParseInLocation(time.DateOnly, o.since, time.Local); err != nil {
			return fmt.Errorf("--since %q: write it like 2026-11-01", o.since)
		}
	}
	keys, err := o.keys()
	if err != nil {
		return sayProblems(err, cmd.ErrOrStderr())
	}
	counts := map[string]int{}
	out := &buffer{w: cmd.OutOrStdout()}
	err = mailbox.Read(cmd.Context(), paths, mailbox.Options{Stdin: cmd.InOrStdin},
		func(_ int, m *mailbox.Message) stampResult { return lookAtStamp(m, keys, since) },
		func(r stampResult) error { return o.write(out, r, counts) })
	if err := errors.Join(err, out.flush()); err != nil {
		return err
	}
	return o.close(cmd.ErrOrStderr(), counts)
}

func (o *stampsOptions) keys() (rewrite.Keys, error) {
	d := doorOptions{config: o.config}
	p, err := d.load()
	if err != nil {
		return nil, err
	}
	keys, err := gate.StampKeys(p)
	if err == nil && len(keys) == 0 {
		err = policy.Problems{{File: p.File, Text: "stamp.keys is not set", Hint: "write stamp: {keys: {NAME: file:PATH}}"}}
	}
	return keys, err
}

func lookAtStamp(m *mailbox.Message, keys rewrite.Keys, since time.Time) stampResult {
	r := stampResult{Path: m.Path}
	if m.Err != nil {
		r.Error = m.Err.Error()
		return r
	}
	view := message.Parse(m.Data)
	if m.File != nil {
		view = message.ParseReader(m.File, m.Size)
	}
	if inner, ok := view.Journalled(); ok {
		view = inner
	}
	if date, err := mail.ParseDate(view.Value("Date")); err == nil && date.Before(since) {
		r.skip = true
		return r
	}
	verdict, s := keys.Verify(view, rewrite.Verification{})
	r.Verdict = string(verdict)
	if verdict != rewrite.StampMissing && verdict != rewrite.StampForged {
		at := s.Time.UTC()
		r.Transaction, r.Key, r.Time = s.ID, s.Key, &at
	}
	return r
}

func (o *stampsOptions) write(w io.Writer, r stampResult, counts map[string]int) error {
	switch {
	case r.skip:
		counts["older"]++
		return nil
	case r.Error != "":
		counts["unread"]++
	default:
		counts[r.Verdict]++
	}
	if r.Verdict == string(rewrite.StampValid) && !o.all {
		return nil
	}
	if o.format == "jsonl" {
		return json.NewEncoder(w).Encode(r)
	}
	text := "stamp: " + r.Verdict
	if r.Error != "" {
		text = "not read: " + r.Error
	} else if r.Transaction != "" {
		text += " (transaction " + r.Transaction + ")"
	}
	_, err := fmt.Fprintf(w, "%s: %s\n", report.Escape(r.Path), report.Escape(text))
	return err
}

// close says the sums, and what they mean for a script.
func (o *stampsOptions) close(w io.Writer, counts map[string]int) error {
	total, bad := 0, 0
	for word, n := range counts {
		if word != "older" && word != "unread" {
			total += n
			if word != string(rewrite.StampValid) {
				bad += n
			}
		}
	}
	fmt.Fprintf(w, "maillint: %d messages: %d with a valid stamp, %d body changed, %d forged, %d missing; %d older, %d not read\n", total,
		counts[string(rewrite.StampValid)], counts[string(rewrite.StampBody)], counts[string(rewrite.StampForged)], counts[string(rewrite.StampMissing)], counts["older"], counts["unread"])
	switch {
	case counts["unread"] > 0:
		return exit(exitUnread)
	case total == 0:
		fmt.Fprintln(w, "maillint: nothing was looked at: that is not clean")
		return exit(exitUnread)
	case bad > 0:
		return exit(exitFindings)
	}
	return nil
}
