package rules

import (
	"fmt"
	"strings"
	"testing"
)

// peopleIn makes so many lines with a name and a mobile number.
func peopleIn(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "佐原 花 090-5550-%04d p%d@home.example\n", 100+i, i)
	}
	return b.String()
}

const plain = "From: taro@ours.example\nTo: x@out.example\nContent-Type: text/plain; charset=utf-8\n\n"

func TestPersonalDataEdges(t *testing.T) {
	ids := ""
	for i := range 20 {
		ids += fmt.Sprintf("S24K%04d\n", i)
	}
	tests := []struct{ name, body, params, want string }{
		{"nineteen people", emailsOf(19), "", "none"},
		{"twenty people", emailsOf(20), "", "critical"},
		{"threshold lowered", emailsOf(5), "people: 5", "critical"},
		{"exempt partner", emailsOf(30), "exempt: [out.example]", "none"},
		{"our numbers", ids, `patterns: ["S24K\\d{4}"]`, "critical"},
		{"our numbers, not told", ids, "", "none"},
		{"a My Number with its word", "マイナンバー 123456789018", "", "high"},
		{"a My Number without", "番号 123456789018", "", "none"},
		{"words switched off", "マイナンバー 123456789018", "with_word: 0", "none"},
		{"a card with an expiry date", "4111 1111 1111 1111 12/29", "", "high"},
		{"a card without", "4111 1111 1111 1111", "", "none"},
		{"five cards", "4111111111111111\n5555555555554444\n4012888888881881\n5105105105105100\n378282246310005\n", "", "high"},
		{"four cards", "4111111111111111\n5555555555554444\n4012888888881881\n5105105105105100\n", "", "none"},
		{"bank account of an invoice", "お振込先 みずほ銀行 普通 1234567", "", "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, PersonalData, tt.params, stored(plain+tt.body), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	inside := strings.Replace(plain, "x@out.example", "x@ours.example", 1)
	if got := worst(judge(t, PersonalData, "", stored(inside+emailsOf(30)), "ours.example")); got != "none" {
		t.Errorf("mail that stays inside: %s", got)
	}
}

// emailsOf makes lists of people by their mailboxes.
func emailsOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "hana%d@home.example\n", i)
	}
	return b.String()
}

// Namesakes with mobile numbers of their own are one person by name only where
// nothing else tells them apart.
func TestPersonalDataOfOneName(t *testing.T) {
	if got := worst(judge(t, PersonalData, "", stored(plain+peopleIn(30)), "ours.example")); got != "critical" {
		t.Errorf("thirty namesakes: %s", got)
	}
}

func TestPersonalDataParams(t *testing.T) {
	for _, p := range []personalData{{People: 0, Numbers: 5}, {People: 1, Numbers: 0}, {People: 1, Numbers: 1, WithWord: -1}, {People: 1, Numbers: 1, Patterns: []string{"("}}, {People: 1, Numbers: 1, Patterns: []string{"a*"}}, {People: 1, Numbers: 1, Patterns: []string{strings.Repeat("a", 300)}}} {
		if p.Validate() == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

func TestCredentialsEdges(t *testing.T) {
	tests := []struct{ name, fields, body, want string }{
		{"ID and password", "", "ID：gyomu\nパスワード：Kazaguruma#88", "high"},
		{"in a reply's quotation", "Subject: Re: x\n", "> ID：gyomu\n> パスワード：Kazaguruma#88", "none"},
		{"in a forwarded one", "Subject: Fw: x\n", "> ID：gyomu\n> パスワード：Kazaguruma#88", "high"},
		{"a meeting", "", "ミーティングID: 981 2345 6789\nパスコード: 4Qk2Zs", "none"},
		{"a token", "", "AKIA4QZ7PLMN2XWVT6RK", "critical"},
		{"a key under a passphrase", "", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + strings.Repeat("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n", 6) + "-----END ENCRYPTED PRIVATE KEY-----", "high"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, Credentials, "", stored(tt.fields+plain+tt.body), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
