package content

import (
	"strings"
	"testing"
	"time"

	"maillint/internal/cputime"
	"maillint/message"
)

func TestOwn(t *testing.T) {
	const mine, theirs = "MINE", "THEIRS"
	tests := []struct{ name, text string }{
		{"alone", "MINE\n"},
		{"top-posting, Gmail", "MINE\n\nOn Mon, Jan 6, 2025 at 5:40 PM Taro <t@x.example> wrote:\n\n> THEIRS\n"},
		{"Gmail, folded attribution", "MINE\n\nOn Mon, Jan 6, 2025 at 5:40 PM Taro Yamada of the Long Department\n<taro.yamada@x.example> wrote:\n\n> THEIRS\n"},
		{"Gmail, Japanese", "MINE\n\n2023年8月21日(月) 17:40 山室 陽子 <y@x.example>:\n> THEIRS\n"},
		{"Gmail, Japanese, folded", "MINE\n\n2023年8月21日(月) 17:40 山室 陽子\n<y@x.example>:\n> THEIRS\n"},
		{"bottom-posting", "On 6/1/25, Taro wrote:\n> THEIRS\n> THEIRS\n\nMINE\n"},
		{"in between", "> THEIRS\nMINE\n> THEIRS\nMINE\n"},
		{"Thunderbird, Japanese", "山室さんは書きました:\n> THEIRS\nMINE\n"},
		{"Outlook", "MINE\n\n-----Original Message-----\nFrom: Taro\nSent: Monday\nTo: b\nSubject: x\n\nTHEIRS\n"},
		{"Outlook with marks, answered below", "-----Original Message-----\n> THEIRS\n\nMINE\n"},
		{"Outlook in Japanese", "MINE\n\n-----元のメッセージ-----\n差出人: 山室\nTHEIRS\n"},
		{"Outlook's block", "MINE\n\nFrom: Taro <t@x.example>\nSent: Monday, January 6, 2025 5:40 PM\nTo: Hanako <h@x.example>\nSubject: x\n\nTHEIRS\n"},
		{"Outlook's block in Japanese", "MINE\n\n差出人: 山室 <y@x.example>\n送信日時: 2023年8月21日 17:40\n宛先: 前川\n件名: 図面\n\nTHEIRS\n"},
		{"Outlook's line and block", "MINE\n________________________________\n差出人: 山室 <y@x.example>\n送信日時: 2023年8月21日 17:40\n\nTHEIRS\n"},
		{"bold block of a phone", "MINE\n\n*From:* Taro\n*Date:* Monday\n*To:* b\n*Subject:* x\n\nTHEIRS\n"},
		{"Notes", "MINE\n\n\tJohn@ENRON\n\t04/26/2001 09:12 AM\n\t\t To: Mark\n\t\t cc: Rob\n\t\t Subject: RE: x\n\nTHEIRS\n"},
		{"Notes, forwarded", "MINE\n---------------------- Forwarded by Phillip K Allen/HOU/ECT on 04/16/2001 01:33 PM ---------------------------\n\nTHEIRS\n"},
		{"Gmail, forwarded", "MINE\n\n---------- Forwarded message ---------\nFrom: Taro\nTHEIRS\n"},
		{"Apple, forwarded", "MINE\n\nBegin forwarded message:\n\n> THEIRS\n"},
		{"Thunderbird, forwarded, Japanese", "MINE\n\n-------- 転送メッセージ --------\nTHEIRS\n"},
		{"by hand", "MINE\n以下、転送いたします。\n\nTHEIRS\n"},
		{"by hand, ruled", "MINE\n＝＝＝＝＝ 以下転送 ＝＝＝＝＝\nTHEIRS\n"},
		{"原文転送", "MINE\n----- 原文 -----\nTHEIRS\n"},
		{"initials", "TY> THEIRS\nMINE\n"},
		{"full-width mark", "＞THEIRS\nMINE\n"},
		{"signature", "MINE\n-- \nTHEIRS\nhttps://x.example\n"},
		{"signature between text and quotation", "MINE\n-- \nTHEIRS\n\nOn Mon, 6 Jan 2025, Taro wrote:\n> THEIRS\n"},
		{"CRLF", "MINE\r\n-- \r\nTHEIRS\r\n"},
		{"an itinerary is no header", "From: Tokyo\nTo: Osaka\nMINE\n"},
		{"a notice is no header", "件名：定例会議\n日時：8月22日\nMINE\n"},
		{"a rule is no separator", "-----------------\nMINE\n=================\nMINE\n"},
		{"a heading between rules", "■□■ お知らせ ■□■\nMINE\n"},
		{"a sentence about an original", "--- original design ideas by our team and others, which we would like to show ---\nMINE\n"},
		{"I wrote: and text", "He wrote, and I quote: MINE\n"},
		{"apple jp", "MINE\n\n2023/08/21 17:40、山室 陽子 <y@x.example>のメール：\n\n> THEIRS\n"},
		{"apple jp unmarked", "MINE\n\n2023/08/21 17:40、山室 陽子 <y@x.example>のメール:\n\nTHEIRS\n"},
		{"iphone sig", "MINE\n\niPhoneから送信\n\n> 2023/08/21 17:40、山室 <y@x.example>のメール:\n> \n> THEIRS\n"},
		{"roundcube jp", "MINE\n\n2023-08-21 17:40 に 山室 さんは書きました:\n> THEIRS\n"},
		{"roundcube en", "On 2023-08-21 17:40, Taro wrote:\n> THEIRS\n\nMINE\n"},
		{"becky", "On Mon, 21 Aug 2023 17:40:00 +0900\n山室 <y@x.example> wrote:\n\n> THEIRS\n\nMINE\n"},
		{"zimbra", "MINE\n\n----- 元のメッセージ -----\n差出人: \"山室\" <y@x.example>\n宛先: \"前川\"\n送信済み: 2023年8月21日, 月曜日 午後 5:40:00\n件名: x\n\nTHEIRS\n"},
		{"yahoo jp", "MINE\n\n----- Original Message -----\nFrom: y@x.example\nTHEIRS\n"},
		{"outlook jp html->text", "MINE\n\n差出人: 山室 陽子 <y@x.example>\n日付: 月曜日, 2023年8月21日 17:40\n宛先: 前川\n件名: Re: 図面\n\nTHEIRS\n"},
		{"outlook mobile", "MINE\n\nOutlook for iOS を入手\n________________________________\nFrom: 山室 <y@x.example>\nSent: Monday, August 21, 2023 5:40:00 PM\nTo: b\n\nTHEIRS\n"},
		{"garoon", "MINE\n\n----- 山室さんからの元のメッセージ -----\nTHEIRS\n"},
		{"cybozu", "MINE\n\n-----元のメール-----\nTHEIRS\n"},
		{"yahoo", "MINE\n\n--- On Mon, 8/21/23, Taro <t@x.example> wrote:\n\nFrom: Taro\nSubject: x\n\nTHEIRS\n"},
		{"hotmail", "MINE\n\n> From: t@x.example\n> THEIRS\n\nMINE\n"},
		{"hotmail date", "MINE\n\nDate: Mon, 21 Aug 2023 17:40:00 +0900\nFrom: t@x.example\nTo: b\nSubject: x\n\nTHEIRS\n"},
		{"quoted nested", ">> THEIRS\n> THEIRS\n>THEIRS\nMINE\n"},
		{"inside star rule", "MINE\n********** 転送メール **********\nTHEIRS\n"},
		{"fw by hand en", "MINE\n\n---- Forwarded message from Taro ----\nTHEIRS\n"},
		{"pine", "MINE\n\n---------- Forwarded message ----------\nDate: x\nTHEIRS\n"},
		{"mutt fwd", "MINE\n\n----- Forwarded message from Taro <t@x.example> -----\n\nTHEIRS\n\n----- End forwarded message -----\n"},
		{"de", "MINE\n\nAm 21.08.23 um 17:40 schrieb Taro:\n> THEIRS\n"},
		{"aol", "MINE\n\nIn a message dated 8/21/2023 5:40 PM, t@x.example writes:\n\nTHEIRS\n"},
		{"notes reply", "MINE\n\n\"Taro\" <t@x.example>\n2023/08/21 17:40\nTo\nHanako\ncc\n\nSubject\nx\n\nTHEIRS\n"},
		{"notes jp", "MINE\n\n\n\nFrom:   山室\nTo:     前川\nDate:   2023/08/21 17:40\nSubject:        図面\n\n\nTHEIRS\n"},
		{"gmail fwd jp", "MINE\n\n---------- Forwarded message ---------\nFrom: 山室 <y@x.example>\nDate: 2023年8月21日(月) 17:40\nSubject: x\nTo: b\n\n\nTHEIRS\n"},
		{"wrapped attribution 3", "MINE\n\nOn Mon, Aug 21, 2023 at 5:40 PM\nTaro of the very long department name of the company\n<taro@x.example> wrote:\n> THEIRS\n"},
		{"rule then list", "MINE\n------------------------------\n・MINE\n・MINE\n------------------------------\nMINE\n"},
		{"sig jp", "MINE\n\n━━━━━━━━━━\n前川\n━━━━━━━━━━\n"},
		{"meeting", "日時: 8月22日\n宛先: MINE\n"},
		{"addr form", "宛先：〒100 MINE\n件名：MINE\n"},
		{"from to subj own", "To: all staff\nFrom: office MINE\nRe: party MINE\n"},
		{"attribution without marks", "MINE\nOn Mon, 6 Jan 2025, at 10:00, Taro <t@x.example> wrote:\n\nTHEIRS\n"},
	}
	for _, tt := range tests {
		got := Own(tt.text)
		if strings.Count(got, mine) != strings.Count(tt.text, mine) || strings.Contains(got, theirs) {
			t.Errorf("%s: own is %q", tt.name, got)
		}
	}
}

