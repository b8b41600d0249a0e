package content

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"path"
	"strconv"
)

// The records of a binary workbook that are read (MS-XLSB, 2.3.2).
const (
	brtRowHdr      = 0
	brtCellRk      = 2
	brtCellReal    = 5
	brtCellSt      = 6
	brtCellIsst    = 7
	brtFmlaString  = 8
	brtFmlaNum     = 9
	brtSSTItem     = 19
	brtFmt         = 44
	brtXF          = 47
	brtColInfo     = 60
	brtCellRString = 62
	brtWbProp      = 153
	brtBundleSh    = 156
	brtBeginXFs    = 617
	brtEndXFs      = 618
	brtCommentText = 637
)

// maxBrt is the longest record that is read; longer ones are passed over, and
// none of the above is.
const maxBrt = 1 << 20

// binaryWorkbook reads the sheets of a binary workbook, hidden ones included.
func (o *ooxml) binaryWorkbook() {
	b := &workbook{ooxml: o}
	var sheets []sheetRef
	o.records("xl/workbook.bin", func(kind int, body []byte) bool {
		switch {
		case kind == brtWbProp && len(body) >= 4:
			b.date1904 = body[0]&1 != 0
		case kind == brtBundleSh && len(body) >= 8:
			sheets = append(sheets, bundle(body))
		}
		return true
	})
	o.records("xl/sharedstrings.bin", b.binaryString)
	b.binaryStyles()
	targets := o.targets("xl/_rels/workbook.bin.rels", "xl")
	read := map[string]bool{}
	for _, s := range sheets {
		if e := o.z.find(targets[s.id]); e != nil && !read[e.name] {
			read[e.name] = true
			b.binarySheet(e.name, s.name, s.state)
		}
	}
	for _, e := range o.parts("xl/worksheets/", ".bin") { // those that the workbook does not list
		if !read[e.name] && !hasIndexName(e.name) {
			b.binarySheet(e.name, path.Base(e.name), HiddenSheet)
		}
	}
	for _, e := range o.parts("xl/comments", ".bin") {
		o.records(e.name, func(kind int, body []byte) bool {
			if kind == brtCommentText && len(body) > 1 {
				s, _ := wideString(body[1:])
				o.in.keepText(Text{Where: o.f.Path, File: o.f, Hidden: CommentText, Prose: s})
			}
			return true
		})
	}
	if len(o.parts("xl/pivotcache/", ".bin")) > 0 {
		o.f.Uninspected = "a binary workbook, of which the pivot caches are not looked at"
	}
}

// hasIndexName: Excel keeps an index beside each sheet.
func hasIndexName(name string) bool {
	base := path.Base(name)
	return len(base) > 11 && base[:11] == "binaryIndex"
}

// records reads a part record by record, as long as do wants more (2.1.4).
func (o *ooxml) records(name string, do func(kind int, body []byte) bool) {
	e := o.z.find(name)
	if e == nil {
		return
	}
	r, done := o.open(e)
	defer done()
	src := &errReader{r: r}
	in := bufio.NewReaderSize(src, 32<<10)
	var body []byte
	for {
		kind, n, ok := brtHead(in)
		if !ok {
			break
		}
		if n > maxBrt {
			if _, err := in.Discard(n); err != nil {
				break
			}
			continue
		}
		if cap(body) < n {
			body = make([]byte, n)
		}
		body = body[:n]
		if _, err := io.ReadFull(in, body); err != nil || !do(kind, body) {
			break
		}
	}
	o.in.complain(o.f, src.err)
}

// brtHead reads a record's kind and length, each in groups of seven bits.
func brtHead(in *bufio.Reader) (kind, n int, ok bool) {
	c, err := in.ReadByte()
	if err != nil {
		return 0, 0, false
	}
	if kind = int(c); c&0x80 != 0 {
		d, err := in.ReadByte()
		if err != nil {
			return 0, 0, false
		}
		kind = int(c&0x7f) | int(d&0x7f)<<7
	}
	for shift := 0; shift < 28; shift += 7 {
		c, err := in.ReadByte()
		if err != nil {
			return 0, 0, false
		}
		n |= int(c&0x7f) << shift
		if c&0x80 == 0 {
			break
		}
	}
	return kind, n, true
}

