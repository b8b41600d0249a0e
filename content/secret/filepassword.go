package secret

import (
	"regexp"
	"strings"

	"maillint/internal/needle"
)

// reversed: the password stands before what it is for.
var (
	reversedJa = regexp.MustCompile(`[「『"' ]?([!-~]{4,40}?)[」』"' ]{0,2}(?:で|にて|を使って|を入力して|を用いて|を入力の上).{0,24}?(?:解凍|開け|開い|開き|展開|復号|開封|ロック|閲覧|ご覧)`)
	openJa     = regexp.MustCompile(`(?:解凍|開く|開ける|展開|復号|開封|閲覧)[^。\n]{0,10}?(?:とき|時|際|には|キーワード|合言葉|文字列)[^。\n!-~]{0,8}?[「『"' ]?([!-~]{4,40}?)(?:[」』"' ]{0,2}(?:を入力|を入れ|をお使い|を使|をご入力|です|になります)|[」』])`)
	trailing   = regexp.MustCompile(`(?i)\bpass ?(?:word|phrase|code)\b[^\n:]{1,60}: ?["'“]?([!-~]{6,40})["'”]?$`)
	reversedEn = regexp.MustCompile(`(?i)\b(?:use|using|with|enter|type|key in)\s+(?:the (?:code|key|word|phrase)\s+)?["'“‘` + "`" + `]?([!-~]{4,40}?)["'”’` + "`" + `]?\s+(?:to (?:open|unzip|unlock|extract|decrypt|access|view)|as (?:the |a )?(?:pass ?word|passcode|key))`)
	opening    = regexp.MustCompile(`(?i)\b(?:to (?:open|unzip|unlock|extract|decrypt|view)\b[^.\n]{0,40}?[ ,]+(?:use|using|enter|type|with|the password is|password)|unlocks? with|opens? with|encrypted with|protected with|locked with|protected by):? ["'“‘]?([!-~]{4,40})`)
)

// FilePasswords finds the passwords that a text tells for a locked file. Words
// that only announce one ("別途お送りします", "will follow separately") hold
// none.
func FilePasswords(text string) []Secret {
	labels, reverse := labelWords.In(text), reverseWords.In(text)
	if !labels && !reverse {
		return nil
	}
	lines := linesOf(text, true)
	var out []Secret
	for i := range lines {
		if len(out) >= mostSecrets {
			break
		}
		t := lines[i].text
		if labels {
			for _, loc := range passwordLabels(t) {
				if v, at, ok := passwordBehind(lines, i, loc); ok && !meetingWord.MatchString(t[max(0, loc[0]-30):loc[0]]) {
					out = append(out, Secret{FilePassword, "password", mask(v), lines[at].number})
					break
				}
			}
		}
		if !reverse {
			continue
		}
		if v := reversedIn(t); v != "" {
			out = append(out, Secret{FilePassword, "password", mask(v), lines[i].number})
		}
	}
	return out
}

// reversals are the ways in which the password stands elsewhere than behind its
// label, and words of which one is in every text that is of such a way.
var reversals = []struct {
	words *needle.Set
	re    *regexp.Regexp
}{
	{openedWords, reversedJa}, {openedWords, openJa}, {trailingWords, trailing}, {openWords, reversedEn}, {openWords, opening},
}

func reversedIn(t string) string {
	if !reverseWords.In(t) || !hasRun(t, 4) {
		return ""
	}
	for _, way := range reversals {
		if !way.words.In(t) {
			continue
		}
		for _, m := range way.re.FindAllStringSubmatch(t, 3) {
			if v := trimValue(m[1]); secretive(v, "", false) && !strings.ContainsAny(v, "/@") && !file(v) {
				return v
			}
		}
	}
	return ""
}

// file: the name of a program or file ("7-Zip", "report.zip").
func file(v string) bool {
	l := strings.ToLower(v)
	for _, w := range []string{"7-zip", "7zip", "winzip", "winrar", "lhaplus", "acrobat", "office365", "microsoft365", "windows", "excel", "365", "win10", "win11", "macos", "lhaca", "version"} {
		if strings.Contains(l, w) {
			return true
		}
	}
	i := strings.LastIndexByte(l, '.')
	return i > 0 && len(l)-i <= 5 && len(l)-i >= 3
}
