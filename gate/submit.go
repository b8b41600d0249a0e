package gate

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/store"
	"maillint/submit"
)

// Submit judges a message whole, carries the verdict out and gives the one
// reply. It says 250 only after the next hop did, or after everything that the
// next hop did not get is stored. In every case the next hop's transaction has
// ended when it returns.
func (g *Gate) Submit(ctx context.Context, tx *Transaction, hop NextHop) (reply submit.Reply) {
	start := time.Now()
	e := Event{Tx: tx}
	if _, ok := hop.(Sink); tx.Canary != ok { // nothing of a canary may leave, and no mail may vanish
		hop.Abort(ctx)
		return ours(tx.ID)
	}
	s := submission{g: g, c: g.current.Load(), tx: tx, hop: hop, e: &e}
	defer func() {
		if v := recover(); v != nil {
			e.Err = fmt.Errorf("carrying out: %v\n%s", v, debug.Stack())
			g.alarm("failure", tx.ID, "carrying a verdict out failed: "+firstLine(e.Err))
			reply = ours(tx.ID)
		}
		if !s.ended {
			hop.Abort(context.WithoutCancel(ctx))
		}
		if !reply.OK() {
			s.giveBack(context.WithoutCancel(ctx))
		}
		e.Reply, e.Took = reply, time.Since(start)
		g.account(&e)
		g.o.Observer.transaction(e)
	}()
	reply = s.run(ctx)
	if tx.Canary {
		reply = s.proven(context.WithoutCancel(ctx), reply)
	}
	return reply
}

// submission is one transaction on its way through the gate.
type submission struct {
	g       *Gate
	c       *current
	tx      *Transaction
	hop     NextHop
	e       *Event
	j       judgement
	ended   bool // the next hop's transaction has been used
	counted *store.Count
}

func (s *submission) run(ctx context.Context) submit.Reply {
	if len(s.tx.Recipients) == 0 {
		return submit.NewReply(554, "5.5.1", "%s: no recipients", s.tx.ID)
	}
	s.j = s.g.judge(ctx, s.c, s.tx)
	s.e.Judged = s.j.took
	s.e.Verdict = s.j.verdict
	if v := s.j.verdict.Service; v != nil {
		s.e.Service = v.Name
	}
	if s.j.msg != nil && s.g.loops(s.c, s.tx, s.j.msg) {
		return looping(s.tx.ID)
	}
	if refusal := s.judgedAtAll(ctx); refusal != nil {
		return *refusal
	}
	if refusal := s.count(ctx); refusal != nil {
		return *refusal
	}
	if s.j.verdict.Alarm() && !s.tx.Canary {
		s.alarmFinding()
	}
	return s.carry(ctx)
}

// relays reports whether a failure of ours relays: the service's mail cannot
// wait.
func (s *submission) relays() bool {
	return s.j.verdict.Service != nil && s.j.verdict.Service.RelayOnFailure && !s.tx.Canary
}

// judgedAtAll deals with what could not be judged, the same way whatever the
// mode or a brake says: nobody knows what would leave unread. Our surroundings'
// failure is answered 451. A failure that the message itself causes is
// remembered by its content: the first time 451 too, the second time the
// administrators decide.
func (s *submission) judgedAtAll(ctx context.Context) *submit.Reply {
	if s.j.err == nil && s.j.unknown == nil {
		return nil
	}
	again := ours(s.tx.ID)
	if s.relays() {
		s.g.alarm("service "+s.e.Service, s.tx.ID, fmt.Sprintf("mail of the service %s is relayed although it could not be judged whole", s.e.Service))
		s.e.Err = errors.Join(s.j.err, s.j.unknown)
		return nil
	}
	if s.j.unknown != nil {
		s.e.Err = s.j.unknown
		s.g.o.Observer.failed("store", s.j.unknown)
		return &again
	}
	s.e.Err = s.j.err
	if s.tx.Canary {
		return &again
	}
	times, err := s.g.o.Store.Failed(ctx, s.tx.Body.Hash())
	if err != nil {
		s.g.o.Observer.failed("store", err)
		return &again
	}
	if times < 2 {
		return &again
	}
	f := notJudged(s.j.err)
	s.j.verdict.Findings = append([]policy.Judged{f}, s.j.verdict.Findings...)
	s.j.verdict.Disposition = max(s.j.verdict.Disposition, policy.Quarantine)
	if s.j.msg == nil {
		s.j.msg = emptyMessage(s.tx)
	}
	s.e.Verdict = s.j.verdict
	return nil
}

