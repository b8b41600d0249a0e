package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"maillint/gate"
	"maillint/internal/monitor"
	"maillint/milter"
	"maillint/policy"
	"maillint/rewrite"
)

// milterOptions are the flags of "maillint milter".
type milterOptions struct {
	doorOptions
	listen []string
	verify bool
	refuse bool
}

func (o *milterOptions) flags(f *pflag.FlagSet) {
	o.doorOptions.flags(f)
	f.StringSliceVar(&o.listen, "listen", nil, "socket: unix:PATH or inet:HOST:PORT: milter.listen")
	f.BoolVar(&o.verify, "verify-stamp", false, "judge nothing, and take only mail whose stamp proves that it went through maillint")
	f.BoolVar(&o.refuse, "refuse", false, "with --verify-stamp: answer 550 instead of 451 to other mail")
}

// load is the policy with the flags in the place of its entries.
func (o *milterOptions) load() (*policy.Policy, error) {
	p, err := o.doorOptions.load()
	if err != nil {
		return nil, err
	}
	for _, s := range o.listen {
		if hint := policy.CheckSocket(s); hint != "" {
			return nil, fmt.Errorf("--listen: %q is no socket: %s", s, hint)
		}
	}
	if len(o.listen) > 0 {
		p.Milter.Listen = o.listen
	}
	return p, nil
}

func milterCommand() *cobra.Command {
	var o milterOptions
	cmd := &cobra.Command{
		Use:   "milter",
		Short: "Judge mail for Postfix or Sendmail before they take it",
		Long: `Milter is the proxy's gate behind a milter socket: the MTA keeps its ports and its queue, and
asks before it answers its client. What is held is stored here, durably, and taken from the MTA;
where only some recipients are held, the others get the message.

With --verify-stamp it judges nothing: it stands at the next hop and takes only mail with a valid
stamp (policy: stamp.keys), so that nothing goes around maillint.

Set the MTA to answer 451 where the milter does not answer (Postfix: milter_default_action =
tempfail). docs/operate.md has the set-up.`,
		Example: `  maillint milter --config /etc/maillint/rules.yaml --listen unix:/run/maillint/milter.sock
  maillint milter --config /etc/maillint/rules.yaml --listen inet:127.0.0.1:8892 --verify-stamp --refuse`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.verify {
				return runVerify(cmd, &o)
			}
			if o.refuse {
				return errors.New("--refuse goes with --verify-stamp")
			}
			return runDoor(cmd.Context(), cmd, door{"milter", &o.doorOptions, o.load, (*running).listenMilter})
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

// listenMilter opens the sockets and gives a line "NAME ADDRESS" for each.
func (r *running) listenMilter(p *policy.Policy) ([]string, error) {
	budget, err := newSpool(p)
	if err != nil {
		return nil, err
	}
	s := milter.New(milter.Options{
		Gate: r.gate, Policy: r.gate.Policy, Vouched: p.Milter.Vouched, Spool: budget, Log: r.log, Canary: r.canary.taker,
		MessageSize: p.Proxy.MessageSize, Recipients: p.Proxy.Recipients, Connections: p.Proxy.Connections,
	})
	r.server = s
	list, err := openSockets(s, p.Milter.Listen)
	for _, a := range list {
		r.canary.socket(a)
	}
	return list, err
}

// openSockets opens the milter's sockets, or takes the one that systemd has
// opened.
func openSockets(s *milter.Server, where []string) ([]string, error) {
	given, err := inherited()
	if err != nil {
		return nil, err
	}
	var out []string
	for name, l := range given {
		if err := s.Serve(l); err != nil {
			return nil, err
		}
		out = append(out, name+" "+l.Addr().String())
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, w := range where {
		l, err := milter.Listen(w)
		if err != nil {
			return nil, err
		}
		if err := s.Serve(l); err != nil {
			return nil, err
		}
		out = append(out, "milter "+l.Addr().String())
	}
	return out, nil
}

// runVerify runs the milter that looks at stamps alone.
func runVerify(cmd *cobra.Command, o *milterOptions) error {
	log, err := newLog(cmd.ErrOrStderr(), o.logFormat, o.logLevel)
	if err != nil {
		return err
	}
	p, err := o.load()
	if err != nil {
		return sayProblems(err, cmd.ErrOrStderr())
	}
	keys, err := gate.StampKeys(p)
	switch {
	case err != nil:
		return err
	case len(keys) == 0:
		return errors.New("--verify-stamp: the policy has no stamp.keys (write stamp: {keys: {NAME: file:PATH}})")
	case len(p.Milter.Listen) == 0:
		return errors.New("milter: no socket (write --listen unix:/run/maillint/verify.sock)")
	}
	budget, err := newSpool(p)
	if err != nil {
		return err
	}
	m := monitor.New(version)
	s := milter.New(milter.Options{Spool: budget, MessageSize: p.Proxy.MessageSize, Log: log, Stamps: &milter.Stamps{Keys: keys, Refuse: o.refuse, Tell: tellStamps(log, m)}})
	addresses, err := openSockets(s, p.Milter.Listen)
	if err != nil {
		return err
	}
	return waitVerify(cmd, o, log, m, s, addresses)
}

// tellStamps logs and counts each verdict.
func tellStamps(log *slog.Logger, m *monitor.Monitor) func(string, rewrite.StampVerdict, rewrite.Stamp) {
	return func(id string, v rewrite.StampVerdict, s rewrite.Stamp) {
		m.Stamps.WithLabelValues(string(v)).Inc()
		log.Info("stamp", "id", id, "verdict", string(v), "transaction", s.ID, "key", s.Key)
	}
}

func waitVerify(cmd *cobra.Command, o *milterOptions, log *slog.Logger, m *monitor.Monitor, s *milter.Server, addresses []string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	closeMonitor, err := serveMonitor(o.monitor, m.Handler(o.profiles))
	if err != nil {
		return err
	}
	defer closeMonitor()
	if err := writeReady(o.readyFile, addresses); err != nil {
		return err
	}
	log.Info("ready", "version", version, "listeners", addresses)
	tell(log, daemon.SdNotifyReady)
	go keepWatchdog(ctx, log, func() bool { return true })
	<-ctx.Done()
	tell(log, daemon.SdNotifyStopping)
	drain, cancel := context.WithTimeout(context.Background(), o.drain)
	defer cancel()
	return s.Shutdown(drain)
}
