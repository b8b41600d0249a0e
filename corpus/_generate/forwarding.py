"""Mail that leaves because of a forwarding setting: yokohama-2018, and every mark that mail systems leave."""

from datetime import timedelta

from files import docx
from mail import CRLF, Attachment, Letter, date, field, multipart, part, transfer, when
from people import COMPANIES, Person, japanese
from programs import apple, becky, cut, exchange, gmail, mutt, on_top, outlook, php, received, thunderbird
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


TENANT = "7c1d2b9e-40aa-4b6f-9d0e-1f2a3b4c5d6e"
MX = "mx1." + UNIV


def arrived(raw, mailbox=HANAKO.address, at="2018-05-15 09:31:24", by=MX, delivered=True):
    """The traces of a delivery to a mailbox of ours."""
    fields = [("Delivered-To", mailbox)] if delivered else []
    return on_top(raw, fields + [received(by, "mail.kaisha12.example", mailbox, when(at), "4F1C2A0E7B")])


def forward_by_hand(raw_key, program, owner=HANAKO, to=Person("", "", DROP), prefix="FW: ", **changes):
    """What the same mailbox owner sends by pressing Forward."""
    text = ("清川です。下記のとおり連絡がありましたので転送します。\n\n-----Original Message-----\nFrom: 西脇 剛\nSent: Tuesday, May 15, 2018 9:31 AM\nTo: 清川 花\nSubject: 共同研究契約書（案）の件\n\n"
            "清川先生\n\nお世話になっております。西脇です。\n共同研究契約書の案をお送りいたします。\n")
    l = Letter(raw_key, owner, [to], subject=prefix + "共同研究契約書（案）の件", at=when("2018-05-15 13:05:40"), charset="iso-2022-jp", text=text)
    return program(l.but(**changes))


@case("yokohama-2018-exchange-mailbox-forwarding")
def _():
    """ForwardingSmtpAddress of an Exchange mailbox; the twin is what its owner forwards by hand."""
    raw = on_top(incoming("exo"), [("X-MS-Exchange-ForwardingLoop", "%s;%s" % (HANAKO.address, TENANT)),
                                   ("X-MS-Exchange-Transport-CrossTenantHeadersStamped", "OS2PR01MB5521")])
    return raw, forward_by_hand("exo-hand", exchange)