func TestHTML(t *testing.T) {
	tests := []struct{ name, in string }{
		{"Gmail", `<div dir="ltr">MINE</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon THEIRS wrote:<br></div><blockquote class="gmail_quote" style="margin:0">THEIRS</blockquote></div>`},
		{"Gmail, below", `<div class="gmail_quote">THEIRS</div><div>MINE</div>`},
		{"Apple", `<div>MINE</div><div><br><blockquote type="cite"><div>On 6 Jan THEIRS wrote:</div><div>THEIRS</div></blockquote></div><div>MINE</div>`},
		{"Thunderbird", `<p>MINE</p><div class="moz-cite-prefix">THEIRS wrote:</div><blockquote type="cite" cite="mid:x"><p>THEIRS</p></blockquote><p>MINE</p>`},
		{"Thunderbird, forwarded", `<p>MINE</p><div class="moz-forward-container">-------- Forwarded Message --------<table class="moz-email-headers-table"><tr><td>THEIRS</td></tr></table>THEIRS</div>`},
		{"Outlook on the web", `<div>MINE</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> THEIRS</div><div>THEIRS</div>`},
		{"Outlook", `<p class=MsoNormal>MINE</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> THEIRS<br><b>Sent:</b> Monday<br><b>To:</b> b<br><b>Subject:</b> x</p></div></div><p>THEIRS</p>`},
		{"Outlook in Japanese", `<p>MINE</p><p>-----Original Message-----<br>From: THEIRS</p><p>THEIRS</p>`},
		{"Yahoo", `<div>MINE</div><div id="yahoo_quoted_1" class="yahoo_quoted">THEIRS</div>`},
		{"Roundcube", `<p>MINE</p><p id="reply-intro">THEIRS</p><blockquote type="cite">THEIRS</blockquote>`},
		{"old Outlook Express", `<DIV>MINE</DIV><BLOCKQUOTE style="BORDER-LEFT: #000000 2px solid">THEIRS</BLOCKQUOTE>`},
		{"marks in HTML text", `MINE<br>&gt; THEIRS<br>MINE`},
		{"signature", `<div>MINE</div><div class="gmail_signature">THEIRS</div>`},
		{"script, style, title", `<title>THEIRS</title><style>THEIRS</style>MINE<script>THEIRS</script><style/>THEIRS</style>MINE`},
		{"indented", `<blockquote style="margin:0 0 0 40px;border:none">MINE</blockquote>`},
		{"pre", "<pre>MINE\n&gt; THEIRS\nMINE</pre>"},
		{"misnested", `<div>MINE<blockquote type=cite><div>THEIRS</blockquote>MINE</div>`},
		{"unclosed quotation", `MINE<blockquote type=cite><p>THEIRS<p>THEIRS`},
		{"entities", `M&#73;NE <!-- THEIRS --> MINE`},
	}
	for _, tt := range tests {
		d := HTML(tt.in)
		want := strings.Count(strings.ReplaceAll(tt.in, "M&#73;NE", "MINE"), "MINE")
		if strings.Count(d.Own, "MINE") != want || strings.Contains(d.Own, "THEIRS") {
			t.Errorf("%s: own is %q", tt.name, d.Own)
		}
	}
	if d := HTML("<p>one\n two</p><p>three<br>four&nbsp;five</p>"); strings.TrimSpace(d.Own) != "one two\nthree\nfour five" {
		t.Errorf("text %q", d.Own)
	}
}

