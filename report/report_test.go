package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

var testRules = []*lint.Rule{
	lint.New(lint.Meta{
		ID: "exposed-recipients", Severity: lint.Critical,
		Title: lint.Text{En: "many outside recipients", Ja: "多数の外部宛先"},
		Why:   lint.Text{En: "A list shows\nwho is on it. More text.", Ja: "名簿が見えます。続き。"},
		Fix:   lint.Text{En: "Move them to Bcc.", Ja: "Bccに移してください。"},
	}, struct{}{}, func(*lint.Pass, struct{}) {}),
	lint.New(lint.Meta{ID: "other-rule", Severity: lint.Warning, Title: lint.Text{En: "something <else>"}, Why: lint.Text{En: "Because."}, Fix: lint.Text{En: "Do."}}, struct{}{}, func(*lint.Pass, struct{}) {}),
}

// nasty holds what must not reach a terminal or a page as it is.
const nasty = "\x1b[31mred\x1b]0;title\a\u202egpj.exe\u200b\x00\x7f\u009b\ufeff<script>alert(1)</script>\"'&\xff"

const testMessage = "From: =?utf-8?B?5bGx55Sw?= <yamada@example.jp>\r\n" +
	"To: hanako@one.example, taro@two.example,\r\n jiro@three.example\r\n" +
	"Subject: \x1b[2Jhello\r\nDate: Mon, 06 Jan 2025 09:04:19 +0900\r\nMessage-ID: <1@example.jp>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"44GT44KT44Gr44Gh44GvCuODkeOCueODr+ODvOODieOBryBzZWNyZXQg44Gn44GZCg==\r\n" +
	"--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQ=\r\n--b--\r\n"

// records are what every format is tried on.
func records() []*Record {
	raw := []byte(testMessage)
	m := message.Parse(raw)
	m.Envelope = m.EnvelopeFromFields()
	to := m.Field("To")
	at := strings.Index(testMessage, "taro@two")
	body := m.Parts[1].Body
	clean := message.Parse([]byte("From: a@example.jp\r\n\r\nfine\r\n"))
	clean.Envelope = clean.EnvelopeFromFields()
	return []*Record{
		{Path: "clean.eml", Origin: "clean.eml", Msg: clean, Raw: []byte("From: a@example.jp\r\n\r\nfine\r\n"), Alone: true},
		{Path: "sub dir/sent.eml", Origin: "sub dir/sent.eml", Alone: true, Msg: m, Raw: raw, Verdict: policy.Verdict{
			Disposition: policy.Approve, Would: policy.Approve, Findings: []policy.Judged{
				judged(lint.Critical, policy.Approve, lint.Finding{Rule: "exposed-recipients", Where: "To", Message: "3 external addresses", Evidence: []lint.Evidence{{Where: "To", Span: to.ValueSpan(), Text: "3 external addresses"}}}),
				judged(lint.Warning, policy.Tag, lint.Finding{Rule: "other-rule", Where: "To", Message: "one of them", Evidence: []lint.Evidence{{Where: "To", Span: message.Span{Start: int64(at), End: int64(at + 8)}}}, Recipients: []string{"taro@two.example"}, Suggest: "taro@too.example"}),
				judged(lint.Warning, policy.Tag, lint.Finding{Rule: "other-rule", Where: "1", Message: "a word", Evidence: []lint.Evidence{{Where: "1", Span: body, Text: "secret"}}}),
				judged(lint.Info, policy.Pass, lint.Finding{Rule: "other-rule", Where: "From", Message: "only a remark"}),
			}}},
		{Path: "box" + nasty + ".mbox:2", Origin: "box" + nasty + ".mbox", Msg: m, Raw: raw, Verdict: policy.Verdict{Findings: []policy.Judged{
			judged(lint.High, policy.Confirm, lint.Finding{Rule: "exposed-recipients", Where: "Subject", Message: "says " + nasty, Evidence: []lint.Evidence{{Where: "Subject", Span: m.Field("Subject").ValueSpan(), Text: nasty}}, Suggest: nasty}),
		}}},
		{Path: "gone.eml", Origin: "gone.eml", Err: errors.New("permission denied " + nasty)},
	}
}

func judged(s lint.Severity, d policy.Disposition, f lint.Finding) policy.Judged {
	f.Severity = s
	return policy.Judged{Finding: f, Disposition: d, Would: d}
}

