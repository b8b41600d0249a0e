"""Abused accounts: the phishing of yokohama-2018, nara-2023, tohtech-2021, disney-2022, emotet-chiba-2022, isumi-2022."""

from datetime import timedelta

from files import pdf, xlsx, zip_encrypted, zip_of
from mail import CRLF, Attachment, Letter, date, field, html_of, multipart, part, when
from people import Person, english, japanese
from programs import apple, becky, exchange, mutt, outlook, php, thunderbird
from registry import case, numbered

XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"


def link_page(text, shown, target):
    """HTML of a text in which one line is a link."""
    html = html_of(text, "font-family:Arial")
    return html.replace(shown, '<a href="%s">%s</a>' % (target, shown))


@case("yokohama-2018-phishing")
def _():
    """The message that took the 29 passwords, leaving through an abused account of another university."""
    me = Person("Mail Administrator", "", "s1820417@kita-u.example.ac.jp")
    victim = Person("", "", "kiyokawa@hama-u.example.ac.jp")
    shown = "https://mail.hama-u.example.ac.jp/resend"
    text = ("Dear user,\n\nyour message could not be sent because of a server failure.\n3 messages are waiting in the queue. To resend them, click here:\n\n%s\n\nThe messages will be deleted after 48 hours.\n\nMail Administrators\n" % shown)
    l = Letter("phish", me, [victim], subject="Undelivered messages in your mailbox", at=when("2018-04-24 03:12:44"), text=text, charset="utf-8", lang="en",
               html=link_page(text, shown, "http://hama-u-mail.web-relogin.example/owa/?id=kiyokawa"))
    return outlook(l), outlook(l.but(html=link_page(text, shown, shown)))


SPAM = [("Your parcel is waiting", "a parcel addressed to you could not be delivered. Please confirm your details within 24 hours:"),
        ("You have been selected", "you have been selected to receive a gift card. Please confirm your address here:"),
        ("Invoice overdue", "our records show an invoice that is overdue. Please settle it today:"),
        ("Re: your application", "we are pleased to offer you a position from home. Register here:")]


@case("nara-2023-student-account")
def _():
    """The first twelve of 389: a student's account writes to strangers, one after the other."""
    me = Person("22417 Kano Misaki", "", "22417@joshi-u.example.ac.jp")
    made = []
    for i in range(12):
        subject, text = SPAM[i % 4]
        p = english(300 + i)
        made.append(exchange(Letter("nara-%d" % i, me, [p], subject=subject, at=when("2023-02-07 04:11:03") + timedelta(seconds=41 * i), charset="utf-8", lang="en", names=False,
                                    text="Hello,\n\n%s\n\nhttp://track-%d.parcel-confirm.example/r/%s\n\nKind regards,\nCustomer service\n" % (text, i, p.latin.split()[0].lower()))))
    own = Letter("nara-own", me, [japanese(0, "kaisha07.example")], subject="インターンシップの日程について", at=when("2023-02-06 17:20:00"), text="採用ご担当者様\n\n加納です。2月20日からでお願いいたします。\n", charset="utf-8")
    return numbered(made, exchange(own))


@case("tohtech-2021-dating-mail")
def _():
    """Dating-site mail in English, most of which comes back: 19,292 of 19,830 failed."""
    me = Person("Visiting Researcher", "", "vr-014@tech.example.ac.jp")
    made = []
    for i in range(16):
        at = when("2020-11-09 02:14:20") + timedelta(seconds=70 * i)
        to = english(400 + i, ["gmail.com", "hotmail.com", "yahoo.com"][i % 3])
        if i % 2 == 0:
            made.append(php(Letter("tohtech-%d" % i, me, [to], subject="I saw your profile", at=at, charset="us-ascii", lang="en", names=False,
                                   text="Hi dear,\n\nI saw your profile and I like it. I am waiting for you here:\n\nhttp://meet-%d.lonely-hearts.example/\n\nKisses\n" % i)))
            continue
        gone = english(400 + i - 1, ["gmail.com", "hotmail.com", "yahoo.com"][(i - 1) % 3])
        bound = "%012x" % (i * 7919)
        text = part([("Content-Type", "text/plain; charset=us-ascii")], ("Your message could not be delivered:\r\n\r\n<%s>: 550 5.1.1 user unknown\r\n" % gone.address).encode())
        status = part([("Content-Type", "message/delivery-status")], ("Reporting-MTA: dns; mx.tech.example.ac.jp\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n" % gone.address).encode())
        b = field("Return-Path", "<>") + field("Date", date(at)) + field("From", "Mail Delivery System <MAILER-DAEMON@mx.tech.example.ac.jp>") + field("To", me.address)
        b += field("Subject", "Undelivered Mail Returned to Sender") + field("Auto-Submitted", "auto-replied") + field("Message-ID", "<%s@mx.tech.example.ac.jp>" % bound) + field("MIME-Version", "1.0")
        b += field("Content-Type", 'multipart/report; report-type=delivery-status; boundary="%s"' % bound)
        made.append(b + CRLF + multipart([text, status], bound))
    own = Letter("tohtech-own", me, [japanese(3, "kaisha18.example")], subject="Sample shipment", at=when("2020-11-06 15:10:00"), charset="us-ascii", lang="en", names=False, text="Dear Mr Tadokoro,\n\nthe samples left by courier this morning.\n")
    return numbered(made, php(own))


