"""People: rosters within the house, one person's data to those concerned, signatures with many telephones, emergency mail to parents."""

from ordinary.kit import A, P, Theme, apple, becky, csv, docx, exchange, gmail, group, japanese, mutt, outlook, pdf, php, thunderbird, xlsx

T = Theme("people", "People", ["sakurai-shi.example.jp"], "2025-05-12 08:20:00")
D = "sakurai-shi.example.jp"
SCHOOL = P("さくら第三小学校", "sakura3-es@" + D)
HR = P("人事課 石黒", "jinji@" + D)
TEACHER = P("教諭 福原 真由", "fukuhara.mayu@" + D)
DESK = P("秘書広報課", "hisho@" + D)
STAFF = group(60, 0, domain=D)
PHONES = ["0460-00-%04d" % (4170 + i) for i in range(60)]
PARENTS = ["%s.ex%03d@%s" % (p, n, d) for n, (p, d) in enumerate(
    [("h..tanaka", "docomo.ne.jp"), ("m.k.", "ezweb.ne.jp"), (".yuki", "softbank.ne.jp"), ("papa-no-1", "au.com"), ("sakura--hana", "docomo.ne.jp"), ("k.a.t.o", "i.softbank.jp"), ("mama", "gmail.com"), ("o..o", "ymobile.ne.jp")] * 63, 100)]

T("staff-list-inside", "The telephone list of twenty colleagues as a workbook, inside the house.", exchange, HR, P("総務課", "soumu@" + D), "課内連絡網の更新", "総務課 御中\n\n連絡網の更新版を添付します。\n", charset="utf-8", files=[A("連絡網_20250512.xlsx", xlsx([["氏名", "内線", "携帯電話", "住所"]] + [[p.name, str(4170 + i), "090-0000-%04d" % i, "さくら市例町%d-%d" % (i % 9 + 1, i)] for i, p in enumerate(STAFF[:20])]))])
T("staff-list-of-300-inside", "And of three hundred as CSV: nobody outside gets it.", outlook, HR, P("", "jinji-kyoyu@" + D), "職員名簿（内部用）", "CSVを添付します。\n", charset="iso-2022-jp", files=[A("meibo.csv", csv([["氏名", "生年月日", "住所"]] + [[japanese(i).name, "19%02d-%02d-%02d" % (60 + i % 40, i % 12 + 1, i % 28 + 1), "さくら市例町%d" % i] for i in range(300)]))])
T("seating-plan-inside", "Who sits where, to all of a floor.", thunderbird, HR, STAFF[:30], "座席表", "\n".join("%d番 %s（内線%d）" % (i + 1, p.name, 4170 + i) for i, p in enumerate(STAFF[:30])))
T("night-duty-roster-inside", "The roster of duties in May, inside.", becky, DESK, [P("", "shukuchoku@" + D)], "5月宿直表", "\n".join("5/%d %s" % (i + 1, STAFF[i].name) for i in range(31)))
T("signature-with-ten-telephones", "The office's signature has ten telephone and fax numbers, all of them the office's.", outlook, DESK, P("", "desk@chihou-shimbun.example"), "市長定例会見のご案内", """
報道関係 各位

5月20日（火）10時から市長定例会見を行います。

------------------------------------------------------
さくら市 秘書広報課
代表 0460-00-4170　直通 0460-00-4171　FAX 0460-00-4172
秘書係 0460-00-4173　広報係 0460-00-4174　広聴係 0460-00-4175
夜間 0460-00-4176　防災センター 0460-00-4177
東支所 0460-00-4178　西支所 0460-00-4179　携帯 090-0000-4170
hisho@%s / https://www.%s/
------------------------------------------------------
""" % (D, D), charset="iso-2022-jp")
T("directory-of-offices", "The public telephone numbers of thirty offices: offices, no people.", exchange, DESK, P("", "chiiki@machi-guide.example"), "市役所の連絡先一覧", "ご照会の連絡先一覧です。\n\n" + "\n".join("%s課　0460-00-%04d　%s@%s" % (n, 4200 + i, a, D) for i, (n, a) in enumerate(
    [(x, y + str(z)) for z in range(3) for x, y in [("税務", "zeimu"), ("市民", "shimin"), ("福祉", "fukushi"), ("土木", "doboku"), ("教育", "kyoiku"), ("農政", "nousei"), ("環境", "kankyo"), ("水道", "suido"), ("都市計画", "toshi"), ("防災", "bosai")]])), charset="utf-8")
