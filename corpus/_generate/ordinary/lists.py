"""Mailing lists of ours and of others, as their software writes."""

from ordinary.kit import B64, JIS, P, QP, Theme, W, becky, gmail, mutt, on_top, outlook, thunderbird

T = Theme("lists", "Mailing lists", ["nagisa-u.example.jp"], "2024-10-07 08:55:13")
D, L = "nagisa-u.example.jp", "lists.nagisa-u.example.jp"
MEMBERS = ["member%d.ex%d@gmail.com" % (i, 640 + i) for i in range(25)] + ["alumni%d@kaisha%02d.example" % (i, i) for i in range(1, 15)]
INSIDER = P("早川 渚", "hayakawa@" + D)
OUTSIDER = P("鷹野 肇", "takano@taka-soft.example")
ABROAD = P("Neil Netherby", "neil@netherby.example.org")


def mailman2(name="kenkyu", display="研究会", prefix="kenkyu"):
    return ["Received: from %s (localhost [127.0.0.1])\r\n\tby %s (Postfix) with ESMTP id 4XM417;\r\n\tMon,  7 Oct 2024 10:12:33 +0900 (JST)" % (L, L),
            "X-Original-To: %s@%s" % (name, L), "Delivered-To: %s@%s" % (name, L), "X-BeenThere: %s@%s" % (name, L), "X-Mailman-Version: 2.1.39", "Precedence: list",
            "List-Id: %s <%s.%s>" % (W(display, fold=" "), name, L), "List-Unsubscribe: <https://%s/mailman/options/%s>,\r\n <mailto:%s-request@%s?subject=unsubscribe>" % (L, name, name, L),
            "List-Archive: <https://%s/mailman/private/%s/>" % (L, name), "List-Post: <mailto:%s@%s>" % (name, L), "List-Help: <mailto:%s-request@%s?subject=help>" % (name, L),
            "Errors-To: %s-bounces@%s" % (name, L), 'Sender: "%s" <%s-bounces@%s>' % (prefix, name, L)]


def bounces(name="kenkyu"):
    return ("%s-bounces@%s" % (name, L), MEMBERS)


LIST = P("研究会ML", "kenkyu@" + L)
T("mailman2-post-by-member", "One of ours posts to a list of ours, which sends it to its 39 outside members.", thunderbird, INSIDER, LIST, "[kenkyu 417] 次回の研究会", "皆様\n\n次回は10月21日です。\n\n早川\n\n_______________________________________________\nkenkyu mailing list\nkenkyu@%s\nhttps://%s/mailman/listinfo/kenkyu\n" % (L, L), edit=on_top(*mailman2()), env=bounces())
T("mailman2-post-by-outsider", "An outsider posts to a list of ours; From stays hers, the bounce address is the list's.", gmail, OUTSIDER, LIST, "[kenkyu 418] Re: 次回の研究会", "参加します。\n\n鷹野\n", edit=on_top(*mailman2()), env=bounces())
T("mailman2-munged-from", "Mailman writes \"via\" the list into From for domains with DMARC.", outlook, P("鷹野 肇 via kenkyu", "kenkyu@" + L), LIST, "[kenkyu 419] 会場について", "会場の地図です。\n", charset="iso-2022-jp", extra=[("Reply-To", OUTSIDER.address)], edit=on_top(*mailman2()), env=bounces())
T("mailman2-outsider-in-cc-of-many", "An outsider answers with eight others in Cc, and the list passes it on.", thunderbird, OUTSIDER, LIST, "[kenkyu 420] 懇親会", "懇親会の出欠をお知らせください。\n", cc=[P("", "friend%d@circle%d.example" % (i, i)) for i in range(8)], edit=on_top(*mailman2()), env=bounces())
T("mailman3-post", "Mailman 3 with HyperKitty.", mutt, ABROAD, P("", "sensor@" + L), "[Sensor] Re: calibration", "Dear all,\n\nwe use a Pt100 here.\n\nNeil\n_______________________________________________\nSensor mailing list -- sensor@%s\nTo unsubscribe send an email to sensor-leave@%s\n" % (L, L), charset="us-ascii",
  edit=on_top("Message-ID-Hash: K7J3Q417EXAMPLEQ3KZ2D4", "X-Message-ID-Hash: K7J3Q417EXAMPLEQ3KZ2D4", "X-MailFrom: neil@netherby.example.org", "X-Mailman-Rule-Hits: nonmember-moderation", "X-Mailman-Rule-Misses: dmarc-mitigation; no-senders; approved; emergency; loop; banned-address", "X-Mailman-Version: 3.3.9", "Precedence: list",
              "List-Id: Sensors and calibration <sensor.%s>" % L, "Archived-At: <https://%s/archives/list/sensor@%s/message/K7J3Q417/>" % (L, L), "List-Archive: <https://%s/archives/list/sensor@%s/>" % (L, L), "List-Post: <mailto:sensor@%s>" % L), env=("sensor-bounces@" + L, MEMBERS))
