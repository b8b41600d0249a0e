package content

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// readDOC reads the text of an old Word file (MS-DOC): the pieces of the text
// stand in the stream of the document, the list of them in that of the tables.
// Deleted and hidden text is read like all other.
func readDOC(in *Inspection, f *File, c *compound) {
	d := c.stream("worddocument")
	if len(d) < 0x1aa {
		in.damaged(f, "a Word file without its head")
		return
	}
	le := binary.LittleEndian
	flags := le.Uint16(d[10:])
	if flags&0x100 != 0 {
		f.Encrypted, f.Uninspected = OfficeRC4, "encrypted"
		if flags&0x8000 != 0 {
			f.Encrypted = OfficeXOR
		}
		return
	}
	name := "0table"
	if flags&0x200 != 0 {
		name = "1table"
	}
	table := c.stream(name)
	at, n := int64(le.Uint32(d[0x1a2:])), int64(le.Uint32(d[0x1a6:]))
	if at+n > int64(len(table)) || le.Uint16(d[2:]) < 0xc0 {
		in.damaged(f, "a Word file whose text was not found")
		return
	}
	text, ok := pieces(d, table[at:at+n])
	if !ok {
		in.damaged(f, "a Word file whose text was not found")
	}
	var stories [7]int // lengths: text, footnotes, headers, macros, comments, endnotes, text boxes
	for i := range stories {
		stories[i] = int(int32(le.Uint32(d[0x4c+4*i:])))
	}
	for i, n := range stories {
		n = max(0, min(n, len(text)))
		t := Text{Where: f.Path + []string{"", ", footnotes", ", headers", ", macros", "", ", endnotes", ", text boxes"}[i], File: f}
		if i == 4 {
			t.Hidden = CommentText
		}
		in.wordStory(t, string(utf16.Decode(text[:n])))
		text = text[n:]
	}
}

// pieces puts the text together (MS-DOC, 2.9.38 and 2.9.177).
func pieces(d, clx []byte) (text []uint16, ok bool) {
	le := binary.LittleEndian
	for len(clx) >= 3 && clx[0] == 1 {
		n := int(le.Uint16(clx[1:])) + 3
		if n > len(clx) {
			return nil, false
		}
		clx = clx[n:]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return nil, false
	}
	plc := clx[5:]
	count := (len(plc) - 4) / 12
	ok = true
	for i := range count {
		from, to := int64(le.Uint32(plc[4*i:])), int64(le.Uint32(plc[4*i+4:]))
		fc := le.Uint32(plc[4*(count+1)+8*i+2:])
		n := to - from
		if n <= 0 {
			continue
		}
		if int64(len(text))+n > int64(len(d)) {
			return text, false
		}
		if fc&(1<<30) != 0 {
			at := int64(fc&^(1<<30)) / 2
			if at+n > int64(len(d)) {
				ok = false
				continue
			}
			text = append(text, utf16.Encode([]rune(decodeText("windows-1252", d[at:at+n])))...)
			continue
		}
		at := int64(fc)
		if at+2*n > int64(len(d)) {
			ok = false
			continue
		}
		for k := range n {
			text = append(text, le.Uint16(d[at+2*k:]))
		}
	}
	return text, ok
}

// wordStory makes text of a story: tables into rows, the codes of fields left
// out. Word ends a cell with the character 7, and a row with one more.
func (in *Inspection) wordStory(t Text, s string) {
	code := 0
	s = strings.Map(func(r rune) rune {
		switch r {
		case 0x13:
			code++
			return -1
		case 0x14, 0x15:
			code = 0
			return -1
		case 0x0b, 0x0c, 0x0e:
			return '\n'
		case 0x1e:
			return '-'
		}
		if code > 0 || r < ' ' && r != '\r' && r != 7 && r != '\t' {
			return -1
		}
		return r
	}, s)
	in.keepCells(t, strings.Split(s, "\r"), "\a\a")
}

// keepCells keeps lines of text. Those with cells in them, which end with the
// character 7, become rows; so does what stands between two ends of a row.
func (in *Inspection) keepCells(t Text, lines []string, rowEnd string) {
	var prose strings.Builder
	var rows [][]string
	for _, line := range lines {
		if !strings.Contains(line, "\a") {
			prose.WriteString(line + "\n")
			continue
		}
		for row := range strings.SplitSeq(line, rowEnd) {
			if strings.Trim(row, "\a ") != "" {
				rows = append(rows, strings.Split(strings.TrimSuffix(row, "\a"), "\a"))
			}
		}
	}
	table := t
	table.Rows = rows
	table.Where += ", table"
	t.Prose = prose.String()
	in.keepText(t)
	in.keepText(table)
}
