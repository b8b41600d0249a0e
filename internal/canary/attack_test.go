package canary_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"maillint/internal/canary"
	"maillint/internal/mailtest"
	"maillint/store"
)

// dialogue is a client that says lines and compares the codes of the answers.
type dialogue struct {
	t *testing.T
	c *mailtest.Client
}

func (h *house) dialogue(t *testing.T) *dialogue {
	t.Helper()
	c, err := mailtest.Dial(h.addr, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	d := &dialogue{t, c}
	d.says("EHLO client.example", 250)
	return d
}

func (d *dialogue) says(line string, want int) string {
	d.t.Helper()
	code, text, err := d.c.Do("%s", line)
	if err != nil || code != want {
		d.t.Errorf("%.60q: %d %s %v, want %d", line, code, text, err, want)
	}
	return text
}

func (h *house) mail(path string) string {
	return "MAIL FROM:<" + canary.Token(h.taker.Key(), "front", path, time.Now()) + ">"
}

const report = "From: hana@example.ac.jp\r\nTo: taro@partner.example\r\nSubject: report\r\n\r\nAll is well.\r\n"

// Whoever has a token, or has none, gets nothing past the gate, and loses no
// mail of anybody.
func TestAttacks(t *testing.T) {
	h := newHouse(t)
	hana := "hana@" + home
	t.Run("a token with a real recipient delivers nothing", func(t *testing.T) {
		d := h.dialogue(t)
		d.says(h.mail(hana), 250)
		d.says("RCPT TO:<taro@partner.example>", 250)
		d.says("RCPT TO:<hello@canary.invalid>", 250)
		d.says("DATA", 354)
		if text := d.says(report+".", 250); !strings.Contains(text, "canary: pass held=0 released=0 relayed=2") {
			t.Errorf("answered %q: somebody could take it for mail that was taken", text)
		}
	})
	t.Run("a connection that was a canary's takes no mail", func(t *testing.T) {
		d := h.dialogue(t)
		d.says(h.mail(hana), 250)
		d.says("RSET", 250)
		d.says("MAIL FROM:<hana@example.ac.jp>", 503)
		d.says("EHLO client.example", 250)
		d.says("MAIL FROM:<hana@example.ac.jp>", 503)
		d.says("AUTH PLAIN AGEAYgBj", 503)
		d.says("RCPT TO:<taro@partner.example>", 503)
		d.says(h.mail(hana), 250)
	})
	t.Run("a connection that has sent mail takes no canary", func(t *testing.T) {
		d := h.dialogue(t)
		d.says("MAIL FROM:<hana@example.ac.jp>", 250)
		d.says("RCPT TO:<taro@partner.example>", 250)
		d.says(h.mail(hana), 503)
		d.says("DATA", 354)
		d.says(report+".", 250)
		d.says(h.mail(hana), 503)
		d.says("MAIL FROM:<hana@example.ac.jp>", 250)
		d.says("RSET", 250)
		d.says(h.mail(hana), 503)
	})
	t.Run("forged, replayed, bent", func(t *testing.T) {
		d := h.dialogue(t)
		used := h.mail(hana)
		d.says(used, 250)
		d.says("RSET", 250)
		d.says(used, 550)
		d.says(strings.Replace(h.mail(hana), "canary+", "CANARY+", 1), 550)
		d.says(strings.Replace(h.mail(hana), ">", "> SIZE=10", 1), 550)
		d.says(strings.Replace(h.mail(hana), ">", "> BODY=8BITMIME", 1), 550)
		d.says("MAIL FROM:<hana@canary.invalid>", 550)
		d.says("MAIL FROM:<canary+AAAA@canary.invalid>", 550)
		d.says("MAIL FROM:<canary+@CANARY.INVALID>", 550)
		d.says("MAIL FROM:<canary@canary.invalid>", 550)
		d.says("MAIL FROM:<"+canary.Token([]byte("somebody else's key"), "front", hana, time.Now())+">", 550)
		d.says("MAIL FROM:<"+canary.Token(h.taker.Key(), "submission", hana, time.Now())+">", 550)
		d.says("MAIL FROM:<"+canary.Token(h.taker.Key(), "front", "no address\r\nRCPT TO:<x@y.example>", time.Now())+">", 550)
		d.says("RCPT TO:<taro@partner.example>", 503)
	})
	t.Run("a nested MAIL", func(t *testing.T) {
		d := h.dialogue(t)
		d.says(h.mail(hana), 250)
		d.says(h.mail(hana), 503)
	})
	t.Run("pipelined", func(t *testing.T) {
		d := h.dialogue(t)
		fmt.Fprintf(d.c, "%s\r\nRCPT TO:<taro@partner.example>\r\nRSET\r\nMAIL FROM:<hana@example.ac.jp>\r\nRCPT TO:<taro@partner.example>\r\n", h.mail(hana))
		for _, want := range []int{250, 250, 250, 503, 503} {
			if code, text, err := d.c.Read(); err != nil || code != want {
				t.Errorf("%d %s %v, want %d", code, text, err, want)
			}
		}
	})
	t.Run("a guess after the other is shut out", func(t *testing.T) {
		d := h.dialogue(t)
		for range 40 {
			if code, _, err := d.c.Do("MAIL FROM:<canary+AAAA@canary.invalid>"); err != nil || code == 421 {
				return
			}
		}
		t.Error("forty wrong tokens on one connection")
	})
	got := h.next.Received()
	if len(got) != 1 || !strings.Contains(string(got[0].Data), "All is well.") || strings.Join(got[0].Recipients(), " ") != "taro@partner.example" {
		t.Errorf("the next hop has %d messages, and should have the one real one: %v", len(got), got)
	}
}

// What a canary brings in holds for it alone: not the volume of a service, not
// the mailing of a real message with the same bytes, not what was learned.
func TestBesideMail(t *testing.T) {
	h := newHouse(t)
	if _, result := h.round(t, written(t, only("credentials", home, "enabled: true", "holds: {fallback: [postmaster@"+home+"]}\n"))); !result.OK() {
		t.Fatal(result.Faults)
	}
	key := strings.Replace(report, "All is well.", "-----BEGIN RSA PRIVATE KEY-----\r\n"+strings.Repeat("MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgwMbRvI0MBZhpI\r\n", 12)+"-----END RSA PRIVATE KEY-----", 1)
	for range 2 {
		d := h.dialogue(t)
		d.says(h.mail("hana@"+home), 250)
		d.says("RCPT TO:<taro@partner.example>", 250)
		d.says("DATA", 354)
		if text := d.says(key+".", 250); !strings.Contains(text, "canary: approve held=1 released=1") {
			t.Errorf("%s", text)
		}
	}
	code, text, _, err := mailtest.Submit(h.addr, "hana@"+home, []string{"taro@partner.example"}, key)
	if err != nil || code != 250 || !strings.Contains(text, "Held for approval") {
		t.Fatalf("%d %s %v", code, text, err)
	}
	d := h.dialogue(t)
	d.says(h.mail("hana@"+home), 250)
	d.says("RCPT TO:<taro@partner.example>", 250)
	d.says("DATA", 354)
	if text := d.says(key+".", 250); !strings.Contains(text, "canary: approve held=1 released=1") {
		t.Errorf("%s", text)
	}
	held, err := h.store.List(t.Context(), store.Filter{})
	if err != nil || len(held) != 1 || held[0].State != store.Held || len(held[0].Recipients) != 1 {
		t.Errorf("what is held of people is not what it was: %v %v", held, err)
	}
}

// Under load, with the policy read again all the time, the canary stays calm,
// and all mail that was taken is with the next hop.
func TestUnderLoad(t *testing.T) {
	h := newHouse(t)
	p := written(t, only("exposed-recipients", home, "enabled: true"))
	if _, result := h.round(t, p); !result.OK() {
		t.Fatal(result.Faults)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	end := time.Now().Add(2 * time.Second)
	for n := range 10 {
		wait.Go(func() {
			for time.Now().Before(end) {
				code, _, _, err := mailtest.Submit(h.addr, fmt.Sprintf("user%d@%s", n, home), []string{"taro@partner.example"}, report)
				if err != nil || code != 250 {
					t.Errorf("%d %v", code, err)
					return
				}
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	rounds := 0
	for ; time.Now().Before(end); rounds++ {
		if _, result := h.round(t, p); !result.OK() { // which reads the policy again
			t.Errorf("round %d: %v", rounds, result.Faults)
		}
	}
	wait.Wait()
	if got := len(h.next.Received()); rounds < 2 || taken < 20 || got != taken {
		t.Errorf("%d rounds, %d messages taken and %d passed on", rounds, taken, got)
	}
	h.nothingLeft(t)
}
