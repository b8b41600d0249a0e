package milter

import (
	"bytes"
	"fmt"
	"strings"

	"maillint/message"
	"maillint/rewrite"
)

// change is one thing the MTA is to do to the header.
type change struct {
	insert bool
	index  int // insert: before the field at this place; else the n-th field of the name, from 1
	name   string
	value  string // as it follows the colon, lines ended by LF; empty takes the field out
}

// changes turns a message with edits into what the MTA is to do. Fields are
// changed where they stand, from the last to the first, so that no change moves
// what another one counts; our own block is put on top at last.
func changes(view *message.Message, m *rewrite.Message) ([]change, error) {
	seen := map[string]int{}
	var out []change
	edits := m.Edits
	for i, f := range view.Fields {
		key := strings.ToLower(f.Name)
		seen[key]++
		before, own, rest := split(edits, f.Span)
		edits = rest
		for _, e := range before {
			list, err := fields(e.New)
			if err != nil {
				return nil, err
			}
			out = append(out, inserted(list, i)...)
		}
		if len(own) == 0 {
			continue
		}
		c, more, err := changed(f, own, view, seen[key])
		if err != nil {
			return nil, err
		}
		out = append(append(out, c), inserted(more, i+1)...)
	}
	for _, e := range edits { // behind the last field
		list, err := fields(e.New)
		if err != nil {
			return nil, err
		}
		out = append(out, inserted(list, len(view.Fields))...)
	}
	reversed := make([]change, 0, len(out))
	for i := len(out) - 1; i >= 0; i-- {
		reversed = append(reversed, out[i])
	}
	block, err := fields(m.Block)
	if err != nil {
		return nil, err
	}
	for i := len(block) - 1; i >= 0; i-- {
		reversed = append(reversed, change{insert: true, name: block[i].name, value: block[i].value})
	}
	return reversed, nil
}

// split parts the edits before a field, in it, and behind it. An insertion at
// the field's first octet stands before it.
func split(edits []rewrite.Edit, span message.Span) (before, own, rest []rewrite.Edit) {
	for i, e := range edits {
		switch {
		case e.Span.Start >= span.End:
			return before, own, edits[i:]
		case e.Span.Len() == 0 && e.Span.Start == span.Start:
			before = append(before, e)
		default:
			own = append(own, e)
		}
	}
	return before, own, nil
}

// changed is what becomes of a field in which there are edits: a new value, or
// nothing; and the fields that one of the edits put behind it.
func changed(f message.Field, edits []rewrite.Edit, view *message.Message, nth int) (change, []field, error) {
	var text []byte
	at := f.Span.Start
	for _, e := range edits {
		if e.Span.End > f.Span.End {
			return change{}, nil, fmt.Errorf("milter: an edit over two fields")
		}
		text = append(text, view.Bytes(message.Span{Start: at, End: e.Span.Start})...)
		text = append(text, e.New...)
		at = e.Span.End
	}
	text = append(text, view.Bytes(message.Span{Start: at, End: f.Span.End})...)
	c := change{name: f.Name, index: nth}
	if len(bytes.TrimSpace(text)) == 0 {
		return c, nil, nil
	}
	list, err := fields(text)
	if err != nil {
		return c, nil, err
	}
	if !strings.EqualFold(list[0].name, f.Name) { // another field took its place
		return c, list, nil
	}
	c.value = list[0].value
	return c, list[1:], nil
}

func inserted(list []field, at int) []change {
	var out []change
	for _, f := range list {
		out = append(out, change{insert: true, index: at, name: f.name, value: f.value})
	}
	return out
}

// field is a name and what follows its colon, lines ended by LF.
type field struct{ name, value string }

// fields reads whole header fields.
func fields(text []byte) ([]field, error) {
	var out []field
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\r\n", "\n")) {
		if line[0] == ' ' || line[0] == '\t' {
			if len(out) == 0 {
				return nil, fmt.Errorf("milter: a text that begins with a fold")
			}
			out[len(out)-1].value += line
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("milter: a line without a colon")
		}
		out = append(out, field{name, value})
	}
	for i := range out {
		out[i].value = strings.TrimSuffix(out[i].value, "\n")
	}
	return out, nil
}

// wire is the change as a packet. Without leading the MTA puts a blank behind
// the colon by itself.
func (c change) wire(leading bool) []byte {
	value := c.value
	if !leading {
		value = strings.TrimPrefix(value, " ")
	}
	if c.insert {
		return packet(ansInsertHeader, number(c.index), text(c.name), text(value))
	}
	return packet(ansChangeHeader, number(c.index), text(c.name), text(value))
}
