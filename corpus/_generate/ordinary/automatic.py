"""What mail systems and mailboxes write by themselves: vacation replies, bounces, receipts."""

from ordinary.kit import B64, JIS, P, QP, Theme, W

T = Theme("automatic", "Vacation replies, bounces, receipts", ["minagiwa.example.jp"], "2024-08-12 09:00:00")
D = "minagiwa.example.jp"
ME = "Keiko Hori <hori@%s>" % D
OUT = "tsuruta@funabashi-print.example"


def vacation(name, fine, fields, text, to=OUT, env="<>", label="UTF-8", subject="不在通知", frm=None):
    body = JIS(text) if label == "ISO-2022-JP" else B64(text)
    T.raw(name, fine, """From: %s
To: %s
Subject: %s
%sMIME-Version: 1.0
Content-Type: text/plain; charset=%s
Content-Transfer-Encoding: %s

%s
""" % (frm or "%s <hori@%s>" % (W("堀 恵子", label), D), to, W(subject, label) if not subject.isascii() else subject, fields, label, "7bit" if label == "ISO-2022-JP" else "base64", body), env=(env, [to]))


AWAY = "8月13日から16日まで夏季休業のため不在にしております。\n急ぎのご用件は佐野（0466-00-1234）までお願いいたします。\n"
vacation("vacation-rfc3834", "A vacation reply with Auto-Submitted and the null reverse-path, as RFC 3834 wants it.", "Date: Tue, 13 Aug 2024 09:31:07 +0900\nMessage-ID: <vac.417@%s>\nIn-Reply-To: <a1@funabashi-print.example>\nReferences: <a1@funabashi-print.example>\nAuto-Submitted: auto-replied\nPrecedence: bulk\n" % D, AWAY)
vacation("vacation-sieve", "Pigeonhole's vacation: X-Sieve and the subject of the question.", "Message-ID: <dovecot-sieve-1723509067-417@mx.%s>\nDate: Tue, 13 Aug 2024 09:31:08 +0900\nX-Sieve: Pigeonhole Sieve 0.5.19 (4eae2f79)\nAuto-Submitted: auto-replied (vacation)\nPrecedence: bulk\n" % D, AWAY, subject="Auto: 納品の件")
vacation("vacation-sendmail", "vacation(1) of a Unix host: Precedence junk.", "Date: Tue, 13 Aug 2024 09:31:09 +0900\nMessage-Id: <202408130031.47D0V9hY@ws7.%s>\nPrecedence: junk\nAuto-Submitted: auto-replied\nX-Mailer: vacation\n" % D, AWAY, label="ISO-2022-JP", subject="away from my mail")
vacation("vacation-by-own-address", "A groupware answers with the user's own address as reverse-path.", "Date: Tue, 13 Aug 2024 09:31:10 +0900\nMessage-ID: <gw-417@%s>\nX-Autoreply: yes\nPrecedence: auto_reply\nX-Auto-Response-Suppress: All\n" % D, AWAY, env="hori@" + D)
vacation("vacation-null-path-only", "A groupware from Japan marks nothing, but uses the null reverse-path.", "Date: Tue, 13 Aug 2024 09:31:11 +0900\nMessage-ID: <cy-417@%s>\nX-Mailer: Groupware Office 10.8\n" % D, AWAY, label="ISO-2022-JP", subject="【自動返信】不在のお知らせ")
T.raw("vacation-exchange", "Exchange's Automatic reply.", """
From: Keiko Hori <hori@%s>
To: "tsuruta@funabashi-print.example" <tsuruta@funabashi-print.example>
Subject: %s
Thread-Topic: =?utf-8?B?57SN5ZOB44Gu5Lu2?=
Thread-Index: AQHa7Q417EXAMPLE
Date: Tue, 13 Aug 2024 00:31:12 +0000
Message-ID: <6d1c417a@OSZPR01MB0417.jpnprd01.prod.outlook.example>
X-Auto-Response-Suppress: DR, NDR, RN, NRN, OOF, AutoReply
auto-submitted: auto-generated
X-MS-Exchange-Inbox-Rules-Loop: hori@%s
Content-Type: multipart/alternative; boundary="_000_6d1c417a_"
MIME-Version: 1.0

--_000_6d1c417a_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

%s
--_000_6d1c417a_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

%s
--_000_6d1c417a_--
""" % (D, W("自動応答: 納品の件", "utf-8"), D, B64(AWAY), B64("<html><body><p>%s</p></body></html>" % AWAY.strip())), env=("<>", [OUT]))
T.raw("vacation-exchange-english", "Exchange's Automatic reply, as on-premises servers send it: the rules agent made it, as it makes what is forwarded.", """
From: Keiko Hori <hori@%s>
To: Rhona Wardlaw <rhona@wardlaw-partners.example.com>
Subject: Automatic reply: FW: Proof of the leaflet
Thread-Topic: FW: Proof of the leaflet
Thread-Index: AQHa7Q418EXAMPLE
Date: Tue, 13 Aug 2024 00:31:12 +0000
Message-ID: <6d1c418a@MAIL2.%s>
References: <p8@wardlaw-partners.example.com>
In-Reply-To: <p8@wardlaw-partners.example.com>
X-MS-Has-Attach:
X-Auto-Response-Suppress: All
X-MS-Exchange-Inbox-Rules-Loop: hori@%s
X-MS-TNEF-Correlator:
auto-submitted: auto-generated
x-ms-exchange-generated-message-source: Mailbox Rules Agent
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable
MIME-Version: 1.0

I am out of the office until 16 August =96 in urgent cases please write to m=
y colleague Mr Sano.
""" % (D, D, D), env=("<>", ["rhona@wardlaw-partners.example.com"]))
T.raw("rule-answers-with-template", "An Outlook rule that answers orders with a template: the subject is the template's own.", """
From: %s <order@%s>
To: %s
Subject: %s
Date: Tue, 13 Aug 2024 01:02:44 +0000
Message-ID: <6d1c419a@TYCPR01MB0417.jpnprd01.prod.outlook.example>
X-Auto-Response-Suppress: DR, OOF, AutoReply
X-MS-Exchange-Inbox-Rules-Loop: order@%s
X-MS-Exchange-Parent-Message-Id: <a9@funabashi-print.example>
auto-submitted: auto-generated
Content-Type: text/plain; charset="iso-2022-jp"
Content-Transfer-Encoding: 7bit
MIME-Version: 1.0

%s
""" % (W("受注係", "ISO-2022-JP"), D, OUT, W("ご注文ありがとうございます", "ISO-2022-JP"), D, JIS("このたびはご注文いただきありがとうございます。\n担当者より1営業日以内にご連絡いたします。\n")), env=("<>", [OUT]))
T.raw("vacation-notes", "The out-of-office agent of Domino, which writes AUTO: before who is away.", """
Subject: %s
From: %s <hori@%s>
To: %s
Message-ID: <OF41A417EX.001C0E77-ON49258B79@%s>
Date: Tue, 13 Aug 2024 09:31:16 +0900
Auto-Submitted: auto-generated
X-MIMETrack: Serialize by Router on mail1/minagiwa(Release 12.0.2FP3|January 15, 2024) at 2024/08/13 09:31:16
MIME-Version: 1.0
Content-type: text/plain; charset=ISO-2022-JP
Content-Transfer-Encoding: 7bit

%s
""" % (W("AUTO: 堀 恵子 は不在です (復帰予定日 2024/08/19)", "ISO-2022-JP"), W("堀 恵子", "ISO-2022-JP"), D, OUT, D,
       JIS("2024/08/19 まで不在にしております。\n\n\n注: これは、2024/08/13 09:31:02 に送信されたメッセージ「納品の件」に対する自動応答です。この応答は、不在中に一度だけ送信されます。\n")), env=("hori@" + D, [OUT]))
