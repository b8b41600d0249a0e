package audit

import (
	"path/filepath"
	"strings"
)

// qmailNamed tells a file by its name: .qmail, .qmail-staff, and what a copy of
// it may be called.
func qmailNamed(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	return base == ".qmail" || strings.HasPrefix(base, ".qmail-") || base == "dot-qmail" || strings.HasPrefix(base, "dot-qmail-") || strings.HasSuffix(base, ".qmail")
}

// qmailLine tells whether a line may stand in a .qmail file (dot-qmail(5)), and
// whether it can stand in nothing else that is known here.
func qmailLine(line string) (ok, marked bool) {
	line = strings.TrimRight(line, " \t\r")
	switch {
	case line == "" || line[0] == '#' || line[0] == '|' || line[0] == '/':
		return true, false
	case strings.HasPrefix(line, "./"), strings.HasPrefix(line, "../"):
		return true, true
	case line[0] == '&':
		return true, strings.Contains(line, "@")
	}
	_, ok = addressTarget(line)
	return ok && !strings.ContainsAny(line, " \t,;:"), false
}

// qmailMarked: all lines fit, and one of them fits nothing else.
func qmailMarked(lines []string) bool {
	any := false
	for _, line := range lines {
		ok, marked := qmailLine(line)
		if !ok {
			return false
		}
		any = any || marked
	}
	return any
}

// qmail reads a .qmail file. One that holds comments and nothing else throws
// all mail away.
func (a *auditor) qmail(path, src string) {
	box := qmailMailbox(path)
	a.people.seen(strings.TrimPrefix(box, "*@"))
	base := setting{place: place{path: path, line: 1}, source: dotQmail, what: ".qmail", mild: strings.HasPrefix(filepath.Base(path), ".qmail-")}
	e := entry{key: box}
	var items []aliasItem
	n, thrown := 0, true
	a.lastLine(path, src)
	for line := range strings.Lines(src) {
		n++
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			continue
		}
		a.record()
		thrown = false
		item, ok := qmailItem(text)
		if !ok {
			a.skip(place{path: path, line: n}, "a delivery instruction that cannot be read: "+clip(text, 80))
			continue
		}
		if e.line == 0 || item.kind == '@' && base.line == 1 {
			e.line, base.line = n, n
		}
		items = append(items, item)
		e.value = strings.TrimPrefix(e.value+", "+text, ", ")
	}
	if thrown {
		a.record()
		s := base
		s.mailbox, s.rule, s.all, s.deletes, s.copies, s.nameable = box, true, true, true, no, true
		s.evidence = []string{"comments and no instruction: all mail is thrown away"}
		a.add(&s)
		return
	}
	if len(items) > 0 {
		a.aliasEntry(e, items, base)
	}
}

// qmailItem reads one delivery instruction.
func qmailItem(text string) (aliasItem, bool) {
	switch text[0] {
	case '|':
		return qmailProgram(strings.TrimSpace(text[1:])), true
	case '/', '.':
		return aliasItem{text: text, kind: '/'}, true
	case '+':
		return aliasItem{text: text, kind: 'e'}, true
	case '&':
		text = strings.TrimSpace(text[1:])
	}
	if t, ok := addressTarget(text); ok {
		return aliasItem{text: t.addr.Key(), kind: '@'}, true
	}
	return aliasItem{text: text, kind: 'l'}, localName.MatchString(text)
}

// qmailProgram: vpopmail's delivery program is told where to put mail of nobody,
// and forward and condredirect of qmail itself send it on.
func qmailProgram(command string) aliasItem {
	words := strings.Fields(command)
	if len(words) < 2 || programName(words[0]) != "vdelivermail" {
		return aliasItem{text: command, kind: '|'}
	}
	last := strings.Trim(words[len(words)-1], `"'`)
	if t, ok := addressTarget(last); ok {
		return aliasItem{text: t.addr.Key(), kind: '@'}
	}
	if strings.EqualFold(last, "delete") {
		return aliasItem{text: "/dev/null", kind: '/'}
	}
	return aliasItem{text: last, kind: '/'} // a folder, or bounce-no-mailbox
}

// qmailMailbox tells whose file it is: ~hanako/.qmail, ~alias/.qmail-sales,
// vpopmail's domains/corp.example/.qmail-default and .../hanako/.qmail.
func qmailMailbox(path string) string {
	if !qmailNamed(path) {
		return pathMailbox(path)
	}
	path = filepath.ToSlash(path)
	base := filepath.Base(path)
	_, extension, _ := strings.Cut(base, "qmail-")
	extension = strings.ReplaceAll(extension, ":", ".") // dots stand as colons
	if name, ok := strings.CutSuffix(base, ".qmail"); ok && name != "" {
		return name
	}
	parent := ""
	if parts := strings.Split(path, "/"); len(parts) > 1 {
		parent = parts[len(parts)-2]
	}
	owner := pathMailbox(strings.TrimSuffix(path, base) + ".forward")
	switch {
	case extension == "default" && domainPart.MatchString(parent):
		return "*@" + strings.ToLower(parent)
	case extension != "" && domainPart.MatchString(parent):
		return extension + "@" + strings.ToLower(parent)
	case extension == "default" && parent == "alias":
		return "*"
	case extension != "" && (parent == "alias" || owner == "" || owner == "forward"):
		return extension
	case extension != "":
		local, domain, ok := strings.Cut(owner, "@")
		if owner = local + "-" + extension; ok {
			owner += "@" + domain
		}
	}
	return owner
}
