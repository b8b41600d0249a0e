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
