package main

import (
	"net/mail"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/report"
)

// sequence is what a scan knows of messages that follow each other: the password
// of a locked file in the next message to the same recipients. Messages come in
// the order of the paths, and what counts is their dates: a message that tells a
// password is kept back to the end where its file has not come yet.
type sequence struct {
	files  history.LockedFiles
	kept   []outcome
	wanted bool // the rule runs
}

// mostKept is how many messages are kept back; the first of more are written as
// they were judged by themselves.
const mostKept = 10_000

// passage is a message's part in that: it has a locked file, or it tells a
// password and depends on whether a file went before.
type passage struct {
	ways  []string
	at    time.Time
	after *outcome // as it is after a locked file; nil: it has one itself
}

// passageOf judges a message again as if a locked file had gone before, where
// that matters (told: a rule asked), or notes that it has one. Who cannot be
// dated follows nobody.
func (s *scan) passageOf(m *message.Message, facts *lint.Facts, told bool, again func() outcome) *passage {
	if !s.followed.wanted || !facts.Leaves() {
		return nil
	}
	at, err := mail.ParseDate(m.Value("Date"))
	switch {
	case err != nil:
		return nil
	case facts.Locked():
		return &passage{ways: history.LockedWays(m, facts.Sender(), facts.External()), at: at}
	case told:
		after := again()
		return &passage{ways: history.PasswordWays(m, facts.Sender(), facts.External()), at: at, after: &after}
	}
	return nil
}

// settle gives what is to be written now: a message, or another that was kept
// back too long, or nothing yet.
func (s *scan) settle(o outcome) (now outcome, ok bool) {
	f := s.followed
	switch p := o.passage; {
	case p == nil:
		return o, true
	case p.after == nil:
		f.files.Note(p.ways, p.at)
		return o, true
	case f.files.Lately(p.ways, p.at):
		return *p.after, true
	}
	f.kept = append(f.kept, o)
	if len(f.kept) <= mostKept {
		return outcome{}, false
	}
	o, f.kept = f.kept[0], f.kept[1:]
	return o, true
}

// settleRest writes what was kept back, now that every file has come.
func (s *scan) settleRest() error {
	for _, o := range s.followed.kept {
		if s.followed.files.Lately(o.passage.ways, o.passage.at) {
			o = *o.passage.after
		}
		if err := s.write(o); err != nil {
			return err
		}
	}
	s.followed.kept = nil
	return nil
}

// judgeBoth runs the rules, and where the outcome depends on earlier mail, again
// for the other case.
func (s *scan) judgeBoth(m *message.Message, r *report.Record) *passage {
	told := false
	facts := lint.NewFacts(m, s.engine.Org())
	facts.Before.Locked = func() bool { told = true; return false }
	s.judgeKnowing(m, facts, r)
	return s.passageOf(m, facts, told, func() outcome {
		other := *r
		facts := lint.NewFacts(m, s.engine.Org())
		facts.Before.Locked = func() bool { return true }
		s.judgeKnowing(m, facts, &other)
		return s.outcomeOf(&other)
	})
}