func TestReadChoosesParts(t *testing.T) {
	const raw = "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\nplain\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>html</b>\r\n--i--\r\n" +
		"--o\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\ninside\r\n--o\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n--o\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--o--\r\n"
	var got []string
	for _, r := range Read(message.Parse([]byte(raw))) {
		s := strings.TrimSpace(r.Own)
		if r.Other {
			s += "*"
		}
		got = append(got, s)
	}
	if strings.Join(got, " ") != "plain* html footer" {
		t.Errorf("read %q", got)
	}
}

// Hostile nesting and endless lines take time in proportion to their length.
func TestTextsInBoundedTime(t *testing.T) {
	const size = 300_000
	for name, s := range map[string]struct{ head, body, tail string }{
		"open":     {body: "<div><blockquote type=cite>"},
		"close":    {head: strings.Repeat("<div>", 300), body: "</span>"},
		"links":    {body: "<a href=https://a.example>"},
		"comments": {body: "<!--[if mso]>"},
		"attrs":    {head: "<a ", body: "a=b ", tail: ">"},
		"stars":    {body: "From: a\n"},
		"on":       {body: "On 1\n"},
		"http":     {body: "https://"},
		"brackets": {head: "https://a.example/", body: ")"},
		"www":      {body: "www."},
		"pictures": {body: "<img src=cid:a><blockquote>"},
	} {
		of := func(size int) string { return s.head + strings.Repeat(s.body, size/len(s.body)) + s.tail }
		if short, long := grows(of(size/8), of(size)); long > 24*short && long > 20*time.Millisecond {
			t.Errorf("%s: %v, and %v for 8 times as much", name, short, long)
		}
	}
}