vacation("vacation-zimbra", "Zimbra's, in Japanese.", "Date: Tue, 13 Aug 2024 09:31:17 +0900 (JST)\nMessage-ID: <417.418.1723509077.JavaMail.zimbra@%s>\nIn-Reply-To: <a1@funabashi-print.example>\nAuto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk\n" % D, AWAY, subject="Re: 納品の件")
T.raw("vacation-gmail", "Gmail's vacation responder through our Workspace.", """
MIME-Version: 1.0
From: Keiko Hori <hori@%s>
Date: Tue, 13 Aug 2024 09:31:13 +0900
Message-ID: <CAJ417vacEXAMPLE@mail.gmail.example>
Subject: Re: Proof of the leaflet
To: rhona@wardlaw-partners.example.com
In-Reply-To: <p7@wardlaw-partners.example.com>
References: <p7@wardlaw-partners.example.com>
Precedence: bulk
X-Autoreply: yes
Auto-Submitted: auto-replied
Content-Type: text/plain; charset="UTF-8"

I am away until 16 August. In urgent cases please ring my colleague Mr Sano,
+81 466 00 1234, or write to sano@%s.

Keiko Hori
""" % (D, D), env=("hori@" + D, ["rhona@wardlaw-partners.example.com"]))
T.raw("vacation-quotes-the-question", "An auto-reply that quotes what it answers, other people's signature and all.", """
From: hori@%s
To: %s
Date: Tue, 13 Aug 2024 09:31:14 +0900
Message-Id: <ar417@%s>
Subject: Re: order 20240813-02
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=us-ascii

We have received your message and will answer within two working days.

> Dear Ms Hori,
> please find attached the order. Our telephone is 047-000-0000.
> --
> Tsuruta, Funabashi Print
""" % (D, OUT, D), env=("<>", [OUT]))
T.raw("left-the-company", "The mailbox of somebody who has left answers where to write.", """
From: %s <kasai@%s>
To: %s
Date: Wed, 14 Aug 2024 10:01:22 +0900
Message-ID: <left417@%s>
Auto-Submitted: auto-replied
Subject: %s
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: base64

%s
""" % (W("葛西 隼人"), D, OUT, D, W("退職のお知らせ"), B64("葛西は7月末をもって退職いたしました。\n後任は堀（hori@%s）です。\n" % D)), env=("<>", [OUT]))
T.raw("receipt-of-a-form", "The automatic confirmation of a contact form, which repeats what was filled in.", """
From: %s <info@%s>
To: customer.ex611@docomo.ne.jp
Date: Wed, 14 Aug 2024 10:44:40 +0900
Message-ID: <form.20240814104440.417@www.%s>
Auto-Submitted: auto-generated
Subject: %s
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-2022-JP
Content-Transfer-Encoding: 7bit

%s
""" % (W("みなぎわ印刷", "ISO-2022-JP"), D, D, W("お問い合わせを受け付けました", "ISO-2022-JP"),
       JIS("お問い合わせありがとうございます。\n以下の内容で受け付けました。\n\nお名前: 例田 花子\nご住所: 神奈川県藤沢市例町1-2-3\n電話番号: 0466-00-0000\nお問い合わせ内容: 名刺100枚の料金を教えてください。\n")), env=("www-data@www." + D, ["customer.ex611@docomo.ne.jp"]))

