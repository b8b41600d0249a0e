package lint

import (
	"fmt"

	"maillint/message"
)

// Evidence points at what a finding is about: a field or part, and the bytes.
type Evidence struct {
	Where string       `json:"where"`
	Span  message.Span `json:"-"`
	// Text is what stands there, decoded, for people; rules about personal
	// data put a masked form here.
	Text string `json:"text,omitempty"`
}

// Finding is one thing a rule says about a message.
type Finding struct {
	Rule     string // the instance's name
	Severity Severity
	Where    string // "To", "To, Cc", "envelope", "2.1"
	Message  string // what is wrong, with numbers; one sentence without a period
	Evidence []Evidence
	// Recipients are the envelope recipients the finding is about, in the form
	// local@domain. Empty means it concerns the whole message.
	Recipients []string
	// About is what the finding is about (an address, a domain), at most three
	// of which a notice may name.
	About []string
	// Suggest is the mend in the recipient's own terms: "taro@gmail.com".
	Suggest string
}

// Pass is a rule's window on the world: the message, what is known about it,
// and where to report.
type Pass struct {
	Msg   *message.Message
	Facts *Facts
	rule  *Instance
	found *[]Finding
}

// Report adds a finding. The rule's name is filled in.
func (p *Pass) Report(f Finding) {
	f.Rule = p.rule.Name
	*p.found = append(*p.found, f)
}

// Reportf adds a finding about the whole message.
func (p *Pass) Reportf(sev Severity, where string, ev []Evidence, format string, args ...any) {
	p.Report(Finding{Severity: sev, Where: where, Evidence: ev, Message: fmt.Sprintf(format, args...)})
}
