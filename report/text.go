package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// text is the report for people: a line a finding, which tools can read as
// well, then the place in the message, then, once for each rule, why it
// matters and what to do instead.
type text struct {
	w         io.Writer
	opt       Options
	explained map[string]bool
	err       error
}

func newText(w io.Writer, o Options) *text {
	return &text{w: w, opt: o, explained: map[string]bool{}}
}

// textPiece is rendered text; a rule named in marks is explained behind its
// offset if it was not before.
type textPiece struct {
	text  []byte
	marks []mark
}

type mark struct {
	offset int
	rule   string
}

// colors by severity, as ANSI codes.
var colors = [...]string{lint.Info: "36", lint.Warning: "33", lint.High: "31", lint.Critical: "1;31"}

func (t *text) paint(code, s string) string {
	if !t.opt.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Render writes the lines of one message.
func (t *text) Render(r *Record) Piece {
	if r.Err == nil && !slices.ContainsFunc(r.Verdict.Findings, t.shown) {
		return nil
	}
	var b bytes.Buffer
	p := &textPiece{}
	path := t.paint("1", Escape(r.Path))
	if r.Err != nil {
		fmt.Fprintf(&b, "%s: %s: %s\n", path, t.paint("1;31", "error"), Escape(r.Err.Error()))
	}
	for i := range r.Verdict.Findings {
		f := &r.Verdict.Findings[i]
		if !t.shown(*f) {
			continue
		}
		fmt.Fprintf(&b, "%s: %s: %s: %s%s [%s]\n", path, Escape(f.Where), t.paint(colors[f.Severity], f.Severity.String()), Escape(f.Message), aside(f), Escape(f.Rule))
		t.places(&b, r, f)
		if f.Suggest != "" {
			fmt.Fprintf(&b, "    %s %s\n", t.paint("32", "did you mean:"), Escape(f.Suggest))
		}
		p.marks = append(p.marks, mark{b.Len(), f.Rule})
	}
	p.text = b.Bytes()
	return p
}

// aside says what the policy made of a finding, where that is not its word.
func aside(f *policy.Judged) string {
	switch {
	case f.Excepted && len(f.Exceptions) > 0:
		return " (exception: " + Escape(f.Exceptions[0].Reason) + ")"
	case f.Monitored && f.Would > policy.Pass:
		return " (monitored: would be " + f.Would.String() + ")"
	}
	return ""
}

func (t *text) shown(f policy.Judged) bool { return f.Severity >= t.opt.Show }

// places shows the lines that the evidence points at, each line once.
func (t *text) places(b *bytes.Buffer, r *Record, f *policy.Judged) {
	seen := map[int]bool{}
	for i, e := range f.Evidence {
		if i == placesShown {
			fmt.Fprintf(b, "      ... and %s\n", plural(len(f.Evidence)-i, "more place"))
			return
		}
		lines, more := r.excerpts(e)
		for _, x := range lines {
			if x.number == 0 || !seen[x.number] {
				t.excerpt(b, x)
			}
			seen[x.number] = true
		}
		if more {
			b.WriteString("      ...\n")
		}
		t.note(b, r, e, lines)
	}
}

func (t *text) excerpt(b *bytes.Buffer, x excerpt) {
	line, from, to := x.crop()
	number := "    "
	if x.number > 0 {
		number = fmt.Sprintf("%4d", x.number)
	}
	fmt.Fprintf(b, "%s %s %s\n", number, t.paint("2", "|"), line)
	fmt.Fprintf(b, "     %s %s%s\n", t.paint("2", "|"), strings.Repeat(" ", from), t.paint("31", strings.Repeat("^", max(1, to-from))))
}

// note says in words what stands at a place, where its line does not: encoded
// words, and what the rule has to say of it.
func (t *text) note(b *bytes.Buffer, r *Record, e lint.Evidence, lines []excerpt) {
	if len(lines) == 0 {
		return
	}
	words := e.Text
	switch {
	case words != "" && strings.Contains(lines[0].text, words):
		return
	case words == "" && strings.Contains(lines[0].text, "=?"):
		raw := r.Msg.Bytes(message.Span{Start: e.Span.Start, End: min(e.Span.End, e.Span.Start+lineMost)})
		words = message.DecodeHeader(strings.NewReplacer("\r", "", "\n", "").Replace(string(raw)))
	}
	if words = oneLine(words); words != "" {
		fmt.Fprintf(b, "     %s %s\n", t.paint("2", "="), clipColumns(Escape(words), columnsShown))
	}
}

// Write puts a message's lines out and explains rules that are met for the
// first time.
func (t *text) Write(piece Piece) error {
	p := piece.(*textPiece)
	at := 0
	for _, m := range p.marks {
		if t.explained[m.rule] {
			continue
		}
		t.explained[m.rule] = true
		t.write(p.text[at:m.offset])
		at = m.offset
		t.write(t.explain(m.rule))
	}
	t.write(p.text[at:])
	t.write([]byte{'\n'})
	return t.err
}

func (t *text) write(b []byte) {
	if t.err == nil {
		_, t.err = t.w.Write(b)
	}
}

// explain says why, and what to do instead, in a line each.
func (t *text) explain(id string) []byte {
	rule := t.opt.rule(id)
	if rule == nil {
		return nil
	}
	var b bytes.Buffer
	line := func(label, s string) {
		if s != "" {
			fmt.Fprintf(&b, "    %s %s\n", t.paint("2", label), s)
		}
	}
	line("why:    ", firstSentence(rule.Why.In(t.opt.Lang)))
	line("instead:", oneLine(rule.Fix.In(t.opt.Lang)))
	if config := t.opt.Config; config != "" {
		id += " --config " + Escape(config)
	}
	line("more:   ", "maillint explain "+id)
	return b.Bytes()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// firstSentence is the first sentence of a text, on one line.
func firstSentence(s string) string {
	s = oneLine(s)
	for _, end := range []string{". ", "。"} {
		if i := strings.Index(s, end); i >= 0 {
			return s[:i+len(strings.TrimSpace(end))]
		}
	}
	return s
}

// Close writes the summary.
func (t *text) Close(s *Summary) error {
	var b bytes.Buffer
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "note: %s\n", Escape(n))
	}
	if s.Interrupted {
		b.WriteString(t.paint("1;31", "interrupted:") + " what follows is about what was read so far\n")
	}
	fmt.Fprintf(&b, "%s, %s, in %s: ", plural(s.Messages, "message"), size(s.Bytes), duration(s.Elapsed))
	if n := s.Findings(lint.Info); n == 0 {
		b.WriteString("no findings\n")
	} else {
		fmt.Fprintf(&b, "%s in %s\n", plural(n, "finding"), plural(s.Flagged, "message"))
		t.counts(&b, s)
	}
	if s.Unread > 0 {
		t.unread(&b, s)
	}
	t.write(b.Bytes())
	return t.err
}

