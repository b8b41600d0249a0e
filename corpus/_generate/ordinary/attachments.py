"""Files: announced and there, not announced, not needed, encrypted, signed, and in the forms that programs give them."""

from files import zip_encrypted
from ordinary.kit import A, B64, JIS, P, Theme, W, apple, becky, csv, docx, exchange, gmail, mutt, on_top, outlook, pdf, png, thunderbird, xlsx, zip_of

T = Theme("attachments", "Attachments", ["kaede-kaikei.example.jp"], "2024-07-01 08:33:20")
D = "kaede-kaikei.example.jp"
TERAI = P("寺井 美穂", "terai@" + D)
MAKI = P("牧 俊介", "s-maki@" + D)
CLIENT = P("有限会社 花井商店 花井様", "hanai@hanai-shoten.example")
ABROAD = P("Rhona Wardlaw", "rhona@wardlaw-partners.example.com")
EXCEL = xlsx([["科目", "金額"], ["売上高", "1,204,500"], ["仕入高", "830,100"]])

# ---- announced, and there

T("tax-return-in-pdf", "The file is announced and there.", outlook, TERAI, CLIENT, "申告書控えの送付", "花井様\n\n申告書の控えを添付いたします。\n大切に保管してください。\n", charset="iso-2022-jp", files=[A("R5確定申告書控え.pdf", pdf("Copy of the return"))])
T("three-files", "Three files are announced and there.", thunderbird, MAKI, CLIENT, "試算表ほか送付", "花井様\n\n添付3点をお送りします。\n①試算表　②元帳　③チェックリスト\n", files=[A("試算表_202406.xlsx", EXCEL), A("総勘定元帳.pdf", pdf("Ledger")), A("チェックリスト.docx", docx(["□ 現金残高の確認"]))])
T("macro-workbook", "A workbook with macros, as accountants send them: marked, not held.", exchange, MAKI, CLIENT, "年末調整計算シート", "花井様\n\n計算シート（マクロ付き）をお送りします。開いたら「コンテンツの有効化」を押してください。\n", charset="utf-8", files=[A("年末調整計算_2024.xlsm", xlsx([["社員番号", "控除額"], ["1", "0"]], macro=True))])
T("zip-of-receipts", "A zip archive that anybody can open.", gmail, MAKI, CLIENT, "領収書スキャンの返却", "花井様\n\nお預かりした領収書のデータをzipでお返しします。\n", files=[A("領収書_6月.zip", zip_of([("0601.pdf", pdf("Receipt 1")), ("0615.pdf", pdf("Receipt 2"))]))])
T("file-without-a-word", "A file and nothing but a signature.", apple, TERAI, CLIENT, "7月分", "寺井\n", files=[A("202407.pdf", pdf("July"))])
T("english-please-find-attached", "Please find attached, and it is.", outlook, MAKI, ABROAD, "Engagement letter", "Dear Rhona,\n\nplease find attached the signed engagement letter.\n\nKind regards\nShunsuke Maki\n", charset="us-ascii", files=[A("Engagement letter (signed).pdf", pdf("Engagement letter"))])
T("inline-pictures-are-the-enclosure", "下記に貼り付けます and 添付 for a picture that stands in the text.", exchange, TERAI, CLIENT, "入力画面の見方", "花井様\n\n画面のキャプチャを添付しますのでご覧ください。\n赤枠のところに金額を入れてください。\n", charset="utf-8", files=[A("image002.png", png(64, 48), inline="image002.png@01DACB77.3F1C20A0")])
T("link-instead-of-a-file", "The file is announced, and there is a link to it on our own server.", thunderbird, MAKI, CLIENT, "資料ダウンロードのご案内", "花井様\n\n容量が大きいため、添付ファイルは下記からダウンロードしてください（7日間）。\n\nhttps://files.kaede-kaikei.example.jp/d/8Kq2ZxT1\n")
T("thunderbird-filelink", "Thunderbird's Filelink replaces the attachment by a link in the text.", thunderbird, TERAI, ABROAD, "Scans", "Dear Rhona,\n\nattached are the scans of the ledgers.\n\nI've linked 1 file to this email:\n\n    ledgers-2023.zip\n    Size: 48 MB\n    Link: https://files.kaede-kaikei.example.jp/s/Zt4x\n\nMiho\n")
T("attachment-renamed-by-gateway", "The mail program writes the name only in RFC 2231's continued form.", thunderbird, MAKI, CLIENT, "添付のとおりです", "添付のとおりです。\n\n牧\n", files=[A("令和６年度_第１四半期_消費税及び地方消費税_課税取引_区分集計表（最終版）.xlsx", EXCEL)])
T("raw-jis-file-name", "An old program puts JIS into the file name without any words around it.", becky, TERAI, CLIENT, "決算書", "花井様\n\n決算書を添付します。\n", files=[A("kessan.pdf", pdf("Accounts"))],
  edit=lambda raw: raw.replace(b'name="kessan.pdf"', ('name="%s"' % JIS("決算書.pdf")).encode("ascii")))
