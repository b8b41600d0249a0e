package audit

import (
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"maillint/history"
	"maillint/lint"
	"maillint/lookalike"
)

// Options say who "we" are and what is already known.
type Options struct {
	// Internal tells our domains (lower-case A-labels). Nil: the domain that
	// most of the exported mailboxes share, and the report says which.
	Internal func(domain string) bool
	// Lookalike gives the domain that a name was probably meant to be. Nil
	// leaves lookalike-target out.
	Lookalike func(domain string) (intended string, ok bool)
	// Index says what a domain looks like; Addresses asks it. Nil takes the
	// shipped providers.
	Index *lookalike.Index
	// Baseline holds approved forwardings, which are counted and not shown.
	Baseline *Baseline
	// Previous is the last audit: what it already found is counted and not shown.
	Previous *State
	// Now is the day that baselines end by; zero is today.
	Now time.Time
	// Stdin is what the path "-" stands for; nil is the process's own.
	Stdin io.Reader
}

// Finding is one thing that is wrong with one setting, or with several.
type Finding struct {
	Rule      string        `json:"rule"`
	Severity  lint.Severity `json:"severity"`
	Path      string        `json:"path"`
	Line      int           `json:"line,omitempty"`
	Record    int           `json:"record,omitempty"`
	Mailbox   string        `json:"mailbox"`
	Target    string        `json:"target"`
	Message   string        `json:"message"`
	Evidence  string        `json:"evidence,omitempty"`
	Remove    string        `json:"remove,omitempty"`    // the command or the step that takes it away
	Mailboxes []string      `json:"shared_by,omitempty"` // where it concerns several
	Source    string        `json:"source,omitempty"`    // the kind of export
	Suggest   string        `json:"suggest,omitempty"`   // the address that was probably meant

	forwards bool // Target is where mail goes, so it may be blocked
}

// Problem is something that could not be read, or should be known.
type Problem struct {
	Path   string `json:"path,omitempty"`
	Line   int    `json:"line,omitempty"`
	Record int    `json:"record,omitempty"`
	Text   string `json:"message"`
}

// Report is the outcome of an audit.
type Report struct {
	Findings  []Finding // worst first
	Errors    []Problem // what was not read; never empty where something is missing
	Warnings  []Problem // what was read, with a reservation
	Files     int       // files read
	Records   int       // rows, objects, entries and scripts
	Mailboxes int       // distinct mailboxes and aliases
	Rules     int       // settings that forward, file, mark or delete
	Unparsed  int       // records that could not be read
	Approved  int       // findings that the baseline approves
	Known     int       // findings that the last audit had too
	Gone      []Key     // findings of the last audit that are no more
	paths     []string  // of the files read
	forwards  []history.Forward
	all       []Finding // before Previous took its share; the next State
	book      bool      // of Addresses: there are addresses and no rules
}

// Worst is the gravest severity found; ok is false where nothing was found.
func (r *Report) Worst() (worst lint.Severity, ok bool) {
	for _, f := range r.Findings {
		worst, ok = max(worst, f.Severity), true
	}
	return worst, ok
}

// Forwards are the mailboxes that forward to addresses outside, as settings that
// are in use and that nobody has approved show them: what rules about mail on its
// way are to remember until then.
func (r *Report) Forwards(until time.Time) []history.Forward {
	out := slices.Clone(r.forwards)
	for i := range out {
		out[i].Until = until
	}
	return out
}

// ErrNoPath is returned where there is nothing to audit.
var ErrNoPath = errors.New("no file or folder given")

// Forwards audits exports: files, and folders with all that is below them. The
// error is for a call that makes no sense; what is wrong with a file stands in
// Report.Errors, and the other files are still read.
func Forwards(paths []string, opts Options) (*Report, error) {
	if len(paths) == 0 {
		return nil, ErrNoPath
	}
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	a := newAuditor(opts)
	for _, p := range paths {
		a.visit(p)
	}
	a.finish()
	return a.report, nil
}

// auditor collects settings from all files and judges them at the end, when
// all mailboxes are known.
type auditor struct {
	opts     Options
	report   *Report
	settings []*setting
	people   *directory
	internal func(domain string) bool
	tree     *tree // the folder that is being walked; nil for a single file
	sniffer  func(path string, text []byte)
	stream   func(path string, head []byte, rest io.Reader) // of large files; nil: there is none
	hollow   []hollow
	said     map[string]bool     // warnings that are given once a file
	read     int                 // records of the current file
	byBase   map[string][]string // files read, by the last part of their paths
	runs     map[string][]string // Sieve scripts that a script includes
	dormant  map[string]bool     // Sieve scripts that no link makes active
	names    *fieldNames         // of JSON
}

// hollow is a file that holds nothing.
type hollow struct {
	place
	text string
	mild bool // one of many files of a folder, where an empty one means little
}

func newAuditor(opts Options) *auditor {
	a := &auditor{opts: opts, report: &Report{}, people: newDirectory(), said: map[string]bool{}, byBase: map[string][]string{}, names: newFieldNames(asked), runs: map[string][]string{}, dormant: map[string]bool{}}
	a.sniffer, a.stream = a.sniff, a.sniffStream
	return a
}

// fail notes something that was not read.
func (a *auditor) fail(p place, text string) {
	a.report.Errors = append(a.report.Errors, p.problem(text))
}

// skip notes a record that could not be read.
func (a *auditor) skip(p place, text string) {
	a.report.Unparsed++
	if n := a.report.Unparsed; n <= maxProblems {
		a.fail(p, text)
	} else if n == maxProblems+1 {
		a.fail(place{path: p.path}, "further records that cannot be read are only counted")
	}
}

// maxProblems bounds how many unreadable records are named one by one.
const maxProblems = 200

// warn notes a reservation, once for each file and text.
func (a *auditor) warn(p place, text string) {
	key := p.path + "\x00" + text
	if a.said[key] {
		return
	}
	a.said[key] = true
	a.report.Warnings = append(a.report.Warnings, p.problem(text))
}

// record counts something read.
func (a *auditor) record() {
	a.report.Records++
	a.read++
}

// add takes a setting in. It is a rule if it does something.
func (a *auditor) add(s *setting) {
	if s.mailbox != "" {
		a.people.seen(s.mailbox)
	}
	if s.rule {
		a.report.Rules++
	}
	if s.interesting() {
		a.settings = append(a.settings, s)
	}
}

// finish turns what was collected into findings.
func (a *auditor) finish() {
	a.emptyFiles()
	a.internal = a.opts.Internal
	if a.internal == nil {
		a.internal = a.guessInternal()
	}
	a.people.settle()
	a.includes()
	a.activate()
	for _, s := range a.settings {
		a.resolve(s)
	}
	a.namesakes()
	var all []Finding
	for _, s := range a.settings {
		all = append(all, a.judge(s)...)
	}
	all = append(all, a.shared()...)
	all = append(all, a.bursts()...)
	all = append(all, a.hollowFindings()...)
	all = a.opts.Baseline.apply(a, all)
	sortFindings(all)
	a.report.Mailboxes = a.people.count()
	a.report.all = all
	a.report.Findings = all
	a.opts.Previous.apply(a.report)
}
