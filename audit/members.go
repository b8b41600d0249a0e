package audit

import (
	"regexp"
	"strings"
)

// memberLine tells whether a line may stand in a list of members: one address,
// with a name or without.
func memberLine(line string) bool {
	_, ok := memberAddress(line)
	return ok
}

var (
	bareMember  = regexp.MustCompile(`^("[^"]+"|[^\s<>()",;:=|\\]+)@[^\s<>()",;:=|/]+(\s+\([^()]*\))?$`)
	namedMember = regexp.MustCompile(`^("[^"]*"|[^<>"=:;|]*)\s*<[^<>\s]+@[^<>\s]+>$`)
)

// memberAddress finds the one address of a line: bare, "Name <a@b>", or among
// the cells of a table without a header.
func memberAddress(line string) (target, bool) {
	line = strings.TrimSpace(line)
	if n := strings.Count(line, "@"); n == 0 || n > 3 || len(line) > 1000 {
		return target{}, false
	}
	if bareMember.MatchString(line) || namedMember.MatchString(line) {
		if t, ok := addressTarget(line); ok {
			return t, true
		}
	}
	var found target
	n := 0
	for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ';' || r == '\t' }) {
		if cell = strings.Trim(strings.TrimSpace(cell), `"'`); !bareMember.MatchString(cell) && !namedMember.MatchString(cell) {
			continue
		}
		if t, ok := addressTarget(cell); ok {
			found = t
			n++
		}
	}
	return found, n == 1
}

// members reads a list: one member on a line.
func (a *auditor) members(path, src string) {
	n := 0
	a.lastLine(path, src)
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		a.record()
		p := place{path: path, line: n, record: a.read}
		if _, ok := memberAddress(line); !ok && !strings.Contains(line, "@") && a.read == 1 {
			continue // a heading
		}
		a.memberEntry(p, line)
	}
}

// memberEntry takes a member in. To belong to a list from outside is nothing
// bad; to have a mistyped domain is.
func (a *auditor) memberEntry(p place, cell string) {
	t, ok := memberAddress(cell)
	if !ok {
		a.skip(p, "no address: "+clip(cell, 80))
		return
	}
	a.settings = append(a.settings, &setting{
		place: p, source: memberList, mailbox: t.addr.Key(), what: "list member", member: true, targets: []target{t}, evidence: []string{clip(cell, 200)},
	})
	a.people.boxes[t.addr.Key()] = true
}
