"""Recipients exposed to each other, continued: shapes of fields, thresholds, other countries' incidents, gunma-2023."""

from exposed import hidden
from files import pdf, png
from mail import CRLF, Attachment, Letter, date, field, multipart, part, transfer, when, b64, html_of
from people import COMPANIES, Person, english, group, japanese
from programs import (apple, becky, cut, exchange, gmail, message_id,
    mutt, on_top, outlook, php, printer, swap, thunderbird)
from registry import case, numbered

SHOP = Person("たんぽぽ教室 事務局", "Tanpopo", "office@tanpopo-class.example.jp")


def lesson(key, n, at="2023-04-20 17:02:10", start=9, **changes):
    l = Letter(key, SHOP, group(n, start), subject="5月の教室日程と持ち物のご案内", at=when(at), charset="iso-2022-jp",
               text="受講者の皆様\n\nいつもたんぽぽ教室にご参加いただきありがとうございます。\n5月の日程は13日（土）と27日（土）、いずれも10時から12時です。\n13日は木工ボンドと古い新聞紙をお持ちください。\n\nたんぽぽ教室 事務局\n")
    return l.but(**changes)


# ---- shapes of fields

@case("exposed-named-group-in-to")
def _():
    """RFC 5322 group syntax: the name hides nothing."""
    l = lesson("named-group", 26)
    members = ",\r\n ".join(p.address for p in l.to)
    raw = thunderbird(l.but(to=[SHOP]))
    to = "To: " + [x for x in raw.decode("utf-8").split("\r\n") if x.startswith("To: ")][0][4:]
    return swap(raw, to + "\r\n", "To: jukosha: %s;\r\n" % members), thunderbird(hidden(l).but(bcc=[]))


@case("exposed-two-to-fields")
def _():
    """A program that writes a To field for every ten recipients."""
    l = lesson("two-to", 14, names=False)
    raw = php(l.but(to=l.to[:7]))
    second = "To: " + ", ".join(p.address for p in l.to[7:])
    return swap(raw, "\r\nSubject: ", "\r\n%s\r\nSubject: " % second), php(hidden(l))


@case("exposed-resent-to")
def _():
    """Resent ("bounced") with mutt to a whole class: Resent-To shows them all."""
    l = Letter("resent", japanese(3, "kaisha31.example"), [SHOP], subject="工作教室 5月のテキスト（校正済み）", at=when("2023-04-20 11:40:00"),
               text="たんぽぽ教室 ご担当者様\n\n5月分のテキストを当社のページに掲載しました。このメールはそのまま受講者の皆様へ転送していただいて構いません。\n")
    raw = apple(l)
    people = group(22, 70)

    def resent(to):
        return on_top(raw, [("Resent-From", SHOP.address), ("Resent-Date", date(when("2023-04-20 18:11:36"))), ("Resent-Message-ID", "<ZEEDaLk2hQ0x4d1R@tanpopo-class.example.jp>"),
                            ("Resent-To", ",\r\n ".join(p.address for p in to)), ("Resent-User-Agent", "Mutt/2.2.9+54 (af2080d) (2022-11-21)")])
    return resent(people), resent([SHOP])


def invitation(key, attendees, to):
    org = Person("岡部 圭介", "Keisuke Okabe", "k-okabe@seminar-kikaku.example.jp")
    l = Letter(key, org, [to], subject="オンライン就職説明会", at=when("2023-06-01 10:00:05"), text="オンライン就職説明会\n\n日時　2023年6月15日（木）15:00～16:00\n場所　オンライン（URLは前日にご案内します）\n")
    ics = ["BEGIN:VCALENDAR", "PRODID:-//Seminar Kikaku//Calendar 2.1//JA", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VEVENT", "UID:%s@seminar-kikaku.example.jp" % l.hex("uid", 24),
           "DTSTAMP:20230601T010005Z", "DTSTART:20230615T060000Z", "DTEND:20230615T070000Z", "SUMMARY:オンライン就職説明会",
           "ORGANIZER;CN=岡部 圭介:mailto:" + org.address]
    for p in attendees:
        line = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=%s:mailto:%s" % (p.latin, p.address)
        while len(line) > 74:  # RFC 5545, 3.1
            ics.append(line[:74])
            line = " " + line[74:]
        ics.append(line)
    ics += ["SEQUENCE:0", "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR", ""]
    head, _, _ = thunderbird(l).partition(CRLF + CRLF)
    bound = "------------" + l.token("cal", 24)
    top = "Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 8bit".encode()
    head = swap(head, top, ('Content-Type: multipart/alternative; boundary="%s"' % bound).encode())
    text = part([("Content-Type", "text/plain; charset=UTF-8"), ("Content-Transfer-Encoding", "8bit")], transfer(l.text, "utf-8", "8bit"))
    cal = part([("Content-Type", 'text/calendar; charset="UTF-8"; method=REQUEST'), ("Content-Transfer-Encoding", "base64")], b64("\r\n".join(ics).encode("utf-8")))
    return head + CRLF + CRLF + multipart([text, cal], bound)


