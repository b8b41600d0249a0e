package rules

import (
	"fmt"
	"strings"

	"maillint/lint"
	"maillint/lookalike"
	"maillint/message"
)

// StrayRecipient finds the one outsider among recipients who otherwise all
// belong together.
var StrayRecipient = lint.NewPrepared(lint.Meta{
	ID:       "stray-recipient",
	Severity: lint.Warning,
	Defaults: map[lint.Severity]string{lint.Warning: "tag"},
	Title: lint.Text{
		En: "one outsider among recipients who otherwise all belong to one organisation",
		Ja: "一つの組織の宛先の中に、外部の宛先が一つだけ混ざっている",
	},
	Why: lint.Text{
		En: `A mail program completes an address after three letters, and the wrong one looks right among the
others. At the National Institutes for Quantum Science and Technology a message with a person's data went to
such an address.`,
		Ja: `メールソフトは数文字で宛先を補完します。誤った候補は、他の宛先に紛れて正しく見えます。
量子科学技術研究開発機構では、個人情報を含む添付ファイルが誤った宛先に送られました。`,
	},
	Fix: lint.Text{
		En: "Look at the one address that is not like the others. Was somebody else of that name meant?",
		Ja: "他と異なる一つの宛先を確認してください。同じ名前の別の人ではありませんか。",
	},
	Quiet: lint.Text{
		En: `Fewer than four recipients; two outsiders or more; mail that a program or a list sends; recipients whose
common domain is a mail provider's, which makes them no organisation.`,
		Ja: `宛先が4件未満、外部の宛先が2件以上、プログラムやメーリングリストからのメール、
共通のドメインがメールプロバイダーの場合は反応しません。`,
	},
	Held: lint.Text{
		En: "Ask the sender whether the outsider belongs to the matter.",
		Ja: "外部の宛先がこの件の関係者かどうかを、送信者に確認してください。",
	},
	Incidents: []string{"qst-2022"},
	Since:     "0.1.0",
}, strayRecipient{Recipients: 4}, func(org *lint.Org, p strayRecipient) strayCheck {
	return strayCheck{p, mailProviders(org)}
}, checkStrayRecipient)

type strayRecipient struct {
	Recipients int `yaml:"recipients" doc:"how many recipients there must be for one to be a stray" doc_ja:"この検査を行う最小の宛先数"`
}

// Validate keeps a group a group.
func (p strayRecipient) Validate() error {
	if p.Recipients < 3 {
		return fmt.Errorf("recipients: must be at least 3, not %d", p.Recipients)
	}
	return nil
}

type strayCheck struct {
	strayRecipient
	providers map[string]bool
}

// mailProviders are the registrable domains under which people of all kinds
// have mailboxes.
func mailProviders(org *lint.Org) map[string]bool {
	out := map[string]bool{}
	for _, t := range lookalike.Default() {
		out[message.Registrable(t.Domain)] = true
		name, _, _ := strings.Cut(t.Domain, ".")
		for _, suffix := range t.Suffixes {
			out[message.Registrable(name+"."+suffix)] = true
		}
	}
	for _, d := range org.Known().Webmail {
		out[message.Registrable(d)] = true
	}
	return out
}

func checkStrayRecipient(pass *lint.Pass, c strayCheck) {
	if pass.Facts.Automatic() != "" || !pass.Facts.Leaves() {
		return
	}
	groups := map[string][]lint.Visible{} // by organisation; "" is ours
	n := 0
	for _, a := range pass.Facts.Recipients() {
		organisation := ""
		if !pass.Facts.Internal(a.Address) {
			organisation = a.Registrable()
		}
		groups[organisation] = append(groups[organisation], a)
		n++
	}
	if n < c.Recipients || len(groups) != 2 {
		return
	}
	for organisation, members := range groups {
		if organisation == "" || len(members) != 1 {
			continue
		}
		for other := range groups {
			if other != organisation && c.providers[other] {
				return
			}
		}
		a := members[0]
		pass.Report(lint.Finding{
			Severity: lint.Warning, Where: a.Field, Evidence: evidenceAt(a),
			Recipients: []string{a.String()}, About: []string{a.String()},
			Message: fmt.Sprintf("%s is the only outsider among %d recipients", a.Address, n),
		})
	}
}
