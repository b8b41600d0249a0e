//go:build e2e

package e2e

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/mailtest"
	"maillint/message"
	"maillint/store/storetest"
)

// delivered is what a webhook was sent.
type delivered struct {
	at, signature string
	body          []byte
	event         struct {
		Version                                     int
		Event, Kind, Text, Node, Delivery, ID, Time string
	}
}

// hookOver is a receiver over HTTPS, and the file of its authority. It is out
// of order until it is asked so many times.
type hookOver struct {
	url, authority string
	mu             sync.Mutex
	broken         int
	all            []delivered
}

func newHook(t *testing.T, broken int) *hookOver {
	t.Helper()
	a := mailtest.NewAuthority(t)
	cert, key := a.Server(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	h := &hookOver{url: "https://localhost:" + port + "/maillint", authority: a.File, broken: broken}
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return h
}

func (h *hookOver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	one := delivered{at: r.Header.Get("X-Maillint-Time"), signature: r.Header.Get("X-Maillint-Signature")}
	one.body, _ = io.ReadAll(io.LimitReader(r.Body, 1<<20))
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken--; h.broken >= 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if json.Unmarshal(one.body, &one.event) != nil || r.Method != http.MethodPost || r.URL.Path != "/maillint" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	h.all = append(h.all, one)
}

// of are the events of a sort whose kind begins so.
func (h *hookOver) of(event, kind string) (out []delivered) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.all {
		if one.event.Event == event && strings.HasPrefix(one.event.Kind, kind) {
			out = append(out, one)
		}
	}
	return out
}

// signed checks a signature with openssl, as docs/operate.md says it is made.
func (o delivered) signed(t *testing.T, secret string) {
	t.Helper()
	cmd := exec.Command(mailtest.Need(t, "openssl"), "dgst", "-sha256", "-hmac", secret, "-r")
	cmd.Stdin = strings.NewReader(o.at + "." + string(o.body))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "v1=" + strings.Fields(string(out))[0]; o.signature != want {
		t.Errorf("signature %q, want %q of\n%s", o.signature, want, o.body)
	}
	at, err := strconv.ParseInt(o.at, 10, 64)
	if age := time.Since(time.Unix(at, 0)).Abs(); err != nil || age > 5*time.Minute {
		t.Errorf("sent at %q, %s ago", o.at, age)
	}
}

// zoneAt makes a time zone in which it is now some time of this day, below the
// folder that ZONEINFO names. The zone is called Test/Odd; its file is one of
// RFC 9636, version 1, with one local time type.
func zoneAt(t *testing.T, dir string, ofDay time.Duration) {
	t.Helper()
	now := time.Now().UTC()
	off := ofDay - now.Sub(now.Truncate(24*time.Hour))
	b := append([]byte("TZif"), make([]byte, 16)...)
	for _, n := range []uint32{0, 0, 0, 0, 1, 4} { // isut, isstd, leap, transitions, types, octets of names
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(int32(off/time.Second)))
	b = append(b, 0, 0, 'O', 'D', 'D', 0)
	err := os.MkdirAll(filepath.Join(dir, "Test"), 0o755)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "Test", "Odd"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The daily report of two nodes reaches the administrators through a real
// Postfix once, with the numbers of both; alarms and the report reach the
// webhook over HTTPS, signed, also where it was out of order at first; a second
// day, on which nothing happened, is reported as well.
func TestReportAndWebhook(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef0123456789abcdef"
	zones := t.TempDir()
	server, hook := storetest.StartPostgres(t), newHook(t, 2)
	postfix := mailtest.NewPostfix(t, mailtest.PostfixOptions{})
	l := &lab{next: mailtest.NewSink(t)}
	text := strings.NewReplacer("NEXT", l.next.Addr, "RELEASE", postfix.Trusted, "EXTRA", customRules(),
		"sqlite:maillint.db", server.URL(server.Create(t)), "domains: [example.ac.jp]", "domains: [example.ac.jp]\n  timezone: Test/Odd\n  name: Test",
		"notify: {language: en}", fmt.Sprintf("notify: {language: en, webhook: {url: %q, secret: \"${HOOK}\", ca: %q}}\ncanary: {every: 5s}", hook.url, hook.authority)).Replace(labPolicy)
	zoneAt(t, zones, 8*time.Hour-50*time.Second) // the report is due in 110 s
	var nodes []*proxy
	for range 2 {
		nodes = append(nodes, startWith(t, []string{"HOOK=" + secret, "ZONEINFO=" + zones}, "proxy", text))
	}
	for i := range 6 {
		s := sent{mark: fmt.Sprintf("mark-0-%d", i), word: []string{"nothing", "nothing", "quarantine"}[i%3], to: []string{"a@partner.example"}}
		if code, text, _, err := mailtest.Submit(nodes[i%2].Addr["users"], "u@example.ac.jp", s.to, markedMessage(s)); err != nil || code != 250 {
			t.Fatalf("%d %s %v", code, text, err)
		}
	}
	nodes[0].brake(t, "lab-reject", "--for", "2h", "--reason", "test")
	mailtest.Await(t, time.Minute, "the alarm does not reach the webhook", func() bool { return len(hook.of("alarm", "brake lab-reject")) > 0 })
	mailtest.Await(t, 3*time.Minute, "the report does not reach the webhook", func() bool { return len(hook.of("report", "")) > 0 })
	report := hook.of("report", "")[0]
	if want := "2 findings in 6 messages, canary "; !strings.HasPrefix(report.event.Text, want) || strings.HasSuffix(report.event.Text, "canary 0 of 0") {
		t.Errorf("the report: %q, want %q and rounds", report.event.Text, want)
	}
	for _, one := range append(hook.of("report", ""), hook.of("alarm", "")...) {
		one.signed(t, secret)
		if one.event.Version != 1 || one.event.Delivery == "" || strings.Contains(string(one.body), "u@example.ac.jp") {
			t.Errorf("%s", one.body)
		}
	}
	time.Sleep(15 * time.Second) // the other node would have told by now
	if a, r := len(hook.of("alarm", "brake lab-reject")), len(hook.of("report", "")); a != 1 || r != 1 {
		t.Errorf("%d alarms and %d reports at the webhook", a, r)
	}
	subject := func(part string) (to []string) {
		for _, r := range postfix.Sink.Received() {
			if strings.Contains(message.Parse(r.Data).Subject(), part) {
				to = append(to, r.Recipients()...)
			}
		}
		slices.Sort(to)
		return to
	}
	want := []string{"postmaster@example.ac.jp", "second@example.ac.jp"}
	if to := subject("2 findings in 6 messages"); !slices.Equal(to, want) {
		t.Errorf("the report by mail went to %q", to)
	}
	if to := subject("lab-reject is only monitored"); !slices.Equal(to, want) {
		t.Errorf("the alarm by mail went to %q", to)
	}
	zoneAt(t, zones, (24+8)*time.Hour+50*time.Second) // the next day, which began with the report
	for _, n := range nodes {
		_ = n.cmd.Process.Signal(sighup)
	}
	mailtest.Await(t, time.Minute, "a day on which nothing happened is not reported", func() bool { return len(hook.of("report", "")) > 1 })
	if text := hook.of("report", "")[1].event.Text; !regexp.MustCompile(`^0 findings in 0 messages, canary ([1-9]\d*) of \d+`).MatchString(text) {
		t.Errorf("the second day: %q", text)
	}
	mailtest.Await(t, time.Minute, "the second report does not arrive by mail", func() bool { return slices.Equal(subject("0 findings in 0 messages"), want) })
}
