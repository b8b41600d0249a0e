//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"maillint/internal/mailtest"
)

// lab is a proxy between recording sinks: one is the next hop, one the release
// route.
type lab struct {
	*proxy
	next, release *mailtest.Sink
}

// labPolicy has a custom rule for every disposition, by a word of the subject.
const labPolicy = `version: 1
organization:
  domains: [example.ac.jp]
proxy:
  hostname: mail.example.ac.jp
  subject_prefix: "[checked]"
  connections_per_client: 200
  listeners:
    users: {address: "127.0.0.1:0", trust: relay, tls: none, from: [127.0.0.0/8], identity: reverse-path}
  next_hops:
    next: {address: "NEXT", tls: none}
release: {address: "RELEASE", tls: none}
holds:
  fallback: [postmaster@example.ac.jp, second@example.ac.jp]
  delay: 3s
  confirm: 1h
notify: {language: en}
store: {address: "sqlite:maillint.db"}
custom:
EXTRA`

func customRules() string {
	var b strings.Builder
	for _, d := range []string{"tag", "hide", "delay", "confirm", "approve", "quarantine", "reject"} {
		fmt.Fprintf(&b, "  lab-%s:\n    when: subject contains %q\n    severity: high\n    disposition: %s\n    where: Subject\n    message: {en: the subject asks for it, ja: 件名にあります}\n", d, "do-"+d, d)
	}
	b.WriteString("  lab-copy:\n    when: subject contains \"do-copy\"\n    severity: warning\n    disposition: pass\n    copy: boss@example.ac.jp\n    message: copied to the boss\n")
	return b.String()
}

func newLab(t *testing.T, extra string) *lab {
	t.Helper()
	l := &lab{next: mailtest.NewSink(t), release: mailtest.NewSink(t)}
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", customRules()+extra).Replace(labPolicy)
	l.proxy = startProxy(t, text)
	return l
}

// send submits a message whose subject asks for a disposition.
func (l *lab) send(t *testing.T, word string, to ...string) (code int, text string) {
	t.Helper()
	if len(to) == 0 {
		to = []string{"bob@partner.example"}
	}
	data := fmt.Sprintf("From: Alice <alice@example.ac.jp>\r\nTo: %s\r\nSubject: do-%s\r\nMessage-ID: <%s-%d@example.ac.jp>\r\n\r\nHello\r\n",
		strings.Join(to, ", "), word, word, time.Now().UnixNano())
	code, text, _, err := mailtest.Submit(l.Addr["users"], "alice@example.ac.jp", to, data)
	if err != nil {
		t.Fatal(err)
	}
	return code, text
}

// item is what "quarantine list --json" tells of a held message.
type item struct {
	ID          string `json:"id"`
	State       string `json:"state"`
	Disposition string `json:"disposition"`
	Mailing     string `json:"mailing"`
	MessageID   string `json:"message_id"`
	Identity    struct {
		Address string `json:"address"`
		Trust   string `json:"trust"`
	} `json:"identity"`
	Recipients []struct {
		Address string `json:"address"`
		State   string `json:"state"`
		Doubted int    `json:"doubted"`
	} `json:"recipients"`
}

func (p *proxy) items(t *testing.T, args ...string) []item {
	t.Helper()
	var out []item
	text := p.quarantine(t, append([]string{"list", "--json", "--state", "all"}, args...)...)
	d := json.NewDecoder(strings.NewReader(text))
	for d.More() {
		var it item
		if err := d.Decode(&it); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		out = append(out, it)
	}
	return out
}

func (p *proxy) state(t *testing.T, id string) string {
	t.Helper()
	for _, it := range p.items(t) {
		if it.ID == id {
			return it.State
		}
	}
	t.Fatalf("no item %s", id)
	return ""
}

// heldID is the ID that a reply names.
func heldID(t *testing.T, text string) string {
	t.Helper()
	f := strings.Fields(text)
	if len(f) == 0 || !strings.Contains(text, "Held") {
		t.Fatalf("not held: %q", text)
	}
	return f[len(f)-1]
}

