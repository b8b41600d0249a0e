package lookalike

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Match says what domain looks like, and false where it looks like nothing or
// is somebody's. It takes any string and allocates nothing for a lower-case
// ASCII domain that is silent.
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
	if len(name) == 0 || len(name) > maxName || reserved(name) {
		return finding{}, false
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
	if x.names[name] == ours {
		return finding{}, false
	}
	folded := fold(name)
	if ascii(folded) {
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
	return finding{}, false
}

// A query is one ASCII name and its parts.
type query struct {
	name                string
	host, label, suffix string
	exists              bool // the suffix does
}

func ask(name string) query {
	q := query{name: name}
	suffix, icann := publicsuffix.PublicSuffix(name)
	q.exists = exists(suffix, icann)
	q.host, q.label, q.suffix = split(name)
	return q
}

// registrable is the name without its host.
func (q *query) registrable() string {
	if q.host == "" {
		return q.name
	}
	return q.name[len(q.host)+1:]
}

// find tries the steps in order.
func (x *Index) find(name string) (finding, bool) {
	switch x.names[name] {
	case protected, honest, ours:
		return finding{}, false
	case contested:
		return finding{x.claims[name], Contested, Info}, x.claims[name] != ""
	}
	if f, ok := x.emptyLabel(name); ok {
		return f, ok
	}
	q := ask(name)
	if x.below(name, ours) {
		return finding{}, false
	}
	if f, ok := x.dots(&q); ok {
		return f, ok
	}
	if f, ok := x.subdomain(&q); ok {
		return f, f.intended != ""
	}
	if f, ok := x.deception(&q); ok {
		return f, ok
	}
	if f, ok := x.spelling(&q); ok {
		return f, ok
	}
	if f, ok := x.glued(&q); ok {
		return f, ok
	}
	return x.anyTLD(&q)
}

// below reports whether a name lies under one of that standing.
func (x *Index) below(name string, s standing) bool {
	for i := strings.IndexByte(name, '.'); i >= 0; i = strings.IndexByte(name, '.') {
		name = name[i+1:]
		if x.names[name] == s {
			return true
		}
	}
	return false
}
