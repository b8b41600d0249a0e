"""Wrong recipients and personal data: qst-2022, aikoumuten-2023, tepco-2023, and two of other countries."""

from files import csv, docx, pdf, xlsx
from mail import Attachment, Letter, when
from people import Person, english, group, japanese
from programs import becky, exchange, gmail, mutt, outlook, thunderbird
from registry import case, numbered

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# ---- qst-2022

CLERK = Person("量子医療研 庶務課 青柳", "", "aoyagi@ryoshi-ken.example.jp")
RIGHT = Person("藤代 健一", "", "fujishiro@kaisha25.example")
WRONG = Person("藤代 健一", "", "fujishiro@kaisha26.example")


@case("qst-2022-similar-recipient")
def _():
    """Twice to the usual address; then autocomplete takes the namesake at another company, with one person's data attached."""
    def letter(key, to, at, subject, text, files=()):
        return Letter(key, CLERK, [to], subject=subject, at=when(at), charset="iso-2022-jp", text=text, files=files)
    first = letter("qst-1", RIGHT, "2022-06-01 09:30:00", "健康診断の日程について", "藤代様\n\nお世話になっております。健康診断は6月21日を予定しています。\n")
    second = letter("qst-2", RIGHT, "2022-06-08 14:12:00", "Re: 健康診断の日程について", "藤代様\n\n承知しました。当日は受付で名札をお受け取りください。\n")
    sheet = [Attachment("個人票_遠山.docx", docx(["健康診断個人票", "氏名 遠山 花　生年月日 1985年4月17日", "住所 北区本町1-2-3　電話 090-5550-0177", "所見 要再検査"]), DOCX)]
    text = "藤代様\n\nお世話になっております。\n遠山さんの個人票をお送りします。\n"
    third = letter("qst-3", WRONG, "2022-06-22 11:05:40", "個人票の送付", text, sheet)
    return numbered([outlook(first), outlook(second), outlook(third)], outlook(third.but(to=[RIGHT])))


@case("qst-2022-stray-recipient")
def _():
    """One outsider among five colleagues, left over from the last reply."""
    staff = [japanese(i, "ryoshi-ken.example.jp") for i in (3, 8, 14, 22, 29)]
    l = Letter("qst-stray", CLERK, staff[:4] + [RIGHT], staff[4:], subject="職員の人事異動案（部内限り）", at=when("2022-06-23 18:10:00"), text="皆様\n\n7月1日付の異動案です。公表前ですので取り扱いにご注意ください。\n",
               files=[Attachment("異動案.pdf", pdf("Draft"), "application/pdf")])
    return thunderbird(l), thunderbird(l.but(to=staff[:4]))


@case("australia-2014-autofill")
def _():
    """Outlook's autofill: 31 leaders' passport numbers to the organiser of a football tournament."""
    me = Person("Visa Section", "", "visa@immigration.example.org")
    right, wrong = Person("Summit Office", "", "summit@protocol.example.org"), Person("Summit Cup Office", "", "office@football-cup.example")
    rows = [["Name", "Date of birth", "Passport", "Visa"]] + [[p.name, "19%02d-0%d-1%d" % (45 + i, i % 9 + 1, i % 9), "P%07d" % (4170000 + i * 37), "600"] for i, p in enumerate(group(31, 0, english))]
    def letter(key, to, at, files=()):
        return Letter(key, me, [to], subject="Visa details of the delegation leaders", at=when(at), charset="utf-8", lang="en", text="Dear colleagues,\n\nthe list of the leaders' visa details is attached as agreed.\n\nVisa Section\n" if files else "Dear colleagues,\n\nwe will send the list next week.\n\nVisa Section\n", files=files)
    sheet = [Attachment("leaders.xlsx", xlsx(rows), XLSX)]
    return numbered([exchange(letter("au-1", right, "2014-10-31 10:00:00")), exchange(letter("au-2", wrong, "2014-11-07 09:20:00", sheet))], exchange(letter("au-2", right, "2014-11-07 09:20:00", sheet)))


# ---- aikoumuten-2023

def customers(n):
    rows = [["お客様名", "電話番号", "住所", "メールアドレス"]]
    for i, p in enumerate(group(n, 120)):
        rows.append([p.name, "090-5550-%04d" % (100 + i), "北区本町%d丁目%d-%d" % (i % 6 + 1, i % 17 + 1, i % 23 + 1), p.address])
    return rows


MAN = Person("西脇 剛", "Tsuyoshi Nishiwaki", "t-nishiwaki@ai-sumai.example.jp")


