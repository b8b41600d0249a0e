package rewrite

import (
	"mime"
	"net/netip"
	"strings"
	"time"

	"maillint/message"
)

// Trace is what a Received field tells (RFC 5321, 4.4).
type Trace struct {
	Hello    string     // what the client said in EHLO
	Name     string     // the client's name, where it was looked up
	Addr     netip.Addr // zero: not told
	By       string     // our own host name
	Protocol string     // "ESMTP", "ESMTPS", "ESMTPSA" ... (RFC 3848)
	ID       string
	For      string // the recipient, where there is only one
	At       time.Time
	// HideClient leaves out who connected, for organisations that do not
	// show the addresses of their machines.
	HideClient bool
}

// Received writes the trace field of one transaction.
func Received(t Trace) []byte {
	b := append(make([]byte, 0, 320), "Received: "...)
	if !t.HideClient {
		from := atom(t.Hello)
		if from == "" {
			from = "unknown"
		}
		b = joined(b, "from ", from)
		if t.Addr.IsValid() {
			b = joined(b, " (", blankAfter(atom(t.Name)), literal(t.Addr), ")")
		}
		b = joined(b, "\r\n\t")
	}
	b = joined(b, "by ", atom(t.By), " (maillint) with ", atom(t.Protocol), " id ", atom(t.ID))
	if rcpt := printable(t.For); rcpt != "" && len(rcpt) < 300 {
		b = joined(b, "\r\n\tfor <", rcpt, ">")
	}
	b = t.At.AppendFormat(joined(b, ";\r\n\t"), "Mon, 2 Jan 2006 15:04:05 -0700")
	return joined(b, "\r\n")
}

func joined(b []byte, parts ...string) []byte {
	for _, s := range parts {
		b = append(b, s...)
	}
	return b
}

func blankAfter(s string) string {
	if s == "" {
		return ""
	}
	return s + " "
}

func literal(a netip.Addr) string {
	if a = a.Unmap(); a.Is6() {
		return "[IPv6:" + a.WithZone("").String() + "]"
	}
	return "[" + a.String() + "]"
}

// atom keeps of a client's word what can stand in a Received field without
// being read as something else.
func atom(s string) string {
	keep := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_', r == ':', r == '[', r == ']':
			return r
		}
		return '?'
	}
	s = strings.Map(keep, s)
	return s[:min(len(s), 255)]
}

// printable gives s where it is printable and holds nothing that ends an
// address, else "".
func printable(s string) string {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == 0x7f || c == '<' || c == '>' {
			return ""
		}
	}
	return s
}

// Field writes a field of our own. The value is ours: ASCII, on one line.
func Field(name, value string) []byte {
	value = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, value)
	return []byte(name + ": " + value + "\r\n")
}

// SubjectPrefix puts a text before the subject, once: a subject that starts
// with it, or that has it behind Re:, stays as it is.
func SubjectPrefix(m *message.Message, text string) []Edit {
	f := m.Field("Subject")
	if f == nil || text == "" || strings.Contains(m.Subject(), strings.TrimSpace(text)) {
		return nil
	}
	at := f.ValueSpan().Start
	if !lineStart(m, f.Span.Start) && f.Span.Start > 0 {
		return nil
	}
	put := " " + mime.BEncoding.Encode("utf-8", text)
	if put == " "+text {
		put = " " + strings.TrimRight(text, " ")
	}
	if b := m.Bytes(message.Span{Start: at, End: min(at+1, f.Span.End)}); len(b) == 0 || b[0] != ' ' && b[0] != '\t' {
		put += " "
	}
	return []Edit{{Span: message.Span{Start: at, End: at}, New: []byte(put), Why: "subject prefix"}}
}
