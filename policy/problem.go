package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Problem is one mistake in a policy, with its place and the likely mend.
type Problem struct {
	File    string
	Line    int // 0 where the mistake has no line: a file that cannot be read
	Col     int
	Text    string
	Hint    string // what was probably meant; may be empty
	Warning bool   // the policy works in spite of it
}

// String is the problem on one line:
//
//	rules.yaml:14:7: rules.exposed-recipients: unknown parameter "maxx" (did you mean "max"?)
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": ")
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems are all mistakes of a policy, in the order of their places.
type Problems []Problem

// Error lists the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// Errors reports whether any problem is more than a warning.
func (p Problems) Errors() bool {
	return slices.ContainsFunc(p, func(p Problem) bool { return !p.Warning })
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}

// place is where something stands.
type place struct {
	file      string
	line, col int
}

func (r *reader) at(n *yaml.Node) place { return place{r.file, n.Line, n.Column} }

// fail notes a mistake; hint may be empty.
func (r *reader) fail(at place, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{at.file, at.line, at.col, fmt.Sprintf(format, args...), hint, false})
}

// warn notes what works, but probably not as it was meant.
func (r *reader) warn(at place, hint, format string, args ...any) {
	r.problems = append(r.problems, Problem{at.file, at.line, at.col, fmt.Sprintf(format, args...), hint, true})
}

// loadErrors turns what the YAML library says into problems.
func (r *reader) loadErrors(err error, prefix string) {
	var all *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &all):
		for _, e := range all.Errors {
			r.loadError(e, prefix)
		}
	case errors.As(err, &one):
		r.loadError(one, prefix)
	default:
		r.fail(place{r.file, 1, 1}, "", "%s%v", prefix, err)
	}
}

func (r *reader) loadError(e *yaml.LoadError, prefix string) {
	at := place{r.file, max(1, e.Mark.Line), max(1, e.Mark.Column)}
	text, hint := e.Message, ""
	switch {
	case strings.Contains(text, "tab character"), strings.HasPrefix(r.line(at.line), "\t"):
		hint = "indent with blanks"
	case strings.Contains(text, "cannot start any token"), strings.Contains(text, "unknown anchor"):
		hint = "put the value in quotes"
	}
	if e.ContextMsg != "" && e.ContextMark.Line > 0 {
		text += fmt.Sprintf(" %s that starts in line %d", e.ContextMsg, e.ContextMark.Line)
	}
	r.fail(at, hint, "%s%s", prefix, text)
}
