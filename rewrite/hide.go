package rewrite

import (
	"strings"

	"maillint/lint"
	"maillint/message"
)

// Shown are the fields whose outside addresses Hide takes out.
var Shown = []string{"To", "Cc", "Resent-To", "Resent-Cc", "Reply-To", "Apparently-To", "Mail-Followup-To"}

// undisclosed is what a To without anybody says (RFC 5322, 3.4: a group).
const undisclosed = "undisclosed-recipients:;"

// Hide takes the outside addresses out of all fields that recipients see, and
// every Bcc field: forced Bcc. Where nobody is left in To, the sender stands
// there if internal, so that an answer to all reaches somebody. Only fields
// that change are touched; signatures over them are the caller's (Signed,
// Unsign). The envelope is not changed: everybody still gets the message.
func Hide(m *message.Message, org *lint.Org, sender message.Address) []Edit {
	h := hider{m: m, org: org, sender: sender, facts: lint.NewFacts(m, org), listPost: listPost(m)}
	h.toLeft = h.anyInternal("To")
	for i := range m.Fields {
		f := &m.Fields[i]
		switch {
		case named(f, []string{"Bcc", "Resent-Bcc"}):
			h.edits = replace(h.edits, m, f, nil, f.Name)
		case named(f, Shown):
			h.field(f)
		}
	}
	return h.edits
}

type hider struct {
	m        *message.Message
	org      *lint.Org
	facts    *lint.Facts
	sender   message.Address
	listPost string // key of the list's own address
	toLeft   bool   // somebody is left in To, or the sender has been put there
	edits    []Edit
}

func (h *hider) anyInternal(name string) bool {
	for i := range h.m.Fields {
		if f := &h.m.Fields[i]; f.Is(name) && len(h.internal(f)) > 0 {
			return true
		}
	}
	return false
}

// field rewrites one field without its outside addresses. What it holds
// besides addresses goes with them: it could be one that only another reader
// recognises.
func (h *hider) field(f *message.Field) {
	all, defects := message.ParseAddressList(rawValue(h.m, f))
	keep := h.internal(f)
	if len(keep) == len(all) && !hidesText(defects) {
		return
	}
	var text []byte
	switch {
	case len(keep) > 0:
		text = addressField(f.Name, keep)
	case f.Is("To") && !h.toLeft:
		h.toLeft = true
		text = []byte(f.Name + ": " + undisclosed + "\r\n")
		if !h.sender.IsZero() && h.sender.Domain != "" && h.facts.Internal(h.sender) {
			text = addressField(f.Name, []message.Address{{Local: h.sender.Local, Domain: h.sender.Domain}})
		}
	}
	h.edits = replace(h.edits, h.m, f, text, "hidden recipients in "+f.Name)
}

// hidesText: a field holds text that could not be read as addresses.
func hidesText(defects []message.Defect) bool {
	for _, d := range defects {
		switch d.Kind {
		case message.BadAddress, message.Unclosed, message.OddAddress, message.EncodedAddress:
			return true
		}
	}
	return false
}

func rawValue(m *message.Message, f *message.Field) string { return string(m.Bytes(f.ValueSpan())) }

// internal are the addresses of a field that may stay.
func (h *hider) internal(f *message.Field) []message.Address {
	all, _ := message.ParseAddressList(rawValue(h.m, f))
	var keep []message.Address
	for _, a := range all {
		if h.facts.Internal(a) || f.Is("Reply-To") && h.answers(a) {
			keep = append(keep, a)
		}
	}
	return keep
}

// answers reports whether Reply-To may go on naming an address: the sender's
// own, or that of the list that sends.
func (h *hider) answers(a message.Address) bool {
	if a.Key() == h.listPost || a.Key() == h.sender.Key() {
		return true
	}
	for _, name := range []string{"From", "Sender"} {
		for _, b := range h.m.Addresses(name) {
			if a.Key() == b.Key() {
				return true
			}
		}
	}
	return false
}

// listPost is the key of the address in List-Post (RFC 2369), or "".
func listPost(m *message.Message) string {
	_, rest, ok := strings.Cut(m.Value("List-Post"), "mailto:")
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, ">")
	rest, _, _ = strings.Cut(rest, "?")
	a, _ := message.ParseAddress(rest)
	return a.Key()
}

// addressField writes an address field, one address a line.
func addressField(name string, list []message.Address) []byte {
	var b strings.Builder
	b.WriteString(name + ":")
	for i, a := range list {
		if i > 0 {
			b.WriteString(",\r\n")
		}
		b.WriteString(" " + mailbox(a))
	}
	b.WriteString("\r\n")
	return []byte(b.String())
}

// mailbox is an address with its name as it was written.
func mailbox(a message.Address) string {
	name := strings.Join(strings.Fields(a.Phrase), " ")
	switch {
	case name == "", len(name) > 500:
		return a.String()
	case plainWords(name):
		return name + " <" + a.String() + ">"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" <` + a.String() + ">"
}

// plainWords: atoms and encoded words need no quotes, and encoded words must
// have none (RFC 2047, 5).
func plainWords(s string) bool {
	for word := range strings.FieldsSeq(s) {
		encoded := strings.HasPrefix(word, "=?") && strings.HasSuffix(word, "?=")
		if !encoded && strings.ContainsAny(word, `()<>[]:;@\,."`) {
			return false
		}
	}
	return true
}
