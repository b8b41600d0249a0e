package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"maillint/internal/canary"
	"maillint/policy"
	"maillint/smtpproxy"
	"maillint/submit"
)

// proofOfLife is the canary of a running door.
type proofOfLife struct {
	r       *running
	taker   *canary.Taker
	tracker *canary.Tracker
	time    wallClock

	targets []canary.Target
	hops    []*submit.Route // each next hop once
	behind  []*submit.Route // the next hop of each target; nil where none is asked before MAIL

	plan  *canary.Plan
	of    *policy.Policy // whose plan it is
	round sync.Mutex
	again chan struct{} // asks for a round at once
}

// roundTime bounds one round.
const roundTime = 2 * time.Minute

// target adds a listener that rounds go through.
func (l *proofOfLife) target(s *smtpproxy.Listener, addr net.Addr) {
	route := &submit.Route{
		Name: s.Name, Addresses: reachable(addr), Security: submit.Clear, Hello: "canary.invalid",
		Timeouts: submit.Timeouts{Connect: 10 * time.Second, Command: 30 * time.Second, Block: 30 * time.Second, Final: time.Minute},
	}
	switch {
	case s.Implicit:
		route.Security = submit.Implicit
	case s.TLS != nil:
		route.Security = submit.StartTLS
	}
	route.TLS = &tls.Config{InsecureSkipVerify: true} // by what name clients know us is not ours to tell; maillint canary --via checks it
	if local, err := netip.ParseAddrPort(route.Addresses[0]); err == nil && containsAddr(s.ProxyProtocol, local.Addr()) {
		route.Announce = submit.ProxyV2 // without a client: our own check
	}
	l.targets = append(l.targets, canary.Target{Listener: s.Name, Dial: canary.Through(route)})
	l.behind = append(l.behind, s.NextHop)
	for _, h := range l.hops {
		if h == s.NextHop {
			return
		}
	}
	l.hops = append(l.hops, s.NextHop)
}

// socket adds a milter's socket, "NAME ADDRESS", that rounds go through.
func (l *proofOfLife) socket(line string) {
	_, address, _ := strings.Cut(line, " ")
	network := "unix"
	if ap, err := netip.ParseAddrPort(address); err == nil {
		network, address = "tcp", reachable(net.TCPAddrFromAddrPort(ap))[0]
	}
	l.targets = append(l.targets, canary.Target{Listener: "milter", Dial: canary.ThroughMilter(network, address)})
	l.behind = append(l.behind, nil)
}

func containsAddr(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// reachable is where a listener's address is reached from this machine.
func reachable(addr net.Addr) []string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil || !ap.Addr().IsUnspecified() {
		return []string{addr.String()}
	}
	_, port, _ := net.SplitHostPort(addr.String())
	v4 := net.JoinHostPort("127.0.0.1", port)
	if ap.Addr().Is4() {
		return []string{v4}
	}
	return []string{v4, net.JoinHostPort("::1", port)}
}

// run makes a round, tells what it showed, and reports whether all is well.
func (l *proofOfLife) run(ctx context.Context) bool {
	l.round.Lock()
	defer l.round.Unlock()
	bounded, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	result := l.once(bounded)
	if ctx.Err() != nil { // being stopped: what broke off is no fault
		return false
	}
	l.tell(ctx, result)
	return result.OK()
}

// once makes a round under one policy: where another came into force meanwhile,
// the round is made anew.
func (l *proofOfLife) once(ctx context.Context) *canary.Result {
	for try := 0; ; try++ {
		p := l.r.gate.Policy()
		result := l.under(ctx, p)
		if l.r.gate.Policy() == p || try == 2 || ctx.Err() != nil {
			return result
		}
	}
}

