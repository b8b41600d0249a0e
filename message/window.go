package message

import (
	"bytes"
	"io"
)

// windowSize is how much of a large message is in memory at a time, in bytes.
// It exceeds Limits.Header, so that a header block is always one slice.
const windowSize = 2 << 20

// window gives random access to the bytes of a message. A small message is
// one slice and window costs nothing; of a large one, a stretch is loaded at a
// time, so that a 200 MB attachment costs windowSize.
type window struct {
	data []byte // the bytes from off on
	off  int64
	size int64
	src  io.ReaderAt // nil when data is all there is
	err  error       // the first error of src; bytes after it read as absent
}

// have gives the loaded bytes from pos on, at least one unless pos is at the
// end. They are valid until the next call.
func (w *window) have(pos int64) []byte {
	if pos >= w.size {
		return nil
	}
	if pos < w.off || pos >= w.off+int64(len(w.data)) {
		w.load(pos)
	}
	if i := pos - w.off; i >= 0 && i < int64(len(w.data)) {
		return w.data[i:]
	}
	return nil
}

// slice gives the bytes of a span no longer than windowSize, valid until the
// next call.
func (w *window) slice(start, end int64) []byte {
	end = min(end, w.size)
	if start >= end {
		return nil
	}
	if start < w.off || end > w.off+int64(len(w.data)) {
		w.load(start)
	}
	i := start - w.off
	j := min(end-w.off, int64(len(w.data)))
	if i < 0 || i >= j {
		return nil
	}
	return w.data[i:j]
}

// load makes the stretch from pos the loaded one. It reports whether there is
// more to read.
func (w *window) load(pos int64) bool {
	if w.src == nil || w.err != nil {
		return false
	}
	if cap(w.data) < windowSize {
		w.data = make([]byte, windowSize)
	}
	n, err := w.src.ReadAt(w.data[:windowSize], pos)
	w.data, w.off = w.data[:n], pos
	if err != nil && err != io.EOF {
		w.err = err
	}
	if n == 0 && pos < w.size { // the file shrank under us
		w.err = io.ErrUnexpectedEOF
	}
	if w.err != nil {
		w.size = w.off + int64(n)
	}
	return n > 0 && w.err == nil
}

// index finds the first c in [pos, end), or -1.
func (w *window) index(pos, end int64, c byte) int64 {
	for pos < end {
		b := w.have(pos)
		if len(b) == 0 {
			return -1
		}
		if int64(len(b)) > end-pos {
			b = b[:end-pos]
		}
		if i := bytes.IndexByte(b, c); i >= 0 {
			return pos + int64(i)
		}
		pos += int64(len(b))
	}
	return -1
}

// ReadAt makes the window a source for readers of the raw bytes.
func (w *window) ReadAt(p []byte, off int64) (int, error) {
	if w.src != nil {
		return w.src.ReadAt(p, off)
	}
	if off >= int64(len(w.data)) {
		return 0, io.EOF
	}
	n := copy(p, w.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
