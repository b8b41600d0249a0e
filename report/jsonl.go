package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"maillint/message"
)

// jsonLines is JSON Lines: one object a message.
type jsonLines struct{}

type jsonRecord struct {
	Path        string         `json:"path"`
	Disposition string         `json:"disposition,omitempty"`
	Findings    []jsonFinding  `json:"findings"`
	Subject     string         `json:"subject,omitempty"`
	Envelope    *jsonEnvelope  `json:"envelope,omitempty"`
	Recipients  jsonRecipients `json:"recipients"`
	Parts       []jsonPart     `json:"parts"`
	Defects     []jsonDefect   `json:"defects"`
	Error       string         `json:"error,omitempty"`
}

type jsonFinding struct {
	Rule        string         `json:"rule"`
	Severity    string         `json:"severity"`
	Where       string         `json:"where"`
	Message     string         `json:"message"`
	Disposition string         `json:"disposition"`
	Would       string         `json:"would,omitempty"` // monitored: what would have happened
	Recipients  []string       `json:"recipients,omitempty"`
	Suggest     string         `json:"suggest,omitempty"`
	Evidence    []jsonEvidence `json:"evidence"`
}

type jsonEvidence struct {
	Where string `json:"where"`
	Start int64  `json:"start"`
	End   int64  `json:"end"`
	Text  string `json:"text,omitempty"`
}

type jsonEnvelope struct {
	From       string   `json:"from"`
	Recipients []string `json:"recipients"`
	Source     string   `json:"source"`
}

type jsonRecipients struct {
	To  []string `json:"to"`
	Cc  []string `json:"cc"`
	Bcc []string `json:"bcc"`
}

type jsonPart struct {
	Path  string   `json:"path"`
	Name  string   `json:"name"`
	Names []string `json:"names,omitempty"` // where there are several
	Type  string   `json:"type"`
	Size  int64    `json:"size"` // decoded octets
}

type jsonDefect struct {
	Kind   string `json:"kind"`
	Where  string `json:"where"`
	Start  int64  `json:"start"`
	End    int64  `json:"end"`
	Detail string `json:"detail,omitempty"`
}

func (jsonLines) Begin(io.Writer) error { return nil }

func (jsonLines) Record(b *bytes.Buffer, r *Record) {
	j := jsonRecord{
		Path: r.Path, Findings: []jsonFinding{}, Parts: []jsonPart{}, Defects: []jsonDefect{},
		Recipients: jsonRecipients{[]string{}, []string{}, []string{}},
	}
	if r.Err != nil {
		j.Error = r.Err.Error()
	}
	if r.Msg != nil {
		j.Disposition = r.Verdict.Disposition.String()
		j.message(r.Msg)
	}
	j.findings(r)
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	_ = e.Encode(j) // a buffer takes all, and the types are ours
	for _, c := range line.String() {
		if c != '\n' && c >= 0x7f && unsafe(c) { // encoding/json leaves these
			fmt.Fprintf(b, "\\u%04x", c)
		} else {
			b.WriteRune(c)
		}
	}
}

func (j *jsonRecord) message(m *message.Message) {
	j.Subject = m.Subject()
	j.Recipients = jsonRecipients{addresses(m.To()), addresses(m.Cc()), addresses(m.Bcc())}
	from := m.Envelope.ReversePath.String()
	if m.Envelope.Null {
		from = "<>"
	}
	j.Envelope = &jsonEnvelope{from, addresses(m.Envelope.Recipients), m.Envelope.Source}
	for _, p := range m.Parts {
		if p.Container() {
			continue
		}
		part := jsonPart{Path: p.Path, Name: p.Name(), Type: p.Type, Size: p.Size()}
		if len(p.Names) > 1 {
			part.Names = p.Names
		}
		j.Parts = append(j.Parts, part)
	}
	for _, d := range m.Defects {
		j.Defects = append(j.Defects, jsonDefect{string(d.Kind), d.Where, d.Span.Start, d.Span.End, d.Detail})
	}
}

func addresses(list []message.Address) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

func (j *jsonRecord) findings(r *Record) {
	for _, f := range r.Verdict.Findings {
		jf := jsonFinding{
			Rule: f.Rule, Severity: f.Severity.String(), Where: f.Where, Message: f.Message,
			Disposition: f.Disposition.String(), Recipients: f.Recipients, Suggest: f.Suggest, Evidence: []jsonEvidence{},
		}
		if f.Monitored {
			jf.Would = f.Would.String()
		}
		for _, e := range f.Evidence {
			jf.Evidence = append(jf.Evidence, jsonEvidence{e.Where, e.Span.Start, e.Span.End, e.Text})
		}
		j.Findings = append(j.Findings, jf)
	}
}

func (jsonLines) End(io.Writer, *Summary) error { return nil }
