package audit

import (
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// sieve reads one script.
func (a *auditor) sieve(path, src string) {
	box := pathMailbox(path)
	if box != "" {
		a.people.seen(box)
	}
	a.dormant[path] = a.tree.inactive(path)
	if a.sieveScript(sieveSource{path: path, mailbox: box, text: src, line: 1, off: a.dormant[path]}) == 0 {
		a.empty(place{path: path, line: 1}, "a script without a command", a.tree != nil)
	}
}

// sieveSource is a script, and where it stands: a file, or a part of one.
type sieveSource struct {
	path, mailbox, text string
	line                int // of the first
	off                 bool
	remove              string // how it is taken away, where it is no file of its own
}

// sieveScript reads a script and gives the number of its commands; one that
// cannot be read has some.
func (a *auditor) sieveScript(src sieveSource) (commands int) {
	nodes, err := parseSieve(src.text, src.line)
	a.record()
	if err != nil {
		p := place{path: src.path}
		var fault *sieveError
		if errors.As(err, &fault) {
			p.line = fault.line
		}
		a.skip(p, "not read to the end: "+err.Error())
	}
	vars := sieveVars{}
	w := &sieveWalk{sieveSource: src, auditor: a, vars: vars, judge: sieveJudge{vars, src.mailbox, a.opts.Now}, names: ruleNames(src.text, src.line)}
	w.run(nodes, scope{})
	w.finish()
	if err != nil {
		return 1
	}
	return w.commands
}

// sieveWalk goes through a script and gathers what it does.
type sieveWalk struct {
	*auditor
	sieveSource
	vars     sieveVars
	judge    sieveJudge
	commands int            // but require
	blocks   int            // numbers what may be one
	names    map[int]string // of rules, by line
	acts     []sieveAct
}

// maxActs bounds the actions of one script, which are held against each other.
const maxActs = 2000

// sieveAct is one action with the conditions it stands under.
type sieveAct struct {
	node  *sieveNode
	scope scope
	set   *setting // what it became, if it leads out
}

// scope is where a command stands: the blocks around it and their tests.
type scope struct {
	blocks []int // each block has a number of its own; a path
	tests  []*sieveNode
	// others are the tests that must have failed: before an elsif or else.
	others int
	dead   bool // a test before it never fails
}

func (s scope) in(block int, tests []*sieveNode, before chain) scope {
	return scope{
		blocks: append(slices.Clone(s.blocks), block), tests: append(slices.Clone(s.tests), tests...),
		others: s.others + before.depend, dead: s.dead || before.always,
	}
}

// chain is what is known of the tests of if and elsif that must have failed
// where an elsif or else is reached.
type chain struct {
	depend int  // how many may fail or not
	always bool // one of them never fails
}

func (c *chain) add(tests []*sieveNode) {
	switch t := allOf(tests); {
	case t == always:
		c.always = true
	case t == depends && len(tests) > 0:
		c.depend++
	}
}

// run walks the commands of a block.
func (w *sieveWalk) run(nodes []*sieveNode, sc scope) {
	var before chain
	for _, n := range nodes {
		w.blocks++
		w.commands += count(n.name != "require")
		if n.name != "elsif" && n.name != "else" {
			before = chain{}
		}
		w.judge.judge(n.tests)
		if n.open && n.name == "disabled_if" { // Zimbra's
			w.run(n.block, sc.in(w.blocks, n.tests, chain{always: true}))
		} else if n.open {
			w.run(n.block, sc.in(w.blocks, n.tests, before))
		}
		before.add(n.tests)
		w.command(n, sc)
	}
}

// conditional tells whether a command may be left out.
func (s scope) conditional() bool {
	return s.others > 0 || slices.ContainsFunc(s.tests, func(t *sieveNode) bool { return t.truth != always })
}

// never tells a block that is switched off: "if false", as Roundcube writes.
func (s scope) never() bool {
	return s.dead || slices.ContainsFunc(s.tests, func(t *sieveNode) bool { return t.truth == never })
}

// ruleName finds the name that web mail programs put into a comment before a
// rule: # rule:[name].
func (w *sieveWalk) ruleName(line int) (name string, ok bool) {
	best := 0
	for at, n := range w.names {
		if at <= line && at > best {
			best, name, ok = at, n, true
		}
	}
	return name, ok
}

var ruleComment = regexp.MustCompile(`^\s*#\s*[Rr]ule:\s*\[(.*)\]\s*$`)

// ruleNames gives the names of rules by the lines of their comments.
func ruleNames(src string, n int) map[int]string {
	names := map[int]string{}
	for line := range strings.Lines(src) {
		if m := ruleComment.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil && len(names) < maxActs {
			names[n] = m[1]
		}
		n++
	}
	return names
}

// command takes an action in.
func (w *sieveWalk) command(n *sieveNode, sc scope) {
	act := sieveAct{node: n, scope: sc}
	switch n.name {
	case "set":
		w.vars.set(n, sc.conditional())
	case "global":
		w.vars.foreign(n)
		return
	case "redirect":
		act.set = w.redirect(n, sc)
	case "notify":
		act.set = w.notify(n, sc)
	case "vnd.dovecot.pipe", "pipe", "vnd.dovecot.filter", "filter", "vnd.dovecot.execute", "execute":
		act.set = w.pipe(n, sc)
	case "include":
		act.set = w.include(n, sc)
	case "fileinto", "keep", "discard", "setflag", "addflag", "flag", "stop":
	default:
		return
	}
	if len(w.acts) >= maxActs {
		if len(w.acts) == maxActs {
			w.skip(place{path: w.path, line: n.line}, "more than 2,000 actions: what follows was not judged")
			w.acts = append(w.acts, sieveAct{node: &sieveNode{name: "stop"}})
		}
		return
	}
	w.acts = append(w.acts, act)
}

func (w *sieveWalk) setting(n *sieveNode, sc scope, what string) *setting {
	s := &setting{
		place: place{path: w.path, line: n.line}, source: sieveScript, mailbox: w.mailbox, what: what, rule: true, off: w.off, remove: w.remove,
		id: strings.TrimSuffix(filepath.Base(w.path), ".sieve"),
	}
	s.all = !sc.conditional()
	s.dormant, s.never = w.off, sc.never()
	s.off = w.off || s.never
	s.name, s.nameable = w.ruleName(n.line)
	for _, t := range sc.tests {
		if s.all && t.name != "true" {
			s.trick = "the test \"" + t.name + "\", which is always true"
		}
		if !s.all {
			s.words = append(s.words, testWords(t)...)
		}
	}
	for _, word := range s.words[:min(len(s.words), 5)] {
		s.note("test", clip(word, 80))
	}
	return s
}

// redirect sends the mail on; without :copy it is not kept (RFC 5228, 4.2;
// RFC 3894).
func (w *sieveWalk) redirect(n *sieveNode, sc scope) *setting {
	s := w.setting(n, sc, "Sieve redirect")
	s.copies = no
	if n.tagged("copy") {
		s.copies = yes
	}
	for _, list := range n.plain("bytimerelative", "bytimeabsolute", "bymode", "ret", "notify") {
		for _, text := range list {
			w.targetsOf(s, text, n.tagged("list"))
		}
	}
	return s
}

// targetsOf expands a text into targets.
func (w *sieveWalk) targetsOf(s *setting, text string, list bool) {
	values, _ := w.vars.expand(text)
	for _, v := range values {
		v = strings.TrimSpace(v)
		if v == "" && len(values) > 1 {
			continue // a variable that is not set in every case
		}
		if t, ok := addressTarget(v); ok && !list && !strings.Contains(v, unknownText) {
			s.targets = append(s.targets, t)
			continue
		}
		if local, domain, ok := strings.Cut(v, "@"); ok && local == unknownText && !strings.Contains(domain, unknownText) && !list {
			if t, ok := addressTarget("*@" + domain); ok { // ${1}@outside: the domain is known
				s.targets = append(s.targets, t)
				continue
			}
		}
		if v != "" && !strings.Contains(v, "@") && !list && !strings.Contains(v, unknownText) {
			s.targets = append(s.targets, target{raw: v, local: true})
			continue
		}
		s.targets = append(s.targets, target{raw: clip(text, 100)})
	}
	s.note(s.what[strings.LastIndexByte(s.what, ' ')+1:], clip(text, 100))
}

// notify sends a notice by mail (RFC 5435, 5436, and the older draft).
func (w *sieveWalk) notify(n *sieveNode, sc scope) *setting {
	s := w.setting(n, sc, "Sieve notify")
	s.notice, s.copies = true, yes
	methods := append(n.after("method"), n.after("options")...)
	for _, list := range n.plain("from", "importance", "options", "message", "method", "id", "low", "normal", "high") {
		methods = append(methods, list...)
	}
	for _, m := range methods {
		values, _ := w.vars.expand(m)
		for _, v := range values {
			low := strings.ToLower(v)
			if strings.HasPrefix(low, "mailto:") || strings.Contains(v, "@") && !strings.Contains(low, "://") {
				for _, to := range strings.Split(strings.SplitN(v, "?", 2)[0], ",") {
					w.targetsOf(s, trimAddress(to), false)
				}
			} else if strings.Contains(low, "://") {
				s.pipe = clip(v, 100)
			}
		}
	}
	return s
}

func (w *sieveWalk) pipe(n *sieveNode, sc scope) *setting {
	s := w.setting(n, sc, "Sieve "+strings.TrimPrefix(n.name, "vnd.dovecot."))
	s.copies = yes
	var words []string
	for _, list := range n.plain("input", "output") {
		for _, text := range list {
			values, _ := w.vars.expand(text)
			words = append(words, slices.DeleteFunc(values, func(s string) bool { return s == "" })...)
		}
	}
	s.pipe = clip(strings.Join(words, " "), 200)
	if s.pipe == "" {
		s.pipe = "(no name)"
	}
	for _, m := range anyAddress.FindAllString(s.pipe, 20) {
		if t, ok := addressTarget(m); ok {
			s.targets = append(s.targets, t)
		}
	}
	s.note(n.name, s.pipe)
	return s
}

// include runs another script. One of the same folder is read by itself.
func (w *sieveWalk) include(n *sieveNode, sc scope) *setting {
	texts := slices.Concat(n.plain("")...)
	if len(texts) == 0 {
		return nil
	}
	values, whole := w.vars.expand(texts[0])
	name := strings.Join(values, " ")
	if whole && !n.tagged("global") {
		if script := w.beside(name); script != "" {
			w.runs[w.path] = append(w.runs[w.path], script)
			return nil
		}
	}
	s := w.setting(n, sc, "Sieve include")
	s.include = clip(name, 100)
	s.harmless = n.tagged("global")
	s.note("include", s.include)
	return s
}

// beside finds a personal script that is part of this audit; empty where there
// is none. They lie in one folder, and the active one may be a file above it.
func (w *sieveWalk) beside(name string) string {
	if w.tree == nil || name == "" || strings.ContainsAny(name, `/\`) {
		return ""
	}
	dir := filepath.Dir(w.path)
	for _, script := range []string{filepath.Join(dir, name+".sieve"), filepath.Join(dir, name), filepath.Join(dir, "sieve", name+".sieve")} {
		if exists(script) {
			return script
		}
	}
	return ""
}

// finish looks what else happens to mail that is sent on, and adds settings.
func (w *sieveWalk) finish() {
	for _, act := range w.acts {
		if act.set == nil {
			continue
		}
		for _, other := range w.acts {
			if other.scope.reaches(act.scope) || act.scope.reaches(other.scope) && !other.scope.conditional() {
				w.alongside(act.set, other.node)
			}
		}
		w.add(act.set)
	}
	for _, act := range w.acts {
		if act.set == nil && act.node.name != "stop" {
			w.hiding(act)
		}
	}
}

// reaches tells whether what stands in s is also done for what stands in t.
func (s scope) reaches(t scope) bool {
	return len(s.blocks) <= len(t.blocks) && slices.Equal(s.blocks, t.blocks[:len(s.blocks)])
}

// alongside applies another action of the same way through the script.
func (w *sieveWalk) alongside(s *setting, n *sieveNode) {
	switch n.name {
	case "keep":
		s.copies = yes
	case "discard":
		s.deletes, s.copies = true, no
		s.note("discard", "yes")
	case "fileinto":
		if s.copies == no {
			s.copies = yes
		}
		if f := w.folderOf(n); rarelySeen(f) {
			s.folder = f
			s.note("fileinto", f)
		}
	case "setflag", "addflag", "flag": // flag "read" is Zimbra's
		if flags(n, `\seen`) || n.name == "flag" && flags(n, "read") {
			s.reads = true
			s.note(n.name, `\Seen`)
		}
		if flags(n, `\deleted`) {
			s.deletes = true
			s.note(n.name, `\Deleted`)
		}
	}
	if (n.name == "keep" || n.name == "fileinto") && slices.Contains(flatten(n.after("flags")), `\seen`) {
		s.reads = true
	}
}

// hiding adds filing to rarely seen folders and discarding by keyword.
func (w *sieveWalk) hiding(act sieveAct) {
	s := w.setting(act.node, act.scope, "Sieve "+act.node.name)
	switch act.node.name {
	case "discard":
		s.deletes = true
	case "fileinto":
		s.folder = w.folderOf(act.node)
	default:
		return
	}
	for _, other := range w.acts {
		if other.scope.reaches(act.scope) && (other.node.name == "setflag" || other.node.name == "addflag") && flags(other.node, `\seen`) {
			s.reads = true
		}
	}
	s.note(act.node.name, s.folder)
	w.add(s)
}

func (w *sieveWalk) folderOf(n *sieveNode) string {
	for _, list := range n.plain("flags", "mailboxid", "specialuse") {
		for _, text := range list {
			values, _ := w.vars.expand(text)
			return folderName(strings.ReplaceAll(decodeFolder(strings.Join(values, " ")), ".", "/"))
		}
	}
	return ""
}

// flags tells whether a flag is set.
func flags(n *sieveNode, flag string) bool {
	for _, a := range n.args {
		if slices.Contains(flatten(a.strings), flag) {
			return true
		}
	}
	return false
}

// flatten cuts texts of several flags: "\\Seen \\Deleted".
func flatten(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, strings.Fields(strings.ToLower(s))...)
	}
	return out
}
