package personal

import (
	"regexp"
	"strings"
)

const prefectures = `北海道|青森県|岩手県|宮城県|秋田県|山形県|福島県|茨城県|栃木県|群馬県|埼玉県|千葉県|東京都|神奈川県|新潟県|富山県|石川県|福井県|山梨県|長野県|岐阜県|静岡県|愛知県|三重県|滋賀県|京都府|大阪府|兵庫県|奈良県|和歌山県|鳥取県|島根県|岡山県|広島県|山口県|徳島県|香川県|愛媛県|高知県|福岡県|佐賀県|長崎県|熊本県|大分県|宮崎県|鹿児島県|沖縄県`

var (
	// jpAddress: prefecture, town and block; or a town of some kind and a block
	// in one of the usual forms; or a postal code before it.
	jpAddress = regexp.MustCompile(`(?:` + prefectures + `) ?[^\s\d,、，]{1,24}? ?[^\s\d,、，]{0,16}?[\d一二三四五六七八九十]+(?:丁目|番地?|号|[-の]|$|[^\d年月日人名件円%時])[-\d丁目番地号の ]{0,16}` +
		`|[\p{Han}\p{Hiragana}\p{Katakana}ヶケ]{1,8}?[市区郡町村][\p{Han}\p{Hiragana}\p{Katakana}ヶケ]{0,16}?(?:\d+|[一二三四五六七八九十]+)(?:丁目 ?\d*|番地?|-\d)[-\d丁目番地号の]{0,16}`)
	// zipCode is Japan's postal code with its sign.
	zipCode = regexp.MustCompile(`〒 ?\d{3}-?\d{4}`)
	// streets: a number and a street, or a city with state and zip code.
	street = regexp.MustCompile(`\b\d{1,5}[A-Za-z]? (?:[NSEW]\.? )?(?:[A-Z][A-Za-z'.]+ ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Circle|Cir|Place|Pl|Way|Terrace|Close|Crescent|Gardens|Grove|Row|Hill|Mews|Parkway|Pkwy|Trail|Square|Highway|Hwy)\b\.?` +
		`|\b[A-Z][A-Za-z. ]{2,24}, ?(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?\b` +
		`|\b[A-Z][a-zäöüß]+(?:straße|strasse|str\.|weg|allee|platz|gasse) \d{1,4}[a-z]?\b` +
		`|\b\d{1,4},? (?:rue|avenue|boulevard|place|chemin|allée) [A-Za-zéèêàç' -]{3,30}`)
)

// addresses finds postal addresses in a line.
func addresses(line string) []span {
	var out []span
	if townSigns.In(line) && townBlocks.In(line) {
		for _, loc := range jpAddress.FindAllStringIndex(line, 64) {
			out = append(out, span{addressKey(line[loc[0]:loc[1]]), loc[0], loc[1]})
		}
	}
	if out == nil && strings.Contains(line, "〒") {
		if loc := zipCode.FindStringIndex(line); loc != nil {
			out = append(out, span{digitsOf(line[loc[0]:loc[1]]), loc[0], loc[1]})
		}
	}
	if out == nil && hasDigits(line, 1) && spaced(line) && mayBeStreet(line) {
		for _, loc := range street.FindAllStringIndex(line, 16) {
			out = append(out, span{strings.ToLower(line[loc[0]:loc[1]]), loc[0], loc[1]})
		}
	}
	return out
}

// spaced: a blank behind a digit or an ASCII capital, without which no street
// is written.
func spaced(line string) bool {
	for i := 1; i < len(line); i++ {
		if line[i] == ' ' && (line[i-1] >= '0' && line[i-1] <= '9' || line[i-1] == ',' || line[i-1] == '.' || line[i-1] >= 'a' && line[i-1] <= 'z') {
			return true
		}
	}
	return false
}

func addressKey(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), " ", "")
}
