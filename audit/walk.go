package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxWhole bounds what is held in memory at once: an export that is larger is
// read row by row, or refused where its format has none. 50,000 mailboxes with
// all their rules take less.
const maxWhole = 64 << 20

// maxBook bounds an address book.
const maxBook = 1 << 30

// maxDepth bounds folders below folders.
const maxDepth = 40

// tree is what is known of a folder before its files are read: which Sieve
// script is the active one, by the folder of its owner.
type tree struct {
	root    string
	active  map[string]activeLink
	entered map[string]bool // real paths of folders that links lead to
}

// activeLink is the link of a folder that makes a script the active one.
type activeLink struct{ path, name string }

// visit audits one path of the command line.
func (a *auditor) visit(path string) {
	if path == "-" {
		a.readFrom("-", a.opts.Stdin, unknownSize)
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
	a.tree = &tree{root: root, active: map[string]activeLink{}, entered: map[string]bool{}}
	defer func() { a.tree = nil }()
	if real, err := filepath.EvalSymlinks(root); err == nil {
		a.tree.entered[real] = true
	}
	files := a.list(root)
	files = a.activeElsewhere(files)
	if len(files) == 0 {
		a.hollow = append(a.hollow, hollow{place: place{path: root}, text: "the folder holds no export: nothing was audited"})
	}
	for _, f := range files {
		a.file(f)
	}
}

// activeElsewhere takes active scripts that do not lie below their links in by
// the links, which tell whose they are. Where such a script is not there, what
// the mailbox does is not known.
func (a *auditor) activeElsewhere(files []string) []string {
	var links []string
	real := map[string]bool{}
	below := map[activeLink]bool{} // folder and name
	for _, f := range files {
		dir, name := filepath.Dir(f), filepath.Base(f)
		for range 3 {
			below[activeLink{dir, name}], below[activeLink{dir, compiled(name)}] = true, true
			dir = filepath.Dir(dir)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(a.tree.active)) {
		link := a.tree.active[dir]
		if below[activeLink{dir, link.name}] {
			continue
		}
		if info, err := os.Stat(link.path); err == nil && info.Mode().IsRegular() {
			links = append(links, link.path)
			to, _ := filepath.EvalSymlinks(link.path)
			real[to] = true
		} else {
			a.fail(place{path: link.path}, "the active script "+clip(link.name, 80)+" is not here: what the mailbox does was not read")
		}
	}
	if len(links) > 0 {
		files = slices.DeleteFunc(files, func(f string) bool {
			to, err := filepath.EvalSymlinks(f)
			return err == nil && real[to]
		})
	}
	return append(files, links...)
}

// list gives the files of a folder that may hold settings, and remembers
// active scripts.
func (a *auditor) list(root string) []string {
	var files []string
	from := root
	if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		from += string(filepath.Separator) // the folder, and not the link to it
	}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			a.fail(place{path: path}, cannot(err))
			return nil
		case d.IsDir():
			return a.enter(from, path, d.Name())
		case d.Type()&fs.ModeSymlink != 0:
			files = append(files, a.link(path)...)
		case d.Type().IsRegular() && !ignored(d.Name()):
			files = append(files, path)
		case d.Type()&fs.ModeNamedPipe != 0:
			a.fail(place{path: path}, "a named pipe in a folder: not read; name it to have it read")
		}
		return nil
	})
	if err != nil {
		a.fail(place{path: root}, cannot(err))
	}
	return files
}

// enter leaves out folders that hold mail and not settings.
func (a *auditor) enter(root, path, name string) error {
	if path == root {
		return nil
	}
	switch name {
	case "cur", "new", "tmp", ".git", "dbox-Mails", "node_modules", "__MACOSX":
		return fs.SkipDir
	}
	if strings.Count(strings.TrimPrefix(path, root), string(filepath.Separator)) > maxDepth {
		a.fail(place{path: path}, fmt.Sprintf("more than %d folders inside each other: not read", maxDepth))
		return fs.SkipDir
	}
	return nil
}

// ignored are files that programs put beside settings: compiled scripts,
// indexes, litter of operating systems.
func ignored(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".svbin", ".bc", ".lock", ".db", ".dir", ".pag", ".lmdb", ".cache", ".log", ".swp":
		return true
	}
	switch name {
	case ".DS_Store", "Thumbs.db", "desktop.ini", "subscriptions", "maildirfolder", "maildirsize", ".maildirsize":
		return true
	}
	return strings.HasPrefix(name, "dovecot") && !strings.HasSuffix(name, ".sieve") || strings.HasPrefix(name, "._")
}

