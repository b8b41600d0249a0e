package policy

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"go.yaml.in/yaml/v4"

	"maillint/message"
)

// Exception lets findings be for a reason and a time. Its conditions must all
// hold; one that is missing holds for everything.
type Exception struct {
	Rules      []string // names of rules and instances; none: all
	Senders    []string // addresses and domains; none: all
	Recipients []string
	Reason     string
	Until      time.Time // the last day
	Owner      string

	at   place
	used atomic.Int64
}

// Used tells how many findings it has let be since the policy was loaded.
func (e *Exception) Used() int64 { return e.used.Load() }

// Expired reports whether the last day is over.
func (e *Exception) Expired(now time.Time) bool { return !now.Before(e.Until.AddDate(0, 0, 1)) }

// String names the exception by its conditions and place in the policy.
func (e *Exception) String() string {
	var parts []string
	for _, c := range []struct {
		name string
		list []string
	}{{"rule", e.Rules}, {"sender", e.Senders}, {"recipient", e.Recipients}} {
		if len(c.list) > 0 {
			parts = append(parts, c.name+" "+clip(strings.Join(c.list, ", ")))
		}
	}
	return strings.Join(parts, ", ")
}

func (r *reader) readExceptions(n *yaml.Node, path string) []*Exception {
	var out []*Exception
	for _, v := range r.sequence(n, path) {
		before := len(r.problems)
		e := r.readException(v, path)
		if !Problems(r.problems[before:]).Errors() {
			out = append(out, e)
		}
	}
	return out
}

func (r *reader) readException(n *yaml.Node, path string) *Exception {
	e := &Exception{at: r.at(n)}
	r.mapping(n, path, "key",
		key{"rule", func(v *yaml.Node, p string) { e.Rules = r.ruleNames(v, p) }},
		key{"sender", func(v *yaml.Node, p string) { e.Senders = r.covered(v, p) }},
		key{"recipient", func(v *yaml.Node, p string) { e.Recipients = r.covered(v, p) }},
		key{"reason", func(v *yaml.Node, p string) { e.Reason, _ = r.text(v, p) }},
		key{"until", func(v *yaml.Node, p string) { e.Until, _ = r.date(v, p) }},
		key{"owner", func(v *yaml.Node, p string) { e.Owner, _ = r.text(v, p) }},
	)
	if n.Kind != yaml.MappingNode {
		return e
	}
	if find(n, "rule") == nil && find(n, "sender") == nil && find(n, "recipient") == nil {
		r.fail(r.at(n), "name a rule, a sender or a recipient", "%san exception without a condition would hold for all mail", prefix(path))
	}
	if find(n, "reason") == nil {
		r.fail(r.at(n), "", "%sreason is missing: whoever reads this next year must know why", prefix(path))
	}
	if find(n, "until") == nil {
		r.fail(r.at(n), "write until: 2027-03-31", "%suntil is missing: an exception has an end", prefix(path))
	}
	return e
}

// oneOrMore reads a text or a list of texts.
func (r *reader) oneOrMore(n *yaml.Node, path string) []item {
	if n.Kind != yaml.ScalarNode {
		items := r.items(n, path)
		if len(items) == 0 && n.Kind == yaml.SequenceNode {
			r.fail(r.at(n), "leave the key out to mean any", "%sis empty", prefix(path))
		}
		return items
	}
	return r.items(&yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Column: n.Column, Content: []*yaml.Node{n}}, path)
}

// ruleNames reads names of rules that the policy has.
func (r *reader) ruleNames(n *yaml.Node, path string) []string {
	var out []string
	for _, it := range r.oneOrMore(n, path) {
		name := it.text
		if id, ok := r.aliases[name]; ok {
			r.warn(it.at, "write "+id, "%s%q is now called %q", prefix(path), name, id)
			name = id
		}
		if !r.names[name] {
			known := make([]string, 0, len(r.names))
			for k := range r.names {
				known = append(known, k)
			}
			slices.Sort(known)
			r.fail(it.at, didYouMean(name, known), "%sunknown rule %q", prefix(path), clip(name))
			continue
		}
		out = append(out, name)
	}
	return out
}

// covered reads addresses and domains, in the form of the index's keys.
func (r *reader) covered(n *yaml.Node, path string) []string {
	var out []string
	for _, it := range r.oneOrMore(n, path) {
		rest, alone := strings.CutPrefix(it.text, "=")
		switch {
		case strings.HasPrefix(rest, "!"):
			r.fail(it.at, "make it two exceptions", "%s%q: \"!\" has no meaning here", prefix(path), clip(it.text))
		case strings.Contains(rest, "@") && !strings.HasPrefix(rest, "@"):
			if a, ok := r.address(it.at, path, rest); ok {
				out = append(out, a.Key())
			}
		default:
			d, ok := r.domain(it.at, path, rest)
			switch {
			case ok && alone:
				out = append(out, "="+d)
			case ok:
				out = append(out, d)
			}
		}
	}
	return out
}

// exceptionIndex finds the exceptions for a finding without walking through
// all of them.
type exceptionIndex map[ruleSender]*recipientSet

// ruleSender is the first step: "" stands for any.
type ruleSender struct{ rule, sender string }

// recipientSet are the exceptions of one rule and sender, by recipient.
type recipientSet struct {
	any []*Exception
	by  map[string][]*Exception
}

func newExceptionIndex(list []*Exception) exceptionIndex {
	x := exceptionIndex{}
	for _, e := range list {
		for _, rule := range orAny(e.Rules) {
			for _, sender := range orAny(e.Senders) {
				x.add(ruleSender{rule, sender}, e)
			}
		}
	}
	return x
}

func orAny(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

func (x exceptionIndex) add(k ruleSender, e *Exception) {
	set := x[k]
	if set == nil {
		set = &recipientSet{by: map[string][]*Exception{}}
		x[k] = set
	}
	if len(e.Recipients) == 0 {
		set.any = append(set.any, e)
	}
	for _, rcpt := range e.Recipients {
		set.by[rcpt] = append(set.by[rcpt], e)
	}
}

// keysOf are the forms under which an address is listed: itself, its domain
// alone, its domain and those above.
func keysOf(out []string, a message.Address) []string {
	out = append(out, a.Key(), "="+a.Domain)
	for d, more := a.Domain, true; more; _, d, more = strings.Cut(d, ".") {
		out = append(out, d)
	}
	return out
}

// sets gives the exceptions that a rule and a sender may have.
func (x exceptionIndex) sets(rule string, senders []string) []*recipientSet {
	var out []*recipientSet
	for _, sender := range senders {
		for _, name := range [...]string{rule, ""} {
			if set := x[ruleSender{name, sender}]; set != nil {
				out = append(out, set)
			}
		}
	}
	return out
}

// forAll is the exception that holds whoever the recipient is, or nil.
func forAll(sets []*recipientSet, now time.Time) *Exception {
	for _, set := range sets {
		if e := current(set.any, now); e != nil {
			return e
		}
	}
	return nil
}

// forRecipient is the exception that holds for a recipient, or nil.
func forRecipient(sets []*recipientSet, a message.Address, now time.Time) *Exception {
	var buf [8]string
	for _, k := range keysOf(buf[:0], a) {
		for _, set := range sets {
			if e := current(set.by[k], now); e != nil {
				return e
			}
		}
	}
	return nil
}

func current(list []*Exception, now time.Time) *Exception {
	for _, e := range list {
		if !e.Expired(now) {
			return e
		}
	}
	return nil
}
