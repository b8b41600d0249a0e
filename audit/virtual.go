package audit

import (
	"regexp"
	"strings"
)

var (
	patternLine = regexp.MustCompile(`^!?(/(?:[^/\\]|\\.)+/[imsxAEUuXD]*)[ \t]+(\S.*)$`)
	otherDelim  = regexp.MustCompile(`^!?([!#%~|])(?:[^\\]*?)([!#%~|])[imsx]*[ \t]+(\S.*)$`)
	groupRef    = regexp.MustCompile(`\$(\d|\{\d+\}|\(\d+\))`)
	mapWords    = regexp.MustCompile(`^(?i)(OK|REJECT|DUNNO|DISCARD|PERMIT|HOLD|WARN|PREPEND|RELAY|FILTER|DEFER|[45]\d\d)\b`)
)

// splitVirtual cuts a line of virtual(5).
func splitVirtual(line string) (key, value string, pattern, ok bool) {
	if m := patternLine.FindStringSubmatch(line); m != nil {
		return m[1], m[2], true, true
	}
	if m := otherDelim.FindStringSubmatch(line); m != nil && m[1] == m[2] {
		return strings.TrimSpace(strings.TrimSuffix(line, m[3])), m[3], true, true
	}
	if strings.HasPrefix(line, `"`) {
		if end := strings.Index(line[1:], `"`); end > 0 {
			rest := line[end+2:]
			cut := strings.IndexAny(rest, " \t")
			if cut >= 0 {
				return line[1:end+1] + rest[:cut], strings.TrimSpace(rest[cut:]), false, true
			}
		}
		return "", "", false, false
	}
	cut := strings.IndexAny(line, " \t")
	if cut < 1 {
		return line, "", false, false
	}
	return line[:cut], strings.TrimSpace(line[cut:]), false, true
}

// virtualLine tells whether a line may stand in a virtual map.
func virtualLine(line string) bool {
	line = dropComment(line)
	if conditionLine(line) {
		return true
	}
	key, value, pattern, ok := splitVirtual(line)
	if !ok || mapWords.MatchString(value) || strings.ContainsAny(value, "<>") {
		return false
	}
	if pattern {
		return true
	}
	if strings.ContainsAny(key, ":,;<>=()[]{}\\|") || !strings.ContainsAny(key, "@.") && !strings.Contains(value, "@") {
		return false
	}
	if !strings.Contains(key, "@") {
		return strings.Contains(key, ".") && !strings.ContainsAny(value, " :[") || allAddresses(value)
	}
	_, ok = virtualTargets(value)
	return ok
}

// conditionLine is if /.../ and endif of regexp and pcre tables.
func conditionLine(line string) bool {
	low := strings.ToLower(line)
	return low == "endif" || strings.HasPrefix(low, "if /") || strings.HasPrefix(low, "if !/")
}

func allAddresses(value string) bool {
	for _, f := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if !strings.Contains(f, "@") {
			return false
		}
	}
	return value != ""
}

// virtualTargets reads targets separated by commas or blanks.
func virtualTargets(value string) (items []aliasItem, ok bool) {
	for _, part := range splitQuoted(value) {
		fields := strings.Fields(part)
		if strings.Contains(part, `"`) || strings.HasPrefix(strings.TrimSpace(part), "|") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(part)), "error:") {
			fields = []string{strings.TrimSpace(part)}
		}
		for _, f := range fields {
			item, ok := virtualItem(f)
			if !ok {
				return items, false
			}
			items = append(items, item)
		}
	}
	return items, len(items) > 0
}

// virtualItem knows, besides an alias's targets, whole domains (@other) and
// parts of a pattern (${1}@other, sendmail's %1@other).
func virtualItem(f string) (aliasItem, bool) {
	g := groupRef.ReplaceAllString(f, "*")
	g = regexp.MustCompile(`%\d`).ReplaceAllString(g, "*")
	if strings.HasPrefix(g, "@") {
		g = "*" + g
	}
	if g != f {
		local, domain, ok := strings.Cut(g, "@")
		if ok && !strings.Contains(domain, "*") && domain != "" {
			if t, ok := addressTarget(strings.ReplaceAll(local, "**", "*") + "@" + domain); ok {
				return aliasItem{text: t.addr.Key(), kind: '@'}, true
			}
		}
		if !ok && !strings.ContainsAny(g, " :/") {
			return aliasItem{text: f, kind: 'l'}, true
		}
		return aliasItem{text: f, kind: '?'}, true
	}
	if strings.HasSuffix(f, "/") && !strings.ContainsAny(f, "@|") {
		return aliasItem{text: f, kind: '/'}, true // a mailbox map: domain/user/
	}
	return readAliasItem(f)
}

// virtual reads virtual(5): hash and texthash maps, regexp and pcre tables.
func (a *auditor) virtual(path, src string) {
	a.lastLine(path, src)
	logicalLines(src, func(text string, line int) {
		p := place{path: path, line: line}
		if conditionLine(text) {
			return
		}
		a.record()
		key, value, pattern, ok := splitVirtual(text)
		if !ok {
			a.skip(p, "no entry: want \"address target, target\"; the file may be cut off")
			return
		}
		items, ok := virtualTargets(value)
		if !ok || strings.HasSuffix(value, ",") {
			a.skip(p, "a target that cannot be read: "+clip(value, 80))
		}
		a.virtualEntry(entry{key: key, value: value, line: line}, items, pattern, p)
	})
}

func (a *auditor) virtualEntry(e entry, items []aliasItem, pattern bool, p place) {
	base := setting{place: p, source: virtualMap, what: "virtual alias", mild: true}
	base.catchAll = strings.HasPrefix(e.key, "@") || pattern && catchesAll(e.key)
	if !strings.ContainsAny(e.key, "@/") && strings.Contains(e.key, ".") && len(items) == 1 && items[0].kind == 'l' {
		return // a line that only names a virtual domain
	}
	if !pattern && !base.catchAll {
		a.people.seen(e.key)
	}
	open := items[:0:0]
	for _, item := range items {
		if item.kind == '?' {
			base.partial = true
			continue
		}
		open = append(open, item)
	}
	for _, item := range open { // delivered to itself: a copy
		if item.kind == '@' && strings.EqualFold(item.text, e.key) {
			base.evidence = append(base.evidence, "copy=yes")
		}
	}
	before := len(a.settings)
	a.aliasEntry(e, open, base)
	if len(a.settings) > before && len(base.evidence) > 0 {
		a.settings[len(a.settings)-1].copies = yes
	}
}

// catchesAll tells a pattern that leaves the local part open.
func catchesAll(pattern string) bool {
	body := strings.TrimLeft(pattern[:strings.LastIndexByte(pattern, '/')+1], "!/^(?i:)")
	for _, open := range []string{".*", ".+", "[^@]+", "[^@]*", `\S+`, "[^\\s]+", "[a-z0-9", "[a-zA-Z", `[\w`, `\w+`} {
		if strings.HasPrefix(body, open) {
			return true
		}
	}
	return strings.HasPrefix(body, "@") || body == ""
}