T("vcard-and-signature-picture", "A business card as a file, as some signatures have it.", apple, MAKI, ABROAD, "New phone number", "Rhona,\n\nmy number has changed, the card has the new one.\n\nShunsuke\n", files=[A("Shunsuke Maki.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Maki;Shunsuke;;;\r\nTEL;TYPE=WORK:+81-00-0000-0000\r\nEND:VCARD\r\n", "text/vcard")])
T("csv-of-journal-entries", "A CSV of bookings in Shift_JIS: accounts and amounts, no people.", outlook, MAKI, CLIENT, "仕訳データ", "花井様\n\n仕訳データ（CSV）を添付します。会計ソフトに取り込んでください。\n", charset="iso-2022-jp", files=[A("仕訳_202406.csv", csv([["日付", "借方", "貸方", "金額", "摘要"]] + [["2024-06-%02d" % d, "仕入高", "買掛金", str(10000 + d * 371), "食材"] for d in range(1, 31)]))])
T("photographs-of-a-site", "Five photographs from a telephone, without a word.", apple, TERAI, CLIENT, "写真", "", files=[A("IMG_%04d.png" % (4170 + i), png(24, 24, (20 * i, 90, 120)), "image/png") for i in range(5)])
T("message-as-attachment", "Another message as a file, to show what came in.", thunderbird, MAKI, CLIENT, "Fwd: 税務署からの照会", "花井様\n\n届いたメールをそのまま転送（添付）します。\n", files=[A("照会.eml", b"From: zei@zeimusho.example\r\nTo: s-maki@kaede-kaikei.example.jp\r\nSubject: syoukai\r\nDate: Mon, 1 Jul 2024 10:00:00 +0900\r\n\r\nInquiry about the form.\r\n", "message/rfc822")],
  edit=lambda raw: raw)

# ---- not announced in new text

