package lint

import (
	"strings"

	"maillint/content"
	"maillint/content/personal"
	"maillint/message"
)

// Facts are what a message means for this organisation. Each is worked out
// when it is first asked for and kept; none can fail, because what cannot be
// read is a defect of the message.
type Facts struct {
	Org *Org
	msg *message.Message

	external  memo[[]message.Address]
	visible   memo[[]Visible]
	automatic memo[Automatic]
	inside    memo[*content.Inspection]
	texts     memo[[]content.Reading]
	people    memo[*personal.Report]
}

type memo[T any] struct {
	value T
	known bool
}

func (m *memo[T]) get(work func() T) T {
	if !m.known {
		m.value, m.known = work(), true
	}
	return m.value
}

// NewFacts gives the facts about a message, whose envelope must be set.
func NewFacts(m *message.Message, org *Org) *Facts { return &Facts{Org: org, msg: m} }

// Content is what is in the parts of the message. Rules share it; nothing is
// decoded before one of them asks.
func (f *Facts) Content() *content.Inspection {
	return f.inside.get(func() *content.Inspection { return content.Inspect(f.msg, f.Org.Known().Files.OrDefault()) })
}

// Internal reports whether an address is one of ours. An address without a
// domain is: it is delivered where it was written.
func (f *Facts) Internal(a message.Address) bool {
	return a.Domain == "" || f.Org.Internal(a.Domain)
}

// OnItsWay reports whether the message was met in transport, or is only the
// sender's own copy: then the envelope is taken from its fields.
func (f *Facts) OnItsWay() bool { return f.msg.Envelope.Source != message.FromFields }

// External gives the distinct external recipients of the envelope.
func (f *Facts) External() []message.Address {
	return f.external.get(func() []message.Address {
		var out []message.Address
		seen := make(map[string]bool, len(f.msg.Envelope.Recipients))
		for _, a := range f.msg.Envelope.Recipients {
			if f.Internal(a) {
				continue
			}
			if k := a.Key(); !seen[k] {
				seen[k] = true
				out = append(out, a)
			}
		}
		return out
	})
}

// Leaves reports whether the message goes to anybody outside.
func (f *Facts) Leaves() bool {
	for _, a := range f.msg.Envelope.Recipients {
		if !f.Internal(a) {
			return true
		}
	}
	return false
}

// Visible is an address that every recipient can read, and the field it
// stands in.
type Visible struct {
	message.Address
	Field string
}

// shown are the fields that recipients see, and those that they see besides in
// a message on its way (a sender's own copy may hold what was added later).
var (
	shown   = []string{"To", "Cc"}
	shownOn = []string{"Resent-To", "Resent-Cc", "Reply-To", "Apparently-To", "Mail-Followup-To"}
)

// Visible gives the distinct addresses that recipients can read: To and Cc,
// and in a message on its way the resent fields, Reply-To and the attendees of
// a meeting as well. Bcc never counts: every door cuts it.
func (f *Facts) Visible() []Visible {
	return f.visible.get(func() []Visible {
		var out []Visible
		seen := map[string]bool{}
		add := func(field string, list []message.Address) {
			for _, a := range list {
				if k := a.Key(); !seen[k] {
					seen[k] = true
					out = append(out, Visible{a, field})
				}
			}
		}
		for _, name := range shown {
			add(name, f.msg.Addresses(name))
		}
		if f.OnItsWay() {
			for _, name := range shownOn {
				add(name, f.msg.Addresses(name))
			}
			add("ATTENDEE", f.msg.Attendees())
		}
		return out
	})
}

// Texts are the texts of the message that its readers see, read.
func (f *Facts) Texts() []content.Reading {
	return f.texts.get(func() []content.Reading { return content.Read(f.msg) })
}

// Sender is the address the message was submitted with: the reverse-path, or
// From where that is null or unknown.
func (f *Facts) Sender() message.Address {
	if a := f.msg.Envelope.ReversePath; !a.IsZero() {
		return a
	}
	if from := f.msg.From(); len(from) > 0 {
		return from[0]
	}
	return message.Address{}
}

// FromOurs reports whether any From address is internal.
func (f *Facts) FromOurs() bool {
	for _, a := range f.msg.From() {
		if a.Domain != "" && f.Internal(a) {
			return true
		}
	}
	return false
}

// Automatic says which kind of automatic mail a message is; empty for mail
// that somebody wrote.
type Automatic string

// The kinds of automatic mail (RFC 3834, RFC 3464, RFC 8098, RFC 5546).
const (
	Bounce        Automatic = "bounce"
	Receipt       Automatic = "receipt"
	AutoReply     Automatic = "auto-reply"
	MeetingAnswer Automatic = "meeting answer"
	ListMail      Automatic = "list mail"
)

// Automatic tells what kind of automatic mail this is. A bounce or auto-reply
// to several recipients is none: no program writes one, a thief of an account
// does.
func (f *Facts) Automatic() Automatic {
	return f.automatic.get(func() Automatic {
		if kind := f.reply(); kind != "" {
			if len(f.msg.Envelope.Recipients) > 1 {
				return ""
			}
			return kind
		}
		if f.listMail() {
			return ListMail
		}
		return ""
	})
}

func (f *Facts) reply() Automatic {
	m := f.msg
	switch {
	case m.Report() == "delivery-status", m.Envelope.Null && bounceShape(m):
		return Bounce
	case m.Report() == "disposition-notification":
		return Receipt
	case autoReply(m), m.Envelope.Null && f.FromOurs():
		return AutoReply
	}
	switch m.MeetingMethod() {
	case "REPLY", "COUNTER":
		return MeetingAnswer
	}
	return ""
}

func autoReply(m *message.Message) bool {
	auto := strings.ToLower(m.Value("Auto-Submitted"))
	return strings.HasPrefix(auto, "auto-replied") ||
		strings.EqualFold(m.Value("Precedence"), "auto_reply") ||
		m.Value("X-Autoreply") != "" && !strings.EqualFold(m.Value("X-Autoreply"), "no")
}

// bounceShape: what mail systems that do not know RFC 3464 send.
func bounceShape(m *message.Message) bool {
	for _, a := range m.From() {
		switch local := strings.ToLower(a.Local); local {
		case "mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon":
			return true
		}
	}
	return m.Has("X-Failed-Recipients")
}

// listMail: a list of ours sent it. Its bounce address must be ours as well,
// because anybody can write a List-Id.
func (f *Facts) listMail() bool {
	id := f.msg.Value("List-Id")
	if id == "" {
		return false
	}
	if i := strings.LastIndexByte(id, '<'); i >= 0 {
		id = strings.TrimRight(id[i+1:], "> \t")
	}
	d, _ := message.Domain(id)
	if !f.Org.Internal(d) {
		return false
	}
	path := f.msg.Envelope.ReversePath
	if f.msg.Envelope.Source == message.FromFields {
		if rp := f.msg.Addresses("Return-Path"); len(rp) > 0 {
			path = rp[0]
		} else {
			return true // stored mail without a trace of its envelope
		}
	}
	return f.msg.Envelope.Null || f.Internal(path)
}
