package lookalike

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"golang.org/x/net/publicsuffix"
)

// A query is one ASCII name. Its parts are found only when a step asks for
// them: publicsuffix allocates, and nearly every name is silent without it.
type query struct {
	name   string
	exists bool // its last label is one of the DNS

	known               bool // the parts are
	host, label, suffix string
}

// split finds the parts.
func (q *query) split() {
	if !q.known {
		q.known = true
		q.host, q.label, q.suffix = split(q.name)
	}
}

// split cuts a name into host, label and public suffix; of a name that is a
// suffix itself the label is empty.
func split(name string) (host, label, suffix string) {
	suffix, _ = publicsuffix.PublicSuffix(name)
	if len(suffix) >= len(name) {
		return "", "", suffix
	}
	rest := name[:len(name)-len(suffix)-1]
	if i := strings.LastIndexByte(rest, '.'); i >= 0 {
		return rest[:i], rest[i+1:], suffix
	}
	return "", rest, suffix
}

// tlds remembers which last labels exist, in a table like the memo's.
type tlds struct {
	seed  maphash.Seed
	slots [1 << 12]atomic.Uint64
}

func newTLDs() *tlds { return &tlds{seed: maphash.MakeSeed()} }

// exists reports whether a last label is a top-level domain of the DNS.
func (t *tlds) exists(tld string) bool {
	key := maphash.String(t.seed, tld) | 1
	slot := &t.slots[key>>52]
	switch slot.Load() {
	case key:
		return true
	case key &^ 1:
		return false
	}
	// Some countries let nobody register right below them ("*.ck"), so the
	// last label alone is no public suffix: ask with one before it.
	_, plain := publicsuffix.PublicSuffix(tld)
	_, below := publicsuffix.PublicSuffix("a." + tld)
	if !plain && !below {
		key &^= 1
	}
	slot.Store(key)
	return key&1 == 1
}