QUOTE = "\n\n2024年7月2日(火) 9:10 花井 <hanai@hanai-shoten.example>:\n> 牧様\n>\n> 通帳のコピーを添付します。ご確認ください。\n> 花井\n"
T("only-the-quote-announces", "What is quoted announces a file; the answer does not.", gmail, MAKI, CLIENT, "Re: 通帳のコピー", "花井様\n\n受け取りました。ありがとうございます。" + QUOTE, reply_to_id="<CAx9@mail.hanai-shoten.example>")
T("thanks-for-the-attachment", "添付ありがとうございました is about the file that came.", outlook, TERAI, CLIENT, "Re: 領収書", "花井様\n\nファイルの添付ありがとうございました。\n問題なく開けました。\n", charset="iso-2022-jp")
T("attached-the-other-day", "先日添付した is about an earlier message.", becky, MAKI, CLIENT, "Re: 試算表について", "花井様\n\n先日添付いたしました試算表の3ページ目をご覧ください。\n雑費が前年の2倍になっております。\n")
T("attach-it-to-the-form", "A document is to be attached to a form and posted: no file of this message.", outlook, TERAI, CLIENT, "扶養控除の手続き", "花井様\n\nお手元の申告書に本人確認書類を添付し、郵送してください。\n添付書類に不足がありますと、受け付けられません。\n", charset="iso-2022-jp")
T("how-to-attach", "Someone is told how to attach, and how large it may be.", exchange, TERAI, CLIENT, "Re: ファイルの送り方", "花井様\n\n添付の仕方は、画面右上のクリップの印を押すだけです。\n添付ファイルのサイズは20MBまでです。大きいときは添付せず、ご連絡ください。\n", charset="utf-8")
T("not-sent-by-mail", "添付できかねます: it is handed over at the next visit.", thunderbird, MAKI, CLIENT, "源泉徴収票", "花井様\n\n個人番号が入っておりますので、メールには添付できかねます。\n次回お伺いする際にお持ちします。\n")
T("attached-by-the-other", "What the client attached is worked on.", becky, MAKI, CLIENT, "Re: 請求書の件", "花井様\n\nいただいた添付をもとに入力しました。\n1件、添付されていたファイルが壊れておりましたので、後ほどお電話します。\n")
T("english-reply-with-it-attached", "The client is asked to reply with the form attached, and not to forget it.", outlook, MAKI, ABROAD, "W-8BEN", "Dear Rhona,\n\nplease reply with the signed form attached, and don't forget the attachment this year.\nThe one attached to the mail from 3 June was blank.\n\nShunsuke\n", charset="us-ascii")
T("english-attachments-are-stripped", "How our mail system treats attachments.", mutt, TERAI, ABROAD, "Your zip", "Dear Rhona,\n\nzip attachments are stripped by our filter, and the file was too big to be sent as an attachment anyway.\nDid the attachment from Friday reach you?\n\nMiho\n", charset="us-ascii")
T("attached-to-the-ticket", "The file is at the ticket, which the message says.", gmail, MAKI, ABROAD, "Re: [#417] export fails", "Rhona,\n\nI attached the log to the ticket, so there is nothing in this mail.\n\nShunsuke\n")
T("nothing-is-attached", "添付はありません says so.", exchange, TERAI, CLIENT, "郵送のご連絡", "花井様\n\n原本は本日郵送しました。本メールに添付ファイルはありません。\n", charset="utf-8")
T("please-attach", "The other side is asked to attach something.", thunderbird, MAKI, CLIENT, "通帳コピーのお願い", "花井様\n\nご返信の際に、通帳のコピーを添付してください。\n")
T("cannot-be-attached", "It could not be attached and comes by post.", apple, TERAI, CLIENT, "資料の件", "花井様\n\n容量オーバーで添付できませんでしたので、USBメモリで郵送いたします。\n")
T("will-be-attached-next-time", "It will be sent later.", outlook, MAKI, CLIENT, "Re: 決算報告書", "花井様\n\n報告書は完成次第、改めて添付にてお送りいたします。もう少々お待ちください。\n", charset="iso-2022-jp")
T("english-thanks-for-attached", "Thanks for what the other side attached.", gmail, MAKI, ABROAD, "Re: ledgers", "Hi Rhona,\n\nthanks for the attached ledgers, they open fine.\n\nShunsuke\n")
T("english-no-attachment-needed", "No attachment, said in English.", exchange, TERAI, ABROAD, "RE: Form 17", "Rhona,\n\nthere is no attachment to this form, so nothing needs to be sent. I attached it last week, in case you look for it.\n\nMiho\n", charset="us-ascii")
T("english-could-you-attach", "The other side is asked, in English.", mutt, MAKI, ABROAD, "Form 17", "Hi,\n\ncould you please attach the form to your reply?\n\nThanks\nShunsuke\n", charset="us-ascii")
T("attached-to-the-contract", "添付書類 as a word of the law: what is attached to an application.", outlook, TERAI, CLIENT, "届出に必要な添付書類について", "花井様\n\n届出には次の添付書類が必要です。\n・登記事項証明書\n・定款の写し\nそろいましたらご郵送ください。\n", charset="iso-2022-jp")
T("attached-building", "Attached in English as of a house.", apple, MAKI, ABROAD, "Office move", "Rhona,\n\nour new office is in the building attached to the station.\n\nShunsuke\n")

# ---- encrypted and signed

