"""Many recipients, and all of them right: colleagues, committees, lists, threads."""

from ordinary.kit import A, P, Theme, apple, becky, docx, exchange, gmail, group, mutt, outlook, pdf, thunderbird, xlsx

T = Theme("groups", "Many recipients, rightly", ["aobadai-u.example.jp"], "2024-05-13 09:02:44", partners=["kyodo-ken.example.jp"])
D = "aobadai-u.example.jp"
KYOMU = P("青葉台大学 教務課", "kyomu@" + D)
SASA = P("笹川 健太郎", "k.sasagawa@econ." + D)
YUASA = P("湯浅 まどか", "yuasa@sci." + D)
STAFF = group(34, 0, domain=D)
# A committee: nine outsiders of eight universities.
COMMITTEE = [P("%s 先生" % n, "%s@%s" % a) for n, a in [
    ("安西", ("anzai", "hamanasu-u.example")), ("別府", ("beppu", "kita.example.ac.jp")), ("千々和", ("chijiwa", "law.seto-u.example")), ("土井", ("doi", "nishi-u.example")),
    ("江口", ("eguchi", "cc.minami.example.ac.jp")), ("船越", ("funakoshi", "higashi-u.example")), ("五島", ("goto.k", "chuo-u.example")), ("羽田", ("haneda", "med.hokuriku.example.ac.jp")),
    ("伊丹", ("itami", "law.seto-u.example"))]]
PROJECT = [P(n, a + "@kyodo-ken.example.jp") for n, a in [("共同研 林", "hayashi"), ("共同研 牧", "maki"), ("共同研 沼田", "numata"), ("共同研 尾崎", "ozaki")]]

T("twenty-colleagues-and-three-outsiders", "Twenty colleagues and three outsiders of one project: colleagues do not count.", outlook, SASA, STAFF[:20], "FD研修会の開催について", """
関係各位

標記研修会を下記のとおり開催いたします。共同研究所の皆様もぜひご参加ください。

日時　5月28日（火）16:30-18:00
場所　本部棟3階 大会議室
""", cc=PROJECT[:3], charset="iso-2022-jp")

T("committee-of-nine-first-mail", "A committee of nine outsiders of eight universities, one below the number that asks.", thunderbird, SASA, COMMITTEE, "第1回 編集委員会の日程調整", """
委員の先生方

お世話になっております。青葉台大学の笹川です。
第1回の編集委員会の日程を調整させていただきたく、
下記よりご都合をお知らせください（5月24日まで）。

https://chosei.aobadai-u.example.jp/e/7h3k2

笹川
""", cc=[YUASA])

T("committee-reply-all", "One of ours answers all nine of the committee.", exchange, YUASA, [SASA] + COMMITTEE[:4], "RE: 第1回 編集委員会の日程調整", """
皆様

湯浅です。6月第1週であればどの日でも参加可能です。

-----Original Message-----
From: 笹川 健太郎 <k.sasagawa@econ.aobadai-u.example.jp>
Subject: 第1回 編集委員会の日程調整

委員の先生方

お世話になっております。青葉台大学の笹川です。
""", cc=COMMITTEE[4:], charset="utf-8")

for week in (2, 3, 4):
    T("committee-meeting-%d" % week, "The same committee and its next meeting (number %d), as every fourth week." % week, thunderbird, SASA, COMMITTEE, "第%d回 編集委員会のご案内" % week, """
委員の先生方

第%d回の編集委員会を下記のとおり開催いたします。

日時　%s　15:00-16:30
方法　オンライン（URLは前回と同じです）
議題　査読の状況、特集号の企画、その他

ご欠席の場合は笹川までご一報ください。
""" % (week, ("6月3日（月）", "7月1日（月）", "7月29日（月）")[week - 2]), cc=[YUASA], files=[A("第%d回議事次第.pdf" % week, pdf("Agenda %d" % week))] if week != 3 else [])

