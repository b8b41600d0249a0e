package notify

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Report is a delivery report (RFC 3464) about recipients that a message did
// not reach.
type Report struct {
	Reporting string    // our host name
	Arrived   time.Time // of the message
	EnvID     string    // ENVID of the original transaction
	Failures  []ReportFailure
	// Header is the header of the message, as it was judged.
	Header []byte
}

// ReportFailure is one recipient of a Report.
type ReportFailure struct {
	Recipient string
	Original  string // ORCPT, "rfc822;address"
	Status    string // "5.1.1"; empty where the server gave none
	Reply     string // what the server said, with its code
	At        time.Time
}

// maxHeader is how much of a message's header a report returns, in octets.
const maxHeader = 32 << 10

// DSN writes a delivery report as it is sent.
func (t *Texts) DSN(m Mail, d Data, r Report) ([]byte, error) {
	for _, f := range r.Failures {
		d.Failures = append(d.Failures, Failure{f.Recipient, f.Reply})
	}
	subject, text, err := t.write(Failed, m.Language, d)
	if err != nil {
		return nil, err
	}
	var random [12]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	boundary := "=_" + hex.EncodeToString(random[:])
	b := m.head(subject)
	fmt.Fprintf(b, "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"%s\"\r\n\r\n", boundary)
	part := func(content []byte) { fmt.Fprintf(b, "--%s\r\n%s\r\n", boundary, content) }
	part(textPart(text, m.Language))
	part(r.status())
	part(r.headers())
	fmt.Fprintf(b, "--%s--\r\n", boundary)
	return b.Bytes(), nil
}

// status is the part that programs read: ASCII, field by field.
func (r Report) status() []byte {
	var b bytes.Buffer
	b.WriteString("Content-Type: message/delivery-status\r\n\r\n")
	fmt.Fprintf(&b, "Reporting-MTA: dns; %s\r\n", ascii(r.Reporting))
	if r.EnvID != "" {
		fmt.Fprintf(&b, "Original-Envelope-Id: %s\r\n", ascii(r.EnvID))
	}
	if !r.Arrived.IsZero() {
		fmt.Fprintf(&b, "Arrival-Date: %s\r\n", r.Arrived.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	}
	for _, f := range r.Failures {
		b.WriteString("\r\n")
		if f.Original != "" {
			fmt.Fprintf(&b, "Original-Recipient: %s\r\n", ascii(f.Original))
		}
		fmt.Fprintf(&b, "Final-Recipient: rfc822; %s\r\nAction: failed\r\n", ascii(f.Recipient))
		status := f.Status
		if status == "" || status[0] != '5' {
			status = "5.0.0"
		}
		fmt.Fprintf(&b, "Status: %s\r\n", ascii(status))
		if f.Reply != "" {
			fmt.Fprintf(&b, "Diagnostic-Code: smtp; %s\r\n", ascii(f.Reply))
		}
		if !f.At.IsZero() {
			fmt.Fprintf(&b, "Last-Attempt-Date: %s\r\n", f.At.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
		}
	}
	return b.Bytes()
}

// headers returns the header of the message, so that its sender knows which it
// was.
func (r Report) headers() []byte {
	head := r.Header
	if len(head) > maxHeader {
		head = head[:bytes.LastIndexByte(head[:maxHeader], '\n')+1]
	}
	var b bytes.Buffer
	b.WriteString("Content-Type: text/rfc822-headers\r\n")
	if plain(strings.ReplaceAll(string(head), "\r\n", "\n")) {
		b.WriteString("\r\n")
		b.Write(head)
		return b.Bytes()
	}
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	writeBase64(&b, head)
	return b.Bytes()
}

// ascii keeps what a field of a report may hold, on one line.
func ascii(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 800)]
}
