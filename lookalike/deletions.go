package lookalike

// deletions finds the labels within one or two edits of a given one. It is
// SymSpell's idea: two labels one edit apart become equal when at most one
// letter is left out of each, so the shortened forms of the known labels are
// kept, and the shortened forms of an unknown one are looked up. Only hashes
// are kept; what is found is a candidate that still has to be compared.
type deletions struct {
	heads  map[uint64]int32 // hash to the newest posting
	posts  []posting
	filter []uint64 // a bit per hash: most look-ups end here
	sizes  [maxLabel + 3]bool
}

type posting struct{ brand, next int32 }

// filterBits is large enough that a thousand partners leave it mostly empty.
const filterBits = 1 << 20

func newDeletions() *deletions {
	return &deletions{heads: map[uint64]int32{}, filter: make([]uint64, filterBits/64)}
}

// add files a label under all its forms with up to depth letters left out.
func (d *deletions) add(label string, brand int32, depth int) {
	if len(label) > maxLabel {
		return
	}
	for n := -depth; n <= depth; n++ {
		d.sizes[max(0, len(label)+n)] = true
	}
	seen := map[uint64]bool{}
	shorten(label, depth, func(h uint64) {
		if !seen[h] {
			seen[h] = true
			d.post(h, brand)
		}
	})
}

func (d *deletions) post(h uint64, brand int32) {
	next, ok := d.heads[h]
	if !ok {
		next = -1
	}
	d.posts = append(d.posts, posting{brand, next})
	d.heads[h] = int32(len(d.posts) - 1)
	d.filter[h%filterBits/64] |= 1 << (h % 64)
}

// near adds to hits the brands that may lie within depth edits of label.
func (d *deletions) near(label string, depth int, hits *candidates) {
	if len(label) >= len(d.sizes) || !d.sizes[len(label)] {
		return
	}
	shorten(label, depth, func(h uint64) {
		if d.filter[h%filterBits/64]&(1<<(h%64)) == 0 {
			return
		}
		post, ok := d.heads[h]
		for ok && post >= 0 {
			hits.add(d.posts[post].brand)
			post = d.posts[post].next
		}
	})
}

// candidates are brands worth comparing. A label has few; the rest is dropped.
type candidates struct {
	brands [24]int32
	n      int
}

func (c *candidates) add(brand int32) {
	for _, b := range c.brands[:c.n] {
		if b == brand {
			return
		}
	}
	if c.n < len(c.brands) {
		c.brands[c.n] = brand
		c.n++
	}
}

// base is the multiplier of the polynomial hash; any large odd number will do.
const base uint64 = 0x9E3779B97F4A7C15

// powers of base.
var powers = func() (p [maxLabel + 4]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * base
	}
	return p
}()

// shorten yields the hashes of a label with up to depth letters left out, of
// itself first. Leaving a letter out costs two multiplications, because the
// parts on both sides of it are hashed beforehand.
func shorten(label string, depth int, yield func(uint64)) {
	var prefix, suffix [maxLabel + 4]uint64
	n := len(label)
	for i := range n {
		prefix[i+1] = prefix[i]*base + uint64(label[i])
	}
	for i := n - 1; i >= 0; i-- {
		suffix[i] = uint64(label[i])*powers[n-1-i] + suffix[i+1]
	}
	yield(mix(prefix[n]))
	for i := 0; i < n && depth > 0; i++ {
		yield(mix(prefix[i]*powers[n-1-i] + suffix[i+1]))
		for j := i + 1; j < n && depth > 1; j++ {
			middle := prefix[j] - prefix[i+1]*powers[j-i-1]
			yield(mix((prefix[i]*powers[j-i-1]+middle)*powers[n-1-j] + suffix[j+1]))
		}
	}
}

// mix makes the low bits of a hash as good as its high ones.
func mix(h uint64) uint64 {
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return h ^ h>>32
}
