package rewrite

import (
	"bytes"
	"strings"

	"maillint/message"
)

// Ours are the fields that only we write, and those that must not leave: a
// client that sends them is not believed, and Bcc is for the envelope.
var Ours = []string{"X-Maillint*", "Bcc", "Resent-Bcc"}

// Cut takes out every field with one of the names. A name that ends in "*"
// stands for all that start so.
func Cut(m *message.Message, names ...string) []Edit {
	var out []Edit
	for i := range m.Fields {
		if f := &m.Fields[i]; named(f, names) {
			out = replace(out, m, f, nil, f.Name)
		}
	}
	return out
}

func named(f *message.Field, names []string) bool {
	for _, name := range names {
		if start, ok := strings.CutSuffix(name, "*"); ok {
			if len(f.Name) >= len(start) && strings.EqualFold(f.Name[:len(start)], start) {
				return true
			}
		} else if f.Is(name) {
			return true
		}
	}
	return false
}

// replace adds the edit that puts text (whole lines, or nothing) in the place
// of a field. A field that lies within one that is edited already, behind a
// bare CR, goes with it; one that stands there alone leaves the line end to
// the field it hides in.
func replace(edits []Edit, m *message.Message, f *message.Field, text []byte, why string) []Edit {
	if n := len(edits); n > 0 && f.Span.Start < edits[n-1].Span.End {
		return edits
	}
	old := m.Bytes(f.Span)
	switch {
	case f.Span.Start > 0 && !lineStart(m, f.Span.Start):
		text = append([]byte("\r\n"), text...)
		if !bytes.HasSuffix(old, []byte("\n")) {
			text = bytes.TrimSuffix(text, []byte("\r\n"))
		}
	case !bytes.HasSuffix(old, []byte("\n")): // the header ends without a line end
		text = bytes.TrimSuffix(text, []byte("\r\n"))
	}
	return append(edits, Edit{Span: f.Span, Old: old, New: text, Why: why})
}

func lineStart(m *message.Message, pos int64) bool {
	return bytes.Equal(m.Bytes(message.Span{Start: pos - 1, End: pos}), []byte("\n"))
}
