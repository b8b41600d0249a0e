package personal

import (
	"regexp"
	"strings"
)

var (
	// Japanese numbers: 0A0-NNNN-NNNN, and 0 with area code, ten digits in all
	// (Ministry of Internal Affairs and Communications, numbering plan).
	jpPhone = regexp.MustCompile(`^(?:\+81[-. ]?\(?0?\)?[-. ]?|\(?0)\d{1,4}\)?[-. ]?\(?\d{1,4}\)?[-. ]?\d{3,4}`)
	// North American numbers (NANP): the exchange starts with 2 to 9.
	usPhone = regexp.MustCompile(`^(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. /])[2-9]\d{2}[-. ]\d{4}`)
	// E.164 with its plus.
	intPhone = regexp.MustCompile(`^\+[1-9]\d{0,2}[-. ]?(?:\(0?\d{1,4}\)[-. ]?)?\d(?:[-. ]?\d){5,12}`)
	// British and other national numbers with a leading 0 and blanks.
	natPhone = regexp.MustCompile(`^\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}`)
)

// phone is a telephone number in the form that is compared.
type phone struct {
	key        string // digits, national form in Japan, with + elsewhere
	mobile     bool
	start, end int
}

func (p phone) kind() Kind {
	if p.mobile {
		return Mobile
	}
	return Phone
}

// phones finds telephone numbers in a line. Numbers of a fax, free numbers and
// numbers within longer ones are none.
func phones(line string) []phone {
	if !hasDigits(line, 7) {
		return nil
	}
	var out []phone
	taken := 0
	for i := 0; i < len(line); i++ {
		c := line[i]
		if i < taken || c != '0' && c != '+' && c != '(' && (c < '1' || c > '9') || i > 0 && inNumber(line[i-1]) {
			continue
		}
		if p, ok := phoneAt(line, i); ok {
			taken = p.end
			if p.key != "" {
				out = append(out, p)
			}
		} else {
			i += digitRun(line[i:]) // no number starts within another
		}
	}
	return out
}

// digitRun is how many digits more follow the first octet.
func digitRun(s string) int {
	n := 0
	for n+1 < len(s) && s[n] >= '0' && s[n] <= '9' && s[n+1] >= '0' && s[n+1] <= '9' {
		n++
	}
	return n
}

// inNumber: what stands before a number would make it part of a longer one.
func inNumber(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '/' || c == '.' || c == '#' || c == '='
}

