package policy

import (
	"testing"

	"maillint/message"
)

func TestUntag(t *testing.T) {
	tests := []struct{ in, want string }{
		{"taro@example.jp", "taro@example.jp"},
		{"taro+news@example.jp", "taro@example.jp"},
		{"+taro@example.jp", "+taro@example.jp"},
		{"SRS0=HHH=TT=example.jp=taro@relay.example", "taro@example.jp"},
		{"srs0+HHH=TT=example.jp=taro+x@relay.example", "taro@example.jp"},
		{"SRS1=GGG=other.example==HHH=TT=example.jp=taro@relay.example", "taro@example.jp"},
		{"prvs=0123456789=taro@example.jp", "taro@example.jp"},
		{"bounce+hanako=customer.example@example.jp", "bounce@example.jp"},
		{"news-17-hanako=customer.example.com@example.jp", "news@example.jp"},
		{"a=b@example.jp", "a=b@example.jp"},
		{"first-last@example.jp", "first-last@example.jp"},
		{"", ""},
	}
	for _, tt := range tests {
		a, _ := message.ParseAddress(tt.in)
		if got := Untag(a).String(); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestLogin: spellings of one account are one identity.
func TestLogin(t *testing.T) {
	address := message.Address{Local: "Taro.Suzuki", Domain: "example.jp"}
	who := &Person{Account: "Taro", Addresses: []message.Address{address}}
	p := &Policy{}
	p.Directory.People = []*Person{who}
	p.Directory.byAccount = map[string]*Person{"taro": who}
	p.Directory.byAddress = map[string]*Person{address.Key(): who}
	for _, name := range []string{"taro", " TARO ", `EXAMPLE\taro`, "ｔａｒｏ", "Taro.Suzuki@EXAMPLE.jp"} {
		if id := p.Login(name); id.Account != "taro" || id.Address.String() != "taro.suzuki@example.jp" {
			t.Errorf("%q: %q, %q", name, id.Account, id.Address)
		}
	}
	for name, want := range map[string]string{`DOM\jiro`: "jiro", "Jiro@Example.jp": "jiro@example.jp", "saburo": "saburo"} {
		if id := p.Login(name); id.Account != want {
			t.Errorf("%q: account %q, want %q", name, id.Account, want)
		}
	}
}

// TestPathSRS: only our own servers' word counts for who was the sender before.
func TestPathSRS(t *testing.T) {
	p := &Policy{Organization: Organization{Domains: []string{"example.jp"}}}
	for in, want := range map[string]string{
		"SRS0=h=t=partner.example=jiro@mx.example.jp":    "jiro@partner.example",
		"SRS0=h=t=example.jp=president@attacker.example": "srs0=h=t=example.jp=president@attacker.example",
		"Taro+x@example.jp":                              "taro@example.jp",
	} {
		a, _ := message.ParseAddress(in)
		if got := p.Path(a).Address.String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