T("mailman3-verp", "The same with one bounce address a reader (VERP).", mutt, ABROAD, P("", "sensor@" + L), "[Sensor] Re: calibration", "See the manual, page 17.\n\nNeil\n", charset="us-ascii",
  edit=on_top("List-Id: Sensors and calibration <sensor.%s>" % L, "Precedence: list", "X-Mailman-Version: 3.3.9"), env=("sensor-bounces+member3.ex643=gmail.com@" + L, ["member3.ex643@gmail.com"]))
T("google-group-of-ours", "A Google Group under our own domain.", gmail, OUTSIDER, P("", "alumni@" + D), "[alumni] 会報の原稿", "原稿を事務局にお送りください。\n", edit=on_top(
  "X-Google-DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=1e100.example; s=20230601; b=EXAMPLE", "X-BeenThere: alumni@" + D, "Precedence: list", "Mailing-list: list alumni@%s; contact alumni+owners@%s" % (D, D),
  "List-ID: <alumni.%s>" % D, "X-Google-Group-Id: 417000000000", "List-Post: <https://groups.google.com/a/%s/group/alumni/post>,\r\n <mailto:alumni@%s>" % (D, D), "List-Archive: <https://groups.google.com/a/%s/group/alumni/" % D, "X-Original-Sender: " + OUTSIDER.address), env=("alumni+bncBC417EXAMPLE@" + D, MEMBERS[:20]))
T("fml-post", "fml, which numbers its subjects and sets Reply-To to the list.", becky, INSIDER, P("", "osc@fml." + D), "(osc:00417) 分科会報告", "報告書を共有フォルダに置きました。\n", edit=on_top("Reply-To: osc@fml." + D, "X-ML-Name: osc", "X-Mail-Count: 00417", "X-MLServer: fml [fml 4.0.3]; post only (only members can post)", "X-ML-Info: If you have a question, send e-mail with the body\r\n\t\"# help\" (without quotes) to the address osc-ctl@fml.%s;\r\n\thelp=<mailto:osc-ctl@fml.%s?body=# help>" % (D, D),
  "List-Id: osc.fml.%s" % D, "List-Software: fml [fml 4.0.3]", "List-Post: <mailto:osc@fml.%s>" % D, "Precedence: bulk"), env=("osc-admin@fml." + D, MEMBERS[:12]))
T("sympa-post", "Sympa.", thunderbird, INSIDER, P("", "koho@sympa." + D), "[koho] 写真の提供のお願い", "行事の写真をご提供ください。\n", edit=on_top("X-Loop: koho@sympa." + D, "X-Sequence: 417", "Errors-to: koho-owner@sympa." + D, "Precedence: list", "Precedence: bulk", "Sender: koho-request@sympa." + D, "X-no-archive: yes", "List-Id: <koho.sympa.%s>" % D), env=("koho-owner@sympa." + D, MEMBERS[:15]))
T("exchange-distribution-group", "A distribution group of ours with outside contacts in it: the message leaves for them with the author's envelope.", outlook, INSIDER, P("産学連携協議会", "sangaku@" + D), "協議会の日程", "各位\n\n協議会は11月5日です。\n", charset="iso-2022-jp", env=(INSIDER.address, ["contact1@kaisha21.example", "contact2@kaisha22.example", "contact3@kaisha23.example"]))
T("announcement-list", "A list that only its owner writes to; 300 readers in the envelope.", thunderbird, P("なぎさ大学 図書館", "library@" + D), P("", "library-news@" + L), "[library-news] 夜間開館のお知らせ", "11月の夜間開館は21時までです。\n", edit=on_top(*mailman2("library-news", "図書館ニュース", "library-news")), env=("library-news-bounces@" + L, ["reader%d.ex%d@gmail.com" % (i, 100 + i) for i in range(300)]))

# ---- what the list software itself writes


