package content

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"maillint/message"
)

// Link is a link of an HTML text, or an address that a program makes a link of.
type Link struct {
	Text   string // what is shown, white space folded
	Target string // where it leads, as written
	Quoted bool   // it stands in quoted text
}

// URL is an address of the web, as a browser takes it apart (WHATWG URL
// Standard, 4.4): blanks and control characters are dropped, backslashes are
// slashes, any number of them may follow the scheme.
type URL struct {
	Scheme string // lower case
	User   string // what stands before the host: user[:password]
	Host   string // in lower-case A-labels, without a port
	Rest   string // path, query and fragment, as written
}

// ParseURL reads an absolute address of a web or file server. ok is false for
// everything else: relative addresses, mailto:, javascript:, a host that is none.
func ParseURL(s string) (u URL, ok bool) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	scheme, rest, found := strings.Cut(s, ":")
	u.Scheme = strings.ToLower(scheme)
	switch {
	case strings.HasPrefix(s, "//"):
		u.Scheme, rest = "https", s
	case !found || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "ftp":
		return URL{}, false
	}
	rest = strings.TrimLeft(rest, "/\\")
	end := strings.IndexAny(rest, "/\\?#")
	if end < 0 {
		end = len(rest)
	}
	authority := rest[:end]
	u.Rest = strings.ReplaceAll(rest[end:], "\\", "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.User, authority = authority[:i], authority[i+1:]
	}
	u.Host, ok = hostName(authority)
	return u, ok
}

// hostName reads a host with or without a port.
func hostName(s string) (string, bool) {
	if strings.HasPrefix(s, "[") {
		inside, _, _ := strings.Cut(s[1:], "]")
		ip, err := netip.ParseAddr(inside)
		return ip.String(), err == nil
	}
	s, _, _ = strings.Cut(s, ":")
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	if s == "" || strings.ContainsAny(s, " <>\"'`{}|^@/\\") {
		return "", false
	}
	d, ok := message.Domain(s)
	return d, ok && !strings.ContainsAny(d, " <>@/") // letters that are written as a blank and a sign (U+02DD)
}

// Site is the registrable domain of a host, or the host itself where it has
// none: an address in numbers.
func Site(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	return message.Registrable(host)
}

// ShownHost is the host that a reader takes a link's text for; empty where the
// text is no address. In "https://bank.example@evil.example/" that is
// bank.example, though the link leads elsewhere.
func ShownHost(text string) string {
	text = strings.TrimFunc(visible(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>()[]{}\"'「」『』（）〈〉《》【】＜＞.,;:!?。、…→▶►»›■●◆・※*|", r)
	})
	if i := addressStart(text); i >= 0 {
		return readHost(text[i:addressEnd(text, i)])
	}
	if strings.ContainsFunc(text, unicode.IsSpace) || strings.Contains(text, "@") && !strings.Contains(text, "/") {
		return ""
	}
	host, path, _ := strings.Cut(text, "/")
	if h, ok := bareHost(host, path != "" || strings.Contains(text, "/")); ok {
		return h
	}
	return ""
}

// visible takes out the characters that nobody sees: zero-width ones, soft
// hyphens, marks of direction.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// readHost is what a reader takes for the host of an address: what stands
// before an @ as well.
func readHost(s string) string {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, ok := ParseURL(s)
	if !ok {
		return ""
	}
	if u.User != "" {
		name := u.User // also "bank.example%2Flogin@": a reader stops at the slash
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
		if i := strings.IndexAny(name, ":/\\?#%"); i >= 0 {
			name = name[:i]
		}
		if h, ok := bareHost(name, true); ok {
			return h
		}
	}
	if end, _ := Unwrap(s); end != s {
		if v, ok := ParseURL(end); ok {
			return v.Host // a link protector rewrote what is shown, too
		}
	}
	return u.Host
}

// fileEndings are top-level domains that file names end in as well. A text
// such as "report.zip" is a file's name unless there is more of an address.
var fileEndings = map[string]bool{
	"zip": true, "mov": true, "md": true, "rs": true, "py": true, "sh": true, "ps": true, "cab": true, "pub": true,
}

// products are names of things that look like hosts.
var products = map[string]bool{"asp.net": true, "ado.net": true, "vb.net": true, "paint.net": true, "ml.net": true}

