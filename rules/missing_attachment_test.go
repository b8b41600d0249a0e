package rules

import (
	"strings"
	"testing"

	"maillint/message"
)

// What announces a file, and what speaks of one without announcing it.
func TestAnnouncements(t *testing.T) {
	yes := []string{
		"見積書を添付いたします。", "見積書を添付しましたので、ご確認ください。", "資料を添付しております", "添付の通りです。", "添付ファイルをご確認ください。",
		"添付ファイルのとおり進めたいと存じます。", "詳細は添付をご覧ください", "【添付】議事録", "議事録（添付）", "別添のとおり報告いたします。", "別添1をご参照ください。", "請求書を同封いたします。",
		"別紙のとおりご提案いたします。", "先日お話しした件の資料を添付しました。", "先日の会議の議事録を添付します。", "ご依頼いただいた資料を添付します。", "昨日の見積書を添付しました。",
		"8月22日付の見積書を添付しました。", "明日の会議資料を添付します。", "改めて添付いたします。", "添付ファイルが開けない場合はご連絡ください。", "先日添付した資料を改訂しましたので、改めて添付します。",
		"先ほどのメールで添付を忘れておりました。", "添付漏れがありましたので再送いたします。", "添付し忘れました。申し訳ございません。", "エクセルファイルをお送りします。", "ＰＤＦを送付いたします。",
		"資料を\n添付\nいたします。", "図面を添\n付します。", "ﾌｧｲﾙを添付します", "本メールに資料を添付しております。", "申請書を添付のうえ送付いたします。", "添付にて失礼いたします。", "添附ファイルをご査収ください。",
		"添付資料：\n1. 議事録", "※添付ファイルあり", "貼付ファイルをご覧ください。", "資料を添付させていただきます。", "添付のとおりでよろしいでしょうか。", "添付資料に不備がありましたらご指摘ください。",
		"前回ご指摘いただいた点を修正した資料を添付いたします。", "データを添付致します", "Please find attached the report.", "please find the report attached", "Attached is the report.", "I have attached the report.", "I've attached it.",
		"I attach the report.", "See attached.", "The report is attached.", "as per the attached", "The attached file shows it.", "Enclosed please find the contract.", "We are enclosing our offer.", "I'm attaching two files",
		"Sorry, I forgot to attach the file. Here it is.", "Sorry, forgot the attachment!", "Now with the attachment.", "(see attachment)", "Attachment: offer.pdf", "If you cannot open the attachment, call me.",
		"I've attached the file we discussed yesterday.", "PFA. See the attached sheet", "The two files attached to this email are final.", "If you have trouble opening the attached file, let me know.",
		"Please\nfind\nattached the offer.", "I’ve attached the offer", "I will attach the file below.", "Please sign and return the attached form.", "Thanks for your attachment; mine is attached.",
		"You attached the old plan. I attach the new one.", "Herewith attached our quotation.", "Please see attachments.", "kindly find the attached invoice", "attaching the slides from today",
	}
	no := []string{
		"先日添付した資料をご確認ください。", "昨日のメールに添付した見積書の件です。", "先ほど添付しましたファイルは古いものでした。", "前回のメールで添付の資料について", "添付なし", "添付ファイルはありません。", "添付：なし",
		"添付ファイル：無し", "資料は添付しておりません。", "資料は添付していません", "容量が大きいため添付できませんでした。", "添付いただきありがとうございます。", "添付いただいた資料を拝見しました。", "履歴書を添付してください。",
		"必要書類を添付のうえ、ご提出ください。", "履歴書を添付してお送りください。", "ファイルの添付をお願いします。", "添付ファイルが開けません。", "添付ファイルが見当たりませんでした。", "添付ファイルが文字化けしています。",
		"添付が漏れているようです。", "ファイルの添付をお忘れではないでしょうか。", "添付忘れにご注意ください。", "資料は添付されていますでしょうか。", "添付は不要です。", "添付する必要はありません。", "後ほど添付いたします。", "資料は後日添付いたします。",
		"次のメールに添付します。", "別メールにて添付いたします。", "本メールおよび添付ファイルには機密情報が含まれます。", "不審な添付ファイルを開かないでください。", "添付ファイルのパスワードは次のとおりです。", "先ほどの添付ファイルのパスワードをお送りします。",
		"医薬品の添付文書を改訂しました。", "収入印紙を貼付してください。", "返信用封筒を同封のうえ、郵送してください。", "請求書は郵送にて同封いたします。", "お送りいただいた添付ファイルを確認しました。", "頂戴した添付資料の件", "添付すればよいですか。", "添付してもらえますか。",
		"山室様から添付された図面を見ました。", "8月22日に添付したファイルの件", "添付を希望される場合は", "ファイルを後ほどお送りします。", "データをお送りください。", "別紙はありません。", "既に添付済みです。", "以前添付させていただいた資料です。",
		"I attached my earlier mail's file yesterday.", "There is no attachment.", "nothing attached", "It is not attached.", "I have not attached anything", "I didn't attach it.", "Please attach your CV.", "Could you attach the file?",
		"Don't forget to attach the form.", "Thanks for the attachment.", "The file you attached is empty.", "You forgot the attachment.", "You forgot to attach the file.", "your attachment was blank", "I couldn't open the attachment.",
		"The attachment did not come through.", "I can't find the attachment.", "I attached it to my last email.", "the file attached to my previous message", "as previously attached", "I will attach it tomorrow.", "It will be attached to the minutes.",
		"no strings attached", "He is very attached to his dog.", "attached to the wall", "We attach great importance to it.", "an attached garage", "This e-mail and any attachments are confidential.", "Do not open attachments from strangers.",
		"Please send it to me as an attachment.", "Send your resume as an attachment to jobs@x.example.", "The password for the attachment is below.", "enclosed in brackets", "an enclosed space", "I enclosed a cheque in the envelope.",
		"The documents should be attached to the application.", "without attachments", "The file was attached to her mail.", "Did you get the attachment?", "Did you forget the attachment?", "attachment theory", "Attachments larger than 10 MB are refused.",
		"She has attached the plan.", "We'll attach the invoice once it is ready.",
	}
	for _, s := range yes {
		if announced(s) == "" {
			t.Errorf("announces, and is not found: %s", s)
		}
	}
	for _, s := range no {
		if got := announced(s); got != "" {
			t.Errorf("announces nothing, and is found: %s", s)
		}
	}
}

