package audit

import (
	"regexp"
	"strings"
)

// procmail reads a procmailrc(5).
func (a *auditor) procmail(path, src string) {
	box := pathMailbox(path)
	if box != "" {
		a.people.seen(box)
	}
	p := &procmailFile{auditor: a, path: path, mailbox: box, vars: map[string]string{}, lines: procmailLines(src)}
	a.lastLine(path, src)
	p.block(procmailScope{})
	if p.depth != 0 {
		a.skip(place{path: path, line: p.last()}, "a block { that is never closed: the file was cut off")
	}
	p.dumped()
}

// procmailLine is a logical line.
type procmailLine struct {
	text string
	line int
}

// procmailLines joins lines that end in a backslash, and drops comments.
func procmailLines(src string) []procmailLine {
	var out []procmailLine
	held, first, n := "", 0, 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimSpace(line)
		if held == "" {
			first = n
			if line == "" || line[0] == '#' {
				continue
			}
		}
		if rest, more := strings.CutSuffix(line, `\`); more && len(held) < 64<<10 {
			held += rest + " "
			continue
		}
		out = append(out, procmailLine{strings.TrimSpace(held + line), first})
		held = ""
	}
	if held != "" {
		out = append(out, procmailLine{strings.TrimSpace(held), first})
	}
	return out
}

// procmailFile is the state of reading one file.
type procmailFile struct {
	*auditor
	path, mailbox string
	vars          map[string]string
	lines         []procmailLine
	at            int
	depth         int
	made          []*setting
	dump          int // line of an unconditional delivery to nowhere
}

// procmailScope is what holds around a recipe.
type procmailScope struct {
	words []string
	some  bool // under a condition
	copy  bool // inside a block that works on a copy
}

func (p *procmailFile) last() int {
	if len(p.lines) == 0 {
		return 1
	}
	return p.lines[len(p.lines)-1].line
}

var procmailAssign = regexp.MustCompile(`^([A-Za-z_]\w*)[ \t]*=[ \t]*(.*)$`)

// block reads recipes and assignments up to a closing brace or the end.
func (p *procmailFile) block(sc procmailScope) {
	for p.at < len(p.lines) {
		l := p.lines[p.at]
		p.at++
		switch m := procmailAssign.FindStringSubmatch(l.text); {
		case strings.HasPrefix(l.text, "}"):
			if p.depth > 0 {
				p.depth--
			}
			return
		case strings.HasPrefix(l.text, ":0"):
			p.recipe(l, sc)
		case m != nil:
			p.assign(l, m[1], m[2], sc)
		}
	}
}

// maxVariable bounds a variable's value, which may be made of itself again and
// again.
const maxVariable = 1000

// assign sets a variable. INCLUDERC and SWITCHRC read another file.
func (p *procmailFile) assign(l procmailLine, name, value string, sc procmailScope) {
	value = strings.Trim(strings.TrimSpace(dropComment(value)), `"'`)
	switch strings.ToUpper(name) {
	case "INCLUDERC", "SWITCHRC":
		if value == "" {
			return
		}
		s := p.setting(l, sc, "procmail include")
		s.include = clip(p.expand(value), 200)
		p.add(s)
	default:
		if v := p.expand(value); len(v) <= maxVariable {
			p.vars[name] = v
		} else {
			p.vars[name] = "`" // not followed: unresolved where it is used
		}
	}
}

var (
	procmailVarRef  = regexp.MustCompile(`\$(\{(\w+)(?::?[-+]([^}]*))?\}|(\w+))`)
	procmailUnknown = regexp.MustCompile("[$`]")
)

// expand replaces variables that the file sets; ${X:-default} too.
func (p *procmailFile) expand(s string) string {
	for range 5 {
		next := procmailVarRef.ReplaceAllStringFunc(s, func(ref string) string {
			m := procmailVarRef.FindStringSubmatch(ref)
			if v, ok := p.vars[m[2]+m[4]]; ok {
				return v
			}
			if m[3] != "" {
				return m[3]
			}
			return ref
		})
		if next == s || len(next) > 64<<10 {
			break
		}
		s = next
	}
	return s
}

func (p *procmailFile) setting(l procmailLine, sc procmailScope, what string) *setting {
	s := &setting{place: place{path: p.path, line: l.line}, source: procmailrc, mailbox: p.mailbox, what: what, rule: true}
	s.all, s.words = !sc.some, sc.words
	for _, w := range sc.words[:min(len(sc.words), 5)] {
		s.evidence = append(s.evidence, "* "+clip(w, 80))
	}
	return s
}

// recipe reads flags, conditions and the action line.
func (p *procmailFile) recipe(l procmailLine, sc procmailScope) {
	p.record()
	flags, _, _ := strings.Cut(strings.TrimPrefix(l.text, ":0"), ":")
	flags, _, _ = strings.Cut(flags, "#")
	copied := strings.Contains(flags, "c")
	inner := procmailScope{words: append([]string{}, sc.words...), some: sc.some, copy: sc.copy}
	if strings.ContainsAny(flags, "AaEe") {
		inner.some = true // it depends on the recipe before
	}
	for p.at < len(p.lines) && strings.HasPrefix(p.lines[p.at].text, "*") {
		p.condition(strings.TrimSpace(p.lines[p.at].text[1:]), &inner)
		p.at++
	}
	if p.at >= len(p.lines) {
		p.skip(place{path: p.path, line: l.line}, "a recipe without an action: the file was cut off")
		return
	}
	action := p.lines[p.at]
	p.at++
	if rest, ok := strings.CutPrefix(action.text, "{"); ok {
		p.nested(rest, action, copied, inner)
		return
	}
	p.action(action, copied || inner.copy, inner)
}

// nested reads the block of a recipe.
func (p *procmailFile) nested(rest string, l procmailLine, copied bool, sc procmailScope) {
	sc.copy = sc.copy || copied
	rest = strings.TrimSpace(rest)
	if strings.HasSuffix(rest, "}") {
		if m := procmailAssign.FindStringSubmatch(strings.TrimSpace(strings.TrimSuffix(rest, "}"))); m != nil {
			p.assign(l, m[1], m[2], sc)
		}
		return
	}
	if p.depth >= maxNesting {
		p.skip(place{path: p.path, line: l.line}, "too many blocks inside each other")
		p.at = len(p.lines)
		return
	}
	p.depth++
	p.block(sc)
}

// condition takes in what a recipe looks for. "* !" is a negated condition.
func (p *procmailFile) condition(text string, sc *procmailScope) {
	text = strings.TrimSpace(text)
	if m := regexp.MustCompile(`^-?\d+\^\d+[ \t]*`).FindString(text); m != "" {
		text = strings.TrimSpace(text[len(m):])
	}
	switch {
	case text == "" || text == ".*" || text == "^" || text == "." || text == "^.*" || strings.EqualFold(text, "^From.*") || strings.HasPrefix(text, "> ") && smallNumber(text[2:]):
		sc.words = append(sc.words, "")
		return
	case strings.HasPrefix(text, "!"), strings.HasPrefix(text, "<"), strings.HasPrefix(text, ">"), strings.HasPrefix(text, "?"):
		sc.some = true
		return
	}
	sc.some = true
	sc.words = append(sc.words, p.expand(text))
}

func smallNumber(s string) bool {
	n, ok := sizeOf(strings.TrimSpace(s))
	return ok && n < 1024
}

// action reads "! address", "| command", or a mailbox.
func (p *procmailFile) action(l procmailLine, copied bool, sc procmailScope) {
	s := p.setting(l, sc, "procmail recipe")
	s.copies = no
	if copied {
		s.copies = yes
	}
	text := dropComment(l.text)
	if rest := strings.TrimSpace(strings.TrimLeft(text, "!|")); rest == "" {
		p.skip(place{path: p.path, line: l.line}, "a recipe that sends to nobody, or to no program: the file was cut off")
		return
	}
	switch {
	case strings.HasPrefix(text, "!"):
		p.addresses(s, p.expand(strings.TrimSpace(text[1:])))
	case strings.HasPrefix(text, "|"):
		command := p.expand(strings.TrimSpace(text[1:]))
		s.pipe, s.harmless = clip(command, 200), usualProgram(command)
		s.copies = yes
		for _, m := range anyAddress.FindAllString(command, 20) {
			if t, ok := addressTarget(m); ok && sends(command) {
				s.targets = append(s.targets, t)
			}
		}
		if !copied && len(s.targets) > 0 {
			s.copies = no
		}
	default:
		p.deliver(s, p.expand(text), copied, sc)
		return
	}
	s.evidence = append(s.evidence, clip(l.text, 200))
	p.made = append(p.made, s)
}

// addresses reads the targets of a "!" line.
func (p *procmailFile) addresses(s *setting, list string) {
	for _, f := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '"' || r == '\'' }) {
		switch t, ok := addressTarget(f); {
		case ok && !procmailUnknown.MatchString(f):
			s.targets = append(s.targets, t)
		case strings.HasPrefix(f, "-"):
		case strings.Contains(f, "@"), procmailUnknown.MatchString(f) && !strings.EqualFold(f, "$LOGNAME"):
			s.targets = append(s.targets, target{raw: clip(f, 100)})
		default:
			s.targets = append(s.targets, target{raw: f, local: true})
		}
	}
}

// deliver files mail into a mailbox; /dev/null throws it away.
func (p *procmailFile) deliver(s *setting, box string, copied bool, sc procmailScope) {
	if box == "/dev/null" {
		if !sc.some && !copied {
			p.dump = s.line
		}
		s.deletes = true
		s.evidence = append(s.evidence, "/dev/null")
		p.made = append(p.made, s)
		return
	}
	s.folder = folderName(strings.Trim(box, "/."))
	s.evidence = append(s.evidence, clip(box, 100))
	p.made = append(p.made, s)
}

// dumped adds the settings; what is sent on as a copy and then thrown away is
// deleted.
func (p *procmailFile) dumped() {
	for _, s := range p.made {
		if p.dump > s.line && s.copies == yes && len(s.targets) > 0 {
			s.copies, s.deletes = no, true
			s.evidence = append(s.evidence, "then /dev/null")
		}
		p.add(s)
	}
}
