"""More shapes of incidents that one message shows: emotet-chiba-2022's names, qst-2022's strays, aikoumuten-2023's own mailboxes."""

from abused import CITY, DESK, QUOTE, THREAD, link_page
from files import csv, pdf, xlsx, zip_of
from leaked import CLERK, MAN, RIGHT, XLSX, customers
from mail import Attachment, Letter, b_words, html_of, when
from people import Person, english, japanese
from programs import apple, becky, exchange, gmail, mutt, outlook, php, swap, thunderbird
from registry import case

# ---- emotet-chiba-2022: a name over a stranger's address

NAME = "自治体情報ヘルプデスク"
HONEST = Person(NAME, "", DESK)
ASK = "お世話になっております。\n添付の資料をご確認のうえ、本日中にご返信ください。" + QUOTE
REPORT = Attachment("shiken_nittei.pdf", pdf("Test dates"), "application/pdf")


def reply(key, program, sender, text=ASK, files=(REPORT,), **changes):
    l = Letter(key, sender, [CITY], subject="RE: " + THREAD, at=when("2022-05-26 09:12:40"), charset="iso-2022-jp", text=text, files=list(files))
    return program(l.but(**changes))


@case("emotet-chiba-2022-name-alone-in-jis")
def _():
    """The name alone, without an address in it, in two encoded words that part it."""
    stolen = Person(NAME, "", "ventas2@ferreteria-lopez.example")
    whole, parted = b_words(NAME, "ISO-2022-JP", 60), b_words(NAME[:5], "ISO-2022-JP") + b_words(NAME[5:], "ISO-2022-JP")
    raw = reply("name-jis", becky, stolen)
    return swap(raw, " ".join(whole), "\r\n ".join(parted)), reply("name-jis", becky, HONEST)


@case("emotet-chiba-2022-name-with-full-width-at-sign")
def _():
    """The address in the name is written with a full-width sign, which looks the same."""
    stolen = Person("ヘルプデスク（%s）" % DESK.replace("@", "＠"), "", "info@stranger-store.example")
    return reply("name-wide", thunderbird, stolen, charset="utf-8"), reply("name-wide", thunderbird, HONEST, charset="utf-8")


@case("emotet-chiba-2022-answers-to-the-desk")
def _():
    """From is an abused account of ours; the answers go to a stranger with the desk's name."""
    me = Person("税務課 小沼", "", "onuma@lg-support.example.jp")
    to = lambda a: [("Reply-To", " ".join(b_words(NAME, "utf-8", 60)) + " <%s>" % a)]  # noqa: E731
    return (reply("name-replyto", exchange, me, charset="utf-8", extra=to("desk.kensu.ex12@outlook.com")),
            reply("name-replyto", exchange, me, charset="utf-8", extra=to(DESK)))


@case("emotet-chiba-2022-english-desk-as-sender")
def _():
    """In English: Sender, which some programs show as "on behalf of", has the desk's name."""
    me = Person("Fiona Carrick", "", "carrick@lg-support.example.jp")
    text = "Dear colleague,\n\nplease have a look at the attached dates and answer today.\n\nIT Help Desk\n"
    make = dict(subject="RE: Test dates", text=text, lang="en", charset="utf-8", to=[english(4, "kaisha31.example")])
    return (reply("name-sender", apple, me, extra=[("Sender", '"LG-Support IT Help Desk" <k.meyer@druckerei-nord.example>')], **make),
            reply("name-sender", apple, me, extra=[("Sender", '"LG-Support IT Help Desk" <%s>' % DESK)], **make))


@case("emotet-chiba-2022-name-in-a-comment")
def _():
    """The old form: the address first, and the name in a comment behind it."""
    stolen = Person("", "", "kontakt@blumen-winter.example")
    raw = reply("name-comment", mutt, stolen, charset="us-ascii", subject="RE: Test dates", text="See the attached dates, please.\n", lang="en")
    at = "From: kontakt@blumen-winter.example\r\n"
    return swap(raw, at, "From: kontakt@blumen-winter.example (Help Desk, %s)\r\n" % DESK), swap(raw, at, "From: %s (Help Desk)\r\n" % DESK)


@case("emotet-chiba-2022-name-from-a-script")
def _():
    """A script on a rented server: HTML alone, half-width kana in the name, which folds to the same."""
    stolen = Person("自治体情報ﾍﾙﾌﾟﾃﾞｽｸ 担当", "", "www@rental-17.example")
    text = "お世話になっております。\n接続試験の日程を変更いたします。本日中にご返信ください。" + QUOTE
    make = dict(charset="utf-8", files=(), text=text, html=html_of(text, "font-family:sans-serif"))
    return reply("name-php", php, stolen, **make), reply("name-php", php, HONEST, **make)


# ---- qst-2022: one outsider among people who belong together

