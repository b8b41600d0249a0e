package rules

import (
	"fmt"
	"strings"
	"testing"

	"maillint/lint"
	"maillint/message"
)

// The directory's names are known to display-name-spoof, however they are
// written, and people's own private addresses are left alone.
func TestDisplayNameSpoofOfTheDirectory(t *testing.T) {
	people := []lint.Person{
		{Name: "加納 太郎", Addresses: []message.Address{address(t, "t-kano@ours.example"), address(t, "kano.home@gmail.com")}},
		{Name: "Rhona Wardlaw", Addresses: []message.Address{address(t, "rhona@ours.example")}},
		{Name: "林 一", Addresses: []message.Address{address(t, "hayashi@ours.example")}},
		{Name: "林 一郎", Addresses: []message.Address{address(t, "ichiro@ours.example")}},
		{Name: "Ito, Jun K.", Addresses: []message.Address{address(t, "jito@ours.example")}},
		{Name: "総務課", Office: true, Addresses: []message.Address{address(t, "soumu@ours.example")}},
		{Name: "情報基盤ヘルプデスク", Office: true, Addresses: []message.Address{address(t, "itsupport@ours.example")}},
		{Name: "総務部総務課", Office: true, Addresses: []message.Address{address(t, "soumu2@ours.example")}},
		{Name: "財務部財務", Office: true, Addresses: []message.Address{address(t, "zaimu@ours.example")}},
		{Name: "Yamashita", Addresses: []message.Address{address(t, "yamashita@ours.example")}},
		{Name: "Ann Lee", Addresses: []message.Address{address(t, "al@ours.example")}},
		{Name: "Bo Lee", Addresses: []message.Address{address(t, "bl@ours.example")}},
		{Name: "Anna Lund", Addresses: []message.Address{address(t, "x7@ours.example")}},
		{Name: "Sales", Office: true, Addresses: []message.Address{address(t, "sales@ours.example")}},
		{Name: "清川 花 / Hana Kiyokawa", Addresses: []message.Address{address(t, "kiyokawa@ours.example")}},
	}
	tests := []struct{ head, want string }{
		{"From: 加納 太郎 <x831@evil.test>", "high"},
		{"From: 加納太郎 <x831@evil.test>", "high"},
		{"From: 加納　太郎 <x831@evil.test>", "high"},
		{"From: 加納太郎（営業部） <x831@evil.test>", "high"},
		{"From: 営業部加納太郎様 <x831@evil.test>", "high"},
		{"From: 加納 花子 <x831@evil.test>", "none"},
		{"From: RHONA WARDLAW <x831@evil.test>", "high"},
		{"From: \"Wardlaw, Rhona (Sales)\" <x831@evil.test>", "high"},
		{"From: Rhona M. Wardlaw <x831@evil.test>", "high"},
		{"From: Rhona <x831@evil.test>", "none"},
		{"From: Jun Ito <x831@evil.test>", "high"},
		{"From: Hana Kiyokawa <x831@evil.test>", "high"},
		{"From: 清川花 <x831@evil.test>", "high"},
		{"From: 林 一 <x831@evil.test>", "none"},
		{"From: 小林 一郎 <x831@evil.test>", "none"},
		{"From: 小林一郎 <x831@evil.test>", "none"},
		{"From: 林 一郎 <x831@evil.test>", "high"},
		{"From: 総務課 <x831@evil.test>", "none"},
		{"From: Sales <x831@evil.test>", "none"},
		{"From: 情報基盤ヘルプデスク <x831@evil.test>", "high"},
		{"From: 総務部総務課 <x831@evil.test>", "high"},
		{"From: 財務部財務 <x831@evil.test>", "none"},
		{"From: Yamashita <x831@evil.test>", "none"},
		{"From: Ann Lee <x831@evil.test>", "high"},
		{"From: Bo Lee <x831@evil.test>", "none"},
		{"From: Joannleeson <x831@evil.test>", "none"},
		{"From: Ann Lee <annlee7@evil.test>", "high"},
		{"From: Anna Lund <anna7@evil.test>", "info"},
		{"From: \"desk@partner.example\" <x831@evil.test>", "high"},
		{"From: 加納 太郎 <x831@ours.example>", "none"},
		// their own private address, or a namesake's
		{"From: 加納 太郎 <kano.home@gmail.com>", "none"},
		{"From: 加納 太郎 <taro.kano.ex1@gmail.com>", "info"},
		{"From: Rhona Wardlaw <rhona.w@partner.example>", "info"},
		{"From: t-kano@ours.example\nReply-To: 加納 太郎 <x831@gmail.com>", "none"},
		{"From: kano.home@gmail.com\nReply-To: 加納 太郎 <x831@gmail.com>", "high"},
		{"From: rhona@ours.example\nReply-To: 加納 太郎 <x831@gmail.com>", "high"},
		{"From: a@ours.example\nSender: 加納 太郎 <x831@gmail.com>", "high"},
		{"Resent-From: rhona@ours.example\nFrom: 加納 太郎 <x831@partner.example>", "none"},
		{"X-MS-Exchange-ForwardingLoop: rhona@ours.example;1\nFrom: 加納 太郎 <x831@partner.example>", "none"},
		{"X-MS-Exchange-ForwardingLoop: rhona@ours.example;1\nFrom: \"t-kano@ours.example\" <x831@partner.example>", "high"},
		{"From: rhona@ours.example\nTo: 加納 太郎 <x831@partner.example>", "info"},
	}
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	engine := lint.NewEngine(org.With(lint.Known{People: people}), []lint.Entry{{Instance: DisplayNameSpoof.Default()}})
	for _, tt := range tests {
		found, err := engine.Run(stored(tt.head + "\n\nText\n"))
		if got := worst(found); err != nil || got != tt.want {
			t.Errorf("%s: %s, want %s (%v)", tt.head, got, tt.want, err)
		}
	}
}

