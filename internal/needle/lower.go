package needle

import "strings"

// Lower gives what strings.ToLower does. Most texts are ASCII, or Japanese
// without capitals, and cost a look only.
func Lower(s string) string {
	capitals := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			capitals = true
		case c < 0x80:
		case caseless(s, i):
			i += 2
		default:
			return strings.ToLower(s)
		}
	}
	if !capitals {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	start := 0
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b.WriteString(s[start:i])
			b.WriteByte(c + 'a' - 'A')
			start = i + 1
		}
	}
	b.WriteString(s[start:])
	return b.String()
}

// caseless: a character of U+3000 to U+9FFF stands at i: kana, Chinese
// characters and their signs, none of which has small letters.
func caseless(s string, i int) bool {
	return s[i] >= 0xE3 && s[i] <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80
}
