package rules

import (
	"fmt"
	"strings"

	"maillint/lint"
	"maillint/message"
)

// SenderMismatch finds mail whose sender fields do not fit each other or the
// organisation that sends it.
var SenderMismatch = lint.New(lint.Meta{
	ID:       "sender-mismatch",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Warning: "tag", lint.High: "confirm"},
	Title: lint.Text{
		En: "From, Sender, Reply-To and the submitter do not fit together",
		Ja: "From、Sender、Reply-To、実際の送信者が互いに合っていない",
	},
	Why: lint.Text{
		En: `Who abuses an account sends in other people's names: as Tokyo Disney Resort ("we have temporarily locked
your account"), or as a help desk that the recipients know. Mail that leaves here with a From that is not
ours was not written by one of us.`,
		Ja: `アカウントを悪用する者は他人の名前で送信します。「アカウントを一時的に停止しました」という東京ディズニー
リゾートを装うメールや、受信者が知っているヘルプデスクを装うメールがその例です。組織外のFromで
ここから出ていくメールは、組織の誰かが書いたものではありません。`,
	},
	Fix: lint.Text{
		En: "Send with your own address in From; have the system that sends in another's name entered as a service.",
		Ja: "自分のアドレスをFromにして送信してください。代理送信するシステムはサービスとして登録してください。",
	},
	Quiet: lint.Text{
		En: `Automatic mail, list mail, resent messages, forwarded invitations, what auto-forward finds; mail that
comes from outside and stays with us, stored mail that was received; addresses of one organisation that differ in From and Sender (shared mailboxes).`,
		Ja: `自動送信メール、メーリングリスト、再送（Resent）、会議招集の転送、auto-forward が検出するもの、
外部から届いて組織内に留まるメール、受信した保存メール、同じ組織内でFromとSenderが異なるもの（共有メールボックス）には反応しません。`,
	},
	Held: lint.Text{
		En: "If the sender did not write it, lock the account and look at what else it sent.",
		Ja: "送信者に心当たりがなければアカウントを停止し、ほかに何が送られたかを調べてください。",
	},
	Incidents: []string{"disney-2022", "emotet-chiba-2022"},
	Refs:      []string{"RFC 5322, 3.6.2: originator fields"},
	Since:     "0.1.0",
}, senderMismatch{}, checkSenderMismatch)

type senderMismatch struct{}

func checkSenderMismatch(pass *lint.Pass, _ senderMismatch) {
	f := pass.Facts
	if f.Automatic() != "" || received(pass) || passedOn(pass) {
		return
	}
	from := pass.Msg.From()
	switch {
	case len(from) == 0:
		return
	case !together(f, from):
		report(pass, lint.High, "From", from[1], "From names %d addresses of different organisations", len(from))
	case !f.FromOurs() && privateHost(from[0].Domain):
		report(pass, lint.Warning, "From", from[0], "From %s names a host that the Internet does not know", from[0])
	case !f.FromOurs():
		report(pass, lint.High, "From", from[0], "From %s is not an address of ours", from[0])
	default:
		checkSubmitter(pass, from[0])
	}
	checkSenderField(pass, from[0])
	checkReplyTo(pass, from)
}

// report adds a finding about one address.
func report(pass *lint.Pass, severity lint.Severity, where string, a message.Address, format string, args ...any) {
	pass.Report(lint.Finding{
		Severity: severity, Where: where, About: []string{a.String()},
		Evidence: []lint.Evidence{{Where: where, Span: a.Span, Text: a.String()}},
		Message:  fmt.Sprintf(format, args...),
	})
}

// privateHost: the name of a host in a house's own network, as appliances put
// it after the @. It can be no other organisation's (RFC 6762, appendix G).
func privateHost(domain string) bool {
	top := domain[strings.LastIndexByte(domain, '.')+1:]
	switch top {
	case "local", "localdomain", "localhost", "internal", "intranet", "private", "corp", "home", "lan":
		return true
	}
	return top == domain
}

// received: mail that came in, which says nothing about who sends here: from
// outside to nobody but us, or stored with the traces of its way.
func received(pass *lint.Pass) bool {
	by := pass.Msg.Envelope.ReversePath
	submitted := pass.Facts.OnItsWay() && !by.IsZero() && pass.Facts.Internal(by)
	if !pass.Facts.Leaves() && !pass.Facts.FromOurs() && !submitted {
		return true
	}
	if pass.Facts.OnItsWay() {
		return false
	}
	for _, name := range []string{"Received", "Delivered-To", "X-Original-To", "Authentication-Results"} {
		if pass.Msg.Has(name) && !pass.Facts.FromOurs() {
			return true
		}
	}
	return false
}

// passedOn: somebody else's message that one of ours passes on as it is.
func passedOn(pass *lint.Pass) bool {
	m := pass.Msg
	if m.MeetingMethod() != "" && !pass.Facts.FromOurs() {
		return true
	}
	for _, a := range m.Addresses("Resent-From") {
		if a.Domain != "" && pass.Facts.Internal(a) {
			return true
		}
	}
	return pass.Facts.MarkedForwarded()
}

// together: all ours, or all of one organisation.
func together(f *lint.Facts, list []message.Address) bool {
	for _, a := range list[1:] {
		if !sameOrganisation(f, list[0], a) {
			return false
		}
	}
	return true
}

func sameOrganisation(f *lint.Facts, a, b message.Address) bool {
	if f.Internal(a) || f.Internal(b) {
		return f.Internal(a) && f.Internal(b)
	}
	return a.Registrable() == b.Registrable()
}

// checkSubmitter: From is ours, and somebody else of ours submitted it.
func checkSubmitter(pass *lint.Pass, from message.Address) {
	by := pass.Msg.Envelope.ReversePath
	if !pass.Facts.OnItsWay() || by.IsZero() || !pass.Facts.Internal(by) || aliased(by, from) {
		return
	}
	if sender := pass.Msg.Addresses("Sender"); len(sender) > 0 && sender[0].Key() == by.Key() {
		return // it says so itself
	}
	report(pass, lint.Warning, "From", from, "From is %s, and %s submitted it", from, by)
}

// aliased: the same mailbox but for a tag, a bounce token or the host.
func aliased(a, b message.Address) bool {
	base := func(s string) string {
		s, _, _ = strings.Cut(strings.ToLower(s), "+")
		return s
	}
	la, lb := base(a.Local), base(b.Local)
	return la == lb || strings.Contains(la, lb) && strings.Contains(a.Local, "=") // VERP, BATV
}

func checkSenderField(pass *lint.Pass, from message.Address) {
	if pass.Msg.MeetingMethod() != "" {
		return // calendar services put their own Sender over the organiser's From
	}
	for _, a := range pass.Msg.Addresses("Sender") {
		if !sameOrganisation(pass.Facts, a, from) {
			report(pass, lint.High, "Sender", a, "Sender %s and From %s are of different organisations", a, from)
		}
	}
}

// checkReplyTo: answers would go to somebody who is neither ours nor a list.
func checkReplyTo(pass *lint.Pass, from []message.Address) {
	if pass.Msg.Has("List-Id") {
		return
	}
	for _, a := range pass.Msg.Addresses("Reply-To") {
		if !pass.Facts.Internal(a) && !sameOrganisation(pass.Facts, a, from[0]) {
			report(pass, lint.Warning, "Reply-To", a, "answers go to %s, which is not ours", a)
			return
		}
	}
}
