"""Mail that one sends for another: secretaries, shared mailboxes, aliases, personal mailboxes, answers to a colleague."""

from ordinary.kit import A, P, Theme, apple, docx, exchange, gmail, mutt, on_top, outlook, pdf, php, thunderbird

T = Theme("on-behalf", "Sent for others, from other addresses, to oneself", ["tsubaki-u.example.jp", "tsubaki-hp.example"], "2024-09-02 08:41:55", protected=["椿大学 情報基盤センター", "president@tsubaki-u.example.jp"])
D = "tsubaki-u.example.jp"
DEAN = P("学部長 新庄 正樹", "shinjo@" + D)
SECRETARY = P("秘書 浜口 恵", "hamaguchi@" + D)
OFFICE = P("入試課", "nyushi@" + D)
SHIMA = P("島 奈緒子", "n.shima@" + D)
HELP = P("椿大学 情報基盤センター", "itc@" + D)
OUT = P("三好様", "miyoshi@kyoiku-press.example")

T("secretary-for-the-dean", "代理送信: the dean in From, his secretary in Sender and in the envelope.", exchange, DEAN, OUT, "ご講演のお礼", "三好様\n\n先日はご講演をいただき、ありがとうございました。\n\n新庄\n（代理送信：浜口）\n", charset="utf-8",
  extra=[("Sender", SECRETARY.address)], env=(SECRETARY.address, [OUT.address]))
T("secretary-by-outlook", "The same by Outlook and SMTP, with her name in Sender.", outlook, DEAN, OUT, "原稿の締切について", "三好様\n\n原稿の締切を9月20日に延ばしていただけますでしょうか。\n", charset="iso-2022-jp",
  extra=[("Sender", "Megumi Hamaguchi <hamaguchi@%s>" % D)], env=(SECRETARY.address, [OUT.address]))
T("shared-mailbox-send-as", "A shared mailbox: From is the office, submitted by one of its people without Sender. At most marked.", exchange, OFFICE, P("", "parent.ex601@gmail.com"), "Re: 過去問の閲覧について", "お問い合わせありがとうございます。\n過去3年分を入試課窓口で閲覧できます。\n\n入試課\n", charset="utf-8",
  env=(SHIMA.address, ["parent.ex601@gmail.com"]))
T("shared-mailbox-own-envelope", "The same with the office's own bounce address.", outlook, OFFICE, P("", "parent.ex602@yahoo.co.jp"), "Re: 出願書類の到着確認", "書類は9月3日に到着しております。\n\n入試課\n", charset="iso-2022-jp", env=(OFFICE.address, ["parent.ex602@yahoo.co.jp"]))
T("alias-of-hers", "An alias of hers in From, her mailbox in the envelope: two names of one organisation.", thunderbird, P("島", "kouhou@" + D), OUT, "大学案内の校正", "三好様\n\n校正を戻します。修正は2か所です。\n\n島（広報）\n", env=(SHIMA.address, [OUT.address]))
T("two-domains-of-ours", "From at the hospital's domain, envelope at the university's: both are ours.", apple, P("地域連携室", "renkei@tsubaki-hp.example"), P("", "clinic@mori-clinic.example"), "カンファレンスのご案内", "森先生\n\n9月の合同カンファレンスは18日です。\n", env=("renkei@" + D, ["clinic@mori-clinic.example"]))
T("reply-to-a-colleague", "Answers are to go to a colleague.", outlook, SHIMA, OUT, "秋季講座のご案内", "三好様\n\nお申し込みは教務の浜口までお願いいたします。\n", charset="iso-2022-jp", extra=[("Reply-To", SECRETARY.address)])
T("reply-to-own-gmail", "A visiting lecturer reads his answers at Gmail: marked at most.", thunderbird, P("非常勤講師 谷口", "taniguchi-adj@" + D), OUT, "教科書の採用", "三好様\n\n後期の教科書として採用いたします。\n", extra=[("Reply-To", "taniguchi.ex603@gmail.com")])
T("reply-to-the-list", "Answers are asked to the list of a society.", mutt, SHIMA, P("", "kenkyukai@gakkai.example"), "9月研究会の発表者募集", "各位\n\n9月28日の研究会の発表者を募集します。\n", charset="iso-2022-jp", extra=[("Reply-To", "kenkyukai@gakkai.example")])
T("president-writes-himself", "A protected address writes: from itself.", exchange, P("学長", "president@" + D), OUT, "式辞の掲載について", "三好様\n\n式辞の掲載を承諾いたします。\n", charset="utf-8")
T("help-desk-writes-itself", "The help desk's name over the help desk's address.", outlook, HELP, P("", "support@soft-vendor.example"), "ライセンス証書の再発行のお願い", "ご担当者様\n\nライセンス証書の再発行をお願いいたします。\n契約番号　L-2024-0417\n", charset="iso-2022-jp")
T("help-desk-in-to-of-an-answer", "The vendor's ticket address carries the help desk's name, as in the mail it answers: in To that is a remark.", thunderbird, SHIMA, P("椿大学 情報基盤センター", "ticket-417@soft-vendor.example"), "Re: [#417] 証書の再発行", "届きました。ありがとうございました。\n")
T("draft-to-own-gmail", "A researcher mails a draft to her own Gmail for the train: marked at most.", exchange, P("島 奈緒子", "naoko.shima@" + D), P("", "naoko.shima.ex604@gmail.com"), "原稿", "続きは電車で\n", charset="utf-8", files=[A("draft_0903.docx", docx(["第3章　地域医療と大学", "ここから書き直す"]))])
T("photo-to-own-icloud", "A photograph from the office's telephone to her own mailbox: marked at most.", apple, P("島 奈緒子", "naoko.shima@" + D), P("", "naoko.shima@icloud.com"), "", "", files=[A("IMG_0417.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9", "image/jpeg")])
T("note-to-self-inside", "A note to oneself, inside.", gmail, SHIMA, SHIMA, "memo", "牛乳、電池\n")
T("copy-to-own-private-mailbox-without-file", "The train's timetable to her own private mailbox, no file.", thunderbird, P("島 奈緒子", "naoko.shima@" + D), P("", "naoko.shima.ex604@gmail.com"), "のぞみ", "のぞみ 23号 東京 10:30 → 名古屋 12:09\n")
T("resent-by-hand", "A message of a colleague's, resent (bounced) by hand to the press: Resent fields of ours on top.", mutt, DEAN, OUT, "式次第", "式次第は前回のとおりです。\n", charset="iso-2022-jp",
  edit=on_top("Resent-From: n.shima@" + D, "Resent-Date: Tue, 3 Sep 2024 11:02:17 +0900", "Resent-Message-ID: <Zf0417resent@%s>" % D, "Resent-To: miyoshi@kyoiku-press.example"), env=(SHIMA.address, [OUT.address]))
