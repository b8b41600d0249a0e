package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/internal/canary"
	"maillint/lint"
	"maillint/policy"
	"maillint/submit"
)

// Exit codes of a monitoring plug-in (Monitoring Plugins Development
// Guidelines, "Plugin Return Codes").
const (
	exitOK       = 0
	exitWarning  = 1
	exitCritical = 2
	exitUnknown  = 3
)

// keyVariable is the environment variable that may hold the canary's key.
const keyVariable = "MAILLINT_CANARY_KEY"

// canaryOptions are the flags of "maillint canary".
type canaryOptions struct {
	via        string
	config     string
	internal   []string
	listener   string
	keyFile    string
	tls        string
	ca         string
	serverName string
	insecure   bool
	timeout    time.Duration
	warning    time.Duration
}

func (o *canaryOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.via, "via", "", "HOST:PORT of the listener to go through")
	f.StringVar(&o.config, "config", "", "the proxy's policy (default: rules.yaml in this folder, else the policy that ships)")
	f.StringSliceVar(&o.internal, "internal", nil, "our domains: organization.domains")
	f.StringVar(&o.listener, "listener", "", "the listener's name in the policy (default: the one with this port, or the only one)")
	f.StringVar(&o.keyFile, "key-file", "", "file with the key (default: $"+keyVariable+", else the policy's canary.key)")
	f.StringVar(&o.tls, "tls", "auto", "auto (implicit on port 465, else STARTTLS where offered), starttls, implicit or none")
	f.StringVar(&o.ca, "ca", "", "PEM file of the authorities (default: the machine's)")
	f.StringVar(&o.serverName, "server-name", "", "the name in the certificate, where it is not that of --via")
	f.BoolVar(&o.insecure, "insecure", false, "take any certificate")
	f.DurationVar(&o.timeout, "timeout", 55*time.Second, "how long everything may take")
	f.DurationVar(&o.warning, "warning", 0, "how long a round may take before it is a warning (default: any time)")
}

func canaryCommand() *cobra.Command {
	var o canaryOptions
	cmd := &cobra.Command{
		Use:   "canary --via HOST:PORT",
		Short: "Prove from outside that mail is judged: a monitoring plug-in",
		Long: `Canary sends, through a listener of a running proxy, for every rule that the policy enforces a
message that must be found, and the same message put right, which must pass. None of them reaches
anybody: behind the connection stands a sink.

It is for a monitoring system on another machine: one line of output with performance data, and
exit code 0 (OK), 1 (warning: slower than --warning), 2 (critical: a rule is lost, or the listener
does not answer as it must) or 3 (unknown: the check itself could not be made).

Both sides need the same key, and the proxy this machine's address:

  canary:
    key: file:/etc/maillint/canary.key      # openssl rand -hex 32
    from: [192.0.2.10]

The proxy makes rounds of its own, too; maillint_canary_rounds_total counts them.`,
		Example: `  maillint canary --via mail.example.ac.jp:587 --config /etc/maillint/rules.yaml
  MAILLINT_CANARY_KEY=... maillint canary --via 192.0.2.25:25 --internal example.ac.jp --listener front`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(cmd, errors.New("canary takes no arguments (write --via HOST:PORT)"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			code, line := o.check(cmd.Context())
			fmt.Fprintln(cmd.OutOrStdout(), line)
			if code == exitOK {
				return nil
			}
			return exit(code)
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return unknown(cmd, flagError(cmd, err)) })
	o.flags(cmd.Flags())
	return cmd
}

// unknown says in the plug-in's way that the check could not be made.
func unknown(cmd *cobra.Command, err error) error {
	fmt.Fprintln(cmd.OutOrStdout(), plain("CANARY UNKNOWN - "+err.Error()))
	return exit(exitUnknown)
}

// check makes a round, and gives the exit code and the line.
func (o *canaryOptions) check(ctx context.Context) (int, string) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	r, err := o.round()
	if err != nil {
		return exitUnknown, plain("CANARY UNKNOWN - " + err.Error())
	}
	result := r.Run(ctx)
	if ctx.Err() != nil {
		result.Faults = []canary.Fault{{Part: "listener " + r.Target.Listener, Text: fmt.Sprintf("nothing to be heard within %s", o.timeout)}}
	}
	return o.verdict(result)
}

// round is what is to be sent, and where.
func (o *canaryOptions) round() (*canary.Round, error) {
	if err := checkAddress("--via", o.via); err != nil {
		return nil, err
	}
	p, err := o.load()
	if err != nil {
		return nil, err
	}
	key, err := o.key(p)
	if err != nil {
		return nil, err
	}
	route, err := o.route()
	if err != nil {
		return nil, err
	}
	name, err := o.name(p)
	if err != nil {
		return nil, err
	}
	plan, err := canary.NewPlan(p)
	if err != nil {
		return nil, err
	}
	return &canary.Round{Policy: p, Plan: plan, Target: canary.Target{Listener: name, Key: key, Dial: canary.Through(route)}}, nil
}

