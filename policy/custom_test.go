package policy

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"maillint/lint"
	"maillint/message"
)

const customHead = `version: 1
organization: {domains: [ours.example]}
lists:
  competitors: [rival.example, =alone.example, spy@neutral.example]
custom:
  test:
    message: {en: found, ja: 検出}
    severity: high
    disposition: confirm
`

// custom makes a policy of one custom rule.
func custom(t testing.TB, when string) *Policy {
	t.Helper()
	return mustParse(t, customHead+"    when: |\n      "+strings.ReplaceAll(when, "\n", "\n      ")+"\n")
}

func TestExpressions(t *testing.T) {
	raw := "From: Taro <Taro@ours.example>\r\nTo: a@x.example, b@rival.example\r\nCc: c@ours.example\r\nSubject: =?utf-8?B?6KaL56mN?= CONFIDENTIAL\r\n" +
		"X-Class: secret\r\nX-Class: second\r\nDate: Fri, 15 Jan 2027 23:30:00 +0000\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>社外秘 Visa&nbsp;4111</p><blockquote>old words</blockquote>\r\n" +
		"--b\r\nContent-Type: application/vnd.ms-excel\r\nContent-Disposition: attachment; filename=\"List.XLSX\"\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd29ybGQh\r\n--b--\r\n"
	m := mail(t, raw, "bounce@ours.example", "a@x.example", "b@rival.example", "c@ours.example", "hidden@y.example")
	tests := []struct {
		when string
		want bool
	}{
		{`true`, true},
		{`external == 3 and domains == 3 and visible == 2`, true},
		{`subject contains "CONFIDENTIAL"`, true},
		{`subject contains "confidential"`, false},
		{`lower(subject) contains "confidential"`, true},
		{`subject matches "(?i)confidential|restricted"`, true},
		{`subject matches "(?i)restricted|private"`, false},
		{`subject startsWith "見積"`, true},
		{`not (subject endsWith "x")`, true},
		{`text contains "社外秘"`, true},
		{`text matches "4\\d{3}"`, true},
		{`text contains "old words" and not (new_text contains "old words")`, true},
		{`len(text) > 5`, true},
		{`from == "taro@ours.example" and from_name == "Taro"`, true},
		{`sender == "bounce@ours.example"`, true},
		{`any(recipients, .external and listed(.address, "competitors"))`, true},
		{`listed("x@alone.example", "competitors")`, true},
		{`listed("x@sub.alone.example", "competitors")`, false},
		{`listed("spy@neutral.example", "competitors")`, true},
		{`listed("rival.example", "competitors")`, true},
		{`count(recipients, .field == "") == 1`, true},
		{`any(recipients, not .visible and .domain == "y.example")`, true},
		{`any(to, .address == "a@x.example") and len(cc) == 1`, true},
		{`any(attachments, .extension == ".xlsx" and .size == 12)`, true},
		{`any(attachments, .name matches "(?i)\\.xlsx$")`, true},
		{`len(parts) == 2 and len(attachments) == 1`, true},
		{`len(files) == 1 and files[0].kind == "text" and files[0].uninspected == "" and len(uninspected) == 0 and people == 0`, true},
		{`any(files, .locked or .kind == "program" or len(.marks) > 0 or .depth > 0)`, false},
		{`header("X-Class") == "secret\nsecond"`, true},
		{`header("x-none") == ""`, true},
		{`automatic == "" and not reply`, true},
		{`weekday == "fri" and hour == 12`, true},
		{`size > 100 and not truncated`, true},
		{`len(defects) >= 0`, true},
		{`any(recipients, subject contains "CONF" and .external)`, true},
		{`count(filter(recipients, .external), .domain endsWith "rival.example") == 1`, true},
		{`"x" in groups`, false},
		{`all(map(recipients, .domain), # != "")`, true},
	}
	for _, tt := range tests {
		v := verdict(t, custom(t, tt.when), m)
		var got *Judged
		for i := range v.Findings {
			if v.Findings[i].Rule == "test" {
				got = &v.Findings[i]
			}
		}
		if got != nil && got.Alarm {
			t.Errorf("%s: %s", tt.when, got.Message)
		} else if (got != nil) != tt.want {
			t.Errorf("%s: %v, want %v", tt.when, got != nil, tt.want)
		} else if tt.want && (got.Disposition != Confirm || got.Finding.Message != "found") {
			t.Errorf("%s: %+v", tt.when, got)
		}
	}
}

// A rule that fails says so, and asks for the administrators.
func TestExpressionFails(t *testing.T) {
	p := custom(t, `recipients[5].external`)
	v := verdict(t, p, mail(t, "Subject: x\r\n\r\n", "a@ours.example", "b@x.example"))
	if len(v.Findings) != 1 || !v.Findings[0].Alarm || v.Disposition != Confirm || !v.Alarm() || v.Findings[0].Where != NotJudged {
		t.Fatalf("%+v", v)
	}
}

// What fails in a rule that would pass is tagged all the same.
func TestExpressionFailsLoudly(t *testing.T) {
	p := mustParse(t, strings.Replace(customHead, "confirm", "pass", 1)+"    when: recipients[5].external\n")
	if v := verdict(t, p, mail(t, "Subject: x\r\n\r\n", "a@ours.example", "b@x.example")); v.Disposition != Tag || !v.Alarm() {
		t.Fatalf("%+v", v)
	}
}

// An exception lets be what a rule finds, not that it could not look.
func TestExpressionFailsDespiteAnException(t *testing.T) {
	p := mustParse(t, customHead+"    when: recipients[5].external\nexceptions:\n  - {rule: test, reason: agreed, until: 2027-06-30}\n")
	if v := verdict(t, p, mail(t, "Subject: x\r\n\r\n", "a@ours.example", "b@x.example")); v.Disposition != Confirm || !v.Alarm() {
		t.Fatalf("%+v", v)
	}
}

