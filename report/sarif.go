package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"maillint/lint"
	"maillint/policy"
)

// sarif is SARIF 2.1.0 (OASIS, 2020), which code-scanning viewers and editors
// read. Results are written as they come.
type sarif struct {
	w      io.Writer
	opt    Options
	index  map[string]int // of rules
	begun  bool
	count  int         // results
	unread [][2]string // path, reason
}

// What GitHub code scanning takes (its page "SARIF results exceed one or more
// limits"): a run with more results is refused, and of those it takes it shows
// the gravest.
const (
	sarifMost  = 25000
	sarifShown = 5000
)

const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

func newSARIF(w io.Writer, o Options) *sarif {
	s := &sarif{w: w, opt: o, index: map[string]int{}}
	for i, r := range o.Rules {
		s.index[r.ID] = i
	}
	return s
}

// sarifPiece holds the results of one message, each a JSON object.
type sarifPiece struct {
	results [][]byte
	unread  [2]string
}

// sarifLevels are the three that SARIF has.
var sarifLevels = [...]string{lint.Info: "note", lint.Warning: "warning", lint.High: "error", lint.Critical: "error"}

// securitySeverity is what GitHub sorts by (0 to 10).
var securitySeverity = [...]string{lint.Info: "1.0", lint.Warning: "4.0", lint.High: "7.5", lint.Critical: "9.5"}

// Render makes the results of one message.
func (s *sarif) Render(r *Record) Piece {
	if r.Err == nil && len(r.Verdict.Findings) == 0 {
		return nil
	}
	p := &sarifPiece{}
	if r.Err != nil {
		p.unread = [2]string{r.Path, r.Err.Error()}
	}
	print := ""
	again := map[[2]string]int{}
	for i := range r.Verdict.Findings {
		f := &r.Verdict.Findings[i]
		if print == "" {
			print = fingerprint(r)
		}
		again[[2]string{f.Rule, f.Where}]++
		p.results = append(p.results, s.result(r, f, identity(print, f, again[[2]string{f.Rule, f.Where}])))
	}
	return p
}

