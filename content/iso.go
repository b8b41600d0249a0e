package content

import (
	"bytes"
	"encoding/binary"
	"strings"
)

const isoSector = 2048

// readISO opens a disk image (ECMA-119), with the long names of Joliet where
// they are there.
func readISO(in *Inspection, f *File, data []byte) {
	root := []byte(nil)
	wide := false
	for at := 16 * isoSector; at+isoSector <= len(data) && string(data[at+1:at+6]) == "CD001"; at += isoSector {
		kind := data[at]
		if kind == 255 {
			break
		}
		joliet := kind == 2 && data[at+88] == '%' && data[at+89] == '/'
		if kind == 1 && root == nil || joliet {
			root, wide = data[at+156:at+190], joliet
		}
	}
	if root == nil {
		f.Uninspected = "a disk image without a list of its files"
		return
	}
	d := &isoReader{in: in, f: f, data: data, wide: wide, seen: map[uint32]bool{}}
	d.folder(binary.LittleEndian.Uint32(root[2:]), binary.LittleEndian.Uint32(root[10:]), "", 0)
}

type isoReader struct {
	in   *Inspection
	f    *File
	data []byte
	wide bool
	seen map[uint32]bool
}

// extent gives the octets of a file or folder.
func (d *isoReader) extent(sector, size uint32) []byte {
	at := int64(sector) * isoSector
	if at+int64(size) > int64(len(d.data)) {
		d.in.damaged(d.f, "a disk image that is cut off")
	}
	if at >= int64(len(d.data)) {
		return nil
	}
	return d.data[at:min(at+int64(size), int64(len(d.data)))]
}

func (d *isoReader) folder(sector, size uint32, path string, depth int) {
	if d.seen[sector] || depth > 16 || len(d.seen) > 5000 {
		return
	}
	d.seen[sector] = true
	le := binary.LittleEndian
	b := d.extent(sector, size)
	for pos := 0; pos < len(b); {
		n := int(b[pos])
		if n == 0 { // records do not cross sectors
			pos = (pos/isoSector + 1) * isoSector
			continue
		}
		if n < 34 || pos+n > len(b) || 33+int(b[pos+32]) > n {
			d.in.damaged(d.f, "a disk image whose list of files cannot be read")
			return
		}
		r := b[pos : pos+n]
		pos += n
		raw := r[33 : 33+int(r[32])]
		if len(raw) == 1 && raw[0] <= 1 { // the folder itself, and the one above
			continue
		}
		name := path + d.name(raw)
		at, length := le.Uint32(r[2:]), le.Uint32(r[10:])
		if r[25]&2 != 0 {
			d.folder(at, length, name+"/", depth+1)
			continue
		}
		m := d.in.member(d.f, name, int64(length))
		if m == nil {
			d.f.Uninspected = string(d.in.meter.stopped)
			return
		}
		d.in.fill(m, &unpacker{r: bytes.NewReader(d.extent(at, length)), meter: d.in.meter, where: m.Path})
	}
}

func (d *isoReader) name(raw []byte) string {
	name := decodeText("", raw)
	if d.wide {
		name = utf16BE(raw)
	}
	name, _, _ = strings.Cut(name, ";")
	return name
}
