package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"maillint/lint"
	"maillint/mailbox"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
)

// scan is one run over stored mail.
type scan struct {
	options  *scanOptions
	policy   *policy.Policy
	engine   *lint.Engine
	format   report.Format
	baseline *baseline
	stdin    io.Reader
	stderr   io.Writer
	progress *progress
	summary  report.Summary
	failed   bool // something was found at or over the fail level
	seen     int  // messages judged
	followed *sequence
}

// outcome is what is left of a message when its octets are gone.
type outcome struct {
	tally   report.Tally
	piece   report.Piece
	prints  []string // of its findings, for the baseline
	skipped bool     // not asked for
	passage *passage // nil: it neither has a locked file nor tells a password
}

// read scans the paths, reports in their order, and ends the report.
func (s *scan) read(ctx context.Context, paths []string) error {
	start := time.Now()
	err := mailbox.Read(ctx, paths, mailbox.Options{
		Jobs:  s.options.jobs,
		Stdin: func() io.Reader { return s.stdin },
		Skip:  s.options.elsewhere,
	}, func(_ int, m *mailbox.Message) outcome { return s.visit(m) }, s.emit)
	if err == nil || errors.Is(err, context.Canceled) {
		err = errors.Join(err, s.settleRest())
	}
	s.progress.done()
	s.summary.Elapsed = time.Since(start)
	if s.summary.Interrupted = errors.Is(err, context.Canceled); err != nil && !s.summary.Interrupted {
		return err
	}
	if err := s.saveBaseline(); err != nil {
		return err
	}
	s.notes()
	if err := s.format.Close(&s.summary); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// notes says what the reader of the summary should know: what was taken on
// trust, what did not run, which exceptions have ended or let nothing be.
func (s *scan) notes() {
	add := func(format string, args ...any) {
		s.summary.Notes = append(s.summary.Notes, fmt.Sprintf(format, args...))
	}
	var idle []string
	for _, r := range s.policy.Rules {
		if r.Enabled && r.Rule.NeedsHistory {
			idle = append(idle, r.Name)
		}
	}
	if idle != nil {
		add("not run, because they need history: %s", strings.Join(idle, ", "))
	}
	if slices.ContainsFunc(s.policy.Exceptions, func(e *policy.Exception) bool { return len(e.Senders) > 0 && e.Used() > 0 }) {
		add("exceptions by sender were applied to what From says, which stored mail does not prove")
	}
	if s.summary.Interrupted || len(s.policy.Exceptions) == 0 {
		return
	}
	problems := slices.Concat(s.policy.Check(time.Now()), s.policy.Unused())
	for _, problem := range problems[:min(len(problems), mostNotes)] {
		add("%s", problem)
	}
	if n := len(problems) - mostNotes; n > 0 {
		add("... and %d more like this: maillint check %s", n, s.policy.File)
	}
}

// mostNotes is how many problems of a policy a summary names.
const mostNotes = 10

// elsewhere: a file of our own making, or a message that --shard leaves to
// another share.
func (o *scanOptions) elsewhere(path string) bool {
	for _, own := range []string{o.output, o.baseline, o.config} {
		if own != "" && filepath.Base(path) == filepath.Base(own) && sameFile(path, own) {
			return true
		}
	}
	if o.parts < 2 {
		return false
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(path))
	return int(h.Sum32()%uint32(o.parts)) != o.part-1
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// visit judges one message, on one of the workers.
func (s *scan) visit(item *mailbox.Message) outcome {
	r := report.Record{Path: item.Path, Alone: item.Alone, Origin: item.Origin, Err: item.Err}
	wanted := true
	var p *passage
	if item.Err == nil {
		wanted, p = s.judge(item, &r)
	}
	o := outcome{skipped: !wanted}
	if wanted {
		o = s.outcomeOf(&r)
		o.passage = p
	}
	s.progress.add(item.Size, len(o.tally.Findings))
	return o
}

func (s *scan) outcomeOf(r *report.Record) (o outcome) {
	o.prints = s.baseline.apply(r)
	o.piece = s.render(r)
	o.tally = report.TallyOf(r)
	return o
}

// judge reads and judges a message; false means that it was not asked for. A
// failure of ours is an error of this message and never its end.
func (s *scan) judge(item *mailbox.Message, r *report.Record) (wanted bool, p *passage) {
	defer func() {
		if v := recover(); v != nil {
			wanted, p = true, nil
			r.Msg, r.Raw, r.Err = nil, nil, notJudged(v)
		}
	}()
	m := s.parse(item, r)
	if !s.options.wants(m) {
		return false, nil
	}
	r.Msg = m
	if r.Err = unreadable(m, item); r.Err != nil {
		return true, nil
	}
	return true, s.judgeBoth(m, r)
}

func (s *scan) judgeKnowing(m *message.Message, e *lint.Engine, facts *lint.Facts, r *report.Record) []lint.Finding {
	found, err := e.RunKnowing(facts)
	if err != nil {
		r.Err = fmt.Errorf("not judged: %w", err)
	}
	r.Verdict = s.policy.Judge(m, policy.IdentityOf(m), found)
	return found
}

func notJudged(v any) error {
	if os.Getenv("MAILLINT_DEBUG") != "" {
		_, _ = os.Stderr.Write(debug.Stack())
	}
	return fmt.Errorf("not judged: maillint failed on it: %v (please report this)", v)
}

// render makes a record's piece of the report. A format decodes, too, so it
// is guarded like a rule.
func (s *scan) render(r *report.Record) (p report.Piece) {
	defer func() {
		if v := recover(); v != nil {
			r.Msg, r.Raw, r.Err, r.Verdict = nil, nil, notJudged(v), policy.Verdict{}
			p = s.format.Render(r)
		}
	}()
	return s.format.Render(r)
}

// parse reads a message and settles its envelope.
func (s *scan) parse(item *mailbox.Message, r *report.Record) *message.Message {
	var m *message.Message
	if item.File != nil {
		m = message.ParseReader(item.File, item.Size)
	} else {
		m = message.Parse(item.Data)
		r.Raw = item.Data
	}
	if inner, ok := m.Journalled(); ok {
		m, r.Raw, r.Alone = inner, nil, false
	} else {
		m.Envelope = m.EnvelopeFromFields()
	}
	if given := s.options.envelope; given != nil {
		m.Envelope = override(m.Envelope, *given)
	}
	return m
}

// override takes what the flags say, and the rest from the message.
func override(have, given message.Envelope) message.Envelope {
	if given.ReversePath.IsZero() && !given.Null {
		given.ReversePath, given.Null = have.ReversePath, have.Null
	}
	if len(given.Recipients) == 0 {
		given.Recipients = have.Recipients
	}
	return given
}

// unreadable: what is no message at all, or broke off while being read. A text
// without a header that somebody named is judged all the same, because it may
// be meant as a message.
func unreadable(m *message.Message, item *mailbox.Message) error {
	for i := range m.Defects {
		d := &m.Defects[i]
		if d.Where != "message" {
			continue
		}
		switch d.Kind {
		case message.EmptyMessage:
			return errors.New("empty: there is no message in it")
		case message.ReadError:
			return errors.New(d.Detail)
		case message.NoHeader:
			if item.Walked || binary(item.Data) {
				return errors.New("not one header field: this is no message")
			}
		}
	}
	if item.Walked && item.Alone && !strings.HasSuffix(item.Path, ".eml") && !slices.ContainsFunc(m.Fields, ofMail) {
		return errors.New("not one header field that mail has: this is no message")
	}
	return nil
}

// ofMail reports whether a field is one that mail has; YAML and the like have
// lines of the same shape.
func ofMail(f message.Field) bool {
	switch name := strings.ToLower(f.Name); name {
	case "from", "to", "cc", "bcc", "date", "subject", "message-id", "received", "return-path", "sender", "reply-to",
		"mime-version", "delivered-to", "in-reply-to", "references", "envelope-to", "status":
		return true
	default:
		prefix, _, _ := strings.Cut(name, "-")
		return len(prefix) < len(name) && (prefix == "x" || prefix == "content" || prefix == "resent" || prefix == "list")
	}
}

func binary(data []byte) bool { return bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0 }

// wants applies --since, --until and --sender. A message without a readable
// date is wanted: what is in doubt is looked at.
func (o *scanOptions) wants(m *message.Message) bool {
	if !o.from.IsZero() || !o.to.IsZero() {
		if t, err := mail.ParseDate(m.Value("Date")); err == nil && (t.Before(o.from) || !o.to.IsZero() && !t.Before(o.to)) {
			return false
		}
	}
	if len(o.senders) == 0 {
		return true
	}
	for _, a := range append(m.From(), m.Envelope.ReversePath) {
		for _, p := range o.senders {
			if p.matches(a) {
				return true
			}
		}
	}
	return false
}

// emit takes the messages in order; write counts one and writes what there is to
// say.
func (s *scan) emit(o outcome) error {
	if o.skipped {
		return nil
	}
	if s.seen++; s.seen > 1 && s.options.envelope != nil {
		return errors.New("--mail-from and --rcpt describe one message, but there are several: scan them one by one")
	}
	if o, ready := s.settle(o); ready {
		return s.write(o)
	}
	return nil
}

func (s *scan) write(o outcome) error {
	s.summary.Add(&o.tally)
	s.baseline.note(o.prints)
	for _, f := range o.tally.Findings {
		s.failed = s.failed || f.Severity >= s.options.fail
	}
	if o.piece == nil {
		return nil
	}
	if err := s.format.Write(o.piece); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
