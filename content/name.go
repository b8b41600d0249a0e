package content

import (
	_ "embed"
	"path"
	"strings"
	"unicode"
)

//go:embed extensions.txt
var extensionList string

// extension is what the extension of a name says.
type extension struct {
	kind Kind
	mark Flag
}

// extensions is extensions.txt, by extension.
var extensions = func() map[string]extension {
	marks := map[string]Flag{"executable": Executable, "script": Script, "shortcut": Shortcut, "diskimage": DiskImage}
	out := map[string]extension{}
	for line := range strings.Lines(extensionList) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0][0] == '#' {
			continue
		}
		e := extension{kind: Kind(strings.Replace(f[1], "unknown", "", 1))}
		if len(f) > 2 {
			e.mark = marks[f[2]]
		}
		out[f[0]] = e
	}
	return out
}()

// plainName is the name as the system takes it: Windows drops blanks and dots
// at the end, and what stands behind a colon names a stream of the file.
func plainName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, name)
	name, _, _ = strings.Cut(name, "::")
	return strings.ToLower(strings.TrimRight(strings.TrimSpace(name), ". \u3000"))
}

// extensionOf gives the last extension of a name, without its dot.
func extensionOf(name string) string {
	return strings.TrimSpace(strings.TrimPrefix(path.Ext(plainName(name)), "."))
}

func kindOfName(name string) Kind { return extensions[extensionOf(name)].kind }

// kindOfLabel is what a media type says, for texts.
func kindOfLabel(t string) Kind {
	switch t {
	case "text/html", "application/xhtml+xml":
		return HTMLText
	case "text/csv", "application/csv", "text/comma-separated-values":
		return CSV
	case "text/tab-separated-values":
		return TSV
	case "text/calendar", "application/ics":
		return ICalendar
	case "text/vcard", "text/x-vcard", "text/directory":
		return VCard
	case "message/rfc822", "message/global":
		return MessageFile
	case "text/xml", "application/xml":
		return XML
	}
	return PlainText
}

// invisible characters hide letters of a name or turn their order.
func invisible(r rune) bool {
	switch {
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c: // bidirectional controls
		return true
	case r == 0x200b, r == 0x2060, r == 0xfeff, r == 0x00ad, r == 0x180e, r == 0x034f, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return r < ' ' || r == 0x7f
}

// override reports whether a name shows its letters in another order, or has a
// long stretch of blanks that pushes its extension out of sight.
func override(name string) bool {
	for _, r := range name {
		switch r {
		case 0x202e, 0x202d, 0x202a, 0x202b, 0x2066, 0x2067, 0x2068:
			return true
		}
	}
	return strings.Contains(name, "          ") || strings.Contains(name, "　　　　　")
}

// harmless kinds are those that a deceptive name pretends to be.
func harmless(e extension) bool {
	return e.mark == 0 && e.kind != Unknown && (!e.kind.Archive() || e.kind == Zip)
}

// doubleExtension: "invoice.pdf.exe", also with blanks between.
func doubleExtension(name string) bool {
	name = plainName(name)
	last := path.Ext(name)
	if extensions[strings.TrimPrefix(last, ".")].mark == 0 {
		return false
	}
	before := strings.TrimRightFunc(strings.TrimSuffix(name, last), func(r rune) bool { return unicode.IsSpace(r) || r == '_' || r == '.' })
	e, ok := extensions[strings.TrimPrefix(path.Ext(before), ".")]
	return ok && harmless(e)
}
