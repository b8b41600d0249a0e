package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"maillint/lint"
)

// Survey is a report about files that are no messages: exports of settings,
// lists, address books.
type Survey struct {
	Title   string // of the page
	Command string // head of the column of Entry.Remove
	Counts  string // one line: what was read and found
	Entries []Entry
	Clean   []string // files without a finding, for JUnit's passed cases
	Unread  []Place  // what was not read; never empty where something is missing
	Notes   []Place  // what was read with a reservation
}

// Place is a remark about a line of a file.
type Place struct {
	Path         string
	Line, Record int
	Text         string
}

// Entry is one finding.
type Entry struct {
	Rule     string
	Severity lint.Severity
	Place    // Text is what was found
	Mailbox  string
	Target   string
	Evidence string
	Remove   string   // the command or the step that takes it away
	Suggest  string   // the address that was probably meant
	Shared   []string // all mailboxes, where it concerns several
}

// where is a place for people: "path:12", "path: record 3".
func (p Place) where() string {
	switch {
	case p.Line > 0:
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	case p.Record > 0:
		return fmt.Sprintf("%s: record %d", p.Path, p.Record)
	}
	return p.Path
}

// String is the place and what is said about it.
func (p Place) String() string {
	if w := p.where(); w != "" {
		return w + ": " + p.Text
	}
	return p.Text
}

// surveyForms are the formats of a survey that this package writes.
var surveyForms = map[string]func(io.Writer, *Survey, Options) error{"sarif": surveySARIF, "junit": surveyJUnit, "html": surveyHTML}

// WriteSurvey writes a survey as sarif, junit or html. Of Options, Rules,
// Show, Lang and Version are used.
func WriteSurvey(format string, w io.Writer, s *Survey, o Options) error {
	write, ok := surveyForms[format]
	if !ok {
		return fmt.Errorf("unknown format %q: want sarif, junit or html", format)
	}
	return write(w, s, o)
}

// surveySARIF writes SARIF 2.1.0: results with the line of the export, what
// was not read as notifications.
func surveySARIF(w io.Writer, v *Survey, o Options) error {
	s := newSARIF(w, o)
	again := map[string]int{}
	for i := range v.Entries {
		id := v.Entries[i].identity()
		again[id]++
		if err := s.Write(&sarifPiece{results: [][]byte{s.entry(&v.Entries[i], nth(id, again[id]))}}); err != nil {
			return err
		}
	}
	for _, p := range v.Unread {
		s.unread = append(s.unread, [2]string{cmp.Or(p.where(), "audit"), p.Text})
	}
	return s.Close(&Summary{Interrupted: len(v.Unread) > 0})
}

// identity tells an entry again tomorrow: what it is about, and not its line.
// Several rules of one mailbox may share it.
func (e *Entry) identity() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{e.Rule, e.Mailbox, e.Target}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// entry is one result.
func (s *sarif) entry(e *Entry, id string) []byte {
	j := &jsonWriter{}
	j.open('{')
	j.field("ruleId", e.Rule)
	if i, ok := s.index[e.Rule]; ok {
		j.number("ruleIndex", int64(i))
	}
	j.field("level", sarifLevels[e.Severity])
	j.key("message")
	j.open('{')
	j.field("text", e.Text)
	j.close('}')
	if e.Path != "" {
		j.place(&e.Place)
	}
	j.fingerprints(id)
	j.key("properties")
	j.open('{')
	j.field("severity", e.Severity.String())
	for _, p := range [][2]string{{"mailbox", e.Mailbox}, {"target", e.Target}, {"evidence", e.Evidence}, {"remove", e.Remove}, {"suggest", e.Suggest}} {
		j.optional(p[0], p[1])
	}
	if len(e.Shared) > 0 {
		j.strings("shared_by", e.Shared)
	}
	if e.Record > 0 {
		j.number("record", int64(e.Record))
	}
	j.close('}')
	j.close('}')
	return j.b
}

// place is where an entry stands; without a line, in the file's first, as region
// has it.
func (j *jsonWriter) place(p *Place) {
	j.key("locations")
	j.open('[')
	j.open('{')
	j.key("physicalLocation")
	j.open('{')
	j.key("artifactLocation")
	j.open('{')
	j.field("uri", fileURI(p.Path))
	j.close('}')
	j.key("region")
	j.open('{')
	j.number("startLine", int64(max(1, p.Line)))
	j.close('}')
	j.close('}')
	j.close('}')
	j.close(']')
}

