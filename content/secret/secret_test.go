package secret

import (
	"strings"
	"testing"

	"maillint/content/personal"
)

func TestFilePasswords(t *testing.T) {
	tells := []string{
		"パスワード：abc123", "パスワードは abc123 です。", "PW:Xy9-kk2", "解凍パスワードは「0523」です", "ＰＷ：ａｂｃ１２３", "Password: harbour", "The password is Harbour-2203.",
		"The password of the archive is Harbour-2203.", "パスワード\nabc123", "解凍パスワードは下記の通りです。\n\nrK7x2m\n", "pass: 0523", "Use the password Zebra77 to open it", "Please use 'Harbour-2203' to open the file.",
		"パス：sakura2024", "開封キー：Kx82mmq", "【パスワード】 abc123", "■パスワード■\nfoo-2024", "添付は「kita2024」で解凍してください。", "To open the file, use Blue!Kite9", "Passwort: Winter2024", "mot de passe : ete2024", "password = Summer2024",
		"The file is encrypted with Blue!Kite9", "解凍PW→abc12345", "パスワードは、Tky-0417となります。", "password:\n\n  Kazaguruma#88\n", "密码：abc123", "zip password- Rain44drop", "PASSは4桁で「0417」です", "PW は御社名＋2024（例：なし）です。abc2024 で開いてください",
	}
	for _, s := range tells {
		if FilePasswords(personal.Fold(s)) == nil {
			t.Errorf("not found: %q", s)
		}
	}
	silent := []string{
		"パスワードは別途お送りします。", "パスワードは後ほどメールにてご連絡いたします。", "The password will follow separately.", "The password will be sent in a separate e-mail.", "パスワードはSMSでお送りします。",
		"パスワード付きZIPでお送りします。", "パスワードは12文字以上です。", "Password: sent separately", "Password protected file attached", "パスワードはお電話でお伝えします", "パスワードは前回と同じです", "I forgot the password.", "The password is the same as last time.",
		"パスワードは次のメールでお送りします。\n\n山田\n", "Password will be texted to you", "Please call me for the password.", "パスワード:別送", "解凍パスワードは御社の電話番号の下4桁です。", "You need 7-Zip to open the file", "the passport no: AB123", "パスワードは2024年4月に変更されました", "Password: ********",
		"Password is required to open the file", "パスワード：後送", "We use Excel 2019 to open it", "password: to follow", "The password for the file is being sent to you in a separate message.", "Please use Windows 10 to view it",
	}
	for _, s := range silent {
		if got := FilePasswords(personal.Fold(s)); got != nil {
			t.Errorf("invented: %q: %+v", s, got)
		}
	}
}

