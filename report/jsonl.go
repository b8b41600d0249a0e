package report

import (
	"bytes"
	"io"
	"time"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
)

// jsonLines is JSON Lines: one object a message, clean ones too.
type jsonLines struct{ w io.Writer }

// Write puts a line out.
func (j *jsonLines) Write(p Piece) error {
	_, err := j.w.Write(p.([]byte))
	return err
}

// Close does nothing: lines need no end.
func (j *jsonLines) Close(*Summary) error { return nil }

// Render makes the line of one message.
func (*jsonLines) Render(r *Record) Piece {
	j := &jsonWriter{b: make([]byte, 0, 1536)}
	j.open('{')
	j.field("path", r.Path)
	if j.key("disposition"); r.Err == nil {
		j.str(r.Verdict.Disposition.String())
	} else {
		j.null() // what was not judged has none, least of all pass
	}
	j.findings(r.Verdict.Findings)
	if r.Msg != nil {
		r.Msg.Verify() // so that all defects are known
		j.message(r)
	}
	if r.Err != nil {
		j.field("error", r.Err.Error())
	}
	j.close('}')
	return append(j.b, '\n')
}

func (j *jsonWriter) findings(list []policy.Judged) {
	j.key("findings")
	j.open('[')
	for i := range list {
		f := &list[i]
		j.open('{')
		j.field("rule", f.Rule)
		j.field("severity", f.Severity.String())
		j.field("where", f.Where)
		j.field("message", f.Message)
		j.field("disposition", f.Disposition.String())
		if f.Monitored {
			j.field("would", f.Would.String())
		}
		j.exceptions(f)
		j.evidence(f.Evidence)
		if len(f.Recipients) > 0 {
			j.strings("recipients", f.Recipients)
		}
		j.optional("suggest", f.Suggest)
		j.close('}')
	}
	j.close(']')
}

// exceptions are those that let a finding be, wholly or for some recipients.
func (j *jsonWriter) exceptions(f *policy.Judged) {
	if len(f.Exceptions) == 0 {
		return
	}
	j.key("exceptions")
	j.open('[')
	for _, e := range f.Exceptions {
		j.open('{')
		j.field("reason", e.Reason)
		j.field("until", e.Until.Format(time.DateOnly))
		j.optional("owner", e.Owner)
		j.close('}')
	}
	j.close(']')
}

func (j *jsonWriter) evidence(list []lint.Evidence) {
	j.key("evidence")
	j.open('[')
	for _, e := range list {
		j.open('{')
		j.field("where", e.Where)
		j.span(e.Span)
		j.optional("text", e.Text)
		j.close('}')
	}
	j.close(']')
}

func (j *jsonWriter) span(s message.Span) {
	j.number("start", s.Start)
	j.number("end", s.End)
}

func (j *jsonWriter) message(r *Record) {
	m := r.Msg
	j.number("size", m.Size)
	j.optional("subject", m.Subject())
	j.optional("date", m.Value("Date"))
	j.optional("message_id", m.Value("Message-ID"))
	j.addresses("from", m.From())
	j.key("recipients")
	j.open('{')
	j.addresses("to", m.To())
	j.addresses("cc", m.Cc())
	j.addresses("bcc", m.Bcc())
	j.close('}')
	j.key("envelope")
	j.open('{')
	from := m.Envelope.ReversePath.String()
	if m.Envelope.Null {
		from = "<>"
	}
	j.field("from", from)
	j.addresses("recipients", m.Envelope.Recipients)
	j.field("source", m.Envelope.Source)
	j.close('}')
	j.parts(r)
	j.defects(m)
}

func (j *jsonWriter) addresses(name string, list []message.Address) {
	j.key(name)
	j.open('[')
	for _, a := range list {
		j.address(a)
	}
	j.close(']')
}

// address writes one as Address.String has it, but without making a string of
// the usual ones.
func (j *jsonWriter) address(a message.Address) {
	if !usual(a.Local) || !usual(a.Domain) {
		j.str(a.String())
		return
	}
	j.sep()
	j.b = append(j.b, '"')
	j.b = append(j.b, a.Local...)
	j.b = append(j.b, '@')
	j.b = append(j.b, a.Domain...)
	j.b = append(j.b, '"')
}

// usual: letters, digits and what needs no quotes anywhere.
func usual(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_', c == '+':
		default:
			return false
		}
	}
	return s != ""
}

func (j *jsonWriter) parts(r *Record) {
	j.key("parts")
	j.open('[')
	trusted := r.Raw != nil && !decodedContainer(r.Msg)
	for _, p := range r.Msg.Parts {
		if p.Container() || p.Embedded != nil {
			continue
		}
		j.open('{')
		j.field("path", p.Path)
		j.field("name", p.Name())
		if len(p.Names) > 1 {
			j.strings("names", p.Names)
		}
		j.field("type", p.Type)
		if trusted {
			j.number("size", partSize(r, p))
		} else {
			j.number("size", p.Size())
		}
		j.close('}')
	}
	j.close(']')
}

// decodedContainer: the places of some parts are in decoded octets, not in the
// raw message.
func decodedContainer(m *message.Message) bool {
	for i := range m.Defects {
		if m.Defects[i].Kind == message.EncodedContainer {
			return true
		}
	}
	return false
}

// partSize is the decoded size. Clean base64 is counted instead of decoded;
// other small parts are decoded once for all who ask.
func partSize(r *Record, p *message.Part) int64 {
	switch {
	case p.Encoding == "base64" && !repaired(r.Msg, p):
		return base64Size(r.Raw[min(p.Body.Start, int64(len(r.Raw))):min(p.Body.End, int64(len(r.Raw)))])
	case p.Encoding == "quoted-printable" && p.Body.Len() < int64(message.DefaultLimits.Text):
		return int64(len(p.Decoded()))
	}
	return p.Size()
}

func repaired(m *message.Message, p *message.Part) bool {
	for i := range m.Defects {
		switch d := &m.Defects[i]; d.Kind {
		case message.BadBase64, message.DataAfterPadding, message.CROnly:
			if d.Where == p.Path || d.Kind == message.CROnly {
				return true
			}
		}
	}
	return false
}

// base64Size counts what base64 without any fault decodes to.
func base64Size(b []byte) int64 {
	n := len(b)
	for _, c := range []byte("= \t\r\n") {
		n -= bytes.Count(b, []byte{c})
	}
	return int64(n) * 3 / 4
}

func (j *jsonWriter) defects(m *message.Message) {
	j.key("defects")
	j.open('[')
	for i := range m.Defects {
		d := &m.Defects[i]
		j.open('{')
		j.field("kind", string(d.Kind))
		j.field("where", d.Where)
		j.span(d.Span)
		j.optional("detail", d.Detail)
		j.close('}')
	}
	j.close(']')
}