T("minutes-to-committee", "Minutes with the file that the text announces, to nine outsiders.", outlook, SASA, COMMITTEE, "【議事録案】第2回編集委員会", """
委員の先生方

第2回の議事録案をお送りします。修正がございましたら今週中にお願いいたします。
""", charset="iso-2022-jp", files=[A("第2回議事録案.docx", docx(["第2回編集委員会 議事録（案）", "出席者　安西、別府、千々和、土井、笹川、湯浅"]))])

T("call-for-papers-to-a-list", "A call for papers goes to one address: that of a society's list.", mutt, YUASA, P("", "members@gakkai.example"), "[CFP] 第18回 計測シンポジウム 論文募集", """
会員各位　（重複して受け取られた場合はご容赦ください）

第18回 計測シンポジウムの論文を募集いたします。

投稿締切　2024年7月19日
採否通知　2024年9月2日
開催　　　2024年11月14日・15日　青葉台大学

詳細　https://sci.aobadai-u.example.jp/symposium18/

実行委員長　湯浅 まどか
""", charset="iso-2022-jp")

T("call-for-papers-english-six-lists", "A call for papers to six lists of five societies.", mutt, YUASA, [P("", x) for x in
  ["announce@measure-society.example.org", "sensors@listserv.example.com", "all@metrology.example", "students@metrology.example", "dbworld@lists.example.net", "cfp@wiki.example"]],
  "CFP: 18th Symposium on Measurement (deadline 19 July)", """
[Apologies for cross-posting]

The 18th Symposium on Measurement will be held at Aobadai University
on 14-15 November 2024. We invite papers of up to eight pages.

    Submission deadline:   19 July 2024
    Notification:           2 September 2024
    Camera-ready version:  30 September 2024

Programme committee: see https://sci.aobadai-u.example.jp/symposium18/pc
""", charset="us-ascii")

T("announcement-in-bcc", "180 guests in Bcc, the office itself in To: the way it should be done.", outlook, KYOMU, KYOMU, "オープンキャンパスのご案内", """
お申込みいただいた皆様

8月3日（土）のオープンキャンパスにお申し込みいただき、ありがとうございます。
受付は正門横で9時30分からです。当日は暑くなりますので、飲み物をお持ちください。

※このメールはお申込みの皆様にBccでお送りしています。
""", charset="iso-2022-jp", bcc=group(180, 50))

T("undisclosed-recipients", "Forty outsiders in the envelope only, undisclosed-recipients in To.", thunderbird, KYOMU, [], "説明会会場変更のお知らせ", "各位\n\n会場が201教室に変わりました。\n",
  extra=[("To", "undisclosed-recipients: ;")], env=("kyomu@" + D, [p.address for p in group(40, 100)]))

T("reply-to-thirty-in-quote", "The quotation below lists thirty addresses; the message itself goes to one.", exchange, SASA, COMMITTEE[0], "RE: 懇親会の出欠", """
安西先生

ご出席で承りました。会費は当日頂戴いたします。

笹川

________________________________
差出人: 安西 <anzai@hamanasu-u.example>
宛先: """ + "; ".join("%s <%s>" % (p.name, p.address) for p in group(30, 60)) + """
件名: Re: 懇親会の出欠

出席します。安西
""", charset="utf-8")

T("thread-of-thirty-in-the-house", "Thirty colleagues of all faculties in To and Cc, nobody outside.", exchange, KYOMU, STAFF[:18], "【照会】令和6年度 時間割変更の有無", """
各学部 教務担当者 各位

後期の時間割変更の有無を、5月31日までに教務課あてにご回答ください。
変更がない場合も「変更なし」とご返信願います。
""", cc=STAFF[18:30], charset="utf-8", files=[A("時間割変更届.xlsx", xlsx([["科目", "担当", "変更前", "変更後"]]))])

