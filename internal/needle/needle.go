// Package needle looks for many texts at once: one pass over a message says
// which of all the words that rules look for stand in it, and where.
package needle

import (
	"encoding/binary"
	"slices"
)

// Set is a set of texts to look for. It is immutable and safe for concurrent use.
type Set struct {
	// starts and pairs tell, by the first octet of needles and by a hash of the
	// first two, in which tables they are: short 1, long 2. A last octet of a text
	// has none behind it.
	starts [256]uint8
	pairs  *[1 << pairBits]uint8
	fold   bool
	short  table // needles of less than longNeedle octets
	long   table
}

// table finds needles by the hash of their first octets.
type table struct {
	front   uint64                   // of a word, the octets that are hashed: what all needles have
	from    *[1<<hashBits + 1]uint16 // where the entries of a hash start; one more ends the last
	entries []entry
}

// entry is a needle, ready to be compared with the next eight octets.
type entry struct {
	word, mask uint64
	text       string
	number     int32
}

// Hit is a needle that stands at an octet of the text.
type Hit struct{ At, Needle int32 }

const (
	pairBits   = 12
	hashBits   = 11
	longNeedle = 6 // two Japanese characters
)

// New makes a set; a needle's number is its index. Empty needles are nowhere
// found. At most 65,535 needles.
func New(needles []string) *Set { return build(needles, false) }

// NewFolded makes a set of needles in small letters, which ASCII capitals of a
// text match as well.
func NewFolded(needles []string) *Set { return build(needles, true) }

func build(needles []string, fold bool) *Set {
	s := &Set{fold: fold, pairs: new([1 << pairBits]uint8)}
	for i, n := range needles {
		if n == "" {
			continue
		}
		mask := ^uint64(0)
		if len(n) < 8 {
			mask = 1<<(8*len(n)) - 1
		}
		t, class := &s.short, uint8(1)
		if len(n) >= longNeedle {
			t, class = &s.long, 2
		}
		t.entries = append(t.entries, entry{load(n), mask, n, int32(i)})
		for _, a := range s.cases(n[0]) {
			s.starts[a] |= class
			if len(n) > 1 {
				for _, b := range s.cases(n[1]) {
					s.pairs[pair(a, b)] |= class
				}
				continue
			}
			for b := range 256 {
				s.pairs[pair(a, byte(b))] |= class
			}
		}
	}
	s.short.sort(3)
	s.long.sort(longNeedle)
	return s
}

// cases are the octets of a text that an octet of a needle stands for.
func (s *Set) cases(c byte) []byte {
	if s.fold && c >= 'a' && c <= 'z' {
		return []byte{c, c - 'a' + 'A'}
	}
	return []byte{c}
}

func pair(a, b byte) uint16 { return (uint16(a)<<4 ^ uint16(b)) & (1<<pairBits - 1) }

// class tells in which tables needles may be that start at i.
func (s *Set) class(text string, i int) uint8 {
	if i+1 < len(text) {
		return s.pairs[pair(text[i], text[i+1])]
	}
	return s.starts[text[i]]
}

// sort puts the entries in the order of their hashes, of which at most so many
// octets count.
func (t *table) sort(width int) {
	for _, e := range t.entries {
		width = min(width, len(e.text))
	}
	t.front = 1<<(8*width) - 1
	t.from = new([1<<hashBits + 1]uint16)
	slices.SortStableFunc(t.entries, func(a, b entry) int { return int(t.hash(a.word)) - int(t.hash(b.word)) })
	for _, e := range t.entries {
		t.from[t.hash(e.word)+1]++
	}
	for h := range 1 << hashBits {
		t.from[h+1] += t.from[h]
	}
}

// hash is of the first octets of a word.
func (t *table) hash(word uint64) uint32 {
	return uint32((word & t.front) * 0x9E3779B97F4A7C15 >> (64 - hashBits))
}

// some reports whether any needle has the hash of a word.
func (t *table) some(word uint64) bool {
	h := t.hash(word)
	return t.from[h] != t.from[h+1]
}

// at are the entries that a word may start.
func (t *table) at(word uint64) []entry {
	h := t.hash(word)
	return t.entries[t.from[h]:t.from[h+1]]
}

// load gives the first eight octets of a text, zeros behind its end.
func load(text string) uint64 {
	var b [8]byte
	copy(b[:], text)
	return binary.LittleEndian.Uint64(b[:])
}

// word gives eight octets of a text from i on.
func word(text string, i int) uint64 {
	if t := text[i:]; len(t) >= 8 {
		return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 | uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
	}
	return load(text[i:])
}

// small gives the ASCII capitals of a word as small letters.
func small(w uint64) uint64 {
	const ones = 0x0101010101010101
	low := w & (0x7f * ones)
	capital := (low + (0x80-'A')*ones) &^ (low + (0x7f-'Z')*ones) &^ w & (0x80 * ones)
	return w | capital>>2
}

// Scan appends the hits of all needles in a text, in the order of their
// places. Hits overlap where needles do.
func (s *Set) Scan(text string, hits []Hit) []Hit {
	for i := 0; i < len(text); i++ {
		class := s.class(text, i)
		if class == 0 {
			continue
		}
		w := word(text, i)
		if s.fold {
			w = small(w)
		}
		if class&1 != 0 && s.short.some(w) {
			hits = s.hits(hits, s.short.at(w), text, i, w)
		}
		if class&2 != 0 && s.long.some(w) {
			hits = s.hits(hits, s.long.at(w), text, i, w)
		}
	}
	return hits
}

// hits appends those of some entries at one place.
func (s *Set) hits(hits []Hit, some []entry, text string, i int, w uint64) []Hit {
	for k := range some {
		if e := &some[k]; w&e.mask == e.word && s.rest(text[i:], e.text) {
			hits = append(hits, Hit{int32(i), e.number})
		}
	}
	return hits
}

// In reports whether any needle stands in a text.
func (s *Set) In(text string) bool {
	for i := 0; i < len(text); i++ {
		class := s.class(text, i)
		if class == 0 {
			continue
		}
		w := word(text, i)
		if s.fold {
			w = small(w)
		}
		if class&1 != 0 && s.short.some(w) && s.any(s.short.at(w), text, i, w) || class&2 != 0 && s.long.some(w) && s.any(s.long.at(w), text, i, w) {
			return true
		}
	}
	return false
}

func (s *Set) any(some []entry, text string, i int, w uint64) bool {
	for k := range some {
		if e := &some[k]; w&e.mask == e.word && s.rest(text[i:], e.text) {
			return true
		}
	}
	return false
}

// rest reports whether a text goes on as a needle does behind the first eight
// octets.
func (s *Set) rest(text, needle string) bool {
	if len(needle) > len(text) {
		return false
	}
	for at := 8; at < len(needle); at++ {
		c := text[at]
		if s.fold && c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != needle[at] {
			return false
		}
	}
	return true
}
