package rules

import (
	"strings"
	"testing"

	"maillint/lint"
	"maillint/message"
)

func TestBlockedRecipientEdges(t *testing.T) {
	blocked := matcher{"evil.example", "drop@gmail.com"}
	tests := []struct {
		name, raw, from string
		to              []string
		want            int
	}{
		{"an address", "To: drop@gmail.com\n", "a@ours.example", []string{"drop@gmail.com"}, 1},
		{"its neighbour", "To: drops@gmail.com\n", "a@ours.example", []string{"drops@gmail.com"}, 0},
		{"below a domain", "To: x@mail.evil.example\n", "a@ours.example", []string{"x@mail.evil.example"}, 1},
		{"in the envelope only", "To: b@ours.example\n", "a@ours.example", []string{"drop@gmail.com"}, 1},
		{"in Cc only", "To: b@ours.example\nCc: drop@gmail.com\n", "a@ours.example", []string{"b@ours.example"}, 1},
		{"in Reply-To only", "To: b@ours.example\nReply-To: drop@gmail.com\n", "a@ours.example", []string{"b@ours.example"}, 0},
		{"in Reply-To and the envelope", "To: b@ours.example\nReply-To: drop@gmail.com\n", "a@ours.example", []string{"drop@gmail.com"}, 1},
		{"in Mail-Followup-To only", "To: b@ours.example\nMail-Followup-To: drop@gmail.com\n", "a@ours.example", []string{"b@ours.example"}, 0},
		{"twice in the envelope", "To: b@ours.example\n", "a@ours.example", []string{"drop@gmail.com", "drop@gmail.com"}, 1},
		{"an auto-reply", "To: drop@gmail.com\nAuto-Submitted: auto-replied\n", "<>", []string{"drop@gmail.com"}, 1},
		{"two", "To: drop@gmail.com, y@evil.example\n", "a@ours.example", []string{"drop@gmail.com", "y@evil.example"}, 2},
	}
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	org = org.With(lint.Known{Lists: map[string]lint.Matcher{"blocked": blocked}})
	for _, tt := range tests {
		m := sent(t, "From: a@ours.example\n"+tt.raw+"\nText\n", tt.from, tt.to...)
		found, err := lint.NewEngine(org, []lint.Entry{{Instance: BlockedRecipient.Default()}}).Run(m)
		if err != nil || len(found) != tt.want {
			t.Errorf("%s: %d findings, want %d (%v)", tt.name, len(found), tt.want, err)
		}
	}
	m := sent(t, "From: a@ours.example\nTo: drop@gmail.com\n\nText\n", "a@ours.example", "drop@gmail.com", "y@evil.example")
	found, err := lint.NewEngine(org, []lint.Entry{{Instance: BlockedRecipient.Default()}}).Run(m)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d findings, %v", len(found), err)
	}
	for _, f := range found {
		switch {
		case f.Where == "To" && (len(f.Evidence) != 1 || f.Evidence[0].Text != "drop@gmail.com" || f.Evidence[0].Span.Len() == 0):
			t.Errorf("evidence in To: %+v", f.Evidence)
		case f.Where != "To" && len(f.Evidence) != 0:
			t.Errorf("evidence of what stands in no field: %+v", f.Evidence)
		}
	}
	if found := judge(t, BlockedRecipient, "", stored("To: drop@gmail.com\n\n"), "ours.example"); len(found) != 0 {
		t.Errorf("without a list: %v", found)
	}
}

// matcher is a block list: addresses, and domains with all that is below them.
type matcher []string

func (m matcher) Match(a message.Address) bool {
	for _, e := range m {
		if a.String() == e || a.Domain == e || strings.HasSuffix(a.Domain, "."+e) {
			return true
		}
	}
	return false
}

