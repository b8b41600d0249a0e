package content

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// readRAR lists a RAR (RAR 4: unrar's technote; RAR 5.0 archive format, rarlab)
// and reads the members that are stored.
func readRAR(in *Inspection, f *File, data []byte) {
	r := &rarReader{in: in, f: f, b: data}
	switch {
	case bytes.HasPrefix(data, []byte("Rar!\x1a\x07\x01\x00")):
		r.five(data[8:])
	case len(data) > 7:
		r.four(data[7:])
	}
}

type rarReader struct {
	in *Inspection
	f  *File
	b  []byte
}

// rarMember is what a header says of a member.
type rarMember struct {
	name      string
	size      int64
	encrypted bool
	stored    bool
	piece     bool // it goes on in another file
	data      []byte
}

func (r *rarReader) add(m rarMember) {
	name := strings.ReplaceAll(m.name, `\`, "/")
	switch {
	case m.encrypted:
		if x := r.in.list(r.f, name, m.size, "encrypted"); x != nil {
			x.Encrypted = RAR
		}
	case m.stored:
		if x := r.in.member(r.f, name, m.size); x != nil {
			r.in.fill(x, &unpacker{r: bytes.NewReader(m.data), meter: r.in.meter, where: x.Path})
			if m.piece {
				x.unread(whyPiece)
			}
		}
	default:
		r.in.list(r.f, name, m.size, "packed with RAR's own method")
	}
}

func (r *rarReader) damaged() {
	r.in.damaged(r.f, "a RAR that cannot be listed to its end")
}

// The block types of RAR 4.
const (
	rarMain = 0x73
	rarFile = 0x74
	rarEnd  = 0x7b
)

func (r *rarReader) four(b []byte) {
	le := binary.LittleEndian
	for len(b) >= 7 && r.in.meter.stopped == "" {
		kind, flags, size := b[2], le.Uint16(b[3:]), int64(le.Uint16(b[5:]))
		if size < 7 || size > int64(len(b)) {
			r.damaged()
			return
		}
		head := b[:size]
		extra := int64(0)
		if (flags&0x8000 != 0 || kind == rarFile) && len(head) >= 11 {
			extra = int64(le.Uint32(head[7:]))
		}
		switch kind {
		case rarMain:
			if flags&0x80 != 0 {
				r.f.Encrypted, r.f.Uninspected = RARNames, "encrypted"
				return
			}
		case rarEnd:
			return
		case rarFile:
			if len(head) < 32 {
				r.damaged()
				return
			}
			if flags&0x100 != 0 && len(head) >= 40 {
				extra += int64(le.Uint32(head[32:])) << 32
			}
			rest := b[size:]
			if flags&0xe0 != 0xe0 {
				r.add(fileFour(head, flags, rest[:max(0, min(extra, int64(len(rest))))]))
			}
		}
		if extra < 0 || extra > int64(len(b))-size {
			r.damaged()
			return
		}
		b = b[size+extra:]
	}
}

func fileFour(head []byte, flags uint16, data []byte) rarMember {
	le := binary.LittleEndian
	at := 32
	size := int64(le.Uint32(head[11:]))
	if flags&0x100 != 0 {
		at = 40
	}
	n := int(le.Uint16(head[26:]))
	name := head[min(at, len(head)):min(at+n, len(head))]
	m := rarMember{size: size, encrypted: flags&4 != 0, stored: head[25] == 0x30, data: data, piece: flags&3 != 0}
	plain, packed, both := bytes.Cut(name, []byte{0})
	switch {
	case flags&0x200 == 0, !both && !validUTF8(plain):
		m.name = decodeText("", name)
	case !both:
		m.name = string(plain)
	default:
		m.name = wideName(plain, packed)
	}
	return m
}

// wideName unpacks a name in Unicode, which refers to the plain one.
func wideName(plain, packed []byte) string {
	if len(packed) < 2 {
		return decodeText("", plain)
	}
	var out []uint16
	high := uint16(packed[0]) << 8
	packed = packed[1:]
	for len(packed) > 0 && len(out) < 2048 {
		flags := packed[0]
		packed = packed[1:]
		for shift := 6; shift >= 0 && len(packed) > 0; shift -= 2 {
			switch flags >> shift & 3 {
			case 0:
				out, packed = append(out, uint16(packed[0])), packed[1:]
			case 1:
				out, packed = append(out, uint16(packed[0])|high), packed[1:]
			case 2:
				if len(packed) < 2 {
					return string(utf16.Decode(out))
				}
				out, packed = append(out, binary.LittleEndian.Uint16(packed)), packed[2:]
			case 3:
				n := int(packed[0]&0x7f) + 2
				add, top := byte(0), uint16(0)
				if packed[0]&0x80 != 0 && len(packed) > 1 {
					add, top = packed[1], high
					packed = packed[1:]
				}
				packed = packed[1:]
				for ; n > 0 && len(out) < len(plain); n-- {
					out = append(out, uint16(plain[len(out)]+add)|top)
				}
			}
		}
	}
	return string(utf16.Decode(out))
}

// vint reads a number of RAR 5: seven bits an octet, the lowest first.
func (r *szReader) vint() int64 {
	var v uint64
	for shift := 0; shift < 63; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return int64(v)
		}
	}
	r.bad = true
	return 0
}

func (r *rarReader) five(b []byte) {
	for len(b) >= 7 && r.in.meter.stopped == "" {
		outer := &szReader{b: b[4:]}
		size := outer.vint()
		head := &szReader{b: outer.take(size)}
		if outer.bad || size == 0 {
			r.damaged()
			return
		}
		kind, flags := head.vint(), head.vint()
		var extra, data int64
		if flags&1 != 0 {
			extra = head.vint()
		}
		if flags&2 != 0 {
			data = head.vint()
		}
		if data < 0 || head.bad {
			r.damaged()
			return
		}
		body := outer.b[:min(data, int64(len(outer.b)))]
		switch kind {
		case 2:
			r.fileFive(head, extra, body, flags&0x18 != 0)
		case 4:
			r.f.Encrypted, r.f.Uninspected = RARNames, "encrypted"
			return
		case 5:
			return
		}
		if data > int64(len(outer.b)) {
			r.damaged()
			return
		}
		b = outer.b[data:]
	}
}

func (r *rarReader) fileFive(h *szReader, extra int64, data []byte, piece bool) {
	flags := h.vint()
	m := rarMember{size: h.vint(), data: data, piece: piece}
	h.vint() // attributes
	if flags&2 != 0 {
		h.take(4)
	}
	if flags&4 != 0 {
		h.take(4)
	}
	m.stored = h.vint()>>7&7 == 0
	h.vint() // system
	m.name = strings.ToValidUTF8(string(h.take(h.vint())), "\uFFFD")
	if h.bad {
		r.damaged()
		return
	}
	if extra > 0 && extra <= int64(len(h.b)) {
		m.encrypted = encryptedFive(h.b)
	}
	if flags&1 == 0 {
		r.add(m)
	}
}

// encryptedFive looks for the record of encryption among the extra ones.
func encryptedFive(b []byte) bool {
	r := &szReader{b: b}
	for len(r.b) > 0 && !r.bad {
		rec := &szReader{b: r.take(r.vint())}
		if rec.vint() == 1 && !rec.bad {
			return true
		}
	}
	return false
}
