package lint

import (
	"strings"

	"maillint/message"
)

// The marks below are those that mail systems leave on forwarded mail, each
// with who writes it. An outsider can forge a field, so a field counts only on
// mail that goes out (targets is empty otherwise).

// envelope looks at the reverse-path and its rewritings.
func (f *forwarding) envelope() {
	for _, path := range f.paths() {
		switch {
		case !f.Internal(path.Address):
		case f.gmail(path), f.srs(path):
		}
	}
	f.relayed()
}

// paths are the reverse-path and what stored mail keeps of it.
func (f *forwarding) paths() []Visible {
	var out []Visible
	if a := f.msg.Envelope.ReversePath; !a.IsZero() {
		out = append(out, Visible{Address: a, Field: "envelope"})
	}
	for _, a := range f.msg.Addresses("Return-Path") {
		out = append(out, Visible{Address: a, Field: "Return-Path"})
	}
	return out
}

// gmail: user+caf_=dest=domain@ours is Google's automatic forwarding.
func (f *forwarding) gmail(path Visible) bool {
	user, rest, ok := strings.Cut(path.Local, "+caf_=")
	if !ok {
		return false
	}
	f.out.By = user + "@" + path.Domain
	if i := strings.LastIndexByte(rest, '='); i > 0 {
		if a, ok := message.ParseAddress(rest[:i] + "@" + rest[i+1:]); ok {
			f.to = append(f.to, a)
		}
	}
	f.strong(path.Field, path.Span, "Gmail's automatic forwarding (+caf_= in the reverse-path)")
	return true
}

// srs: a forwarder rewrites the reverse-path to one of its own.
func (f *forwarding) srs(path Visible) bool {
	who := rewriter(path.Local)
	if who != "" {
		f.strong(path.Field, path.Span, "a reverse-path rewritten by "+who+" (SRS)")
	}
	return who != ""
}

// rewriter tells who made a local part of another address: SRS0 and SRS1, and
// bounces+SRS= of Exchange Online.
func rewriter(local string) string {
	local = strings.ToLower(local)
	switch {
	case strings.Count(local, "=") >= 3 && (strings.HasPrefix(local, "srs0") || strings.HasPrefix(local, "srs1")) && strings.IndexByte("=+-", local[4]) >= 0:
		return "a forwarder"
	case strings.Contains(local, "+srs=") && strings.Count(local, "=") >= 2: // hash=tt
		return "Exchange Online"
	}
	return ""
}

// relayed: from outside, to outside, through us. A reverse-path that is null
// counts with a From that is external.
func (f *forwarding) relayed() {
	env := f.msg.Envelope
	if !f.OnItsWay() || !f.Leaves() || f.ownList() {
		return
	}
	outside := !f.Internal(env.ReversePath)
	if env.ReversePath.IsZero() {
		outside = len(f.msg.From()) > 0
	}
	if outside && !f.FromOurs() {
		f.strong("envelope", message.Span{}, "it came from outside and goes outside")
	}
}

// ownList: a list of ours, moderated or not, passes on what outsiders write.
func (f *forwarding) ownList() bool {
	id := f.msg.Value("List-Id")
	if i := strings.LastIndexByte(id, '<'); i >= 0 {
		id = id[i+1:]
	}
	d, _ := message.Domain(strings.TrimRight(id, "> \t"))
	return f.Org.Internal(d)
}

// unsigned is an address without the signature that a server of ours puts into
// its reverse-path (BATV: prvs=0123456789=hanako).
func unsigned(a message.Address) message.Address {
	local := strings.ToLower(a.Local)
	if strings.HasPrefix(local, "prvs=") || strings.HasPrefix(local, "btv1=") {
		a.Local = a.Local[strings.LastIndexByte(a.Local, '=')+1:]
	}
	return a
}

// fieldMark is a field whose presence is a mark.
type fieldMark struct {
	name   string
	strong bool
	holds  func(f *forwarding, value string) bool // nil: any value
	reason string
}

var fieldMarks = []fieldMark{
	{"X-Forwarded-To", true, (*forwarding).forwardedTo, "Gmail's automatic forwarding (X-Forwarded-To)"},
	{"X-Forwarded-For", true, (*forwarding).forwardedFor, "Gmail's automatic forwarding (X-Forwarded-For)"},
	{"X-MS-Exchange-ForwardingLoop", true, (*forwarding).byMailbox, "Exchange mailbox forwarding"},
	{"X-MS-Exchange-Inbox-Rules-Loop", true, (*forwarding).byMailbox, "an Exchange inbox rule"},
	{"X-MS-Exchange-Organization-AutoForwarded", true, isTrue, "marked as forwarded by Exchange"},
	{"Autoforwarded", true, isTrue, "marked as forwarded (RFC 2156)"},
	{"X-Sieve-Redirected-From", true, (*forwarding).bySieve, "a Sieve redirect"},
	{"X-MS-Exchange-Generated-Message-Source", false, holdsWord("mailbox rules agent"), "made by Exchange's mailbox rules"},
	{"X-Yandex-Forward", false, nil, "X-Yandex-Forward"},
	{"X-MailRu-Forward", false, nil, "X-MailRu-Forward"},
	{"From-Rewrite", false, holdsWord("forward"), "From rewritten by a forwarder"},
	{"Auto-Submitted", false, holdsWord("auto-forwarded"), "Auto-Submitted: auto-forwarded"},
}

