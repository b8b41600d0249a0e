// Command picture draws the README's pictures: it runs maillint on cases of the
// corpus and puts what it prints, colours and all, into an SVG.
package main

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"

	"maillint"
	"maillint/corpus"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: picture text|html OUT.svg CASE...")
		os.Exit(2)
	}
	if err := draw(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func draw(form, out string, ids []string) error {
	text, err := scan(form, ids)
	if err != nil {
		return err
	}
	picture := svg("maillint scan corpus", strings.TrimRight(text, "\n"))
	if form == "html" {
		if picture, err = pageSVG([]byte(text)); err != nil {
			return err
		}
	}
	return os.WriteFile(out, picture, 0o644)
}

// scan judges the first message of each case as maillint scan does.
func scan(form string, ids []string) (string, error) {
	cases, err := corpus.Cases()
	if err != nil {
		return "", err
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	format, err := report.New(form, &b, report.Options{Color: true, Rules: rules.All})
	if err != nil {
		return "", err
	}
	var summary report.Summary
	for _, id := range ids {
		for _, c := range cases {
			if c.ID != id {
				continue
			}
			org, err := lint.NewOrg(c.Organization)
			if err != nil {
				return "", err
			}
			m := message.Parse(c.Messages[0])
			m.Envelope = envelope(m, c.EnvelopeOf(c.Names[0]))
			found, err := p.Engine(org).Run(m)
			if err != nil {
				return "", err
			}
			found = found[:min(len(found), 1)]
			record := &report.Record{Path: "corpus/" + c.ID + "/" + c.Names[0], Msg: m, Raw: c.Messages[0], Alone: true, Verdict: p.Judge(m, policy.IdentityOf(m), found)}
			piece := format.Render(record)
			tally := report.TallyOf(record)
			summary.Add(&tally)
			if piece == nil {
				return "", fmt.Errorf("%s: nothing is found in it", id)
			}
			if err := format.Write(piece); err != nil {
				return "", err
			}
		}
	}
	if form == "html" {
		err = format.Close(&summary)
	}
	return b.String(), err
}

// envelope is the case's, or what the fields suggest.
func envelope(m *message.Message, e *corpus.Envelope) message.Envelope {
	env := m.EnvelopeFromFields()
	if e == nil {
		return env
	}
	env = message.Envelope{Source: "smtp", Null: e.From == "<>"}
	env.ReversePath, _ = message.ParseAddress(e.From)
	for _, s := range e.To {
		if a, ok := message.ParseAddress(s); ok {
			env.Recipients = append(env.Recipients, a)
		}
	}
	return env
}

// colours of the SGR codes that report uses.
var colours = map[string]string{"1": "#ffffff", "31": "#ff7b72", "1;31": "#ff7b72", "33": "#e3b341", "36": "#79c0ff", "2": "#8b949e"}

var sgr = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// svg sets text in a dark window.
func svg(title, text string) []byte {
	const lineHeight, charWidth = 18, 8.0
	lines := strings.Split(text, "\n")
	columns := 0
	for _, l := range lines {
		columns = max(columns, len([]rune(sgr.ReplaceAllString(l, ""))))
	}
	columns = min(columns, 130)
	w, h := int(float64(columns)*charWidth)+40, len(lines)*lineHeight+50
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%s">`+"\n", w, h, title)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/><g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="13" fill="#c9d1d9" xml:space="preserve">`+"\n")
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="20" y="%d">%s</text>`+"\n", 35+i*lineHeight, spans(l, columns))
	}
	b.WriteString("</g></svg>\n")
	return b.Bytes()
}

// spans turns SGR sequences into coloured stretches, cut at a number of columns.
func spans(line string, columns int) string {
	var b strings.Builder
	colour := ""
	for line != "" && columns > 0 {
		at := sgr.FindStringSubmatchIndex(line)
		plain := line
		if at != nil {
			plain = line[:at[0]]
		}
		r := []rune(plain)
		r = r[:min(len(r), columns)]
		columns -= len(r)
		if s := html.EscapeString(string(r)); colour != "" && s != "" {
			fmt.Fprintf(&b, `<tspan fill="%s">%s</tspan>`, colour, s)
		} else {
			b.WriteString(s)
		}
		if at == nil {
			break
		}
		colour = colours[line[at[2]:at[3]]]
		line = line[at[1]:]
	}
	return b.String()
}
