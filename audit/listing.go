package audit

import (
	"regexp"
	"strings"
)

var listField = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*)[ \t]+:(?:[ \t](.*))?$`)

// listed is one object that Format-List shows.
type listed struct {
	line   int
	names  []string
	values map[string]string
	lines  map[string]int // where each value begins
}

// formatList reads what PowerShell's Format-List shows: "Name : value", one
// field a line, an object behind the other. False: no object of it is known.
func (a *auditor) formatList(path string, text string) bool {
	objects := listedObjects(text)
	if len(objects) == 0 {
		return false
	}
	cols := columns(objects[0].names)
	kind := tableKindOf(cols)
	if kind == nil || kind.source == memberList {
		return false
	}
	a.complete(kind, cols, place{path: path, line: objects[0].line})
	a.warn(place{path: path, line: objects[0].line}, "a listing for the screen (Format-List), which shows four entries of a list at most: better | Export-Csv -NoTypeInformation -Encoding UTF8")
	for n, o := range objects {
		a.record()
		p := place{path: path, line: o.line, record: n + 1}
		if len(o.names) < len(objects[0].names) && !kind.whole(columns(o.names)) {
			a.skip(p, "an object without the fields that tell of forwarding: the file was cut off")
		}
		row := make([]string, len(objects[0].names))
		for name, value := range o.values {
			if i, ok := cols[name]; ok {
				row[i] = value
			}
		}
		kind.read(a, record{place: p, cols: cols, row: row})
	}
	return true
}

// listedObjects cuts a listing into objects. A field that comes again begins
// the next one.
func listedObjects(text string) (out []listed) {
	width := 0
	for line := range strings.Lines(text) {
		width = max(width, len(strings.TrimRight(line, "\r\n")))
	}
	n, last, full := 0, "", false
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		m := listField.FindStringSubmatch(line)
		switch {
		case m != nil:
			last = columnName(m[1])
			if len(out) == 0 || out[len(out)-1].has(last) {
				out = append(out, listed{line: n, values: map[string]string{}, lines: map[string]int{}})
			}
			o := &out[len(out)-1]
			o.names = append(o.names, m[1])
			o.values[last], o.lines[last] = listedValue(m[2]), n
		case strings.TrimSpace(line) != "" && len(out) > 0 && (line[0] == ' ' || line[0] == '\t'):
			o := &out[len(out)-1]
			if len(o.values[last]) < 64<<10 {
				o.values[last] = listedValue(o.values[last] + continued(full) + strings.TrimSpace(line))
			}
		}
		full = len(line) >= width
	}
	return out
}

func (o *listed) has(name string) bool { _, ok := o.values[name]; return ok }

// listedValue is a value as a table would hold it: {} is nothing.
func listedValue(s string) string {
	if s = strings.TrimSpace(s); s == "{}" {
		return ""
	}
	return s
}

// continued is what stood between the halves of a value: nothing where a word
// was cut at the screen's edge.
func continued(full bool) string {
	if full {
		return ""
	}
	return " "
}
