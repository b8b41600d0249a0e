package rules

import (
	"fmt"

	"maillint/lint"
)

// BlockedRecipient finds recipients that are on the policy's block list.
var BlockedRecipient = lint.New(lint.Meta{
	ID:       "blocked-recipient",
	Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.Critical: "reject"},
	Title: lint.Text{
		En: "a recipient is on the block list",
		Ja: "宛先が送信禁止リストに載っている",
	},
	Why: lint.Text{
		En: `An address that is known to be wrong or hostile must not receive mail again. After the mailboxes of
Yokohama City University had forwarded to three strangers, sending to these three was blocked; Kagoshima
University keeps a list of lookalike domains.`,
		Ja: `誤りまたは悪意があると分かっている宛先に、再びメールを送ってはなりません。横浜市立大学は転送先となった
3つのアドレスへの送信を遮断し、鹿児島大学は紛らわしいドメインの一覧を作って遮断しています。`,
	},
	Fix: lint.Text{
		En: "Take the recipient out. If it is right, ask the administrators to take it off the list.",
		Ja: "その宛先を外してください。正しい宛先であれば、リストから外すよう管理者に依頼してください。",
	},
	Quiet: lint.Text{
		En: "Everything that is not on the list named by params.list, which is empty as shipped.",
		Ja: "params.list で指定したリスト（出荷時は空）に載っていない宛先には反応しません。",
	},
	Held: lint.Text{
		En: "Find out why the address is on the list before you release anything to it.",
		Ja: "送信を許可する前に、そのアドレスがリストにある理由を確認してください。",
	},
	Incidents:  []string{"kagoshima-2023", "yokohama-2018"},
	Since:      "0.1.0",
	ByEnvelope: true,
}, blockedRecipient{List: "blocked"}, checkBlockedRecipient)

type blockedRecipient struct {
	List string `yaml:"list" doc:"the list of the policy that holds what is blocked: addresses, and domains with all that is below them" doc_ja:"遮断するアドレスとドメイン（配下を含む）を収めたリストの名前"`
}

func checkBlockedRecipient(pass *lint.Pass, p blockedRecipient) {
	list := pass.Facts.Org.Known().Lists[p.List]
	if list == nil {
		return
	}
	for _, a := range pass.Facts.Recipients() {
		if !list.Match(a.Address) {
			continue
		}
		pass.Report(lint.Finding{
			Severity: lint.Critical, Where: a.Field, Evidence: evidenceAt(a),
			Recipients: []string{a.String()}, About: []string{a.String()},
			Message: fmt.Sprintf("%s is on the list %q", a.Address, p.List),
		})
	}
}

// evidenceAt points at an address, where it stands in a field.
func evidenceAt(a lint.Visible) []lint.Evidence {
	if a.Span.Len() == 0 {
		return nil
	}
	return []lint.Evidence{{Where: a.Field, Span: a.Span, Text: a.String()}}
}
