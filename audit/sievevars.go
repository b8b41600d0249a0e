package audit

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// sieveVars are the values that variables may have (RFC 5229). A variable set
// under a condition keeps its former values too.
type sieveVars map[string][]string

// maxValues bounds the values that one text may have.
const maxValues = 32

// expand gives all that a text may become; whole is false where a part of it
// is known only when mail arrives (${1}, a header).
func (v sieveVars) expand(s string) (values []string, whole bool) {
	values, whole = []string{""}, true
	for s != "" {
		open := strings.Index(s, "${")
		if open < 0 {
			return join(values, []string{s}), whole
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			return join(values, []string{s}), whole
		}
		name := s[open+2 : open+end]
		values = join(values, []string{s[:open]})
		got, ok := v.value(name)
		whole = whole && ok
		values = join(values, got)
		s = s[open+end+1:]
	}
	return values, whole
}

// join appends each end to each beginning.
func join(heads, tails []string) []string {
	var out []string
	for _, h := range heads {
		for _, t := range tails {
			if len(out) < maxValues && len(h)+len(t) < 64<<10 {
				out = append(out, h+t)
			}
		}
	}
	return out
}

// value gives what ${name} may be: a variable, or encoded characters
// (RFC 5228, 2.4.2.4).
func (v sieveVars) value(name string) ([]string, bool) {
	low := strings.ToLower(strings.TrimSpace(name))
	if code, ok := strings.CutPrefix(low, "hex:"); ok {
		b, err := hex.DecodeString(strings.Join(strings.Fields(code), ""))
		return []string{string(b)}, err == nil
	}
	if code, ok := strings.CutPrefix(low, "unicode:"); ok {
		var b strings.Builder
		for _, f := range strings.Fields(code) {
			n, err := strconv.ParseUint(f, 16, 21)
			if err != nil {
				return []string{""}, false
			}
			b.WriteRune(rune(n))
		}
		return []string{b.String()}, true
	}
	if values, ok := v[low]; ok {
		return values, !contains(values, unknownText)
	}
	if low != "" && !digit(low[0]) && !strings.Contains(low, ".") {
		return []string{""}, true // a variable never set is empty
	}
	return []string{unknownText}, false
}

// unknownText stands for what is known only when mail arrives.
const unknownText = "${...}"

// foreign notes variables that other scripts set (RFC 6609, 3.4.3).
func (v sieveVars) foreign(n *sieveNode) {
	for _, list := range n.plain("") {
		for _, name := range list {
			v[strings.ToLower(name)] = []string{unknownText}
		}
	}
}

// set reads a set command. Under a condition it adds, else it replaces.
func (v sieveVars) set(n *sieveNode, conditional bool) {
	args := n.plain("")
	if len(args) < 2 || len(args[0]) == 0 || len(args[1]) == 0 {
		return
	}
	name := strings.ToLower(args[0][0])
	values, _ := v.expand(args[1][0])
	for i, s := range values {
		switch {
		case n.tagged("lower"):
			values[i] = strings.ToLower(s)
		case n.tagged("upper"):
			values[i] = strings.ToUpper(s)
		case n.tagged("lowerfirst") && s != "":
			values[i] = strings.ToLower(s[:1]) + s[1:]
		case n.tagged("length"):
			values[i] = strconv.Itoa(len([]rune(s)))
		}
	}
	if former, ok := v[name]; conditional && !ok {
		values = append(values, "") // it may never be set
	} else if conditional {
		values = append(values, former...)
	}
	v[name] = values[:min(len(values), maxValues)]
}
