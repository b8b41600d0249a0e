package corpus

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// caseFile is case.yaml.
type caseFile struct {
	Title        string               `yaml:"title"`
	Incident     string               `yaml:"incident"`
	Source       string               `yaml:"source"`
	Rules        []string             `yaml:"rules"`
	Organization []string             `yaml:"organization"`
	Protected    []string             `yaml:"protected"`
	Blocked      []string             `yaml:"blocked"`
	Envelope     *Envelope            `yaml:"envelope"`
	Envelopes    map[string]*Envelope `yaml:"envelopes"`
	Want         []Expect             `yaml:"want"`
	Todo         []Expect             `yaml:"todo"`
}

// describe fills in what case.yaml says.
func (c *Case) describe(file string, data []byte) error {
	var f caseFile
	doc, err := strict(file, data, &f)
	if err != nil {
		return err
	}
	c.Title, c.Incident, c.Source, c.Rules = f.Title, f.Incident, f.Source, f.Rules
	c.Organization, c.Envelope, c.Envelopes = f.Organization, f.Envelope, f.Envelopes
	c.Protected, c.Blocked = f.Protected, f.Blocked
	c.Want, c.Todo = f.Want, f.Todo
	p := &problems{file: file, doc: doc}
	if strings.TrimSpace(f.Title) == "" {
		p.add(at("title"), "title is missing: a sentence that says what went wrong")
	}
	if len(f.Rules) == 0 {
		c.Rules = named(f.Want, f.Todo)
	}
	if len(c.Rules) == 0 {
		p.add(at("want"), "no rule is named: say under want what must be found")
	}
	c.checkEnvelopes(p)
	c.checkExpected(p, "want", c.Want)
	c.checkExpected(p, "todo", c.Todo)
	return p.join()
}

// named gives the rules that expectations name.
func named(lists ...[]Expect) []string {
	var out []string
	for _, list := range lists {
		for _, e := range list {
			if e.Rule != "" && !slices.Contains(out, e.Rule) {
				out = append(out, e.Rule)
			}
		}
	}
	return out
}

func (c *Case) checkEnvelopes(p *problems) {
	complete := func(e *Envelope, path ...any) {
		if e == nil || e.From == "" || len(e.To) == 0 {
			p.add(path, `an envelope has from ("<>" for the null reverse-path) and to`)
		}
	}
	if c.Envelope != nil {
		complete(c.Envelope, "envelope")
	}
	for name, e := range c.Envelopes {
		if !slices.Contains(c.Names, name) && name != FixedName {
			p.add(at("envelopes", name), "no message of the case is named %s", name)
		}
		complete(e, "envelopes", name)
	}
}

// severities are those of package lint, which this package must not import.
var severities = []string{"info", "warning", "high", "critical"}

func (c *Case) checkExpected(p *problems, key string, list []Expect) {
	for i := range list {
		e := &list[i]
		if !slices.Contains(c.Rules, e.Rule) {
			p.add(at(key, i, "rule"), "%q is not one of the rules of the case", e.Rule)
		}
		if !slices.Contains(severities, e.Severity) && (key == "want" || e.Severity != "") {
			p.add(at(key, i, "severity"), "severity %q: want %s", e.Severity, strings.Join(severities, ", "))
		}
		if e.Message == 0 {
			e.Message = 1
		}
		if e.Message < 1 || e.Message > len(c.Names) {
			p.add(at(key, i, "message"), "message %d: the case has %d", e.Message, len(c.Names))
		}
	}
}

// problems gathers the mistakes of one file.
type problems struct {
	file string
	doc  *yaml.Node
	list []problem
}

// add notes a mistake at the place that path leads to.
func (p *problems) add(path []any, format string, args ...any) {
	n := place(p.doc, path)
	text := fmt.Sprintf("%s:%d:%d: %s", p.file, n.Line, n.Column, fmt.Sprintf(format, args...))
	p.list = append(p.list, problem{n.Line, n.Column, text})
}

// at is the way to a place in a file: keys and indexes.
func at(path ...any) []any { return path }

// join gives the mistakes in the order of the file.
func (p *problems) join() error {
	slices.SortStableFunc(p.list, problem.compare)
	var out []error
	for _, e := range p.list {
		out = append(out, errors.New(e.text))
	}
	return errors.Join(out...)
}

type problem struct {
	line, column int
	text         string
}

func (p problem) compare(q problem) int {
	if p.line != q.line {
		return p.line - q.line
	}
	if p.column != q.column {
		return p.column - q.column
	}
	return strings.Compare(p.text, q.text)
}

// place finds the node that keys and indexes lead to, or the last one on the
// way that is there.
func place(n *yaml.Node, path []any) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range path {
		next := child(n, step)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// strict decodes one YAML document and refuses keys that nobody reads. It
// gives the nodes as well, for the places of further mistakes.
func strict(file string, data []byte, into any) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, located(file, err)
	}
	if err := yaml.Load(data, into, yaml.WithKnownFields()); err != nil {
		return nil, located(file, err)
	}
	return &doc, nil
}

// located puts file:line:col before what the YAML library says.
func located(file string, err error) error {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	list := []*yaml.LoadError{}
	switch {
	case errors.As(err, &many):
		list = many.Errors
	case errors.As(err, &one):
		list = append(list, one)
	default:
		return fmt.Errorf("%s:1:1: %w", file, err)
	}
	var out []error
	for _, e := range list {
		text, _, _ := strings.Cut(e.Message, " in type ")
		out = append(out, fmt.Errorf("%s:%d:%d: %s", file, e.Mark.Line, e.Mark.Column, text))
	}
	return errors.Join(out...)
}
