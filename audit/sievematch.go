package audit

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sieveMatcher compares values as a test says: its match type, keys and
// comparator.
type sieveMatcher struct {
	keys    []string // lower case
	regexps []*regexp.Regexp
	kind    string // is, contains, matches, regex, value, count
	op      string // of value and count: gt, ge, lt, le, eq, ne
	numeric bool
	count   bool
	every   bool // it holds for every value there may be
	whole   bool // all keys are known
}

// mostKeys and longestKey bound the keys that are tried.
const (
	mostKeys   = 200
	longestKey = 500
)

// matcher reads the match type and the keys of a test; nil where there are none.
func (j *sieveJudge) matcher(t *sieveNode) *sieveMatcher {
	args := t.plain(valuedTags...)
	if len(args) == 0 {
		return nil
	}
	m := &sieveMatcher{kind: "is", whole: true}
	for _, kind := range []string{"contains", "matches", "regex", "value", "count"} {
		if t.tagged(kind) {
			m.kind = kind
		}
	}
	m.count = m.kind == "count"
	m.op = strings.ToLower(strings.Join(t.after(m.kind), ""))
	m.numeric = m.count || slices.Contains(t.after("comparator"), "i;ascii-numeric")
	keys := args[len(args)-1]
	for _, key := range keys[:min(len(keys), mostKeys)] {
		j.key(m, key)
	}
	m.whole = m.whole && len(keys) <= mostKeys
	return m
}

// key takes a key in whose value is known.
func (j *sieveJudge) key(m *sieveMatcher, key string) {
	values, whole := j.vars.expand(key)
	if !whole || len(values) != 1 || len(values[0]) > longestKey {
		m.whole = false
		return
	}
	low := strings.ToLower(values[0])
	switch m.kind {
	case "regex":
		r, err := regexp.Compile("(?is)" + values[0])
		if err != nil {
			m.whole = false
			return
		}
		m.regexps = append(m.regexps, r)
		return
	case "contains":
		m.every = m.every || low == ""
	case "matches":
		m.every = m.every || low != "" && strings.Trim(low, "*") == ""
	}
	m.keys = append(m.keys, low)
}

// holds reports whether a value fits one of the keys.
func (m *sieveMatcher) holds(value string) bool {
	low := strings.ToLower(value)
	return slices.ContainsFunc(m.regexps, func(r *regexp.Regexp) bool { return r.MatchString(value) }) ||
		slices.ContainsFunc(m.keys, func(key string) bool { return m.fits(low, key) })
}

func (m *sieveMatcher) fits(value, key string) bool {
	switch m.kind {
	case "is":
		return value == key
	case "contains":
		return strings.Contains(value, key)
	case "matches":
		return wildcard(key, value)
	}
	return m.related(value, key)
}

// related compares as RFC 5231 has it.
func (m *sieveMatcher) related(value, key string) bool {
	c := strings.Compare(value, key)
	if m.numeric {
		a, err1 := strconv.ParseInt(value, 10, 64)
		b, err2 := strconv.ParseInt(key, 10, 64)
		if err1 != nil || err2 != nil {
			return false
		}
		c = int(max(-1, min(1, a-b)))
	}
	switch m.op {
	case "gt":
		return c > 0
	case "ge":
		return c >= 0
	case "lt":
		return c < 0
	case "le":
		return c <= 0
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	}
	return false
}

// wildcard matches * and ? (RFC 5228, 2.7.1), in time of the product of lengths.
func wildcard(pattern, text string) bool {
	p, s := []rune(pattern), []rune(text)
	i, k, star, mark := 0, 0, -1, 0
	for k < len(s) {
		literal := i < len(p) && p[i] == '\\' && i+1 < len(p)
		switch {
		case literal && p[i+1] == s[k]:
			i, k = i+2, k+1
		case !literal && i < len(p) && p[i] == '*':
			star, mark = i, k
			i++
		case !literal && i < len(p) && (p[i] == '?' || p[i] == s[k]):
			i, k = i+1, k+1
		case star >= 0:
			mark++
			i, k = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// sieveSamples are mails that have nothing in common but what all mail has: no
// letter of their subjects, no part of their addresses.
var sieveSamples = []map[string][]string{
	{
		"from": {"a@b.ne"}, "to": {"c@d.or"}, "subject": {""}, "date": {"Mon, 1 Jan 2029 03:07:05 +0900"}, "message-id": {"<1@a>"}, "return-path": {"<a@b.ne>"},
		"received": {"from a.b (c [192.0.2.1]) by d.e with ESMTPS id Q1; Mon, 1 Jan 2029 03:07:06 +0900"},
	},
	{
		"from": {`"Q, W" <1-z@q7.org>`}, "to": {`<x_1@k.hm>, "Y" <y@z.vu>`}, "subject": {"Q"}, "date": {"29 Oct 26 23:58 GMT"}, "message-id": {"<W.x-y$z@K-9.w>"}, "return-path": {"<>"},
		"received": {"by m (Postfix, from userid 0) id 7; Thu, 29 Oct 2026 23:58:00 +0000 (UTC)"},
	},
	{
		"from": {"鈴木 <K_k@sub.w.jp>"}, "to": {"undisclosed-recipients:;"}, "subject": {"7 お知らせ"}, "date": {"Sat, 14 Aug 2027 16:42:33 -0700 (PDT)"}, "message-id": {"<u+v@x.y>"}, "return-path": {"<f%g@h.i>"},
		"received": {"from [198.51.100.9] by h via LMTP id 3; Sat, 14 Aug 2027 16:42:34 -0700"},
	},
}

// sampleAddresses are the addresses in the samples, of senders, and of
// recipients where the mailbox is not known.
var sampleAddresses = []string{"a@b.ne", "1-z@q7.org", "k_k@sub.w.jp"}

// allMail tries a comparison on the samples.
func (j *sieveJudge) allMail(t *sieveNode) bool {
	m := j.matcher(t)
	args := t.plain(valuedTags...)
	if m == nil || t.name != "body" && len(args) < 2 {
		return false
	}
	for n := range sieveSamples {
		values := j.valuesOf(t, args[0], n)
		switch {
		case m.count && (m.op == "le" || m.op == "lt" || m.op == "eq" || !m.holds(strconv.Itoa(len(values)))):
			return false
		case !m.count && !slices.ContainsFunc(values, m.holds):
			return false
		}
	}
	return true
}

// valuesOf are what a test compares in sample n.
func (j *sieveJudge) valuesOf(t *sieveNode, names []string, n int) []string {
	var out []string
	if t.name == "body" {
		return []string{[]string{"", "Q\r\n", "7 お知らせ"}[n]}
	}
	for _, name := range names {
		name = strings.ToLower(name)
		switch {
		case t.name == "header":
			out = append(out, sieveSamples[n][name]...)
		case t.name == "envelope" && name == "to" && strings.Contains(j.mailbox, "@"):
			out = append(out, addressPart(t, j.mailbox))
		case t.name == "envelope" && name == "from":
			out = append(out, addressPart(t, []string{"a@b.ne", "", "k_k@sub.w.jp"}[n]))
		case name == "from" || t.name == "envelope" && name == "to":
			out = append(out, addressPart(t, sampleAddresses[n]))
		}
	}
	return out
}

// addressPart is what a test looks at of an address (RFC 5228, 2.7.4; RFC 5233).
func addressPart(t *sieveNode, address string) string {
	local, domain, _ := strings.Cut(address, "@")
	switch {
	case t.tagged("localpart"), t.tagged("user"):
		return local
	case t.tagged("domain"):
		return domain
	case t.tagged("detail"):
		return ""
	}
	return address
}
