package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"maillint/gate"
	"maillint/internal/monitor"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/smtpproxy"
	"maillint/store"
	"maillint/submit"
)

func proxyCommand() *cobra.Command {
	var o proxyOptions
	cmd := &cobra.Command{
		Use:   "proxy",
		Short: "Stand before a mail server, and hold the mail that should not leave",
		Long: `Proxy takes mail from mail programs or from a mail server, judges each message whole, and
passes it on to the next hop: as it came, tagged, or with its outside recipients moved to Bcc.
What needs a person is held, durably, until somebody has decided or its time has come.

A client hears 250 only after the next hop has said it, or after the message is stored. A failure
of ours answers 451: the client tries again, and nothing is lost.

SIGHUP reads the policy again; a bad one is refused, and the one in force stays. SIGTERM lets
open transactions end. docs/postfix.md has the set-up with Postfix.`,
		Example: `  maillint proxy --internal example.ac.jp --listen 127.0.0.1:2587 --next-hop localhost:25 \
      --release localhost:25 --fallback postmaster@example.ac.jp
  maillint proxy --config /etc/maillint/rules.yaml --monitor 127.0.0.1:9125`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			return runProxy(ctx, &o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	o.flags(cmd.Flags())
	return cmd
}

// running is a proxy with all that belongs to it.
type running struct {
	options *proxyOptions
	log     *slog.Logger
	monitor *monitor.Monitor
	store   store.Store
	gate    *gate.Gate
	server  *smtpproxy.Server
	closers []func()
}

func runProxy(ctx context.Context, o *proxyOptions, stdout, stderr io.Writer) error {
	log, err := newLog(stderr, o.logFormat, o.logLevel)
	if err != nil {
		return err
	}
	p, err := o.load()
	if err == nil {
		err = ready(p)
	}
	if err != nil {
		return sayProblems(err, stderr)
	}
	printProblems(stderr, p.Warnings)
	r := &running{options: o, log: log, monitor: monitor.New(version, "listeners", "store", "release route")}
	defer r.close()
	if err := r.open(ctx, p); err != nil {
		return err
	}
	addresses, err := r.listen(p)
	if err != nil {
		return err
	}
	if err := r.serve(ctx, p, addresses); err != nil {
		return err
	}
	for _, a := range addresses {
		fmt.Fprintf(stdout, "maillint: %s\n", a)
	}
	r.reloads(ctx)
	return r.drain()
}

// sayProblems prints the problems of a policy, all of them.
func sayProblems(err error, stderr io.Writer) error {
	if problems, ok := policy.AsProblems(err); ok {
		printProblems(stderr, problems)
		return exit(exitUsage)
	}
	return err
}

// ready is what keeps a policy from being run by the proxy, or nil.
func ready(p *policy.Policy) error {
	if problems := p.CheckFor("proxy"); problems.Errors() {
		return problems
	}
	return nil
}

func (r *running) close() {
	for _, f := range slices.Backward(r.closers) {
		f()
	}
}

// open opens the store and makes the gate.
func (r *running) open(ctx context.Context, p *policy.Policy) error {
	s, err := openStore(ctx, p, r.log)
	if err != nil {
		return err
	}
	r.store = s
	r.closers = append(r.closers, func() { _ = s.Close() })
	release, err := releaseRoute(p)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	r.gate, err = gate.New(gate.Options{
		Policy: p, Store: s, Hostname: p.Proxy.Hostname, Log: r.log,
		Release:  func(ctx context.Context) (*submit.Session, error) { return release.Dial(ctx, submit.Client{}) },
		Observer: observer{r.log, r.monitor}.functions(),
	})
	return err
}

func openStore(ctx context.Context, p *policy.Policy, log *slog.Logger) (store.Store, error) {
	var key []byte
	if secret := p.Store.Key.Reveal(); secret != "" {
		var err error
		if key, err = store.ParseKey(secret); err != nil {
			return nil, fmt.Errorf("store.key: %w", err)
		}
	}
	s, err := store.Open(ctx, p.Store.Address, store.Options{Key: key, Log: log})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return s, nil
}

// releaseRoute is the way of held mail and notices.
func releaseRoute(p *policy.Policy) (*submit.Route, error) {
	r, err := smtpproxy.Route(&policy.NextHop{Name: "release", Addresses: p.Release.Addresses, Transport: p.Release.Transport}, p.Proxy.Hostname)
	if err != nil {
		return nil, err
	}
	if p.Release.Username != "" {
		password := p.Release.Password
		r.Auth = &submit.Auth{User: p.Release.Username, Secret: func() (string, error) { return password.Reveal(), nil }}
	}
	return r, nil
}

// listen opens the listeners and gives a line "NAME ADDRESS" for each.
func (r *running) listen(p *policy.Policy) ([]string, error) {
	budget, err := spool.New(p.Proxy.SpoolFolder, p.Proxy.Memory, p.Proxy.Spool, p.Proxy.Floor)
	if err != nil {
		return nil, fmt.Errorf("proxy.spool: %w", err)
	}
	if p.Store.Key.Reveal() != "" {
		budget.Encrypt()
	}
	listeners, err := smtpproxy.Listeners(&p.Proxy, r.log)
	if err != nil {
		return nil, err
	}
	r.server = smtpproxy.New(smtpproxy.Options{
		Hostname: p.Proxy.Hostname, Gate: r.gate, Policy: r.gate.Policy, Spool: budget, Log: r.log,
		MessageSize: p.Proxy.MessageSize, Recipients: p.Proxy.Recipients, Connections: p.Proxy.Connections, PerClient: p.Proxy.PerClient,
	})
	var out []string
	for _, l := range listeners {
		addr, err := r.server.Listen(l)
		if err != nil {
			return nil, err
		}
		out = append(out, l.Name+" "+addr.String())
	}
	return out, nil
}

// serve starts what runs beside the listeners, and says that we are ready.
func (r *running) serve(ctx context.Context, p *policy.Policy, addresses []string) error {
	if err := r.monitor.Register(monitor.Held(r.heldNow, r.monitor.StoreErrors)); err != nil {
		return err
	}
	r.loaded(p)
	if err := r.serveMonitor(); err != nil {
		return err
	}
	var wait sync.WaitGroup
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	wait.Go(func() { r.gate.Run(work) })
	wait.Go(func() { r.watch(work) })
	r.closers = append(r.closers, func() { stop(); wait.Wait() })
	r.monitor.Set("listeners", nil)
	r.log.Info("ready", "version", version, "listeners", strings.Join(addresses, ", "), "policy", p.File, "mode", p.Mode.String())
	if r.options.readyFile == "" {
		return nil
	}
	return os.WriteFile(r.options.readyFile, []byte(strings.Join(addresses, "\n")+"\n"), 0o644)
}

func (r *running) serveMonitor() error {
	if r.options.monitor == "" {
		return nil
	}
	l, err := net.Listen("tcp", r.options.monitor)
	if err != nil {
		return fmt.Errorf("--monitor: %w", err)
	}
	s := &http.Server{Handler: r.monitor.Handler(r.options.profiles), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }()
	r.closers = append(r.closers, func() { _ = s.Close() })
	return nil
}

// reloads takes the policy in anew at every SIGHUP, until ctx ends.
func (r *running) reloads(ctx context.Context) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			r.reload()
		}
	}
}

// reload puts the policy of the file in force. A bad one changes nothing.
func (r *running) reload() {
	p, err := r.options.load()
	if err == nil {
		err = ready(p)
	}
	if err == nil {
		err = r.gate.Reload(p)
	}
	if err != nil {
		r.monitor.PolicyLoads.WithLabelValues("failed").Inc()
		r.log.Error("policy not taken, the one in force stays", "error", err)
		return
	}
	r.loaded(p)
	r.log.Info("policy taken", "policy", p.File, "mode", p.Mode.String())
}

func (r *running) loaded(p *policy.Policy) {
	r.monitor.PolicyLoads.WithLabelValues("ok").Inc()
	r.monitor.PolicyTime.SetToCurrentTime()
	for _, w := range p.Warnings {
		r.log.Warn("policy", "warning", w.String())
	}
}

// drain lets open transactions end.
func (r *running) drain() error {
	r.monitor.Set("listeners", errors.New("the program is being stopped"))
	r.log.Info("stopping", "connections", r.server.Connections())
	ctx, cancel := context.WithTimeout(context.Background(), r.options.drain)
	defer cancel()
	if err := r.server.Shutdown(ctx); err != nil {
		r.log.Warn("connections were cut", "error", err)
	}
	return nil
}