// count adds a service's recipients to its hour. Ten times what is expected
// alarms, the ceiling stops.
func (s *submission) count(ctx context.Context) *submit.Reply {
	v := s.j.verdict.Service
	if s.tx.Canary || v == nil || v.PerHour == 0 && v.Ceiling == 0 {
		return nil
	}
	count := store.Count{Key: "service " + v.Name, N: int64(len(s.tx.Recipients)), Window: time.Hour, At: s.tx.Received}
	totals, err := s.g.o.Store.Add(ctx, count)
	if err != nil {
		s.g.o.Observer.failed("store", err)
		if s.relays() {
			s.g.alarm("service "+v.Name, s.tx.ID, fmt.Sprintf("mail of the service %s is relayed although it could not be counted", v.Name))
			return nil
		}
		again := ours(s.tx.ID)
		s.e.Err = err
		return &again
	}
	s.counted = &count
	if v.PerHour > 0 && totals[0] > 10*int64(v.PerHour) {
		s.g.alarm("volume "+v.Name, s.tx.ID, fmt.Sprintf("the service %s has written to %d recipients in an hour; %d are expected", v.Name, totals[0], v.PerHour))
	}
	if v.Ceiling > 0 && totals[0] > int64(v.Ceiling) {
		stop := tooMany(s.tx.ID)
		return &stop
	}
	return nil
}

// giveBack takes what was counted off again: the message was refused.
func (s *submission) giveBack(ctx context.Context) {
	if s.counted == nil {
		return
	}
	s.counted.N = -s.counted.N
	_, err := s.g.o.Store.Add(ctx, *s.counted)
	s.g.o.Observer.failed("store", err)
}

func (s *submission) alarmFinding() {
	for _, f := range s.j.verdict.Findings {
		switch {
		case !f.Alarm:
		case s.e.Service != "":
			s.g.alarm("service "+s.e.Service, s.tx.ID, fmt.Sprintf("mail of the service %s would have been held [%s]", s.e.Service, f.Rule))
		default:
			s.g.alarm("not judged "+f.Rule, s.tx.ID, fmt.Sprintf("a message could not be judged [%s]", f.Rule))
		}
	}
}

// carry sorts the recipients by fate, and does what the verdict says.
func (s *submission) carry(ctx context.Context) submit.Reply {
	groups := fates(&s.j.verdict, s.tx, s.c.Holds.Split)
	last := groups[len(groups)-1]
	s.e.Disposition = last.disposition
	if last.disposition == policy.Reject {
		for i := range last.findings {
			if last.findings[i].Disposition == policy.Reject {
				return refused(s.tx.ID, &last.findings[i])
			}
		}
	}
	var keep *group
	if groups[0].disposition == policy.Pass {
		keep, groups = &groups[0], groups[1:]
	}
	var out *rewrite.Message
	if keep != nil {
		var err error
		out, err = s.message()
		if v := s.j.verdict.Service; err != nil && v != nil && v.HoldNever {
			s.g.alarm("service "+v.Name, s.tx.ID, fmt.Sprintf("mail of the service %s left without the change that a rule asks for: %v", v.Name, err))
			out, err = s.plain()
		}
		if err != nil {
			return s.heldNotChanged(ctx, err)
		}
		for _, e := range out.Edits {
			s.e.Edits = append(s.e.Edits, e.Why)
		}
		if len(groups) == 0 {
			s.e.Disposition = s.j.verdict.Disposition
		}
	}
	return s.both(ctx, keep, out, groups)
}

// message is what leaves of this transaction.
func (s *submission) message() (*rewrite.Message, error) {
	b := body{s.tx.Body, s.tx.Body.Size(), s.tx.Body.Hash()}
	hide := asks(&s.j.verdict, policy.Hide)
	out, err := s.c.outgoing(s.j.msg, b, s.tx.ID, s.g.trace(s.c, s.tx), change{
		tagged: hide || asks(&s.j.verdict, policy.Tag), hide: hide, sender: s.ownAddress(), resign: s.c.resign(s.tx.NextHop),
	})
	if err == nil && hide {
		err = s.c.hidden(out, s.j.msg.Envelope, s.tx.Identity)
	}
	return out, err
}

// plain is what leaves of mail that is never held and cannot be changed as the
// verdict asks: without what must never leave, and without signatures that
// this breaks.
func (s *submission) plain() (*rewrite.Message, error) {
	b := body{s.tx.Body, s.tx.Body.Size(), s.tx.Body.Hash()}
	return s.c.outgoing(s.j.msg, b, s.tx.ID, s.g.trace(s.c, s.tx), change{tagged: true, unsign: true, resign: s.c.resign(s.tx.NextHop)})
}

