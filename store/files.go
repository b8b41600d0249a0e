package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// files keeps large bodies beside the database. Every file has a name of its
// own, so that deleting one body never meets the writing of the same body
// anew; which files are in use is in the database.
type files struct{ dir string }

const fileSuffix = ".body"

// write puts frames into a new file, durably, and gives its name.
func (f *files) write(ctx context.Context, read func(func(int, []byte) error) error) (name string, err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return "", fmt.Errorf("storing the message: %w", err)
	}
	tmp, err := os.CreateTemp(f.dir, "new-*")
	if err != nil {
		return "", fmt.Errorf("storing the message: %w", err)
	}
	defer func() {
		tmp.Close()
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	err = read(func(_ int, frame []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		head := binary.BigEndian.AppendUint32(nil, uint32(len(frame)))
		if _, err := tmp.Write(append(head, frame...)); err != nil {
			return fmt.Errorf("storing the message: %w", err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err = tmp.Sync(); err != nil {
		return "", fmt.Errorf("storing the message: %w", err)
	}
	var random [16]byte
	_, _ = rand.Read(random[:])
	name = hex.EncodeToString(random[:]) + fileSuffix
	if err = os.Rename(tmp.Name(), filepath.Join(f.dir, name)); err != nil {
		return "", fmt.Errorf("storing the message: %w", err)
	}
	return name, syncDir(f.dir)
}

// syncDir makes the entries of a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// open lets a reader read a file.
func (f *files) open(name string, r *frameReader, s *seal, body []byte) error {
	file, err := os.Open(filepath.Join(f.dir, filepath.Base(name)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	offsets := make([]int64, 0, frames(r.size)+1)
	at := int64(0)
	for range frames(r.size) {
		var head [4]byte
		if _, err := file.ReadAt(head[:], at); err != nil {
			file.Close()
			return fmt.Errorf("%w: %s is cut short", ErrDamaged, name)
		}
		offsets = append(offsets, at)
		at += 4 + int64(binary.BigEndian.Uint32(head[:]))
	}
	offsets = append(offsets, at)
	r.shut = file.Close
	r.fetch = func(n int) ([]byte, error) {
		length := offsets[n+1] - offsets[n] - 4
		if length > frameMost {
			return nil, fmt.Errorf("%w: frame %d of %s claims %d octets", ErrDamaged, n, name, length)
		}
		frame := make([]byte, length)
		if _, err := file.ReadAt(frame, offsets[n]+4); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
		}
		return s.unframe(frame, body, n)
	}
	return nil
}

// remove deletes a file; what is left over is swept later.
func (f *files) remove(name string) { _ = os.Remove(filepath.Join(f.dir, filepath.Base(name))) }

// sweep deletes files older than a time that used does not know: left over by
// a crash between file and database.
func (f *files) sweep(before time.Time, used func(name string) (bool, error)) (int, error) {
	list, err := os.ReadDir(f.dir)
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || info.ModTime().After(before) {
			continue
		}
		known := false
		switch {
		case strings.HasSuffix(e.Name(), fileSuffix):
			if known, err = used(e.Name()); err != nil {
				return n, err
			}
		case !strings.HasPrefix(e.Name(), "new-"):
			continue
		}
		if !known {
			f.remove(e.Name())
			n++
		}
	}
	return n, nil
}
