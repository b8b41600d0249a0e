package rules

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
)

// html is a message of one HTML part.
func htmlMail(fields, body string) string {
	return fields + "Content-Type: text/html; charset=utf-8\n\n" + body + "\n"
}

const toOutside = "From: a@ours.example\nTo: b@out.example\nSubject: x\n"

// judgeKnown runs a rule where the policy knows partners.
func judgeKnown(t *testing.T, rule *lint.Rule, m *message.Message, partners ...string) []lint.Finding {
	t.Helper()
	org, err := lint.NewOrg([]string{"ours.example", "ours-group.example"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := lint.NewEngine(org.WithPartners(partners), []lint.Entry{{Instance: rule.Default()}}).Run(m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestDeceptiveLinkEdges(t *testing.T) {
	a := func(href, text string) string { return `<p>x <a href="` + href + `">` + text + `</a></p>` }
	safe := func(u string) string {
		return "https://jpn01.safelinks.protection.outlook.com/?url=" + strings.NewReplacer(":", "%3A", "/", "%2F", "?", "%3F", "=", "%3D", "&", "%26").Replace(u) + "&amp;data=05&amp;reserved=0"
	}
	tests := []struct{ name, body, want string }{
		{"the same", a("https://shop.example/login", "https://shop.example/login"), "none"},
		{"another", a("https://evil.test/", "https://shop.example/"), "warning"},
		{"host only", a("https://evil.test/", "shop.example"), "warning"},
		{"host only, www", a("https://evil.test/", "www.shop.example"), "warning"},
		{"ours", a("https://evil.test/", "https://portal.ours.example/"), "high"},
		{"ours, host only", a("http://evil.test/", "portal.ours.example"), "high"},
		{"a partner's", a("https://evil.test/", "www.partner.example"), "high"},
		{"a brand's", a("https://evil.test/", "https://www.amazon.co.jp/"), "high"},
		{"two of one brand", a("https://youtu.be/x", "https://www.youtube.com/watch"), "none"},
		{"both ours", a("https://www.ours-group.example/", "www.ours.example"), "none"},
		{"a sub-domain", a("https://login.shop.example/", "www.shop.example"), "none"},
		{"another customer of a host of many", a("https://evil.github.io/", "https://good.github.io/"), "warning"},
		{"words", a("https://evil.test/", "click here"), "none"},
		{"a file's name", a("https://files.test/x", "report.zip"), "none"},
		{"a file's name with a word", a("https://files.test/x", "議事録.pdf"), "none"},
		{"a product's name", a("https://vendor.test/x", "ASP.NET"), "none"},
		{"an address of a person", a("mailto:b@evil.test", "b@shop.example"), "none"},
		{"an address of a page for a mailbox", a("mailto:b@evil.test", "www.shop.example"), "none"},
		{"host in a sentence, with scheme", a("https://evil.test/", "ログインは https://portal.ours.example/ から"), "high"},
		{"host in a sentence, without", a("https://evil.test/", "see shop.example for more"), "none"},
		{"quoted", "<blockquote type=cite>" + a("https://evil.test/", "https://portal.ours.example/") + "</blockquote>", "none"},
		{"Gmail's quotation", "<div class=\"gmail_quote\">" + a("https://evil.test/", "portal.ours.example") + "</div>", "none"},
		{"below a quotation", "<div class=\"gmail_quote\">x</div>" + a("https://evil.test/", "portal.ours.example"), "high"},
		{"indented, not quoted", `<blockquote style="margin:0 0 0 40px;border:none;padding:0px">` + a("https://evil.test/", "portal.ours.example") + "</blockquote>", "high"},
		{"in the signature", `<div class="gmail_signature">` + a("https://evil.test/", "portal.ours.example") + "</div>", "high"},
		{"Safe Links, honest", a(safe("https://portal.ours.example/x?a=b"), "https://portal.ours.example/x"), "none"},
		{"Safe Links, not", a(safe("https://evil.test/x"), "https://portal.ours.example/x"), "high"},
		{"Safe Links shown", a("https://portal.ours.example/", safe("https://portal.ours.example/")), "none"},
		{"a protector that keeps the target", a("https://protect-us.mimecast.com/s/abcdef", "https://portal.ours.example/"), "none"},
		{"a protector, and a shown address that lies", a("https://protect-us.mimecast.com/s/abcdef", "https://portal.ours.example@evil.test/"), "high"},
		{"a protector, and a shown address with a user of ours", a("https://protect-us.mimecast.com/s/abcdef", "https://portal.ours.example@www.ours.example/"), "none"},
		{"a protector, and a shown host", a("https://protect-us.mimecast.com/s/abcdef", "portal.ours.example"), "none"},
		{"a protector, and words before a shown address that lies", a("https://protect-us.mimecast.com/s/abcdef", "Log in: https://portal.ours.example@evil.test/ now"), "high"},
		{"a protector, and Japanese before a shown address that lies", a("https://protect-us.mimecast.com/s/abcdef", "ログインはhttps://portal.ours.example@evil.test/"), "high"},
		{"a protector, and another that is shown", a("https://protect-us.mimecast.com/s/abcdef", safe("https://portal.ours.example/")), "none"},
		{"a target whose host is none", a("https://evil..test/", "portal.ours.example"), "none"},
		{"below a partner's sub-domain", a("https://evil.test/", "www.lab.firm.example"), "high"},
		{"beside a partner's sub-domain", a("https://evil.test/", "www.firm.example"), "warning"},
		{"our own mail filter", a("https://mx.ours.example/fmlurlsvc/?url=https%3A%2F%2Fshop.example%2F", "https://shop.example/"), "none"},
		{"another's shown, ours behind it", a("https://portal.ours.example/", "https://shop.example/"), "warning"},
		{"a protector whose wrapping is broken", a("https://urldefense.com/v3/__;!!A!x$", "https://portal.ours.example/"), "none"},
		{"a partner's own mail filter", a("https://mx.partner.example/fmlurlsvc/?url=https%3A%2F%2Fportal.ours.example%2F", "https://portal.ours.example/"), "none"},
		{"a stranger's host like a mail filter", a("https://evil.test/fmlurlsvc/?url=https%3A%2F%2Fportal.ours.example%2F", "https://portal.ours.example/"), "warning"},
		{"Check Point, not", a("https://protect.checkpoint.com/v2/r01/___https:/evil.test/___.YX", "https://portal.ours.example/"), "high"},
		{"a mailing service", a("https://u1.ct.sendgrid.net/ls/click?upn=x", "https://portal.ours.example/"), "warning"},
		{"user name", a("https://portal.ours.example@evil.test/", "https://portal.ours.example@evil.test/"), "high"},
		{"user name shown only", a("https://evil.test/", "https://portal.ours.example@evil.test/"), "high"},
		{"user name behind words", a("https://portal.ours.example@evil.test/", "here"), "none"},
		{"IDN, the same", a("https://xn--r8jz45g.jp/", "https://例え.jp/"), "none"},
		{"IDN, another", a("https://xn--r8jz45g.jp/", "https://例.jp/"), "warning"},
		{"full width", a("https://evil.test/", "ｐｏｒｔａｌ．ｏｕｒｓ．ｅｘａｍｐｌｅ"), "high"},
		{"a picture", `<a href="https://evil.test/"><img src=x alt="https://portal.ours.example/"></a>`, "high"},
		{"a picture straight above a quotation", `<p>x</p><a href="https://evil.test/"><img src=x alt="portal.ours.example"></a><blockquote type=cite>b</blockquote>`, "high"},
		{"in pieces", `<a href="https://evil.test/"><b>https://</b><i>portal.</i>ours.example</a>`, "high"},
		{"zero-width", a("https://evil.test/", "portal.&#8203;ours&shy;.example"), "high"},
		{"hidden tail", `<a href="https://evil.test/">portal.ours.example<span style="display: none">.evil.test</span></a>`, "high"},
		{"backslashes", a(`https:\\evil.test\x`, "portal.ours.example"), "high"},
		{"no scheme", a("//evil.test/x", "portal.ours.example"), "high"},
		{"line break in the target", a("https://ev\nil.test/", "portal.ours.example"), "high"},
		{"<a/>", `<a href="https://evil.test/"/>portal.ours.example</a>`, "high"},
		{"a hundred attributes before", "<a " + strings.Repeat("x=1 ", 100) + `href="https://evil.test/">portal.ours.example</a>`, "high"},
		{"in a comment for Outlook", `<!--[if mso]><a href="https://evil.test/">portal.ours.example</a><![endif]-->`, "high"},
		{"in a comment", `<!-- <a href="https://evil.test/">portal.ours.example</a> -->`, "none"},
		{"in noscript", `<noscript><a href="https://evil.test/">portal.ours.example</a></noscript>`, "high"},
		{"base", `<base href="https://evil.test/"><a href="login">portal.ours.example</a>`, "high"},
		{"an address in numbers", a("http://192.0.2.9/", "http://portal.ours.example/"), "high"},
		{"two addresses in numbers", a("http://192.0.2.9/", "http://198.51.2.9/"), "warning"},
		{"anchor", a("#top", "portal.ours.example"), "none"},
		{"script", a("javascript:void(0)", "portal.ours.example"), "none"},
		{"never closed", `<a href="https://evil.test/">portal.ours.example`, "high"},
		{"arrow before", a("https://evil.test/", "▶ portal.ours.example"), "high"},
	}
	for _, tt := range tests {
		m := stored(htmlMail(toOutside, tt.body))
		if got := worst(judgeKnown(t, DeceptiveLink, m, "partner.example", "lab.firm.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The rule does not ask who the message is for, nor whether a program sent it.
func TestDeceptiveLinkEverywhere(t *testing.T) {
	const link = `<a href="https://evil.test/">portal.ours.example</a>`
	for name, raw := range map[string]string{
		"inside":      htmlMail("From: a@ours.example\nTo: b@ours.example\n", link),
		"auto-reply":  htmlMail("Auto-Submitted: auto-replied\n"+toOutside, link),
		"plain text":  toOutside + "\nhttps://portal.ours.example@evil.test/login\n",
		"alternative": toOutside + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\n\n" + link + "\n--b--\n",
		"base64":      toOutside + "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGEgaHJlZj0iaHR0cHM6Ly9ldmlsLnRlc3QvIj5wb3J0YWwub3Vycy5leGFtcGxlPC9hPg==\n",
	} {
		if got := worst(judgeKnown(t, DeceptiveLink, stored(raw))); got != "high" {
			t.Errorf("%s: %s, want high", name, got)
		}
	}
	for name, raw := range map[string]string{
		"quoted in plain text":  toOutside + "\n> https://portal.ours.example@evil.test/login\n",
		"a forwarded message":   toOutside + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nphishing, see below\n--b\nContent-Type: message/rfc822\n\n" + htmlMail(toOutside, link) + "\n--b--\n",
		"behind the end":        toOutside + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\nhttps://portal.ours.example@evil.test/login\n",
		"a file without a name": toOutside + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\nContent-Disposition: attachment\n\n" + link + "\n--b--\n",
		"an HTML file":          toOutside + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n" + link + "\n--b--\n",
	} {
		if got := worst(judgeKnown(t, DeceptiveLink, stored(raw))); got != "none" {
			t.Errorf("%s: %s, want none", name, got)
		}
	}
}

// The same link twice, or in both writings of a text, is one finding.
func TestDeceptiveLinkOnce(t *testing.T) {
	const link = `<a href="https://evil.test/">portal.ours.example</a>`
	if found := judgeKnown(t, DeceptiveLink, stored(htmlMail(toOutside, link+link))); len(found) != 1 || found[0].Message != "a link shows portal.ours.example (ours) and leads to evil.test" {
		t.Errorf("found %+v", found)
	}
}

func TestSharingLinkEdges(t *testing.T) {
	tests := []struct{ name, raw, params, want string }{
		{"plain", toOutside + "\nhttps://1drv.ms/f/s!AAA\n", "", "warning"},
		{"inside", "From: a@ours.example\nTo: b@ours.example\n\nhttps://1drv.ms/f/s!AAA\n", "", "none"},
		{"quoted", toOutside + "\nok\n> https://1drv.ms/f/s!AAA\n", "", "none"},
		{"below Original Message", toOutside + "\nok\n-----Original Message-----\nhttps://1drv.ms/f/s!AAA\n", "", "none"},
		{"in the signature", toOutside + "\nok\n-- \nhttps://1drv.ms/f/s!AAA\n", "", "warning"},
		{"auto-reply", "Auto-Submitted: auto-replied\n" + toOutside + "\nhttps://1drv.ms/f/s!AAA\n", "", "warning"},
		{"without a scheme", toOutside + "\n1drv.ms/f/s!AAAをご覧ください\n", "", "warning"},
		{"in HTML, not marked as a link", htmlMail(toOutside, "<p>https://1drv.ms/f/s!AAA</p>"), "", "warning"},
		{"without a scheme, quoted", toOutside + "\nok\n> 1drv.ms/f/s!AAA\n", "", "none"},
		{"home page", toOutside + "\nhttps://www.dropbox.com/\nhttps://www.box.com/pricing\nhttps://drive.google.com/\nhttps://gigafile.nu/\n", "", "none"},
		{"SharePoint", toOutside + "\nhttps://univ-my.sharepoint.com/:f:/g/personal/taro_ours_example/Eabc?e=1\n", "", "warning"},
		{"a site of SharePoint", toOutside + "\nhttps://univ.sharepoint.com/\n", "", "none"},
		{"Google Drive", toOutside + "\nhttps://drive.google.com/drive/u/0/folders/1AbC?usp=sharing\n", "", "warning"},
		{"a form", toOutside + "\nhttps://docs.google.com/forms/d/e/1FA/viewform\n", "", "none"},
		{"GigaFile, Japanese behind it", toOutside + "\n資料はhttps://99.gigafile.nu/1231-abcからどうぞ。\n", "", "warning"},
		{"in brackets", toOutside + "\n（https://firestorage.jp/download/abc）\n", "", "warning"},
		{"in round brackets, without a scheme", toOutside + "\n(1drv.ms/f/s!AAA)\n", "", "warning"},
		{"in angle brackets, without a scheme", toOutside + "\n<1drv.ms/f/s!AAA>\n", "", "warning"},
		{"in quotation marks, without a scheme", toOutside + "\n\"1drv.ms/f/s!AAA\"\n", "", "warning"},
		{"in single quotation marks, without a scheme", toOutside + "\n'1drv.ms/f/s!AAA'\n", "", "warning"},
		{"behind words, without a scheme", toOutside + "\nsee 1drv.ms/f/s!AAA please\n", "", "warning"},
		{"behind Japanese, without a scheme", toOutside + "\n資料は1drv.ms/f/s!AAA\n", "", "warning"},
		{"before a full stop, without a scheme", toOutside + "\nIt is in 1drv.ms/f/s!AAA~x.\n", "", "warning"},
		{"a host and a slash alone", toOutside + "\nfiles.ours.example/\n", "hosts: [files.ours.example]", "none"},
		{"a word and a slash", toOutside + "\nfiles/x\n", "hosts: [files]", "none"},
		{"a host and a port without a scheme", toOutside + "\nfiles.ours.example:8080/x\n", "hosts: [files.ours.example]", "none"},
		{"with www and without a scheme", toOutside + "\nwww.files.ours.example/x\n", "hosts: [files.ours.example]", "warning"},
		{"below the policy's host", toOutside + "\nhttps://a.files.ours.example/x\n", "hosts: [files.ours.example]", "warning"},
		{"a host that only ends like the policy's", toOutside + "\nhttps://notfiles.ours.example/x\n", "hosts: [files.ours.example]", "none"},
		{"behind a word", htmlMail(toOutside, `<a href="https://app.box.com/s/abc">here</a>`), "", "warning"},
		{"behind Safe Links", htmlMail(toOutside, `<a href="https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fapp.box.com%2Fs%2Fabc&amp;data=1">here</a>`), "", "warning"},
		{"a cloud of one's own", toOutside + "\nhttps://cloud.ours.example/index.php/s/AbCd\n", "", "warning"},
		{"FileSender", toOutside + "\nhttps://filesender.example.ac.jp/?s=download&token=abc\n", "", "warning"},
		{"recording", toOutside + "\nhttps://us02web.zoom.us/rec/share/abc\n", "", "warning"},
		{"meeting", toOutside + "\nhttps://us02web.zoom.us/j/123?pwd=abc\n", "", "none"},
		{"a host that only ends alike", toOutside + "\nhttps://not1drv.ms/f/s!AAA\nhttps://1drv.ms.evil.test/f/s!AAA\n", "", "none"},
		{"the policy's host", toOutside + "\nhttps://files.ours.example/x\n", "hosts: [files.ours.example]", "warning"},
		{"an allowed host", toOutside + "\nhttps://univ-my.sharepoint.com/:f:/g/x\n", "allow: [univ-my.sharepoint.com]", "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, SharingLink, tt.params, stored(tt.raw), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// One finding tells how many links there are, each once.
func TestSharingLinkCounts(t *testing.T) {
	raw := toOutside + "Cc: c@out.example\n\nhttps://1drv.ms/f/s!AAA\nhttps://1drv.ms/f/s!AAA\nhttps://we.tl/t-abc\n"
	found := judge(t, SharingLink, "", stored(raw), "ours.example")
	if len(found) != 1 || found[0].Message != "2 links to OneDrive, WeTransfer go to 2 recipients outside" || len(found[0].Evidence) != 2 {
		t.Errorf("found %+v", found)
	}
}

// One link to one recipient is told in the singular.
func TestSharingLinkOne(t *testing.T) {
	found := judge(t, SharingLink, "", stored(toOutside+"\nhttps://1drv.ms/f/s!AAA\n"), "ours.example")
	if len(found) != 1 || found[0].Message != "1 link to OneDrive goes to 1 recipient outside" {
		t.Errorf("found %+v", found)
	}
}

// Addresses without a scheme, and where they end.
func TestBareAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"1drv.ms/f":                     "1drv.ms/f",
		"1drv.ms/":                      "",
		"/ 1drv.ms/f/abc":               "1drv.ms/f/abc",
		"<1drv.ms/f/abc>":               "1drv.ms/f/abc",
		"(1drv.ms/f/abc)":               "1drv.ms/f/abc",
		"\"1drv.ms/f/abc\"":             "1drv.ms/f/abc",
		"'1drv.ms/f/abc'":               "1drv.ms/f/abc",
		"資料は1drv.ms/f/abcです":            "1drv.ms/f/abc",
		"https://1drv.ms/f":             "",
		"www.out.example/f":             "",
		"and/or":                        "",
		"1drv.ms/f/a we.tl/t-b":         "1drv.ms/f/a we.tl/t-b",
		"1drv.ms/f/a/b/c":               "1drv.ms/f/a/b/c",
		"a.example:8080/x 1drv.ms/f/ab": "1drv.ms/f/ab",
	} {
		var got []string
		for _, l := range bare(text) {
			got = append(got, l.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestSharingLinkParameters(t *testing.T) {
	for params, ok := range map[string]bool{
		"hosts: [files.ours.example]":             true,
		"allow: [files.ours.example]":             true,
		"hosts: ['']":                             false,
		"hosts: [files.ours.example/x]":           false,
		"hosts: ['*.ours.example']":               false,
		"allow: ['https://files.ours.example']":   false,
		"allow: [somebody@files.ours.example]":    false,
		"hosts: ['files.ours.example a.example']": false,
	} {
		var node yaml.Node
		if err := yaml.Unmarshal([]byte(params), &node); err != nil {
			t.Fatal(err)
		}
		if _, err := SharingLink.Configure("x", &node); (err == nil) != ok {
			t.Errorf("%s: %v, want it taken: %v", params, err, ok)
		}
	}
}

// Every domain of the brands is registrable and of one brand.
func TestBrands(t *testing.T) {
	owner := map[string]string{}
	for line := range strings.Lines(brandsFile) {
		name, domains, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || name[0] == '#' {
			continue
		}
		for _, d := range strings.Fields(domains) {
			if content.Site(d) != d {
				t.Errorf("%s: %s is not registrable", name, d)
			}
			if owner[d] != "" {
				t.Errorf("%s is of %s and %s", d, owner[d], name)
			}
			owner[d] = name
		}
	}
	if len(owner) != 235 { // a domain that gets lost shows here; who adds one counts it
		t.Errorf("%d domains", len(owner))
	}
}
