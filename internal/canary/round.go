package canary

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/rewrite"
	"maillint/submit"
)

// Fault is something that keeps maillint from doing what it is there for.
type Fault struct {
	// Part is what is at fault: "rule exposed-recipients", "listener submission",
	// "next hop server", "policy", "clock". One part is one alarm.
	Part string `json:"part"`
	Text string `json:"text"`
}

// Seen is what a round showed of one rule.
type Seen struct {
	Rule string `json:"rule"`
	Case string `json:"case,omitempty"` // the message that was found
	OK   bool   `json:"ok"`
	// Note says why the rule was not tried, or what is wrong with it.
	Note string `json:"note,omitempty"`
}

// Result is what became of one round.
type Result struct {
	At       time.Time // in the organisation's time
	Took     time.Duration
	Messages int // sent
	Right    int // of these, as they must be
	Rules    []Seen
	Faults   []Fault
}

// OK reports whether everything was as it must be.
func (r *Result) OK() bool { return len(r.Faults) == 0 }

// Join adds what another listener showed in the same round.
func (r *Result) Join(o *Result) {
	r.Messages, r.Right, r.Rules = r.Messages+o.Messages, r.Right+o.Right, append(r.Rules, o.Rules...)
	for _, f := range o.Faults {
		r.fault(f.Part, "%s", f.Text)
	}
}

func (r *Result) fault(part, format string, args ...any) {
	for i := range r.Faults {
		if r.Faults[i].Part == part { // the first thing said of a part is enough
			return
		}
	}
	r.Faults = append(r.Faults, Fault{part, fmt.Sprintf(format, args...)})
}

// Session is a connection with a door, over which transactions go one after
// the other: submit.Session for a proxy.
type Session interface {
	Mail(ctx context.Context, p submit.Path) (submit.Reply, error)
	Rcpt(ctx context.Context, p submit.Path) (submit.Reply, error)
	Data(ctx context.Context, m *rewrite.Message) (submit.Reply, error)
	Reset(ctx context.Context) (submit.Reply, error)
	Quit(ctx context.Context)
	Err() error
}

// Target is a listener that a round goes through.
type Target struct {
	Listener string // its name in the policy, which tokens hold
	Key      []byte
	Dial     func(ctx context.Context) (Session, error)
}

// Through is how a listener's sessions are opened over a route.
func Through(r *submit.Route) func(context.Context) (Session, error) {
	return func(ctx context.Context) (Session, error) {
		s, err := r.Dial(ctx, submit.Client{})
		if err != nil {
			return nil, err // not a nil *submit.Session in an interface
		}
		return s, nil
	}
}

// Round sends the messages of a plan through a listener, as a client does, and
// compares what becomes of each with what must.
type Round struct {
	Policy *policy.Policy
	Plan   *Plan
	Target Target
	Now    func() time.Time

	session Session
	refused int // answers of the session that were no success
	result  *Result
}

// Run sends everything. Its result tells what is wrong; ctx bounds it.
func (r *Round) Run(ctx context.Context) *Result {
	if r.Now == nil {
		r.Now = time.Now
	}
	start := time.Now()
	r.result = &Result{At: r.Now().In(r.Policy.Organization.Zone)}
	defer func() { r.result.Took = time.Since(start) }()
	for _, f := range r.Plan.Faults {
		r.result.fault(f.Part, "%s", f.Text)
	}
	for _, c := range r.Plan.Calm {
		r.result.Rules = append(r.result.Rules, Seen{Rule: c.Rule, OK: true, Note: "not tried: " + c.Why})
	}
	defer r.hangUp(ctx)
	if err := r.greet(ctx); err != nil {
		r.lost(err)
		return r.result
	}
	for i := range r.Plan.Trials {
		if err := r.try(ctx, &r.Plan.Trials[i]); err != nil {
			r.lost(err)
			return r.result
		}
	}
	return r.result
}

// lost ends a round whose connection is of no use.
func (r *Round) lost(err error) {
	r.result.fault("listener "+r.Target.Listener, "%s", explain(err))
}

// explain says what a failure of the connection means.
func explain(err error) string {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused.Error()
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return fmt.Sprintf("its certificate is not good: %v (--server-name names another, --ca its authority, --insecure takes any)", certificate.Err)
	}
	return fmt.Sprintf("no dialogue: %v", err)
}

// refusal is an answer that no canary of ours may get.
type refusal struct {
	step  string
	reply submit.Reply
}

func (e *refusal) Error() string {
	text := fmt.Sprintf("%s was answered %s", e.step, e.reply)
	if e.step == "MAIL" && e.reply.Permanent() {
		text += " (is the key the listener's? is this machine in canary.from? is the listener's name right?)"
	}
	return text
}

// greet opens a session, and begins the hello of a round: a message without
// any finding must pass, even where no rule is enforced.
func (r *Round) greet(ctx context.Context) error {
	if err := r.dial(ctx); err != nil {
		return err
	}
	hello := Probe{From: localPart + "@" + home(r.Policy), To: []string{"hello@" + Domain}, Raw: []byte(helloMail(r.Policy, r.Now())), Twin: true}
	out, err := r.send(ctx, &hello)
	if err != nil {
		return err
	}
	r.result.Messages++
	if out.code/100 == 4 {
		r.result.fault("gate", "a plain message was answered %s", out.reply)
		return nil
	}
	r.result.Right++
	return nil
}

