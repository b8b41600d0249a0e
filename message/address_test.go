package message

import (
	"strings"
	"testing"
)

// keys gives the addresses of a list the way tests compare them.
func keys(list []Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Local+"@"+a.Domain)
	}
	return strings.Join(out, " ")
}

func kinds(defects []Defect) string {
	var out []string
	for _, d := range defects {
		out = append(out, string(d.Kind))
	}
	return strings.Join(out, " ")
}

func TestAddressList(t *testing.T) {
	tests := []struct{ in, want, defects string }{
		{"", "", ""},
		{"a@x.example", "a@x.example", ""},
		{"A@X.Example", "A@x.example", ""},
		{"<a@x.example>", "a@x.example", ""},
		{`"Yamada, Taro" <taro@x.example>, b@y.example`, "taro@x.example b@y.example", ""},
		{"Taro <a@x.example>,\r\n\tJiro <b@y.example>", "a@x.example b@y.example", ""},
		{"a@x.example,,b@y.example,", "a@x.example b@y.example", ""},
		// one bad address loses no other
		{"a@x.example, nobody, c@z.example", "a@x.example c@z.example", "bad-address"},
		{"a@x.example; b@y.example;", "a@x.example b@y.example", "loose-separator"},
		{"a@x.example b@y.example", "a@x.example b@y.example", "loose-separator"},
		{"<a@x.example> <b@y.example>", "a@x.example b@y.example", "loose-separator"},
		// groups
		{"undisclosed-recipients:;", "", ""},
		{"team: a@x.example, B <b@y.example>;", "a@x.example b@y.example", ""},
		{"one:a@x.example;, two:b@y.example;, c@z.example", "a@x.example b@y.example c@z.example", ""},
		{"one: a@x.example", "a@x.example", ""},
		// comments
		{"a@x.example (Taro)", "a@x.example", ""},
		{"(hidden@c.example) a@x.example", "a@x.example", ""},
		{"a(c)@x.example", "a@x.example", ""},
		{"a@(c)x.example", "a@x.example", ""},
		{"<a@x.example(c)>", "a@x.example", ""},
		{"a (unclosed, b@y.example", "b@y.example", "unclosed bad-address"},
		// carrier form
		{"a..b@docomo.ne.jp, .a@ezweb.ne.jp, b.@docomo.ne.jp", "a..b@docomo.ne.jp .a@ezweb.ne.jp b.@docomo.ne.jp", "carrier-form carrier-form carrier-form"},
		{`"a..b"@docomo.ne.jp`, "a..b@docomo.ne.jp", ""},
		// quoted local parts
		{`"a b"@x.example`, "a b@x.example", "quoted-local-part"},
		{`"victim@evil.example> ORCPT=rfc822;x"@ok.test`, "victim@evil.example> ORCPT=rfc822;x@ok.test", "quoted-local-part"},
		{`<"a,b"@x.example>, c@z.example`, "a,b@x.example c@z.example", ""},
		{`"bob@corp.example"@evil.test`, "bob@corp.example@evil.test", "quoted-local-part"},
		// odd ones
		{"foo@bar@baz.example", "foo@bar@baz.example", "odd-address"},
		{"a@x.example <b@y.example>", "b@y.example", "odd-address"},
		{"a@x.example <a@x.example>", "a@x.example", ""},
		{"<@relay.example,@other.example:a@x.example>", "a@x.example", "source-route"},
		{"mailto:a@x.example", "a@x.example", ""},
		{"'a@x.example'", "a@x.example", ""},
		{"a @ x.example", "a@x.example", ""},
		{"a@x.example.", "a@x.example", ""},
		{"Taro <a@x.example", "a@x.example", "unclosed"},
		{"Taro <a@x.example, b@y.example", "a@x.example b@y.example", "unclosed"},
		{`"Taro <a@x.example>, b@y.example`, "a@x.example b@y.example", "unclosed"},
		{"a@[192.0.2.1], b@[IPv6:2001:db8::1]", "a@[192.0.2.1] b@[ipv6:2001:db8::1]", ""},
		{"a@", "", "bad-domain bad-address"},
		// encoded words
		{"=?utf-8?B?44GC?= <a@x.example>", "a@x.example", ""},
		{"=?utf-8?Q?a=40x.example,_b=40y.example?=", "a@x.example b@y.example", "encoded-address"},
		{"=?utf-8?Q?Taro_=3Ca=40x.example=3E?=", "a@x.example", "encoded-address"},
		// IDNA both ways
		{"a@日本語.example", "a@xn--wgv71a119e.example", ""},
		{"a@xn--wgv71a119e.example", "a@xn--wgv71a119e.example", ""},
		{"a@ＥＸＡＭＰＬＥ.jp", "a@example.jp", ""},
	}
	for _, tt := range tests {
		got, defects := ParseAddressList(tt.in)
		if keys(got) != tt.want || kinds(defects) != tt.defects {
			t.Errorf("%q:\n got %q, defects %q\nwant %q, defects %q", tt.in, keys(got), kinds(defects), tt.want, tt.defects)
		}
	}
}

