"""What machines send: scanners, PHP, cron, monitors, trackers, backups, as they write it and not as the standards would have it."""

from ordinary.kit import B64, JIS, P, QP, Theme, W, pdf, php

T = Theme("machines", "Machines", ["nijigaoka-hp.example.jp"], "2024-11-05 08:40:00")
D = "nijigaoka-hp.example.jp"
VENDOR = "support@denki-hosyu.example"
PAGE = B64(pdf("Scanned page"))

# ---- scanners: four makers, each with habits of its own

T.raw("scanner-a-bare-lf", "Maker A: no Date, no Message-ID, lines that end in a bare LF, From is the printer; one PDF to the tax office's counter.", """
From: scanner-1f@%s
To: counter@zeimu-daiko.example
Subject: Message from "RNP0026731F417A"
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="DC_BOUND_PRE_<1730770800.00267341>"

--DC_BOUND_PRE_<1730770800.00267341>
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

This E-mail was sent from "RNP0026731F417A" (MP C4504).

Scan Date: 11.05.2024 10:40:00 (+0900)
Queries to: scanner-1f@%s

--DC_BOUND_PRE_<1730770800.00267341>
Content-Type: application/pdf; name="20241105104000417.pdf"
Content-Disposition: attachment; filename="20241105104000417.pdf"
Content-Transfer-Encoding: base64

%s

--DC_BOUND_PRE_<1730770800.00267341>--
""" % (D, D, PAGE), eol="\n")
T.raw("scanner-a-to-colleague", "The same machine to one of ours, with CRLF after an update.", """
From: scanner-1f@%s
To: jimu@%s
Subject: Message from "RNP0026731F417A"
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="DC_BOUND_PRE_<1730770900.00267342>"

--DC_BOUND_PRE_<1730770900.00267342>
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

This E-mail was sent from "RNP0026731F417A" (MP C4504).

--DC_BOUND_PRE_<1730770900.00267342>
Content-Type: application/pdf; name="20241105104140417.pdf"
Content-Disposition: attachment; filename="20241105104140417.pdf"
Content-Transfer-Encoding: base64

%s

--DC_BOUND_PRE_<1730770900.00267342>--
""" % (D, D, PAGE))
T.raw("scanner-b-no-from-name", "Maker B: Date without a zone's name, empty text part, the file's type is octet-stream.", """
Date: Tue, 5 Nov 2024 10:52:09 +0900
From: <mfp-2f@%s>
Subject: %s
To: <sales@%s>
X-Mailer: iR-ADV C5535
MIME-Version: 1.0
Content-Type: multipart/mixed;
 boundary="------_-CANON_ir-adv_c5535_20241105105209_0417"

--------_-CANON_ir-adv_c5535_20241105105209_0417
Content-Type: text/plain; charset="UTF-8"
Content-Transfer-Encoding: 8bit


--------_-CANON_ir-adv_c5535_20241105105209_0417
Content-Type: application/octet-stream; name="0417_001.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="0417_001.pdf"

%s
--------_-CANON_ir-adv_c5535_20241105105209_0417--
""" % (D, W("送信データ"), "denki-hosyu.example", PAGE))
T.raw("scanner-b-internet-fax", "Maker B sends a TIFF as an Internet fax to a machine elsewhere.", """
Date: Tue, 5 Nov 2024 10:58:41 +0900
From: <fax-2f@%s>
To: <FAX=0466000417@ifax.denki-hosyu.example>
Subject: Facsimile
Message-ID: <20241105105841.0417@fax-2f.%s>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="ifax0417"

--ifax0417
Content-Type: text/plain; charset=us-ascii

--ifax0417
Content-Type: image/tiff; application=faxbw; name="0417.tif"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="0417.tif"

SUkqAAgAAAABAAABAwABAAAAAQAAAAAAAAA=
--ifax0417--
""" % (D, D))
T.raw("scanner-c-jis-subject-raw", "Maker C: raw JIS in the subject and in the name, Message-ID without a host.", """
Message-ID: <0417.20241105110233>
From: KM-C368 <km3f@%s>
To: soumu@denki-hosyu.example
Subject: %s
Date: Tue, 05 Nov 2024 11:02:33 +0900
X-Mailer: KONICA MINOLTA bizhub C368
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="KONICA_MINOLTA_Internet_Fax_Boundary"

--KONICA_MINOLTA_Internet_Fax_Boundary
Content-Type: text/plain; charset="iso-2022-jp"
Content-Transfer-Encoding: 7bit

%s

--KONICA_MINOLTA_Internet_Fax_Boundary
Content-Type: application/pdf;
	name="SKM_C36824110511020.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
	filename="SKM_C36824110511020.pdf"

%s
--KONICA_MINOLTA_Internet_Fax_Boundary--
""" % (D, JIS("複合機からのスキャン"), JIS("複合機よりデータを送信します。"), PAGE))
T.raw("scanner-c-several-files", "Maker C splits pages: five JPEG files in one message.", "From: km3f@%s\nTo: archive@denki-hosyu.example\nSubject: from KM-C368\nDate: Tue, 05 Nov 2024 11:07:00 +0900\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"KM5\"\n\n" % D +
      "".join("--KM5\nContent-Type: image/jpeg; name=\"SKM_%d.jpg\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"SKM_%d.jpg\"\n\n/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==\n" % (i, i) for i in range(5)) + "--KM5--\n")
