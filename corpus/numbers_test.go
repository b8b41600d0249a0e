package corpus

import (
	"slices"
	"strings"
	"testing"

	"maillint/message"
)

// byID gives one case of the corpus.
func byID(t *testing.T, id string) *Case {
	t.Helper()
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if cases[i].ID == id {
			return &cases[i]
		}
	}
	t.Fatalf("no case %s", id)
	return nil
}

// distinct counts the mailboxes in a field.
func distinct(raw []byte, field string) int {
	seen := map[string]bool{}
	for _, a := range message.Parse(raw).Addresses(field) {
		seen[a.Key()] = true
	}
	return len(seen)
}

// The corpus shows the reports' own numbers.
func TestReportedNumbers(t *testing.T) {
	count := func(id, field string) (n int) {
		for _, raw := range byID(t, id).Messages {
			n += distinct(raw, field)
		}
		return n
	}
	tests := []struct {
		id, field string
		messages  int
		addresses int
	}{
		{"tokyo-2023-hand-out", "To", 1, 105},
		{"tokyo-2023-recall", "To", 4, 3*105 + 1}, // the correction goes to the sender, the others are in Bcc
		{"toyota-2023-forced-bcc-stopped", "To", 24, 652},
		{"hiv-scotland-2020-agenda-in-cc", "Cc", 1, 105},
		{"ymca-2022-unsend", "Cc", 2, 2 * 264},
		{"home-office-2019-batches", "To", 5, 500},
		{"digital-agency-2021-press-in-cc", "Cc", 1, 400},
		{"gunma-2023-shared-recording", "Bcc", 3, 60},
		{"iicsa-2017-correction-in-to", "To", 2, 1 + 90},
	}
	for _, tt := range tests {
		if n := len(byID(t, tt.id).Messages); n != tt.messages {
			t.Errorf("%s: %d messages, want %d", tt.id, n, tt.messages)
		}
		if n := count(tt.id, tt.field); n != tt.addresses {
			t.Errorf("%s: %d addresses in %s, want %d", tt.id, n, tt.field, tt.addresses)
		}
	}
}

// Three courses of 20 are 50 people.
func TestGunmaPeople(t *testing.T) {
	people := map[string]bool{}
	for _, raw := range byID(t, "gunma-2023-shared-recording").Messages {
		for _, a := range message.Parse(raw).Addresses("Bcc") {
			people[a.Key()] = true
		}
	}
	if len(people) != 50 {
		t.Errorf("%d people, want 50", len(people))
	}
}

// 29 mailboxes forward to three addresses; three lists have a member at gmai.com.
func TestForwardersAndLists(t *testing.T) {
	c := byID(t, "yokohama-2018-twenty-nine-mailboxes")
	owners, targets := map[string]bool{}, map[string]bool{}
	for _, name := range c.Names {
		e := c.EnvelopeOf(name)
		owners[e.From] = true
		targets[strings.Join(e.To, " ")] = true
	}
	if len(owners) != 29 || len(targets) != 3 {
		t.Errorf("%d mailboxes forward to %d addresses, want 29 and 3", len(owners), len(targets))
	}
	for _, id := range []string{"kagoshima-2023-mailman-laboratory", "kagoshima-2023-fml-seminar", "kagoshima-2023-alias-group"} {
		c := byID(t, id)
		slip := func(s string) bool { return strings.HasSuffix(s, "@gmai.com") }
		if !slices.ContainsFunc(c.EnvelopeOf(c.Names[0]).To, slip) || slices.ContainsFunc(c.EnvelopeOf(FixedName).To, slip) {
			t.Errorf("%s: the message must go to gmai.com and its twin must not", id)
		}
	}
}

// Nobody's real address may stand in the corpus: a mailbox at a real provider
// carries a serial ("ex041") that people do not have.
func TestInventedMailboxes(t *testing.T) {
	cases, err := Cases()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for i, raw := range append(slices.Clone(c.Messages), c.Fixed) {
			m := message.Parse(raw)
			for _, field := range []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-To", "Delivered-To", "X-Forwarded-To"} {
				for _, a := range m.Addresses(field) {
					if !invented(a) {
						t.Errorf("%s, message %d: %s: %s could be somebody's", c.ID, i+1, field, a)
					}
				}
			}
		}
	}
}

func invented(a message.Address) bool {
	labels := strings.Split(a.Domain, ".")
	switch top := labels[len(labels)-1]; {
	case a.Domain == "", strings.HasPrefix(a.Domain, "["), top == "example", top == "test", top == "invalid":
		return true
	}
	if slices.Contains(labels, "example") || strings.Contains(a.Domain, "xn--exmple") {
		return true
	}
	_, serial, found := strings.Cut(a.Local, "ex")
	return found && strings.ContainsAny(serial, "0123456789")
}
