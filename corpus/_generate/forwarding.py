"""Mail that leaves because of a forwarding setting: yokohama-2018, and every mark that mail systems leave."""

from datetime import timedelta

from files import docx, pdf
from mail import CRLF, Attachment, Letter, date, field, multipart, part, transfer, when
from people import Person, english, group, japanese
from programs import apple, becky, cut, exchange, gmail, message_id, mutt, on_top, outlook, php, received, swap, thunderbird
from registry import case, numbered

UNIV = "hama-u.example.ac.jp"
HANAKO = Person("清川 花", "Hana Kiyokawa", "kiyokawa@" + UNIV)
DROP = "secretary.office.ex77@gmail.com"
BOSS = Person("西脇 剛", "Tsuyoshi Nishiwaki", "t-nishiwaki@kaisha12.example")


def incoming(key="in", program=outlook, **changes):
    """What an outsider wrote to a mailbox of ours."""
    l = Letter(key, BOSS, [HANAKO], subject="共同研究契約書（案）の件", at=when("2018-05-15 09:31:20"), charset="iso-2022-jp",
               text="清川先生\n\nお世話になっております。西脇です。\n共同研究契約書の案をお送りいたします。ご確認のうえ、第4条の期間についてご意見をいただけますと幸いです。\n\n"
                    "なお、ご担当の学生さん3名の連絡先も、来週までにお知らせください。\n\n西脇\n電話 045-555-0142\n",
               files=[Attachment("keiyaku_an.docx", docx(["共同研究契約書（案）", "第4条 期間は2018年6月1日から2年間とする。"]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")])
    return program(l.but(**changes))


@case("yokohama-2018-gmail-forwarding")
def _():
    """Google Workspace: +caf_= in the reverse-path, X-Forwarded-To and -For. The twin stayed in the mailbox."""
    raw = on_top(incoming(), [received("mx1." + UNIV, "mail.kaisha12.example", HANAKO.address, when("2018-05-15 09:31:24"), "4F1C2A0E7B")])
    marks = [("X-Forwarded-To", DROP), ("X-Forwarded-For", "%s %s" % (HANAKO.address, DROP)), ("Delivered-To", HANAKO.address)]
    return on_top(raw, marks), on_top(raw, marks[2:])
