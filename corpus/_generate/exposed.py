"""Recipients exposed to each other: tokyo-2023, toyota-2023, gunma-2023 and what other countries published."""

from datetime import timedelta

from files import pdf
from mail import Attachment, Letter, when
from people import Person, english, group
from programs import apple, becky, exchange, gmail, message_id, mutt, outlook, php, thunderbird
from registry import case, numbered

METRO = Person("生活文化スポーツ局 文化振興課", "Cultural Affairs", "bunka-shinko@metro.example.jp")
FORUM = ("参加者の皆様\n\n"
         "お世話になっております。生活文化スポーツ局文化振興課の加納です。\n"
         "本日開催の「地域文化フォーラム」の配布資料をお送りいたします。\n"
         "オンラインでご参加の方は、お手元にご用意のうえご視聴ください。\n\n"
         "開演　　14時30分（受付 14時00分から）\n"
         "会場　　本庁舎 大会議場\n"
         "資料　　forum_handout.pdf（2ページ）\n\n"
         "ご不明な点は下記までお問い合わせください。\n\n"
         "-- \n東都　生活文化スポーツ局　文化振興課\n電話 03-5550-0100（直通）\n")


def forum_people():
    """103 people with 105 addresses: two gave a second one."""
    out = group(103)
    out.append(Person(out[4].name, out[4].latin, "ide.desk@kaisha33.example"))
    out.append(Person(out[61].name, out[61].latin, "second.ex061@yahoo.co.jp"))
    return out


def forum(key="tokyo", at="2023-03-16 13:50:07", **changes):
    l = Letter(key, METRO, forum_people(), subject="【資料送付】地域文化フォーラム（本日14時30分開演）", at=when(at), text=FORUM, charset="iso-2022-jp",
               files=[Attachment("forum_handout.pdf", pdf("Regional culture forum, hand-out"), "application/pdf")])
    return l.but(**changes)


def hidden(l, **changes):
    """The letter put right: to the sender, and to everybody else in Bcc."""
    return l.but(to=[l.sender], cc=[], bcc=[p for p in l.to + l.cc if p is not l.sender], **changes)


@case("tokyo-2023-hand-out")
def _():
    l = forum()
    return exchange(l), exchange(hidden(l))


@case("tokyo-2023-recall")
def _():
    """The recall function sends what it should take back; the correction, at last, is in Bcc."""
    l = forum()
    first = exchange(l)
    recall = dict(subject="取り消し: " + l.subject,
                  text="生活文化スポーツ局 文化振興課 は、メッセージ「【資料送付】地域文化フォーラム（本日14時30分開演）」を取り消します。\n\n" + FORUM)
    again = l.but(key="tokyo-recall-1", at=when("2023-03-16 13:52:31"), **recall)
    third = l.but(key="tokyo-recall-2", at=when("2023-03-16 14:08:15"), **recall)
    sorry = hidden(l).but(key="tokyo-correction", at=when("2023-03-16 19:41:02"), files=[],
                          subject="【お詫び】本日お送りしたメールについて",
                          text="参加者の皆様\n\n文化振興課の加納です。本日13時50分ごろにお送りした「地域文化フォーラム」の資料送付メールにおいて、\n"
                               "皆様のメールアドレスが宛先欄に表示された状態で送信しておりました。深くお詫び申し上げます。\n\n"
                               "恐れ入りますが、宛先に他の方のアドレスが表示されているメールには返信せず、削除していただきますようお願いいたします。\n")
    return numbered([first, exchange(again), exchange(third), exchange(sorry)], exchange(hidden(l)))