// surveyJUnit writes a test case a finding, with the export as its class; a
// passed one for each file without a finding; an error for what was not read.
// Findings below Options.Show are cases that passed.
func surveyJUnit(w io.Writer, v *Survey, o Options) error {
	t := newJUnit(w, o)
	var pieces []*junitPiece
	for i := range v.Entries {
		pieces = append(pieces, t.entry(&v.Entries[i]))
	}
	for _, p := range v.Unread {
		pieces = append(pieces, &junitPiece{errorful: true, xml: []byte(fmt.Sprintf(
			"  <testcase name=\"%s\" classname=\"%s\">\n    <error type=\"not read\" message=\"%s\"></error>\n  </testcase>\n",
			attribute(cmp.Or(p.where(), "audit")), attribute(cmp.Or(p.Path, "audit")), attribute(p.Text)))})
	}
	for _, path := range v.Clean {
		pieces = append(pieces, &junitPiece{xml: []byte(fmt.Sprintf("  <testcase name=\"%s\" classname=\"%[1]s\"/>\n", attribute(path)))})
	}
	for _, p := range pieces {
		if err := t.Write(p); err != nil {
			return err
		}
	}
	return t.Close(&Summary{})
}

// entry is the test case of one finding.
func (t *junit) entry(e *Entry) *junitPiece {
	name := e.Rule + " " + cmp.Or(e.Mailbox, e.where())
	if len(e.Shared) > 0 {
		name = fmt.Sprintf("%s %d mailboxes", e.Rule, len(e.Shared))
	}
	if e.Target != "" && e.Target != e.Mailbox {
		name += " -> " + e.Target
	}
	head := fmt.Sprintf("  <testcase name=\"%s\" classname=\"%s\">\n", attribute(name), attribute(cmp.Or(e.Path, "audit")))
	said := e.Severity.String() + ": " + e.Text
	if e.Severity < t.opt.Show {
		return &junitPiece{xml: []byte(head + "    <system-out>" + attribute(e.where()+": "+said) + "</system-out>\n  </testcase>\n")}
	}
	details := []string{e.where(), "found: " + e.Evidence, "remove: " + e.Remove, "did you mean: " + e.Suggest}
	details = slices.DeleteFunc(details, func(s string) bool { return s == "" || strings.HasSuffix(s, ": ") })
	body := fmt.Sprintf("    <failure type=\"%s\" message=\"%s\">%s</failure>\n  </testcase>\n", attribute(e.Rule), attribute(said), elementLines(details))
	return &junitPiece{failed: true, xml: []byte(head + body)}
}

// elementLines is lines of text inside an element.
func elementLines(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("\n" + attribute(l))
	}
	return b.String() + "\n"
}

//go:embed survey.html
var surveySource string

// surveyTemplate is a page of its own that is framed like the one of a scan.
var surveyTemplate = framed("survey", surveySource)

// surveyRow is one finding on the page.
type surveyRow struct {
	Entry
	Severity, Where, Message string
	Grade                    int
}

// surveyHTML writes one self-contained page.
func surveyHTML(w io.Writer, v *Survey, o Options) error {
	d := struct {
		Lang, Version, Title, Command, Counts string
		Found, More                           int
		Severities                            []bar
		Rows                                  []surveyRow
		Unread, Notes                         []string
		Explain                               []ruleText
	}{
		Lang: cmp.Or(o.Lang, "en"), Version: o.Version, Title: v.Title, Command: v.Command, Counts: Escape(v.Counts),
		Found: len(v.Entries), More: max(0, len(v.Entries)-mostRows), Unread: placeTexts(v.Unread), Notes: placeTexts(v.Notes),
	}
	var counts [lint.Critical + 1]int
	met := map[string]bool{}
	for i, e := range v.Entries {
		counts[e.Severity]++
		met[e.Rule] = true
		if i < mostRows {
			d.Rows = append(d.Rows, surveyRowOf(e))
		}
	}
	for sev := lint.Critical; sev >= lint.Info; sev-- {
		d.Severities = append(d.Severities, bar{Name: sev.String(), N: counts[sev], Grade: int(sev)})
	}
	for _, r := range o.Rules {
		if met[r.ID] {
			d.Explain = append(d.Explain, ruleText{r.ID, r.Title.In(o.Lang), oneLine(r.Why.In(o.Lang)), oneLine(r.Fix.In(o.Lang))})
		}
	}
	return surveyTemplate.Execute(w, d)
}

func surveyRowOf(e Entry) surveyRow {
	row := surveyRow{Entry: e, Severity: e.Severity.String(), Where: Escape(e.where()), Message: Escape(e.Text), Grade: int(e.Severity)}
	for _, s := range []*string{&row.Rule, &row.Mailbox, &row.Target, &row.Evidence, &row.Remove, &row.Suggest} {
		*s = Escape(*s)
	}
	row.Shared = make([]string, len(e.Shared))
	for i, m := range e.Shared {
		row.Shared[i] = Escape(m)
	}
	return row
}

func placeTexts(list []Place) (out []string) {
	for _, p := range list {
		out = append(out, Escape(p.String()))
	}
	return out
}