// load is the policy that the listener is expected to follow.
func (o *canaryOptions) load() (*policy.Policy, error) {
	path := o.config
	if _, err := os.Stat("rules.yaml"); path == "" && err == nil {
		path = "rules.yaml"
	}
	p, err := parsePolicy(path)
	if err != nil {
		return nil, errors.New(firstProblem(err))
	}
	if len(o.internal) > 0 {
		if _, err := lint.NewOrg(o.internal); err != nil {
			return nil, fmt.Errorf("--internal: %w: write it like example.ac.jp,example.com", err)
		}
		p.Organization.Domains = o.internal
	}
	if len(p.Organization.Domains) == 0 {
		return nil, errors.New("our domains are not known (write --config FILE, or --internal example.ac.jp)")
	}
	return p, nil
}

// key is the flag's, the environment's, or the policy's.
func (o *canaryOptions) key(p *policy.Policy) ([]byte, error) {
	key := os.Getenv(keyVariable)
	if o.keyFile != "" {
		b, err := os.ReadFile(o.keyFile)
		if err != nil {
			return nil, fmt.Errorf("--key-file: %w", err)
		}
		key = strings.TrimRight(string(b), "\r\n")
	}
	if key == "" {
		key = p.Canary.Key.Reveal()
	}
	switch {
	case key == "":
		return nil, fmt.Errorf("no key (write canary: {key: file:PATH} in the policy, --key-file PATH, or set %s)", keyVariable)
	case len(key) < 16:
		return nil, errors.New("the key is shorter than 16 characters: the proxy would not take it")
	}
	return []byte(key), nil
}

// name is the listener's name, which tokens hold.
func (o *canaryOptions) name(p *policy.Policy) (string, error) {
	if o.listener != "" {
		return o.listener, nil
	}
	_, port, _ := net.SplitHostPort(o.via)
	var names, fit []string
	for _, l := range p.Proxy.Listeners {
		names = append(names, l.Name)
		if _, own, _ := net.SplitHostPort(l.Address); own == port {
			fit = append(fit, l.Name)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(names) == 1:
		return names[0], nil
	case len(names) == 0:
		return "listen", nil // what a listener of --listen is called
	}
	return "", fmt.Errorf("which listener is behind %s? (write --listener NAME, one of %s)", o.via, strings.Join(names, ", "))
}

// route is the way to the listener.
func (o *canaryOptions) route() (*submit.Route, error) {
	_, port, _ := net.SplitHostPort(o.via)
	out := &submit.Route{
		Name: "canary", Addresses: []string{o.via}, Hello: canary.Domain,
		Timeouts: submit.Timeouts{Connect: o.timeout, Command: o.timeout, Block: o.timeout, Final: o.timeout},
	}
	word := o.tls
	if word == "auto" && port == "465" {
		word = "implicit"
	}
	modes := map[string]submit.Security{"auto": submit.Opportunistic, "starttls": submit.StartTLS, "implicit": submit.Implicit, "none": submit.Clear}
	mode, ok := modes[word]
	if !ok {
		return nil, fmt.Errorf("--tls: %q is unknown (auto, starttls, implicit or none)", o.tls)
	}
	out.Security = mode
	out.TLS = &tls.Config{ServerName: o.serverName, InsecureSkipVerify: o.insecure}
	if o.ca != "" {
		pem, err := os.ReadFile(o.ca)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		out.TLS.RootCAs = x509.NewCertPool()
		if !out.TLS.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca: %s holds no certificate", o.ca)
		}
	}
	return out, nil
}

// verdict is the exit code and the line of a round.
func (o *canaryOptions) verdict(r *canary.Result) (int, string) {
	rules := 0
	for _, s := range r.Rules {
		if s.OK && s.Case != "" {
			rules++
		}
	}
	numbers := fmt.Sprintf("%d of %d messages as they must be, %d rules at work, %.2f s", r.Right, r.Messages, rules, r.Took.Seconds())
	slowest := ""
	if o.warning > 0 {
		slowest = fmt.Sprintf("%.3f", o.warning.Seconds())
	}
	perf := fmt.Sprintf("time=%.3fs;%s;;0 messages=%d;;;0 right=%d;;;0 rules=%d;;;0 faults=%d;;0;0", r.Took.Seconds(), slowest, r.Messages, r.Right, rules, len(r.Faults))
	code, text := exitOK, "CANARY OK - "+numbers
	switch {
	case len(r.Faults) > 0:
		code, text = exitCritical, fmt.Sprintf("CANARY CRITICAL - %s: %s", r.Faults[0].Part, r.Faults[0].Text)
		if more := len(r.Faults) - 1; more > 0 {
			text += fmt.Sprintf(" (and %d more)", more)
		}
		text += "; " + numbers
	case o.warning > 0 && r.Took > o.warning:
		code, text = exitWarning, fmt.Sprintf("CANARY WARNING - slower than %s: %s", o.warning, numbers)
	}
	return code, plain(text) + " | " + perf
}

// plain is a text as it may stand in a plug-in's line: one line, without the
// bar that begins the performance data, and of what a terminal can show.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '|':
			return '/'
		case c < ' ' || c >= 0x7f && c < 0xa0:
			return ' '
		}
		return c
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
