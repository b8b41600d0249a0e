package content

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"errors"
	"io"
	"sync"
)

// errStopped ends the reading of a file when a bound of the budget is hit. The
// defect has been noted.
var errStopped = errors.New("content: budget spent")

// unpacker counts what comes out of a decompressor and stops it when it is too
// much: in all, or against what went in.
type unpacker struct {
	r      io.Reader
	meter  *meter
	where  string
	packed int64      // octets that go in; 0 where the ratio says nothing
	left   func() int // of these, not taken yet; nil: not known
	out    int64
}

// soFar times RatioFrom is unpacked before the ratio counts for the octets taken
// so far: a page of nothing at the front of a large file is no bomb.
const soFar = 4

func (u *unpacker) Read(p []byte) (int, error) {
	if u.meter.stopped != "" {
		return 0, errStopped
	}
	n, err := u.r.Read(p)
	if !u.count(n) {
		return n, errStopped
	}
	return n, err
}

// count counts octets that came out. It reports false when that was enough.
func (u *unpacker) count(n int) bool {
	u.out += int64(n)
	if !u.meter.spend(int64(n), u.where) {
		return false
	}
	if u.bomb() {
		u.meter.stop(LimitRatio, u.where, "unpacks to more than %d times its size", u.meter.Ratio)
		return false
	}
	return true
}

// bomb reports whether too much came out, against all that is packed or, of much,
// against what was taken so far: the end of a long bomb is not waited for.
func (u *unpacker) bomb() bool {
	m := u.meter
	if u.packed == 0 || u.out <= m.RatioFrom {
		return false
	}
	in := u.packed
	if u.left != nil && u.out > soFar*m.RatioFrom {
		in -= int64(u.left())
	}
	return u.out/max(1, in) > m.Ratio
}

// inflaters are kept for the next member: each holds tables of 40 kB.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// unzip gives a member's octets; nil where its method is not known.
func (in *Inspection) unzip(z *zipFile, e *zipEntry, where string) (r io.Reader, done func()) {
	packed, whole := z.packed(e)
	if !whole {
		in.meter.note(Damaged, where, "a member that is not all there")
	}
	src := bytes.NewReader(packed)
	u := &unpacker{meter: in.meter, where: where, packed: max(1, int64(len(packed))), left: src.Len}
	done = func() {}
	switch e.method {
	case 0:
		u.r = src
	case 8:
		f := inflaters.Get().(io.ReadCloser)
		_ = f.(flate.Resetter).Reset(src, nil)
		u.r, done = f, func() { inflaters.Put(f) }
	case 12:
		u.r = bzip2.NewReader(src)
	case 14: // APPNOTE 5.8.8
		if len(packed) < 9 || e.size < 0 {
			return nil, done
		}
		data, all := in.unLZMA(packed[4:9], packed[9:], e.size, where)
		if !all && in.meter.stopped == "" {
			in.meter.note(Damaged, where, "it cannot be unpacked to its end")
		}
		return bytes.NewReader(data), done
	default:
		return nil, done
	}
	return u, done
}

// headSize is how much of a member is looked at before it is unpacked whole.
const headSize = 4 << 10

// deepHead is how much of a member of no known kind is looked at: the mark of
// a disk image stands there.
const deepHead = 40 << 10

// member makes the file for a member of another one; nil when there is no room.
func (in *Inspection) member(parent *File, name string, size int64) *File {
	if in.meter.stopped != "" {
		return nil
	}
	f := &File{Path: parent.member(name), Name: name, Size: size, Parent: parent, Part: parent.Part}
	if !in.meter.addFile(f.Path) {
		return nil
	}
	if escapes(name) {
		f.Flags |= EscapingName
	}
	parent.Members = append(parent.Members, f)
	return f
}

// list names a member that is not read, and why not.
func (in *Inspection) list(parent *File, name string, size int64, why string) *File {
	f := in.member(parent, name, size)
	if f != nil {
		f.Named = kindOfName(name)
		f.mark(nil)
		f.Uninspected = why
	}
	return f
}

// fill reads a member and looks into it. Of files whose kind tells that nothing
// in them is read, only the head is unpacked.
func (in *Inspection) fill(f *File, r io.Reader) {
	if f.Depth() > in.meter.Depth {
		in.meter.note(LimitDepth, f.Path, "files nested deeper than %d are not opened", in.meter.Depth)
		f.Named, f.Uninspected = kindOfName(f.Name), "nested too deep"
		f.mark(nil)
		return
	}
	src := &errReader{r: r}
	if in.scratch == nil {
		in.scratch = make([]byte, deepHead)
	}
	n, _ := io.ReadFull(src, in.scratch[:headSize])
	data := in.scratch[:n]
	if n == headSize && Sniff(data) == Unknown {
		more, _ := io.ReadFull(src, in.scratch[headSize:])
		data = in.scratch[:headSize+more]
	}
	if n < headSize {
		data = bytes.Clone(data) // what is in it may be read into the same place
	}
	if k := Sniff(data); n == headSize && k != Unknown && !k.Opaque() {
		data = in.rest(f, src, data)
	}
	in.complain(f, src.err)
	in.open(f, data)
}

// rest reads a member to its end, or as far as memory allows.
func (in *Inspection) rest(f *File, src *errReader, head []byte) []byte {
	most := min(in.meter.File, max(1<<20, 3*in.meter.File-in.meter.held))
	expected := int64(64 << 10)
	if f.Size > 0 {
		expected = min(f.Size, 4<<20) // what a header says may be a lie
	}
	data, whole := readAll(io.MultiReader(bytes.NewReader(head), src), expected, most)
	if !whole && src.err == nil {
		in.meter.note(LimitFile, f.Path, "only the first %d octets are looked into", most)
		f.Uninspected = "too large to be read whole"
	}
	return data
}

// errReader keeps the error that ended a reader, unless it was its end.
type errReader struct {
	r   io.Reader
	err error
}

func (e *errReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && err != io.EOF {
		e.err = err
	}
	return n, err
}

// complain notes why a member could not be read to its end.
func (in *Inspection) complain(f *File, err error) {
	switch {
	case err == nil:
	case errors.Is(err, errStopped):
		f.Uninspected = string(in.meter.stopped)
	default:
		in.damaged(f, "it cannot be unpacked to its end")
	}
}

// escapes reports whether a member is to be written outside of the folder that
// the archive is unpacked in.
func escapes(name string) bool {
	name = "/" + name
	return bytes.Contains([]byte(name+"/"), []byte("/../")) || len(name) > 1 && name[1] == '/' || len(name) > 2 && name[2] == ':'
}
