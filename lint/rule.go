// Package lint is the contract between a rule and everything around it: what
// a rule is, what it is given, and what it says.
//
// A rule is a value made by New and a pure function of the message, the facts
// and its parameters. It reads no file, clock, network or store.
package lint

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v4"
)

// Severity grades a finding.
type Severity int

// The severities, in order, so that max works.
const (
	Info Severity = iota
	Warning
	High
	Critical
)

var severityNames = [...]string{"info", "warning", "high", "critical"}

// Severities lists the names in rising order.
func Severities() []string { return severityNames[:] }

func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, n := range severityNames {
		if n == string(b) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: want info, warning, high or critical", b)
}

// Text is one text in the languages maillint speaks.
type Text struct{ En, Ja string }

// In gives the text in a language ("ja", else English).
func (t Text) In(lang string) string {
	if lang == "ja" && t.Ja != "" {
		return t.Ja
	}
	return t.En
}

// Meta is what people read about a rule. Pages, "maillint explain", the JSON
// Schema and the README's table are generated from it.
type Meta struct {
	ID       string   // kebab-case name of the condition found; never reused
	Aliases  []string // former IDs; a policy that uses one is warned
	Severity Severity // the gravest it reports by default
	// Defaults are the dispositions shipped for each severity it reports, by
	// name ("confirm"); a severity that is missing takes the next lower one.
	Defaults map[Severity]string
	Title    Text // the condition, one line, no capital or period
	Why      Text // why it matters, with the incident
	Fix      Text // what to do instead, for the sender
	Quiet    Text // what is silent by design, and how to silence more
	Held     Text // for the person who decides about a held message
	// Incidents are IDs of corpus/incidents.yaml.
	Incidents []string
	Refs      []string // further sources: RFC and section, report, paper
	Since     string
	Preview   bool
	// ByEnvelope marks a rule that judges each recipient of the envelope by
	// itself as well, without the message: it can answer at RCPT.
	ByEnvelope bool
	// NeedsHistory marks a rule that cannot judge without it ("S").
	NeedsHistory bool
	// WithHistory is what a rule that judges without history finds besides where
	// there is one; empty for most.
	WithHistory Text
}

// Rule is one rule: its metadata, its parameters and its check.
type Rule struct {
	Meta
	params func() any // a new copy of the defaults, as a pointer
	// prepare makes what check works with of the parameters, once.
	prepare func(org *Org, params any) any
	check   func(*Pass, any)
}

// Validator is implemented by parameter structs that can be wrong in ways
// their types do not show.
type Validator interface{ Validate() error }

// New makes a rule. P is a plain struct of parameters with yaml tags and no
// maps or pointers, so that a copy of defaults is a full copy; its fields'
// "doc" tags describe them ("doc_ja" in Japanese).
func New[P any](meta Meta, defaults P, check func(*Pass, P)) *Rule {
	return &Rule{
		Meta:    meta,
		params:  func() any { p := defaults; return &p },
		prepare: func(_ *Org, params any) any { return params },
		check:   func(pass *Pass, p any) { check(pass, *p.(*P)) },
	}
}

// NewPrepared makes a rule that works with something made of the organisation
// and the parameters once, when the engine is built: an index, a compiled list.
func NewPrepared[P, T any](meta Meta, defaults P, prepare func(*Org, P) T, check func(*Pass, T)) *Rule {
	return &Rule{
		Meta:    meta,
		params:  func() any { p := defaults; return &p },
		prepare: func(org *Org, params any) any { return prepare(org, *params.(*P)) },
		check:   func(pass *Pass, t any) { check(pass, t.(T)) },
	}
}

// Params gives a pointer to a fresh copy of the rule's default parameters, for
// the policy to decode into.
func (r *Rule) Params() any { return r.params() }

// Instance is a rule with checked parameters, ready to run. Name is the rule's
// ID unless the policy runs it several times.
type Instance struct {
	Rule   *Rule
	Name   string
	params any
}

// Default is the instance with the rule's own parameters.
func (r *Rule) Default() Instance { return Instance{Rule: r, Name: r.ID, params: r.params()} }

// Params gives a pointer to the checked parameters, which are not to be changed.
func (i Instance) Params() any { return i.params }

// WithShippedLists is the instance with the lists of its parameters as the rule
// ships, and everything else as it is.
func (i Instance) WithShippedLists() Instance {
	if i.params == nil || i.Rule.params == nil {
		return i
	}
	shipped := reflect.ValueOf(i.Rule.params()).Elem()
	own := reflect.New(shipped.Type())
	own.Elem().Set(reflect.ValueOf(i.params).Elem())
	for n := range shipped.NumField() {
		if shipped.Field(n).Kind() == reflect.Slice && own.Elem().Field(n).CanSet() {
			own.Elem().Field(n).Set(shipped.Field(n))
		}
	}
	i.params = own.Interface()
	return i
}

// Configure is the instance with parameters decoded from a YAML node (nil for
// the defaults). Unknown keys are the policy's to find; values that do not fit
// are an error here.
func (r *Rule) Configure(name string, node *yaml.Node) (Instance, error) {
	p := r.params()
	if node != nil {
		if err := node.Decode(p); err != nil {
			return Instance{}, err
		}
	}
	if v, ok := p.(Validator); ok {
		if err := v.Validate(); err != nil {
			return Instance{}, err
		}
	}
	return Instance{Rule: r, Name: name, params: p}, nil
}
