package gate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"maillint/lint"
	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// passing are the fields that change each time a message is handed in again:
// programs write a new Message-ID and Date, servers on the way add the rest.
// Every other field, and the whole body, must be the same.
var passing = []string{
	"Message-ID", "Date", "Received", "Return-Path", "X-Received", "X-Originating-IP", "X-OriginalArrivalTime", "Thread-Index",
	"DKIM-Signature", "ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results", "Authentication-Results", "Received-SPF",
	"X-MS-Exchange-*", "X-MS-Has-Attach", "X-MS-TNEF-Correlator", "X-Forefront-*", "X-Microsoft-Antispam*",
}

func passes(name string) bool {
	return slices.ContainsFunc(passing, func(p string) bool {
		start, many := strings.CutSuffix(p, "*")
		return many && len(name) >= len(start) && strings.EqualFold(name[:len(start)], start) || strings.EqualFold(name, p)
	})
}

// contentKey names what somebody wrote, however often it is handed in: "" where
// there is no identity.
func contentKey(by policy.Identity, m *message.Message, hash [32]byte) string {
	who := sender{}.stored(by).Key()
	if who == "" {
		return ""
	}
	h := sha256.New()
	part := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	part(trusts[by.Trust])
	part(who)
	bounds, start := boundaries(m), int64(0)
	for i := range m.Fields {
		f := &m.Fields[i]
		if start = f.Span.End; !passes(f.Name) {
			part(strings.ToLower(f.Name))
			part(bounds.Replace(f.Value()))
		}
	}
	raw := m.Raw()
	_, err := io.CopyN(io.Discard, raw, start)
	if err == nil {
		err = hashLines(h, raw, bounds)
	}
	if err != nil {
		h.Write(hash[:]) // it could not be read whole: it is like no other
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// A boundary of a few letters is text as well, and stays.
var boundaryParam = regexp.MustCompile(`(?i)\bboundary="?([^";\s]{8,70})`)

// boundaries takes the delimiters of multiparts out of a text: programs make
// new ones each time.
func boundaries(m *message.Message) *strings.Replacer {
	const most = 40
	var list []string
	for _, p := range m.Parts {
		for i := range p.Fields {
			if f := &p.Fields[i]; p.Container() && f.Is("Content-Type") && len(list) < 2*most {
				if found := boundaryParam.FindStringSubmatch(f.Value()); found != nil {
					list = append(list, found[1], "")
				}
			}
		}
	}
	return strings.NewReplacer(list...)
}

// hashLines writes a body without its delimiters.
func hashLines(w io.Writer, body io.Reader, bounds *strings.Replacer) error {
	r := bufio.NewReaderSize(body, 64<<10)
	for {
		line, err := r.ReadSlice('\n')
		if bytes.Contains(line, []byte("--")) || bytes.Contains(line, []byte("oundary")) {
			line = []byte(bounds.Replace(string(line)))
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
		switch err {
		case nil, bufio.ErrBufferFull:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// mostRecallText bounds what a recall says besides the subject that it names.
const mostRecallText = 200

// recalled gives the subjects of which a message may be the recall, the longest
// first. A recall, as Outlook sends it to the world, is a short text that names
// the subject in quotes, below a subject of a word, a colon and the same (in
// English "Recall: ..."), with nothing but Outlook's own form attached.
func recalled(m *message.Message) []string {
	subject := m.Subject()
	if !strings.ContainsAny(subject, ":：") {
		return nil
	}
	text, ok := recallText(m, len(subject)+mostRecallText)
	if !ok {
		return nil
	}
	var out []string
	for i, r := range subject {
		const mostPrefix = 40
		if i > mostPrefix || len(out) > 4 {
			break
		}
		if r != ':' && r != '：' {
			continue
		}
		of := squeezed(subject[i+utf8.RuneLen(r):])
		at := strings.Index(text, of)
		if of == "" || at <= 0 || len(text) > len(of)+mostRecallText {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(of):])
		if quote(before) && quote(after) {
			out = append(out, of)
		}
	}
	return out
}

func quote(r rune) bool { return strings.ContainsRune("\"'“”„‘’«»「」『』", r) }

// recallText is the one text of a message that has nothing else, if it has no
// more than most octets.
func recallText(m *message.Message, most int) (string, bool) {
	const mostForm = 64 << 10
	text := ""
	for _, p := range m.Parts {
		switch {
		case p.Container():
		case p.Type == "text/plain" && text == "" && !p.Attachment():
			if text = squeezedTo(p.Text(), most); len(text) > most {
				return "", false
			}
		case p.Type == "text/html" && !p.Attachment() && p.Size() <= mostForm:
		case p.Type == "application/ms-tnef" && p.Size() <= mostForm && bytes.Contains(p.Decoded(), []byte("IPM.Outlook.Recall")):
		default:
			return "", false
		}
	}
	return text, text != ""
}

// squeezedTo gives no more than what shows that a text is longer than most.
func squeezedTo(s string, most int) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(s) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if b.WriteString(word); b.Len() > most {
			break
		}
	}
	return b.String()
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

// Notes of the recall of a held message: which item it recalls, and its own
// content, by which the same recall is known when it comes again.
const (
	noteRecalls = "recalls"
	noteContent = "content"
)

// findRecalled looks among what is held of the same identity for the message
// that this one recalls, and makes that a finding: who waits for the one waits
// for the other.
func (g *Gate) findRecalled(ctx context.Context, c *current, tx *Transaction, j *judgement) error {
	who := sender{}.stored(tx.Identity)
	subjects := recalled(j.msg)
	if len(subjects) == 0 || who.Key() == "" || c.Mode == policy.Monitor || j.verdict.Service != nil && j.verdict.Service.HoldNever {
		return nil
	}
	list, err := g.o.Store.List(ctx, store.Filter{Identity: who.Key(), States: []store.State{store.Held}})
	if err != nil {
		return fmt.Errorf("looking for what is recalled: %w", err)
	}
	slices.Reverse(list) // the latest of that subject
	for _, it := range list {
		if it.Identity.Trust != who.Trust || it.Notes[noteRecalls] != "" || !slices.Contains(subjects, squeezed(strings.TrimSuffix(it.Subject, "..."))) {
			continue
		}
		f, ok := recallFinding(tx, it, j, g.Braked)
		if ok {
			j.recalls = it
			j.verdict.Findings = append([]policy.Judged{f}, j.verdict.Findings...)
			j.verdict.Disposition, j.verdict.Would = max(j.verdict.Disposition, f.Disposition), max(j.verdict.Would, f.Would)
			return nil
		}
	}
	return nil
}

// recallFinding says which recipients of a recall wait for a held message.
func recallFinding(tx *Transaction, it *store.Item, j *judgement, braked func(string) bool) (policy.Judged, bool) {
	var d policy.Disposition
	if d.UnmarshalText([]byte(it.Disposition)) != nil || !d.Holds() || len(it.Findings) == 0 || braked(it.Findings[0].Rule) {
		return policy.Judged{}, false
	}
	if d == policy.Delay { // whoever recalls a message does not want it sent by the clock
		d = unasked(policy.Confirm, j.sender, "")
	}
	f := lint.Finding{Rule: it.Findings[0].Rule, Severity: lint.Info, Where: "Subject", Message: "recalls a message that is held: " + it.ID}
	for _, r := range tx.Recipients {
		if slices.ContainsFunc(it.Recipients, func(o store.Recipient) bool { return addressOf(o.Address).Key() == r.Address.Key() }) {
			f.Recipients = append(f.Recipients, r.Address.String())
		}
	}
	return policy.Judged{Finding: f, Disposition: d, Would: d}, len(f.Recipients) > 0
}

// askAbout stops the clock of a delayed message that its sender recalls: it is
// not sent before somebody says so.
func (g *Gate) askAbout(ctx context.Context, s *submission) {
	of := s.j.recalls
	if of == nil || of.Disposition != policy.Delay.String() {
		return
	}
	_, err := g.o.Store.Update(ctx, of.ID, func(it *store.Item) ([]store.Record, error) {
		if it.State != store.Held || it.Disposition != policy.Delay.String() {
			return nil, errNotHeld
		}
		d := unasked(policy.Confirm, s.j.sender, "").String()
		for i := range it.Findings {
			if it.Findings[i].Disposition == it.Disposition {
				it.Findings[i].Disposition = d
			}
		}
		it.Disposition = d
		it.Due, it.NoticeAccepted, it.Reminded, it.Look = time.Time{}, time.Time{}, 0, s.g.o.Store.Now(ctx)
		return []store.Record{{Event: "recalled", Item: it.ID, Reason: "its sender recalled it: it waits for a decision"}}, nil
	})
	if err != nil && !errors.Is(err, errNotHeld) {
		g.o.Observer.failed("store", err)
	}
}
