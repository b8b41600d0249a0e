package audit

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// entry is one logical line of an aliases file or a map.
type entry struct {
	key, value string
	line       int
}

// logicalLines joins continuation lines and leaves comments and blanks out.
func logicalLines(src string, visit func(text string, line int)) {
	text, first, n := "", 0, 0
	for line := range strings.Lines(src) {
		n++
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#':
			continue
		case (line[0] == ' ' || line[0] == '\t') && text != "":
			text += " " + dropComment(trimmed)
			continue
		}
		if text != "" {
			visit(text, first)
		}
		text, first = dropComment(trimmed), n
	}
	if text != "" {
		visit(text, first)
	}
}

// dropComment takes off a comment behind a blank, outside quotes and patterns.
func dropComment(s string) string {
	if strings.HasPrefix(s, "/") || strings.HasPrefix(s, "!/") {
		return s
	}
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '#' && !quoted && i > 0 && (s[i-1] == ' ' || s[i-1] == '\t'):
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

var aliasKey = regexp.MustCompile(`^("[^"]+"|[^\s:"|/\\<>(){}=;,]+)[ \t]*:(.*)$`)

// splitAlias cuts "name: targets".
func splitAlias(line string) (key, value string, ok bool) {
	m := aliasKey.FindStringSubmatch(line)
	if m == nil || strings.HasPrefix(m[2], "//") {
		return "", "", false
	}
	return strings.Trim(m[1], `"`), strings.TrimSpace(m[2]), true
}

// aliasLine tells whether a line may stand in an aliases file.
func aliasLine(line string) bool {
	_, value, ok := splitAlias(dropComment(line))
	if !ok {
		return false
	}
	if value == "" {
		return true // continued on the next line
	}
	_, ok = aliasTargets(value)
	return ok
}

// usualAliases are names that aliases files have (RFC 2142).
var usualAliases = []string{"postmaster", "mailer-daemon", "root", "abuse", "webmaster", "hostmaster", "nobody", "bin", "daemon", "www", "ftp", "news", "noc", "security", "info"}

// aliasMarked tells whether something in the lines is an alias's and not that
// of any "key: value".
func aliasMarked(lines []string) bool {
	for _, line := range lines {
		key, value, ok := splitAlias(dropComment(line))
		if ok && (strings.ContainsAny(value, "@,|\\/") || slices.Contains(usualAliases, strings.ToLower(key))) {
			return true
		}
	}
	return false
}

// aliasItem is one target of an alias, as written.
type aliasItem struct {
	text string // without quotes
	kind byte   // '@' address, 'l' local name, '|' program, '/' file, ':' include, 'e' refused
	keep bool   // \name: delivery without further expansion
}

// aliasTargets reads a list of targets; ok is false where one is no target.
func aliasTargets(value string) (items []aliasItem, ok bool) {
	for _, part := range splitQuoted(value) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		item, ok := readAliasItem(part)
		if !ok {
			return items, false
		}
		items = append(items, item)
	}
	return items, len(items) > 0
}

// splitQuoted cuts at commas outside quotes.
func splitQuoted(s string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ',' && !quoted:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// trailingComment is what stands behind an address in parentheses (RFC 5322, 3.2.2).
var trailingComment = regexp.MustCompile(`^([^\s"|/(]+@[^\s"|/(]+)\s+\([^()]*\)$`)

func readAliasItem(part string) (aliasItem, bool) {
	part = trailingComment.ReplaceAllString(part, "$1")
	text := part
	if strings.HasPrefix(part, `"`) && strings.HasSuffix(part, `"`) && len(part) > 1 {
		text = strings.ReplaceAll(part[1:len(part)-1], `\"`, `"`)
	}
	text = strings.TrimSpace(text)
	low := strings.ToLower(text)
	switch {
	case text == "" || strings.Count(part, `"`)%2 != 0:
		return aliasItem{}, false
	case strings.HasPrefix(low, ":include:"):
		return aliasItem{text: strings.TrimSpace(text[9:]), kind: ':'}, true
	case strings.HasPrefix(low, "error:") || strings.HasPrefix(low, ":fail:") || strings.HasPrefix(low, ":blackhole:") || strings.HasPrefix(low, ":defer:"):
		return aliasItem{text: text, kind: 'e'}, true
	case text[0] == '|':
		return aliasItem{text: unquote(strings.TrimSpace(text[1:])), kind: '|'}, true
	case text[0] == '/':
		return aliasItem{text: text, kind: '/'}, !strings.ContainsAny(text, " \t^*()[]|\\")
	case text[0] == '\\':
		return aliasItem{text: text[1:], kind: 'l', keep: true}, len(text) > 1 && localName.MatchString(text[1:])
	}
	if t, ok := addressTarget(text); ok && !strings.ContainsAny(strings.TrimSuffix(text, ">"), " \t:;[") {
		return aliasItem{text: t.addr.Key(), kind: '@'}, true
	}
	if t, ok := addressTarget(text); ok && namedMember.MatchString(text) {
		return aliasItem{text: t.addr.Key(), kind: '@'}, true
	}
	return aliasItem{text: text, kind: 'l'}, localName.MatchString(text)
}

// unquote takes off quotes that stand around the whole text.
func unquote(s string) string {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' && strings.Count(s, `"`) == 2 {
		return s[1 : len(s)-1]
	}
	return s
}

var localName = regexp.MustCompile(`^[\pL\pN._+=$%~-][\pL\pN._+=$%~-]*$`)

