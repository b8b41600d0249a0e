package rules

import (
	"fmt"
	"strings"

	"maillint/content"
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
		En: "the password in a message to the same recipients within a day of the locked file (warning; by the proxy and the milter, not in a scan)",
		Ja: "パスワード付きファイルを送ってから1日以内に同じ宛先へ送るメールにあるパスワード（warning。プロキシと milter のみ）",
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
	texts := pass.Facts.Content().Texts()
	severity, said := lint.High, fmt.Sprintf("%s that only a password opens, and a password in the same message", count(len(locked), "file"))
	if len(locked) == 0 {
		if !pass.Facts.Before.Locked {
			return
		}
		severity, said = lint.Warning, "the password of a locked file that went to the same recipients shortly before"
		texts = pass.Facts.Content().Bodies()
	}
	var list []found
	for i := range texts {
		t := &texts[i]
		stretches(pass, t, secret.FilePasswords, func(s secret.Secret) { list = appendNew(list, found{s, t}) })
	}
	reportUnsearched(pass, "passwords")
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
