package content

import (
	"slices"
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	tests := []struct{ in, host, user string }{
		{"https://www.example.com/a?b#c", "www.example.com", ""},
		{"HTTP://EXAMPLE.com:8080", "example.com", ""},
		{"https://bank.example@evil.test/", "evil.test", "bank.example"},
		{"https://bank.example:443@evil.test:80/", "evil.test", "bank.example:443"},
		{"https://a@b@evil.test/", "evil.test", "a@b"},
		{"https://evil.test/@bank.example", "evil.test", ""},
		{"https://evil.test?@bank.example", "evil.test", ""},
		{"https:\\\\evil.test\\@bank.example", "evil.test", ""},
		{"https:evil.test/x", "evil.test", ""},
		{"https:////evil.test/x", "evil.test", ""},
		{"//evil.test/x", "evil.test", ""},
		{" https://ev\til\n.test/", "evil.test", ""},
		{"https://ev\u200bil.test/", "evil.test", ""},
		{"https://%65vil.test/", "evil.test", ""},
		{"https://例え.jp/", "xn--r8jz45g.jp", ""},
		{"https://[2001:db8::1]:80/", "2001:db8::1", ""},
		{"ftp://files.example/a", "files.example", ""},
	}
	for _, tt := range tests {
		u, ok := ParseURL(tt.in)
		if !ok || u.Host != tt.host || u.User != tt.user {
			t.Errorf("%q: %+v %v, want host %s user %s", tt.in, u, ok, tt.host, tt.user)
		}
	}
	for _, bad := range []string{"", "x", "mailto:a@b.example", "javascript:alert(1)", "data:text/html,x", "https://", "https:///", "/a/b", "#a", "cid:x", "https://a b/", "tel:+81", "https://\u034f/"} {
		if u, ok := ParseURL(bad); ok {
			t.Errorf("%q is taken for %+v", bad, u)
		}
	}
}

