package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"maillint/lint"
	"maillint/message"
	"maillint/report"
)

// scanOptions are the flags of scan, as given and as understood.
type scanOptions struct {
	config, format, output string
	failLevel, showLevel   string
	internal, only, except []string
	mailFrom               string
	rcpt                   []string
	since, until           string
	sender                 []string
	jobs                   int
	noProgress             bool
	baseline               string
	writeBaseline          bool
	shard                  string
	lang                   string

	fail        lint.Severity // over Critical: nothing fails
	show        lint.Severity
	envelope    *message.Envelope
	from, to    time.Time // to is the first moment that is too late
	senders     []senderPattern
	part, parts int // of --shard, from 1
}

func (o *scanOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.config, "config", "", "policy `FILE` (default: the policy that ships)")
	f.StringSliceVar(&o.internal, "internal", nil, "internal `DOMAIN`s, where the policy names none")
	f.StringVar(&o.mailFrom, "mail-from", "", "reverse-path `ADDRESS` of a single message; <> for the null one")
	f.StringSliceVar(&o.rcpt, "rcpt", nil, "recipient `ADDRESS`es of a single message's envelope")
	f.StringVar(&o.format, "format", "text", "`FORM` of the report: "+strings.Join(report.Formats(), ", "))
	f.StringVarP(&o.output, "output", "o", "", "write the report to `FILE`")
	f.StringVar(&o.failLevel, "fail-level", "warning", "`SEVERITY` from which on the exit status is 1: info, warning, high, critical, none")
	f.StringVar(&o.showLevel, "show-level", "warning", "`SEVERITY` from which on findings are shown to people; others are counted")
	f.StringSliceVar(&o.only, "only", nil, "run these `RULE`s only")
	f.StringSliceVar(&o.except, "except", nil, "leave these `RULE`s out")
	f.StringVar(&o.since, "since", "", "only messages whose Date is not before this `DAY` (2025-01-31) or time")
	f.StringVar(&o.until, "until", "", "only messages whose Date is not after this `DAY` or time")
	f.StringSliceVar(&o.sender, "sender", nil, "only messages from these `ADDRESS`es or domains")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many messages are judged at the same time")
	f.BoolVar(&o.noProgress, "no-progress", false, "no progress bar on a terminal")
	f.StringVar(&o.baseline, "baseline", "", "report only what is not in this `FILE`")
	f.BoolVar(&o.writeBaseline, "write-baseline", false, "write all that is found into the file of --baseline")
	f.StringVar(&o.lang, "lang", "en", "`LANGUAGE` of explanations in reports for people: en or ja")
	f.StringVar(&o.shard, "shard", "", "scan only the share `I/N` of the messages: 1/8, 2/8 ...")
}

// check turns the flags into values.
func (o *scanOptions) check() error {
	for _, step := range []func() error{o.checkLevels, o.checkDates, o.checkSenders, o.checkEnvelope, o.checkShard} {
		if err := step(); err != nil {
			return err
		}
	}
	if o.jobs < 1 {
		return errors.New("--jobs: must be at least 1")
	}
	if o.writeBaseline && o.baseline == "" {
		return errors.New("--write-baseline: name the file with --baseline FILE")
	}
	return nil
}

func (o *scanOptions) checkLevels() error {
	if o.failLevel == "none" {
		o.fail = lint.Critical + 1
	} else if err := o.fail.UnmarshalText([]byte(o.failLevel)); err != nil {
		return fmt.Errorf("--fail-level: unknown severity %q%s", o.failLevel, orElse(didYouMean(o.failLevel, lint.Severities()), ": want info, warning, high, critical or none"))
	}
	if err := o.show.UnmarshalText([]byte(o.showLevel)); err != nil {
		return fmt.Errorf("--show-level: unknown severity %q%s", o.showLevel, orElse(didYouMean(o.showLevel, lint.Severities()), ": want info, warning, high or critical"))
	}
	if err := checkLang(o.lang); err != nil {
		return err
	}
	return o.checkFormat()
}

func (o *scanOptions) checkFormat() error {
	for _, name := range report.Formats() {
		if name == o.format {
			return nil
		}
	}
	return fmt.Errorf("--format: unknown format %q%s", o.format, orElse(didYouMean(o.format, report.Formats()), ": want "+strings.Join(report.Formats(), ", ")))
}

func (o *scanOptions) checkDates() (err error) {
	if o.since != "" {
		if o.from, _, err = parseDay(o.since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	if o.until != "" {
		if _, o.to, err = parseDay(o.until); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
	}
	if !o.from.IsZero() && !o.to.IsZero() && !o.from.Before(o.to) {
		return errors.New("--since is later than --until: nothing would be scanned")
	}
	return nil
}

// parseDay gives when a day, or a moment, starts and when it is over.
func parseDay(s string) (start, over time.Time, err error) {
	if t, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		return t, t.AddDate(0, 0, 1), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, t.Add(time.Second), nil
	}
	return start, over, fmt.Errorf("%q is no day: write it like 2025-01-31 or 2025-01-31T09:00:00+09:00", s)
}

// senderPattern is an address, or a domain with its sub-domains.
type senderPattern struct{ key, domain string }

func (o *scanOptions) checkSenders() error {
	for _, s := range o.sender {
		if a, ok := message.ParseAddress(s); ok && a.Domain != "" && a.Local != "" {
			o.senders = append(o.senders, senderPattern{key: a.Key()})
			continue
		}
		d, ok := message.Domain(strings.TrimPrefix(s, "@"))
		if !ok || !strings.Contains(d, ".") {
			return fmt.Errorf("--sender: %q is no address and no domain: write taro@example.jp or example.jp", s)
		}
		o.senders = append(o.senders, senderPattern{domain: d})
	}
	return nil
}

func (p senderPattern) matches(a message.Address) bool {
	if p.key != "" {
		return a.Key() == p.key
	}
	return a.Domain == p.domain || strings.HasSuffix(a.Domain, "."+p.domain)
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
			return fmt.Errorf("--mail-from: %q is no address: write taro@example.jp, or <> for the null reverse-path", o.mailFrom)
		}
		env.ReversePath = a
	}
	for _, r := range o.rcpt {
		a, ok := message.ParseAddress(r)
		if !ok {
			return fmt.Errorf("--rcpt: %q is no address: write hanako@example.com", r)
		}
		env.Recipients = append(env.Recipients, a)
	}
	o.envelope = env
	return nil
}

func (o *scanOptions) checkShard() error {
	if o.shard == "" {
		return nil
	}
	if n, err := fmt.Sscanf(o.shard, "%d/%d", &o.part, &o.parts); n != 2 || err != nil || o.part < 1 || o.part > o.parts || fmt.Sprintf("%d/%d", o.part, o.parts) != o.shard {
		return fmt.Errorf("--shard: %q is no share: write 1/8, 2/8 ... 8/8", o.shard)
	}
	return nil
}
