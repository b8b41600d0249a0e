package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// output is where the report goes.
type output struct {
	*buffer
	color bool
}

// openOutput opens the file of --output, or takes standard output. What is
// given back ends it.
func (o *scanOptions) openOutput(stdout io.Writer) (*output, func() error, error) {
	if o.output == "" {
		b := &buffer{w: stdout}
		return &output{b, colorful(stdout)}, b.flush, nil
	}
	f, err := os.Create(o.output)
	if err != nil {
		return nil, nil, fmt.Errorf("--output: %w", err)
	}
	b := &buffer{w: f}
	return &output{b, false}, func() error { return errors.Join(b.flush(), f.Close()) }, nil
}

// colorful: on a terminal that does not refuse it (no-color.org).
func colorful(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// buffer gathers small writes, and passes them on when there is much or a
// moment has gone by, so that what is found shows while the scan goes on.
type buffer struct {
	mu      sync.Mutex
	w       io.Writer
	held    []byte
	pending bool   // a flush is under way
	before  func() // called before each write to w, if set
	err     error
}

const (
	bufferMost = 64 << 10
	bufferTime = 200 * time.Millisecond
)

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = append(b.held, p...)
	if len(b.held) > bufferMost {
		b.pass()
	} else if !b.pending {
		b.pending = true
		time.AfterFunc(bufferTime, func() { _ = b.flush() })
	}
	return len(p), b.err
}

func (b *buffer) flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = false
	b.pass()
	return b.err
}

func (b *buffer) pass() {
	if b.err == nil && len(b.held) > 0 {
		if b.before != nil {
			b.before()
		}
		_, b.err = b.w.Write(b.held)
	}
	b.held = b.held[:0]
}
