"""Letters: one office writes to another, one person to a few, in every program and charset that is about."""

from ordinary.kit import A, P, Theme, apple, becky, docx, exchange, gmail, mutt, on_top, outlook, pdf, png, thunderbird

T = Theme("letters", "Letters between offices", ["hokuto-seiki.example.jp"])
SEKI = P("北斗精機 営業部 関 由香里", "y-seki@hokuto-seiki.example.jp")
KUBO = P("久保 達也", "t-kubo@hokuto-seiki.example.jp")
NOMURA = P("野村 早苗", "nomura.sanae@hokuto-seiki.example.jp")
OKI = P("大木 信之", "oki@toyo-bolt.example")
HARA = P("原 茂", "s.hara@minami-denki.example.jp")
MORI = P("森 千佳子", "c_mori@sanko-insatsu.example")
SIGN = """
--
北斗精機株式会社 営業部 第二課
関 由香里
〒399-0000 長野県諏方市中洲1-2-3
TEL 0266-00-1234 / FAX 0266-00-1235
"""

T("outlook-thanks-iso-2022-jp", "One letter to one customer, with nothing attached and nothing announced.", outlook, SEKI, OKI,
  "先日のお礼（4/5ご来社）", """
東洋ボルト株式会社
大木 様

いつもお世話になっております。北斗精機の関でございます。
先日はお忙しいところご来社いただき、誠にありがとうございました。
ご指摘いただきましたネジ山の寸法につきましては、社内で確認のうえ
来週中にご回答申し上げます。

今後ともよろしくお願い申し上げます。
""" + SIGN, charset="iso-2022-jp")

T("becky-reply-with-quote", "A reply that quotes the customer's question below the answer.", becky, KUBO, HARA, "Re: 納期の件", """
原様

お世話になります。久保です。
ご照会の納期ですが、4月22日（月）午前着で手配いたしました。
時間指定が必要でしたらお知らせください。

On Mon, 08 Apr 2024 11:20:31 +0900
原 茂 <s.hara@minami-denki.example.jp> wrote:

> 久保様
>
> いつもお世話になっております。南電機の原です。
> 先日発注いたしましたHB-204の納期はいつ頃になりますでしょうか。
> 添付の図面の版数も念のためご確認ください。
""", reply_to_id="<20240408112031.4F1C.8B3A77D1@minami-denki.example.jp>", references=["<20240408112031.4F1C.8B3A77D1@minami-denki.example.jp>"])

T("exchange-html-with-logo", "The logo in the signature is an inline picture; nothing is attached or announced.", exchange, NOMURA, MORI, "会社案内の色校正について", """
森様

お世話になっております。野村です。
2校を拝見しました。表紙の青をもう少し濃くしていただけますか。
3ページの写真は差し替えなしで結構です。
""", charset="utf-8", files=[A("image001.png", png(), inline="image001.png@01DA8B1F.5C7A90E0")])

T("thunderbird-short", "Two lines to a supplier.", thunderbird, KUBO, OKI, "Re: M6の在庫", "大木様\n\n了解しました。200本お願いします。\n\n久保\n",
  reply_to_id="<b7c6@toyo-bolt.example>", references=["<a1f2@hokuto-seiki.example.jp>", "<b7c6@toyo-bolt.example>"])

T("gmail-workspace-question", "A question to one supplier, from Gmail under the company's own domain.", gmail, NOMURA, MORI, "名刺の追加注文", """
森 様

お世話になっております。
新入社員5名分の名刺を追加でお願いしたいのですが、
納期はどのくらいかかりますでしょうか。
レイアウトは前回と同じで結構です。

北斗精機 総務部 野村
""")

T("apple-mail-two-outsiders", "To one customer, Cc to her colleague and to one of ours.", apple, SEKI, P("小泉", "koizumi@kita-kikai.example"), "打ち合わせ議事録の確認のお願い", """
小泉様

先日のお打ち合わせの内容を以下にまとめました。
相違がございましたらお知らせください。

1. 試作は5月中旬まで
2. 材質はSUS304のまま
3. 検査成績書は出荷ごとに同梱

関
""", cc=[P("塩田", "shiota@kita-kikai.example"), KUBO])

T("mutt-english-to-distributor", "English with a signature below two dashes, to a distributor abroad.", mutt, KUBO, P("Ewan Traquair", "ewan@borderbolts.example.com"),
  "Re: lead time HB-204", """
Hi Ewan,

we can ship 400 pcs on 22 April. The rest follows in May.
Please let us know which forwarder you would like to use.

> What is the current lead time for HB-204?
> 500 pcs if possible.

Best regards,
Tatsuya Kubo

--
Hokuto Seiki Co., Ltd. | Suwa, Nagano | +81 266 00 1234
""", charset="us-ascii")

