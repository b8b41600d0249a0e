"""Single messages of everyday slips and of abuse, for the rules that look at one message: senders, links, attachments."""

from abused import CITY, link_page
from files import csv, pdf, xlsx
from mail import Attachment, Letter, when
from people import COMPANIES, Person, english, group, japanese
from programs import apple, exchange, gmail, mutt, outlook, thunderbird
from registry import case

OFFICE = Person("営業二課 前川", "", "maekawa@koushi-shoji.example.jp")
CLIENT = japanese(13, "kaisha13.example")


def letter(key, program, text, subject="お打ち合わせの件", files=(), **changes):
    l = Letter(key, OFFICE, [CLIENT], subject=subject, at=when("2023-08-22 10:31:07"), charset="iso-2022-jp", text=text, files=list(files))
    return program(l.but(**changes))


PLAN = Attachment("工程表_0822.xlsx", xlsx([["工程", "期日"], ["設計", "9月8日"], ["試作", "9月29日"]]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

# ---- announced and not there


@case("everyday-attachment-forgotten")
def _():
    """添付しております, and nothing is."""
    text = "山室様\n\nお世話になっております。前川です。\n工程表を添付しておりますので、ご確認をお願いいたします。\n\n前川\n"
    return letter("forgot-1", outlook, text), letter("forgot-1", outlook, text, files=[PLAN])


@case("everyday-attachment-forgotten-in-reply")
def _():
    """A reply announces a file above a quotation that announced one, too."""
    quote = "\n\n2023年8月21日(月) 17:40 山室 陽子 <%s>:\n> 前川様\n>\n> 図面を添付いたします。工程表もお送りいただけますか。\n" % CLIENT.address
    mid = "<CAJx0example7Qw@mail.kaisha13.example>"
    text = "山室様\n\n図面をありがとうございました。\n添付ファイルのとおり進めたいと存じます。" + quote
    make = dict(subject="Re: 図面の件", reply_to_id=mid, references=[mid], charset="utf-8")
    return letter("forgot-2", gmail, text, **make), letter("forgot-2", gmail, text.replace("添付ファイルのとおり", "先日お話ししたとおり"), **make)


@case("everyday-attachment-forgotten-english")
def _():
    """"Please find attached" in English, from a Macintosh."""
    text = "Dear Ms Brae,\n\nplease find attached the revised offer. It is valid until the end of September.\n\nBest regards,\nJun Maekawa\n"
    make = dict(subject="Revised offer", lang="en", to=[english(1, "kaisha08.example")])
    return letter("forgot-3", apple, text, **make), letter("forgot-3", apple, text, files=[Attachment("Revised offer.pdf", pdf("Revised offer"), "application/pdf")], **make)


# ---- senders that do not fit

@case("emotet-chiba-2022-from-and-sender-differ")
def _():
    """From is a partner's, Sender an account of ours: the abused one."""
    stolen = Person("千早県 下水道課", "", "gesui@pref.chihaya.example.jp")
    text = "お世話になっております。\n工事の完了届を至急ご提出ください。\n"
    raw = letter("sender-1", thunderbird, text, sender=stolen, subject="RE: 完了届の提出について", extra=[("Sender", OFFICE.address)], to=[CITY])
    return raw, letter("sender-1", thunderbird, text, subject="RE: 完了届の提出について", to=[CITY])


@case("disney-2022-answers-lead-elsewhere")
def _():
    """Everything is ours but Reply-To, which leads to a free mailbox that resembles it."""
    text = "山室様\n\nお世話になっております。前川です。\n口座変更のご案内です。ご返信いただければ変更届をお送りします。\n"
    return (letter("replyto", exchange, text, subject="お振込口座変更のお知らせ", extra=[("Reply-To", "koushi-shoji.keiri.ex4@gmail.com")]),
            letter("replyto", exchange, text, subject="お振込口座変更のお知らせ", extra=[("Reply-To", "keiri@koushi-shoji.example.jp")]))


@case("isumi-2022-president-over-free-mailbox")
def _():
    """The president's name and address as the name of a free mailbox, to a bank."""
    boss = Person("代表取締役 加納 <kano@koushi-shoji.example.jp>", "", "kano.president.ex1@outlook.com")
    text = "ご担当者様\n\n至急、添付の送金をお願いします。本日は電話に出られません。\n"
    f = [Attachment("remittance.pdf", pdf("Remittance"), "application/pdf")]
    return (letter("president", outlook, text, sender=boss, subject="至急：海外送金のお願い", files=f, to=[Person("", "", "desk@kitabank.example")]),
            letter("president", outlook, text, sender=Person("代表取締役 加納", "", "kano@koushi-shoji.example.jp"), subject="至急：海外送金のお願い", files=f, to=[Person("", "", "desk@kitabank.example")]))


# ---- links

@case("disney-2022-behind-a-rewriter")
def _():
    """The target hides behind a link protector, as in a message that came in and is passed on."""
    shown = "https://www.park-resort.example.jp/account/"
    wrapped = "https://jpn01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fpark-resort.account-kakunin.example%2Flogin&amp;data=05%7C01%7C&amp;sdata=EXAMPLE%3D&amp;reserved=0"
    honest = "https://jpn01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.park-resort.example.jp%2Faccount%2F&amp;data=05%7C01%7C&amp;sdata=EXAMPLE%3D&amp;reserved=0"
    text = "山室様\n\n下記よりお手続きをお願いします。\n\n%s\n" % shown
    make = lambda url: letter("rewriter", exchange, text, charset="utf-8", html=link_page(text, shown, url))  # noqa: E731
    return make(wrapped), make(honest)


@case("gunma-2023-onedrive-to-committee")
def _():
    """A folder shared with nine outsiders of a committee, by its short address."""
    people = [japanese(i, COMPANIES[i]) for i in range(2, 11)]
    text = "委員の皆様\n\n第2回会議の資料一式です。\n\n%s\n\n前川\n"
    make = lambda url: letter("onedrive", mutt, text % url, to=people, subject="第2回会議の資料")  # noqa: E731
    return make("https://1drv.ms/f/s!EXAMPLEexampleEXAMPLE00"), make("https://www.koushi-shoji.example.jp/iinkai/2")


# ---- recipients

@case("qst-2022-stray-recipient-english")
def _():
    """A supplier among six colleagues of one department."""
    staff = [Person(english(i).name, "", "%s@grid-works.example.org" % english(i).name.split()[1].lower()) for i in range(6)]
    l = Letter("stray-en", staff[0], staff[1:5], [staff[5], english(20, "kaisha29.example")], subject="Redundancies, draft list", at=when("2023-03-14 16:20:00"), lang="en", charset="utf-8",
               text="Dear all,\n\nthis is the draft for Monday. Please keep it to yourselves.\n\nMargaret\n")
    return gmail(l), gmail(l.but(cc=[staff[5]]))


@case("nyc-hhc-2015-own-mailbox")
def _():
    """A hospital's clerk mails a list of patients home to work on it."""
    me = Person("Isla Elphin", "", "isla.elphin@metro-hospital.example.org")
    rows = [["Name", "Date of birth", "Record", "Diagnosis"]] + [[p.name, "19%02d-%02d-%02d" % (30 + i % 60, i % 12 + 1, i % 28 + 1), "MR%06d" % (40000 + i * 7), ["asthma", "fracture", "diabetes"][i % 3]] for i, p in enumerate(group(150, 0, english))]
    l = Letter("hhc", me, [Person("", "", "isla.elphin.ex88@yahoo.com")], subject="list", at=when("2015-01-15 18:05:00"), lang="en", charset="utf-8", text="for tonight\n", files=[Attachment("patients.csv", csv(rows, "utf-8"), "text/csv")])
    return outlook(l), outlook(l.but(to=[Person("", "", "records@metro-hospital.example.org")]))