T("one-partner-fifteen-people", "Fifteen people of one partner and no other: they know each other.", outlook, SASA, [P("", "%s@kyodo-ken.example.jp" % x) for x in
  ["abe", "baba", "chino", "date", "endo", "fukuda", "goda", "hata", "ito", "joh", "kato", "lee", "mita", "nagai", "oda"]], "合同セミナーの発表順", "皆様\n\n発表順は申込順とします。持ち時間は一人10分です。\n\n笹川\n", charset="iso-2022-jp")

T("eleven-of-two-organisations", "Eleven outsiders, but of two organisations that run the project together.", exchange, SASA,
  PROJECT + [P("", "%s@kyodo-ken.example.jp" % x) for x in ["abe", "baba", "chino"]] + [P("", "%s@seto-sogo.example" % x) for x in ["ueda", "yano", "wada", "toda"]],
  "中間報告会の会場", "皆様\n\n会場は青葉台大学サテライトに決まりました。\n", charset="utf-8")

T("nine-parents-of-a-seminar", "Nine outsiders at six mail providers who plan a reunion together, one below the number that asks.", gmail, YUASA,
  [P("", a) for a in ["noda.ex901@gmail.com", "sano.ex902@gmail.com", "ueki.ex903@yahoo.co.jp", "wada.ex904@docomo.ne.jp", "mano.ex905@icloud.com", "ono.ex906@gmail.com", "hino.ex907@outlook.jp", "kano.ex908@gmail.com", "iida.ex909@nifty.com"]],
  "ゼミ同窓会の幹事会", "幹事の皆さん\n\n次回は6月8日（土）の14時から、いつもの喫茶店でどうでしょうか。\n\n湯浅\n")

T("four-recipients-two-outsiders", "Two of ours and two of the customer's: nobody is a stray.", apple, YUASA, [SASA, PROJECT[0]], "装置の搬入日", "皆様\n\n搬入は6月12日の午前でお願いします。\n", cc=[STAFF[3], PROJECT[1]])

T("one-outsider-among-three", "Three recipients, of whom one is the customer: too few to speak of a stray.", outlook, SASA, [PROJECT[2]], "お見積りのお礼", "沼田様\n\nお見積りを拝受しました。社内で検討いたします。\n", cc=[YUASA, STAFF[4]], charset="iso-2022-jp")

T("guest-speaker-with-the-whole-office", "The guest speaker alone in To, six of the office in Cc who look after him: at most marked.", exchange, KYOMU, P("講師 大庭様", "oba@kouen.example"),
  "ご講演当日のご案内", "大庭様\n\n当日は本部棟1階受付で担当がお待ちしております。\n控室は202号室です。\n", cc=STAFF[5:11], charset="utf-8")

T("group-syntax-in-the-house", "A named group of colleagues in RFC 5322's form.", thunderbird, KYOMU, [], "棚卸のお願い", "各位\n\n備品の棚卸をお願いします。\n",
  extra=[("To", "kyomu-g: %s;" % ",\r\n ".join(p.address for p in STAFF[:6]))], env=("kyomu@" + D, [p.address for p in STAFF[:6]]))

T("group-address-of-outlook", "A distribution list of ours is one address in To; its server unfolds it later.", exchange, KYOMU, P("全教職員", "all-staff@" + D), "停電のお知らせ（5/25）",
  "教職員各位\n\n法定点検のため、5月25日（土）は全館停電いたします。\nサーバーの停止をお願いいたします。\n", charset="utf-8")

T("semicolons-as-outlook-writes-them", "Eight colleagues and one outsider with semicolons between, pasted from Outlook into a web form.", thunderbird, YUASA, [], "写真の件", "写真を共有フォルダに置きました。\n\n湯浅\n",
  extra=[("To", "; ".join(p.address for p in STAFF[:3]) + "; maki@kyodo-ken.example.jp; hayashi@kyodo-ken.example.jp")],
  env=("yuasa@sci." + D, [p.address for p in STAFF[:3]] + ["maki@kyodo-ken.example.jp", "hayashi@kyodo-ken.example.jp"]))