func TestDispositions(t *testing.T) {
	l := newLab(t, "")
	t.Run("pass", func(t *testing.T) {
		if code, text := l.send(t, "nothing"); code != 250 || strings.Contains(text, "Held") {
			t.Fatalf("%d %s", code, text)
		}
		got := string(l.next.Await(t, 1)[0].Data)
		if strings.Contains(got, "; tagged") || !strings.Contains(got, "Subject: do-nothing\r\n") {
			t.Errorf("%s", got)
		}
	})
	t.Run("tag", func(t *testing.T) {
		l.send(t, "tag")
		got := string(l.next.Await(t, 2)[1].Data)
		if !strings.Contains(got, "; tagged") || !strings.Contains(got, "Subject: [checked] do-tag\r\n") {
			t.Errorf("%s", got)
		}
	})
	t.Run("hide", func(t *testing.T) {
		l.send(t, "hide", "bob@partner.example", "carol@other.example", "dora@example.ac.jp")
		got := l.next.Await(t, 3)[2]
		header, _, _ := strings.Cut(string(got.Data), "\r\n\r\n")
		if strings.Contains(header, "partner.example") || strings.Contains(header, "other.example") || !strings.Contains(header, "dora@example.ac.jp") {
			t.Errorf("%s", header)
		}
		if len(got.To) != 3 {
			t.Errorf("the envelope was changed: %v", got.To)
		}
	})
	t.Run("copy", func(t *testing.T) {
		l.send(t, "copy")
		got := l.next.Await(t, 4)[3]
		if strings.Contains(string(got.Data), "boss@") || strings.Join(got.Recipients(), ",") != "bob@partner.example" {
			t.Errorf("the copy is seen: %v\n%s", got.To, got.Data)
		}
		mailtest.Await(t, 10*time.Second, "no copy", func() bool { return l.released("do-copy") })
		for _, r := range l.release.Received() {
			if strings.Contains(string(r.Data), "Subject: do-copy\r\n") && strings.Join(r.Recipients(), ",") != "boss@example.ac.jp" {
				t.Errorf("the copy went to %v", r.To)
			}
		}
	})
	t.Run("reject", func(t *testing.T) {
		code, text := l.send(t, "reject")
		if code != 550 || !strings.Contains(text, "lab-reject") {
			t.Errorf("%d %s", code, text)
		}
	})
	t.Run("delay is sent by itself", func(t *testing.T) {
		_, text := l.send(t, "delay")
		id := heldID(t, text)
		mailtest.Await(t, 30*time.Second, "a delayed message was not sent", func() bool { return l.state(t, id) == "released" })
		if !l.released("do-delay") {
			t.Error("released, and not with the release route")
		}
	})
	if got := len(l.next.Received()); got != 4 {
		t.Errorf("%d messages at the next hop, want 4", got)
	}
}

// released reports whether a message with that subject has left by the release
// route.
func (l *lab) released(subject string) bool {
	for _, r := range l.release.Received() {
		if !r.Null() && strings.Contains(string(r.Data), "Subject: "+subject+"\r\n") {
			return true
		}
	}
	return false
}

// Held messages survive a kill -9, wait for their people, and do what was
// decided, each once.
func TestHoldsOverARestart(t *testing.T) {
	l := newLab(t, "")
	ids := map[string]string{}
	for _, word := range []string{"confirm", "approve", "quarantine"} {
		_, text := l.send(t, word)
		ids[word] = heldID(t, text)
	}
	_, text := l.send(t, "confirm", "carol@other.example") // another message, and no repeat of the first
	withdrawn := heldID(t, text)
	l.kill()
	l.start(t)
	for word, id := range ids {
		if got := l.state(t, id); got != "held" {
			t.Errorf("%s: %s after a restart", word, got)
		}
	}
	l.quarantine(t, "release", ids["confirm"], "--by", "alice@example.ac.jp")
	l.quarantine(t, "withdraw", withdrawn, "--by", "alice@example.ac.jp")
	t.Run("nobody approves their own", func(t *testing.T) {
		cmd := exec.Command(program(t), "quarantine", "approve", ids["approve"], "--by", "alice@example.ac.jp")
		cmd.Dir = l.Dir
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("accepted:\n%s", out)
		}
	})
	l.quarantine(t, "approve", ids["approve"], "--by", "postmaster@example.ac.jp")
	l.quarantine(t, "discard", ids["quarantine"])
	for _, word := range []string{"confirm", "approve"} {
		mailtest.Await(t, 30*time.Second, word+" was not sent", func() bool { return l.state(t, ids[word]) == "released" })
	}
	if got := l.state(t, ids["quarantine"]); got != "discarded" {
		t.Errorf("quarantine: %s", got)
	}
	if got := l.state(t, withdrawn); got != "withdrawn" {
		t.Errorf("withdrawn: %s", got)
	}
	n := 0
	for _, r := range l.release.Received() {
		if !r.Null() {
			n++
		}
	}
	if n != 2 || !l.released("do-confirm") || !l.released("do-approve") || l.released("do-quarantine") {
		t.Errorf("%d messages left, want 2: what was confirmed and what was approved", n)
	}
	l.quarantine(t, "audit", "verify")
}

// One recipient's finding holds that recipient and lets the others go.
func TestSplit(t *testing.T) {
	l := newLab(t, "")
	_, text := l.send(t, "nothing", "bob@partner.example", "taro@yahooo.co.jp")
	got := l.next.Await(t, 1)[0]
	if strings.Join(got.Recipients(), ",") != "bob@partner.example" {
		t.Errorf("relayed to %v (%s)", got.To, text)
	}
	list := l.items(t)
	if len(list) != 1 || len(list[0].Recipients) != 1 || list[0].Recipients[0].Address != "taro@yahooo.co.jp" {
		t.Errorf("held: %+v", list)
	}
}