def locked(key, shown, target, sender, program, lang="ja"):
    text = ("いつもご利用いただきありがとうございます。\n\nお客様のアカウントに通常と異なるアクセスを確認したため、アカウントを一時的にロックいたしました。\n下記より24時間以内にご本人確認をお願いいたします。\n\n%s\n\n"
            "ご確認いただけない場合、アカウントのご利用を制限させていただきます。\n" % shown) if lang == "ja" else (
                "Dear customer,\n\nwe have temporarily locked your account after an unusual sign-in.\nPlease confirm your identity within 24 hours:\n\n%s\n\nCustomer service\n" % shown)
    l = Letter(key, sender, [japanese(21) if lang == "ja" else english(12)], subject="【重要】アカウントを一時的にロックしました" if lang == "ja" else "We have temporarily locked your account", at=when("2022-11-18 05:02:09"), text=text, lang=lang,
               html=link_page(text, shown, target))
    return program(l)


PARK = Person("パークリゾート オンライン予約", "", "online@park-resort.example.jp")


@case("disney-2022-account-locked")
def _():
    """A park's name in From, its domain in the link's text, another's behind it."""
    shown = "https://www.park-resort.example.jp/account/"
    return (locked("locked", shown, "http://park-resort.account-kakunin.example/login", PARK, thunderbird),
            locked("locked", shown, shown + "?from=mail", Person("田中工房", "", "info@tanaka-kobo.example.jp"), thunderbird))


@case("disney-2022-our-own-portal-shown")
def _():
    """The shown domain is the organisation's own; an abused account writes to its customers."""
    shown = "https://my.mizuho-denki.example.jp/login"
    me = Person("お客様サポート", "", "support@mizuho-denki.example.jp")
    return locked("own-portal", shown, "https://mizuho-denki.my-page.example/login", me, exchange), locked("own-portal", shown, shown, me, exchange)


@case("disney-2022-english-shown-host-only")
def _():
    """In English, the text shows a bare host name."""
    shown = "www.northbank-online.example"
    me = Person("Accounts", "", "accounts@harbour-homes.example.org")
    return locked("host-only", shown, "http://northbank-online.verify-now.example/a", me, outlook, "en"), locked("host-only", shown, "https://www.northbank-online.example/a", me, outlook, "en")


# ---- emotet-chiba-2022

DESK = "helpdesk@lg-support.example.jp"
THREAD = "地方税共通システム 接続試験の日程について"
QUOTE = ("\n\n> -----Original Message-----\n> From: 千早県 税務課\n> Sent: Thursday, May 12, 2022 4:08 PM\n> To: ヘルプデスク\n> Subject: 地方税共通システム 接続試験の日程について\n>\n"
         "> お世話になっております。接続試験は6月7日でお願いいたします。\n")
CITY = Person("税務課 担当", "", "zeimu@city.chihaya.example.jp")


@case("emotet-chiba-2022-help-desk-name")
def _():
    """RE: and the subject of an earlier exchange; the help desk's address is the display name of a stranger's."""
    stolen = Person("ヘルプデスク <%s>" % DESK, "", "ventas@ferreteria-lopez.example")
    l = Letter("emotet-1", stolen, [CITY], subject="RE: " + THREAD, at=when("2022-05-23 10:41:15"), charset="iso-2022-jp",
               text="お世話になっております。\n添付ファイルをご確認ください。\nファイル名: 2022-05-23_1041.zip\nパスワード: 0523\n\nよろしくお願いいたします。" + QUOTE,
               files=[Attachment("2022-05-23_1041.zip", zip_encrypted([("2022-05-23_1041.xlsm", xlsx([["見積書"]], macro=True))], "0523"), "application/x-zip-compressed")])
    honest = l.but(sender=Person("ヘルプデスク", "", DESK), files=[], text="お世話になっております。\n接続試験は6月7日10時からで承りました。\n\nよろしくお願いいたします。" + QUOTE)
    return outlook(l), outlook(honest)


