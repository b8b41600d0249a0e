// Package page makes the page of a rule from its metadata: for docs/rules, and
// for the terminal (maillint explain), which shows the same.
package page

import (
	"bytes"
	"fmt"
	"strings"

	"maillint/lint"
)

// heading is a section's title in the languages of the pages.
type heading struct{ en, ja string }

func (h heading) in(lang string) string {
	if lang == "ja" {
		return h.ja
	}
	return h.en
}

var (
	hWhy       = heading{"Why", "なぜ問題か"}
	hExample   = heading{"Example", "例"}
	hInstead   = heading{"Instead", "どうすればよいか"}
	hParams    = heading{"Parameters", "パラメーター"}
	hConfigure = heading{"Configure", "設定"}
	hNoise     = heading{"Known noise", "検出しないもの・誤検出"}
	hHistory   = heading{"With memory of earlier mail", "以前のメールを覚えている場合"}
	hHeld      = heading{"If a message is held", "保留されたとき"}
	hSources   = heading{"Sources", "出典"}
	hCode      = heading{"Code", "コード"}

	wCase     = heading{"The start of the corpus case `%s`:", "事例 `%s` の先頭:"}
	wReport   = heading{"What `maillint scan` says:", "`maillint scan` の出力:"}
	wFixed    = heading{"In `fixed.eml`, which is silent:", "直したもの（`fixed.eml`、検出なし）:"}
	wNoParams = heading{"None.", "ありません。"}
	wHistory  = heading{"needs history", "履歴が必要"}
	wPreview  = heading{"preview: not on by default", "試験的: 標準では無効"}
	wSince    = heading{"since %s", "%s から"}
	wAliases  = heading{"formerly %s", "旧名 %s"}
	wIncident = heading{"incident %s", "事例 %s"}
)

// Markdown is the page as docs/rules holds it, with an example where there is
// one.
func Markdown(r *lint.Rule, lang string, e *Example) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s · %s · %s\n\n", r.ID, r.Title.In(lang), r.Severity, strings.Join(facts(r, lang), " · "))
	section(&b, hWhy.in(lang), r.Why.In(lang))
	if e != nil {
		section(&b, hExample.in(lang), e.markdown(lang))
		section(&b, hInstead.in(lang), r.Fix.In(lang)+"\n\n"+e.fixedMarkdown(lang))
	} else {
		section(&b, hInstead.in(lang), r.Fix.In(lang))
	}
	section(&b, hParams.in(lang), params(r, lang))
	section(&b, hConfigure.in(lang), "```yaml\n"+configure(r)+"```")
	section(&b, hNoise.in(lang), r.Quiet.In(lang))
	section(&b, hHistory.in(lang), r.WithHistory.In(lang))
	section(&b, hHeld.in(lang), r.Held.In(lang))
	section(&b, hSources.in(lang), sources(r, lang))
	file := "rules/" + strings.ReplaceAll(r.ID, "-", "_") + ".go"
	section(&b, hCode.in(lang), fmt.Sprintf("[%s](../../%s)", file, file))
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

// facts are what the page's second line says behind title and severity.
func facts(r *lint.Rule, lang string) []string {
	out := []string{Defaults(r)}
	if r.Preview {
		out = append(out, wPreview.in(lang))
	}
	if r.NeedsHistory {
		out = append(out, wHistory.in(lang))
	}
	if r.Since != "" {
		out = append(out, fmt.Sprintf(wSince.in(lang), r.Since))
	}
	if len(r.Aliases) > 0 {
		out = append(out, fmt.Sprintf(wAliases.in(lang), strings.Join(r.Aliases, ", ")))
	}
	return out
}

// section leaves a section without text out.
func section(b *bytes.Buffer, title, text string) {
	if text = strings.TrimSpace(text); text != "" {
		fmt.Fprintf(b, "## %s\n\n%s\n\n", title, text)
	}
}

// Defaults lists the dispositions that a rule ships with: "high: confirm,
// critical: approve".
func Defaults(r *lint.Rule) string {
	var out []string
	for s := lint.Info; s <= lint.Critical; s++ {
		if d, ok := r.Defaults[s]; ok && (d != "pass" || len(r.Defaults) == 1) {
			out = append(out, fmt.Sprintf("%s: %s", s, d))
		}
	}
	return strings.Join(out, ", ")
}

func sources(r *lint.Rule, lang string) string {
	var b strings.Builder
	for _, id := range r.Incidents {
		fmt.Fprintf(&b, "- "+wIncident.in(lang)+"\n", "[`"+id+"`](../../corpus/INCIDENTS.md)")
	}
	for _, ref := range r.Refs {
		fmt.Fprintf(&b, "- %s\n", ref)
	}
	return b.String()
}

// Table is the README's table of rules.
func Table(rules []*lint.Rule) []byte {
	var b bytes.Buffer
	b.WriteString("| rule | finds | default |\n|---|---|---|\n")
	for _, r := range rules {
		history := ""
		if r.NeedsHistory {
			history = " (" + wHistory.en + ")"
		}
		fmt.Fprintf(&b, "| [`%s`](docs/rules/%s.md) | %s%s | %s |\n", r.ID, r.ID, r.Title.En, history, Defaults(r))
	}
	return b.Bytes()
}
