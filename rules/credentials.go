package rules

import (
	"fmt"
	"strings"

	"maillint/content"
	"maillint/content/personal"
	"maillint/content/secret"
	"maillint/lint"
)

// Credentials finds what opens a system to whoever reads it: private keys,
// keys of cloud services, an ID with its password.
var Credentials = lint.New(lint.Meta{
	ID:       "credentials",
	Severity: lint.Critical,
	Defaults: map[lint.Severity]string{lint.High: "confirm", lint.Critical: "approve"},
	Title: lint.Text{
		En: "a private key, a key of a cloud service, or an ID with its password in plain text",
		Ja: "秘密鍵、クラウドサービスのキー、ID とパスワードの組が平文で送られる",
	},
	Why: lint.Text{
		En: `At TEPCO Energy Partner staff worked for years with an ID and a password that another company had sent them
on request. A mailbox keeps what it was sent, and everybody who ever reads it can use it.`,
		Ja: `東京電力エナジーパートナーでは、他社から依頼に応じて渡された ID とパスワードが使われ続けました。
メールボックスに残った認証情報は、読んだ人の誰もが使えます。`,
	},
	Fix: lint.Text{
		En: `Give the other an account of their own. Keys belong into a store for secrets. What has been sent already must
be changed.`,
		Ja: `相手自身のアカウントを用意してください。鍵は秘密情報の管理の仕組みで渡してください。送ってしまったものは
変更が必要です。`,
	},
	Quiet: lint.Text{
		En: `Mail that stays inside. Meeting IDs with passcodes; wireless networks; one-time and start passwords; talk
about passwords without one; public keys and certificates; what stands in a reply's quotation. A key under a
passphrase and a string that a word calls a key are high, like an ID with its password.`,
		Ja: `組織内のメール、会議 ID とパスコード、無線 LAN、ワンタイムや初期パスワード、パスワードそのものを含まない文、
公開鍵と証明書、返信の引用部分には反応しません。パスフレーズ付きの鍵などは、ID とパスワードと同じ扱いです。`,
	},
	Held: lint.Text{
		En: "May the recipient log in as this user? If not, have the password or key changed even when this is discarded.",
		Ja: "受信者がこの利用者としてログインしてよいのですか。違う場合は、破棄した上でパスワードや鍵を変更させてください。",
	},
	Incidents: []string{"tepco-2023"},
	Refs:      []string{"RFC 7468 (PEM)", "content/secret/data/keys.txt names the shapes of keys and their sources"},
	Since:     "0.2.0",
}, credentials{}, checkCredentials)

type credentials struct {
	Exempt []string `yaml:"exempt" doc:"registrable domains to which credentials are sent by agreement" doc_ja:"取り決めにより認証情報を送る登録ドメイン"`
}

func checkCredentials(pass *lint.Pass, p credentials) {
	if !leavesBeyond(pass, p.Exempt) {
		return
	}
	forwarded := forwards(pass.Msg.Subject())
	var keys, logins []found
	texts := pass.Facts.Content().Texts()
	for i := range texts {
		t := &texts[i]
		for _, s := range secretsIn(pass, t, forwarded) {
			f := found{s, t}
			if s.Kind <= secret.Token {
				keys = appendNew(keys, f)
			} else {
				logins = appendNew(logins, f)
			}
		}
	}
	reportSecrets(pass, lint.Critical, keys)
	reportSecrets(pass, lint.High, logins)
	reportUnsearched(pass, "credentials")
}

// found is a secret and the text it stands in.
type found struct {
	secret.Secret
	text *content.Text
}

// appendNew leaves out what the other form of the same text said already.
func appendNew(list []found, f found) []found {
	for _, have := range list {
		if have.Mask == f.Mask && have.Title == f.Title {
			return list
		}
	}
	return append(list, f)
}