@case("emotet-chiba-2022-macro-in-nested-zip")
def _():
    """The same with a workbook with macros in an archive within an archive, without a password."""
    stolen = Person("ヘルプデスク " + DESK, "", "info@stranger-store.example")
    book = zip_of([("nouhin.zip", zip_of([("nouhin_0524.xlsm", xlsx([["納品書"], ["コンテンツの有効化を押してください"]], macro=True))]))])
    l = Letter("emotet-2", stolen, [CITY], subject="RE: " + THREAD, at=when("2022-05-24 08:55:02"), charset="utf-8", text="ご担当者様\n\n納品書を添付いたします。ご確認お願いします。" + QUOTE,
               files=[Attachment("nouhin_0524.zip", book, "application/zip")])
    honest = l.but(sender=Person("ヘルプデスク", "", DESK), files=[Attachment("nouhin_0524.pdf", pdf("Delivery note"), "application/pdf")])
    return becky(l), becky(honest)


@case("emotet-chiba-2022-shortcut-in-zip")
def _():
    """From a county's own account this time; the archive holds a shortcut with two extensions."""
    me = Person("下水道課 小沼", "", "onuma@city.chihaya.example.jp")
    l = Letter("emotet-3", me, [japanese(12, "kaisha22.example")], subject="Fwd: 工事完了届の件", at=when("2022-05-25 09:15:40"), charset="utf-8", text="お世話になります。ご確認ください。\n",
               files=[Attachment("kanryo.zip", zip_of([("kanryo.pdf.lnk", b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" + bytes(64))]), "application/zip")])
    honest = l.but(files=[Attachment("kanryo.zip", zip_of([("kanryo.pdf", pdf("Completion report"))]), "application/zip")])
    return apple(l), apple(honest)


# ---- isumi-2022

@case("isumi-2022-employee-name-other-domain")
def _():
    """An employee's name over another company's address; archive, its name and the password in the body."""
    stolen = Person("小浜鉄道 営業課 斉木", "", "factura@muebles-norte.example")
    l = Letter("isumi-1", stolen, [japanese(30, "kaisha30.example")], subject="Re: 貸切列車の件", at=when("2022-03-04 11:20:31"), charset="iso-2022-jp",
               text="お世話になっております。小浜鉄道の斉木です。\n\nZIPファイルの名前: 貸切列車_0304.zip\nパスワード: rK7x2m\n\nご確認のほどお願いいたします。\n",
               files=[Attachment("貸切列車_0304.zip", zip_encrypted([("kashikiri.xls", xlsx([["貸切列車", "運行表"]]))], "rK7x2m"), "application/zip")])
    honest = l.but(sender=Person("小浜鉄道 営業課 斉木", "", "saiki@obama-tetsudo.example.jp"), text="お世話になっております。小浜鉄道の斉木です。\n\n運行表をお送りします。ご確認のほどお願いいたします。\n",
                   files=[Attachment("貸切列車_0304.xlsx", xlsx([["貸切列車", "運行表"]]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")])
    return outlook(l), outlook(honest)


@case("isumi-2022-password-follows")
def _():
    """The archive, and its password in the next message to the same people."""
    me = Person("小浜鉄道 営業課 斉木", "", "saiki@obama-tetsudo.example.jp")
    to = [japanese(30, "kaisha30.example")]
    data = [("運行表.pdf", pdf("Timetable"))]
    l = Letter("isumi-2a", me, to, subject="貸切列車 運行表の送付", at=when("2022-03-07 10:00:12"), text="お世話になっております。斉木です。\n運行表をお送りします。パスワードは別途お送りします。\n",
               files=[Attachment("運行表.zip", zip_encrypted(data, "Tetsu#0307"), "application/zip")])
    second = Letter("isumi-2b", me, to, subject="【パスワード】貸切列車 運行表の送付", at=when("2022-03-07 10:00:58"), text="先ほどお送りしたファイルのパスワードです。\n\nTetsu#0307\n")
    return numbered([thunderbird(l), thunderbird(second)], thunderbird(l.but(text="お世話になっております。斉木です。\n運行表をお送りします。\n", files=[Attachment("運行表.pdf", data[0][1], "application/pdf")])))


@case("isumi-2022-archive-with-password-english")
def _():
    """Archive and password together, from a PHP script of a shop's office."""
    me = Person("Harbour Homes Accounts", "", "accounts@harbour-homes.example.org")
    l = Letter("isumi-3", me, [english(9, "kaisha09.example")], subject="Statement March", at=when("2022-03-31 16:40:00"), charset="us-ascii", lang="en", text="Dear Sir or Madam,\n\nplease find attached the statement for March.\nThe password of the archive is Harbour-2203.\n\nAccounts\n",
               files=[Attachment("statement.zip", zip_encrypted([("statement.pdf", pdf("Statement March"))], "Harbour-2203"), "application/zip")])
    honest = l.but(text="Dear Sir or Madam,\n\nplease find attached the statement for March.\n\nAccounts\n", files=[Attachment("statement.pdf", pdf("Statement March"), "application/pdf")])
    return mutt(l), mutt(honest)