func hasDigits(s string, n int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// phoneForms are the ways in which numbers are written, and a cheap look at each
// that rules out what the pattern does not match.
var phoneForms = []struct {
	may  func(string) bool
	re   *regexp.Regexp
	read func(string) (string, bool)
}{
	{mayBeJapanese, jpPhone, japanesePhone},
	{mayBeAmerican, usPhone, americanPhone},
	{mayBeInternational, intPhone, internationalPhone},
	{mayBeNational, natPhone, nationalPhone},
}

func mayBeJapanese(s string) bool {
	return strings.HasPrefix(s, "+81") || mayBeNational(s)
}

// mayBeNational: a zero and a digit, perhaps behind a parenthesis.
func mayBeNational(s string) bool {
	s = strings.TrimPrefix(s, "(")
	return len(s) > 1 && s[0] == '0' && digit(s[1])
}

// mayBeAmerican: three digits of an area, perhaps behind the country's.
func mayBeAmerican(s string) bool {
	s = strings.TrimPrefix(s, "+")
	if strings.HasPrefix(s, "1") {
		s = afterGap(s[1:])
	}
	s = strings.TrimPrefix(s, "(")
	return len(s) > 2 && s[0] >= '2' && digit(s[0]) && digit(s[1]) && digit(s[2])
}

// mayBeInternational: a plus, and more than one digit or a parenthesis.
func mayBeInternational(s string) bool {
	if len(s) < 3 || s[0] != '+' || !digit(s[1]) {
		return false
	}
	s = afterGap(s[2:])
	return s != "" && (digit(s[0]) || s[0] == '(')
}

// afterGap is a text without the one character that may stand between the groups
// of a number.
func afterGap(s string) string {
	if s != "" && strings.IndexByte("-. ", s[0]) >= 0 {
		return s[1:]
	}
	return s
}

// phoneAt reads the number that starts at i. ok with an empty key is a number
// that belongs to nobody (fax, free call).
func phoneAt(line string, i int) (phone, bool) {
	window := line[i:min(len(line), i+32)]
	if !hasDigits(window, 8) {
		return phone{}, false
	}
	for _, form := range phoneForms {
		if !form.may(window) {
			continue
		}
		loc := form.re.FindStringIndex(window)
		if loc == nil {
			continue
		}
		end := i + loc[1]
		if end < len(line) && (line[end] >= '0' && line[end] <= '9' || line[end] == '-' && end+1 < len(line) && line[end+1] >= '0' && line[end+1] <= '9') {
			continue
		}
		key, mobile := form.read(window[:loc[1]])
		if key == "" {
			continue
		}
		p := phone{key, mobile, i, end}
		if key == "free" || fax(line[:i]) {
			p.key = ""
		}
		return p, true
	}
	return phone{}, false
}

func fax(before string) bool {
	t := strings.ToLower(strings.TrimRight(before, " :.()#-"))
	return strings.HasSuffix(t, "fax") || strings.HasSuffix(t, "ファックス") || strings.HasSuffix(t, "ファクス") || t == "f" || strings.HasSuffix(t, " f")
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// japanesePhone takes numbers with signs between their groups, and mobile ones
// without.
func japanesePhone(s string) (key string, mobile bool) {
	d := digitsOf(s)
	if strings.HasPrefix(s, "+81") {
		d = "0" + strings.TrimPrefix(d[2:], "0")
	}
	grouped := strings.ContainsAny(strings.Trim(s, "("), "-. )")
	switch {
	case strings.HasPrefix(d, "00"):
		return "", false
	case len(d) == 11 && d[2] == '0' && (d[1] == '9' || d[1] == '8' || d[1] == '7'):
		return d, true
	case len(d) == 11 && strings.HasPrefix(d, "050") && grouped:
		return d, false
	case strings.HasPrefix(d, "0120") && len(d) == 10 || strings.HasPrefix(d, "0800") && len(d) == 11 || strings.HasPrefix(d, "0570") && len(d) == 10:
		return "free", false
	case len(d) == 10 && (grouped || strings.HasPrefix(s, "+81")) && groups(s):
		return d, false
	}
	return "", false
}

// groups: three groups, the last of four digits.
func groups(s string) bool {
	f := strings.FieldsFunc(strings.TrimPrefix(s, "+81"), func(r rune) bool { return r < '0' || r > '9' })
	return strings.HasPrefix(s, "+81") || len(f) == 3 && len(f[2]) == 4
}

func americanPhone(s string) (key string, mobile bool) {
	d := strings.TrimPrefix(digitsOf(s), "1")
	switch d[:3] {
	case "800", "888", "877", "866", "855", "844", "833", "900":
		return "free", false
	}
	return "+1" + d, false
}

func internationalPhone(s string) (key string, mobile bool) {
	d := digitsOf(s)
	if len(d) < 8 || len(d) > 15 { // E.164, 6
		return "", false
	}
	for _, p := range []string{"447", "336", "337", "4915", "4916", "4917", "346", "347", "393", "316", "467", "479", "861", "8210", "614", "8869", "6591", "919", "918", "917"} {
		if strings.HasPrefix(d, p) {
			return "+" + d, true
		}
	}
	return "+" + d, false
}

func nationalPhone(s string) (key string, mobile bool) {
	d := digitsOf(s)
	if len(d) < 10 || len(d) > 11 || !strings.ContainsAny(s, " -") {
		return "", false
	}
	return d, strings.HasPrefix(d, "07") && len(d) == 11
}
