package audit

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// forwardLine tells whether a line may stand in a .forward.
func forwardLine(line string) bool {
	_, ok := forwardTargets(dropComment(strings.TrimSpace(line)))
	return ok
}

// forwardTargets reads an alias's right-hand side; names and addresses may
// also stand with blanks between.
func forwardTargets(value string) ([]aliasItem, bool) {
	if items, ok := aliasTargets(value); ok {
		return items, true
	}
	if strings.ContainsAny(value, `"|`) || !strings.Contains(value, "@") && !strings.Contains(value, `\`) {
		return nil, false
	}
	return aliasTargets(strings.Join(strings.Fields(value), ","))
}

// forwardMarked: a line that only a .forward has.
func forwardMarked(lines []string) bool {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "|") || strings.HasPrefix(line, `"|`) || strings.HasPrefix(line, `"\`) ||
			strings.Contains(line, ":include:") && !aliasLine(line) || strings.Contains(line, `, \`) {
			return true
		}
	}
	return false
}

func forwardNamed(path string) bool {
	return strings.Contains(strings.ToLower(filepath.Base(path)), "forward") || strings.Contains(filepath.Base(path), "転送")
}

func memberNamed(path string) bool {
	low := strings.ToLower(filepath.Base(path))
	for _, w := range []string{"member", "list", "subscriber", ".csv", "mailman", "メンバー", "会員"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// forwardFile reads a .forward.
func (a *auditor) forwardFile(path, src string) {
	box := pathMailbox(path)
	if box != "" {
		a.people.seen(box)
	}
	a.lastLine(path, src)
	base := setting{source: dotForward, what: ".forward"}
	e := entry{key: box}
	var items []aliasItem
	n := 0
	for line := range strings.Lines(src) {
		n++
		text := dropComment(strings.TrimSpace(line))
		if text == "" || text[0] == '#' {
			continue
		}
		a.record()
		if strings.HasSuffix(text, ",") && !strings.HasSuffix(line, "\n") {
			a.skip(place{path: path, line: n}, "the list ends in a comma: the file was cut off")
		}
		got, ok := forwardTargets(text)
		if !ok {
			a.skip(place{path: path, line: n}, "a target that cannot be read: "+clip(text, 80))
			continue
		}
		for _, item := range got {
			if e.line == 0 || item.kind == '@' && base.line == 0 {
				e.line = n
			}
			if item.kind == '@' && base.line == 0 {
				base.line = n
			}
			items = append(items, itself(item, box))
		}
		e.value = strings.TrimPrefix(e.value+", "+text, ", ")
	}
	base.place = place{path: path, line: e.line}
	if len(items) > 0 {
		a.aliasEntry(e, items, base)
	}
}

// itself: the owner's own address is a copy.
func itself(item aliasItem, box string) aliasItem {
	local, _, _ := strings.Cut(box, "@")
	if item.kind == '@' && box != "" && (strings.EqualFold(item.text, box) || !strings.Contains(box, "@") && strings.HasPrefix(strings.ToLower(item.text), strings.ToLower(local)+"@")) {
		if strings.EqualFold(item.text, box) {
			return aliasItem{text: local, kind: 'l', keep: true}
		}
	}
	return item
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var (
	domainPart  = regexp.MustCompile(`(?i)^([a-z0-9-]+\.)+[a-z]{2,}$`)
	fileEnding  = regexp.MustCompile(`(?i)\.(sieve|forward|procmailrc|procmail|rc|txt|siv|script|conf|cfg)$`)
	genericName = regexp.MustCompile(`(?i)^\.?(dovecot|managesieve|default|main|roundcube|active|phpscript|filters?|scripts?|sieve|forward|procmailrc|procmail|rules?|ingo|horde|vacation|spam|global|before|after)$`)
	homeFolder  = map[string]bool{"home": true, "vmail": true, "mail": true, "users": true, "vhosts": true, "homes": true, "virtual": true, "mailboxes": true, "domains": true}
)

// pathMailbox tells the owner of a script from where it lies:
// .../corp.example/hanako/sieve/x.sieve, /home/hanako/.forward,
// hanako@corp.example.sieve.
func pathMailbox(path string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	base := fileEnding.ReplaceAllString(parts[len(parts)-1], "")
	for i := len(parts) - 1; i >= 0; i-- {
		name := fileEnding.ReplaceAllString(parts[i], "")
		if t, ok := addressTarget(name); ok {
			return t.addr.Key()
		}
	}
	up := len(parts) - 2 // the folder that may be the owner's
	inside := false
	for up >= 0 && sieveFolder(parts[up]) {
		up, inside = up-1, true
	}
	owner := ""
	if up >= 0 {
		owner = parts[up]
	}
	domain := ""
	for i := up - 1; i >= 0 && i >= up-3; i-- {
		if domainPart.MatchString(parts[i]) {
			domain = strings.ToLower(parts[i])
			break
		}
	}
	hidden := strings.HasPrefix(parts[len(parts)-1], ".") || base == ""
	settled := domain != "" || up > 0 && homeFolder[parts[up-1]]
	switch {
	case owner == "" || owner == "." || owner == ".." || domainPart.MatchString(owner) && !hidden:
		if domainPart.MatchString(owner) && base != "" {
			return base + "@" + strings.ToLower(owner)
		}
		return strings.TrimPrefix(base, ".")
	case hidden || genericName.MatchString(base) || inside && settled || settled && !inside:
		if domain != "" {
			return owner + "@" + domain
		}
		return owner
	}
	return base
}

func sieveFolder(name string) bool {
	switch strings.ToLower(name) {
	case "sieve", "sieve-scripts", "scripts", "tmp", ".sieve", "sieve.d", "maildir", "mail":
		return true
	}
	return false
}
