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
in odd places of Japanese mobile addresses, wrong charset labels, a missing end of a multipart.`,
		Ja: `実在のメールソフトにありがちな、何も隠さない程度の誤りは info とします。セミコロン区切りの宛先、
携帯アドレスの連続ドット、文字コード表示の誤り、マルチパートの終端の欠落などです。`,
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

func checkMalformedMessage(pass *lint.Pass, _ malformedParams) {
	pass.Msg.Verify()
	at := map[string]int{} // kind and place, to the finding
	var found []lint.Finding
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
	}
	for _, f := range append(found, unreadFiles(pass)...) {
		pass.Report(f)
	}
}

// unreadFiles tells which limits were hit in attachments, and what is damaged
// in them.
func unreadFiles(pass *lint.Pass) []lint.Finding {
	var out []lint.Finding
	for _, d := range pass.Facts.Content().Defects() {
		f := lint.Finding{Severity: lint.Info, Where: d.Where, Message: string(d.Kind) + ": " + d.Detail, Evidence: []lint.Evidence{{Where: d.Where}}}
		if d.Kind.Limit() {
			f.Severity = lint.High
		}
		out = append(out, f)
	}
	return append(out, uninspectedFiles(pass, out)...)
}

// uninspectedFiles tells what nobody looked into though no limit was hit: a
// format that is not read, or is read by its names only. That a password keeps
// everybody out is said by encrypted-archive.
func uninspectedFiles(pass *lint.Pass, said []lint.Finding) []lint.Finding {
	var out []lint.Finding
	for _, f := range pass.Facts.Content().Files() {
		var files []*content.File
		why := ""
		each(f, func(x *content.File) {
			if x.Uninspected == "" || x.Encrypted != "" || slices.ContainsFunc(said, func(s lint.Finding) bool { return s.Where == x.Path }) {
				return
			}
			if why == "" {
				why = x.Uninspected
			}
			files = append(files, x)
		})
		if len(files) > 0 {
			out = append(out, lint.Finding{Severity: lint.Info, Where: place(f), Message: fmt.Sprintf("not-inspected: %s (%s)", count(len(files), "file"), why), Evidence: evidenceOfFiles(files)})
		}
	}
	return out
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
