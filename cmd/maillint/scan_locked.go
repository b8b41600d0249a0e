package main

import (
	"cmp"
	"net/mail"
	"slices"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
)

// sequence is what a scan knows of messages that follow each other: the password
// of a locked file in the next message to the same recipients. Messages come in
// the order of the paths, and what counts is their dates: a message that tells a
// password is kept back to the end where its file has not come yet.
type sequence struct {
	files  history.LockedFiles
	kept   []outcome
	engine *lint.Engine // of the rule that wants to know
}

// newSequence makes the sequence of an engine's rules.
func newSequence(e *lint.Engine) *sequence {
	var entries []lint.Entry
	for _, entry := range e.Entries() {
		if entry.Rule.ID == history.PasswordRule {
			entries = append(entries, entry)
		}
	}
	return &sequence{engine: lint.NewEngine(e.Org(), entries)}
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
	if len(s.followed.engine.Entries()) == 0 || !facts.Leaves() {
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

// judgeBoth runs the rules, and where the outcome depends on earlier mail, the
// rule that does again for the other case.
func (s *scan) judgeBoth(m *message.Message, r *report.Record) *passage {
	told := false
	facts := lint.NewFacts(m, s.engine.Org())
	facts.Before.Locked = func() bool { told = true; return false }
	found := s.judgeKnowing(m, s.engine, facts, r)
	return s.passageOf(m, facts, told, func() outcome {
		other := *r
		facts.Before.Locked = func() bool { return true }
		more := s.judgeKnowing(m, s.followed.engine, facts, &other)
		both := append(slices.Clone(found), more...)
		slices.SortStableFunc(both, func(a, b lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
		other.Verdict = s.policy.Judge(m, policy.IdentityOf(m), both)
		return s.outcomeOf(&other)
	})
}