@case("exposed-calendar-attendees")
def _():
    """The fields are clean: the invitation's ATTENDEE lines name all applicants."""
    people = group(28, 15)
    return invitation("attendees", people, people[0]), invitation("attendees", people[:1], people[0])


@case("exposed-reply-to")
def _():
    """Reply-To was meant to collect answers and holds the whole list."""
    l = lesson("reply-to", 21, names=False)
    listed = l.but(to=[SHOP], bcc=[], extra=[("Reply-To", ",\r\n\t".join(p.address for p in l.to))])
    return outlook(listed), outlook(listed.but(extra=[("Reply-To", SHOP.address)]))


@case("exposed-semicolon-list")
def _():
    """Pasted from a spreadsheet with semicolons between the addresses, which a web form let through."""
    l = lesson("semicolons", 25, names=False)
    raw = php(l)
    to = ", ".join(p.address for p in l.to)
    return swap(raw, to, to.replace(", ", "; ")), php(hidden(l))


@case("exposed-carrier-addresses")
def _():
    """A nursery school's parents, with telephone addresses that RFC 5322 forbids."""
    me = Person("ひばり保育園", "Hibari", "hibari@hoikuen.example.jp")
    shapes = ["%s..ex%03d@docomo.ne.jp", ".%s-ex%03d@ezweb.ne.jp", "%s.ex%03d.@docomo.ne.jp", "%s_ex%03d@softbank.ne.jp", "%s-ex%03d@i.softbank.jp"]
    to = [Person("", "", shapes[i % 5] % (japanese(i).latin.split()[1].lower(), i)) for i in range(30)]
    l = Letter("hibari", me, to, subject="【ひばり保育園】明日の遠足は中止です", at=when("2023-05-18 16:20:00"), charset="iso-2022-jp", names=False,
               text="保護者の皆様\n\n明日の遠足は、雨の予報のため中止します。通常保育となりますので、給食があります。水筒をお持たせください。\n")
    return becky(l), cut(becky(hidden(l)), "Bcc")  # the copy on its way has no Bcc


@case("exposed-related-html-newsletter")
def _():
    """HTML with a logo (multipart/related in mixed), from Outlook on Exchange."""
    l = lesson("related", 48, charset="utf-8", files=[Attachment("image001.png", png(), "image/png", "image001.png@01D97A2B.5C3E1F40"), Attachment("5月の日程.pdf", pdf("Schedule May"), "application/pdf")])
    l = l.but(html=html_of(l.text).replace("<body lang=JA>", '<body lang=JA><img src="cid:image001.png@01D97A2B.5C3E1F40" width=16 height=16>'))
    return exchange(l), exchange(hidden(l))


@case("exposed-scan-to-mail")
def _():
    """A scanned circular sent from the printer's own address book group."""
    me = Person("", "", "scan-3f@tanpopo-class.example.jp")
    l = Letter("scan", me, group(23, 12), subject="Scan from MX-3F", names=False, text="スキャンデータを送信します。\nファイル形式: PDF\n解像度: 300dpi x 300dpi\n",
               files=[Attachment("20230420171502.pdf", pdf("Circular"), "application/pdf")])
    return printer(l), printer(hidden(l))


@case("exposed-journal-report")
def _():
    """What the archive keeps: an Exchange journal report around the exposed message."""
    l = lesson("journal", 36)

    def journal(raw, to):
        text = "Sender: %s\r\nSubject: %s\r\nMessage-Id: %s\r\n" % (SHOP.address, "5gatsu", message_id(raw)) + "".join("%s: %s\r\n" % (f, p.address) for f, p in to)
        bound = "_c1b0c5d4-2a57-4a6e-9f0e-%s_" % l.hex("j", 12)
        out = field("From", "<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@tanpopo-class.example.jp>") + field("To", "<journal@archive.tanpopo-class.example.jp>")
        out += field("Date", date(when("2023-04-20 17:02:14"))) + field("Message-ID", "<%s@journal.report.generator.example>" % l.hex("jid", 32)) + field("X-MS-Journal-Report", "")
        out += field("Content-Type", 'multipart/mixed; boundary="%s"' % bound) + field("MIME-Version", "1.0")
        report = part([("Content-Type", 'text/plain; charset="us-ascii"'), ("Content-Transfer-Encoding", "7bit")], text.encode("ascii"))
        return out + CRLF + multipart([report, part([("Content-Type", "message/rfc822")], raw)], bound)
    clean = cut(exchange(hidden(l)), "BCC")
    return journal(exchange(l), [("To", p) for p in l.to]), journal(clean, [("To", SHOP)] + [("Bcc", p) for p in l.to])


