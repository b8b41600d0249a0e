package rules

import (
	"fmt"
	"strings"

	"maillint/lint"
	"maillint/lookalike"
	"maillint/message"
)

// LookalikeDomain finds recipients whose domain is a slip of a known one.
var LookalikeDomain = lint.NewPrepared(lint.Meta{
	ID:       "lookalike-domain",
	Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.High: "confirm", lint.Critical: "reject"},
	Title: lint.Text{
		En: "a recipient's domain looks like a mistyped one",
		Ja: "宛先のドメインが打ち間違いと思われる",
	},
	Why: lint.Text{
		En: `Somebody owns most of the domains that are one slip away from a large provider's, takes all mail that
comes and sends no error, so nobody notices. Three mailing lists of Kagoshima University had a member at
gmai.com instead of gmail.com: 702 messages about 829 people went there in two and a half years.`,
		Ja: `大手プロバイダーのドメインと一文字違いのドメインの多くは第三者が所有し、届いたメールをすべて受け取り、
エラーも返しません。そのため誰も気づきません。鹿児島大学では3つのメーリングリストに gmail.com ではなく
gmai.com の会員が登録されており、2年半の間に829人に関する702通が送られていました。`,
	},
	Fix: lint.Text{
		En: "Correct the address; correct it in the address book or the mailing list it came from as well (maillint audit addresses finds them).",
		Ja: "アドレスを訂正してください。元になったアドレス帳やメーリングリストも訂正してください（maillint audit addresses で探せます）。",
	},
	Quiet: lint.Text{
		En: `Providers' real domains, your own and your partners' domains and what is below them, and domains that
look like a slip and are somebody's (those are info). List further honest ones under params.allow. A gate learns
domains as well: one that was answered on three days within half a year is silent, and protected like a partner's,
within ten minutes. One that looks like another is never learned; a release is remembered for who was asked.`,
		Ja: `プロバイダーの正規ドメイン、自組織と取引先のドメインおよびその配下には反応しません。打ち間違いに見えるが
実在する組織のドメインは info とします。ほかに正しいドメインがあれば params.allow に書いてください。
プロキシと milter は、半年以内に3日以上返信したドメインを10分以内に学習し、取引先と同じく扱います。ほかのドメインに
似たドメインは学習しません。確認して送信したことは、確認した人について記憶します。`,
	},
	Held: lint.Text{
		En: "Compare the address with the one suggested. Release only if the domain is known to be right.",
		Ja: "示された候補と宛先を見比べてください。ドメインが正しいと分かっている場合だけ送信してください。",
	},
	Incidents: []string{"kagoshima-2023"},
	Refs: []string{
		"Szurdi and Christin, Email Typosquatting, IMC 2017",
		"Godai Group, Doppelganger Domains, 2011",
		"Unicode Technical Standard #39: Unicode Security Mechanisms",
	},
	Since:      "0.1.0",
	ByEnvelope: true,
}, lookalikeParams{}, newLookalikeIndex, checkLookalikeDomain)

type lookalikeParams struct {
	Allow []string `yaml:"allow" doc:"domains that are right though they look like a slip" doc_ja:"打ち間違いに見えるが正しいドメイン"`
}

// LookalikeAllow gives the domains that parameters of LookalikeDomain call right,
// for those who ask before there is a message. Of other parameters, none.
func LookalikeAllow(params any) []string {
	if p, ok := params.(*lookalikeParams); ok {
		return p.Allow
	}
	return nil
}

// newLookalikeIndex protects the shipped providers, the organisation's own
// domains, its partners' and those it corresponds with.
func newLookalikeIndex(org *lint.Org, p lookalikeParams) *lookalike.Index {
	var own []string
	for _, d := range org.Domains() {
		if !strings.HasPrefix(d, "!") {
			own = append(own, strings.TrimPrefix(d, "="))
		}
	}
	return lookalike.New(lookalike.Default(), lookalike.Options{Own: own, Partners: org.Partners(), Learned: org.Known().Learned, Allow: p.Allow})
}

var lookalikeSeverity = map[lookalike.Certainty]lint.Severity{
	lookalike.Info: lint.Info, lookalike.Likely: lint.High, lookalike.Certain: lint.Critical,
}

func checkLookalikeDomain(pass *lint.Pass, index *lookalike.Index) {
	for _, a := range pass.Facts.Addressed() {
		if pass.Facts.Internal(a.Address) {
			continue
		}
		match, ok := index.Match(a.Domain)
		if !ok {
			continue
		}
		f := lint.Finding{
			Severity:   lookalikeSeverity[match.Certainty],
			Where:      a.Field,
			Recipients: []string{a.String()},
			About:      []string{a.Domain},
			Message:    fmt.Sprintf("%s %s", a.Address, match.Sentence("en")),
		}
		if match.Certainty != lookalike.Info {
			f.Suggest = message.Address{Local: a.Local, Domain: match.Intended}.String()
			f.Message = fmt.Sprintf("%s: did you mean %s?", a.Address, f.Suggest)
		}
		if a.Span.Len() > 0 {
			f.Evidence = []lint.Evidence{{Where: a.Field, Span: a.Span, Text: a.String()}}
		}
		pass.Report(f)
	}
}
