package main

import (
	"bytes"
	"slices"
	"strings"

	"maillint"
	"maillint/corpus"
	"maillint/internal/page"
	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"
)

// findExamples gives each rule the case of the corpus that shows it best: of
// its first incident, and with the shortest header.
func findExamples(all []*lint.Rule) (map[string]page.Example, error) {
	cases, err := corpus.Cases()
	if err != nil {
		return nil, err
	}
	p, err := policy.Parse("rules.yaml", maillint.Policy, rules.All)
	if err != nil {
		return nil, err
	}
	out := map[string]page.Example{}
	for _, r := range all {
		var best *page.Example
		rank := 0
		for i := range cases {
			c := &cases[i]
			e, ok := example(c, p, r.ID)
			if !ok {
				continue
			}
			score := len(header(c.Messages[0]))
			if len(r.Incidents) == 0 || c.Incident != r.Incidents[0] {
				score += 1 << 20
			}
			if best == nil || score < rank {
				best, rank = &e, score
			}
		}
		if best != nil {
			out[r.ID] = *best
		}
	}
	return out, nil
}

// example shows the first message of a case, if the rule finds something in it.
func example(c *corpus.Case, p *policy.Policy, rule string) (page.Example, bool) {
	if !slices.ContainsFunc(c.Want, func(w corpus.Expect) bool { return w.Rule == rule }) {
		return page.Example{}, false
	}
	said := judge(c, p, rule)
	if said == "" {
		return page.Example{}, false
	}
	return page.Example{
		Case:   c.ID,
		Head:   lines(header(c.Messages[0]), headLines),
		Report: said,
		Fixed:  lines(differing(c.Fixed, c.Messages[0]), fixedLines),
	}, true
}

const (
	headLines  = 16
	fixedLines = 8
)

// judge gives what scan says about the message, of this rule.
func judge(c *corpus.Case, p *policy.Policy, rule string) string {
	m := message.Parse(c.Messages[0])
	raw := c.Messages[0]
	if inner, ok := m.Journalled(); ok {
		m, raw = inner, nil
	} else {
		m.Envelope = m.EnvelopeFromFields()
	}
	if e := c.EnvelopeOf(c.Names[0]); e != nil {
		m.Envelope = envelope(e)
	}
	org, err := lint.NewOrg(c.Organization)
	if err != nil {
		return ""
	}
	found, _ := p.Engine(org).Run(m)
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Rule != rule })
	if len(found) == 0 {
		return ""
	}
	var b bytes.Buffer
	format, err := report.New("text", &b, report.Options{})
	if err != nil {
		return ""
	}
	r := &report.Record{Path: c.Names[0], Msg: m, Raw: raw, Verdict: p.Judge(m, policy.IdentityOf(m), found)}
	_ = format.Write(format.Render(r))
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func envelope(e *corpus.Envelope) message.Envelope {
	env := message.Envelope{Source: "smtp", Null: e.From == "<>"}
	env.ReversePath, _ = message.ParseAddress(e.From)
	for _, s := range e.To {
		if a, ok := message.ParseAddress(s); ok {
			env.Recipients = append(env.Recipients, a)
		}
	}
	return env
}

func header(raw []byte) []byte {
	m := message.Parse(raw)
	if len(m.Fields) == 0 {
		return nil
	}
	return raw[:m.Fields[len(m.Fields)-1].Span.End]
}

// differing are the lines of a that b does not have, of the header if there
// are any.
func differing(a, b []byte) []byte {
	have := map[string]bool{}
	for line := range bytes.Lines(b) {
		have[string(bytes.TrimSpace(line))] = true
	}
	pick := func(text []byte) (out []byte) {
		for line := range bytes.Lines(text) {
			if !have[string(bytes.TrimSpace(line))] {
				out = append(out, line...)
			}
		}
		return out
	}
	if out := pick(header(a)); len(out) > 0 {
		return out
	}
	return pick(a)
}

// lines cuts a text to some lines, escaped for the page.
func lines(text []byte, most int) string {
	var b strings.Builder
	n := 0
	for line := range bytes.Lines(text) {
		if n++; n > most {
			b.WriteString("[...]\n")
			break
		}
		b.WriteString(report.Escape(strings.TrimRight(string(line), "\r\n")) + "\n")
	}
	return b.String()
}
