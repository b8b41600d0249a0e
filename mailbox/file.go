package mailbox

import (
	"context"
	"os"
)

// fileReader opens files for one worker and keeps its buffer.
type fileReader struct {
	expander
	data []byte
}

func newFileReader(ctx context.Context, opt Options) *fileReader {
	return &fileReader{expander: expander{ctx: ctx, opt: opt}}
}

// keepBuffer is the largest buffer that is kept from file to file.
const keepBuffer = 4 << 20

// read hands on the messages of a file.
func (r *fileReader) read(f file) error {
	if r.ctx.Err() != nil {
		return errStopped
	}
	if cap(r.data) > keepBuffer {
		r.data = nil
	}
	most := r.opt.memory()
	if r.opt.Head > 0 {
		most = r.opt.Head
	}
	data, whole, err := readFile(f.path, r.data, most)
	r.data = data
	if err != nil {
		return r.emit(Message{Path: f.path, Origin: f.path, Walked: f.walked, Err: plain(err)})
	}
	if k := sniff(data[:min(len(data), sniffSize)]); k != single {
		return r.container(f)
	}
	if !whole && r.opt.Head == 0 {
		return r.large(f)
	}
	if r.opt.skips(f.path) {
		return nil
	}
	return r.emit(Message{Path: f.path, Origin: f.path, Data: emlx(f.path, data), Size: int64(len(data)), Alone: true, Walked: f.walked})
}

// container cuts up a small container, or one that turned up where a message
// was expected.
func (r *fileReader) container(f file) error {
	in, err := os.Open(f.path)
	if err != nil {
		return r.emit(Message{Path: f.path, Origin: f.path, Walked: f.walked, Err: plain(err)})
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return r.emit(Message{Path: f.path, Origin: f.path, Walked: f.walked, Err: plain(err)})
	}
	return r.open(f.path, source{in, in, info.Size()}, f.walked)
}

// large hands on a message that is not loaded.
func (r *fileReader) large(f file) error {
	if r.opt.skips(f.path) {
		return nil
	}
	in, err := os.Open(f.path)
	if err != nil {
		return r.emit(Message{Path: f.path, Origin: f.path, Walked: f.walked, Err: plain(err)})
	}
	info, err := in.Stat()
	if err != nil {
		_ = in.Close()
		return r.emit(Message{Path: f.path, Origin: f.path, Walked: f.walked, Err: plain(err)})
	}
	return r.emit(Message{Path: f.path, Origin: f.path, File: in, Size: info.Size(), Alone: true, Walked: f.walked, spool: in})
}
