package lookalike

import "strings"

// Match says what domain looks like, and false where it looks like nothing or
// is somebody's. It takes any string and allocates nothing for a lower-case
// ASCII domain that is near nothing known.
func (x *Index) Match(domain string) (Match, bool) {
	key := x.memo.key(domain)
	if x.memo.silent(key) {
		return Match{}, false
	}
	f, ok := x.examine(domain)
	if !ok || f.intended == domain {
		x.memo.note(key)
		return Match{}, false
	}
	return Match{Domain: domain, Intended: f.intended, Kind: f.kind, Certainty: f.certainty}, true
}

// A finding is what one step has to say.
type finding struct {
	intended  string
	kind      Kind
	certainty Certainty
}

// examine cleans the domain and looks at what is left. A form that had to be
// mended is a slip of its own where the name itself is none.
func (x *Index) examine(domain string) (finding, bool) {
	name, mended := clean(domain)
	if len(name) == 0 || len(name) > maxName {
		return finding{}, false
	}
	if reserved(name) {
		return x.fronts(&query{name: name})
	}
	if !ascii(name) {
		return x.examineUnicode(name)
	}
	f, ok := x.find(name)
	if !ok && mended {
		return finding{name, Form, Likely}, true
	}
	return f, ok
}

// examineUnicode looks at a name with letters outside ASCII: it is a slip when
// it is drawn like a known name, or when it mixes scripts that look alike. An
// ordinary internationalised name is silent.
func (x *Index) examineUnicode(name string) (finding, bool) {
	if _, below := x.below(&query{name: name}, ours); below || x.names[name] == ours {
		return finding{}, false
	}
	folded := fold(name)
	if folded != "" && ascii(folded) {
		if s := x.names[folded]; s == protected || s == ours {
			return finding{folded, Confusable, Certain}, true
		}
		if f, ok := x.find(folded); ok && f.certainty == Certain {
			return finding{f.intended, Confusable, Certain}, true
		}
	}
	if mixed(name) {
		return finding{folded, Confusable, Certain}, true
	}
	if ascii(folded) && posing(name) {
		return finding{folded, Confusable, Likely}, true
	}
	return finding{}, false
}

// find tries the steps in order; the first that answers ends the search. A
// finding without an intended domain means: somebody's, look no further.
func (x *Index) find(name string) (finding, bool) {
	switch x.names[name] {
	case protected, honest, ours:
		return finding{}, false
	case contested:
		return finding{x.claims[name], Contested, Info}, x.claims[name] != ""
	}
	q := query{name: name, exists: x.tlds.exists(lastLabel(name))}
	f, ok := x.emptyLabel(name)
	if !ok {
		f, ok = x.below(&q, ours)
	}
	if !ok {
		f, ok = x.fronts(&q)
	}
	if !ok {
		f, ok = x.repeatedLabel(&q)
	}
	if !ok {
		f, ok = x.dots(&q)
	}
	if !ok {
		f, ok = x.subdomain(&q)
	}
	if !ok {
		f, ok = x.hyphened(name)
	}
	if !ok {
		f, ok = x.spelling(&q)
	}
	if !ok {
		f, ok = x.variant(&q)
	}
	if !ok {
		f, ok = x.glued(&q)
	}
	if !ok {
		f, ok = anyTLD(&q)
	}
	return f, ok && f.intended != ""
}

// lastLabel is what follows the last dot.
func lastLabel(name string) string {
	return name[strings.LastIndexByte(name, '.')+1:]
}
