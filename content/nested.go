package content

import (
	"fmt"
	"strings"

	"maillint/message"
)

// readMessage reads a message that is a file (.eml, .mht) or is in one.
func readMessage(in *Inspection, f *File, data []byte) {
	limits := message.DefaultLimits
	limits.Depth, limits.Parts = 20, 500
	m := message.ParseLimits(data, limits)
	if s := m.Subject(); s != "" {
		in.keepText(Text{Where: f.Path + ", Subject", File: f, Prose: s})
	}
	for _, field := range []string{"From", "To", "Cc"} {
		if v := m.Value(field); v != "" {
			in.keepText(Text{Where: f.Path + ", " + field, File: f, Prose: message.DecodeHeader(v)})
		}
	}
	for _, p := range m.Parts {
		if in.meter.stopped != "" {
			f.Uninspected = string(in.meter.stopped)
			return
		}
		switch {
		case p.Embedded != nil, p.Container():
		case p.Attachment():
			in.innerPart(f, m, p)
		default:
			where := f.Path + ", " + wherePart(p)
			for _, t := range textsOf(p.Text(), kindOfLabel(p.Type), in.meter.room(), Text{Where: where, File: f}) {
				in.keepText(t)
			}
		}
	}
	m.Verify()
	for _, d := range m.Defects {
		if strings.HasPrefix(string(d.Kind), "limit-") {
			in.meter.note(LimitDepth, f.Path, "a message in it that was not read whole: %s", d.Kind)
			f.unread("not read whole")
		} else if why := whyOf[d.Kind]; why != "" {
			f.unread(why)
		}
	}
}

func wherePart(p *message.Part) string { return "part " + p.Where() }

// innerPart opens an attachment of a message that is a file.
func (in *Inspection) innerPart(f *File, m *message.Message, p *message.Part) {
	name := p.Name()
	if name == "" {
		name = fmt.Sprintf("part-%s", p.Where())
	}
	x := in.member(f, name, -1)
	if x == nil {
		return
	}
	x.Declared = p.Type
	in.fill(x, &unpacker{r: p.Open(), meter: in.meter, where: x.Path})
	m.Verify()
	x.spoiled(m, p)
}
