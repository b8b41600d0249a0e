package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/report"
	"maillint/rules"
	"maillint/store"
)

func (q *quarantine) showCommand() *cobra.Command {
	var headers, text bool
	lang := "en"
	cmd := &cobra.Command{
		Use:   "show ID...",
		Short: "Show a held message and why it was held",
		Long: `Show says who submitted a message, to whom, what was decided, and points at the places that
the findings are about. Nothing of the message reaches the terminal as it is: control characters,
escape sequences and changes of direction are shown, not carried out. The look is recorded in the
audit log.`,
		Example: `  maillint quarantine show 06eh3k2m9xq4tz7b
  maillint quarantine show --headers --text ID
  maillint quarantine show --json ID`,
		Args: atLeast(1, "the ID of a held message (\"maillint quarantine list\" has them)"),
		RunE: q.run(func(ids []string) error {
			return q.each(ids, func(id string) error { return q.show(id, showing{headers, text, lang}) })
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&headers, "headers", false, "the whole header as well")
	f.BoolVar(&text, "text", false, "the first text part as well")
	f.StringVar(&lang, "lang", "en", "`LANGUAGE` of explanations: en or ja")
	return cmd
}

// showing is what of a message is shown.
type showing struct {
	headers, text bool
	lang          string
}

func (q *quarantine) show(id string, s showing) error {
	it, err := q.db.Item(q.ctx, id)
	if err != nil {
		return err
	}
	q.look("look", id)
	present, noLonger := q.present(it)
	if q.json {
		return q.printJSON(shownItem{it, noLonger})
	}
	var b strings.Builder
	describe(&b, it)
	line(&b, "policy now", present)
	fmt.Fprint(q.stdout, b.String())
	body, err := q.body(it)
	if err != nil {
		q.findings(it, nil, s)
		return err
	}
	defer body.Close()
	m := message.ParseReader(body, body.Size())
	q.findings(it, m, s)
	b.Reset()
	parts(&b, m)
	if s.headers {
		header(&b, m)
	}
	if s.text {
		firstText(&b, m)
	}
	_, err = fmt.Fprint(q.stdout, b.String())
	return err
}

// line writes "name: value" where there is one.
func line(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "%-13s %s\n", name+":", report.Escape(value))
	}
}

// describe writes what is known about an item besides its bytes.
func describe(b *strings.Builder, it *store.Item) {
	line(b, "id", it.ID)
	state := string(it.State)
	if it.State == store.Held {
		state += ", " + it.Disposition
	}
	line(b, "state", state)
	line(b, "subject", it.Subject)
	line(b, "message-id", it.MessageID)
	line(b, "submitted by", submitter(it.Identity))
	line(b, "notices to", orElse(it.Identity.Mailbox, it.Identity.Owner))
	line(b, "reverse-path", withParams("<"+it.ReversePath.Address+">", it.ReversePath.Params))
	line(b, "size", report.Size(it.Size))
	line(b, "sha-256", it.Hash.String())
	line(b, "held", clock(it.Held)+" by "+it.Node+orPrefix(", policy ", it.Policy))
	line(b, "due", clock(it.Due))
	line(b, "anew from", it.Of)
	decided(b, it)
	recipients(b, it)
}

