package policy

import (
	"strings"

	"maillint/message"
)

// input is a name that expressions may read; inputs is a set of them.
type (
	input  uint8
	inputs uint64
)

func (i input) bit() inputs { return 1 << i }

// The inputs, in the order in which the documentation lists them.
const (
	inSubject input = iota
	inFrom
	inFromName
	inSender
	inReplyTo
	inText
	inNewText
	inRecipients
	inTo
	inCc
	inExternal
	inDomains
	inVisible
	inParts
	inAttachments
	inFiles
	inUninspected
	inPeople
	inSize
	inAutomatic
	inReply
	inGroups
	inHour
	inWeekday
	inDefects
	inTruncated
	inputCount
)

// partSizes is the need for the sizes of parts, which cost a decoding.
const partSizes inputs = 1 << inputCount

// source tells how an input comes about: fill sets the field of the
// environment; text, for inputs that are texts, reads it.
type source struct {
	name string
	fill func(e *environment)
	text func(e *environment) string
}

var sources = [inputCount]source{
	inSubject: {"subject", func(e *environment) { e.Subject = e.text(inSubject, false) },
		func(e *environment) string { return short(e.m.Subject()) }},
	inFrom: {"from", func(e *environment) { e.From = e.text(inFrom, false) },
		func(e *environment) string { return firstAddress(e.m.From()) }},
	inFromName: {"from_name", func(e *environment) { e.FromName = e.text(inFromName, false) }, fromName},
	inSender: {"sender", func(e *environment) { e.Sender = e.text(inSender, false) },
		func(e *environment) string { return firstAddress([]message.Address{e.f.Sender()}) }},
	inReplyTo: {"reply_to", func(e *environment) { e.ReplyTo = e.text(inReplyTo, false) },
		func(e *environment) string { return firstAddress(e.m.Addresses("Reply-To")) }},
	inText: {"text", func(e *environment) { e.Text = e.text(inText, false) },
		func(e *environment) string { return e.read().all }},
	inNewText: {"new_text", func(e *environment) { e.NewText = e.text(inNewText, false) },
		func(e *environment) string { return e.read().own }},
	inRecipients:  {name: "recipients", fill: func(e *environment) { e.Recipients = e.recipients() }},
	inTo:          {name: "to", fill: func(e *environment) { e.To = e.addressed("To") }},
	inCc:          {name: "cc", fill: func(e *environment) { e.Cc = e.addressed("Cc") }},
	inExternal:    {name: "external", fill: func(e *environment) { e.External = len(e.f.External()) }},
	inDomains:     {name: "domains", fill: func(e *environment) { e.Domains = domainsOf(e.f.External()) }},
	inVisible:     {name: "visible", fill: func(e *environment) { e.Visible = e.visible() }},
	inParts:       {name: "parts", fill: func(e *environment) { e.Parts = e.parts() }},
	inAttachments: {name: "attachments", fill: func(e *environment) { e.Attached = e.attachments() }},
	inFiles:       {name: "files", fill: func(e *environment) { e.Files = e.fileViews() }},
	inUninspected: {name: "uninspected", fill: func(e *environment) { e.Uninspected = e.uninspected() }},
	inPeople:      {name: "people", fill: func(e *environment) { e.People = e.f.Personal().People }},
	inSize:        {name: "size", fill: func(e *environment) { e.Size = int(e.m.Size) }},
	inAutomatic:   {name: "automatic", fill: func(e *environment) { e.Automatic = string(e.f.Automatic()) }},
	inReply:       {name: "reply", fill: func(e *environment) { e.Reply = e.m.Has("In-Reply-To") || e.m.Has("References") }},
	inGroups:      {name: "groups", fill: func(e *environment) { e.Groups = e.groupsOf() }},
	inHour:        {name: "hour", fill: func(e *environment) { e.Hour = e.p.timeOf(e.m, e.f).Hour() }},
	inWeekday:     {name: "weekday", fill: func(e *environment) { e.Weekday = weekdays[e.p.timeOf(e.m, e.f).Weekday()] }},
	inDefects:     {name: "defects", fill: func(e *environment) { e.Defects = e.defects() }},
	inTruncated:   {name: "truncated", fill: func(e *environment) { e.Truncated = e.truncated() }},
}

var inputByName = func() map[string]input {
	out := map[string]input{}
	for i, s := range sources {
		out[s.name] = input(i)
	}
	return out
}()

func inputNames() []string {
	var out []string
	for _, s := range sources {
		out = append(out, s.name)
	}
	return out
}

// fill makes the inputs that an expression needs and that are not there yet.
func (e *environment) fill(needs inputs) {
	if missing := needs &^ e.have; missing != 0 {
		if missing&partSizes != 0 {
			e.measure()
		}
		for i := range e.table {
			if missing&input(i).bit() != 0 {
				e.table[i].fill(e)
			}
		}
		e.have |= needs
	}
}

func firstAddress(list []message.Address) string {
	if len(list) == 0 || list[0].IsZero() {
		return ""
	}
	return strings.ToLower(list[0].String())
}

func fromName(e *environment) string {
	if from := e.m.From(); len(from) > 0 {
		return nameOf(from[0].Name())
	}
	return ""
}

func domainsOf(list []message.Address) int {
	seen := map[string]bool{}
	for _, a := range list {
		seen[a.Registrable()] = true
	}
	return len(seen)
}

// visible counts the external addresses that every recipient can read.
func (e *environment) visible() int {
	n := 0
	for _, a := range e.f.Visible() {
		if !e.f.Internal(a.Address) {
			n++
		}
	}
	return n
}

// defects are the kinds of defects that the message has.
func (e *environment) defects() []string {
	e.m.Verify()
	out := []string{}
	seen := map[message.Kind]bool{}
	for _, d := range e.m.Defects {
		if !seen[d.Kind] {
			seen[d.Kind] = true
			out = append(out, string(d.Kind))
		}
	}
	return out
}
