"""Meetings: invitations with passcodes, requests, updates, answers, cancellations."""

from ordinary.kit import B64, P, QP, Theme, W, exchange, gmail, outlook, thunderbird

T = Theme("meetings", "Meetings", ["shiosai-toshi.example.jp"], "2024-06-03 08:51:09")
D = "shiosai-toshi.example.jp"
IWAI = P("岩井 康介", "iwai.kosuke@" + D)
NISHI = P("西 香織", "nishi.kaori@" + D)
GUEST = P("曽根様", "sone@kawabe-sekkei.example")
LEE = P("Gavin Jardyne", "g.jardyne@harbour-architects.example.com")


def event(method, summary, attendees, uid, start="20240610T140000", end="20240610T150000", organizer=IWAI, extra="", status="CONFIRMED", zone="Asia/Tokyo", seq=0, description=""):
    """An iCalendar object, its lines folded as RFC 5545 has it."""
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Example//Calendar 1.0//JA", "VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:" + method,
             "BEGIN:VTIMEZONE", "TZID:" + zone, "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900", "TZOFFSETTO:+0900", "TZNAME:JST", "END:STANDARD", "END:VTIMEZONE",
             "BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20240603T000000Z", "DTSTART;TZID=%s:%s" % (zone, start), "DTEND;TZID=%s:%s" % (zone, end),
             "ORGANIZER;CN=%s:mailto:%s" % (organizer.name or organizer.address, organizer.address)]
    for p, stat in attendees:
        lines.append("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=%s;RSVP=TRUE;CN=%s:mailto:%s" % (stat, p.name or p.address, p.address))
    lines += ["SUMMARY;LANGUAGE=ja:" + summary, "SEQUENCE:%d" % seq, "STATUS:" + status]
    lines += ["DESCRIPTION:" + description.replace("\n", "\\n").replace(",", "\\,")] if description else []
    lines += extra.split("\n") if extra else []
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "\n".join("\n ".join(pieces(x)) for x in lines)


def pieces(line):
    out, cur = [], ""
    for c in line:
        if len((cur + c).encode()) > 74:
            out.append(cur)
            cur = ""
        cur += c
    return out + [cur]


def outlook_request(subject, text, ics, method, to, sender=IWAI, mid="AM0", names=True, cc=()):
    """What Exchange sends for a meeting: text, HTML and the calendar, all in base64."""
    show = lambda p: '"%s" <%s>' % (W(p.name), p.address) if p.name and not p.name.isascii() else "%s <%s>" % (p.name, p.address) if p.name else p.address  # noqa: E731
    field = ",\n\t".join(show(p) for p in to)
    return """From: %s
To: %s
%sSubject: %s
Thread-Topic: %s
Thread-Index: Adq1SkF4YW1wbGVFeGFtcGxlRXg=
Date: Mon, 3 Jun 2024 01:15:22 +0000
Message-ID: <%s@TYAPR01MB0417.jpnprd01.prod.outlook.example>
Accept-Language: ja-JP, en-US
Content-Language: ja-JP
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
Content-Type: multipart/alternative; boundary="_000_%s_"
MIME-Version: 1.0

--_000_%s_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

%s
--_000_%s_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

%s
--_000_%s_
Content-Type: text/calendar; charset="utf-8"; method=%s
Content-Transfer-Encoding: base64

%s
--_000_%s_--
""" % (show(sender), field, "CC: " + ",\n\t".join(show(p) for p in cc) + "\n" if cc else "", W(subject), W(subject), mid, mid, mid, B64(text), mid,
       B64("<html><body><p>" + text.replace("\n", "<br>\n") + "</p></body></html>"), mid, method, B64(ics), mid)


def google_event(subject, text, ics, method, to, sender=IWAI, mid="calendar-7f3a", by="calendar-notification@google.example"):
    """What Google Calendar sends: alternative with the calendar, and invite.ics once more as a file."""
    return """MIME-Version: 1.0
Reply-To: %s
Sender: Google Calendar <%s>
Message-ID: <%s@google.example>
Date: Mon, 03 Jun 2024 02:11:40 +0000
Subject: %s
From: %s <%s>
To: %s
Content-Type: multipart/mixed; boundary="000000000000%s"

--000000000000%s
Content-Type: multipart/alternative; boundary="000000000001%s"

--000000000001%s
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

%s
--000000000001%s
Content-Type: text/calendar; charset="UTF-8"; method=%s
Content-Transfer-Encoding: quoted-printable

%s
--000000000001%s--

--000000000000%s
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

%s
--000000000000%s--
""" % (sender.address, by, mid, W(subject), W(sender.name), sender.address, ", ".join(p.address for p in to), mid, mid, mid, mid, B64(text), mid, method, QP(ics), mid, mid, B64(ics), mid)


