package notify

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"strings"
	"time"

	"maillint/message"
)

// Mail is the head of a notice.
type Mail struct {
	From     message.Address
	To       message.Address
	ReplyTo  []message.Address // the administrators
	Hostname string            // for the Message-ID
	Date     time.Time
	Language string
}

// Notice writes one notice as it is sent: with CRLF, to be sent with the null
// reverse-path.
func (t *Texts) Notice(m Mail, kind Kind, d Data) ([]byte, error) {
	subject, text, err := t.write(kind, m.Language, d)
	if err != nil {
		return nil, err
	}
	b := m.head(subject)
	b.Write(textPart(text, m.Language))
	return b.Bytes(), nil
}

// head writes the fields of every notice (RFC 3834: nothing answers it).
func (m Mail) head(subject string) *bytes.Buffer {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	field("Date", m.Date.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	field("From", "maillint <"+m.From.String()+">")
	field("To", "<"+m.To.String()+">")
	if len(m.ReplyTo) > 0 {
		list := make([]string, len(m.ReplyTo))
		for i, a := range m.ReplyTo {
			list[i] = "<" + a.String() + ">"
		}
		field("Reply-To", strings.Join(list, ",\r\n "))
	}
	field("Subject", encodeText(subject))
	field("Message-ID", messageID(m))
	field("Auto-Submitted", "auto-generated")
	field("X-Auto-Response-Suppress", "All")
	field("MIME-Version", "1.0")
	return &b
}

// messageID is new for every notice.
func messageID(m Mail) string {
	var r [8]byte
	_, _ = rand.Read(r[:]) // never fails (crypto/rand)
	host := m.Hostname
	if host == "" {
		host = m.From.Domain
	}
	return fmt.Sprintf("<%d.%s@%s>", m.Date.UnixMilli(), hex.EncodeToString(r[:]), host)
}

// encodeText writes a text as encoded words where it needs them (RFC 2047),
// folded between them.
func encodeText(s string) string {
	return strings.ReplaceAll(mime.BEncoding.Encode("UTF-8", s), "?= =?", "?=\r\n =?")
}

// textPart is the end of a head and a text: as it is where it is short ASCII
// lines, else in base64.
func textPart(text, language string) []byte {
	var b bytes.Buffer
	b.WriteString("Content-Type: text/plain; charset=UTF-8\r\n")
	if language != "" {
		b.WriteString("Content-Language: " + language + "\r\n")
	}
	if plain(text) {
		b.WriteString("Content-Transfer-Encoding: 7bit\r\n\r\n")
		b.WriteString(crlf(text))
		return b.Bytes()
	}
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	writeBase64(&b, []byte(crlf(text)))
	return b.Bytes()
}

func plain(s string) bool {
	for line := range strings.Lines(s) {
		if len(line) > 900 {
			return false
		}
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' && r != '\t' })
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// writeBase64 writes lines of 76 (RFC 2045, 6.8).
func writeBase64(b *bytes.Buffer, data []byte) {
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) > 0 {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\r\n")
		text = text[n:]
	}
}
