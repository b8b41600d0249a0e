// Package mailbox finds stored mail: single messages, mbox files, Maildirs,
// folders of any of these, gzip, bzip2, zip and tar archives, and standard
// input.
//
// Messages are handed to several visitors at once and their results come back
// in the order of their paths. What cannot be read is handed over too, as a
// Message with an error, and the rest is still read. Memory does not grow with
// the number of messages.
package mailbox

import (
	"context"
	"errors"
	"io"
	"runtime"
	"time"
)

// Message is one stored message, or the news that something could not be read.
type Message struct {
	// Path names it: "a.eml", "sent.mbox:17", "mail.zip:dir/a.eml".
	Path string
	// Origin is the file it is in.
	Origin string
	// Data is the whole message when it is in memory. It is valid until the
	// visitor returns, and no longer.
	Data []byte
	// File holds a message that is too large for memory.
	File io.ReaderAt
	Size int64
	// Alone tells that the message is a file of its own: an offset in it is
	// an offset in the file Path.
	Alone bool
	// Walked tells that nobody named this file: it was met in a folder or an
	// archive, and need not be mail.
	Walked bool
	// Err is why it could not be read.
	Err error

	spool io.Closer // what File must be given back to
}

// Options say how mail is read. The zero value is usable.
type Options struct {
	Jobs  int              // visitors at a time; 0 means one for each processor
	Stdin func() io.Reader // what "-" stands for; asked for each time it is read
	// Skip leaves messages out by name, before they are opened where the name
	// is that of a file with one message.
	Skip func(path string) bool
	// Head, if not 0, is how many octets of a message are read, and the
	// first few messages of a container are enough.
	Head int64
	// Memory is the size from which on a message is not loaded but handed
	// over as a File; 0 means 16 MiB, or less where many visitors share it.
	Memory int64
	// Unfold is how many octets of an archive are unfolded whatever its size;
	// beyond, it must not unfold to more than 250 times that. 0 means 512 MiB.
	Unfold int64
}

const (
	mostInMemory = 16 << 20 // Options.Memory, for up to four visitors
	memoryShare  = 64 << 20
	grace        = 2 * time.Second // how long visitors may go on after an interrupt
)

func (o Options) jobs() int {
	if o.Jobs > 0 {
		return o.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

func (o Options) memory() int64 {
	if o.Memory > 0 {
		return o.Memory
	}
	return max(1<<20, min(mostInMemory, memoryShare/int64(o.jobs())))
}

func (o Options) unfold() int64 {
	if o.Unfold > 0 {
		return o.Unfold
	}
	return freeOctets
}

func (o Options) skips(path string) bool { return o.Skip != nil && o.Skip(path) }

// Read calls visit for every message below the paths, from several goroutines
// (worker counts from 0, so that each may keep buffers of its own), and emit
// with the results, in order and from the calling goroutine. It ends early
// when the context does, after emitting what was visited by then, or when emit
// fails.
func Read[T any](ctx context.Context, paths []string, opt Options, visit func(worker int, m *Message) T, emit func(T) error) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	p := newPool(inner, opt, visit)
	for w := range opt.jobs() {
		go p.worker(w)
	}
	go p.produce(paths)
	if err := p.collect(emit); err != nil {
		return err
	}
	return ctx.Err()
}

// errStopped ends the walk when the context does.
var errStopped = errors.New("stopped")
