package lookalike

import (
	"maps"
	"slices"
	"strings"
)

// List gives, sorted, the names that Match takes for a slip of the target:
// every name one edit away, the usual slips of suffix and dot, and names drawn
// alike. Names with two slips are caught too, but are too many to list.
func (x *Index) List(target string) []string {
	name, _ := clean(target)
	host, label, suffix := split(name)
	if label == "" {
		return nil
	}
	if host != "" {
		host += "."
	}
	found := map[string]bool{}
	try := func(candidate string) {
		if m, ok := x.Match(candidate); ok && m.Certainty >= Likely && m.Intended == name {
			found[candidate] = true
		}
	}
	oneEditFrom(name, try)
	for _, pair := range [...][2]string{{"m", "rn"}, {"w", "vv"}, {"d", "cl"}, {"l", "1"}, {"i", "l"}, {"o", "0"}, {"s", "5"}} {
		try(host + strings.ReplaceAll(label, pair[0], pair[1]) + "." + suffix)
	}
	for _, other := range [...]string{"com", "net", "org", "co", "cm", "om", "ne", "jp", "co.jp", "ne.jp", "com.jp", "ac.jp", "ne.kp"} {
		try(host + label + "." + other)
	}
	try(name + "." + suffix)
	try(label)
	try(string(squeeze(nil, name)))
	return slices.Sorted(maps.Keys(found))
}

// oneEditFrom calls try with every name one edit away from name.
func oneEditFrom(name string, try func(string)) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-."
	for i := range len(name) + 1 {
		for _, c := range letters {
			try(name[:i] + string(c) + name[i:])
			if i < len(name) {
				try(name[:i] + string(c) + name[i+1:])
			}
		}
		if i < len(name) {
			try(name[:i] + name[i+1:])
		}
		if i+1 < len(name) {
			try(name[:i] + name[i+1:i+2] + name[i:i+1] + name[i+2:])
		}
	}
}