// under makes a round under a policy: first what surrounds us, then the
// messages.
func (l *proofOfLife) under(ctx context.Context, p *policy.Policy) *canary.Result {
	total := &canary.Result{At: time.Now().In(p.Organization.Zone)}
	defer func() { total.Took = time.Since(total.At) }()
	total.Faults = append(total.Faults, l.surroundings(p)...)
	l.r.look(ctx)
	if err := l.r.monitor.Trouble(partStore); err != nil { // nothing can be held: the watch over the store says so
		total.Faults = append(total.Faults, canary.Fault{Part: partStore, Text: "no message was sent: " + err.Error()})
		return total
	}
	dead := l.nextHops(ctx, total)
	if err := l.prepare(p); err != nil {
		total.Faults = append(total.Faults, canary.Fault{Part: "plan", Text: err.Error()})
		return total
	}
	plan := l.plan
	for i, target := range l.targets {
		if dead[l.behind[i]] {
			continue // said already
		}
		target.Key = l.taker.Key()
		one := canary.Round{Policy: p, Plan: plan, Target: target}
		total.Join(one.Run(ctx))
		plan = &canary.Plan{} // the rules are the same behind every listener: there a plain message will do
	}
	return total
}

// nextHops tries a greeting with every next hop, and gives those that are of no
// use: a certificate that has expired keeps all mail from leaving.
func (l *proofOfLife) nextHops(ctx context.Context, total *canary.Result) map[*submit.Route]bool {
	dead := map[*submit.Route]bool{}
	for _, h := range l.hops {
		bounded, cancel := context.WithTimeout(ctx, 20*time.Second)
		s, err := h.Dial(bounded, submit.Client{})
		if err == nil {
			s.Quit(bounded)
		}
		cancel()
		if err != nil {
			dead[h] = true
			total.Faults = append(total.Faults, canary.Fault{Part: "next hop " + h.Name, Text: err.Error()})
		}
	}
	return dead
}

// prepare makes the plan of a policy, once.
func (l *proofOfLife) prepare(p *policy.Policy) error {
	if l.plan != nil && l.of == p {
		return nil
	}
	plan, err := canary.NewPlan(p)
	if err != nil {
		return err
	}
	l.plan, l.of = plan, p
	return nil
}

// surroundings are faults that no message shows: a policy that would not be
// taken again, a key that is another by now, a clock that has jumped.
func (l *proofOfLife) surroundings(p *policy.Policy) []canary.Fault {
	var out []canary.Fault
	fresh, err := l.r.ready()
	l.r.monitor.Note("policy", changedSince(p, fresh))
	switch {
	case err != nil:
		out = append(out, canary.Fault{Part: "policy", Text: "a restart would fail: " + firstProblem(err)})
	case fresh.Canary.Key.Reveal() != p.Canary.Key.Reveal():
		out = append(out, canary.Fault{Part: "canary key", Text: "canary.key has changed since the policy was read: canaries from elsewhere are refused (reload)"})
	}
	if jump := l.time.jumped(wallTime(), time.Since(monotonicStart)); jump != 0 {
		out = append(out, canary.Fault{Part: "clock", Text: fmt.Sprintf("the clock has jumped by %s: deadlines and certificates are judged by it", jump)})
	}
	return out
}

// changedSince tells of a policy's file that is another than the one in force.
// An edit that waits for its reload is no fault; half a file that was read while
// it was being written is one, and shows here.
func changedSince(inForce, fresh *policy.Policy) string {
	if fresh == nil || fresh.ID == inForce.ID {
		return ""
	}
	return fmt.Sprintf("NOTE: %s has changed since it was read (%s is in force, %s in the file): a reload takes it", inForce.File, inForce.ID, fresh.ID)
}

// firstProblem is the first of the problems of a policy, and how many follow.
func firstProblem(err error) string {
	problems, ok := policy.AsProblems(err)
	if !ok {
		return err.Error()
	}
	var list []string
	for _, p := range problems {
		if !p.Warning {
			list = append(list, p.String())
		}
	}
	switch len(list) {
	case 0:
		return err.Error()
	case 1:
		return list[0]
	}
	return fmt.Sprintf("%s (and %d more)", list[0], len(list)-1)
}

// partStore is the fault that the watch over the store tells of.
const partStore = "store"

