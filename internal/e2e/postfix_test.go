//go:build e2e

package e2e

import (
	"bytes"
	"os"
	"testing"

	"maillint/internal/mailtest"
)

const plainMessage = "From: Alice <alice@example.ac.jp>\nTo: Bob <bob@partner.example>\nSubject: minutes\nDate: Wed, 25 Nov 2026 10:00:00 +0900\nMessage-ID: <m1@example.ac.jp>\n\nHello\n.\n..dots\nBye\n"

// The surroundings of the other tests work: every client can submit to our
// Postfix by STARTTLS and by implicit TLS, and what it sends reaches the sink.
func TestSurroundings(t *testing.T) {
	p := mailtest.NewPostfix(t, mailtest.PostfixOptions{})
	path := file(t, plainMessage)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range clients {
		for _, implicit := range []bool{false, true} {
			s := submission{addr: p.Submission, implicit: implicit, authority: p.Authority.File, user: "alice", from: "alice@example.ac.jp", to: []string{"bob@partner.example"}, file: path}
			if implicit {
				s.addr = p.Implicit
			}
			if out, err := c.send(t, s); err != nil {
				t.Fatalf("%s, implicit %v: %v\n%s", c.name, implicit, err, out)
			}
			n++
			// swaks adds an empty line at the end
			if got := p.Sink.Await(t, n)[n-1].Data; !bytes.HasSuffix(bytes.TrimRight(got, "\r\n"), bytes.TrimRight(want, "\r\n")) {
				t.Errorf("%s, implicit %v: the message was changed:\n%s", c.name, implicit, got)
			}
		}
	}
}
