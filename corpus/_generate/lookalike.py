"""Lookalike domains: kagoshima-2023 and what others published."""

from files import docx, pdf, xlsx
from mail import Attachment, Letter, when
from people import Person, english, group, japanese
from programs import apple, becky, cut, exchange, gmail, message_id, mutt, on_top, outlook, php, received, swap, thunderbird
from registry import case, numbered

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
