package message

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// crlf writes a message with the line ends of the wire.
func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func has(m *Message, kind Kind) bool {
	return slices.ContainsFunc(m.Defects, func(d Defect) bool { return d.Kind == kind })
}

const plain1 = "From: a@x.example\nTo: b@y.example\nSubject: Hello\n\nText\n"

// Whatever ends the lines, and whatever stands before the header, the message
// is the same.
func TestShapesOfOneMessage(t *testing.T) {
	tests := []struct {
		name, raw string
		kind      Kind // defect that must be noted, or ""
	}{
		{"CRLF", string(crlf(plain1)), ""},
		{"LF", plain1, ""},
		{"CR", strings.ReplaceAll(plain1, "\n", "\r"), CROnly},
		{"CR, and an LF at the end", strings.ReplaceAll(plain1, "\n", "\r") + "\n", CROnly},
		{"mixed", "From: a@x.example\r\nTo: b@y.example\nSubject: Hello\r\n\nText\n", BareLF},
		{"byte order mark", "\xef\xbb\xbf" + plain1, LeadingBlank},
		{"blank lines", "\r\n\n" + plain1, LeadingBlank},
		{"a line of blanks", "   \t\n" + plain1, LeadingBlank},
		{"From line", "From a@x.example Mon Jan  6 09:00:00 2025\n" + plain1, LeadingFrom},
		{"quoted From line", ">From a@x.example Mon Jan  6 09:00:00 2025\n" + plain1, LeadingFrom},
		{"line without a colon", strings.Replace(plain1, "To:", "what is this\nTo:", 1), NoColon},
		{"8-bit field name", strings.Replace(plain1, "To:", "Größe: 3\nTo:", 1), BadFieldName},
		{"blank before the colon", strings.Replace(plain1, "To:", "To :", 1), BlankBeforeColon},
		{"the colon on the next line", strings.Replace(plain1, "To:", "To\r\n :", 1), BlankBeforeColon},
		{"no blank line", "From: a@x.example\nTo: b@y.example\nSubject: Hello\nText\n", NoHeaderEnd},
		{"repeated field", strings.Replace(plain1, "To:", "To: b@y.example\nTo:", 1), RepeatedField},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse([]byte(tt.raw))
			if from, to := keys(m.From()), keys(m.To()); from != "a@x.example" || !strings.HasPrefix(to, "b@y.example") {
				t.Errorf("from %q to %q", from, to)
			}
			if m.Subject() != "Hello" {
				t.Errorf("subject %q", m.Subject())
			}
			if got := strings.TrimRight(m.Parts[0].Text(), "\r\n"); got != "Text" {
				t.Errorf("text %q", got)
			}
			if tt.kind != "" && !has(m, tt.kind) || tt.kind == "" && len(m.Defects) > 0 {
				t.Errorf("defects %v, want %q", m.Defects, tt.kind)
			}
		})
	}
}

// What one of two readers would not see is read, and said.
func TestHiddenRecipients(t *testing.T) {
	tests := []struct {
		name, raw, to string
		kind          Kind
	}{
		{"second To", "To: a@x.example\nTo: b@y.example\n\n", "a@x.example b@y.example", DuplicateField},
		{"bare CR", "Subject: x\rTo: b@y.example\n\n", "b@y.example", HiddenField},
		{"after a line that is no field", "Subject: x\nno field\nTo: b@y.example\n\n", "b@y.example", HiddenField},
		{"after a blank at the start", " To: b@y.example\nSubject: x\n\n", "b@y.example", HiddenField},
		{"NUL", "To: a@x.example\x00, b@y.example\n\n", "a@x.example\x00 b@y.example", NUL},
		{"case", "TO: b@y.example\n\n", "b@y.example", ""},
	}
	for _, tt := range tests {
		m := Parse([]byte(tt.raw))
		if got := keys(m.To()); got != tt.to && tt.kind != NUL || tt.kind == NUL && !strings.Contains(got, "b@y.example") {
			t.Errorf("%s: to %q, want %q", tt.name, got, tt.to)
		}
		if tt.kind != "" && !has(m, tt.kind) {
			t.Errorf("%s: defects %v, want %s", tt.name, m.Defects, tt.kind)
		}
	}
}