func TestStrayRecipientEdges(t *testing.T) {
	const four = "b@ours.example, c@ours.example, d@sub.ours.example"
	tests := []struct{ name, raw, params, want string }{
		{"one of four", "To: " + four + ", x@out.example\n", "", "warning"},
		{"one of three", "To: b@ours.example, c@ours.example, x@out.example\n", "", "none"},
		{"one of three, lowered", "To: b@ours.example, c@ours.example, x@out.example\n", "recipients: 3", "warning"},
		{"one of four, raised", "To: " + four + ", x@out.example\n", "recipients: 5", "none"},
		{"two outsiders of one organisation", "To: " + four + ", x@out.example, y@out.example\n", "", "none"},
		{"two outsiders of two", "To: " + four + ", x@out.example, y@other.example\n", "", "none"},
		{"nobody outside", "To: " + four + ", e@ours.example\n", "", "none"},
		{"in Cc", "To: " + four + "\nCc: x@out.example\n", "", "warning"},
		{"among a partner's", "To: b@p.example, c@p.example, d@mail.p.example, x@out.example\n", "", "warning"},
		{"one of ours among a partner's", "To: b@p.example, c@p.example, d@p.example, x@ours.example\n", "", "none"},
		{"among a provider's", "To: b@gmail.com, c@gmail.com, d@gmail.com, x@out.example\n", "", "none"},
		{"among another provider's", "To: b@hotmail.co.jp, c@hotmail.co.jp, d@hotmail.co.jp, x@out.example\n", "", "none"},
		{"a provider's among ours", "To: " + four + ", x@gmail.com\n", "", "warning"},
		{"the same address twice", "To: b@ours.example, B@ours.example, c@ours.example, x@out.example\n", "", "none"},
		{"a list", "List-Id: <l.ours.example>\nTo: " + four + ", x@out.example\n", "", "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, StrayRecipient, tt.params, stored("From: a@ours.example\n"+tt.raw+"\nText\n"), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	m := sent(t, "From: a@ours.example\nTo: "+four+", e@ours.example\nReply-To: x@out.example\n\n", "a@ours.example", "y@out.example", "b@ours.example", "c@ours.example", "d@sub.ours.example")
	if got := worst(judge(t, StrayRecipient, "", m, "ours.example")); got != "warning" {
		t.Errorf("where answers go is no recipient: %s", got)
	}
}

// Two and one are no group that one is astray of.
func TestStrayRecipientParameters(t *testing.T) {
	for n, ok := range map[int]bool{2: false, 3: true} {
		if err := (strayRecipient{Recipients: n}).Validate(); (err == nil) != ok {
			t.Errorf("recipients: %d: %v", n, err)
		}
	}
}

func TestPrivateWebmailEdges(t *testing.T) {
	const from = "From: Taro Yamada <taro.yamada@ours.example>\n"
	mixed := func(part string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n" + part + "\n--b--\n"
	}
	file := mixed("Content-Type: text/csv; name=a.csv\n\nx")
	tests := []struct{ name, raw, want string }{
		{"both names", from + "To: yamada.taro.1@gmail.com\n" + file, "warning"},
		{"initial and surname", from + "To: t.yamada99@gmail.com\n" + file, "warning"},
		{"the other order", from + "To: yamadat@yahoo.co.jp\n" + file, "warning"},
		{"initial and surname, and a number", from + "To: t.yamada.ex99@gmail.com\n" + file, "warning"},
		{"an initial in the sender's address alone", "From: 西脇 剛 <t-nishiwaki@ours.example>\nTo: nishiwaki-t.0128@docomo.ne.jp\n" + file, "warning"},
		{"another initial", "From: 西脇 剛 <t-nishiwaki@ours.example>\nTo: nishiwaki-k.0128@docomo.ne.jp\n" + file, "none"},
		{"initial of another's given name", "From: 西脇 剛 <t-nishiwaki@ours.example>\nTo: keiko.nishiwaki@docomo.ne.jp\n" + file, "none"},
		{"given name for the initial", "From: 西脇 剛 <t-nishiwaki@ours.example>\nTo: tsuyoshi.nishiwaki@docomo.ne.jp\n" + file, "warning"},
		{"a surname of three letters", "From: Aoi Oda <aoi.oda@ours.example>\nTo: a.oda@gmail.com\n" + file, "none"},
		{"a surname of four letters", "From: Aoi Sato <aoi.sato@ours.example>\nTo: a.sato@gmail.com\n" + file, "warning"},
		{"the same local part of six letters", "From: x <yamada@ours.example>\nTo: yamada@gmail.com\n" + file, "warning"},
		{"the same local part of five letters", "From: x <sales@ours.example>\nTo: sales@gmail.com\n" + file, "none"},
		{"the sender's surname alone behind an initial", "From: y-yamada@ours.example\nTo: yamada99@gmail.com\n" + file, "none"},
		{"two letters of the given name", "From: Yamada <tayamada@ours.example>\nTo: taro.yamada@gmail.com\n" + file, "warning"},
		{"three letters of the given name", "From: Yamada <taryamada@ours.example>\nTo: taro.yamada@gmail.com\n" + file, "none"},
		{"a given name for a surname alone", "From: yamada@ours.example\nTo: taro.yamada@gmail.com\n" + file, "none"},
		{"a surname twice behind an initial", "From: Yamada <tyamadayamada@ours.example>\nTo: taro.yamada@gmail.com\n" + file, "none"},
		{"another mark between the names", "From: yamada~taro@ours.example\nTo: taro.yamada@gmail.com\n" + file, "warning"},
		{"a mark inside the names", from + "To: yama~da.taro~1@gmail.com\n" + file, "warning"},
		{"an initial of the surname itself", "From: yamada@ours.example\nTo: y.yamada@gmail.com\n" + file, "none"},
		{"an initial and a surname in two pieces", from + "To: t.ya.mada@gmail.com\n" + file, "warning"},
		{"an initial and a surname in three pieces", from + "To: t.y.a.mada@gmail.com\n" + file, "none"},
		{"two names of three letters", "From: Ken Abe <u1234@ours.example>\nTo: abe.ken77@gmail.com\n" + file, "warning"},
		{"two names of two letters", "From: Bo Li <u1234@ours.example>\nTo: bo.li77@gmail.com\n" + file, "none"},
		{"the version of PGP", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: application/pgp-encrypted; name=version\n\nVersion: 1"), "none"},
		{"the same display name of two letters", "From: 田中 <ty@ours.example>\nTo: 田中 <neko@docomo.ne.jp>\n" + file, "none"},
		{"the same display name of three letters", "From: 林一郎 <ty@ours.example>\nTo: 林 一郎 <neko@docomo.ne.jp>\n" + file, "warning"},
		{"the same address as a name", "From: \"x@y\" <ty@ours.example>\nTo: \"x@y\" <neko@docomo.ne.jp>\n" + file, "none"},
		{"the same number as a name", "From: 1234 <ty@ours.example>\nTo: 1234 <neko@docomo.ne.jp>\n" + file, "none"},
		{"a picture that is attached", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: image/png; name=a.png\nContent-Disposition: attachment\n\nx"), "warning"},
		{"a picture shown in the text", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\nx"), "none"},
		{"a document that names itself inline", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: application/pdf; name=a.pdf\nContent-Disposition: inline; filename=a.pdf\n\nx"), "warning"},
		{"the same display name", "From: 山田太郎 <ty@ours.example>\nTo: 山田　太郎 <neko@docomo.ne.jp>\n" + file, "warning"},
		{"another person", from + "To: hanako.sato@gmail.com\n" + file, "none"},
		{"a namesake by surname", from + "To: hanako.yamada@gmail.com\n" + file, "none"},
		{"no provider", from + "To: taro.yamada@out.example\n" + file, "none"},
		{"no file", from + "To: taro.yamada@gmail.com\n\nx\n", "none"},
		{"a picture in the text", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: image/png; name=a.png\nContent-ID: <1>\n\nx"), "none"},
		{"a signature", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"), "none"},
		{"a calendar entry", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: text/calendar; name=a.ics\n\nx"), "none"},
		{"a message as a file", from + "To: taro.yamada@gmail.com\n" + mixed("Content-Type: message/rfc822\n\nSubject: x\n\ny"), "warning"},
		{"from a provider", "From: taro.yamada@gmail.com\nTo: taro.yamada@outlook.com\n" + file, "none"},
		{"an auto-reply", "Auto-Submitted: auto-replied\n" + from + "To: taro.yamada@gmail.com\n" + file, "none"},
		{"in Cc", from + "To: b@ours.example\nCc: taro.yamada@gmail.com\n" + file, "warning"},
		{"inside", from + "To: taro.yamada@sub.ours.example\n" + file, "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, PrivateWebmail, "", stored(tt.raw), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if found := judge(t, PrivateWebmail, "", stored(from+"Sender: t-yamada@ours.example\nTo: taro.yamada@gmail.com\n"+file), "ours.example"); len(found) != 1 {
		t.Errorf("one mailbox of one who is named twice: %d findings", len(found))
	}
	provided := stored(from + "To: taro.yamada@biglobe.ne.jp, b@out.example\n" + file)
	if got := worst(judge(t, PrivateWebmail, "", provided, "ours.example", "biglobe.ne.jp")); got != "none" {
		t.Errorf("a mailbox of ours at a provider: %s", got)
	}
	m := sent(t, from+"To: b@out.example\nReply-To: taro.yamada@gmail.com\n"+file, "taro.yamada@ours.example", "b@out.example")
	if got := worst(judge(t, PrivateWebmail, "", m, "ours.example")); got != "none" {
		t.Errorf("where answers go is no recipient: %s", got)
	}
}

func TestSenderMismatchEdges(t *testing.T) {
	const to = "To: b@out.example\n"
	out := []string{"b@out.example"}
	tests := []struct {
		name, raw, from string
		to              []string
		want            string
	}{
		{"ours", "From: a@ours.example\n" + to, "a@ours.example", out, "none"},
		{"not ours", "From: x@other.example\n" + to, "a@ours.example", out, "high"},
		{"not ours, inside, submitted by one of us", "From: x@other.example\nTo: b@ours.example\n", "a@ours.example", []string{"b@ours.example"}, "high"},
		{"not ours, inside, from outside", "From: x@other.example\nTo: b@ours.example\n", "x@other.example", []string{"b@ours.example"}, "none"},
		{"not ours, inside, from nowhere", "From: x@other.example\nTo: b@ours.example, c@ours.example\n", "<>", []string{"b@ours.example", "c@ours.example"}, "none"},
		{"ours, to two, from nowhere", "From: c@ours.example\n" + to, "<>", []string{"b@out.example", "d@out.example"}, "none"},
		{"two of two organisations", "From: a@ours.example, x@other.example\n" + to, "a@ours.example", out, "high"},
		{"two of ours", "From: a@ours.example, c@ours.example\nSender: a@ours.example\n" + to, "a@ours.example", out, "none"},
		{"Sender elsewhere", "From: a@ours.example\nSender: x@other.example\n" + to, "a@ours.example", out, "high"},
		{"Sender elsewhere, inside", "From: a@ours.example\nSender: x@other.example\nTo: b@ours.example\n", "a@ours.example", []string{"b@ours.example"}, "high"},
		{"Sender of ours", "From: office@ours.example\nSender: a@ours.example\n" + to, "a@ours.example", out, "none"},
		{"Reply-To elsewhere", "From: a@ours.example\nReply-To: x@gmail.com\n" + to, "a@ours.example", out, "warning"},
		{"Reply-To of ours", "From: a@ours.example\nReply-To: c@ours.example\n" + to, "a@ours.example", out, "none"},
		{"Reply-To of a list", "From: a@ours.example\nReply-To: l@lists.example\nList-Id: <l.lists.example>\n" + to, "a@ours.example", out, "none"},
		{"another's", "From: c@ours.example\n" + to, "a@ours.example", out, "warning"},
		{"another's, said", "From: c@ours.example\nSender: a@ours.example\n" + to, "a@ours.example", out, "none"},
		{"a tag", "From: a@ours.example\n" + to, "a+news@ours.example", out, "none"},
		{"another's, with a bounce token", "From: c@ours.example\n" + to, "prvs=0123ab=a@ours.example", out, "warning"},
		{"VERP", "From: a@ours.example\n" + to, "a-b=out.example@bounce.ours.example", out, "none"},
		{"BATV", "From: a@ours.example\n" + to, "prvs=0123ab=a@ours.example", out, "none"},
		{"another's whose name holds it", "From: boss@ours.example\n" + to, "hr-boss@ours.example", out, "warning"},
		{"another's whose name begins so", "From: boss@ours.example\n" + to, "boss-office@ours.example", out, "warning"},
		{"another's, and a third said", "From: c@ours.example\nSender: d@ours.example\n" + to, "a@ours.example", out, "warning"},
		{"ours, by a mailing service", "From: c@ours.example\n" + to, "bounce@mailer.example", out, "none"},
		{"not ours, with traces of its way", "Received: from a by b\nFrom: x@other.example\n" + to, "a@ours.example", out, "high"},
		{"resent by an account without a domain", "Resent-From: root\nFrom: x@other.example\n" + to, "a@ours.example", out, "high"},
		{"resent by an outsider", "Resent-From: y@other.example\nFrom: x@other.example\n" + to, "a@ours.example", out, "high"},
		{"our invitation, answers elsewhere", "From: a@ours.example\nReply-To: x@gmail.com\nContent-Type: text/calendar; method=REQUEST\n" + to, "a@ours.example", out, "warning"},
		{"auto-reply", "Auto-Submitted: auto-replied\nFrom: x@other.example\n" + to, "<>", out, "none"},
		{"resent", "Resent-From: a@ours.example\nFrom: x@other.example\n" + to, "a@ours.example", out, "none"},
		{"forwarded invitation", "From: x@other.example\nContent-Type: text/calendar; method=REQUEST\n" + to, "a@ours.example", out, "none"},
		{"list", "List-Id: <l.ours.example>\nFrom: x@other.example\n" + to, "l-bounces@ours.example", out, "none"},
		{"forwarded by a setting", "From: x@other.example\nTo: a@ours.example\nX-Sieve: Pigeonhole Sieve 0.5\nX-Sieve-Redirected-From: a@ours.example\n", "a@ours.example", out, "none"},
		{"no From", "Subject: x\n" + to, "a@ours.example", out, "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, SenderMismatch, "", sent(t, tt.raw+"\nText\n", tt.from, tt.to...), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for raw, want := range map[string]int{
		"From: x@other.example\nReply-To: y@other.example\n" + to: 1,
		"From: x@other.example\nReply-To: a@ours.example\n" + to:  1,
		"From: x@other.example\nReply-To: y@gmail.com\n" + to:     2,
		"From: a@ours.example, x@other.example\n" + to:            1,
	} {
		found := judge(t, SenderMismatch, "", sent(t, raw+"\nText\n", "a@ours.example", out...), "ours.example")
		if len(found) != want || found[0].About[0] != "x@other.example" {
			t.Errorf("%q: %+v, want %d findings", raw, found, want)
		}
	}
	for raw, want := range map[string]string{
		"From: x@other.example\nTo: b@out.example\n\n":                                              "high",
		"From: x@other.example\nTo: b@ours.example\n\n":                                             "none",
		"From: a@ours.example\nSender: x@other.example\nTo: b@ours.example\n\n":                     "high",
		"From: x@other.example\nSender: a@ours.example\nTo: b@ours.example\n\n":                     "none",
		"Return-Path: <a@ours.example>\nFrom: c@ours.example\nTo: b@out.example\n\n":                "none",
		"Delivered-To: c@x.example\nFrom: x@other.example\nTo: b@out.example\n\n":                   "none",
		"X-Original-To: c@x.example\nFrom: x@other.example\nTo: b@out.example\n\n":                  "none",
		"Authentication-Results: x\nFrom: x@other.example\nTo: b@out.example\n\n":                   "none",
		"Received: from a by b\nFrom: x@other.example\nTo: b@ours.example, c@out.example\n\n":       "none",
		"Received: from a by b\nFrom: a@ours.example\nReply-To: x@gmail.com\nTo: c@out.example\n\n": "warning",
	} {
		if got := worst(judge(t, SenderMismatch, "", stored(raw), "ours.example")); got != want {
			t.Errorf("stored %q: %s, want %s", raw, got, want)
		}
	}
}

func TestDisplayNameSpoofEdges(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"another address", `From: "kano@ours.example" <x@gmail.com>`, "high"},
		{"another address and a name", `From: "Kano <kano@ours.example>" <x@gmail.com>`, "high"},
		{"its own address", `From: "x@gmail.com" <x@gmail.com>`, "none"},
		{"its own, other case", `From: "X@Gmail.com" <x@gmail.com>`, "none"},
		{"of the same organisation", `From: "kano@ours.example" <k.kano@ours.example>`, "none"},
		{"full-width", "From: =?utf-8?B?a2Fub++8oG91cnMuZXhhbXBsZQ==?= <x@gmail.com>", "high"},
		{"encoded word", "From: =?iso-2022-jp?B?GyRCMkNHPBsoQiA8a2Fub0BvdXJzLmV4YW1wbGU+?= <x@gmail.com>", "high"},
		{"zero-width", "From: =?utf-8?B?a2Fub0DigItvdXJzLuKAi2V4YW1wbGU=?= <x@gmail.com>", "high"},
		{"its own, with zero-width", "From: =?utf-8?B?eOKAi0BnbWFpbC5jb20=?= <x@gmail.com>", "none"},
		{"another mailbox of the provider", `From: "kano@gmail.com" <x@gmail.com>`, "high"},
		{"another of a stranger's", `From: "kano@out.example" <x@out.example>`, "none"},
		{"in a comment", `From: x@gmail.com (kano@ours.example)`, "high"},
		{"protected name", `From: "Help Desk" <x@gmail.com>`, "high"},
		{"protected name, spaced and cased", `From: "HELP  desk (IT)" <x@gmail.com>`, "high"},
		{"protected name of ours", `From: "Help Desk" <desk@ours.example>`, "none"},
		{"protected Japanese name", "From: =?utf-8?B?5Yqg57SN44CA5aSq6YOO?= <x@gmail.com>", "high"},
		{"Sender", "From: a@ours.example\nSender: \"kano@ours.example\" <x@gmail.com>", "high"},
		{"Reply-To", "From: a@ours.example\nReply-To: \"kano@ours.example\" <x@gmail.com>", "high"},
		{"To", "From: a@ours.example\nTo: \"old@former.example\" <new@now.example>", "info"},
		{"Cc", "From: a@ours.example\nCc: \"old@former.example\" <new@now.example>", "info"},
		{"Bcc", "From: a@ours.example\nBcc: \"old@former.example\" <new@now.example>", "none"},
		{"an at sign that is no address", `From: "Taro @ Tokyo" <x@gmail.com>`, "none"},
		{"an account name", `From: "@taro" <x@gmail.com>`, "none"},
		{"an account and a host", `From: "taro@tokyo" <x@gmail.com>`, "none"},
		{"a domain behind a blank", `From: "Kano @ours.example" <x@gmail.com>`, "none"},
		{"a protected address behind a blank", `From: "Boss @ours.example" <x@gmail.com>`, "none"},
		{"a protected name of one letter", "From: =?utf-8?B?5bCP5p6XIOS4gOmDjg==?= <x@gmail.com>", "none"},
		{"a protected name of two", "From: =?utf-8?B?5LqV5rexIOS6rg==?= <x@gmail.com>", "high"},
		{"a list's", "List-Id: <l.ours.example>\nFrom: \"x@out.example via L\" <l@lists.gmail.com>", "none"},
		{"an auto-reply's", "Auto-Submitted: auto-replied\nFrom: \"kano@ours.example\" <x@gmail.com>", "high"},
		{"inside", "From: \"kano@ours.example\" <x@gmail.com>\nTo: b@ours.example", "high"},
		{"another mailbox of ours at a provider", `From: "kano@ours.biglobe.ne.jp" <x@ours.biglobe.ne.jp>`, "none"},
	}
	org, err := lint.NewOrg([]string{"ours.example", "ours.biglobe.ne.jp"})
	if err != nil {
		t.Fatal(err)
	}
	org = org.With(lint.Known{Protected: []string{"・・", "Help Desk", "加納 太郎", "林", "井深", "boss@ours.example"}})
	for _, tt := range tests {
		found, err := lint.NewEngine(org, []lint.Entry{{Instance: DisplayNameSpoof.Default()}}).Run(stored(tt.raw + "\n\nText\n"))
		if got := worst(found); err != nil || got != tt.want {
			t.Errorf("%s: %s, want %s (%v)", tt.name, got, tt.want, err)
		}
	}
}
