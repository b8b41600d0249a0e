//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maillint/internal/mailtest"
)

// The set-up of docs/postfix.md, 2: Postfix passes every message through the
// proxy before it answers its client.
func TestInsidePostfix(t *testing.T) {
	t.Parallel()
	page := snippets(t, "postfix.md")
	outer, filter, inner, release := mailtest.Port(t), mailtest.Port(t), mailtest.Port(t), mailtest.Port(t)
	logins := filepath.Join(t.TempDir(), "sender_login")
	if err := os.WriteFile(logins, []byte(page["filter/sender_login"]), 0o644); err != nil {
		t.Fatal(err)
	}
	ports := []string{":10025", fmt.Sprintf(":%d", filter), ":10026", fmt.Sprintf(":%d", inner), ":10588", fmt.Sprintf(":%d", release)}
	master := fit(t, page["filter/master.cf"], append(ports, ":2587", fmt.Sprintf(":%d", outer), "/etc/postfix/sender_login", logins)...)
	for _, dir := range []string{filepath.Dir(filepath.Dir(logins)), filepath.Dir(logins)} { // Postfix reads it as another user
		_ = os.Chmod(dir, 0o755)
	}
	p := mailtest.NewPostfix(t, mailtest.PostfixOptions{Master: entries(master)})
	proxy := startProxy(t, fit(t, page["filter/rules.yaml"], append(ports, "/var/lib/maillint/maillint.db", "maillint.db")...))
	s := submission{
		addr: fmt.Sprintf("127.0.0.1:%d", outer), authority: p.Authority.File, user: "alice",
		from: "alice@example.ac.jp", to: []string{"bob@partner.example"}, file: file(t, plainMessage),
	}
	t.Run("clean mail arrives as it was", func(t *testing.T) {
		want, _ := os.ReadFile(s.file)
		for i, c := range clients {
			if out, err := c.send(t, s); err != nil {
				t.Fatalf("%s: %v\n%s", c.name, err, out)
			}
			got := p.Sink.Await(t, i+1)[i].Data
			if !bytes.HasSuffix(bytes.TrimRight(got, "\r\n"), bytes.TrimRight(want, "\r\n")) {
				t.Errorf("%s: the message was changed:\n%s", c.name, got)
			}
			if bytes.Count(got, []byte("Received: ")) > 2 {
				t.Errorf("%s: a transparent proxy wrote a Received field:\n%s", c.name, got)
			}
		}
	})
	t.Run("another's address is Postfix's to refuse", func(t *testing.T) {
		s := s
		s.from = "bob@example.ac.jp"
		if out, err := smtplib(t, s); err == nil || !strings.Contains(out, "553") {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("an exposed list is held for its sender", func(t *testing.T) {
		s := s
		s.file = file(t, exposed(15))
		before := len(p.Sink.Received())
		if out, err := swaks(t, s); err != nil || !strings.Contains(out, "Held for confirmation") {
			t.Errorf("%v\n%s", err, out)
		}
		if list := proxy.quarantine(t, "list"); !strings.Contains(list, "exposed-recipients") || !strings.Contains(list, "alice@example.ac.jp") {
			t.Errorf("the list of held messages:\n%s", list)
		}
		// The notice to the sender leaves by the release route, the message not.
		mailtest.Await(t, noticeTime, "no notice", func() bool { return len(p.Sink.Received()) > before })
		notice := p.Sink.Received()[before]
		if got := strings.Join(notice.Recipients(), ","); got != "alice@example.ac.jp" || !notice.Null() {
			t.Errorf("the notice went from %s to %s", notice.From, got)
		}
	})
}

// exposed is a message that shows n outside addresses of many organisations.
func exposed(n int) string {
	var to []string
	for i := range n {
		to = append(to, fmt.Sprintf("member%d@office%d.example", i, i%7))
	}
	return "From: Alice <alice@example.ac.jp>\nTo: " + strings.Join(to, ",\n ") +
		fmt.Sprintf("\nSubject: to the members\nDate: Wed, 25 Nov 2026 10:00:00 +0900\nMessage-ID: <exposed%d@example.ac.jp>\n\nThe hand-out for the forum.\n", n)
}