# ---- thresholds

def spread(n, domains, start=0):
    """n people in just so many domains."""
    return [japanese(start + i, COMPANIES[i % domains]) for i in range(n)]


@case("exposed-ten-in-three-domains")
def _():
    """Ten in three organisations are found, nine are not."""
    l = lesson("ten", 10, to=spread(10, 3), charset="utf-8")
    return outlook(l), outlook(l.but(to=l.to[:9]))


@case("exposed-ten-of-two-domains-and-one")
def _():
    """The tenth address brings the third organisation; of two, ten are a meeting with partners."""
    to = spread(10, 2)
    l = lesson("ten-two", 10, to=to[:9] + [japanese(9, COMPANIES[7])], charset="utf-8")
    return thunderbird(l), thunderbird(l.but(to=to))


@case("exposed-nineteen-in-three-domains")
def _():
    """Nineteen are still the lesser grade; in two organisations they are none."""
    l = lesson("nineteen", 19, to=spread(19, 3), charset="utf-8")
    return gmail(l), gmail(l.but(to=spread(19, 2)))


@case("exposed-twenty-in-one-domain")
def _():
    """From twenty on the number of organisations does not matter."""
    l = lesson("twenty", 20, to=spread(20, 1), charset="utf-8")
    return exchange(l), exchange(l.but(to=l.to[:19]))


@case("exposed-colleagues-do-not-count")
def _():
    """Fifteen colleagues and ten outsiders: ten are counted; without one of them, nine."""
    staff = [japanese(i, "tanpopo-class.example.jp") for i in range(60, 75)]
    l = lesson("colleagues", 10, to=staff, cc=spread(10, 5), charset="utf-8")
    return outlook(l), outlook(l.but(cc=l.cc[:9]))


@case("exposed-same-address-twice")
def _():
    """Eleven entries, ten mailboxes: one stands in To and, in capitals, in Cc. The twin has nine mailboxes."""
    to = spread(10, 4)
    again = Person(to[0].name, to[0].latin, to[0].address.upper())
    l = lesson("twice", 10, to=to, cc=[again], charset="utf-8")
    return thunderbird(l), thunderbird(l.but(to=to[:9]))


# ---- published in other countries

@case("hiv-scotland-2020-agenda-in-cc")
def _():
    """105 in Cc, of whom 65 are known by name from the address."""
    me = Person("Community Advisory Network", "", "network@positive-voices.example.org")
    l = Letter("hiv", me, [me], group(105, 0, english), subject="CAN meeting agenda, Thursday", at=when("2020-02-03 15:42:11"), charset="utf-8", lang="en",
               text="Dear all,\n\nplease find the agenda for Thursday's meeting of the Community Advisory Network attached.\nLet me know if you need help with travel costs.\n\nKind regards,\nMoira Kelso\n",
               files=[Attachment("CAN agenda February.pdf", pdf("Agenda"), "application/pdf")])
    return outlook(l), outlook(l.but(cc=[], bcc=l.cc))


@case("iicsa-2017-correction-in-to")
def _():
    """The invitation was in Bcc, as it should; the correction of its link stood in To."""
    me = Person("Participation Team", "", "participation@inquiry.example.org")
    people = group(90, 30, english)
    l = Letter("iicsa-1", me, [me], bcc=people, subject="Invitation to the public hearing", at=when("2017-02-27 10:04:37"), charset="utf-8", lang="en",
               text="Dear participant,\n\nwe would like to invite you to the public hearing. To book a seat, please reply to this\nmessage by 10 March.\n\nThe Participation Team\n")
    fix = l.but(key="iicsa-2", to=people, bcc=[], subject="Correction: Invitation to the public hearing", at=when("2017-02-27 10:31:50"),
                text="Dear participant,\n\nour earlier message gave a wrong date. Please reply by 13 March.\n\nThe Participation Team\n")
    return numbered([exchange(l), exchange(fix)], exchange(hidden(fix)))


