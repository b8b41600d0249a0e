package secret

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"maillint/internal/needle"
)

// How many lines around a password what it belongs to may stand.
const linesBefore, linesBehind = 5, 3

// LogIns finds names, numbers and addresses with their passwords in a text.
// Lines that quote are passed over where quoted is false: their writer knows
// them.
func LogIns(text string, quoted bool) []Secret {
	out := userInLink(text)
	if !labelWords.In(text) {
		return out
	}
	lines := linesOf(text, quoted)
	for i := range lines {
		if len(out) >= mostSecrets {
			break
		}
		if !labelWords.In(lines[i].text) {
			continue
		}
		if s, ok := logInAt(lines, i); ok {
			out = append(out, s)
		}
	}
	return out
}

type line struct {
	text   string
	number int
}

// linesOf are the lines that are not blank, without decoration.
func linesOf(text string, quoted bool) []line {
	var out []line
	n := 0
	for l := range strings.Lines(text) {
		n++
		l = strings.TrimSpace(l)
		if !plain(l) {
			if quoted {
				l = strings.TrimLeft(l, "> ")
			} else if strings.HasPrefix(l, ">") {
				continue
			}
			l = strings.TrimSpace(strings.Trim(l, decoration))
		}
		if l == "" {
			continue
		}
		out = append(out, line{l[:min(len(l), 600)], n})
	}
	return out
}

const decoration = "■◆●・※*|-=─━+○□▼▽"

// plain: a line begins and ends with an ASCII letter or a digit, or ends as a
// sentence does: nothing is to be taken off.
func plain(l string) bool {
	if l == "" || !alnum(l[0]) {
		return false
	}
	end := l[len(l)-1]
	return alnum(end) || end == '.' || end == ',' || end == ':'
}

// both: "ID/PW: user / pass".
var both = regexp.MustCompile(`(?i)(?:\bid|ユーザー(?:id|名)?|\buser ?(?:name)?|\blogin|アカウント|\baccount) ?(?:/|・|&|＆|,|と|、|and|\+) ?(?:パスワード|pass ?word|pass|pw|pwd)s?[^A-Za-z0-9\n]{1,6}([!-~]{2,40}?) ?(?:/|,|、|・| |　|:) ?([!-~]{4,40})`)

func bothOn(text string) []string {
	if !hasRun(text, 4) || !withLabel(text) {
		return nil
	}
	return both.FindStringSubmatch(text)
}

// logInAt judges the password, if any, on a line.
func logInAt(lines []line, i int) (Secret, bool) {
	text := lines[i].text
	if m := bothOn(text); m != nil {
		if v := trimValue(m[2]); secretive(v, "", true) && len(m[1]) >= 2 && !step.MatchString(" "+m[1]+" ") && (strongLook(v) || strongLook(m[1])) && !noValue[strings.ToLower(m[1])] && !startWord.MatchString(text) {
			return Secret{LogIn, "ID with password", mask(v), lines[i].number}, true
		}
	}
	for _, loc := range passwordLabels(text) {
		v, at, ok := passwordBehind(lines, i, loc)
		if !ok || quiet(lines, i, loc) {
			continue
		}
		if id, ok := idBeside(lines, i, loc[0], at); ok && !strings.EqualFold(id, v) && !meeting(lines, i, id) {
			return Secret{LogIn, "ID with password", mask(v), lines[at].number}, true
		}
	}
	return Secret{}, false
}