func TestMissingAttachmentEdges(t *testing.T) {
	const out = "From: a@ours.example\nTo: b@out.example\nSubject: x\n"
	const says = "資料を添付いたします。\n"
	multi := func(parts ...string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\n"
	}
	text := "Content-Type: text/plain; charset=utf-8\n\n" + says
	html := func(s string) string { return "Content-Type: text/html; charset=utf-8\n\n" + s }
	related := func(h string) string {
		return "Content-Type: multipart/related; boundary=b\n\n--b\n" + html(h) + "\n--b\nContent-Type: image/png\nContent-ID: <i1@x>\nContent-Disposition: inline; filename=image001.png\n\nx\n--b--\n"
	}
	tests := []struct{ name, raw, want string }{
		{"announced", out + "\n" + says, "warning"},
		{"inside", "From: a@ours.example\nTo: b@ours.example\n\n" + says, "none"},
		{"a file", out + multi(text, "Content-Type: application/pdf; name=a.pdf\n\nx"), "none"},
		{"a file without a name", out + multi(text, "Content-Type: application/pdf\n\nx"), "none"},
		{"a picture in the text", out + multi(text, "Content-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nx"), "none"},
		{"a forwarded message", out + multi(text, "Content-Type: message/rfc822\n\nSubject: y\n\nz"), "none"},
		{"a calendar entry", out + multi(text, "Content-Type: text/calendar; name=a.ics\n\nx"), "none"},
		{"a signature is no file", out + multi(text, "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx"), "warning"},
		{"encrypted", out + "Content-Type: application/pkcs7-mime; name=smime.p7m\n\nx", "none"},
		{"uuencoded", out + "\n" + says + "begin 644 a.txt\n#0V%T\n`\nend\n", "none"},
		{"a list's footer", out + multi(text, "Content-Type: text/plain\n\n-- list"), "warning"},
		{"quoted", out + "\n了解しました。\n> " + says, "none"},
		{"below Original Message", out + "\n了解しました。\n-----Original Message-----\nFrom: b\n" + says, "none"},
		{"above a quotation", out + "\n" + says + "> 了解\n", "warning"},
		{"below a quotation", out + "\n> 了解\n\n" + says, "warning"},
		{"in the signature", out + "\nHello.\n-- \n添付ファイルはPDFでお送りします。\n", "none"},
		{"quoted in HTML", out + html("<p>了解</p><blockquote type=cite>"+says+"</blockquote>"), "none"},
		{"below Outlook's mark", out + html("<p>了解</p><div id=\"appendonsend\"></div><hr><div id=divRplyFwdMsg>From: b</div><div>"+says+"</div>"), "none"},
		{"own in HTML", out + html("<div>"+says+"</div><div class=gmail_quote>x</div>"), "warning"},
		{"subject of a new message", "From: a@ours.example\nTo: b@out.example\nSubject: =?utf-8?B?44CQ5re75LuY44CR6K2w5LqL6Yyy?=\n\nHello\n", "warning"},
		{"subject of an answer", "From: a@ours.example\nTo: b@out.example\nSubject: Re: attached report\n\nHello\n", "none"},
		{"subject of an answer without Re", "From: a@ours.example\nTo: b@out.example\nIn-Reply-To: <1@x>\nSubject: attached report\n\nHello\n", "none"},
		{"link to a file", out + "\n" + says + "https://www.ours.example/a.pdf\n", "none"},
		{"link to a share", out + "\n" + says + "https://1drv.ms/b/s!AAA\n", "none"},
		{"link to a page", out + "\n" + says + "https://www.ours.example/\n", "warning"},
		{"link to download", out + "\n添付ファイルは次からダウンロードしてください。\nhttps://files.ours.example/?id=5\n", "none"},
		{"link to a file, quoted", out + "\n" + says + "> https://www.ours.example/a.pdf\n", "warning"},
		{"link called attachment", out + html("see <a href=https://ours.example/x>the attached plan</a>"), "none"},
		{"picture of the text", out + related("<p>"+says+"</p><img src=cid:i1@x>"), "none"},
		{"picture of the signature", out + related("<p>"+says+"</p><div class=gmail_signature><img src=cid:i1@x></div>"), "warning"},
		{"picture of the quotation", out + related("<p>"+says+"</p><blockquote type=cite><img src=cid:i1@x></blockquote>"), "warning"},
		{"vacation", "Auto-Submitted: auto-replied\n" + out + "\n" + says, "none"},
		{"list mail", "List-Id: <l.ours.example>\n" + out + "\n" + says, "none"},
		{"bounce", out + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n" + text + "\n--b--\n", "none"},
		{"ISO-2022-JP", out + "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B;qNA$rE:IU$$$?$7$^$9!#\x1b(B\n", "warning"},
		{"Shift_JIS, base64", out + "Content-Type: text/plain; charset=shift_jis\nContent-Transfer-Encoding: base64\n\njpGXv4Lwk1mVdIKigr2CtYLcgreBQg==\n", "warning"},
		{"the plain twin of an HTML text", out + "Content-Type: multipart/alternative; boundary=b\n\n--b\n" + text + "\n--b\n" + html("<p>本文</p><blockquote type=cite>"+says+"</blockquote>") + "\n--b--\n", "none"},
	}
	for _, tt := range tests {
		if got := worst(judge(t, MissingAttachment, "", stored(tt.raw), "ours.example")); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	m := stored("From: a@ours.example\nTo: b@out.example\nSubject: attached report\n\nHello\n")
	if got := worst(judge(t, MissingAttachment, "subject: false", m, "ours.example")); got != "none" {
		t.Errorf("the subject, switched off: %s", got)
	}
}

// The evidence points at the sentence where the text is not encoded.
func TestMissingAttachmentEvidence(t *testing.T) {
	m := stored("From: a@ours.example\nTo: b@out.example\nSubject: x\n\nHello.\nPlease find attached the plan.\n")
	found := judge(t, MissingAttachment, "", m, "ours.example")
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	ev := found[0].Evidence[0]
	if got := string(m.Bytes(ev.Span)); got != "Please find attached the plan." || ev.Text != got {
		t.Errorf("evidence %q, text %q", got, ev.Text)
	}
}

func FuzzAnnounced(f *testing.F) {
	for _, s := range []string{"資料を添付します。", "see attached", "no attachment\n> attached", "添付\n\n添\n付"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, piece := range sentences(s) {
			if strings.TrimSpace(piece) == "" {
				t.Errorf("an empty sentence of %q", s)
			}
		}
		announced(s)
		m := message.Parse([]byte("From: a@ours.example\r\nTo: b@out.example\r\n\r\n" + s))
		m.Envelope = m.EnvelopeFromFields()
		judge(t, MissingAttachment, "", m, "ours.example")
	})
}