# ---- bounces


def dsn(name, fine, frm, to, human, status, subject, action="failed", extra="", original="text/rfc822-headers", orig="From: %s\nTo: nobody@%s\nSubject: question\nMessage-ID: <q1@funabashi-print.example>\n" % (OUT, D), reporting="dns; mx.%s" % D):
    T.raw(name, fine, """Return-Path: <>
Date: Thu, 15 Aug 2024 11:20:31 +0900 (JST)
From: %s
Subject: %s
To: %s
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4Wk417%s.1723688431/mx.%s"
Message-Id: <20240815022031.417%s@mx.%s>
%s
This is a MIME-encapsulated message.

--4Wk417%s.1723688431/mx.%s
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

%s
--4Wk417%s.1723688431/mx.%s
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: %s
X-Postfix-Queue-ID: 4Wk417
Arrival-Date: Thu, 15 Aug 2024 11:20:31 +0900 (JST)

Final-Recipient: rfc822; nobody@%s
Action: %s
Status: %s
Diagnostic-Code: X-Postfix; unknown user: "nobody"

--4Wk417%s.1723688431/mx.%s
Content-Description: Undelivered Message
Content-Type: %s

%s
--4Wk417%s.1723688431/mx.%s--
""" % (frm, subject, to, name[:4], D, name[:4], D, extra, name[:4], D, human, name[:4], D, reporting, D, action, status, name[:4], D, original, orig, name[:4], D), env=("<>", [to]))