// aliases reads aliases(5).
func (a *auditor) aliases(path, src string) {
	graph := aliasGraph{}
	before := len(a.settings)
	a.lastLine(path, src)
	defer func() { graph.report(a, path, a.settings[before:]) }()
	logicalLines(src, func(text string, line int) {
		a.record()
		p := place{path: path, line: line}
		key, value, ok := splitAlias(text)
		if !ok {
			a.skip(p, "no alias: want \"name: target, target\"")
			return
		}
		a.people.seen(key)
		if value == "" || strings.HasSuffix(value, ",") {
			a.skip(p, "the alias ends without a target: the file may be cut off")
		}
		if value == "" {
			return
		}
		items, ok := aliasTargets(value)
		if !ok {
			a.skip(p, "a target that cannot be read: "+clip(value, 80))
		}
		graph.add(key, line, items)
		a.aliasEntry(entry{key: key, value: value, line: line}, items, setting{place: p, source: aliasFile, what: "alias", mild: true})
	})
}

// aliasEntry makes settings of an entry: one for its addresses, one for each
// program and each file.
func (a *auditor) aliasEntry(e entry, items []aliasItem, base setting) {
	base.mailbox, base.rule, base.all, base.name, base.id = e.key, true, true, e.key, e.key
	base.evidence = append([]string{clip(e.key+": "+e.value, 300)}, base.evidence...)
	base.catchAll = base.catchAll || e.key == "*" || strings.HasPrefix(e.key, "*@")
	s := base
	s.copies = no
	for _, item := range items {
		switch item.kind {
		case '@':
			t, _ := addressTarget(item.text)
			s.targets = append(s.targets, t)
		case 'l':
			s.targets = append(s.targets, target{raw: item.text, local: true})
			s.copies = yes
		case '/':
			s.copies = yes
			if item.text == "/dev/null" {
				s.copies, s.deletes = no, true
			}
		case '|':
			a.program(base, item.text)
		case ':':
			a.includeFile(base, item.text)
		}
	}
	a.add(&s)
}

// usualPrograms take mail in for their owners: autoresponders, delivery agents,
// list managers, ticket systems, filters.
var usualPrograms = []string{
	"rdm-mailhandler.rb", "rdm-mailhandler", "otrs.console.pl", "otrs.postmaster.pl", "znuny.console.pl", "znuny.postmaster.pl", "zammad", "email2trac", "glpi", "autorespond",
	"autoreply.pl", "mailreceiver", "mailgate", "mantis", "sievec", "lmtp",
	"vacation", "procmail", "maildrop", "dovecot-lda", "deliver", "mailman", "mailman-wrapper", "mail-wrapper", "majordomo", "wrapper", "sympa", "queue",
	"bouncequeue", "familyqueue", "mlmmj-receive", "mlmmj-recieve", "fml.pl", "fml", "autoreply", "request-tracker", "rt-mailgate", "spamassassin", "spamc",
	"bogofilter", "clamfilter", "post", "bounces", "cyrdeliver", "filter", "slocal", "rcvstore", "dmail", "distribute",
}

// program is a target that gets the mail on its standard input.
func (a *auditor) program(base setting, command string) {
	s := base
	s.pipe, s.all, s.copies = clip(command, 200), true, unsaid
	s.harmless = usualProgram(command)
	for _, m := range anyAddress.FindAllString(command, 20) {
		if t, ok := addressTarget(m); ok && sends(command) {
			s.targets = append(s.targets, t)
		}
	}
	a.add(&s)
}

// exitIdiom is how .forward files call procmail: || exit 75 #user.
var exitIdiom = regexp.MustCompile(`\s*\|\|\s*exit\s+\d+\b.*$`)

// usualProgram: the first word is a program that mail systems have, and
// nothing follows it that runs another one.
func usualProgram(command string) bool {
	command = exitIdiom.ReplaceAllString(strings.Trim(command, `"'`), "")
	words := strings.Fields(procmailIdiom.ReplaceAllString(command, "$2"))
	for len(words) > 0 && (words[0] == "exec" || strings.HasPrefix(words[0], "IFS=") || words[0] == "'" || strings.HasSuffix(words[0], "&&")) {
		words = words[1:]
	}
	if len(words) == 0 || strings.ContainsAny(strings.Join(words, " "), "|;`$<>") {
		return false
	}
	name := programName(words[0])
	if slices.Contains(interpreters, name) && len(words) > 1 {
		name = programName(words[1])
	}
	return slices.Contains(usualPrograms, name) || name == "formail" && !sender.MatchString(strings.Join(words[1:], " "))
}

var interpreters = []string{"ruby", "perl", "python", "python3", "php", "env"}

func programName(word string) string {
	return strings.ToLower(filepath.Base(strings.Trim(word, `"'`)))
}

// procmailIdiom is how procmail(1) itself says to call it: the program in a
// variable, tried before it is run.
var procmailIdiom = regexp.MustCompile(`^(?:IFS='?\s*'?\s*&&\s*)?(\w+)=(\S+)\s*&&\s*test\s+-[fx]\s+\$\w+\s*&&\s*exec\s+\$\w+`)

var sender = regexp.MustCompile(`(?i)\b(sendmail|mail|mailx|mutt|msmtp|nail|formail|swaks|exim4?|qmail-inject|forward|condredirect|curl|ssmtp|redirect|mpack|postdrop)\b`)

// sends tells whether a command may send mail.
func sends(command string) bool { return sender.MatchString(command) }

// includeFile is a list of further targets elsewhere.
func (a *auditor) includeFile(base setting, name string) {
	s := base
	s.include, s.copies = clip(name, 200), unsaid
	a.add(&s)
}