func TestTruncated(t *testing.T) {
	p := custom(t, `truncated and not (text contains "end of it")`)
	long := "Subject: x\r\n\r\n" + strings.Repeat("word ", 20000) + "end of it\r\n"
	if v := verdict(t, p, mail(t, long, "a@ours.example", "b@x.example")); len(v.Findings) != 1 {
		t.Errorf("long text: %+v", v)
	}
	if v := verdict(t, p, mail(t, "Subject: x\r\n\r\nshort\r\n", "a@ours.example", "b@x.example")); len(v.Findings) != 0 {
		t.Errorf("short text: %+v", v)
	}
}

func TestCases(t *testing.T) {
	const text = `    when: any(attachments, .extension == ".zip") and external > 0
    cases:
      - fires: {from: a@ours.example, to: b@x.example, subject: s, text: t, attachments: [a.zip]}
      - silent: {from: a@ours.example, to: [b@ours.example], attachments: [a.zip]}
      - silent: |
          From: a@ours.example
          To: b@x.example

          text
`
	if bad := mustParse(t, customHead+text).Check(testNow); bad.Errors() {
		t.Errorf("good cases: %v", bad)
	}
	wrong := strings.NewReplacer("fires:", "silent:", "silent:", "fires:").Replace(text)
	bad := mustParse(t, customHead+wrong).Check(testNow)
	if len(bad) != 3 || !strings.HasPrefix(bad[0].String(), "testdata/test.yaml:12:17: custom.test.cases: the rule fires on it") {
		t.Errorf("bad cases: %v", bad)
	}
}

// The shortcuts of long texts and regular expressions never change an answer.
func TestShortcuts(t *testing.T) {
	long := strings.Repeat("Lorem ipsum dolor 山田太郎様 sit amet.\n", 60) + "CONFIDENTIAL paſſword end 社外秘\n"
	m := mail(t, "Content-Type: text/plain; charset=utf-8\r\n\r\n"+long, "a@ours.example", "b@x.example")
	for when, want := range map[string]bool{
		`text contains "CONFIDENTIAL"`:                           true,
		`text contains "confidential"`:                           false,
		`text contains "el"`:                                     false,
		`text contains "or"`:                                     true,
		`text matches "(?i)confidential"`:                        true,
		`text matches "(?i)password"`:                            true, // the long s is an s where case is ignored
		`text matches "(?i)pass(word|phrase)"`:                   true,
		`text matches "pass(word|phrase)"`:                       false,
		`text matches "社外秘|取扱注意"`:                                true,
		`text matches "取扱注意|厳秘"`:                                 false,
		`text matches "(?i)CONFI.*end"`:                          true,
		`text matches "(?i)(confidential|secret).*(end|stop)"`:   true,
		`text matches "(?i)(confidential|secret).*(start|stop)"`: false,
		`text matches "(Lorem|x)(ipsum)? ipsum"`:                 true,
		`text matches "a*b*"`:                                    true,
		`text matches "(secret)?.*amet"`:                         true,
		`text matches "^Lorem"`:                                  true,
		`text matches "(?i)straße|É|ＡＢＣ"`:                        false,
		`lower(text) contains "confidential"`:                    true,
		`lower(text) matches "confidential .*end"`:               true,
		`lower(text) matches "CONFIDENTIAL"`:                     false,
		`text startsWith "Lorem" and text endsWith "\n"`:         true,
	} {
		if v := verdict(t, custom(t, when), m); (len(v.Findings) > 0) != want {
			t.Errorf("%s: %v", when, !want)
		}
	}
}

// A condition is shown a bounded number of recipients and parts, and told so.
func TestCaps(t *testing.T) {
	var to []string
	for i := range maxRecipients + 1 {
		to = append(to, fmt.Sprintf("p%d@x.example", i))
	}
	parts := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", maxParts+1) + "--b--\r\n"
	for _, tt := range []struct {
		when string
		raw  string
		to   []string
		want bool
	}{
		{`len(recipients) == 1000 and external == 1001 and truncated`, "Subject: x\r\n\r\n", to, true},
		{`truncated`, "Subject: x\r\n\r\n", to[1:], false},
		{`len(parts) == 500 and truncated`, parts, three, true},
		{`truncated and any(attachments, .name matches "^start.*[.]pdf[.]exe$" and .extension == ".exe")`, "Content-Disposition: attachment; filename=\"start" + strings.Repeat("x", 300) + ".pdf.exe\"\r\n\r\n", three, true},
		{`truncated`, "Subject: " + strings.Repeat("x", maxShort+1) + "\r\n\r\n", three, true},
	} {
		p := custom(t, tt.when)
		m := mail(t, tt.raw, "a@ours.example", tt.to...)
		found, _ := p.Engine(nil).Run(m)
		if got := slices.ContainsFunc(found, func(f lint.Finding) bool { return f.Rule == "test" }); got != tt.want {
			t.Errorf("%s: %v", tt.when, got)
		}
	}
}

// The size of a large part is estimated from its first line.
func TestSizes(t *testing.T) {
	for _, width := range []int{57, 54, 45} {
		for _, size := range []int{0, 1, 56, 57, 5000, 50_000, 3_000_000} {
			var b strings.Builder
			for left := size; left > 0; left -= width {
				b.WriteString(base64.StdEncoding.EncodeToString(make([]byte, min(width, left))) + "\r\n")
			}
			m := message.Parse([]byte("Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b.String()))
			got := (&environment{m: m}).sizeOf(m.Parts[0])
			if diff := got - size; diff > size/100 || -diff > size/100 {
				t.Errorf("%d octets in lines of %d: %d", size, width, got)
			}
		}
	}
}
