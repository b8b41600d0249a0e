package rules

import (
	"path"
	"slices"
	"strings"

	"maillint/content"
	"maillint/internal/needle"
	"maillint/lint"
	"maillint/message"
)

// MissingAttachment finds messages that announce a file and hold none.
var MissingAttachment = lint.New(lint.Meta{
	ID:       "missing-attachment",
	Severity: lint.Warning,
	Defaults: map[lint.Severity]string{lint.Warning: "delay"},
	Title: lint.Text{
		En: "an attachment is announced and there is none",
		Ja: "添付すると書かれているのに、添付ファイルがない",
	},
	Why: lint.Text{
		En: `The commonest slip of all. The second message, with the file, is written in a hurry, and that is when the
wrong file or the wrong address is taken.`,
		Ja: `最も多い失敗です。ファイルを付けて送り直すときは慌てているため、ファイルや宛先を取り違えやすくなります。`,
	},
	Fix: lint.Text{
		En: "Attach the file and send again. Nothing needs to be done if none was meant: the message goes by itself after five minutes.",
		Ja: "ファイルを添付して送り直してください。添付が不要なら何もしなくても、5分後に送信されます。",
	},
	Quiet: lint.Text{
		En: `Messages with a file, a picture in the sender's own text, an embedded message or a link to a file;
attachments that are spoken of in quoted text or the signature only, that are denied ("not attached", 添付なし),
asked for ("please attach"), somebody else's, or of an earlier message (先日添付した); enclosures (同封) where the text
speaks of the post; automatic mail; mail that stays inside. A picture that only the signature or the quotation shows is no file.`,
		Ja: `ファイル、本文中の画像、転送されたメール、ファイルへのリンクがあるメール、引用部分や署名だけに添付の話がある
もの、否定（添付なし）、依頼（添付してください）、相手の添付、過去の添付（先日添付した）、郵送するものへの同封、自動送信メール、組織内だけの
メールには反応しません。署名や引用だけに表示される画像はファイルと見なしません。`,
	},
	Held: lint.Text{
		En: "Nobody need decide: the message leaves after the delay unless its sender withdraws it.",
		Ja: "判断は不要です。送信者が取り消さなければ、待ち時間の後に送信されます。",
	},
	Incidents: []string{"everyday"},
	Since:     "0.1.0",
}, missingAttachment{Subject: true}, checkMissingAttachment)

type missingAttachment struct {
	Subject bool `yaml:"subject" doc:"whether the subject of a new message announces as well" doc_ja:"新規メールの件名も対象にするかどうか"`
}

func checkMissingAttachment(pass *lint.Pass, p missingAttachment) {
	if !pass.Facts.Leaves() || pass.Facts.Automatic() != "" || hasFile(pass) {
		return
	}
	where, says, part := "", "", (*message.Part)(nil)
	for _, r := range pass.Facts.Texts() {
		if r.Other {
			continue // its twin in HTML is what people read
		}
		if says = announced(r.Own); says != "" {
			where, part = r.Part.Where(), r.Part
			break
		}
	}
	if says == "" && p.Subject && !continues(pass.Msg) {
		where, says = "Subject", announced(pass.Msg.Subject())
	}
	if says == "" || linksToFile(pass) {
		return
	}
	ev := lint.Evidence{Where: where, Text: clipRunes(says, 160)}
	if part != nil {
		ev.Span = spanOf(pass.Msg, part, says)
	} else if f := pass.Msg.Field("Subject"); f != nil {
		ev.Span = f.Span
	}
	pass.Reportf(lint.Warning, where, []lint.Evidence{ev}, "an attachment is announced, and the message holds no file and no link to one")
}

// spanOf is where the first words of a sentence stand in a part whose text is
// not encoded; an empty span elsewhere.
func spanOf(m *message.Message, p *message.Part, says string) message.Span {
	if p.Encoding == "base64" || p.Encoding == "quoted-printable" {
		return message.Span{}
	}
	says, _, _ = strings.Cut(says, "\n")
	raw := string(m.Bytes(message.Span{Start: p.Body.Start, End: min(p.Body.End, p.Body.Start+ownMost)}))
	for _, n := range []int{len(says), 60, 30, 15} {
		piece := clipRunes(says, n)
		if i := strings.Index(raw, strings.TrimSuffix(piece, "…")); i >= 0 {
			start := p.Body.Start + int64(i)
			return message.Span{Start: start, End: start + int64(len(strings.TrimSuffix(piece, "…")))}
		}
	}
	return message.Span{}
}

