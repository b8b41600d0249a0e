package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/store"
)

// mostBrake is the longest brake: who needs more changes the policy.
const mostBrake = 7 * 24 * time.Hour

// brakeOptions are the flags of maillint brake.
type brakeOptions struct {
	off        bool
	length     time.Duration
	reason, by string
}

func brakeCommand() *cobra.Command {
	q, o := &quarantine{}, &brakeOptions{}
	cmd := &cobra.Command{
		Use:   "brake [RULE...|all]",
		Short: "Stop rules from holding or refusing mail, on all proxies at once",
		Long: `Brake is for the moment in which a rule holds what it should not. It turns the named rules, or
all, to monitor: what they find is counted and logged, and the mail leaves. All proxies and milters
on the store follow within seconds, and go back by themselves when the time is over. What is held
already stays held: release it with "maillint quarantine release".

A brake is recorded in the audit log with who set it and why. /readyz, the metrics, the log, "maillint
quarantine list" and the daily report show it, and the administrators are told by mail.

Without arguments it lists the brakes that are on.

Exit status: 0 done, 1 refused (there is no such brake to take off), 2 usage, policy or store error.`,
		Example: `  maillint brake exposed-recipients --for 2h --reason "graduation mail, asked for by the president"
  maillint brake all --for 30m --reason "everything is held since the update of 14:00"
  maillint brake
  maillint brake --off all --reason "mended"`,
	}
	cmd.RunE = q.run(func(rules []string) error { return q.brake(rules, o) })
	q.flags(cmd.Flags())
	f := cmd.Flags()
	f.BoolVar(&o.off, "off", false, "take the brake off, now; all: every brake")
	f.DurationVar(&o.length, "for", 2*time.Hour, "how long, at most 168h")
	f.StringVar(&o.reason, "reason", "", "why, for the audit log and everybody who sees the brake")
	f.StringVar(&o.by, "by", "", "`ADDRESS` of who decides that, for the audit log")
	for _, name := range []string{"off", "for", "reason", "by"} {
		_ = f.SetAnnotation(name, notFromEnvironment, []string{})
	}
	f.VisitAll(func(flag *pflag.Flag) { flag.DefValue = strings.TrimSuffix(flag.DefValue, "0m0s") })
	return cmd
}

func (q *quarantine) brake(rules []string, o *brakeOptions) error {
	if len(rules) == 0 {
		if o.off || o.reason != "" {
			return errors.New("brake: name the rules, or all")
		}
		return q.listBrakes()
	}
	if err := o.check(); err != nil {
		return err
	}
	names, err := q.brakeNames(rules, o.off)
	switch {
	case err != nil:
		return err
	case o.off:
		return q.brakeOff(names, o)
	}
	for _, name := range names {
		b, err := q.db.Brake(q.ctx, store.Brake{Rule: name, By: o.by, OSUser: osUser(), Reason: o.reason}, o.length)
		if err != nil {
			return fmt.Errorf("brake: %s: %w", name, err)
		}
		if err := q.printBrake(b); err != nil {
			return err
		}
	}
	return nil
}

func (o *brakeOptions) check() error {
	o.reason = strings.Join(strings.Fields(o.reason), " ")
	switch a, ok := message.ParseAddress(o.by); {
	case o.by != "" && (!ok || a.Domain == ""):
		return fmt.Errorf("--by: %q is no address", o.by)
	case o.off:
		return nil
	case o.reason == "":
		return errors.New(`brake: --reason is missing (everybody who sees the brake reads it: --reason "why")`)
	case len(o.reason) > 500:
		return errors.New("--reason: longer than 500 octets")
	case o.length < time.Minute || o.length > mostBrake:
		return fmt.Errorf("--for: %s is not between 1m and 168h (for longer set mode: monitor in the policy)", o.length)
	}
	return nil
}