func orPrefix(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func withParams(address string, params []string) string {
	return strings.Join(append([]string{address}, params...), " ")
}

func submitter(i store.Identity) string {
	who := orElse(i.Address, orElse(i.Account, "nobody known"))
	if i.Account != "" && i.Account != i.Address {
		who += ", account " + i.Account
	}
	return who + " (" + i.Trust + orPrefix(", from ", i.Remote) + ")"
}

// decided writes votes and the decision.
func decided(b *strings.Builder, it *store.Item) {
	for _, v := range it.Votes {
		line(b, "approved by", v.By+orPrefix(" as ", v.OSUser)+" "+clock(v.At)+orPrefix(": ", v.Reason))
	}
	if d := it.Decision; d.How != "" {
		line(b, "decided", d.How+orPrefix(" by ", d.By)+orPrefix(" as ", d.OSUser)+" "+clock(d.At)+orPrefix(": ", d.Reason))
	}
	if it.Hide {
		line(b, "hidden", "visible external recipients")
	}
	if len(it.Only) > 0 {
		line(b, "only to", strings.Join(it.Only, ", "))
	}
	line(b, "bytes until", clock(it.Purge))
}

// recipientsShown bounds the list of recipients for people.
const recipientsShown = 40

func recipients(b *strings.Builder, it *store.Item) {
	fmt.Fprintf(b, "%-13s %d\n", "recipients:", len(it.Recipients))
	for i, r := range it.Recipients {
		if i == recipientsShown {
			fmt.Fprintf(b, "  ... and %s (--json shows all)\n", report.Plural(len(it.Recipients)-i, "more"))
			return
		}
		text := withParams("<"+r.Address+">", r.Params)
		if r.State != store.Waiting {
			text += "  " + string(r.State) + orPrefix(" ", r.Reply)
		}
		fmt.Fprintf(b, "  %s\n", report.Escape(text))
	}
}

// findings writes why the message was held, with the places in it.
func (q *quarantine) findings(it *store.Item, m *message.Message, s showing) {
	r := &report.Record{Path: it.ID, Msg: m}
	for _, f := range it.Findings {
		r.Verdict.Findings = append(r.Verdict.Findings, judged(f))
	}
	format, err := report.New("text", q.stdout, report.Options{Rules: rules.All, Color: colorful(q.stdout), Lang: s.lang})
	if err != nil {
		return
	}
	fmt.Fprintln(q.stdout)
	if piece := format.Render(r); piece != nil {
		_ = format.Write(piece)
	}
}

// judged is a stored finding as reports take it.
func judged(f store.Finding) policy.Judged {
	out := policy.Judged{Finding: lint.Finding{
		Rule: f.Rule, Where: f.Where, Message: f.Message, Suggest: f.Suggest, About: f.About, Recipients: f.Recipients,
	}}
	_ = out.Severity.UnmarshalText([]byte(f.Severity))
	_ = out.Disposition.UnmarshalText([]byte(f.Disposition))
	out.Would = out.Disposition
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, lint.Evidence{Where: e.Where, Text: e.Text, Span: message.Span{Start: e.Start, End: e.End}})
	}
	return out
}

// parts lists what the message is made of.
func parts(b *strings.Builder, m *message.Message) {
	for _, name := range []string{"From", "To", "Cc"} {
		for _, v := range m.Values(name) {
			line(b, strings.ToLower(name), clip(message.DecodeHeader(v), 300))
		}
	}
	line(b, "date", m.Value("Date"))
	b.WriteString("parts:\n")
	for i, p := range m.Parts {
		if i == recipientsShown {
			fmt.Fprintf(b, "  ... and %s\n", report.Plural(len(m.Parts)-i, "more"))
			break
		}
		if !p.Container() {
			fmt.Fprintf(b, "  %-5s %s\n", p.Path, report.Escape(strings.TrimSpace(p.Type+"  "+strings.Join(p.Names, ", "))+"  "+report.Size(p.Body.Len())))
		}
	}
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

// What is shown of a message is bounded.
const (
	headerShown = 64 << 10
	textShown   = 16 << 10
)

func header(b *strings.Builder, m *message.Message) {
	b.WriteString("header:\n")
	raw, _ := io.ReadAll(io.LimitReader(m.Raw(), headerShown))
	end := int64(len(raw))
	if n := len(m.Fields); n > 0 {
		end = min(end, m.Fields[n-1].Span.End)
	}
	indented(b, string(raw[:end]))
}

// firstText shows the first part that people read.
func firstText(b *strings.Builder, m *message.Message) {
	for _, p := range m.Parts {
		if p.Container() || !strings.HasPrefix(p.Type, "text/") {
			continue
		}
		text := p.Text()
		fmt.Fprintf(b, "text of part %s:\n", p.Path)
		if len(text) > textShown {
			text = text[:textShown] + "\n..."
		}
		indented(b, text)
		return
	}
}

func indented(b *strings.Builder, text string) {
	for l := range strings.Lines(text) {
		b.WriteString("  " + report.Escape(strings.TrimRight(l, "\r\n")) + "\n")
	}
}
