"""Attachments that are announced and forgotten, links that show one host and lead to another, links to shared files: further
shapes of programs, charsets and structures."""

from abused import link_page
from files import pdf, xlsx
from mail import Attachment, CRLF, Letter, field, multipart, part, people, text_field, transfer, when
from people import COMPANIES, Person, english, group, japanese
from programs import apple, becky, exchange, gmail, mutt, outlook, thunderbird
from registry import case

OFFICE = Person("営業二課 前川", "", "maekawa@koushi-shoji.example.jp")
CLIENT = japanese(13, "kaisha13.example")
MINUTES = Attachment("議事録_0822.pdf", pdf("Minutes"), "application/pdf")
PLAN = Attachment("工程表_0822.xlsx", xlsx([["工程", "期日"], ["設計", "9月8日"]]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def letter(key, text, **changes):
    l = Letter(key, OFFICE, [CLIENT], subject="お打ち合わせの件", at=when("2023-08-22 15:02:41"), charset="iso-2022-jp", text=text)
    return l.but(**changes)


def html_only(l, label, encoding="base64"):
    """One HTML part and nothing else, as Outlook's classic editor and many web forms send it."""
    out = people("From", [l.sender], label, ",\r\n\t") + people("To", l.to, label, ",\r\n\t")
    out += text_field("Subject", l.subject, label, "\r\n\t") + field("Date", l.at.strftime("%a, %d %b %Y %H:%M:%S %z"))
    out += field("Message-ID", "<%s@%s>" % (l.hex("id", 24), l.host)) + field("MIME-Version", "1.0")
    out += field("Content-Type", 'text/html;\r\n\tcharset="%s"' % label) + field("Content-Transfer-Encoding", encoding)
    out += field("X-Mailer", "Microsoft Outlook 16.0")
    return out + CRLF + transfer(l.html, label, encoding)


# ---- announced and not there

@case("everyday-attachment-in-subject-only")
def _():
    """Only the subject speaks of it, as people mark their mail in Japan."""
    l = letter("announced-1", "山室様\n\nお世話になっております。前川です。\n昨日はありがとうございました。\nご確認をお願いいたします。\n\n前川\n", subject="【添付】8月22日打ち合わせ議事録")
    return becky(l), becky(l.but(files=[MINUTES]))


@case("everyday-attachment-html-shift-jis")
def _():
    """Outlook, HTML only, Shift_JIS in base64; the answered message below has an announcement of its own."""
    page = ('<html><body lang=JA><p class=MsoNormal>山室様</p><p class=MsoNormal>%s</p><p class=MsoNormal>&nbsp;</p>'
            "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0mm 0mm 0mm'><p class=MsoNormal><b>From:</b> 山室 陽子<br><b>Sent:</b> Monday, August 21, 2023 5:40 PM<br>"
            "<b>To:</b> 前川<br><b>Subject:</b> 図面の件</p></div></div><p class=MsoNormal>図面を添付いたします。</p></body></html>\n")
    l = letter("announced-2", "", subject="RE: 図面の件")
    return (html_only(l.but(html=page % "修正箇所を<b>別添</b>のとおりまとめました。"), "shift_jis"),
            html_only(l.but(html=page % "図面をいただき、ありがとうございます。社内で確認します。"), "shift_jis"))


@case("everyday-attachment-below-quotation")
def _():
    """Thunderbird, answered below the quotation; in the twin the file was sent the other day."""
    quote = "On 2023/08/21 17:40, 山室 陽子 wrote:\n> 工程表を添付してお送りください。\n> 山室\n\n"
    l = letter("announced-3", "", subject="Re: 工程表の件", charset="utf-8")
    return (thunderbird(l.but(text=quote + "工程表を添付しましたので、\nご確認ください。\n\n前川\n")),
            thunderbird(l.but(text=quote + "工程表は先日のメールに添付したものが最新です。\nご確認ください。\n\n前川\n")))


@case("everyday-attachment-denied")
def _():
    """The twin says that there is none."""
    l = letter("announced-4", "", subject="Weekly report", lang="en", charset="utf-8", to=[english(1, "kaisha08.example")])
    return (gmail(l.but(text="Hi Callum,\n\nattached is this week's report.\n\nJun\n")),
            gmail(l.but(text="Hi Callum,\n\nno report is attached this week: nothing has changed.\n\nJun\n")))


@case("everyday-attachment-promised")
def _():
    """The twin promises it for tomorrow."""
    l = letter("announced-5", "", subject="Floor plan", lang="en", charset="utf-8", to=[english(4, "kaisha11.example")])
    return (apple(l.but(text="Dear Isla,\n\nI've attached the floor plan we talked about yesterday.\n\nJun Maekawa\n")),
            apple(l.but(text="Dear Isla,\n\nI will attach the floor plan tomorrow, when the architect has signed it.\n\nJun Maekawa\n")))


@case("everyday-attachment-signature-logo")
def _():
    """The only picture is the logo of the signature, which is no file."""
    logo = part([("Content-Type", "image/png; name=\"logo.png\""), ("Content-Transfer-Encoding", "base64"), ("Content-ID", "<logo@koushi-shoji.example.jp>"),
                 ("Content-Disposition", 'inline; filename="logo.png"')], b"iVBORw0KGgo=" + CRLF)
    page = '<div dir="ltr">%s</div><div class="gmail_signature">前川<br><img src="cid:logo@koushi-shoji.example.jp"></div>\n'

    def make(text):
        l = letter("announced-6", "")
        head = people("From", [l.sender], "UTF-8", ", ") + people("To", l.to, "UTF-8", ", ") + text_field("Subject", l.subject, "UTF-8")
        head += field("Date", "Tue, 22 Aug 2023 15:02:41 +0900") + field("Message-ID", "<%s@mail.gmail.example>" % l.hex("id", 30)) + field("MIME-Version", "1.0")
        html = part([("Content-Type", 'text/html; charset="UTF-8"'), ("Content-Transfer-Encoding", "base64")], transfer(page % text, "utf-8", "base64"))
        return head + field("Content-Type", 'multipart/related; boundary="000000000000aa11"') + CRLF + multipart([html, logo], "000000000000aa11")
    return make("見積書を添付いたします。"), make("見積書は郵送いたしました。")


@case("everyday-attachment-forgotten-twice")
def _():
    """An apology for the forgotten file, and again there is none."""
    l = letter("announced-7", "山室様\n\n先ほどのメールで添付を忘れておりました。\n大変失礼いたしました。再送いたします。\n\n前川\n", subject="再送：工程表の送付")
    return mutt(l), mutt(l.but(files=[PLAN]))


@case("everyday-attachment-asked-for")
def _():
    """The twin asks for a file instead of announcing one."""
    l = letter("announced-8", "", subject="お申し込みについて")
    return (outlook(l.but(text="山室様\n\n申込書を添付いたします。\nご記入のうえ、ご返送ください。\n\n前川\n")),
            outlook(l.but(text="山室様\n\nお手元の申込書にご記入のうえ、登記簿の写しを添付して\nご返送ください。\n\n前川\n")))


# ---- links that show one host

RESORT = "https://www.park-resort.example.jp/account/"
FALSE = "https://park-resort.kakunin-center.example/login"


def phish(key, text, program=exchange, html=None, **changes):
    l = letter(key, text, subject="【重要】アカウントの確認", charset="utf-8", html=html)
    return program(l.but(**changes))


@case("disney-2022-host-before-an-at-sign")
def _():
    """In plain text: what looks like the host is a user name."""
    text = "お客様\n\nアカウントを一時的に停止しました。下記よりご確認ください。\n\n%s\n"
    return (phish("shown-1", text % "https://www.park-resort.example.jp@kakunin-center.example/login", becky),
            phish("shown-1", text % RESORT, becky))


@case("disney-2022-picture-of-the-address")
def _():
    """The address stands in a picture's alternative text."""
    text = "お客様\n\nアカウントを一時的に停止しました。\n"
    page = '<div dir="ltr">お客様<br><br>アカウントを一時的に停止しました。<br><a href="%s"><img src="https://www.park-resort.example.jp/b.png" alt="www.park-resort.example.jp"></a></div>\n'
    return phish("shown-2", text, gmail, page % FALSE), phish("shown-2", text, gmail, page % RESORT)


@case("disney-2022-rewriters-in-each-other")
def _():
    """URL Defense within Safe Links; the twin is wrapped as well and honest."""
    text = "お客様\n\n下記よりお手続きください。\n\n%s\n" % RESORT
    wrap = ("https://jpn01.safelinks.protection.outlook.com/?url=https%%3A%%2F%%2Furldefense.com%%2Fv3%%2F__%s__%%3B!!EXAMPLE!x%%24&amp;data=05%%7C01&amp;reserved=0")
    make = lambda url: phish("shown-3", text, exchange, link_page(text, RESORT, wrap % url.replace(":", "%3A").replace("/", "%2F")))  # noqa: E731
    return make(FALSE), make(RESORT)


@case("disney-2022-name-in-japanese-letters")
def _():
    """The shown host is an internationalized name; the twin leads to the same one, in its other spelling."""
    shown = "https://遊園地.example/"
    page = '<html><body><p>お客様</p><p>下記よりお手続きください。</p><p><a href="%s">' + shown + "</a></p></body></html>\n"
    l = letter("shown-4", "", subject="お手続きのお願い")
    return html_only(l.but(html=page % "https://xn--hdsqct12u.kakunin-center.example/"), "iso-2022-jp"), html_only(l.but(html=page % "https://www.xn--hdsqct12u.example/"), "iso-2022-jp")


@case("disney-2022-our-portal-quoted-printable")
def _():
    """Our own portal is shown, in pieces and with invisible characters, in quoted-printable."""
    page = '<html><body><p>Dear customer,</p><p>please confirm: <a href="%s"><b>https://</b>portal&shy;.koushi-shoji&#8203;.example.jp</a></p></body></html>\n'
    l = letter("shown-5", "", subject="Please confirm", lang="en")
    return html_only(l.but(html=page % "http://192.0.2.77/p"), "utf-8", "quoted-printable"), html_only(l.but(html=page % "https://portal.koushi-shoji.example.jp/p"), "utf-8", "quoted-printable")


@case("yokohama-2018-link-above-a-quotation")
def _():
    """An abused account answers a real thread; in the twin the link stands in the quoted message only, which came in."""
    link = '<a href="http://hama-u.mail-resend.example/">https://mail.hama-u.example.ac.jp/resend</a>'
    page = '<div dir="ltr">%s</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, May 7, 2018, Mail Administrator wrote:<br></div><blockquote class="gmail_quote">%s</blockquote></div>\n'
    l = letter("shown-6", "see below", sender=Person("清川 彩", "", "kiyokawa@hama-u.example.ac.jp"), subject="Re: mail queue", at=when("2018-05-07 11:20:00"), charset="utf-8", lang="en")
    return gmail(l.but(html=page % ("Please use " + link, "hello"))), gmail(l.but(html=page % ("Is this one real?", "Please use " + link)))


# ---- links to what is shared

@case("gunma-2023-gigafile-in-japanese-text")
def _():
    """Becky!, ISO-2022-JP, kana right behind the address; in the twin it stands in the quotation only."""
    link = "https://99.gigafile.nu/1231-EXAMPLEexample00"
    l = letter("shared-1", "", subject="Re: 録画データの件")
    return (becky(l.but(text="山室様\n\n録画は%sから取得してください。\n前川\n" % link)),
            becky(l.but(text="山室様\n\n録画を受け取りました。ありがとうございます。\n前川\n\n> 前川様\n> 録画は%sから取得してください。\n" % link)))


@case("gunma-2023-recording-behind-a-rewriter")
def _():
    """A meeting's recording, its address wrapped by a link protector."""
    text = "受講者の皆様\n\n講座の録画です。\n\n録画\n"
    page = '<html><body><p>受講者の皆様</p><p>講座の<a href="%s">録画</a>です。</p></body></html>\n'
    l = letter("shared-2", text, to=group(6, 40), charset="utf-8", subject="講座の録画")
    wrapped = "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fus02web.zoom.us%2Frec%2Fshare%2FEXAMPLE&amp;data=05%7C01&amp;reserved=0"
    return exchange(l.but(html=page % wrapped)), exchange(l.but(html=page % "https://www.koushi-shoji.example.jp/kouza/3"))


@case("gunma-2023-own-cloud")
def _():
    """A folder of the organisation's own cloud; in the twin its home page."""
    text = "Dear Callum,\n\nthe recording is here: %s\n\nJun\n"
    l = letter("shared-3", "", subject="Recording", lang="en", charset="utf-8", to=[english(1, "kaisha08.example"), english(2, "kaisha09.example")])
    return thunderbird(l.but(text=text % "https://cloud.koushi-shoji.example.jp/index.php/s/EXAMPLEexample0")), thunderbird(l.but(text=text % "https://cloud.koushi-shoji.example.jp/"))


@case("gunma-2023-drive-in-outlook-quoted")
def _():
    """Outlook's answer without quoting marks: the twin's folder stands in the answered message."""
    below = "\n\n-----Original Message-----\nFrom: %s\nSent: Monday, August 21, 2023 5:40 PM\nTo: 前川\nSubject: 資料\n\n前川様\n%s\n"
    link = "https://drive.google.com/drive/folders/1EXAMPLEexampleEXAMPLEexample0?usp=sharing"
    l = letter("shared-4", "", subject="RE: 資料", to=[japanese(i, COMPANIES[i]) for i in range(3, 6)])
    return (outlook(l.but(text="皆様\n\n資料を共有します。\n" + link + below % ("山室", "資料をお願いします。"))),
            outlook(l.but(text="皆様\n\n資料を拝見しました。" + below % ("山室", "資料を共有します。\n" + link))))
