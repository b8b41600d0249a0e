package policy

import (
	"sync"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// NotJudged is Finding.Where of a custom rule that failed on a message.
const NotJudged = "expression"

// customRules are the policy's own rules. Those with the same expression are
// evaluated once a message, and all share one environment.
type customRules struct {
	bySource map[string]*expression
	tests    testTable
	runs     sync.Map // *lint.Facts to *customRun, while an engine runs
}

func newCustomRules() *customRules {
	return &customRules{bySource: map[string]*expression{}, tests: testTable{index: map[testKey]int{}}}
}

// places of a custom rule's findings.
var wheres = []string{"message", "envelope", "From", "To", "Cc", "Subject", "text", "attachments", "header"}

// readCustom reads the section custom.
func (r *reader) readCustom(n *yaml.Node, path string, p *Policy, c *catalogue) []*Rule {
	var out []*Rule
	for k, v := range r.pairs(n, path) {
		at := join(path, k.Value)
		switch {
		case !kebab.MatchString(k.Value):
			r.fail(r.at(k), "", "%snames are small letters, digits and hyphens, not %q", prefix(path), clip(k.Value))
		case r.names[k.Value] || c.alias[k.Value] != nil:
			r.fail(r.at(k), "", "%s%q is the name of another rule", prefix(path), k.Value)
		default:
			out = append(out, r.readCustomRule(k, v, at, p))
		}
	}
	return out
}

// customDraft is what an entry says, before it is a rule.
type customDraft struct {
	severity      lint.Severity
	disposition   Disposition
	where         string
	message, help lint.Text
	when          *yaml.Node
}

func (r *reader) readCustomRule(k, n *yaml.Node, path string, p *Policy) *Rule {
	d := customDraft{severity: lint.Warning, disposition: Tag, where: "message"}
	rule := &Rule{Name: k.Value, Enabled: true, Mode: Enforce, at: r.at(k)}
	r.mapping(n, path, "key",
		key{"when", func(v *yaml.Node, _ string) { d.when = v }},
		key{"severity", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "severity", lint.Severities())
			d.severity = lint.Severity(i)
		}},
		key{"disposition", func(v *yaml.Node, p string) {
			i, _ := r.word(v, p, "disposition", dispositionNames)
			d.disposition = Disposition(i)
		}},
		key{"where", func(v *yaml.Node, p string) { i, _ := r.word(v, p, "place", wheres); d.where = wheres[i] }},
		key{"message", func(v *yaml.Node, p string) { d.message = r.bilingual(v, p) }},
		key{"help", func(v *yaml.Node, p string) { d.help = r.bilingual(v, p) }},
		key{"enabled", func(v *yaml.Node, p string) { rule.Enabled = r.boolean(v, p) }},
		key{"mode", func(v *yaml.Node, p string) { rule.Mode = r.mode(v, p) }},
		key{"scope", func(v *yaml.Node, p string) { rule.Scope = r.readScope(v, p) }},
		key{"copy", func(v *yaml.Node, p string) { rule.Copy = r.addresses(v, p) }},
		key{"cases", func(v *yaml.Node, p string) { rule.cases = r.readCases(v, p) }},
	)
	if find(n, "message") == nil {
		r.fail(rule.at, "what the sender will read", "%smessage is missing", prefix(path))
	}
	rule.expression = &expression{}
	if d.when == nil {
		r.fail(rule.at, `write it like when: external > 0`, "%swhen is missing", prefix(path))
	} else if source, ok := r.raw(d.when, join(path, "when")); ok {
		rule.expression = r.compile(p, source, d.when, join(path, "when"))
	}
	r.customRule(rule, d, p)
	return rule
}

// bilingual reads a text, or {en: ..., ja: ...}.
func (r *reader) bilingual(n *yaml.Node, path string) (t lint.Text) {
	if n.Kind == yaml.ScalarNode {
		t.En, _ = r.raw(n, path)
		return t
	}
	r.mapping(n, path, "language",
		key{"en", func(v *yaml.Node, p string) { t.En, _ = r.raw(v, p) }},
		key{"ja", func(v *yaml.Node, p string) { t.Ja, _ = r.raw(v, p) }},
	)
	if t.En == "" {
		t.En = t.Ja
	}
	return t
}

// customRule makes the lint.Rule.
func (r *reader) customRule(rule *Rule, d customDraft, p *Policy) {
	rule.shipped = map[lint.Severity]Disposition{d.severity: d.disposition}
	rule.Rule = lint.New(lint.Meta{
		ID: rule.Name, Severity: d.severity, Title: d.message, Fix: d.help,
		Defaults: map[lint.Severity]string{d.severity: d.disposition.String()},
	}, struct{}{}, func(pass *lint.Pass, _ struct{}) {
		p.custom.check(p, rule, d, pass)
	})
	rule.instance = rule.Rule.Default()
}

// customRun is what custom rules share while one engine runs over one message.
type customRun struct {
	env  *environment
	left int // rules that have not run yet
}

// sharing gives the Applies of custom rules: the first of them starts the run.
func (c *customRules) sharing(rules []*Rule) func(*message.Message, *lint.Facts) bool {
	n := 0
	for _, rule := range rules {
		if rule.Enabled && rule.Custom() {
			n++
		}
	}
	return func(_ *message.Message, f *lint.Facts) bool {
		if _, ok := c.runs.Load(f); !ok {
			c.runs.Store(f, &customRun{left: n})
		}
		return true
	}
}

// check runs one rule; the last one of a run ends it.
func (c *customRules) check(p *Policy, rule *Rule, d customDraft, pass *lint.Pass) {
	v, ok := c.runs.Load(pass.Facts)
	if !ok { // an engine that does not come from Entries
		v = &customRun{left: 1}
	}
	run := v.(*customRun)
	defer func() {
		if run.left--; run.left <= 0 {
			c.runs.Delete(pass.Facts)
		}
	}()
	if rule.Scope != nil && !p.applies(rule.Scope, pass.Msg, pass.Facts) {
		return
	}
	if run.env == nil {
		run.env = newEnvironment(p, pass.Msg, pass.Facts)
	}
	hit, err := run.env.eval(rule.expression)
	switch {
	case err != nil:
		pass.Reportf(d.severity, NotJudged, nil, "the rule could not judge this message: %s", firstLine(err))
	case hit:
		pass.Report(lint.Finding{Severity: d.severity, Where: d.where, Message: d.message.En})
	}
}