func mixed(body string) []byte {
	return crlf("From: a@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b1\"\n\n" + body)
}

func TestParts(t *testing.T) {
	tests := []struct {
		name, body string
		want       string // "path type name" of the leaves
		kind       Kind
	}{
		{"two parts", "--b1\n\nText\n--b1\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b1--\n", "1 text/plain|2 application/pdf a.pdf", ""},
		{"nested", "--b1\nContent-Type: multipart/alternative; boundary=b2\n\n--b2\n\nT\n--b2\nContent-Type: text/html\n\nH\n--b2--\n--b1--\n", "1.1 text/plain|1.2 text/html", ""},
		{"no end", "--b1\n\nText\n--b1\nContent-Type: text/html\n\nH\n", "1 text/plain|2 text/html", NoEndDelimiter},
		{"inner end missing", "--b1\nContent-Type: multipart/alternative; boundary=b2\n\n--b2\n\nT\n--b1\nContent-Type: text/csv\n\nx\n--b1--\n", "1.1 text/plain|2 text/csv", NoEndDelimiter},
		{"part after the end", "--b1\n\nText\n--b1--\n--b1\nContent-Type: application/pdf; name=late.pdf\n\nx\n--b1--\n", "1 text/plain|2 application/pdf late.pdf", PartsOutside},
		{"text after the end", "--b1\n\nText\n--b1--\nmore text\n", "1 text/plain|epilogue text/plain", TextOutside},
		{"bad line in a part's header", "--b1\nwhat is this\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b1\nContent-Type: text/csv; name=b.csv\n\ny\n--b1--\n", "1 application/pdf a.pdf|2 text/csv b.csv", NoColon},
		{"no blank line in a part", "--b1\nHello there\n\nmore\n--b1\nContent-Type: text/csv\n\ny\n--b1--\n", "1 text/plain|2 text/csv", NoHeaderEnd},
		{"delimiter inside a part's header", "--b1\nContent-Type: text/html\n--b1\nContent-Type: text/csv\n\ny\n--b1--\n", "1 text/html|2 text/csv", ""},
		{"blanks after the delimiter", "--b1 \t\n\nText\n--b1-- \n", "1 text/plain", ""},
		{"other delimiters than stated", "--zz\nContent-Type: text/csv; name=b.csv\n\ny\n--zz--\n", "1 text/csv b.csv", AmbiguousBoundary},
		{"no blank line before the first delimiter, in a part", "--b1\nContent-Type: multipart/mixed; boundary=b2\n--b2\nContent-Type: text/csv\n\nx\n--b2--\n--b1--\n", "1.1 text/csv", NoHeaderEnd},
		{"only the end", "Text that no part holds\n--b1--\n", "1 text/plain", NoDelimiter},
		{"no delimiter at all", "Text that no part holds\n", "1 text/plain", NoDelimiter},
		{"bare CR before a delimiter", "--b1\n\nText\r--b1\rContent-Type: text/csv\r\rx\n--b1--\n", "1 text/plain", PartsOutside},
		{"file of two kinds", "--b1\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=a.exe\n\nx\n--b1--\n", "1 text/plain a.exe", ConflictingNames},
		{"two types", "--b1\nContent-Type: text/plain\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\nContent-Type: text/csv\n\nx\n--b2--\n--b1--\n", "1.1 text/csv", DuplicateStructure},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse(mixed(tt.body))
			m.Verify()
			var got []string
			for _, p := range m.Parts {
				if !p.Container() {
					got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", p.Path, p.Type, p.Name())))
				}
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("parts %s, want %s", s, tt.want)
			}
			if tt.kind != "" && !has(m, tt.kind) || tt.kind == "" && len(m.Defects) > 0 {
				t.Errorf("defects %v, want %q", m.Defects, tt.kind)
			}
		})
	}
}

