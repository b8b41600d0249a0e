// Package page makes the page of a rule from its metadata: for the terminal
// (maillint explain) and for docs/rules.
package page

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
)

// words are the headings of a page, in English and Japanese.
var words = map[string][2]string{
	"why": {"Why", "なぜ問題か"}, "instead": {"Instead", "どうすればよいか"}, "quiet": {"Silent by design", "検出しないもの"},
	"held": {"If it is held", "保留されたとき"}, "params": {"Parameters", "パラメーター"}, "configure": {"Configure", "設定例"},
	"sources": {"Sources", "出典"}, "example": {"Example", "例"}, "worst": {"worst severity", "最大の深刻度"}, "since": {"since", "追加された版"},
	"incident": {"incident", "事例"}, "code": {"Code", "コード"},
}

func word(key, lang string) string {
	if lang == "ja" {
		return words[key][1]
	}
	return words[key][0]
}

// Defaults lists the dispositions that a rule ships with: "confirm (high),
// approve (critical)".
func Defaults(r *lint.Rule) string {
	var out []string
	for s := lint.Info; s <= lint.Critical; s++ {
		if d, ok := r.Defaults[s]; ok && (d != "pass" || len(r.Defaults) == 1) {
			out = append(out, fmt.Sprintf("%s (%s)", d, s))
		}
	}
	return strings.Join(out, ", ")
}

// Markdown is the page as docs/rules/ID.md holds it. example is the corpus's,
// and may be empty.
func Markdown(r *lint.Rule, lang, example string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.ID, r.Title.In(lang))
	fmt.Fprintf(&b, "%s: **%s** · %s · %s %s\n\n", word("worst", lang), r.Severity, Defaults(r), word("since", lang), r.Since)
	section(&b, word("why", lang), paragraph(r.Why.In(lang)))
	if example != "" {
		section(&b, word("example", lang), "```\n"+example+"```")
	}
	section(&b, word("instead", lang), paragraph(r.Fix.In(lang)))
	section(&b, word("quiet", lang), paragraph(r.Quiet.In(lang)))
	section(&b, word("held", lang), paragraph(r.Held.In(lang)))
	if p := params(r, lang); p != "" {
		section(&b, word("params", lang), p)
	}
	section(&b, word("configure", lang), "```yaml\n"+configure(r)+"```")
	section(&b, word("sources", lang), sources(r, lang))
	section(&b, word("code", lang), fmt.Sprintf("[rules/%s.go](../../rules/%[1]s.go)", strings.ReplaceAll(r.ID, "-", "_")))
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// Plain is the page for a terminal.
func Plain(r *lint.Rule, lang string) ([]byte, error) {
	text := string(Markdown(r, lang, ""))
	text = strings.NewReplacer("```yaml\n", "", "```\n", "", "```", "", "**", "", "`", "").Replace(text)
	var b bytes.Buffer
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "# "):
			b.WriteString(line[2:])
		case strings.HasPrefix(line, "## "):
			b.WriteString(strings.ToUpper(line[3:]))
		case strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "| "):
			b.WriteString("  " + strings.TrimSpace(strings.NewReplacer(" | ", "  ", "| ", "", " |", "").Replace(line)) + "\n")
		case strings.HasPrefix(line, "[rules/"):
			name, _, _ := strings.Cut(line[1:], "]")
			b.WriteString(name + "\n")
		default:
			b.WriteString(line)
		}
	}
	return b.Bytes(), nil
}

func section(b *bytes.Buffer, title, text string) {
	fmt.Fprintf(b, "## %s\n\n%s\n\n", title, strings.TrimRight(text, "\n"))
}

// paragraph joins lines that were broken for the source.
func paragraph(s string) string { return strings.TrimSpace(s) }

// params is the table of a rule's parameters, from the fields of its struct.
func params(r *lint.Rule, lang string) string {
	v := reflect.ValueOf(r.Params()).Elem()
	if v.NumField() == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| | | |\n|---|---|---|\n")
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		doc := f.Tag.Get("doc")
		if lang == "ja" && f.Tag.Get("doc_ja") != "" {
			doc = f.Tag.Get("doc_ja")
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", name, value(v.Field(i)), doc)
	}
	return b.String()
}

func value(v reflect.Value) string {
	if v.Kind() == reflect.Slice && v.Len() == 0 {
		return "[]"
	}
	return fmt.Sprint(v.Interface())
}

// configure shows the rule as it stands in rules.yaml.
func configure(r *lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rules:\n  %s:\n    disposition: {", r.ID)
	sep := ""
	for s := lint.Info; s <= lint.Critical; s++ {
		if d, ok := r.Defaults[s]; ok {
			fmt.Fprintf(&b, "%s%s: %s", sep, s, d)
			sep = ", "
		}
	}
	b.WriteString("}\n")
	if out, err := yaml.Marshal(r.Params()); err == nil && strings.TrimSpace(string(out)) != "{}" {
		b.WriteString("    params:\n")
		for line := range strings.Lines(string(out)) {
			b.WriteString("      " + line)
		}
	}
	return b.String()
}

func sources(r *lint.Rule, lang string) string {
	var b strings.Builder
	for _, id := range r.Incidents {
		fmt.Fprintf(&b, "- %s: %s\n", word("incident", lang), id)
	}
	for _, ref := range r.Refs {
		fmt.Fprintf(&b, "- %s\n", ref)
	}
	return b.String()
}
