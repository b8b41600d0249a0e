package content

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// zipEntry is one member of a zip, as its directory has it (PKWARE APPNOTE
// 6.3.10, 4.3.12).
type zipEntry struct {
	raw    []byte // the name's octets
	name   string
	flags  uint16
	method uint16
	packed int64
	size   int64
	at     int64 // of the local header
	extra  []byte
}

func (e *zipEntry) folder() bool { return strings.HasSuffix(e.name, "/") }

// encryption tells how the member is encrypted.
func (e *zipEntry) encryption() Encryption {
	switch {
	case e.method == 99 || e.flags&1 != 0 && extraField(e.extra, 0x9901) != nil:
		return ZipAES
	case e.flags&(1<<6|1<<13) != 0:
		return ZipStrong
	case e.flags&1 != 0:
		return ZipCrypto
	}
	return ""
}

// zipFile is a zip in memory.
type zipFile struct {
	data    []byte
	base    int64 // of the archive, when something stands before it
	entries []zipEntry
	odd     bool // two readers list it differently
	overlap bool // members share packed octets
	damaged bool // the directory cannot be read: the members were looked for
}

// openZip lists a zip: by its directory, else by the headers of its members. It
// stops at most entries; then more is true.
func openZip(data []byte, most int) (z *zipFile, more bool) {
	z = &zipFile{data: data}
	if !z.directory(most + 1) {
		z.damaged, z.entries, z.base = true, nil, 0
		z.scan(most + 1)
	} else {
		z.check()
	}
	if more = len(z.entries) > most; more {
		z.entries = z.entries[:most]
	}
	z.decodeNames()
	return z, more
}

var (
	endMark     = []byte("PK\x05\x06")
	localMark   = []byte("PK\x03\x04")
	centralMark = "PK\x01\x02"
)

// directory reads the central directory. It reports false where there is none
// that fits.
func (z *zipFile) directory(most int) bool {
	d := z.data
	end := bytes.LastIndex(d[max(0, len(d)-(64<<10)-22):], endMark)
	if end < 0 {
		return false
	}
	end += max(0, len(d)-(64<<10)-22)
	if end+22 > len(d) {
		return false
	}
	size := int64(binary.LittleEndian.Uint32(d[end+12:]))
	offset := int64(binary.LittleEndian.Uint32(d[end+16:]))
	count := int64(binary.LittleEndian.Uint16(d[end+10:]))
	stop := int64(end)
	if count == math.MaxUint16 || size == math.MaxUint32 || offset == math.MaxUint32 {
		if c, s, o, at, ok := z.end64(end); ok {
			count, size, offset, stop = c, s, o, at
		}
	}
	start := stop - size
	if size < 0 || offset < 0 || start < 0 || start < offset {
		return false
	}
	z.base = start - offset
	return z.central(start, stop, count, most)
}

// end64 reads the zip64 end of directory record (4.3.14, 4.3.15).
func (z *zipFile) end64(end int) (count, size, offset, at int64, ok bool) {
	d := z.data
	if end < 20 || string(d[end-20:end-16]) != "PK\x06\x07" {
		return
	}
	at = int64(binary.LittleEndian.Uint64(d[end-12:]))
	if at < 0 || at+56 > int64(len(d)) || string(d[at:at+4]) != "PK\x06\x06" {
		return
	}
	le := binary.LittleEndian
	return int64(le.Uint64(d[at+32:])), int64(le.Uint64(d[at+40:])), int64(le.Uint64(d[at+48:])), at, true
}

func (z *zipFile) central(pos, stop, count int64, most int) bool {
	d := z.data
	for pos+46 <= stop && len(z.entries) < most {
		if string(d[pos:pos+4]) != centralMark {
			break
		}
		le := binary.LittleEndian
		n, x, c := int64(le.Uint16(d[pos+28:])), int64(le.Uint16(d[pos+30:])), int64(le.Uint16(d[pos+32:]))
		next := pos + 46 + n + x + c
		if next > stop {
			break
		}
		e := zipEntry{
			raw: d[pos+46 : pos+46+n], extra: d[pos+46+n : pos+46+n+x],
			flags: le.Uint16(d[pos+8:]), method: le.Uint16(d[pos+10:]),
			packed: int64(le.Uint32(d[pos+20:])), size: int64(le.Uint32(d[pos+24:])), at: int64(le.Uint32(d[pos+42:])),
		}
		e.wide()
		z.entries = append(z.entries, e)
		pos = next
	}
	z.odd = z.odd || pos != stop && len(z.entries) < most
	return len(z.entries) > 0 || count == 0
}

// wide takes the sizes of zip64 where the others are full (4.5.3).
func (e *zipEntry) wide() {
	f := extraField(e.extra, 1)
	for _, v := range []*int64{&e.size, &e.packed, &e.at} {
		if *v == math.MaxUint32 && len(f) >= 8 {
			*v = int64(binary.LittleEndian.Uint64(f))
			f = f[8:]
		}
	}
}

