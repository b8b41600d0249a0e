package audit

import (
	"regexp"
	"strings"
)

var (
	zimbraAccount = regexp.MustCompile(`^# (?:name|distributionList) (\S+@\S+)`)
	zimbraHead    = regexp.MustCompile(`\A\s*# (?:name|distributionList) \S+@\S+`)
	zimbraField   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9;-]*):(?: (.*))?$`)
)

// zimbraNeeded are attributes of an account one of which any export has that
// could show forwarding.
var zimbraNeeded = []string{
	"zimbraprefmailforwardingaddress", "zimbramailforwardingaddress", "zimbraprefmaillocaldeliverydisabled", "zimbramailsievescript", "zimbraid", "zimbraaccountstatus",
}

// zimbra reads what "zmprov ga" and "zmprov -l gaa -v" print: an account behind
// the other, "attribute: value" lines, values that go on over lines.
func (a *auditor) zimbra(path, src string) {
	a.lastLine(path, src)
	z := &zimbraFile{auditor: a, path: path, have: map[string]bool{}}
	lines := strings.SplitAfter(src, "\n")
	for n, line := range lines {
		next := ""
		if n+1 < len(lines) {
			next = lines[n+1]
		}
		z.line(n+1, strings.TrimRight(line, "\r\n"), strings.TrimRight(next, "\r\n"))
	}
	z.account()
	for _, name := range zimbraNeeded {
		if z.have[name] {
			return
		}
	}
	a.empty(place{path: path, line: 1}, "accounts without an attribute that tells of forwarding: nothing was exported, or other attributes were asked for", false)
}

// zimbraFile is the account that is being read.
type zimbraFile struct {
	*auditor
	path   string
	box    string
	start  int
	fields map[string][]zimbraValue
	last   string // the attribute that a line without a name goes on with
	have   map[string]bool
}

type zimbraValue struct {
	text string
	line int
}

// line takes one line. Inside a script only a name that begins with zimbra ends
// it, and an account only where attributes follow: rules are named by whoever
// made them.
func (z *zimbraFile) line(n int, line, next string) {
	script := strings.Contains(z.last, "sievescript")
	if m := zimbraAccount.FindStringSubmatch(line); m != nil && (!script || zimbraField.MatchString(next)) {
		z.account()
		z.box, z.start, z.fields, z.last = m[1], n, map[string][]zimbraValue{}, ""
		return
	}
	m := zimbraField.FindStringSubmatch(line)
	switch {
	case z.fields == nil:
		if strings.TrimSpace(line) != "" {
			z.skip(place{path: z.path, line: n}, "no account and no attribute: "+clip(line, 80))
		}
	case m != nil && (!script || strings.HasPrefix(m[1], "zimbra")):
		z.last = strings.ToLower(m[1])
		z.have[z.last] = true
		z.fields[z.last] = append(z.fields[z.last], zimbraValue{m[2], n})
	case z.last != "":
		list := z.fields[z.last]
		if v := &list[len(list)-1]; len(v.text) < 1<<20 {
			v.text += "\n" + line
		}
	}
}

func (z *zimbraFile) text(name string) string {
	if list := z.fields[name]; len(list) > 0 {
		return strings.TrimSpace(list[0].text)
	}
	return ""
}

// account judges the account that has ended.
func (z *zimbraFile) account() {
	if z.fields == nil {
		return
	}
	z.record()
	z.people.seen(z.box)
	rec := record{place: place{path: z.path, line: z.start, record: z.report.Records}, obj: map[string]any{}, warn: z.warn}
	for name := range z.fields {
		rec.obj[name] = z.text(name)
	}
	closed := strings.EqualFold(z.text("zimbraaccountstatus"), "closed")
	for _, name := range []string{"zimbraprefmailforwardingaddress", "zimbramailforwardingaddress"} {
		z.forward(rec, name, closed)
	}
	for name, list := range z.fields {
		if strings.HasSuffix(name, "sievescript") || strings.Contains(name, "sievescriptbefore") || strings.Contains(name, "sievescriptafter") {
			for _, v := range list {
				z.scriptOf(name, v, closed)
			}
		}
	}
	z.fields = nil
}

// forward makes a setting of an address that mail is copied to. What users set
// themselves shows in their preferences; what administrators set does not.
func (z *zimbraFile) forward(rec record, name string, closed bool) {
	s := &setting{
		place: rec.place, source: zimbraExport, mailbox: z.box, what: "mailbox forwarding", rule: true, all: true, off: closed, copies: yes,
		remove: "zmprov ma " + sh(z.box) + " " + zimbraTitle[name] + " ''",
	}
	for _, v := range z.fields[name] {
		s.line = v.line
		s.targets = append(s.targets, cellTargets(v.text)...)
		s.note(zimbraTitle[name], clip(v.text, 300))
	}
	if len(s.targets) == 0 {
		return
	}
	if rec.flag("zimbraprefmaillocaldeliverydisabled", true) == yes {
		s.copies = no
		s.note("zimbraPrefMailLocalDeliveryDisabled", "TRUE")
	}
	z.add(s)
}

var zimbraTitle = map[string]string{
	"zimbraprefmailforwardingaddress": "zimbraPrefMailForwardingAddress", "zimbramailforwardingaddress": "zimbraMailForwardingAddress",
}

// scriptOf reads the filters of an account.
func (z *zimbraFile) scriptOf(name string, v zimbraValue, closed bool) {
	if strings.TrimSpace(v.text) == "" || strings.Contains(name, "outgoing") {
		return
	}
	z.sieveScript(sieveSource{
		path: z.path, mailbox: z.box, text: v.text, line: v.line, off: closed,
		remove: "zmprov ma " + sh(z.box) + " zimbraMailSieveScript ''  # all filters; or take the rule out in the web client's preferences",
	})
}
