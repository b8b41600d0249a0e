"""Lookalike domains: kagoshima-2023 and what others published."""

from files import docx, pdf, xlsx
from mail import Attachment, Letter, when
from people import Person, group, japanese
from programs import apple, becky, exchange, gmail, mutt, on_top, outlook, php, thunderbird
from registry import case

UNIV = "sakurajima-u.example.ac.jp"


def as_list(raw, name, title, host, program="Mailman"):
    """What a list manager does to a post: the recipients are in the envelope only."""
    fields = [("Return-Path", "<%s-bounces@%s>" % (name, host))] if program == "Mailman" else []
    fields += [("X-BeenThere", "%s@%s" % (name, host)), ("X-Mailman-Version", "2.1.39"), ("Precedence", "list"),
               ("List-Id", "%s <%s.%s>" % (title, name, host)), ("List-Post", "<mailto:%s@%s>" % (name, host)),
               ("List-Help", "<mailto:%s-request@%s?subject=help>" % (name, host)), ("Errors-To", "%s-bounces@%s" % (name, host)),
               ("Sender", '"%s" <%s-bounces@%s>' % (title, name, host))] if program == "Mailman" else [
                   ("X-ML-Name", name), ("X-Mail-Count", "00471"), ("X-MLServer", "fml [fml 4.0.3 release (20011202/4.0.3)]"),
                   ("X-ML-Info", "If you have a question, send e-mail with the body \"# help\" (without quotes)\r\n\tto the address %s-ctl@%s" % (name, host)),
                   ("Precedence", "list"), ("List-Id", "%s.%s" % (name, host))]
    return on_top(raw, fields)


PROF = Person("村瀬 淳", "Jun Murase", "murase@ocean." + UNIV)


@case("kagoshima-2023-mailman-laboratory")
def _():
    """A laboratory's list: the member at gmai.com stands in no field."""
    ml = Person("海洋環境研究室", "", "ocean-lab@ml." + UNIV)
    l = Letter("lab", PROF, [ml], subject="[ocean-lab 471] 卒論中間発表の順番と学籍番号一覧", at=when("2022-07-11 10:22:31"),
               text="研究室の皆さん\n\n村瀬です。中間発表の順番を決めました。添付の一覧で学籍番号と題目を確認してください。\n発表は一人12分、質疑3分です。\n\n村瀬\n",
               files=[Attachment("中間発表_順番と学籍番号.xlsx", xlsx([["順", "学籍番号", "氏名", "題目"], ["1", "S20-0417", "三枝 拓也", "錦江湾の底質"], ["2", "S20-0422", "井手 真由", "赤潮の前兆"]]),
                                 "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")])
    raw = as_list(thunderbird(l), "ocean-lab", "Ocean laboratory", "ml." + UNIV)
    return raw, raw


@case("kagoshima-2023-fml-seminar")
def _():
    """A list under fml, written to from Becky! in ISO-2022-JP."""
    ml = Person("", "", "seminar@fish." + UNIV)
    l = Letter("seminar", Person("遠山 久美", "Kumi Toyama", "toyama@fish." + UNIV), [ml], subject="[seminar:00471] 来週のゼミと合宿の部屋割り", at=when("2021-08-30 16:05:12"),
               text="ゼミ生の皆さん\n\n遠山です。来週のゼミは9月6日14時から、302室です。\n合宿の部屋割りは次のとおりです。\n\n  201 高梨 裕子、青柳 花\n  202 田所 剛、西脇 正\n\n緊急連絡先を今週中に私まで送ってください。\n")
    raw = as_list(becky(l), "seminar", "", "fish." + UNIV, "fml")
    return raw, raw