def ask(p):
    return (p, "NEEDS-ACTION")


ZOOM_JA = """岩井 康介さんがあなたを予約されたZoomミーティングに招待しています。

トピック: 港湾地区の配置計画 打ち合わせ
時刻: 2024年6月10日 02:00 PM 大阪、札幌、東京

Zoomミーティングに参加する
https://us06web.zoom.us/j/00000000000?pwd=EXAMPLEexampleEXAMPLEexample.1

ミーティングID: 000 0000 0000
パスコード: 482913

---

ワンタップモバイル機器
+81363628317,,00000000000#,,,,*482913# 日本

所在地でダイアル
        ・ +81 3 0000 0317 日本
        ・ +81 3 0000 1166 日本
        ・ +81 363 000 317 日本
ミーティングID: 000 0000 0000
パスコード: 482913
"""
T("zoom-invitation-ja", "A meeting ID with its passcode is how one enters a meeting, no password of an account.", outlook, IWAI, GUEST, "6/10 打ち合わせ Zoom URLのご連絡",
  "曽根様\n\nお世話になっております。岩井です。\n6月10日のZoomは下記のとおりです。\n\n" + ZOOM_JA, charset="iso-2022-jp", edit=None)
T("zoom-invitation-en", "The same of Zoom in English, with the passcode in the link and in the text.", gmail, IWAI, LEE, "Invitation: Harbour district, weekly call", """
Kosuke Iwai is inviting you to a scheduled Zoom meeting.

Topic: Harbour district, weekly call
Time: Jun 11, 2024 05:00 PM Osaka, Sapporo, Tokyo
        Every week on Tue, until Sep 24, 2024, 16 occurrence(s)

Join Zoom Meeting
https://us06web.zoom.us/j/00000000000?pwd=EXAMPLEexampleEXAMPLE

Meeting ID: 000 0000 0000
Passcode: Hb7!kq2

---
One tap mobile
+12530000000,,00000000000#,,,,*0471129# US
Find your local number: https://us06web.zoom.us/u/kEXAMPLE
""")
TEAMS_JA = """
________________________________________________________________________________
Microsoft Teams ヘルプが必要ですか?
今すぐ会議に参加する<https://teams.microsoft.com/l/meetup-join/19%3ameeting_EXAMPLE%40thread.v2/0?context=%7b%22Tid%22%3a%2200000000-0000-0000-0000-000000000000%22%7d>
会議 ID: 000 000 000 00
パスコード: hG4kW9
________________________________
ダイヤルイン
+81 3-0000-0000,,000000000#<tel:+81300000000,,000000000> 日本, 東京都
電話会議 ID: 000 000 000#
開催者向け: 会議のオプション<https://teams.microsoft.com/meetingOptions/?organizerId=EXAMPLE>
________________________________________________________________________________
"""
T.raw("teams-request", "A Teams meeting request to two outsiders and a colleague, passcode and dial-in number in the text.",
      outlook_request("配置計画 定例", "お世話になっております。定例の会議です。\n" + TEAMS_JA, event("REQUEST", "配置計画 定例", [ask(GUEST), ask(NISHI), ask(LEE)], "040000008200E00074C5B7101A82E008-1", description=TEAMS_JA), "REQUEST", [GUEST, LEE], cc=[NISHI]))
T.raw("teams-update", "The same meeting an hour later: an update.",
      outlook_request("更新: 配置計画 定例", "開始を15時に変更しました。\n" + TEAMS_JA, event("REQUEST", "配置計画 定例", [(GUEST, "ACCEPTED"), ask(NISHI)], "040000008200E00074C5B7101A82E008-1", "20240610T150000", "20240610T160000", seq=1), "REQUEST", [GUEST], cc=[NISHI], mid="AM1"))
T.raw("teams-cancellation", "And cancelled.",
      outlook_request("取り消し済み: 配置計画 定例", "都合により取り消します。", event("CANCEL", "配置計画 定例", [ask(GUEST), ask(NISHI)], "040000008200E00074C5B7101A82E008-1", status="CANCELLED", seq=2), "CANCEL", [GUEST], cc=[NISHI], mid="AM2"))
