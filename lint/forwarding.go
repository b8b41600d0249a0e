package lint

import (
	"slices"
	"strings"

	"maillint/message"
)

// Forwarding is what tells that a message leaves because of a forwarding
// setting: of a mailbox, an inbox rule, an alias, a Sieve script.
type Forwarding struct {
	// By is the mailbox that forwards, where a mark names it.
	By string
	// Mailbox is By, or else the mailbox that the message was most probably
	// forwarded by; the zero address where nothing tells.
	Mailbox message.Address
	Targets []message.Address // external, at least one
	Marks   []ForwardMark     // at least one
}

// ForwardMark is one sign of forwarding. A strong one speaks alone, of the
// others it takes two of different kinds.
type ForwardMark struct {
	Strong bool
	Where  string
	Span   message.Span
	Reason string
}

// Reasons are the marks in words, each once.
func (f *Forwarding) Reasons() string {
	var out []string
	for _, m := range f.Marks {
		if !slices.Contains(out, m.Reason) {
			out = append(out, m.Reason)
		}
	}
	return strings.Join(out, "; ")
}

// Forwarded tells how the message is forwarded to the outside by a setting;
// nil where it is not.
func (f *Facts) Forwarded() *Forwarding {
	return f.forwarded.get(func() *Forwarding {
		if f.Automatic() != "" {
			return nil
		}
		g := f.forwardMarks()
		g.attached()
		if !g.is() {
			return nil
		}
		if g.out.Targets = g.targets(); len(g.out.Targets) == 0 {
			return nil
		}
		g.out.Mailbox = g.mailbox()
		return &g.out
	})
}

// MarkedForwarded reports whether the envelope and the fields say that a setting
// passed the message on, whoever wrote it and wherever it goes.
func (f *Facts) MarkedForwarded() bool {
	g := f.forwardMarks()
	return g.is()
}

func (f *Facts) forwardMarks() forwarding {
	g := forwarding{Facts: f}
	g.envelope()
	g.fields()
	return g
}

// forwarding gathers the marks of one message.
type forwarding struct {
	*Facts
	out Forwarding
	to  []message.Address // targets that marks name
}

func (f *forwarding) is() bool {
	weak := map[string]bool{}
	for _, m := range f.out.Marks {
		if m.Strong {
			return true
		}
		weak[m.Reason] = true
	}
	return len(weak) >= 2
}

func (f *forwarding) mark(strong bool, where string, span message.Span, reason string) {
	f.out.Marks = append(f.out.Marks, ForwardMark{strong, where, span, reason})
}

func (f *forwarding) strong(where string, span message.Span, reason string) {
	f.mark(true, where, span, reason)
}

func (f *forwarding) weak(where string, span message.Span, reason string) {
	f.mark(false, where, span, reason)
}

// targets are the external addresses that the message goes to: those that the
// marks name, else the envelope's.
func (f *forwarding) targets() []message.Address {
	var out []message.Address
	for _, a := range f.to {
		if !f.Internal(a) && !slices.ContainsFunc(out, func(b message.Address) bool { return a.Key() == b.Key() }) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		out = f.External()
	}
	return out
}

// mailbox is whose setting it is: whom a mark names, whom a trace field was
// written for, who stands in the reverse-path, or the one of ours that the
// message was addressed to.
func (f *forwarding) mailbox() message.Address {
	if a, ok := message.ParseAddress(f.out.By); ok && a.Domain != "" {
		return a
	}
	for _, field := range []string{"Delivered-To", "X-Original-To", "Resent-From"} {
		if list := f.ours(f.msg.Addresses(field)); len(list) > 0 {
			return list[0]
		}
	}
	if a, _ := f.receivedFor(); !a.IsZero() {
		return a
	}
	if a := unsigned(f.msg.Envelope.ReversePath); a.Domain != "" && f.Internal(a) && rewriter(a.Local) == "" {
		return a
	}
	if list := f.ours(slices.Concat(f.msg.Addresses("To"), f.msg.Addresses("Cc"))); len(list) == 1 {
		return list[0]
	}
	return message.Address{}
}

// ours are the internal ones of some addresses, each once.
func (f *forwarding) ours(list []message.Address) []message.Address {
	var out []message.Address
	for _, a := range list {
		if a.Domain != "" && f.Internal(a) && !slices.ContainsFunc(out, func(b message.Address) bool { return a.Key() == b.Key() }) {
			out = append(out, a)
		}
	}
	return out
}
