package content

import (
	"math"
	"strings"
)

// szReader reads a 7z header. A number that is out of bounds ends it.
type szReader struct {
	b   []byte
	bad bool
}

func (r *szReader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *szReader) take(n int64) []byte {
	if n < 0 || n > int64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// number reads a number of one to nine octets.
func (r *szReader) number() int64 {
	first := r.byte()
	var v uint64
	for i, mask := 0, byte(0x80); i < 8; i, mask = i+1, mask>>1 {
		if first&mask == 0 {
			v += uint64(first&(mask-1)) << (8 * i)
			break
		}
		v |= uint64(r.byte()) << (8 * i)
	}
	if v > math.MaxInt64 {
		r.bad = true
		return 0
	}
	return int64(v)
}

// count reads a number of things, each of which takes an octet at least.
func (r *szReader) count() int {
	n := r.number()
	if n > int64(len(r.b))*8 {
		r.bad = true
		return 0
	}
	return int(n)
}

// bits reads flags, the first in the uppermost bit.
func (r *szReader) bits(n int) []bool {
	out := make([]bool, n)
	b := r.take(int64(n+7) / 8)
	for i := range out {
		if b != nil {
			out[i] = b[i/8]&(0x80>>(i%8)) != 0
		}
	}
	return out
}

// optionalBits reads flags that may be said to be all set.
func (r *szReader) optionalBits(n int) []bool {
	if r.byte() == 0 {
		return r.bits(n)
	}
	out := make([]bool, n)
	for i := range out {
		out[i] = true
	}
	return out
}

func (r *szReader) streams() szStreams {
	var s szStreams
	var sizes []int64
	at := int64(0)
	for !r.bad {
		switch r.number() {
		case szEnd:
			s.place(at, sizes)
			return s
		case szPackInfo:
			at, sizes = r.packInfo()
		case szUnpackInfo:
			s.packs = r.unpackInfo()
		case szSubStreams:
			r.subStreams(s.packs)
		default:
			r.bad = true
		}
	}
	return s
}

// place tells each pack where its octets are. Packs of several streams have
// methods that are not read.
func (s *szStreams) place(at int64, sizes []int64) {
	for i, p := range s.packs {
		if i < len(sizes) {
			p.at, p.packed = at, sizes[i]
			at += sizes[i]
		}
		if p.files == nil {
			p.files = []int64{p.size}
		}
	}
}

func (r *szReader) packInfo() (at int64, sizes []int64) {
	at = r.number()
	n := r.count()
	for !r.bad {
		switch r.number() {
		case szEnd:
			return at, sizes
		case szSize:
			for range n {
				sizes = append(sizes, r.number())
			}
		case szCRC:
			r.digests(n)
		default:
			r.bad = true
		}
	}
	return at, sizes
}

// digests goes behind check sums, and tells which there are.
func (r *szReader) digests(n int) []bool {
	have := r.optionalBits(n)
	for _, set := range have {
		if set {
			r.take(4)
		}
	}
	return have
}

func (r *szReader) unpackInfo() []*szPack {
	if r.number() != szFolder {
		r.bad = true
	}
	n := r.count()
	if r.byte() != 0 { // described elsewhere
		r.bad = true
	}
	var packs []*szPack
	var outs []int
	for range n {
		if r.bad {
			return nil
		}
		p, k := r.folder()
		packs, outs = append(packs, p), append(outs, k)
	}
	for !r.bad {
		switch r.number() {
		case szEnd:
			return packs
		case szUnpackSize:
			for i, p := range packs {
				for range outs[i] {
					if size := r.number(); size > p.size {
						p.size = size
					}
				}
			}
		case szCRC:
			for i, set := range r.digests(n) {
				packs[i].crc = set
			}
		default:
			r.bad = true
		}
	}
	return packs
}

// folder reads how a pack is packed; outs is the number of sizes it has.
func (r *szReader) folder() (p *szPack, outs int) {
	p = &szPack{}
	ins := 0
	for range min(r.count(), 32) {
		flags := r.byte()
		c := szCoder{id: string(r.take(int64(flags & 15)))}
		in, out := 1, 1
		if flags&0x10 != 0 {
			in, out = r.count(), r.count()
		}
		if flags&0x20 != 0 {
			c.props = r.take(r.number())
		}
		ins, outs = ins+in, outs+out
		p.coders = append(p.coders, c)
		if ins > 64 || outs > 64 {
			r.bad = true
		}
	}
	pairs := max(0, outs-1)
	for range pairs {
		r.number()
		r.number()
	}
	if packed := ins - pairs; packed > 1 {
		for range packed {
			r.number()
		}
	}
	return p, outs
}

func (r *szReader) subStreams(packs []*szPack) {
	counts := make([]int, len(packs))
	for i := range counts {
		counts[i] = 1
	}
	kind := r.number()
	if kind == szNumUnpackStream {
		for i := range counts {
			counts[i] = r.count()
		}
		kind = r.number()
	}
	digests := 0
	for i, p := range packs {
		left := p.size
		p.files = []int64{}
		for k := range counts[i] {
			n := left
			if k < counts[i]-1 {
				if kind != szSize {
					r.bad = true
					return
				}
				n = r.number()
			}
			p.files = append(p.files, n)
			left -= n
		}
		if counts[i] != 1 || !p.crc {
			digests += counts[i]
		}
	}
	if kind == szSize {
		kind = r.number()
	}
	for !r.bad && kind != szEnd {
		if kind == szCRC {
			r.digests(digests)
		} else {
			r.take(r.number())
		}
		kind = r.number()
	}
}

// files reads the names; empty tells which of them have no octets.
func (r *szReader) files() (names []string, empty []bool) {
	n := r.count()
	empty = make([]bool, n)
	for !r.bad {
		kind := r.number()
		if kind == szEnd {
			return names, empty
		}
		body := &szReader{b: r.take(r.number())}
		switch kind {
		case szEmptyStream:
			empty = body.bits(n)
		case szNames:
			if body.byte() == 0 {
				names = strings.Split(strings.TrimSuffix(utf16Text(body.b), "\x00"), "\x00")
			}
		}
	}
	return names, empty
}