for n, (word, ja, stat) in enumerate([("accepted", "承諾", "ACCEPTED"), ("declined", "辞退", "DECLINED"), ("tentative", "仮承諾", "TENTATIVE")]):
    T.raw("outlook-answer-" + word, "The answer of one of ours to an outsider's invitation (%s): a program writes it." % word,
          outlook_request(ja + ": 基本設計レビュー", "", event("REPLY", "基本設計レビュー", [(NISHI, stat)], "040000008200E00074C5B7101A82E008-9", organizer=GUEST), "REPLY", [GUEST], NISHI, "AR%d" % n))
T.raw("outlook-counter-proposal", "Another time is proposed.",
      outlook_request("新しい日時の提案: 基本設計レビュー", "16時からではいかがでしょうか。", event("COUNTER", "基本設計レビュー", [(NISHI, "TENTATIVE")], "040000008200E00074C5B7101A82E008-9", "20240612T160000", "20240612T170000", GUEST), "COUNTER", [GUEST], NISHI, "AC1"))
T.raw("outlook-forward-of-invitation", "One of ours passes an outsider's invitation on: From stays the organiser's, as Exchange does it.",
      "Sender: nishi.kaori@%s\n" % D + outlook_request("FW: 基本設計レビュー", "", event("REQUEST", "基本設計レビュー", [ask(NISHI), ask(LEE)], "040000008200E00074C5B7101A82E008-9", organizer=GUEST), "REQUEST", [LEE], GUEST, "AF1"),
      env=("nishi.kaori@" + D, [LEE.address]))
T.raw("outlook-meeting-with-nine-guests", "Nine guests of nine offices, who see each other in the meeting anyway, one below the number that asks.",
      outlook_request("第2回 港湾景観ワークショップ", "ワークショップのご案内です。会場は港湾会館です。",
                      event("REQUEST", "第2回 港湾景観ワークショップ", [ask(P("", "guest%d@jimusho%d.example" % (i, i))) for i in range(1, 10)], "040000008200E00074C5B7101A82E008-3"), "REQUEST",
                      [P("", "guest%d@jimusho%d.example" % (i, i)) for i in range(1, 10)], mid="AW1"))
T.raw("outlook-room-and-twenty-five-colleagues", "A meeting of twenty-five colleagues, a room, and one consultant.",
      outlook_request("全体会議", "4階大会議室です。", event("REQUEST", "全体会議", [ask(P("", "staff%02d@%s" % (i, D))) for i in range(25)] + [ask(GUEST)], "040000008200E00074C5B7101A82E008-4"), "REQUEST",
                      [P("", "staff%02d@%s" % (i, D)) for i in range(25)] + [P("大会議室", "room-4a@" + D)], cc=[GUEST], mid="AZ1"))

T.raw("google-invitation", "Google Calendar's invitation through our Workspace: Sender is Google's, From ours.",
      google_event("招待: 現地確認 - 2024年 6月 12日 (水) 午前10時 (JST)", "現地確認\n2024年 6月 12日 水曜日・午前10:00～午前11:00\nGoogle Meet に参加: https://meet.google.com/xxx-yyyy-zzz\n電話で参加 (US) +1 000-000-0000  PIN: 000000000\n",
                   event("REQUEST", "現地確認", [ask(GUEST), (IWAI, "ACCEPTED")], "7kukuqrfedfm2f9t84ikdbq3f0@google.example"), "REQUEST", [GUEST]), env=("calendar-notification@google.example", [GUEST.address]))
T.raw("google-invitation-from-ours", "The same as it leaves by our own relay, in the name of the organiser.",
      google_event("更新された招待状: 現地確認 - 2024年 6月 13日 (木)", "この予定は更新されました\n変更: 時間\n", event("REQUEST", "現地確認", [ask(GUEST)], "7kukuqrfedfm2f9t84ikdbq3f0@google.example", seq=1), "REQUEST", [GUEST], mid="calendar-7f3b", by=IWAI.address),
      env=(IWAI.address, [GUEST.address]))
