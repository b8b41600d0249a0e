// Package rewrite changes the header of a message by cutting and inserting
// bytes, and proves what was sent: everything but the recorded edits and our
// own block on top leaves as it was judged.
//
// Nothing is ever serialised anew. Parsing a message and writing it again
// changes it in every library that was tried, and breaks its signatures.
package rewrite

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"maillint/message"
)

// Edit puts New in the place of the judged bytes at Span. An insertion has an
// empty span, a cut an empty New.
type Edit struct {
	Span     message.Span
	Old, New []byte // Old: the judged bytes at Span
	Why      string // for the log and the held item: "Bcc", "hidden recipients"
}

// Message is a message on its way out: a block of fields of our own, then the
// judged bytes with the edits. It may be written any number of times.
type Message struct {
	Block []byte // whole fields, each ended by CRLF
	Edits []Edit // sorted and disjoint, all of them in the header
	Body  io.ReaderAt
	Size  int64    // of the judged bytes
	Hash  [32]byte // SHA-256 of the judged bytes
}

// Add takes in further edits. Two edits of the same bytes are an error: the
// caller has to say what it wants.
func (m *Message) Add(edits ...Edit) error {
	all := slices.Concat(m.Edits, edits)
	slices.SortStableFunc(all, func(a, b Edit) int { return int(a.Span.Start - b.Span.Start) })
	for i := range all {
		s := all[i].Span
		if s.Start < 0 || s.End < s.Start || s.End > m.Size || int64(len(all[i].Old)) != s.Len() {
			return fmt.Errorf("edit %q outside the message: %d to %d of %d", all[i].Why, s.Start, s.End, m.Size)
		}
		if i > 0 && s.Start < all[i-1].Span.End {
			return fmt.Errorf("edits %q and %q touch the same bytes", all[i-1].Why, all[i].Why)
		}
	}
	m.Edits = all
	return nil
}

// Length is how many octets WriteTo writes.
func (m *Message) Length() int64 {
	n := int64(len(m.Block)) + m.Size
	for i := range m.Edits {
		n += int64(len(m.Edits[i].New)) - m.Edits[i].Span.Len()
	}
	return n
}

// WriteTo writes the block and the judged bytes with the edits: CRLF lines,
// without dot-stuffing.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(m.Block)
	total := int64(n)
	pos := int64(0)
	for i := 0; i <= len(m.Edits) && err == nil; i++ {
		next, put := m.Size, []byte(nil)
		if i < len(m.Edits) {
			next, put = m.Edits[i].Span.Start, m.Edits[i].New
		}
		var copied int64
		copied, err = io.Copy(w, io.NewSectionReader(m.Body, pos, next-pos))
		total += copied
		if err == nil && copied < next-pos {
			err = io.ErrUnexpectedEOF
		}
		if err == nil && len(put) > 0 {
			n, err = w.Write(put)
			total += int64(n)
		}
		if i < len(m.Edits) {
			pos = m.Edits[i].Span.End
		}
	}
	return total, err
}

// Bytes is all that WriteTo writes. It is for messages that are small enough
// to be judged again.
func (m *Message) Bytes() ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(m.Length()))
	_, err := m.WriteTo(&b)
	return b.Bytes(), err
}

// Open gives the bytes that WriteTo writes, at any place, without holding
// them: what is judged again need not fit into memory.
func (m *Message) Open() io.ReaderAt {
	o := &opened{}
	o.put(m.Block)
	pos := int64(0)
	for i := range m.Edits {
		e := &m.Edits[i]
		o.take(m.Body, pos, e.Span.Start)
		o.put(e.New)
		pos = e.Span.End
	}
	o.take(m.Body, pos, m.Size)
	return o
}

// opened is a message as stretches of others, one after the other.
type opened struct {
	parts []stretch
	size  int64
}

// stretch is size octets of src from off on, which stand at at.
type stretch struct {
	src           io.ReaderAt
	at, off, size int64
}

func (o *opened) take(src io.ReaderAt, from, to int64) {
	if to > from {
		o.parts = append(o.parts, stretch{src, o.size, from, to - from})
		o.size += to - from
	}
}

func (o *opened) put(b []byte) { o.take(bytes.NewReader(b), 0, int64(len(b))) }

// ReadAt implements io.ReaderAt.
func (o *opened) ReadAt(p []byte, off int64) (int, error) {
	i, _ := slices.BinarySearchFunc(o.parts, off, func(s stretch, off int64) int {
		if s.at+s.size <= off {
			return -1
		}
		return 1
	})
	n := 0
	for ; i < len(o.parts) && n < len(p); i++ {
		s := o.parts[i]
		skip := off + int64(n) - s.at
		want := min(int64(len(p)-n), s.size-skip)
		got, err := s.src.ReadAt(p[n:n+int(want)], s.off+skip)
		n += got
		if int64(got) < want {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return n, err
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
