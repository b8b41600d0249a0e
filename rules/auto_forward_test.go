package rules

import (
	"slices"
	"strings"
	"testing"

	"maillint/lint"
)

// Each mark alone and with another, and what only looks like one.
func TestAutoForwardEdges(t *testing.T) {
	const own = "From: hanako@ours.example\nTo: boss@customer.example\n"
	const others = "From: boss@customer.example\nTo: hanako@ours.example\n"
	path := "hanako@ours.example"
	tests := []struct{ name, fields, from, want string }{
		{"nothing", own, path, "none"},
		// the reverse-path
		{"SRS0 that is too short", own, "srs0@ours.example", "none"},
		{"SRS0 with a letter behind it", own, "srs0abc=a=b=c@ours.example", "none"},
		{"SRS0 with two parts", own, "srs0=a=b@ours.example", "none"},
		{"SRS0 with three", own, "srs0=a=b=c@ours.example", "warning"},
		{"SRS0 with a minus", own, "SRS0-a=b=c=d@ours.example", "warning"},
		{"SRS2", own, "srs2=a=b=c@ours.example", "none"},
		{"SRS of somebody else", own, "srs0=a=b=c@mailer.example", "none"},
		{"Exchange Online with one part", own, "bounces+srs=abcde@ours.example", "none"},
		{"Gmail's mark in somebody else's path", own, "x+caf_=drop=evil.example@mailer.example", "none"},
		{"BATV of another kind", own, "btv1==417==hanako@ours.example", "none"},
		{"BATV, and a mark", "X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\n" + own, "prvs=0123456789=hanako@ours.example", "warning"},
		{"null, and From ours", own, "<>", "none"},
		{"null, and no From", "To: boss@customer.example\n", "<>", "none"},
		{"List-Id of the domain itself, with a name", "List-Id: Everybody <ours.example>\n" + others, "boss@customer.example", "none"},
		{"List-Id with a name", "List-Id: Our staff <staff.ours.example>\n" + others, "boss@customer.example", "none"},
		{"From both", "From: boss@customer.example, hanako@ours.example\n", "boss@customer.example", "none"},
		{"List-Id without brackets", "List-Id: staff.ours.example\n" + others, "boss@customer.example", "none"},
		{"List-Id of somebody else", "List-Id: <l.customer.example>\n" + others, "boss@customer.example", "warning"},
		// fields that speak alone
		{"X-Forwarded-To", "X-Forwarded-To: drop@evil.example\n" + own, path, "warning"},
		{"x-forwarded-to in small letters", "x-forwarded-to: drop@evil.example\n" + own, path, "warning"},
		{"a line without a name", own + "no field at all\nX-Forwarded-To: drop@evil.example\n", path, "warning"},
		{"X-Forwarded-To without an address", "X-Forwarded-To: yes\n" + own, path, "none"},
		{"X-Forwarded-For", "X-Forwarded-For: hanako@ours.example drop@evil.example\n" + own, path, "warning"},
		{"X-Forwarded-For of somebody else", "X-Forwarded-For: x@customer.example drop@evil.example\n" + own, path, "none"},
		{"X-Forwarded-For with one address", "X-Forwarded-For: hanako@ours.example\n" + own, path, "none"},
		{"Autoforwarded", "Autoforwarded: TRUE\n" + own, path, "warning"},
		{"not Autoforwarded", "Autoforwarded: false\n" + own, path, "none"},
		{"not forwarded by Exchange", "X-MS-Exchange-Organization-AutoForwarded: false\n" + own, path, "none"},
		{"Sieve's field without X-Sieve", "X-Sieve-Redirected-From: hanako@ours.example\n" + own, path, "none"},
		{"Delivered-To of somebody else", "Delivered-To: x@customer.example\n" + own, path, "none"},
		{"Delivered-To without a domain", "Delivered-To: hanako\n" + own, path, "none"},
		// fields that need another
		{"Resent-From", "Resent-From: hanako@ours.example\n" + others, path, "none"},
		{"Resent-From, From ours", "Resent-From: hanako@ours.example\nX-Yandex-Forward: 1\n" + own, path, "none"},
		{"Resent-From of somebody else", "Resent-From: x@customer.example\nX-Yandex-Forward: 1\n" + others, path, "none"},
		{"Resent-From and another", "Resent-From: hanako@ours.example\nX-Yandex-Forward: 1\n" + others, path, "warning"},
		{"received for us", "Received: from a by b for <hanako@ours.example>; x\n" + others, path, "none"},
		{"received for us and another", "Received: from a by b for <hanako@ours.example>; x\nX-MailRu-Forward: 1\n" + others, path, "warning"},
		{"received for us behind a tab", "Received: from a by b\n\tfor <hanako@ours.example>; x\nX-MailRu-Forward: 1\n" + others, path, "warning"},
		{"received for somebody else", "Received: from a by b for <x@customer.example>; x\nX-MailRu-Forward: 1\n" + others, path, "none"},
		{"received for an open bracket", "Received: from a by b for <hanako@ours.example\nX-MailRu-Forward: 1\n" + others, path, "none"},
		{"received for an account without a domain", "Received: from a by b for <hanako>; x\nX-MailRu-Forward: 1\n" + others, path, "none"},
		{"another field for us", "X-Note: kept for <hanako@ours.example>\nX-MailRu-Forward: 1\n" + others, path, "none"},
		{"received for us, From ours", "Received: from a by b for <hanako@ours.example>; x\nX-MailRu-Forward: 1\n" + own, path, "none"},
		{"sealed by us", "ARC-Seal: i=1; a=x; d=ours.example; s=s\n" + others, path, "none"},
		{"sealed by us and another", "ARC-Seal: i=1; a=x; d=ours.example; s=s\nX-MailRu-Forward: 1\n" + others, path, "warning"},
		{"sealed by somebody else", "ARC-Seal: i=1; a=x; d=customer.example; s=s\nX-MailRu-Forward: 1\n" + others, path, "none"},
		{"sealed by us, From ours", "ARC-Seal: i=1; d=ours.example\nX-MailRu-Forward: 1\n" + own, path, "none"},
		{"the same mark twice", "X-Yandex-Forward: 1\nX-Yandex-Forward: 2\n" + own, path, "none"},
		{"the rules agent and a rewritten From", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nFrom-Rewrite: forwarded by x\n" + own, path, "warning"},
		{"another agent", "X-MS-Exchange-Generated-Message-Source: Antispam Agent\nFrom-Rewrite: forwarded by x\n" + own, path, "none"},
		{"From rewritten for another reason", "From-Rewrite: dmarc\nX-Yandex-Forward: 1\n" + own, path, "none"},
		{"a message alone", own + "Content-Type: message/rfc822\n\nFrom: boss@customer.example\n", path, "none"},
		{"a message alone by the rules agent, From another's", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n" + others + "Content-Type: message/rfc822\n\nFrom: boss@customer.example\n", path, "none"},
		{"a message and words by the rules agent", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n" + own + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfyi\n--b\nContent-Type: message/rfc822\n\nFrom: boss@customer.example\n--b--\n", path, "none"},
		{"a message and an empty text by the rules agent", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n" + own + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: message/rfc822\n\nFrom: boss@customer.example\n--b--\n", path, "warning"},
		{"two messages by the rules agent", "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n" + own + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: boss@customer.example\n--b\nContent-Type: message/rfc822\n\nFrom: boss@customer.example\n--b--\n", path, "none"},
		{"other automatic mail", "Auto-Submitted: auto-generated\nX-Yandex-Forward: 1\n" + own, path, "none"},
	}
	for _, tt := range tests {
		m := sent(t, tt.fields+"\n\nText\n", tt.from, "drop@evil.example")
		if got := worst(judge(t, AutoForward, "", m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The finding names who forwards, and to whom, as far as a mark says so.
func TestAutoForwardNames(t *testing.T) {
	tests := []struct{ raw, says string }{
		{"Return-Path: <hanako+caf_=drop=evil.example@ours.example>\nFrom: boss@customer.example\nTo: hanako@ours.example\n\n", "hanako@ours.example is forwarded to drop@evil.example: Gmail's"},
		{"Return-Path: <hanako+caf_=drop@ours.example>\nFrom: boss@customer.example\nTo: hanako@ours.example, x@other.example\n\n", "hanako@ours.example is forwarded to x@other.example: Gmail's"},
		{"X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\nFrom: boss@customer.example\nTo: drop@evil.example\n\n", "hanako@ours.example is forwarded to drop@evil.example: Exchange mailbox forwarding"},
		{"X-MS-Exchange-ForwardingLoop: x@customer.example;1\nFrom: boss@customer.example\nTo: a@a.example, b@b.example, c@c.example, d@d.example\n\n", "is forwarded to a@a.example, b@b.example, c@c.example: Exchange"},
		{"Delivered-To: drop@evil.example\nDelivered-To: hanako@ours.example\nFrom: boss@customer.example\nTo: hanako@ours.example\n\n", "hanako@ours.example is forwarded to drop@evil.example: it was delivered to us and then elsewhere"},
		{"X-Forwarded-To: drop@evil.example\nX-Forwarded-To: drop@evil.example\nFrom: boss@customer.example\nTo: x@ours.example\n\n", "is forwarded to drop@evil.example: Gmail's automatic forwarding (X-Forwarded-To)"},
	}
	tests = append(tests, []struct{ raw, says string }{
		{"X-Forwarded-To: c@ours.example, drop@evil.example\nFrom: boss@customer.example\nTo: x@other.example\n\n", "is forwarded to drop@evil.example: Gmail's"},
		{"X-Forwarded-For: hanako@ours.example drop@evil.example\nFrom: boss@customer.example\nTo: x@other.example\n\n", "hanako@ours.example is forwarded to drop@evil.example: Gmail's"},
		{"X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\nDelivered-To: drop@evil.example\nDelivered-To: taro@ours.example\nFrom: boss@customer.example\nTo: x@other.example\n\n", "hanako@ours.example is forwarded to drop@evil.example: Exchange"},
		{"X-Forwarded-To: drop@evil.example\nDelivered-To: hanako@ours.example\nFrom: boss@customer.example\nTo: x@other.example\n\n", "is forwarded to drop@evil.example: Gmail's"},
	}...)
	onItsWay := sent(t, "Delivered-To: hanako@ours.example\nFrom: hanako@ours.example\n\n", "hanako@ours.example", "drop@evil.example")
	if found := judge(t, AutoForward, "", onItsWay, "ours.example"); len(found) != 1 || found[0].Message != "hanako@ours.example is forwarded to drop@evil.example: it was delivered to hanako@ours.example before" {
		t.Errorf("on its way: %+v", found)
	}
	onItsWay = sent(t, "Delivered-To: old@else.example\nDelivered-To: hanako@ours.example\nFrom: hanako@ours.example\n\n", "hanako@ours.example", "drop@evil.example")
	if found := judge(t, AutoForward, "", onItsWay, "ours.example"); len(found) != 1 || !slices.Equal(found[0].About, []string{"drop@evil.example"}) {
		t.Errorf("where it was delivered before is no target: %+v", found)
	}
	for _, tt := range tests {
		found := judge(t, AutoForward, "", stored(tt.raw), "ours.example")
		if len(found) != 1 || !strings.HasPrefix(found[0].Message, tt.says) || len(found[0].Evidence) == 0 {
			t.Errorf("%q: %+v", tt.raw, found)
		} else if strings.Count(found[0].Message, "Gmail's automatic") > 1 {
			t.Errorf("%q: a reason twice: %s", tt.raw, found[0].Message)
		}
	}
	inside := stored("X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\nFrom: boss@customer.example\nTo: b@ours.example\n\n")
	if found := judge(t, AutoForward, "", inside, "ours.example"); len(found) != 0 {
		t.Errorf("forwarded inside: %+v", found)
	}
}

// Whose setting it most probably is, from the surest trace to the least.
func TestForwardedMailbox(t *testing.T) {
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	const mark, from = "Autoforwarded: true\n", "From: boss@customer.example\n"
	tests := []struct{ fields, path, want string }{
		{"X-MS-Exchange-ForwardingLoop: a@ours.example;1\nDelivered-To: b@ours.example\n" + from, "c@ours.example", "a@ours.example"},
		{mark + "Delivered-To: b@ours.example\nX-Original-To: d@ours.example\n" + from, "c@ours.example", "b@ours.example"},
		{mark + "Delivered-To: x@else.example\nX-Original-To: d@ours.example\n" + from, "c@ours.example", "d@ours.example"},
		{mark + "Resent-From: e@ours.example\n" + from, "c@ours.example", "e@ours.example"},
		{mark + "Received: from a by b for <f@ours.example>; x\n" + from, "c@ours.example", "f@ours.example"},
		{mark + from + "To: g@ours.example\n", "c@ours.example", "c@ours.example"},
		{mark + from + "To: g@ours.example\n", "srs0=a=b=c@ours.example", "g@ours.example"},
		{mark + from + "To: g@ours.example\n", "boss@customer.example", "g@ours.example"},
		{mark + from + "To: x@else.example\nCc: g@ours.example, G@ours.example\n", "boss@customer.example", "g@ours.example"},
		{mark + from + "To: g@ours.example, h@ours.example\n", "boss@customer.example", ""},
		{mark + from + "To: x@else.example\n", "boss@customer.example", ""},
		{mark + from + "To: g@ours.example\n", "<>", "g@ours.example"},
	}
	for _, tt := range tests {
		f := lint.NewFacts(sent(t, tt.fields+"\nText\n", tt.path, "drop@evil.example"), org).Forwarded()
		if f == nil || f.Mailbox.String() != tt.want && !(tt.want == "" && f.Mailbox.IsZero()) {
			t.Errorf("%q from %s: %+v", tt.fields, tt.path, f)
		}
	}
}

// Whose setting it is stands behind the signature of a reverse-path.
func TestForwardedMailboxOfASignedPath(t *testing.T) {
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"prvs=0123456789=hanako@ours.example", "btv1==417==Hanako@ours.example", "hanako@ours.example"} {
		m := sent(t, "Autoforwarded: true\nFrom: taro@ours.example\n\nText\n", path, "drop@evil.example")
		f := lint.NewFacts(m, org).Forwarded()
		if f == nil || !strings.EqualFold(f.Mailbox.String(), "hanako@ours.example") {
			t.Errorf("%s: %+v", path, f)
		}
	}
}
