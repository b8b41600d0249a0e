package page

import (
	"strings"
	"testing"
	"time"

	"maillint/lint"
	"maillint/rules"
)

type testParams struct {
	Limit int           `yaml:"limit" doc:"how many" doc_ja:"件数"`
	Wait  time.Duration `yaml:"wait" doc:"how long"`
	Words []string      `yaml:"words" doc:"which | ones"`
	On    bool          `yaml:"on,omitempty" doc:"whether"`
}

var testRule = lint.New(lint.Meta{
	ID: "test-rule", Aliases: []string{"old-rule"}, Severity: lint.High, Since: "0.1.0", NeedsHistory: true,
	Defaults:  map[lint.Severity]string{lint.Info: "pass", lint.High: "confirm"},
	Title:     lint.Text{En: "a thing is found", Ja: "見つかる"},
	Why:       lint.Text{En: "Because `it` matters.", Ja: "重要だから。"},
	Fix:       lint.Text{En: "Do it.", Ja: "してください。"},
	Quiet:     lint.Text{En: "Nothing else."},
	Incidents: []string{"tokyo-2023"}, Refs: []string{"RFC 5322"},
}, testParams{Limit: 3, Wait: time.Minute, Words: []string{"a", "b c", "#d", "1"}}, func(*lint.Pass, testParams) {})

func TestMarkdown(t *testing.T) {
	e := &Example{Case: "x-1", Head: "To: a@b\n```\n", Report: "x: y\n", Fixed: "Bcc: a@b\n"}
	have := string(Markdown(testRule, "en", e))
	for _, want := range []string{
		"# test-rule\n\na thing is found · high · high: confirm · needs history · since 0.1.0 · formerly old-rule\n",
		"## Why\n\nBecause", "## Example\n", "````\nTo: a@b\n```\n````", "## Instead\n\nDo it.\n", "Bcc: a@b",
		"| `limit` | `3` | how many |", "| `words` | `[a, b c, \"#d\", \"1\"]` |",
		"rules:\n  test-rule:\n    disposition: {info: pass, high: confirm}\n    params:\n      limit: 3\n      wait: 1m0s\n",
		"## Known noise", "- RFC 5322", "(../../rules/test_rule.go)",
	} {
		if !strings.Contains(have, want) {
			t.Errorf("no %q in:\n%s", want, have)
		}
	}
	if strings.Contains(have, "If a message is held") {
		t.Error("a section without text")
	}
	if ja := string(Markdown(testRule, "ja", nil)); !strings.Contains(ja, "## なぜ問題か\n\n重要だから。") || !strings.Contains(ja, "件数") {
		t.Error(ja)
	}
}

func TestPlainPages(t *testing.T) {
	for _, r := range append(rules.All, testRule) {
		for _, lang := range []string{"en", "ja"} {
			text := string(Plain(r, lang))
			if !strings.HasPrefix(text, r.ID+"\n") || !strings.Contains(text, r.Title.In(lang)) {
				t.Errorf("%s: %.200q", r.ID, text)
			}
			for _, mark := range []string{"```", "## ", "|---", "](../"} {
				if strings.Contains(text, mark) {
					t.Errorf("%s in %s holds %q", r.ID, lang, mark)
				}
			}
		}
	}
}

// Every rule's page says all that a page has to say.
func TestPagesAreComplete(t *testing.T) {
	for _, r := range rules.All {
		for _, lang := range []string{"en", "ja"} {
			have := string(Markdown(r, lang, nil))
			for _, h := range []heading{hWhy, hInstead, hParams, hConfigure, hNoise, hHeld, hCode} {
				if !strings.Contains(have, "## "+h.in(lang)+"\n") {
					t.Errorf("%s in %s: no section %q", r.ID, lang, h.in(lang))
				}
			}
		}
		if r.Title.Ja == "" || r.Why.Ja == "" || r.Fix.Ja == "" || r.Quiet.Ja == "" {
			t.Errorf("%s: a text is missing in Japanese", r.ID)
		}
		for _, p := range paramsOf(r, "en") {
			if p.doc == "" {
				t.Errorf("%s: parameter %s has no doc tag", r.ID, p.name)
			}
		}
	}
}

func TestExampleText(t *testing.T) {
	if e := ExampleOf("no-such-rule"); e != nil {
		t.Error(e)
	}
	for _, r := range rules.All {
		if e := ExampleOf(r.ID); e != nil && (e.Case == "" || !strings.Contains(e.Report, "["+r.ID+"]") || e.Head == "") {
			t.Errorf("%s: %+v", r.ID, e)
		}
	}
}
