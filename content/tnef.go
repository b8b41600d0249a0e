package content

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// The attributes of TNEF that are read (MS-OXTNEF, 2.1.3.2).
const (
	tnefSubject     = 0x00018004
	tnefBody        = 0x0002800c
	tnefProps       = 0x00069003
	tnefRendData    = 0x00069002 // a new attachment begins
	tnefTitle       = 0x00018010
	tnefData        = 0x0006800f
	tnefAttachProps = 0x00069005
)

// tnefFile is an attachment that is put together.
type tnefFile struct {
	name string
	data []byte
}

// readTNEF opens what Outlook sends as winmail.dat.
func readTNEF(in *Inspection, f *File, data []byte) {
	var files []*tnefFile
	for b := data[min(6, len(data)):]; len(b) >= 9; {
		le := binary.LittleEndian
		id, n := le.Uint32(b[1:]), int64(le.Uint32(b[5:]))
		if n > int64(len(b))-9 {
			in.damaged(f, "winmail.dat is cut off")
			break
		}
		body := b[9 : 9+n]
		b = b[min(int64(len(b)), 9+n+2):]
		if id == tnefRendData && len(files) < in.meter.Files {
			files = append(files, &tnefFile{})
		}
		in.tnefAttribute(f, id, body, files)
	}
	for _, x := range files {
		if x.name == "" {
			x.name = "attachment"
		}
		if m := in.member(f, x.name, int64(len(x.data))); m != nil {
			in.fill(m, bytes.NewReader(x.data))
		}
	}
}

func (in *Inspection) tnefAttribute(f *File, id uint32, body []byte, files []*tnefFile) {
	last := &tnefFile{}
	if len(files) > 0 {
		last = files[len(files)-1]
	}
	switch id {
	case tnefSubject, tnefBody:
		in.keepText(Text{Where: f.Path, File: f, Prose: decodeText("", bytes.TrimRight(body, "\x00"))})
	case tnefTitle:
		if last.name == "" {
			last.name = decodeText("", bytes.TrimRight(body, "\x00"))
		}
	case tnefData:
		last.data = body
	case tnefAttachProps:
		mapiProperties(body, func(id uint16, text string, raw []byte) {
			switch {
			case id == 0x3707 && text != "":
				last.name = text
			case id == 0x3701 && last.data == nil && len(raw) > 16:
				last.data = raw
			}
		})
	case tnefProps:
		mapiProperties(body, func(id uint16, text string, raw []byte) {
			switch id {
			case 0x0037, 0x1000, 0x0e04, 0x0e03:
				in.keepText(Text{Where: f.Path, File: f, Prose: text})
			case 0x1013:
				for _, t := range textsOf(decodeText("", raw), HTMLText, in.meter.room(), Text{Where: f.Path, File: f}) {
					in.keepText(t)
				}
			case 0x1009:
				if rtf := lzfu(raw, int(in.meter.File)); rtf != nil {
					readRTF(in, f, rtf)
				}
			}
		})
	}
}

// mapiProperties calls do with each property: its text where it is one, and its
// octets (2.1.3.4).
func mapiProperties(b []byte, do func(id uint16, text string, raw []byte)) {
	r := &szReader{b: b}
	for range min(r.u32(), 10_000) {
		kind, id := r.u16(), r.u16()
		if id >= 0x8000 { // a named one
			r.take(16)
			if r.u32() == 0 {
				r.take(4)
			} else {
				r.padded(int64(r.u32()))
			}
		}
		count := uint32(1)
		switch kind &^ 0x1000 {
		case 0x1e, 0x1f, 0x0d, 0x102:
			count = r.u32()
		default:
			if kind&0x1000 != 0 {
				count = r.u32()
			}
		}
		for range min(count, 10_000) {
			if r.bad {
				return
			}
			raw, text := r.value(kind &^ 0x1000)
			do(id, text, raw)
		}
	}
}

func (r *szReader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *szReader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// padded takes octets that are filled up to a multiple of four.
func (r *szReader) padded(n int64) []byte {
	b := r.take(n)
	r.take(min(-n&3, int64(len(r.b))))
	return b
}

func (r *szReader) value(kind uint16) (raw []byte, text string) {
	switch kind {
	case 0x02, 0x03, 0x04, 0x0a, 0x0b:
		return r.take(4), ""
	case 0x05, 0x06, 0x07, 0x14, 0x40:
		return r.take(8), ""
	case 0x48:
		return r.take(16), ""
	case 0x1e:
		raw = r.padded(int64(r.u32()))
		return raw, decodeText("", bytes.TrimRight(raw, "\x00"))
	case 0x1f:
		raw = r.padded(int64(r.u32()))
		return raw, strings.TrimRight(utf16Text(raw), "\x00")
	case 0x0d, 0x102:
		return r.padded(int64(r.u32())), ""
	}
	r.bad = true
	return nil, ""
}

// lzfuStart is what the dictionary holds at first (MS-OXRTFCP, 2.1.2.1).
const lzfuStart = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// lzfu unpacks compressed RTF; nil for what is none.
func lzfu(b []byte, most int) []byte {
	if len(b) < 16 {
		return nil
	}
	switch string(b[8:12]) {
	case "MELA":
		return b[16:]
	case "LZFu":
	default:
		return nil
	}
	var dict [4096]byte
	at := copy(dict[:], lzfuStart)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		dict[at] = c
		at = (at + 1) & 4095
	}
	for b = b[16:]; len(b) > 0 && len(out) < most; {
		flags := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0; bit++ {
			if flags>>bit&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out
			}
			from, n := int(b[0])<<4|int(b[1]>>4), int(b[1]&15)+2
			b = b[2:]
			if from == at {
				return out
			}
			for i := range n {
				put(dict[(from+i)&4095])
			}
		}
	}
	return out
}
