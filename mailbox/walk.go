package mailbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// walker turns paths into files, in the order of their names.
type walker struct {
	expander *expander
	opt      Options
	add      func(file) error
	flush    func() error    // what came before need not wait for a slow reader
	seen     map[string]bool // real paths of the folders of this root, against loops
}

// root reads one path that somebody named. The error is errStopped or nil:
// what is wrong with the path is handed on as a Message.
func (w *walker) root(path string) error {
	if path == "-" {
		return w.stdin()
	}
	info, err := os.Stat(path)
	if err != nil {
		return w.fail(path, false, err)
	}
	w.seen = map[string]bool{}
	switch {
	case info.IsDir():
		return w.folder(path)
	case !info.Mode().IsRegular():
		return w.pipe(path)
	}
	return w.file(file{path: path}, info.Size())
}

func (w *walker) stdin() error {
	var in io.Reader = os.Stdin
	if w.opt.Stdin != nil {
		in = w.opt.Stdin()
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.expander.open("-", source{r: in}, false)
}

// pipe reads a named pipe or device that somebody named: <(...) of a shell.
func (w *walker) pipe(path string) error {
	if err := w.flush(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return w.fail(path, false, err)
	}
	defer f.Close()
	return w.expander.open(path, source{r: f}, false)
}

func (w *walker) fail(path string, walked bool, err error) error {
	return w.expander.emit(Message{Path: path, Origin: path, Walked: walked, Err: plain(err)})
}

// plain takes the path out of an error: it is named beside it.
func plain(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// entry is a folder's entry; fs.DirEntry would cost a multiple in a folder of
// a million files.
type entry struct {
	name string
	mode fs.FileMode
}

// list gives a folder's entries in the order of their names.
func list(path string) ([]entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []entry
	for {
		some, err := f.ReadDir(1024)
		for _, d := range some {
			out = append(out, entry{d.Name(), d.Type()})
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return out, err
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// folder reads all below a folder, each real folder once.
func (w *walker) folder(path string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		if w.seen[real] {
			return nil
		}
		w.seen[real] = true
	}
	entries, err := list(path)
	if err != nil {
		if err := w.fail(path, true, err); err != nil {
			return err
		}
	}
	maildir := isMaildir(entries)
	box := filepath.Base(path)
	for _, e := range entries {
		if maildir && e.name == "tmp" && e.mode.IsDir() {
			continue // deliveries that are not finished
		}
		if err := w.entry(path, e, box == "cur" || box == "new"); err != nil {
			return err
		}
	}
	return nil
}

// isMaildir: a folder with cur and new in it (Maildir++ has sub-folders like
// ".Sent" beside them).
func isMaildir(entries []entry) bool {
	n := 0
	for _, e := range entries {
		if e.mode.IsDir() && (e.name == "cur" || e.name == "new") {
			n++
		}
	}
	return n == 2
}

func (w *walker) entry(folder string, e entry, single bool) error {
	path := join(folder, e.name)
	switch {
	case e.mode.IsDir():
		if skipFolder(e.name) {
			return nil
		}
		return w.folder(path)
	case skipFile(e.name):
		return nil
	case e.mode&fs.ModeSymlink != 0:
		return w.link(path)
	case !e.mode.IsRegular():
		return w.fail(path, true, fmt.Errorf("%s, not a file", kindOf(e.mode)))
	}
	if single || strings.HasSuffix(e.name, ".eml") {
		return w.addFile(file{path, true}) // surely small enough for one worker: not worth a stat
	}
	info, err := os.Lstat(path)
	if err != nil {
		return w.fail(path, true, err)
	}
	return w.file(file{path, true}, info.Size())
}

// join is filepath.Join without its cleaning, which costs more than the rest.
func join(folder, name string) string {
	if strings.HasSuffix(folder, string(filepath.Separator)) {
		return folder + name
	}
	return folder + string(filepath.Separator) + name
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	}
	return "a device"
}

// link follows a symbolic link met in a folder.
func (w *walker) link(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return w.fail(path, true, fmt.Errorf("a symbolic link that leads nowhere: %w", plain(err)))
	case info.IsDir():
		return w.folder(path)
	case !info.Mode().IsRegular():
		return w.fail(path, true, fmt.Errorf("%s, not a file", kindOf(info.Mode())))
	}
	return w.file(file{path, true}, info.Size())
}

// largeFile is the size from which on a container is cut up here, so that all
// workers share its messages, instead of being one worker's job.
const largeFile = 1 << 20

func (w *walker) file(f file, size int64) error {
	if size < largeFile || w.opt.Head > 0 {
		return w.addFile(f)
	}
	in, err := os.Open(f.path)
	if err != nil {
		return w.fail(f.path, f.walked, err)
	}
	defer in.Close()
	var head [sniffSize]byte
	n, _ := in.ReadAt(head[:], 0)
	if sniff(head[:n]) == single {
		return w.addFile(f)
	}
	return w.expander.open(f.path, source{r: in, at: in, size: size}, f.walked)
}

func (w *walker) addFile(f file) error {
	if w.opt.skips(f.path) {
		// A container's messages are counted one by one, so that a share of a
		// large one falls to everybody; only a look inside tells.
		if !mayContain(f.path) {
			return nil
		}
	}
	return w.add(f)
}
