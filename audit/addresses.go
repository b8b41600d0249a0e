package audit

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"maillint/lint"
	"maillint/lookalike"
)

// The kinds of file that hold addresses.
const (
	cardFile     source = "vcard"
	ldifFile     source = "ldif"
	addressTable source = "address-table"
	addressJSON  source = "address-json"
	addressLines source = "address-list"
	screenLines  source = "screen-listing"
)

// mistypedDomain is the rule that messages are judged by; here it is asked
// before there is a message.
const mistypedDomain = "lookalike-domain"

// Addresses audits address books, lists of members and aliases: every address
// in them whose domain looks like a mistyped one is a finding, with the one that
// was probably meant. opts.Index says what a domain looks like. The error is for
// a call that makes no sense; what is wrong with a file stands in Report.Errors,
// and the other files are still read.
func Addresses(paths []string, opts Options) (*Report, error) {
	if len(paths) == 0 {
		return nil, ErrNoPath
	}
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	if opts.Index == nil {
		opts.Index = lookalike.New(lookalike.Default(), lookalike.Options{})
	}
	a := newAuditor(opts)
	a.sniffer, a.stream = a.sniffAddresses, nil
	for _, p := range paths {
		a.visit(p)
	}
	a.finishAddresses()
	return a.report, nil
}

// finishAddresses closes an audit of addresses: they were judged as they were
// read.
func (a *auditor) finishAddresses() {
	a.emptyFiles()
	r := a.report
	r.book = true
	r.Mailboxes = a.people.count()
	r.Findings = append(r.Findings, a.hollowFindings()...)
	sortFindings(r.Findings)
}

// bookFile is one file while it is read.
type bookFile struct {
	*auditor
	path  string
	kind  source
	found int             // addresses so far
	seen  map[string]bool // addresses of the current record, each said once
}

// sniffAddresses finds out what a text is, by what it holds, and has it read.
func (a *auditor) sniffAddresses(path string, text []byte) {
	if !bytes.Contains(text, []byte("\n")) {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n")) // old Macintosh line ends
	}
	f := &bookFile{auditor: a, path: path, seen: map[string]bool{}}
	said := len(a.report.Errors) + len(a.hollow)
	f.read(bytes.TrimLeft(text, "\ufeff"))
	if f.found == 0 && len(a.report.Errors)+len(a.hollow) == said {
		a.fail(place{path: path}, fmt.Sprintf("no address in any of %d records: nothing was checked", a.read))
	}
}

func (f *bookFile) read(text []byte) {
	trimmed := bytes.TrimSpace(text)
	head := string(trimmed[:min(len(trimmed), 64<<10)])
	start := strings.ToUpper(head[:min(len(head), 200)])
	switch {
	case len(contentLines(hashComment.ReplaceAllString(head, ""))) == 0 && len(head) == len(trimmed):
		f.empty(place{path: f.path, line: 1}, "the file holds comments only: nothing was exported", f.tree != nil)
	case strings.HasPrefix(start, "BEGIN:VCARD"):
		f.cards(string(text))
	case ldifStart.MatchString(head):
		f.ldif(string(text))
	case f.otherKind(head, start):
	case listing(head), addressListing.MatchString(head):
		f.screen(string(text))
	case trimmed[0] == '{', trimmed[0] == '[' && !bytes.HasPrefix(trimmed, []byte("[SMTP:")):
		f.json(text)
	case f.aliasKind(head):
		f.lines(string(text), true)
	case f.table(text):
	default:
		f.lines(string(text), false)
	}
}

// otherKind refuses what holds addresses and is no list of them.
func (f *bookFile) otherKind(head, start string) bool {
	what := ""
	switch {
	case strings.HasPrefix(start, "BEGIN:V"):
		what = "a calendar, not cards"
	case strings.HasPrefix(start, "// <!-- <MDB:MORK"):
		what = "Thunderbird's own file: export the address book as CSV, vCard or LDIF"
	case start[0] == '<' && !memberLine(firstLine(head)):
		what = markup(head)[len("wrong kind of file: "):]
	case mailHeader(head):
		what = "a mail message (maillint scan reads messages)"
	default:
		return false
	}
	f.fail(place{path: f.path, line: 1}, "wrong kind of file: "+what)
	return true
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r")
}

// aliasKind: aliases(5) and the maps of Postfix, where a line may name local
// mailboxes only.
func (f *bookFile) aliasKind(head string) bool {
	lines := contentLines(hashComment.ReplaceAllString(head, ""))
	if len(lines) == 0 {
		return false
	}
	kind := lineKind(f.path, lines)
	return kind == aliasFile || kind == virtualMap && !strings.Contains(head, ",") && !strings.Contains(head, "\t")
}

// next begins a record: a card, an entry, a row, a line.
func (f *bookFile) next() {
	f.auditor.record()
	f.seen = map[string]bool{}
}

// address takes in one address as it was written, and says what is wrong with
// its domain. false means that this is no address.
func (f *bookFile) address(p place, written string) bool {
	local, domain, ok := splitAddress(written)
	if !ok {
		return false
	}
	key := strings.ToLower(local + "@" + domain)
	f.found++
	f.people.boxes[key] = true
	if f.seen[key] {
		return true
	}
	f.seen[key] = true
	m, ok := f.opts.Index.Match(domain)
	if !ok {
		return true
	}
	found := Finding{
		Rule: mistypedDomain, Severity: mistyped[m.Certainty], Path: p.path, Line: p.line, Record: p.record,
		Mailbox: local + "@" + domain, Target: local + "@" + domain, Source: string(f.kind),
		Suggest: local + "@" + m.Intended,
	}
	found.Message = fmt.Sprintf("%s: did you mean %s? (%s)", found.Mailbox, found.Suggest, m.Reason("en"))
	f.report.Findings = append(f.report.Findings, found)
	return true
}

// mistyped grades findings as the rule does.
var mistyped = map[lookalike.Certainty]lint.Severity{
	lookalike.Info: lint.Info, lookalike.Likely: lint.High, lookalike.Certain: lint.Critical,
}

// splitAddress cuts an address at its last @, full-width or not, and leaves the
// domain as it was written: what is odd about it is the question.
func splitAddress(s string) (local, domain string, ok bool) {
	s = strings.ReplaceAll(s, "\uff20", "@")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > 400 {
		return "", "", false
	}
	local, domain = s[:at], s[at+1:]
	if strings.ContainsAny(domain, " \t\"<>()") || !strings.HasPrefix(local, `"`) && strings.ContainsAny(local, "@ \t<>") {
		return "", "", false
	}
	return local, domain, true
}

// hasAt reports an at sign, full-width or not.
func hasAt(s string) bool { return strings.ContainsAny(s, "@\uff20") }
