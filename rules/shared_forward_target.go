package rules

import (
	"fmt"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// SharedForwardTarget finds mail that is forwarded to an address outside to which
// other mailboxes forward as well.
var SharedForwardTarget = lint.New(lint.Meta{
	ID:           "shared-forward-target",
	Severity:     lint.High,
	NeedsHistory: true,
	Defaults:     map[lint.Severity]string{lint.High: "quarantine"},
	Title: lint.Text{
		En: "several mailboxes forward to one address outside",
		Ja: "複数のメールボックスから一つの外部アドレスへ転送されるメール",
	},
	Why: lint.Text{
		En: `Anybody may forward to an address of their own. That several people forward to the same one has few
innocent reasons, and one that is not: whoever stole their passwords reads their mail there. At Yokohama City
University in 2018, 29 mailboxes forwarded to three addresses, and nobody saw it for two weeks.`,
		Ja: `自分のアドレスへの転送は珍しくありませんが、複数の人が同じ外部アドレスへ転送する正当な理由はほとんどありません。
パスワードを盗んだ者が、そこでまとめて読んでいるのです。横浜市立大学では2018年、29のメールボックスが
3つのアドレスへ転送しており、2週間誰も気づきませんでした。`,
	},
	Fix: lint.Text{
		En: `Remove the forwarding of all these mailboxes and change their passwords: maillint audit forwards lists the
mailboxes and gives the commands, and --block-list closes the target.`,
		Ja: `該当する全メールボックスの転送を解除し、パスワードを変更してください。maillint audit forwards が一覧と解除コマンドを示し、
--block-list で転送先を遮断できます。`,
	},
	Quiet: lint.Text{
		En: `The first mailbox of a target, and a second one on another day; what auto-forward does not take for
forwarded; forwarding inside the organisation; targets under params.approved (a help desk's system, an archive,
somebody who has several mailboxes here). How many mailboxes, and how many within a day, are parameters; 0
switches one off. The proxy and the milter remember who forwards where for 180 days: what mail shows, and what
maillint audit forwards --remember finds. maillint quarantine forwards lists it.`,
		Ja: `一つのメールボックスだけからの転送、二つ目が別の日の場合、auto-forward が転送と見なさないメール、組織内の転送、
params.approved に書いた転送先(外部のヘルプデスク、アーカイブ、複数のメールボックスを持つ本人など)には反応しません。
件数は params で変えられ、0 でその条件を無効にします。転送はプロキシとmilterが180日間記憶します。メールから分かったものと、
maillint audit forwards --remember で見つかったものが対象で、maillint quarantine forwards で一覧できます。`,
	},
	Held: lint.Text{
		En: `Ask the owners by telephone whether they know the address. If one does not, treat all of these accounts as
stolen: end their sessions, change their passwords, remove the settings, block the target.`,
		Ja: `持ち主に電話で、転送先に心当たりがあるかを確認してください。一人でも心当たりがなければ全アカウントを乗っ取りと見なし、
セッションの無効化、パスワード変更、設定の解除、転送先の遮断を行ってください。`,
	},
	Incidents: []string{"yokohama-2018"},
	Refs: []string{
		"MITRE ATT&CK T1114.003: Email Forwarding Rule",
		"Splunk: suspicious user email forwarding (distinct source mailboxes per target)",
	},
	Since: "0.1.0",
}, sharedForwardTarget{Mailboxes: 3, InADay: 2}, checkSharedForwardTarget)

type sharedForwardTarget struct {
	Mailboxes int      `yaml:"mailboxes" doc:"from how many mailboxes on, at any time of the last half year; 0: never" doc_ja:"半年間に何件以上のメールボックスから転送されたら検出するか。0で無効"`
	InADay    int      `yaml:"in_a_day" doc:"from how many on within a day; 0: never" doc_ja:"24時間以内なら何件以上で検出するか。0で無効"`
	Approved  []string `yaml:"approved" doc:"addresses or domains that several mailboxes may forward to" doc_ja:"複数のメールボックスからの転送を認めるアドレスまたはドメイン"`
}

// Validate refuses numbers with which any forwarding would be found.
func (p sharedForwardTarget) Validate() error {
	for _, limit := range []struct {
		name string
		n    int
	}{{"mailboxes", p.Mailboxes}, {"in_a_day", p.InADay}} {
		if limit.n < 0 || limit.n == 1 {
			return fmt.Errorf("%s: want 2 or more, or 0 for never, not %d", limit.name, limit.n)
		}
	}
	return nil
}

// enough says how many mailboxes are too many, in words; "" where they are not.
func (p sharedForwardTarget) enough(n lint.Forwarders) string {
	switch {
	case p.Mailboxes > 0 && n.Mailboxes >= p.Mailboxes:
		return fmt.Sprintf("%d mailboxes", n.Mailboxes)
	case p.InADay > 0 && n.Today >= p.InADay:
		return fmt.Sprintf("%d mailboxes within a day", n.Today)
	}
	return ""
}

func checkSharedForwardTarget(pass *lint.Pass, p sharedForwardTarget) {
	before := pass.Facts.Before.Forwarders
	if len(before) == 0 {
		return
	}
	f := pass.Facts.Forwarded()
	if f == nil {
		return
	}
	for _, target := range f.Targets {
		how := p.enough(before[target.Key()])
		if how == "" || approved(target, p.Approved) {
			continue
		}
		pass.Report(lint.Finding{
			Severity: lint.High, Where: f.Marks[0].Where, Evidence: forwardEvidence(f), About: []string{target.String()},
			Recipients: concerned(pass, target),
			Message:    fmt.Sprintf("%s forward to %s", how, target),
		})
	}
}

// concerned names a target that is a recipient of the envelope. Where it is not,
// the message as a whole is concerned.
func concerned(pass *lint.Pass, target message.Address) []string {
	i := slices.IndexFunc(pass.Msg.Envelope.Recipients, func(a message.Address) bool { return strings.EqualFold(a.Key(), target.Key()) })
	if i < 0 {
		return nil
	}
	return []string{pass.Msg.Envelope.Recipients[i].String()}
}