// brakeNames are the rules as findings name them. What is to be taken off may
// be of a rule that the policy has no more.
func (q *quarantine) brakeNames(rules []string, off bool) ([]string, error) {
	if slices.Contains(rules, store.BrakeAll) && len(rules) > 1 {
		return nil, errors.New("brake: all, or rules by name, not both")
	}
	var out []string
	for _, name := range rules {
		known := q.ruleNamed(name)
		switch {
		case name == store.BrakeAll || off && known == nil:
			out = append(out, name)
		case known == nil:
			return nil, fmt.Errorf("brake: unknown rule %q%s", name, orElse(didYouMean(name, q.ruleNames()), ` ("maillint rules" lists them)`))
		default:
			out = append(out, known.Name)
		}
	}
	return out, nil
}

// ruleNamed finds a rule of the policy by its name, or by a former one.
func (q *quarantine) ruleNamed(name string) *policy.Rule {
	if r := q.policy.Rule(name); r != nil {
		return r
	}
	for _, r := range q.policy.Rules {
		if r.Name == r.Rule.ID && slices.Contains(r.Rule.Aliases, name) {
			return r
		}
	}
	return nil
}

func (q *quarantine) ruleNames() []string {
	out := []string{store.BrakeAll}
	for _, r := range q.policy.Rules {
		out = append(out, r.Name)
	}
	return out
}

func (q *quarantine) brakeOff(names []string, o *brakeOptions) error {
	on, err := q.db.Brakes(q.ctx)
	if err != nil {
		return err
	}
	if names[0] == store.BrakeAll {
		for _, b := range on {
			names = append(names, b.Rule)
		}
	}
	ended, err := q.db.EndBrakes(q.ctx, names, store.Record{By: o.by, OSUser: osUser(), Reason: o.reason})
	if err != nil {
		return err
	}
	for _, b := range ended {
		if err := q.say(map[string]string{"off": b.Rule}, "%s: the brake is off, all proxies follow within seconds\n", b.Rule); err != nil {
			return err
		}
	}
	if len(ended) == 0 {
		fmt.Fprintf(q.stderr, "maillint: brake: no brake of %s is on\n", report.Escape(strings.Join(names, ", ")))
		return exit(exitRefused)
	}
	return nil
}

// say writes an object, or a line.
func (q *quarantine) say(v any, format string, args ...any) error {
	if q.json {
		return q.printJSON(v)
	}
	_, err := fmt.Fprintf(q.stdout, format, args...)
	return err
}

func (q *quarantine) printBrake(b store.Brake) error {
	return q.say(b, "%s\nall proxies follow within seconds; what is held already stays held\n", brakeLine(b))
}

func (q *quarantine) listBrakes() error {
	on, err := q.db.Brakes(q.ctx)
	if err != nil {
		return err
	}
	for _, b := range on {
		if err := q.say(b, "%s\n", brakeLine(b)); err != nil {
			return err
		}
	}
	if len(on) == 0 && !q.json {
		_, err = fmt.Fprintln(q.stdout, "no brake is on")
	}
	return err
}

// brakeLine is a brake in one line.
func brakeLine(b store.Brake) string {
	what := b.Rule + " is only monitored"
	if b.Rule == store.BrakeAll {
		what = "all rules are only monitored"
	}
	return fmt.Sprintf("BRAKE: %s until %s, by %s since %s: %s", what, clock(b.Until), report.Escape(orElse(b.By, b.OSUser)), clock(b.Since), report.Escape(b.Reason))
}

// warnOfBrakes says beside what was asked for that rules do not hold now.
func (q *quarantine) warnOfBrakes() {
	on, err := q.db.Brakes(q.ctx)
	if err != nil {
		fmt.Fprintf(q.stderr, "maillint: brakes: %v\n", err)
	}
	red, plain := "", ""
	if colorful(q.stderr) {
		red, plain = "\x1b[1;31m", "\x1b[0m"
	}
	for _, b := range on {
		fmt.Fprintf(q.stderr, "%s%s%s\n", red, brakeLine(b), plain)
	}
}
