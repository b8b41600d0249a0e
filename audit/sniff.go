package audit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// source is the kind of an export.
type source string

// The kinds of export.
const (
	exMailbox     source = "exchange-mailboxes"
	exRule        source = "exchange-inbox-rules"
	exContact     source = "exchange-contacts"
	exTransport   source = "exchange-transport-rules"
	exJournal     source = "exchange-journal-rules"
	exOutbound    source = "exchange-outbound-policy"
	exRemote      source = "exchange-remote-domains"
	graphRule     source = "graph-message-rules"
	unifiedLog    source = "unified-audit-log"
	gamForward    source = "gam-forward"
	gamAddress    source = "gam-forwarding-addresses"
	gamFilter     source = "gam-filters"
	gamDelegate   source = "gam-delegates"
	gmailForward  source = "gmail-auto-forwarding"
	gmailAddress  source = "gmail-forwarding-addresses"
	gmailFilter   source = "gmail-filters"
	gmailDelegate source = "gmail-delegates"
	googleLog     source = "google-audit"
	sieveScript   source = "sieve"
	aliasFile     source = "aliases"
	virtualMap    source = "virtual"
	dotForward    source = "forward"
	procmailrc    source = "procmailrc"
	memberList    source = "members"
	dotQmail      source = "qmail"
	eximFilter    source = "exim-filter"
	zimbraExport  source = "zimbra-accounts"
)

// sniff finds out what a text is, by what it holds, and has it read.
func (a *auditor) sniff(path string, text []byte) {
	trimmed := bytes.TrimSpace(text)
	head := string(text[:min(len(text), 1<<20)])
	switch {
	case filepath.Ext(path) == ".sieve" && bytes.HasPrefix(trimmed, []byte("require")):
		a.sieve(path, string(text)) // a mail server has fifty thousand of them
	case trimmed[0] == '{' || trimmed[0] == '[' && !bytes.HasPrefix(trimmed, []byte("[SMTP:")):
		a.json(path, bytes.NewReader(text))
	case trimmed[0] == '<':
		a.fail(place{path: path, line: 1}, markup(head))
	case a.table(path, text):
	case foreign.Match(bytes.TrimSpace(hashComment.ReplaceAll(text[:min(len(text), 1<<16)], nil))):
		a.fail(place{path: path, line: 1}, "wrong kind of file: a directory export, cards or a calendar, not forwarding settings")
	case mailHeader(head):
		a.fail(place{path: path, line: 1}, "wrong kind of file: a mail message, not an export of settings (maillint scan reads messages)")
	case listing(head) && a.formatList(path, string(text)):
	case listing(head):
		a.fail(place{path: path, line: 1}, "wrong kind of file: a listing for the screen (Format-Table), which may be cut; export with | Export-Csv -NoTypeInformation -Encoding UTF8")
	default:
		a.script(path, text, head)
	}
}

// sniffStream reads a file that is too large to be held: head is what it
// begins with. CSV and JSON are read as they come.
func (a *auditor) sniffStream(path string, head []byte, rest io.Reader) {
	enc, err := streamEncoding(head)
	if err != nil {
		a.fail(place{path: path}, err.Error())
		return
	}
	var decoded io.Reader = &utf8Reader{r: io.MultiReader(bytes.NewReader(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), rest)}
	if enc != unicode.UTF8BOM {
		decoded = enc.NewDecoder().Reader(io.MultiReader(bytes.NewReader(head), rest))
	}
	text := bufio.NewReaderSize(decoded, 1<<20)
	begin, _ := text.Peek(1 << 20)
	trimmed := bytes.TrimLeft(begin, " \t\r\n\ufeff")
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		_, _ = text.Discard(len(begin) - len(trimmed))
		a.json(path, text)
		return
	}
	kind, t := a.tableFile(path, begin)
	if kind == nil {
		a.fail(place{path: path, line: 1}, fmt.Sprintf("wrong kind of file, or larger than %d MiB and neither CSV nor JSON: not read", maxWhole>>20))
		return
	}
	body, _ := preamble(begin)
	_, _ = text.Discard(len(begin) - len(body))
	t.rows(text)
	a.tableEnd(kind, t)
}

// script reads the text formats: scripts, maps and lists.
func (a *auditor) script(path string, text []byte, head string) {
	switch kind := textKind(path, head); kind {
	case sieveScript:
		a.sieve(path, string(text))
	case procmailrc:
		a.procmail(path, string(text))
	case virtualMap:
		a.virtual(path, string(text))
	case aliasFile:
		a.aliases(path, string(text))
	case dotForward:
		a.forwardFile(path, string(text))
	case dotQmail:
		a.qmail(path, string(text))
	case eximFilter:
		a.eximFilter(path, string(text))
	case zimbraExport:
		a.zimbra(path, string(text))
	case memberList:
		a.members(path, string(text))
	case "nobody":
		a.empty(place{path: path, line: 1}, "a list without members", a.tree != nil)
	case "comments":
		a.empty(place{path: path, line: 1}, "the file holds comments only: nothing was exported", a.tree != nil)
	default:
		a.strange(path, text)
	}
}

func markup(head string) string {
	switch low := strings.ToLower(head[:min(len(head), 2000)]); {
	case strings.Contains(low, "<objs"):
		return "wrong kind of file: Export-Clixml; export with | Export-Csv or | ConvertTo-Json -Depth 6"
	case strings.Contains(low, "<html"):
		return "wrong kind of file: an HTML page, perhaps a log-in page instead of the export"
	}
	return "wrong kind of file: XML; export as CSV or JSON"
}

var headerField = regexp.MustCompile(`(?i)^(received|return-path|delivered-to|from|to|subject|date|message-id|mime-version|content-type|dkim-signature|x-[a-z-]+):[ \t]`)

