package secret

import (
	_ "embed"
	"math"
	"regexp"
	"strconv"
	"strings"
)

//go:embed data/keys.txt
var keyFile string

// shape is how the keys of one issuer look.
type shape struct {
	title, prefix string
	chars         [256]bool
	from, to      int
	entropy       float64
}

var shapes = readShapes(keyFile)

func readShapes(file string) []shape {
	var out []shape
	for line := range strings.Lines(file) {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] == "#" {
			continue
		}
		s := shape{title: strings.ReplaceAll(f[0], "-", " "), prefix: f[1], chars: charset(f[2])}
		from, to, ranged := strings.Cut(f[3], "-")
		if s.from, _ = strconv.Atoi(from); !ranged {
			to = from
		}
		s.to, _ = strconv.Atoi(to)
		s.entropy, _ = strconv.ParseFloat(f[4], 64)
		out = append(out, s)
	}
	return out
}

func charset(s string) (t [256]bool) {
	fill := func(from, to byte) {
		for c := from; c <= to; c++ {
			t[c] = true
		}
	}
	for _, c := range []struct {
		word string
		add  func()
	}{
		{"alnum", func() { fill('0', '9'); fill('a', 'z'); fill('A', 'Z') }},
		{"upper", func() { fill('A', 'Z') }},
		{"digit", func() { fill('0', '9') }},
		{"hex", func() { fill('0', '9'); fill('a', 'f') }},
	} {
		if rest, ok := strings.CutPrefix(s, c.word); ok {
			c.add()
			s = strings.TrimPrefix(rest, "+")
		}
	}
	for i := range len(s) {
		t[s[i]] = true
	}
	return t
}

// shortestKey is the least length of a run without blanks that holds a key;
// most letters have no such run but links.
const shortestKey = 20

// Keys finds private keys and tokens in a text.
func Keys(text string) []Secret {
	out := privateKeys(text)
	long := false
	for at := longRun(text, 0); at >= 0 && len(out) < mostSecrets; {
		long = true
		n := asciiRun(text[at:])
		if prefixes.In(text[at : at+n]) {
			for i := range shapes {
				out = shapes[i].find(text, at, at+n, out)
			}
		}
		at = longRun(text, min(len(text), at+n+1))
	}
	if long {
		out = labelledKeys(text, out)
	}
	return out[:min(len(out), mostSecrets)]
}