T("alumni-committee-of-eight", "Eight alumni of the committee, five of them at mail providers.", becky, SASA,
  [P(n, a) for n, a in [("会長 畑", "hata.ex911@gmail.com"), ("副会長 丸", "maru.ex912@yahoo.co.jp"), ("会計 谷", "tani@tani-zeirishi.example"), ("監査 堀", "hori.ex913@nifty.com"),
   ("書記 溝口", "mizoguchi@bunko.example"), ("委員 辻", "tsuji.ex914@gmail.com"), ("委員 乾", "inui.ex915@ezweb.ne.jp"), ("委員 轟", "todoroki@todoroki.example")]],
  "同窓会役員会（6/15）議題", "役員の皆様\n\n6月15日（土）の役員会の議題をお送りします。\n\n1. 会計報告\n2. 名簿の更新\n3. 総会の準備\n")

T("seven-reviewers-each-alone", "One of seven letters to reviewers, each to one only.", mutt, SASA, P("", "reviewer-g@hamanasu-u.example"), "査読のお願い（MS-2024-017）",
  "先生\n\n下記の論文の査読をお願いできますでしょうか。\n題目　地方鉄道の需要予測\n期限　6月28日\n\nお引き受けいただける場合は、投稿システムからご回答ください。\n", charset="iso-2022-jp")

T("english-project-eight-partners", "The steering group of a European project: eight people of eight partners.", thunderbird, YUASA,
  [P("", "%s@%s" % x) for x in [("a.berg", "uni-nord.example"), ("carla", "politecnico.example"), ("jens", "dtu.example.org"), ("marie", "inst-optique.example"), ("piotr", "pw.example.net"),
   ("sean", "tcd.example.com"), ("olga", "vtt.example"), ("ruth", "ethz.example.org")]], "SENSE: monthly call on Tuesday", """
Dear all,

our monthly call is on Tuesday, 21 May, 16:00 JST / 09:00 CEST.

1. status of WP2 and WP3
2. deliverable D2.1 (draft in the project's wiki)
3. next plenary

Best wishes
Madoka
""", cc=[SASA])

T("english-reply-to-all-of-eight", "And her short answer to all of them.", gmail, YUASA, P("", "carla@politecnico.example"), "Re: SENSE: monthly call on Tuesday",
  "Dear Carla, dear all,\n\nfine with me, let us start at 16:30 then.\n\nMadoka\n", cc=[P("", "%s@%s" % x) for x in [("a.berg", "uni-nord.example"), ("jens", "dtu.example.org"),
   ("marie", "inst-optique.example"), ("piotr", "pw.example.net"), ("sean", "tcd.example.com"), ("olga", "vtt.example"), ("ruth", "ethz.example.org")]] + [SASA],
  reply_to_id="<CAF6x=9Tq@mail.politecnico.example>")

T("same-person-three-times", "One customer stands in To twice and in Cc once more, in other capitals: that is one person.", outlook, SASA,
  [PROJECT[0], P("林部長", "Hayashi@Kyodo-Ken.example.jp")], "納品日の変更", "林様\n\n納品日を6月4日に変更させてください。\n", cc=[P("", "HAYASHI@kyodo-ken.example.jp")], charset="iso-2022-jp")

T("subdomains-of-ours-are-ours", "Forty people of all faculties, each faculty below a domain of its own: all of them ours.", outlook, KYOMU,
  group(20, 0, domain="econ." + D) + group(20, 20, domain="hosp.med." + D), "入学式の役割分担", "各位\n\n役割分担表のとおりお願いいたします。\n", charset="iso-2022-jp", cc=[PROJECT[3]])

T("fifty-students-in-the-house", "Fifty students of a course, all at our own student domain.", thunderbird, SASA, group(50, 0, domain="stu." + D), "経済学入門 休講のお知らせ", "受講者各位\n\n5月22日（水）は休講とします。補講は6月1日（土）2限です。\n\n笹川\n")
