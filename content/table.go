package content

import (
	"fmt"
	"strings"

	"maillint/message"
)

func decodeText(label string, b []byte) string {
	text, _ := message.DecodeText(label, b)
	return text
}

// textsOf reads a text of a kind: a table into rows, HTML into what is shown
// and what is not.
func textsOf(s string, kind Kind, room int64, base Text) []Text {
	switch kind {
	case HTMLText, SVG:
		return htmlTexts(readPage(s), HTMLTables(s), base)
	case CSV:
		base.Rows, base.Truncated = table(s, delimiter(s), room)
	case TSV:
		base.Rows, base.Truncated = table(s, '\t', room)
	case VCard, ICalendar:
		base.Prose = withoutMarks(unfold(s))
	default:
		base.Prose = s
	}
	return []Text{base}
}

// htmlTexts gives what an HTML text shows, what it hides, and its tables once
// more, as such.
func htmlTexts(d *pageReader, tables [][][]string, base Text) []Text {
	shown := base
	shown.Prose = d.shown.String()
	out := []Text{shown}
	if concealed := d.concealed.String(); strings.TrimSpace(concealed) != "" {
		hidden := base
		hidden.Prose, hidden.Hidden = concealed, CSSHidden
		out = append(out, hidden)
	}
	for i, rows := range tables {
		t := base
		t.Where, t.Rows = fmt.Sprintf("%s, table %d", base.Where, i+1), rows
		out = append(out, t)
	}
	return out
}

// delimiter guesses what parts the cells of a table: the character that stands
// most often in its first lines.
func delimiter(s string) byte {
	head := s[:min(len(s), 4096)]
	best, most := byte(','), 0
	for _, c := range []byte{',', '\t', ';', '|'} {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// table reads delimited lines (RFC 4180), leniently: a quote inside a cell
// that does not start with one is part of it. A quoted cell that is never
// closed ends with its line.
// Of a table that costs more than there is room for, the rest is cut off.
func table(s string, delim byte, room int64) (rows [][]string, cut bool) {
	s = strings.TrimPrefix(s, "\ufeff")
	width := 0
	for len(s) > 0 {
		row := make([]string, 0, width)
		room -= rowCost
		for more := true; more; {
			var cell string
			cell, s, more = nextCell(s, delim)
			row = append(row, cell)
			if room -= cellCost + int64(len(cell)); room < 0 {
				return append(rows, row), true
			}
		}
		width = len(row)
		rows = append(rows, row)
	}
	return rows, false
}

// nextCell cuts a cell off; more tells that another one follows in the row.
func nextCell(s string, delim byte) (cell, rest string, more bool) {
	if len(s) > 0 && s[0] == '"' {
		if cell, rest, more, ok := quotedCell(s[1:], delim); ok {
			return cell, rest, more
		}
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case delim:
			return s[:i], s[i+1:], true
		case '\n':
			return strings.TrimSuffix(s[:i], "\r"), s[i+1:], false
		}
	}
	return s, "", false
}

// maxCell is the longest cell in quotes; programs stop at 32,767 characters.
const maxCell = 256 << 10

func quotedCell(s string, delim byte) (cell, rest string, more, ok bool) {
	var b strings.Builder
	limit := min(len(s), maxCell)
	for at := 0; ; {
		i := strings.IndexByte(s[at:limit], '"')
		if i < 0 {
			return "", "", false, false
		}
		b.WriteString(s[at : at+i])
		at += i + 1
		if at < len(s) && s[at] == '"' {
			b.WriteByte('"')
			at++
			continue
		}
		tail, rest, more := nextCell(s[at:], delim)
		return b.String() + tail, rest, more, true
	}
}

// withoutMarks leaves out what programs know an entry by: a UID looks like a
// mailbox and belongs to nobody (RFC 5545, 3.8.4.7; RFC 6350, 6.7.6).
func withoutMarks(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		name, _, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		switch strings.ToUpper(name) {
		case "UID", "PRODID", "RELATED-TO", "DTSTAMP", "LAST-MODIFIED", "REV":
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// unfold joins the folded lines of a calendar or card (RFC 5545, 3.1) and
// undoes their escapes.
func unfold(s string) string {
	s = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(s)
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s)
}
