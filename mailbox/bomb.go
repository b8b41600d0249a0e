package mailbox

import (
	"errors"
	"fmt"
	"io"
)

// budget bounds what one file may unfold to. Archives of mail shrink to a
// tenth, of newsletters to a fiftieth; what unfolds further was made to fill a
// disk.
type budget struct {
	packed  func() int64 // octets of the file read so far, or its size
	free    int64        // octets that may always be unfolded
	out     int64
	entries int
	spent   bool
}

const (
	freeOctets  = 512 << 20 // Options.Unfold
	mostRatio   = 250
	mostOctets  = 1 << 40
	mostEntries = 5_000_000
)

var errBomb = fmt.Errorf("it unfolds to more than %d times its size: not read on", mostRatio)

func (b *budget) add(n int) error {
	b.out += int64(n)
	switch {
	case b.out <= b.free:
		return nil
	case b.out > mostOctets:
		b.spent = true
		return errors.New("it unfolds to more than 1 TiB: not read on")
	case b.out/mostRatio > b.packed():
		b.spent = true
		return errBomb
	}
	return nil
}

func (b *budget) entry() error {
	if b.entries++; b.entries > mostEntries {
		b.spent = true
		return fmt.Errorf("more than %d entries: not read on", mostEntries)
	}
	return nil
}

// guard counts what comes out of a decompressor.
type guard struct {
	r      io.Reader
	budget *budget
}

func (g *guard) Read(p []byte) (int, error) {
	if g.budget.spent {
		return 0, errBomb
	}
	n, err := g.r.Read(p)
	if over := g.budget.add(n); over != nil {
		return 0, over
	}
	return n, err
}

// counter counts what goes into one.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