// bareHost reads a host without a scheme: its last label must be a top-level
// domain. more says that something else shows it to be an address.
func bareHost(s string, more bool) (string, bool) {
	name, _, _ := strings.Cut(s, ":")
	if !strings.ContainsAny(name, ".。．") {
		return "", false
	}
	host, ok := hostName(s)
	if !ok || len(host) > 253 {
		return "", false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return host, more && ip.Is4()
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if !topLevel(host, last) || products[host] {
		return "", false
	}
	return host, more || !fileEndings[last] || strings.HasPrefix(host, "www.")
}

// topLevel reports whether a host ends in a top-level domain that exists, or
// that RFC 2606 reserves.
func topLevel(host, last string) bool {
	switch last {
	case "example", "test", "invalid":
		return true
	}
	suffix, icann := publicsuffix.PublicSuffix(host)
	return icann || strings.Contains(suffix, ".")
}

// bareLinks finds the addresses in a text that programs make links of: those
// with a scheme, and those that start with www.
func bareLinks(s string) []Link {
	if !mayLink(s) {
		return nil
	}
	var out []Link
	for pos := 0; ; {
		i := addressStart(s[pos:])
		if i < 0 {
			return out
		}
		start := pos + i
		end := addressEnd(s, start)
		text := s[start:end]
		target := text
		if !strings.Contains(text[:min(len(text), 8)], "://") {
			target = "http://" + text
		}
		if u, ok := ParseURL(target); ok && u.Host != "www" {
			out = append(out, Link{Text: text, Target: target})
		}
		pos = max(end, start+4)
	}
}

// mayLink rules most texts out: without "://" and "www." there is no address.
func mayLink(s string) bool {
	for rest := s; ; {
		i := strings.IndexByte(rest, ':')
		if i < 0 {
			break
		}
		if rest = rest[i+1:]; strings.HasPrefix(rest, "//") {
			return true
		}
	}
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '.')
		if i < 0 {
			return false
		}
		i += from
		if i >= 3 && s[i-1]|0x20 == 'w' && s[i-2]|0x20 == 'w' && s[i-3]|0x20 == 'w' {
			return true
		}
		from = i + 1
	}
}

// addressStart finds the first http://, https:// or www. of a text that does
// not stand inside a word; -1 where there is none.
func addressStart(s string) int {
	for pos := 0; ; {
		i := pos
		for i < len(s) && s[i]|0x20 != 'h' && s[i]|0x20 != 'w' {
			i++
		}
		if i == len(s) {
			return -1
		}
		if startsAddress(s[i:]) && !(i > 0 && wordByte(s[i-1])) {
			return i
		}
		pos = i + 1
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_' || c == '@'
}

func startsAddress(s string) bool {
	for _, prefix := range []string{"https://", "http://", "www."} {
		if len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// addressEnd is where the address at start ends: before a blank, a quotation
// mark or a bracket, before Japanese text behind the host, and before
// punctuation that belongs to the sentence.
func addressEnd(s string, start int) int {
	path := false // past the host, which alone may hold Japanese characters
	slashes := 0
	end := len(s)
	for i, r := range s[start:] {
		if r == '/' {
			slashes++
		}
		path = path || slashes > 2 || r == '?' || r == '#'
		if endsAddress(r) || path && r >= 0x3000 || !path && unicode.Is(unicode.Hiragana, r) && followsHost(s[start:start+i]) {
			end = start + i
			break
		}
	}
	return start + len(trimSentence(s[start:end]))
}

// trimSentence takes away what belongs to the sentence around an address:
// punctuation, and a closing bracket that the address did not open.
func trimSentence(s string) string {
	const after = ".,;:!?'*~|\\"
	s = strings.TrimRight(s, after)
	for _, pair := range []string{"()", "[]", "{}"} {
		extra := strings.Count(s, pair[1:]) - strings.Count(s, pair[:1])
		for ; extra > 0 && strings.HasSuffix(s, pair[1:]); extra-- {
			s = strings.TrimRight(s[:len(s)-1], after)
		}
	}
	return s
}

// followsHost: "www.example.jpを": the kana stands behind a whole host.
func followsHost(s string) bool {
	s = s[strings.LastIndexByte(s, '/')+1:]
	last := s[strings.LastIndexByte(s, '.')+1:]
	return len(last) >= 2 && last[0] < utf8.RuneSelf && last[len(last)-1] < utf8.RuneSelf && topLevel(strings.ToLower(s), strings.ToLower(last))
}

func endsAddress(r rune) bool {
	return r <= ' ' || r == 0x7f || r == utf8.RuneError || unicode.IsSpace(r) || strings.ContainsRune("<>\"`「」『』（）【】〈〉《》、。，．：；！？”“’‘＜＞|", r)
}
