package rules

import (
	"fmt"
	"strings"
	"unicode"

	"maillint/lint"
	"maillint/message"
)

// PrivateWebmail finds attachments that people send to their own private
// mailbox.
var PrivateWebmail = lint.NewPrepared(lint.Meta{
	ID:       "private-webmail",
	Severity: lint.Warning,
	Defaults: map[lint.Severity]string{lint.Warning: "tag"},
	Title: lint.Text{
		En: "an attachment goes to a private mailbox that resembles the sender's name",
		Ja: "送信者の名前に似た個人用メールアドレスへ添付ファイルを送っている",
	},
	Why: lint.Text{
		En: `Work that is taken home by mail is out of the organisation's hands, and so are customers' data that
somebody takes along to a new employer, as at Ai Koumuten.`,
		Ja: `自宅で作業するためにメールで持ち出したファイルは、組織の管理から外れます。アイ工務店の事例のように、
転職先へ顧客情報を持ち出す手段にもなります。`,
	},
	Fix: lint.Text{
		En: "Use the organisation's own way to work from elsewhere.",
		Ja: "組織が用意したリモートワークの手段を使ってください。",
	},
	Quiet: lint.Text{
		En: "Messages without a file; addresses of other people; mail that a program sends.",
		Ja: "ファイルのないメール、他人のアドレス、プログラムからのメールには反応しません。",
	},
	Held: lint.Text{
		En: "Look at what the file is. A draft of one's own is one thing, a list of customers another.",
		Ja: "ファイルの内容を確認してください。自分の下書きと顧客名簿とでは意味が違います。",
	},
	Incidents: []string{"aikoumuten-2023"},
	Since:     "0.1.0",
}, privateWebmail{}, func(org *lint.Org, _ privateWebmail) map[string]bool { return mailProviders(org) }, checkPrivateWebmail)

type privateWebmail struct{}

func checkPrivateWebmail(pass *lint.Pass, providers map[string]bool) {
	if !pass.Facts.Leaves() || pass.Facts.Automatic() != "" {
		return
	}
	file := attachment(pass.Msg)
	if file == nil {
		return
	}
	var who []name
	for _, a := range append(pass.Msg.From(), pass.Facts.Sender()) {
		if !providers[a.Registrable()] {
			who = append(who, nameOf(a))
		}
	}
	for _, a := range pass.Facts.Recipients() {
		if pass.Facts.Internal(a.Address) || !providers[a.Registrable()] {
			continue
		}
		for _, n := range who {
			if !n.resembles(nameOf(a.Address)) {
				continue
			}
			pass.Report(lint.Finding{
				Severity: lint.Warning, Where: a.Field, Evidence: evidenceAt(a),
				Recipients: []string{a.String()}, About: []string{a.String()},
				Message: fmt.Sprintf("%s resembles the sender's name, and the message holds a file (part %s)", a.Address, file.Path),
			})
			break
		}
	}
}

// attachment gives the first file of a message that is not a picture in its
// text, a signature or a calendar entry.
func attachment(m *message.Message) *message.Part {
	for _, p := range m.Parts {
		switch {
		case p.Embedded != nil:
			return p
		case !p.Attachment():
		case strings.HasPrefix(p.Type, "image/") && (p.ContentID != "" || p.Disposition == "inline"):
		case p.Type == "text/calendar", strings.HasSuffix(p.Type, "-signature"), p.Type == "application/pgp-encrypted":
		default:
			return p
		}
	}
	return nil
}

// name is what an address says about whose it is.
type name struct {
	local string   // letters of the local part, lower case
	parts []string // what the local part is made of, between its marks and digits
	words []string // of the local part and the display name, in Latin letters
	shown string   // the display name without blanks, lower case
}

func nameOf(a message.Address) name {
	base, _, _ := strings.Cut(strings.ToLower(a.Local), "+")
	n := name{local: letters(base), parts: strings.FieldsFunc(base, notLetter), shown: strings.ToLower(strings.Join(strings.Fields(a.Name()), ""))}
	for _, w := range strings.FieldsFunc(base+" "+strings.ToLower(a.Name()), notLetter) {
		if len(w) >= 3 {
			n.words = append(n.words, w)
		}
	}
	return n
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// resembles compares the sender's name with a recipient's: the same display
// name, the same local part, two words of the name in it, or an initial and
// the surname.
func (n name) resembles(other name) bool {
	if len([]rune(n.shown)) >= 3 && n.shown == other.shown && !strings.Contains(n.shown, "@") && hasLetter(n.shown) {
		return true
	}
	if len(n.local) >= 6 && n.local == other.local {
		return true
	}
	found := map[string]bool{}
	for _, w := range n.words {
		if strings.Contains(other.local, w) {
			found[w] = true
		}
	}
	if len(found) >= 2 {
		return true
	}
	for w := range found {
		if len(w) >= 4 && (n.initialWith(w, other) || n.initialOf(w, other)) {
			return true
		}
	}
	return false
}

// initialOf: t-yamada for taro.yamada. A surname alone is many people's.
func (n name) initialOf(surname string, other name) bool {
	initial := strings.Replace(n.local, surname, "", 1)
	if initial == "" {
		return false
	}
	for _, given := range other.words {
		if given != surname && len(initial) <= 2 && strings.HasPrefix(given, initial) {
			return true
		}
	}
	return false
}

// initialWith: "tyamada", "yamada-t" and "yamadat99" for the words taro and
// yamada, or for the local part t-yamada.
func (n name) initialWith(surname string, other name) bool {
	for _, given := range append(n.parts, n.words...) {
		if given != surname && (other.has(given[:1]+surname) || other.has(surname+given[:1])) {
			return true
		}
	}
	return false
}

// has reports whether neighbouring parts of the local part make a word.
func (n name) has(word string) bool {
	for i := range n.parts {
		run := ""
		for _, part := range n.parts[i:min(i+3, len(n.parts))] {
			if run += part; run == word {
				return true
			}
		}
	}
	return false
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