// extraField finds an extra field by its ID (4.5).
func extraField(b []byte, id uint16) []byte {
	for len(b) >= 4 {
		n := int(binary.LittleEndian.Uint16(b[2:]))
		if n > len(b)-4 {
			return nil
		}
		if binary.LittleEndian.Uint16(b) == id {
			return b[4 : 4+n]
		}
		b = b[4+n:]
	}
	return nil
}

// scan looks for the local headers of members, where the directory is missing.
func (z *zipFile) scan(most int) {
	le := binary.LittleEndian
	for pos := 0; len(z.entries) < most; {
		i := bytes.Index(z.data[pos:], localMark)
		if i < 0 || pos+i+30 > len(z.data) {
			return
		}
		pos += i
		d := z.data[pos:]
		n, x := int(le.Uint16(d[26:])), int(le.Uint16(d[28:]))
		if 30+n+x > len(d) {
			pos += 4
			continue
		}
		e := zipEntry{raw: d[30 : 30+n], extra: d[30+n : 30+n+x], flags: le.Uint16(d[6:]), method: le.Uint16(d[8:]),
			packed: int64(le.Uint32(d[18:])), size: int64(le.Uint32(d[22:])), at: int64(pos)}
		e.wide()
		rest := int64(len(d) - 30 - n - x)
		if e.flags&8 != 0 && e.packed == 0 || e.packed > rest || e.packed < 0 {
			e.packed, e.size = rest, -1 // the sizes stand after the data
			if k := bytes.Index(d[30+n+x:], localMark); k >= 0 {
				e.packed = int64(k)
			}
		}
		z.entries = append(z.entries, e)
		pos += 30 + n + x + int(e.packed)
	}
}

// check compares directory and members: a member that only one of them has, or
// under another name, is seen by some readers and not by others. Members that
// share octets are how small bombs are made.
func (z *zipFile) check() {
	order := make([]*zipEntry, len(z.entries))
	for i := range z.entries {
		order[i] = &z.entries[i]
	}
	slices.SortFunc(order, func(a, b *zipEntry) int { return cmp.Compare(a.at, b.at) })
	pos := int64(0)
	for _, e := range order {
		at := z.base + e.at
		start, ok := z.start(e)
		if !ok {
			z.damaged = true
			continue
		}
		n := int64(binary.LittleEndian.Uint16(z.data[at+26:]))
		if !bytes.Equal(z.data[at+30:at+30+n], e.raw) && e.flags&(1<<13) == 0 {
			z.odd = true
		}
		if at < pos {
			z.overlap = true
		} else if gap := z.data[pos:at]; len(gap) >= 30 && bytes.Contains(gap, localMark) {
			z.odd = true
		}
		pos = max(pos, min(start+e.packed, int64(len(z.data))))
	}
}

// start gives where the packed octets of a member start.
func (z *zipFile) start(e *zipEntry) (int64, bool) {
	at := z.base + e.at
	if at < 0 || at+30 > int64(len(z.data)) || !bytes.Equal(z.data[at:at+4], localMark) {
		return 0, false
	}
	le := binary.LittleEndian
	start := at + 30 + int64(le.Uint16(z.data[at+26:])) + int64(le.Uint16(z.data[at+28:]))
	return start, start <= int64(len(z.data))
}

// packed gives the packed octets of a member; whole tells that all are there.
func (z *zipFile) packed(e *zipEntry) (b []byte, whole bool) {
	start, ok := z.start(e)
	if !ok || e.packed < 0 {
		return nil, false
	}
	end := start + e.packed
	if end > int64(len(z.data)) || end < start {
		return z.data[start:], false
	}
	return z.data[start:end], true
}

// decodeNames reads the names: UTF-8 where they say so (4.4.4, bit 11, and
// Info-ZIP's field 0x7075), else all together in the charset that fits, which in
// Japan is mostly CP932.
func (z *zipFile) decodeNames() {
	var old [][]byte
	var which []*zipEntry
	for i := range z.entries {
		e := &z.entries[i]
		switch u := extraField(e.extra, 0x7075); {
		case e.flags&(1<<11) != 0 || ascii(e.raw):
			e.name = string(e.raw)
		case len(u) > 5 && u[0] == 1:
			e.name = string(u[5:])
		default:
			old = append(old, bytes.ReplaceAll(e.raw, []byte("\n"), []byte(" ")))
			which = append(which, e)
		}
	}
	names := strings.Split(decodeText("", bytes.Join(old, []byte("\n"))), "\n")
	for i, e := range which {
		if len(names) == len(which) {
			e.name = names[i]
		} else {
			e.name = decodeText("", e.raw)
		}
	}
	for i := range z.entries {
		e := &z.entries[i]
		e.name = strings.ToValidUTF8(strings.ReplaceAll(e.name, `\`, "/"), "\uFFFD")
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