// tell passes on what a round showed: metrics, readiness, one alarm for each
// fault that lasts, one line when it has gone.
func (l *proofOfLife) tell(ctx context.Context, result *canary.Result) {
	r := l.r
	p := r.gate.Policy()
	news := l.tracker.Add(result, p.Canary.Every)
	r.gate.CanaryRound(result.OK())
	l.metrics(result)
	err := l.tracker.Err()
	r.monitor.Set("canary", err)
	r.gate.Fail(l.tracker.Holding())
	for _, f := range result.Faults {
		r.log.Warn("canary", "part", f.Part, "fault", f.Text)
	}
	for _, f := range news.Begun {
		if f.Part != partStore {
			r.gate.Alarm("canary "+f.Part, f.Part+": "+f.Text)
		}
	}
	for _, f := range news.Ended {
		r.log.Info("canary: well again", "part", f.Part, "was", f.Text)
	}
	if err := canary.Save(ctx, r.store, l.tracker.Status()); err != nil {
		r.log.Warn("canary: its state could not be kept", "error", err)
	}
	r.log.Debug("canary", "messages", result.Messages, "right", result.Right, "faults", len(result.Faults), "took", result.Took)
}

func (l *proofOfLife) metrics(result *canary.Result) {
	m := &l.r.monitor.Metrics
	word := "failed"
	if result.OK() {
		word = "passed"
		m.CanaryPassed.SetToCurrentTime()
	}
	m.CanaryRounds.WithLabelValues(word).Inc()
	m.CanaryRound.SetToCurrentTime()
	m.CanarySeconds.Set(result.Took.Seconds())
	m.CanaryFaults.Set(float64(l.tracker.Lasting()))
	m.CanaryRules.Reset()
	for _, s := range result.Rules {
		ok := 0.0
		if s.OK {
			ok = 1
		}
		m.CanaryRules.WithLabelValues(s.Rule).Set(ok)
	}
}

// first makes rounds until one passes: until then nobody is told that we are
// ready. The listeners are open meanwhile.
func (l *proofOfLife) first(ctx context.Context) error {
	for pause := time.Second; ; pause = min(2*pause, 15*time.Second, max(time.Second, l.r.gate.Policy().Canary.Every)) {
		if l.run(ctx) {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		status := "STATUS=the canary fails"
		if err := l.tracker.Err(); err != nil {
			status += ": " + strings.Join(strings.Fields(err.Error()), " ")
		}
		tell(l.r.log, status)
		tell(l.r.log, "EXTEND_TIMEOUT_USEC=60000000") // mail is taken meanwhile: to be killed helps nobody
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.again:
		case <-time.After(pause):
		}
	}
}

// now asks for a round at once: the policy is another.
func (l *proofOfLife) now() {
	select {
	case l.again <- struct{}{}:
	default:
	}
}

// keep makes a round every while, until ctx ends.
func (l *proofOfLife) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.again:
		case <-time.After(l.r.gate.Policy().Canary.Every):
		}
		l.run(ctx)
	}
}

// wallClock notices that the time of day was changed.
type wallClock struct {
	start time.Time     // the time of day when it was right
	since time.Duration // what the monotonic clock showed then
	jump  time.Duration
	moved time.Duration // when the last jump was seen, by the monotonic clock
}

// A jump of so much counts. Clocks are corrected by less all the time.
const smallestJump = time.Minute

// settled is how long a clock that stays as it is after a jump is a fault.
const settled = time.Hour

// monotonicStart is where the program's monotonic time begins.
var monotonicStart = time.Now()

// jumped gives how far the time of day is from where it should be, or 0: so
// until it is put right, or has stayed for an hour. mono is a time that nobody
// sets.
func (c *wallClock) jumped(wall time.Time, mono time.Duration) time.Duration {
	wall = wall.Round(0) // by the calendar alone
	if c.start.IsZero() {
		c.start, c.since = wall, mono
		return 0
	}
	off := wall.Sub(c.start) - (mono - c.since)
	if off.Abs() < smallestJump {
		c.jump = 0
		return 0
	}
	if (off - c.jump).Abs() >= smallestJump {
		c.jump, c.moved = off, mono
	}
	if mono-c.moved >= settled {
		c.start, c.since, c.jump = wall, mono, 0
		return 0
	}
	return c.jump.Round(time.Second)
}