// secretsIn finds the secrets of a text. Cells are read as columns of IDs and
// passwords, and as lines.
func secretsIn(pass *lint.Pass, t *content.Text, forwarded bool) []secret.Secret {
	var out []secret.Secret
	sheet := secret.Sheet(t.Rows)
	stretches(pass, t, func(text string) []secret.Secret {
		found := secret.Keys(text)
		if sheet == nil {
			found = append(found, secret.LogIns(text, forwarded || t.File != nil)...)
		}
		if t.Rows == nil {
			found = append(found, secret.Tables(text)...)
		}
		return found
	}, func(s secret.Secret) { out = append(out, s) })
	return append(out, sheet...)
}

// A table is read as lines in stretches of rows, which overlap so that a
// password is met with its ID.
const (
	stretch = 1 << 20 // octets
	overlap = 8       // rows
)

// stretches searches a text, folded: prose as a whole, a table as lines. It
// stops when the time of the message is spent, which is then a defect.
func stretches(pass *lint.Pass, t *content.Text, search func(text string) []secret.Secret, found func(secret.Secret)) {
	if pass.Facts.Content().Late(t.Where) {
		return
	}
	if t.Rows == nil {
		for _, s := range search(personal.Fold(t.Prose)) {
			found(s)
		}
		return
	}
	for first := 0; first < len(t.Rows); {
		text, n := linesOfCells(t.Rows[first:])
		for _, s := range search(personal.Fold(text)) {
			s.Line += first
			found(s)
		}
		if first+n == len(t.Rows) || pass.Facts.Content().Late(t.Where) {
			return
		}
		first += max(1, n-overlap)
	}
}

// linesOfCells writes the first n rows as lines; a label and its value stay
// together.
func linesOfCells(rows [][]string) (text string, n int) {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(": ")
			}
			b.WriteString(strings.ReplaceAll(cell, "\n", " "))
		}
		b.WriteByte('\n')
		if n++; b.Len() > stretch {
			break
		}
	}
	return b.String(), n
}

// reportUnsearched says that the time of the message was spent before all of it
// was searched, which is never a pass.
func reportUnsearched(pass *lint.Pass, what string) {
	if at := unsearchedAt(pass); pass.Facts.Content().Late(at) {
		pass.Report(lint.Finding{Severity: lint.High, Where: at, Message: "not searched to its end for " + what + ": the time that the policy gives a message is spent", Evidence: []lint.Evidence{{Where: at}}})
	}
}

// forwards reports whether a subject is a forwarded message's: then what is
// quoted is new to its recipients.
func forwards(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range []string{"fw:", "fwd:", "fw：", "転送", "wg:", "tr:", "i:", "rv:", "【転送】"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// reportSecrets makes one finding of secrets of one grade. The evidence has no
// span: a report would show the bytes that stand there.
func reportSecrets(pass *lint.Pass, sev lint.Severity, list []found) {
	if len(list) == 0 {
		return
	}
	var evidence []lint.Evidence
	kinds := map[string]int{}
	var order []string
	for _, f := range list {
		if kinds[f.Title] == 0 {
			order = append(order, f.Title)
		}
		kinds[f.Title]++
		if len(evidence) < maxFiles {
			evidence = append(evidence, lint.Evidence{Where: f.where(), Text: f.Title + " " + f.Mask})
		}
	}
	for i, k := range order {
		order[i] = fmt.Sprintf("%s (%d)", k, kinds[k])
	}
	part, _, _ := strings.Cut(list[0].text.Where, ", ")
	part, _, _ = strings.Cut(part, ":")
	pass.Report(lint.Finding{Severity: sev, Where: part, Message: strings.Join(order, ", "), Evidence: evidence})
}

func (f *found) where() string {
	unit := "line"
	if f.text.Rows != nil {
		unit = "row"
	}
	s := fmt.Sprintf("%s, %s %d", f.text.Where, unit, f.Line)
	if f.text.Hidden != "" {
		s += " (" + f.text.Hidden + ")"
	}
	return s
}