func TestAmbiguousBoundary(t *testing.T) {
	for _, ct := range []string{`boundary=b1; boundary=b2`, `boundary="b1"; boundary*0=b; boundary*1=2`} {
		raw := "Content-Type: multipart/mixed; " + ct + "\n\n--b1\n\nText\n--b2\nContent-Type: text/csv\n\nx\n--b2--\n--b1--\n"
		m := Parse(crlf(raw))
		if !has(m, AmbiguousBoundary) || len(m.Parts) < 3 {
			t.Errorf("%s: %d parts, defects %v", ct, len(m.Parts), m.Defects)
		}
	}
}

func TestTransferEncodings(t *testing.T) {
	tests := []struct {
		name, encoding, body, want string
		kind                       Kind
	}{
		{"base64", "base64", "SGVsbG8s\nIHdvcmxk\n", "Hello, world", ""},
		{"broken lines", "base64", "SGVsb\nG8sIHdv\ncmxk\n", "Hello, world", ""},
		{"padding", "BASE64", "SGVsbG8=\n", "Hello", ""},
		{"data after padding", "base64", "SGVsbG8=\nLCB3b3JsZCBhbmQgbW9yZSBvZiBpdA==\n", "Hello, world and more of it", DataAfterPadding},
		{"padding inside a line", "base64", "SGVsbG8=LCB3b3JsZA==\n", "Hello, world", DataAfterPadding},
		{"junk", "base64", "SGVs*bG8s\nIHdvcmxk\n", "Hello, world", BadBase64},
		{"list footer", "base64", "SGVsbG8sIHdvcmxk\n\n____\nlist mailing list\n", "Hello, world", BadBase64},
		{"comment", "base64 (x)", "SGVsbG8=\n", "Hello", ""},
		{"quoted-printable", "quoted-printable", "caf=C3=A9 =\nau lait\n", "café au lait", ""},
		{"bad escape", "quoted-printable", "a=ZZb\n", "a=ZZb", BadQuotedPrintable},
		{"unknown", "x-strange", "abc\n", "abc", UnknownEncoding},
	}
	for _, tt := range tests {
		raw := crlf("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + tt.encoding + "\n\n" + tt.body)
		whole := Parse(raw)
		got := strings.TrimSpace(whole.Parts[0].Text())
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		checked := Parse(raw) // Verify must find without decoding what Text finds
		checked.Verify()
		for _, m := range []*Message{whole, checked} {
			if tt.kind != "" && !has(m, tt.kind) || tt.kind == "" && len(m.Defects) > 0 {
				t.Errorf("%s: defects %v, want %q", tt.name, m.Defects, tt.kind)
			}
		}
		open := new(bytes.Buffer)
		if _, err := open.ReadFrom(checked.Parts[0].Open()); err != nil || open.String() != string(whole.Parts[0].Decoded()) {
			t.Errorf("%s: Open gives %q, Decoded %q", tt.name, open, whole.Parts[0].Decoded())
		}
	}
}

func TestFileNames(t *testing.T) {
	tests := []struct{ fields, want string }{
		{"Content-Disposition: attachment; filename=\"a b.pdf\"", "a b.pdf"},
		{"Content-Disposition: attachment; filename=a b.pdf", "a b.pdf"},
		{"Content-Disposition: attachment; filename=\"=?utf-8?B?5ZCN57C/LnBkZg==?=\"", "名簿.pdf"},
		{"Content-Disposition: attachment; filename*=utf-8''%E5%90%8D%E7%B0%BF.pdf", "名簿.pdf"},
		{"Content-Disposition: attachment; filename*=iso-2022-jp''%1B%24B%4C%3EJm%1B%28B.pdf", "名簿.pdf"},
		{"Content-Disposition: attachment;\n filename*0*=utf-8''%E5%90;\n filename*1*=%8D%E7%B0%BF.pdf", "名簿.pdf"},
		{"Content-Disposition: attachment; filename*0=aaa.ex; filename*1=e", "aaa.exe"},
		{"Content-Disposition: attachment; filename*0*=iso-8859-1''aaa.ex; filename*1=e", "aaa.exe"},
		{"Content-Type: application/pdf; name=a.pdf", "a.pdf"},
		{"Content-Disposition: attachment; filename=a.pdf\nContent-Type: application/pdf; name=b.pdf", "a.pdf b.pdf"},
		{"Content-Disposition: attachment; filename=a.txt; filename*=utf-8''a.exe", "a.txt a.exe"},
		{"Content-Disposition: attachment; filename=\"C:\\dir\\a.pdf\"", "C:\\dir\\a.pdf"},
		{"Content-Disposition: attachment; ; filename=a.pdf", "a.pdf"},
		{"Content-Disposition: attachment (comment); filename(c)=a.pdf", "a.pdf"},
	}
	for _, tt := range tests {
		m := Parse(crlf(tt.fields + "\n\nx\n"))
		if got := strings.Join(m.Parts[0].Names, " "); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.fields, got, tt.want)
		}
	}
}

