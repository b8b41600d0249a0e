package policy

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// Rule is a rule as the policy runs it: an instance with its own settings.
type Rule struct {
	Name         string // the rule's ID, or the instance's own name
	Rule         *lint.Rule
	Enabled      bool
	Mode         Mode
	Severities   map[lint.Severity]lint.Severity // graded to wanted; missing stays
	Dispositions map[lint.Severity]Disposition   // as the policy says; may be nil
	Scope        *Scope                          // nil: all mail
	// Copy are internal addresses that get a copy of what the rule finds
	// something in, without being shown.
	Copy []message.Address

	expression *expression // of a custom rule
	cases      []customCase

	instance lint.Instance
	shipped  map[lint.Severity]Disposition
	at       place
}

// Custom reports whether the rule is an expression of the policy's own.
func (c *Rule) Custom() bool { return c.expression != nil }

// Params gives a pointer to the rule's parameters, which are not to be changed;
// nil for a custom rule.
func (c *Rule) Params() any { return c.instance.Params() }

// severity is a finding's severity as the policy wants it.
func (c *Rule) severity(graded lint.Severity) lint.Severity {
	if s, ok := c.Severities[graded]; ok {
		return s
	}
	return graded
}

// Disposition is what a finding of this severity leads to when the rule is
// enforced. A severity that the policy does not name takes the next lower one
// that it does, then the rule's shipped one.
func (c *Rule) Disposition(s lint.Severity) Disposition {
	if d, ok := nextLower(c.Dispositions, s); ok {
		return d
	}
	d, _ := nextLower(c.shipped, s)
	return d
}

func nextLower(m map[lint.Severity]Disposition, s lint.Severity) (Disposition, bool) {
	for ; s >= lint.Info; s-- {
		if d, ok := m[s]; ok {
			return d, true
		}
	}
	return Pass, false
}

var kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// catalogue finds rules by name.
type catalogue struct {
	byID  map[string]*lint.Rule
	alias map[string]*lint.Rule
	ids   []string
}

func newCatalogue(rules []*lint.Rule) *catalogue {
	c := &catalogue{byID: map[string]*lint.Rule{}, alias: map[string]*lint.Rule{}}
	for _, rule := range rules {
		c.byID[rule.ID] = rule
		c.ids = append(c.ids, rule.ID)
		for _, a := range rule.Aliases {
			c.alias[a] = rule
		}
	}
	return c
}

// rule finds a rule by the name at a node; a former name is warned about.
func (r *reader) rule(c *catalogue, k *yaml.Node, path string) *lint.Rule {
	if rule := c.byID[k.Value]; rule != nil {
		return rule
	}
	if rule := c.alias[k.Value]; rule != nil {
		r.warn(r.at(k), "write "+rule.ID, "%s%q is now called %q", prefix(path), k.Value, rule.ID)
		return rule
	}
	return nil
}

// readRules reads the section rules and adds the rules it does not name, with
// the settings they ship with.
func (r *reader) readRules(n *yaml.Node, path string, c *catalogue) []*Rule {
	var out []*Rule
	named := map[string]int{}
	if n != nil {
		for k, v := range r.pairs(n, path) {
			rule := r.readRule(k, v, path, c)
			if rule == nil {
				continue
			}
			if line, ok := named[rule.Name]; ok {
				r.fail(r.at(k), "", "%s%q is set twice: first in line %d", prefix(path), rule.Name, line)
				continue
			}
			named[rule.Name] = k.Line
			out = append(out, rule)
		}
	}
	for _, id := range c.ids {
		if rule := c.byID[id]; named[id] == 0 {
			out = append(out, &Rule{Name: id, Rule: rule, Enabled: !rule.Preview, Mode: Enforce, instance: rule.Default(), shipped: r.shipped(rule)})
		}
	}
	return out
}