POSTFIX = """This is the mail system at host mx.%s.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

                   The mail system

<nobody@%s>: unknown user: "nobody"
""" % (D, D)
dsn("bounce-postfix", "Our server tells an outsider that nobody has that name.", "MAILER-DAEMON@mx.%s (Mail Delivery System)" % D, OUT, POSTFIX, "5.1.1", "Undelivered Mail Returned to Sender")
dsn("bounce-postfix-with-message", "The same with the whole message that came, its attachment announced and all.", "MAILER-DAEMON@mx.%s (Mail Delivery System)" % D, OUT, POSTFIX, "5.1.1", "Undelivered Mail Returned to Sender", original="message/rfc822",
    orig="From: %s\nTo: nobody@%s\nSubject: price list\nDate: Thu, 15 Aug 2024 11:20:29 +0900\nMessage-ID: <q2@funabashi-print.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n\nPlease find attached our price list.\n" % (OUT, D))
dsn("bounce-of-message-to-many", "The message that is sent back had thirty addresses in To; the notice has one reader, who wrote it.", "MAILER-DAEMON@mx.%s (Mail Delivery System)" % D, OUT, POSTFIX, "5.1.1", "Undelivered Mail Returned to Sender", original="message/rfc822",
    orig="From: %s\nTo: %s\nSubject: greetings\nDate: Thu, 15 Aug 2024 11:20:29 +0900\nMessage-ID: <q3@funabashi-print.example>\n\nGreetings of the season.\n" % (OUT, ",\n ".join("guest%d.ex%d@gmail.com" % (i, 620 + i) for i in range(30))))
dsn("delayed-postfix", "Not yet: a warning after four hours.", "MAILER-DAEMON@mx.%s (Mail Delivery System)" % D, OUT, "####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\n", "4.4.1", "Delayed Mail (still being retried)", "delayed")
dsn("delivered-postfix", "A delivery confirmation that the outsider asked for (DSN success).", "MAILER-DAEMON@mx.%s (Mail Delivery System)" % D, OUT, "Your message was successfully delivered to the destination(s)\nlisted below.\n", "2.0.0", "Successful Mail Delivery Report", "delivered")
dsn("bounce-sendmail", "Sendmail's words.", "Mail Delivery Subsystem <MAILER-DAEMON@mx.%s>" % D, OUT, "The original message was received at Thu, 15 Aug 2024 11:20:31 +0900\nfrom relay.funabashi-print.example [192.0.2.77]\n\n   ----- The following addresses had permanent fatal errors -----\n<nobody@%s>\n    (reason: 550 5.1.1 <nobody@%s>... User unknown)\n" % (D, D), "5.1.1", "Returned mail: see transcript for details")
dsn("bounce-mailbox-full", "A full mailbox.", "postmaster@%s" % D, OUT, "Delivery has failed to these recipients or groups:\n\nhori@%s\nThe recipient's mailbox is full and can't accept messages now.\n" % D, "5.2.2", "Undeliverable: question", extra="X-MS-Exchange-Message-Is-Ndr:\n")
T.raw("bounce-qmail", "qmail's bounce is plain text from MAILER-DAEMON with the null reverse-path.", """
Date: 15 Aug 2024 02:31:09 -0000
From: MAILER-DAEMON@mx.%s
To: %s
Subject: failure notice

Hi. This is the qmail-send program at mx.%s.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@%s>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <%s>
Received: (qmail 41711 invoked from network); 15 Aug 2024 02:31:08 -0000
From: %s
To: nobody@%s
Subject: attached file

Please find attached the file.
""" % (D, OUT, D, D, OUT, OUT, D), env=("<>", [OUT]))
T.raw("bounce-exim", "Exim's, with X-Failed-Recipients.", """
X-Failed-Recipients: nobody@%s
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.%s>
To: %s
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1seQ417-0004Xy-2L@mx.%s>
Date: Thu, 15 Aug 2024 11:40:12 +0900

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  nobody@%s
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

From: %s
To: nobody@%s
Subject: hello

hello
""" % (D, D, OUT, D, D, OUT, D), env=("<>", [OUT]))
T.raw("bounce-exchange", "Exchange Online's non-delivery report in HTML.", """
From: <postmaster@%s>
To: <%s>
Date: Thu, 15 Aug 2024 02:44:18 +0000
Subject: %s
Message-ID: <417-ndr@OSZPR01MB0417.jpnprd01.prod.outlook.example>
In-Reply-To: <q4@funabashi-print.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="ndr417"
X-MS-Exchange-Message-Is-Ndr:
Auto-Submitted: auto-replied
MIME-Version: 1.0

--ndr417
Content-Type: multipart/alternative; boundary="ndr417alt"

--ndr417alt
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

%s
--ndr417alt
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

%s
--ndr417alt--

--ndr417
Content-Type: message/delivery-status

Reporting-MTA: dns;OSZPR01MB0417.jpnprd01.prod.outlook.example
Received-From-MTA: dns;relay.funabashi-print.example
Arrival-Date: Thu, 15 Aug 2024 02:44:17 +0000

Final-Recipient: rfc822;nobody@%s
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--ndr417
Content-Type: text/rfc822-headers

From: <%s>
To: <nobody@%s>
Subject: =?utf-8?B?6LOq5ZWP?=

--ndr417--
""" % (D, OUT, W("配信不能: 質問"), B64("nobody@%s へのメッセージを配信できませんでした。\n" % D), QP("<html><body><p><b>nobody@%s</b> へのメッセージを配信できませんでした。</p></body></html>" % D), D, OUT, D), env=("<>", [OUT]))

