package page

import (
	"bytes"
	"strings"

	"maillint/lint"
)

// Plain is the page for a terminal: the Markdown page without its marks.
func Plain(r *lint.Rule, lang string) []byte {
	var b bytes.Buffer
	fenced := ""
	for line := range strings.Lines(string(Markdown(r, lang, ExampleOf(r.ID)))) {
		switch mark := strings.TrimRight(line, "yaml\n"); {
		case fenced != "":
			if line == fenced+"\n" {
				fenced = ""
				continue
			}
			b.WriteString("    " + line)
		case strings.HasPrefix(line, "```"):
			fenced = mark
		case strings.HasPrefix(line, "# "):
			b.WriteString(line[2:])
		case strings.HasPrefix(line, "## "):
			b.WriteString(strings.ToUpper(line[3:]))
		case strings.HasPrefix(line, "| |"), strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "| "):
			b.WriteString(row(line))
		default:
			b.WriteString(bare(line))
		}
	}
	return b.Bytes()
}

// row is a table's row: name and value, then the explanation below.
func row(line string) string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
	if len(cells) < 3 {
		return line
	}
	return "  " + bare(strings.TrimSpace(cells[0])) + ": " + bare(strings.TrimSpace(cells[1])) + "\n      " + strings.TrimSpace(strings.Join(cells[2:], " | ")) + "\n"
}

// bare takes code marks and links off: "[text](target)" is text.
func bare(s string) string {
	s = strings.ReplaceAll(s, "`", "")
	for {
		i := strings.Index(s, "](")
		if i < 0 {
			return s
		}
		open, end := strings.LastIndexByte(s[:i], '['), strings.IndexByte(s[i:], ')')
		if open < 0 || end < 0 {
			return s
		}
		s = s[:open] + s[open+1:i] + s[i+end+1:]
	}
}