T.raw("google-cancellation", "Google Calendar's cancellation.",
      google_event("キャンセルされた予定: 現地確認", "この予定はキャンセルされ、カレンダーから削除されました。\n", event("CANCEL", "現地確認", [ask(GUEST)], "7kukuqrfedfm2f9t84ikdbq3f0@google.example", status="CANCELLED"), "CANCEL", [GUEST], mid="calendar-7f3c", by=IWAI.address), env=(IWAI.address, [GUEST.address]))
T.raw("google-answer", "One of ours accepts in Google Calendar.",
      google_event("承諾: 竣工検査 - 2024年 6月 20日", "西 香織 さんがこの招待を承諾しました。\n", event("REPLY", "竣工検査", [(NISHI, "ACCEPTED")], "abc@kawabe-sekkei.example", organizer=GUEST), "REPLY", [GUEST], NISHI, "calendar-9d1e", NISHI.address), env=(NISHI.address, [GUEST.address]))

T.raw("webex-invitation", "Webex sends in the host's name: a meeting password (not an account's) and the dial-in numbers.", """
Date: Wed, 5 Jun 2024 05:40:03 +0000 (GMT)
From: "%s" <nishi.kaori@%s>
Reply-To: nishi.kaori@%s
To: g.jardyne@harbour-architects.example.com
Message-ID: <1180023411.00417.1717566003417@jln3nwx-a017.webex.example>
Subject: Webex meeting invitation: Facade samples
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_Part_58012_204417.1717566003402"

------=_Part_58012_204417.1717566003402
Content-Type: multipart/alternative; boundary="----=_Part_58013_91.1717566003402"

------=_Part_58013_91.1717566003402
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 7bit

Nishi Kaori is inviting you to a scheduled Webex meeting.

Tuesday, June 11, 2024
4:00 PM  |  (UTC+09:00) Osaka, Sapporo, Tokyo  |  1 hr

More ways to join:
Join from the meeting link
https://shiosai.webex.com/shiosai/j.php?MTID=mEXAMPLEexample

Join by meeting number
Meeting number (access code): 2550 000 0000
Meeting password: Fm3pXYz9T?5  (36379990 when dialing from a phone or video system)

Tap to join from a mobile device (attendees only)
+81-3-0000-6200,,25500000000##36379990## Japan Toll

------=_Part_58013_91.1717566003402
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

<html><body><p>Nishi Kaori is inviting you to a scheduled Webex meeting.</p><p><a href=3D"https:=
//shiosai.webex.com/shiosai/j.php?MTID=3DmEXAMPLEexample">Join meeting</a></p><p>Meeting passw=
ord: Fm3pXYz9T?5</p></body></html>
------=_Part_58013_91.1717566003402--

------=_Part_58012_204417.1717566003402
Content-Type: application/ics; name=Webex_Meeting.ics
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=Webex_Meeting.ics

%s
------=_Part_58012_204417.1717566003402--
""" % (W("西 香織"), D, D, B64(event("REQUEST", "Facade samples", [ask(LEE)], "webex-1180023411", organizer=NISHI))), env=("nishi.kaori@" + D, [LEE.address]))

T.raw("lightning-invitation", "Thunderbird's calendar writes the request as an alternative and as a file.", """
From: "%s" <iwai.kosuke@%s>
To: %s <sone@kawabe-sekkei.example>
Subject: %s
Content-class: urn:content-classes:calendarmessage
MIME-version: 1.0
Message-ID: <5f4e1c2d-8e2b-4a7e-a2b4-1f3a0c9d7e61@%s>
Date: Thu, 06 Jun 2024 13:12:51 +0900
Content-type: multipart/mixed; boundary="------------ZYTCw0EXAMPLE"

--------------ZYTCw0EXAMPLE
Content-type: multipart/alternative;
 boundary="------------XjP2EXAMPLE"

--------------XjP2EXAMPLE
Content-type: text/plain; charset=UTF-8
Content-transfer-encoding: 8BIT

現場説明会の招待です。

--------------XjP2EXAMPLE
Content-type: text/calendar; method=REQUEST; charset=UTF-8
Content-transfer-encoding: 8BIT

%s

--------------XjP2EXAMPLE--

--------------ZYTCw0EXAMPLE
Content-type: application/ics; name="invite.ics"
Content-transfer-encoding: 8BIT
Content-disposition: attachment; filename="invite.ics"

%s

--------------ZYTCw0EXAMPLE--
""" % (W("岩井 康介"), D, W("曽根様"), W("予定への招待: 現場説明会"), D, event("REQUEST", "現場説明会", [ask(GUEST)], "5f4e1c2d"), event("REQUEST", "現場説明会", [ask(GUEST)], "5f4e1c2d")))

