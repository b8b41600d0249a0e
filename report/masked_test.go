package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"maillint"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"
)

// data are what no report may hold. They stand in the text, in a file, and in
// other transfer encodings.
var data = []string{"09055500100", "090-5550-0100", "hana.sahara0@home.example", "1234 5678 9018", "123456789018", "4111 1111 1111 1111", "4111111111111111", "Kazaguruma#88", "AKIA4QZ7PLMN2XWVT6RK", "佐原 花", "1985年4月17日", "Zebra-7744"}

func revealing() []byte {
	var list strings.Builder
	for i := range 25 {
		fmt.Fprintf(&list, "佐原 花 090-5550-%04d hana.sahara%d@home.example\r\n", 100+i, i)
	}
	body := "マイナンバー 1234 5678 9018\r\nカード 4111 1111 1111 1111 12/29\r\n生年月日 1985年4月17日\r\nID：gyomu\r\nパスワード：Kazaguruma#88\r\n\r\nkey AKIA4QZ7PLMN2XWVT6RK\r\n解凍パスワードは Zebra-7744 です\r\n" + list.String()
	zip := "UEsDBBQAAQgAAABIKlboqXzcYAIAAFQCAAANAAAAc3RhdGVtZW50LnBkZuj3RWPVMWkxNyt0nsEN"
	return []byte("From: a@ours.example\r\nTo: b@out.example\r\nSubject: list\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body +
		"--b\r\nContent-Type: text/csv; name=list.csv\r\n\r\nname,phone,email\r\n" + strings.ReplaceAll(list.String(), " 0", ",0") +
		"--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + zip + "\r\n--b--\r\n")
}

// What the rules about data find is masked in every format of report.
func TestNoDatumReachesAReport(t *testing.T) {
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		t.Fatal(err)
	}
	org, err := lint.NewOrg([]string{"ours.example"})
	if err != nil {
		t.Fatal(err)
	}
	raw := revealing()
	m := message.Parse(raw)
	m.Envelope = m.EnvelopeFromFields()
	found, err := p.EngineWith(org, lint.Known{}).Run(m)
	if err != nil {
		t.Fatal(err)
	}
	verdict := p.Judge(m, policy.Identity{}, found)
	for _, format := range report.Formats() {
		for _, lang := range []string{"en", "ja"} {
			out := rendered(t, format, lang, &report.Record{Path: "m.eml", Origin: "m.eml", Alone: true, Msg: m, Raw: raw, Verdict: verdict})
			for _, rule := range []string{"personal-data", "credentials", "password-in-message"} {
				if !strings.Contains(out, rule) {
					t.Errorf("%s: %s is not told", format, rule)
				}
			}
			for _, d := range data {
				if strings.Contains(out, d) {
					t.Errorf("%s: the report holds %q", format, d)
				}
			}
		}
	}
}

func rendered(t *testing.T, format, lang string, r *report.Record) string {
	t.Helper()
	var b bytes.Buffer
	f, err := report.New(format, &b, report.Options{Rules: rules.All, Lang: lang, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	var s report.Summary
	piece := f.Render(r)
	tally := report.TallyOf(r)
	s.Add(&tally)
	if err := f.Write(piece); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(&s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
