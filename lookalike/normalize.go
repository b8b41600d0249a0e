package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// maxName is the longest domain that is looked at (RFC 1035, 2.3.4).
const maxName = 253

// clean brings a domain into the form that is compared: lower-case, without a
// trailing dot, in Unicode, NFKC (which turns full-width into ASCII). The form
// says whether characters had to be mended that no reader would see or accept.
func clean(domain string) (name string, mended bool) {
	if plain(domain) {
		return domain, false
	}
	name = strings.ToLower(strings.Trim(domain, " \t\r\n"))
	name = strings.TrimSuffix(name, ".")
	if bare := strings.Map(blank, strings.TrimRight(name, ".")); bare != name {
		name, mended = bare, true
	}
	if !ascii(name) {
		folded := strings.ToLower(norm.NFKC.String(strings.Map(visible, name)))
		folded = strings.NewReplacer("。", ".", "｡", ".").Replace(folded)
		name, mended = folded, mended || folded != norm.NFC.String(name)
	}
	if bare := strings.TrimFunc(name, stray); bare != name {
		name, mended = bare, true
	}
	if strings.ContainsAny(name, ",;") {
		name, mended = strings.NewReplacer(",", ".", ";", ".").Replace(name), true
	}
	if strings.Contains(name, "xn--") {
		name = decode(name)
	}
	return name, mended
}

// plain reports the common case: nothing to clean, so nothing is allocated.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !letterOrDigit(c) && c != '.' && c != '-' {
			return false
		}
	}
	n := len(s)
	return n > 0 && s[n-1] != '.' && !strings.Contains(s, "xn--")
}

// decode turns A-labels into U-labels; a label that cannot be read stays.
func decode(name string) string {
	labels := strings.Split(name, ".")
	for i, l := range labels {
		if u, err := idna.Punycode.ToUnicode(l); err == nil {
			labels[i] = strings.ToLower(norm.NFKC.String(u))
		}
	}
	return strings.Join(labels, ".")
}

// visible drops what no reader sees: zero-width characters, soft hyphens,
// direction marks, variation selectors.
func visible(r rune) rune {
	if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Cc) || r == '\u034f' {
		return -1
	}
	return r
}

// blank drops white space, which a domain cannot hold and a form may let in.
func blank(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

// stray reports ASCII punctuation around a domain that came along by accident:
// "gmail.com>", "gmail.com'".
func stray(r rune) bool {
	return r > ' ' && r < unicode.MaxASCII && !letterOrDigit(byte(r)) &&
		r != '.' && r != '-' && r != '_' && r != '[' && r != ']' && r != ':'
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || digit(c)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// reservedNames are set aside by RFC 2606, 6761, 6762, 8375 and 9476, and by
// ICANN (internal), or are what private networks call themselves. Nobody
// registers them, so nothing under them is a slip.
var reservedNames = map[string]bool{
	"example": true, "test": true, "invalid": true, "localhost": true,
	"local": true, "lan": true, "internal": true, "intranet": true,
	"localdomain": true, "home": true, "corp": true, "private": true,
	"arpa": true, "onion": true, "alt": true, "mail": true,
}

// reserved reports domains that are never a slip: reserved names, the example
// domains, and address literals (RFC 5321, 4.1.3).
func reserved(name string) bool {
	if strings.ContainsAny(name, "[]:/@ ") || address(name) {
		return true
	}
	parent, last := name, name
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		last = name[i+1:]
		parent = name[strings.LastIndexByte(name[:i], '.')+1:]
	}
	switch parent {
	case "example.com", "example.net", "example.org", "example.edu":
		return true
	}
	return reservedNames[last] || exampleJP(name)
}

// exampleJP reports JPRS's reserved names: example.jp, example1.co.jp and so on.
func exampleJP(name string) bool {
	i := strings.LastIndex(name, "example")
	if i < 0 || !strings.HasSuffix(name, ".jp") || i > 0 && name[i-1] != '.' {
		return false
	}
	return strings.TrimLeft(name[i+len("example"):], "0123456789")[0] == '.'
}

// address reports a bare IPv4 address.
func address(name string) bool {
	for i := 0; i < len(name); i++ {
		if !digit(name[i]) && name[i] != '.' {
			return false
		}
	}
	return true
}
