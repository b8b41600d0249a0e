"""Accounts: start passwords, resets, codes. Made by a service for the one reader, and no credential that somebody gives away."""

from ordinary.kit import A, B64, P, QP, Theme, W, apple, exchange, gmail, outlook, pdf, php, thunderbird

T = Theme("accounts", "Accounts, codes, passcodes", ["shirakaba-u.example.jp"], "2025-04-01 08:30:00")
D = "shirakaba-u.example.jp"
CENTER = P("白樺大学 情報センター", "center@" + D)
ENTRANCE = P("白樺大学 入試システム", "noreply@entry." + D)
NITTA = P("新田 裕", "nitta@" + D)
STUDENT = P("", "entrant.ex720@gmail.com")
GUEST = P("客員 真鍋様", "manabe@kenkyujo.example")

T("password-reset-link", "A reset link that is good for an hour.", php, ENTRANCE, STUDENT, "【白樺大学】パスワード再設定のご案内", "パスワード再設定のお申し込みを受け付けました。\n下記URLより60分以内に再設定してください。\n\nhttps://entry.%s/reset?token=EXAMPLEexampleEXAMPLE0417\n\nお心当たりのない場合は破棄してください。\n" % D, charset="iso-2022-jp", env=("noreply@entry." + D, [STUDENT.address]))
T("password-reset-link-en", "The same in English, with words such as password and account and without any secret.", gmail, P("Shirakaba University", "noreply@entry." + D), STUDENT, "Reset your password", "Hello,\n\nsomeone asked to reset the password of your account. If it was you, click\n\nhttps://entry.%s/reset?token=EXAMPLEexample\n\nIf it was not, you can ignore this message. Your password has not been changed.\n" % D)
T("start-password-to-entrant", "An account for application with its start password, made by a program for its reader, to be changed at the first log-in.", php, ENTRANCE, STUDENT, "【白樺大学】出願アカウント発行のお知らせ", "出願用アカウントを発行しました。\n\nユーザーID：E25-0417\n初期パスワード：Kb7xTq2m\n\n初回ログイン時に必ず変更してください。\nhttps://entry.%s/\n" % D, charset="iso-2022-jp", env=("noreply@entry." + D, [STUDENT.address]))
T("start-password-en", "The same in English: a temporary password that expires.", php, P("Shirakaba University Admissions", "noreply@entry." + D), P("", "entrant.ex721@gmail.com"), "Your application account", "Your application account has been created.\n\nUser ID: E25-0418\nTemporary password: mR9zUa4c\n\nYou will be asked to set a new password at the first login. The temporary password expires in 7 days.\n", charset="utf-8", env=("noreply@entry." + D, ["entrant.ex721@gmail.com"]))
for name, fine, subject, text in [
    ("one-time-code", "A one-time code of six digits.", "【白樺大学】確認コード", "確認コード: 417082\n\nこのコードは10分間有効です。誰にも教えないでください。\n"),
    ("one-time-code-en", "The same in English.", "417082 is your verification code", "Your verification code is 417082. It expires in 10 minutes. Never share it with anyone.\n"),
    ("login-alert", "A log-in from a new device was seen: names the account, holds no secret.", "新しい端末からのログイン", "ユーザーID e250417 で新しい端末からのログインがありました。\n日時: 2025-04-01 10:11\nIPアドレス: 192.0.2.41\nパスワードを使い回している場合は変更してください。\n"),
    ("mail-address-verification", "A link to verify a mail address.", "メールアドレスの確認", "下のリンクを開いて登録を完了してください。\nhttps://entry.%s/v/EXAMPLE0417\n" % D),
    ("password-expires", "A password will expire; it is not in the message.", "Your password will expire in 14 days", "The password of your guest account g-0417 will expire in 14 days.\nPlease change it at https://id.%s/ before then.\n" % D),
]:
    T(name, fine, php, ENTRANCE, STUDENT, subject, text, charset="utf-8", env=("noreply@entry." + D, [STUDENT.address]))
