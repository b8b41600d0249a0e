package spool

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"os"
	"sync"
)

// classes are the sizes of the buffers that are kept for use again.
var classes = [...]int{8 << 10, 32 << 10, 96 << 10, InMemory}

var buffers [len(classes)]sync.Pool

var hashes = sync.Pool{New: func() any { return sha256.New() }}

// buffer gives an empty buffer of the class.
func buffer(class int) *[]byte {
	if b, ok := buffers[class].Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 0, classes[class])
	return &b
}

// putBuffer keeps a buffer for the next message, which sees nothing of it: a
// buffer is only ever appended to, from its beginning.
func putBuffer(class int, b *[]byte) {
	*b = (*b)[:0]
	buffers[class].Put(b)
}

// Writer takes the bytes of one message in. It must end in Done or Discard.
type Writer struct {
	budget *Budget
	class  int
	mem    *[]byte // nil once the bytes are in a file, and before the first byte
	file   *file
	taken  int64 // disk octets reserved
	size   int64
	sum    hash.Hash
	err    error
}

// Writer begins a message.
func (b *Budget) Writer() *Writer {
	sum := hashes.Get().(hash.Hash)
	sum.Reset()
	return &Writer{budget: b, sum: sum}
}

// Size is the number of octets taken in so far.
func (w *Writer) Size() int64 { return w.size }

// Write takes p in. After an error (ErrFull, or one of the file system)
// nothing more is taken.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.write(p)
	}
	if w.err != nil {
		return 0, w.err
	}
	w.sum.Write(p)
	w.size += int64(len(p))
	return len(p), nil
}

func (w *Writer) write(p []byte) error {
	if w.file == nil {
		need := int(w.size) + len(p)
		if need <= InMemory {
			return w.remember(p, need)
		}
		if err := w.spill(); err != nil {
			return err
		}
	}
	return w.append(p)
}

// remember adds p to the buffer in memory, in a larger one where it must be.
func (w *Writer) remember(p []byte, need int) error {
	if w.mem == nil || need > cap(*w.mem) {
		if err := w.grow(need); err != nil {
			return err
		}
	}
	*w.mem = append(*w.mem, p...)
	return nil
}

func (w *Writer) grow(need int) error {
	class := 0
	for classes[class] < need {
		class++
	}
	if w.budget.Low() || !w.budget.memory.take(int64(classes[class])) {
		return ErrFull
	}
	next := buffer(class)
	if w.mem != nil {
		*next = append(*next, *w.mem...)
	}
	w.forget()
	w.mem, w.class = next, class
	return nil
}

// forget gives the buffer in memory back.
func (w *Writer) forget() {
	if w.mem != nil {
		putBuffer(w.class, w.mem)
		w.budget.memory.give(int64(classes[w.class]))
		w.mem = nil
	}
}

// spill moves what is in memory to a file.
func (w *Writer) spill() error {
	if w.budget.Low() {
		return ErrFull
	}
	f, err := create(w.budget.dir, w.budget.encrypt)
	if err != nil {
		return err
	}
	w.file = f
	if w.mem == nil {
		return nil
	}
	err = w.append(*w.mem)
	w.forget()
	return err
}

// step is how much disk is reserved at a time.
const step = 1 << 20

func (w *Writer) append(p []byte) error {
	for w.taken < w.file.size+int64(len(p)) {
		if w.budget.Low() || !w.budget.disk.take(step) {
			return ErrFull
		}
		w.taken += step
	}
	return w.file.write(p)
}

// Done ends the message. The Writer must not be used any more.
func (w *Writer) Done() (*Body, error) {
	if w.err != nil {
		err := w.err
		w.Discard()
		return nil, err
	}
	b := &Body{budget: w.budget, class: w.class, mem: w.mem, file: w.file, taken: w.taken, size: w.size}
	w.sum.Sum(b.hash[:0])
	w.mem, w.file, w.taken = nil, nil, 0
	w.end(errors.New("spool: message is done"))
	return b, nil
}

// Discard ends the message and forgets it. It may be called after Done, and twice.
func (w *Writer) Discard() {
	w.forget()
	if w.file != nil {
		w.file.close()
		w.file = nil
	}
	w.budget.disk.give(w.taken)
	w.taken = 0
	w.end(errors.New("spool: message was discarded"))
}

func (w *Writer) end(err error) {
	if w.sum != nil {
		hashes.Put(w.sum)
		w.sum = nil
	}
	w.err = err
}

// create makes a file that has no name any more, so that nothing of it stays
// behind however the process ends. Where a file cannot lose its name while it
// is open, it loses it when it is closed.
func create(dir string, encrypt bool) (*file, error) {
	f, err := os.CreateTemp(dir, "maillint-spool-*")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	out := &file{f: f}
	if os.Remove(f.Name()) != nil {
		out.name = f.Name()
	}
	if encrypt {
		if err := out.encrypt(); err != nil {
			out.close()
			return nil, err
		}
	}
	return out, nil
}
