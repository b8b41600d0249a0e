package lint

import (
	"strings"

	"maillint/content/personal"
)

// Personal is what personal data the message holds, and of how many people.
// It reads all texts, once; rules share it.
func (f *Facts) Personal() *personal.Report {
	return f.people.get(func() *personal.Report {
		texts := f.Content().Texts()
		r, idle := personal.Idle(texts)
		if !idle {
			r = personal.Scan(texts, f.conversation())
		}
		return &r
	})
}

// conversation tells who takes part, so that signatures and quoted headers
// make nobody's data.
func (f *Facts) conversation() personal.Known {
	party := map[string]bool{}
	for _, name := range []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-To", "Resent-Cc"} {
		for _, a := range f.msg.Addresses(name) {
			party[a.Key()] = true
			if n := a.Name(); n != "" {
				party[personal.PartyName(n)] = true
			}
		}
	}
	for _, a := range f.msg.Attendees() {
		party[a.Key()] = true
	}
	for _, a := range f.msg.Envelope.Recipients {
		party[a.Key()] = true
	}
	if !f.msg.Envelope.ReversePath.IsZero() {
		party[f.msg.Envelope.ReversePath.Key()] = true
	}
	return personal.Known{Party: party, Late: f.Content().Late,
		Internal: func(domain string) bool { return f.Org.Internal(strings.ToLower(domain)) }}
}
