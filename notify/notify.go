// Package notify writes what maillint tells people by mail: notices about held
// messages, digests for the administrators, delivery reports. In Japanese and
// in English, as plain text, from nobody who could be answered by a machine.
package notify

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed texts
var shipped embed.FS

// Kind says what a notice is about; it is the name of its text.
type Kind string

// The notices.
const (
	Delay      Kind = "delay"      // to the sender: waits a moment, then is sent
	Confirm    Kind = "confirm"    // to the sender: must confirm
	Approve    Kind = "approve"    // to an approver
	Waiting    Kind = "waiting"    // to the sender: somebody else must approve
	Quarantine Kind = "quarantine" // to the sender: the administrators decide
	Expired    Kind = "expired"    // to the sender: nobody confirmed, or decided
	Rejected   Kind = "rejected"   // to the sender: nobody approved
	Discarded  Kind = "discarded"  // to the sender: somebody decided against it
	Failed     Kind = "failed"     // to the sender: the text of a delivery report
	Digest     Kind = "digest"     // to the administrators, daily
	Alarm      Kind = "alarm"      // to the administrators, at once
)

// Kinds lists all kinds.
var Kinds = []Kind{Delay, Confirm, Approve, Waiting, Quarantine, Expired, Rejected, Discarded, Failed, Digest, Alarm}

// Languages are those that all texts are in.
var Languages = []string{"ja", "en"}

// Data is what a text may name.
type Data struct {
	Organization string
	Fallback     string // addresses of the administrators
	ID           string
	Subject      string // of the held message
	Sender       string // whose message it is, to approvers
	Held, Due    string // local times
	Recipients   int
	Reasons      []Reason
	About        []string // at most three: what findings are about
	Reminder     bool
	Need, Have   int // approvals
	Failures     []Failure
	Rows         []Row    // of a digest
	Day          Day      // of a digest
	Brakes       []string // of a digest: those that are on
	Waiting      int      // of a digest: held in all
	Text         string   // of an alarm
}

// Reason is why a message is held.
type Reason struct{ Rule, Title, Detail string }

// Failure is a recipient that a message did not reach.
type Failure struct{ Recipient, Reply string }

// Day is what a digest says in numbers: of all nodes, from eight to eight.
type Day struct {
	Messages, Findings    int64 // findings are more than remarks
	Held, Refused, Failed int64
	Alarms, Canary, Right int64 // rounds of the canary, Right of them without a fault
}

// String is the day in one line: "0 findings in 1,234 messages, canary 288 of 288".
func (d Day) String() string {
	return fmt.Sprintf("%s findings in %s messages, canary %s of %s", thousands(d.Findings), thousands(d.Messages), thousands(d.Right), thousands(d.Canary))
}

// thousands writes a number as people read it.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Row is a held message in a digest: no subject, no recipients.
type Row struct {
	ID, Disposition, Sender, Rules, Held, Due string
	Recipients                                int
	Soon                                      bool // it is deleted within a week
}

// MostAbout is how many addresses a notice names.
const MostAbout = 3

// Texts are the texts of all notices in all languages.
type Texts struct{ by map[string]*template.Template }

// Load reads the shipped texts and those of a folder that take their place:
// files named KIND.LANGUAGE.txt, a line "Subject: ...", a blank line, the text.
// Every text is tried; the error names all that do not work.
func Load(folder string) (*Texts, error) {
	t := &Texts{by: map[string]*template.Template{}}
	if err := t.read(mustSub(), true); err != nil {
		return nil, err
	}
	if folder == "" {
		return t, nil
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("notify.templates: %s: no such folder", folder)
	}
	return t, t.read(os.DirFS(folder), false)
}

