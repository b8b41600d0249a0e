package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

// progress shows on a terminal how far a scan is. A nil progress shows nothing.
type progress struct {
	w        io.Writer
	start    time.Time
	messages atomic.Int64
	bytes    atomic.Int64
	findings atomic.Int64
	total    atomic.Int64 // bytes of all files, when they are counted
	counted  atomic.Bool
	stop     chan struct{}
	stopped  chan struct{}
	screen   sync.Mutex // held while the bar's line is written
}

// newProgress starts a progress bar if w is a terminal.
func newProgress(w io.Writer, paths []string, off bool) *progress {
	f, ok := w.(*os.File)
	if off || !ok || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	p := &progress{w: w, start: time.Now(), stop: make(chan struct{}), stopped: make(chan struct{})}
	go p.count(paths)
	go p.run(func() int { return terminalWidth(f) })
	return p
}

func terminalWidth(f *os.File) int {
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// count adds up the files' sizes, beside the scan.
func (p *progress) count(paths []string) {
	for _, path := range paths {
		_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			select {
			case <-p.stop:
				return fs.SkipAll
			default:
			}
			if err == nil && d.Type().IsRegular() {
				if info, err := d.Info(); err == nil {
					p.total.Add(info.Size())
				}
			}
			return nil
		})
	}
	p.counted.Store(true)
}

func (p *progress) run(width func() int) {
	defer close(p.stopped)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			p.clear()
			return
		case <-tick.C:
			p.screen.Lock()
			fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(time.Since(p.start), width()-1))
			p.screen.Unlock()
		}
	}
}

// clear takes the bar off the screen until it is drawn again, so that the
// report's lines do not stand behind it.
func (p *progress) clear() {
	if p != nil {
		p.screen.Lock()
		fmt.Fprint(p.w, "\r\x1b[K")
		p.screen.Unlock()
	}
}

const barWidth = 20

// line is what the bar says: how far, messages, MB/s, findings, time left.
func (p *progress) line(elapsed time.Duration, width int) string {
	done, total := p.bytes.Load(), p.total.Load()
	line := fmt.Sprintf("%d messages, %.1f MB/s, %d findings", p.messages.Load(), float64(done)/1e6/elapsed.Seconds(), p.findings.Load())
	if p.counted.Load() && done > 0 && done < total {
		left := time.Duration(float64(total-done) / float64(done) * float64(elapsed)).Round(time.Second)
		full := int(barWidth * done / total)
		line = fmt.Sprintf("[%s%s] %d %%, %s, %s left", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*done/total, line, left)
	}
	return line[:min(len(line), max(0, width))]
}

// add counts a message.
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
