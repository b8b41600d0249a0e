package spool

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// file holds one message's bytes, encrypted or not.
type file struct {
	f     *os.File
	name  string // "" when the file has no name any more
	size  int64
	block cipher.Block // nil: not encrypted
}

// scratch holds what is encrypted before it is written.
var scratch = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// encrypt gives the file a key of its own. The key is in memory only and for
// this file alone, which is why its counter may start at zero.
func (f *file) encrypt() error {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	f.block = block
	return nil
}

// crypt writes to dst the en- or decrypted form of src, which stands at offset
// off of the file.
func (f *file) crypt(dst, src []byte, off int64) {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(off/aes.BlockSize))
	stream := cipher.NewCTR(f.block, iv[:])
	var skip [aes.BlockSize]byte
	stream.XORKeyStream(skip[:off%aes.BlockSize], skip[:off%aes.BlockSize])
	stream.XORKeyStream(dst, src)
}

// write adds p to the file's end.
func (f *file) write(p []byte) error {
	if f.block == nil {
		return f.put(p)
	}
	b := scratch.Get().(*[]byte)
	defer scratch.Put(b)
	for len(p) > 0 {
		n := min(len(p), len(*b))
		f.crypt((*b)[:n], p[:n], f.size)
		if err := f.put((*b)[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// put writes what is to stand in the file. A full disk or quota is ErrFull.
func (f *file) put(p []byte) error {
	n, err := f.f.Write(p)
	f.size += int64(n)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, errQuota) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

func (f *file) readAt(p []byte, off int64) (int, error) {
	n, err := f.f.ReadAt(p, off)
	if f.block != nil && n > 0 {
		f.crypt(p[:n], p[:n], off)
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("spool: %w", err)
	}
	return n, err
}

func (f *file) close() {
	f.f.Close()
	if f.name != "" {
		os.Remove(f.name)
	}
}