// render gives the whole report in a format.
func render(t *testing.T, format string, o Options, list []*Record) []byte {
	t.Helper()
	var b bytes.Buffer
	o.Rules, o.Version = testRules, "test"
	f, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	s := Summary{Elapsed: 1234 * time.Millisecond}
	for _, r := range list {
		p := f.Render(r)
		tally := TallyOf(r)
		s.Add(&tally)
		if p == nil {
			continue
		}
		if err := f.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(&s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, c := range []struct {
		file, format string
		options      Options
	}{
		{"report.txt", "text", Options{Show: lint.Warning}},
		{"report-ja-info.txt", "text", Options{Lang: "ja"}},
		{"report-color.txt", "text", Options{Show: lint.High, Color: true}},
		{"report.jsonl", "jsonl", Options{}},
		{"report.sarif", "sarif", Options{}},
		{"report.xml", "junit", Options{Show: lint.Warning}},
		{"report.html", "html", Options{Show: lint.Warning}},
	} {
		have := render(t, c.format, c.options, records())
		file := filepath.Join("testdata", c.file)
		if *update {
			if err := os.WriteFile(file, have, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s differs (go test ./report -update writes it anew):\n%s", file, have)
		}
	}
}

// No format lets a control character, an escape or a change of direction out.
func TestNothingReachesTheTerminal(t *testing.T) {
	for _, format := range Formats() {
		out := string(render(t, format, Options{}, records()))
		for i, r := range out {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar && format != "jsonl" && format != "sarif" {
				t.Errorf("%s: %U at %d: %.80q", format, r, i, out[max(0, i-40):])
				break
			}
		}
		if format != "jsonl" && format != "sarif" && format != "text" && strings.Contains(out, "<script>alert") {
			t.Errorf("%s: markup gets through", format)
		}
	}
}

func TestJSONLines(t *testing.T) {
	out := render(t, "jsonl", Options{}, records())
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	var all []map[string]any
	for _, l := range lines {
		var v map[string]any
		if err := json.Unmarshal(l, &v); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		all = append(all, v)
	}
	parts := all[1]["parts"].([]any)
	if n := parts[1].(map[string]any)["size"]; n != 5.0 {
		t.Errorf("size of the attachment: %v, want 5", n)
	}
	if all[3]["disposition"] != nil || all[3]["error"] == nil {
		t.Errorf("an unread message must not look clean: %v", all[3])
	}
	if s := all[2]["findings"].([]any)[0].(map[string]any)["suggest"]; s != strings.ToValidUTF8(nasty, "\ufffd") {
		t.Errorf("%q does not come back as it was", s)
	}
}

// Sizes are counted where that is safe, and as decoding gives them.
func TestPartSizes(t *testing.T) {
	for _, body := range []string{"AAECAwQ=\r\n", "AAEC\r\nAwQ=", "AAECAwQ", "AA=\n=", "QUJD====", "AAEC!AwQ=", "AAECAwQ=\r\nAAECAwQFBgcICQoLDA0ODw==\r\n", "", "A"} {
		raw := []byte("Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body)
		m := message.Parse(raw)
		m.Verify()
		r := &Record{Msg: m, Raw: raw}
		if have, want := partSize(r, m.Parts[0]), m.Parts[0].Size(); have != want {
			t.Errorf("%q: %d, want %d", body, have, want)
		}
	}
}

func TestJUnit(t *testing.T) {
	var suites struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suite    []struct {
			Cases []struct {
				Name    string   `xml:"name,attr"`
				Failure []string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(render(t, "junit", Options{Show: lint.Warning}, records()), &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Tests != 4 || suites.Failures != 2 || suites.Errors != 1 || len(suites.Suite) != 1 || len(suites.Suite[0].Cases) != 4 || len(suites.Suite[0].Cases[1].Failure) != 3 {
		t.Errorf("%+v", suites)
	}
}

func TestHTMLStandsAlone(t *testing.T) {
	out := string(render(t, "html", Options{}, records()))
	for _, no := range []string{"http://", "https://", "src=", "@import", "url("} {
		if strings.Contains(out, no) {
			t.Errorf("the page holds %q", no)
		}
	}
	for _, yes := range []string{"<svg", "yamada@example.jp", "2025-01-06", "<mark>taro@two</mark>", "prefers-color-scheme", "@media print"} {
		if !strings.Contains(out, yes) {
			t.Errorf("the page lacks %q", yes)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("xml", nil, Options{}); err == nil {
		t.Error("no error")
	}
}
