package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"maillint/lint"
	"maillint/report"
)

// WriteJSONL writes one object a finding, one for each error and warning, and
// a closing one with the counts.
func WriteJSONL(w io.Writer, r *Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, f := range r.Findings {
		if err := enc.Encode(f.visible()); err != nil {
			return err
		}
	}
	for _, p := range r.Errors {
		if err := enc.Encode(map[string]any{"path": escape(p.Path), "line": p.Line, "record": p.Record, "error": escape(p.Text)}); err != nil {
			return err
		}
	}
	for _, p := range r.Warnings {
		if err := enc.Encode(map[string]any{"path": escape(p.Path), "line": p.Line, "record": p.Record, "warning": escape(p.Text)}); err != nil {
			return err
		}
	}
	return enc.Encode(closing{
		r.Records, r.Mailboxes, r.Rules, r.Unparsed, r.Files, len(r.Findings), len(r.Errors), len(r.Warnings), r.Approved, r.Known, len(r.Gone),
	})
}

// closing is the last object of a report.
type closing struct {
	Records   int `json:"records"`
	Mailboxes int `json:"mailboxes"`
	Rules     int `json:"rules"`
	Unparsed  int `json:"unparsed"`
	Files     int `json:"files"`
	Findings  int `json:"findings"`
	Errors    int `json:"errors"`
	Warnings  int `json:"warnings"`
	Approved  int `json:"approved"`
	Known     int `json:"known"`
	Gone      int `json:"gone"`
}

// visible escapes what came from outside: JSON leaves U+009B and bidirectional
// marks as they are, and a terminal would obey them.
func (f Finding) visible() Finding {
	for _, s := range []*string{&f.Path, &f.Mailbox, &f.Target, &f.Message, &f.Evidence, &f.Remove, &f.Suggest} {
		*s = escape(*s)
	}
	boxes := make([]string, len(f.Mailboxes))
	for i, m := range f.Mailboxes {
		boxes[i] = escape(m)
	}
	f.Mailboxes = boxes
	return f
}

// WriteText writes a page for people: what was not read first, then findings,
// worst first, then counts.
func WriteText(w io.Writer, r *Report) error {
	var b strings.Builder
	for _, p := range r.Errors {
		fmt.Fprintf(&b, "%serror: %s\n", p.where(), escape(p.Text))
	}
	for i := range r.Findings {
		r.Findings[i].text(&b)
	}
	for _, p := range r.Warnings {
		fmt.Fprintf(&b, "%snote: %s\n", p.where(), escape(p.Text))
	}
	b.WriteString(r.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// survey is the report for the formats that all verbs share.
func (r *Report) survey() *report.Survey {
	v := &report.Survey{Title: "Forwarding audit", Command: "To remove it", Counts: strings.TrimSpace(r.summary())}
	if r.book {
		v.Title, v.Command = "Address audit", "To mend it"
	}
	bad := map[string]bool{}
	for _, f := range r.Findings {
		bad[f.Path] = true
		v.Entries = append(v.Entries, report.Entry{
			Rule: f.Rule, Severity: f.Severity, Place: report.Place{Path: f.Path, Line: f.Line, Record: f.Record, Text: f.Message},
			Mailbox: f.Mailbox, Target: f.Target, Evidence: clip(f.Evidence, 300), Remove: f.Remove, Suggest: f.Suggest, Shared: f.Mailboxes,
		})
	}
	for _, p := range r.Errors {
		bad[p.Path] = true
		v.Unread = append(v.Unread, report.Place{Path: p.Path, Line: p.Line, Record: p.Record, Text: p.Text})
	}
	for _, p := range r.Warnings {
		v.Notes = append(v.Notes, report.Place{Path: p.Path, Line: p.Line, Record: p.Record, Text: p.Text})
	}
	for _, path := range r.paths {
		if !bad[path] {
			v.Clean = append(v.Clean, path)
		}
	}
	return v
}

// where is the beginning of a line of text: "path:12: ".
func (p Problem) where() string {
	switch {
	case p.Path == "":
		return ""
	case p.Line > 0:
		return fmt.Sprintf("%s:%d: ", escape(p.Path), p.Line)
	case p.Record > 0:
		return fmt.Sprintf("%s: record %d: ", escape(p.Path), p.Record)
	}
	return escape(p.Path) + ": "
}

func (f *Finding) text(b *strings.Builder) {
	p := Problem{Path: f.Path, Line: f.Line, Record: f.Record}
	fmt.Fprintf(b, "%s%s: %s [%s]\n", p.where(), f.Severity, escape(f.Message), f.Rule)
	if f.Evidence != "" {
		fmt.Fprintf(b, "    found:  %s\n", escape(clip(f.Evidence, 300)))
	}
	if f.Remove != "" {
		fmt.Fprintf(b, "    remove: %s\n", escape(f.Remove))
	}
}

// summary closes the page. It says "clean" only of what was read whole.
func (r *Report) summary() string {
	var n [lint.Critical + 1]int
	for _, f := range r.Findings {
		n[f.Severity]++
	}
	line := fmt.Sprintf("%d records of %d mailboxes in %d files, %d rules", r.Records, r.Mailboxes, r.Files, r.Rules)
	if r.book {
		line = fmt.Sprintf("%d records with %d addresses in %d files", r.Records, r.Mailboxes, r.Files)
	}
	if r.Unparsed > 0 {
		line += fmt.Sprintf(", %d records could not be read", r.Unparsed)
	}
	line += fmt.Sprintf(": %d critical, %d high, %d warning, %d info", n[lint.Critical], n[lint.High], n[lint.Warning], n[lint.Info])
	if r.Approved > 0 {
		line += fmt.Sprintf("; %d approved", r.Approved)
	}
	if r.Known > 0 || len(r.Gone) > 0 {
		line += fmt.Sprintf("; since the last audit %d unchanged and not shown, %d gone", r.Known, len(r.Gone))
	}
	if len(r.Errors) > 0 {
		line += fmt.Sprintf("; NOT COMPLETE: %d errors", len(r.Errors))
	}
	return line + "\n"
}

// escape shows control characters instead of sending them, with marks that
// turn the direction of text or do not show.
func escape(s string) string {
	if strings.IndexFunc(s, unseen) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unseen(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unseen(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || unicode.In(r, unicode.Co, unicode.Cs)
}
