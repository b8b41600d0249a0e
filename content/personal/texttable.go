package personal

import (
	"strings"
)

// A table in a text is found by its head; its rows go on while its delimiter
// does.

// table takes a line of a table, with so much data in it. false: the line is prose.
func (p *proseReader) table(line string, number, data int) bool {
	if p.delim != "" {
		if strings.Contains(line, p.delim) {
			p.lines = append(p.lines, line)
			return true
		}
		p.endTable()
	}
	if line == "" || len(line) > 600 || data >= 5 {
		return false
	}
	for _, delim := range []string{"\t", "|", ",", ";", "  "} {
		if !strings.Contains(line, delim) {
			continue
		}
		if headed(line, delim) {
			p.flush()
			p.delim, p.lines, p.rowsAt = delim, []string{line}, number
			return true
		}
	}
	return false
}

// headed: a line is the head of a table: two cells or more are heads that are
// known, and half of those that are not empty. The lines of a letter are asked,
// and most have it wrong from the start.
func headed(line, delim string) bool {
	if delim == "," && strings.Contains(line, `"`) {
		row := cut(line, delim)
		n := recognised(row)
		return n >= 2 && n*2 >= filled(row)
	}
	most := strings.Count(line, delim) + 1
	known, others := 0, 0
	for more := true; more && 2*others <= most; {
		var cell string
		cell, line, more = strings.Cut(line, delim)
		cell = strings.Trim(strings.TrimSpace(cell), `"`)
		switch {
		case headOf(cell).role != roleNone:
			known++
		case strings.TrimSpace(cell) != "":
			others++
		}
	}
	return known >= 2 && known >= others
}

func (p *proseReader) endTable() {
	if p.delim == "" {
		return
	}
	rows := make([][]string, len(p.lines))
	for i, line := range p.lines {
		rows[i] = cut(line, p.delim)
	}
	if len(rows) == 1 { // a line of labels, with nothing under it
		p.delim = ""
		p.line(p.lines[0], p.rowsAt, dataIn(p.lines[0]))
		return
	}
	delim := p.delim
	p.delim, p.lines = "", nil
	first, n := findHead(rows)
	if n == 0 || first > 0 || !even(rows, delim) {
		for i, row := range rows {
			line := strings.Join(row, " | ")
			p.line(line, p.rowsAt+i, dataIn(line))
		}
		return
	}
	t := tableReader{c: p.c, line: p.rowsAt}
	t.read(rows)
}

// even: most rows have as many cells as the head.
func even(rows [][]string, delim string) bool {
	good := 0
	for _, row := range rows {
		if len(row) == len(rows[0]) || delim == "  " && len(row) >= 2 {
			good++
		}
	}
	return good*3 >= len(rows)*2
}

// splitWide cuts at every two blanks or more, into at most so many cells.
func splitWide(line string, most int) []string {
	var cells []string
	for len(cells) < most-1 {
		before, behind, ok := strings.Cut(line, "  ")
		if !ok {
			break
		}
		cells = append(cells, before)
		line = strings.TrimLeft(behind, " ")
	}
	return append(cells, line)
}

// cut cuts a line into cells. Quotes around cells of CSV are taken off.
func cut(line, delim string) []string {
	var cells []string
	switch {
	case delim == "  ":
		cells = splitWide(strings.TrimSpace(line), 64)
	case delim == "," && strings.Contains(line, `"`):
		return cutQuoted(line)
	default:
		cells = strings.SplitN(strings.Trim(line, delim), delim, 200)
		if delim == "\t" || delim == "," {
			cells = strings.SplitN(line, delim, 200)
		}
	}
	for i, c := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(c), `"`)
	}
	return cells
}

// cutQuoted cuts a line of CSV with quotes (RFC 4180, 2).
func cutQuoted(line string) []string {
	var cells []string
	var b strings.Builder
	in := false
	for i := 0; i < len(line) && len(cells) < 200; i++ {
		switch c := line[i]; {
		case c == '"' && in && i+1 < len(line) && line[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			in = !in
		case c == ',' && !in:
			cells = append(cells, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(cells, strings.TrimSpace(b.String()))
}
