package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"runtime/debug"
	"sync"
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
	out      io.Writer
	stdin    io.Reader
	progress *progress
	summary  report.Summary
}

// outcome is what became of one message.
type outcome struct {
	text    *bytes.Buffer
	summary report.Summary
}

// texts are the buffers that reports are written into, to be used again.
var texts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// all scans the paths with several workers and writes their reports in the
// order of the paths.
func (s *scan) all(ctx context.Context, paths []string) error {
	if err := s.format.Begin(s.out); err != nil {
		return err
	}
	w := bufio.NewWriterSize(s.out, 64<<10)
	options := mailbox.Options{Jobs: s.options.jobs, Stdin: func() io.Reader { return s.stdin }}
	visit := func(_ int, m *mailbox.Message) *outcome { return s.visit(m) }
	err := mailbox.Read(ctx, paths, options, visit, func(o *outcome) error {
		if o == nil {
			return nil
		}
		merge(&s.summary, &o.summary)
		if o.text == nil {
			return nil
		}
		_, err := w.Write(o.text.Bytes())
		o.text.Reset()
		texts.Put(o.text)
		return err
	})
	if ctx.Err() != nil {
		err = nil // what was read by then is reported
	}
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	return err
}

func merge(into, from *report.Summary) {
	into.Messages += from.Messages
	into.Bytes += from.Bytes
	into.Unread += from.Unread
	into.Flagged += from.Flagged
	for i, n := range from.Severities {
		into.Severities[i] += n
	}
	for id, n := range from.Rules {
		if into.Rules == nil {
			into.Rules = map[string]int{}
		}
		into.Rules[id] += n
	}
}

// visit judges one message and writes what there is to say; nil where it was
// not asked for.
func (s *scan) visit(m *mailbox.Message) *outcome {
	r := report.Record{Path: m.Path, Err: m.Err}
	if m.Err == nil && !s.judge(m, &r) {
		return nil
	}
	o := &outcome{text: texts.Get().(*bytes.Buffer)}
	s.format.Record(o.text, &r)
	o.summary.Add(&r, s.options.fail)
	s.progress.add(m.Size, o.summary.Findings())
	return o
}

// judge reads and judges a message; false means that it was not asked for. A
// failure of ours is an error of this message and never its end.
func (s *scan) judge(stored *mailbox.Message, r *report.Record) (wanted bool) {
	defer func() {
		if v := recover(); v != nil {
			r.Err = fmt.Errorf("not judged: maillint failed on it: %v (please report this)", v)
			if os.Getenv("MAILLINT_DEBUG") != "" {
				os.Stderr.Write(debug.Stack())
			}
			r.Msg, wanted = nil, true
		}
	}()
	m := s.parse(stored)
	if !s.wanted(m) {
		s.progress.add(stored.Size, 0)
		return false
	}
	r.Msg = m
	found, err := s.engine.Run(m)
	if err != nil {
		r.Err = fmt.Errorf("not judged: %w", err)
	}
	r.Verdict = s.policy.Judge(m, policy.IdentityOf(m), found)
	if r.Err == nil {
		r.Err = unreadable(m)
	}
	return true
}

// parse reads a message and settles its envelope.
func (s *scan) parse(stored *mailbox.Message) *message.Message {
	var m *message.Message
	if stored.File != nil {
		m = message.ParseReader(stored.File, stored.Size)
	} else {
		m = message.Parse(stored.Data)
	}
	if inner, ok := m.Journalled(); ok {
		m = inner
	} else {
		m.Envelope = m.EnvelopeFromFields()
	}
	if e := s.options.envelope; e != nil {
		given := *e
		if given.ReversePath.IsZero() && !given.Null {
			given.ReversePath, given.Null = m.Envelope.ReversePath, m.Envelope.Null
		}
		if len(given.Recipients) == 0 {
			given.Recipients = m.Envelope.Recipients
		}
		m.Envelope = given
	}
	return m
}

// unreadable: what is no message at all, or broke off while being read.
func unreadable(m *message.Message) error {
	for _, d := range m.Defects {
		switch d.Kind {
		case message.NoHeader, message.EmptyMessage, message.ReadError:
			if d.Where == "message" {
				return errors.New(d.Detail)
			}
		}
	}
	return nil
}

// wanted applies --since, --until and --sender. A message without a readable
// date is wanted: what is in doubt is looked at.
func (s *scan) wanted(m *message.Message) bool {
	o := s.options
	if !o.from.IsZero() || !o.to.IsZero() {
		if t, err := mail.ParseDate(m.Value("Date")); err == nil && !within(t, o.from, o.to) {
			return false
		}
	}
	if len(o.sender) == 0 {
		return true
	}
	for _, a := range append(m.From(), m.Envelope.ReversePath) {
		for _, want := range o.sender {
			if policy.Covers(want, a) {
				return true
			}
		}
	}
	return false
}

func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}