// fingerprint stays the same when a file is moved.
func fingerprint(r *Record) string {
	h := sha256.New()
	if r.Raw != nil {
		_, _ = h.Write(r.Raw)
	} else if r.Msg != nil {
		_, _ = io.Copy(h, r.Msg.Raw())
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// identity tells a result from the others, from one scan to the next: the
// message, the rule, the place, and which of several at one place it is.
func identity(print string, f *policy.Judged, n int) string {
	return nth(print+"/"+f.Rule+"/"+f.Where, n)
}

// nth is an identity, and from the second on which of several it is.
func nth(id string, n int) string {
	if n > 1 {
		id += "/" + strconv.Itoa(n)
	}
	return id
}

func (s *sarif) result(r *Record, f *policy.Judged, id string) []byte {
	j := &jsonWriter{}
	j.open('{')
	j.field("ruleId", f.Rule)
	if i, ok := s.index[f.Rule]; ok {
		j.number("ruleIndex", int64(i))
	}
	j.field("level", sarifLevels[f.Severity])
	j.key("message")
	j.open('{')
	j.field("text", f.Where+": "+f.Message)
	j.close('}')
	j.locations(r, f)
	j.fingerprints(id)
	if f.Excepted && len(f.Exceptions) > 0 {
		j.key("suppressions")
		j.open('[')
		j.open('{')
		j.field("kind", "external")
		j.field("justification", f.Exceptions[0].Reason)
		j.close('}')
		j.close(']')
	}
	j.key("properties")
	j.open('{')
	j.field("message", r.Path)
	j.field("severity", f.Severity.String())
	j.field("disposition", f.Disposition.String())
	if len(f.Recipients) > 0 {
		j.strings("recipients", f.Recipients)
	}
	j.optional("suggest", f.Suggest)
	j.close('}')
	j.close('}')
	return j.b
}

// fingerprints tell a result again by its identity.
func (j *jsonWriter) fingerprints(id string) {
	j.key("partialFingerprints")
	j.open('{')
	j.field("maillint/v1", id)
	short := sha256.Sum256([]byte(id)) // the one that code scanning looks at
	j.field("primaryLocationLineHash", hex.EncodeToString(short[:8])+":1")
	j.close('}')
}

// locations are the places of the evidence: of the file when the message is
// one by itself, else of the message by name.
func (j *jsonWriter) locations(r *Record, f *policy.Judged) {
	j.key("locations")
	j.open('[')
	places := f.Evidence
	if len(places) == 0 {
		places = []lint.Evidence{{Where: f.Where}}
	}
	for i, e := range places {
		if i == 10 { // a viewer shows the first; no file needs them all
			break
		}
		j.open('{')
		j.key("physicalLocation")
		j.open('{')
		j.key("artifactLocation")
		j.open('{')
		j.field("uri", fileURI(r.Origin))
		j.close('}')
		j.region(r, e)
		j.close('}')
		j.key("logicalLocations")
		j.open('[')
		j.open('{')
		j.field("fullyQualifiedName", r.Path+" "+e.Where)
		j.close('}')
		j.close(']')
		j.close('}')
	}
	j.close(']')
}

// region is where the evidence stands in the file. Code scanning wants one of
// every result: where no line can be named it is the file's first.
func (j *jsonWriter) region(r *Record, e lint.Evidence) {
	lines, more := r.excerpts(e)
	j.key("region")
	j.open('{')
	if !r.Alone || len(lines) == 0 || lines[0].number == 0 {
		j.number("startLine", 1)
		j.close('}')
		return
	}
	first, last := lines[0], lines[len(lines)-1]
	j.number("startLine", int64(first.number))
	j.number("startColumn", columnAfter(first.text[:first.start]))
	j.number("endLine", int64(last.number))
	j.number("endColumn", columnAfter(last.text[:last.end]))
	if !more {
		j.number("byteOffset", e.Span.Start)
		j.number("byteLength", e.Span.Len())
	}
	j.close('}')
}

// columnAfter is the one that follows a text, from 1 (columnKind).
func columnAfter(before string) int64 { return int64(utf8.RuneCountInString(before)) + 1 }

// fileURI is a path as a URI reference (RFC 3986): relative paths stay so.
func fileURI(path string) string {
	path = strings.TrimPrefix(filepath.ToSlash(path), "./")
	u := url.URL{Path: path}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		return u.String()
	}
	return u.String() // with "./" before a name that has a colon, else that would be a scheme
}

// Write puts the results of a message out.
func (s *sarif) Write(piece Piece) error {
	p := piece.(*sarifPiece)
	if p.unread[0] != "" {
		s.unread = append(s.unread, p.unread)
	}
	if err := s.begin(); err != nil {
		return err
	}
	for _, r := range p.results {
		if s.count++; s.count > 1 {
			r = append([]byte(",\n"), r...)
		}
		if _, err := s.w.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// begin writes what stands before the results: the tool and its rules.
func (s *sarif) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	j := &jsonWriter{}
	j.open('{')
	j.field("$schema", sarifSchema)
	j.field("version", "2.1.0")
	j.key("runs")
	j.open('[')
	j.open('{')
	j.key("tool")
	j.open('{')
	j.key("driver")
	j.open('{')
	j.field("name", "maillint")
	j.optional("version", s.opt.Version)
	j.key("rules")
	j.open('[')
	for _, r := range s.opt.Rules {
		j.rule(r, s.opt.Lang)
	}
	j.close(']')
	j.close('}')
	j.close('}')
	j.field("columnKind", "unicodeCodePoints")
	j.key("results")
	j.open('[')
	j.b = append(j.b, '\n')
	_, err := s.w.Write(j.b)
	return err
}

func (j *jsonWriter) rule(r *lint.Rule, lang string) {
	text := func(key, s string) {
		j.key(key)
		j.open('{')
		j.field("text", oneLine(s))
		j.close('}')
	}
	j.open('{')
	title := cmp.Or(r.Title.In(lang), r.ID) // a rule of a policy's own may say less
	j.field("id", r.ID)
	text("shortDescription", title)
	text("fullDescription", cmp.Or(r.Why.In(lang), title))
	text("help", cmp.Or(r.Fix.In(lang), title))
	j.key("defaultConfiguration")
	j.open('{')
	j.field("level", sarifLevels[r.Severity])
	j.close('}')
	j.key("properties")
	j.open('{')
	j.strings("tags", []string{"security", "mail"})
	j.field("security-severity", securitySeverity[r.Severity])
	j.close('}')
	j.close('}')
}

// Close ends the run; what could not be read are notifications.
func (s *sarif) Close(sum *Summary) error {
	if err := s.begin(); err != nil {
		return err
	}
	j := &jsonWriter{b: []byte("\n]"), comma: true}
	j.key("invocations")
	j.open('[')
	j.open('{')
	j.key("executionSuccessful")
	j.b = append(j.b, map[bool]string{true: "true", false: "false"}[!sum.Interrupted]...)
	j.comma = true
	j.key("toolExecutionNotifications")
	j.open('[')
	for _, u := range s.unread {
		j.notification("error", u[0]+": "+u[1])
	}
	if text := s.Remark(); text != "" {
		j.notification("warning", text)
	}
	for _, c := range []byte("]}]}]}") {
		j.close(c)
	}
	_, err := s.w.Write(append(j.b, '\n'))
	return err
}

func (j *jsonWriter) notification(level, text string) {
	j.open('{')
	j.field("level", level)
	j.key("message")
	j.open('{')
	j.field("text", text)
	j.close('}')
	j.close('}')
}

// Remark says where a report has more than its readers take.
func (s *sarif) Remark() string {
	const less = "report less, with --baseline, --only, --shard or a run for each folder"
	switch {
	case s.count > sarifMost:
		return fmt.Sprintf("%d results are more than the %d that GitHub code scanning takes (%s)", s.count, sarifMost, less)
	case s.count > sarifShown:
		return fmt.Sprintf("of %d results GitHub code scanning shows the %d gravest (%s)", s.count, sarifShown, less)
	}
	return ""
}
