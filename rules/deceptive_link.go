package rules

import (
	_ "embed"
	"strings"

	"maillint/content"
	"maillint/lint"
)

// DeceptiveLink finds links whose text shows one host and which lead to
// another.
var DeceptiveLink = lint.NewPrepared(lint.Meta{
	ID:       "deceptive-link",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Warning: "tag", lint.High: "quarantine"},
	Title: lint.Text{
		En: "a link shows one domain and leads to another",
		Ja: "リンクに表示されたドメインと、実際の行き先のドメインが異なる",
	},
	Why: lint.Text{
		En: `"We have temporarily locked your account", wrote somebody in Tokyo Disney Resort's name, with a link that
showed its address and led to a page that collects passwords. At Yokohama City University such a page took 29. Mail
of that shape that leaves here comes from an account of ours that is abused.`,
		Ja: `東京ディズニーリゾートを装い「アカウントを一時的に停止しました」と伝えるメールのリンクは、表示は正規の
アドレスでも、行き先はパスワードを集めるページでした。横浜市立大学では29件のパスワードが同じ手口で盗まれました。
このようなメールがここから出ていくなら、組織のアカウントが悪用されています。`,
	},
	Fix: lint.Text{
		En: "Let the link's text be its real address, or words.",
		Ja: "リンクの文字を実際のアドレスにするか、アドレスではない言葉にしてください。",
	},
	Quiet: lint.Text{
		En: `Links in quoted text; links whose text is no host (words, names of files, addresses of people); two hosts of
one registrable domain, both ours, or both of one brand. Targets are compared behind known rewriters (Safe Links, URL
Defense and others); where a link protector keeps the target to itself only the shown address is looked at, and where a
mailing service counts the clicks, or a host that is not known looks like a mail filter, it is a warning at most.`,
		Ja: `引用部分のリンク、文字がホスト名でないリンク（言葉、ファイル名、メールアドレス）、登録ドメインが同じもの、
両方とも自組織または同じブランドのものには反応しません。行き先は既知の書き換え（Safe Links、URL Defense など）を
戻して比べます。リンク保護製品が行き先を隠している場合は表示されたアドレスだけを調べ、配信サービスのクリック計測や、
メールフィルターのように見える未知のホストの場合は warning までとします。`,
	},
	Held: lint.Text{
		En: "Do not click. If the sender did not write it, lock the account and look for what else it sent.",
		Ja: "クリックしないでください。送信者に覚えがなければアカウントを停止し、ほかに何が送られたかを調べてください。",
	},
	Incidents: []string{"disney-2022", "yokohama-2018"},
	Since:     "0.1.0",
}, deceptiveLink{}, prepareDeceptiveLink, checkDeceptiveLink)

type deceptiveLink struct{}

//go:embed data/brands.tsv
var brandsFile string

type deceptiveCheck struct {
	brands   map[string]string // registrable domain to brand
	partners []string
}

func prepareDeceptiveLink(org *lint.Org, _ deceptiveLink) deceptiveCheck {
	c := deceptiveCheck{map[string]string{}, org.Partners()}
	for line := range strings.Lines(brandsFile) {
		name, domains, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if strings.HasPrefix(name, "#") {
			continue
		}
		for _, d := range strings.Fields(domains) {
			c.brands[d] = name
		}
	}
	return c
}

func checkDeceptiveLink(pass *lint.Pass, c deceptiveCheck) {
	seen := map[[2]string]bool{}
	for _, r := range pass.Facts.Texts() {
		for _, l := range r.Links {
			if l.Quoted {
				continue
			}
			shown := content.ShownHost(l.Text)
			if shown == "" {
				continue
			}
			if target, severity := c.compare(pass.Facts, shown, l); target != "" && !seen[[2]string{shown, target}] {
				seen[[2]string{shown, target}] = true
				pass.Report(lint.Finding{
					Severity: severity, Where: r.Part.Where(), About: []string{shown, target},
					Evidence: []lint.Evidence{{Where: r.Part.Where(), Span: spanOf(pass.Msg, r.Part, l.Target), Text: clipRunes(l.Text, 100) + " -> " + clipRunes(l.Target, 160)}},
					Message:  "a link shows " + shown + c.whose(pass.Facts, shown) + " and leads to " + target,
				})
			}
		}
	}
}

// compare gives the host that a link leads to where it is not whose the shown
// host is, and how grave that is.
func (c deceptiveCheck) compare(f *lint.Facts, shown string, l content.Link) (string, lint.Severity) {
	target, veil := content.UnwrapKnowing(l.Target, func(host string) bool { return f.Org.Internal(host) || c.partner(host) })
	if veil == content.Protected {
		target, veil = written(l.Text), ""
	}
	u, ok := content.ParseURL(target)
	if !ok || c.same(f, shown, u.Host) {
		return "", 0
	}
	if veil == "" && c.whose(f, shown) != "" {
		return u.Host, lint.High
	}
	return u.Host, lint.Warning
}

// written is the address that a text shows, as a browser reads it. It stands
// for a target that a link protector keeps: "https://bank.example@evil.test/"
// shows one host and names another all by itself. Empty where it names none.
func written(text string) string {
	i := strings.Index(text, "://")
	if i < 0 || !strings.Contains(text[i:], "@") {
		return ""
	}
	start := len(strings.TrimRightFunc(text[:i], func(r rune) bool { return r >= 'A' && r <= 'z' }))
	target, _, _ := strings.Cut(text[start:], " ")
	return target
}

// same reports whether two hosts are of one owner.
func (c deceptiveCheck) same(f *lint.Facts, a, b string) bool {
	sa, sb := content.Site(a), content.Site(b)
	if sa == sb || f.Org.Internal(a) && f.Org.Internal(b) {
		return true
	}
	return c.brands[sa] != "" && c.brands[sa] == c.brands[sb]
}

// whose says why a shown host matters; empty for one that is nobody's we know.
func (c deceptiveCheck) whose(f *lint.Facts, host string) string {
	switch {
	case f.Org.Internal(host):
		return " (ours)"
	case c.partner(host):
		return " (a partner's)"
	case c.brands[content.Site(host)] != "":
		return " (" + c.brands[content.Site(host)] + ")"
	}
	return ""
}

func (c deceptiveCheck) partner(host string) bool { return below(host, c.partners) }