// A bad new policy leaves the old one in force and says so; a good one is
// taken without a restart.
func TestReload(t *testing.T) {
	l := newLab(t, "")
	l.policy(t, "version: 1\nrulez: {}\n")
	_ = l.cmd.Process.Signal(sighup)
	mailtest.Await(t, 10*time.Second, "the bad policy is not mentioned", func() bool {
		return strings.Contains(l.log.String(), `unknown section \"rulez\"`) || strings.Contains(l.log.String(), "unknown section")
	})
	if code, _ := l.send(t, "reject"); code != 550 {
		t.Errorf("the old policy is not in force: %d", code)
	}
	if !strings.Contains(l.metrics(t), `maillint_policy_loads_total{result="failed"} 1`) {
		t.Error("the metrics do not tell")
	}
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", l.release.Addr, "EXTRA", strings.ReplaceAll(customRules(), "disposition: reject", "disposition: tag")).Replace(labPolicy)
	l.policy(t, text)
	_ = l.cmd.Process.Signal(sighup)
	mailtest.Await(t, 10*time.Second, "the new policy is not in force", func() bool { code, _ := l.send(t, "reject"); return code == 250 })
}

func (p *proxy) get(t *testing.T, path string) (int, string) {
	t.Helper()
	r, err := http.Get("http://" + p.Monitor + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func (p *proxy) metrics(t *testing.T) string {
	t.Helper()
	_, text := p.get(t, "/metrics")
	return text
}

// A reload takes a new release route: what is decided then leaves by it.
func TestReloadTakesTheReleaseRoute(t *testing.T) {
	l := newLab(t, "")
	_, text := l.send(t, "confirm")
	other := mailtest.NewSink(t)
	l.policy(t, strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", other.Addr, "EXTRA", customRules()).Replace(labPolicy))
	_ = l.cmd.Process.Signal(sighup)
	mailtest.Await(t, 10*time.Second, "the policy is not taken", func() bool { return strings.Contains(l.log.String(), "policy taken") })
	l.quarantine(t, "release", heldID(t, text), "--by", "alice@example.ac.jp")
	if got := other.Await(t, 1)[0]; got.Null() || !strings.Contains(string(got.Data), "Subject: do-confirm") {
		t.Errorf("%s\n%s", got.From, got.Data)
	}
}

// Lines that end in LF alone are mended before judging, and that is said; a
// null reverse-path shows whom its header claims.
func TestPrintersAreTold(t *testing.T) {
	l := newLab(t, "")
	c, err := mailtest.Dial(l.Addr["users"], "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, line := range []string{"EHLO printer", "MAIL FROM:<>", "RCPT TO:<bob@partner.example>", "DATA"} {
		if code, text, err := c.Do("%s", line); err != nil || code >= 400 {
			t.Fatalf("%s: %d %s %v", line, code, text, err)
		}
	}
	if _, err := c.Write([]byte("From: Scanner <scan@example.ac.jp>\nTo: bob@partner.example\nSubject: do-quarantine\n\nscan\r\n.\r\n")); err != nil {
		t.Fatal(err)
	}
	code, text, err := c.Read()
	if err != nil || code != 250 {
		t.Fatalf("%d %s %v", code, text, err)
	}
	if shown := l.quarantine(t, "show", heldID(t, text)); !strings.Contains(shown, "malformed-message") || !strings.Contains(shown, "scan@example.ac.jp") {
		t.Errorf("%s", shown)
	}
	for _, it := range l.items(t) {
		if it.Identity.Address != "scan@example.ac.jp" || it.Identity.Trust != "claimed" {
			t.Errorf("%+v", it.Identity)
		}
	}
}

// What cannot be held is not promised: without a release route holds answer
// 451, clean mail goes on, and /readyz says why.
func TestReleaseRouteIsGone(t *testing.T) {
	t.Parallel()
	l := newLab(t, "")
	if code, text := l.get(t, "/readyz"); code != 200 {
		t.Fatalf("%d %s", code, text)
	}
	l.release.Close()
	mailtest.Await(t, 90*time.Second, "/readyz does not notice", func() bool {
		code, text := l.get(t, "/readyz")
		return code == 503 && strings.Contains(text, "release")
	})
	if code, _ := l.send(t, "confirm"); code != 451 {
		t.Errorf("a hold without a release route: %d", code)
	}
	if code, _ := l.send(t, "nothing"); code != 250 {
		t.Errorf("clean mail: %d", code)
	}
	if len(l.items(t)) != 0 {
		t.Error("something was held")
	}
}

// A program that is told to stop lets open transactions end.
func TestDrain(t *testing.T) {
	l := newLab(t, "")
	c, err := mailtest.Dial(l.Addr["users"], "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, line := range []string{"EHLO client.example", "MAIL FROM:<alice@example.ac.jp>", "RCPT TO:<bob@partner.example>", "DATA"} {
		if code, text, err := c.Do("%s", line); err != nil || code >= 400 {
			t.Fatalf("%s: %d %s %v", line, code, text, err)
		}
	}
	stopped := make(chan struct{})
	go func() { l.stop(t); close(stopped) }()
	time.Sleep(500 * time.Millisecond)
	if code, text, err := c.Do("Subject: late\r\n\r\nHello\r\n."); err != nil || code != 250 {
		t.Errorf("%d %s %v", code, text, err)
	}
	<-stopped
	if len(l.next.Received()) != 1 {
		t.Error("the message is lost")
	}
}
