package policy

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"maillint/internal/cputime"
	"maillint/message"
)

// largePolicy is a policy of so many exceptions, and of so many custom rules:
// the worked examples again and again. distinct makes every condition another
// one.
func largePolicy(t testing.TB, exceptions, rules int, distinct bool) string {
	var b strings.Builder
	b.WriteString("version: 1\norganization: {domains: [example.ac.jp], timezone: Asia/Tokyo}\ndirectory: {files: [people.csv]}\n")
	b.WriteString("lists:\n  competitors: [rival.example]\n  no-files: [press.example]\n  project-members: [partner.example]\n  freemail: [gmail.com, yahoo.co.jp]\ncustom:\n")
	var bodies []string
	for _, text := range examples(t, "../docs/custom-rules.md")[1:] {
		_, body, _ := strings.Cut(text, "custom:\n")
		_, body, _ = strings.Cut(body, ":\n") // its name
		bodies = append(bodies, body)
	}
	literal := regexp.MustCompile(`(contains|matches|startsWith) (["\x60])|> (\d+)`)
	for i := range rules {
		body := bodies[i%len(bodies)]
		if distinct {
			body = literal.ReplaceAllStringFunc(body, func(s string) string {
				if strings.HasPrefix(s, ">") {
					return s + " + " + fmt.Sprint(i)
				}
				return s + fmt.Sprintf("term%d|", i)
			})
			body = strings.Replace(body, "when: external > 0", fmt.Sprintf("when: external > 0 and size != %d", i), 1)
		}
		if i >= len(bodies) {
			body, _, _ = strings.Cut(body, "    cases:\n")
		}
		fmt.Fprintf(&b, "  rule-%d:\n%s", i, body)
	}
	b.WriteString("exceptions:\n")
	for i := range exceptions {
		fmt.Fprintf(&b, "  - {rule: many-recipients, sender: user%d@example.ac.jp, recipient: partner%d.example, reason: agreed in writing, until: 2027-06-30, owner: desk}\n", i, i%700)
	}
	return b.String()
}

func loadLarge(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := parse("large.yaml", []byte(text), testRules, inMemory(map[string]string{"people.csv": docPeople}))
	if err != nil {
		t.Fatal(err)
	}
	p.Now = func() time.Time { return testNow }
	return p
}

// ordinary mail of several sizes: text, HTML and an attachment.
func ordinary() [][]byte {
	var out [][]byte
	words := strings.Repeat("Thank you for the quarterly report, please review the budget before Friday. お世話になっております。見積書をご確認ください。\r\n", 12)
	for i, size := range []int{2 << 10, 4 << 10, 16 << 10, 64 << 10, 200 << 10, 1 << 20} {
		var b strings.Builder
		fmt.Fprintf(&b, "From: user%d@example.ac.jp\r\nTo: ", i)
		for k := range 1 + 2*i {
			fmt.Fprintf(&b, "Taro Yamada <taro%d@sub%d.partner%d.example>, ", k, k, k%3)
		}
		b.WriteString("x@example.ac.jp\r\nSubject: quarterly report\r\nDate: Fri, 15 Jan 2027 10:00:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words)
		b.WriteString("--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>" + strings.ReplaceAll(words, "\r\n", "</p>\r\n<p>") + "</body></html>\r\n")
		if rest := size - b.Len(); rest > 0 {
			b.WriteString("--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=report.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
			line := base64.StdEncoding.EncodeToString(make([]byte, 57)) + "\r\n"
			b.WriteString(strings.Repeat(line, rest/78))
		}
		b.WriteString("--b--\r\n")
		out = append(out, []byte(b.String()))
	}
	return out
}

// judgeAll runs a policy over each message once.
func judgeAll(t testing.TB, p *Policy, judge func(m *message.Message), mails [][]byte) {
	for _, raw := range mails {
		m := message.Parse(raw)
		m.Envelope = m.EnvelopeFromFields()
		judge(m)
	}
}

func judgeWith(p *Policy) func(m *message.Message) {
	engine := p.Engine(nil)
	return func(m *message.Message) {
		found, _ := engine.Run(m)
		p.Judge(m, IdentityOf(m), found)
	}
}

// BenchmarkLoad reads a policy of 5,000 exceptions and 500 custom rules.
func BenchmarkLoad(b *testing.B) {
	for _, distinct := range []bool{false, true} {
		text := largePolicy(b, 5000, 500, distinct)
		b.Run(fmt.Sprintf("distinct=%v", distinct), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				loadLarge(b, text)
			}
		})
	}
}

// BenchmarkMessage judges ordinary mail; the time is for one message. What
// the policy adds is the difference to none.
func BenchmarkMessage(b *testing.B) {
	for _, c := range []struct {
		name              string
		exceptions, rules int
		distinct          bool
	}{{"none", 0, 0, false}, {"twenty", 0, 20, false}, {"repeated500", 5000, 500, false}, {"distinct100", 0, 100, true}, {"distinct250", 0, 250, true}, {"distinct500", 5000, 500, true}} {
		p := loadLarge(b, largePolicy(b, c.exceptions, c.rules, c.distinct))
		judge, mails := judgeWith(p), ordinary()
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judgeAll(b, p, judge, mails)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(mails)), "us/message")
		})
	}
}

// A policy of this size loads in well under a second, and custom rules leave
// nothing behind when they have run.
func TestLargePolicy(t *testing.T) {
	text := largePolicy(t, 5000, 500, true)
	var p *Policy
	if d := cputime.Of(func() { p = loadLarge(t, text) }); d > 3*time.Second { // a second is the promise; test machines are slow
		t.Errorf("loaded in %s", d)
	}
	judgeAll(t, p, judgeWith(p), ordinary())
	p.custom.runs.Range(func(any, any) bool { t.Error("a run is left behind"); return false })
}

// hostile is a message at every cap of what conditions are shown, and beyond.
func hostile() []byte {
	var b strings.Builder
	b.WriteString("From: a@example.ac.jp\r\nSubject: " + strings.Repeat("s", 5000) + "\r\nTo: ")
	for i := range 2 * maxRecipients {
		fmt.Fprintf(&b, "p%d@h%d.example,\r\n ", i, i)
	}
	b.WriteString("x@example.ac.jp\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + strings.Repeat("term company confidential PRJ-204 ", 4000))
	for i := range 2 * maxParts {
		fmt.Fprintf(&b, "\r\n--b\r\nContent-Disposition: attachment; filename=\"%s%d.pdf\"\r\n\r\nx", strings.Repeat("customer.doc ", 100), i)
	}
	b.WriteString("\r\n--b--\r\n")
	return []byte(b.String())
}

// BenchmarkHostile is what such a message costs.
func BenchmarkHostile(b *testing.B) {
	for _, rules := range []int{0, 20, 500} {
		p := loadLarge(b, largePolicy(b, 0, rules, true))
		judge, mails := judgeWith(p), [][]byte{hostile()}
		b.Run(fmt.Sprintf("distinct%d", rules), func(b *testing.B) {
			for b.Loop() {
				judgeAll(b, p, judge, mails)
			}
		})
	}
}
