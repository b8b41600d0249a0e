package audit

import (
	"regexp"
	"slices"
	"strings"
)

// eximHead: a filter says so in its first line (Exim's interfaces to mail
// filtering, 1.3).
var eximHead = regexp.MustCompile(`(?i)\A\s*#\s*exim\s+filter`)

// eximToken is a word of a filter.
type eximToken struct {
	text   string
	quoted bool
	line   int
}

// is compares with a keyword.
func (t eximToken) is(words ...string) bool {
	return !t.quoted && slices.Contains(words, strings.ToLower(t.text))
}

// eximTokens cuts a filter into words, texts in quotes and parentheses. ok is
// false where a quote is never closed.
func eximTokens(src string) (out []eximToken, ok bool) {
	line := 1
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\n':
			line++
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '#':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == '(' || c == ')':
			out = append(out, eximToken{string(c), false, line})
			i++
		case c == '"':
			t := eximToken{quoted: true, line: line}
			end := i + 1
			for ; end < len(src) && src[end] != '"'; end++ {
				if src[end] == '\\' && end+1 < len(src) {
					end++
				}
				line += count(src[end] == '\n')
			}
			if end >= len(src) {
				return out, false
			}
			t.text = strings.NewReplacer(`\"`, `"`, `\\`, `\`, "\\\n", "").Replace(src[i+1 : end])
			out = append(out, t)
			i = end + 1
		default:
			end := i
			for end < len(src) && !strings.ContainsRune(" \t\r\n()", rune(src[end])) {
				end++
			}
			out = append(out, eximToken{src[i:end], false, line})
			i = end
		}
	}
	return out, true
}

// eximFilter reads a filter of Exim's: deliver, save, pipe and mail, under the
// conditions they stand in.
func (a *auditor) eximFilter(path, src string) {
	box := pathMailbox(path)
	if box != "" {
		a.people.seen(box)
	}
	a.record()
	a.lastLine(path, src)
	tokens, ok := eximTokens(src)
	f := &eximWalk{auditor: a, path: path, mailbox: box, tokens: tokens}
	for f.next() {
	}
	if ok && len(tokens) == 0 {
		a.empty(place{path: path, line: 1}, "a filter without a command", a.tree != nil)
	}
	if !ok {
		a.skip(place{path: path, line: f.lineNow()}, "a text in quotes that is never closed: the file was cut off")
	} else if len(f.blocks) > 0 {
		a.skip(place{path: path, line: f.lineNow()}, "an if without its endif: the file was cut off")
	}
	f.finish()
}

// eximWalk goes through a filter.
type eximWalk struct {
	*auditor
	path, mailbox string
	tokens        []eximToken
	at            int
	unseen        bool        // the next command leaves delivery as it is
	blocks        []eximBlock // that the next command stands in
	found         []*setting
	kept          bool // mail is also delivered here
}

// eximBlock is an if that is open.
type eximBlock struct {
	all   bool // its condition is always met
	words []string
}

func (f *eximWalk) lineNow() int {
	if len(f.tokens) == 0 {
		return 1
	}
	return f.tokens[min(f.at, len(f.tokens)-1)].line
}

// next takes one command; false at the end.
func (f *eximWalk) next() bool {
	if f.at >= len(f.tokens) {
		return false
	}
	t := f.tokens[f.at]
	f.at++
	switch {
	case t.is("if"):
		f.blocks = append(f.blocks, f.condition())
	case t.is("elif") && len(f.blocks) > 0:
		b := f.condition()
		b.all = false
		f.blocks[len(f.blocks)-1] = b
	case t.is("else") && len(f.blocks) > 0:
		f.blocks[len(f.blocks)-1] = eximBlock{}
	case t.is("endif") && len(f.blocks) > 0:
		f.blocks = f.blocks[:len(f.blocks)-1]
	case t.is("unseen"):
		f.unseen = true
		return true
	case t.is("seen", "noerror"):
		return true
	case t.is("deliver"):
		f.deliver(t.line)
	case t.is("save"):
		f.save()
	case t.is("pipe"):
		f.pipe(t.line)
	case t.is("mail"):
		f.mail(t.line)
	}
	f.unseen = false
	return true
}

// condition reads up to then.
func (f *eximWalk) condition() eximBlock {
	from := f.at
	for f.at < len(f.tokens) && !f.tokens[f.at].is("then") {
		f.at++
	}
	words := f.tokens[from:f.at]
	f.at++
	b := eximBlock{all: eximAlways(words)}
	for _, w := range words {
		if w.quoted || strings.Contains(w.text, "@") {
			b.words = append(b.words, w.text)
		}
	}
	return b
}

// eximAlways: conditions that all mail meets.
func eximAlways(words []eximToken) bool {
	words = slices.DeleteFunc(slices.Clone(words), func(t eximToken) bool { return t.is("(", ")") })
	switch len(words) {
	case 1:
		return words[0].is("first_delivery")
	case 2:
		return words[0].is("not") && words[1].is("error_message", "manually_thawed")
	case 3:
		sender := strings.Contains(strings.ToLower(words[0].text), "from") || strings.Contains(strings.ToLower(words[0].text), "sender")
		key := words[2].text
		switch {
		case words[1].is("contains", "begins", "ends"):
			return key == "" || sender && words[1].is("contains") && (key == "@" || key == ".")
		case words[1].is("matches"):
			return slices.Contains([]string{"", ".*", "^", "^.*$", ".*@.*"}, key) || sender && (key == "." || key == "@" || key == ".+")
		case words[1].is("is"):
			return key == words[0].text && !strings.Contains(key, "$")
		case words[1].is("above"):
			return strings.EqualFold(words[0].text, "$message_size") && (key == "0" || key == "1")
		}
	}
	return false
}

func (f *eximWalk) argument() (eximToken, bool) {
	if f.at >= len(f.tokens) {
		return eximToken{}, false
	}
	f.at++
	return f.tokens[f.at-1], true
}

func (f *eximWalk) setting(line int, what string) *setting {
	s := &setting{
		place: place{path: f.path, line: line}, source: eximFilter, mailbox: f.mailbox, what: what, rule: true, all: true, copies: no,
	}
	if f.unseen {
		s.copies = yes
	}
	for _, b := range f.blocks {
		s.all = s.all && b.all
		s.words = append(s.words, b.words...)
	}
	if s.all && len(f.blocks) > 0 {
		s.trick = "a condition that all mail meets"
	}
	f.found = append(f.found, s)
	return s
}

func (f *eximWalk) deliver(line int) {
	t, ok := f.argument()
	if !ok {
		f.skip(place{path: f.path, line: line}, "deliver without an address: the file was cut off")
		return
	}
	s := f.setting(line, "Exim filter")
	f.target(s, t.text)
}

func (f *eximWalk) target(s *setting, text string) {
	s.note("deliver", clip(text, 100))
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		switch t, ok := addressTarget(part); {
		case ok && !strings.Contains(part, "$"):
			s.targets = append(s.targets, t)
		case part != "" && !strings.ContainsAny(part, "@$"):
			s.targets = append(s.targets, target{raw: part, local: true})
			s.copies = yes
		case strings.HasPrefix(part, "$local_part") || strings.HasPrefix(part, "$home"):
			s.copies = yes
		case part != "":
			s.targets = append(s.targets, target{raw: clip(part, 100)})
		}
	}
}

func (f *eximWalk) save() {
	t, ok := f.argument()
	if ok && t.text != "/dev/null" && len(f.blocks) == 0 {
		f.kept = true
	}
	if ok && t.text == "/dev/null" {
		s := f.setting(t.line, "Exim filter")
		s.deletes = true
	}
}

func (f *eximWalk) pipe(line int) {
	t, ok := f.argument()
	if !ok {
		f.skip(place{path: f.path, line: line}, "pipe without a command: the file was cut off")
		return
	}
	s := f.setting(line, "Exim filter")
	s.pipe, s.copies, s.harmless = clip(t.text, 200), unsaid, usualProgram(t.text)
	for _, m := range anyAddress.FindAllString(t.text, 20) {
		if to, ok := addressTarget(m); ok && sends(t.text) {
			s.targets = append(s.targets, to)
		}
	}
}

// mail sends a message of its own, to who is named behind to, cc and bcc.
func (f *eximWalk) mail(line int) {
	s := f.setting(line, "Exim filter")
	s.notice, s.copies = true, yes
	for f.at+1 < len(f.tokens) && !f.tokens[f.at].is(eximCommands...) {
		if f.tokens[f.at].is("to", "cc", "bcc") {
			f.target(s, f.tokens[f.at+1].text)
			f.at++
		}
		f.at++
	}
}

var eximCommands = []string{"if", "elif", "else", "endif", "deliver", "save", "pipe", "mail", "vacation", "finish", "seen", "unseen", "noerror", "fail", "freeze", "logfile", "logwrite", "add", "headers", "testprint"}

// finish adds what was found.
func (f *eximWalk) finish() {
	for _, s := range f.found {
		if f.kept && s.copies == no {
			s.copies = yes
		}
		f.add(s)
	}
}