T.raw("scanner-d-closing-line-missing", "Maker D ends without the closing delimiter and without a last line end: sloppy, and readable in one way only.", ("""
From: "%s" <fuji4f@%s>
To: report@denki-hosyu.example
Subject: Scan Data from ApeosPort-VII
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="ApeosBoundary0417"

--ApeosBoundary0417
Content-Type: text/plain; charset="us-ascii"

Number of Images: 1
Attachment File Type: PDF
Device Name: ApeosPort-VII C4473
Device Location: 4F

--ApeosBoundary0417
Content-Type: application/pdf; name="img-Y05112024-0001.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="img-Y05112024-0001.pdf"

%s
""" % ("ApeosPort", D, PAGE)).rstrip("\n"))
T.raw("scanner-d-text-below-base64", "Maker D's relay adds a footer below the last delimiter.", """
From: "ApeosPort" <fuji4f@%s>
To: report@denki-hosyu.example
Subject: Scan Data from ApeosPort-VII
Date: Tue, 5 Nov 2024 11:30:12 +0900
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="ApeosBoundary0418"

--ApeosBoundary0418
Content-Type: application/pdf; name="img-Y05112024-0002.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="img-Y05112024-0002.pdf"

%s
--ApeosBoundary0418--

This mail was sent by a device. Please do not reply.
""" % (D, PAGE))
T.raw("fax-server-receipt", "The fax server confirms to the supplier's e-mail that its fax was printed.", """
From: FAX Server <fax@%s>
To: %s
Subject: FAX received 0466-00-0417 (3 pages)
Date: Tue, 5 Nov 2024 11:35:00 +0900
Message-ID: <fax417@%s>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Job 417: 3 pages, OK
""" % (D, VENDOR, D))

# ---- cron, PHP, shell


def plain(name, fine, frm, to, subject, text, fields="", env=None, charset="utf-8", date="Wed, 06 Nov 2024 03:10:01 +0900"):
    T.raw(name, fine, """From: %s
To: %s
Subject: %s
%sDate: %s
Message-Id: <20241105181001.%s@srv1.%s>
MIME-Version: 1.0
Content-Type: text/plain; charset=%s
Content-Transfer-Encoding: 8bit

%s
""" % (frm, to, W(subject) if not subject.isascii() else subject, fields, date, name, D, charset, text.strip("\n")), env=env, charset=charset)


plain("cron-output", "cron mails a job's output to the contractor who looks after it.", "root@srv1.%s (Cron Daemon)" % D, VENDOR, "Cron <root@srv1> /usr/local/sbin/rotate.sh", "rotating pattern: /var/log/app/*.log  after 1 days (30 rotations)\nerror: stat of /var/log/app/old.log failed: No such file or directory\n",
      "X-Cron-Env: <SHELL=/bin/sh>\nX-Cron-Env: <HOME=/root>\nX-Cron-Env: <PATH=/usr/bin:/bin>\nX-Cron-Env: <LOGNAME=root>\nAuto-Submitted: auto-generated\nPrecedence: bulk\n")