@case("aikoumuten-2023-to-own-webmail")
def _():
    """A leaver sends the customer file to a private mailbox with his own name."""
    home = Person("", "", "tsuyoshi.nishiwaki.ex82@gmail.com")
    l = Letter("aikou-1", MAN, [home], subject="顧客リスト", at=when("2023-01-27 21:48:13"), charset="iso-2022-jp", text="\n", files=[Attachment("顧客リスト.csv", csv(customers(240)), "text/csv")])
    return outlook(l), outlook(l.but(to=[japanese(5, "ai-sumai.example.jp")]))


@case("aikoumuten-2023-workbook-to-new-employer")
def _():
    """The same data as a workbook to the company he goes to."""
    l = Letter("aikou-2", MAN, [Person("採用担当", "", "saiyo@kaisha38.example")], subject="ご参考資料", at=when("2023-01-30 07:55:20"), charset="utf-8", text="お世話になります。\n先日お話しした資料です。入社後に活用できればと思います。\n\n西脇\n", files=[Attachment("一覧.xlsx", xlsx(customers(180)), XLSX)])
    return gmail(l), gmail(l.but(text="お世話になります。\n履歴書をお送りします。\n\n西脇\n", files=[Attachment("履歴書.pdf", pdf("Curriculum vitae"), "application/pdf")]))


@case("aikoumuten-2023-list-in-body")
def _():
    """Copied into the text, so that no attachment is seen."""
    rows = "\n".join("　".join(r) for r in customers(60)[1:])
    l = Letter("aikou-3", MAN, [Person("", "", "shokunin-net@kaisha17.example")], subject="お客様一覧", at=when("2023-01-31 12:10:00"), text="以下のとおりです。\n\n%s\n\n西脇\n" % rows)
    return becky(l), becky(l.but(text="以下のとおりです。\n\n工事件数（1月）　新築 3件、リフォーム 11件\n\n西脇\n"))


# ---- tepco-2023

@case("tepco-2023-id-and-password")
def _():
    """The ID and password of a customer system, handed to another company on request."""
    me = Person("送配電 業務課 山辺", "", "yamabe@sohaiden.example.jp")
    l = Letter("tepco-1", me, [japanese(17, "denryoku-hanbai.example")], subject="Re: 再エネ業務管理システムの閲覧について", at=when("2023-02-10 15:33:08"), charset="iso-2022-jp",
               text="お世話になっております。山辺です。\nご依頼の件、下記でログインできます。\n\nhttps://saiene.sohaiden.example.jp/\nID：gyomu-0417\nパスワード：Kazaguruma#88\n\n社外秘でお願いします。\n")
    return outlook(l), outlook(l.but(text="お世話になっております。山辺です。\nご依頼の件は、閲覧権限の申請が必要です。申請書をご提出ください。\n"))


@case("tepco-2023-credentials-english")
def _():
    """The same in English, in a reply below a quotation."""
    me = Person("Grid Operations", "", "ops@grid-works.example.org")
    l = Letter("tepco-2", me, [english(6, "kaisha14.example")], subject="Re: access to the register", at=when("2023-02-13 10:02:00"), lang="en", charset="us-ascii",
               text="Hello Catriona,\n\nuse mine until yours works:\n\n  user: grid-ops7\n  password: Marigold!2023\n\n> Could you give us access to the customer register?\n")
    return thunderbird(l), thunderbird(l.but(text="Hello Catriona,\n\nplease ask for an account of your own at the service desk.\n\n> Could you give us access to the customer register?\n"))


@case("tepco-2023-private-key")
def _():
    """A private key in a configuration file that goes to a contractor."""
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\n" + "\n".join(("Y29ycHVzIGtleSwgbWFkZSB1cCBmb3IgYSB0ZXN0IG9ubHk%02dQUFBQUFBQUFBQUFBQUFBQQ" % i)[:70] for i in range(8)) + "\n-----END OPENSSH PRIVATE KEY-----\n"
    me = Person("情報システム課 橋爪", "", "hashizume@sohaiden.example.jp")
    l = Letter("tepco-3", me, [japanese(33, "kaisha33.example")], subject="バッチサーバーの設定一式", at=when("2023-02-14 19:20:00"), text="保守ご担当者様\n\n設定一式をお送りします。\n", files=[Attachment("deploy_key.txt", key.encode(), "text/plain")])
    return mutt(l), mutt(l.but(files=[Attachment("deploy_key.pub.txt", b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEV4YW1wbGVLZXlGb3JUaGVDb3JwdXNPbmx5 deploy@example\n", "text/plain")]))