// wideString reads an XLWideString (2.5.168): its length, and UTF-16.
func wideString(b []byte) (s string, rest []byte) {
	if len(b) < 4 {
		return "", nil
	}
	n := binary.LittleEndian.Uint32(b)
	if b = b[4:]; n == math.MaxUint32 || uint64(n)*2 > uint64(len(b)) { // null
		return "", b
	}
	return utf16Text(b[:2*n]), b[2*n:]
}

// bundle reads how the workbook lists a sheet (2.4.311).
func bundle(body []byte) (s sheetRef) {
	switch binary.LittleEndian.Uint32(body) {
	case 1:
		s.state = HiddenSheet
	case 2:
		s.state = VeryHiddenSheet
	}
	var rest []byte
	s.id, rest = wideString(body[8:])
	s.name, _ = wideString(rest)
	return s
}

// binaryString takes a text that cells refer to by its number.
func (b *workbook) binaryString(kind int, body []byte) bool {
	if kind != brtSSTItem || len(body) < 5 {
		return true
	}
	s, _ := wideString(body[1:])
	if b.shared += int64(len(s)) + cellCost; b.shared > b.in.meter.Text {
		b.in.meter.note(LimitText, b.f.Path, "more than %d octets of text", b.in.meter.Text)
		return false
	}
	b.strings = append(b.strings, s)
	return true
}

// binaryStyles reads which cells are dates, filled up with zeros, or not shown.
func (b *workbook) binaryStyles() {
	formats := map[int]cellStyle{}
	inside := false
	b.records("xl/styles.bin", func(kind int, body []byte) bool {
		le := binary.LittleEndian
		switch {
		case kind == brtFmt && len(body) > 6:
			code, _ := wideString(body[2:])
			formats[int(le.Uint16(body))] = formatStyle(code)
		case kind == brtBeginXFs, kind == brtEndXFs:
			inside = kind == brtBeginXFs
		case kind == brtXF && inside && len(body) >= 4 && len(b.styles) < 1<<16:
			id := int(le.Uint16(body[2:]))
			style := formats[id]
			style.date = style.date || builtinDate(id)
			b.styles = append(b.styles, style)
		}
		return true
	})
}

// binarySheet reads the cells of one sheet.
func (b *workbook) binarySheet(part, name, state string) {
	r := &sheetReader{workbook: b, row: -1}
	r.w = tableWriter{in: b.in, text: Text{Where: b.f.Path + ", sheet " + name, File: b.f, Hidden: state}}
	b.records(part, func(kind int, body []byte) bool { r.binary(kind, body); return !r.stopped })
	r.endRow()
	r.w.close()
}

func (r *sheetReader) binary(kind int, body []byte) {
	le := binary.LittleEndian
	switch {
	case kind == brtRowHdr && len(body) >= 12:
		r.endRow()
		r.row, r.hidden = int(le.Uint32(body)&0xfffff), body[11]&0x10 != 0
	case kind == brtColInfo && len(body) >= 18:
		if body[16]&1 != 0 || le.Uint32(body[8:]) == 0 {
			r.w.text.columns = append(r.w.text.columns, span{int(le.Uint32(body) & 0x3fff), int(le.Uint32(body[4:]) & 0x3fff)})
		}
	case len(body) > 8:
		r.binaryCell(kind, body)
	}
}

// binaryCell reads a cell: its column, its style, its value (2.5.9).
func (r *sheetReader) binaryCell(kind int, body []byte) {
	le := binary.LittleEndian
	column, value := int(le.Uint32(body)&0x3fff), body[8:]
	style := &cellStyle{}
	if n := int(le.Uint32(body[4:]) & 0xffffff); n < len(r.styles) {
		style = &r.styles[n]
	}
	number := func(f float64) string {
		return style.number(strconv.AppendFloat(nil, f, 'f', -1, 64), r.date1904)
	}
	var text string
	switch {
	case kind == brtCellIsst && len(value) >= 4:
		if n := le.Uint32(value); n < uint32(len(r.strings)) {
			text = r.strings[n]
		}
	case kind == brtCellSt, kind == brtFmlaString:
		text, _ = wideString(value)
	case kind == brtCellRString && len(value) > 1:
		text, _ = wideString(value[1:])
	case kind == brtCellRk && len(value) >= 4:
		text = number(rk(le.Uint32(value)))
	case (kind == brtCellReal || kind == brtFmlaNum) && len(value) >= 8:
		text = number(math.Float64frombits(le.Uint64(value)))
	}
	r.w.put(column, text, style.hidden)
}
