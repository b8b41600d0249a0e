package lookalike

import (
	"hash/maphash"
	"sync/atomic"
)

// memo remembers which names were silent, because most mail goes to the same
// few domains. It keeps 64-bit hashes under a random seed in a fixed table, a
// newer one in place of an older one, so it neither grows nor locks, and
// nobody can aim a name at another one's place.
type memo struct {
	seed  maphash.Seed
	slots [1 << 16]atomic.Uint64
}

func newMemo() *memo { return &memo{seed: maphash.MakeSeed()} }

func (m *memo) key(domain string) uint64 { return maphash.String(m.seed, domain) | 1 }

func (m *memo) silent(key uint64) bool { return m.slots[key>>48].Load() == key }

func (m *memo) note(key uint64) { m.slots[key>>48].Store(key) }
