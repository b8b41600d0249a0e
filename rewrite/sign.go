package rewrite

import (
	"slices"
	"strings"

	"maillint/message"
)

// signatures are the fields that sign header fields (RFC 6376, RFC 8617).
var signatures = []string{"DKIM-Signature", "DomainKey-Signature", "ARC-Message-Signature"}

// Signed reports whether a signature covers any of the fields of these names,
// so that changing one breaks it. A signature that does not say what it covers
// is taken to cover it.
func Signed(m *message.Message, names []string) bool {
	return slices.ContainsFunc(m.Fields, func(f message.Field) bool { return named(&f, signatures) && covers(f.Value(), names) })
}

func covers(value string, names []string) bool {
	h, ok := tag(value, "h")
	if !ok {
		return true
	}
	for name := range strings.SplitSeq(h, ":") {
		name = strings.TrimSpace(name)
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			return true
		}
	}
	return false
}

// tag gives the value of a tag of a tag list (RFC 6376, 3.2).
func tag(list, name string) (string, bool) {
	for part := range strings.SplitSeq(list, ";") {
		if k, v, ok := strings.Cut(part, "="); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}

// Unsign takes out the signatures over fields of these names, for a next hop
// that signs again. An ARC set whose message signature breaks goes whole, and
// with it the seals of later hops, which would not verify either.
func Unsign(m *message.Message, names []string) []Edit {
	arc := slices.ContainsFunc(m.Fields, func(f message.Field) bool {
		return f.Is("ARC-Message-Signature") && covers(f.Value(), names)
	})
	var out []Edit
	for i := range m.Fields {
		f := &m.Fields[i]
		switch {
		case arc && named(f, []string{"ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"}),
			named(f, []string{"DKIM-Signature", "DomainKey-Signature"}) && covers(f.Value(), names):
			out = replace(out, m, f, nil, "signature over a changed field")
		}
	}
	return out
}
