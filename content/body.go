package content

import (
	"strings"

	"maillint/message"
)

// Reading is a text part of a message, read.
type Reading struct {
	Part *message.Part
	Document
	// Other is set for a plain text beside which the same stands in HTML, which
	// is what most people read.
	Other bool
}

// Read gives the texts of a message that its readers see when they open it:
// no files, nothing of a message inside the message.
func Read(m *message.Message) []Reading {
	var out []Reading
	var inside []string // paths of messages in the message
	for _, p := range m.Parts {
		if p.Embedded != nil && !p.Container() {
			inside = append(inside, p.Path+".")
			continue
		}
		if p.Container() || p.Outside || within(p.Path, inside) || !shown(p) {
			continue
		}
		r := Reading{Part: p}
		if p.Type == "text/html" {
			r.Document = HTML(p.Text())
			for i := range out {
				out[i].Other = out[i].Other || alternatives(m, out[i].Part, p)
			}
		} else {
			r.Document = Plain(p.Text())
		}
		out = append(out, r)
	}
	return out
}

func within(path string, inside []string) bool {
	for _, prefix := range inside {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// shown: mail programs show text parts that are no files, whatever they are
// called.
func shown(p *message.Part) bool {
	return strings.HasPrefix(p.Type, "text/") && p.Disposition != "attachment" &&
		(p.Type == "text/html" || p.Type == "text/plain") && (len(p.Names) == 0 || p.Disposition == "inline" && p.Type == "text/html")
}

// alternatives reports whether a reader shows one part or the other: the
// nearest container of both is multipart/alternative.
func alternatives(m *message.Message, a, b *message.Part) bool {
	above := map[*message.Part]bool{}
	for p := a; p != nil; p = parent(m, p) {
		above[p] = true
	}
	for p := parent(m, b); p != nil; p = parent(m, p) {
		if above[p] {
			return p.Type == "multipart/alternative"
		}
	}
	return false
}

func parent(m *message.Message, p *message.Part) *message.Part {
	if p.Parent < 0 || p.Parent >= len(m.Parts) || m.Parts[p.Parent] == p {
		return nil
	}
	return m.Parts[p.Parent]
}
