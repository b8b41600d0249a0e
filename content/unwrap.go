package content

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// Veil says why the end of a link cannot be read from it.
type Veil string

// The veils of links that keep their target on a server.
const (
	Protected Veil = "link protector"  // of the recipient's or our own mail filter
	Mailing   Veil = "mailing service" // counts clicks for whoever sent the mailing
	Unproven  Veil = "unproven host"   // looks like a mail filter on somebody's own host
)

// unwrapping is one row of data/rewriters.tsv.
type unwrapping struct {
	glob glob
	how  string // query, base64, proofpoint2, proofpoint3, between, path, host, protected, mailing
	arg  string // names of parameters, or the mark
	hide bool   // where the target is not found, it is kept from us
}

// Unwrap gives where a link leads behind the rewriters it names: link
// protectors, search engines, click counters. Wrappings may be nested. What it
// cannot look behind it gives back, and says so.
func Unwrap(target string) (string, Veil) {
	return UnwrapKnowing(target, func(string) bool { return true })
}

// UnwrapKnowing is Unwrap for whoever must not be led astray: what looks like
// a mail filter on an organisation's own host is looked behind where known says
// that the host is one.
func UnwrapKnowing(target string, known func(host string) bool) (string, Veil) {
	for range 8 {
		u, ok := ParseURL(target)
		if !ok {
			return target, ""
		}
		next, veil := unwrapOnce(u)
		if veil == Unproven && known(u.Host) {
			veil = ""
		}
		if veil == Unproven {
			return target, veil
		}
		if next == "" {
			return target, veil
		}
		target = next
	}
	return target, Protected
}

// unwrapOnce takes one wrapping away; next is empty where there is none.
func unwrapOnce(u URL) (next string, veil Veil) {
	for _, w := range shippedLinks().rewriters[tail(u.Host)] {
		next, veil = w.apply(u, next, veil)
	}
	if next != "" || veil != "" {
		return next, veil
	}
	for _, w := range shippedLinks().rewriters[""] {
		if next, veil = w.apply(u, next, veil); next != "" {
			return next, Unproven
		}
	}
	return next, veil
}

func (w unwrapping) apply(u URL, next string, veil Veil) (string, Veil) {
	if next != "" || !w.glob.match(u.Host, u.Rest) {
		return next, veil
	}
	switch w.how {
	case "protected":
		return "", Protected
	case "mailing":
		return "", Mailing
	}
	if s := w.decode(u.Rest); s != "" {
		if v, ok := ParseURL(s); ok && v.Host != "" {
			return s, ""
		}
	}
	if w.hide {
		return "", Protected
	}
	return "", veil
}

func (w unwrapping) decode(rest string) string {
	switch w.how {
	case "query":
		return absolute(parameter(rest, w.arg))
	case "base64":
		return absolute(unbase64(parameter(rest, w.arg)))
	case "proofpoint2":
		s, _ := url.PathUnescape(strings.NewReplacer("-", "%", "_", "/").Replace(parameter(rest, w.arg)))
		return absolute(s)
	case "proofpoint3":
		return proofpoint3(rest)
	case "between":
		_, s, _ := strings.Cut(rest, w.arg)
		s, _, _ = strings.Cut(s, w.arg)
		return absolute(s)
	case "path":
		return inPath(rest)
	case "host":
		if h := parameter(rest, w.arg); h != "" {
			return "https://" + h + "/"
		}
	}
	return ""
}

// parameter is the value of the first of the named parameters that stands in
// the query. A link protector's own query may stand behind a second "?".
func parameter(rest, names string) string {
	_, query, _ := strings.Cut(rest, "?")
	query, _, _ = strings.Cut(query, "#")
	for name := range strings.SplitSeq(names, ",") {
		for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
			k, v, _ := strings.Cut(strings.TrimPrefix(pair, "amp;"), "=")
			if strings.EqualFold(k, name) && v != "" {
				if s, err := url.QueryUnescape(v); err == nil {
					return s
				}
				return v
			}
		}
	}
	return ""
}

// absolute gives an address its scheme where the wrapping left it out, and
// undoes one encoding too many.
func absolute(s string) string {
	if strings.Contains(s[:min(len(s), 12)], "%") {
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
	}
	switch head := strings.ToLower(s[:min(len(s), 8)]); {
	case s == "":
		return ""
	case strings.HasPrefix(head, "http:") && !strings.HasPrefix(head, "http://"), strings.HasPrefix(head, "https:") && !strings.HasPrefix(head, "https://"):
		scheme, rest, _ := strings.Cut(s, ":")
		return scheme + "://" + strings.TrimLeft(rest, "/")
	case strings.Contains(head, "://") || strings.HasPrefix(head, "https:/"):
		return s
	case strings.HasPrefix(s, "//"):
		return "https:" + s
	}
	host, _, _ := strings.Cut(s, "/")
	if _, ok := bareHost(host, true); ok {
		return "https://" + s
	}
	return ""
}

func unbase64(s string) string {
	s = strings.NewReplacer("-", "+", "_", "/", " ", "+").Replace(strings.TrimRight(s, "="))
	for _, t := range []string{s, strings.TrimPrefix(s, "a1")} { // Bing sets "a1" before it
		if b, err := base64.RawStdEncoding.DecodeString(t); err == nil && strings.HasPrefix(string(b), "http") {
			return string(b)
		}
	}
	return ""
}

// inPath is the address that a path holds, encoded or not.
func inPath(rest string) string {
	lower := strings.ToLower(rest)
	for _, mark := range []string{"http%3a", "https%3a", "http:%2f", "https:%2f", "http:/", "https:/", "http%253a", "https%253a"} {
		if i := strings.Index(lower, mark); i >= 0 {
			s := rest[i:]
			if strings.Contains(mark, "%") {
				s, _, _ = strings.Cut(s, "/")
				if plain, err := url.PathUnescape(s); err == nil {
					s = plain
				}
			}
			return absolute(s)
		}
	}
	return ""
}

// proofpoint3 reads /v3/__ADDRESS__;BASE64!!...: each * of the address stands
// for the next character of the base64 text, and ** with a letter for a run.
func proofpoint3(rest string) string {
	_, s, ok := strings.Cut(rest, "/v3/__")
	if !ok {
		return ""
	}
	end := strings.LastIndex(s, "__;")
	if end < 0 {
		return ""
	}
	address, code := s[:end], s[end+3:]
	code, _, _ = strings.Cut(code, "!")
	replaced, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(code), "="))
	return absolute(fillStars(address, []rune(string(replaced))))
}

func fillStars(address string, with []rune) string {
	const runs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var b strings.Builder
	take := func(n int) {
		n = min(n, len(with))
		b.WriteString(string(with[:n]))
		with = with[n:]
	}
	for i := 0; i < len(address); i++ {
		switch {
		case address[i] != '*':
			b.WriteByte(address[i])
		case i+2 < len(address) && address[i+1] == '*' && strings.IndexByte(runs, address[i+2]) >= 0:
			take(strings.IndexByte(runs, address[i+2]) + 2)
			i += 2
		default:
			take(1)
		}
	}
	return b.String()
}
