package spool

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"sync/atomic"
)

// Body is the bytes of one message, which do not change any more. It is safe
// for concurrent use until Close; what Bytes gave must not be used after it,
// but for Keep.
type Body struct {
	budget *Budget
	class  int
	mem    *[]byte
	file   *file
	taken  int64
	size   int64
	hash   [sha256.Size]byte
	given  []byte // of FromBytes
	closed atomic.Bool
	kept   atomic.Bool
}

var errClosed = errors.New("spool: read from a message that was closed")

// FromBytes makes a Body of bytes that the caller keeps and does not change.
func FromBytes(b []byte) *Body {
	return &Body{given: b, size: int64(len(b)), hash: sha256.Sum256(b)}
}

// Size is the number of octets.
func (b *Body) Size() int64 { return b.size }

// Hash is the SHA-256 of the bytes.
func (b *Body) Hash() [sha256.Size]byte { return b.hash }

// Bytes gives the bytes, which must not be changed, or nil where they are in a file.
func (b *Body) Bytes() []byte {
	switch {
	case b.closed.Load() || b.file != nil:
		return nil
	case b.mem != nil:
		return *b.mem
	case b.given != nil:
		return b.given
	}
	return []byte{}
}

// ReadAt is io.ReaderAt.
func (b *Body) ReadAt(p []byte, off int64) (int, error) {
	if b.closed.Load() {
		return 0, errClosed
	}
	if b.file != nil {
		return b.file.readAt(p, off)
	}
	return bytes.NewReader(b.Bytes()).ReadAt(p, off)
}

// Reader reads the bytes from the beginning.
func (b *Body) Reader() io.Reader { return io.NewSectionReader(b, 0, b.size) }

// Keep lets what Bytes gave be read after Close as well, by somebody of whom
// nobody knows when they end: no other message is written over it.
func (b *Body) Keep() { b.kept.Store(true) }

// Close gives the room back. It may be called twice.
func (b *Body) Close() error {
	if b.closed.Swap(true) || b.budget == nil {
		return nil
	}
	if b.file != nil {
		b.file.close()
	}
	if b.mem != nil {
		if !b.kept.Load() {
			putBuffer(b.class, b.mem)
		}
		b.budget.memory.give(int64(classes[b.class]))
	}
	b.budget.disk.give(b.taken)
	return nil
}
