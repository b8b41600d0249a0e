package audit

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// keywords are what thieves of mailboxes look for: money, and warnings that
// the owner should not see (mail-security.md F6; Elastic 40fe11c2).
var keywords = []string{
	"invoice", "payment", "wire", "transfer", "remittance", "payroll", "bank", "iban", "swift", "ach", "purchase order", "quotation", "overdue",
	"password", "passcode", "verification code", "security", "phish", "fraud", "hack", "malware", "alert", "suspicious", "unusual", "login", "log in",
	"sign-in", "signin", "reset", "mfa", "2fa", "compromised", "docusign", "confidential",
	"請求", "振込", "振り込み", "振替", "支払", "お支払い", "入金", "送金", "口座", "銀行", "見積", "納品書", "領収", "給与", "契約", "パスワード", "暗証", "認証コード", "確認コード",
	"不正", "警告", "情報漏", "漏えい", "漏洩", "セキュリティ", "ログイン", "サインイン", "フィッシング", "なりすまし", "乗っ取り", "インボイス", "機密",
}

// short keywords count only as words of their own.
var wholeWords = map[string]bool{"ach": true, "wire": true, "bank": true, "mfa": true, "2fa": true, "iban": true, "swift": true, "reset": true, "transfer": true}

// keywordsIn gives the keywords that a text holds.
func keywordsIn(text string) []string {
	low := strings.ToLower(norm.NFKC.String(text))
	var out []string
	for _, k := range keywords {
		if i := strings.Index(low, k); i >= 0 && (!wholeWords[k] || wordAt(low, k)) {
			out = append(out, k)
		}
	}
	return out
}

// wordAt tells whether a word stands somewhere by itself.
func wordAt(text, word string) bool {
	for f := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if f == word || f == word+"s" {
			return true
		}
	}
	return false
}

// seldom are folders that hardly anybody opens (Sentinel "Malicious Mailbox
// Rules", Elastic 40fe11c2), in the languages Outlook and others name them.
var seldom = []string{
	"rss feeds", "rss subscriptions", "rss", "rssfeeds", "rss フィード", "rssフィード", "rss 購読", "rss 配信", "conversation history", "conversationhistory", "会話の履歴", "会話履歴",
	"archive", "アーカイブ", "junk", "junk email", "junk e-mail", "junkemail", "迷惑メール", "spam", "スパム", "deleted items", "deleteditems", "deleted messages", "deleted",
	"削除済みアイテム", "削除済み", "trash", "ごみ箱", "ゴミ箱", "bin", "notes", "メモ", "sync issues", "syncissues", "同期の失敗", "同期の問題", "recoverableitemsdeletions", "recoverable items",
	"clutter", "低優先メール", "outbox", "送信トレイ", "calendar", "予定表", "contacts", "連絡先", "journal", "履歴", "tasks", "タスク", "drafts", "下書き",
}

func folded(folder string) string {
	return strings.Trim(strings.ToLower(norm.NFKC.String(strings.TrimSpace(folder))), ":\\/ ")
}

func rarelySeen(folder string) bool { return folder != "" && slices.Contains(seldom, folded(folder)) }

// obscure tells names that say nothing: blank, of punctuation, of one letter,
// of one letter again and again. short ones, of two letters, may be a
// department's. A single kanji is a word.
func obscure(name string) (nothing, short bool) {
	var letters []rune
	wide := false
	for _, r := range norm.NFKC.String(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, unicode.ToLower(r))
			wide = wide || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
		}
	}
	if len(letters) == 0 {
		return true, true
	}
	if wide && letters[0] != 'ー' {
		return false, false
	}
	if len(letters) == 2 && letters[0] != letters[1] {
		return false, true
	}
	same := !slices.ContainsFunc(letters, func(r rune) bool { return r != letters[0] })
	nothing = len(letters) == 1 || same
	return nothing, nothing
}

// decodeFolder reads the modified UTF-7 of IMAP folder names (RFC 3501,
// 5.1.3): &j,dg0TDhMPww6w- is 迷惑メール.
func decodeFolder(s string) string {
	var b strings.Builder
	for s != "" {
		open := strings.IndexByte(s, '&')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(s[open:], '-')
		}
		if end < 0 {
			return b.String() + s
		}
		b.WriteString(s[:open])
		b.WriteString(modified(s[open+1 : open+end]))
		s = s[open+end+1:]
	}
	return b.String()
}

func modified(code string) string {
	if code == "" {
		return "&"
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.ReplaceAll(code, ",", "/"))
	if err != nil {
		return "&" + code + "-"
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(units))
}

// webmail are providers whose domain many people share: that two addresses
// are there says nothing. From lookalike's provider lists, the common ones.
var webmail = []string{
	"gmail.com", "googlemail.com", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.com", "live.jp", "msn.com", "yahoo.com", "yahoo.co.jp", "ymail.ne.jp",
	"ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "proton.me", "protonmail.com",
	"pm.me", "tutanota.com", "tuta.com", "zoho.com", "fastmail.com", "qq.com", "163.com", "126.com", "sina.com", "naver.com", "daum.net", "hanmail.net",
	"docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "softbank.jp", "ymobile.ne.jp", "y-mobile.ne.jp", "nifty.com", "biglobe.ne.jp", "ocn.ne.jp", "so-net.ne.jp", "plala.or.jp", "excite.co.jp", "rakuten.jp",
}