func TestShownHost(t *testing.T) {
	tests := map[string]string{
		"https://www.example.com/a": "www.example.com", "www.example.com": "www.example.com", "example.co.jp": "example.co.jp", "Example.COM": "example.com",
		"<https://a.example/>": "a.example", "「a.example」": "a.example", "a.example.": "a.example", "a.example/path": "a.example", "a.example:8443": "a.example",
		"詳しくは https://a.example/x をご覧": "a.example", "https://a.exampleをご覧": "a.example", "例え.jp": "xn--r8jz45g.jp", "192.0.2.1/x": "192.0.2.1",
		"https://bank.example@evil.test/": "bank.example", "https://bank.example%2Flogin@evil.test/": "bank.example", "https://bank.example%3Fid:1@evil.test/": "bank.example", "zip.example": "zip.example", "files.zip/a": "files.zip",
		"here": "", "": "", "a.example and b.example": "", "a@a.example": "", "report.pdf": "", "report.zip": "", "README.md": "", "run.sh": "", "1.2.3": "", "v2.0": "", "e.g.": "", "192.0.2.1": "",
		"Node.js": "", "asp.net": "", "Mr.Smith": "", "ver.2": "", "…": "", "http://": "", "山田.太郎": "",
	}
	for in, want := range tests {
		if got := ShownHost(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestBareLinks(t *testing.T) {
	tests := map[string][]string{
		"see https://a.example/x.":                         {"https://a.example/x"},
		"(https://a.example/x(1))":                         {"https://a.example/x(1)"},
		"<https://a.example/x?y=1&z=2>":                    {"https://a.example/x?y=1&z=2"},
		"資料はhttps://a.example/xをご覧ください":                    {"https://a.example/x"},
		"資料はhttps://a.example。":                            {"https://a.example"},
		"www.a.example, WWW.b.example":                     {"http://www.a.example", "http://WWW.b.example"},
		"https://a.example/https://b.example/":             {"https://a.example/https://b.example/"},
		"https://日本語.example/x":                            {"https://日本語.example/x"},
		"https://a.exampleまで":                              {"https://a.example"},
		"xhttps://a.example nowww.a.example httpx www. ww": nil,
		"a@www.example":                                    nil,
	}
	for in, want := range tests {
		var got []string
		for _, l := range bareLinks(in) {
			got = append(got, l.Target)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestUnwrap(t *testing.T) {
	const end = "https://end.example/a?b=c"
	tests := []struct{ name, in, want string }{
		{"none", end, end},
		{"Safe Links", "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc&data=05%7C01&sdata=x%3D&reserved=0", end},
		{"Safe Links, other order", "https://eur01.safelinks.protection.outlook.com/ap/b-59584e83/?data=x&url=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"Safe Links, &amp; left in", "https://jpn01.safelinks.protection.outlook.com/?data=1&amp;url=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"Proofpoint 1", "https://urldefense.proofpoint.com/v1/url?u=https://end.example/a%3Fb%3Dc&k=x", end},
		{"Proofpoint 2", "https://urldefense.proofpoint.com/v2/url?u=https-3A__end.example_a-3Fb-3Dc&d=DwMF&c=x&r=y&m=z&s=s&e=", end},
		{"Proofpoint 3", "https://urldefense.com/v3/__https://end.example/a?b=c__;!!AbC123!xyz$", end},
		{"Proofpoint 3 with one sign", "https://urldefense.com/v3/__https://end.example/a*b__;Iw!!AbC!x$", "https://end.example/a#b"},
		{"Proofpoint 3 with a run", "https://urldefense.com/v3/__https://end.example/**Ax__;Iys!!AbC!x$", "https://end.example/#+x"},
		{"Proofpoint 3 with one slash", "https://urldefense.com/v3/__https:/end.example/a?b=c__;!!A!x$", "https://end.example/a?b=c"},
		{"Mimecast with the domain", "https://protect-us.mimecast.com/s/AbC?domain=end.example", "https://end.example/"},
		{"Barracuda", "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fend.example%2fa%3fb%3dc&c=E,1,x&typo=1", end},
		{"Trend Micro", "https://ca-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fend.example%2fa%3fb%3dc&umid=x&auth=y", end},
		{"FortiMail", "https://mail.univ.example/fmlurlsvc/?fewReq=:B:x&url=https%3a%2f%2fend.example%2fa%3fb%3dc", end},
		{"Cisco", "https://secure-web.cisco.com/1abc-DEF/https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"Sophos", "https://eu-west-1.protection.sophos.com/?d=end.example&u=aHR0cHM6Ly9lbmQuZXhhbXBsZS9hP2I9Yw==&i=x", end},
		{"Check Point", "https://protect.checkpoint.com/v2/___https://end.example/a?b=c___.YzJlOmE6", end},
		{"Check Point 2, with one slash", "https://protect.checkpoint.com/v2/r01/___https:/end.example/a?b=c___.YXAz", end},
		{"Check Point 2, encoded", "https://protect.checkpoint.com/v2/r01/___https%3A//end.example/a?b=c___.YzJ1", end},
		{"Hornetsecurity", "https://atpscan.global.hornetsecurity.com/?d=HzV-JpX&f=rhmYUr&i=&k=Eb5a&u=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"Zix", "https://link.zixcentral.com/u/08573078/uLbJvu8?u=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"INKY", "https://shared.outlook.inky.com/link?domain=end.example&t=h.eJxt", "https://end.example/"},
		{"EdgePilot", "https://link.edgepilot.com/s/4239f747/ca21cb?u=https://end.example/a?b=c", "https://end.example/a"},
		{"FireEye", "https://protect2.fireeye.com/v1/url?k=1&q=1&e=x&u=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc", end},
		{"Google", "https://www.google.com/url?sa=t&q=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc&usg=x", end},
		{"Google AMP", "https://www.google.com/amp/s/https://end.example/a?b=c", end},
		{"SES", "https://abc.r.us-east-1.awstrack.me/L0/https:%2F%2Fend.example%2Fa%3Fb%3Dc/1/0100/x=1", end},
		{"Facebook", "https://l.facebook.com/l.php?u=https%3A%2F%2Fend.example%2Fa%3Fb%3Dc&h=x", end},
		{"without a scheme", "https://www.google.com/url?q=end.example/a", "https://end.example/a"},
		{"nested", "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fend.example%2Fa%3Fb%3Dc__%3B%21%21A%21x%24&data=1", end},
		{"a relative target", "https://www.google.com/url?q=/search", "https://www.google.com/url?q=/search"},
		{"no rewriter's host", "https://safelinks.protection.outlook.com.evil.test/?url=https%3A%2F%2Fend.example", "https://safelinks.protection.outlook.com.evil.test/?url=https%3A%2F%2Fend.example"},
		{"an innocent parameter", "https://shop.example/?url=https%3A%2F%2Fend.example", "https://shop.example/?url=https%3A%2F%2Fend.example"},
	}
	for _, tt := range tests {
		if got, veil := Unwrap(tt.in); got != tt.want || veil != "" {
			t.Errorf("%s: %q %q, want %q", tt.name, got, veil, tt.want)
		}
	}
	for in, want := range map[string]Veil{
		"https://protect-eu.mimecast.com/s/AbC": Protected, "https://url.us.m.mimecastprotect.com/s/AbC": Protected, "https://u1.ct.sendgrid.net/ls/click?upn=x": Mailing,
		"https://urldefense.com/v3/__;!!A!x$": Protected, "https://secure-web.cisco.com/1abc-DEF": Protected, "https://eu-west-1.protection.sophos.com/?d=end.example": Protected,
		"https://atpscan.global.hornetsecurity.com/?d=HzV": Protected, "https://url.emailprotection.link/?bkrc": Protected,
		"https://www.google.com/url?q=/search": "", "https://x.list-manage.com/track/click?u=1": Mailing,
	} {
		if _, veil := Unwrap(in); veil != want {
			t.Errorf("%s: %q, want %q", in, veil, want)
		}
	}
}

// A path like a mail filter's makes no mail filter.
func TestUnwrapKnowing(t *testing.T) {
	const link = "https://mail.univ.example/fmlurlsvc/?url=https%3a%2f%2fend.example%2fa"
	known := func(host string) bool { return host == "mail.univ.example" }
	if got, veil := UnwrapKnowing(link, known); got != "https://end.example/a" || veil != "" {
		t.Errorf("known: %q %q", got, veil)
	}
	evil := strings.Replace(link, "mail.univ.example", "evil.test", 1)
	if got, veil := UnwrapKnowing(evil, known); got != evil || veil != Unproven {
		t.Errorf("unknown: %q %q", got, veil)
	}
	if got, _ := Unwrap(evil); got != "https://end.example/a" {
		t.Errorf("whoever: %q", got)
	}
}

// Every row of the data files does something: its own pattern is met by an
// address made of it.
func TestLinkDataRows(t *testing.T) {
	rewriters, sharing := 0, 0
	example := func(g glob) (host, rest string) {
		host = strings.Replace(strings.Replace(g.host, "*.", "x.", 1), ".*", ".example.jp", 1)
		if host == "*" {
			host = "any.example.jp"
		}
		return host, strings.ReplaceAll(g.path, "*", "x")
	}
	for _, list := range shippedLinks().rewriters {
		for _, w := range list {
			rewriters++
			if host, rest := example(w.glob); !w.glob.match(host, rest) {
				t.Errorf("rewriter %+v is not met by https://%s%s", w, host, rest)
			}
			if !slices.Contains([]string{"query", "base64", "proofpoint2", "proofpoint3", "between", "path", "host", "protected", "mailing"}, w.how) {
				t.Errorf("rewriter %+v: how?", w)
			}
		}
	}
	for _, list := range shippedLinks().sharing {
		for _, p := range list {
			sharing++
			host, rest := example(p.glob)
			if got := Sharing("https://" + host + rest); got != p.name {
				t.Errorf("%+v: https://%s%s is %q", p, host, rest, got)
			}
		}
	}
	// A row that gets lost shows here; who adds one counts it.
	if rewriters != 108 || sharing != 181 {
		t.Errorf("%d rewriters, %d sharing places", rewriters, sharing)
	}
}

func FuzzLinks(f *testing.F) {
	for _, s := range []string{"https://bank.example@evil.test/", "www.a.example/((", "https://urldefense.com/v3/__https://a*b**cd__;Iw!!$", "https://x.safelinks.protection.outlook.com/?url=%%%", "資料はhttp://a.exampleを", "https://www.google.com/url?q=https://www.google.com/url?q="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ShownHost(s)
		Sharing(s)
		if u, ok := ParseURL(s); ok && (u.Host == "" || strings.ContainsAny(u.Host, " /@\n")) {
			t.Errorf("%q: host %q", s, u.Host)
		}
		target, _ := Unwrap(s)
		if again, _ := Unwrap(target); len(s) < 200 && again != target && strings.Count(s, "=")+strings.Count(s, "%3D")+strings.Count(s, "%3d") < 4 {
			t.Errorf("%q: %q can be unwrapped once more", s, target)
		}
		for _, l := range bareLinks(s) {
			if !strings.Contains(s, l.Text) || l.Text == "" {
				t.Errorf("%q: link %q does not stand there", s, l.Text)
			}
		}
	})
}