plain("logwatch", "Logwatch's daily report with its tables of failed log-ins (names only, no passwords).", "logwatch@srv1.%s" % D, VENDOR, "Logwatch for srv1 (Linux)", """
 ################### Logwatch 7.7 (07/22/22) ####################
        Processing Initiated: Wed Nov  6 03:10:01 2024
 --------------------- SSHD Begin ------------------------

 Illegal users from:
    192.0.2.66 (undef): 214 times
      admin: 12 times
      test: 9 times

 Users logging in through sshd:
    root: 192.0.2.5: 2 times

 ---------------------- SSHD End -------------------------
 ###################### Logwatch End #########################
""")
plain("backup-success", "The backup says that it worked.", "backup@%s" % D, VENDOR, "[SUCCESS] Job 'FILESRV-DAILY' 2024/11/06", "開始: 2024/11/06 01:00:03\n終了: 2024/11/06 02:41:57\n処理: 412.7 GB / 1,204,113 ファイル\n警告: 0\n")
plain("backup-failure", "And that it did not.", "backup@%s" % D, VENDOR, "【失敗】バックアップジョブ FILESRV-DAILY", "エラー: 0x80070035 ネットワーク パスが見つかりません。 \\\\nas01\\backup\n再試行してください。\n")
plain("raid-controller", "A controller's alarm, from a name without a dot.", "megaraid@srv1", VENDOR, "Controller ID: 0 PD Predictive failure: Port 4", "Event ID:96\nController ID:  0   PD Predictive failure:   Port 0 - 3:1:4\nGenerated On:Wed Nov 06 04:17:22 2024\nSystem Details---\nSystem Name: srv1\n", env=("megaraid@srv1.%s" % D, [VENDOR]))
plain("ups-battery", "A UPS asks for a battery.", "ups-4f@%s" % D, VENDOR, "UPS: The battery needs replacing.", "Name     : ups-4f\nLocation : server room\nContact  : it\nSerial   : AS0417EXAMPLE\nDate: 11/06/2024\nTime: 04:20:00\nCode: 0x0120\n")
plain("zabbix-problem", "Zabbix tells the contractor of a problem.", "Zabbix <zabbix@%s>" % D, VENDOR, "Problem: 電子カルテDB レプリケーション遅延", "Problem started at 04:17:09 on 2024.11.06\nProblem name: レプリケーション遅延 > 60s\nHost: emr-db02\nSeverity: High\nOperational data: 187 s\nOriginal problem ID: 4170082\n")
plain("zabbix-resolved", "And of its end.", "Zabbix <zabbix@%s>" % D, VENDOR, "Resolved in 7m 12s: 電子カルテDB レプリケーション遅延", "Problem has been resolved at 04:24:21 on 2024.11.06\nHost: emr-db02\nOriginal problem ID: 4170082\n")
plain("nagios", "Nagios, in the words everybody knows.", "nagios@srv1.%s" % D, VENDOR, "** PROBLEM Service Alert: gw/SMTP is CRITICAL **", "***** Nagios *****\n\nNotification Type: PROBLEM\n\nService: SMTP\nHost: gw\nAddress: 192.0.2.25\nState: CRITICAL\n\nDate/Time: Wed Nov 6 04:30:00 JST 2024\n\nAdditional Info:\n\nCRITICAL - Socket timeout after 10 seconds\n")
T.raw("redmine-update", "Redmine tells an outside member of a ticket: Precedence bulk, one reader a message.", """
Date: Wed, 06 Nov 2024 09:41:17 +0900
From: =?UTF-8?Q?Redmine_=28=E8=A9=95=E4=BE=A1=29?= <redmine@%s>
To: engineer@denki-hosyu.example
Message-ID: <redmine.journal-41700.20241106094117.8f3c@%s>
In-Reply-To: <redmine.issue-4170.20241101101212.9a1b@%s>
References: <redmine.issue-4170.20241101101212.9a1b@%s>
Subject: %s
Mime-Version: 1.0
Content-Type: multipart/alternative;
 boundary="--==_mimepart_672abc417_EXAMPLE";
 charset=UTF-8
Content-Transfer-Encoding: 7bit
X-Mailer: Redmine
X-Redmine-Host: redmine.%s
X-Redmine-Site: Redmine
X-Redmine-Project: emr
X-Redmine-Issue-Id: 4170
X-Auto-Response-Suppress: All
Auto-Submitted: auto-generated
List-Id: <redmine.%s>


----==_mimepart_672abc417_EXAMPLE
Content-Type: text/plain;
 charset=UTF-8
Content-Transfer-Encoding: base64

%s
----==_mimepart_672abc417_EXAMPLE
Content-Type: text/html;
 charset=UTF-8
Content-Transfer-Encoding: quoted-printable

%s
----==_mimepart_672abc417_EXAMPLE--
""" % (D, D, D, D, W("[電子カルテ更新 - 不具合 #4170] 検査結果の表示が遅い"), D, D, B64("チケット #4170 が 例田 悟 によって更新されました。\n\n・ファイル 画面.png を追加\n・担当者 を 施工 に変更\n\n添付の画面を確認してください。\n"),
       QP("<html><body><h1><a href=\"https://redmine.%s/issues/4170\">不具合 #4170: 検査結果の表示が遅い</a></h1></body></html>" % D)), env=("redmine@" + D, ["engineer@denki-hosyu.example"]))
