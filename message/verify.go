package message

import (
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message/charset"
)

// Verify reads what Parse left for later (address fields, encoded bodies,
// charset labels) without keeping it, and notes what is wrong with it. After
// it, Defects tells all that would keep a reader from seeing the whole message,
// but for wrong charset labels, which only Text can tell.
func (m *Message) Verify() {
	if m.verified {
		return
	}
	m.verified = true
	for _, name := range addressFields {
		m.Addresses(name)
	}
	m.Subject()
	for _, p := range m.Parts {
		if p.Container() || p.Embedded != nil {
			continue
		}
		p.verifyEncoding()
		if strings.HasPrefix(p.Type, "text/") && !knownCharset(p.Charset) {
			p.msg.note(UnknownCharset, p.Where(), p.Body, "charset %q", clip(p.Charset))
		}
	}
}

// addressFields are the fields that hold addresses (RFC 5322, 3.6).
var addressFields = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"}

func (p *Part) verifyEncoding() {
	switch p.Encoding {
	case "7bit", "8bit", "binary":
		if p.Type == "text/plain" {
			p.verifyText()
		}
		return
	case "x-uuencode":
		p.verifyUU()
		return
	}
	if p.ready || p.checked {
		return // it has been noted
	}
	p.checked = true
	switch p.Encoding {
	case "base64":
		if !p.msg.cleanBase64(p.Body) {
			d := &decoder{src: p.raw(), base64: &base64State{}}
			_, _ = io.Copy(io.Discard, d)
			p.noteBase64(d.base64)
		}
	case "quoted-printable":
		p.noteEscapes(p.msg.badEscapes(p.Body))
	}
}

// verifyUU looks for the line that ends uuencoded data.
func (p *Part) verifyUU() {
	if p.Body.Len() == 0 {
		return
	}
	end := p.msg.bytes(Span{max(p.Body.Start, p.Body.End-stretch), p.Body.End})
	if !bytes.Contains(end, []byte("\nend")) && p.msg.Count(BadUuencode, p.Where()) == 0 {
		p.msg.note(BadUuencode, p.Where(), p.Body, "uuencoded data that does not end")
	}
}

// stretches calls f with the raw bytes of a span, a stretch at a time, until f
// returns false.
func (m *Message) stretches(s Span, f func(b []byte) bool) {
	for pos := s.Start; pos < s.End; {
		b := m.win.have(pos)
		if len(b) == 0 {
			return
		}
		b = b[:min(int64(len(b)), s.End-pos)]
		if !f(b) {
			return
		}
		pos += int64(len(b))
	}
}

// cleanBase64 reports whether a body is base64 and nothing else, with padding
// at its end only. It decodes nothing, which makes it fast.
func (m *Message) cleanBase64(s Span) bool {
	clean, ended := true, false
	m.stretches(s, func(b []byte) bool {
		if i := bytes.IndexByte(b, '='); i >= 0 && !ended {
			clean = onlyBase64(b[:i])
			b, ended = b[i:], true
		}
		if ended {
			clean = clean && len(bytes.Trim(b, "= \t\r\n")) == 0
		} else {
			clean = onlyBase64(b)
		}
		return clean
	})
	return clean
}

// base64Line is 0 for what a line of base64 holds, its line end included.
var base64Line = func() (t [256]byte) {
	for i := range t {
		if v := base64Value[i]; v >= 64 && v != 65 {
			t[i] = 1
		}
	}
	return t
}()

func onlyBase64(b []byte) bool {
	var odd byte
	for len(b) >= 8 {
		odd |= base64Line[b[0]] | base64Line[b[1]] | base64Line[b[2]] | base64Line[b[3]] |
			base64Line[b[4]] | base64Line[b[5]] | base64Line[b[6]] | base64Line[b[7]]
		b = b[8:]
	}
	for _, c := range b {
		odd |= base64Line[c]
	}
	return odd == 0
}

// badEscapes counts "=" in quoted-printable that start neither an escape nor a
// soft line break.
func (m *Message) badEscapes(s Span) (bad int) {
	m.stretches(s, func(b []byte) bool {
		for {
			i := bytes.IndexByte(b, '=')
			if i < 0 {
				return true
			}
			b = b[i+1:]
			if len(b) >= 2 && !softBreak(b) && !(isHex(b[0]) && isHex(b[1])) {
				bad++
			}
		}
	})
	return bad
}

func softBreak(b []byte) bool {
	for _, c := range b {
		switch c {
		case ' ', '\t':
		case '\r', '\n':
			return true
		default:
			return false
		}
	}
	return true
}

// filesInText are the ways in which a file stands in a text: how its line
// starts, what tells it from prose, and how it is called.
var filesInText = []struct {
	start string
	begin func(b []byte) bool
	what  string
}{
	{"begin ", uuBegin, "a uuencoded file in the text"},
	{"=ybegin ", yBegin, "a file in yEnc in the text"},
	{"(This file must be converted with BinHex", func([]byte) bool { return true }, "a file in BinHex in the text"}, // RFC 1741, 4
}

// verifyText looks for a file inside a text: "begin 644 name" and what follows
// is a file to old mail programs and to Outlook.
func (p *Part) verifyText() {
	at := p.Body.Start
	p.msg.stretches(p.Body, func(b []byte) bool {
		for _, f := range filesInText {
			if i := lineWith(b, f.start, f.begin); i >= 0 {
				p.msg.note(HiddenAttachment, p.Where(), Span{at + int64(i), p.Body.End}, "%s", f.what)
				return false
			}
		}
		at += int64(len(b))
		return true
	})
}

// lineWith is where a line starts so, and is what begin wants; -1: nowhere.
func lineWith(b []byte, start string, begin func([]byte) bool) int {
	for i := 0; ; i += len(start) {
		k := bytes.Index(b[i:], []byte(start))
		if k < 0 {
			return -1
		}
		if i += k; (i == 0 || b[i-1] == '\n') && begin(b[i:]) {
			return i
		}
	}
}

// yBegin reports whether b starts with a head of yEnc (yEnc 1.3: line, size and
// name, which stands last).
func yBegin(b []byte) bool {
	line, _, ok := bytes.Cut(b[:min(len(b), 1024)], []byte("\n"))
	return ok && bytes.Contains(line, []byte(" line=")) && bytes.Contains(line, []byte(" size=")) && bytes.Contains(line, []byte(" name="))
}

// uuBegin reports whether b starts with "begin 644 name" and a line of the
// length that its first character states.
func uuBegin(b []byte) bool {
	line, rest, ok := bytes.Cut(b[:min(len(b), 1024)], []byte("\n"))
	f := bytes.Fields(line)
	if !ok || len(f) < 3 || len(f[1]) < 3 || len(f[1]) > 4 || len(bytes.Trim(f[1], "01234567")) > 0 || len(rest) == 0 {
		return false
	}
	first, _, _ := bytes.Cut(rest, []byte("\n"))
	first = bytes.TrimRight(first, "\r")
	n := int(rest[0]-' ') & 63
	return len(first) >= 1+(n*8+5)/6
}

func knownCharset(label string) bool {
	switch label {
	case "", "utf-8", "us-ascii", "iso-2022-jp", "iso-8859-1", "utf-7":
		return true
	}
	label = strings.Trim(label, " \t\"'")
	if labels[label] != nil || isUnlabelled(label) {
		return true
	}
	_, err := charset.Reader(label, strings.NewReader(""))
	return err == nil
}
