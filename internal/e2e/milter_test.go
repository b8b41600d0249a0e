//go:build e2e

package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/message"
	"maillint/rewrite"
)

const milterPolicy = `version: 1
organization:
  domains: [example.ac.jp]
proxy:
  hostname: mail.example.ac.jp
  subject_prefix: "[checked]"
milter:
  listen: inet:127.0.0.1:PORT
  identity: reverse-path
release: {address: "RELEASE", tls: none}
holds:
  fallback: [postmaster@example.ac.jp]
notify: {language: en}
store: {address: "sqlite:maillint.db"}
stamp: {keys: {k1: file:stamp.key}}
canary: {key: file:stamp.key, every: 2s}
custom:
`

// inside is Postfix with maillint as its milter.
type inside struct {
	*proxy
	postfix *mailtest.Postfix
	release *mailtest.Sink
	addr    string // a submission service with the milter
	roots   *x509.CertPool
}

func newInside(t *testing.T, change ...string) *inside {
	t.Helper()
	port, service := mailtest.Port(t), mailtest.Port(t)
	m := &inside{release: mailtest.NewSink(t), addr: fmt.Sprintf("127.0.0.1:%d", service), roots: x509.NewCertPool()}
	m.postfix = mailtest.NewPostfix(t, mailtest.PostfixOptions{Master: []string{
		m.addr + " inet n - n - - smtpd -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,permit_mynetworks,reject" +
			fmt.Sprintf(" -o smtpd_milters=inet:127.0.0.1:%d -o milter_default_action=tempfail -o milter_protocol=6", port),
	}})
	pem, err := os.ReadFile(m.postfix.Authority.File)
	if err != nil {
		t.Fatal(err)
	}
	m.roots.AppendCertsFromPEM(pem)
	key := filepath.Join(t.TempDir(), "stamp.key")
	if err := os.WriteFile(key, []byte(stampKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("key: file:stamp.key", "key: file:"+key, "PORT", fmt.Sprint(port), "RELEASE", m.release.Addr, "file:stamp.key", "file:"+key).Replace(milterPolicy) + customRules()
	text = strings.NewReplacer(change...).Replace(text)
	m.proxy = startDoor(t, "milter", text)
	return m
}

// login opens a session and logs alice in.
func (m *inside) login(t *testing.T) *mailtest.Client {
	t.Helper()
	c, err := mailtest.Dial(m.addr, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, _, err := c.Do("EHLO client.example"); err != nil {
		t.Fatal(err)
	}
	if err := c.StartTLS(&tls.Config{RootCAs: m.roots, ServerName: "localhost"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Do("EHLO client.example"); err != nil {
		t.Fatal(err)
	}
	code, text, err := c.Do("AUTH PLAIN %s", base64.StdEncoding.EncodeToString([]byte("\x00alice\x00secret")))
	if err != nil || code != 235 {
		t.Fatalf("%d %s %v", code, text, err)
	}
	return c
}

func asked(word string, to ...string) string {
	return fmt.Sprintf("From: Alice <alice@example.ac.jp>\r\nTo: %s\r\nBcc: hidden@partner.example\r\nSubject: do-%s\r\nX-Fold:  two\r\n\tlines\r\nMessage-ID: <m-%s@example.ac.jp>\r\n\r\nHello\r\n..\r\n", strings.Join(to, ", "), word, word)
}

// stampKey is the secret of k1 in these tests.
const stampKey = "0123456789abcdef0123456789abcdef"

// stampedAs is a message that was stamped with a key some time ago.
func stampedAs(t *testing.T, id, secret string, ago time.Duration, to []string) string {
	t.Helper()
	raw := strings.Replace(asked("nothing", to...), "Bcc: hidden@partner.example\r\n", "", 1)
	var list []message.Address
	for _, s := range to {
		a, _ := message.ParseAddress(s)
		list = append(list, a)
	}
	field, err := rewrite.Keys{{ID: id, Secret: []byte(secret)}}.Sign(message.Parse([]byte(raw)), list, rewrite.Stamp{ID: "t1", Policy: "p1", Time: time.Now().Add(-ago)})
	if err != nil {
		t.Fatal(err)
	}
	return string(field) + raw
}

// moved puts the stamp of one message onto another.
func moved(from, onto string) string {
	return "X-Maillint-Stamp: " + message.Parse([]byte(from)).Value("X-Maillint-Stamp") + "\r\n" + strings.Replace(onto, "do-nothing", "do-something", 1)
}

func TestMilterInsidePostfix(t *testing.T) {
	m := newInside(t)
	c := m.login(t)
	n := 0
	send := func(word string, to ...string) (int, string) {
		t.Helper()
		code, text, _, err := c.Send("alice@example.ac.jp", to, asked(word, to...))
		if err != nil {
			t.Fatal(err)
		}
		return code, text
	}
	arrived := func() mailtest.Received {
		t.Helper()
		n++
		return m.postfix.Sink.Await(t, n)[n-1]
	}
	t.Run("clean mail goes on as it was, without Bcc", func(t *testing.T) {
		if code, text := send("nothing", "bob@partner.example"); code != 250 {
			t.Fatalf("%d %s", code, text)
		}
		got := string(arrived().Data)
		want := strings.Replace(asked("nothing", "bob@partner.example"), "Bcc: hidden@partner.example\r\n", "", 1)
		_, below, _ := strings.Cut(got, "From: Alice")
		if "From: Alice"+below != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if !strings.Contains(got, "X-Maillint: id=") || !strings.Contains(got, "X-Maillint-Stamp: v=1; k=k1;") {
			t.Errorf("no mark or no stamp:\n%s", got)
		}
	})
	t.Run("tag", func(t *testing.T) {
		send("tag", "bob@partner.example")
		if got := string(arrived().Data); !strings.Contains(got, "Subject: [checked] do-tag\r\n") || !strings.Contains(got, "; tagged") {
			t.Errorf("%s", got)
		}
	})
	t.Run("hide by changes of the header", func(t *testing.T) {
		send("hide", "bob@partner.example", "carol@other.example", "dora@example.ac.jp")
		got := arrived()
		header, body, _ := strings.Cut(string(got.Data), "\r\n\r\n")
		if strings.Contains(header, "partner.example") || strings.Contains(header, "other.example") || !strings.Contains(header, "To: dora@example.ac.jp") || body != "Hello\r\n..\r\n" {
			t.Errorf("%s\n\n%s", header, body)
		}
		if len(got.To) != 3 {
			t.Errorf("the envelope was changed: %v", got.To)
		}
	})
	t.Run("reject with its reason", func(t *testing.T) {
		if code, text := send("reject", "bob@partner.example"); code != 550 || !strings.Contains(text, "lab-reject") {
			t.Errorf("%d %s", code, text)
		}
	})
	t.Run("a mistyped recipient is refused at RCPT", func(t *testing.T) {
		for _, line := range []string{"MAIL FROM:<alice@example.ac.jp>"} {
			if code, text, err := c.Do("%s", line); err != nil || code != 250 {
				t.Fatalf("%d %s %v", code, text, err)
			}
		}
		if code, text, _ := c.Do("RCPT TO:<taro@gmai.com>"); code != 550 || !strings.Contains(text, "gmail.com") {
			t.Errorf("%d %s", code, text)
		}
		_, _, _ = c.Do("RSET")
	})
	t.Run("held whole: stored here, taken from Postfix", func(t *testing.T) {
		if code, text := send("approve", "bob@partner.example"); code != 250 {
			t.Errorf("%d %s", code, text)
		}
		list := m.items(t)
		if len(list) != 1 || list[0].Disposition != "approve" || list[0].Identity.Trust != "authenticated" {
			t.Fatalf("%+v", list)
		}
	})
	t.Run("held in part: the others arrive", func(t *testing.T) {
		if code, text := send("nothing", "bob@partner.example", "taro@yahooo.co.jp"); code != 250 {
			t.Errorf("%d %s", code, text)
		}
		if got := arrived().Recipients(); strings.Join(got, ",") != "bob@partner.example" {
			t.Errorf("went on to %v", got)
		}
		list := m.items(t)
		if len(list) != 2 || len(list[1].Recipients) != 1 || list[1].Recipients[0].Address != "taro@yahooo.co.jp" {
			t.Fatalf("%+v", list)
		}
		m.quarantine(t, "release", list[1].ID)
		mailtest.Await(t, 30*time.Second, "the released part does not leave", func() bool { return m.state(t, list[1].ID) == "released" })
	})
	time.Sleep(time.Second)
	if got := len(m.postfix.Sink.Received()); got != n {
		t.Errorf("%d messages went on, want %d", got, n)
	}
	t.Run("without the milter Postfix answers 451", func(t *testing.T) {
		m.kill()
		code, text, _, err := mailtest.Submit(m.addr, "alice@example.ac.jp", []string{"bob@partner.example"}, asked("nothing", "bob@partner.example"))
		if err != nil || code/100 != 4 {
			t.Errorf("%d %s %v", code, text, err)
		}
	})
}

// An archive is looked over for mail that went around.
func TestStampsInAnArchive(t *testing.T) {
	m := newInside(t)
	c := m.login(t)
	for i := range 3 {
		if code, text, _, err := c.Send("alice@example.ac.jp", []string{"bob@partner.example"}, asked(fmt.Sprintf("nothing%d", i), "bob@partner.example")); err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, text, err)
		}
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range m.postfix.Sink.Await(t, 3) {
		text := strings.ReplaceAll(string(r.Data), "\r\n", "\n") // as a Maildir keeps it
		if i == 2 {
			text = strings.Replace(text, "Hello", "Hallo", 1)
		}
		write(fmt.Sprintf("%d.eml", i), text)
	}
	stamped := strings.ReplaceAll(string(m.postfix.Sink.Received()[0].Data), "\r\n", "\n")
	unix := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
	for name, text := range map[string]string{
		"around": asked("nothing", "bob@partner.example"), "subject": strings.Replace(stamped, "Subject: do-", "Subject: re-", 1),
		"another": unix(moved(stamped, asked("nothing", "bob@partner.example"))), "to": strings.Replace(stamped, "To: bob@", "To: eve@evil.example, bob@", 1),
		"aged":   unix(stampedAs(t, "k1", stampKey, 400*24*time.Hour, []string{"bob@partner.example"})), // an archive holds old mail
		"oldkey": unix(stampedAs(t, "k0", strings.Repeat("o", 32), 0, []string{"bob@partner.example"})),
	} {
		write(name+".eml", text)
	}
	cmd := exec.Command(program(t), "audit", "stamps", "--config", filepath.Join(m.Dir, "rules.yaml"), dir)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"2.eml: stamp: body changed", "around.eml: stamp: missing", "another.eml: stamp: forged", "subject.eml: stamp: forged", "to.eml: stamp: forged",
		"oldkey.eml: stamp: forged", "9 messages: 3 with a valid stamp, 1 body changed, 4 forged, 1 missing"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// Each thing that can be done to a stamped message gets its verdict from the
// milter at the next hop, through a real Postfix.
func TestStampAtTheNextHop(t *testing.T) {
	m := newInside(t)
	c := m.login(t)
	if code, text, _, err := c.Send("alice@example.ac.jp", []string{"bob@partner.example", "carol@other.example"}, asked("nothing", "bob@partner.example")); err != nil || code != 250 {
		t.Fatalf("%d %s %v", code, text, err)
	}
	stamped := string(m.postfix.Sink.Await(t, 1)[0].Data)
	policy, err := os.ReadFile(filepath.Join(m.Dir, "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	port, service := mailtest.Port(t), mailtest.Port(t)
	verify := startDoor(t, "milter", string(policy), "--verify-stamp", "--refuse", "--listen", fmt.Sprintf("inet:127.0.0.1:%d", port))
	addr := fmt.Sprintf("127.0.0.1:%d", service)
	mailtest.NewPostfix(t, mailtest.PostfixOptions{Master: []string{
		addr + " inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject" + fmt.Sprintf(" -o smtpd_milters=inet:127.0.0.1:%d -o milter_default_action=tempfail", port),
	}})
	both := []string{"bob@partner.example", "carol@other.example"}
	for _, tt := range []struct {
		name, data string
		to         []string
		code       int
		verdict    string
	}{
		{"as it left", stamped, both, 250, "valid"},
		{"body changed", strings.Replace(stamped, "Hello", "Hallo", 1), both, 550, "body changed"},
		{"subject changed", strings.Replace(stamped, "do-nothing", "do-something", 1), both, 550, "forged"},
		{"recipient added", stamped, append(both, "eve@evil.example"), 550, "recipients not known here"},
		{"no stamp", asked("nothing", "bob@partner.example"), both, 550, "missing"},
		{"the stamp of another message", moved(stamped, asked("nothing", "bob@partner.example")), both, 550, "forged"},
		{"on another body, with the same fields", strings.Replace(stamped, "Hello", "Send me your password", 1), both, 550, "body changed"},
		{"a recipient left out", stamped, both[:1], 550, "recipients not known here"},
		{"a date changed", strings.Replace(stamped, "From: Alice", "Date: Wed, 25 Nov 2026 12:00:00 +0900\r\nFrom: Alice", 1), both, 550, "forged"},
		{"stamped eight days ago", stampedAs(t, "k1", stampKey, 8*24*time.Hour, both), both, 550, "expired"},
		{"stamped six days ago", stampedAs(t, "k1", stampKey, 6*24*time.Hour, both), both, 250, "valid"},
		{"stamped to come", stampedAs(t, "k1", stampKey, -2*time.Hour, both), both, 550, "expired"},
		{"by a key that was taken out", stampedAs(t, "k0", strings.Repeat("o", 32), 0, both), both, 550, "forged"},
		{"by another's key of our name", stampedAs(t, "k1", strings.Repeat("x", 32), 0, both), both, 550, "forged"},
	} {
		code, text, _, err := mailtest.Submit(addr, "alice@example.ac.jp", tt.to, tt.data)
		if err != nil || code != tt.code {
			t.Errorf("%s: %d %s %v, want %d", tt.name, code, text, err, tt.code)
		}
		if code != 250 && !strings.Contains(text, tt.verdict) {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.verdict)
		}
		if !strings.Contains(verify.metrics(t), fmt.Sprintf("maillint_stamps_total{verdict=%q}", tt.verdict)) {
			t.Errorf("%s: not counted", tt.name)
		}
	}
}