// What comes in from outside is nobody's of ours to pass on.
func TestDisplayNameSpoofOfTheDirectoryFromOutside(t *testing.T) {
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	people := []lint.Person{{Name: "加納 太郎", Addresses: []message.Address{address(t, "t-kano@ours.example")}}}
	engine := lint.NewEngine(org.With(lint.Known{People: people}), []lint.Entry{{Instance: DisplayNameSpoof.Default()}})
	m := sent(t, "From: 加納 太郎 <x831@evil.test>\nTo: rhona@ours.example\n\nText\n", "x831@evil.test", "rhona@ours.example")
	if found, err := engine.Run(m); err != nil || worst(found) != "high" {
		t.Errorf("%+v, %v", found, err)
	}
}

// How far into a display name names are looked for.
func TestDirectoryNamesBounds(t *testing.T) {
	const long = "一二三四五六七八九十百千" // 12 characters
	n := newNameIndex([]lint.Person{{Name: "Ann Lee"}, {Name: "Jan van der Berg"}, {Name: "Jan van der Berg Smith"}, {Name: "ア" + long}, {Name: long}})
	for shown, want := range map[string]bool{
		strings.Repeat("no ", 22) + "Ann Lee": true,
		strings.Repeat("no ", 23) + "Ann Lee": false,
		"x Jan van der Berg":                  true,
		"Jan van der Berg Smith":              true, // the shorter one's
		"Berg Smith Jan van der":              false,
		strings.Repeat("漢", 52) + long:        true,
		strings.Repeat("漢", 53) + long:        false,
	} {
		if got := n.find(shown) != nil; got != want {
			t.Errorf("%s: %v", shown, got)
		}
	}
	if newNameIndex([]lint.Person{{Name: "Jan van der Berg Smith"}}).find("Jan van der Berg Smith") != nil {
		t.Error("a name of five words is found")
	}
	if p := n.find("漢ア" + long); len(p) != 1 || p[0].Name != long {
		t.Errorf("a name of thirteen characters inside a word: %v", p)
	}
}

// One name of many is found, and nobody's is not.
func TestDirectoryOfMany(t *testing.T) {
	n := manyNames()
	if n.find("営業部 第二課 姓20001名20001 担当（東京）") != nil {
		t.Error("found a name that nobody has")
	}
	if n.find("営業部 姓777名777") == nil {
		t.Error("a name is not found")
	}
}

func manyNames() nameIndex {
	var people []lint.Person
	for i := range 20000 {
		people = append(people, lint.Person{Name: fmt.Sprintf("姓%d 名%d", i, i)})
	}
	return newNameIndex(people)
}

func BenchmarkDirectoryNames(b *testing.B) {
	n := manyNames()
	for b.Loop() {
		n.find("営業部 第二課 姓20001名20001 担当（東京）")
	}
}