# ---- receipts


def mdn(name, fine, subject, human, disposition, agent, frm=ME, label="utf-8"):
    T.raw(name, fine, """Date: Fri, 16 Aug 2024 09:12:45 +0900
From: %s
To: %s
Subject: %s
Message-ID: <mdn-%s@%s>
References: <r1@funabashi-print.example>
In-Reply-To: <r1@funabashi-print.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification;
 boundary="------------mdn0417"

--------------mdn0417
Content-Type: text/plain; charset=%s
Content-Transfer-Encoding: %s

%s
--------------mdn0417
Content-Type: message/disposition-notification; name="MDNPart2.txt"
Content-Disposition: inline
Content-Transfer-Encoding: 7bit

Reporting-UA: %s
Original-Recipient: rfc822;hori@%s
Final-Recipient: rfc822;hori@%s
Original-Message-ID: <r1@funabashi-print.example>
Disposition: %s

--------------mdn0417--
""" % (frm, OUT, W(subject) if not subject.isascii() else subject, name, D, label, "7bit" if label != "utf-8" else "base64", JIS(human) if label != "utf-8" else B64(human), agent, D, D, disposition), env=("<>", [OUT]))


mdn("read-receipt-thunderbird", "A read receipt that the outsider asked for.", "開封確認 (表示) - 校正の件", "これは hori@%s あてに送信したメールの開封確認です。\n" % D, "manual-action/MDN-sent-manually; displayed", "%s; Mozilla Thunderbird" % D)
mdn("read-receipt-outlook", "Outlook's read receipt.", "開封済み: 校正の件", "あなたのメッセージは 2024年8月16日 9:12 に読まれました。\n", "manual-action/MDN-sent-manually; displayed", "%s; Microsoft Outlook 16.0" % D, label="iso-2022-jp")
mdn("not-read-receipt", "Deleted without being read, says the receipt.", "Not read: proof", "Your message was deleted without being read on Friday, August 16, 2024.\n", "automatic-action/MDN-sent-automatically; deleted", "%s; Microsoft Exchange" % D)
T.raw("arf-abuse-report", "Our abuse desk's feedback loop reports spam to the provider that it came from.", """
From: abuse@%s
Date: Fri, 16 Aug 2024 10:00:00 +0900
Subject: Abuse report for 192.0.2.199
To: abuse@provider.example
Message-ID: <arf417@%s>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="arf417"

--arf417
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP
192.0.2.199 on Fri, 16 Aug 2024 09:58:01 +0900.

--arf417
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SpamTool/1.2
Version: 1

--arf417
Content-Type: text/rfc822-headers

From: <deals@spam.example>
To: hori@%s
Subject: You won

--arf417--
""" % (D, D, D))
T.raw("dmarc-aggregate-report", "The daily DMARC report to another domain: a gzip file with an exclamation mark in its name.", """
From: noreply-dmarc@%s
To: dmarc-rua@funabashi-print.example
Subject: Report Domain: funabashi-print.example Submitter: %s
 Report-ID: <2024.08.16.417@%s>
Date: Sat, 17 Aug 2024 00:12:00 +0900
Message-ID: <dmarc417@%s>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: application/gzip;
 name="%s!funabashi-print.example!1723734000!1723820399.xml.gz"
Content-Disposition: attachment;
 filename="%s!funabashi-print.example!1723734000!1723820399.xml.gz"
Content-Transfer-Encoding: base64

H4sIAAAAAAAAA7PPTS0uTkxPVchILEpRKE5NLclMzEktUshNLS5OTE8FAEEXgGQdAAAA
""" % (D, D, D, D, D, D))