// passwordBehind reads the password behind a label: on the line, or on the
// next one where the label ends the line or announces it.
func passwordBehind(lines []line, i int, loc []int) (v string, at int, ok bool) {
	text := lines[i].text
	rest := text[loc[1]:]
	if strings.HasPrefix(rest, "付") || strings.HasPrefix(rest, "付き") {
		return "", i, false
	}
	v, behind, sure := value(rest)
	word := strings.ToLower(text[loc[0]:loc[1]])
	if m := somethingIn(rest); m != nil {
		v, behind, _ = value(rest[m[1]:])
		sure = strings.ContainsAny(rest[:m[1]], ":=")
	}
	if word == "パス" && loc[0] > 0 && katakanaBefore(text[:loc[0]]) {
		return "", i, false
	}
	if (word == "pass" || word == "パス" || word == "暗証") && !sure {
		return "", i, false
	}
	if v != "" && secretive(v, behind, sure) {
		return v, i, true
	}
	if q := quotedValue(rest); q != "" && secretive(q, "", true) {
		return q, i, true
	}
	if v != "" && !announces(rest) || i+1 >= len(lines) || len(strings.Trim(rest, " :=】])>はです。.、")) > 0 && !announces(rest) {
		return "", i, false
	}
	for k := i + 1; k < len(lines) && k <= i+2; k++ {
		t := strings.Trim(lines[k].text, `"'「」『』【】 `)
		if n := asciiRun(t); n == len(t) && !(idWords.In(t) && idLabel.MatchString(t)) && secretive(t, "", true) && (strongLook(t) || len(t) >= 6 && loc[0] < 16) && !strings.HasSuffix(t, ":") {
			return t, k, true
		}
	}
	return "", i, false
}

// ofSomething: "password of the archive is", "password is:".
var ofSomething = regexp.MustCompile(`^(?: (?:of|for|to|on|in)\b[^.:=\n]{0,60}?)?(?: is:? | was |: | = )`)

func somethingIn(rest string) []int {
	if !strings.HasPrefix(rest, " ") && !strings.HasPrefix(rest, ": ") {
		return nil
	}
	return ofSomething.FindStringIndex(rest)
}

// quotedValue is what stands in Japanese quotes close behind a label.
func quotedValue(rest string) string {
	open := strings.Index(rest, "「")
	if open < 0 || open > 60 {
		return ""
	}
	q := rest[open+len("「"):]
	if end := strings.Index(q, "」"); end > 0 && asciiRun(q[:end]) == end {
		return q[:end]
	}
	return ""
}

func katakanaBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.Is(unicode.Katakana, r) || r == 'ー'
}

var announcing = needle.NewFolded([]string{"下記", "以下", "次の", "こちら", "below", "as follows", "following"})

func announces(rest string) bool { return announcing.In(rest) }

// idBeside looks for what the password belongs to, on its line before it, on
// the lines before, or right behind.
func idBeside(lines []line, i, before, at int) (string, bool) {
	if id, ok := lastID(lines[i].text[:before], true); ok {
		return id, true
	}
	for k := i - 1; k >= 0 && k >= i-linesBefore; k-- {
		if id, ok := idOn(lines, k); ok {
			return id, true
		}
	}
	for k := i; k < len(lines) && k <= at+linesBehind; k++ {
		text := lines[k].text
		if k == i {
			text = text[before:]
			if at == i {
				text = afterFirst(text)
			}
		}
		if passwordLabel.MatchString(text) && k > at {
			return "", false
		}
		if id, ok := lastID(text, false); ok {
			return id, true
		}
	}
	return "", false
}

// afterFirst is a line behind its first word, the label of the password.
func afterFirst(s string) string {
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[i:]
	}
	return ""
}

// idOn reads an ID on a line, or below its label.
func idOn(lines []line, k int) (string, bool) {
	text := lines[k].text
	if id, ok := lastID(text, false); ok {
		return id, true
	}
	loc := idLabel.FindStringIndex(text)
	if loc != nil && strings.Trim(text[loc[1]:], " :】]はです。") == "" && len(text) < 60 && k+1 < len(lines) {
		if t := lines[k+1].text; asciiRun(t) == len(t) && len(t) >= 2 && len(t) <= 64 && !passwordLabel.MatchString(t) {
			return t, true
		}
	}
	return "", false
}