// readRule reads one entry of rules: a rule under its ID, or under another
// name with "rule:".
func (r *reader) readRule(k, v *yaml.Node, path string, c *catalogue) *Rule {
	base := r.rule(c, k, path)
	at := join(path, k.Value)
	ref := find(v, "rule")
	name := k.Value
	switch {
	case ref != nil && base != nil:
		r.fail(r.at(ref), "take another name for this one", "%s%q is itself a rule", prefix(at), k.Value)
		return nil
	case ref != nil:
		if base = r.instanceOf(c, ref, at); base == nil {
			return nil
		}
		if !kebab.MatchString(name) {
			r.fail(r.at(k), "", "%snames are small letters, digits and hyphens, not %q", prefix(path), clip(name))
			return nil
		}
	case base == nil:
		hint := didYouMean(k.Value, c.ids)
		r.fail(r.at(k), hint, "%sunknown rule %q", prefix(path), clip(k.Value))
		return nil
	default:
		name = base.ID
	}
	rule := &Rule{Name: name, Rule: base, Enabled: true, Mode: Enforce, shipped: r.shipped(base), at: r.at(k)}
	r.settings(rule, v, at)
	return rule
}

func (r *reader) instanceOf(c *catalogue, ref *yaml.Node, at string) *lint.Rule {
	if _, ok := r.raw(ref, join(at, "rule")); !ok {
		return nil
	}
	base := r.rule(c, ref, join(at, "rule"))
	if base == nil {
		r.fail(r.at(ref), didYouMean(ref.Value, c.ids), "%sunknown rule %q", prefix(join(at, "rule")), clip(ref.Value))
	}
	return base
}

func (r *reader) settings(rule *Rule, n *yaml.Node, path string) {
	var params *yaml.Node
	r.mapping(n, path, "key",
		key{"rule", func(*yaml.Node, string) {}},
		key{"enabled", func(v *yaml.Node, p string) { rule.Enabled = r.boolean(v, p) }},
		key{"mode", func(v *yaml.Node, p string) { rule.Mode = r.mode(v, p) }},
		key{"severity", func(v *yaml.Node, p string) { rule.Severities = r.severities(v, p) }},
		key{"disposition", func(v *yaml.Node, p string) { rule.Dispositions = r.dispositions(v, p) }},
		key{"params", func(v *yaml.Node, _ string) { params = v }},
		key{"scope", func(v *yaml.Node, p string) { rule.Scope = r.readScope(v, p) }},
		key{"copy", func(v *yaml.Node, p string) { rule.Copy = r.addresses(v, p) }},
	)
	rule.instance = r.configure(rule, params, path)
}

func (r *reader) mode(n *yaml.Node, path string) Mode {
	i, ok := r.word(n, path, "mode", modeNames)
	if !ok {
		return Enforce
	}
	return Mode(i)
}

// severities reads a word for all findings, or a map from the severity that
// the rule gives to the one that is wanted.
func (r *reader) severities(n *yaml.Node, path string) map[lint.Severity]lint.Severity {
	out := map[lint.Severity]lint.Severity{}
	r.graded(n, path, "severity", lint.Severities(), func(s lint.Severity, i int) { out[s] = lint.Severity(i) }, true)
	return out
}

// dispositions reads a word for all findings, or a map by severity.
func (r *reader) dispositions(n *yaml.Node, path string) map[lint.Severity]Disposition {
	out := map[lint.Severity]Disposition{}
	r.graded(n, path, "disposition", dispositionNames, func(s lint.Severity, i int) { out[s] = Disposition(i) }, false)
	return out
}

// graded reads one of the known words, or a map from severities to them. One
// word is for every severity: all of them, or from the lowest on.
func (r *reader) graded(n *yaml.Node, path, noun string, known []string, set func(lint.Severity, int), all bool) {
	if n.Kind != yaml.MappingNode {
		i, ok := r.word(n, path, noun, known)
		for s := lint.Info; ok && s <= lint.Critical; s++ {
			if set(s, i); !all {
				return
			}
		}
		return
	}
	for k, v := range r.pairs(n, path) {
		s := slices.Index(lint.Severities(), k.Value)
		if s < 0 {
			r.fail(r.at(k), didYouMean(k.Value, lint.Severities()), "%sunknown severity %q", prefix(path), clip(k.Value))
			continue
		}
		if i, ok := r.word(v, join(path, k.Value), noun, known); ok {
			set(lint.Severity(s), i)
		}
	}
}

// shipped are the dispositions that a rule comes with.
func (r *reader) shipped(rule *lint.Rule) map[lint.Severity]Disposition {
	out := map[lint.Severity]Disposition{}
	for s, name := range rule.Defaults {
		i := slices.Index(dispositionNames, name)
		if i < 0 {
			r.fail(place{file: r.file}, "", "rule %s: unknown shipped disposition %q: this is a mistake in maillint", rule.ID, name)
			continue
		}
		out[s] = Disposition(i)
	}
	return out
}