@case("tokyo-2023-reply-all")
def _():
    """A participant answers all: seen from the participant's own organisation."""
    l = forum()
    sent = exchange(l)
    me = Person("吉永 亮", "Ryo Yoshinaga", "r-yoshinaga@mirai-kobo.example.jp")
    others = [p for p in forum_people()]
    others[8] = me
    others = [p for p in others if p is not me]
    text = ("文化振興課 加納様\n\n資料をお送りいただきありがとうございました。\n本日は大変勉強になりました。次回もぜひ参加させてください。\n\n吉永\n\n"
            "On 2023/03/16 13:50, 生活文化スポーツ局 文化振興課 wrote:\n" + "".join("> %s\n" % x for x in FORUM.rstrip().split("\n")))
    r = Letter("tokyo-reply-all", me, [METRO], others, subject="Re: " + l.subject, at=when("2023-03-16 18:29:44"), text=text,
               reply_to_id=message_id(sent), references=[message_id(sent)])
    return thunderbird(r), thunderbird(r.but(cc=[]))


@case("tokyo-2023-outlook-japanese-names")
def _():
    """Names and 様 in the address book: the list tells who they are."""
    l = forum("tokyo-names", "2023-03-16 10:15:00")
    to = [Person(p.name + " 様", p.latin, p.address) for p in group(38, 11)]
    l = l.but(to=to, charset="iso-2022-jp", subject="ワークショップ参加費のお振込みについて", files=[],
              text="参加者の皆様\n\nお世話になっております。文化振興課です。\nワークショップ参加費（2,000円）のお振込期限が3月22日（水）となっております。\n"
                   "既にお振込みいただいた方には行き違いとなりますことをお詫び申し上げます。\n")
    return outlook(l), outlook(hidden(l))


@case("tokyo-2023-gmail-to-and-cc")
def _():
    """Half in To, half in Cc, written in a browser."""
    me = Person("劇団あおぞら 事務局", "Aozora", "office@aozora-gekidan.example.jp")
    p = group(34, 40)
    l = Letter("aozora", me, p[:17], p[17:], subject="夏公演オーディション 二次審査のご案内", at=when("2023-05-02 21:04:55"),
               text="二次審査へお進みになる皆様\n\nこのたびはご応募いただきありがとうございました。\n二次審査を5月20日（土）13時より行います。動きやすい服装でお越しください。\n\n劇団あおぞら 事務局\n")
    return gmail(l), gmail(hidden(l))


@case("tokyo-2023-becky-cc")
def _():
    """Becky!, ISO-2022-JP, everybody in Cc and the sender in To."""
    me = Person("さくら台町内会 事務局", "Sakuradai", "jimukyoku@sakuradai-chonai.example.jp")
    l = Letter("sakuradai", me, [me], group(46, 7), subject="防災訓練の日程変更のお知らせ", at=when("2023-06-09 09:12:40"),
               text="会員各位\n\nいつも町内会活動にご協力いただきありがとうございます。\n雨天のため、11日（日）の防災訓練は18日（日）に延期します。\n"
                    "炊き出し当番の方は、当日8時30分に集会所へお集まりください。\n\nさくら台町内会 事務局\n")
    return becky(l), becky(l.but(cc=[], bcc=l.cc))


@case("tokyo-2023-apple-address-group")
def _():
    """A group of the address book, which Apple Mail sends as its members."""
    me = Person("Yoshinaga Ryo", "Ryo", "ryo@kobo-atelier.example.jp")
    l = Letter("atelier", me, group(24, 55), subject="個展のお知らせ／オープニングのご招待", at=when("2023-09-01 22:40:18"),
               text="皆さま\n\nご無沙汰しております。9月15日から小さな個展を開きます。\n初日は17時からささやかなオープニングを予定しています。お気軽にお立ち寄りください。\n\n吉永\n",
               files=[Attachment("ご案内はがき（表面と裏面）個展2023年秋.pdf", pdf("Autumn exhibition 2023"), "application/pdf")])
    return apple(l), apple(hidden(l))


@case("tokyo-2023-mutt-english-mailing")
def _():
    """A call for participation from a laboratory, in English, with mutt."""
    me = Person("Naoki Kano", "", "kano@lab.univ-kita.example.ac.jp")
    l = Letter("mutt-call", me, group(61, 0, english), subject="Reminder: registration for the summer school closes Friday", at=when("2023-06-14 17:31:09"), charset="us-ascii", lang="en",
               text="Dear applicants,\n\nregistration for the summer school on coastal sediments closes this Friday at\n18:00 JST. Please send your passport details for the dormitory to the secretariat\n"
                    "if you have not done so.\n\nBest regards,\nNaoki Kano\n-- \nSecretariat, Summer School on Coastal Sediments\n")
    return mutt(l), mutt(hidden(l))


