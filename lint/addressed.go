package lint

import "maillint/message"

// Addressed are the recipients of the envelope and those that the fields name,
// each with the field that shows where it stands.
func (f *Facts) Addressed() []Visible {
	return f.addressed.get(func() []Visible {
		out := f.Visible()
		have := make(map[string]bool, len(out)+len(f.msg.Envelope.Recipients))
		for _, a := range out {
			have[a.Key()] = true
		}
		out = out[:len(out):len(out)]
		for _, a := range f.msg.Envelope.Recipients {
			if k := a.Key(); !have[k] {
				have[k] = true
				out = append(out, Visible{Address: a, Field: f.envelopeField(a)})
			}
		}
		return out
	})
}

// envelopeField names where a recipient that no visible field shows comes from.
func (f *Facts) envelopeField(a message.Address) string {
	if f.OnItsWay() {
		return "envelope"
	}
	for _, b := range f.msg.Bcc() {
		if b.Key() == a.Key() {
			return "Bcc"
		}
	}
	return "envelope"
}

// Recipients are the addresses that the message is for. Where answers are to
// go (Reply-To, Mail-Followup-To) is none.
func (f *Facts) Recipients() []Visible {
	return f.receivers.get(func() []Visible {
		var in map[string]bool
		var out []Visible
		for _, a := range f.Addressed() {
			if a.Field != "Reply-To" && a.Field != "Mail-Followup-To" {
				out = append(out, a)
				continue
			}
			if in == nil {
				in = f.envelopeKeys()
			}
			if in[a.Key()] {
				out = append(out, a)
			}
		}
		return out
	})
}

func (f *Facts) envelopeKeys() map[string]bool {
	in := make(map[string]bool, len(f.msg.Envelope.Recipients))
	for _, a := range f.msg.Envelope.Recipients {
		in[a.Key()] = true
	}
	return in
}