T("web-form-from-our-server", "The form of our web site mails its thanks: From is the office, the envelope www's.", php, OFFICE, P("", "applicant.ex605@docomo.ne.jp"), "【椿大学】資料請求を受け付けました", "資料請求を受け付けました。\n3日以内に発送いたします。\n\n受付番号：20240904-0417\n\n※このメールは自動送信です。\n", charset="iso-2022-jp", env=("www@" + D, ["applicant.ex605@docomo.ne.jp"]))
T("verp-of-a-newsletter", "A newsletter of ours with a bounce address for each reader (VERP).", php, P("椿大学 広報", "kouhou@" + D), P("", "reader.ex606@gmail.com"), "椿大学メールマガジン 9月号", "■ 9月の公開講座\n■ 図書館の開館時間\n\n配信停止は https://www.tsubaki-u.example.jp/mm/off\n", charset="iso-2022-jp",
  extra=[("List-Unsubscribe", "<https://www.tsubaki-u.example.jp/mm/off?t=417>")], env=("kouhou-bounce+reader.ex606=gmail.com@" + D, ["reader.ex606@gmail.com"]))
T("batv-tagged", "The relay tags the reverse-path (BATV).", outlook, SHIMA, OUT, "面会のお願い", "三好様\n\n来週お時間をいただけますでしょうか。\n", charset="iso-2022-jp", env=("prvs=4179a1b2c3=n.shima@" + D, [OUT.address]))
T("plus-address", "She files her subscriptions by a tag in her address.", gmail, P("Naoko Shima", "n.shima+conf@" + D), P("", "registration@conf.example.org"), "Registration 0417", "Dear organisers,\n\nplease change my lunch to vegetarian.\n\nNaoko Shima\n", env=(SHIMA.address, ["registration@conf.example.org"]))
T("two-authors-of-ours", "Two of ours sign one letter: two addresses in From, one in Sender (RFC 5322, 3.6.2).", mutt, DEAN, OUT, "共同声明", "三好様\n\n声明文をお送りします。掲載をお願いいたします。\n\n新庄・島\n", charset="iso-2022-jp",
  edit=lambda raw: raw.replace(b"<shinjo@tsubaki-u.example.jp>\r\n", b"<shinjo@tsubaki-u.example.jp>,\r\n n.shima@tsubaki-u.example.jp\r\nSender: n.shima@tsubaki-u.example.jp\r\n", 1), env=(SHIMA.address, [OUT.address]))
T("english-on-behalf", "On behalf of, in English, by Exchange.", exchange, P("Dean's Office", "dean-office@" + D), P("Jean Abercorn", "j.abercorn@lochside.example.org"), "Visit in October", "Dear Professor Abercorn,\n\nthe Dean would be glad to receive you on 15 October at 10:30.\n\nMegumi Hamaguchi\non behalf of Masaki Shinjo\n", charset="us-ascii",
  extra=[("Sender", SECRETARY.address)], env=(SECRETARY.address, ["j.abercorn@lochside.example.org"]))
