package policy

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
)

// configure checks a rule's parameters key by key and makes the instance.
func (r *reader) configure(rule *Rule, n *yaml.Node, path string) lint.Instance {
	fallback := rule.Rule.Default()
	fallback.Name = rule.Name
	if n == nil || isNull(n) {
		return fallback
	}
	before := len(r.problems)
	path = join(path, "params")
	clean := r.params(n, path, reflect.TypeOf(rule.Rule.Params()).Elem())
	if Problems(r.problems[before:]).Errors() {
		return fallback
	}
	instance, err := rule.Rule.Configure(rule.Name, clean)
	if err != nil {
		r.refused(n, path, err)
		return fallback
	}
	return instance
}

// refused places what a rule says about its parameters at the one that the
// message starts with.
func (r *reader) refused(n *yaml.Node, path string, err error) {
	at := r.at(n)
	name, _, _ := strings.Cut(err.Error(), ":")
	if v := find(n, name); v != nil {
		at = r.at(v)
	}
	r.fail(at, "", "%s%v", prefix(path), err)
}

// params checks a mapping against a struct of parameters and gives it with the
// references in it put in.
func (r *reader) params(n *yaml.Node, path string, t reflect.Type) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	known := paramNames(t)
	for k, v := range r.pairs(n, path) {
		i := -1
		for j, name := range known {
			if name == k.Value {
				i = j
			}
		}
		if i < 0 {
			r.fail(r.at(k), didYouMean(k.Value, known), "%sunknown parameter %q", prefix(path), clip(k.Value))
			continue
		}
		out.Content = append(out.Content, k, r.value(v, join(path, k.Value), t.Field(i).Type))
	}
	return out
}

// paramNames are the YAML names of a struct's fields, in order.
func paramNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if tag == "" {
			tag = strings.ToLower(t.Field(i).Name)
		}
		names[i] = tag
	}
	return names
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// value checks one value against its type.
func (r *reader) value(n *yaml.Node, path string, t reflect.Type) *yaml.Node {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		r.textual(n, path, t)
		return n
	}
	switch t.Kind() {
	case reflect.Struct:
		return r.params(n, path, t)
	case reflect.Slice:
		return r.slice(n, path, t)
	case reflect.Bool:
		r.boolean(n, path)
	case reflect.String:
		if s, ok := r.text(n, path); ok {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: n.Line, Column: n.Column}
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		if t.String() == "time.Duration" {
			break
		}
		r.integer(n, path)
	case reflect.Float64:
		if n.Tag != "!!float" && n.Tag != "!!int" {
			r.fail(r.at(n), "", "%swant a number, not %s", prefix(path), kindOf(n))
		}
	}
	return n
}

func (r *reader) textual(n *yaml.Node, path string, t reflect.Type) {
	s, ok := r.text(n, path)
	if !ok {
		return
	}
	if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		r.fail(r.at(n), "", "%s%v", prefix(path), err)
	}
}

// slice checks a list; in a list of texts file: and list: are put in.
func (r *reader) slice(n *yaml.Node, path string, t reflect.Type) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Line: n.Line, Column: n.Column}
	if t.Elem().Kind() == reflect.String && !reflect.PointerTo(t.Elem()).Implements(textUnmarshaler) {
		for _, it := range r.items(n, path) {
			out.Content = append(out.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: it.text, Line: it.at.line, Column: it.at.col})
		}
		return out
	}
	for i, v := range r.sequence(n, path) {
		out.Content = append(out.Content, r.value(v, fmt.Sprintf("%s[%d]", path, i), t.Elem()))
	}
	return out
}
