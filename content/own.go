package content

import "strings"

// Own is what the sender of a text wrote: without lines that quote, without
// the message that is answered or forwarded, without the signature.
func Own(s string) string {
	var b strings.Builder
	blank := 0
	for line := range strings.Lines(s) {
		text := strings.TrimRight(line, " \t\r\n")
		if ends(text) {
			break
		}
		if quoted(text) {
			continue
		}
		if strings.TrimSpace(text) == "" {
			if blank++; blank > 1 {
				continue
			}
		} else {
			blank = 0
		}
		b.WriteString(text)
		b.WriteByte('\n')
	}
	return dropAttribution(b.String())
}

// quoted lines start with a quoting mark.
func quoted(line string) bool {
	t := strings.TrimLeft(line, " \t")
	return strings.HasPrefix(t, ">") || strings.HasPrefix(t, "＞") || strings.HasPrefix(t, "|>")
}

// separators are how mail programs head the message that is answered or
// forwarded, in lower case and without the dashes and blanks around.
var separators = map[string]bool{
	"original message": true, "forwarded message": true, "begin forwarded message:": true, "original appointment": true,
	"元のメッセージ": true, "転送されたメッセージ": true, "転送メッセージ": true, "元の予定": true, "original mail": true, "引用": true,
	"ursprüngliche nachricht": true, "message d'origine": true, "mensaje original": true, "原始邮件": true, "原始郵件": true, "원본 메시지": true,
}

// ends reports whether the sender's own text ends before this line.
func ends(line string) bool {
	if line == "--" || line == "-- " { // RFC 3676, 4.3
		return true
	}
	t := strings.ToLower(strings.Trim(line, "-=_* \t　>"))
	if separators[t] && t != "" {
		return true
	}
	return len(line) >= 20 && strings.Trim(line, "_") == "" // Outlook's line before "From: Sent: To:"
}

// headers are the first lines of the block that Outlook and others put above
// the message that is answered.
var headers = [][2]string{{"from:", "sent:"}, {"from:", "date:"}, {"差出人:", "送信日時:"}, {"差出人:", "日時:"}, {"送信者:", "送信日時:"}, {"from:", "to:"}, {"von:", "gesendet:"}, {"de :", "envoyé :"}, {"发件人:", "发送时间:"}, {"보낸 사람:", "보낸 날짜:"}}

// dropAttribution cuts at "On ... wrote:" and at the header block above a
// quoted message.
func dropAttribution(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		t := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(line, "：", ":")))
		next := ""
		if i+1 < len(lines) {
			next = strings.ToLower(strings.TrimSpace(strings.ReplaceAll(lines[i+1], "：", ":")))
		}
		for _, h := range headers {
			if strings.HasPrefix(t, h[0]) && strings.HasPrefix(next, h[1]) {
				return strings.Join(lines[:i], "\n")
			}
		}
		if attribution(t) {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// attribution is the line above a quote: "On Mon, 6 Jan 2025, Taro wrote:".
func attribution(t string) bool {
	switch {
	case strings.HasPrefix(t, "on ") && strings.HasSuffix(t, "wrote:"):
		return true
	case strings.HasSuffix(t, "のメール:"), strings.HasSuffix(t, "wrote:") && strings.Contains(t, "@"), strings.HasSuffix(t, "さんは書きました:"):
		return true
	}
	return (strings.HasPrefix(t, "am ") && strings.HasSuffix(t, "schrieb:")) || (strings.HasPrefix(t, "le ") && strings.HasSuffix(t, "a écrit :"))
}
