package personal

import (
	"strings"

	"maillint/internal/needle"
)

// Cheap looks that rule a line out before a pattern is tried on it. Each says
// yes to every line that the pattern matches; tests hold them against it.

// memberWords are in every line that memberWord matches. (?i) takes ſ for an s.
var memberWords = needle.NewFolded([]string{"学籍番号", "学生番号", "受験番号", "社員番号", "職員番号", "従業員番号", "会員番号", "患者番号", "患者id", "診察券番号", "顧客番号", "お客様番号", "被保険者番号",
	"student ", "employee ", "member ", "membership ", "patient ", "mrn", "ſ"})

// townSigns are in every line that jpAddress matches.
var townSigns = needle.New([]string{"市", "区", "郡", "町", "村", "都", "道", "府", "県"})

// townBlocks are in every line that jpAddress matches, too: a prefecture, or how a
// block is written.
var townBlocks = needle.New(append(strings.Split(prefectures, "|"), "丁目", "番", "-0", "-1", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"))

// streetWords stand in every line that the street pattern matches, but for a
// city with its state: those behind a number and a name, those before a number,
// those behind a number.
var streetWords = [3][]string{
	{" Street", " St", " Avenue", " Ave", " Road", " Rd", " Lane", " Ln", " Drive", " Dr", " Boulevard", " Blvd", " Court", " Ct", " Circle", " Cir", " Place", " Pl", " Way", " Terrace", " Close", " Crescent", " Gardens",
		" Grove", " Row", " Hill", " Mews", " Parkway", " Pkwy", " Trail", " Square", " Highway", " Hwy"},
	{"straße ", "strasse ", "str. ", "weg ", "allee ", "platz ", "gasse "},
	{" rue ", " avenue ", " boulevard ", " place ", " chemin ", " allée "},
}

var streets = needle.New(append(append(append([]string{}, streetWords[0]...), streetWords[1]...), streetWords[2]...))

// mayBeStreet looks for a word of a street with the end of a word, or a digit,
// where the pattern has them, and for a city's state and code.
func mayBeStreet(line string) bool {
	var buf [32]needle.Hit
	for _, h := range streets.Scan(line, buf[:0]) {
		at, n := int(h.At), int(h.Needle)
		if n < len(streetWords[0]) {
			if end := at + len(streetWords[0][n]); end == len(line) || !alnum(line[end]) && line[end] != '_' {
				return true
			}
			continue
		}
		if n -= len(streetWords[0]); n < len(streetWords[1]) {
			if end := at + len(streetWords[1][n]); end < len(line) && digit(line[end]) {
				return true
			}
			continue
		}
		if at > 0 && (digit(line[at-1]) || line[at-1] == ',') {
			return true
		}
	}
	return mayBeState(line)
}

// mayBeState: two capitals, a blank and five digits.
func mayBeState(line string) bool {
	for i := 5; i+2 < len(line); i++ {
		if line[i] != ' ' || !capitalByte(line[i-1]) || !capitalByte(line[i-2]) {
			continue
		}
		n := i + 1
		for n < len(line) && digit(line[n]) {
			n++
		}
		if n-i > 5 {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func capitalByte(c byte) bool { return c >= 'A' && c <= 'Z' }
