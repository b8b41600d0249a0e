package policy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// validator knows as much of JSON Schema as Schema uses.
type validator struct{ root object }

// check gives what is wrong with v, or "".
func (c validator) check(s object, v any, at string) string {
	if r, ok := s["$ref"].(string); ok {
		return c.check(c.root["definitions"].(object)[strings.TrimPrefix(r, "#/definitions/")].(object), v, at)
	}
	if t, ok := s["type"]; ok && !typeFits(t, v) {
		return fmt.Sprintf("%s: want %v", at, t)
	}
	if want, ok := s["const"]; ok && fmt.Sprint(want) != fmt.Sprint(v) {
		return fmt.Sprintf("%s: want %v", at, want)
	}
	if list, ok := s["enum"].([]any); ok && !slices.ContainsFunc(list, func(w any) bool { return fmt.Sprint(w) == fmt.Sprint(v) }) {
		return fmt.Sprintf("%s: want one of %v", at, list)
	}
	if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(fmt.Sprint(v)) {
		return fmt.Sprintf("%s: want %s", at, p)
	}
	for _, sub := range list(s["allOf"]) {
		if bad := c.check(sub, v, at); bad != "" {
			return bad
		}
	}
	if subs := list(s["anyOf"]); subs != nil && !slices.ContainsFunc(subs, func(sub object) bool { return c.check(sub, v, at) == "" }) {
		return at + ": none of the forms"
	}
	if cond, ok := s["if"].(object); ok && c.check(cond, v, at) == "" {
		if bad := c.check(s["then"].(object), v, at); bad != "" {
			return bad
		}
	}
	return c.inside(s, v, at)
}

func (c validator) inside(s object, v any, at string) string {
	if items, ok := v.([]any); ok && s["items"] != nil {
		for i, item := range items {
			if bad := c.check(s["items"].(object), item, fmt.Sprintf("%s[%d]", at, i)); bad != "" {
				return bad
			}
		}
	}
	m, ok := v.(object)
	if !ok {
		return ""
	}
	required, _ := s["required"].([]any)
	for _, k := range required {
		if _, ok := m[k.(string)]; !ok {
			return fmt.Sprintf("%s: %v is missing", at, k)
		}
	}
	properties, _ := s["properties"].(object)
	for k, value := range m {
		if sub, ok := properties[k].(object); ok {
			if bad := c.check(sub, value, at+"."+k); bad != "" {
				return bad
			}
			continue
		}
		switch other := s["additionalProperties"].(type) {
		case bool:
			return fmt.Sprintf("%s: unknown key %s", at, k)
		case object:
			if bad := c.check(other, value, at+"."+k); bad != "" {
				return bad
			}
		}
	}
	return ""
}

func list(v any) (out []object) {
	subs, _ := v.([]any)
	for _, sub := range subs {
		out = append(out, sub.(object))
	}
	return out
}

func typeFits(t, v any) bool {
	if several, ok := t.([]any); ok {
		return slices.ContainsFunc(several, func(t any) bool { return typeFits(t, v) })
	}
	kind := map[string]string{"string": "string", "boolean": "bool", "integer": "int", "null": "<nil>", "object": "map[string]interface {}", "array": "[]interface {}"}
	return kind[t.(string)] == fmt.Sprintf("%T", v)
}

// plain gives a policy as a schema sees it.
func plain(t *testing.T, text string) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		return nil
	}
	return plainNode(n.Content[0])
}

func plainNode(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.MappingNode:
		m := object{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plainNode(n.Content[i+1])
		}
		return m
	case n.Kind == yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plainNode(c))
		}
		return out
	case n.Tag == "!!timestamp":
		return n.Value
	}
	var v any
	_ = n.Decode(&v)
	return v
}

func schema(t *testing.T) validator {
	t.Helper()
	data, err := Schema(testRules)
	if err != nil {
		t.Fatal(err)
	}
	var root object
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	return validator{root}
}

// What Parse takes, the schema takes too.
func TestSchemaTakesGoodPolicies(t *testing.T) {
	c := schema(t)
	files, _ := filepath.Glob("testdata/good/*.yaml")
	texts := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(data)
	}
	for _, page := range []string{"../docs/custom-rules.md", "../docs/policy.md"} {
		for i, text := range examples(t, page) {
			if !strings.Contains(text, "version:") {
				text = "version: 1\n" + text
			}
			texts[fmt.Sprintf("%s, example %d", page, i)] = text
		}
	}
	for name, text := range texts {
		if bad := c.check(c.root, plain(t, text), "policy"); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
	}
}

// What an editor can see without knowing the mail, the schema refuses.
func TestSchemaRefusesBadPolicies(t *testing.T) {
	c := schema(t)
	for _, name := range []string{"words", "rules", "params", "sections", "no-version", "version", "organization", "lists", "scope", "exceptions", "services", "custom", "list-at-top"} {
		data, _ := os.ReadFile("testdata/bad/" + name + ".yaml")
		if bad := c.check(c.root, plain(t, string(data)), "policy"); bad == "" {
			t.Errorf("%s is taken", name)
		}
	}
}
