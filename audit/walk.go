package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds one export. 50,000 mailboxes with all their rules take less
// than a tenth of it.
const maxFile = 1 << 30

// maxDepth bounds folders below folders.
const maxDepth = 40

// tree is what is known of a folder before its files are read: which Sieve
// script is the active one, by the folder of its owner.
type tree struct {
	root   string
	active map[string]string
}

// visit audits one path of the command line.
func (a *auditor) visit(path string) {
	if path == "-" {
		a.readFrom("-", a.opts.Stdin)
		return
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		a.fail(place{path: path}, cannot(err))
	case info.IsDir():
		a.walk(path)
	default:
		a.file(path)
	}
}

// cannot puts a system's error into words, without the path it repeats.
func cannot(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return "cannot be read: " + err.Error()
}

func (a *auditor) walk(root string) {
	a.tree = &tree{root: root, active: map[string]string{}}
	defer func() { a.tree = nil }()
	files := a.list(root)
	if len(files) == 0 {
		a.hollow = append(a.hollow, hollow{place: place{path: root}, text: "the folder holds no export: nothing was audited"})
	}
	for _, f := range files {
		a.file(f)
	}
}

// list gives the files of a folder that may hold settings, and remembers
// active scripts.
func (a *auditor) list(root string) []string {
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			a.fail(place{path: path}, cannot(err))
			return nil
		case d.IsDir():
			return enter(root, path, d.Name())
		case d.Type()&fs.ModeSymlink != 0:
			a.link(path)
		case d.Type().IsRegular() && !ignored(d.Name()):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		a.fail(place{path: root}, cannot(err))
	}
	return files
}

// enter leaves out folders that hold mail and not settings.
func enter(root, path, name string) error {
	if path == root {
		return nil
	}
	switch name {
	case "cur", "new", "tmp", ".git", "dbox-Mails", "node_modules", "__MACOSX":
		return fs.SkipDir
	}
	if strings.Count(strings.TrimPrefix(path, root), string(filepath.Separator)) > maxDepth {
		return fs.SkipDir
	}
	return nil
}

// ignored are files that programs put beside settings: compiled scripts,
// indexes, litter of operating systems.
func ignored(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".svbin", ".lock", ".db", ".dir", ".pag", ".lmdb", ".cache", ".log", ".swp":
		return true
	}
	switch name {
	case ".DS_Store", "Thumbs.db", "desktop.ini", "subscriptions", "maildirfolder", "maildirsize", ".maildirsize":
		return true
	}
	return strings.HasPrefix(name, "dovecot") && !strings.HasSuffix(name, ".sieve") || strings.HasPrefix(name, "._")
}

// link notes which script a link makes the active one.
func (a *auditor) link(path string) {
	to, err := os.Readlink(path)
	if err != nil {
		return
	}
	name := filepath.Base(path)
	if filepath.Ext(to) == ".sieve" || strings.Contains(name, "sieve") || strings.Contains(name, "active") || name == "defaultbc" || name == "default" {
		a.tree.active[filepath.Dir(path)] = filepath.Base(to)
		return
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		a.file(path)
	}
}

// inactive tells whether a script stands beside or below a link that makes
// another one the active script.
func (t *tree) inactive(path string) bool {
	if t == nil {
		return false
	}
	dir := filepath.Dir(path)
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if name, ok := t.active[d]; ok {
			return name != filepath.Base(path)
		}
	}
	return false
}

func (a *auditor) file(path string) {
	f, err := os.Open(path)
	if err != nil {
		a.fail(place{path: path}, cannot(err))
		return
	}
	defer f.Close()
	a.readFrom(path, f)
}

// readFrom reads one export.
func (a *auditor) readFrom(path string, r io.Reader) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		a.fail(place{path: path}, cannot(err))
		return
	case len(data) > maxFile:
		a.fail(place{path: path}, fmt.Sprintf("larger than %d MiB: not read; split the export", maxFile>>20))
		return
	}
	a.report.Files++
	a.report.paths = append(a.report.paths, path)
	a.byBase[filepath.Base(path)] = append(a.byBase[filepath.Base(path)], path)
	a.read = 0
	a.bytes(path, data)
}

// bytes audits the content of one file.
func (a *auditor) bytes(path string, data []byte) {
	text, err := decode(data)
	if err != nil {
		line := 0
		if errors.Is(err, errHalf) {
			line = bytes.Count(text, []byte("\n")) + 1
		}
		a.fail(place{path: path, line: line}, err.Error())
		if text == nil {
			return
		}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		a.empty(place{path: path, line: 1}, "the file is empty: nothing was exported", a.tree != nil)
		return
	}
	said := len(a.report.Errors) + len(a.hollow)
	a.sniffer(path, text)
	if a.read == 0 && len(a.report.Errors)+len(a.hollow) == said {
		a.empty(place{path: path, line: 1}, "no entry: nothing was exported", a.tree != nil)
	}
}

// lastLine notes a text that ends in the middle of a line, as one does that
// was cut off.
func (a *auditor) lastLine(path, text string) {
	if !strings.HasSuffix(text, "\n") && !strings.HasSuffix(text, "\r") {
		a.warn(place{path: path, line: strings.Count(text, "\n") + 1}, "the last line has no line end: the file may be cut off")
	}
}

// empty notes a file that holds nothing to audit.
func (a *auditor) empty(p place, text string, mild bool) {
	a.hollow = append(a.hollow, hollow{place: p, text: text, mild: mild})
}

// emptyFiles decides what files without records mean, once all are read: one
// of many is usual, all of them are not.
func (a *auditor) emptyFiles() {
	if a.report.Records > 0 {
		return
	}
	if len(a.hollow) == 0 && len(a.report.Errors) == 0 {
		a.empty(place{}, "nothing was read, so nothing was audited", false)
	}
	for i := range a.hollow {
		a.hollow[i].mild = false
	}
}
