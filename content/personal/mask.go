package personal

import (
	"strings"
	"unicode/utf8"
)

// Mask hides a datum so that its owner may recognise it and nobody can use it:
// "0901******8". Of short ones the first characters are shown, at most a third.
func Mask(s string) string {
	s = strings.TrimSpace(s)
	if local, domain, ok := strings.Cut(s, "@"); ok && local != "" {
		first, _ := utf8.DecodeRuneInString(local)
		return string(first) + "***@" + maskMiddle(domain)
	}
	return maskMiddle(s)
}

func maskMiddle(s string) string {
	var runes []rune
	for _, r := range s {
		if r != ' ' && r != '-' && r != '.' {
			runes = append(runes, r)
		}
	}
	head, tail := len(runes)/3, 0
	if len(runes) >= 10 {
		head, tail = 4, 1
	} else if len(runes) > 1 {
		head = max(1, min(3, head))
	}
	hidden := len(runes) - head - tail
	if hidden > 12 {
		hidden = 12
	}
	if len(runes) == 0 {
		return ""
	}
	return string(runes[:head]) + strings.Repeat("*", max(hidden, 1)) + string(runes[len(runes)-tail:])
}