@case("tokyo-2023-php-newsletter")
def _():
    """A script of the web site puts all subscribers into one To field of one long line."""
    me = Person("みなと図書館 メールマガジン", "Library", "magazine@lib.minato-city.example.jp")
    l = Letter("php", me, group(130, 3), subject="【図書館だより】5月の特集と休館日のお知らせ", at=when("2023-05-01 08:00:03"), charset="iso-2022-jp", names=False,
               text="みなと図書館 メールマガジン 第82号\n\n■5月の特集「旅する本棚」\n■休館日 5月8日（月）、22日（月）\n■おはなし会 毎週土曜日 11時から（予約不要）\n\n配信停止は図書館カウンターまでお申し出ください。\n")
    return php(l), php(hidden(l))


# ---- toyota-2023

TOYOTA = [
    # department, local part, addresses, program, subject, text
    ("こども若者部 次世代育成課", "jisedai", 87, exchange, "放課後児童クラブ 4月の利用について", "放課後児童クラブをご利用の保護者の皆様\n\n新年度の入室手続きが完了しましたのでお知らせします。\n4月3日（月）から通常どおり開室します。初日は連絡帳と名札をお持たせください。"),
    ("総務部 人事課", "jinji", 31, outlook, "会計年度任用職員 説明会のご案内", "採用予定者の皆様\n\n4月3日（月）午前9時より、南庁舎5階の会議室で説明会を行います。\n印鑑と通帳の写しをご持参ください。"),
    ("産業部 農政企画課", "nosei", 24, exchange, "市民農園 区画の割り当て結果", "お申し込みの皆様\n\n抽選の結果、区画番号を割り当てましたので、現地の看板をご確認ください。\n水道の使用は4月8日（土）からです。"),
    ("生涯活躍部 スポーツ振興課", "sports", 52, outlook, "市民マラソン ボランティア集合時間の変更", "ボランティアの皆様\n\n集合時間を7時30分から7時15分に変更します。\n雨天の場合も決行しますので、雨具をご用意ください。"),
    ("教育委員会 学校教育課", "gakkyo", 44, exchange, "入学式の来賓受付について", "関係者の皆様\n\n入学式当日の受付は8時50分から体育館入口で行います。\n駐車場は校庭北側をご利用ください。"),
    ("環境部 ごみ減量推進課", "gomi", 18, outlook, "リサイクルステーション 立当番のお願い", "自治区の担当者様\n\n4月の立当番表をステーションに掲示しました。ご都合の悪い日がありましたら早めにお知らせください。"),
    ("市民部 国際まちづくり推進課", "kokusai", 39, exchange, "日本語教室 前期受講者のみなさんへ", "受講者のみなさん\n\n前期の日本語教室は4月8日から始まります。時間は10時から11時30分です。\n教科書は教室で配ります。"),
    ("福祉部 高齢福祉課", "korei", 27, outlook, "認知症サポーター養成講座のご案内", "お申し込みの皆様\n\n講座は4月12日（水）13時30分からです。会場は福祉センター41会議室です。"),
    ("都市整備部 公園緑地つかう課", "koen", 21, exchange, "緑化講習会の持ち物について", "受講者の皆様\n\n当日は軍手と移植ごてをお持ちください。苗は市で用意します。"),
    ("消防本部 予防課", "yobo", 33, outlook, "防火管理講習 受講番号について", "受講者の皆様\n\n受講番号は受付でお伝えします。当日は本人確認書類をお持ちください。"),
    ("上下水道局 企画課", "suido", 12, exchange, "水道モニター会議の開催について", "水道モニターの皆様\n\n第1回会議を4月19日（水）に開きます。出欠を10日までにご返信ください。"),
    ("地域振興部 防災対策課", "bosai", 46, outlook, "自主防災会 連絡会について", "自主防災会長の皆様\n\n連絡会の資料は当日お配りします。筆記用具をお持ちください。"),
    ("生涯活躍部 文化振興課", "bunka", 58, exchange, "市民合唱団 練習日程（4月）", "団員の皆様\n\n4月の練習日程です。楽譜は初回にお渡しします。欠席の場合はパートリーダーまで。"),
    ("産業部 商業観光課", "shoko", 16, outlook, "商店街イベント出店者説明会", "出店者の皆様\n\n説明会は4月6日（木）19時からです。出店料は当日お支払いください。"),
    ("保健部 地域保健課", "hoken", 29, exchange, "離乳食教室の受付番号について", "お申し込みの皆様\n\n受付番号はお名前の五十音順です。母子健康手帳をお持ちください。"),
    ("企画政策部 未来都市推進課", "mirai", 14, outlook, "実証実験 参加事業者の打ち合わせ", "参加事業者の皆様\n\n打ち合わせの候補日は4月11日と13日です。ご都合をお知らせください。"),
    ("教育委員会 図書館管理課", "tosho", 22, exchange, "読み聞かせボランティア 当番表", "ボランティアの皆様\n\n4月から6月の当番表を図書館の掲示板に貼りました。交代の際は図書館へご連絡ください。"),
    ("市民部 市民相談課", "sodan", 11, outlook, "無料法律相談 担当弁護士の皆様へ", "担当の先生方\n\n4月の相談枠の割り当てです。変更がある場合は3日前までにお願いいたします。"),
    ("財政部 契約課", "keiyaku", 26, exchange, "電子入札システム 停止のお知らせ", "登録事業者の皆様\n\n4月8日（土）は保守作業のため、電子入札システムを停止します。"),
    ("建設部 道路維持課", "doro", 10, outlook, "道路清掃ボランティアの保険について", "活動団体の皆様\n\n今年度のボランティア保険の加入手続きが完了しました。"),
    ("こども若者部 保育課", "hoiku", 9, exchange, "保育補助者 4月のシフト", "保育補助者の皆様\n\n4月のシフトを事務室に掲示しました。勤務時間を確認のうえ、変更はご相談ください。"),
    ("市長公室 広報課", "koho", 8, outlook, "広報モニター 座談会のご案内", "広報モニターの皆様\n\n座談会は4月14日（金）10時からです。お茶をご用意してお待ちしています。"),
    ("農業委員会 事務局", "noi", 10, exchange, "農業委員会 4月定例会", "関係者の皆様\n\n定例会は4月10日（月）9時からです。"),
    ("議会事務局 議事課", "giji", 5, outlook, "傍聴席の手話通訳について", "お申し込みの皆様\n\n4月臨時会の手話通訳を手配しました。当日は南側の席をご利用ください。"),
]


def toyota_letter(i):
    dept, local, n, program, subject, text = TOYOTA[i]
    sender = Person(dept, local, "%s@city.toyosaka.example.jp" % local)
    # The letters went out between 18:09 on 1 April and 16:56 on 4 April.
    at = when("2023-04-01 18:09:12") + timedelta(minutes=i * 184 + (i * 37) % 60)
    if i == 23:
        at = when("2023-04-04 16:56:30")
    return program, Letter("toyota-%d" % i, sender, group(n, i * 31), subject=subject, at=at, charset="iso-2022-jp", names=i % 3 != 0,
                           text=text + "\n\nよろしくお願いいたします。\n\n-- \n豊坂市　%s\n電話 0565-55-%04d\n" % (dept, 100 + i))


@case("toyota-2023-forced-bcc-stopped")
def _():
    """24 messages, 652 addresses: what staff wrote while the forced-Bcc system was out of order."""
    assert len(TOYOTA) == 24 and sum(t[2] for t in TOYOTA) == 652
    letters = [toyota_letter(i) for i in range(24)]
    program, first = letters[0]
    return numbered([p(l) for p, l in letters], program(hidden(first)))
