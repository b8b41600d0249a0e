"""Messages that two readers read differently. Each hides a recipient or a part; its twin hides nothing."""

from files import docx, pdf, zip_of
from mail import CRLF, Attachment, Letter, b64, date, field, multipart, part, transfer, when
from people import Person, english, group, japanese
from programs import apple, becky, cut, exchange, gmail, message_id, mutt, on_top, outlook, php, received, swap, thunderbird
from registry import case, numbered

ME = Person("三宅 智子", "Tomoko Miyake", "miyake@honsha.example.co.jp")
YOU = Person("福原 修", "Osamu Fukuhara", "fukuhara@kaisha05.example")
DROP = "collect@dropbox7.example"


def note(key, program=mutt, **changes):
    """An ordinary short letter to one customer."""
    l = Letter(key, ME, [YOU], subject="お見積りの件", at=when("2023-10-05 11:20:48"), charset="utf-8",
               text="福原様\n\nお世話になっております。三宅です。\nご依頼のお見積りをお送りいたします。ご査収のほどよろしくお願いいたします。\n\n三宅\n",
               files=[Attachment("mitsumori.pdf", pdf("Quotation 1005"), "application/pdf")])
    return program(l.but(**changes))


@case("evasion-second-to-field")
def _():
    """Readers that take the first To field see one recipient, others the list."""
    raw = note("second-to")
    more = ",\r\n ".join(p.address for p in group(24, 5))
    return swap(raw, "\r\nSubject: ", "\r\nTo: %s\r\nSubject: " % more), raw


@case("evasion-part-after-closing-boundary")
def _():
    """A part after the closing delimiter: many readers stop before it."""
    raw = note("after-closing", files=[])
    b = "u8Wq2kT0xPz41mVd"
    head, _, body = raw.partition(CRLF + CRLF)
    head = swap(head, "Content-Type: text/plain; charset=utf-8", 'Content-Type: multipart/mixed; boundary="%s"' % b)
    head = swap(head, "Content-Transfer-Encoding: 8bit\r\n", "")
    text = part([("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit")], body)
    csv = part([("Content-Type", 'text/csv; name="kokyaku.csv"'), ("Content-Disposition", 'attachment; filename="kokyaku.csv"'), ("Content-Transfer-Encoding", "base64")],
               b64("氏名,電話番号\r\n池上 正,090-5550-0123\r\n".encode("cp932")))
    honest = head + CRLF + CRLF + multipart([text, csv], b)
    hidden = head + CRLF + CRLF + multipart([text], b) + b"--" + b.encode() + CRLF + csv + CRLF + b"--" + b.encode() + b"--" + CRLF
    return hidden, honest
