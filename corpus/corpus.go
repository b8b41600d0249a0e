// Package corpus holds the messages that maillint is measured by: for every
// published incident that a message can show, the message that went wrong and
// the same message put right.
//
// A case is a folder. Nearly all mail is made by generate.py; case.yaml, which says
// what rules must find in it, is written by hand. README.md tells more.
package corpus

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed */case.yaml */*.eml
var files embed.FS

// Case is one incident, or one shape of it, as mail.
type Case struct {
	ID       string // name of the folder
	Title    string
	Incident string   // ID of incidents.yaml; a user's own case may leave it out
	Source   string   // where the facts were published; likewise
	Rules    []string // the rules that the case belongs to
	// Organization lists the internal domains, as rules.yaml has them. Empty
	// means those of the policy.
	Organization []string
	Protected    []string // names that others pose as
	Blocked      []string // addresses and domains on the block list
	// Envelope is what MAIL FROM and RCPT TO said, for all messages that
	// Envelopes does not name. Nil means: take it from the journal report or
	// the fields.
	Envelope  *Envelope
	Envelopes map[string]*Envelope // by file name
	Want      []Expect             // what the messages must give, and nothing else
	Todo      []Expect             // what rules of a later issue must give
	Names     []string             // file names of Messages
	Messages  [][]byte
	Fixed     []byte // the (first) message put right: it must give nothing
}

// FixedName is the file name of a case's honest twin.
const FixedName = "fixed.eml"

// Envelope is who a message was submitted by and for. From "<>" is the null
// reverse-path.
type Envelope struct {
	From string   `yaml:"from"`
	To   []string `yaml:"to"`
}

// Expect is one finding. Empty Where and Says match any.
type Expect struct {
	Rule     string `yaml:"rule"`
	Severity string `yaml:"severity"` // may be empty in Todo
	Where    string `yaml:"where"`
	Says     string `yaml:"says"`    // part of the finding's message
	Message  int    `yaml:"message"` // which of Messages, from 1
}

// EnvelopeOf gives the envelope of one file of the case; nil means that the
// journal report or the fields tell it.
func (c *Case) EnvelopeOf(name string) *Envelope {
	if e, ok := c.Envelopes[name]; ok {
		return e
	}
	return c.Envelope
}

// Cases gives the cases that are built in, in order of their IDs.
func Cases() ([]Case, error) { return Load(files) }

// Load reads all cases of a folder. It reports every mistake of every case,
// each with its file and, in a case.yaml, line and column.
func Load(fsys fs.FS) ([]Case, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	var cases []Case
	var failed []error
	for _, e := range entries {
		if !e.IsDir() || !isCase(e.Name()) {
			continue
		}
		c, err := loadCase(fsys, e.Name())
		cases, failed = append(cases, c), append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	return cases, nil
}

// LoadCase reads one case: the folder of that name.
func LoadCase(fsys fs.FS, id string) ([]Case, error) {
	c, err := loadCase(fsys, id)
	if err != nil {
		return nil, err
	}
	return []Case{c}, nil
}

// isCase leaves out what stands beside the cases: the ordinary mail, which has
// a form of its own, and the parts of the generator.
func isCase(folder string) bool {
	return folder != "ordinary" && !strings.HasPrefix(folder, "_") && !strings.HasPrefix(folder, ".")
}

func loadCase(fsys fs.FS, id string) (Case, error) {
	c := Case{ID: id}
	var problems []error
	problems = append(problems, c.readMail(fsys))
	file := path.Join(id, "case.yaml")
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		problems = append(problems, unread(file, err, "it says what must be found"))
		return c, errors.Join(problems...)
	}
	problems = append(problems, c.describe(file, data))
	return c, errors.Join(problems...)
}

// readMail reads message.eml, or message-1.eml and what follows, and fixed.eml.
func (c *Case) readMail(fsys fs.FS) error {
	entries, err := fs.ReadDir(fsys, c.ID)
	if err != nil {
		return fmt.Errorf("corpus: %w", err)
	}
	have := map[string]bool{}
	for _, e := range entries {
		have[e.Name()] = true
	}
	problems := []error{c.name(have)}
	for name := range have {
		if !slices.Contains(c.Names, name) && name != FixedName && name != "case.yaml" {
			problems = append(problems, fmt.Errorf("%s: a case holds case.yaml, message.eml or message-1.eml ..., and %s only", path.Join(c.ID, name), FixedName))
		}
	}
	for _, name := range append(slices.Clone(c.Names), FixedName) {
		data, err := fs.ReadFile(fsys, path.Join(c.ID, name))
		switch {
		case err != nil:
			problems = append(problems, unread(path.Join(c.ID, name), err, "it is the same message put right, in which nothing is found"))
		case name == FixedName:
			c.Fixed = data
		default:
			c.Messages = append(c.Messages, data)
		}
	}
	return errors.Join(problems...)
}

// unread says what a file that is not there is for.
func unread(file string, err error, what string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: is missing (%s)", file, what)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// name fills in Names from the files that are there.
func (c *Case) name(have map[string]bool) error {
	for i := 1; have[fmt.Sprintf("message-%d.eml", i)]; i++ {
		c.Names = append(c.Names, fmt.Sprintf("message-%d.eml", i))
	}
	switch single := have["message.eml"]; {
	case single && c.Names != nil:
		return fmt.Errorf("%s: both message.eml and message-1.eml: which is the message?", c.ID)
	case single:
		c.Names = []string{"message.eml"}
	case c.Names == nil:
		return fmt.Errorf("%s: neither message.eml nor message-1.eml: it is what went wrong", c.ID)
	}
	return nil
}
