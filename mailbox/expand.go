package mailbox

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// expander cuts containers into messages. Its emit gets each; data is valid
// during the call.
type expander struct {
	ctx    context.Context
	opt    Options
	emit   func(Message) error
	buf    []byte // for messages of archives
	budget *budget
	walked bool   // whether the file at hand was met in a folder
	origin string // its path
}

// source is what a container is read from: a stream, or a file with places.
type source struct {
	r    io.Reader
	at   io.ReaderAt // nil for a stream
	size int64
}

// open reads one file, whatever it is.
func (x *expander) open(path string, src source, walked bool) error {
	x.budget = &budget{free: x.opt.unfold()}
	x.walked, x.origin = walked, path
	in := io.Reader(src.r)
	if src.at != nil {
		x.budget.packed = func() int64 { return src.size }
	} else {
		c := &counter{r: in}
		x.budget.packed = func() int64 { return c.n }
		in = c
	}
	return x.stream(path, source{in, src.at, src.size}, 0)
}

// mostNested is how deep archives may lie in archives: mail.zip in backup.zip.
const mostNested = 2

// stream reads what stands in one stream: a message, an mbox or an archive.
func (x *expander) stream(name string, src source, depth int) error {
	if x.ctx.Err() != nil {
		return errStopped
	}
	r := bufio.NewReaderSize(src.r, 64<<10)
	head, err := r.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return x.fail(name, err)
	}
	k := sniff(head)
	if k != single && k != mbox && depth >= mostNested {
		return x.fail(name, errors.New("an archive in an archive in an archive: unpack it first"))
	}
	switch k {
	case mbox:
		return x.mbox(name, x.limited(r))
	case gzipped:
		z, err := gzip.NewReader(r)
		if err != nil {
			return x.fail(name, fmt.Errorf("gzip: %w", err))
		}
		return x.unpacked(name, z, depth)
	case bzipped:
		return x.unpacked(name, bzip2.NewReader(r), depth)
	case tarred:
		return x.tar(name, r, depth)
	case zipped:
		return x.zip(name, source{r, src.at, src.size}, depth)
	case refused:
		return x.fail(name, refusal(head))
	}
	return x.single(name, r)
}

// limited cuts a stream where only heads are wanted.
func (x *expander) limited(r io.Reader) io.Reader {
	if x.opt.Head > 0 {
		return io.LimitReader(r, 16*x.opt.Head)
	}
	return r
}

// enough: where only heads are wanted, some messages of a container will do.
func (x *expander) enough(n int) bool { return x.opt.Head > 0 && n >= 1000 }

// unpacked reads what a compressor held: a tar, which is one archive with it,
// or anything else.
func (x *expander) unpacked(name string, r io.Reader, depth int) error {
	b := bufio.NewReaderSize(&guard{r: r, budget: x.budget}, 64<<10)
	if head, _ := b.Peek(sniffSize); sniff(head) == tarred {
		return x.tar(name, b, depth)
	}
	return x.stream(name, source{r: b}, depth+1)
}

func (x *expander) tar(name string, r io.Reader, depth int) error {
	t := tar.NewReader(r)
	for n := 0; !x.enough(n); n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = x.budget.entry()
		}
		if err != nil {
			return x.fail(name, fmt.Errorf("tar: %w", err))
		}
		if h.Typeflag != tar.TypeReg || skipEntry(h.Name) {
			continue
		}
		if err := x.stream(name+":"+strings.TrimPrefix(h.Name, "./"), source{r: t}, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (x *expander) zip(name string, src source, depth int) error {
	at, size := src.at, src.size
	if at == nil {
		s, err := newSpool()
		if err == nil {
			defer s.drop()
			size, err = io.Copy(s.f, io.LimitReader(src.r, mostSpooled))
			if size == mostSpooled {
				err = errors.New("a zip of more than 1 GiB that is not a file: unpack it first")
			}
		}
		if err != nil {
			return x.fail(name, err)
		}
		at = s.f
	}
	z, err := zip.NewReader(at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return x.fail(name, err)
	}
	for n, f := range z.File {
		if x.enough(n) {
			break
		}
		if err := x.budget.entry(); err != nil {
			return x.fail(name, fmt.Errorf("zip: %w", err))
		}
		if f.FileInfo().IsDir() || skipEntry(f.Name) {
			continue
		}
		if err := x.zipEntry(name+":"+f.Name, f, depth); err != nil {
			return err
		}
		if x.budget.spent {
			return nil
		}
	}
	return nil
}

func (x *expander) zipEntry(name string, f *zip.File, depth int) error {
	const encrypted = 1 // APPNOTE.TXT, 4.4.4: bit 0
	if f.Flags&encrypted != 0 {
		return x.fail(name, errors.New("encrypted: unpack it first"))
	}
	r, err := f.Open()
	if err != nil {
		return x.fail(name, err)
	}
	defer r.Close()
	return x.stream(name, source{r: &guard{r: r, budget: x.budget}}, depth+1)
}

// single hands on a stream that is one message.
func (x *expander) single(name string, r io.Reader) error {
	if x.opt.Head > 0 {
		r = io.LimitReader(r, x.opt.Head)
	}
	data, s, err := load(r, x.buf, x.opt.memory())
	if err != nil {
		return x.fail(name, err)
	}
	if s != nil {
		return x.hand(Message{Path: name, File: s.f, Size: s.size, spool: s})
	}
	if cap(data) <= 1<<20 {
		x.buf = data
	}
	return x.hand(Message{Path: name, Data: emlx(name, data)})
}

// hand gives a message to whom it concerns.
func (x *expander) hand(m Message) error {
	if x.opt.skips(m.Path) && m.Err == nil {
		m.close()
		return nil
	}
	m.Walked = m.Walked || x.walked || len(m.Path) > len(x.origin)
	m.Origin = x.origin
	if m.File == nil {
		m.Size = int64(len(m.Data))
	}
	if x.ctx.Err() != nil {
		m.close()
		return errStopped
	}
	return x.emit(m)
}

func (x *expander) fail(name string, err error) error {
	return x.hand(Message{Path: name, Err: plain(err)})
}
