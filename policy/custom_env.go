package policy

import (
	"bytes"
	"path"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
)

// What an expression is shown at most; Truncated tells it that there was more.
// The counts (external, domains, visible) are of all.
const (
	maxText       = 64 << 10 // octets of text
	maxRecipients = 1000
	maxParts      = 500
	maxShort      = 2000 // octets of a subject or header value
	maxName       = 255  // octets of a file name, display name or type
)

// Recipient is a recipient as expressions see it.
type Recipient struct {
	Address     string `expr:"address"`     // in small letters
	Local       string `expr:"local"`       // before the @
	Domain      string `expr:"domain"`      // after it, as A-labels
	Registrable string `expr:"registrable"` // the registrable domain: example.co.jp of mail.example.co.jp
	Name        string `expr:"name"`        // display name, where a field gives one
	Field       string `expr:"field"`       // "To", "Cc", "Bcc"; "" where only the envelope has it
	External    bool   `expr:"external"`
	Visible     bool   `expr:"visible"` // other recipients can read it
}

// PartView is a part of a message as expressions see it.
type PartView struct {
	Name       string `expr:"name"`      // file name
	Extension  string `expr:"extension"` // in small letters, with its dot: ".xlsx"
	Type       string `expr:"type"`      // media type, in small letters
	Size       int    `expr:"size"`      // decoded octets; over 16 KiB within one percent
	Attachment bool   `expr:"attachment"`
	Charset    string `expr:"charset"`
	Hidden     bool   `expr:"hidden"` // outside the delimiters: most readers do not show it
}

// environment is what one message is to the expressions. It is filled in as
// they need it.
type environment struct {
	Subject     string       `expr:"subject"`
	From        string       `expr:"from"`
	FromName    string       `expr:"from_name"`
	Sender      string       `expr:"sender"`
	ReplyTo     string       `expr:"reply_to"`
	Text        string       `expr:"text"`
	NewText     string       `expr:"new_text"`
	Recipients  []*Recipient `expr:"recipients"`
	To          []*Recipient `expr:"to"`
	Cc          []*Recipient `expr:"cc"`
	External    int          `expr:"external"`
	Domains     int          `expr:"domains"`
	Visible     int          `expr:"visible"`
	Parts       []*PartView  `expr:"parts"`
	Attached    []*PartView  `expr:"attachments"`
	Files       []*FileView  `expr:"files"`
	Uninspected []string     `expr:"uninspected"`
	People      int          `expr:"people"`
	Size        int          `expr:"size"`
	Automatic   string       `expr:"automatic"`
	Reply       bool         `expr:"reply"`
	Groups      []string     `expr:"groups"`
	Hour        int          `expr:"hour"`
	Weekday     string       `expr:"weekday"`
	Defects     []string     `expr:"defects"`
	Truncated   bool         `expr:"truncated"`

	Header func(name string) string `expr:"header"`
	Test   func(i int) bool         `expr:"%test"` // no expression can be written that names it

	p       *Policy
	m       *message.Message
	f       *lint.Facts
	table   *[inputCount]source
	have    inputs
	shared  [inputCount]textMemo
	body    *bodyText
	views   []*PartView
	held    []*message.Part // that views are of
	results []int8          // by expression
	errs    map[int]error
	tests   []int8 // by test
}

// textMemo keeps a text input and its small letters.
type textMemo struct{ plain, small oneText }

// oneText is a text, once it was asked for.
type oneText struct {
	s     string
	known bool
	grams *grams // of a long one
}

const testFunction = "%test"

const (
	unknown int8 = iota
	no
	yes
	failed
)

func newEnvironment(p *Policy, m *message.Message, f *lint.Facts) *environment {
	e := &environment{
		p: p, m: m, f: f, table: &sources,
		results: make([]int8, len(p.custom.bySource)),
		tests:   make([]int8, len(p.custom.tests.list)),
	}
	e.Header, e.Test = e.header, e.test
	return e
}