plain("gitlab-pipeline", "GitLab: a pipeline failed.", "GitLab <gitlab@%s>" % D, "dev@denki-hosyu.example", "emr-bridge | Failed pipeline for main | 4170abcd", "Pipeline #41700 has failed!\n\nProject: emr-bridge\nBranch: main\nCommit: 4170abcd (fix timeout)\nJob #98211 ( https://gitlab.%s/emr/bridge/-/jobs/98211 )\n" % D, "X-GitLab-Project: emr-bridge\nX-GitLab-Project-Id: 41\nX-GitLab-Pipeline-Id: 41700\nAuto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n")
plain("jenkins-build", "Jenkins: back to normal.", "jenkins@%s" % D, "dev@denki-hosyu.example", "Jenkins build is back to normal : emr-nightly #417", "See <https://ci.%s/job/emr-nightly/417/display/redirect>\n" % D)
plain("wordpress-comment", "WordPress of the public site wants a comment moderated.", "WordPress <wordpress@www.%s>" % D, "web@denki-hosyu.example", "[虹が丘病院] モデレートしてください: \"11月の外来\"", "投稿「11月の外来」への新しいコメントがあなたの承認待ちです\n投稿者: 名無し (IP アドレス: 192.0.2.88)\nメールアドレス: visitor.ex710@gmail.com\nコメント:\n駐車場は使えますか。\n\n承認: https://www.%s/wp-admin/comment.php?action=approve&c=417\n" % D, "X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)\n")
T("php-form-to-applicant", "A PHP form's thanks to the applicant, in ISO-2022-JP with everything in one To.", php, P("虹が丘病院 人間ドック予約", "dock@" + D), P("", "applicant.ex711@ezweb.ne.jp"), "【虹が丘病院】ご予約を承りました",
  "ご予約を承りました。\n\n予約番号：D-20241120-0417\n日時：11月20日（水）8時30分\nお持ち物：保険証、問診票\n\n変更はお電話（0466-00-0417）で承ります。\n", charset="iso-2022-jp", env=("apache@www." + D, ["applicant.ex711@ezweb.ne.jp"]))
T("php-shift-jis-form", "An older form in Shift_JIS.", php, P("売店", "shop@" + D), P("", "applicant.ex712@yahoo.co.jp"), "ご注文ありがとうございます", "ご注文番号 041700123456\n商品　杖（軽量）　1本　3,980円\n", charset="shift_jis", env=("apache@www." + D, ["applicant.ex712@yahoo.co.jp"]))
plain("phpmailer-no-message-id-host", "A script's Message-ID names localhost.", "reminder@%s" % D, "applicant.ex713@gmail.com", "明日のご予約の確認", "明日 9:00 のご予約です。ご都合が悪い場合はお電話ください。\n", "X-Mailer: PHPMailer 5.2.9\nMessage-ID: <7d41@localhost.localdomain>\n")
T.raw("python-script-two-message-ids-free", "A Python script: base64 for six words, and no Date.", """
Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: base64
Subject: %s
From: report@%s
To: kanri@denki-hosyu.example

%s
""" % (W("電力使用量 2024-11-05"), D, B64("合計 4,170 kWh（前日比 -2.1%）\n")))
T.raw("perl-script-8bit-header", "A Perl script writes UTF-8 into the subject as it is.", """
From: report@%s
To: kanri@denki-hosyu.example
Subject: 空調アラーム 3F東
Date: Wed, 6 Nov 2024 05:00:00 +0900
Message-Id: <perl.417@srv1.%s>

3F東 室温 29.4度
""" % (D, D))
T.raw("shell-mail-no-mime", "mail(1) in a shell script: no MIME fields at all.", """
Received: by srv1.%s (Postfix, from userid 0)
	id 417A; Wed,  6 Nov 2024 05:10:00 +0900 (JST)
To: %s
Subject: df
Message-Id: <20241105201000.417A@srv1.%s>
Date: Wed,  6 Nov 2024 05:10:00 +0900 (JST)
From: root@srv1.%s (root)

Filesystem      Size  Used Avail Use%% Mounted on
/dev/sda1       100G   93G  7.0G  93%% /
""" % (D, VENDOR, D, D), env=("root@srv1." + D, [VENDOR]))
T.raw("appliance-with-null-path", "A firewall reports with the null reverse-path, as it knows no other.", """
From: fw@%s
To: noc@denki-hosyu.example
Subject: [FW-1] link down port3
Date: Wed, 6 Nov 2024 05:14:00 +0900
Message-ID: <fw417@%s>

date=2024-11-06 time=05:13:58 devname="FW-1" logid="0100020099" type="event" subtype="system" level="warning" msg="interface port3 link down"
""" % (D, D), env=("<>", ["noc@denki-hosyu.example"]))
plain("door-controller", "A door controller in broken English.", "door@%s" % D, VENDOR, "Alarm!!", "Device [Gate 2] Door open too long. Please to check.\n", charset="us-ascii")
plain("sms-gateway", "To an SMS gateway: the number is the local part.", "oncall@%s" % D, "819000000417@sms.denki-hosyu.example", "", "P1 emr-db02 down 04:17\n")