def software(name, fine, frm, to, subject, text, fields="", env=None):
    T.raw(name, fine, """From: %s
To: %s
Subject: %s
Date: Tue, 08 Oct 2024 09:20:11 +0900
Message-ID: <mailman.%s.1728346811@%s>
%sMIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

%s
""" % (frm, to, W(subject) if not subject.isascii() else subject, name, L, fields, B64(text)), env=env or ("kenkyu-bounces@" + L, [to]))


REQ = "X-BeenThere: kenkyu@%s\nPrecedence: bulk\nList-Id: <kenkyu.%s>\nX-List-Administrivia: yes\nErrors-To: kenkyu-bounces@%s\nSender: kenkyu-bounces@%s\n" % (L, L, L, L)
software("mailman-confirm-subscription", "The confirmation string of a subscription is no password.", "kenkyu-request@" + L, "newcomer.ex690@gmail.com", "confirm 3f7a9b1c417d2e5f60718293a4b5c6d7e8f90a1b", "メーリングリストの参加の確認\n\n登録を確認するには、このメールに返信するか次のページを開いてください。\n\n    https://%s/mailman/confirm/kenkyu/3f7a9b1c417d2e5f60718293a4b5c6d7e8f90a1b\n" % L, REQ)
software("mailman-welcome-with-password", "Mailman's welcome holds the start password for one's list options: made by a program, for its reader alone.", "kenkyu-request@" + L, "newcomer.ex690@gmail.com", "\"kenkyu\" メーリングリストへようこそ", "kenkyu@%s メーリングリストへようこそ!\n\nあなたのパスワード:\n\n    wofuzabi\n\n登録オプションの変更は次のページから:\n\n    https://%s/mailman/options/kenkyu/newcomer.ex690%%40gmail.com\n" % (L, L), "X-No-Archive: yes\n" + REQ)
software("mailman-monthly-reminder", "The monthly reminder with the list password.", "mailman-owner@" + L, "member3.ex643@gmail.com", "%s mailing list memberships reminder" % L, "This is a reminder, sent out once a month, about your %s\nmailing list memberships.\n\nPasswords for member3.ex643@gmail.com:\n\nList                                     Password // URL\n----                                     --------\nkenkyu@%s       wofuzabi\nhttps://%s/mailman/options/kenkyu/member3.ex643%%40gmail.com\n" % (L, L, L), "X-BeenThere: mailman@%s\nPrecedence: bulk\nList-Id: <mailman.%s>\n" % (L, L), env=("mailman-bounces@" + L, ["member3.ex643@gmail.com"]))
software("mailman-held-for-moderator", "A post by an outsider waits; its author is told.", "kenkyu-owner@" + L, OUTSIDER.address, "kenkyu への投稿が承認待ちです", "あなたの「Re: 次回の研究会」という件名の投稿は、モデレーターの承認待ちです。\n理由: 非会員からの投稿\n", REQ)
software("mailman-rejected-post", "A post was refused.", "kenkyu-owner@" + L, OUTSIDER.address, "kenkyu への投稿の拒否通知", "あなたの kenkyu への投稿は拒否されました。\n理由:「宣伝はご遠慮ください」\n", REQ)
T.raw("mailman-request-to-outside-moderator", "The moderator has her mailbox elsewhere: the post that waits comes as a message inside, the key to approve it as another.", """
Subject: %s
From: kenkyu-owner@%s
To: kenkyu-owner@%s
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="===============0417EXAMPLE=="
Message-ID: <mailman.2.1728346900.417.kenkyu@%s>
Date: Tue, 08 Oct 2024 09:21:40 +0900
Precedence: bulk
X-BeenThere: kenkyu@%s
X-Mailman-Version: 2.1.39
List-Id: <kenkyu.%s>
X-List-Administrivia: yes

--===============0417EXAMPLE==
Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: base64

%s
--===============0417EXAMPLE==
Content-Type: message/rfc822
MIME-Version: 1.0

From: takano@taka-soft.example
To: kenkyu@%s
Subject: seminar
Message-ID: <t1@taka-soft.example>
Date: Tue, 08 Oct 2024 09:21:02 +0900

Please find attached our new catalogue.

--===============0417EXAMPLE==
Content-Type: message/rfc822
MIME-Version: 1.0

Content-Type: text/plain; charset="us-ascii"
Subject: confirm 0417c0ffee0417c0ffee0417c0ffee0417c0ffee
Sender: kenkyu-request@%s
From: kenkyu-request@%s
Date: Tue, 08 Oct 2024 09:21:40 +0900

If you reply to this message, keeping the Subject: header intact,
Mailman will discard the held message.
--===============0417EXAMPLE==--
""" % (W("kenkyu への投稿の承認依頼"), L, L, L, L, L, B64("リスト管理者として、次の投稿の承認をお願いします。\n"), L, L, L), env=("kenkyu-bounces@" + L, ["moderator.ex691@gmail.com"]))
T.raw("mailman-digest", "A digest in MIME: five posts by outsiders as messages inside.", """
From: kenkyu-request@%s
Subject: kenkyu Digest, Vol 41, Issue 7
To: kenkyu@%s
Reply-To: kenkyu@%s
Date: Wed, 09 Oct 2024 12:00:01 +0900
Message-ID: <mailman.1.1728442801.417.kenkyu@%s>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="===============7041EXAMPLE=="
Precedence: list
X-BeenThere: kenkyu@%s
List-Id: <kenkyu.%s>
Sender: kenkyu-bounces@%s

--===============7041EXAMPLE==
Content-Type: text/plain; charset="us-ascii"
Content-Description: kenkyu Digest, Vol 41, Issue 7

Send kenkyu mailing list submissions to kenkyu@%s

--===============7041EXAMPLE==
Content-Type: multipart/digest; boundary="===============7042EXAMPLE=="

%s
--===============7042EXAMPLE==--

--===============7041EXAMPLE==
Content-Type: text/plain; charset="us-ascii"
Content-Description: Digest Footer

_______________________________________________
kenkyu mailing list
--===============7041EXAMPLE==--
""" % (L, L, L, L, L, L, L, L, "\n".join("--===============7042EXAMPLE==\n\nFrom: author%d@circle%d.example\nTo: kenkyu@%s\nSubject: topic %d\nMessage-ID: <d%d@circle%d.example>\nMessage: %d\nDate: Tue, 08 Oct 2024 1%d:00:00 +0900\n\nThis is post number %d.\n" % (i, i, L, i, i, i, i, i, i) for i in range(1, 6))), env=bounces())

