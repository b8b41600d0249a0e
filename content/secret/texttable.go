package secret

import "strings"

// mostCells of a line that are looked at.
const mostCells = 100

// Tables finds columns of IDs and passwords in text: lines with tabs between
// their cells, as they come out of PDFs and out of spreadsheets by copying. Line
// is that of the text, from 1.
func Tables(text string) []Secret {
	if !strings.Contains(text, "\t") || !labelWords.In(text) || !idWords.In(text) {
		return nil
	}
	var out []Secret
	for at := 0; len(out) < mostSecrets; {
		tab := strings.IndexByte(text[at:], '\t')
		if tab < 0 {
			break
		}
		start := at + 1 + strings.LastIndexByte(text[at:at+tab], '\n')
		rows, n := tabbed(text[start:])
		for _, s := range Sheet(rows) {
			s.Line += lineAt(text, start) - 1
			out = append(out, s)
		}
		at = start + n
	}
	return out[:min(len(out), mostSecrets)]
}

// tabbed gives the lines at the beginning of a text that have tabs in them, as
// rows, and how many octets they and the line that ends them are.
func tabbed(text string) (rows [][]string, n int) {
	for line := range strings.Lines(text) {
		n += len(line)
		if line = strings.TrimRight(line, "\r\n"); !strings.Contains(line, "\t") || len(line) >= 2000 {
			break
		}
		rows = append(rows, strings.SplitN(line, "\t", mostCells))
	}
	return rows, n
}
