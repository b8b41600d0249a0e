package content

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// The BIFF8 records that are read (MS-XLS, 2.3).
const (
	biffFormula  = 0x0006
	biffEOF      = 0x000a
	biffDateMode = 0x0022
	biffFilePass = 0x002f
	biffFont     = 0x0031
	biffContinue = 0x003c
	biffColInfo  = 0x007d
	biffSheet    = 0x0085
	biffMulRK    = 0x00bd
	biffRString  = 0x00d6
	biffXF       = 0x00e0
	biffSST      = 0x00fc
	biffLabelSST = 0x00fd
	biffObject   = 0x01b6
	biffNumber   = 0x0203
	biffLabel    = 0x0204
	biffString   = 0x0207
	biffRow      = 0x0208
	biffRK       = 0x027e
	biffFormat   = 0x041e
	biffBOF      = 0x0809
)

// xlsSheet is a sheet as the workbook lists it.
type xlsSheet struct {
	at     uint32
	name   string
	hidden string
}

// xlsBook is an old Excel file that is read.
type xlsBook struct {
	in      *Inspection
	f       *File
	data    []byte
	sheets  []xlsSheet
	strings []string
	styles  []cellStyle
	formats map[int]cellStyle
	white   []bool // fonts
	date04  bool
	old     bool // before BIFF8: texts are in a code page
}

// readXLS reads the sheets of an old Excel file, hidden ones included.
func readXLS(in *Inspection, f *File, c *compound) {
	b := &xlsBook{in: in, f: f, data: c.stream("workbook"), formats: map[int]cellStyle{}}
	if b.data == nil {
		b.data = c.stream("book")
	}
	if !b.globals() {
		return
	}
	for _, s := range b.sheets {
		if int64(s.at) < int64(len(b.data)) {
			b.sheet(s)
		}
	}
}

// record cuts the record at the front; ok is false at the end.
func record(b []byte) (kind int, body, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, nil, false
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if 4+n > len(b) {
		return 0, nil, nil, false
	}
	return int(binary.LittleEndian.Uint16(b)), b[4 : 4+n], b[4+n:], true
}

// globals reads what comes before the sheets. It reports false where the file
// is encrypted.
func (b *xlsBook) globals() bool {
	le := binary.LittleEndian
	for rest := b.data; ; {
		kind, body, next, ok := record(rest)
		if !ok || kind == biffEOF {
			return true
		}
		switch {
		case kind == biffFilePass:
			b.f.Encrypted, b.f.Uninspected = OfficeRC4, "encrypted"
			if len(body) >= 2 && le.Uint16(body) == 0 {
				b.f.Encrypted = OfficeXOR
			}
			return false
		case kind == biffBOF && len(body) >= 2:
			b.old = le.Uint16(body) < 0x600
		case kind == biffDateMode && len(body) >= 2:
			b.date04 = body[0] == 1
		case kind == biffSheet && len(body) >= 8:
			b.addSheet(body)
		case kind == biffSST && len(body) >= 8:
			b.readSST(rest)
		case kind == biffFont && len(body) >= 6:
			if b.white = append(b.white, le.Uint16(body[4:]) == 9); len(b.white) == 4 {
				b.white = append(b.white, false) // number 4 is left out (2.5.129)
			}
		case kind == biffFormat && len(body) >= 5 && !b.old:
			code, _ := biffText(body[2:], 2)
			b.formats[int(le.Uint16(body))] = formatStyle(code)
		case kind == biffXF && len(body) >= 20:
			b.addStyle(body)
		}
		rest = next
	}
}

func (b *xlsBook) addSheet(body []byte) {
	s := xlsSheet{at: binary.LittleEndian.Uint32(body)}
	switch body[4] & 3 {
	case 1:
		s.hidden = HiddenSheet
	case 2:
		s.hidden = VeryHiddenSheet
	}
	if body[5] == 1 { // a sheet of Excel 4 macros
		b.f.Flags |= Macro
	}
	if b.old {
		s.name = decodeText("", body[7:min(len(body), 7+int(body[6]))])
	} else {
		s.name, _ = biffText(body[6:], 1)
	}
	b.sheets = append(b.sheets, s)
}

