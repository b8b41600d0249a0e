package personal

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	//go:embed data/surnames-ja.txt
	surnameFile string
	//go:embed data/given-names.txt
	givenFile string

	surnames = wordSet(surnameFile)
	given    = wordSet(givenFile)
)

// names finds people's names in a line that has other data of a person: then a
// name may be taken by its shape at the front.
func names(line string) []span {
	words := split(line)
	var out []span
	for i := 0; i < len(words) && i < 400; i++ {
		n, full := nameAt(line, words, i)
		if n == 0 {
			continue
		}
		s, e := words[i].start, words[i+n-1].end
		key := nameKey(line[s:e])
		if !full {
			key = "?" + key
		}
		out = append(out, span{key, s, e})
		i += n - 1
	}
	return out
}

type word struct {
	text       string
	start, end int
	after      byte // the octet behind it; 0 at the end
}

// split cuts a line into words at blanks and signs.
func split(line string) []word {
	var out []word
	start := -1
	for i, r := range line {
		sign := unicode.IsSpace(r) || strings.ContainsRune(",;:()<>[]|\"/=、，；：（）「」【】・○●■◆★※→。", r)
		if (r == '\'' || r == '`') && (start < 0 || !letterNext(line[i+1:])) { // a quotation, and not O'Brien
			sign = true
		}
		if !sign && start < 0 {
			start = i
		}
		if sign && start >= 0 {
			out = append(out, word{line[start:i], start, i, line[i]})
			start = -1
		}
		if len(out) > 500 {
			return out
		}
	}
	if start >= 0 {
		out = append(out, word{line[start:], start, len(line), 0})
	}
	return out
}

func letterNext(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// nameAt tells how many words from i on are a name, and whether it is a full
// one.
func nameAt(line string, words []word, i int) (n int, full bool) {
	w := words[i]
	if r, _ := utf8.DecodeRuneInString(w.text); r < 0x2E80 {
		return westernName(words[i:])
	}
	labelled := i > 0 && nameLabel(words[i-1].text)
	bare, honoured := honorific(w.text)
	if !eastern(bare) || notName(bare) {
		return 0, false
	}
	length := utf8.RuneCountInString(bare)
	if i+1 < len(words) && w.after == ' ' && !honoured && length <= 4 {
		next, _ := honorific(words[i+1].text)
		gap := words[i+1].start - w.end
		if l := utf8.RuneCountInString(next); gap <= 3 && l >= 1 && l <= 4 && eastern(next) && !notName(next) &&
			(surnames[bare] || labelled || length <= 3 && i == 0 && l <= 3 || onlyNumber(words[:i])) {
			return 2, true
		}
	}
	if s := surnameOf(bare); s != "" {
		rest := utf8.RuneCountInString(bare[len(s):])
		switch {
		case rest >= 1 && rest <= 3:
			return 1, true
		case rest == 0 && (honoured || labelled):
			return 1, false
		}
	}
	if labelled && length >= 2 && length <= 8 {
		return 1, length >= 4
	}
	return 0, false
}

// onlyNumber: what stands before is the number of an entry ("12", "No.3").
func onlyNumber(words []word) bool {
	return len(words) == 1 && len(digitsOf(words[0].text)) > 0 && len(words[0].text) <= 12
}

// surnameOf is the longest surname of the list at the front.
func surnameOf(s string) string {
	best, n := "", 0
	for i := range s {
		if n > 0 && surnames[s[:i]] {
			best = s[:i]
		}
		if n++; n > 5 {
			return best
		}
	}
	if surnames[s] {
		return s
	}
	return best
}

var honorifics = []string{"さま", "さん", "ちゃん", "くん", "様", "殿", "氏", "先生", "君"}

// honorific takes a form of address off a name.
func honorific(s string) (string, bool) {
	for _, h := range honorifics {
		if t, ok := strings.CutSuffix(s, h); ok && t != "" {
			return t, true
		}
	}
	return s, false
}

// eastern: nothing but Chinese characters and kana.
func eastern(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && r != '々' && r != 'ー' && r != 'ヶ' {
			return false
		}
		n++
	}
	return n >= 1 && n <= 10
}

// notNames are last characters and words of what looks like a name and is a
// place, an office, a label.
const notNameEnds = "店部課係局所校園院館会社県市区駅線号階棟科班員者約各件名回円年月日時分"

var notNames = wordSet("本社 支店 支社 営業所 事務局 代表 直通 内線 携帯 電話 住所 連絡先 窓口 受付 担当 氏名 名前 ご担当 御中 各位 株式会社 有限会社 東京 大阪 京都 名古屋 福岡 札幌 仙台 横浜 神戸 広島 日本 " +
	"電話番号 携帯電話 携帯番号 郵便番号 生年月日 学籍番号 メール アドレス メールアドレス 性別 年齢 所属 備考 合計 自宅 勤務先 緊急 番号 お客様 お名前 ふりがな フリガナ カナ ビル マンション")

func notName(s string) bool {
	if notNames[s] {
		return true
	}
	r, n := utf8.DecodeLastRuneInString(s)
	return len(s) > n && strings.ContainsRune(notNameEnds, r) && !surnames[s]
}

func nameLabel(s string) bool {
	s = strings.ToLower(s)
	switch s {
	case "name", "patient", "customer", "student", "applicant", "employee":
		return true
	}
	for _, end := range []string{"氏名", "お名前", "名前", "姓名", "患者名", "顧客名", "申込者", "申請者", "代表者", "保護者", "参加者", "会員名", "受験者", "お客様名", "契約者", "世帯主", "本人"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// westernName: a given name of the list and one or two words with capitals, or
// the surname first and a comma behind it.
func westernName(words []word) (n int, full bool) {
	if !capital(words[0].text) || len(words) < 2 {
		return 0, false
	}
	first := strings.ToLower(strings.Trim(words[0].text, ".'"))
	second := strings.ToLower(strings.Trim(words[1].text, ".'"))
	switch {
	case given[first] && words[0].after == ' ' && initial(words[1].text) && len(words) > 2 && capital(words[2].text):
		return 3, true
	case given[first] && words[0].after == ' ' && words[1].start-words[0].end == 1 && capital(words[1].text) && len(words[1].text) > 2:
		return 2, true
	case words[0].after == ',' && given[second] && capital(words[1].text) && len(first) > 2:
		return 2, true
	}
	return 0, false
}

func initial(s string) bool { return len(s) <= 2 && capital(s) }

// capital: a word of letters that starts with a capital.
func capital(s string) bool {
	for i, r := range s {
		if i == 0 && !unicode.IsUpper(r) || !unicode.IsLetter(r) && r != '\'' && r != '-' && r != '.' {
			return false
		}
	}
	return s != ""
}

// nameKey is a name as it is compared: lower case, without blanks and forms of
// address, "Smith, John" as john smith.
func nameKey(s string) string {
	s, _ = honorific(strings.TrimSpace(s))
	if last, first, ok := strings.Cut(s, ","); ok {
		s = first + " " + last
	}
	s = strings.ToLower(s)
	if eastern(strings.ReplaceAll(s, " ", "")) {
		return strings.ReplaceAll(s, " ", "")
	}
	return strings.Join(strings.Fields(s), " ")
}

// PartyName is a display name in the form in which Known.Party holds it.
func PartyName(s string) string { return nameKey(Fold(s)) }