// ownAddress is where an answer to a message with hidden recipients goes: the
// identity's address, else its mailbox.
func (s *submission) ownAddress() message.Address {
	if a := s.tx.Identity.Address; s.c.internal(a) {
		return a
	}
	return s.j.sender.mailbox
}

// heldNotChanged puts the whole message to approval because it could not be
// changed as the verdict asks.
func (s *submission) heldNotChanged(ctx context.Context, why error) submit.Reply {
	s.e.Err = why
	approve := unasked(policy.Approve, s.j.sender, s.j.automatic)
	for i := range s.j.verdict.Findings {
		if f := &s.j.verdict.Findings[i]; f.Disposition == policy.Hide {
			f.Message += ": " + why.Error()
			f.Disposition = approve
		}
	}
	s.j.verdict.Findings = append(s.j.verdict.Findings, policy.Judged{Disposition: approve, Would: approve, Finding: unchanged(why)})
	s.j.verdict.Disposition = max(s.j.verdict.Disposition, approve)
	groups := fates(&s.j.verdict, s.tx, s.c.Holds.Split)
	s.e.Disposition = groups[len(groups)-1].disposition
	return s.both(ctx, nil, nil, groups)
}

// both stores what is held, durably, then relays the rest, then answers.
func (s *submission) both(ctx context.Context, keep *group, out *rewrite.Message, groups []group) submit.Reply {
	var items []*store.Item
	if len(groups) > 0 {
		var err error
		items, err = s.hold(ctx, groups, keep != nil)
		if err != nil {
			s.e.Err = err
			if !s.relays() {
				return ours(s.tx.ID)
			}
			return s.relayAnyway(ctx)
		}
	}
	if keep == nil {
		return held(groups[len(groups)-1].disposition, items[len(items)-1].ID)
	}
	copies, err := s.holdCopies(ctx, keep)
	if err != nil && !s.relays() {
		s.e.Err = err
		s.g.takeBack(context.WithoutCancel(ctx), s.tx.ID, items)
		return ours(s.tx.ID)
	}
	reply, err := s.relay(ctx, keep, out, len(groups) > 0)
	if err != nil || !reply.OK() {
		s.g.takeBack(context.WithoutCancel(ctx), s.tx.ID, append(items, copies...))
		s.e.Held, s.e.Items = 0, nil
		if err != nil {
			s.e.Err = err
			return submit.NewReply(451, "4.4.2", "%s: try again later", s.tx.ID)
		}
		return reply
	}
	s.g.sendCopies(context.WithoutCancel(ctx), copies)
	s.e.Relayed = len(keep.recipients)
	s.answers(context.WithoutCancel(ctx), keep)
	if len(groups) > 0 {
		return held(groups[len(groups)-1].disposition, items[len(items)-1].ID)
	}
	return reply
}

// relayAnyway is for a service whose mail cannot wait for our store.
func (s *submission) relayAnyway(ctx context.Context) submit.Reply {
	s.g.alarm("service "+s.e.Service, s.tx.ID, fmt.Sprintf("mail of the service %s is relayed because it could not be stored", s.e.Service))
	out, err := s.message()
	if err != nil {
		return ours(s.tx.ID)
	}
	reply, err := s.relay(ctx, nil, out, false)
	if err != nil {
		s.e.Err = errors.Join(s.e.Err, err)
		return submit.NewReply(451, "4.4.2", "%s: try again later", s.tx.ID)
	}
	if reply.OK() {
		s.e.Relayed = len(s.tx.Recipients)
	}
	return reply
}

func (s *submission) relay(ctx context.Context, keep *group, out *rewrite.Message, some bool) (submit.Reply, error) {
	s.ended = true
	paths, to := []submit.Path(nil), s.tx.Recipients
	if some {
		for _, n := range keep.recipients {
			paths = append(paths, s.tx.Recipients[n])
		}
		to = paths
	}
	if err := s.c.stamp(out, s.tx.ID, addresses(to), s.g.now()); err != nil {
		s.hop.Abort(context.WithoutCancel(ctx))
		return submit.Reply{}, err
	}
	reply, err := s.hop.Relay(ctx, paths, out)
	if errors.Is(err, submit.ErrTampered) {
		s.g.alarm("tampered", s.tx.ID, "what was about to be sent is not what was judged: the connection was dropped")
	}
	return reply, err
}
