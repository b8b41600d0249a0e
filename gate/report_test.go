package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/message"
)

// nextMorning is a minute after eight on the next day.
func (h *house) nextMorning() {
	now := h.clock.Now()
	h.clock.advance(time.Date(now.Year(), now.Month(), now.Day()+1, 8, 1, 30, 0, now.Location()).Sub(now))
}

// reportsTo gives the subjects of the daily reports.
func (h *house) reportsTo(to string) []string {
	var out []string
	for _, s := range h.says(to) {
		if strings.Contains(s, "canary") || strings.Contains(s, "自己診断") {
			out = append(out, s)
		}
	}
	return out
}

// The report comes every morning, once from all nodes, with the numbers of all
// nodes, also when nothing happened; the canary is no mail.
func TestDailyReport(t *testing.T) {
	h := newHouse(t, "")
	one := h.Gate
	h.open()
	other := h.Gate
	one.upkeep(t.Context()) // of a new store there is nothing to report
	h.pass(1230)
	for i := range 144 {
		one.CanaryRound(true)
		other.CanaryRound(i != 7)
	}
	h.heldBy("DELAY")
	canary := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: DELAY", "a@x.example")
	canary.Canary = true
	h.submit(canary)
	refused := h.mail("From: taro@ours.example\nTo: a@x.example\nSubject: REJECT", "a@x.example")
	h.submit(refused)
	one.flush(t.Context())
	other.flush(t.Context())
	for day, want := range []string{"2 findings in 1,232 messages, canary 287 of 288; 0 held (House)", "0 findings in 0 messages, canary 0 of 0; 0 held (House)", "0 findings in 1 messages, canary 0 of 0; 0 held (House)"} {
		if day == 0 {
			h.step(10 * time.Minute) // the delayed message leaves
			h.step(10 * time.Minute)
		}
		h.nextMorning()
		for range 3 {
			one.upkeep(t.Context())
			other.upkeep(t.Context())
		}
		if have := h.reportsTo("postmaster@ours.example"); len(have) != day+1 || have[day] != want {
			t.Fatalf("day %d: %q, want %q", day, have, want)
		}
		if day == 1 {
			h.pass(1)
			h.Gate.flush(t.Context())
		}
	}
	notices, _ := h.got()
	if text := message.Parse(notices[len(notices)-1].Data).Parts[0].Text(); !strings.Contains(text, "the canary made no round") || !strings.Contains(text, "Nothing waits for the administrators.") {
		t.Errorf("a day without proof of life:\n%s", text)
	}
}

// What the store did not take is not lost, and the route's failure only puts
// the report off.
func TestReportAfterFailures(t *testing.T) {
	h := newHouse(t, "mode: monitor\n")
	h.upkeep(t.Context())
	h.pass(3)
	h.store.fail("Add", errors.New("gone"))
	h.flush(t.Context())
	h.store.fail("Add", nil)
	h.pass(4)
	h.flush(t.Context())
	h.nextMorning()
	h.store.fail("List", errors.New("gone"))
	h.digest(t.Context())
	h.store.fail("List", nil)
	h.digest(t.Context())
	if have := h.reportsTo("postmaster@ours.example"); len(have) != 1 || !strings.HasPrefix(have[0], "0 findings in 7 messages") {
		t.Errorf("%q", have)
	}
}

// The text is the organisation's where it wants, in both languages.
func TestReportTemplates(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "digest.en.txt"), []byte("Subject: canary says {{.Day}}\n\n{{number .Day.Messages}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string]string{"en": "canary says 0 findings in 1 messages, canary 0 of 0", "ja": "検出 0件／メール 1通、自己診断 0/0、保留中 0件（House）"} {
		h := newHouse(t, "")
		h.policy.Notify.Language, h.policy.Notify.Templates = language, dir
		if err := h.Reload(h.policy); err != nil {
			t.Fatal(err)
		}
		h.upkeep(t.Context())
		h.pass(1)
		h.flush(t.Context())
		h.nextMorning()
		h.upkeep(t.Context())
		if have := h.reportsTo("postmaster@ours.example"); len(have) != 1 || have[0] != want {
			t.Errorf("%s: %q", language, have)
		}
	}
}
