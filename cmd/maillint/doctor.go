package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"maillint/doctor"
	"maillint/notify"
	"maillint/policy"
	"maillint/report"
	"maillint/smtpproxy"
	"maillint/store"
)

// doctorOptions are the flags of maillint doctor, besides those of a door.
type doctorOptions struct {
	doorOptions
	door, format string
	around, send bool
}

func doctorCommand() *cobra.Command {
	o := &doctorOptions{}
	cmd := &cobra.Command{
		Use:   "doctor [POINT...]",
		Short: "Look at everything around a running maillint, and say what is wrong",
		Long: `Doctor looks at the policy, keys, certificates, store, clock, routes, listeners, Postfix, units and
the running program, and prints a line for each point: OK, WARN, FAIL, or SKIP for what cannot be
looked at here; below it what that means, and what to do. Points can be named.

It changes nothing and sends no message. The next hop, the release route and our own listeners are
asked with MAIL and RCPT, and the dialogue ends before DATA; --send sends one test notice to the
administrators and a test to the webhook. --around looks at one thing only, and is for a user's
machine: whether mail gets past maillint from there.

Run it as the user of the program, or as root, where the program runs.

Points: ` + strings.Join(doctor.Points(), ", ") + `.

Exit status: 0 nothing to do, 1 warnings, 2 failures, usage or policy error.`,
		Example: `  maillint doctor --config /etc/maillint/rules.yaml
  maillint doctor --config /etc/maillint/rules.yaml store "release route" --format json
  maillint doctor --config rules.yaml --around`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "", "policy `FILE` (default: rules.yaml in this folder)")
	f.StringVar(&o.store, "store", "", "`STORE` in the place of the policy's")
	f.StringVar(&o.monitor, "monitor", "127.0.0.1:9125", "`ADDRESS` of the running program's --monitor; empty: it is not asked")
	f.StringVar(&o.door, "for", "", "what runs: proxy or milter (default: what the policy has a section of)")
	f.StringVar(&o.format, "format", "text", "text or json: a finding a line")
	f.BoolVar(&o.around, "around", false, "only try to get past maillint from this machine")
	f.BoolVar(&o.send, "send", false, "send a test notice to the administrators, and a test to the webhook")
	return cmd
}

func (o *doctorOptions) run(cmd *cobra.Command, names []string) error {
	if err := o.check(names); err != nil {
		return err
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	list, err := o.examine(ctx, names)
	if err != nil {
		return err
	}
	if err := o.write(cmd.OutOrStdout(), list); err != nil {
		return err
	}
	switch doctor.Worst(list) {
	case doctor.Fail:
		return exit(exitUsage)
	case doctor.Warn:
		return exit(exitFindings)
	}
	return nil
}

func (o *doctorOptions) check(names []string) error {
	for _, n := range names {
		if !slices.Contains(doctor.Points(), n) {
			return fmt.Errorf("doctor: unknown point %q%s", n, orElse(didYouMean(n, doctor.Points()), " (known: "+strings.Join(doctor.Points(), ", ")+")"))
		}
	}
	switch {
	case o.format != "text" && o.format != "json":
		return fmt.Errorf("--format %q: unknown (want text or json)", o.format)
	case o.door != "" && o.door != "proxy" && o.door != "milter":
		return fmt.Errorf("--for %q: unknown (want proxy or milter)", o.door)
	}
	return nil
}

// examine makes the patient and looks at it. A policy that cannot be read is
// the one finding there is.
func (o *doctorOptions) examine(ctx context.Context, names []string) ([]doctor.Finding, error) {
	p, err := o.load()
	if problems, ok := policy.AsProblems(err); ok {
		var out []doctor.Finding
		for _, b := range problems {
			out = append(out, doctor.Finding{Point: "policy", Level: doctor.Fail, Text: b.String(), Means: "the program does not start, or does not take this policy at a reload", Do: "mend it, and run maillint check"})
		}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	d := &doctor.Patient{Policy: p, Door: o.doorOf(p), Monitor: o.monitor, Send: o.send, Program: program, Now: time.Now}
	if err := o.routes(p, d); err != nil {
		return nil, err
	}
	if o.around {
		d.Door = doctor.Around
		return d.Examine(ctx, doctor.Around), nil
	}
	d.Store, d.StoreError = openForDoctor(ctx, p)
	if d.Store != nil {
		defer d.Store.Close()
	}
	return d.Examine(ctx, names...), nil
}

// doorOf is what the policy is for.
func (o *doctorOptions) doorOf(p *policy.Policy) string {
	switch {
	case o.door != "":
		return o.door
	case len(p.Milter.Listen) > 0 && len(p.Proxy.Listeners) == 0:
		return "milter"
	}
	return "proxy"
}

func (o *doctorOptions) routes(p *policy.Policy, d *doctor.Patient) (err error) {
	for _, h := range p.Proxy.NextHops {
		r, err := smtpproxy.Route(h, p.Proxy.Hostname)
		if err != nil {
			return fmt.Errorf("next_hops.%s: %w", h.Name, err)
		}
		d.Hops = append(d.Hops, r)
	}
	if d.Release, err = releaseRoute(p); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	if w := p.Notify.Webhook; w.URL.Reveal() != "" {
		d.Webhook, err = notify.NewWebhook(w.URL.Reveal(), []byte(w.Secret.Reveal()), w.CA, w.Timeout)
	}
	return err
}

// openForDoctor opens the store as it is, or says why not.
func openForDoctor(ctx context.Context, p *policy.Policy) (store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	o := store.Options{Existing: true}
	if secret := p.Store.Key.Reveal(); secret != "" {
		var err error
		if o.Key, err = store.ParseKey(secret); err != nil {
			return nil, err
		}
	}
	return store.Open(ctx, p.Store.Address, o)
}

// program runs another program, for a bounded time and output.
func program(ctx context.Context, name string, args ...string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil { // not every shell has /usr/sbin
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			return "", fmt.Errorf("%s: %w", name, exec.ErrNotFound)
		}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(out), fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(failed.Stderr)))
	}
	return string(out), err
}

func (o *doctorOptions) write(w io.Writer, list []doctor.Finding) error {
	if o.format == "json" {
		for _, f := range list {
			if err := writeJSONLine(w, f); err != nil {
				return err
			}
		}
		return nil
	}
	count := map[doctor.Level]int{}
	for _, f := range list {
		count[f.Level]++
		if err := writeFinding(w, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d OK, %s, %s, %d skipped\n", count[doctor.OK], report.Plural(count[doctor.Warn], "warning"), report.Plural(count[doctor.Fail], "failure"), count[doctor.Skipped])
	return err
}

// writeFinding writes a line, and what it means and what to do below it.
func writeFinding(w io.Writer, f doctor.Finding) error {
	color, plain := "", ""
	if colorful(w) {
		color, plain = map[doctor.Level]string{doctor.OK: "\x1b[32m", doctor.Warn: "\x1b[33m", doctor.Fail: "\x1b[1;31m"}[f.Level], "\x1b[0m"
	}
	_, err := fmt.Fprintf(w, "%s%-4s%s  %s: %s\n", color, f.Level, plain, f.Point, report.Escape(f.Text))
	for _, more := range []string{f.Means, f.Do} {
		if more != "" && err == nil && f.Level > doctor.Skipped {
			_, err = fmt.Fprintf(w, "      %s\n", report.Escape(more))
		}
	}
	return err
}
