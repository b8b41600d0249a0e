"""Charsets and shapes: what real programs make of MIME, none of it to hide anything."""

from ordinary.kit import B64, JIS, P, QP, Q, Theme, W, apple, exchange, gmail, mutt, on_top, outlook, pdf, thunderbird, A

T = Theme("shapes", "Charsets and shapes of mail", ["hanano-trading.example.jp"], "2025-09-01 09:05:05")
D = "hanano-trading.example.jp"
ME = P("花野 渉", "hanano@" + D)
TO = "lin@dongfang.example"
HEAD = "From: Wataru Hanano <hanano@%s>\nTo: %s\nSubject: %%s\nDate: Mon, 01 Sep 2025 10:%%02d:00 +0900\nMessage-ID: <shape%%d@%s>\nMIME-Version: 1.0\n" % (D, TO, D)
N = [0]


def shape(name, fine, subject, rest, charset="utf-8", eol="\r\n"):
    N[0] += 1
    T.raw(name, fine, HEAD % (subject, N[0], N[0]) + rest, charset=charset, eol=eol)


shape("gb2312-chinese", "A letter in Chinese, GB2312 in base64.", W("关于样品", "gb2312"), "Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("林先生：\n\n样品已于今天寄出。\n\n花野\n", "gb2312"))
shape("gb18030-qp", "GB18030 in quoted-printable.", W("报价单", "gb18030"), "Content-Type: text/plain; charset=\"gb18030\"\nContent-Transfer-Encoding: quoted-printable\n\n%s\n" % QP("报价有效期为三十天。\n", "gb18030"))
shape("big5-traditional", "Traditional Chinese in Big5.", W("樣品", "big5"), "Content-Type: text/plain; charset=big5\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("林先生您好：\n\n樣品今天寄出。\n", "big5"))
shape("euc-kr-korean", "Korean in EUC-KR.", W("견본 발송", "euc-kr"), "Content-Type: text/plain; charset=\"euc-kr\"\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("안녕하세요.\n견본을 오늘 발송했습니다.\n", "euc-kr"))
shape("latin-1-german", "German in Latin-1, the subject in Q.", Q("Grüße aus München", "iso-8859-1"), "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nSehr geehrter Herr Lin,\n\nviele Grüße aus München. Preise in Euro zuzüglich Mehrwertsteuer.\n", "latin-1")
shape("windows-1252-quotes", "Windows-1252 with curly quotes and a euro sign.", "=?Windows-1252?Q?=93Offer=94_=80_1=2C200?=", "Content-Type: text/plain; charset=\"Windows-1252\"\nContent-Transfer-Encoding: quoted-printable\n\n%s\n" % QP("The offer “as is” is € 1,200 – please confirm.\n", "cp1252"))
shape("koi8-r-russian", "Russian in KOI8-R.", W("Образцы", "koi8-r"), "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\nОбразцы отправлены сегодня.\n", "koi8-r")
shape("utf-8-bom-in-body", "The text begins with a byte order mark, as notepads write it.", "memo", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n%s\n" % B64(b"\xef\xbb\xbfThe container arrives on Friday.\r\n"))
shape("iso-2022-jp-in-multipart-alternative", "Outlook in ISO-2022-JP with HTML in 7 bits.", W("船積み書類", "iso-2022-jp"), "Content-Type: multipart/alternative; boundary=\"alt9\"\n\n--alt9\nContent-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\n%s\n--alt9\nContent-Type: text/html; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\n<html><body>%s</body></html>\n--alt9--\n" % (JIS("船積みは金曜日です。"), JIS("船積みは金曜日です。")))
shape("charset-label-x-sjis", "x-sjis, the name of before there was one.", "=?x-sjis?B?jKmQz4/R?=", "Content-Type: text/plain; charset=x-sjis\nContent-Transfer-Encoding: 8bit\n\n見積書を郵送しました。\n", "cp932")
shape("charset-label-ms932", "windows-31j, with ① and ㈱.", "order", "Content-Type: text/plain; charset=Windows-31J\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("①㈱花野　②№417\n".encode("cp932")))
shape("no-mime-fields-jis", "JIS without any MIME field in the body, as in the nineties.", JIS("連絡"), "\n%s\n" % JIS("明日は10時に参ります。"))
shape("long-line-html-20000", "HTML in one line of 20,000 octets, base64 inside: fine for everybody.", "Newsletter", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("<html><body>" + "<p>Containers, pallets and paper.</p>" * 560 + "</body></html>"))
shape("lines-longer-than-998", "A paragraph of 2,000 characters in one line, 8bit.", "Our history", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + "The company was founded in 1953 and has traded in paper ever since. " * 30 + "\n")
shape("empty-html-part", "The HTML part is empty but for tags.", "ok", "Content-Type: multipart/alternative; boundary=x11\n\n--x11\nContent-Type: text/plain; charset=us-ascii\n\nok\n\n--x11\nContent-Type: text/html; charset=us-ascii\n\n<html><head></head><body></body></html>\n--x11--\n")
shape("nested-four-deep", "mixed, related, alternative, and a message inside: four levels, as a forwarded newsletter has.", "Fwd: news", "Content-Type: multipart/mixed; boundary=m1\n\n--m1\nContent-Type: multipart/related; boundary=m2\n\n--m2\nContent-Type: multipart/alternative; boundary=m3\n\n--m3\nContent-Type: text/plain\n\nnews\n--m3\nContent-Type: text/html\n\n<p>news</p><img src=\"cid:a@b\">\n--m3--\n\n--m2\nContent-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--m2--\n\n--m1\nContent-Type: message/rfc822\n\nFrom: a@x.example\nTo: b@x.example\nSubject: inner\nDate: Mon, 01 Sep 2025 09:00:00 +0900\nMessage-ID: <inner1@x.example>\n\ninner text\n--m1--\n")
shape("folded-subject-with-tabs", "A subject folded twice with tabs.", "Re: containers,\n\tpallets and\n\tpaper", "Content-Type: text/plain; charset=us-ascii\n\nAll three, please.\n")
shape("boundary-of-seventy-characters", "A boundary of seventy characters with blanks and colons.", "x", "Content-Type: multipart/mixed;\n boundary=\"=_Example Boundary: 0123456789-0123456789-0123456789-0123456789_=\"\n\n--=_Example Boundary: 0123456789-0123456789-0123456789-0123456789_=\nContent-Type: text/plain\n\nhello\n--=_Example Boundary: 0123456789-0123456789-0123456789-0123456789_=--\n")
shape("epilogue-of-an-antivirus", "An antivirus adds its line as a part of its own.", "invoice question", "Content-Type: multipart/mixed; boundary=av\n\n--av\nContent-Type: text/plain; charset=us-ascii\n\nWhich invoice do you mean?\n--av\nContent-Type: text/plain; charset=us-ascii\nContent-Disposition: inline\n\n-- \nThis email has been checked for viruses.\n--av--\n")
shape("disclaimer-in-two-languages", "A disclaimer that speaks of confidential information and attachments.", "RE: visit", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n%s\n" % B64("See you on Friday.\n\n------\nThis e-mail and any attachments are confidential. If you are not the intended recipient, please delete it.\n本メールおよび添付ファイルには機密情報が含まれている場合があります。誤って受信された場合は破棄してください。\n"))
shape("comments-in-addresses", "Comments in the date and a group-less list of comments in To.", "tea", "Cc: li@dongfang.example (Mr Li), wang@dongfang.example (Mrs Wang (sales))\nContent-Type: text/plain\n\nTea is on its way.\n")
shape("comment-in-content-type", "A comment in Content-Type.", "rice", "Content-Type: text/plain (plain text)\n\nRice too.\n")
shape("importance-and-receipt-request", "High importance, with a read receipt asked for.", "urgent: L/C", "X-Priority: 1 (Highest)\nX-MSMail-Priority: High\nImportance: High\nDisposition-Notification-To: hanano@%s\nReturn-Receipt-To: hanano@%s\nContent-Type: text/plain; charset=us-ascii\n\nPlease open the L/C by Friday.\n" % (D, D))
shape("quoted-printable-soft-breaks", "Quoted-printable with soft breaks within a multi-octet character.", "soft", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + QP("紙の見本をお送りしました。ご確認のうえ、ご連絡をお待ちしております。" * 4) + "\n")
shape("base64-with-line-of-72", "Base64 in lines of 72 and one blank line at the end.", "b64", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\n" + "\n".join([B64("Everything is in order with the paper. " * 6).replace("\n", "")[i:i + 72] for i in range(0, 320, 72)]) + "\n\n")
shape("format-flowed-delsp", "format=flowed; delsp=yes, as mobile programs write Japanese.", W("出張"), "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\nContent-Transfer-Encoding: 8bit\n\n来週の出張は火曜日からです。 \n水曜日に戻ります。\n")
shape("smtputf8-address", "An internationalised address in To.", "hello", "Cc: 林@例え.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nHello\n")
shape("apple-data-detectors", "Apple's HTML with its odd links to dates.", "Dinner", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n<html><body dir=\"auto\">Dinner on <a href=\"x-apple-data-detectors://0\">Friday at 7 pm</a>?<div dir=\"ltr\">Sent from my iPhone</div></body></html>\n")
shape("outlook-conditional-comments", "Outlook's HTML with conditional comments and VML.", "Paper prices", "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n<html xmlns:v=\"urn:schemas-microsoft-com:vml\"><head><!--[if gte mso 9]><xml><o:shapedefaults v:ext=\"edit\" spidmax=\"1026\"/></xml><![endif]--><style><!-- p.MsoNormal {margin:0} --></style></head><body><p class=MsoNormal>Prices rise by 3&nbsp;%.<o:p></o:p></p></body></html>\n")
shape("calendar-file-only", "An .ics as the whole message, without a method: a copy for the calendar.", "Ship's arrival", "Content-Type: text/calendar; charset=utf-8; name=ship.ics\nContent-Disposition: attachment; filename=ship.ics\n\nBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:417\nDTSTART:20250905T000000Z\nSUMMARY:Arrival\nEND:VEVENT\nEND:VCALENDAR\n")
shape("x-mailer-mime-version-comment", "MIME-Version with a comment and a field name in odd capitals.", "caps", "content-TYPE: TEXT/Plain; CHARSET=US-ASCII\ncontent-transfer-encoding: 7Bit\n\nFine.\n")