func helloMail(p *policy.Policy, now time.Time) string {
	return fmt.Sprintf("From: <%s@%s>\r\nTo: <hello@%s>\r\nSubject: canary\r\nDate: %s\r\nMessage-ID: <%x@%s>\r\n\r\nmaillint sings.\r\n",
		localPart, home(p), Domain, now.Format(time.RFC1123Z), now.UnixNano(), Domain)
}

// patience is how often a busy listener is asked again.
const patience = 3

// dial opens a session. A listener that is full for a moment is no fault.
func (r *Round) dial(ctx context.Context) (err error) {
	for n := range patience {
		if n > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(n) * time.Second):
			}
		}
		r.session, err = r.Target.Dial(ctx)
		r.refused = 0
		var busy *submit.Refused
		if err == nil || !errors.As(err, &busy) || !busy.Reply.Temporary() {
			return err
		}
	}
	return err
}

func (r *Round) hangUp(ctx context.Context) {
	if r.session != nil {
		r.session.Quit(context.WithoutCancel(ctx))
	}
}

// try proves one rule: the bad message of a pair must be found, and its twin
// must pass. Where another rule refuses the recipients, the next pair is taken.
func (r *Round) try(ctx context.Context, t *Trial) error {
	seen := Seen{Rule: t.Rule.Name, OK: true}
	defer func() { r.result.Rules = append(r.result.Rules, seen) }()
	for i := range t.Pairs {
		bad, twin := &t.Pairs[i][0], &t.Pairs[i][1]
		if !r.Policy.Timely(t.Rule.Scope) {
			seen.Note = "not tried: outside its hours"
			return nil
		}
		if err := r.before(ctx, bad); err != nil {
			return err
		}
		out, err := r.send(ctx, bad)
		if err != nil {
			return err
		}
		if out.refusedElsewhere(t.Rule.Name) {
			continue
		}
		if !r.Policy.Timely(t.Rule.Scope) {
			seen.Note = "not tried: outside its hours"
			return nil
		}
		if seen.Case = bad.Case; out.braked[t.Rule.Name] {
			r.result.Messages, r.result.Right = r.result.Messages+1, r.result.Right+1
			seen.Note = "braked"
			return nil
		}
		if !r.judge(bad, out, &seen) {
			return nil
		}
		if out, err = r.send(ctx, twin); err == nil {
			r.judge(twin, out, &seen)
		}
		return err
	}
	seen.Note = "not tried: other rules refuse the recipients of all its messages"
	return nil
}

// before sends what must have gone before a message.
func (r *Round) before(ctx context.Context, p *Probe) error {
	for i := range p.Before {
		if _, err := r.send(ctx, &p.Before[i]); err != nil {
			return err
		}
		r.result.Messages++
		r.result.Right++
	}
	return nil
}

// judge compares what became of a message with what must.
func (r *Round) judge(p *Probe, out *outcome, seen *Seen) bool {
	r.result.Messages++
	part, text := out.wrong(p)
	if text == "" {
		r.result.Right++
		return true
	}
	seen.OK, seen.Note = false, text
	r.result.fault(part, "%s", text)
	return false
}

// send goes through one transaction. The error is one of the connection.
func (r *Round) send(ctx context.Context, p *Probe) (*outcome, error) {
	if err := r.fresh(ctx); err != nil {
		return nil, err
	}
	token, _ := message.ParseAddress(Token(r.Target.Key, r.Target.Listener, p.From, r.Now()))
	reply, err := r.session.Mail(ctx, submit.Path{Address: message.Address{Local: token.Local, Domain: token.Domain}})
	if err != nil {
		return nil, err
	}
	if !reply.OK() {
		return nil, &refusal{"MAIL", reply}
	}
	out := &outcome{found: map[string]policy.Disposition{}, remarks: map[string]policy.Disposition{}, braked: map[string]bool{}}
	taken := 0
	for _, to := range p.To {
		a, _ := message.ParseAddress(to)
		reply, err := r.session.Rcpt(ctx, submit.Path{Address: message.Address{Local: a.Local, Domain: a.Domain}})
		switch {
		case err != nil:
			return nil, err
		case reply.OK():
			taken++
		default:
			r.refused++
			out.refused(reply)
		}
	}
	if taken == 0 {
		_, err = r.session.Reset(ctx)
		return out, err
	}
	sum := sha256.Sum256(p.Raw)
	reply, err = r.session.Data(ctx, &rewrite.Message{Body: bytes.NewReader(p.Raw), Size: int64(len(p.Raw)), Hash: sum})
	if err != nil {
		return nil, err
	}
	if !reply.OK() {
		r.refused++
	}
	return out, out.read(reply)
}

// mostRefused is after how many refusals a session is left for another: MTAs
// make a client wait that has had ten (Postfix, smtpd_soft_error_limit).
const mostRefused = 8

// fresh makes sure of a session that is good for a transaction.
func (r *Round) fresh(ctx context.Context) error {
	if r.session.Err() == nil && r.refused < mostRefused {
		return nil
	}
	r.hangUp(ctx)
	return r.dial(ctx)
}
