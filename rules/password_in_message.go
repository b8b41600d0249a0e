package rules

import (
	"fmt"
	"strings"

	"maillint/content"
	"maillint/content/personal"
	"maillint/content/secret"
	"maillint/lint"
)

// PasswordInMessage finds a locked file and its password in one message, or in
// two that follow each other.
var PasswordInMessage = lint.New(lint.Meta{
	ID:       "password-in-message",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Warning: "tag", lint.High: "confirm"},
	Title: lint.Text{
		En: "a file that a password opens, and the password beside it",
		Ja: "パスワード付きファイルと、そのパスワードが同じメールにある",
	},
	Why: lint.Text{
		En: `A lock with its key on it protects nothing, and keeps every virus scanner out. Emotet's letters came like that:
to customers of Isumi Railway in employees' names, with the file name and the password in the text.`,
		Ja: `鍵を付けたままの錠は何も守らず、ウイルス検査だけを妨げます。いすみ鉄道の社員をかたるメールは、
ファイル名とパスワードを本文に書いた Emotet のメールでした。`,
	},
	Fix: lint.Text{
		En: "Tell the password by another way than mail, or share the file by a link that asks for the recipient's log-in.",
		Ja: "パスワードはメール以外の方法で伝えるか、受信者のログインを必要とする共有リンクを使ってください。",
	},
	Quiet: lint.Text{
		En: `Mail that stays inside. Words that only announce the password ("will follow separately"), or hint at what both
know; PGP and S/MIME; PDFs that open without a password.`,
		Ja: `組織内のメール、「パスワードは別途お送りします」のような予告や、互いに知っているものの示唆、
PGP と S/MIME、パスワードなしに開く PDF には反応しません。`,
	},
	Held: lint.Text{
		En: "Ask the sender to send the password by another way; the message can be released without it only by being written anew.",
		Ja: "パスワードを別の方法で伝えるよう送信者に頼んでください。パスワードを除くには書き直しが必要です。",
	},
	WithHistory: lint.Text{
		En: `the password in a message of the same sender within a day of the locked file, to one of its recipients or in its
thread (warning). A scan looks at the messages given to it, by their dates; with --shard only at its own share`,
		Ja: `パスワード付きファイルを送ってから1日以内に、同じ送信者が同じ宛先の誰か、または同じスレッドへ送るメールにある
パスワード（warning）。scan は渡されたメールだけを日付順に見ます（--shard では自分の分だけ）`,
	},
	Incidents: []string{"isumi-2022", "emotet-chiba-2022"},
	Since:     "0.2.0",
}, passwordInMessage{}, checkPasswordInMessage)

type passwordInMessage struct {
	Exempt []string `yaml:"exempt" doc:"registrable domains with which locked files are agreed" doc_ja:"パスワード付きファイルの利用を取り決めている登録ドメイン"`
}

func checkPasswordInMessage(pass *lint.Pass, p passwordInMessage) {
	if !leavesBeyond(pass, p.Exempt) {
		return
	}
	var locked []*content.File
	for _, f := range pass.Facts.Content().Files() {
		list, _ := lockedIn(f)
		locked = append(locked, list...)
	}
	if len(locked) > 0 {
		list := filePasswords(pass, pass.Facts.Content().Texts())
		reportUnsearched(pass, "passwords")
		reportPasswords(pass, list, lint.High, fmt.Sprintf("%s that only a password opens, and a password in the same message", count(len(locked), "file")))
		return
	}
	before := pass.Facts.Before.Locked
	if before == nil {
		return
	}
	list := filePasswords(pass, withoutLogIns(pass.Facts.Content().Bodies()))
	if late := pass.Facts.Content().Late(unsearchedAt(pass)); len(list) == 0 && !late || !before() {
		return
	}
	reportUnsearched(pass, "passwords")
	reportPasswords(pass, list, lint.Warning, "the password of a locked file that went to the same recipients shortly before")
}

// withoutLogIns leaves out texts that tell of a log-in: there a password without
// a file beside it is the log-in's, which the rule credentials looks at.
func withoutLogIns(texts []content.Text) []content.Text {
	var out []content.Text
	for _, t := range texts {
		if len(secret.LogIns(personal.Fold(t.Prose), false)) == 0 {
			out = append(out, t)
		}
	}
	return out
}

// filePasswords are the passwords that texts tell of files.
func filePasswords(pass *lint.Pass, texts []content.Text) []found {
	var list []found
	for i := range texts {
		t := &texts[i]
		stretches(pass, t, secret.FilePasswords, func(s secret.Secret) { list = appendNew(list, found{s, t}) })
	}
	return list
}

func reportPasswords(pass *lint.Pass, list []found, severity lint.Severity, said string) {
	if len(list) == 0 {
		return
	}
	var evidence []lint.Evidence
	for i := range list[:min(len(list), maxFiles)] {
		evidence = append(evidence, lint.Evidence{Where: list[i].where(), Text: list[i].Title + " " + list[i].Mask})
	}
	part, _, _ := strings.Cut(list[0].text.Where, ", ")
	pass.Report(lint.Finding{Severity: severity, Where: part, Evidence: evidence, Message: said})
}