// link notes which script a link makes the active one, and gives what else it
// leads to: a file, or the files of a folder that was not entered yet.
func (a *auditor) link(path string) []string {
	to, err := os.Readlink(path)
	if err != nil {
		a.fail(place{path: path}, cannot(err))
		return nil
	}
	info, err := os.Stat(path)
	folder := err == nil && info.IsDir()
	if !folder && activates(filepath.Base(path), to) {
		a.tree.active[filepath.Dir(path)] = activeLink{path, filepath.Base(to)}
		return nil
	}
	switch {
	case err != nil:
		a.fail(place{path: path}, "a link to what "+cannot(err))
	case info.Mode().IsRegular() && !ignored(filepath.Base(path)):
		return []string{path}
	case folder:
		return a.linkedFolder(path)
	}
	return nil
}

// activates: ManageSieve and web mail name the active script by a link.
func activates(name, to string) bool {
	return filepath.Ext(to) == ".sieve" || strings.Contains(name, "sieve") || strings.Contains(name, "active") || name == "defaultbc" || name == "default"
}

// linkedFolder follows a link to a folder once, so that a loop ends.
func (a *auditor) linkedFolder(path string) []string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		a.fail(place{path: path}, cannot(err))
		return nil
	}
	for done := range a.tree.entered {
		if real == done || strings.HasPrefix(real, strings.TrimSuffix(done, "/")+"/") || strings.HasPrefix(done, strings.TrimSuffix(real, "/")+"/") {
			return nil // it is read where it lies, or holds the link itself
		}
	}
	a.tree.entered[real] = true
	return a.list(path)
}

// compiled is the name of what Cyrus makes of a script, and links to.
func compiled(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".bc"
}

// inactive tells whether a script stands beside or below a link that makes
// another one the active script.
func (t *tree) inactive(path string) bool {
	if t == nil {
		return false
	}
	dir := filepath.Dir(path)
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if link, ok := t.active[d]; ok {
			return link.name != filepath.Base(path) && link.name != compiled(path) && link.path != path
		}
	}
	return false
}

// file reads a file as it was when it was opened. One that is still written to
// is no whole export.
func (a *auditor) file(path string) {
	f, err := os.Open(path)
	if err != nil {
		a.fail(place{path: path}, cannot(err))
		return
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil || !before.Mode().IsRegular() {
		a.readFrom(path, f, unknownSize) // a pipe ends when its writer closes it
		return
	}
	a.readFrom(path, io.LimitReader(f, before.Size()), before.Size())
	if after, err := f.Stat(); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		a.fail(place{path: path}, "changed while it was read: the export was not finished; audit it again")
	}
}

// unknownSize is what is expected of a pipe, in bytes: most exports are smaller.
const unknownSize = 4 << 20

// readMost reads up to most bytes where size are expected. It makes room once,
// or a second time for all: what grows by steps holds twice as much.
func readMost(r io.Reader, most int, size int64) ([]byte, error) {
	data := make([]byte, min(size, int64(most))+1)
	n, err := readFull(r, data)
	if err == nil && n <= most {
		data = append(make([]byte, 0, most+1), data...)[:most+1]
		var more int
		more, err = readFull(r, data[n:])
		n += more
	}
	if err == io.EOF {
		err = nil
	}
	return data[:n], err
}

// readFull fills buf; it gives less only with the reader's own error, which at
// the end is io.EOF.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var more int
		more, err = r.Read(buf[n:])
		n += more
	}
	return n, err
}

// readFrom reads one export, of about size bytes.
func (a *auditor) readFrom(path string, r io.Reader, size int64) {
	most := maxWhole
	if a.stream == nil {
		most = maxBook
	}
	data, err := readMost(r, most, size)
	switch {
	case err != nil:
		a.fail(place{path: path}, cannot(err))
		return
	case len(data) > most && a.stream == nil:
		a.fail(place{path: path}, fmt.Sprintf("larger than %d MiB: not read; split it", most>>20))
		return
	}
	a.report.Files++
	a.report.paths = append(a.report.paths, path)
	a.byBase[filepath.Base(path)] = append(a.byBase[filepath.Base(path)], path)
	a.read = 0
	if len(data) > most {
		a.stream(path, data, r)
		return
	}
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
	if bytes.IndexByte(text, '\n') < 0 {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n")) // old Macintosh line ends
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
		a.warn(place{path: path, line: strings.Count(text, "\n") + 1}, cutOff)
	}
}

const cutOff = "the last line has no line end: the file may be cut off"

// empty notes a file that holds nothing to audit.
func (a *auditor) empty(p place, text string, mild bool) {
	if n := len(a.report.Errors); n > 0 && a.report.Errors[n-1].Path == p.path && p.path != "" {
		return // what is wrong with it was said
	}
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
