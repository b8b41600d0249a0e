package rules

import "testing"

// What programs of a house write into From and Sender.
func TestSenderMismatchOfPrograms(t *testing.T) {
	calendar := "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
	tests := []struct{ name, raw, want string }{
		{"a host without a dot", "From: raid@srv1\n\nx\n", "warning"},
		{"a host of a house's own network", "From: raid@srv1.example.local\n\nx\n", "warning"},
		{"another organisation", "From: raid@srv1.example.org\n\nx\n", "high"},
		{"a top-level domain that everybody knows", "From: raid@home.example.com\n\nx\n", "high"},
		{"a calendar service in Sender", "From: a@ours.example\nSender: calendar@service.example\n" + calendar, "none"},
		{"the same over a letter", "From: a@ours.example\nSender: calendar@service.example\n\nx\n", "high"},
	}
	for _, tt := range tests {
		m := sent(t, tt.raw, "a@ours.example", "b@out.example")
		if got := worst(judge(t, SenderMismatch, "", m, "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A house may have its own network's name for its domain.
func TestSenderMismatchOfAPrivateDomainOfOurs(t *testing.T) {
	m := sent(t, "From: raid@ours.local\nTo: b@out.example\n\nx\n", "raid@ours.local", "b@out.example")
	if got := worst(judge(t, SenderMismatch, "", m, "ours.local")); got != "none" {
		t.Errorf("%s, want none", got)
	}
}

// The names of hosts in a house's own network (RFC 6762, appendix G, and those
// that the Internet does not delegate).
func TestPrivateHosts(t *testing.T) {
	for _, top := range []string{"local", "localdomain", "localhost", "internal", "intranet", "private", "corp", "home", "lan"} {
		if !privateHost("srv1." + top) {
			t.Errorf("srv1.%s is on the Internet", top)
		}
	}
	if privateHost("srv1.example.org") {
		t.Error("srv1.example.org is a host of a house")
	}
}

// A sub-domain that is taken out of the organisation is another's.
func TestSenderMismatchOfATakenOutDomain(t *testing.T) {
	m := sent(t, "From: a@ours.example\nSender: x@hosp.ours.example\nTo: b@out.example\n\nx\n", "a@ours.example", "b@out.example")
	if got := worst(judge(t, SenderMismatch, "", m, "ours.example", "!hosp.ours.example")); got != "high" {
		t.Errorf("%s, want high", got)
	}
	m = sent(t, "From: a@ours.example, x@hosp.ours.example\nTo: b@out.example\n\nx\n", "a@ours.example", "b@out.example")
	if got := worst(judge(t, SenderMismatch, "", m, "ours.example", "!hosp.ours.example")); got != "high" {
		t.Errorf("both in From: %s, want high", got)
	}
}
