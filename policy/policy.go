// Package policy reads rules.yaml, strictly, and judges findings by it: which
// rules run with which parameters on which mail, and what becomes of a message
// in which they found something.
package policy

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// Policy is a checked policy. It is not changed after loading and is safe for
// concurrent use.
type Policy struct {
	File         string
	Version      int
	Mode         Mode
	Organization Organization
	Lists        map[string]*List
	// Rules are all rules and instances, those of the file first and in its
	// order, then those that it does not name.
	Rules []*Rule
	// Warnings are what works, but probably not as it was meant.
	Warnings Problems
	// Now tells the time: for hours, dates and the end of exceptions.
	Now func() time.Time

	byName map[string]*Rule
}

// Load reads and checks a policy file. The error is Problems with every
// mistake in it, unless the file cannot be read.
func Load(path string, rules []*lint.Rule) (*Policy, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, Problems{{File: path, Text: err.Error()}}
	}
	return Parse(path, data, rules)
}

// Parse checks the text of a policy. name is for messages; files that the
// policy names are looked for in the folder of name.
func Parse(name string, data []byte, rules []*lint.Rule) (*Policy, error) {
	return parse(filepath.Base(name), data, rules, realWorld(name))
}

func parse(file string, data []byte, rules []*lint.Rule, w world) (*Policy, error) {
	r := &reader{file: file, world: w, lists: map[string]*List{}, zone: local()}
	p := &Policy{File: file, Mode: Enforce, Lists: r.lists, Now: time.Now, byName: map[string]*Rule{}}
	if top := r.root(data); top != nil {
		r.references(top)
		r.sections(p, top, newCatalogue(rules))
	}
	r.problems.sort()
	if r.problems.Errors() {
		return nil, r.problems
	}
	p.Warnings = r.problems
	for _, rule := range p.Rules {
		p.byName[rule.Name] = rule
	}
	return p, nil
}

// later are sections that this version knows of and does not have.
var later = []string{"holds", "proxy", "release", "milter", "store", "console", "notify", "directory", "services", "custom", "exceptions"}

// sections reads the file. What others refer to is read first.
func (r *reader) sections(p *Policy, top *yaml.Node, c *catalogue) {
	r.readZone(top)
	if v := find(top, "lists"); v != nil {
		r.readLists(v, "lists")
	}
	version := false
	keys := []key{
		{"version", func(v *yaml.Node, s string) { version, p.Version = true, r.version(v, s) }},
		{"mode", func(v *yaml.Node, s string) { p.Mode = r.mode(v, s) }},
		{"organization", func(v *yaml.Node, s string) { p.Organization = r.readOrganization(v, s) }},
		{"lists", func(*yaml.Node, string) {}},
		{"rules", func(v *yaml.Node, s string) { p.Rules = r.readRules(v, s, c) }},
	}
	for _, name := range later {
		keys = append(keys, key{name, func(v *yaml.Node, s string) {
			r.fail(r.at(v), "take it out", "%s: not available in this version", s)
		}})
	}
	p.Organization.Zone = r.zone
	r.mapping(top, "", "section", keys...)
	if !version && top.Kind == yaml.MappingNode {
		r.fail(r.at(top), `write "version: 1"`, "version is missing")
	}
	if p.Rules == nil {
		p.Rules = r.readRules(nil, "rules", c)
	}
}

func (r *reader) version(n *yaml.Node, path string) int {
	v := r.integer(n, path)
	if v != 1 && v != 0 {
		r.fail(r.at(n), "this maillint knows version 1", "%s%d is unknown", prefix(path), v)
	}
	return v
}

// Org is the organisation as rules see it. The error names no domains that
// Parse has let through.
func (p *Policy) Org() *lint.Org {
	org, _ := lint.NewOrg(p.Organization.Domains)
	return org.WithPartners(p.Organization.Partners)
}

// Entries are the rules that run, with their parameters and scope.
func (p *Policy) Entries() []lint.Entry {
	var out []lint.Entry
	for _, rule := range p.Rules {
		if !rule.Enabled {
			continue
		}
		e := lint.Entry{Instance: rule.instance}
		if s := rule.Scope; s != nil {
			e.Applies = func(m *message.Message, f *lint.Facts) bool { return p.applies(s, m, f) }
		}
		out = append(out, e)
	}
	return out
}

// Engine is the engine of the rules that run. org nil is the policy's own
// organisation; one without partners is given the policy's.
func (p *Policy) Engine(org *lint.Org) *lint.Engine {
	switch {
	case org == nil:
		org = p.Org()
	case len(org.Partners()) == 0:
		org = org.WithPartners(p.Organization.Partners)
	}
	return lint.NewEngine(org, p.Entries())
}

// Rule finds a rule or instance by the name that findings carry, or nil.
func (p *Policy) Rule(name string) *Rule { return p.byName[name] }

// AsProblems gives the problems that an error of Load or Parse carries.
func AsProblems(err error) (Problems, bool) {
	var p Problems
	ok := errors.As(err, &p)
	return p, ok
}

// inGroups reports whether a sender of the message is in one of the groups.
func (p *Policy) inGroups(m *message.Message, groups []string) bool {
	return false
}

func (r *reader) groups(n *yaml.Node, path string) []string {
	for _, it := range r.items(n, path) {
		r.fail(it.at, "", "%sgroup %q is unknown: %s", prefix(path), it.text, strings.TrimSpace("there is no directory"))
	}
	return nil
}