def strays(key, program, to, cc, text, subject, files=(), sender=CLERK, **changes):
    l = Letter(key, sender, to, cc, subject=subject, at=when("2022-06-24 08:41:05"), charset="iso-2022-jp", text=text, files=list(files))
    return program(l.but(**changes))


STAFF = [japanese(i, "ryoshi-ken.example.jp") for i in (2, 9, 16, 23, 28, 33)]


@case("qst-2022-stray-in-cc-with-html")
def _():
    """Outlook, HTML, the outsider last in Cc: a supplier's man whose surname a colleague has."""
    wrong = Person("近江 圭介", "", "omi.keisuke.ex114@outlook.jp")
    text = "各位\n\n被験者3名の日程表を共有します。部外秘です。\n\n青柳\n"
    make = dict(text=text, html=html_of(text, "font-family:游ゴシック"), subject="被験者の日程（部外秘）")
    return strays("stray-html", outlook, STAFF[:4], [STAFF[4], wrong], **make), strays("stray-html", outlook, STAFF[:4], [STAFF[4]], **make)


@case("qst-2022-stray-among-a-partner-s-people")
def _():
    """All others are of one partner; the namesake is another company's."""
    partner = [japanese(i, "kaisha25.example") for i in (1, 7, 18, 26)]
    wrong = Person("藤代 健一", "", "fujishiro@kaisha26.example")
    make = dict(text="皆様\n\n次回の合同会議の議題案です。\n\n青柳\n", subject="合同会議の議題案", files=[Attachment("議題案.pdf", pdf("Agenda"), "application/pdf")])
    return strays("stray-partner", thunderbird, partner + [wrong], [], **make), strays("stray-partner", thunderbird, partner + [RIGHT], [], **make)


@case("qst-2022-stray-in-a-named-group")
def _():
    """Apple Mail's address group: its eight members are ours but one who has left for a company."""
    group = STAFF + [japanese(36, "ryoshi-ken.example.jp"), Person("木戸 翔", "", "kido@kaisha33.example")]
    make = dict(text="皆さん\n\n来月の当番表です。\n", subject="当番表", files=[Attachment("tousan.xlsx", xlsx([["日", "当番"], ["1", "池上"]]), XLSX)], charset="utf-8")
    named = lambda people: swap(strays("stray-group", apple, [STAFF[0]], [], **make), to_field(STAFF[0]), "To: Touban: " + ",\r\n ".join(p.address for p in people) + ";\r\n")  # noqa: E731
    return named(group), named(group[:-1])


def to_field(p):
    """The To field of Apple Mail for one person."""
    return "To: " + " ".join(b_words(p.name, "utf-8", 60)) + " <%s>\r\n" % p.address


@case("qst-2022-stray-hidden-recipient")
def _():
    """The outsider stands in no field: a rule of the mail program adds him as a hidden recipient."""
    make = dict(text="各位\n\n人事評価の素案をお送りします。取り扱いにご注意ください。\n", subject="人事評価（素案）", files=[Attachment("soan.pdf", pdf("Draft"), "application/pdf")])
    return strays("stray-hidden", becky, STAFF[:5], [], **make), strays("stray-hidden", becky, STAFF[:5], [], **make)


@case("qst-2022-stray-english-sub-domains")
def _():
    """In English, colleagues below three sub-domains of ours, and one address of the old laboratory's spin-off."""
    staff = [Person(english(i).name, "", "%s@%s.quantum-lab.example.org" % (english(i).name.split()[1].lower(), ["chem", "bio", "admin"][i % 3])) for i in range(6)]
    make = dict(sender=staff[0], text="All,\n\nthe exposure records of March are attached. Internal use only.\n\nMargaret\n", subject="Exposure records, March", lang="en", charset="utf-8",
                files=[Attachment("records.csv", csv([["badge", "mSv"], ["A14", "0.2"], ["A15", "0.4"]], "utf-8"), "text/csv")])
    return strays("stray-sub", gmail, staff[1:], [english(21, "kaisha35.example")], **make), strays("stray-sub", gmail, staff[1:], [], **make)


# ---- aikoumuten-2023: to a private mailbox with the sender's own name

ORDERS = Attachment("受注一覧.xlsx", xlsx([["工事番号", "金額"], ["23-041", "1,250,000"], ["23-042", "980,000"]]), XLSX)
INSIDE = japanese(5, "ai-sumai.example.jp")


def home(key, program, to, files, sender=MAN, text="\n", subject="Fw: 一覧", **changes):
    l = Letter(key, sender, [to], subject=subject, at=when("2023-01-28 22:17:50"), charset="iso-2022-jp", text=text, files=list(files))
    return program(l.but(**changes))


@case("aikoumuten-2023-to-own-telephone")
def _():
    """From the office's telephone to the carrier's mailbox: photographs of the order book in an archive."""
    book = [Attachment("IMG_2041.zip", zip_of([("IMG_2041.jpg", b"\xff\xd8\xff\xe0" + bytes(40))]), "application/zip")]
    return home("home-tel", apple, Person("", "", "nishiwaki-t.ex0128@docomo.ne.jp"), book, charset="utf-8"), home("home-tel", apple, INSIDE, book, charset="utf-8")


