package content_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"maillint/content"
	"maillint/message"
)

// mail is a message with one attachment.
func mail(name string, data []byte) *message.Message {
	var b strings.Builder
	b.WriteString("From: a@example.jp\r\nTo: b@example.com\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n" +
		"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''")
	for _, c := range []byte(name) {
		b.WriteString("%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
	}
	b.WriteString("\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for s := base64.StdEncoding.EncodeToString(data); s != ""; {
		n := min(76, len(s))
		b.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	b.WriteString("--b--\r\n")
	return message.Parse([]byte(b.String()))
}

func inspect(name string, data []byte) *content.Inspection {
	return content.Inspect(mail(name, data), content.DefaultBudget)
}

func TestBodiesAndTables(t *testing.T) {
	in := inspect("名簿.csv", []byte("\x8e\x81\x96\xbc,\x93d\x98b\r\n\"\x8eR\x93c, \x91\xbe\x98Y\",\"0\"\"9\"\r\n")) // 氏名,電話 in Shift_JIS
	texts := in.Texts()
	if len(texts) != 3 || texts[0].Where != "Subject" || texts[1].Where != "1" || texts[1].Prose != "hello" {
		t.Fatalf("texts: %+v", texts)
	}
	want := [][]string{{"氏名", "電話"}, {"山田, 太郎", `0"9`}}
	if got := texts[2]; got.Where != "2" || !slices.EqualFunc(got.Rows, want, slices.Equal) {
		t.Errorf("table: %+v", got)
	}
	if f := in.Files()[0]; f.Kind != content.CSV || f.Named != content.CSV || f.Uninspected != "" {
		t.Errorf("file: %+v", f)
	}
}