var machines = sync.Pool{New: func() any { return &vm.VM{} }}

// eval evaluates an expression, once a message.
func (e *environment) eval(x *expression) (bool, error) {
	if e.results[x.id] == unknown {
		e.fill(x.needs)
		machine := machines.Get().(*vm.VM)
		out, err := machine.Run(x.program, e)
		machines.Put(machine)
		hit, ok := out.(bool)
		if !ok && err == nil {
			err = errArguments // AsBool has made sure that this does not happen
		}
		switch {
		case err != nil:
			if e.errs == nil {
				e.errs = map[int]error{}
			}
			e.errs[x.id] = err
			e.results[x.id] = failed
		case hit:
			e.results[x.id] = yes
		default:
			e.results[x.id] = no
		}
	}
	return e.results[x.id] == yes, e.errs[x.id]
}

// test answers one of the policy's comparisons, once a message.
func (e *environment) test(i int) bool {
	if e.tests[i] == unknown {
		e.tests[i] = no
		if e.p.custom.tests.list[i].holds(e) {
			e.tests[i] = yes
		}
	}
	return e.tests[i] == yes
}

// text gives a text input, or its small letters.
func (e *environment) text(in input, small bool) string { return e.one(in, small).s }

func (e *environment) one(in input, small bool) *oneText {
	t := &e.shared[in].plain
	if small {
		t = &e.shared[in].small
	}
	if !t.known {
		t.known = true
		if small {
			t.s = smallLetters(e.text(in, false))
		} else {
			t.s = e.table[in].text(e)
		}
	}
	return t
}

// contains reports whether a text input holds s.
func (e *environment) contains(in input, small bool, s string) bool {
	t := e.one(in, small)
	if len(t.s) >= worthGrams && len(s) >= 3 {
		if t.grams == nil {
			t.grams = newGrams(t.s)
		}
		if !t.grams.may(s) {
			return false
		}
	}
	return strings.Contains(t.s, s)
}

// header gives the values of all fields of a name, decoded, a line each.
func (e *environment) header(name string) string {
	values := e.m.Values(name)
	for i, v := range values {
		values[i] = short(message.DecodeHeader(v))
	}
	return capText(strings.Join(values, "\n"), maxText)
}

// short bounds a short text.
func short(s string) string { return capText(s, maxShort) }

// nameOf bounds a name. A long one keeps its start and its end, where a file's
// kind stands.
func nameOf(s string) string {
	if len(s) <= maxName {
		return s
	}
	tail := s[len(s)-100:]
	for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	return capText(s, maxName-103) + "..." + tail
}

// capText cuts a text at a character.
func capText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// bodyText is the text of a message: what is shown, and what the sender wrote.
type bodyText struct {
	all, own string
	cut      bool
}

// read gathers the text parts that are no attachments.
func (e *environment) read() *bodyText {
	if e.body != nil {
		return e.body
	}
	e.body = &bodyText{}
	var all, own strings.Builder
	for _, p := range e.m.Parts {
		if !strings.HasPrefix(p.Type, "text/") || p.Attachment() || p.Type == "text/calendar" {
			continue
		}
		if all.Len() >= maxText {
			e.body.cut = true
			break
		}
		doc := document(p)
		all.WriteString(doc.Text + "\n")
		own.WriteString(doc.Own + "\n")
	}
	e.body.cut = e.body.cut || all.Len() > maxText
	e.body.all, e.body.own = capText(all.String(), maxText), capText(own.String(), maxText)
	return e.body
}

// document reads a text part. Of a long one only the start is looked at.
func document(p *message.Part) content.Document {
	text := p.Text()
	if p.Type == "text/html" {
		return content.HTML(capText(text, 8*maxText))
	}
	text = capText(text, maxText+1)
	return content.Document{Text: text, Own: content.Own(text)}
}