// lastID reads the ID behind the last label of a text. lax: a password follows
// on the same line, so that a bare word will do.
func lastID(text string, lax bool) (string, bool) {
	all := idLabel.FindAllStringIndex(text, 8)
	for n := len(all) - 1; n >= 0; n-- {
		rest := text[all[n][1]:]
		v, behind, sure := value(rest)
		if all[n][0] == 0 && strings.TrimSpace(behind) == "" && len(text) < 60 {
			sure = true // a line of a label and a word
		}
		if f, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), "is "); ok {
			v, _, _ = value(f)
			sure = strongLook(v) || strings.Contains(v, "@")
		}
		if len(v) >= 2 && len(v) <= 64 && (sure || lax || strongLook(v)) && !placeholder(v) && !noValue[strings.ToLower(v)] && !strings.Contains(v, "://") && !passwordLabel.MatchString(v) {
			return v, true
		}
	}
	return "", false
}

// quiet: passwords of a start, for one time, or of a meeting.
func quiet(lines []line, i int, loc []int) bool {
	text := lines[i].text
	label := strings.ToLower(text[loc[0]:loc[1]])
	before := text[max(0, loc[0]-30):loc[0]]
	if label == "パスコード" || label == "passcode" || meetingWord.MatchString(before) || startWord.MatchString(before) || strings.HasSuffix(before, "仮") {
		return true
	}
	if i > 0 && startWord.MatchString(lines[i-1].text) && len(lines[i-1].text) < 200 {
		return true
	}
	for k := i; k < len(lines) && k <= i+3; k++ {
		if startLater.MatchString(lines[k].text) {
			return true
		}
	}
	return false
}

// meeting: an ID that is a meeting's.
func meeting(lines []line, i int, id string) bool {
	digits := strings.Trim(id, "0123456789- ") == ""
	for k := max(0, i-linesBefore-2); k < len(lines) && k <= i+linesBehind; k++ {
		t := lines[k].text
		if meetingLink.MatchString(t) && digits {
			return true
		}
		if at := strings.Index(t, id); at >= 0 && meetingWord.MatchString(t[:at]) {
			return true
		}
	}
	return false
}

// userInLink finds a name and password before the host of an address
// (RFC 3986, 3.2.1).
var linkUser = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]{1,20}://([^\s/:@<>"']{1,64}):([^\s/@<>"']{3,64})@[A-Za-z0-9.-]+`)

func userInLink(text string) []Secret {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return nil
	}
	var out []Secret
	for _, loc := range linkUser.FindAllStringSubmatchIndex(text, mostSecrets) {
		user, pass := text[loc[2]:loc[3]], text[loc[4]:loc[5]]
		if placeholder(pass) || noValue[strings.ToLower(pass)] || strings.EqualFold(pass, "pass") || strings.EqualFold(pass, user) {
			continue
		}
		out = append(out, Secret{LogIn, "name and password in a link", mask(pass), lineAt(text, loc[0])})
	}
	return out
}

// Sheet finds columns of IDs and passwords in a table. Line is the row.
func Sheet(rows [][]string) []Secret {
	for i, row := range rows[:min(len(rows), 25)] {
		id, pass := -1, -1
		for k, cell := range row {
			if len(cell) > 60 {
				continue
			}
			switch {
			case labelWords.In(cell) && passwordLabel.MatchString(cell) && !startWord.MatchString(cell):
				pass = k
			case idWords.In(cell) && idLabel.MatchString(cell):
				id = k
			}
		}
		if id < 0 || pass < 0 {
			continue
		}
		return sheetRows(rows[i+1:], i+2, id, pass)
	}
	return nil
}

func sheetRows(rows [][]string, first, id, pass int) []Secret {
	var out []Secret
	for i, row := range rows {
		if len(out) >= mostSecrets {
			break
		}
		if max(id, pass) >= len(row) {
			continue
		}
		v := strings.TrimSpace(row[pass])
		if strings.TrimSpace(row[id]) != "" && asciiRun(v) == len(v) && secretive(v, "", true) {
			out = append(out, Secret{LogIn, "ID with password", mask(v), first + i})
		}
	}
	return out
}
