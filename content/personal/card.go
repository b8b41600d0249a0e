package personal

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
)

//go:embed data/card-ranges.txt
var cardFile string

//go:embed data/iban.txt
var ibanFile string

// cardRange is a range of first six digits and the lengths of its numbers.
type cardRange struct {
	from, to int
	lengths  []int
}

var cardRanges = readCardRanges(cardFile)

func readCardRanges(file string) []cardRange {
	var out []cardRange
	for line := range strings.Lines(file) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] == "#" {
			continue
		}
		from, to, _ := strings.Cut(f[1], "-")
		if to == "" {
			to = from
		}
		r := cardRange{from: six(from, "0"), to: six(to, "9")}
		for l := range strings.SplitSeq(f[2], ",") {
			n, _ := strconv.Atoi(l)
			r.lengths = append(r.lengths, n)
		}
		out = append(out, r)
	}
	return out
}

// six fills the front of a number up to six digits.
func six(s, fill string) int {
	n, _ := strconv.Atoi((s + strings.Repeat(fill, 6))[:6])
	return n
}

// card: within an issuer's range, of its length, and with the check digit.
func card(s string) bool {
	head := six(s, "0")
	for _, r := range cardRanges {
		if head < r.from || head > r.to {
			continue
		}
		for _, n := range r.lengths {
			if n == len(s) {
				return luhn(s)
			}
		}
	}
	return false
}

// cardGroups are how card numbers are cut into groups.
var cardGroups = map[string]bool{"16": true, "15": true, "14": true, "19": true, "18": true, "17": true, "4444": true, "465": true, "464": true, "44443": true, "4443": true}

// cardAt reads digits that stand as on a card: 16 in one, 4-4-4-4, 4-6-5.
func cardAt(s string) (key string, n int) {
	var buf [20]byte
	form, k, group, sep := make([]byte, 0, 8), 0, 0, byte(0)
	whole, wholeAt := 0, 0 // digits and octets of a number before the last group
	for n < len(s) && k < len(buf) {
		c := s[n]
		if c >= '0' && c <= '9' {
			buf[k] = c
			k++
			group++
			n++
			continue
		}
		if sep == 0 && group >= 14 { // in one; what follows is not of it
			break
		}
		if (c == ' ' || c == '-' || c == '.') && (sep == 0 || sep == c) && group > 0 && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9' {
			if form = strconv.AppendInt(form, int64(group), 10); len(form) > 5 {
				return "", 0
			}
			if whole = 0; cardGroups[string(form)] {
				whole, wholeAt = k, n
			}
			sep, group = c, 0
			n++
			continue
		}
		break
	}
	if whole >= 14 && group <= 3 { // what follows is an expiry date or a code
		return string(buf[:whole]), wholeAt
	}
	form = strconv.AppendInt(form, int64(group), 10)
	if k < 14 || k == len(buf) || !cardGroups[string(form)] || n < len(s) && (alnum(s[n]) || s[n] == '_') {
		return "", 0
	}
	return string(buf[:k]), n
}

// expiry is month and year beside a card's number.
var expiry = regexp.MustCompile(`(?:^|[^\d/])(?:0[1-9]|1[0-2]) ?[/／-] ?(?:20)?[2-4]\d(?:$|[^\d/])`)

// ibanLengths is how long each country's numbers are.
var ibanLengths = readIBAN(ibanFile)

func readIBAN(file string) map[string]int {
	out := map[string]int{}
	for line := range strings.Lines(file) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for f := range strings.FieldsSeq(line) {
			out[f[:2]], _ = strconv.Atoi(f[2:])
		}
	}
	return out
}

// ibanAt reads an IBAN in one or in groups of four.
func ibanAt(s string) (key string, n int) {
	if len(s) < 15 || s[2] < '0' || s[2] > '9' || s[3] < '0' || s[3] > '9' {
		return "", 0
	}
	want := ibanLengths[s[:2]]
	if want == 0 {
		return "", 0
	}
	buf := make([]byte, 0, 34)
	for n < len(s) && len(buf) < want {
		switch c := s[n]; {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
			buf = append(buf, c)
		case c == ' ' && len(buf)%4 == 0:
		default:
			return "", 0
		}
		n++
	}
	if len(buf) < want || n < len(s) && alnum(s[n]) {
		return "", 0
	}
	return string(buf), n
}

func iban(s string) bool { return mod97(s[4:]+s[:4]) == 1 }
