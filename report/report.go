// Package report writes what was found: for people, and for programs.
package report

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// Record is what is said about one message.
type Record struct {
	Path    string
	Msg     *message.Message // nil where Err kept it from being read
	Verdict policy.Verdict
	Err     error // it could not be read, or not be judged
}

// Summary is what is said at the end.
type Summary struct {
	Messages   int
	Bytes      int64
	Unread     int
	Elapsed    time.Duration
	Severities [lint.Critical + 1]int
	Rules      map[string]int // findings by rule
	Flagged    int            // messages at or over the fail level
	Notes      []string       // what the reader should know: what was taken for the organisation
}

// Add counts a record; level is the severity that makes a message count as
// flagged.
func (s *Summary) Add(r *Record, level lint.Severity) {
	if r.Err != nil {
		s.Unread++
	}
	if r.Msg != nil {
		s.Messages++
		s.Bytes += r.Msg.Size
	}
	flagged := false
	for _, f := range r.Verdict.Findings {
		if s.Rules == nil {
			s.Rules = map[string]int{}
		}
		s.Rules[f.Rule]++
		s.Severities[f.Severity]++
		flagged = flagged || f.Severity >= level
	}
	if flagged {
		s.Flagged++
	}
}

// Findings is how many findings there are.
func (s *Summary) Findings() int {
	n := 0
	for _, k := range s.Severities {
		n += k
	}
	return n
}

// Format writes records in one form. Record is safe for concurrent use; Begin
// and End are called once, before and after all records.
type Format interface {
	Begin(w io.Writer) error
	Record(b *bytes.Buffer, r *Record)
	End(w io.Writer, s *Summary) error
}

// Options are what a format may need.
type Options struct {
	Color bool
	Rules []*lint.Rule
}

// Formats are the names of the formats.
var Formats = []string{"text", "jsonl"}

// New gives the format of that name.
func New(name string, o Options) (Format, error) {
	switch name {
	case "text":
		return newText(o), nil
	case "jsonl":
		return jsonLines{}, nil
	}
	return nil, fmt.Errorf("unknown format %q: want one of %v", name, Formats)
}
