package mailbox

import (
	"context"
	"fmt"
	"time"
)

// A job is what one worker does before it looks for more work: some files to
// read, or some messages that were cut out of a container. The reader of
// containers makes jobs in order, workers take them, and collect gives their
// results back in the same order.
type job[T any] struct {
	files   []file
	items   []Message
	buf     []byte // holds the Data of items
	results []T
	done    chan struct{}
}

// file is a file that a worker opens.
type file struct {
	path   string
	walked bool
}

const (
	filesPerJob = 32
	bytesPerJob = 256 << 10
	itemsPerJob = 64
	jobsAhead   = 8        // jobs for each worker that may wait or be done out of order
	bytesAhead  = 32 << 20 // octets of cut-out messages that may wait
)

type pool[T any] struct {
	ctx   context.Context
	opt   Options
	visit func(int, *Message) T
	work  chan *job[T]
	order chan *job[T] // the same jobs, for collect; its capacity bounds how far we read ahead
	bytes *weight
	next  *job[T]     // the job that is being filled
	spare chan []byte // buffers of jobs that are done
}

func newPool[T any](ctx context.Context, opt Options, visit func(int, *Message) T) *pool[T] {
	n := opt.jobs() * jobsAhead
	return &pool[T]{
		ctx: ctx, opt: opt, visit: visit,
		work: make(chan *job[T], n), order: make(chan *job[T], n),
		bytes: newWeight(bytesAhead), spare: make(chan []byte, n),
	}
}

// produce walks the paths and makes jobs.
func (p *pool[T]) produce(paths []string) {
	defer close(p.order)
	defer close(p.work)
	x := &expander{ctx: p.ctx, opt: p.opt, emit: p.addItem}
	w := &walker{expander: x, opt: p.opt, add: p.addFile, flush: p.flush}
	for _, path := range paths {
		if p.guard(x.emit, path, func() error { return w.root(path) }) != nil {
			return
		}
	}
	_ = p.flush()
}

// guard makes a failure of ours an error of the path that it happened on, so
// that the others are still read.
func (p *pool[T]) guard(emit func(Message) error, path string, read func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = emit(Message{Path: path, Origin: path, Err: fmt.Errorf("maillint failed on it: %v (please report this)", v)})
		}
	}()
	return read()
}

func (p *pool[T]) job() *job[T] {
	if p.next == nil {
		p.next = &job[T]{done: make(chan struct{})}
	}
	return p.next
}

func (p *pool[T]) addFile(f file) error {
	if p.next != nil && len(p.next.items) > 0 {
		if err := p.flush(); err != nil {
			return err
		}
	}
	j := p.job()
	j.files = append(j.files, f)
	if len(j.files) >= filesPerJob {
		return p.flush()
	}
	return nil
}

// addItem copies a message that was cut out of a container into the job.
func (p *pool[T]) addItem(m Message) error {
	if p.next != nil && (len(p.next.files) > 0 || len(p.next.buf)+len(m.Data) > bytesPerJob || len(p.next.items) >= itemsPerJob) {
		if err := p.flush(); err != nil {
			return err
		}
	}
	j := p.job()
	if m.File == nil {
		if j.buf == nil {
			j.buf = p.buffer()
		}
		at := len(j.buf)
		j.buf = append(j.buf, m.Data...)
		m.Size = int64(len(m.Data))
		m.Data = j.buf[at:] // worker cuts it anew: buf may still move
	}
	j.items = append(j.items, m)
	return nil
}

// buffer gives an empty buffer for the messages of a job.
func (p *pool[T]) buffer() []byte {
	select {
	case b := <-p.spare:
		return b[:0]
	default:
		return make([]byte, 0, bytesPerJob)
	}
}

// giveBack keeps a job's buffer for the next, unless it has grown.
func (p *pool[T]) giveBack(b []byte) {
	if cap(b) == bytesPerJob {
		select {
		case p.spare <- b:
		default:
		}
	}
}

// flush hands the job to the workers.
func (p *pool[T]) flush() error {
	j := p.next
	if j == nil {
		return nil
	}
	p.next = nil
	if !p.bytes.acquire(p.ctx, len(j.buf)) {
		return errStopped
	}
	select {
	case p.order <- j:
	case <-p.ctx.Done():
		return errStopped
	}
	p.work <- j // has room: order is as long
	return nil
}

// worker takes jobs until there are no more. After an interrupt it leaves the
// messages of its jobs alone.
func (p *pool[T]) worker(w int) {
	r := newFileReader(p.ctx, p.opt)
	for j := range p.work {
		r.emit = func(m Message) error {
			if p.ctx.Err() != nil {
				return errStopped
			}
			j.results = append(j.results, p.visit(w, &m))
			m.close()
			return nil
		}
		p.run(j, r)
		p.bytes.release(len(j.buf))
		p.giveBack(j.buf)
		j.buf, j.items, j.files = nil, nil, nil
		close(j.done)
	}
}

func (p *pool[T]) run(j *job[T], r *fileReader) {
	if j.results == nil {
		j.results = make([]T, 0, max(len(j.files), len(j.items)))
	}
	for _, f := range j.files {
		if p.guard(r.emit, f.path, func() error { return r.read(f) }) != nil {
			return
		}
	}
	at := 0
	for _, m := range j.items {
		if m.File == nil {
			end := at + int(m.Size)
			m.Data = j.buf[at:end:end]
			at = end
		}
		if r.emit(m) != nil {
			m.close()
			return
		}
	}
}

// collect emits results in order. After an interrupt it waits a moment for
// the jobs at work and takes what there is; a reader that hangs (a pipe that
// nobody writes to) does not keep it.
func (p *pool[T]) collect(emit func(T) error) error {
	for {
		select {
		case j, ok := <-p.order:
			if !ok {
				return nil
			}
			select {
			case <-j.done:
			case <-p.ctx.Done():
				return p.rest(j, emit)
			}
			if err := j.emit(emit); err != nil {
				return err
			}
		case <-p.ctx.Done():
			return p.rest(nil, emit)
		}
	}
}

// rest emits what is finished within the grace time.
func (p *pool[T]) rest(j *job[T], emit func(T) error) error {
	timeout := time.After(grace)
	for {
		if j != nil {
			select {
			case <-j.done:
				if err := j.emit(emit); err != nil {
					return err
				}
			case <-timeout:
				return nil
			}
		}
		select {
		case next, ok := <-p.order:
			if !ok {
				return nil
			}
			j = next
		default:
			return nil
		}
	}
}

func (j *job[T]) emit(emit func(T) error) error {
	for i := range j.results {
		if err := emit(j.results[i]); err != nil {
			return err
		}
	}
	j.results = nil
	return nil
}

func (m *Message) close() {
	if m.spool != nil {
		_ = m.spool.Close()
		m.spool = nil
	}
}
