// Package needle looks for many texts at once: one pass over a message says
// which of all the words that rules look for stand in it, and where.
package needle

import (
	"encoding/binary"
	"slices"
)

// Set is a set of texts to look for. It is immutable and safe for concurrent use.
type Set struct {
	starts  [256]bool // octets that a needle starts with
	front   uint64    // of a word, the octets that are hashed: what all needles have
	fold    bool
	shorts  []uint16 // where the entries of a hash start; one more ends the last
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

const hashBits = 12

// New makes a set; a needle's number is its index. Empty needles are nowhere
// found. At most 65,535 needles.
func New(needles []string) *Set { return build(needles, false) }

// NewFolded makes a set of needles in small letters, which ASCII capitals of a
// text match as well.
func NewFolded(needles []string) *Set { return build(needles, true) }

func build(needles []string, fold bool) *Set {
	s := &Set{fold: fold, shorts: make([]uint16, 1<<hashBits+1)}
	width := 3
	for i, n := range needles {
		if n == "" {
			continue
		}
		width = min(width, len(n))
		mask := ^uint64(0)
		if len(n) < 8 {
			mask = 1<<(8*len(n)) - 1
		}
		s.entries = append(s.entries, entry{load(n), mask, n, int32(i)})
		s.starts[n[0]] = true
		if fold && n[0] >= 'a' && n[0] <= 'z' {
			s.starts[n[0]-'a'+'A'] = true
		}
	}
	s.front = 1<<(8*width) - 1
	slices.SortStableFunc(s.entries, func(a, b entry) int { return int(s.hash(a.word)) - int(s.hash(b.word)) })
	for _, e := range s.entries {
		s.shorts[s.hash(e.word)+1]++
	}
	for h := range 1 << hashBits {
		s.shorts[h+1] += s.shorts[h]
	}
	return s
}

// hash is of the first octets of a word.
func (s *Set) hash(word uint64) uint32 {
	return uint32(word&s.front) * 0x9E3779B1 >> (32 - hashBits)
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
		if !s.starts[text[i]] {
			continue
		}
		w := word(text, i)
		if s.fold {
			w = small(w)
		}
		h := s.hash(w)
		for k := s.shorts[h]; k < s.shorts[h+1]; k++ {
			if e := &s.entries[k]; w&e.mask == e.word && s.rest(text[i:], e.text) {
				hits = append(hits, Hit{int32(i), e.number})
			}
		}
	}
	return hits
}

// In reports whether any needle stands in a text.
func (s *Set) In(text string) bool {
	for i := 0; i < len(text); i++ {
		if !s.starts[text[i]] {
			continue
		}
		w := word(text, i)
		if s.fold {
			w = small(w)
		}
		h := s.hash(w)
		for k := s.shorts[h]; k < s.shorts[h+1]; k++ {
			if e := &s.entries[k]; w&e.mask == e.word && s.rest(text[i:], e.text) {
				return true
			}
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