func (t *text) counts(b *bytes.Buffer, s *Summary) {
	var parts []string
	for sev := lint.Critical; sev >= lint.Info; sev-- {
		if n := s.Severities[sev]; n > 0 {
			part := t.paint(colors[sev], sev.String()) + " " + group(n)
			if sev < t.opt.Show {
				part += " (not shown: --show-level " + sev.String() + ")"
			}
			parts = append(parts, part)
		}
	}
	fmt.Fprintf(b, "  by severity:    %s\n", strings.Join(parts, ", "))
	if len(s.Dispositions) > 0 {
		parts = nil
		for d := policy.Reject; d > policy.Pass; d-- {
			if n := s.Dispositions[d]; n > 0 {
				parts = append(parts, d.String()+" "+group(n))
			}
		}
		fmt.Fprintf(b, "  by disposition: %s\n", strings.Join(parts, ", "))
	}
	b.WriteString("  by rule:\n")
	for _, id := range byCount(s.Rules) {
		title := ""
		if r := t.opt.rule(id); r != nil {
			title = r.Title.In(t.opt.Lang)
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %8s  %-20s %s", group(s.Rules[id]), Escape(id), Escape(title)), " ") + "\n")
	}
}

func (t *text) unread(b *bytes.Buffer, s *Summary) {
	fmt.Fprintf(b, "%s\n", t.paint("1;31", group(s.Unread)+" could not be read or judged, and may hold anything:"))
	for _, line := range s.UnreadSome {
		fmt.Fprintf(b, "  %s\n", Escape(line))
	}
	if n := s.Unread - len(s.UnreadSome); n > 0 {
		fmt.Fprintf(b, "  ... and %s more\n", group(n))
	}
}
