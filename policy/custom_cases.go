package policy

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"maillint/lint"
	"maillint/message"
)

// customCase is a message that a custom rule must find, or must leave alone.
type customCase struct {
	fires bool
	raw   string
	at    place
}

// readCases reads the cases of a custom rule: "fires:" or "silent:", each a
// whole message, or what one is composed of.
func (r *reader) readCases(n *yaml.Node, path string) []customCase {
	var out []customCase
	for _, v := range r.sequence(n, path) {
		one := func(fires bool) func(*yaml.Node, string) {
			return func(v *yaml.Node, p string) { out = append(out, customCase{fires, r.caseText(v, p), r.at(v)}) }
		}
		r.mapping(v, path, "key", key{"fires", one(true)}, key{"silent", one(false)})
	}
	return out
}

func (r *reader) caseText(n *yaml.Node, path string) string {
	if n.Kind == yaml.ScalarNode {
		s, _ := r.raw(n, path)
		return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
	}
	d := letter{}
	field := func(name string) key {
		return key{name, func(v *yaml.Node, p string) {
			if s := strings.Join(texts(r.oneOrMore(v, p)), ", "); s != "" {
				d.head = append(d.head, strings.ToUpper(name[:1])+name[1:]+": "+s)
			}
		}}
	}
	r.mapping(n, path, "key",
		field("from"), field("to"), field("cc"), field("bcc"), field("subject"), field("date"),
		key{"headers", func(v *yaml.Node, p string) {
			for k, v := range r.pairs(v, p) {
				if s, ok := r.raw(v, join(p, k.Value)); ok {
					d.head = append(d.head, k.Value+": "+s)
				}
			}
		}},
		key{"text", func(v *yaml.Node, p string) { d.text, _ = r.raw(v, p) }},
		key{"attachments", func(v *yaml.Node, p string) { d.files = r.caseFiles(v, p) }},
	)
	return d.String()
}

// letter is a message in the making.
type letter struct {
	head  []string
	text  string
	files []caseFile
}

type caseFile struct {
	name string
	size int
}

// maxCaseFile bounds the files of cases, in octets.
const maxCaseFile = 32 << 20

// caseFiles reads names of files, or {name: ..., size: ...}.
func (r *reader) caseFiles(n *yaml.Node, path string) []caseFile {
	var out []caseFile
	for _, v := range r.sequence(n, path) {
		f := caseFile{size: 8}
		if v.Kind != yaml.MappingNode {
			f.name, _ = r.raw(v, path)
		} else {
			r.mapping(v, path, "key",
				key{"name", func(v *yaml.Node, p string) { f.name, _ = r.raw(v, p) }},
				key{"size", func(v *yaml.Node, p string) {
					if f.size = r.positive(v, p); f.size > maxCaseFile {
						r.fail(r.at(v), "", "%sat most %d", prefix(p), maxCaseFile)
						f.size = 0
					}
				}},
			)
		}
		out = append(out, f)
	}
	return out
}

// String is the message as it is sent.
func (d letter) String() string {
	lines := append(d.head, "MIME-Version: 1.0")
	const plain = "Content-Type: text/plain; charset=utf-8"
	if len(d.files) == 0 {
		lines = append(lines, plain, "", d.text)
		return crlf(lines)
	}
	lines = append(lines, "Content-Type: multipart/mixed; boundary=case", "", "--case", plain, "", d.text)
	for _, f := range d.files {
		lines = append(lines, "--case", "Content-Type: application/octet-stream", "Content-Disposition: attachment; filename=\""+quoted.Replace(f.name)+"\"", "", filler(f.size))
	}
	return crlf(append(lines, "--case--", ""))
}

// quoted keeps a name on its line and inside its quotes.
var quoted = strings.NewReplacer("\\", "\\\\", `"`, `\"`, "\n", " ", "\r", " ")

// filler is a content of so many octets.
func filler(size int) string {
	const line = "0123456789012345678901234567890123456789012345678901234567\r\n"
	return strings.Repeat(line, max(0, size)/len(line)) + strings.Repeat("x", max(0, size)%len(line))
}

func crlf(lines []string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(lines, "\n"), "\r\n", "\n"), "\n", "\r\n")
}

// runCases runs the cases of one rule. Where the policy has no domains, the
// one that a case is from is internal.
func (p *Policy) runCases(rule *Rule) Problems {
	var out Problems
	for i := range rule.cases {
		c := &rule.cases[i]
		found, err := p.runCase(rule, c)
		text := ""
		switch {
		case err != nil:
			text = err.Error()
		case len(found) > 0 && found[0].Where == NotJudged:
			text = found[0].Message
		case len(found) == 0 && c.fires:
			text = "the rule is silent on it, and should fire"
		case len(found) > 0 && !c.fires:
			text = "the rule fires on it, and should be silent"
		default:
			continue
		}
		out = append(out, Problem{File: c.at.file, Line: c.at.line, Col: c.at.col, Text: fmt.Sprintf("custom.%s.cases: %s", rule.Name, text)})
	}
	return out
}

func (p *Policy) runCase(rule *Rule, c *customCase) ([]lint.Finding, error) {
	m := message.Parse([]byte(c.raw))
	m.Envelope = m.EnvelopeFromFields()
	org := p.Org()
	if org.IsZero() && len(m.From()) > 0 {
		org, _ = lint.NewOrg([]string{m.From()[0].Domain})
		org = org.With(p.known())
	}
	return lint.NewEngine(org, []lint.Entry{{Instance: rule.instance}}).Run(m)
}
