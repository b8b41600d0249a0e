//go:build e2e

package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"maillint/internal/mailtest"
)

// front is the set-up of docs/postfix.md, 1: the proxy in front of Postfix.
type front struct {
	*proxy
	postfix *mailtest.Postfix
}

func (f *front) submission(path string, to ...string) submission {
	return submission{addr: f.Addr["submission"], authority: f.postfix.Authority.File, user: "alice", from: "alice@example.ac.jp", to: to, file: path}
}

func newFront(t *testing.T) *front {
	t.Helper()
	page := snippets(t, "postfix.md")
	inner, release := mailtest.Port(t), mailtest.Port(t)
	master := fit(t, page["front/master.cf"], ":10587", fmt.Sprintf(":%d", inner), ":10588", fmt.Sprintf(":%d", release))
	p := mailtest.NewPostfix(t, mailtest.PostfixOptions{Master: entries(master)})
	cert, key := p.Authority.Server(t)
	policy := fit(t, page["front/rules.yaml"], ":10587", fmt.Sprintf(":%d", inner), ":10588", fmt.Sprintf(":%d", release),
		"0.0.0.0:587", "127.0.0.1:0", "0.0.0.0:465", "127.0.0.1:0", "/etc/maillint/cert.pem", cert, "/etc/maillint/key.pem", key,
		"/var/lib/maillint/maillint.db", "maillint.db")
	return &front{startProxy(t, policy), p}
}

// Clean mail arrives as it was sent, below our own fields, from every client
// and by both ways of TLS; the log-in is Postfix's.
func TestInFrontOfPostfix(t *testing.T) {
	f := newFront(t)
	path := file(t, plainMessage)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range clients {
		for _, name := range []string{"submission", "submissions"} {
			s := f.submission(path, "bob@partner.example")
			s.addr, s.implicit = f.Addr[name], name == "submissions"
			if out, err := c.send(t, s); err != nil {
				t.Fatalf("%s, %s: %v\n%s", c.name, name, err, out)
			}
			n++
			got := f.postfix.Sink.Await(t, n)[n-1].Data
			if !bytes.HasSuffix(bytes.TrimRight(got, "\r\n"), bytes.TrimRight(want, "\r\n")) {
				t.Errorf("%s, %s: the message was changed:\n%s", c.name, name, got)
			}
			if !bytes.Contains(got, []byte("\r\nX-Maillint: id=")) {
				t.Errorf("%s, %s: no X-Maillint field", c.name, name)
			}
		}
	}
	if !strings.Contains(f.postfix.Log(), "sasl_username=alice") {
		t.Error("Postfix has seen no log-in")
	}
}

// A wrong password is Postfix's to refuse; without a log-in nothing is taken.
func TestLogInIsPostfixs(t *testing.T) {
	f := newFront(t)
	s := f.submission(file(t, plainMessage), "bob@partner.example")
	s.user = "mallory"
	if out, err := smtplib(t, s); err == nil || !strings.Contains(out, "535") {
		t.Errorf("a log-in that Postfix refuses: %v\n%s", err, out)
	}
	s.user = ""
	if out, err := smtplib(t, s); err == nil || !strings.Contains(out, "530") {
		t.Errorf("no log-in: %v\n%s", err, out)
	}
	if got := f.postfix.Sink.Received(); len(got) > 0 {
		t.Errorf("%d messages got through", len(got))
	}
}

// A DKIM signature made before the proxy still verifies behind it, in both
// canonical forms.
func TestDKIMSurvives(t *testing.T) {
	f := newFront(t)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, form := range []dkim.Canonicalization{dkim.CanonicalizationSimple, dkim.CanonicalizationRelaxed} {
		raw, err := os.ReadFile(file(t, plainMessage))
		if err != nil {
			t.Fatal(err)
		}
		var signed bytes.Buffer
		err = dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{
			Domain: "example.ac.jp", Selector: "s", Signer: private, HeaderCanonicalization: form, BodyCanonicalization: form,
		})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "signed.eml")
		if err := os.WriteFile(path, signed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := smtplib(t, f.submission(path, "bob@partner.example")); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		n++
		got := f.postfix.Sink.Await(t, n)[n-1].Data
		record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
		checks, err := dkim.VerifyWithOptions(bytes.NewReader(got), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
		if err != nil || len(checks) != 1 || checks[0].Err != nil {
			t.Errorf("%s: %v %+v\n%s", form, err, checks, got)
		}
	}
}

// A mistyped domain is refused at RCPT, with its mend, and the rest of the
// message goes on.
func TestMistypedRecipient(t *testing.T) {
	f := newFront(t)
	out, err := smtplib(t, f.submission(file(t, plainMessage), "taro@gmai.com"))
	if err == nil || !strings.Contains(out, "gmail.com") || !strings.Contains(out, "550") {
		t.Errorf("want 550 with gmail.com: %v\n%s", err, out)
	}
}
