package content

import "encoding/binary"

// lzmaState decodes LZMA (7-Zip's LZMA specification, 2015) into memory: what
// was decoded is the dictionary.
type lzmaState struct {
	in    []byte
	code  uint32
	rng   uint32
	short bool // the input ended too early
	bad   bool
	out   []byte
	base  int // where the dictionary starts in out

	lc, lp, pb int
	rep        [4]uint32
	state      int

	literal                          []uint16
	isMatch                          [12 << 4]uint16
	isRep, isRepG0, isRepG1, isRepG2 [12]uint16
	isRep0Long                       [12 << 4]uint16
	slot                             [4][64]uint16
	align                            [16]uint16
	special                          [115]uint16
	lenCoder, repLen                 lzmaLength
}

type lzmaLength struct {
	choice, choice2 uint16
	low, mid        [16][8]uint16
	high            [256]uint16
}

const lzmaHalf = 1 << 10

func fillHalf(p []uint16) {
	for i := range p {
		p[i] = lzmaHalf
	}
}

func (l *lzmaLength) reset() {
	l.choice, l.choice2 = lzmaHalf, lzmaHalf
	for i := range l.low {
		fillHalf(l.low[i][:])
		fillHalf(l.mid[i][:])
	}
	fillHalf(l.high[:])
}

// props sets the three parameters from their octet; false for what is none.
func (d *lzmaState) props(b byte) bool {
	if b >= 9*5*5 {
		return false
	}
	d.lc, d.lp, d.pb = int(b)%9, int(b)/9%5, int(b)/45
	return d.lc+d.lp <= 8
}

func (d *lzmaState) reset() {
	if n := 0x300 << (d.lc + d.lp); len(d.literal) != n {
		d.literal = make([]uint16, n)
	}
	fillHalf(d.literal)
	fillHalf(d.isMatch[:])
	fillHalf(d.isRep[:])
	fillHalf(d.isRepG0[:])
	fillHalf(d.isRepG1[:])
	fillHalf(d.isRepG2[:])
	fillHalf(d.isRep0Long[:])
	for i := range d.slot {
		fillHalf(d.slot[i][:])
	}
	fillHalf(d.align[:])
	fillHalf(d.special[:])
	d.lenCoder.reset()
	d.repLen.reset()
	d.rep, d.state = [4]uint32{}, 0
}

// start begins a run of range-coded octets.
func (d *lzmaState) start(in []byte) bool {
	if len(in) < 5 {
		d.short = true
		return false
	}
	d.rng, d.code, d.in = 0xffffffff, binary.BigEndian.Uint32(in[1:]), in[5:]
	return in[0] == 0
}

func (d *lzmaState) normalize() {
	if d.rng < 1<<24 {
		d.rng <<= 8
		d.code <<= 8
		if len(d.in) > 0 {
			d.code |= uint32(d.in[0])
			d.in = d.in[1:]
		} else {
			d.short = true
		}
	}
}

func (d *lzmaState) bit(p *uint16) uint32 {
	bound := (d.rng >> 11) * uint32(*p)
	if d.code < bound {
		d.rng = bound
		*p += (1<<11 - *p) >> 5
		d.normalize()
		return 0
	}
	d.rng -= bound
	d.code -= bound
	*p -= *p >> 5
	d.normalize()
	return 1
}

func (d *lzmaState) direct(n int) uint32 {
	var v uint32
	for ; n > 0; n-- {
		d.rng >>= 1
		d.code -= d.rng
		t := -(d.code >> 31)
		d.code += d.rng & t
		v = v<<1 + t + 1
		d.normalize()
	}
	return v
}

func (d *lzmaState) tree(p []uint16, bits int) uint32 {
	m := uint32(1)
	for range bits {
		m = m<<1 + d.bit(&p[m])
	}
	return m - 1<<bits
}

func (d *lzmaState) reverse(p []uint16, bits int) uint32 {
	m, v := uint32(1), uint32(0)
	for i := range bits {
		b := d.bit(&p[m])
		m = m<<1 + b
		v |= b << i
	}
	return v
}

func (d *lzmaState) length(l *lzmaLength, pos int) int {
	switch {
	case d.bit(&l.choice) == 0:
		return int(d.tree(l.low[pos][:], 3))
	case d.bit(&l.choice2) == 0:
		return 8 + int(d.tree(l.mid[pos][:], 3))
	}
	return 16 + int(d.tree(l.high[:], 8))
}

// decode writes up to size octets; it reports false at an end mark, at the end
// of the input and where the input is none.
func (d *lzmaState) decode(size int) bool {
	for stop := len(d.out) + size; len(d.out) < stop; {
		if d.short || d.bad {
			return false
		}
		pos := (len(d.out) - d.base) & (1<<d.pb - 1)
		if d.bit(&d.isMatch[d.state<<4+pos]) == 0 {
			d.putLiteral()
			continue
		}
		n, ok := d.match(pos)
		if !ok {
			return false
		}
		back := int(d.rep[0]) + 1
		if back > len(d.out)-d.base {
			d.bad = true
			return false
		}
		for n = min(n, stop-len(d.out)); n > 0; n-- {
			d.out = append(d.out, d.out[len(d.out)-back])
		}
	}
	return true
}

