package content

import (
	"strings"

	"maillint/internal/needle"
)

// origin says whose a line of a message's text is.
type origin uint8

const (
	written   origin = iota // the sender's own, new
	signature               // the sender's
	foreign                 // quoted, forwarded, or the line above a quotation
)

// Own is what the sender of a text wrote: without lines that quote, without
// the message that is answered or forwarded, without the signature.
func Own(s string) string {
	lines := strings.Split(s, "\n")
	return join(lines, origins(lines, nil))
}

// join puts the sender's own lines together; of several blank lines one stays.
func join(lines []string, from []origin) string {
	size := 0
	for i, line := range lines {
		if from[i] == written {
			size += len(line) + 1
		}
	}
	var b strings.Builder
	b.Grow(size)
	blank := true
	for i, line := range lines {
		if from[i] != written {
			continue
		}
		line = strings.TrimRight(line, " \t\r")
		if line == "" && blank {
			continue
		}
		blank = line == ""
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// origins tells for every line whose it is. known holds what the markup of an
// HTML text says already; nil for plain text.
func origins(lines []string, known []origin) []origin {
	out := make([]origin, len(lines))
	copy(out, known)
	sp := splitter{lines: lines, out: out}
	for i := 0; i < len(lines); i++ {
		sp.line(i)
	}
	return out
}

// splitter goes through a text line by line.
type splitter struct {
	lines []string
	out   []origin
	rest  bool // all that follows is a message that is answered or forwarded
	below bool // below "-- "
}

func (sp *splitter) line(i int) {
	text := strings.TrimSpace(sp.lines[i])
	switch {
	case sp.rest:
		sp.out[i] = foreign
	case sp.out[i] != written:
		sp.below = sp.below && sp.out[i] == signature
	case quoted(text):
		sp.out[i], sp.below = foreign, false
	case separates(text), headsMessage(text, sp.lines[i:]):
		sp.out[i] = foreign
		sp.rest = !quoted(sp.next(i))
	case announces(text):
		sp.rest = !quoted(sp.next(i))
	case sp.attribution(i, text):
		sp.out[i] = foreign
	case strings.TrimRight(sp.lines[i], "\r") == "-- ", text == "--", text == "—": // RFC 3676, 4.3, and what is left of it
		sp.below, sp.out[i] = true, signature
	case sp.below:
		sp.out[i] = signature
	}
}

// next is the first line after i that is not blank, without blanks.
func (sp *splitter) next(i int) string {
	for _, line := range sp.lines[i+1 : min(len(sp.lines), i+6)] {
		if t := strings.TrimSpace(line); t != "" {
			return t
		}
	}
	return ""
}

// attribution is the line above a quotation, and in plain text all that
// follows where the quotation itself has no marks. A long one is folded: it may
// go on in the next line, which is then marked, too.
func (sp *splitter) attribution(i int, text string) bool {
	last := i
	if !attributing(text) {
		if last = i + 1; last >= len(sp.lines) || !opensAttribution(text) || sp.out[last] == foreign {
			return false
		}
		if !attributing(text + " " + strings.TrimSpace(sp.lines[last])) {
			return false
		}
	}
	for n := last + 1; n < min(len(sp.lines), last+6); n++ {
		t := strings.TrimSpace(sp.lines[n])
		if t == "" {
			continue
		}
		if !quoted(t) && sp.out[n] != foreign {
			sp.rest = true // a quotation without marks
		}
		break
	}
	if last > i {
		sp.out[last] = foreign
	}
	return true
}

// quoted lines start with a quoting mark, perhaps with initials before it:
// "> ", "＞", "TY> ", "| ".
func quoted(line string) bool {
	if line == "" || !marksQuote[line[0]] {
		return false
	}
	for _, mark := range [...]string{">", "＞", "|>", "| ", "｜", "》", "&gt;"} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	i := strings.IndexByte(line[:min(len(line), 5)], '>')
	if i <= 0 || i+1 == len(line) {
		return false
	}
	return (line[i+1] == ' ' || line[i+1] == '>') && strings.Trim(line[:i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// marksQuote are the octets that a quoted line may start with: a mark's first
// one, or an initial.
var marksQuote = firstOctets(">", "＞", "|", "｜", "》", "&", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")

// firstOctets are the first octets of all characters of the texts.
func firstOctets(texts ...string) (t [256]bool) {
	for _, s := range texts {
		for i := range s {
			t[s[i]] = true
		}
	}
	return t
}

// headings are how mail programs head the message that is answered or
// forwarded, in lower case and without the rules and blanks around them.
var headings = []string{
	"original message", "forwarded message", "forwarded by", "original appointment", "original mail", "reply message", "forward message", "forward header", "forwarded by", "original", "message transféré", "begin forward",
	"元のメッセージ", "元のメール", "転送されたメッセージ", "転送メッセージ", "転送メール", "元の予定", "引用", "以下転送", "以下、転送", "ここから転送", "転送", "原文", "返信元", "元メール", "受信メール", "返信メッセージ", "以下、引用", "以下引用", "以下は引用", "以下元メール",
	"ursprüngliche nachricht", "weitergeleitete nachricht", "message d'origine", "mensaje original", "messaggio originale", "原始邮件", "原始郵件", "转发的邮件", "원본 메시지", "원본 이메일",
}

const rulers = "-=_*~#+<>－＝＿＊〜―─━＃〓■□◆◇▼▽↓ \t　"

// bareHeadings are those that stand by themselves, with a colon at most.
var bareHeadings = map[string]bool{"begin forwarded message": true, "転送されたメッセージ": true, "original message": true, "以下転送": true, "以下、転送": true, "（以下転送）": true, "(以下転送)": true,
	"anfang der weitergeleiteten nachricht": true, "début du message transféré": true, "inizio messaggio inoltrato": true}

// separators are the octets that a line which separates may start with: a
// ruler's, or a bare heading's. U+0130 is a capital I, too.
var separators = firstOctets(rulers, "bBoOaAdDiI\u0130", "転", "以", "（", "(")

// separates reports whether a line heads the message that is answered or
// forwarded: a heading between rules, or by itself with a colon.
func separates(line string) bool {
	if len(line) < 6 || len(line) > 400 || !separators[line[0]] || line[0] == 0xE3 && line[1] != 0x80 { // the rulers of E3 are U+3000 to U+303F
		return false
	}
	core := needle.Lower(strings.Trim(line, rulers))
	if core == "" {
		return false
	}
	ruled := len(line)-len(strings.TrimLeft(line, rulers)) >= 2
	if !ruled {
		return bareHeadings[strings.TrimRight(core, ":： ")]
	}
	for _, h := range []string{"元のメッセージ", "元のメール", "original message", "forwarded message", "転送メッセージ"} {
		if strings.HasSuffix(core, h) && len(core) < 120 {
			return true
		}
	}
	for _, h := range headings {
		if core == h || strings.HasPrefix(core, h) && (len(h) > 9 && len(core) <= 3*len(h)+120 || len(core) <= len(h)+12) {
			return true
		}
	}
	return false
}

// announces reports whether the sender says by hand that what follows is
// somebody else's message.
func announces(line string) bool {
	if len(line) > 120 || !strings.Contains(line, "転送") {
		return false
	}
	t := strings.TrimRight(line, "。.：:）)↓▼ ")
	for _, end := range []string{"以下転送", "以下、転送", "以下に転送します", "以下、転送します", "以下転送します", "以下転送いたします", "以下、転送いたします", "下記転送します", "下記転送いたします", "下記、転送いたします"} {
		if strings.HasSuffix(t, end) {
			return true
		}
	}
	return false
}

// heads are the names of the fields above a message that is answered, as mail
// programs of several languages write them, by what they say.
var heads = map[string]byte{
	"from": 'f', "差出人": 'f', "送信者": 'f', "送信元": 'f', "von": 'f', "de": 'f', "da": 'f', "发件人": 'f', "寄件者": 'f', "보낸 사람": 'f', "보낸사람": 'f', "van": 'f', "från": 'f',
	"to": 't', "宛先": 't', "宛て先": 't', "送信先": 't', "an": 't', "à": 't', "para": 't', "a": 't', "收件人": 't', "받는 사람": 't', "받는사람": 't',
	"sent": 'd', "送信日時": 'd', "日時": 'd', "日付": 'd', "送信日": 'd', "date": 'd', "gesendet": 'd', "datum": 'd', "envoyé": 'd', "enviado": 'd', "inviato": 'd', "发送时间": 'd', "日期": 'd', "보낸 날짜": 'd',
	"subject": 's', "件名": 's', "betreff": 's', "objet": 's', "asunto": 's', "oggetto": 's', "主题": 's', "主旨": 's', "제목": 's',
	"cc": 'c', "reply-to": 'c', "importance": 'c', "重要度": 'c', "attachments": 'c', "添付ファイル": 'c', "bcc": 'c',
}

// head is which field a line names: 0 for none.
func head(line string) byte {
	if line != "" && (line[0] <= ' ' || line[0] == '*' || line[0] == 0xE3) {
		line = strings.TrimLeft(line, "* \t　")
	}
	i := colon(line[:min(len(line), 27)])
	if i <= 0 || i > 24 {
		return 0
	}
	return heads[needle.Lower(strings.Trim(line[:i], "* \t　"))]
}

// colon is where the first colon of a text stands, a wide one as well; -1
// where there is none.
func colon(s string) int {
	for i := range len(s) {
		if s[i] == ':' || s[i] == 0xEF && strings.HasPrefix(s[i:], "：") {
			return i
		}
	}
	return -1
}

// headsMessage reports whether lines start with the block of fields that
// Outlook, Notes and others put above a message: From or To first, and Subject
// or the time of sending below it. text is the first line without blanks.
func headsMessage(text string, lines []string) bool {
	first := head(lines[0])
	if first != 'f' && first != 't' {
		return headsColumn(text, lines)
	}
	saw := map[byte]bool{first: true}
	sent := false
	for _, line := range lines[1:min(len(lines), 40)] {
		if strings.TrimSpace(line) == "" && len(saw) > 1 {
			break
		}
		if h := head(line); h != 0 {
			saw[h] = true
			t := strings.ToLower(strings.TrimLeft(line, "* \t"))
			sent = sent || h == 'd' && !strings.HasPrefix(t, "date") && !strings.HasPrefix(t, "日時") && !strings.HasPrefix(t, "日付")
		}
	}
	if first == 't' {
		return saw['s'] && len(saw) > 2 // a form has "宛先" and "件名", too
	}
	return saw['s'] && len(saw) > 1 || sent
}

// headsColumn reports the block that Notes puts above a message in HTML: the
// names of the fields on lines of their own.
func headsColumn(text string, lines []string) bool {
	if text != "宛先" && (len(text) != 2 || strings.ToLower(text) != "to") {
		return false
	}
	saw := map[string]bool{}
	for _, line := range lines[1:min(len(lines), 12)] {
		saw[strings.ToLower(strings.TrimSpace(line))] = true
	}
	return saw["cc"] && (saw["subject"] || saw["件名"])
}

// attributing reports the line above a quotation: "On Mon, 6 Jan 2025, Taro
// wrote:", "2025年1月6日(月) 17:40 山室 <y@x.example>:", "山室さんは書きました:".
func attributing(line string) bool {
	if len(line) < 8 || len(line) > 500 {
		return false
	}
	if !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "：") {
		return false
	}
	t := strings.TrimSuffix(strings.ReplaceAll(line, "：", ":"), ":")
	lower := needle.Lower(strings.TrimSpace(t))
	digits := strings.ContainsAny(lower, "0123456789")
	for _, end := range []string{"wrote", "writes", "schrieb", "a écrit", "escribió", "ha scritto", "さんは書きました", "さんが書きました", "は書きました", "wrote (at)", "said", "のメール", "のメッセージ", "からのメール", "写道", "님이 작성"} {
		if strings.HasSuffix(lower, end) {
			return digits || strings.Contains(lower, "@") || len(lower) < 80 && !strings.Contains(lower, ", ") || strings.HasPrefix(lower, "on ")
		}
	}
	return digits && strings.HasSuffix(lower, ">") && strings.Contains(lower, "@") && strings.Count(lower, "<") == 1
}

// opens are the octets that it starts with. U+0130 is a capital I, too.
var opens = firstOctets("oOaAlLeEiI\u01302")

// opensAttribution: the first half of a folded one.
func opensAttribution(line string) bool {
	if line == "" || !opens[line[0]] {
		return false
	}
	lower := needle.Lower(line)
	for _, start := range [...]string{"on ", "am ", "le ", "el ", "il "} {
		if strings.HasPrefix(lower, start) && strings.ContainsAny(line, "0123456789") {
			return true
		}
	}
	return strings.HasPrefix(line, "20") && (strings.Contains(line, "年") || strings.Contains(line, "/") || strings.Contains(line, "-"))
}
