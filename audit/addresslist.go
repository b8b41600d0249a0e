package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// lines reads a list: members of Mailman 2, of fml, of anything that writes one
// member a line, and aliases. A member may have a name and options beside the
// address. sparse says that lines without an address are usual, as in aliases.
func (f *bookFile) lines(text string, sparse bool) {
	f.kind = addressLines
	strict := !sparse && f.listLike(text)
	switch {
	case sparse:
		f.kind = aliasFile
	case !strict:
		f.fail(place{path: f.path, line: 1}, "wrong kind of file: no list of members, address book or aliases (docs/address-audit.md lists them)")
	}
	n, first := 0, true
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f.next()
		p := place{path: f.path, line: n, record: f.auditor.read}
		if found := f.line(p, line); !found && strict && !first { // the first may be a heading
			f.skip(p, "no address: "+clip(line, 80))
		}
		first = false
	}
	f.lastLine(f.path, text)
	if sparse && endsOpen(text) {
		f.skip(place{path: f.path, line: n}, "the last alias ends without a target: the file was cut off")
	}
}

// endsOpen: an aliases file that ends where a target should follow.
func endsOpen(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasSuffix(text, ",") || strings.HasSuffix(text, ":")
}

// listLike: half of the lines, or more, hold an address.
func (f *bookFile) listLike(text string) bool {
	with, all := 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		all++
		with += count(hasAt(line))
	}
	return 2*with >= all && with > 0
}

// line takes in the addresses of a line, and reports whether it held one.
func (f *bookFile) line(p place, line string) bool {
	found := false
	for _, part := range lineParts.Split(line, -1) {
		if !hasAt(part) || part[0] == '@' { // @example.jp is the rest of a domain in a map
			continue
		}
		found = true
		if f.address(p, bare(strings.TrimRight(part, ".:"))) {
			continue
		}
		f.skip(p, "an address that cannot be read: "+clip(part, 80))
	}
	return found
}

// lineParts is what stands between the words of a line.
var lineParts = regexp.MustCompile(`[\s,;<>()"|\\{}]+|(^|\s)[\w.-]+[:=]\s*`)

// depthOf tells how brackets nest: JSON that ends inside them was cut off.
var depthOf = map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}

// json reads any JSON: every text in it that is an address counts.
func (f *bookFile) json(text []byte) {
	f.kind = addressJSON
	dec := json.NewDecoder(bytes.NewReader(text))
	line, counted, depth := 1, int64(0), 0
	f.next()
	for {
		token, err := dec.Token()
		at := dec.InputOffset()
		line += bytes.Count(text[counted:at], []byte("\n"))
		counted = at
		p := place{path: f.path, line: line, record: f.auditor.read}
		switch {
		case errors.Is(err, io.EOF) && depth == 0:
			return
		case err != nil:
			f.skip(p, "half a file: the JSON ends in the middle or was edited; what stands before was read")
			return
		}
		switch t := token.(type) {
		case json.Delim:
			depth += depthOf[t]
			if t == '{' {
				f.next()
			}
		case string:
			f.cell(p, t, false)
		}
	}
}
