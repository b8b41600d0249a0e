package report

import (
	"cmp"
	_ "embed"
	"html/template"
	"io"
	"net/mail"
	"slices"
	"time"

	"maillint/lint"
	"maillint/policy"
)

// page is the report as one self-contained HTML file: nothing is loaded from
// anywhere, and the policy in its head forbids it.
type page struct {
	w     io.Writer
	opt   Options
	rows  []row
	more  int // findings that have no row
	err   []string
	errs  int
	rules tallyMap
	from  tallyMap
	days  map[string]int
}

// mostRows is how many findings the table holds; a browser sorts no more with
// ease. The charts count all.
const mostRows = 5000

//go:embed page.html
var pageSource string

//go:embed frame.html
var frameSource string

var pageTemplate = framed("page", pageSource)

// framed makes a template of a page; style and script are those of all pages.
func framed(name, source string) *template.Template {
	t := template.New(name).Funcs(template.FuncMap{"group": group, "plural": plural})
	return template.Must(template.Must(t.Parse(frameSource)).Parse(source))
}

func newHTML(w io.Writer, o Options) *page {
	return &page{w: w, opt: o, rules: tallyMap{}, from: tallyMap{}, days: map[string]int{}}
}

// row is one finding in the table.
type row struct {
	Path, Sender, Day, Rule, Severity, Where, Message, Disposition, Suggest string

	Grade int // of the severity, to sort by
	Lines []pageLine
}

// pageLine is a line of the message in three pieces, the middle one marked.
type pageLine struct {
	Number             int
	Before, At, Behind string
}

type pagePiece struct {
	rows []row
	err  string
}

// Render makes the rows of one message.
func (p *page) Render(r *Record) Piece {
	if r.Err == nil && !slices.ContainsFunc(r.Verdict.Findings, p.shown) {
		return nil
	}
	out := &pagePiece{}
	if r.Err != nil {
		out.err = Escape(r.Path + ": " + r.Err.Error())
	}
	sender, day := "", ""
	if r.Msg != nil {
		sender = Escape(r.Msg.Envelope.ReversePath.String())
		if from := r.Msg.From(); len(from) > 0 {
			sender = Escape(from[0].String())
		}
		if t, err := mail.ParseDate(r.Msg.Value("Date")); err == nil {
			day = t.Format(time.DateOnly)
		}
	}
	for i := range r.Verdict.Findings {
		f := &r.Verdict.Findings[i]
		if !p.shown(*f) {
			continue
		}
		out.rows = append(out.rows, row{
			Path: Escape(r.Path), Sender: sender, Day: day, Rule: Escape(f.Rule), Severity: f.Severity.String(), Grade: int(f.Severity),
			Where: Escape(f.Where), Message: Escape(f.Message), Disposition: f.Disposition.String(), Suggest: Escape(f.Suggest), Lines: pageLines(r, f),
		})
	}
	return out
}

func (p *page) shown(f policy.Judged) bool { return f.Severity >= p.opt.Show }

func pageLines(r *Record, f *policy.Judged) (out []pageLine) {
	for i, e := range f.Evidence {
		if i == placesShown {
			break
		}
		lines, _ := r.excerpts(e)
		for _, x := range lines {
			start := max(0, min(x.start, len(x.text)))
			end := max(start, min(x.end, len(x.text)))
			out = append(out, pageLine{x.number, Escape(x.text[:start]), Escape(x.text[start:end]), Escape(x.text[end:])})
		}
	}
	return out
}

// Write counts the findings of a message.
func (p *page) Write(piece Piece) error {
	x := piece.(*pagePiece)
	if x.err != "" {
		if p.errs++; len(p.err) < mostRows {
			p.err = append(p.err, x.err)
		}
	}
	for _, r := range x.rows {
		p.rules.add(r.Rule, r.Grade)
		p.from.add(r.Sender, r.Grade)
		p.days[r.Day]++
		if len(p.rows) < mostRows {
			p.rows = append(p.rows, r)
		} else {
			p.more++
		}
	}
	return nil
}

// pageData is what the template shows.
type pageData struct {
	Lang, Version string
	Summary       *Summary
	Size, Elapsed string
	Found, Hidden int
	Severities    []bar
	Dispositions  []bar
	Rules         []bar
	Senders       []bar
	Days          []column
	DayTitle      string
	MostInDay     int
	Rows          []row
	More          int
	Errors        []string
	ErrorsMore    int
	Explain       []ruleText
}

type ruleText struct{ ID, Title, Why, Fix string }

// Close writes the file.
func (p *page) Close(s *Summary) error {
	d := pageData{
		Lang: cmp.Or(p.opt.Lang, "en"), Version: p.opt.Version, Summary: s, Size: size(s.Bytes), Elapsed: duration(s.Elapsed),
		Found: s.Findings(p.opt.Show), Hidden: s.Findings(lint.Info) - s.Findings(p.opt.Show),
		Rules: p.rules.bars(len(p.rules)), Senders: p.from.bars(15), Rows: p.rows, More: p.more,
		Errors: p.err, ErrorsMore: p.errs - len(p.err),
	}
	d.Days, d.DayTitle, d.MostInDay = columnsOf(p.days)
	for sev := lint.Critical; sev >= p.opt.Show; sev-- {
		d.Severities = append(d.Severities, bar{Name: sev.String(), N: s.Severities[sev], Grade: int(sev)})
	}
	for disposition := policy.Reject; disposition > policy.Pass; disposition-- {
		if n := s.Dispositions[disposition]; n > 0 {
			d.Dispositions = append(d.Dispositions, bar{Name: disposition.String(), N: n})
		}
	}
	for _, b := range d.Rules {
		if r := p.opt.rule(b.Name); r != nil {
			d.Explain = append(d.Explain, ruleText{r.ID, r.Title.In(p.opt.Lang), oneLine(r.Why.In(p.opt.Lang)), oneLine(r.Fix.In(p.opt.Lang))})
		}
	}
	return pageTemplate.Execute(p.w, d)
}
