package policy

// grams tells which runs of three octets stand in a text, roughly: several
// runs share a bit. It is made once for a long text that many constants are
// looked for in, and rules most of them out without reading the text again.
type grams [1024]uint64

// worthGrams is from which length on reading a text again and again costs more
// than making its grams.
const worthGrams = 512

func newGrams(s string) *grams {
	g := &grams{}
	for i := 0; i+3 <= len(s); i++ {
		b := gram(s[i], s[i+1], s[i+2])
		g[b>>6] |= 1 << (b & 63)
	}
	return g
}

// gram is the bit of three octets, out of 65,536.
func gram(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) * 2654435761 >> 16
}

// may reports whether the text may hold s; false is certain.
func (g *grams) may(s string) bool {
	for i := 0; i+3 <= len(s); i++ {
		if b := gram(s[i], s[i+1], s[i+2]); g[b>>6]&(1<<(b&63)) == 0 {
			return false
		}
	}
	return true
}