@case("ymca-2022-unsend")
def _():
    """264 addresses in Cc; the attempt to unsend made a second message to all of them."""
    me = Person("Positive Health Programme", "", "health@central-y.example.org")
    l = Letter("ymca-1", me, [me], group(264, 100, english), subject="Your programme: new session times", at=when("2022-10-14 12:11:05"), charset="utf-8", lang="en",
               text="Hello,\n\nfrom November the sessions start at 18:30 instead of 18:00.\nPlease call reception if this does not suit you.\n\nThe programme team\n")
    again = l.but(key="ymca-2", subject="Recall: Your programme: new session times", at=when("2022-10-14 12:19:40"), text="Positive Health Programme would like to recall the message,\n\"Your programme: new session times\".\n")
    return numbered([exchange(l), exchange(again)], exchange(l.but(cc=[], bcc=l.cc)))


@case("home-office-2019-batches")
def _():
    """Five batches of a hundred: each one exposes its hundred."""
    me = Person("Compensation Scheme", "", "scheme@ministry.example.org")
    all = group(500, 0, english)
    made = []
    for i in range(5):
        made.append(Letter("scheme-%d" % i, me, all[i * 100:i * 100 + 100], subject="Events about the compensation scheme", at=when("2019-04-07 14:0%d:20" % i), charset="us-ascii", lang="en", names=False,
                           text="Dear Sir or Madam,\n\nyou registered an interest in the compensation scheme. We will hold events in your area\nin May. Please find the dates on our web page.\n\nThe scheme's team\n"))
    return numbered([mutt(l) for l in made], mutt(hidden(made[0])))


@case("digital-agency-2021-press-in-cc")
def _():
    """About 400 addresses of the press in Cc, noticed after four hours and sixteen minutes."""
    me = Person("広報担当", "Press", "koho@digital-cho.example.jp")
    l = Letter("press", me, [me], [Person("", "", "%s.ex%03d@press%02d.example" % (japanese(i).latin.split()[1].lower(), i, i % 60)) for i in range(400)], subject="【報道発表】本日の大臣会見の時間変更について",
               at=when("2021-11-24 10:12:00"), text="報道関係者各位\n\n本日の会見は、国会日程のため14時30分開始に変更となりました。\nご取材の際は、13時50分までに受付をお済ませください。\n\n広報担当\n", names=False)
    return outlook(l), outlook(l.but(cc=[], bcc=l.cc))


# ---- gunma-2023

GUNMA = Person("デジタル人材育成研修 事務局", "Training", "kenshu@kenshu-jimu.example.jp")
SHARES = [
    ("基礎コース", "https://contoso-my.sharepoint.com/:v:/g/personal/kenshu_jimu_example/EbW3xQyTn0ZKq1c5Vd9yR2sB7hXw?e=Q1w2E3"),
    ("応用コース", "https://drive.google.com/file/d/1EXAMPLE-kiso-0000000000000000/view?usp=sharing"),
    ("データ分析コース", "https://example-kenshu.app.box.com/s/0examplekenshu0example0000000000"),
]


def course(i, link, people):
    name = SHARES[i][0]
    return Letter("gunma-%d" % i, GUNMA, [GUNMA], bcc=people, subject="【%s】講義録画の共有について" % name, at=when("2023-02-01 1%d:00:12" % i), charset="utf-8",
                  text="%s 受講者の皆様\n\n先日の講義の録画を共有します。次回の講義までにご視聴ください。\n\n%s\n\n視聴期限は2月28日です。ご不明な点は事務局までお問い合わせください。\n\n研修事務局\n" % (name, link))


@case("gunma-2023-shared-recording")
def _():
    """Three courses of 20, 50 people in all: ten of them take two courses."""
    people = group(50)
    groups = [people[:20], people[20:40], people[30:50]]
    programs = [exchange, gmail, thunderbird]
    own = "https://kenshu.kenshu-jimu.example.jp/movies/0131 （受講者ごとのIDでログインしてください）"
    return numbered([programs[i](course(i, SHARES[i][1], groups[i])) for i in range(3)], exchange(course(0, own, groups[0])))


@case("gunma-2023-folder-link-in-html")
def _():
    """The link stands behind a word in HTML only."""
    people = group(20, 5)
    link = "https://www.dropbox.com/scl/fo/0examplefolder0000000/h?rlkey=0example0000000000000&amp;dl=0"
    text = "応用コース 受講者の皆様\n\n課題と回答例を共有フォルダーに置きました。（共有フォルダー）から開いてください。\n\n研修事務局\n"

    def body(url):
        return html_of(text).replace("（共有フォルダー）", '<a href="%s">共有フォルダー</a>' % url)
    l = Letter("gunma-html", GUNMA, [GUNMA], bcc=people, subject="【応用コース】課題の共有フォルダー", at=when("2023-02-01 15:20:00"), charset="utf-8", text=text, html=body(link))
    return outlook(l), outlook(l.but(html=body("https://kenshu.kenshu-jimu.example.jp/folder")))