T("half-width-kana-and-circled-numbers", "Half-width kana and circled numbers in ISO-2022-JP: outside the charset, and what offices write.", outlook, SEKI, HARA, "ｻﾝﾌﾟﾙ送付の件①", """
原様

ｻﾝﾌﾟﾙを下記のとおり発送いたしました。
　① HB-204　２個
　② HB-206　１個
　③ ﾊﾟｯｷﾝ　　１袋
㈱北斗精機　関　℡0266-00-1234　№24-0408
""", charset="iso-2022-jp")

T("shift-jis-mobile-mailer", "Shift_JIS in the body and the subject, from a packaged mailer.", outlook, KUBO, OKI, "本日の訪問時間変更のお願い", """
大木様

申し訳ございません。電車が遅れており、15分ほど遅れて伺います。

久保（携帯から）
""", charset="shift_jis")

T("euc-jp-from-workstation", "EUC-JP from a workstation of the laboratory.", mutt, P("技術部 桑原", "kuwabara@hokuto-seiki.example.jp"), HARA, "測定データの件", """
原様

測定が終わりました。平均値は 12.3 μm、ばらつきは 0.4 μm です。
生データはおまとめして来週お渡しします。

桑原
""", charset="euc-jp")

T("names-with-sama-in-to", "宛先 with company and 様 in the names: that is courtesy, and no address.", outlook,
  SEKI, [P("東洋ボルト株式会社　大木様", "oki@toyo-bolt.example"), P("東洋ボルト㈱ 購買課 平様", "taira@toyo-bolt.example")], "価格改定のご案内", """
大木様、平様

平素は格別のお引き立てを賜り、厚く御礼申し上げます。
さて、原材料の高騰に伴い、6月1日出荷分より価格を改定させていただきます。
詳細は担当が改めてご説明に伺います。
""" + SIGN, cc=[P("【社内】久保", "t-kubo@hokuto-seiki.example.jp")], charset="iso-2022-jp")

T("address-as-display-name", "The address stands as its own display name, as address books without names make it.", outlook, KUBO,
  [P("s.hara@minami-denki.example.jp", "s.hara@minami-denki.example.jp"), P("'oki@toyo-bolt.example'", "oki@toyo-bolt.example")], "展示会の小間番号", "原様、大木様\n\n小間番号は 3-117 に決まりました。\n", charset="iso-2022-jp")

T("address-book-name-is-old-address", "The address book still names her by the address of before her company moved to a new domain.", exchange, NOMURA,
  P("mori@sanko.example", "c_mori@sanko-insatsu.example"), "請求書の宛名", "森様\n\n宛名は「北斗精機株式会社」でお願いいたします。\n", charset="utf-8")

T("former-surname-in-display-name", "A married name in the address and the maiden name in the address book.", thunderbird, NOMURA, P("三浦（旧姓 沢田）真理", "mari.sawada@kita-kikai.example"), "ご無沙汰しております",
  "三浦様\n\n異動のご挨拶をいただきありがとうございました。\n新しい部署でもどうぞよろしくお願いいたします。\n")

T("greeting-of-a-transfer", "A greeting to nine customers of seven companies in Bcc, as it should be.", outlook, SEKI, SEKI, "担当者変更のご挨拶", """
お客様各位

4月1日付で営業第二課の担当が関に変わりました。
前任の藤井同様、どうぞよろしくお願い申し上げます。
""" + SIGN, charset="iso-2022-jp", bcc=[OKI, HARA, MORI] + [P("", "%s@%s.example" % x) for x in [
      ("tanabe", "asahi-tekko"), ("ueno", "asahi-tekko"), ("kinoshita", "daito-kogyo"), ("ogata", "yamato-gomu"), ("imai", "fuji-seimitsu"), ("sasaki", "fuji-seimitsu")]])

T("condolence", "A short and personal letter.", apple, NOMURA, MORI, "お悔やみ申し上げます", "森様\n\nご尊父様のご逝去の報に接し、心よりお悔やみ申し上げます。\nご返信には及びません。\n\n野村\n")

T("forward-by-hand-to-supplier", "A customer's question passed on by hand, with the header of the original in the text.", exchange, KUBO, OKI, "FW: 表面処理について", """
大木様

お客様から下記のご質問がありました。お知恵を拝借できますか。

久保

________________________________
差出人: 原 茂 <s.hara@minami-denki.example.jp>
送信日時: 2024年4月9日 16:02
宛先: 久保 達也 <t-kubo@hokuto-seiki.example.jp>
件名: 表面処理について

久保様

ユニクロメッキと三価クロメートではどちらが塩水噴霧に強いでしょうか。
""", charset="utf-8")

T("reply-after-a-night", "An English thread three replies deep with From/Sent/To/Subject headers between.", exchange, KUBO, P("Morag Selkirke", "morag.selkirke@borderbolts.example.com"),
  "RE: RE: RE: Certificates of conformity", """
Morag,

done. The certificates for lots 2311 and 2312 were uploaded to your portal this morning.

Tatsuya

From: Morag Selkirke <morag.selkirke@borderbolts.example.com>
Sent: Tuesday, April 9, 2024 6:11 PM
To: Tatsuya Kubo <t-kubo@hokuto-seiki.example.jp>
Subject: RE: RE: Certificates of conformity

Tatsuya, please attach the two that are missing, or upload them.

From: Tatsuya Kubo <t-kubo@hokuto-seiki.example.jp>
Sent: Tuesday, April 9, 2024 9:30 AM
To: Morag Selkirke <morag.selkirke@borderbolts.example.com>
Subject: RE: Certificates of conformity

Which lots do you need?
""", charset="us-ascii")

