package page

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"maillint/lint"
)

// param is one parameter of a rule.
type param struct{ name, value, doc string }

// paramsOf reads the parameters off the rule's struct and its tags.
func paramsOf(r *lint.Rule, lang string) []param {
	v := reflect.ValueOf(r.Params()).Elem()
	if v.Kind() != reflect.Struct {
		return nil
	}
	var out []param
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		doc := f.Tag.Get("doc")
		if ja := f.Tag.Get("doc_ja"); lang == "ja" && ja != "" {
			doc = ja
		}
		out = append(out, param{name, value(v.Field(i)), doc})
	}
	return out
}

// value is a value as YAML's flow style writes it.
func value(v reflect.Value) string {
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	switch v.Kind() {
	case reflect.String:
		return quoted(v.String())
	case reflect.Slice, reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = value(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// quoted leaves plain words bare.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsAny(s, "\"'\\:#,[]{}&*!|>%@`\n\t") && strings.TrimSpace(s) == s
	if _, err := strconv.ParseFloat(s, 64); err == nil || !plain || s == "true" || s == "false" || s == "null" || s[0] == '-' || s[0] == '?' {
		return strconv.Quote(s)
	}
	return s
}

// longValue is from where on a default is shown shortened in the table.
const longValue = 60

func params(r *lint.Rule, lang string) string {
	list := paramsOf(r, lang)
	if list == nil {
		return wNoParams.in(lang)
	}
	var b strings.Builder
	b.WriteString("| | | |\n|---|---|---|\n")
	for _, p := range list {
		v := []rune(p.value)
		if len(v) > longValue {
			v = append(v[:longValue], []rune(" ...")...)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", p.name, strings.ReplaceAll(string(v), "|", `\|`), p.doc)
	}
	return b.String()
}

// configure is the rule as rules.yaml would hold it, with its defaults.
func configure(r *lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rules:\n  %s:\n", r.ID)
	var parts []string
	for s := lint.Info; s <= lint.Critical; s++ {
		if d, ok := r.Defaults[s]; ok {
			parts = append(parts, fmt.Sprintf("%s: %s", s, d))
		}
	}
	fmt.Fprintf(&b, "    disposition: {%s}\n", strings.Join(parts, ", "))
	list := paramsOf(r, "en")
	if len(list) > 0 {
		b.WriteString("    params:\n")
	}
	for _, p := range list {
		fmt.Fprintf(&b, "      %s: %s\n", p.name, p.value)
	}
	return b.String()
}
