package content

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"io"
	"slices"
	"strings"
)

// The properties of a 7z header (7-Zip's 7zFormat.txt).
const (
	szEnd = iota
	szHeader
	szArchiveProperties
	szAdditionalStreams
	szMainStreams
	szFiles
	szPackInfo
	szUnpackInfo
	szSubStreams
	szSize
	szCRC
	szFolder
	szUnpackSize
	szNumUnpackStream
	szEmptyStream
	szEmptyFile
	szAnti
	szNames
	szEncodedHeader = 0x17
)

// szCoder is one step of unpacking.
type szCoder struct {
	id    string
	props []byte
}

// szPack is what is unpacked together: a "folder".
type szPack struct {
	coders []szCoder
	size   int64 // unpacked
	at     int64 // of its first packed stream
	packed int64
	crc    bool    // it has a check sum
	branch bool    // a filter for programs went over it before
	files  []int64 // sizes of the files in it
}

// szStreams is where packed octets are, and how they are packed.
type szStreams struct {
	packs []*szPack
}

const szAES = "\x06\xf1\x07\x01"

func (p *szPack) encrypted() bool {
	for _, c := range p.coders {
		if c.id == szAES {
			return true
		}
	}
	return false
}

// read7z lists a 7z, and reads what is packed with the usual methods.
func read7z(in *Inspection, f *File, data []byte) {
	header, why := in.header7z(f, data)
	if header == nil {
		f.unread(why)
		return
	}
	r := &szReader{b: header}
	var streams szStreams
	var names []string
	var empty []bool
	for !r.bad && len(r.b) > 0 {
		switch r.number() {
		case szHeader, szEnd:
		case szArchiveProperties:
			for !r.bad && r.number() != szEnd {
				r.take(r.number())
			}
		case szMainStreams, szAdditionalStreams:
			streams = r.streams()
		case szFiles:
			names, empty = r.files()
		default:
			r.bad = true
		}
	}
	if r.bad {
		in.damaged(f, "a 7z header that cannot be read to its end")
	}
	in.members7z(f, data, streams, names, empty)
}

// header7z gives the header, unpacked where it is packed.
func (in *Inspection) header7z(f *File, data []byte) (header []byte, why string) {
	le := binary.LittleEndian
	if len(data) < 32 {
		return nil, whyDamaged
	}
	at, n := le.Uint64(data[12:]), le.Uint64(data[20:])
	if n == 0 {
		return []byte{szEnd}, ""
	}
	if at > uint64(len(data)-32) || n > uint64(len(data)-32)-at {
		in.damaged(f, "a 7z without its header")
		return nil, whyDamaged
	}
	header = data[32+at : 32+at+n]
	for range 4 {
		if header[0] != szEncodedHeader {
			return header, ""
		}
		r := &szReader{b: header[1:]}
		s := r.streams()
		if r.bad || len(s.packs) == 0 {
			in.damaged(f, "a 7z header that cannot be read")
			return nil, whyDamaged
		}
		if s.packs[0].encrypted() {
			f.Encrypted = SevenZipNames
			return nil, "encrypted"
		}
		out, ok := in.unpack7z(f, data, s.packs[0])
		if !ok || len(out) == 0 {
			return nil, "its list of files is packed in a way that is not known"
		}
		header = out
	}
	return nil, whyDamaged
}

// unpack7z unpacks what is packed with one of the usual methods.
func (in *Inspection) unpack7z(f *File, data []byte, p *szPack) ([]byte, bool) {
	at := 32 + p.at
	c, ok := p.method()
	if !ok || p.at < 0 || p.packed < 0 || at > int64(len(data)) || at+p.packed > int64(len(data)) {
		return nil, false
	}
	b := data[at : at+p.packed]
	switch c.id {
	case "\x00":
		return b, true
	case "\x03\x01\x01":
		return in.unLZMA(c.props, b, p.size, f.Path)
	case "\x21":
		out, _, whole := in.unLZMA2(b, f.Path)
		return out, whole
	case "\x04\x02\x02":
		return in.unpackAll(bzip2.NewReader(bytes.NewReader(b)), p, f.Path)
	case "\x04\x01\x08":
		return in.unpackAll(flate.NewReader(bytes.NewReader(b)), p, f.Path)
	}
	return nil, false
}

// unpackAll unpacks a pack as far as memory allows.
func (in *Inspection) unpackAll(r io.Reader, p *szPack, where string) ([]byte, bool) {
	u := &unpacker{r: r, meter: in.meter, where: where, packed: max(1, p.packed)}
	out, whole := readAll(u, min(max(0, p.size), 4<<20), in.meter.File)
	return out, whole && int64(len(out)) >= p.size
}

// szBranches are the filters that turn the addresses in programs, by what they
// are called in 7z files: x86, PPC, IA-64, ARM, ARM Thumb, SPARC, ARM64.
var szBranches = []string{"\x03\x03\x01\x03", "\x03\x03\x02\x05", "\x03\x03\x04\x01", "\x03\x03\x05\x01", "\x03\x03\x07\x01", "\x03\x03\x08\x05",
	"\x04", "\x05", "\x06", "\x07", "\x08", "\x09", "\x0a"}

// method is how a pack is packed; a filter for programs beside it is noted.
func (p *szPack) method() (szCoder, bool) {
	switch {
	case len(p.coders) == 1:
		return p.coders[0], true
	case len(p.coders) != 2:
		return szCoder{}, false
	case slices.Contains(szBranches, p.coders[0].id):
		p.branch = true
		return p.coders[1], true
	case slices.Contains(szBranches, p.coders[1].id):
		p.branch = true
		return p.coders[0], true
	}
	return szCoder{}, false
}

// members7z opens the members, pack by pack.
func (in *Inspection) members7z(f *File, data []byte, s szStreams, names []string, empty []bool) {
	var full []string
	for i, name := range names {
		if i < len(empty) && empty[i] {
			continue // a folder, or a file of no octets
		}
		full = append(full, strings.ReplaceAll(name, `\`, "/"))
	}
	for _, p := range s.packs {
		if in.meter.stopped != "" {
			f.Uninspected = string(in.meter.stopped)
			return
		}
		k := min(len(p.files), len(full))
		in.pack7z(f, data, p, full[:k])
		full = full[k:]
	}
}

func (in *Inspection) pack7z(f *File, data []byte, p *szPack, names []string) {
	var out []byte
	ok := false
	why := "packed in a way that is not read"
	if p.encrypted() {
		why = "encrypted"
	} else if out, ok = in.unpack7z(f, data, p); !ok && out != nil {
		why = "it was not unpacked to its end"
	}
	held := int64(len(out))
	in.meter.held += held
	defer func() { in.meter.held -= held }()
	for i, name := range names {
		size := p.files[i]
		if size < 0 || size > int64(len(out)) {
			m := in.list(f, name, size, why)
			if m != nil && why == "encrypted" {
				m.Encrypted = SevenZip
			}
			continue
		}
		if m := in.member(f, name, size); m != nil {
			in.fill(m, bytes.NewReader(out[:size]))
			if p.branch && m.Uninspected == "" && m.Kind != Program {
				m.Uninspected = "packed with a filter for programs, which is not undone: read as far as it left the text alone"
			}
		}
		out = out[size:]
	}
}
