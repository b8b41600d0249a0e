package content

import (
	"bytes"
	"encoding/binary"
)

// autoNames are procedures that Office calls by itself (Microsoft, "Auto
// macros" and the events of Document, Workbook and Presentation), in lower case.
var autoNames = [][]byte{
	[]byte("autoopen"), []byte("autoexec"), []byte("auto_open"), []byte("autoclose"), []byte("auto_close"), []byte("autonew"),
	[]byte("document_open"), []byte("document_new"), []byte("document_close"), []byte("workbook_open"), []byte("workbook_activate"), []byte("workbook_beforeclose"),
}

// startsItself looks for such a name in a module's source.
func startsItself(source []byte) bool {
	source = bytes.ToLower(source)
	for _, name := range autoNames {
		if bytes.Contains(source, name) {
			return true
		}
	}
	return false
}

// moduleSource gives the source of a VBA module. The directory says where it
// starts in the stream; every source starts with "Attribut", which a compressed
// one holds as it is, behind its head (MS-OVBA, 2.4.1).
func moduleSource(stream []byte) []byte {
	i := bytes.Index(stream, []byte("\x00Attribut"))
	if i < 3 || stream[i-3] != 1 {
		return nil
	}
	return decompressVBA(stream[i-3:], 1<<20)
}

// decompressVBA undoes the compression of MS-OVBA, 2.4.1, at most so many
// octets.
func decompressVBA(b []byte, most int) []byte {
	var out []byte
	for b = b[1:]; len(b) >= 2 && len(out) < most; {
		head := binary.LittleEndian.Uint16(b)
		size := min(int(head&0xfff)+3, len(b))
		chunk := b[2:size]
		b = b[size:]
		if head&0x8000 == 0 {
			out = append(out, chunk...)
			continue
		}
		out = decompressChunk(out, chunk)
	}
	return out
}

func decompressChunk(out, chunk []byte) []byte {
	start := len(out)
	for len(chunk) > 0 {
		flags := chunk[0]
		chunk = chunk[1:]
		for bit := 0; bit < 8 && len(chunk) > 0; bit++ {
			if flags&(1<<bit) == 0 {
				out, chunk = append(out, chunk[0]), chunk[1:]
				continue
			}
			if len(chunk) < 2 {
				return out
			}
			token := binary.LittleEndian.Uint16(chunk)
			chunk = chunk[2:]
			bits := 4
			for 1<<bits < len(out)-start {
				bits++
			}
			bits = min(bits, 12)
			back := int(token>>(16-bits)) + 1
			n := int(token&(0xffff>>bits)) + 3
			if back > len(out)-start {
				return out
			}
			for range n {
				out = append(out, out[len(out)-back])
			}
		}
	}
	return out
}
