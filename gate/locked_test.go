package gate

import (
	"encoding/base64"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/history"
	"maillint/internal/spool"
	"maillint/policy"
)

const password = "Content-Type: text/plain; charset=utf-8\n\nThe password of the archive is Harbour-2203.\n"

// The password that follows a locked file is recognised, to the same
// recipients or in the thread, and within a day.
func TestPasswordFollowsLockedFile(t *testing.T) {
	zip, err := os.ReadFile("../content/testdata/files/crypto.zip")
	if err != nil {
		t.Fatal(err)
	}
	file := "Content-Type: application/zip; name=a.zip\nContent-Disposition: attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(zip)
	for _, c := range []struct {
		name  string
		first string
		to    []string // of the second
		head  string   // of the second
		after time.Duration
		want  bool
	}{
		{"to the same", file, []string{"b@y.example", "a@x.example"}, "", time.Minute, true},
		{"to one of them", file, []string{"a@x.example"}, "", time.Minute, true},
		{"to another", file, []string{"c@x.example"}, "", time.Minute, false},
		{"to another, in the thread", file, []string{"c@x.example"}, "In-Reply-To: <first@ours.example>\n", time.Minute, true},
		{"to one inside alone", file, []string{"hanako@ours.example"}, "In-Reply-To: <first@ours.example>\n", time.Minute, false},
		{"two days later", file, []string{"a@x.example", "b@y.example"}, "", 48 * time.Hour, false},
		{"without a file before", "\nhello\n", []string{"a@x.example", "b@y.example"}, "", time.Minute, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, "")
			h.submit(lockedMail(h, c.first, "Message-ID: <first@ours.example>\n", "a@x.example", "b@y.example", "hanako@ours.example"))
			h.clock.advance(c.after)
			// The node that gets the second message is another, or the first after a restart.
			node, err := New(h.o)
			if err != nil {
				t.Fatal(err)
			}
			j := node.judge(t.Context(), node.current.Load(), lockedMail(h, password, c.head, c.to...))
			if got := tellsPassword(j); got != c.want || j.err != nil || j.unknown != nil {
				t.Errorf("found %v, want %v (%v, %v)", got, c.want, j.err, j.unknown)
			}
		})
	}
}

func lockedMail(h *house, body, head string, to ...string) *Transaction {
	tx := h.mail("From: taro@ours.example", to...)
	tx.Body = spool.FromBytes([]byte(strings.ReplaceAll("From: taro@ours.example\nTo: "+strings.Join(to, ", ")+"\nSubject: plain\n"+head+"MIME-Version: 1.0\n"+body, "\n", "\r\n")))
	return tx
}

func tellsPassword(j judgement) bool {
	return slices.ContainsFunc(j.verdict.Findings, func(f policy.Judged) bool { return f.Rule == "password-in-message" })
}

// Where the store cannot say whether a locked file went before, a message that
// tells a password waits; any other is not asked about, and a rule that is only
// looked at keeps nobody.
func TestLockedUnknown(t *testing.T) {
	for _, c := range []struct {
		name, more, body string
		want             bool
	}{
		{"a password", "", password, true},
		{"no password", "", "\nhello\n", false},
		{"monitored", "rules: {password-in-message: {mode: monitor}}\n", password, false},
		{"monitored, and an instance that acts", "rules: {password-in-message: {mode: monitor}, mine: {rule: password-in-message}}\n", password, true},
		{"off, and an instance that acts", "rules: {password-in-message: {enabled: false}, mine: {rule: password-in-message}}\n", password, true},
	} {
		h := newHouse(t, c.more)
		h.store.fail("Marked", errors.New("down"))
		j := h.judge(t.Context(), h.current.Load(), lockedMail(h, c.body, "", "a@x.example"))
		if (j.unknown != nil) != c.want || j.err != nil {
			t.Errorf("%s: %v, %v", c.name, j.unknown, j.err)
		}
	}
	h := newHouse(t, "")
	h.brake(history.PasswordRule, time.Hour)
	h.store.fail("Marked", errors.New("down"))
	if j := h.judge(t.Context(), h.current.Load(), lockedMail(h, password, "", "a@x.example")); j.unknown != nil {
		t.Errorf("braked: %v", j.unknown)
	}
}