// fields looks for the fields that forwarders add.
func (f *forwarding) fields() {
	for i := range f.msg.Fields {
		field := &f.msg.Fields[i]
		if !suspect(field.Name) {
			continue
		}
		for _, m := range fieldMarks {
			if field.Is(m.name) && (m.holds == nil || m.holds(f, field.Value())) {
				f.mark(m.strong, field.Name, field.Span, m.reason)
			}
		}
	}
	f.delivered()
	f.resent()
	f.received()
	f.sealed()
}

// suspect is a cheap look at a field's first letter.
func suspect(name string) bool {
	return len(name) > 0 && strings.IndexByte("xXaAfF", name[0]) >= 0
}

func holdsWord(word string) func(*forwarding, string) bool {
	return func(_ *forwarding, value string) bool { return strings.Contains(strings.ToLower(value), word) }
}

func isTrue(_ *forwarding, value string) bool { return strings.EqualFold(value, "true") }

// forwardedTo: the field names the target.
func (f *forwarding) forwardedTo(value string) bool {
	list, _ := message.ParseAddressList(value)
	f.to = append(f.to, list...)
	return len(list) > 0
}

// forwardedFor: "mailbox target"; web mail programs put a client's address
// into a field of this name, which is no forwarding.
func (f *forwarding) forwardedFor(value string) bool {
	list, _ := message.ParseAddressList(strings.ReplaceAll(value, " ", ","))
	if len(list) < 2 || !f.Internal(list[0]) {
		return false
	}
	f.out.By = list[0].String()
	f.to = append(f.to, list[1:]...)
	return true
}

// byMailbox: "mailbox@ours;tenant".
func (f *forwarding) byMailbox(value string) bool {
	mailbox, _, _ := strings.Cut(value, ";")
	if a, ok := message.ParseAddress(mailbox); ok && f.Internal(a) {
		f.out.By = a.String()
	}
	return true
}

// bySieve: Pigeonhole writes both fields when a script redirects; X-Sieve
// alone stands on vacation replies as well.
func (f *forwarding) bySieve(value string) bool {
	return f.msg.Has("X-Sieve") && f.byMailbox(value)
}

// delivered: mail that goes out and was delivered to a mailbox of ours before.
// In stored mail everything was delivered, so there it says little.
func (f *forwarding) delivered() {
	list := f.msg.Addresses("Delivered-To")
	ours := 0
	for _, a := range list {
		if a.Domain != "" && f.Internal(a) {
			if ours++; ours == 1 {
				if f.OnItsWay() {
					f.strong("Delivered-To", a.Span, "it was delivered to "+a.String()+" before")
				}
				if f.out.By == "" && (f.OnItsWay() || len(list) > 1) {
					f.out.By = a.String()
				}
			}
		}
	}
	if !f.OnItsWay() && ours > 0 && ours < len(list) {
		f.strong("Delivered-To", list[0].Span, "it was delivered to us and then elsewhere")
		for _, a := range list {
			if !f.Internal(a) {
				f.to = append(f.to, a)
			}
		}
	}
}

// resent: by us, of a message from outside. People resend by hand too.
func (f *forwarding) resent() {
	if f.FromOurs() {
		return
	}
	for _, a := range f.msg.Addresses("Resent-From") {
		if a.Domain != "" && f.Internal(a) {
			f.weak("Resent-From", a.Span, "resent by "+a.String())
			return
		}
	}
}

// received: a server of ours took it in for one of ours, and it goes out.
func (f *forwarding) received() {
	if !f.OnItsWay() || f.FromOurs() {
		return
	}
	if a, field := f.receivedFor(); field != nil {
		f.weak("Received", field.Span, "it was received for "+a.String())
	}
}

// receivedFor is whom of ours a server took it in for, the last of them.
func (f *forwarding) receivedFor() (message.Address, *message.Field) {
	for i := range f.msg.Fields {
		field := &f.msg.Fields[i]
		if !field.Is("Received") {
			continue
		}
		_, after, ok := strings.Cut(strings.ReplaceAll(field.Value(), "\t", " "), " for <")
		mailbox, _, closed := strings.Cut(after, ">")
		if a, isAddress := message.ParseAddress(mailbox); ok && closed && isAddress && a.Domain != "" && f.Internal(a) {
			return a, field
		}
	}
	return message.Address{}, nil
}

// sealed: forwarders seal what they pass on (RFC 8617), and From is not ours.
func (f *forwarding) sealed() {
	field := f.msg.Field("ARC-Seal")
	if field == nil || f.FromOurs() {
		return
	}
	for tag := range strings.SplitSeq(field.Value(), ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(tag), "="); strings.TrimSpace(name) == "d" {
			if d, ok := message.Domain(value); ok && f.Org.Internal(d) {
				f.weak("ARC-Seal", field.Span, "sealed by us")
			}
			return
		}
	}
}

// attached: "forward as attachment" of an inbox rule: nothing but a message,
// in the mailbox owner's name, made by the rules agent.
func (f *forwarding) attached() {
	source := f.msg.Field("X-MS-Exchange-Generated-Message-Source")
	if source == nil || !f.FromOurs() {
		return
	}
	messages := 0
	for _, p := range f.msg.Parts {
		switch {
		case p.Embedded != nil:
			messages++
		case messages == 0 && !p.Container() && strings.TrimSpace(p.Text()) != "":
			return
		}
	}
	if messages == 1 {
		f.strong("X-MS-Exchange-Generated-Message-Source", source.Span, "an inbox rule that forwards as attachment")
	}
}
