package message

import (
	"bytes"
	"strings"
)

// FromFields is the Envelope.Source of an envelope guessed from the header.
const FromFields = "fields"

// EnvelopeFromFields gives the envelope that the header suggests: Return-Path,
// Sender or From; and everybody in To, Cc and Bcc, or in the resent fields
// where the message was resent (RFC 5322, 3.6.6). Each mailbox once.
func (m *Message) EnvelopeFromFields() Envelope {
	env := Envelope{Source: FromFields}
	if v := m.Field("Return-Path"); v != nil && strings.ReplaceAll(v.Value(), " ", "") == "<>" {
		env.Null = true
	} else {
		for _, name := range []string{"Return-Path", "Sender", "From"} {
			if list := m.Addresses(name); len(list) > 0 {
				env.ReversePath = list[0]
				break
			}
		}
	}
	fields := []string{"To", "Cc", "Bcc"}
	if m.Has("Resent-To") || m.Has("Resent-Cc") || m.Has("Resent-Bcc") {
		fields = []string{"Resent-To", "Resent-Cc", "Resent-Bcc"}
	}
	seen := map[string]bool{}
	for _, name := range fields {
		for _, a := range m.Addresses(name) {
			if k := a.Key(); !seen[k] {
				seen[k] = true
				env.Recipients = append(env.Recipients, a)
			}
		}
	}
	return env
}

// Report is the report-type of a multipart/report (RFC 6522), lower case, or "".
func (m *Message) Report() string {
	root := m.Parts[0]
	if root.Type != "multipart/report" {
		return ""
	}
	if t := strings.ToLower(root.Params["report-type"]); t != "" {
		return t
	}
	for _, p := range m.Parts[1:] { // Exim and others leave the parameter out
		switch p.Type {
		case "message/delivery-status":
			return "delivery-status"
		case "message/disposition-notification":
			return "disposition-notification"
		}
	}
	return ""
}

// calendars are the parts that hold a meeting (RFC 5545).
func (m *Message) calendars() []*Part {
	var out []*Part
	for _, p := range m.Parts {
		if p.Type == "text/calendar" || p.Type == "application/ics" {
			out = append(out, p)
		}
	}
	return out
}

// MeetingMethod is the iTIP method (RFC 5546) of a meeting message, upper
// case: REQUEST, REPLY, CANCEL, COUNTER ...; or "".
func (m *Message) MeetingMethod() string {
	for _, p := range m.calendars() {
		if method := p.Params["method"]; method != "" {
			return strings.ToUpper(method)
		}
		for line := range strings.Lines(p.Text()) {
			if v, ok := strings.CutPrefix(strings.ToUpper(line), "METHOD:"); ok {
				return strings.TrimSpace(v)
			}
		}
	}
	return ""
}

// Attendees are the addresses that a meeting's ATTENDEE and ORGANIZER
// properties show to everybody invited (RFC 5545, 3.8.4).
func (m *Message) Attendees() []Address {
	var out []Address
	for _, p := range m.calendars() {
		for line := range strings.Lines(unfoldCalendar(p.Text())) {
			name := strings.ToUpper(line[:min(len(line), 9)])
			if !strings.HasPrefix(name, "ATTENDEE;") && !strings.HasPrefix(name, "ATTENDEE:") {
				continue
			}
			i := strings.Index(strings.ToLower(line), "mailto:")
			if i < 0 {
				continue
			}
			if a, ok := ParseAddress(strings.Trim(line[i+len("mailto:"):], " \t\r\n\"")); ok {
				a.Span = p.Body
				out = append(out, a)
			}
			if len(out) >= m.limits.Addresses {
				return out
			}
		}
	}
	return out
}

// unfoldCalendar joins RFC 5545, 3.1 folded lines.
func unfoldCalendar(s string) string {
	return strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(s)
}

// Journalled unwraps an Exchange journal report: the message inside, with the
// envelope that the report states. ok is false for any other message.
//
// A report is a multipart/mixed with a text of "Sender:", "Recipient:" (or
// "To:", "Cc:", "Bcc:") lines and the message as an attachment (Microsoft,
// "Journal reports").
func (m *Message) Journalled() (inner *Message, ok bool) {
	if !m.Has("X-MS-Journal-Report") && !m.Has("X-MS-Exchange-Organization-Journal-Report") && !strings.HasPrefix(m.Value("Content-Identifer"), "ExJournalReport") {
		return nil, false
	}
	var text *Part
	for _, p := range m.Parts {
		switch {
		case text == nil && p.Type == "text/plain" && !p.Outside:
			text = p
		case p.Embedded != nil && text != nil && p.Depth <= 1:
			env, ok := journalEnvelope(p.msg.win, text)
			if !ok {
				return nil, false
			}
			return m.reopen(p, env), true
		}
	}
	return nil, false
}

// reopen parses an embedded message as one of its own, so that its defects
// and limits are its own. Places in it count from its own start.
func (m *Message) reopen(p *Part, env Envelope) *Message {
	inner := parse(&window{data: bytes.Clone(m.bytes(p.Body)), size: p.Body.Len()}, m.limits)
	inner.Envelope = env
	return inner
}

// journalEnvelope reads the text of a journal report.
func journalEnvelope(_ *window, text *Part) (Envelope, bool) {
	env := Envelope{Source: "journal"}
	sender := false
	seen := map[string]bool{}
	for line := range strings.Lines(text.Text()) {
		key, value, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found {
			continue
		}
		switch strings.ToLower(key) {
		case "sender":
			sender = true
			if a, ok := ParseAddress(value); ok {
				env.ReversePath = a
			} else {
				env.Null = true
			}
		case "recipient", "to", "cc", "bcc", "on-behalf-of":
			if strings.EqualFold(key, "on-behalf-of") {
				continue
			}
			// "a@x, Forwarded: b@y" and "a@x, Expanded: list@y" name how it got there.
			value, _, _ = strings.Cut(value, ", Forwarded:")
			value, _, _ = strings.Cut(value, ", Expanded:")
			list, _ := ParseAddressList(value)
			for _, a := range list {
				if k := a.Key(); !seen[k] {
					seen[k] = true
					env.Recipients = append(env.Recipients, a)
				}
			}
		}
	}
	return env, sender
}
