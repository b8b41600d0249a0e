package secret

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// passwordLabel and idLabel are the words before a password and before what
// it belongs to. The words stand alone: no "passport", no "SSID".
const passwords = `(?i)(パスワード|ﾊﾟｽﾜｰﾄﾞ|パスフレーズ|パスコード|ぱすわーど|パス|暗証番号|暗証|(?:解凍|開封|復号|展開|解除)(?:用)?(?:の)?(?:キー|コード|鍵|pw)|\bpass ?words?\b|\bpass ?phrase\b|\bpasscode\b|\bpass ?key\b|\bpasswd\b|\bpwd\b|\bp/w\b|\bpw\b|\bpass\b|\bkennwort\b|\bpasswort\b|\bmot de passe\b|\bcontrase[ñn]a\b|\bsenha\b|\bwachtwoord\b|密码|密碼|口令|비밀번호|암호|패스워드)`

var (
	passwordLabel = regexp.MustCompile(passwords)
	labelHere     = regexp.MustCompile(`^` + passwords)
	idLabel       = regexp.MustCompile(`(?i)(ユーザー? ?(?:id|名|ネーム)|ログイン ?(?:id|名|ユーザー?)?|利用者 ?(?:id|番号|名)|会員 ?(?:id|番号)|アカウント ?(?:id|名)?|管理者 ?id|お客様 ?(?:id|番号)|契約 ?id|接続 ?id|\buser ?(?:-?id|name)?\b|\blog ?-?[io]n ?(?:id|name)?\b|\bsign ?-?in\b|\baccount ?(?:id|name)?\b|\busr\b|\bid\b|\be-?mail(?: address)?\b|メールアドレス|\bbenutzer(?:name)?\b|\bidentifiant\b|\busuario\b|用户名|用戶名|账号|帳號|帐号|아이디)`)

	// asciiWord bounds do not see Japanese letters, which are right beside.
	meetingWord = regexp.MustCompile(`(?i)ミーティング|会議|ウェビナー|ウェブ会議|セミナー|meeting|webinar|conference|dial-?in|audio|room|参加|wi-?fi|ssid|無線`)
	meetingLink = regexp.MustCompile(`(?i)zoom\.us|webex\.com|teams\.microsoft\.com|teams\.live\.com|meet\.google\.com|whereby\.com|gotomeet|bluejeans|v-cube|live-on`)
	startWord   = regexp.MustCompile(`(?i)仮パスワード|仮の|初期|一時|ワンタイム|使い捨て|認証コード|確認コード|temporary|temp\b|initial|one-?time|\botp\b|verification|activation|provisional|first-?time|デフォルト|default`)
	startLater  = regexp.MustCompile(`(?i)(?:初回|最初|はじめて|初めて|first|initial).{0,30}(?:ログイン|サインイン|log ?-?in|sign ?-?in|logon|use)|変更して|変更を|変更いただ|change (?:it|your|the|this) |be (?:asked|prompted|required) to (?:change|set)`)
)

// passwordLabels finds the first four labels of passwords on a line. The pattern
// is tried where one may begin, and not at each octet.
func passwordLabels(text string) [][]int {
	hits := labelWords.Scan(text, nil)
	if hits != nil && oddCase.In(text) {
		return passwordLabel.FindAllStringIndex(text, 4)
	}
	var out [][]int
	end := 0
	for _, hit := range hits {
		i := int(hit.At)
		if i < end || text[i] < utf8.RuneSelf && i > 0 && wordOctet(text[i-1]) {
			continue
		}
		if loc := labelHere.FindStringIndex(text[i:]); loc != nil {
			end = i + loc[1]
			if out = append(out, []int{i, end}); len(out) == 4 {
				break
			}
		}
	}
	return out
}

// wordOctet: \b of a pattern stands between one and none.
func wordOctet(c byte) bool { return alnum(c) || c == '_' }

// withLabel: the words between what a password belongs to and its own label,
// where both stand together before both values.
func withLabel(text string) bool {
	for _, hit := range labelWords.Scan(text, nil) {
		before := strings.TrimSuffix(text[:hit.At], " ")
		if r, _ := utf8.DecodeLastRuneInString(before); strings.ContainsRune("/・&＆,と、+", r) || len(before) > 3 && strings.EqualFold(before[len(before)-3:], "and") {
			return true
		}
	}
	return oddCase.In(text)
}