@case("kagoshima-2023-alias-group")
def _():
    """The third list is an alias: nothing in the message tells that it is one."""
    to = Person("kensetsu-all", "", "kensetsu-all@fish." + UNIV)
    l = Letter("alias", Person("遠山 久美", "Kumi Toyama", "toyama@fish." + UNIV), [to], subject="研究室会議（11/22）の議事録案", at=when("2022-11-21 19:47:03"), charset="iso-2022-jp",
               text="各位\n\n議事録案をお送りします。修正は明日正午までにお願いします。\n",
               files=[Attachment("議事録案.docx", docx(["研究室会議 議事録案", "出席 8名"]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")])
    raw = exchange(l)
    return raw, raw


# ---- single addresses, from several programs

DEPT = Person("農地部 用地課", "Yochi", "yochi@pref-kita.example.jp")


def slip(key, program, right, wrong, how="to", **changes):
    """A letter with one mistyped address, and the same with the right one."""
    a, b = Person(changes.pop("name", ""), "", wrong), Person("", "", right)
    b.name = a.name
    base = dict(subject="用地説明会の日程調整について", at=when("2019-05-22 13:12:45"), charset="iso-2022-jp",
                text="お世話になっております。北県農地部用地課の小沼です。\n用地説明会の候補日は次のとおりです。ご都合の悪い日がございましたら、今週中にお知らせください。\n\n  第1候補　6月4日（火）19時\n  第2候補　6月6日（木）19時\n")
    base.update(changes)
    sender = base.pop("sender", DEPT)
    others = base.pop("others", [])
    to = lambda p: {"to": others + [p]} if how == "to" else {"to": others or [sender], how: [p]}  # noqa: E731
    return (program(Letter(key, sender, **to(a), **base)), program(Letter(key, sender, **to(b), **base)))


@case("lookalike-gmai-com-in-to")
def _():
    """A prefecture's section: seven addresses and a telephone number went to gmai.com."""
    return slip("gmai", outlook, "noen.maeda.ex05@gmail.com", "noen.maeda.ex05@gmai.com", name="前川 翔 様", others=[japanese(i) for i in (2, 9, 16, 23, 30, 37)])


@case("lookalike-gmeil-com-in-cc")
def _():
    """The second documented typo domain, in Cc, among colleagues."""
    staff = [japanese(i, "pref-kita.example.jp") for i in (5, 6)]
    return slip("gmeil", thunderbird, "jichikai.ex12@gmail.com", "jichikai.ex12@gmeil.com", how="cc", others=staff)


@case("lookalike-gmail-con")
def _():
    """A slip in the top-level domain, in Bcc, which only the sender's copy shows."""
    return slip("con", gmail, "minato.hayashida.ex31@gmail.com", "minato.hayashida.ex31@gmail.con", how="bcc", name="林田 みなと", charset="utf-8")


@case("lookalike-docomo-ne-jpp")
def _():
    """A telephone address typed by hand into a PTA list."""
    return slip("jpp", becky, "pta.kaicho.ex8@docomo.ne.jp", "pta.kaicho.ex8@docomo.ne.jpp", others=[japanese(i) for i in (16, 23)], subject="PTA役員会のご案内",
                text="役員の皆様\n\n次回役員会は6月7日（金）19時から、会議室で行います。\n")


@case("lookalike-hotmial-com")
def _():
    """English office, Apple Mail: hotmial.com."""
    return slip("hotmial", apple, "fiona.carrick.ex2@hotmail.com", "fiona.carrick.ex2@hotmial.com", name="Fiona Carrick", lang="en", sender=Person("Lettings Office", "", "lettings@harbour-homes.example.org"),
                subject="Your tenancy: inventory and keys", text="Dear Ms Carrick,\n\nthe inventory of the flat is complete. Please collect the keys from our office\nbetween 9 and 5 on Thursday.\n\nLettings Office\n")


# Slips of the own domain: reserved names are all that may stand here, and a slip of a name
# below .example is none, so the organisation is example.co.jp itself.
KIDO = Person("木戸 悠", "Yu Kido", "y-kido@example.co.jp")


@case("lookalike-own-domain-jpp")
def _():
    """A colleague's address with a letter too many leads out of the organisation."""
    return slip("own", exchange, "s-ikegami@example.co.jp", "s-ikegami@example.co.jpp", sender=KIDO, name="池上 幸子",
                subject="人事評価シート（部内限り）", text="池上さん\n\n下期の評価シートの下書きを送ります。部外には出さないでください。\n\n木戸\n",
                files=[Attachment("評価シート.docx", docx(["人事評価シート（下書き）"]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")])


@case("lookalike-repeated-tail")
def _():
    """A suffix that was completed twice."""
    return slip("tail", mutt, "jichikai.ex77@docomo.ne.jp", "jichikai.ex77@docomo.ne.jp.jp")


@case("lookalike-unicode-own-domain")
def _():
    """The own domain with a Cyrillic letter, written as an A-label."""
    return slip("idn", outlook, "keiri@example.co.jp", "keiri@" + "ex\u0430mple.co.jp".encode("idna").decode(), sender=KIDO, name="経理課", subject="振込先変更の件", charset="utf-8",
                text="経理課 ご担当者様\n\n来月から振込先が変わると先方から連絡がありました。添付の依頼書をご確認ください。\n", files=[Attachment("irai.pdf", pdf("Request"), "application/pdf")])


@case("lookalike-in-newsletter-bcc")
def _():
    """One slip among forty subscribers of a newsletter in Bcc: nobody will write back to say so."""
    from people import group
    me = Person("みなと図書館", "Library", "magazine@lib.minato-city.example.jp")
    people = group(40, 300)
    wrong = people[:17] + [Person("", "", "ehon.daisuki.ex17@yahooo.co.jp")] + people[17:]
    right = people[:17] + [Person("", "", "ehon.daisuki.ex17@yahoo.co.jp")] + people[17:]
    l = Letter("ehon", me, [me], bcc=wrong, subject="【絵本の会】6月のおはなし会", at=when("2023-05-30 08:00:00"), names=False, charset="utf-8",
               text="絵本の会の皆様\n\n6月のおはなし会は毎週土曜日です。雨の日は長靴でお越しください。\n")
    return php(l, "PHPMailer 6.6.5"), php(l.but(bcc=right), "PHPMailer 6.6.5")


@case("lookalike-contested-domain")
def _():
    """yahoo.jp looks like a slip of yahoo.co.jp and is somebody's: a remark, no more."""
    return slip("contested", thunderbird, "shumi.ex09@yahoo.co.jp", "shumi.ex09@yahoo.jp", name="石黒 淳")


@case("lookalike-in-cc-of-a-reply")
def _():
    """A reply keeps the slip of the first message: In-Reply-To tells that it was written to before."""
    mid = "<5f3a0c1e-7b2d-4c8e-9a61-0d2f7e5b1c44@kaisha09.example>"
    return slip("reply", thunderbird, "inoue.ex66@icloud.com", "inoue.ex66@iclod.com", how="cc", others=[japanese(12, "kaisha09.example")], reply_to_id=mid, references=[mid],
                subject="Re: 見学会の人数について", text="山室様\n\n人数の件、承知しました。当日は10名でお伺いします。\n\n> 見学会の人数が決まりましたらお知らせください。\n")
