package content

import (
	"fmt"
	"strings"

	"maillint/message"
)

// Inspection is what is in the parts of a message. Nothing is decoded before
// it is asked for. It belongs to one goroutine, like the message.
type Inspection struct {
	msg   *message.Message
	meter *meter
	// scratch holds the head of the member that is looked at.
	scratch []byte

	opened bool
	files  []*File // parts of the message; members hang below
	found  []Text  // in files
	bodies []Text
	read   bool
}

// Inspect gives a message's inspection. It does no work yet.
func Inspect(m *message.Message, b Budget) *Inspection {
	return &Inspection{msg: m, meter: newMeter(b)}
}

// Files are the attachments and inline files of the message, those of nested
// messages included; members of archives hang below them. Texts that are shown
// as the message itself are no files.
func (in *Inspection) Files() []*File {
	if in.opened {
		return in.files
	}
	in.opened = true
	for _, p := range in.msg.Parts {
		if p.Attachment() {
			in.files = append(in.files, in.part(p))
		} else if f := in.armoured(p); f != nil {
			in.files = append(in.files, f)
		}
	}
	in.blame()
	return in.files
}

// Walk calls f with every file, members after what they are in.
func (in *Inspection) Walk(f func(*File)) { walk(in.Files(), f) }

func walk(files []*File, f func(*File)) {
	for _, x := range files {
		f(x)
		walk(x.Members, f)
	}
}

// Bodies are the texts of the message itself: subject and text parts.
func (in *Inspection) Bodies() []Text {
	if in.read {
		return in.bodies
	}
	in.read = true
	if s := in.msg.Subject(); s != "" {
		in.bodies = append(in.bodies, Text{Where: "Subject", Prose: s})
	}
	for _, p := range in.msg.Parts {
		in.body(p)
	}
	return in.bodies
}

// Texts are all texts: of the message itself, then of its files.
func (in *Inspection) Texts() []Text {
	in.Files()
	return append(in.Bodies()[:len(in.Bodies()):len(in.Bodies())], in.found...)
}

// FileTexts are the texts in files alone.
func (in *Inspection) FileTexts() []Text {
	in.Files()
	return in.found
}

// Defects tell which limits were hit and what was damaged, in the files.
func (in *Inspection) Defects() []Defect {
	in.Files()
	return in.meter.defects
}

// Late reports whether the time that the budget gives a message is spent.
// Whoever searches its texts for long asks now and then, and stops: that there
// is more is then a defect.
func (in *Inspection) Late(where string) bool { return in.meter.late(where) }

// Uninspected are the files that were not read, or not whole.
func (in *Inspection) Uninspected() []*File {
	var out []*File
	in.Walk(func(f *File) {
		if f.Uninspected != "" {
			out = append(out, f)
		}
	})
	return out
}

// body reads one text part of the message itself.
func (in *Inspection) body(p *message.Part) {
	if p.Embedded != nil {
		if s := p.Embedded.Subject(); s != "" {
			in.bodies = append(in.bodies, Text{Where: p.Where() + ", Subject", Prose: s})
		}
		return
	}
	if p.Container() || p.Attachment() {
		return
	}
	base := Text{Where: p.Where(), Again: in.alternative(p)}
	if p.Outside {
		base.Hidden = OutsideParts
	}
	for _, t := range textsOf(p.Text(), kindOfLabel(p.Type), in.meter.room(), base) {
		if t.Truncated {
			in.meter.note(LimitText, t.Where, "more than %d octets of text", in.meter.Text)
		}
		in.bodies = append(in.bodies, t)
	}
}

// alternative: another form of the same stands after it (RFC 2046, 5.1.4).
func (in *Inspection) alternative(p *message.Part) bool {
	if p.Parent < 0 || p.Parent >= len(in.msg.Parts) || in.msg.Parts[p.Parent].Type != "multipart/alternative" {
		return false
	}
	last := p
	for _, q := range in.msg.Parts {
		if q.Parent == p.Parent && !q.Outside {
			last = q
		}
	}
	return last != p
}

// part opens a part that is a file.
func (in *Inspection) part(p *message.Part) *File {
	f := &File{Path: p.Where(), Name: p.Name(), Declared: p.Type, Part: p, Size: -1}
	if in.meter.stopped != "" {
		f.Uninspected = string(in.meter.stopped)
		return f
	}
	in.meter.addFile(f.Path)
	if p.Embedded != nil { // its parts are parts of this message
		f.Kind, f.Named, f.Size = MessageFile, kindOfName(f.Name), p.Body.Len()
		return f
	}
	most := in.meter.attachment()
	data, whole := p.Octets(most)
	f.Size = int64(len(data))
	if !whole {
		f.Size = -1
		in.meter.note(LimitFile, f.Path, "only the first %d octets are looked into", most)
		f.Uninspected = fmt.Sprintf("larger than %d octets", most)
	}
	in.open(f, data)
	f.spoiled(in.msg, p)
	for _, other := range p.Names[min(1, len(p.Names)):] { // what another reader shows
		f.Flags |= nameMarks(other)
	}
	return f
}

// open recognises a file by its bytes and reads what is in it. A parser that
// fails leaves the file uninspected, never clean.
func (in *Inspection) open(f *File, data []byte) {
	defer func() {
		if v := recover(); v != nil {
			in.meter.note(Failed, f.Path, "the reader of %s failed", f.Kind)
			f.Uninspected = "its reader failed"
		}
	}()
	in.meter.held += int64(len(data))
	defer func() { in.meter.held -= int64(len(data)) }()
	f.Kind = Sniff(data)
	f.Named = kindOfName(f.Name)
	f.settle(data)
	f.mark(data)
	if read := readerOf(f.Kind); read != nil {
		read(in, f, data)
	} else if z := zipBehind(f.Kind, data); z != nil {
		f.Flags |= HiddenMember
		in.unpackZip(f, z)
	} else if !f.Kind.Opaque() {
		f.notKnown(data)
	}
	if f.disguised() {
		f.Flags |= TypeMismatch
	}
	if f.Kind == HTMLText || f.Kind == SVG {
		f.Flags |= scripted(f.Kind, data)
	}
}

// keepText adds a text found in a file, within the budget.
func (in *Inspection) keepText(t Text) {
	cost := int64(len(t.Prose))
	for i, row := range t.Rows {
		n := int64(rowCost)
		for _, c := range row {
			n += cellCost + int64(len(c))
		}
		if got := in.meter.keep(n, t.Where); got < n {
			t.Rows, t.Truncated = t.Rows[:i], true
			break
		}
	}
	if got := in.meter.keep(cost, t.Where); got < cost {
		t.Prose, t.Truncated = strings.ToValidUTF8(t.Prose[:got], ""), true
	}
	if t.Truncated {
		in.truncated(&t)
	}
	if len(t.Rows) > 0 || strings.TrimSpace(t.Prose) != "" || t.Truncated {
		in.found = append(in.found, t)
	}
}

// truncated says of a file that there is more text in it than was kept.
func (in *Inspection) truncated(t *Text) {
	if t.File != nil && t.File.Uninspected == "" {
		t.File.Uninspected = "more text than is looked into"
	}
}