func TestAddressName(t *testing.T) {
	tests := []struct{ in, want string }{
		{`"Yamada, Taro" <a@x.example>`, "Yamada, Taro"},
		{"Taro Yamada <a@x.example>", "Taro Yamada"},
		{"a@x.example (Taro)", "Taro"},
		{"=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <a@x.example>", "山田"},
		{`"=?utf-8?B?5bGx55Sw?=" <a@x.example>`, "山田"},
		{"=?utf-8?B?5bGx?= =?utf-8?B?55Sw?= <a@x.example>", "山田"},
		{"a@x.example", ""},
	}
	for _, tt := range tests {
		a, ok := ParseAddress(tt.in)
		if !ok || a.Name() != tt.want {
			t.Errorf("%q: got %q, %v; want %q", tt.in, a.Name(), ok, tt.want)
		}
	}
}

// An address's place must point at its text, folds or not.
func TestAddressSpan(t *testing.T) {
	raw := "To: Taro <a@x.example>,\r\n Jiro\r\n <b@y.example>, c@z.example\r\nCc: d@w.example\r\n\r\n"
	m := Parse([]byte(raw))
	for _, a := range append(m.To(), m.Cc()...) {
		if got := raw[a.Span.Start:a.Span.End]; got != a.Local+"@"+a.Domain {
			t.Errorf("%s points at %q", a, got)
		}
	}
	if n := len(m.To()) + len(m.Cc()); n != 4 {
		t.Errorf("%d addresses, want 4", n)
	}
}

func TestAddressString(t *testing.T) {
	tests := []struct {
		a    Address
		want string
	}{
		{Address{Local: "a..b", Domain: "docomo.ne.jp"}, "a..b@docomo.ne.jp"},
		{Address{Local: "a b", Domain: "x.example"}, `"a b"@x.example`},
		{Address{Local: `a"\b`, Domain: "x.example"}, `"a\"\\b"@x.example`},
		{Address{Local: "postmaster"}, "postmaster"},
	}
	for _, tt := range tests {
		if got := tt.a.String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// Hostile lists must cost time in proportion to their length. The lengths are
// such that a quadratic parser would need minutes.
func TestAddressListIsLinear(t *testing.T) {
	const n = 1 << 20
	for _, unit := range []string{"<", ">", `"`, "(", ")", "@", ",", ";", ":", `\`, "<a", "a@", "a @ ", `"\`, `"a"@`, "=?", "a<b@c>", "[", "(\"<", "a:b;", "@a:", "a@b "} {
		s := strings.Repeat(unit, n/len(unit))
		ParseAddressList(s)
		ParseAddressList("x@y.example" + s)
		ParseAddressList(s + ">\")x@y.example")
	}
}

func FuzzAddressList(f *testing.F) {
	for _, s := range []string{`"Yamada, Taro" <taro@x.example>, b@y.example;`, "a..b@docomo.ne.jp", "g:a@b,c@d;", `"v@e> x"@ok.test`, "(c(d)) a@(x)b", "=?utf-8?Q?a=40b?=", "<@a,@b:c@d>", "a@[IPv6:::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, defects := ParseAddressList(s)
		for _, a := range list {
			if a.Local == "" || a.Domain == "" {
				t.Errorf("half an address: %+v", a)
			}
			if a.Span.Start < 0 || a.Span.End > int64(len(s)) || a.Span.Start > a.Span.End {
				t.Errorf("%s at %v of %d octets", a, a.Span, len(s))
			}
			_, _ = a.Name(), a.String()
		}
		if len(list) == 0 && len(defects) == 0 && strings.Count(s, "@") == 1 && fieldNameLike(s) {
			t.Errorf("%q: neither an address nor a defect", s)
		}
	})
}

// fieldNameLike: letters, digits, dots and one @ with something on both sides.
func fieldNameLike(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '@') {
			return false
		}
	}
	return s[0] != '@' && s[len(s)-1] != '@'
}
