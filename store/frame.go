package store

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

// A body is kept in frames of frameSize octets, each compressed where that
// helps and sealed where there is a key, so that reading one place never needs
// the whole. A frame is a byte of marks, the length of its clear octets, the
// CRC-32C of its place and these, and what is left of them.
const (
	frameSize   = 256 << 10
	frameHead   = 1 + 4 + 4
	frameMost   = frameSize + 4<<10 // of one frame as stored
	markDeflate = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed)
	return w
}}

// frame makes the n-th frame of a body.
func (s *seal) frame(clear []byte, name []byte, n int) []byte {
	payload, marks := deflate(clear)
	if s != nil {
		marks |= markSealed
		payload = s.aead.Seal(nil, nil, payload, framePlace(name, n))
	}
	out := make([]byte, frameHead, frameHead+len(payload))
	out[0] = marks
	binary.BigEndian.PutUint32(out[1:], uint32(len(clear)))
	if marks&markSealed == 0 { // a seal proves more, and a checksum would tell of the text
		binary.BigEndian.PutUint32(out[5:], checksum(clear, name, n))
	}
	return append(out, payload...)
}

// deflate compresses where it saves an eighth at least.
func deflate(clear []byte) (payload []byte, marks byte) {
	var b bytes.Buffer
	b.Grow(len(clear))
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	if _, err := w.Write(clear); err != nil || w.Close() != nil || b.Len() > len(clear)-len(clear)/8 {
		return clear, 0
	}
	return b.Bytes(), markDeflate
}

// unframe gives the clear octets of a frame.
func (s *seal) unframe(frame, name []byte, n int) ([]byte, error) {
	if len(frame) < frameHead {
		return nil, fmt.Errorf("%w: frame %d is cut short", ErrDamaged, n)
	}
	marks, size := frame[0], binary.BigEndian.Uint32(frame[1:])
	payload := frame[frameHead:]
	if size > frameSize {
		return nil, fmt.Errorf("%w: frame %d claims %d octets", ErrDamaged, n, size)
	}
	if marks&markSealed != 0 {
		if s == nil {
			return nil, fmt.Errorf("%w: the body is sealed and there is no key", ErrKey)
		}
		var err error
		if payload, err = s.aead.Open(nil, nil, payload, framePlace(name, n)); err != nil {
			return nil, fmt.Errorf("%w: frame %d does not open", ErrDamaged, n)
		}
	}
	clear := payload
	if marks&markDeflate != 0 {
		clear = make([]byte, size)
		if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(payload)), clear); err != nil {
			return nil, fmt.Errorf("%w: frame %d: %w", ErrDamaged, n, err)
		}
	}
	proven := marks&markSealed != 0 || checksum(clear, name, n) == binary.BigEndian.Uint32(frame[5:])
	if len(clear) != int(size) || !proven {
		return nil, fmt.Errorf("%w: frame %d has another checksum", ErrDamaged, n)
	}
	return clear, nil
}

// checksum covers the place as well: a frame must not pass for another.
func checksum(clear, name []byte, n int) uint32 {
	return crc32.Update(crc32.Checksum(framePlace(name, n), castagnoli), castagnoli, clear)
}

// framePlace binds a sealed frame to its body and its place in it.
func framePlace(name []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append([]byte("frame "), name...), uint32(n))
}

// frames is how many frames a body of a size has.
func frames(size int64) int { return int((size + frameSize - 1) / frameSize) }

// frameReader reads a body frame by frame; the last frame read is kept.
type frameReader struct {
	size  int64
	fetch func(n int) ([]byte, error) // clear octets
	shut  func() error

	mu    sync.Mutex
	n     int
	frame []byte
}

// Size is the number of octets as they were judged.
func (r *frameReader) Size() int64 { return r.size }

// Close frees what the body holds.
func (r *frameReader) Close() error {
	if r.shut == nil {
		return nil
	}
	return r.shut()
}

// ReadAt implements io.ReaderAt.
func (r *frameReader) ReadAt(p []byte, off int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	done := 0
	for done < len(p) {
		if off >= r.size {
			return done, io.EOF
		}
		if err := r.load(int(off / frameSize)); err != nil {
			return done, err
		}
		n := copy(p[done:], r.frame[off%frameSize:])
		done, off = done+n, off+int64(n)
	}
	return done, nil
}

// load has the n-th frame at hand, of the length that it must have.
func (r *frameReader) load(n int) error {
	if r.frame != nil && r.n == n {
		return nil
	}
	b, err := r.fetch(n)
	if err != nil {
		return err
	}
	if want := min(frameSize, r.size-int64(n)*frameSize); int64(len(b)) != want {
		return fmt.Errorf("%w: frame %d has %d octets, not %d", ErrDamaged, n, len(b), want)
	}
	r.n, r.frame = n, b
	return nil
}
