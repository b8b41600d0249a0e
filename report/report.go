// Package report writes what was found: for people, and for programs.
//
// Nothing of a message reaches the output as it is: control characters, escape
// sequences and changes of direction are shown, not carried out.
package report

import (
	"fmt"
	"io"
	"strings"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// Record is what is said about one message.
type Record struct {
	Path    string
	Msg     *message.Message // nil where Err kept it from being read
	Raw     []byte           // the octets of Msg where they are in memory
	Alone   bool             // Path is a file with this message and nothing else
	Origin  string           // the file that the message is in
	Verdict policy.Verdict
	Err     error // it could not be read, or not be judged
}

// Piece is what a format keeps of a record. It refers to nothing of the
// message, and nil means that there is nothing to say.
type Piece any

// Format writes records in one form.
type Format interface {
	// Render makes a piece of a record. It is safe for concurrent use.
	Render(r *Record) Piece
	// Write takes the pieces that are not nil, in the order of the messages.
	Write(p Piece) error
	// Close ends the report.
	Close(s *Summary) error
}

// Remarker is a Format that may have something to say to whoever made the
// report, once it is closed; empty for nothing.
type Remarker interface{ Remark() string }

// Options are what a format may need.
type Options struct {
	Rules   []*lint.Rule  // what findings are explained with, by their names
	Config  string        // the policy's file, for hints; empty for the one that ships
	Show    lint.Severity // findings below it are counted and not shown, in formats for people
	Color   bool
	Lang    string
	Version string
}

// rule finds a rule by its ID.
func (o Options) rule(id string) *lint.Rule {
	for _, r := range o.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

var formats = []struct {
	name string
	make func(io.Writer, Options) Format
}{
	{"text", func(w io.Writer, o Options) Format { return newText(w, o) }},
	{"jsonl", func(w io.Writer, _ Options) Format { return &jsonLines{w} }},
	{"sarif", func(w io.Writer, o Options) Format { return newSARIF(w, o) }},
	{"junit", func(w io.Writer, o Options) Format { return newJUnit(w, o) }},
	{"html", func(w io.Writer, o Options) Format { return newHTML(w, o) }},
}

// Formats lists the names of the formats.
func Formats() []string {
	names := make([]string, len(formats))
	for i := range formats {
		names[i] = formats[i].name
	}
	return names
}

// New gives the format of that name.
func New(name string, w io.Writer, o Options) (Format, error) {
	for i := range formats {
		if formats[i].name == name {
			return formats[i].make(w, o), nil
		}
	}
	return nil, fmt.Errorf("unknown format %q: want %s", name, strings.Join(Formats(), ", "))
}