// find looks for keys of the shape in a stretch of a text.
func (s *shape) find(text string, from, to int, out []Secret) []Secret {
	for len(out) < mostSecrets {
		i := strings.Index(text[from:to], s.prefix)
		if i < 0 {
			break
		}
		i += from
		end := i + len(s.prefix)
		from = end
		start := i
		if s.prefix[0] == '8' || s.prefix[0] == ':' || s.prefix[0] == '.' { // the prefix stands within
			for start > 0 && i-start < 16 && alnum(text[start-1]) {
				start--
			}
			if start == i {
				continue
			}
		} else if i > 0 && (alnum(text[i-1]) || text[i-1] == '_' && s.prefix[0] != '-') && s.prefix[0] != 'h' && s.prefix != "AccountKey=" {
			continue
		}
		n := 0
		for end+n < len(text) && n <= s.to && s.chars[text[end+n]] {
			n++
		}
		from = min(end+n, to)
		if n < s.from || n > s.to || end+n < len(text) && alnum(text[end+n]) {
			continue
		}
		body := text[end : end+n]
		if entropy(body) < s.entropy || example(body) {
			continue
		}
		out = append(out, Secret{Token, s.title, mask(text[start : end+n]), lineAt(text, start)})
	}
	return out
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// example: what documents put in a key's place.
func example(s string) bool {
	l := strings.ToLower(s)
	for _, w := range []string{"example", "xxxx", "your", "0000000", "1234567890", "abcdefgh", "placeholder", "dummy", "sample", "redacted", "....", "<"} {
		if strings.Contains(l, w) {
			return true
		}
	}
	return false
}

// entropy in bits a character, by the characters' frequency in s.
func entropy(s string) float64 {
	var n [256]int
	for i := range len(s) {
		n[s[i]]++
	}
	sum := 0.0
	for _, k := range n {
		if k > 0 {
			p := float64(k) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

func lineAt(text string, at int) int { return 1 + strings.Count(text[:at], "\n") }

const keyBegin = "PRIVATE KEY"

// privateKeys finds keys in PEM (RFC 7468), OpenPGP (RFC 9580, 6.2), PuTTY's
// own form, and WireGuard's. A head without a key behind it is none.
func privateKeys(text string) []Secret {
	var out []Secret
	for from := 0; len(out) < mostSecrets; {
		i := strings.Index(text[from:], keyBegin)
		if i < 0 {
			break
		}
		i += from
		from = i + len(keyBegin)
		head := text[max(0, i-32):i]
		b := strings.LastIndex(head, "BEGIN ")
		if b < 0 || strings.Contains(head[b:], "\n") {
			continue
		}
		body := text[from:min(len(text), from+6000)]
		if e := strings.Index(body, "END "); e > 0 {
			body = body[:e]
		}
		if keyOctets(body) < 80 {
			continue
		}
		kind := PrivateKey
		if strings.Contains(head, "ENCRYPTED") || strings.Contains(body, "ENCRYPTED") {
			kind = LockedKey
		}
		out = append(out, Secret{kind, "private key", strings.TrimSpace(head[b:]) + " " + keyBegin + " ***", lineAt(text, i)})
	}
	if i := strings.Index(text, "PuTTY-User-Key-File-"); i >= 0 {
		kind := PrivateKey
		if after := text[i:min(len(text), i+400)]; strings.Contains(after, "Encryption:") && !strings.Contains(after, "Encryption: none") {
			kind = LockedKey
		}
		if strings.Contains(text[i:], "Private-Lines:") {
			out = append(out, Secret{kind, "PuTTY private key", "PuTTY-User-Key-File ***", lineAt(text, i)})
		}
	}
	if !strings.Contains(text, "PrivateKey") && !strings.Contains(text, `"kty"`) {
		return out
	}
	for _, loc := range rawKey.FindAllStringSubmatchIndex(text, 8) {
		if v := text[max(loc[2], loc[4]):max(loc[3], loc[5])]; entropy(v) > 3.5 && !example(v) {
			out = append(out, Secret{PrivateKey, "private key", mask(v), lineAt(text, loc[0])})
		}
	}
	return out
}

// rawKey: WireGuard's line, and the private part of a JSON web key (RFC 7518,
// 6.2.2).
var rawKey = regexp.MustCompile(`(?:PrivateKey *= *([A-Za-z0-9+/]{43}=)|"kty"[^{}]{1,400}"d" *: *"([A-Za-z0-9_-]{40,700})")`)

// keyOctets counts the characters of lines that hold nothing but base64.
func keyOctets(body string) int {
	n := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(body, `\n`, "\n"), "\n") {
		line = strings.Trim(line, " \t\r>|\"',")
		if len(line) < 16 {
			continue
		}
		pure := true
		for i := range len(line) {
			pure = pure && (alnum(line[i]) || line[i] == '+' || line[i] == '/' || line[i] == '=')
		}
		if pure {
			n += len(line)
		}
	}
	return n
}

// labelled: a word for a key, a sign, and a string that looks like one. Not in
// the query of a link.
var labelled = regexp.MustCompile(`(?i)(api[ _-]?key|apiキー|secret[ _-]?access[ _-]?key|secret[ _-]?key|client[ _-]?secret|access[ _-]?token|auth[ _-]?token|api[ _-]?token|private[ _-]?token|bearer|シークレット(?:キー)?|アクセスキー|アクセストークン|秘密鍵|トークン)["']? ?(?:は|is|:|=>|=|：| ) ?["'「]?([A-Za-z0-9_\-.+/=~]{20,200})`)

func labelledKeys(text string, out []Secret) []Secret {
	if !mayBeLabelled(text) || !keyWords.In(text) {
		return out
	}
	first, left := len(out), mostSecrets
	for start := 0; start < len(text) && left > 0; { // no match goes over the end of a line
		end := len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n + 1
		}
		if keyWords.In(text[start:end]) {
			found := labelled.FindAllStringSubmatchIndex(text[start:end], left)
			left -= len(found)
			for _, loc := range found {
				out = labelledAt(text, start+loc[0], start+loc[4], start+loc[5], first, out)
			}
		}
		start = end
	}
	return out
}

// labelledAt takes the string from..end behind the label at at, unless one of
// the first secrets of out stands on its line.
func labelledAt(text string, at, from, end, first int, out []Secret) []Secret {
	v := text[from:end]
	if at > 0 && (text[at-1] == '?' || text[at-1] == '&' || text[at-1] == '/') || !mixed(v) || entropy(v) < 3.6 || example(v) || known(out[:first], text, from) {
		return out
	}
	return append(out, Secret{LabelledKey, "key or token", mask(v), lineAt(text, from)})
}

// mayBeLabelled rules most texts out: a run of 20 characters of a key, one of
// them a digit.
func mayBeLabelled(text string) bool {
	for at := nextRun(text, 0, 20, &keyOctet); at >= 0; {
		end := at
		for end < len(text) && keyOctet[text[end]] {
			end++
		}
		if strings.ContainsAny(text[at:end], "0123456789") {
			return true
		}
		at = nextRun(text, end, 20, &keyOctet)
	}
	return false
}

var keyOctet = charset("alnum+_-+=")

func known(list []Secret, text string, at int) bool {
	line := lineAt(text, at)
	for _, s := range list {
		if s.Line == line {
			return true
		}
	}
	return false
}

// mixed: digits and letters, and no word of dots or dashes.
func mixed(s string) bool {
	digits, letters := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case alnum(c):
			letters++
		}
	}
	return digits >= 2 && letters >= 4
}
