package content

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// cellStyle is what matters of how a cell looks.
type cellStyle struct {
	date   bool
	zeros  int    // the number is filled up with zeros to so many digits
	hidden string // why nobody sees it
}

// number writes a number as people see it, where it matters: a date, and a
// number with zeros in front.
func (c *cellStyle) number(b []byte, date1904 bool) string {
	if c.date {
		if f, err := strconv.ParseFloat(string(b), 64); err == nil {
			if s := excelDate(f, date1904); s != "" {
				return s
			}
		}
	}
	if c.zeros > len(b) && atoi(b) > 0 {
		return strings.Repeat("0", c.zeros-len(b)) + string(b)
	}
	if strings.IndexByte(string(b), 'E') >= 0 { // 9.012345678E9
		if f, err := strconv.ParseFloat(string(b), 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return string(b)
}

// excelDate turns a day number into a date (ECMA-376, 18.17.4). Day 60 of 1900
// is the day that Excel believes in.
func excelDate(f float64, date1904 bool) string {
	if f < 1 || f > 2958466 {
		return ""
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if f < 61 {
		f++
	}
	return base.AddDate(0, 0, int(f)).Format("2006-01-02")
}

// builtinDates are the number formats that are dates, by their number
// (ECMA-376, 18.8.30), those of the Japanese edition included.
func builtinDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 58
}

// formatStyle reads a number format's code.
func formatStyle(code string) cellStyle {
	var c cellStyle
	plain := plainFormat(strings.ToLower(code))
	if strings.TrimSpace(strings.Trim(plain, ";")) == "" && strings.Count(code, ";") >= 2 && !strings.Contains(code, "@") {
		c.hidden = HiddenText
		return c
	}
	if strings.ContainsAny(plain, "yde") && !strings.Contains(plain, "general") && !strings.Contains(plain, "e+") && !strings.Contains(plain, "e-") {
		c.date = true
	}
	if first, _, _ := strings.Cut(plain, ";"); first != "" && strings.Trim(first, "0") == "" {
		c.zeros = len(first)
	}
	return c
}

// plainFormat leaves out what a format writes as it is: quoted text, escaped
// characters, conditions and colours in brackets.
func plainFormat(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return b.String()
			}
			i += n + 1
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return b.String()
			}
			i += n
		case '\\', '_', '*':
			i++
		default:
			b.WriteByte(code[i])
		}
	}
	return b.String()
}

// styleReader reads the styles of a workbook.
type styleReader struct {
	formats map[int]cellStyle
	white   []bool // fonts
	filled  []bool // fills with a colour of their own
	in      string // the list that is read
	styles  []cellStyle
}

// readStyles reads what the numbers of cell styles mean.
func (b *workbook) readStyles(e *zipEntry) {
	r := &styleReader{formats: map[int]cellStyle{}}
	b.each(e, func(s *xmlScanner) {
		if s.token == xmlStart {
			r.start(s)
		} else if s.token == xmlEnd && (s.is(r.in)) {
			r.in = ""
		}
	})
	b.styles = r.styles
}

func (r *styleReader) start(s *xmlScanner) {
	switch string(s.name) {
	case "fonts", "fills", "cellXfs", "dxfs", "cellStyleXfs":
		if r.in == "" && !s.empty {
			r.in = string(s.name)
		}
		return
	case "numFmt":
		if r.in == "" && len(r.formats) < 10_000 {
			r.formats[atoi(s.attr("numFmtId"))] = formatStyle(s.attrText("formatCode"))
		}
		return
	}
	switch r.in {
	case "fonts":
		r.font(s)
	case "fills":
		r.fill(s)
	case "cellXfs":
		if s.is("xf") && len(r.styles) < 100_000 {
			r.styles = append(r.styles, r.style(s))
		}
	}
}

func (r *styleReader) font(s *xmlScanner) {
	switch {
	case s.is("font"):
		r.white = append(r.white, false)
	case s.is("color") && len(r.white) > 0:
		r.white[len(r.white)-1] = whiteColour(string(s.attr("rgb"))) || string(s.attr("theme")) == "0" && s.attr("tint") == nil || string(s.attr("indexed")) == "9"
	}
}

func (r *styleReader) fill(s *xmlScanner) {
	n := len(r.filled)
	switch {
	case s.is("fill"):
		r.filled = append(r.filled, false)
	case n == 0:
	case s.is("patternFill"):
		t := string(s.attr("patternType"))
		r.filled[n-1] = t != "" && t != "none"
	case s.is("gradientFill"):
		r.filled[n-1] = true
	case s.is("fgColor"):
		if whiteColour(string(s.attr("rgb"))) || string(s.attr("theme")) == "0" && s.attr("tint") == nil || string(s.attr("indexed")) == "9" {
			r.filled[n-1] = false
		}
	}
}

func (r *styleReader) style(s *xmlScanner) cellStyle {
	id := atoi(s.attr("numFmtId"))
	c, ok := r.formats[id]
	if !ok && builtinDate(id) {
		c.date = true
	}
	font, fill := atoi(s.attr("fontId")), atoi(s.attr("fillId"))
	if font < len(r.white) && r.white[font] && (fill >= len(r.filled) || !r.filled[fill]) {
		c.hidden = SameColour
	}
	return c
}