@case("yokohama-2018-inbox-rule-redirect")
def _():
    """An inbox rule redirects; the twin is a rule's automatic reply to the writer."""
    raw = on_top(incoming("rule", becky), [("X-MS-Exchange-Inbox-Rules-Loop", HANAKO.address), ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")])
    reply = Letter("rule-oof", HANAKO, [BOSS], subject="自動応答: 共同研究契約書（案）の件", at=when("2018-05-15 09:31:26"), charset="iso-2022-jp", text="学会出張のため、5月18日までお返事が遅れます。\n\n清川\n",
                   extra=[("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("X-MS-Exchange-Inbox-Rules-Loop", HANAKO.address), ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")])
    return raw, exchange(reply)


@case("yokohama-2018-sieve-redirect")
def _():
    """Dovecot's Pigeonhole redirects; the twin is its vacation reply, which carries X-Sieve as well."""
    raw = on_top(arrived(incoming("sieve", thunderbird), delivered=False), [("X-Sieve", "Pigeonhole Sieve 0.5.19 (4eae2f79)"), ("X-Sieve-Redirected-From", HANAKO.address)])
    away = Letter("vacation", HANAKO, [BOSS], subject="Auto: 共同研究契約書（案）の件", at=when("2018-05-15 09:31:25"), text="ただいま出張中です。戻り次第お返事します。\n")
    head = (("X-Sieve", "Pigeonhole Sieve 0.5.19 (4eae2f79)"), ("Auto-Submitted", "auto-replied (vacation)"), ("Precedence", "bulk"), ("X-Auto-Response-Suppress", "All"))
    return raw, on_top(cut(mutt(away), "User-Agent"), head)


@case("yokohama-2018-dot-forward")
def _():
    """A .forward file: the reverse-path is the writer's, Delivered-To the mailbox. The twin is a post to a list of ours."""
    raw = on_top(arrived(incoming("dotforward", outlook)), [("Return-Path", "<%s>" % BOSS.address)])
    ml = Person("共同研究連絡会", "", "kyodo-kenkyu@ml." + UNIV)
    post = incoming("dotforward-list", outlook, to=[ml], subject="[kyodo-kenkyu 88] 次回連絡会の資料")
    post = on_top(post, [("List-Id", "kyodo-kenkyu <kyodo-kenkyu.ml.%s>" % UNIV), ("List-Post", "<mailto:kyodo-kenkyu@ml.%s>" % UNIV), ("Precedence", "list"),
                         ("X-BeenThere", "kyodo-kenkyu@ml." + UNIV), ("Sender", '"kyodo-kenkyu" <kyodo-kenkyu-bounces@ml.%s>' % UNIV), ("Errors-To", "kyodo-kenkyu-bounces@ml." + UNIV)])
    return raw, post


def attached(key, text, extra, subject):
    l = Letter(key, HANAKO, [Person("", "", DROP)], subject=subject, at=when("2018-05-15 09:31:30"), text=text)
    head, _, _ = exchange(l.but(extra=extra)).partition(CRLF + CRLF)
    bound = "_000_%s_" % l.token("att", 20)
    start = head.index(b"Content-Type: multipart/alternative")
    head = head[:start] + ('Content-Type: multipart/mixed;\r\n\tboundary="%s"\r\nMIME-Version: 1.0' % bound).encode("ascii")
    body = part([("Content-Type", 'text/plain; charset="utf-8"'), ("Content-Transfer-Encoding", "base64")], transfer(text, "utf-8", "base64"))
    inner = part([("Content-Type", "message/rfc822"), ("Content-Disposition", "attachment;\r\n\tcreation-date=\"Tue, 15 May 2018 00:31:30 GMT\"")], incoming("att-in"))
    return head + CRLF + CRLF + multipart([body, inner], bound)


@case("yokohama-2018-rule-forwards-as-attachment")
def _():
    """A rule that forwards as attachment writes an empty text; the twin is attached by a person, who writes one."""
    made = attached("as-attachment", "\n", [("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")], "FW: 共同研究契約書（案）の件")
    return made, attached("as-attachment-hand", "秘書室 ご担当者様\n\n清川です。西脇様から届いたメールを添付します。契約書の確認をお願いします。\n", [], "FW: 共同研究契約書（案）の件")


# The three strangers, and how many mailboxes each got.
STRANGERS = [("secretary.office.ex77@gmail.com", 14), ("mail.archive.ex31@outlook.com", 9), ("copy.box.ex08@yahoo.co.jp", 6)]
NOTES = ["来週の打ち合わせは14時からでお願いいたします。", "ご依頼の資料を本日発送いたしました。", "査読の締め切りを5月31日まで延長いたします。", "見学のお申し込みを承りました。当日は受付までお越しください。",
         "請求書の宛名についてご確認をお願いいたします。", "実習生3名の受け入れについて、部署内で検討しております。", "シンポジウムのご登壇、ありがとうございました。"]


def mailbox_of(i):
    return japanese(200 + i, UNIV)


@case("yokohama-2018-twenty-nine-mailboxes")
def _():
    """29 mailboxes forward to three outside addresses; message-N is what the N-th received."""
    made = []
    for i in range(29):
        owner = mailbox_of(i)
        l = Letter("m29-%d" % i, japanese(i * 5, COMPANIES[(i * 7) % 40]), [owner], subject=["打ち合わせの件", "資料送付のご連絡", "Re: 締め切りについて", "見学のお申し込み", "ご請求書について", "実習生の受け入れについて", "御礼"][i % 7],
                   at=when("2018-05-15 08:00:00") + timedelta(hours=i * 12), charset="iso-2022-jp" if i % 2 else "utf-8", text="%s先生\n\nお世話になっております。\n%s\n" % (owner.name.split()[0], NOTES[i % 7]))
        program = [outlook, becky, thunderbird, exchange, mutt][i % 5]
        made.append(on_top(program(l), [("X-MS-Exchange-ForwardingLoop", "%s;%s" % (owner.address, TENANT))]))
    return numbered(made, cut(made[0], "X-MS-Exchange-ForwardingLoop"))


# ---- strong marks, one by one

@case("forward-outside-to-outside")
def _():
    """No field tells it: the envelope comes from outside and goes outside. The twin arrives where it was sent."""
    raw = incoming("envelope", gmail)
    return raw, raw


@case("forward-null-reverse-path")
def _():
    """A forwarder that uses the null reverse-path; the twin is a bounce of ours, which must use it."""
    raw = arrived(incoming("null", apple), delivered=False)
    bound = "4F1C2A0E7B.1526344290/mx1." + UNIV
    text = part([("Content-Description", "Notification"), ("Content-Type", "text/plain; charset=us-ascii")],
                b"This is the mail system at host mx1.%s.\r\n\r\nI'm sorry to have to inform you that your message could not\r\nbe delivered to one or more recipients.\r\n\r\n<kiyokawa.old@%s>: User unknown in virtual mailbox table\r\n" % (UNIV.encode(), UNIV.encode()))
    status = part([("Content-Description", "Delivery report"), ("Content-Type", "message/delivery-status")],
                  ("Reporting-MTA: dns; mx1.%s\r\nArrival-Date: Tue, 15 May 2018 09:31:24 +0900 (JST)\r\n\r\nFinal-Recipient: rfc822; kiyokawa.old@%s\r\nAction: failed\r\nStatus: 5.1.1\r\n" % (UNIV, UNIV)).encode())
    original = part([("Content-Description", "Undelivered Message Headers"), ("Content-Type", "text/rfc822-headers")], b"From: <%s>\r\nTo: <kiyokawa.old@%s>\r\nSubject: test\r\n" % (BOSS.address.encode(), UNIV.encode()))
    bounce = field("Date", date(when("2018-05-15 09:31:30"), False) + " (JST)") + field("From", "MAILER-DAEMON@%s (Mail Delivery System)" % MX) + field("Subject", "Undelivered Mail Returned to Sender")
    bounce += field("To", BOSS.address) + field("Auto-Submitted", "auto-replied") + field("MIME-Version", "1.0") + field("Content-Type", 'multipart/report; report-type=delivery-status;\r\n\tboundary="%s"' % bound)
    bounce += field("Message-Id", "<20180515003130.9A3F12C01D@%s>" % MX)
    return raw, bounce + CRLF + multipart([text, status, original], bound, b"This is a MIME-encapsulated message." + CRLF + CRLF)


def from_ours(key, program=thunderbird, **changes):
    """The mailbox owner's own letter to a customer."""
    l = Letter(key, HANAKO, [BOSS], subject="Re: 共同研究契約書（案）の件", at=when("2018-05-15 17:20:11"), charset="iso-2022-jp", text="西脇様\n\n清川です。契約書案を拝見しました。第4条は3月末までとさせてください。\n")
    return program(l.but(**changes))


@case("forward-exchange-online-srs")
def _():
    """Exchange Online writes bounces+SRS= for forwarded mail; the twin has a BATV reverse-path (prvs=)."""
    return incoming("exo-srs", exchange), from_ours("batv-prvs", outlook)


@case("forward-srs0")
def _():
    """postsrsd's SRS0; the twin has a list's VERP reverse-path."""
    post = from_ours("verp", thunderbird, to=[Person("", "", "gakkai-kanji@ml." + UNIV)], subject="[gakkai-kanji 12] 幹事会の議題")
    post = on_top(post, [("List-Id", "gakkai-kanji <gakkai-kanji.ml.%s>" % UNIV), ("Precedence", "list"), ("List-Post", "<mailto:gakkai-kanji@ml.%s>" % UNIV)])
    return arrived(incoming("srs0", thunderbird), delivered=False), post


@case("forward-srs1-second-hop")
def _():
    """SRS1 tells that it was forwarded before it came to us; the twin has the other form of BATV (btv1==)."""
    return incoming("srs1", becky), from_ours("batv-btv1", becky)


@case("forward-autoforwarded-by-exchange")
def _():
    """MAPI's flag, as Exchange writes it inside an organisation; in the twin it is false."""
    raw = incoming("mapi", exchange)
    mark = "X-MS-Exchange-Organization-AutoForwarded"
    return on_top(raw, [(mark, "true")]), on_top(from_ours("mapi-hand", exchange), [(mark, "false")])


@case("forward-autoforwarded-by-x400-gateway")
def _():
    """RFC 2156's field from an old gateway; in the twin it is FALSE."""
    return on_top(incoming("x400", outlook), [("Autoforwarded", "TRUE")]), on_top(from_ours("x400-hand", outlook), [("Autoforwarded", "FALSE")])


@case("forward-alias-with-outside-member")
def _():
    """A colleague's message to an alias, one of whose members is outside: Delivered-To on mail that goes out."""
    l = dict(to=[Person("共同研究WG", "", "wg-all@" + UNIV)], subject="WG内のスケジュール（内部用）", text="WGの皆さん\n\n契約締結までの内部スケジュールです。先方にはまだ伝えていません。\n")
    raw = from_ours("alias-wg", outlook, **l)
    return on_top(raw, [("Delivered-To", "wg-all@" + UNIV)]), raw


@case("forward-stored-two-delivered-to")
def _():
    """Stored mail without an envelope: delivered to us, and above it elsewhere."""
    raw = arrived(incoming("stored", mutt))
    return on_top(raw, [("Delivered-To", DROP), received("mx.drop.example", MX, DROP, when("2018-05-15 09:31:29"), "9B22C81F03", "192.0.2.77")]), raw


@case("forward-stored-gmail-fields")
def _():
    """Stored mail with Gmail's two fields; the twin has the field of the same name that web mail programs write."""
    raw = incoming("stored-gmail", gmail)
    hand = on_top(from_ours("webmail", mutt), [("X-Forwarded-For", "198.51.100.23"), ("X-Originating-IP", "[198.51.100.23]")])
    return on_top(raw, [("X-Forwarded-To", DROP), ("X-Forwarded-For", "%s %s" % (HANAKO.address, DROP)), ("Delivered-To", HANAKO.address)]), hand


# ---- weaker marks: two of them together

def resent_fields(at="2018-05-15 09:40:02"):
    return [("Resent-From", HANAKO.address), ("Resent-To", DROP), ("Resent-Date", date(when(at))), ("Resent-Message-ID", "<Wvpz8kQ1ab7xY0cd@%s>" % UNIV)]


@case("forward-resent-and-received-for-us")
def _():
    """Resent by us, and received for the same mailbox below; resent alone, as a person does, is none."""
    raw = incoming("resent", becky)
    return on_top(arrived(raw, delivered=False), resent_fields()), on_top(raw, resent_fields())


@case("forward-sealed-and-received-for-us")
def _():
    """ARC-Sealed by us with an outsider's From; our own message, sealed on its way, is none."""
    seal = ("ARC-Seal", "i=1; a=rsa-sha256; t=1526344286; cv=none;\r\n\td=%s; s=arc-2018;\r\n\tb=Zm9yIHRoZSBjb3JwdXMgb25seSwgbm8gcmVhbCBzaWduYXR1cmUgc3RhbmRzIGhlcmU=" % UNIV)
    return on_top(arrived(incoming("arc", outlook), delivered=False), [seal]), on_top(from_ours("arc-own", outlook), [seal])


@case("forward-yandex-and-auto-forwarded")
def _():
    """Two providers' words of their own; the twin has one of them, which a workflow system writes as well."""
    raw = from_ours("yandex", mutt, to=[Person("", "", DROP)])
    return on_top(raw, [("X-Yandex-Forward", "f3c1a90b7d5e2468"), ("Auto-Submitted", "auto-forwarded")]), on_top(raw, [("Auto-Submitted", "auto-forwarded")])


@case("forward-cpanel-from-rewrite")
def _():
    """cPanel rewrites From and says so; with a second provider's mark it is forwarding."""
    raw = from_ours("cpanel", php, to=[Person("", "", DROP)])
    mark = ("From-Rewrite", "rewritten was: [%s], actual sender does not match, forwarded message" % BOSS.address)
    return on_top(raw, [mark, ("X-MailRu-Forward", "1")]), raw


@case("forward-rule-made-and-auto-forwarded")
def _():
    """A rule's inline forward: made by the rules agent and labelled auto-forwarded; the twin is the agent's out-of-office reply."""
    agent = ("X-MS-Exchange-Generated-Message-Source", "Mailbox Rules Agent")
    raw = forward_by_hand("agent", exchange, extra=[agent, ("Auto-Submitted", "auto-forwarded")])
    reply = from_ours("agent-oof", exchange, subject="自動応答: 共同研究契約書（案）の件", text="本日は終日不在です。\n", extra=[agent, ("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")])
    return raw, reply


# ---- published elsewhere

@case("multnomah-2016-county-clinic")
def _():
    """A county's health worker had all work mail forwarded to Gmail: 1,700 patients, found by an audit."""
    nurse = Person("Aileen Garrow", "", "a.garrow@health.county.example.org")
    writer = Person("Referrals Desk", "", "referrals@clinic-north.example")
    l = Letter("clinic", writer, [nurse], subject="Referral list for Thursday", at=when("2016-05-03 08:12:40"), lang="en", charset="us-ascii",
               text="Hello Aileen,\n\nThursday's referrals: M. Kelso (9:00), S. Lomond (9:20), G. Jardyne (9:40).\nCharts are in the usual place.\n\nReferrals Desk\n")
    raw = on_top(mutt(l), [("X-MS-Exchange-ForwardingLoop", "a.garrow@health.county.example.org;0b1c2d3e-1111-4222-8333-444455556666")])
    hand = Letter("clinic-hand", nurse, [writer], subject="RE: Referral list for Thursday", at=when("2016-05-03 08:30:00"), lang="en", charset="us-ascii", text="Thanks, all three are booked.\n\nAileen\n")
    return raw, outlook(hand)