T("long-report-in-text", "A weekly report of forty lines to one customer.", outlook, KUBO, HARA, "週報（第15週）", "原様\n\n第15週の進捗をご報告いたします。\n\n" +
  "\n".join("%d. 工程%02d　進捗 %d%%　残 %d 個　担当 %s" % (i, i, 100 - i * 2, i * 12, "久保" if i % 2 else "桑原") for i in range(1, 38)) + "\n\n以上", charset="iso-2022-jp")

T("no-text-only-subject", "The subject says everything: （本文なし）.", outlook, KUBO, OKI, "本日の訪問、14時に変更でお願いします（本文なし）", "", charset="iso-2022-jp")

T("no-subject", "No subject at all, as from a telephone.", apple, KUBO, HARA, "", "今着きました。ロビーにおります。\n\niPhoneから送信")

T("emoji-and-rare-kanji", "Emoji and kanji outside of JIS in names: 髙, 﨑, 𠮷.", gmail, P("髙﨑 𠮷男", "takasaki@hokuto-seiki.example.jp"), P("𠮷田 様", "yoshida@kita-kikai.example"), "お誕生日おめでとうございます🎂",
  "𠮷田様\n\nおめでとうございます🎉\n先日の件もうまくいきそうです😊\n\n髙﨑\n")

T("offer-in-pdf", "The offer that is announced is there.", outlook, SEKI, HARA, "【見積書送付】HB-204 500個", """
原様

お世話になっております。関です。
ご依頼の見積書を添付いたしますので、ご査収ください。
""" + SIGN, charset="iso-2022-jp", files=[A("御見積書_HB-204_20240410.pdf", pdf("Quotation HB-204"))])

T("contract-draft-for-review", "A draft of a contract in Word to the other party.", exchange, NOMURA, MORI, "秘密保持契約書（案）のご確認", """
森様

秘密保持契約書の案を添付いたします。
修正履歴をオンにしてありますので、直接ご加筆ください。
""", charset="utf-8", files=[A("秘密保持契約書（案）v3.docx", docx(["秘密保持契約書（案）", "甲　北斗精機株式会社", "乙　三光印刷株式会社"]))])

T("received-headers-of-ours", "On its way out it already carries the trace of two servers of ours.", thunderbird, KUBO, OKI, "図面番号の確認", "大木様\n\n図番は HS-24-0117 で合っております。\n\n久保\n",
  edit=on_top("Received: from mx-out.hokuto-seiki.example.jp (mx-out.hokuto-seiki.example.jp [192.0.2.11])\r\n\tby gw.hokuto-seiki.example.jp (Postfix) with ESMTPS id 4VDb1k2qLzz3\r\n\tfor <oki@toyo-bolt.example>; Thu, 11 Apr 2024 09:01:12 +0900 (JST)",
              "Received: from PC-0417 (unknown [192.0.2.117])\r\n\tby mx-out.hokuto-seiki.example.jp (Postfix) with ESMTPSA id 9C1D24E0\r\n\tfor <oki@toyo-bolt.example>; Thu, 11 Apr 2024 09:01:10 +0900 (JST)"))

T("sent-copy-of-imap-server", "The sender's own copy in Sent, with the marks of a mail program.", thunderbird, NOMURA, MORI, "Re: 入稿データの形式", "森様\n\nPDF/X-4で入稿いたします。\n",
  edit=on_top("X-Mozilla-Status: 0001", "X-Mozilla-Status2: 00800000", "X-Mozilla-Keys:", "X-Identity-Key: id1", "Fcc: imap://nomura@imap.hokuto-seiki.example.jp/Sent"))

T("dkim-and-arc-free-of-forwarding", "Signed for our own domain, as the server does with all that leaves.", gmail, SEKI, HARA, "ご来場のお礼", "原様\n\n昨日は展示会へのご来場ありがとうございました。\n",
  edit=on_top("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=hokuto-seiki.example.jp; s=google;\r\n        t=1712800001; x=1713404801;\r\n        h=to:subject:message-id:date:from:mime-version;\r\n        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n        b=EXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLE=="))

T("format-flowed-space-stuffed", "format=flowed with lines that end in blanks and a stuffed From.", thunderbird, KUBO, P("Ewan Traquair", "ewan@borderbolts.example.com"), "Packing",
  "Ewan, \n\nthe boxes are 40 x 30 x 25 cm, eleven kilograms each, and there are \ntwelve of them. \n From now on we put two labels on every box. \n\nTatsuya")