// grows gives how much of the processor's time two texts take to read, the best
// of several rounds: work that grows with the square takes 64 times as long for 8
// times as much.
func grows(a, b string) (short, long time.Duration) {
	short, long = time.Hour, time.Hour
	for range 3 {
		for s, best := range map[string]*time.Duration{a: &short, b: &long} {
			*best = min(*best, cputime.Of(func() { HTML(s); Plain(s) }))
		}
	}
	return short, long
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"<a href='https://a.example'>b.example", "<div class=gmail_quote><p>x</div>y", "<!--[if mso]><a href=x>y</a>", "<blockquote><pre>\n> x</blockquote>", "<base href=x><a href=y>z</a><img src=cid:1>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := HTML(s)
		if strings.Count(d.Own, "\n") > strings.Count(d.Text, "\n")+1 {
			t.Errorf("%q: more lines of one's own than lines", s)
		}
		Plain(s)
	})
}

// What is the sender's own is a selection of the lines.
func FuzzOwn(f *testing.F) {
	for _, s := range []string{"a\n> b\nc", "-----Original Message-----\n", "From: a\nSent: b\n\nc", "On 1, a wrote:\n\n> b\n", "-- \nx\n> y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := map[string]bool{"": true}
		for line := range strings.SplitSeq(s, "\n") {
			lines[strings.TrimRight(line, " \t\r")] = true
		}
		for line := range strings.SplitSeq(Own(s), "\n") {
			if !lines[line] {
				t.Errorf("%q: own line %q stands nowhere", s, line)
			}
		}
	})
}
