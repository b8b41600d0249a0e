package notify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maillint/message"
)

func head(language string) Mail {
	return Mail{
		From: message.Address{Local: "maillint", Domain: "example.ac.jp"}, To: message.Address{Local: "taro", Domain: "example.ac.jp"},
		ReplyTo:  []message.Address{{Local: "postmaster", Domain: "example.ac.jp"}},
		Hostname: "mx.example.ac.jp", Date: time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC), Language: language,
	}
}

func texts(t testing.TB) *Texts {
	t.Helper()
	all, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every notice in every language is a message without a defect, names item and
// administrators, and keeps the rules for automatic mail.
func TestNotices(t *testing.T) {
	all := texts(t)
	for _, kind := range Kinds {
		for _, language := range Languages {
			if all.by[string(kind)+"."+language] == nil {
				t.Errorf("no text %s.%s", kind, language)
				continue
			}
			raw, err := all.Notice(head(language), kind, sample)
			if err != nil {
				t.Fatal(err)
			}
			m := message.Parse(raw)
			m.Verify()
			text := m.Parts[0].Text()
			if len(m.Defects) > 0 {
				t.Errorf("%s.%s: %v", kind, language, m.Defects)
			}
			if m.Value("Auto-Submitted") != "auto-generated" || m.Value("Reply-To") != "<postmaster@example.ac.jp>" || m.Parts[0].Type != "text/plain" {
				t.Errorf("%s.%s: head\n%s", kind, language, raw)
			}
			if !strings.Contains(text, sample.ID) || kind != Digest && kind != Alarm && !strings.Contains(text, "postmaster@example.ac.jp") {
				t.Errorf("%s.%s names neither item nor administrators:\n%s", kind, language, text)
			}
			if kind != Digest && kind != Alarm && !strings.Contains(m.Subject(), "件名") {
				t.Errorf("%s.%s: subject %q", kind, language, m.Subject())
			}
			for line := range strings.Lines(string(raw)) {
				if len(line) > 100 && !strings.HasPrefix(line, "Content") && m.Parts[0].Encoding == "base64" || !strings.HasSuffix(line, "\r\n") {
					t.Errorf("%s.%s: line %q", kind, language, line)
				}
			}
		}
	}
}

// What a message says cannot become part of a notice's form.
func TestNoticesAreClean(t *testing.T) {
	d := sample
	d.Subject = "x\r\nBcc: all@example.com\u202e\x1b[31m" + strings.Repeat("長", 500)
	d.About = []string{"a@x.example", "b@x.example", "c@x.example", "d@x.example"}
	raw, err := texts(t).Notice(head("en"), Confirm, d)
	if err != nil {
		t.Fatal(err)
	}
	m := message.Parse(raw)
	text := m.Parts[0].Text()
	if m.Has("Bcc") || strings.ContainsAny(m.Subject()+text, "\x1b\u202e") || strings.Contains(text, "d@x.example") || len(m.Subject()) > 600 {
		t.Errorf("%q\n%s", m.Subject(), text)
	}
}

func TestDSN(t *testing.T) {
	raw, err := texts(t).DSN(head("ja"), Data{ID: "id1", Subject: "報告", Fallback: "postmaster@example.ac.jp"}, Report{
		Reporting: "mx.example.ac.jp", Arrived: time.Unix(0, 0), EnvID: "e1",
		Failures: []ReportFailure{{Recipient: "a@x.example", Original: "rfc822;b@x.example", Status: "5.1.1", Reply: "550 5.1.1 no such\r\nX: y"}, {Recipient: "c@y.example", Reply: "451 later"}},
		Header:   []byte("Subject: \xe5\xa0\xb1\r\nMessage-ID: <1@x>\r\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	m := message.Parse(raw)
	m.Verify()
	if m.Report() != "delivery-status" || len(m.Defects) > 0 {
		t.Fatalf("%v\n%s", m.Defects, raw)
	}
	status := m.Parts[2].Text()
	for _, want := range []string{"Final-Recipient: rfc822; a@x.example", "Status: 5.1.1", "Original-Recipient: rfc822;b@x.example", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.1.1 no such??X: y"} {
		if !strings.Contains(status, want) {
			t.Errorf("no %q in\n%s", want, status)
		}
	}
	if !strings.Contains(m.Parts[3].Text(), "<1@x>") {
		t.Error("the header is not returned")
	}
}

func TestOwnTemplates(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("confirm.en.txt", "Subject: ours {{.ID}}\n\nText {{.ID}}\n")
	all, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := all.Notice(head("en"), Confirm, sample)
	if s := message.Parse(raw).Subject(); s != "ours "+sample.ID {
		t.Errorf("subject %q", s)
	}
	for name, text := range map[string]string{
		"confrm.ja.txt": "Subject: x\n\ny\n", "confirm.fr.txt": "Subject: x\n\ny\n", "delay.ja.txt": "no subject\n", "approve.en.txt": "Subject: {{.Secret}}\n\ny\n", "waiting.en.txt": "Subject: {{.ID\n\ny\n",
	} {
		put(name, text)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		_ = os.Remove(filepath.Join(dir, name))
	}
	if _, err := Load(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing folder is taken")
	}
}