T("ppap-first", "The PPAP pair, first half: an encrypted archive. It may be marked.", outlook, TERAI, CLIENT, "【ZIP】給与明細データ", "花井様\n\nデータをパスワード付きZIPでお送りします。\nパスワードは別途ご連絡いたします。\n", charset="iso-2022-jp", files=[A("meisai.zip", zip_encrypted([("meisai.csv", csv([["6月", "集計"], ["合計", "1,204,500"]]))], "Kaede#0702"))])
T("ppap-second", "The second half: the password in a message of its own. It may be marked.", outlook, TERAI, CLIENT, "【パスワード】給与明細データ", "花井様\n\n先ほどお送りしたZIPのパスワードです。\n\nKaede#0702\n\nよろしくお願いいたします。\n", charset="iso-2022-jp")
T("encrypted-archive-agreed-password", "An encrypted archive whose password was agreed by telephone.", thunderbird, MAKI, CLIENT, "申告データ", "花井様\n\n申告データをお送りします。パスワードは先日お電話でお伝えしたものです。\n", files=[A("R5_data.zip", zip_encrypted([("data.txt", b"return\r\n")], "tel-agreed"))])
T.raw("smime-signed", "Signed with S/MIME: smime.p7s beside a text that everybody can read.", """
From: "%s" <terai@%s>
To: <hanai@hanai-shoten.example>
Subject: %s
Date: Wed, 3 Jul 2024 10:22:41 +0900
Message-ID: <000f01dacce6$8a4b7c10$9ee27430$@%s>
MIME-Version: 1.0
Content-Type: multipart/signed;
	protocol="application/x-pkcs7-signature"; micalg=SHA1;
	boundary="----=_NextPart_000_000B_01DACD32.0B3C9F30"
X-Mailer: Microsoft Outlook 16.0

This is a multipart message in MIME format.

------=_NextPart_000_000B_01DACD32.0B3C9F30
Content-Type: text/plain; charset="iso-2022-jp"
Content-Transfer-Encoding: 7bit

%s
------=_NextPart_000_000B_01DACD32.0B3C9F30
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

MIAGCSqGSIb3DQEHAqCAMIACAQExCzAJBgUrDgMCGgUAMIAGCSqGSIb3DQEHAQAAoIIEXAMPLEEX
AMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEAA==
------=_NextPart_000_000B_01DACD32.0B3C9F30--
""" % (W("寺井 美穂", "iso-2022-jp"), D, W("口座変更のお知らせ", "iso-2022-jp"), D, JIS("花井様\n\n弊所の事務所住所が変わりました。\n\n寺井")))
T.raw("smime-encrypted", "Encrypted with S/MIME for its reader: one opaque part, smime.p7m.", """
From: =?utf-8?B?54mnIOS/iuS7iw==?= <s-maki@%s>
To: "Rhona Wardlaw" <rhona@wardlaw-partners.example.com>
Subject: RE: Confidential: payroll
Date: Wed, 3 Jul 2024 02:10:09 +0000
Message-ID: <TYCPR01MB0931C0FFEE00417@TYCPR01MB0931.jpnprd01.prod.outlook.example>
Content-Type: application/pkcs7-mime; smime-type=enveloped-data;
	name="smime.p7m"
Content-Disposition: attachment; filename="smime.p7m"
Content-Transfer-Encoding: base64
MIME-Version: 1.0

%s
""" % (D, B64(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + bytes(range(256)) * 3)))
T.raw("pgp-mime-encrypted", "Encrypted with OpenPGP/MIME: the version part and encrypted.asc.", """
Message-ID: <b0d7c1de-417a-4a5e-8b77-19de7bEXAMPLE@%s>
Date: Thu, 4 Jul 2024 11:31:02 +0900
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: en-GB
To: Rhona Wardlaw <rhona@wardlaw-partners.example.com>
From: Shunsuke Maki <s-maki@%s>
Subject: ...
Content-Type: multipart/encrypted;
 protocol="application/pgp-encrypted";
 boundary="------------pgpEXAMPLE00417"

This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)
--------------pgpEXAMPLE00417
Content-Type: application/pgp-encrypted
Content-Description: PGP/MIME version identification

Version: 1

--------------pgpEXAMPLE00417
Content-Type: application/octet-stream; name="encrypted.asc"
Content-Description: OpenPGP encrypted message
Content-Disposition: inline; filename="encrypted.asc"

-----BEGIN PGP MESSAGE-----

wcDMA0417EXAMPLE0AQwAh3kqEXAMPLEexampleEXAMPLEexampleEXAMPLEexamp
leEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLE
=EXAM
-----END PGP MESSAGE-----

--------------pgpEXAMPLE00417--
""" % (D, D))
T.raw("pgp-mime-signed-with-key", "Signed with OpenPGP, the public key attached: public keys are for everybody.", """
Message-ID: <c4b0e2aa-417b-4a5e-8b77-19de7bEXAMPLE@%s>
Date: Thu, 4 Jul 2024 13:05:59 +0900
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
To: Rhona Wardlaw <rhona@wardlaw-partners.example.com>
From: Shunsuke Maki <s-maki@%s>
Subject: My new key
Content-Type: multipart/signed; micalg=pgp-sha256;
 protocol="application/pgp-signature";
 boundary="------------sigEXAMPLE00417"

This is an OpenPGP/MIME signed message (RFC 4880 and 3156)
--------------sigEXAMPLE00417
Content-Type: multipart/mixed; boundary="------------mixEXAMPLE00417"

--------------mixEXAMPLE00417
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 7bit

Dear Rhona,

here is my new public key.

Shunsuke

--------------mixEXAMPLE00417
Content-Type: application/pgp-keys; name="OpenPGP_0x0417EXAMPLE.asc"
Content-Disposition: attachment; filename="OpenPGP_0x0417EXAMPLE.asc"
Content-Description: OpenPGP public key
Content-Transfer-Encoding: quoted-printable

-----BEGIN PGP PUBLIC KEY BLOCK-----

xsDNBGaEXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAMPLEexample
=3DEXAM
-----END PGP PUBLIC KEY BLOCK-----

--------------mixEXAMPLE00417--

--------------sigEXAMPLE00417
Content-Type: application/pgp-signature; name="OpenPGP_signature.asc"
Content-Description: OpenPGP digital signature
Content-Disposition: attachment; filename="OpenPGP_signature.asc"

-----BEGIN PGP SIGNATURE-----

wsD5BAABCAAjFiEEEXAMPLEexampleEXAMPLEexampleEXAMPLE
=EXAM
-----END PGP SIGNATURE-----

--------------sigEXAMPLE00417--
""" % (D, D))
T("pgp-inline", "The old way: the armour in the text.", mutt, MAKI, ABROAD, "figures", "-----BEGIN PGP MESSAGE-----\n\nhQEMA0417EXAMPLEAQf9EXAMPLEexampleEXAMPLEexampleEXAMPLEexampleEXAM\nPLEexample==\n=EXAM\n-----END PGP MESSAGE-----", charset="us-ascii")
T.raw("winmail-dat", "Rich text from Outlook: everything is in winmail.dat. It may be marked.", """
From: "%s" <terai@%s>
To: <hanai@hanai-shoten.example>
Subject: %s
Date: Fri, 5 Jul 2024 16:02:13 +0900
Message-ID: <!&!AAAAAAAAAAAYAAAAAAAAAEXAMPLE417@%s>
MIME-Version: 1.0
Content-Type: multipart/mixed;
	boundary="----=_NextPart_000_0001_01DACEF5.EXAMPLE0"
X-Mailer: Microsoft Outlook 16.0
X-MS-TNEF-Correlator: 00000000417EXAMPLE

This is a multipart message in MIME format.

------=_NextPart_000_0001_01DACEF5.EXAMPLE0
Content-Type: text/plain;
	charset="iso-2022-jp"
Content-Transfer-Encoding: 7bit

%s

------=_NextPart_000_0001_01DACEF5.EXAMPLE0
Content-Type: application/ms-tnef;
	name="winmail.dat"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
	filename="winmail.dat"

%s
------=_NextPart_000_0001_01DACEF5.EXAMPLE0--
""" % (W("寺井 美穂", "iso-2022-jp"), D, W("面談の日程", "iso-2022-jp"), D, JIS("花井様\n\n面談は7月12日でいかがでしょうか。"), B64(b"\x78\x9f\x3e\x22\x01\x00\x01\x06\x90\x08\x00\x04\x00\x00\x00\x00\x00\x01\x00\x01\x00\x01\x07\x90\x06\x00\x08\x00\x00\x00\xe4\x04\x00\x00\x00\x00\x00\x00\xe8\x00")))
