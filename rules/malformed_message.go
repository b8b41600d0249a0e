package rules

import (
	"fmt"
	"slices"
	"strings"

	"maillint/content"
	"maillint/lint"
	"maillint/message"
)

// MalformedMessage finds messages that two readers read differently, and what
// could not be read whole. It keeps the other rules honest: what they could
// not see is said here.
var MalformedMessage = lint.New(lint.Meta{
	ID:       "malformed-message",
	Severity: lint.High,
	Defaults: map[lint.Severity]string{lint.Info: "pass", lint.High: "quarantine"},
	Title: lint.Text{
		En: "the message could not be read in one way only, or not whole",
		Ja: "メールの構造が不正で、一通りに、または全体を読み取れない",
	},
	Why: lint.Text{
		En: `Mail programs repair broken messages, each in its own way. What one of them shows, another overlooks: a
second To field, a part after the closing delimiter, a file with two names. Who wants to get something past
a check writes such a message. So maillint reads it every way it knows, and says so; and where a limit kept
it from reading on, it does not call the message clean.`,
		Ja: `メールソフトは壊れたメールをそれぞれのやり方で修復します。あるソフトには見えるもの（2つ目のTo、終端の後の
パート、2つの名前を持つ添付）が、別のソフトには見えません。検査をすり抜けようとする人はそのようなメールを
作ります。maillint は考えられる読み方をすべて行い、その事実を報告します。制限によって読み切れなかった
メールを「問題なし」とすることもありません。`,
	},
	Fix: lint.Text{
		En: "Write the message anew in a usual mail program; report the program that made it to its maker.",
		Ja: "一般的なメールソフトで作り直してください。送信プログラムの不具合は開発元に連絡してください。",
	},
	Quiet: lint.Text{
		En: `Sloppiness of real mail programs, which hides nothing, is info: addresses separated by semicolons, dots
in odd places of Japanese mobile addresses, wrong charset labels, a missing end of a multipart. What of the
attachments was not read (locked, damaged, of a format that is not read) is info too: docs/limits.md lists it.`,
		Ja: `実在のメールソフトにありがちな、何も隠さない程度の誤りは info とします。セミコロン区切りの宛先、
携帯アドレスの連続ドット、文字コード表示の誤り、マルチパートの終端の欠落などです。添付のうち読み取れなかったもの
（暗号化、破損、対応していない形式）も info です。一覧は docs/limits.md にあります。`,
	},
	Held: lint.Text{
		En: "Look at the raw message at the place shown. Release only if a known program writes like that.",
		Ja: "示された箇所を原文で確認してください。既知のプログラムの癖だと分かった場合だけ送信してください。",
	},
	Refs: []string{
		"Chen, Paxson and Jiang, Composition Kills, USENIX Security 2020",
		"Inbox Invasion: MIME ambiguities, ACM CCS 2024, and draft-chen-email-mime-ambiguity-defense",
	},
	Since: "0.1.0",
}, malformedParams{}, checkMalformedMessage)

type malformedParams struct{}

// grave are the defects that could hide a recipient or a part from one of two
// readers, and the limits. All others are sloppiness and graded info.
var grave = map[message.Kind]bool{
	message.NoHeader: true, message.EmptyMessage: true, message.ReadError: true,
	message.HiddenField: true, message.DuplicateField: true, message.NUL: true,
	message.Unclosed: true, message.QuotedLocal: true, message.SourceRoute: true,
	message.DuplicateStructure: true, message.GuessedBoundary: true, message.EncodedParts: true, message.HiddenAttachment: true, message.AmbiguousBoundary: true, message.PartsOutside: true,
	message.ConflictingNames: true, message.DataAfterPadding: true, message.PartialMessage: true,
	message.LimitSize: true, message.LimitHeader: true, message.LimitFields: true,
	message.LimitDepth: true, message.LimitParts: true, message.LimitAddresses: true, message.LimitText: true,
}

// graveIn are defects that are grave only in fields that say who receives the
// message or what its parts are.
var graveIn = map[message.Kind]bool{message.BlankBeforeColon: true, message.EncodedAddress: true}

// unreadBecause are defects that say by themselves why a part was not read.
var unreadBecause = map[message.Kind]bool{
	message.PartialMessage: true, message.UnknownEncoding: true, message.UnknownCharset: true, message.BadBase64: true, message.BadUuencode: true,
}