func (d *lzmaState) putLiteral() {
	prev := byte(0)
	if len(d.out) > d.base {
		prev = d.out[len(d.out)-1]
	}
	at := ((len(d.out)-d.base)&(1<<d.lp-1))<<d.lc + int(prev)>>(8-d.lc)
	p := d.literal[0x300*at : 0x300*at+0x300]
	m := uint32(1)
	if d.state >= 7 {
		back := int(d.rep[0]) + 1
		if back > len(d.out)-d.base {
			d.bad = true
			return
		}
		match := uint32(d.out[len(d.out)-back])
		for m < 0x100 {
			mb := match >> 7 & 1
			match <<= 1
			b := d.bit(&p[(1+mb)<<8+m])
			m = m<<1 | b
			if mb != b {
				break
			}
		}
	}
	for m < 0x100 {
		m = m<<1 | d.bit(&p[m])
	}
	d.out = append(d.out, byte(m))
	switch {
	case d.state < 4:
		d.state = 0
	case d.state < 10:
		d.state -= 3
	default:
		d.state -= 6
	}
}

// match reads how long a copy is; its distance is in rep[0].
func (d *lzmaState) match(pos int) (n int, ok bool) {
	late := d.state >= 7
	if d.bit(&d.isRep[d.state]) == 0 {
		d.rep[3], d.rep[2], d.rep[1] = d.rep[2], d.rep[1], d.rep[0]
		n = d.length(&d.lenCoder, pos)
		d.state = 7
		if late {
			d.state = 10
		}
		d.rep[0] = d.distance(n)
		return n + 2, d.rep[0] != 0xffffffff
	}
	if d.bit(&d.isRepG0[d.state]) == 0 {
		if d.bit(&d.isRep0Long[d.state<<4+pos]) == 0 {
			d.state = 9
			if late {
				d.state = 11
			}
			return 1, true
		}
	} else {
		var dist uint32
		if d.bit(&d.isRepG1[d.state]) == 0 {
			dist = d.rep[1]
		} else {
			if d.bit(&d.isRepG2[d.state]) == 0 {
				dist = d.rep[2]
			} else {
				dist, d.rep[3] = d.rep[3], d.rep[2]
			}
			d.rep[2] = d.rep[1]
		}
		d.rep[1], d.rep[0] = d.rep[0], dist
	}
	n = d.length(&d.repLen, pos)
	d.state = 8
	if late {
		d.state = 11
	}
	return n + 2, true
}

func (d *lzmaState) distance(n int) uint32 {
	slot := d.tree(d.slot[min(n, 3)][:], 6)
	if slot < 4 {
		return slot
	}
	bits := int(slot>>1 - 1)
	dist := (2 | slot&1) << bits
	if slot < 14 {
		return dist + d.reverse(d.special[dist-slot:], bits)
	}
	return dist + d.direct(bits-4)<<4 + d.reverse(d.align[:], 4)
}

// lzmaStep is how much is decoded before the budget is asked.
const lzmaStep = 256 << 10

// unLZMA decodes a stream of LZMA with its five octets of parameters; size is
// -1 where an end mark ends it.
func (in *Inspection) unLZMA(props, b []byte, size int64, where string) (out []byte, whole bool) {
	d := &lzmaState{}
	if len(props) < 5 || !d.props(props[0]) || !d.start(b) {
		return nil, false
	}
	d.reset()
	return in.lzmaLoop(d, size, int64(len(b)), where)
}

func (in *Inspection) lzmaLoop(d *lzmaState, size, packed int64, where string) ([]byte, bool) {
	u := &unpacker{meter: in.meter, where: where, packed: max(1, packed)}
	for size < 0 || int64(len(d.out)) < size {
		n := int64(lzmaStep)
		if size >= 0 {
			n = min(n, size-int64(len(d.out)))
		}
		before := len(d.out)
		more := d.decode(int(n))
		if !u.count(len(d.out) - before) {
			return d.out, false
		}
		if !more {
			return d.out, size < 0 && !d.short && !d.bad
		}
		if int64(len(d.out)) > in.meter.File {
			in.meter.note(LimitFile, where, "only the first %d octets are looked into", in.meter.File)
			return d.out, false
		}
	}
	return d.out, true
}

// unLZMA2 decodes LZMA2: chunks, stored or in LZMA (xz file format, 5.3.1).
func (in *Inspection) unLZMA2(b []byte, where string) (out []byte, rest []byte, whole bool) {
	d := &lzmaState{}
	u := &unpacker{meter: in.meter, where: where, packed: max(1, int64(len(b)))}
	for len(b) > 0 {
		control := b[0]
		if control == 0 {
			return d.out, b[1:], true
		}
		before := len(d.out)
		var ok bool
		if b, ok = d.chunk(control, b[1:]); !ok {
			return d.out, nil, false
		}
		if !u.count(len(d.out) - before) {
			return d.out, nil, false
		}
		if int64(len(d.out)) > in.meter.File {
			in.meter.note(LimitFile, where, "only the first %d octets are looked into", in.meter.File)
			return d.out, nil, false
		}
	}
	return d.out, nil, false
}

// chunk decodes one chunk and gives what is behind it.
func (d *lzmaState) chunk(control byte, b []byte) (rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, false
	}
	size := int(binary.BigEndian.Uint16(b)) + 1
	if control < 0x80 {
		if control > 2 || len(b) < 2+size {
			return nil, false
		}
		if control == 1 {
			d.base = len(d.out)
		}
		d.out = append(d.out, b[2:2+size]...)
		return b[2+size:], true
	}
	size += int(control&0x1f) << 16
	if len(b) < 4 {
		return nil, false
	}
	packed := int(binary.BigEndian.Uint16(b[2:])) + 1
	b = b[4:]
	if control >= 0xc0 {
		if len(b) == 0 || !d.props(b[0]) {
			return nil, false
		}
		b = b[1:]
	}
	if control >= 0xe0 {
		d.base = len(d.out)
	}
	if control >= 0xa0 || d.literal == nil {
		d.reset()
	}
	if len(b) < packed || !d.start(b[:packed]) || !d.decode(size) {
		return nil, false
	}
	return b[packed:], true
}
