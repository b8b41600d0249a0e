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
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"

	"maillint/gate"
	"maillint/internal/canary"
	"maillint/internal/monitor"
	"maillint/internal/spool"
	"maillint/policy"
	"maillint/smtpproxy"
	"maillint/store"
	"maillint/submit"
)

// door is a program that acts on mail: what it is called, its flags, its
// policy, and how it takes mail in.
type door struct {
	name    string
	options *doorOptions
	load    func() (*policy.Policy, error)
	// listen opens the listeners and gives a line "NAME ADDRESS" for each.
	listen func(*running, *policy.Policy) ([]string, error)
}

// running is a door with all that belongs to it.
type running struct {
	door
	log     *slog.Logger
	monitor *monitor.Monitor
	store   store.Store
	where   string // the store is
	gate    *gate.Gate
	server  server
	closers []func()
	release atomic.Pointer[submit.Route]
	canary  *proofOfLife
	told    atomic.Bool  // that we are ready
	failed  chan error   // what ends the program besides its context
	watched atomic.Int64 // when the surroundings were last looked at, in Unix seconds
}

// server is what takes mail in.
type server interface {
	Connections() int
	Shutdown(context.Context) error
}

// runDoor runs a door until its context ends.
func runDoor(ctx context.Context, cmd *cobra.Command, d door) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	tuneMemory(doorMemory)
	stderr := cmd.ErrOrStderr()
	log, err := newLog(stderr, d.options.logFormat, d.options.logLevel)
	if err != nil {
		return err
	}
	p, err := d.ready()
	if err != nil {
		return sayProblems(err, stderr)
	}
	printProblems(stderr, p.Warnings)
	r := &running{door: d, log: log, monitor: monitor.New(version, "listeners", "store", "release route", "canary"), failed: make(chan error, 1)}
	defer r.close()
	if err := r.open(ctx, p); err != nil {
		return err
	}
	addresses, err := r.listen(r, p)
	if err != nil {
		return err
	}
	if err := r.serve(ctx, p, addresses, cmd.OutOrStdout()); err != nil {
		return err
	}
	if err := r.reloads(ctx); err != nil {
		return err
	}
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

// ready is a policy that this door can run.
func (d door) ready() (*policy.Policy, error) {
	p, err := d.load()
	if err != nil {
		return nil, err
	}
	if problems := p.CheckFor(d.name); problems.Errors() {
		return nil, problems
	}
	return p, nil
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
	r.store, r.where = s, p.Store.Address
	r.closers = append(r.closers, func() { _ = s.Close() })
	if err := r.setRelease(p); err != nil {
		return err
	}
	r.canary = &proofOfLife{r: r, again: make(chan struct{}, 1), tracker: canary.NewTracker(ctx, s, nodeName(r.name))}
	r.canary.taker = canary.NewTaker(func() *policy.Policy { return r.gate.Policy() })
	r.gate, err = gate.New(gate.Options{
		Policy: p, Store: s, Hostname: p.Proxy.Hostname, Log: r.log,
		Release:  func(ctx context.Context) (*submit.Session, error) { return r.release.Load().Dial(ctx, submit.Client{}) },
		Observer: observer{r.log, r.monitor}.functions(),
	})
	if err == nil {
		_ = r.gate.ReadBrakes(ctx) // a store that does not answer is told of; it does not keep us from starting
	}
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

// setRelease makes the policy's release route the one that is taken from now on.
func (r *running) setRelease(p *policy.Policy) error {
	route, err := releaseRoute(p)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	r.release.Store(route)
	return nil
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

// newSpool is the room of messages on their way.
func newSpool(p *policy.Policy) (*spool.Budget, error) {
	budget, err := spool.New(p.Proxy.SpoolFolder, p.Proxy.Memory, p.Proxy.Spool, p.Proxy.Floor)
	if err != nil {
		return nil, fmt.Errorf("proxy.spool: %w", err)
	}
	if p.Store.Key.Reveal() != "" {
		budget.Encrypt()
	}
	return budget, nil
}

// nodeName is what the canary of a door on this machine is called in the store.
func nodeName(door string) string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return name + " " + door
}

// serve starts what runs beside the listeners. We are ready once a round of the
// canary has passed.
func (r *running) serve(ctx context.Context, p *policy.Policy, addresses []string, out io.Writer) error {
	if err := r.monitor.Register(monitor.Held(r.heldNow, r.monitor.StoreErrors)); err != nil {
		return err
	}
	r.loaded(p)
	stopMonitor, err := serveMonitor(r.options.monitor, r.monitor.Handler(r.options.profiles))
	if err != nil {
		return err
	}
	r.closers = append(r.closers, stopMonitor)
	var wait sync.WaitGroup
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.look(work)
	wait.Go(func() { r.gate.Run(work) })
	wait.Go(func() { r.watch(work) })
	wait.Go(func() { keepWatchdog(work, r.log, r.alive) })
	r.monitor.Set("listeners", nil)
	live, still := context.WithCancel(ctx) // no rounds while we are being stopped
	wait.Go(func() {
		if r.canary.first(live) != nil {
			return
		}
		if err := r.announce(p, addresses, out); err != nil {
			r.failed <- err
			return
		}
		r.canary.keep(live)
	})
	r.closers = append(r.closers, func() { still(); stop(); wait.Wait() })
	return nil
}

// announce says that we are ready, and where we listen.
func (r *running) announce(p *policy.Policy, addresses []string, out io.Writer) error {
	r.log.Info("ready", "version", version, "listeners", strings.Join(addresses, ", "), "policy", p.File, "mode", p.Mode.String())
	for _, a := range addresses {
		fmt.Fprintf(out, "maillint: %s\n", a)
	}
	if err := writeReady(r.options.readyFile, addresses); err != nil {
		return err
	}
	r.told.Store(true)
	tell(r.log, "READY=1\nSTATUS=ready")
	return nil
}

// serveMonitor serves what a program tells about itself, unless address is
// empty. What it gives ends it.
func serveMonitor(address string, h http.Handler) (func(), error) {
	if address == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--monitor: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }()
	return func() { _ = s.Close() }, nil
}

