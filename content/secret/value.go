package secret

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// step is the number of the next step of a list: "2. enter ID and password 3. press OK".
var step = regexp.MustCompile(`^ \d{1,2}[.)] `)

// value reads what stands behind a label: a run of ASCII without blanks, out
// of quotes. sure says that a sign (":" or "=", quotes, は) stands between.
func value(rest string) (v, behind string, sure bool) {
	t := rest
	if strings.HasPrefix(t, " ") && step.MatchString(t) {
		return "", "", false
	}
	for {
		r, n := utf8.DecodeRuneInString(t)
		switch {
		case n == 0:
			return "", "", sure
		case r == ':' || r == '=' || r == '→' || r == '⇒' || r == '「' || r == '『' || r == '"' || r == '“' || r == '\'' || r == '`' || r == '‘' || r == '<' && sure:
			sure = true
		case strings.HasPrefix(t, "は") || strings.HasPrefix(t, "が"):
			sure = true
			n = len("は")
		case r == ' ' || r == '\t' || r == '*' && len(t) > 1 && t[1] == ' ' || r == '】' || r == ']' || r == ')' || r == '、' || r == '>' || r == '-' && strings.HasPrefix(t, "- ") || r == '.' && strings.HasPrefix(strings.TrimLeft(t, "."), " "):
		default:
			v = t[:asciiRun(t)]
			return trimValue(v), t[len(trimValue(v)):], sure
		}
		t = t[n:]
	}
}

func asciiRun(s string) int {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return i
		}
	}
	return len(s)
}

// trimValue takes off what closes a quotation or a sentence.
func trimValue(v string) string {
	if i := strings.IndexAny(v, "\"'`<>"); i > 2 {
		v = v[:i]
	}
	v = strings.TrimRight(v, ",;)]}'\"`")
	if t := strings.TrimRight(v, "."); t != "" {
		v = t
	}
	return v
}

var (
	// noValue are words that stand behind "password" and are none.
	noValue = words(`required reset none null n/a na tbd tba same password passwords passcode changed expired protected optional hidden here below following above see
will is not and or for the your my our their his her change policy manager field login log-in invalid incorrect wrong forgot forgotten lost sent separately later to of if has have must should can could you we
may shall be been was are in on at by from with without this that which it its as a an please enter use using unknown secret confidential pending attached via under
sms line teams slack tel fax email e-mail mail chat zoom web url pdf zip id excel word word/excel office phone text telephone call once any no yes ok new old only also both all each
yourself myself ourselves whatsapp signal telegram keepass lastpass bitwarden 1password vault sharepoint onedrive box dropbox`)
	// countWords make of a number a length or a date.
	countWords = []string{"文字", "桁", "字", "回", "日", "分", "時", "か月", "ヶ月", "カ月", "個", "件", "年", "月", "番", "名", "英", "以上", "以内", "~", " characters", " chars", " digits", " days", " times"}
	particles  = []string{"に", "を", "から", "まで", "より", "へ", "の", "と同", "も", "等", "など", "または", "及び", "および", "か"}
)

func words(s string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		out[w] = true
	}
	return out
}

// secretive: v is a password as far as one can tell. Behind a sign any single
// word will do; without one it needs a digit, a sign or a capital inside.
func secretive(v, behind string, sure bool) bool {
	if len(v) < 3 || len(v) > 64 || placeholder(v) || strings.Contains(v, "://") || strings.HasPrefix(v, "www.") {
		return false
	}
	for _, c := range countWords {
		if strings.HasPrefix(behind, c) && (len(v) <= 4 || !strongLook(v)) {
			return false
		}
	}
	if noValue[strings.ToLower(strings.Trim(v, ".,:;!?"))] {
		return false
	}
	if strongLook(v) {
		return true
	}
	if !sure {
		return false
	}
	for _, p := range particles {
		if strings.HasPrefix(behind, p) {
			return false
		}
	}
	return !sentence(behind)
}

// strongLook: a digit, a sign within, or a capital behind the first letter.
func strongLook(v string) bool {
	for i := range len(v) {
		switch c := v[i]; {
		case c >= '0' && c <= '9', strings.IndexByte("!#$%&*+=?@^_|~\\", c) >= 0 && i > 0, c == '-' && i > 0 && i < len(v)-1 && hasUpperOrDigit(v), c >= 'A' && c <= 'Z' && i > 0 && hasLower(v):
			return true
		}
	}
	return false
}

func hasLower(s string) bool { return strings.ToUpper(s) != s }

func hasUpperOrDigit(s string) bool {
	return strings.ToLower(s) != s || strings.ContainsAny(s, "0123456789")
}

// sentence: words go on behind the value, as in "password: ask your manager".
func sentence(behind string) bool {
	f := strings.Fields(behind)
	if len(f) == 0 || !strings.HasPrefix(behind, " ") && !strings.HasPrefix(behind, ",") {
		return false
	}
	n := 0
	for _, w := range f {
		if w[0] >= 'a' && w[0] <= 'z' {
			n++
		}
	}
	return n >= 2
}

// placeholder: stars, dots, and words in brackets stand in a secret's place.
func placeholder(v string) bool {
	if strings.Trim(v, "*xX.-_?#●○■•") == "" || strings.Trim(v, v[:1]) == "" && (v[0] < '0' || v[0] > '9') {
		return true
	}
	l := strings.ToLower(v)
	for _, w := range []string{"xxxx", "****", "your", "<pass", "[pass", "{pass", "${", "{{", "password>", "%s", "....", "○○"} {
		if strings.Contains(l, w) {
			return true
		}
	}
	return l[0] == '<' || l[0] == '[' || l[0] == '{' || strings.ContainsAny(v, programSigns) && programText.MatchString(v)
}

// programSigns: one of them is in every text that programText matches.
const programSigns = "([$%.>"

// programText reads a value from elsewhere: os.Getenv("DB_PASSWORD"), f(x),
// cfg.Pass, $DB_PASSWORD, %PASS%, process.env.PASS.
var programText = regexp.MustCompile(`^(?:[A-Za-z_]+(?:(?:\.|::|->)[A-Za-z_]+)*(?:[(\[]["')].*|\([A-Za-z_.]*\);?)|\$[A-Z_]{3,}|%[A-Z_]{3,}%|` +
	`[A-Za-z_]+(?:(?:\.|::|->)[A-Za-z_]+)+[(\[]|` +
	`(?:cfg|config|conf|settings|env|process|os|self|this|app|options|opts|args|params|request|req)(?:(?:\.|->)[A-Za-z_]+)+;?)$`)
