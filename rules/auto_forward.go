package rules

import (
	"fmt"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// AutoForward finds mail that leaves because of a forwarding setting: of a
// mailbox, an inbox rule, an alias, a Sieve script.
var AutoForward = lint.New(lint.Meta{
	ID:       "auto-forward",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.Warning: "tag", lint.High: "quarantine"},
	Title: lint.Text{
		En: "the message leaves because of a forwarding setting",
		Ja: "転送設定によって外部へ出ていくメール",
	},
	Why: lint.Text{
		En: `Who has stolen a password sets the mailbox to forward, and reads along for weeks without logging in
again. At Yokohama City University in 2018, 29 mailboxes forwarded all their mail to three strangers: 3,512
messages in two weeks, found because a teacher's own forwarding had stopped working.`,
		Ja: `パスワードを盗んだ者はメールボックスに転送を設定し、再びログインすることなく何週間も読み続けます。
横浜市立大学では2018年、29のメールボックスが全メールを3つの見知らぬアドレスへ転送していました。
2週間で3,512通に及び、ある教員の正規の転送が止まったことで初めて気づかれました。`,
	},
	Fix: lint.Text{
		En: "Remove the forwarding setting, or have the target approved: maillint audit forwards lists all settings.",
		Ja: "転送設定を解除するか、転送先の承認を受けてください。maillint audit forwards で全設定を調べられます。",
	},
	Quiet: lint.Text{
		En: `Mail that somebody forwards by hand, list mail, bounces, receipts, auto-replies; forwarding inside the
organisation. Approved targets go under params.approved; set params.forwarding to closed once a survey is
done, and what still forwards elsewhere is quarantined.`,
		Ja: `手作業の転送、メーリングリスト、エラー通知、開封通知、自動応答、組織内の転送には反応しません。
承認した転送先は params.approved に書きます。調査が済んだら params.forwarding を closed にすると、
それ以外への転送は隔離されます。`,
	},
	Held: lint.Text{
		En: "Ask the mailbox's owner by telephone whether they set this forwarding. If not, the account is abused.",
		Ja: "メールボックスの持ち主に、転送を設定したかを電話で確認してください。心当たりがなければ乗っ取りです。",
	},
	Incidents: []string{"yokohama-2018"},
	Refs: []string{
		"MITRE ATT&CK T1114.003: Email Forwarding Rule",
		"RFC 5228 and RFC 3894: Sieve redirect", "RFC 5322, 3.6.6: resent fields", "RFC 2156: Autoforwarded",
	},
	Since: "0.1.0",
}, autoForward{Forwarding: "open"}, checkAutoForward)

type autoForward struct {
	Forwarding string   `yaml:"forwarding" doc:"open, or closed once a survey has been made: then only approved targets stay" doc_ja:"open。調査後は closed にすると、承認した転送先以外を隔離する"`
	Approved   []string `yaml:"approved" doc:"addresses or domains that mail may be forwarded to" doc_ja:"転送を認めるアドレスまたはドメイン"`
}

// Validate refuses a word that is neither.
func (p autoForward) Validate() error {
	if p.Forwarding != "open" && p.Forwarding != "closed" {
		return fmt.Errorf("forwarding: want open or closed, not %q", p.Forwarding)
	}
	return nil
}

func checkAutoForward(pass *lint.Pass, p autoForward) {
	f := pass.Facts.Forwarded()
	if f == nil {
		return
	}
	severity := lint.Warning
	switch {
	case !slices.ContainsFunc(f.Targets, func(a message.Address) bool { return !approved(a, p.Approved) }):
		severity = lint.Info
	case p.Forwarding == "closed":
		severity = lint.High
	}
	about := names(f.Targets)
	by := ""
	if f.By != "" {
		by = f.By + " "
	}
	pass.Report(lint.Finding{
		Severity: severity, Where: f.Marks[0].Where, Evidence: forwardEvidence(f), About: about,
		Message: fmt.Sprintf("%sis forwarded to %s: %s", by, strings.Join(about, ", "), f.Reasons()),
	})
}

// forwardEvidence points at the marks of forwarding.
func forwardEvidence(f *lint.Forwarding) []lint.Evidence {
	var out []lint.Evidence
	for _, m := range f.Marks {
		if m.Span.Len() > 0 {
			out = append(out, lint.Evidence{Where: m.Where, Span: m.Span})
		}
	}
	return out
}

func approved(a message.Address, list []string) bool {
	for _, entry := range list {
		if strings.EqualFold(entry, a.String()) || strings.EqualFold(entry, a.Domain) {
			return true
		}
	}
	return false
}

func names(list []message.Address) []string {
	var out []string
	for _, a := range list[:min(3, len(list))] {
		out = append(out, a.String())
	}
	return out
}