T("account-procedure", "How one gets an ID and a password; neither is in it.", outlook, CENTER, GUEST, "ネットワーク利用申請について", "真鍋様\n\n学内ネットワークのご利用にはIDとパスワードが必要です。\n申請書を情報センターの窓口にご提出ください。\nパスワードは窓口で封書にてお渡しします。メールではお送りしません。\n", charset="iso-2022-jp")
T("password-will-be-posted", "ID now, password by post.", exchange, CENTER, GUEST, "アカウント作成完了のお知らせ", "真鍋様\n\nアカウントを作成しました。\n\nユーザーID：g-manabe\nパスワード：郵送にてお知らせいたします\n", charset="utf-8")
T("password-by-telephone", "ID now, password by telephone, in English.", thunderbird, CENTER, P("", "c.vennel@lochside.example.org"), "Your guest account", "Dear Professor Vennel,\n\nyour user name is g-vennel. We will give you the password by telephone.\n\nInformation Centre\n")
T("guest-wifi", "The house's guest Wi-Fi for visitors of a conference: on a poster as well.", outlook, NITTA, GUEST, "会場の無線LANについて", "真鍋様\n\n会場ではゲスト用無線LANをご利用いただけます（当日限り）。\n\nSSID: shirakaba-guest\n接続キー: 受付の掲示をご覧ください\n", charset="iso-2022-jp")
T("eduroam", "eduroam needs the visitor's own account.", gmail, NITTA, P("", "c.vennel@lochside.example.org"), "Wi-Fi on campus", "Dear Colin,\n\nyou can use eduroam with the account of your own university. No password of ours is needed.\n\nYutaka\n")
T("password-rule", "Words about passwords: the new rule is twelve characters.", exchange, CENTER, P("", "all@jimukyoku.example"), "パスワードポリシー変更のお知らせ", "4月1日よりパスワードは12文字以上とし、英大文字・小文字・数字を含めてください。\n例：推測されやすい「password」や「12345678」は使用できません。\n", charset="utf-8")
T("password-forgotten-question", "Somebody forgot a password and asks; there is none in it.", apple, NITTA, P("", "support@journal-submit.example"), "Login problem", "Hello,\n\nI have forgotten the password of my author account (user name: ynitta). Could you send me a reset link?\n\nYutaka Nitta\n")
T("license-key-order", "An order number and a request for a licence key.", outlook, NITTA, P("", "order@soft-vendor.example"), "ライセンスキー再送のお願い", "ご担当者様\n\n注文番号 SV-2025-0417 のライセンスキーが届いておりません。\n再送をお願いいたします。\n", charset="iso-2022-jp")
T("api-documentation", "A page of documentation with placeholders where secrets go.", thunderbird, CENTER, P("", "dev@soft-vendor.example"), "API接続手順", "接続例です。\n\n  export API_KEY=<発行されたキー>\n  curl -H \"Authorization: Bearer YOUR_TOKEN\" https://api.%s/v1/status\n  mysql -u USER -pPASSWORD dbname\n\nキーは管理画面から発行してください。\n" % D)
T("ssh-public-key", "A public SSH key is for giving away.", gmail, NITTA, P("", "dev@soft-vendor.example"), "公開鍵の登録のお願い", "登録をお願いします。\n\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexam nitta@ws7\n")
T("certificate-request", "A certificate and a request for one hold public keys only.", thunderbird, CENTER, P("", "ca@shoumei.example"), "サーバ証明書の申請（CSR）", "CSRをお送りします。\n\n-----BEGIN CERTIFICATE REQUEST-----\nMIICijCCAXICAQAwRTELMAkGA1UEBhMCSlAxEXAMPLEexampleEXAMPLEexample\nEXAMPLE==\n-----END CERTIFICATE REQUEST-----\n")
T("exam-room-pin", "A PIN for an examination's room, that day only.", outlook, NITTA, GUEST, "試験監督のお願い（入室PIN）", "真鍋様\n\n試験室の入室PINは当日朝、受付でお渡しします。\n監督要領は配布済みの冊子をご覧ください。\n", charset="iso-2022-jp")
T("cloud-share-code", "A file exchange's receipt code in its notice.", php, P("白樺大学 ファイル便", "filebin@" + D), GUEST, "ファイルが届いています", "新田 裕 さんからファイルが届いています。\n\n受取URL https://filebin.%s/r/0417EXAMPLE\n保存期限 2025-04-08\n\nパスコードは送信者にお問い合わせください。\n" % D, charset="iso-2022-jp", env=("filebin@" + D, [GUEST.address]))
T("remote-support-number", "A session number of a remote support, good for one call.", exchange, CENTER, GUEST, "遠隔サポートのご案内", "真鍋様\n\nお電話の際に下記のセッション番号を入力してください。\n\nセッション番号：417 082 553（本日17時まで有効）\n", charset="utf-8")
