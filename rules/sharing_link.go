package rules

import (
	"fmt"
	"sort"
	"strings"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
)

// SharingLink finds links to shared files and folders that leave the house.
var SharingLink = lint.New(lint.Meta{
	ID:       "sharing-link",
	Severity: lint.Warning,
	Defaults: map[lint.Severity]string{lint.Warning: "tag"},
	Title: lint.Text{
		En: "a link to a shared file or folder goes outside",
		Ja: "共有ファイルや共有フォルダーへのリンクを外部に送っている",
	},
	Why: lint.Text{
		En: `Who may open a shared folder, and what its visitors see of each other, is set where it lies and not in the
message. In Gunma Prefecture a recording was shared in this way, and each of 50 students could see the names and
addresses of the others.`,
		Ja: `共有フォルダーを誰が開けるか、開いた人同士が互いに何を見られるかは、メールではなく共有先で設定されています。
群馬県の事例では録画を共有した際、50人の受講者が互いの氏名とメールアドレスを見られる状態になりました。`,
	},
	Fix: lint.Text{
		En: "Open the link as one of the recipients would, signed out, and look at who may open it, what else lies there, and whether it ends.",
		Ja: "サインアウトした状態で受信者としてリンクを開き、開ける人、一緒に見えるもの、有効期限を確認してください。",
	},
	Quiet: lint.Text{
		En: `Links in quoted text; the services' home pages; mail that stays inside. Hosts that are all right are listed
under params.allow.`,
		Ja: `引用部分のリンク、サービスのトップページ、組織内だけのメールには反応しません。問題のないホストは
params.allow に書きます。`,
	},
	Held: lint.Text{
		En: "Look at the audience of the link with its owner before it is sent.",
		Ja: "送信前に、リンクの公開範囲を所有者と確認してください。",
	},
	Incidents: []string{"gunma-2023"},
	Since:     "0.1.0",
}, sharingLink{Hosts: []string{}, Allow: []string{}}, checkSharingLink)

type sharingLink struct {
	Hosts []string `yaml:"hosts" doc:"further hosts where files are shared; all that is below them counts" doc_ja:"ファイルを共有する追加のホスト（配下を含む）"`
	Allow []string `yaml:"allow" doc:"hosts whose links are all right, with all that is below them" doc_ja:"リンクを送ってよいホスト（配下を含む）"`
}

// Validate refuses what is no host.
func (p sharingLink) Validate() error {
	for _, h := range append(append([]string{}, p.Hosts...), p.Allow...) {
		if d, ok := message.Domain(h); !ok || strings.ContainsAny(d, "/*@: ") {
			return fmt.Errorf("hosts, allow: %q is no host", h)
		}
	}
	return nil
}

func checkSharingLink(pass *lint.Pass, p sharingLink) {
	if !pass.Facts.Leaves() {
		return
	}
	found := map[string]int{} // addresses by service
	var ev []lint.Evidence
	seen := map[string]bool{}
	for _, r := range pass.Facts.Texts() {
		for _, l := range append(r.Links[:len(r.Links):len(r.Links)], bare(r.Own)...) {
			target, _ := content.Unwrap(l.Target)
			if l.Quoted || seen[target] {
				continue
			}
			if name := p.service(target); name != "" {
				seen[target] = true
				found[name]++
				ev = append(ev, lint.Evidence{Where: r.Part.Where(), Span: spanOf(pass.Msg, r.Part, l.Target), Text: clipRunes(target, 120)})
			}
		}
	}
	if len(ev) == 0 {
		return
	}
	pass.Reportf(lint.Warning, ev[0].Where, ev, "%s to %s go%s to %s outside", counted(len(ev), "link"), services(found), map[bool]string{true: "es"}[len(ev) == 1], counted(len(pass.Facts.External()), "recipient"))
}

// bare finds addresses without a scheme, which people copy: "1drv.ms/f/abc".
func bare(own string) []content.Link {
	var out []content.Link
	for pos := 0; ; {
		slash := strings.IndexByte(own[pos:], '/')
		if slash < 0 {
			return out
		}
		slash += pos
		start, end := slash, slash
		for start > pos && inWord(own[start-1]) {
			start--
		}
		for end < len(own) && inWord(own[end]) {
			end++
		}
		pos = end
		host, word := own[start:slash], own[start:end]
		if end > slash+1 && strings.Contains(host, ".") && !strings.Contains(host, ":") && !strings.HasPrefix(word, "www.") {
			out = append(out, content.Link{Text: word, Target: "https://" + word})
		}
	}
}

// inWord: no blank, bracket or quotation mark, and ASCII.
func inWord(c byte) bool {
	return c > ' ' && c <= '~' && c != '<' && c != '>' && c != '(' && c != ')' && c != '"' && c != '\''
}

// service names what a link leads to, by the policy's hosts as well.
func (p sharingLink) service(target string) string {
	u, ok := content.ParseURL(target)
	if !ok || below(u.Host, p.Allow) {
		return ""
	}
	if name := content.Sharing(target); name != "" {
		return name
	}
	if below(u.Host, p.Hosts) {
		return u.Host
	}
	return ""
}

// below reports whether a host is one of the list or below one.
func below(host string, list []string) bool {
	for _, d := range list {
		d, _ = message.Domain(d)
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

func services(found map[string]int) string {
	var names []string
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
