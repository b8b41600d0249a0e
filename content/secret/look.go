package secret

import (
	"slices"

	"maillint/internal/needle"
)

// Cheap looks that rule a text out before a pattern is tried on it. Each says
// yes to every text that holds what the pattern matches; tests hold them
// against it. Patterns that ignore case take ſ for an s, and small letters are
// made of the Kelvin sign as well.
var (
	// labelWords are in everything that passwordLabel and both match: what labels
	// begin with, and the letters of oddCase.
	labelWords = needle.NewFolded([]string{"パス", "ﾊﾟｽﾜｰﾄﾞ", "ぱすわーど", "暗証", "解凍", "開封", "復号", "展開", "解除", "pass", "pw", "p/w", "kennwort", "mot de passe", "contrase", "senha", "wachtwoord",
		"密码", "密碼", "口令", "비밀번호", "암호", "패스워드", "\u212a", "ſ"})
	oddCase = needle.New([]string{"\u212a", "ſ"})
	// idWords are in everything that idLabel matches.
	idWords = needle.NewFolded([]string{"ユーザ", "ログイン", "利用者", "会員", "アカウント", "管理者", "お客様", "契約", "接続", "user", "log", "sign", "account", "usr", "id", "mail", "メールアドレス",
		"benutzer", "identifiant", "usuario", "用户名", "用戶名", "账号", "帳號", "帐号", "아이디", "ſ"})
	// keyWords are in everything that labelled matches.
	keyWords = needle.NewFolded([]string{"api", "secret", "client", "access", "auth", "private", "bearer", "シークレット", "アクセスキー", "アクセストークン", "秘密鍵", "トークン", "ſ"})
	// openedWords, trailingWords and openWords are in everything that the Japanese
	// and the English ways of a password before what it opens match; reverseWords
	// are all of them.
	opened  = []string{"解凍", "開け", "開い", "開き", "開く", "展開", "復号", "開封", "ロック", "閲覧", "ご覧"}
	trailed = []string{"password", "pass word", "passphrase", "pass phrase", "passcode", "pass code", "ſ"}
	opens   = []string{"to open", "to unzip", "to unlock", "to extract", "to decrypt", "to access", "to view", "as pass", "as key", "as the pass", "as the key", "as a pass", "as a key",
		"unlock with", "unlocks with", "open with", "opens with", "encrypted with", "protected with", "locked with", "protected by", "ſ", "\u212a"}
	openedWords   = needle.New(opened)
	trailingWords = needle.NewFolded(trailed)
	openWords     = needle.NewFolded(opens)
	reverseWords  = needle.NewFolded(slices.Concat(opened, trailed, opens))
	// prefixes are those of the shapes.
	prefixes = func() *needle.Set {
		var list []string
		for i := range shapes {
			list = append(list, shapes[i].prefix)
		}
		return needle.New(list)
	}()
)

// inRun are the octets of a run: ASCII without blanks.
var inRun = func() (t [256]bool) {
	for c := '!'; c < 0x7f; c++ {
		t[c] = true
	}
	return t
}()

// longRun finds the next run of shortestKey octets or more from at on, which
// must not be inside a run; -1 where there is none.
func longRun(text string, at int) int { return nextRun(text, at, shortestKey, &inRun) }

// hasRun reports whether a text holds a run of n octets.
func hasRun(text string, n int) bool { return nextRun(text, 0, n, &inRun) >= 0 }

// nextRun finds the next run of n octets or more of a set, as longRun does. It
// looks at the octet where such a run would end first, and mostly at no other.
func nextRun(text string, at, n int, set *[256]bool) int {
	for at+n <= len(text) {
		i := at + n - 1
		for i >= at && set[text[i]] {
			i--
		}
		if i < at {
			return at
		}
		at = i + 1
	}
	return -1
}