# ---- to other people's lists

T("command-to-listserv", "A list-manager command to another's list: SUBSCRIBE in the body, no subject.", mutt, INSIDER, P("", "listserv@listserv.example.com"), "", "SUBSCRIBE METROLOGY-L Nagisa Hayakawa\n", charset="us-ascii")
T("command-to-majordomo", "A command to majordomo.", mutt, INSIDER, P("", "majordomo@lists.example.net"), "", "unsubscribe dbworld hayakawa@%s\nend\n" % D, charset="us-ascii")
T("command-fml", "# commands to an fml server.", becky, INSIDER, P("", "kaihatsu-ctl@fml.taka-soft.example"), "", "# mget 100-120 mp\n# help\n")
T("confirm-reply", "The confirmation of a subscription: Re: confirm and a number.", gmail, INSIDER, P("", "metrology-request@lists.example.net"), "Re: confirm 9b1c417d2e5f60718293a4b5c6d7e8f90a1b3f7a", "> If you wish to confirm your subscription, reply to this message.\n", reply_to_id="<mailman.7@lists.example.net>")
T("post-to-foreign-list", "One of ours posts to another's list.", thunderbird, INSIDER, P("Measurement Society", "announce@measure-society.example.org"), "Position: postdoc in metrology", "Dear colleagues,\n\nwe are looking for a postdoc from April 2025.\nhttps://www.%s/jobs/417\n\nNagisa Hayakawa\n" % D, charset="utf-8")
T("reply-to-list-and-author", "A reply to a foreign list and to the author.", mutt, INSIDER, P("", "sensors@listserv.example.com"), "Re: drift of thermocouples", "> Has anybody seen drift above 900 C?\n\nYes, with type K, about 2 K in 200 hours.\n\nNagisa\n", charset="us-ascii", cc=[ABROAD], extra=[("Mail-Followup-To", "sensors@listserv.example.com")])
T("moderators-approval", "One of ours approves a post to another's list by answering with the list's keyword.", thunderbird, INSIDER, P("", "osc-ctl@fml.taka-soft.example"), "Re: 承認依頼 (osc:123)", "moderator certified 20241008-0417\n")
T("unsubscribe-by-mailto", "A mail program's unsubscribe button.", gmail, INSIDER, P("", "unsub-417@news.taka-soft.example"), "unsubscribe", "This message was automatically generated by Gmail.")
