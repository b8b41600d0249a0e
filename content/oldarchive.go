package content

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// readCab lists a cabinet (MS-CAB, 2). What is in it is not unpacked.
func readCab(in *Inspection, f *File, data []byte) {
	f.Uninspected = "a cabinet, of which only the names are looked at"
	if len(data) < 36 {
		return
	}
	le := binary.LittleEndian
	at := int(le.Uint32(data[16:]))
	for range le.Uint16(data[28:]) {
		if at < 0 || at+17 > len(data) {
			in.damaged(f, "a cabinet whose list of files is cut off")
			return
		}
		n := bytes.IndexByte(data[at+16:], 0)
		if n < 0 {
			return
		}
		name := decodeText("", data[at+16:at+16+n])
		if in.list(f, strings.ReplaceAll(name, `\`, "/"), int64(le.Uint32(data[at:])), "packed in a cabinet") == nil {
			return
		}
		at += 17 + n
	}
}

// readLHA lists an LHA archive with headers of level 0 to 2 and reads the
// members that are stored.
func readLHA(in *Inspection, f *File, data []byte) {
	for len(data) > 24 && data[0] != 0 {
		h, ok := lhaHeader(data)
		if !ok || h.size > len(data) || h.packed > int64(len(data)-h.size) {
			in.damaged(f, "an LHA archive whose list of files is cut off")
			return
		}
		body := data[h.size : int64(h.size)+h.packed]
		data = data[int64(h.size)+h.packed:]
		switch {
		case h.method == "-lhd-":
		case h.method == "-lh0-" || h.method == "-lz4-":
			if m := in.member(f, h.name, h.full); m != nil {
				in.fill(m, &unpacker{r: bytes.NewReader(body), meter: in.meter, where: m.Path})
			}
		default:
			if in.list(f, h.name, h.full, "packed with "+h.method) == nil {
				return
			}
		}
	}
}

type lhaFile struct {
	method, name, folder string
	packed, full         int64
	size                 int // of the header
}

// lhaHeader reads a header (LHa for UNIX, header.doc.md).
func lhaHeader(b []byte) (h lhaFile, ok bool) {
	le := binary.LittleEndian
	h = lhaFile{method: string(b[2:7]), packed: int64(le.Uint32(b[7:])), full: int64(le.Uint32(b[11:]))}
	level := b[20]
	if level == 2 {
		if h.size = int(le.Uint16(b)); h.size < 26 || h.size > len(b) {
			return h, false
		}
		h.extended(b[24:h.size])
		return h.finish(), true
	}
	n := int(b[21])
	h.size = int(b[0]) + 2
	if h.size > len(b) || 22+n > h.size {
		return h, false
	}
	h.name = decodeText("", b[22:22+n])
	if level == 1 {
		rest := b[h.size-2:]
		used := h.extended(rest)
		h.size += used
		h.packed -= int64(used)
	}
	return h.finish(), h.packed >= 0
}

// extended reads headers that follow each other, each with the size of the next
// one at its end; it gives how long they are.
func (h *lhaFile) extended(b []byte) int {
	at := 0
	for at+2 <= len(b) {
		n := int(binary.LittleEndian.Uint16(b[at:]))
		if n < 3 || at+2+n > len(b) {
			return at
		}
		body := b[at+3 : at+n]
		switch b[at+2] {
		case 1:
			h.name = decodeText("", body)
		case 2:
			h.folder = decodeText("", bytes.ReplaceAll(body, []byte{0xff}, []byte("/")))
		}
		at += n
	}
	return at
}

func (h lhaFile) finish() lhaFile {
	h.name = strings.ReplaceAll(h.folder+h.name, `\`, "/")
	return h
}