T("signatures-in-a-long-thread", "Eight people's signatures in one quotation, as after a week of answers.", gmail, HR, P("", "kenshu@kenshu-center.example"), "Re: 研修の日程", "6月3日でお願いします。\n\n" + "\n".join("> %s\n> %s株式会社 営業部\n> TEL %s / 090-0000-%04d\n> %s\n>" % (p.name, "例示", PHONES[i], i, p.address) for i, p in enumerate(group(8, 40))))
T("one-applicant-to-the-agency", "One applicant's data to the agency that sent her: one person, who knows.", outlook, HR, P("", "tantou@haken.example"), "面接結果のご連絡（例田様）", "面接の結果をご連絡いたします。\n\n氏名　例田 花子 様\n生年月日　1990年4月17日\n電話　090-0000-0417\n結果　採用\n", charset="iso-2022-jp")
T("one-curriculum-vitae", "One's own curriculum vitae in Word.", apple, TEACHER, P("", "saiyo@kenkyu-zaidan.example"), "応募書類の送付", "ご担当者様\n\n応募書類（履歴書）を添付いたします。\n\n福原\n", files=[A("履歴書_福原.docx", docx(["履歴書", "氏名　福原 真由", "生年月日　1985年4月17日", "住所　さくら市例町4-17", "電話　090-0000-0417"]))])
T("five-speakers", "Five speakers with their affiliations, as the programme will say.", thunderbird, TEACHER, P("", "insatsu@printing.example"), "講演会ちらしの原稿", "講演者\n1. 例田 一郎（例示大学）\n2. 例山 二郎（例示研究所）\n3. 例川 三江（例示新聞）\n4. 例野 四郎（NPO例示）\n5. 例木 五月（作家）\n\nお問い合わせ 0460-00-4170\n")
T("nineteen-participants", "Nineteen participants' names to the hotel for the name plates: one below what counts as many.", outlook, HR, P("", "event@hotel-sakurai.example"), "研修参加者（名札用）", "名札の作成をお願いいたします。\n\n" + "\n".join("%d　%s" % (i + 1, p.name) for i, p in enumerate(STAFF[:19])), charset="iso-2022-jp")
T("lodging-of-three", "Three travellers with their telephones to the hotel.", exchange, HR, P("", "yoyaku@hotel-kita.example"), "宿泊予約（3名）", "3名の宿泊をお願いします。\n\n石黒 090-0000-0001\n福原 090-0000-0002\n岡部 090-0000-0003\n禁煙シングル、6月10日から2泊\n", charset="utf-8")
T("committee-names-public", "The twelve members of a council, as the city's site shows them.", mutt, DESK, P("", "kiroku@sokki.example"), "審議会委員名簿（公開）", "会長 例田\n副会長 例山\n委員 " + "、".join(p.name.split()[0] for p in STAFF[:10]) + "\n\n名簿はWebサイトで公開しています。\nhttps://www.%s/shingikai/\n" % D, charset="iso-2022-jp")
T("statistics-table", "A table of two hundred numbers: counts by district, no people.", outlook, DESK, P("", "tokei@pref.example.jp"), "人口統計（5月1日現在）", "統計表を添付いたします。\n", charset="iso-2022-jp", files=[A("jinko.csv", csv([["町名", "世帯数", "男", "女", "計"]] + [["例町%d丁目" % i, str(100 + i * 7), str(210 + i * 3), str(220 + i * 4), str(430 + i * 7)] for i in range(1, 60)]))])
T("survey-anonymous", "Two hundred answers of a survey without names.", exchange, TEACHER, P("", "bunseki@kenkyujo.example"), "アンケート結果（匿名）", "匿名化した回答を添付します。\n", charset="utf-8", files=[A("answers.xlsx", xlsx([["ID", "年代", "問1", "問2"]] + [["R%04d" % i, "%d0代" % (i % 6 + 2), str(i % 5 + 1), str(i % 4 + 1)] for i in range(200)]))])
T("timetable-of-bus", "A timetable: two hundred times of day look like nothing else.", thunderbird, DESK, P("", "unkou@bus.example"), "コミュニティバス時刻表（案）", "\n".join("%02d時　" % h + " ".join("%02d" % m for m in range(4, 60, 8)) for h in range(6, 22)))
T("bibliography", "Thirty references with authors, years and DOIs: names in print.", mutt, TEACHER, P("", "editor@journal-kyoiku.example"), "文献リスト", "\n".join("[%d] %s. 学級経営の研究%d. 教育学誌 %d(%d), %d-%d, %d. doi:10.0000/kj.%04d" % (i, japanese(i).name, i, i, i % 4 + 1, 10 * i, 10 * i + 9, 1990 + i, 4170 + i) for i in range(1, 31)), charset="iso-2022-jp")
T("sports-results", "Results of a sports day by class and colour.", becky, TEACHER, P("", "desk@chihou-shimbun.example"), "運動会の結果", "赤組 417点、白組 408点で赤組が優勝しました。\n100m走 6年 優勝 1組、準優勝 3組\n")
T("weather-closure-parents", "Emergency mail to 504 parents at the carriers' addresses with dots where no RFC has them, all in the envelope.", php, SCHOOL, SCHOOL, "【緊急】本日の登校について（さくら第三小）", "大雨警報のため、本日は臨時休校とします。\n児童は自宅で待機させてください。\n", charset="iso-2022-jp", env=("sakura3-es@" + D, PARENTS))
T("weather-closure-one-parent", "The same to one parent, h..tanaka at docomo, as its service sends it one by one.", php, SCHOOL, P("", "h..tanaka.ex100@docomo.ne.jp"), "【緊急】本日の登校について（さくら第三小）", "大雨警報のため、本日は臨時休校とします。\n", charset="iso-2022-jp", env=("sakura3-es@" + D, ["h..tanaka.ex100@docomo.ne.jp"]))
T("carrier-address-with-dot-before-at", "An answer to a mother at m.k.@ezweb.ne.jp: not RFC 5322, and delivered every day.", outlook, TEACHER, P("保護者様", "m.k..ex101@ezweb.ne.jp"), "Re: 欠席連絡", "承知しました。お大事になさってください。\n\n福原\n", charset="iso-2022-jp")
T("carrier-address-quoted", "The same address in quotation marks, as a careful program writes it.", thunderbird, TEACHER, P("", '"o..o.ex102"@ymobile.ne.jp'), "Re: 持ち物について", "水筒をお持たせください。\n\n福原\n")
T("parents-of-a-class-in-bcc", "Thirty parents in Bcc, the teacher in To.", apple, TEACHER, TEACHER, "学級懇談会のお知らせ", "保護者の皆様\n\n5月30日（金）14時から学級懇談会を行います。\n", bcc=[P("", a) for a in PARENTS[:30]])
T("three-parents-visible", "Three mothers of the bazaar's committee who write to each other anyway.", gmail, TEACHER, [P("", a) for a in ["noriko.ex771@gmail.com", "emi.ex772@yahoo.co.jp", "kaori.ex773@docomo.ne.jp"]], "バザーの係", "係の皆様\n\n机は学校で用意します。\n\n福原\n")
T("school-newsletter-pdf", "The school's paper in PDF to the community centre.", exchange, SCHOOL, P("", "kominkan@machi-guide.example"), "学校だより5月号", "学校だより5月号を添付いたします。館内への掲示をお願いいたします。\n", charset="utf-8", files=[A("学校だより5月号.pdf", pdf("School paper, May"))])
T("lost-umbrella", "One child's umbrella to one parent.", outlook, TEACHER, P("", "mama.ex774@au.com"), "傘の忘れ物", "黄色い傘を保健室でお預かりしています。\n", charset="iso-2022-jp")