// clipRunes shortens a text to n characters.
func clipRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// continues: an answer or a forwarded message carries the subject of another.
func continues(m *message.Message) bool {
	if m.Has("In-Reply-To") || m.Has("References") {
		return true
	}
	s := strings.ToLower(strings.TrimLeft(m.Subject(), " 　"))
	for _, prefix := range []string{"re:", "re：", "re[", "ｒｅ", "fw:", "fw：", "fwd:", "fwd：", "aw:", "wg:", "tr:", "転送:", "転送：", "返信:", "返信："} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// hasFile reports whether the message holds anything that a reader would call
// a file. Signatures of mail programs are none, nor are the pictures that only
// a quotation or a personal signature shows.
func hasFile(pass *lint.Pass) bool {
	own, other := pictures(pass.Facts.Texts())
	for _, p := range pass.Msg.Parts {
		switch {
		case p.Container() || p.Outside:
		case p.Embedded != nil:
			return true
		case !p.Attachment(), strings.HasSuffix(p.Type, "-signature"), p.Type == "application/pgp-encrypted" && p.Name() == "":
		case strings.HasPrefix(p.Type, "image/") && p.ContentID != "" && other[p.ContentID] && !own[p.ContentID] && p.Disposition != "attachment":
		default:
			return true
		}
	}
	return uuencoded(pass.Facts.Texts())
}

// pictures tells which pictures the sender's own text shows, and which a
// quotation or signature does.
func pictures(texts []content.Reading) (own, other map[string]bool) {
	own, other = map[string]bool{}, map[string]bool{}
	for _, r := range texts {
		for _, p := range r.Pictures {
			if p.Own {
				own[p.ID] = true
			} else {
				other[p.ID] = true
			}
		}
	}
	return own, other
}

// uuencoded: a file inside the text, as old programs send it.
func uuencoded(texts []content.Reading) bool {
	for _, r := range texts {
		for line := range strings.Lines(r.Text) {
			rest, begins := strings.CutPrefix(line, "begin ")
			mode, name, _ := strings.Cut(rest, " ")
			if begins && len(mode) >= 3 && len(mode) <= 4 && strings.Trim(mode, "01234567") == "" && strings.TrimSpace(name) != "" {
				return true
			}
		}
	}
	return false
}

// linksToFile: the file is there by its address: a shared folder, an address
// that ends like a file, a link that is called an attachment, or any link of a
// text that speaks of downloading.
func linksToFile(pass *lint.Pass) bool {
	for _, r := range pass.Facts.Texts() {
		downloads := speaksOfLinks(r.Own)
		for _, l := range r.Links {
			if l.Quoted {
				continue
			}
			target, _ := content.Unwrap(l.Target)
			u, ok := content.ParseURL(target)
			if !ok {
				continue
			}
			if downloads || content.Sharing(target) != "" || isFile(u.Rest) || serves(u.Rest) || !strings.Contains(l.Text, "://") && cued(foldSentence(l.Text)) {
				return true
			}
		}
	}
	return false
}

func speaksOfLinks(own string) bool {
	if !linkHints.In(own) {
		return false
	}
	s := strings.ToLower(own)
	return slices.ContainsFunc(linkWords, func(w string) bool { return strings.Contains(s, w) })
}

var (
	// linkWords are how a text speaks of a link to a file.
	linkWords = []string{"ダウンロード", "ﾀﾞｳﾝﾛｰﾄﾞ", "download", "リンク", "下記url", "以下のurl", "次のurl", "下記ｕｒｌ", "attached link", "link attached", "link below", "link above", "following link", "this link", "linked", "link:"}
	// linkHints are in every text whose small letters hold one of them: the Kelvin
	// sign and a dotted I have ASCII ones.
	linkHints = needle.NewFolded(append([]string{"下記Ｕ", "\u212a", "\u0130"}, linkWords...))
)

// serves: a path that file servers give out: /s/token, /download/...
func serves(rest string) bool {
	for _, dir := range []string{"/s/", "/d/", "/dl/", "/f/", "/download", "/share/", "/shared/", "/file/", "/files/", "/transfer/"} {
		if strings.Contains(strings.ToLower(rest), dir) {
			return true
		}
	}
	return false
}

// isFile: a path that ends like a file and not like a page.
func isFile(rest string) bool {
	p, _, _ := strings.Cut(rest, "?")
	p, _, _ = strings.Cut(p, "#")
	switch strings.ToLower(path.Ext(p)) {
	case ".pdf", ".zip", ".7z", ".rar", ".lzh", ".gz", ".tgz", ".tar", ".doc", ".docx", ".xls", ".xlsx", ".xlsm", ".ppt", ".pptx", ".csv", ".txt", ".rtf", ".odt", ".ods", ".odp",
		".jpg", ".jpeg", ".png", ".gif", ".tif", ".tiff", ".bmp", ".mp3", ".mp4", ".mov", ".avi", ".wmv", ".wav", ".m4a", ".exe", ".msi", ".dmg", ".iso", ".dwg", ".jtd", ".epub", ".ps", ".tex":
		return true
	}
	return false
}
