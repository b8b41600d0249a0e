package rules

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/width"

	"maillint/message"
)

// What announces a file, and what speaks of one without announcing it.
func TestAnnouncements(t *testing.T) {
	yes := []string{
		"Please find the deck attached.", "見積書を添付いたします。", "見積書を添付しましたので、ご確認ください。", "資料を添付しております", "添付の通りです。", "添付ファイルをご確認ください。",
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
		"ご査収のほど、よろしくお願いいたします。（添付：見積書1通）", "資料一式を添付にてお送りいたします。", "お見積書を添付いたしましたのでご査収くださいませ。", "議事録案を添付のファイルにまとめました。", "添付の申請書にご記入のうえ、ご返送ください。",
		"添付の用紙に必要事項を記入し、返信してください。", "添付ファイルに記載の日程でお願いします。", "詳しくは添付の資料をご参照願います。", "添付1：会議次第", "＜添付資料＞", "添付ファイルのご確認をお願いします。", "CSVファイルを添付しています。",
		"先程お電話でお話しした資料を添付いたします。", "昨日ご説明した企画書を添付します。", "お世話になっております。例の件、添付します。", "写真を添付しておきます。", "添付で送ります。", "ファイルを添付して送ります。", "添付してお送りいたしますので、ご確認ください。",
		"念のため再度添付いたします。", "修正版を添付し直しました。", "Wordファイルを添付いたします", "先日はありがとうございました。資料を添付いたします。", "会議の資料を添付していますので、事前にお読みください。", "お忙しいところ恐れ入りますが、添付書類をご一読ください。",
		"契約書のドラフトを添付申し上げます。", "別添資料のとおり、変更がございます。", "別添ファイルをご覧ください。", "別紙1のとおり", "ご確認用に画像を添付しました！", "請求書（PDF）を添付いたします。", "請求書添付いたします。", "見積り添付します", "図面添付しました。", "添付図面参照", "添付ご確認ください。",
		"下記のとおり、資料を添付します。", "添付ファイルが2点ございます。", "添付は2件です。", "ファイルが大きいので、2通に分けて添付します。", "パスワード付きzipを添付します。パスワードは別途お送りします。", "添付ファイルはパスワードで保護されています。",
		"先ほどのメール、添付を忘れました。すみません。", "失礼しました、添付漏れです。", "再送します。添付が漏れておりました。", "前回のメールにファイルを添付し忘れておりましたので、再度お送りします。",
		"I'm sending the slides attached.", "Slides attached.", "Report attached", "Resume and cover letter attached.", "Attached are two documents for signature", "As discussed, I've enclosed the contract.", "Enclosed herewith is our quotation.", "You will find attached our brochure.", "You'll find the invoice attached to this email.",
		"Hi all, attached the minutes from today.", "Minutes attached, please comment by Friday.", "I have also attached a map.", "A map is attached for your convenience.", "Kindly find attached herewith the PO.", "Please check the attached and revert.", "PFA the deck; see attached for details.", "Please refer to the attachment for details", "Details are in the attachment.",
		"The agenda is in the attached PDF.", "Let me know if you can't open the attachment.", "The attachment contains the figures.", "Two attachments: the plan and the budget.", "Attaching the file again as the last one was corrupt.", "Oops, here's the attachment.", "Sorry, the attachment was missing in my last mail. Here it is attached.", "attached pls find", "Pls see attd file attached",
		"Please sign the attached NDA and send it back.", "We have attached the forms you need to fill in.", "I've attached my CV and look forward to hearing from you", "See the enclosed for the terms.", "Per your request, attached.", "FYI - attached.", "I attach herewith the certificate", "My CV is attached to this application.", "In the attached spreadsheet you can see the numbers.",
		"You will not find it attached to this email unless you look below.", "I would like to send you the attached yesterday's figures.", "We attached the papers that you asked for last week.", "I would like to attach the programme.", "Everything you asked for, numbers attached below.", "Five attachments above.", "The figures (attachment).", "A copy is herewith attached.", "資料を貼付いたします。", "データを貼付しております。", "hey, here's the pdf attached, shout if it looks off", "Here are the two drawings from Monday attached.",
		"Sorry, forgot to attach it - here it is.", "Forgot to attach the plan, sorry.", "The signed copy is attached to this mail.",
		"添付ファイルが開けないようでしたらご連絡ください。", "添付ファイルはご確認後に削除してください。",
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
		"添付ファイルは開封前にウイルスチェックをお願いします。", "I got your email with the attachment.", "The fee is in Attachment B, section 3.",
		"添付ファイルを拝見しました。", "添付の件、承知しました。", "添付いただいた図面、確認いたしました。", "お送りいただきました添付資料について質問があります。", "ご送付の添付ファイルを確認しました。", "添付資料を拝受いたしました。", "いただいたメールの添付ファイルが壊れているようです。",
		"添付ファイルを再送していただけますか。", "ファイルを添付して再度お送りいただけますでしょうか。", "恐れ入りますが、資料を添付のうえ再送をお願いいたします。", "添付資料の再送をお願いします。", "申請書に領収書を添付してください。", "申請の際は、領収書を添付すること。", "写真1枚を申込書に添付願います。",
		"今回は添付はございません。", "（添付なし）", "【添付なし】ご連絡", "添付資料はございませんので、ご了承ください。", "資料の添付は控えさせていただきます。", "ウイルス対策のため添付ファイルは削除されました。", "添付ファイル付きのメールは受信できません。", "添付ファイルの送信は禁止されています。",
		"来週までに添付して送ります。", "資料は明日添付してお送りします。", "改めて別のメールで添付いたします。", "昨日添付でお送りした資料、ご覧いただけましたか。", "先週お送りしたメールに添付の資料をご覧ください。", "先ほど添付ファイルをお送りしましたが、届いておりますでしょうか。", "前のメールに添付した資料をご覧ください。", "8月20日のメールに添付しております。",
		"添付する資料を教えてください。", "どのファイルを添付すればよいでしょうか。", "見積書が添付されていないようです。", "見積書が添付されておりませんでした。", "添付が確認できませんでした。", "添付ファイルが付いていませんでした。", "添付ファイルがないようですが。", "添付ファイルはどちらでしょうか。", "メールに添付できるサイズは10MBまでです。",
		"本メールに添付ファイルはありません。", "このメールには添付ファイルはございません。", "PPAP（パスワード付きzipの添付）は廃止しました。", "弊社では添付ファイルの代わりに共有リンクを使います。", "上記の添付書類をご用意ください。", "添付文書をよく読んでお使いください。", "お薬の添付文書", "封筒に切手を貼付してください。",
		"添付のパスワードは下記です。", "解凍パスワードをお送りします。先ほどの添付のものです。", "Thanks, I got the attachment.", "Thank you for attaching the file.", "I have read the attachment you sent.", "The attachment in your mail is empty.", "Could you resend with the attachment?", "Please resend the attachment.", "I think you forgot to attach it.", "Your attachment is missing.", "There was no file attached to your email.",
		"I don't see any attachment.", "No attachment this time.", "Nothing is attached.", "I haven't attached the photos because they are too big.", "I cannot send attachments from here.", "The photos are too big to attach.", "Our filter removes attachments.", "We do not accept attachments.", "Applications without attachments will be rejected.", "Please do not send attachments.", "Attach your CV and send it to us.",
		"When replying, attach a copy of your passport.", "You must attach proof of address.", "I'll send the attachment tomorrow.", "I'll attach it when I'm back.", "We were attached to the embassy.", "He's become quite attached to the place.", "The cable attached to the router is loose.", "I sent the attachment yesterday.", "As I mentioned, the file was attached to last week's mail.",
		"I attached it yesterday.", "Have you looked at the attachment I sent on Monday?", "The attachment I sent yesterday is out of date.", "Did you see the attached I sent last week?", "In my previous email I attached the plan.", "My last email had the plan attached.", "The plan I attached last week is wrong.", "This email and its attachments may be privileged.", "If an attachment is present, scan it.", "How do I add an attachment?",
		"Should I attach the invoice?", "Do you want me to attach the invoice?", "Shall I attach it?", "Is the file attached?",
		"Delete it and all attachments.", "This letter including attachment is confidential.", "The e-mail and files attached are confidential.", "All files attached hereto are confidential.", "Blocked attachments are listed on the page.", "See attachment policy on the intranet.", "Do not open any of the attached files.", "Please attach the attached form to your application.", "You can then attach attached copies.", "The label can be attached with tape.", "The certificate will be attached.", "None of the drawings is attached.", "The file attached yesterday was wrong.", "The drawings were attached by the contractor.", "It is enclosed with our last.", "Mary's attached file is the one to use.", "Re-attached with tape, the sign looks new.", "They are closely attached.", "A wage attachment is being processed.", "The attachment points are rusty.", "The claim attached on Friday.", "We are attaching a trailer to the car.", "It is completely enclosed.", "We are enclosing it in a fence.", "The parcel has a letter enclosed.", "添付ファイルの容量は10MBまでです。", "添付ファイルの形式はPDFとします。", "添付ファイルを自動で削除します。", "添付機能をご利用ください。", "添付ファイル付きメールの訓練を行います。", "最新の添付文書をご確認ください。", "収入印紙を添付します。", "ご添付の図面のとおりです。", "申請に必要な添付資料をご覧ください。", "添付書類は必要ありません。", "資料添付、誠にありがとうございます。", "添付が抜けておりましたのでご確認ください。", "完成次第、添付します。", "後ほど資料を添付します。", "同封の申込書を投函してください。", "金曜日までにPDFを送付します。", "昨日エクセルファイルをお送りしました。", "PDFをお送りください。", "The plan isn't attached yet.", "The ticket and documents attached to it are closed.", "The horses are in the enclosure.",
		"添付ファイルは特にございません。", "添付資料は今回はございません。", "添付ファイルを開くとマクロが動く場合があります。", "お手元の申込書に本人確認書類を添付し、郵送してください。", "添付の仕方がわからないので教えてください。", "後日あらためてデータで添付します。", "Please reply with the signed form attached.", "I sent the files; they were attached to the mail from 10:15.", "Please don't forget the attachment when you resubmit.", "The application must include the following attachments: passport, photo.",
		"添付は後ほど送ります。", "資料の添付をお待ちしております。", "添付ファイルが正しく表示されないようです。", "添付資料をお送りいただけますでしょうか。", "当社のシステムは添付ファイルを受け付けません。", "添付ファイルは当社のサーバーで削除されました。", "添付が間に合わないので、資料は当日配布します。", "お手紙に写真を同封しました。", "The attachment you mention is not in my mailbox.", "When I attach files over 10 MB, Outlook hangs.", "Did the attachment from yesterday reach you?", "I attached the plan to the ticket, not to this mail.", "The files are too large to be sent as an attachment.", "Attachments are stripped by our filter.", "Should the form be attached?",
	}
	moreYes, moreNo := announcements(t)
	yes, no = append(yes, moreYes...), append(no, moreNo...)
	if len(yes) < 250 || len(no) < 330 {
		t.Fatalf("%d and %d sentences", len(yes), len(no))
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

// announcements are the sentences of testdata/announcements.txt.
func announcements(t *testing.T) (yes, no []string) {
	t.Helper()
	list, err := os.ReadFile("testdata/announcements.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		switch verb, s, _ := strings.Cut(strings.TrimSpace(line), "\t"); verb {
		case "yes":
			yes = append(yes, s)
		case "no":
			no = append(no, s)
		}
	}
	return yes, no
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
		{"uuencoded, four digits", out + "\n" + says + "begin 0644 a.txt\n#0V%T\n`\nend\n", "none"},
		{"a sentence like uuencode", out + "\n" + says + "begin now a.txt\n", "warning"},
		{"a number behind begin", out + "\n" + says + "begin 64 a.txt\n", "warning"},
		{"a long number behind begin", out + "\n" + says + "begin 20240 a.txt\n", "warning"},
		{"a mode and no name", out + "\n" + says + "begin 644 \n", "warning"},
		{"a mode and a name without begin", out + "\n" + says + "644 a.txt\n", "warning"},
		{"a picture of the text and of the quotation", out + related("<p>"+says+"<img src=cid:i1@x></p><blockquote type=cite><img src=cid:i1@x></blockquote>"), "none"},
		{"a picture straight above a quotation that shows it", out + related("<p>"+says+"</p><img src=cid:i1@x><blockquote type=cite>b <img src=cid:i1@x></blockquote>"), "none"},
		{"a picture straight above Outlook's block", out + related("<p>"+says+"</p><img src=cid:i1@x><div id=appendonsend></div><b>From:</b> b<br><b>Sent:</b> c<br><img src=cid:i1@x>"), "none"},
		{"a picture straight below a quotation", out + related("<p>"+says+"</p><blockquote type=cite>b</blockquote><img src=cid:i1@x>"), "none"},
		{"a picture at the end of a quotation", out + related("<p>"+says+"</p><blockquote type=cite>b<br><img src=cid:i1@x></blockquote><p>"+says+"</p>"), "warning"},
		{"a picture that the text does not show", out + related("<p>"+says+"</p>"), "none"},
		{"a picture attached, and shown by the quotation", out + strings.Replace(related("<p>"+says+"</p><blockquote type=cite><img src=cid:i1@x></blockquote>"), "Disposition: inline", "Disposition: attachment", 1), "none"},
		{"a file that the quotation names as a picture", out + strings.Replace(related("<p>"+says+"</p><blockquote type=cite><img src=cid:i1@x></blockquote>"), "image/png", "application/pdf", 1), "none"},
		{"a container called an attachment", out + multi("Content-Type: multipart/alternative; boundary=c\nContent-Disposition: attachment; filename=x\n\n--c\n"+text+"\n--c--"), "warning"},
		{"the version of PGP is no file", out + multi(text, "Content-Type: application/pgp-encrypted\n\nVersion: 1"), "warning"},
		{"a named file of PGP", out + multi(text, "Content-Type: application/pgp-encrypted; name=a.asc\n\nx"), "none"},
		{"a picture without an ID, and a quotation that shows one without", out + strings.Replace(related("<p>"+says+"</p><blockquote type=cite><img src=cid:></blockquote>"), "Content-ID: <i1@x>\n", "", 1), "none"},
		{"a picture of the quotation alone", out + related("<p>"+says+"</p><blockquote type=cite><img src=cid:i1@x></blockquote>"), "warning"},
		{"a file behind the last delimiter", out + multi(text) + "--b\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n--b--\n", "none"},
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
		{"subject of an answer by References", "From: a@ours.example\nTo: b@out.example\nReferences: <1@x>\nSubject: attached report\n\nHello\n", "none"},
		{"link called attachment by its address", out + html("<p>"+says+"</p><a href=https://ours.example/x>https://ours.example/attached</a>"), "warning"},
		{"link behind a word", out + html("<p>"+says+"</p><a href=https://ours.example/x>our house</a>"), "warning"},
		{"link to a file", out + "\n" + says + "https://www.ours.example/a.pdf\n", "none"},
		{"link to a share", out + "\n" + says + "https://1drv.ms/b/s!AAA\n", "none"},
		{"link to a page", out + "\n" + says + "https://www.ours.example/\n", "warning"},
		{"link to what a server gives out", out + "\n" + says + "https://files.ours.example/d/abc\n", "none"},
		{"link to download", out + "\n添付ファイルは次からダウンロードしてください。\nhttps://files.ours.example/?id=5\n", "none"},
		{"link to a file, quoted", out + "\n" + says + "> https://www.ours.example/a.pdf\n", "warning"},
		{"an address of a person, and words of a download", out + html("<p>添付ファイルは次からダウンロードしてください。<a href=mailto:c@ours.example>c</a></p>"), "warning"},
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

// Links that stand for the file.
func TestMissingAttachmentLinks(t *testing.T) {
	files := strings.Fields(".pdf .zip .7z .rar .lzh .gz .tgz .tar .doc .docx .xls .xlsx .xlsm .ppt .pptx .csv .txt .rtf .odt .ods .odp .jpg .jpeg .png .gif .tif .tiff .bmp .mp3 .mp4 .mov .avi .wmv .wav .m4a .exe .msi .dmg .iso .dwg .jtd .epub .ps .tex")
	served := strings.Fields("/s/x /d/x /dl/x /f/x /download.cgi /share/x /shared/x /file/x /files/x /transfer/x")
	said := []string{"からダウンロードできます", "からﾀﾞｳﾝﾛｰﾄﾞできます", "is for download", "リンクからどうぞ", "下記URL", "以下のURL", "次のURL", "下記ＵＲＬ", "下記ｕｒｌ", "an attached link", "link attached", "the link below", "the link above", "the following link", "use this link", "the files are linked", "Link: ", "a LIN\u212a BELOW", "the FOLLOW\u0130NG LINK"}
	type link struct{ words, url, want string }
	var tests []link
	for _, ext := range files {
		tests = append(tests, link{"", "a" + ext, "none"}, link{"", "a" + strings.ToUpper(ext) + "?v=1#p", "none"})
	}
	for _, path := range served {
		if !serves(path) {
			t.Errorf("%s is served by none", path)
		}
		tests = append(tests, link{"", strings.TrimPrefix(path, "/"), "none"})
	}
	for _, words := range said {
		tests = append(tests, link{words, "page", "none"})
	}
	tests = append(tests, link{"", "page", "warning"}, link{"", "a.html", "warning"}, link{"", "x/pdf", "warning"}, link{"see the page", "page", "warning"})
	for _, l := range tests {
		m := stored("From: a@ours.example\nTo: b@out.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n資料を添付いたします。\n" + l.words + "\nhttps://www.ours.example/" + l.url + "\n")
		if got := worst(judge(t, MissingAttachment, "", m, "ours.example")); got != l.want {
			t.Errorf("%q, %s: %s, want %s", l.words, l.url, got, l.want)
		}
	}
}

// Subjects of answers and of what is passed on are another's.
func TestMissingAttachmentSubjects(t *testing.T) {
	for _, mark := range []string{"Re:", "RE：", "Re[2]:", "Ｒｅ:", "FW:", "Fw：", "Fwd:", "Fwd：", "AW:", "WG:", "TR:", "転送:", "転送：", "返信:", "返信：", "　Re:"} {
		m := stored("From: a@ours.example\nTo: b@out.example\nSubject: " + mark + " attached report\n\nHello\n")
		if got := worst(judge(t, MissingAttachment, "", m, "ours.example")); got != "none" {
			t.Errorf("%s: %s", mark, got)
		}
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

// In an encoded text there is no place to point at.
func TestMissingAttachmentEvidenceEncoded(t *testing.T) {
	m := stored("From: a@ours.example\nTo: b@out.example\nContent-Transfer-Encoding: quoted-printable\n\nPlease find attached the plan.\n")
	found := judge(t, MissingAttachment, "", m, "ours.example")
	if len(found) != 1 || found[0].Evidence[0].Span != (message.Span{}) {
		t.Errorf("found %+v", found)
	}
}

// Of a sentence over two lines, the evidence is what stands on the first, and
// its text is cut at a length.
func TestMissingAttachmentEvidenceOverLines(t *testing.T) {
	long := "Please find attached the plan that all of us made together during the last months for"
	m := stored("From: a@ours.example\nTo: b@out.example\nSubject: x\n\n" + long + "\n" + strings.Repeat("the building, ", 20) + "and more.\n")
	found := judge(t, MissingAttachment, "", m, "ours.example")
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	ev := found[0].Evidence[0]
	got := string(m.Bytes(ev.Span))
	if got == "" || !strings.HasPrefix(long, got) || strings.Contains(got, "…") || !strings.HasPrefix(ev.Text, got) || !strings.HasSuffix(ev.Text, "…") || utf8.RuneCountInString(ev.Text) != 161 {
		t.Errorf("evidence %q, text %q", got, ev.Text)
	}
}

// The evidence of a subject is the field.
func TestMissingAttachmentEvidenceOfSubject(t *testing.T) {
	m := stored("From: a@ours.example\nTo: b@out.example\nSubject: attached report\n\nHello\n")
	found := judge(t, MissingAttachment, "", m, "ours.example")
	if len(found) != 1 || found[0].Where != "Subject" || !strings.Contains(string(m.Bytes(found[0].Evidence[0].Span)), "attached report") {
		t.Errorf("found %+v", found)
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

// What is ruled out before folding holds no cue after it.
func FuzzRawCues(f *testing.F) {
	for _, s := range []string{"Please find ATTACHED", "at*tached", "ａｔｔａｃｈ", "添 付します", "at\u200btach", "see en\u00adclosed", "明日送 ります"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if folded := foldSentence(s); cued(folded) && !rawCues.In(s) {
			t.Errorf("%q is ruled out, and folded it is %q", s, folded)
		}
	})
}

func TestNarrow(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		if s := "a" + string(r); narrow(s) != width.Fold.String(s) {
			t.Fatalf("%q: %q, want %q", s, narrow(s), width.Fold.String(s))
		}
	}
}

// FuzzWordings: the phrasebook finds what its patterns match, sentence by
// sentence.
func FuzzWordings(f *testing.F) {
	for _, s := range []string{"見積書を添付しました。", "please find attached", "昨日のメールに添付した資料", "no file is attached", "別添1をご覧ください", "pdfをお送りします"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = foldSentence(text)
		if len(text) > 400 {
			return
		}
		s := sentence{phrasebook: phrases(), holds: make([]bool, phrases().lists)}
		s.set(text)
		for i := range s.wordings {
			w := &s.wordings[i]
			if got, want := s.all(w, -1), w.pattern.Everywhere(text); !reflect.DeepEqual(got, want) {
				t.Fatalf("wording %d in %q: %v, want %v", i, text, got, want)
			}
		}
	})
}
