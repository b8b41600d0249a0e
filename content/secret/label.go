package secret

import "regexp"

// passwordLabel and idLabel are the words before a password and before what
// it belongs to. The words stand alone: no "passport", no "SSID".
var (
	passwordLabel = regexp.MustCompile(`(?i)(パスワード|ﾊﾟｽﾜｰﾄﾞ|パスフレーズ|パスコード|ぱすわーど|パス|暗証番号|暗証|(?:解凍|開封|復号|展開|解除)(?:用)?(?:の)?(?:キー|コード|鍵|pw)|\bpass ?words?\b|\bpass ?phrase\b|\bpasscode\b|\bpass ?key\b|\bpasswd\b|\bpwd\b|\bp/w\b|\bpw\b|\bpass\b|\bkennwort\b|\bpasswort\b|\bmot de passe\b|\bcontrase[ñn]a\b|\bsenha\b|\bwachtwoord\b|密码|密碼|口令|비밀번호|암호|패스워드)`)
	idLabel       = regexp.MustCompile(`(?i)(ユーザー? ?(?:id|名|ネーム)|ログイン ?(?:id|名|ユーザー?)?|利用者 ?(?:id|番号|名)|会員 ?(?:id|番号)|アカウント ?(?:id|名)?|管理者 ?id|お客様 ?(?:id|番号)|契約 ?id|接続 ?id|\buser ?(?:-?id|name)?\b|\blog ?-?[io]n ?(?:id|name)?\b|\bsign ?-?in\b|\baccount ?(?:id|name)?\b|\busr\b|\bid\b|\be-?mail(?: address)?\b|メールアドレス|\bbenutzer(?:name)?\b|\bidentifiant\b|\busuario\b|用户名|用戶名|账号|帳號|帐号|아이디)`)

	// asciiWord bounds do not see Japanese letters, which are right beside.
	meetingWord = regexp.MustCompile(`(?i)ミーティング|会議|ウェビナー|ウェブ会議|セミナー|meeting|webinar|conference|dial-?in|audio|room|参加|wi-?fi|ssid|無線`)
	meetingLink = regexp.MustCompile(`(?i)zoom\.us|webex\.com|teams\.microsoft\.com|teams\.live\.com|meet\.google\.com|whereby\.com|gotomeet|bluejeans|v-cube|live-on`)
	startWord   = regexp.MustCompile(`(?i)仮パスワード|仮の|初期|一時|ワンタイム|使い捨て|認証コード|確認コード|temporary|temp\b|initial|one-?time|\botp\b|verification|activation|provisional|first-?time|デフォルト|default`)
	startLater  = regexp.MustCompile(`(?i)(?:初回|最初|はじめて|初めて|first|initial).{0,30}(?:ログイン|サインイン|log ?-?in|sign ?-?in|logon|use)|変更して|変更を|変更いただ|change (?:it|your|the|this) |be (?:asked|prompted|required) to (?:change|set)`)
)

// passwordLabels finds the first four labels of passwords on a line. Most lines
// with a label have one, and nothing behind it that may be another.
func passwordLabels(text string) [][]int {
	if !labelWords.In(text) {
		return nil
	}
	first := passwordLabel.FindStringIndex(text)
	if first == nil {
		return nil
	}
	if !labelWords.In(text[first[1]:]) {
		return [][]int{first}
	}
	return passwordLabel.FindAllStringIndex(text, 4)
}
