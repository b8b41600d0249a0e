package rules

import (
	"slices"
	"strings"
	"testing"

	"maillint/lint"
	"maillint/message"
)

// judgeForwarders runs the rule with what history says of drop@evil.example.
func judgeForwarders(t *testing.T, p sharedForwardTarget, m *message.Message, n lint.Forwarders) []lint.Finding {
	t.Helper()
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	rule := lint.New(SharedForwardTarget.Meta, p, checkSharedForwardTarget)
	facts := lint.NewFacts(m, org)
	facts.Before.Forwarders = map[string]lint.Forwarders{"drop@evil.example": n, "own@mail.example": {Mailboxes: 1, Today: 1}}
	found, err := lint.NewEngine(org, []lint.Entry{{Instance: rule.Default()}}).RunKnowing(facts)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSharedForwardTargetEdges(t *testing.T) {
	shipped := sharedForwardTarget{Mailboxes: 3, InADay: 2}
	approved := func(list ...string) sharedForwardTarget { return sharedForwardTarget{3, 2, list} }
	const loop = "X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\nFrom: boss@customer.example\nTo: hanako@ours.example\n"
	tests := []struct {
		name   string
		p      sharedForwardTarget
		fields string
		n      lint.Forwarders
		want   string
	}{
		{"nobody else", shipped, loop, lint.Forwarders{Mailboxes: 1, Today: 1}, "none"},
		{"two on different days", shipped, loop, lint.Forwarders{Mailboxes: 2, Today: 1}, "none"},
		{"two within a day", shipped, loop, lint.Forwarders{Mailboxes: 2, Today: 2}, "high"},
		{"three on different days", shipped, loop, lint.Forwarders{Mailboxes: 3, Today: 1}, "high"},
		{"three, and four are wanted", sharedForwardTarget{Mailboxes: 4}, loop, lint.Forwarders{Mailboxes: 3, Today: 3}, "none"},
		{"days do not count", sharedForwardTarget{Mailboxes: 3}, loop, lint.Forwarders{Mailboxes: 2, Today: 2}, "none"},
		{"only days count", sharedForwardTarget{InADay: 2}, loop, lint.Forwarders{Mailboxes: 9, Today: 1}, "none"},
		{"not forwarded", shipped, "From: hanako@ours.example\nTo: drop@evil.example\n", lint.Forwarders{Mailboxes: 9, Today: 9}, "none"},
		{"forwarded by hand", shipped, "Subject: Fwd: hello\nFrom: hanako@ours.example\nTo: drop@evil.example\n", lint.Forwarders{Mailboxes: 9, Today: 9}, "none"},
		{"nothing is known", shipped, loop, lint.Forwarders{}, "none"},
		{"an approved address", approved("Drop@Evil.example"), loop, lint.Forwarders{Mailboxes: 9, Today: 9}, "none"},
		{"an approved domain", approved("evil.example"), loop, lint.Forwarders{Mailboxes: 9, Today: 9}, "none"},
		{"another is approved", approved("own@mail.example"), loop, lint.Forwarders{Mailboxes: 9, Today: 9}, "high"},
	}
	for _, tt := range tests {
		m := sent(t, tt.fields+"\nText\n", "hanako@ours.example", "own@mail.example", "drop@evil.example")
		if got := worst(judgeForwarders(t, tt.p, m, tt.n)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	inside := sent(t, loop+"\nText\n", "hanako@ours.example", "taro@ours.example")
	if found := judgeForwarders(t, shipped, inside, lint.Forwarders{Mailboxes: 9, Today: 9}); len(found) > 0 {
		t.Errorf("forwarded inside: %v", found)
	}
	reply := sent(t, "Auto-Submitted: auto-replied\n"+strings.Replace(loop, "boss@customer.example", "hanako@ours.example", 1)+"\nText\n", "hanako@ours.example", "drop@evil.example")
	if found := judgeForwarders(t, shipped, reply, lint.Forwarders{Mailboxes: 9, Today: 9}); len(found) > 0 {
		t.Errorf("an auto-reply: %v", found)
	}
	for _, p := range []sharedForwardTarget{{Mailboxes: 1}, {InADay: 1}, {Mailboxes: -1}} {
		if p.Validate() == nil {
			t.Errorf("%+v is taken", p)
		}
	}
	if err := shipped.Validate(); err != nil {
		t.Error(err)
	}
}

// The finding concerns the target alone, where that is a recipient.
func TestSharedForwardTargetConcerns(t *testing.T) {
	m := sent(t, "X-MS-Exchange-ForwardingLoop: hanako@ours.example;1\nFrom: b@customer.example\nTo: hanako@ours.example\n\nText\n", "hanako@ours.example", "own@mail.example", "drop@evil.example")
	found := judgeForwarders(t, sharedForwardTarget{Mailboxes: 3}, m, lint.Forwarders{Mailboxes: 29, Today: 1})
	if len(found) != 1 || !slices.Equal(found[0].Recipients, []string{"drop@evil.example"}) || found[0].Message != "29 mailboxes forward to drop@evil.example" || !slices.Equal(found[0].About, []string{"drop@evil.example"}) {
		t.Errorf("%+v", found)
	}
	m = sent(t, "X-Forwarded-To: drop@evil.example\nFrom: b@customer.example\nTo: hanako@ours.example\n\nText\n", "hanako@ours.example", "list@mail.example")
	if found := judgeForwarders(t, sharedForwardTarget{Mailboxes: 3}, m, lint.Forwarders{Mailboxes: 3}); len(found) != 1 || found[0].Recipients != nil {
		t.Errorf("a target that is no recipient: %+v", found)
	}
}