func TestEncodedMultipartIsOpened(t *testing.T) {
	inner := "--b1\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b1--\n"
	var enc strings.Builder
	fmt.Fprintf(&enc, "Content-Type: multipart/mixed; boundary=b1\nContent-Transfer-Encoding: base64\n\n%s\n", base64Of(inner))
	m := Parse(crlf(enc.String()))
	if !has(m, EncodedContainer) || len(m.Parts) < 2 || m.Parts[len(m.Parts)-1].Name() != "a.pdf" {
		t.Errorf("parts %d, defects %v", len(m.Parts), m.Defects)
	}
}

func TestEmbeddedMessage(t *testing.T) {
	m := Parse(mixed("--b1\n\nfwd\n--b1\nContent-Type: message/rfc822\n\nSubject: Inner\nTo: z@inner.example\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\nT\n--b2\nContent-Type: text/csv; name=b.csv\n\ny\n--b2--\n\n--b1--\n"))
	var inner *Message
	for _, p := range m.Parts {
		if p.Embedded != nil {
			inner = p.Embedded
		}
	}
	if inner == nil || inner.Subject() != "Inner" || keys(inner.To()) != "z@inner.example" {
		t.Fatalf("embedded message not read: %+v", inner)
	}
	if last := m.Parts[len(m.Parts)-1]; last.Path != "2.2" || last.Name() != "b.csv" {
		t.Errorf("last part %s %s", last.Path, last.Name())
	}
}

func TestLimits(t *testing.T) {
	deep := new(strings.Builder)
	for i := range 5000 {
		fmt.Fprintf(deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	many := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 10_000) + "--b--\n"
	tests := []struct {
		name, raw string
		kind      Kind
	}{
		{"depth", deep.String(), LimitDepth},
		{"parts", many, LimitParts},
		{"header", "X: " + strings.Repeat("a", 2<<20) + "\n\nText\n", LimitHeader},
		{"fields", strings.Repeat("X: a\n", 20_000) + "\nText\n", LimitFields},
		{"addresses", "To: " + strings.Repeat("a@x.example,", 50_000) + "\n\nText\n", LimitAddresses},
		{"empty", "", EmptyMessage},
		{"no message", "\x89PNG\r\n\x1a\n\x00\x00", NoHeader},
	}
	for _, tt := range tests {
		m := Parse([]byte(tt.raw))
		m.Verify()
		if !has(m, tt.kind) {
			t.Errorf("%s: defects %v, want %s", tt.name, m.Defects, tt.kind)
		}
	}
	small := DefaultLimits
	small.Size = 100
	if m := ParseLimits(crlf(plain1+strings.Repeat("x", 200)), small); !has(m, LimitSize) {
		t.Errorf("size: defects %v", m.Defects)
	}
}

// A message read a stretch at a time is the message read at once.
func TestParseReaderIsParse(t *testing.T) {
	big := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 5*windowSize/78)
	raw := append(mixed("--b1\n\nText\n--b1\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"), big...)
	for _, tail := range []string{"--b1\nContent-Type: text/csv; name=late.csv\n\nx\n--b1--\n", "--b1--\n"} {
		for shift := range 4 { // so that a delimiter falls on the border of two stretches
			whole := append(append(slices.Clone(raw), crlf(strings.Repeat("A", shift)+"\n"+tail)...), 0)
			a, b := Parse(whole), ParseReader(bytes.NewReader(whole), int64(len(whole)))
			if got, want := describeParts(b), describeParts(a); got != want {
				t.Errorf("a stretch at a time: %s\nat once: %s", got, want)
			}
		}
	}
}

