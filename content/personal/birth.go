package personal

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	dateForm = regexp.MustCompile(`^(?:(\d{4})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})日?` + // 1985-04-17, 1985年4月17日
		`|(昭和|平成|令和|大正|明治|[SHRTMshrtm])\.? ?(元|\d{1,2})[-/.年] ?(\d{1,2})[-/.月] ?(\d{1,2})日?` + // 昭和60年4月17日, S60.4.17
		`|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})` + // 17/04/1985
		`|(\d{1,2})(?:st|nd|rd|th)? (?:of )?([A-Za-z]{3,9})\.?,? (\d{4})` + // 17 April 1985
		`|([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})` + // April 17, 1985
		`|(\d{4})(\d{2})(\d{2}))`) // 19850417

	// birthWord: without one a date is any date.
	birthWord = regexp.MustCompile(`(?i)生年月日|誕生日|生まれ|\d日? ?生(?:[^産活成徒命]|$)|生年|\bdobs?\b|\bd\.o\.b|date of birth|birth ?da(?:te|y)|\bborn\b|geburtsdatum|date de naissance|fecha de nacimiento|出生日期|생년월일`)
)

// years of the eras' first year, less one.
var eras = map[string]int{"昭和": 1925, "平成": 1988, "令和": 2018, "大正": 1911, "明治": 1867, "s": 1925, "h": 1988, "r": 2018, "t": 1911, "m": 1867}

// span is a stretch of a line, with what is compared.
type span struct {
	key        string
	start, end int
}

// birthHint rules most lines out.
func birthHint(lower string) bool {
	for _, w := range []string{"生", "birth", "born", "dob", "d.o.b", "geburt", "naissance", "nacimiento", "생년"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// births finds birth dates: dates with a word for it beside them, or below one
// (above is the line before).
func births(line, lower, above string) []span {
	if !hasDigits(line, 2) || !birthHint(lower) && (above == "" || !birthHint(above)) {
		return nil
	}
	words := birthWord.FindAllStringIndex(line, 32)
	below := false
	if words == nil {
		if below = above != "" && len(above) < 60 && birthWord.MatchString(above); !below {
			return nil
		}
	}
	var out []span
	for i := 0; i < len(line) && len(out) < 64; i++ {
		if !dateStart(line, i) || !below && !besideAny(words, i, i, birthReach+16) {
			continue
		}
		window := line[i:min(len(line), i+48)]
		loc := dateForm.FindStringSubmatchIndex(window)
		if loc == nil {
			continue
		}
		key, ok := dateKey(window, loc)
		if ok && (below || besideAny(words, i, i+loc[1], birthReach)) {
			out = append(out, span{key, i, i + loc[1]})
			i += loc[1] - 1
		}
	}
	return out
}

// How far from a birth date its word may stand, in octets.
const birthReach = 24

// dateStart: a date may start here.
func dateStart(line string, i int) bool {
	switch c := line[i]; {
	case c >= '0' && c <= '9':
		return i == 0 || line[i-1] < '0' || line[i-1] > '9'
	case asciiLetter(c):
		return i == 0 || !asciiLetter(line[i-1])
	case c >= 0xE4 && c <= 0xE6:
		return i+6 <= len(line) && eras[line[i:i+6]] > 0 // two characters
	}
	return false
}

// besideAny: one of the places lies within so many octets before or behind.
func besideAny(places [][]int, start, end, reach int) bool {
	for _, p := range places {
		if p[0] <= end+reach && p[1] >= start-reach {
			return true
		}
	}
	return false
}

// dateKey gives the date that a match of dateForm stands for, year first.
func dateKey(s string, loc []int) (string, bool) {
	group := func(i int) string {
		if loc[2*i] < 0 {
			return ""
		}
		return s[loc[2*i]:loc[2*i+1]]
	}
	number := func(i int) int { n, _ := strconv.Atoi(group(i)); return n }
	switch {
	case group(1) != "":
		return date(number(1), number(2), number(3))
	case group(4) != "":
		year := max(number(5), 1)
		return date(eras[strings.ToLower(group(4))]+year, number(6), number(7))
	case group(8) != "":
		if number(8) > 12 {
			return date(century(number(10)), number(9), number(8))
		}
		return date(century(number(10)), number(8), max(1, min(31, number(9))))
	case group(11) != "":
		return date(number(13), monthNumber(group(12)), number(11))
	case group(14) != "":
		return date(number(16), monthNumber(group(14)), number(15))
	}
	return date(number(17), number(18), number(19))
}

func century(year int) int {
	switch {
	case year >= 100:
		return year
	case year < 30:
		return 2000 + year
	}
	return 1900 + year
}

// date is only one on which somebody alive may be born.
func date(y, m, d int) (string, bool) {
	if y < 1900 || y > 2099 || m < 1 || m > 31 || d < 1 || d > 31 || m > 12 && d > 12 {
		return "", false
	}
	return strconv.Itoa(y*10000 + m*100 + d), true
}

const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	i := strings.Index(monthNames, strings.ToLower(s[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return i/3 + 1
}

// wholeDate reads a cell that is a date and nothing more but a time of day.
func wholeDate(s string) (string, bool) {
	loc := dateForm.FindStringSubmatchIndex(s)
	if loc == nil || len(s)-loc[1] > 14 {
		return "", false
	}
	return dateKey(s, loc)
}