func mustSub() fs.FS {
	sub, err := fs.Sub(shipped, "texts")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// maxText is the size of a text, in octets.
const maxText = 64 << 10

func (t *Texts) read(files fs.FS, all bool) error {
	names, err := fs.Glob(files, "*")
	if err != nil {
		return err
	}
	var bad []error
	for _, name := range names {
		if all || filepath.Ext(name) == ".txt" {
			if err := t.add(files, name); err != nil {
				bad = append(bad, fmt.Errorf("notify.templates: %s: %w", name, err))
			}
		}
	}
	return errors.Join(bad...)
}

func (t *Texts) add(files fs.FS, name string) error {
	kind, language, _ := strings.Cut(strings.TrimSuffix(name, ".txt"), ".")
	if !slices.Contains(Kinds, Kind(kind)) || !slices.Contains(Languages, language) {
		return fmt.Errorf("no notice has this name (want KIND.ja.txt or KIND.en.txt; kinds: %s)", joinKinds())
	}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if len(data) > maxText {
		return fmt.Errorf("larger than %d kB", maxText>>10)
	}
	text := strings.ReplaceAll(string(bytes.TrimPrefix(data, []byte("\ufeff"))), "\r\n", "\n")
	if head, _, ok := strings.Cut(text, "\n\n"); !ok || !strings.HasPrefix(head, "Subject: ") || strings.Contains(head, "\n") {
		return errors.New(`it must start with "Subject: ..." and a blank line`)
	}
	tmpl, err := template.New(name).Funcs(template.FuncMap{"number": thousands}).Option("missingkey=error").Parse(text)
	if err != nil {
		return err
	}
	t.by[kind+"."+language] = tmpl
	_, _, err = t.write(Kind(kind), language, sample)
	return err
}

func joinKinds() string {
	names := make([]string, len(Kinds))
	for i, k := range Kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// sample fills every field, to try a text with.
var sample = Data{
	Organization: "Example University", Fallback: "postmaster@example.ac.jp", ID: "0123456789abcdef", Subject: "件名", Sender: "taro@example.ac.jp",
	Held: "2026-11-05 10:00", Due: "2026-11-06 10:00", Recipients: 12, Reasons: []Reason{{"exposed-recipients", "title", "12 addresses"}},
	About: []string{"taro@gmai.com: taro@gmail.com"}, Need: 2, Have: 1, Failures: []Failure{{"x@example.com", "550 no such user"}},
	Rows: []Row{{ID: "0123456789abcdef", Disposition: "quarantine", Recipients: 1}}, Waiting: 1, Text: "text",
	Day: Day{Messages: 1234, Canary: 288, Right: 288}, Brakes: []string{"all rules are only monitored"},
}

// write gives the subject and the text of a notice.
func (t *Texts) write(kind Kind, language string, d Data) (subject, text string, err error) {
	tmpl := t.by[string(kind)+"."+language]
	if tmpl == nil {
		if tmpl = t.by[string(kind)+".en"]; tmpl == nil {
			return "", "", fmt.Errorf("notify: no text for %s", kind)
		}
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, d.clean()); err != nil {
		return "", "", err
	}
	head, text, _ := strings.Cut(b.String(), "\n\n")
	return strings.TrimPrefix(oneLine(head), "Subject: "), strings.TrimSpace(text) + "\n", nil
}

// clean takes controls and line ends out of what comes from a message, and
// keeps it short: nobody writes a notice but us.
func (d Data) clean() Data {
	d.Subject, d.Sender = short(d.Subject, 120), short(d.Sender, 120)
	d.About = slices.Clone(d.About[:min(len(d.About), MostAbout)])
	for i := range d.About {
		d.About[i] = short(d.About[i], 200)
	}
	d.Failures = slices.Clone(d.Failures)
	for i := range d.Failures {
		d.Failures[i] = Failure{short(d.Failures[i].Recipient, 320), short(d.Failures[i].Reply, 400)}
	}
	d.Rows = slices.Clone(d.Rows)
	for i := range d.Rows {
		d.Rows[i].Sender = short(d.Rows[i].Sender, 120)
	}
	d.Text = short(d.Text, 1000)
	d.Brakes = slices.Clone(d.Brakes)
	for i := range d.Brakes {
		d.Brakes[i] = short(d.Brakes[i], 1000)
	}
	return d
}

func short(s string, most int) string {
	r := []rune(oneLine(s))
	if len(r) > most {
		return string(r[:most]) + "..."
	}
	return string(r)
}

// oneLine takes out what a terminal or a mail program would act on.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == '\u200e', r == '\u200f', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// Clock is how a notice names a moment.
func Clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.Local
	}
	return t.In(zone).Format("2006-01-02 15:04")
}
