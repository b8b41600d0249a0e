// Package spool keeps the bytes of messages on their way through the proxy: in
// memory while they are small, in a nameless file when they are not, and never
// more of them at once than the operator allowed.
package spool

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// InMemory is how many octets of one message are kept in memory. What is
// longer goes to a file as a whole.
const InMemory = 256 << 10

// ErrFull is given when a message does not fit into the budget, or when the
// file system of the spool folder has less free space than the floor. The
// reply to a client is 452 4.3.1.
var ErrFull = errors.New("spool: no room for the message")

// Budget is the room that all messages on their way share. It is safe for
// concurrent use.
type Budget struct {
	dir     string
	encrypt bool
	floor   int64
	memory  quota
	disk    quota

	checked atomic.Int64 // when free space was last asked for, Unix nanoseconds
	low     atomic.Bool  // what the answer was
	asking  sync.Mutex
}

// New makes a budget of memory and disk octets. Files are made in dir, which
// must exist; "" is the system's folder for temporary files. Nothing is taken
// in while the file system of dir has fewer than floor octets free.
func New(dir string, memory, disk, floor int64) (*Budget, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("spool: %s: not a folder (name one in proxy.spool.folder)", dir)
	}
	return &Budget{dir: dir, floor: floor, memory: quota{limit: memory}, disk: quota{limit: disk}}, nil
}

// Encrypt makes every file from now on encrypted with a key that only this
// process knows, for as long as the file is open.
func (b *Budget) Encrypt() { b.encrypt = true }

// Used tells how many octets of memory and disk are taken.
func (b *Budget) Used() (memory, disk int64) { return b.memory.used.Load(), b.disk.used.Load() }

// Low reports whether free space is under the floor. The file system is asked
// at most once a second.
func (b *Budget) Low() bool {
	if b.floor <= 0 {
		return false
	}
	now := time.Now().UnixNano()
	if last := b.checked.Load(); last != 0 && now-last < int64(time.Second) {
		return b.low.Load()
	}
	b.asking.Lock()
	defer b.asking.Unlock()
	free, err := FreeSpace(b.dir)
	b.low.Store(err == nil && free < b.floor)
	b.checked.Store(now)
	return b.low.Load()
}

// quota is a number of octets that may be taken and given back.
type quota struct {
	limit int64
	used  atomic.Int64
}

// take reserves n octets, or nothing.
func (q *quota) take(n int64) bool {
	if q.used.Add(n) > q.limit {
		q.used.Add(-n)
		return false
	}
	return true
}

func (q *quota) give(n int64) { q.used.Add(-n) }