T.raw("apple-calendar-invitation", "macOS Calendar sends the meeting through our server.", """
From: %s <nishi.kaori@%s>
Content-Type: multipart/alternative; boundary="Apple-Mail=_0F9C1B77-2A41-4E8A-9C44-EXAMPLE00417"
Mime-Version: 1.0 (1.0)
Subject: %s
Date: Thu, 6 Jun 2024 16:44:02 +0900
Message-Id: <3E0B77AC-20F2-4B52-9B0E-1F44EXAMPLE@%s>
To: %s <sone@kawabe-sekkei.example>
X-Mailer: Calendar (12.0)

--Apple-Mail=_0F9C1B77-2A41-4E8A-9C44-EXAMPLE00417
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

%s
--Apple-Mail=_0F9C1B77-2A41-4E8A-9C44-EXAMPLE00417
Content-Type: multipart/mixed; boundary="Apple-Mail=_77B1C9F0-EXAMPLE"

--Apple-Mail=_77B1C9F0-EXAMPLE
Content-Disposition: attachment; filename=iCal-20240606-164402.ics
Content-Type: text/calendar; charset=utf-8; method=REQUEST; name=iCal-20240606-164402.ics
Content-Transfer-Encoding: base64

%s
--Apple-Mail=_77B1C9F0-EXAMPLE--

--Apple-Mail=_0F9C1B77-2A41-4E8A-9C44-EXAMPLE00417--
""" % (W("西 香織"), D, W("西 香織さんからの“模型確認”への招待"), D, W("曽根様"), B64("西 香織さんからカレンダーの予定に招待されています。"), B64(event("REQUEST", "模型確認", [ask(GUEST)], "E-417", organizer=NISHI))))

T("meet-link-in-a-letter", "A Google Meet link and its telephone PIN in a letter.", gmail, NISHI, GUEST, "明日のオンライン打合せ",
  "曽根様\n\n明日は下記でお待ちしております。\n\nビデオ通話のリンク: https://meet.google.com/abc-defg-hij\nまたは次の番号にダイヤル: (JP) +81 3-0000-0000 PIN: 417 082 553#\n\n西\n")
T("webinar-registration", "A webinar's link of one's own and a passcode to one who has registered.", exchange, NISHI, GUEST, "ウェビナー登録完了のお知らせ",
  "曽根様\n\nご登録ありがとうございます。\n\nウェビナーID: 000 0000 0000\nパスコード: miNato24\n参加用URL: https://us06web.zoom.us/w/00000000000?tk=EXAMPLE\n\n※このURLは他の方と共有しないでください。\n", charset="utf-8")
T("date-poll", "Dates to choose from and a link to the poll, to five of three offices.", outlook, IWAI, [GUEST, P("", "tsuda@kawabe-sekkei.example"), P("", "mine@kensetsu.example")], "日程候補のご連絡",
  "皆様\n\n候補は下記のとおりです。○×をご返信ください。\n\n①6/17（月）10時～\n②6/18（火）13時～\n③6/19（水）15時半～\n", charset="iso-2022-jp", cc=[LEE, P("", "isla@harbour-architects.example.com")])
T("passcode-follows-in-second-mail", "The passcode of a meeting in a mail of its own.", outlook, IWAI, GUEST, "Re: 6/10 打ち合わせ（パスコード）", "曽根様\n\n先ほどのZoomのパスコードは 482913 です。\n\n岩井\n", charset="iso-2022-jp")
T("meeting-room-entry-code", "The code of the door on the day of the visit.", thunderbird, NISHI, GUEST, "6/14 ご来訪の件", "曽根様\n\n正面玄関は施錠しておりますので、通用口のインターホンで「2417」を押してください。\n駐車場は3番をお使いください。\n")
T("skype-for-business-old", "An old conference system: conference ID and telephone numbers.", exchange, IWAI, LEE, "Conference call on Friday", "Gavin,\n\n......................................................\n--> Join online meeting\nhttps://meet.shiosai-toshi.example.jp/iwai/7QK2B1TX\nJoin by phone\n+81 3 0000 0000 (Tokyo)  English\nConference ID: 4170825\nForgot your dial-in PIN? | First online meeting?\n......................................................\n\nKosuke", charset="us-ascii")
