package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maillint/lint"
	"maillint/message"
)

// DisplayNameSpoof finds display names that claim to be somebody else.
var DisplayNameSpoof = lint.NewPrepared(lint.Meta{
	ID:       "display-name-spoof",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.High: "quarantine"},
	Title: lint.Text{
		En: "a display name claims an identity that the address does not have",
		Ja: "表示名が、アドレスとは別の人物や組織を名乗っている",
	},
	Why: lint.Text{
		En: `Most mail programs show the name and not the address. In 2022 mail went out in the name of a help desk for
800 local governments: subject "RE:" and an earlier exchange, the display name the help desk's, the address a
stranger's, a zip attached. Isumi Railway's employees were posed as the same way.`,
		Ja: `多くのメールソフトは名前だけを表示し、アドレスは表示しません。2022年、約800の自治体が利用するヘルプデスクを
名乗るメールが出回りました。件名は過去のやり取りに「RE:」を付けたもの、表示名はヘルプデスク、アドレスは
第三者、zipが添付されていました。いすみ鉄道の社員も同じ手口で騙られました。`,
	},
	Fix: lint.Text{
		En: "Use a display name without an address in it, and your own name.",
		Ja: "表示名にアドレスを入れず、自分の名前を使ってください。",
	},
	Quiet: lint.Text{
		En: `Names that hold the address itself or one of the same organisation; names in To and Cc (address books hold
old addresses as names) are info. Names to protect are organization.protected of the policy and the people of its
directory; somebody's own name over their private address is silent where they send it or the directory has the
address, and info where the address looks like the name, as a namesake's does. What one of ours passes on is its
writer's, who may be a namesake too.`,
		Ja: `アドレス自身や同じ組織のアドレスを含む名前には反応しません。ToとCc（アドレス帳に古いアドレスが名前として
残っている場合）は info です。保護する名前は organization.protected に書いた名前と、directory にある人の名前です。
本人が送るとき、または directory にその人の私用アドレスがあるときは反応せず、アドレスが名前に似ていれば
（本人の私用アドレスか同姓同名）info です。転送されたメールの差出人も同姓同名でありうるため、反応しません。`,
	},
	Held: lint.Text{
		En: "Ask the person named, by telephone. If they know nothing of it, the account that sent it is abused.",
		Ja: "名前の本人に電話で確認してください。心当たりがなければ、送信したアカウントは乗っ取られています。",
	},
	Incidents: []string{"emotet-chiba-2022", "isumi-2022"},
	Since:     "0.1.0",
}, displayNameSpoof{}, func(org *lint.Org, _ displayNameSpoof) spoofCheck {
	return spoofCheck{mailProviders(org), newNameIndex(org.Known().People)}
}, checkDisplayNameSpoof)

type displayNameSpoof struct{}

type spoofCheck struct {
	providers map[string]bool
	directory nameIndex
}

func checkDisplayNameSpoof(pass *lint.Pass, c spoofCheck) {
	if pass.Facts.Automatic() == lint.ListMail {
		return // list managers put the author's address into the name
	}
	known := protectedNames(pass)
	namesakes := len(c.directory.people) == 0 || passedOn(pass) // of whoever wrote what one of ours passes on
	for _, field := range []string{"From", "Sender", "Reply-To", "To", "Cc"} {
		for _, a := range pass.Msg.Addresses(field) {
			claimed, severity := claims(pass, a, known, c.providers), lint.High
			if claimed == "" && !namesakes {
				claimed, severity = c.inDirectory(pass, a)
			}
			if field == "To" || field == "Cc" {
				severity = lint.Info
			}
			if claimed != "" {
				pass.Report(lint.Finding{
					Severity: severity, Where: field, About: []string{a.String()},
					Evidence: []lint.Evidence{{Where: field, Span: a.Span, Text: a.String()}},
					Message:  fmt.Sprintf("the name shown with %s claims %s", a, claimed),
				})
			}
		}
	}
}

// claims says what a display name claims that the address is not; empty where
// it claims nothing.
func claims(pass *lint.Pass, a message.Address, protected map[string]string, providers map[string]bool) string {
	shown := a.Name()
	if shown == "" {
		return ""
	}
	for _, other := range addressesIn(shown) {
		if other.Key() == a.Key() {
			continue
		}
		if sameOrganisation(pass.Facts, other, a) && (pass.Facts.Internal(a) || !providers[a.Registrable()]) {
			continue // two mailboxes at a provider are two people's
		}
		return "to be " + other.String()
	}
	if pass.Facts.Internal(a) {
		return ""
	}
	folded := foldName(shown)
	for name, what := range protected {
		if name != "" && strings.Contains(folded, name) {
			return "to be " + what
		}
	}
	return ""
}

// inDirectory says whose name an outside address carries, of those in the
// directory. People may write from their own private addresses, and have
// namesakes: where the address looks like the name, it is a remark only.
func (c spoofCheck) inDirectory(pass *lint.Pass, a message.Address) (string, lint.Severity) {
	if pass.Facts.Internal(a) || a.Name() == "" {
		return "", 0
	}
	people := c.directory.find(a.Name())
	senders := append(pass.Msg.From(), pass.Facts.Sender())
	for _, p := range people {
		if own(p, a) || slices.ContainsFunc(senders, func(s message.Address) bool { return pass.Facts.Internal(s) && own(p, s) }) {
			return "", 0
		}
	}
	for _, p := range people {
		if mayBe(p, a) {
			return "to be " + p.Name + " of the directory (or is a namesake)", lint.Info
		}
	}
	if len(people) == 0 {
		return "", 0
	}
	return "to be " + people[0].Name + " of the directory", lint.High
}

// addressesIn finds addresses in a display name.
func addressesIn(s string) []message.Address {
	s = unhidden(s)
	if strings.IndexByte(s, '@') <= 0 && !strings.Contains(s, "＠") {
		return nil
	}
	var out []message.Address
	s = norm.NFKC.String(s)
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" <>()[]\"',;:/　（）「」", r) }) {
		local, domain, _ := strings.Cut(word, "@")
		if local == "" || !strings.Contains(domain, ".") {
			continue
		}
		if d, ok := message.Domain(strings.TrimRight(domain, ".")); ok {
			out = append(out, message.Address{Local: local, Domain: d})
		}
	}
	return out
}

// protectedNames are the names that an outsider's address must not carry.
func protectedNames(pass *lint.Pass) map[string]string {
	out := map[string]string{}
	for _, p := range pass.Facts.Org.Known().Protected {
		if !strings.Contains(p, "@") && len([]rune(p)) >= 2 {
			out[foldName(p)] = "the protected identity " + p
		}
	}
	return out
}

// foldName makes two spellings of a name the same: width, case, blanks.
func foldName(s string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(norm.NFKC.String(unhidden(s)), func(r rune) bool {
		return strings.ContainsRune(" \t　・.,", r)
	}), ""))
}

// unhidden takes out the characters that nobody sees (zero-width ones, marks of
// direction), with which an address or name is kept from being found.
func unhidden(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}
