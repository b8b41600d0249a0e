package message

import (
	"bytes"
	"io"
)

// Some old programs, of Macintosh above all, end lines in CR alone. Such a
// message is read as if each of these were LF: offsets stay what they are.

// endsInCR reports whether lines end in CR alone: there is no LF at all, or
// none before the blank line that ends the header.
func (w *window) endsInCR() bool {
	b := w.have(0)
	lf := bytes.IndexByte(b, '\n')
	if lf < 0 {
		return bytes.IndexByte(b, '\r') >= 0
	}
	return bytes.Contains(b[:lf], []byte("\r\r")) && !bytes.HasSuffix(b[:lf], []byte("\r\r")) || bytes.Count(b[:lf], []byte("\r\r")) > 1
}

// readCR makes the window show LF for every CR that has none after it.
func (w *window) readCR() {
	if w.src == nil {
		w.data = bytes.Clone(w.data)
		crToLF(w.data, 0)
		return
	}
	w.src = crSource{w.src}
	w.data, w.off = nil, 0
}

// crToLF works in place; next is the octet after b.
func crToLF(b []byte, next byte) {
	for i, c := range b {
		after := next
		if i+1 < len(b) {
			after = b[i+1]
		}
		if c == '\r' && after != '\n' {
			b[i] = '\n'
		}
	}
}

// crSource reads a source so.
type crSource struct{ r io.ReaderAt }

func (s crSource) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	var next [1]byte
	if n > 0 && p[n-1] == '\r' {
		_, _ = s.r.ReadAt(next[:], off+int64(n)) // at the end there is none
	}
	crToLF(p[:n], next[0])
	return n, err
}
