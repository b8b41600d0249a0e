package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// text is the report for people. A line a finding, which tools can read too,
// with the place in the message under it.
type text struct {
	color bool
	rules map[string]*lint.Rule
}

func newText(o Options) *text {
	t := &text{color: o.Color, rules: map[string]*lint.Rule{}}
	for _, r := range o.Rules {
		t.rules[r.ID] = r
	}
	return t
}

// ANSI colours by severity.
var colors = [...]string{lint.Info: "36", lint.Warning: "33", lint.High: "31", lint.Critical: "1;31"}

func (t *text) paint(code, s string) string {
	if !t.color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) Begin(io.Writer) error { return nil }

func (t *text) Record(b *bytes.Buffer, r *Record) {
	path := t.paint("1", Escape(r.Path))
	if r.Err != nil {
		fmt.Fprintf(b, "%s: %s: %s\n", path, t.paint("1;31", "not read"), Escape(r.Err.Error()))
	}
	for i := range r.Verdict.Findings {
		f := &r.Verdict.Findings[i]
		fmt.Fprintf(b, "%s: %s: %s: %s [%s]\n", path, Escape(f.Where), t.paint(colors[f.Severity], f.Severity.String()), Escape(f.Message), f.Rule)
		if f.Severity > lint.Info {
			t.details(b, r.Msg, f)
		}
	}
}

// maxEvidence is how many places of one finding are shown.
const maxEvidence = 3

// details show where, what happens, and what to do instead.
func (t *text) details(b *bytes.Buffer, m *message.Message, f *policy.Judged) {
	for i, e := range f.Evidence {
		if i == maxEvidence {
			fmt.Fprintf(b, "        ... and %d more places\n", len(f.Evidence)-i)
			break
		}
		t.excerpt(b, m, e)
	}
	if rule := t.rules[f.Rule]; rule != nil {
		fmt.Fprintf(b, "      = instead: %s\n", rule.Fix.En)
		if len(rule.Incidents) > 0 {
			fmt.Fprintf(b, "      = as in %s: maillint explain %s\n", strings.Join(rule.Incidents, ", "), rule.ID)
		}
	}
	switch {
	case f.Monitored:
		fmt.Fprintf(b, "      = disposition: pass (monitored; would be %s)\n", f.Would)
	default:
		fmt.Fprintf(b, "      = disposition: %s\n", f.Disposition)
	}
	b.WriteByte('\n')
}

// shown is how many columns of a line are shown.
const shown = 96

// excerpt shows the line of the raw message that a place starts in, and points
// at the place.
func (t *text) excerpt(b *bytes.Buffer, m *message.Message, e lint.Evidence) {
	if m == nil || e.Span.Len() == 0 {
		return
	}
	line, number, from := lineAt(m, e.Span.Start)
	if line == "" {
		return
	}
	end := min(from+int(e.Span.Len()), len(line))
	start := 0
	if from > shown/2 {
		start = from - shown/2
	}
	before, at, after := line[start:from], line[from:end], line[end:]
	before, at, after = Escape(before), Escape(clip(at, shown)), Escape(clip(after, shown))
	fmt.Fprintf(b, "%6d | %s%s%s\n", number, before, at, clip(after, max(0, shown-columns(before)-columns(at))))
	note := ""
	if e.Text != "" {
		note = " " + Escape(e.Text)
	}
	fmt.Fprintf(b, "       | %s%s%s\n", strings.Repeat(" ", columns(before)), t.paint("31", strings.Repeat("^", max(1, columns(at)))), note)
}

func clip(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return s
}

// maxLineSearch is how far from its start a message's lines are counted.
const maxLineSearch = 8 << 20

// lineAt gives the line that offset at stands in, its number, and the offset
// in it.
func lineAt(m *message.Message, at int64) (line string, number, from int) {
	if at > maxLineSearch {
		return "", 0, 0
	}
	raw := m.Bytes(message.Span{Start: 0, End: min(m.Size, at+2*shown)})
	if int(at) >= len(raw) {
		return "", 0, 0
	}
	start := bytes.LastIndexByte(raw[:at], '\n') + 1
	number = 1 + bytes.Count(raw[:start], []byte("\n"))
	end := len(raw)
	if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
		end = int(at) + i
	}
	return strings.TrimRight(string(raw[start:end]), "\r"), number, int(at) - start
}

func (t *text) End(w io.Writer, s *Summary) error {
	var b bytes.Buffer
	b.WriteByte('\n')
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "note: %s\n", Escape(n))
	}
	fmt.Fprintf(&b, "%s, %s in %s: %s", plural(s.Messages, "message"), size(s.Bytes), s.Elapsed.Round(10*time.Millisecond), plural(s.Findings(), "finding"))
	if s.Findings() > 0 {
		var parts []string
		for sev := lint.Critical; sev >= lint.Info; sev-- {
			if n := s.Severities[sev]; n > 0 {
				parts = append(parts, t.paint(colors[sev], fmt.Sprintf("%d %s", n, sev)))
			}
		}
		fmt.Fprintf(&b, " (%s)", strings.Join(parts, ", "))
	}
	b.WriteByte('\n')
	for _, id := range byCount(s.Rules) {
		title := ""
		if r := t.rules[id]; r != nil {
			title = r.Title.En
		}
		fmt.Fprintf(&b, "%7d  %-20s %s\n", s.Rules[id], id, title)
	}
	switch {
	case s.Unread > 0:
		fmt.Fprintf(&b, "%s\n", t.paint("1;31", plural(s.Unread, "place")+" could not be read: what is there was not judged"))
	case s.Findings() == 0 && s.Messages > 0:
		b.WriteString("nothing found\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

func byCount(m map[string]int) []string {
	var ids []string
	for id := range m {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	return ids
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// size in the unit that suits it.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
