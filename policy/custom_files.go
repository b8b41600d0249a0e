package policy

import (
	"path"
	"strings"

	"maillint/content"
)

// FileView is a file as expressions see it: an attachment, an inline file, or
// what is in one.
type FileView struct {
	Path        string   `expr:"path"`        // "2", "2:a/b.txt", "2:inner.zip/b.txt"
	Name        string   `expr:"name"`        // file name
	Extension   string   `expr:"extension"`   // in small letters, with its dot: ".xlsx"
	Kind        string   `expr:"kind"`        // what its bytes are: "xlsx", "zip", "program"; "" where they tell nothing
	Size        int      `expr:"size"`        // octets, unpacked; -1 where that is not known
	Depth       int      `expr:"depth"`       // how many files it is in
	Encrypted   string   `expr:"encrypted"`   // how: "zip AES", "PDF", "PGP"; "" where it is not
	Locked      bool     `expr:"locked"`      // a password opens it
	Marks       []string `expr:"marks"`       // "executable", "macros" ...
	Uninspected string   `expr:"uninspected"` // why it was not looked into, or not whole; ""
}

// fileViews are all files of the message, members of archives included.
func (e *environment) fileViews() []*FileView {
	out := []*FileView{}
	e.f.Content().Walk(func(f *content.File) {
		if len(out) == maxParts {
			return
		}
		out = append(out, &FileView{
			Path: nameOf(f.Path), Name: nameOf(f.Name), Extension: capText(strings.ToLower(path.Ext(f.Name)), maxName), Kind: string(f.Kind),
			Size: int(f.Size), Depth: f.Depth(), Encrypted: string(f.Encrypted), Locked: f.Encrypted.Password(), Marks: append([]string{}, f.Flags.Names()...),
			Uninspected: f.Uninspected,
		})
	})
	return out
}

// uninspected tells what of the message's files was not read, a line each:
// "2:list.csv: encrypted". A limit that was hit is among them.
func (e *environment) uninspected() []string {
	out := []string{}
	e.f.Content().Walk(func(f *content.File) {
		if f.Uninspected != "" && len(out) < maxParts {
			out = append(out, nameOf(f.Path)+": "+f.Uninspected)
		}
	})
	for _, d := range e.f.Content().Defects() {
		if len(out) < maxParts {
			out = append(out, nameOf(d.Where)+": "+string(d.Kind))
		}
	}
	return out
}

// manyFiles: more files than an expression is shown.
func (e *environment) manyFiles() bool {
	if e.have&(inFiles.bit()|inUninspected.bit()) == 0 {
		return false // nothing of them was shown
	}
	n := 0
	e.f.Content().Walk(func(*content.File) { n++ })
	return n > maxParts
}
