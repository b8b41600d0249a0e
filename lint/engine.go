package lint

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"

	"maillint/message"
)

// Entry is a rule that runs: an instance, and where it applies.
type Entry struct {
	Instance
	// Applies tells whether a message is in the rule's scope; nil means all.
	Applies func(*message.Message, *Facts) bool
}

// Engine runs rules over messages. It is immutable and safe for concurrent use.
type Engine struct {
	org      *Org
	entries  []Entry
	prepared []any // what each entry's check works with
}

// NewEngine makes an engine of rules for an organisation.
func NewEngine(org *Org, entries []Entry) *Engine {
	e := &Engine{org: org, entries: entries, prepared: make([]any, len(entries))}
	for i := range entries {
		e.prepared[i] = entries[i].Rule.prepare(org, entries[i].params)
	}
	return e
}

// Org is the organisation the engine judges for.
func (e *Engine) Org() *Org { return e.org }

// Entries are the rules that run.
func (e *Engine) Entries() []Entry { return e.entries }

// Runs reports whether a rule, or an instance of it, is among them.
func (e *Engine) Runs(id string) bool {
	return slices.ContainsFunc(e.entries, func(x Entry) bool { return x.Rule.ID == id })
}

// NotJudged is the error for a rule that failed on a message. The message
// must not be treated as clean.
type NotJudged struct {
	Rule  string
	Value any
	Stack []byte
}

func (e *NotJudged) Error() string { return fmt.Sprintf("rule %s failed: %v", e.Rule, e.Value) }

// Run judges a message and gives the findings, worst first. A rule that fails
// does not keep the others from being heard; the error is the first failure.
func (e *Engine) Run(m *message.Message) ([]Finding, error) {
	return e.RunKnowing(NewFacts(m, e.org))
}

// RunKnowing is Run with facts of the caller's, for this engine's organisation:
// with what they know of earlier mail, and to ask for more afterwards.
func (e *Engine) RunKnowing(facts *Facts) ([]Finding, error) {
	m := facts.msg
	var found []Finding
	var failed error
	pass := &Pass{Msg: m, Facts: facts, found: &found}
	for i := range e.entries {
		if err := e.run(i, pass); err != nil && failed == nil {
			failed = err
		}
	}
	if len(found) > 1 {
		slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	}
	return found, failed
}

func (e *Engine) run(i int, pass *Pass) (err error) {
	entry := &e.entries[i]
	defer func() {
		if v := recover(); v != nil {
			err = &NotJudged{entry.Name, v, debug.Stack()}
		}
	}()
	if entry.Applies != nil && !entry.Applies(pass.Msg, pass.Facts) {
		return nil
	}
	pass.rule = &entry.Instance
	entry.Rule.check(pass, e.prepared[i])
	return nil
}
