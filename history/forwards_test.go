package history

import (
	"testing"
	"time"

	"maillint/lint"
	"maillint/message"
)

func addr(s string) message.Address {
	a, _ := message.ParseAddress(s)
	return a
}

func TestForwardTarget(t *testing.T) {
	for in, want := range map[string]string{
		"Drop.Box+x@GMAIL.com": "dropbox@gmail.com", "dropbox@googlemail.com": "dropbox@gmail.com",
		"Drop.Box+x@evil.example": "drop.box@evil.example", "+x@evil.example": "+x@evil.example",
	} {
		if got := ForwardTarget(addr(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Mailboxes count once each, those of a day apart, and none that is forgotten.
func TestForwarders(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	known := func(mailbox string, ago time.Duration) Forward {
		return Forward{Target: "drop@evil.example", Mailbox: mailbox, Mailed: now.Add(-ago), Until: now.Add(-ago + ForwardsKept)}
	}
	audit := Forward{Target: "drop@evil.example", Mailbox: "d@ours.example", Until: now.Add(time.Hour)}
	tests := []struct {
		name       string
		known      []Forward
		all, today int
	}{
		{"alone", nil, 1, 1},
		{"itself", []Forward{known("a@ours.example", time.Minute)}, 1, 1},
		{"another today", []Forward{known("b@ours.example", time.Minute)}, 2, 2},
		{"another to the minute", []Forward{known("b@ours.example", 24*time.Hour)}, 2, 2},
		{"another yesterday", []Forward{known("b@ours.example", 24*time.Hour+time.Second)}, 2, 1},
		{"another, read later", []Forward{known("b@ours.example", -time.Hour)}, 2, 2},
		{"three over the months", []Forward{known("b@ours.example", 100*24*time.Hour), known("c@ours.example", 30*24*time.Hour)}, 3, 1},
		{"one that is over", []Forward{known("b@ours.example", ForwardsKept)}, 1, 1},
		{"one that an audit found", []Forward{audit}, 2, 1},
		{"one that an audit knew without its domain", []Forward{{Target: "drop@evil.example", Mailbox: "a", Until: now.Add(time.Hour)}, {Target: "drop@evil.example", Mailbox: "z", Until: now.Add(time.Hour)}}, 2, 1},
		{"another target", []Forward{{Target: "own@mail.example", Mailbox: "b@ours.example", Mailed: now, Until: now.Add(time.Hour)}}, 1, 1},
	}
	f := &lint.Forwarding{Mailbox: addr("a@ours.example"), Targets: []message.Address{addr("Drop+1@evil.example")}}
	for _, tt := range tests {
		got := Forwarders(f, ForwardsOf(f, now), tt.known, now)["drop+1@evil.example"]
		if got != (lint.Forwarders{Mailboxes: tt.all, Today: tt.today}) {
			t.Errorf("%s: %+v, want %d and %d", tt.name, got, tt.all, tt.today)
		}
	}
	if n := len(ForwardsOf(&lint.Forwarding{Targets: f.Targets}, now)); n != 0 {
		t.Errorf("%d forwardings of nobody's mailbox", n)
	}
	if got := Forwarders(&lint.Forwarding{Targets: f.Targets}, nil, []Forward{known("b@ours.example", 0), known("c@ours.example", 0)}, now); got["drop+1@evil.example"].Mailboxes != 2 {
		t.Errorf("mail of nobody's mailbox to a known target: %v", got)
	}
}

// What was noted within the hour is not written again.
func TestUnnoted(t *testing.T) {
	now := time.Now()
	seen := []Forward{{Target: "x", Mailbox: "a", Mailed: now}, {Target: "y", Mailbox: "a", Mailed: now}, {Target: "z", Mailbox: "a", Mailed: now}}
	got := Unnoted(seen, []Forward{{Target: "x", Mailbox: "a", Mailed: now.Add(-59 * time.Minute)}, {Target: "y", Mailbox: "a", Mailed: now.Add(-time.Hour)}, {Target: "z", Mailbox: "b", Mailed: now}})
	if len(got) != 2 || got[0].Target != "y" || got[1].Target != "z" {
		t.Errorf("%+v", got)
	}
}

// A memory is bounded, and forgets what is over.
func TestForwardMemory(t *testing.T) {
	now := time.Now()
	m := ForwardMemory{Keep: time.Minute}
	look := func(mailbox, target string, at time.Time) lint.Forwarders {
		f := &lint.Forwarding{Mailbox: addr(mailbox), Targets: []message.Address{addr(target)}}
		return m.Look(f, at)[addr(target).Key()]
	}
	look("a@ours.example", "drop@evil.example", now)
	if got := look("b@ours.example", "drop@evil.example", now.Add(59*time.Second)); got.Mailboxes != 2 {
		t.Errorf("%+v", got)
	}
	if got := look("c@ours.example", "drop@evil.example", now.Add(61*time.Second)); got.Mailboxes != 2 {
		t.Errorf("%+v, want b and c", got)
	}
	for n := range mostPairs + 10 {
		m.note(Forward{Target: "t", Mailbox: string(rune(n + 1000))})
	}
	if m.pairs > mostPairs {
		t.Errorf("%d pairs are kept", m.pairs)
	}
	if got := m.Look(nil, now); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
