package audit

import (
	"fmt"
	"regexp"
	"strings"
)

// addressListing tells what PowerShell shows of recipients on the screen: fields
// one a line (Format-List), or a column with its rule.
var addressListing = regexp.MustCompile(`(?m)^(PrimarySmtpAddress|WindowsEmailAddress|WindowsLiveID|ExternalEmailAddress|EmailAddresses|UserPrincipalName)[ \t]+:|\A\s*[\pL][\pL\w. ]*\r?\n-{2,}[ \r]*\n`)

// screenRule is the line of dashes under the header of a table on the screen.
var screenRule = regexp.MustCompile(`^-{2,}( +-{2,})*$`)

// colours are what a terminal is told between the letters.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// cutShort is how to export what the screen cut.
const cutShort = "cut by the screen, and not checked: %s (export with | Export-Csv -NoTypeInformation -Encoding UTF8)"

// screen reads what PowerShell shows: recipients, one a block of fields or one a
// row. Whatever the screen cut is said.
func (f *bookFile) screen(text string) {
	f.kind = screenLines
	text = colours.ReplaceAllString(text, "")
	objects := listedObjects(text)
	if len(objects) > 0 && addressListing.MatchString(text) || !f.screenTable(text) {
		f.screenList(objects)
	}
	switch {
	case f.auditor.read == 0:
		f.empty(place{path: f.path, line: 1}, "a heading and no row: nothing was listed", false)
	case f.found == 0:
		f.fail(place{path: f.path, line: 1}, "the listing shows no address: add | Select-Object Name,PrimarySmtpAddress,ExternalEmailAddress | Export-Csv -NoTypeInformation -Encoding UTF8")
	}
}

// screenList reads objects with one field a line.
func (f *bookFile) screenList(objects []listed) {
	for _, o := range objects {
		f.next()
		for _, name := range o.names {
			column := columnName(name)
			p := place{path: f.path, line: o.lines[column], record: f.auditor.read}
			f.cell(p, o.values[column], mailColumn(name))
		}
	}
}

// screenTable reads tables: a header, a rule and rows, an empty line behind the
// last one. False: there is none.
func (f *bookFile) screenTable(text string) (found bool) {
	n, rows := 0, false
	for line := range strings.Lines(text) {
		n++
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			rows = false
		case screenRule.MatchString(trimmed):
			rows, found = true, true
		case rows:
			f.next()
			f.screenRow(place{path: f.path, line: n, record: f.auditor.read}, strings.TrimRight(line, "\r\n"))
		}
	}
	return found
}

// screenRow reads one row. An address holds no blank, so the words of the row
// are enough, however wide its columns are drawn.
func (f *bookFile) screenRow(p place, row string) {
	if row[0] == ' ' || row[0] == '\t' {
		f.skip(p, fmt.Sprintf(cutShort, "a cell that goes on in a second line"))
		return
	}
	whole, cut := false, ""
	for _, w := range strings.Fields(row) {
		w = strings.Trim(w, "{},;")
		switch {
		case shortened(w) && hasAt(w):
			f.skip(p, fmt.Sprintf(cutShort, clip(w, 80)))
			whole = true
		case shortened(w):
			cut = w
		case hasAt(w):
			f.part(p, w)
			whole = true
		}
	}
	if cut != "" && !whole {
		f.skip(p, fmt.Sprintf(cutShort, clip(cut, 80)))
	}
}

// shortened reports what PowerShell cut: it writes three dots, or one sign for
// them.
func shortened(s string) bool {
	return strings.HasSuffix(s, "...") || strings.HasSuffix(s, "…")
}