// writeReady tells by a file that a program is ready, and where it listens. Who
// waits for the file finds all of it: it comes at once, unless it is a pipe or a
// terminal.
func writeReady(path string, addresses []string) error {
	if path == "" {
		return nil
	}
	text := []byte(strings.Join(addresses, "\n") + "\n")
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, text, 0o644)
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, text, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// reloads takes the policy in anew at every SIGHUP, until ctx ends.
func (r *running) reloads(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-r.failed:
			return err
		case <-hup:
			tell(r.log, daemon.SdNotifyReloading)
			r.reload()
			if r.told.Load() { // else the first round says so
				tell(r.log, daemon.SdNotifyReady)
			}
			r.canary.now()
		}
	}
}

// reload puts the policy of the file in force. A bad one changes nothing.
func (r *running) reload() {
	p, err := wholePolicy(r.gate.Policy().Files, r.ready)
	if err == nil {
		err = r.gate.Reload(p)
	}
	if err == nil {
		err = r.setRelease(p)
	}
	if err != nil {
		r.monitor.PolicyLoads.WithLabelValues("failed").Inc()
		r.log.Error("policy not taken, the one in force stays", "error", err)
		return
	}
	r.loaded(p)
	r.log.Info("listeners, next hops and store are as at the start: a change of these needs a restart")
	r.log.Info("policy taken", "policy", p.File, "mode", p.Mode.String())
}

func (r *running) loaded(p *policy.Policy) {
	r.monitor.PolicyLoads.WithLabelValues("ok").Inc()
	r.monitor.PolicyTime.SetToCurrentTime()
	r.monitor.Note("policy", "")
	for _, w := range p.Warnings {
		r.log.Warn("policy", "warning", w.String())
	}
}

// drain lets open transactions end.
func (r *running) drain() error {
	r.monitor.Set("listeners", errors.New("the program is being stopped"))
	tell(r.log, daemon.SdNotifyStopping)
	r.log.Info("stopping", "connections", r.server.Connections())
	ctx, cancel := context.WithTimeout(context.Background(), r.options.drain)
	defer cancel()
	if err := r.server.Shutdown(ctx); err != nil {
		r.log.Warn("connections were cut", "error", err)
	}
	return nil
}