@case("aikoumuten-2023-same-name-in-kanji")
def _():
    """The private address says nothing, but it has his name in Japanese letters beside it."""
    return home("home-kanji", becky, Person("西脇　剛", "", "sumai1978.ex55@yahoo.co.jp"), [ORDERS]), home("home-kanji", becky, Person("山際 恵", "", "sumai1978.ex55@yahoo.co.jp"), [ORDERS])


@case("aikoumuten-2023-hidden-copy-home")
def _():
    """An honest message to a colleague, and the envelope has a copy for his own mailbox as well."""
    make = dict(text="山際さん\n\n受注一覧です。\n\n西脇\n", subject="受注一覧", charset="utf-8", html=html_of("山際さん\n\n受注一覧です。\n", "font-family:Meiryo"))
    return home("home-bcc", exchange, INSIDE, [ORDERS], **make), home("home-bcc", exchange, INSIDE, [ORDERS], **make)


@case("aikoumuten-2023-message-attached-english")
def _():
    """In English: the customer's message itself goes home as an attachment."""
    me = Person("Rhona Wardlaw", "", "rwardlaw@harbour-homes.example.org")
    inner = gmail(Letter("home-inner", english(3, "kaisha21.example"), [me], subject="Our site plan", at=when("2023-01-27 11:00:00"), lang="en", text="Dear Rhona,\n\nthis is the plan as agreed.\n"))
    make = dict(sender=me, text="fyi\n", subject="Fwd: Our site plan", lang="en", charset="utf-8")
    eml = [Attachment("Our site plan.eml", inner, "message/rfc822")]
    return home("home-eml", mutt, Person("", "", "rhona.wardlaw.ex7@hotmail.com"), eml, **make), home("home-eml", mutt, Person("", "", "sales@harbour-homes.example.org"), eml, **make)


@case("aikoumuten-2023-list-and-private-copy")
def _():
    """The customer list goes to the branch, and in Cc to his mailbox at another provider."""
    raw = lambda cc: home("home-cc", thunderbird, INSIDE, [Attachment("kokyaku.csv", csv(customers(45)), "text/csv")], cc=cc, text="一覧を更新しました。\n", subject="顧客一覧")  # noqa: E731
    return raw([Person("", "", "t-nishiwaki.ex4@nifty.com")]), home("home-cc", thunderbird, INSIDE, [ORDERS], cc=[Person("", "", "hashizume.ex3@nifty.com")], text="一覧を更新しました。\n", subject="顧客一覧")


# ---- disney-2022: links that hide behind what looks like a mail filter

LOCKED = "ご担当者様\n\nアカウントを一時的にロックいたしました。下記よりご確認をお願いいたします。\n\n%s\n"


def locked(key, program, shown, target):
    text = LOCKED % shown
    return program(Letter(key, Person("お客様サポート", "", "support@mizuho-denki.example.jp"), [japanese(21)], subject="【重要】アカウントのロック", at=when("2022-11-19 05:12:09"), text=text, html=link_page(text, shown, target)))


@case("disney-2022-host-like-a-mail-filter")
def _():
    """The target is written as a mail filter on an own host writes it, and names the honest page; the host is a stranger's."""
    shown = "https://my.mizuho-denki.example.jp/login"
    wrapped = "https://%s/fmlurlsvc/?fewReq=:B:EXAMPLE&amp;url=https%%3a%%2f%%2fmy.mizuho-denki.example.jp%%2flogin"
    return locked("like-filter", exchange, shown, wrapped % "mail.kakunin-center.example"), locked("like-filter", exchange, shown, wrapped % "mx2.mizuho-denki.example.jp")


@case("disney-2022-lie-behind-a-protector")
def _():
    """The protector keeps the target to itself, but the shown address itself leads elsewhere: our host stands before an @."""
    opaque = "https://protect-jp.mimecast.com/s/EXAMPLEEXAMPLE0"
    return locked("lie-protected", apple, "https://my.mizuho-denki.example.jp@kakunin-center.example/login", opaque), locked("lie-protected", apple, "https://my.mizuho-denki.example.jp/login", opaque)


# ---- everyday

@case("everyday-attachment-sorry-forgot")
def _():
    """The second message says that the file was forgotten, without "I", and lacks it as well."""
    me = Person("Rhona Wardlaw", "", "rwardlaw@harbour-homes.example.org")
    l = Letter("sorry", me, [english(3, "kaisha21.example")], subject="Re: Site plan", at=when("2023-02-01 10:20:00"), lang="en", charset="utf-8", text="Sorry, forgot to attach it - here it is.\n\nRhona\n")
    return apple(l), apple(l.but(files=[Attachment("Site plan.pdf", pdf("Site plan"), "application/pdf")]))