// Code that reads a password holds none; a password with signs in it is one.
// The password stands before what it opens, or at the end of a sentence that only
// tells how it is made.
func TestFilePasswordsOfOtherForms(t *testing.T) {
	for text, want := range map[string]int{
		"添付を開くときはtaiyo-2025を入力してください。":                                      1,
		"ファイルを開くためのキーワードは「momiji08」":                                        1,
		"The password is the name of the river plus the year: Tamagawa2025": 1,
		"ファイルを開くときは社内のパソコンをお使いください。":                                        0,
		"展開のときは7-Zipを使ってください。":                                              0,
		"The password is sent by another way: telephone":                    0,
		"The password rules are on this page: intranet/rules":               0,
		"password := os.Getenv(\"PASSWORD\")":                               0,
	} {
		if got := len(FilePasswords(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestCodeHoldsNoPassword(t *testing.T) {
	for text, want := range map[string]int{
		"user := cfg.User\npassword = os.Getenv(\"DB_PASSWORD\")": 0,
		"user = config.user\npassword: config.db.password":        0,
		"user: root\npassword: $DB_PASSWORD":                      0,
		"user: root\npassword: %DBPASS%":                          0,
		"user: taro7\npassword: $Kazaguruma88":                    1,
		"user: taro7\npassword: Pass(word)9":                      1,
		"user: taro7\npassword: ki.to.3":                          1,
	} {
		if got := len(LogIns(text, true)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestLogIns(t *testing.T) {
	tells := []string{
		"ID：gyomu-0417\nパスワード：Kazaguruma#88", "  user: grid-ops7\n  password: Marigold!2023\n", "ログインID tanaka / パスワード abc12345", "ID/PW：tanaka/Abc12345", "login: admin password: Secret99", "Username: jsmith\nPassword: hunter2x",
		"ユーザー名：yamada\n\nパスワード：sakura55", "アカウント: taro@example.jp\nPW: tanuki-77", "User ID is grid7 and the password is Marigold!2023", "パスワード：abc12345\nID：tanaka", "ID\ntanaka01\nパスワード\nSakura!55", "ＩＤ：ｔａｎａｋａ\nＰＷ：ａｂｃ１２３４５",
		"postgres://app:S3cr3tPw@db.example.jp/app", "you can log in as\nuser name = root\npasswd = Toor!2024", "管理者ID：admin　パスワード：P@ssw0rd", "本日の会議で話したサーバーです。\nID: root\nパスワード: Abc!12345", "IDとパスワード：kanri / Mizu-4417", "login jsmith, pw Blue77kite", "・ユーザ名　kanri\n・パスワード　Sx8!mizuumi", "login = m.fairclough\npass = Turnip&99",
	}
	for _, s := range tells {
		if LogIns(personal.Fold(s), false) == nil {
			t.Errorf("not found: %q", s)
		}
	}
	silent := []string{
		"ミーティングID: 123 4567 8901\nパスコード: 482913", "Meeting ID: 812 3456 7890\nPasscode: a1B2c3", "Join https://zoom.us/j/81234567890\nID: 812 3456 7890\nPassword: 482913", "IDとパスワードをお忘れの方はこちら", "Please enter your user name and password.",
		"User ID: taro\n仮パスワード: abc12345", "Username: taro\nYour temporary password: abc12345", "ID：tanaka\nパスワード：別途連絡", "ユーザー名：tanaka\n初期パスワード：Abc12345", "Login: taro\nPassword: Abc12345\n\nYou will be asked to change it at first login.",
		"> ID: tanaka\n> Password: Abc12345", "SSID: guest-net\nパスワード: welcome2024", "passport no. AB1234567, ID card", "https://user:password@host.example/", "パスワード：****\nID：tanaka", "The password for your account is being reset.", "ID: 4417\npasswords are changed every 90 days",
		"会議ID：482 113 920 パスワード：4413", "account: 4417, pass: no", "Wi-Fi ID: cafe / パスワード: latte123", "お客様ID: 44170\n認証コード: 482913", "Login: taro\nPassword: (same as before)", "Steps: 1. open the page 2. enter ID and password 3. press OK", "1) type your user name and password 2) Submit", "Forget your OTN login information? Use our password\nlookup.",
	}
	for _, s := range silent {
		if got := LogIns(personal.Fold(s), false); got != nil {
			t.Errorf("invented: %q: %+v", s, got)
		}
	}
	if LogIns("> ID: tanaka\n> Password: Abc12345", true) == nil {
		t.Error("a forwarded quotation counts")
	}
}

const pemBody = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu\n"

func TestKeys(t *testing.T) {
	tells := map[string]string{
		"-----BEGIN PRIVATE KEY-----\n" + pemBody + "-----END PRIVATE KEY-----":                                                      "private key",
		"> -----BEGIN RSA PRIVATE KEY-----\n> " + strings.ReplaceAll(pemBody, "\n", "\n> "):                                          "private key",
		`{"private_key": "-----BEGIN PRIVATE KEY-----\n` + strings.ReplaceAll(pemBody, "\n", `\n`) + `-----END PRIVATE KEY-----\n"}`: "private key",
		"key AKIA" + "Q7ZP3MWX5RTK2LNB in":                                 "aws access key",
		"token=ghp_" + "a8Kd03mZqXv7Lw2Rn5Tb9Yc1Ue6Ip4Os0Gf3":              "github token",
		"xoxb-" + "482913047712-774120398412-aKq93LmzXw81RtYpVn20":         "slack bot",
		"sk_live_" + "4eC39HqLyjWDarjtT1zdp7dcKq82":                        "stripe live",
		"AIza" + "SyD3kQ9mX7vB2nL8wR5tY1uJ6pZ4cF0hGsa":                     "google api key",
		"APIキー：8f3a1c9e7b2d4f6a0c5e9b1d3f7a2c4e":                           "key or token",
		"aws_secret_access_key = k7Gh2LmPq9RtVx3ZbN5cWd8FyJ1sAe4UiO6pQrT0": "key or token",
	}
	for s, want := range tells {
		got := Keys(s)
		if len(got) == 0 || got[0].Title != want {
			t.Errorf("%.40q: %+v, want %s", s, got, want)
		}
	}
	silent := []string{
		"-----BEGIN PUBLIC KEY-----\n" + pemBody, "-----BEGIN CERTIFICATE-----\n" + pemBody, "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", "The file starts with BEGIN PRIVATE KEY and goes on.",
		"AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEV4YW1wbGVLZXlGb3JUaGVDb3JwdXNPbmx5 deploy@example", "https://x.example/unsubscribe?token=8f3a1c9e7b2d4f6a0c5e9b1d3f7a2c4e",
		"sk-learn and AKIA are words", "commit 8f3a1c9e7b2d4f6a0c5e9b1d3f7a2c4e8f3a1c9e", "the secret: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	}
	for _, s := range silent {
		if got := Keys(s); got != nil {
			t.Errorf("invented: %.40q: %+v", s, got)
		}
	}
}

func TestTables(t *testing.T) {
	text := "Here are the accounts.\nName\tID\tPassword\t部署\n佐原\tmichiko\tKd83-XwQ92vTz7Lp\t営業部\n林\tosamu\tvT7zLp93kQwXd81M\tx\n\nand\tmore\n"
	got := Tables(text)
	if len(got) != 2 || got[0].Line != 3 || got[1].Line != 4 || got[0].Kind != LogIn {
		t.Errorf("%+v", got)
	}
	for _, none := range []string{"Name\tID\tPassword\n\n佐原\tmichiko\tKd83-XwQ92vTz7Lp\n", "ID\tPassword\n", "ID Password\nmichiko Kd83-XwQ92vTz7Lp\n", "ID\tPassword changed\nmichiko\tyes\n"} {
		if got := Tables(none); got != nil {
			t.Errorf("%q: %+v", none, got)
		}
	}
}

func TestSheet(t *testing.T) {
	rows := [][]string{{"利用者一覧"}, {"氏名", "ログインID", "パスワード"}, {"山田", "yamada1", "Kx82mmq!"}, {"鈴木", "suzuki2", "Ty77-kal"}, {"空", "x", "********"}}
	if got := Sheet(rows); len(got) != 2 || got[0].Line != 3 {
		t.Errorf("%+v", got)
	}
	if got := Sheet([][]string{{"ID", "パスワードの有無"}, {"1", "有"}}); got != nil {
		t.Errorf("%+v", got)
	}
}
