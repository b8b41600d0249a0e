package content

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
)

// decode undoes the filters of a stream, as far as they are none of pictures.
func (p *pdfFile) decode(s *pdfStream) []byte {
	b := s.raw
	if p.key != nil && s.dict["Type"] != pdfName("XRef") {
		b = p.key.decrypt(b, s.ref)
	}
	filters := p.array(s.dict["Filter"])
	if n, ok := p.get(s.dict["Filter"]).(pdfName); ok {
		filters = pdfArray{n}
	}
	params := p.array(s.dict["DecodeParms"])
	if d := p.dict(s.dict["DecodeParms"]); d != nil {
		params = pdfArray{d}
	}
	for i, f := range filters[:min(len(filters), 8)] {
		name, _ := p.get(f).(pdfName)
		var parms pdfDict
		if i < len(params) {
			parms = p.dict(params[i])
		}
		var ok bool
		if b, ok = p.filter(name, b, parms); !ok {
			p.cut = true
			return nil
		}
	}
	return b
}

func (p *pdfFile) filter(name pdfName, b []byte, parms pdfDict) ([]byte, bool) {
	switch name {
	case "FlateDecode", "Fl":
		return p.predict(p.inflate(b), parms), true
	case "ASCIIHexDecode", "AHx":
		return unhex(bytes.TrimRight(b, "> \r\n")), true
	case "ASCII85Decode", "A85":
		b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("<~"))
		if i := bytes.IndexByte(b, '~'); i >= 0 {
			b = b[:i]
		}
		out := make([]byte, len(b)*4+8) // "z" stands for four
		n, _, _ := ascii85.Decode(out, b, true)
		return out[:n], true
	case "LZWDecode", "LZW":
		return p.predict(lzw(b, p.in.meter.File), parms), true
	case "RunLengthDecode", "RL":
		return runs(b, p.in.meter.File), true
	case "Crypt":
		return b, true
	}
	return nil, false
}

// inflate unpacks zlib, leniently: what comes before an error counts.
func (p *pdfFile) inflate(b []byte) []byte {
	b = bytes.TrimLeft(b, "\r\n")
	if len(b) < 2 {
		return nil
	}
	src := &errReader{r: &unpacker{r: flate.NewReader(bytes.NewReader(b[2:])), meter: p.in.meter, where: p.f.Path, packed: int64(len(b))}}
	out, whole := readAll(src, int64(len(b))*4, p.in.meter.File)
	if !whole && src.err == nil {
		p.in.meter.note(LimitFile, p.f.Path, "only the first %d octets of a stream are looked into", p.in.meter.File)
		p.f.unread("too large to be read whole")
	}
	p.cut = p.cut || src.err != nil && p.in.meter.stopped == ""
	return out
}

// predict undoes the predictors of PNG and TIFF (7.4.4.4), for whole octets.
func (p *pdfFile) predict(b []byte, parms pdfDict) []byte {
	kind := p.int(parms["Predictor"])
	if kind < 10 {
		return b
	}
	columns, colours, bits := p.int(parms["Columns"]), p.int(parms["Colors"]), p.int(parms["BitsPerComponent"])
	if columns == 0 {
		columns = 1
	}
	pixel := max(1, max(1, colours)*max(8, bits)/8)
	row := columns * pixel
	if row <= 0 || row > 1<<20 {
		return b
	}
	out := make([]byte, 0, len(b))
	before := make([]byte, row)
	for len(b) > 1 {
		n := min(row, len(b)-1)
		line := bytes.Clone(b[1 : 1+n])
		unfilter(b[0], line, before, pixel)
		out = append(out, line...)
		copy(before, line)
		b = b[1+n:]
	}
	return out
}

func unfilter(kind byte, line, before []byte, pixel int) {
	for i := range line {
		var left, corner byte
		if i >= pixel {
			left, corner = line[i-pixel], before[i-pixel]
		}
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += before[i]
		case 3:
			line[i] += byte((int(left) + int(before[i])) / 2)
		case 4:
			line[i] += paeth(left, before[i], corner)
		}
	}
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	da, db, dc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case da <= db && da <= dc:
		return a
	case db <= dc:
		return b
	}
	return c
}

func abs(n int) int { return max(n, -n) }

// runs undoes run lengths (7.4.5).
func runs(b []byte, most int64) []byte {
	var out []byte
	for len(b) > 1 && int64(len(out)) < most {
		n := int(b[0])
		switch {
		case n == 128:
			return out
		case n < 128:
			k := min(n+1, len(b)-1)
			out, b = append(out, b[1:1+k]...), b[1+k:]
		default:
			out, b = append(out, bytes.Repeat(b[1:2], 257-n)...), b[2:]
		}
	}
	return out
}

// lzw undoes LZW with codes of 9 to 12 bits that change early (7.4.4).
func lzw(b []byte, most int64) []byte {
	var out []byte
	var table [][]byte
	reset := func() {
		table = table[:0]
		for i := range 258 {
			table = append(table, []byte{byte(i)})
		}
	}
	reset()
	width, bits, have := 9, uint32(0), 0
	var last []byte
	for _, c := range b {
		bits, have = bits<<8|uint32(c), have+8
		if have < width {
			continue
		}
		code := int(bits>>(have-width)) & (1<<width - 1)
		have -= width
		switch {
		case code == 256:
			reset()
			width, last = 9, nil
			continue
		case code == 257 || int64(len(out)) > most:
			return out
		}
		var entry []byte
		switch {
		case code < len(table):
			entry = table[code]
		case last != nil && code == len(table):
			entry = append(bytes.Clone(last), last[0])
		default:
			return out
		}
		out = append(out, entry...)
		if last != nil && len(table) < 4096 {
			table = append(table, append(bytes.Clone(last), entry[0]))
		}
		last = entry
		for width < 12 && len(table)+1 >= 1<<width {
			width++
		}
	}
	return out
}
