package content

import (
	"bytes"
	"encoding/binary"
)

// readXZ unpacks a single file in the xz format (tukaani.org, 1.2.0): blocks of
// LZMA2, without the filters that programs get.
func readXZ(in *Inspection, f *File, data []byte) {
	var out []byte
	b := data[min(12, len(data)):]
	for len(b) > 0 && b[0] != 0 { // 0 is the index
		size := int(b[0])*4 + 4
		if size > len(b) || len(b) < 8 {
			in.damaged(f, "an xz block without its head")
			break
		}
		if b[1]&3 != 0 {
			f.Uninspected = "packed with a filter that is not read"
			return
		}
		part, rest, whole := in.unLZMA2(b[size:], f.Path)
		out = append(out, part...)
		if !whole {
			if in.meter.stopped == "" {
				in.damaged(f, "it cannot be unpacked to its end")
			}
			f.unread(string(in.meter.stopped))
			f.unread("it was not unpacked to its end")
			break
		}
		used := len(b) - len(rest)
		used += -used & 3 // padding
		used += checkSize(data)
		if used > len(b) || int64(len(out)) > in.meter.File {
			break
		}
		b = b[used:]
	}
	if m := in.member(f, innerName(f.Name), int64(len(out))); m != nil {
		in.fill(m, bytes.NewReader(out))
	}
}

// checkSize is how long the check of a block is (2.1.1.2).
func checkSize(data []byte) int {
	if len(data) < 8 {
		return 0
	}
	switch binary.BigEndian.Uint16(data[6:]) & 15 {
	case 1:
		return 4
	case 4:
		return 8
	case 10:
		return 32
	}
	return 0
}