func (b *xlsBook) addStyle(body []byte) {
	font, format := int(binary.LittleEndian.Uint16(body)), int(binary.LittleEndian.Uint16(body[2:]))
	c, ok := b.formats[format]
	c.date = c.date || !ok && builtinDate(format)
	if font < len(b.white) && b.white[font] && binary.LittleEndian.Uint32(body[14:])>>26 == 0 {
		c.hidden = SameColour
	}
	b.styles = append(b.styles, c)
}

// biffText reads a text with its length in one or two octets before it
// (XLUnicodeString, 2.5.294; those in the shared table may have more).
func biffText(b []byte, width int) (s string, rest []byte) {
	if len(b) < width+1 {
		return "", nil
	}
	n := int(b[0])
	if width == 2 {
		n = int(binary.LittleEndian.Uint16(b))
	}
	wide := b[width]&1 != 0
	b = b[width+1:]
	if wide {
		n = min(2*n, len(b)&^1)
		return utf16Text(b[:n]), b[n:]
	}
	n = min(n, len(b))
	return latin1(b[:n]), b[n:]
}

// latin1 reads UTF-16 whose upper octets are left out.
func latin1(b []byte) string {
	if ascii(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// continued reads over a record and those that continue it.
type continued struct {
	body, rest []byte
}

// more goes to the next record when this one is used up.
func (c *continued) more() bool {
	for len(c.body) == 0 {
		kind, body, rest, ok := record(c.rest)
		if !ok || kind != biffContinue {
			return false
		}
		c.body, c.rest = body, rest
	}
	return true
}

func (c *continued) take(n int) []byte {
	var out []byte
	for n > 0 && c.more() {
		k := min(n, len(c.body))
		out = append(out, c.body[:k]...)
		c.body, n = c.body[k:], n-k
	}
	return out
}

// text reads n characters; each record that continues the text states the width
// of its characters anew (2.5.296).
func (c *continued) text(n int, wide bool) string {
	var b strings.Builder
	for n > 0 {
		if len(c.body) == 0 {
			if !c.more() {
				break
			}
			wide = c.body[0]&1 != 0
			c.body = c.body[1:]
			continue
		}
		k := min(n, len(c.body))
		if wide {
			if k = min(n, len(c.body)/2); k == 0 {
				break
			}
			b.WriteString(utf16Text(c.body[:2*k]))
			c.body = c.body[2*k:]
		} else {
			b.WriteString(latin1(c.body[:k]))
			c.body = c.body[k:]
		}
		n -= k
	}
	return b.String()
}

// readSST reads the shared texts (2.4.265).
func (b *xlsBook) readSST(at []byte) {
	_, body, rest, _ := record(at)
	c := &continued{body: body, rest: rest}
	count := binary.LittleEndian.Uint32(c.take(8)[4:])
	var cost int64
	for range count {
		head := c.take(3)
		if len(head) < 3 {
			return
		}
		runs, phonetic := 0, 0
		if head[2]&8 != 0 {
			if r := c.take(2); len(r) == 2 {
				runs = int(binary.LittleEndian.Uint16(r))
			}
		}
		if head[2]&4 != 0 {
			if r := c.take(4); len(r) == 4 {
				phonetic = int(binary.LittleEndian.Uint32(r))
			}
		}
		s := c.text(int(binary.LittleEndian.Uint16(head)), head[2]&1 != 0)
		c.take(4 * runs)
		if phonetic < 0 || phonetic > len(b.data) {
			return
		}
		c.take(phonetic)
		if cost += int64(len(s)) + 16; cost > b.in.meter.Text {
			b.in.meter.note(LimitText, b.f.Path, "more than %d octets of text", b.in.meter.Text)
			return
		}
		b.strings = append(b.strings, s)
	}
}

// xlsReader reads one sheet. Cells come in the order of their rows, nearly
// always; a change of row ends one.
type xlsReader struct {
	*xlsBook
	w      tableWriter
	row    int
	hidden map[int]bool
	// result is the cell of a formula whose text follows.
	column, style int
	waits         bool
}

func (b *xlsBook) sheet(s xlsSheet) {
	r := &xlsReader{xlsBook: b, row: -1, hidden: map[int]bool{}}
	r.w = tableWriter{in: b.in, text: Text{Where: b.f.Path + ", sheet " + s.name, File: b.f, Hidden: s.hidden}}
	depth := 0
	for rest := b.data[s.at:]; ; {
		kind, body, next, ok := record(rest)
		if !ok {
			break
		}
		switch kind {
		case biffBOF:
			depth++
		case biffEOF:
			depth--
		case biffObject:
			r.comment(body, next)
		default:
			if depth == 1 {
				r.record(kind, body)
			}
		}
		if depth <= 0 || r.w.full {
			break
		}
		rest = next
	}
	r.endRow()
	r.w.close()
}

func (r *xlsReader) endRow() {
	if r.row >= 0 {
		r.w.end(r.row, r.hidden[r.row])
	}
}

func (r *xlsReader) record(kind int, body []byte) {
	le := binary.LittleEndian
	switch {
	case kind == biffColInfo && len(body) >= 10:
		if le.Uint16(body[8:])&1 != 0 || le.Uint16(body[4:]) == 0 {
			r.w.text.columns = append(r.w.text.columns, span{int(le.Uint16(body)), int(le.Uint16(body[2:]))})
		}
	case kind == biffRow && len(body) >= 16:
		if body[12]&0x20 != 0 && len(r.hidden) < 1<<17 {
			r.hidden[int(le.Uint16(body))] = true
		}
	case kind == biffString && r.waits:
		s, _ := biffText(body, 2)
		if r.old {
			s = decodeText("", body[min(2, len(body)):])
		}
		r.w.put(r.column, s, r.styleOf(r.style).hidden)
		r.waits = false
	case len(body) >= 6:
		r.cell(kind, body)
	}
}

// cell reads the records that hold a cell: row, column, style, value.
func (r *xlsReader) cell(kind int, body []byte) {
	le := binary.LittleEndian
	row, column, style := int(le.Uint16(body)), int(le.Uint16(body[2:])), int(le.Uint16(body[4:]))
	var text string
	value := body[6:]
	switch {
	case kind == biffLabelSST && len(value) >= 4:
		if n := le.Uint32(value); n < uint32(len(r.strings)) {
			text = r.strings[n]
		}
	case kind == biffLabel, kind == biffRString:
		if text, _ = biffText(value, 2); r.old && len(value) > 2 {
			text = decodeText("", value[2:min(len(value), 2+int(le.Uint16(value)))])
		}
	case kind == biffNumber && len(value) >= 8:
		text = r.number(math.Float64frombits(le.Uint64(value)), style)
	case kind == biffRK && len(value) >= 4:
		text = r.number(rk(le.Uint32(value)), style)
	case kind == biffMulRK:
		r.goTo(row)
		for i := 4; i+6 <= len(body)-2; i += 6 {
			style := int(le.Uint16(body[i:]))
			r.w.put(column, r.number(rk(le.Uint32(body[i+2:])), style), r.styleOf(style).hidden)
			column++
		}
		return
	case kind == biffFormula && len(value) >= 8:
		if value[6] != 0xff || value[7] != 0xff {
			text = r.number(math.Float64frombits(le.Uint64(value)), style)
		} else if value[0] == 0 {
			r.waits = true
		}
	default:
		return
	}
	r.goTo(row)
	r.column, r.style = column, style
	r.w.put(column, text, r.styleOf(style).hidden)
}

func (r *xlsReader) goTo(row int) {
	if row != r.row {
		r.endRow()
		r.row = row
	}
}

func (b *xlsBook) styleOf(n int) *cellStyle {
	if n < len(b.styles) {
		return &b.styles[n]
	}
	return &cellStyle{}
}

func (r *xlsReader) number(f float64, style int) string {
	return r.styleOf(style).number([]byte(strconv.FormatFloat(f, 'f', -1, 64)), r.date04)
}

// rk unpacks a number of 30 bits (2.5.122).
func rk(n uint32) float64 {
	f := float64(int32(n) >> 2)
	if n&2 == 0 {
		f = math.Float64frombits(uint64(n&^3) << 32)
	}
	if n&1 != 0 {
		f /= 100
	}
	return f
}

// comment reads the text of a comment or text box, which is in the records that
// continue its object (2.4.329).
func (r *xlsReader) comment(body, rest []byte) {
	if len(body) < 12 {
		return
	}
	n := int(binary.LittleEndian.Uint16(body[10:]))
	c := &continued{rest: rest}
	if s := c.text(n, false); s != "" {
		r.in.keepText(Text{Where: r.w.text.Where, File: r.f, Hidden: CommentText, Prose: s})
	}
}