// recipients are those of the envelope, with what the fields say about them.
func (e *environment) recipients() []*Recipient {
	list := e.m.Envelope.Recipients
	list = list[:min(len(list), maxRecipients)]
	shown := make(map[string]*Recipient, len(list))
	for _, field := range []string{"To", "Cc", "Bcc"} {
		for _, a := range e.m.Addresses(field) {
			if k := a.Key(); shown[k] == nil {
				shown[k] = e.recipient(a, field)
			}
		}
	}
	out := make([]*Recipient, 0, len(list))
	for _, a := range list {
		if r := shown[a.Key()]; r != nil {
			out = append(out, r)
		} else {
			out = append(out, e.recipient(a, ""))
		}
	}
	return out
}

func (e *environment) recipient(a message.Address, field string) *Recipient {
	return &Recipient{
		Address: strings.ToLower(a.String()), Local: a.Local, Domain: a.Domain, Registrable: a.Registrable(),
		Name: nameOf(a.Name()), Field: field, External: !e.f.Internal(a), Visible: field == "To" || field == "Cc",
	}
}

// addressed are the addresses of one field.
func (e *environment) addressed(field string) []*Recipient {
	list := e.m.Addresses(field)
	out := make([]*Recipient, 0, min(len(list), maxRecipients))
	for _, a := range list[:min(len(list), maxRecipients)] {
		out = append(out, e.recipient(a, field))
	}
	return out
}

// parts are the parts that hold something. Their sizes are measured apart.
func (e *environment) parts() []*PartView {
	if e.views != nil {
		return e.views
	}
	e.views = []*PartView{}
	for _, p := range e.m.Parts {
		if p.Container() {
			continue
		}
		if len(e.views) == maxParts {
			break
		}
		e.held = append(e.held, p)
		e.views = append(e.views, &PartView{
			Name: nameOf(p.Name()), Extension: capText(strings.ToLower(path.Ext(p.Name())), maxName), Type: nameOf(p.Type),
			Attachment: p.Attachment(), Charset: nameOf(p.Charset), Hidden: p.Outside,
		})
	}
	return e.views
}

func (e *environment) attachments() []*PartView {
	out := []*PartView{}
	for _, v := range e.parts() {
		if v.Attachment {
			out = append(out, v)
		}
	}
	return out
}

// measure fills in the sizes of the parts.
func (e *environment) measure() {
	for i, v := range e.parts() {
		v.Size = e.sizeOf(e.held[i])
	}
}

// exactSize is up to which encoded size a part is decoded to be measured. Of a
// larger one the first line tells how much a line holds.
const exactSize = 16 << 10

func (e *environment) sizeOf(p *message.Part) int {
	if p.Encoding != "base64" || p.Body.Len() <= exactSize {
		return int(p.Size())
	}
	line, held := 78, 76 // RFC 2045, 6.8: at most 76, and CR LF
	head := e.m.Bytes(message.Span{Start: p.Body.Start, End: p.Body.Start + 1000})
	if i := bytes.IndexByte(head, '\n'); i > 3 {
		line, held = i+1, len(bytes.TrimRight(head[:i], "\r"))
	}
	return int(p.Body.Len()) / line * held / 4 * 3
}

// groupsOf are the directory's groups of the senders.
func (e *environment) groupsOf() []string {
	out := []string{}
	for _, a := range senders(e.m) {
		if who := e.p.Directory.Address(a); who != nil {
			out = append(out, who.Groups...)
		}
	}
	return out
}

// truncated reports whether there was more of anything than conditions are
// shown.
func (e *environment) truncated() bool {
	if e.read().cut || len(e.m.Subject()) > maxShort ||
		max(len(e.m.Envelope.Recipients), len(e.m.To()), len(e.m.Cc())) > maxRecipients {
		return true
	}
	if e.manyFiles() {
		return true
	}
	held := 0
	for _, p := range e.m.Parts {
		if len(p.Name()) > maxName {
			return true
		}
		if !p.Container() {
			held++
		}
	}
	return held > maxParts
}
