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

//go:embed ordinary/*/index.yaml ordinary/*/*.eml
var ordinaryFiles embed.FS

// Theme is a folder of ordinary mail: messages that offices send every day and
// that nobody may hold.
type Theme struct {
	Folder       string
	Title        string
	Organization []string // internal domains, as rules.yaml has them; empty means the policy's
	Partners     []string // domains that the organisation often writes to
	Protected    []string // names that others pose as
	Blocked      []string // addresses and domains on the block list
	Messages     []Ordinary
}

// Ordinary is one message that must pass.
type Ordinary struct {
	File string
	Fine string // the sentence why it is fine
	// Envelope is what MAIL FROM and RCPT TO said. Nil means: what the fields
	// say.
	Envelope *Envelope
	Raw      []byte
}

// indexName is the file of a theme that says why each message is fine.
const indexName = "index.yaml"

// OrdinaryMail gives the ordinary mail that is built in, in order of folders
// and file names.
func OrdinaryMail() ([]Theme, error) {
	fsys, err := fs.Sub(ordinaryFiles, "ordinary")
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	return LoadOrdinary(fsys)
}

// LoadOrdinary reads all themes of a folder. It reports every mistake, with
// file, line and column.
func LoadOrdinary(fsys fs.FS) ([]Theme, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	var themes []Theme
	var failed []error
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		t, err := LoadTheme(fsys, e.Name())
		themes, failed = append(themes, t), append(failed, err)
	}
	return themes, errors.Join(failed...)
}

// themeFile is index.yaml.
type themeFile struct {
	Title        string                  `yaml:"title"`
	Organization []string                `yaml:"organization"`
	Partners     []string                `yaml:"partners"`
	Protected    []string                `yaml:"protected"`
	Blocked      []string                `yaml:"blocked"`
	Messages     map[string]ordinaryMail `yaml:"messages"`
}

type ordinaryMail struct {
	Fine     string    `yaml:"fine"`
	Envelope *Envelope `yaml:"envelope"`
}

// LoadTheme reads one theme: the folder of that name.
func LoadTheme(fsys fs.FS, folder string) (Theme, error) {
	t := Theme{Folder: folder}
	file := path.Join(folder, indexName)
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return t, unread(file, err, "it says why each message of the folder is fine")
	}
	var f themeFile
	doc, err := strict(file, data, &f)
	if err != nil {
		return t, err
	}
	t.Title, t.Organization, t.Partners, t.Protected, t.Blocked = f.Title, f.Organization, f.Partners, f.Protected, f.Blocked
	p := &problems{file: file, doc: doc}
	if strings.TrimSpace(f.Title) == "" {
		p.add(at("title"), "title is missing")
	}
	return t, errors.Join(t.readMail(fsys, f.Messages, p), p.join())
}

// readMail reads the messages of a theme. A message without an entry, and an
// entry without a message, are mistakes.
func (t *Theme) readMail(fsys fs.FS, index map[string]ordinaryMail, p *problems) error {
	entries, err := fs.ReadDir(fsys, t.Folder)
	if err != nil {
		return fmt.Errorf("corpus: %w", err)
	}
	var failed []error
	for _, e := range entries {
		entry, described := index[e.Name()]
		switch {
		case e.Name() == indexName:
			continue
		case !strings.HasSuffix(e.Name(), ".eml"):
			failed = append(failed, fmt.Errorf("%s: a theme holds %s and .eml files only", path.Join(t.Folder, e.Name()), indexName))
			continue
		case !described:
			p.add(at("messages"), "%s is not in the index: say why it is fine", e.Name())
			continue
		}
		raw, err := fs.ReadFile(fsys, path.Join(t.Folder, e.Name()))
		failed = append(failed, err)
		t.Messages = append(t.Messages, Ordinary{File: e.Name(), Fine: entry.Fine, Envelope: entry.Envelope, Raw: raw})
	}
	t.checkIndex(index, p)
	return errors.Join(failed...)
}

func (t *Theme) checkIndex(index map[string]ordinaryMail, p *problems) {
	for name, entry := range index {
		if !slices.ContainsFunc(t.Messages, func(m Ordinary) bool { return m.File == name }) {
			p.add(at("messages", name), "there is no %s", path.Join(t.Folder, name))
		}
		if strings.TrimSpace(entry.Fine) == "" {
			p.add(at("messages", name), "%s: fine is missing: a sentence that says why nobody may hold it", name)
		}
		if e := entry.Envelope; e != nil && (e.From == "" || len(e.To) == 0) {
			p.add(at("messages", name, "envelope"), `an envelope has from ("<>" for the null reverse-path) and to`)
		}
	}
}
