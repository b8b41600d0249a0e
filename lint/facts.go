package lint

import (
	"maillint/content"
	"maillint/content/personal"
	"maillint/message"
)

// Facts are what a message means for this organisation. Each is worked out
// when it is first asked for and kept; none can fail, because what cannot be
// read is a defect of the message.
type Facts struct {
	Org *Org
	// Before is what is known of earlier mail; the zero value where nothing is.
	Before Before
	msg    *message.Message

	external  memo[[]message.Address]
	visible   memo[[]Visible]
	addressed memo[[]Visible]
	receivers memo[[]Visible]
	automatic memo[Automatic]
	inside    memo[*content.Inspection]
	texts     memo[[]content.Reading]
	people    memo[*personal.Report]
	forwarded memo[*Forwarding]
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

// Before is what whoever runs the rules knows of earlier mail of the same
// sender; nil functions know nothing.
type Before struct {
	// Locked reports whether a file that a password opens went to the same
	// recipients lately. It is asked only where the message tells a password.
	Locked func() bool
	// Forwarders are, by Address.Key of what this message is forwarded to, how
	// many mailboxes forward there, this one included. Nil: nothing is known.
	Forwarders map[string]Forwarders
}

// Forwarders are the mailboxes that forward to one address: all that are
// remembered, and those of which mail went there within a day.
type Forwarders struct{ Mailboxes, Today int }

// NewFacts gives the facts about a message, whose envelope must be set.
func NewFacts(m *message.Message, org *Org) *Facts { return &Facts{Org: org, msg: m} }

// Content is what is in the parts of the message. Rules share it; nothing is
// decoded before one of them asks.
func (f *Facts) Content() *content.Inspection {
	return f.inside.get(func() *content.Inspection { return content.Inspect(f.msg, f.Org.Known().Files.OrDefault()) })
}

// Locked reports whether the message holds a file that a password opens.
func (f *Facts) Locked() bool {
	for _, x := range f.Content().Files() {
		if x.Locked() {
			return true
		}
	}
	return false
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
