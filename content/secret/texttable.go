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
	var rows [][]string
	end := func(number int) {
		for _, s := range Sheet(rows) {
			s.Line += number - len(rows) - 1
			out = append(out, s)
		}
		rows = nil
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if len(out) >= mostSecrets {
			break
		}
		if line = strings.TrimRight(line, "\r\n"); strings.Contains(line, "\t") && len(line) < 2000 {
			rows = append(rows, strings.SplitN(line, "\t", mostCells))
			continue
		}
		end(number)
	}
	end(number + 1)
	return out[:min(len(out), mostSecrets)]
}