// mailHeader: a text that begins like a message.
func mailHeader(head string) bool {
	n := 0
	for i, line := range strings.SplitN(head, "\n", 41) {
		line = strings.TrimSuffix(line, "\r")
		if i == 0 && strings.HasPrefix(line, "From ") {
			n++
			continue
		}
		if line == "" {
			break
		}
		if headerField.MatchString(line) {
			n++
		} else if line[0] != ' ' && line[0] != '\t' && !strings.Contains(line, ":") {
			return false
		}
	}
	return n >= 3
}

// foreign are texts of "key: value" lines that would pass for aliases.
var foreign = regexp.MustCompile(`^(?i)(BEGIN:V|dn:{1,2} |version: \d+\s+dn:|%YAML|---\s)`)

var (
	listLine  = regexp.MustCompile(`(?m)^(Identity|Name|ForwardTo|RedirectTo|ForwardingSmtpAddress|ForwardingAddress|DeliverToMailboxAndForward|Enabled|PrimarySmtpAddress|UserPrincipalName|DeleteMessage|Priority|BlindCopyTo|RedirectMessageTo|AutoForwardingMode|AutoForwardEnabled|Operation|UserId) +: `)
	tableRule = regexp.MustCompile(`(?m)^-{2,}( +-{2,})+[ \r]*$`)
)

// listing tells what PowerShell shows on the screen.
func listing(head string) bool {
	return len(listLine.FindAllStringIndex(head, 3)) >= 2 || tableRule.MatchString(head)
}

var (
	sieveStart    = regexp.MustCompile(`(?mi)(^|[;{}]|\*/)[ \t\r\n]*(require[ \t\r\n]*["\[(]|redirect[ \t\r\n]+[:"]|redirect[ \t\r\n]+text:|if[ \t\r\n]+[a-z]+[^;]*[{]|fileinto[ \t\r\n]+[:"]|keep[ \t\r\n]*;|discard[ \t\r\n]*;|stop[ \t\r\n]*;|vacation[ \t\r\n]+[:"]|notify[ \t\r\n]*[:"\[;]|include[ \t\r\n]+[:"]|set[ \t\r\n]+[:"]|(add|set)flag[ \t\r\n]+[:"\[])`)
	procmailStart = regexp.MustCompile(`(?m)^[ \t]*:0`)
	procmailVar   = regexp.MustCompile(`(?m)^[ \t]*(MAILDIR|DEFAULT|LOGFILE|SENDMAIL|INCLUDERC|SHELL|VERBOSE|ORGMAIL|PMDIR|SWITCHRC)[ \t]*=`)
	hashComment   = regexp.MustCompile(`(?m)^[ \t]*#[^\n]*`)
	slashComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
)

// textKind tells the text formats apart. The name decides only where the
// content is the same: a .forward and a list of addresses.
func textKind(path, head string) source {
	switch {
	case zimbraHead.MatchString(head):
		return zimbraExport
	case eximHead.MatchString(head):
		return eximFilter
	case qmailNamed(path):
		return dotQmail
	}
	bare := hashComment.ReplaceAllString(head, "")
	if procmailStart.MatchString(bare) || procmailVar.MatchString(bare) {
		return procmailrc
	}
	if sieveStart.MatchString(slashComment.ReplaceAllString(bare, "")) {
		return sieveScript
	}
	if evenTable(head) {
		return ""
	}
	if strings.TrimSpace(slashComment.ReplaceAllString(bare, "")) == "" {
		return "comments"
	}
	lines := contentLines(bare)
	switch {
	case len(lines) == 0:
		return ""
	case len(lines) == 1 && strings.HasSuffix(lines[0], " has no members"): // Mailman 3
		return "nobody"
	}
	return lineKind(path, lines)
}

// contentLines are the lines that hold something, a sample of them.
func contentLines(bare string) []string {
	var out []string
	for line := range strings.Lines(bare) {
		line = strings.TrimRight(line, "\r\n\t ")
		if line != "" {
			out = append(out, line)
		}
		if len(out) == 2000 {
			break
		}
	}
	return out
}

// lineKind counts which format the lines fit.
func lineKind(path string, lines []string) source {
	var alias, virtual, member, forward, nested int
	for _, line := range lines {
		if line[0] == ' ' || line[0] == '\t' {
			if yamlLine.MatchString(line) {
				nested++
			}
			alias, virtual, forward = alias+1, virtual+1, forward+1
			if memberLine(line) {
				member++
			}
			continue
		}
		alias += count(aliasLine(line))
		virtual += count(virtualLine(line))
		member += count(memberLine(line))
		forward += count(forwardLine(line))
	}
	most := len(lines) - len(lines)/4
	switch {
	case qmailMarked(lines):
		return dotQmail
	case nested > 0 && nested*4 >= len(lines):
		return ""
	case forwardMarked(lines) && forward == len(lines):
		return dotForward
	case alias >= most && aliasMarked(lines):
		return aliasFile
	case virtual >= most && strings.Contains(strings.Join(lines, "\n"), "@"):
		return virtualMap
	case forward == len(lines) && member < len(lines) && len(lines) <= 20 && (forwardNamed(path) || strings.Contains(strings.Join(lines, " "), "@")):
		return dotForward
	case member >= most && forwardNamed(path) && forward == len(lines):
		return dotForward
	case member == 1 && len(lines) == 1 && !memberNamed(path):
		return dotForward
	case member*2 > len(lines):
		return memberList
	}
	return ""
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

var yamlLine = regexp.MustCompile(`^[ \t]+(- .*|[A-Za-z_][\w-]*:([ \t].*)?)$`)
