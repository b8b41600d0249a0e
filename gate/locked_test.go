package gate

import (
	"encoding/base64"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/internal/spool"
	"maillint/policy"
)

// The password that follows a locked file is recognised, to the same
// recipients and within a day.
func TestPasswordFollowsLockedFile(t *testing.T) {
	zip, err := os.ReadFile("../content/testdata/files/crypto.zip")
	if err != nil {
		t.Fatal(err)
	}
	file := "Content-Type: application/zip; name=a.zip\nContent-Disposition: attachment; filename=a.zip\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(zip)
	password := "Content-Type: text/plain; charset=utf-8\n\nThe password of the archive is Harbour-2203.\n"
	for _, c := range []struct {
		name  string
		first string
		to    []string // of the second
		after time.Duration
		want  bool
	}{
		{"to the same", file, []string{"b@y.example", "a@x.example"}, time.Minute, true},
		{"to another", file, []string{"a@x.example"}, time.Minute, false},
		{"two days later", file, []string{"a@x.example", "b@y.example"}, 48 * time.Hour, false},
		{"without a file before", "\nhello\n", []string{"a@x.example", "b@y.example"}, time.Minute, false},
	} {
		h := newHouse(t, "")
		send := func(body string, to ...string) *Transaction {
			tx := h.mail("From: taro@ours.example", to...)
			tx.Body = spool.FromBytes([]byte(strings.ReplaceAll("From: taro@ours.example\nTo: "+strings.Join(to, ", ")+"\nSubject: plain\nMessage-ID: <"+tx.ID+"@ours.example>\nMIME-Version: 1.0\n"+body, "\n", "\r\n")))
			h.submit(tx)
			return tx
		}
		send(c.first, "a@x.example", "b@y.example")
		h.clock.advance(c.after)
		tx := send(password, c.to...)
		j := h.judge(t.Context(), h.current.Load(), tx)
		got := slices.ContainsFunc(j.verdict.Findings, func(f policy.Judged) bool { return f.Rule == "password-in-message" })
		if got != c.want || j.err != nil {
			t.Errorf("%s: found %v, want %v (%v)", c.name, got, c.want, j.err)
		}
	}
}