func checkMalformedMessage(pass *lint.Pass, _ malformedParams) {
	pass.Msg.Verify()
	at := map[string]int{} // kind and place, to the finding
	var found, said []lint.Finding
	for _, d := range pass.Msg.Defects {
		key := string(d.Kind) + " " + d.Where
		if i, ok := at[key]; ok {
			found[i].Evidence = append(found[i].Evidence, evidenceOf(d))
			continue
		}
		at[key] = len(found)
		found = append(found, lint.Finding{
			Severity: severityOf(d),
			Where:    d.Where,
			Message:  describe(pass.Msg, d),
			Evidence: []lint.Evidence{evidenceOf(d)},
		})
		if unreadBecause[d.Kind] {
			said = append(said, lint.Finding{Where: d.Where})
		}
	}
	for _, f := range append(found, unreadFiles(pass, said)...) {
		pass.Report(f)
	}
}

// unreadFiles tells which limits were hit in attachments, what is damaged in
// them, and what else was not read, but for what was said before.
func unreadFiles(pass *lint.Pass, said []lint.Finding) []lint.Finding {
	var out []lint.Finding
	for _, d := range pass.Facts.Content().Defects() {
		f := lint.Finding{Severity: lint.Info, Where: d.Where, Message: string(d.Kind) + ": " + d.Detail, Evidence: []lint.Evidence{{Where: d.Where}}}
		if d.Kind.Limit() {
			f.Severity = lint.High
		}
		out = append(out, f)
	}
	return append(out, uninspectedFiles(pass, append(slices.Clip(said), out...))...)
}

// uninspectedFiles tells what nobody looked into though no limit was hit: a
// format that is not read, or is read by its names only, or what only a
// recipient's key opens. That a password keeps everybody out is said by
// encrypted-archive where the message goes outside.
func uninspectedFiles(pass *lint.Pass, said []lint.Finding) []lint.Finding {
	var out []lint.Finding
	outside := len(pass.Facts.External()) > 0
	for _, f := range pass.Facts.Content().Files() {
		var files []*content.File
		var why []string
		each(f, func(x *content.File) {
			if x.Uninspected == "" || x.Encrypted.Password() && outside || slices.ContainsFunc(said, func(s lint.Finding) bool { return s.Where == x.Path }) {
				return
			}
			files, why = append(files, x), append(why, reasonOf(x))
		})
		if len(files) > 0 {
			out = append(out, lint.Finding{Severity: lint.Info, Where: place(f), Message: fmt.Sprintf("not-inspected: %s (%s)", count(len(files), "file"), tally(why)), Evidence: evidenceOfFiles(files)})
		}
	}
	return out
}

// reasonOf says why a file was not looked into, and what it is, where that is known.
func reasonOf(f *content.File) string {
	if f.Encrypted != "" {
		return f.Uninspected + ": " + string(f.Encrypted)
	}
	return f.Uninspected
}

// mostReasons of a file are told apart.
const mostReasons = 3

// tally names each reason once, the first ones first, with how often it stands
// where there are several.
func tally(why []string) string {
	var order []string
	times := map[string]int{}
	for _, w := range why {
		if times[w]++; times[w] == 1 {
			order = append(order, w)
		}
	}
	if len(order) == 1 {
		return order[0]
	}
	var out []string
	for _, w := range order[:min(len(order), mostReasons)] {
		out = append(out, fmt.Sprintf("%d %s", times[w], w))
	}
	if n := len(order) - mostReasons; n > 0 {
		out = append(out, "and "+count(n, "other reason"))
	}
	return strings.Join(out, "; ")
}

func severityOf(d message.Defect) lint.Severity {
	if grave[d.Kind] && !harmless(d) || graveIn[d.Kind] && recipientField(d.Where) {
		return lint.High
	}
	return lint.Info
}

// harmless are grave kinds in fields that decide nothing.
func harmless(d message.Defect) bool {
	switch d.Kind {
	case message.DuplicateField:
		return d.Where == "Subject" || d.Where == "Date" || d.Where == "Message-ID"
	case message.Unclosed, message.NUL, message.QuotedLocal, message.SourceRoute:
		return !recipientField(d.Where) && !strings.EqualFold(d.Where, "From")
	}
	return false
}

func recipientField(name string) bool {
	switch strings.ToLower(name) {
	case "to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "content-type", "content-transfer-encoding", "content-disposition":
		return true
	}
	return false
}

func evidenceOf(d message.Defect) lint.Evidence { return lint.Evidence{Where: d.Where, Span: d.Span} }

// describe puts a defect in words: its kind, what stood there, how often.
func describe(m *message.Message, d message.Defect) string {
	s := string(d.Kind)
	if d.Detail != "" {
		s += ": " + d.Detail
	}
	if n := m.Count(d.Kind, d.Where); n > 1 {
		s += fmt.Sprintf(" (%d times)", n)
	}
	return s
}