func describeParts(m *Message) string {
	var b strings.Builder
	for _, p := range m.Parts {
		fmt.Fprintf(&b, "%s %s %v %d;", p.Path, p.Type, p.Body, p.Size())
	}
	return b.String()
}

func TestJournalReport(t *testing.T) {
	raw := crlf("From: journal@x.example\nTo: archive@x.example\nX-MS-Journal-Report: \nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=j\n\n" +
		"--j\nContent-Type: text/plain; charset=us-ascii\n\nSender: taro@x.example\nSubject: S\nMessage-Id: <1@x.example>\nTo: a@y.example\nBcc: hidden@z.example\nRecipient: b@w.example, Forwarded: taro@x.example\n\n" +
		"--j\nContent-Type: message/rfc822\n\nFrom: taro@x.example\nTo: a@y.example\nSubject: S\n\nText\n\n--j--\n")
	inner, ok := Parse(raw).Journalled()
	if !ok {
		t.Fatal("not taken for a journal report")
	}
	if got := keys(inner.Envelope.Recipients); got != "a@y.example hidden@z.example b@w.example" {
		t.Errorf("recipients %s", got)
	}
	if inner.Envelope.ReversePath.String() != "taro@x.example" || inner.Envelope.Source != "journal" {
		t.Errorf("envelope %+v", inner.Envelope)
	}
	if _, ok := Parse(crlf(plain1)).Journalled(); ok {
		t.Error("an ordinary message is taken for a journal report")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(crlf(plain1))
	f.Add(mixed("--b1\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b1\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n--b1--\nend"))
	f.Add([]byte("From x\rTo: a@b\r\rtext"))
	f.Add(crlf("Content-Type: multipart/mixed; boundary=b; boundary*0=c\n\n--b\n\n--c--\n"))
	seeds, _ := filepath.Glob("testdata/*.eml")
	for _, name := range seeds {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		m.Verify()
		m.Envelope = m.EnvelopeFromFields()
		m.Attendees()
		m.Journalled()
		checkSpans(t, m, int64(len(raw)))
		for _, p := range m.Parts {
			p.Text()
		}
		b := ParseReader(bytes.NewReader(raw), int64(len(raw)))
		if got, want := describeParts(b), describeParts(m); got != want {
			t.Errorf("a stretch at a time: %s\nat once: %s", got, want)
		}
	})
}

// checkSpans: every place is inside the message.
func checkSpans(t *testing.T, m *Message, size int64) {
	inside := func(what string, s Span) {
		if s.Start < 0 || s.End > size || s.Start > s.End {
			t.Errorf("%s at %v of %d octets", what, s, size)
		}
	}
	for _, f := range m.Fields {
		inside("field "+f.Name, f.Span)
	}
	for _, p := range m.Parts {
		if p.msg == m {
			inside("part "+p.Path, p.Body)
		}
	}
	for _, d := range m.Defects {
		inside(d.String(), d.Span)
	}
}
