//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// A committee of twelve outsiders is asked about once: when its secretary has
// confirmed, the next weeks' meetings leave by themselves, also with a guest;
// another list of twelve, or another sender, is asked about.
func TestCommitteeIsAskedOnce(t *testing.T) {
	l := newLab(t, "")
	var members []string
	for i := range 12 {
		members = append(members, fmt.Sprintf("professor%d@university%d.example", i, i%8))
	}
	week := func(n int, from string, to []string) (int, string) {
		t.Helper()
		data := fmt.Sprintf("From: <%s>\r\nTo: %s\r\nSubject: meeting of week %d\r\nMessage-ID: <week%d-%d@example.ac.jp>\r\n\r\nSee you on Friday.\r\n", from, strings.Join(to, ",\r\n "), n, n, time.Now().UnixNano())
		code, text, _, err := mailtest.Submit(l.Addr["users"], from, to, data)
		if err != nil {
			t.Fatal(err)
		}
		return code, text
	}
	const secretary = "secretary@example.ac.jp"
	_, text := week(1, secretary, members)
	l.quarantine(t, "release", heldID(t, text), "--by", secretary)
	mailtest.Await(t, 30*time.Second, "the first message was not sent", func() bool { return l.released("meeting of week 1") })
	for n := 2; n < 5; n++ {
		if code, text := week(n, secretary, members); code != 250 || strings.Contains(text, "Held") {
			t.Errorf("week %d: %d %s", n, code, text)
		}
	}
	if code, text := week(5, secretary, append([]string{"guest@guest.example"}, members[:11]...)); code != 250 || strings.Contains(text, "Held") {
		t.Errorf("with a guest: %d %s", code, text)
	}
	for i := range members {
		members[i] = fmt.Sprintf("other%d@office%d.example", i, i)
	}
	if _, text := week(6, secretary, members); !strings.Contains(text, "Held") {
		t.Errorf("another list: %s", text)
	}
}
