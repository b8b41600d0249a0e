package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// progress shows on a terminal how far a scan is. A nil progress shows
// nothing.
type progress struct {
	w        io.Writer
	total    atomic.Int64 // bytes of all files, once they are counted
	start    time.Time
	messages atomic.Int64
	bytes    atomic.Int64
	findings atomic.Int64
	stop     chan struct{}
	stopped  chan struct{}
}

// newProgress starts a progress bar, if w is a terminal and there is something
// to wait for.
func newProgress(w io.Writer, paths []string, off bool) *progress {
	f, ok := w.(*os.File)
	if off || !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	p := &progress{w: w, start: time.Now(), stop: make(chan struct{}), stopped: make(chan struct{})}
	go p.run(paths)
	return p
}

func (p *progress) run(paths []string) {
	defer close(p.stopped)
	go p.measure(paths)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			fmt.Fprint(p.w, "\r\x1b[K")
			return
		case <-tick.C:
			p.draw()
		}
	}
}

// measure adds up what there is to read, beside the reading.
func (p *progress) measure(paths []string) {
	total := int64(0)
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				if info, err := d.Info(); err == nil {
					total += info.Size()
				}
			}
			return nil
		})
	}
	p.total.Store(total)
}

func (p *progress) draw() {
	elapsed := time.Since(p.start).Seconds()
	done := p.bytes.Load()
	line := fmt.Sprintf("%d messages, %.1f MB/s, %d findings", p.messages.Load(), float64(done)/1e6/elapsed, p.findings.Load())
	if done > 0 && p.total.Load() > done {
		left := time.Duration(float64(p.total.Load()-done) / float64(done) * elapsed * float64(time.Second))
		line += fmt.Sprintf(", %d %%, %s left", 100*done/p.total.Load(), left.Round(time.Second))
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

func (p *progress) add(bytes int64, findings int) {
	if p != nil {
		p.messages.Add(1)
		p.bytes.Add(bytes)
		p.findings.Add(int64(findings))
	}
}

// done takes the bar off the screen.
func (p *progress) done() {
	if p != nil {
		close(p.stop)
		<-p.stopped
	}
}
