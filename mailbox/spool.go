package mailbox

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// spool holds a message in a temporary file that has no name, so that nothing
// of it stays behind.
type spool struct {
	f    *os.File
	name string // where the system cannot remove an open file
	size int64
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "maillint-*")
	if err != nil {
		return nil, err
	}
	s := &spool{f: f}
	if os.Remove(f.Name()) != nil {
		s.name = f.Name()
	}
	return s, nil
}

// mostSpooled bounds a message outside memory; message.Limits reads no more.
const mostSpooled = 1<<30 + 1<<20

var errTooLong = errors.New("a message of more than 1 GiB")

func (s *spool) write(b []byte) error {
	if s.size+int64(len(b)) > mostSpooled {
		return errTooLong
	}
	n, err := s.f.Write(b)
	s.size += int64(n)
	return err
}

// message ends the spool with the last octets of an mbox's message. Its ">From "
// lines stay quoted: there is no telling where its body starts in time.
func (s *spool) message(path string, end []byte) (Message, error) {
	if err := s.write(end); err != nil {
		return Message{Path: path}, err
	}
	return Message{Path: path, File: s.f, Size: s.size, spool: s}, nil
}

func (s *spool) drop() {
	if s != nil {
		_ = s.Close()
	}
}

// Close gives the file back to the system.
func (s *spool) Close() error {
	err := s.f.Close()
	if s.name != "" {
		_ = os.Remove(s.name)
	}
	return err
}

// load reads r into memory up to most octets, and into a spool beyond.
func load(r io.Reader, buf []byte, most int64) (data []byte, s *spool, err error) {
	b := bytes.NewBuffer(buf[:0])
	n, err := io.Copy(b, io.LimitReader(r, most+1))
	if err != nil || n <= most {
		return b.Bytes(), nil, err
	}
	s, err = newSpool()
	if err != nil {
		return nil, nil, err
	}
	s.size, err = io.Copy(s.f, io.MultiReader(b, io.LimitReader(r, mostSpooled-n+1)))
	if err == nil && s.size > mostSpooled {
		err = errTooLong
	}
	if err != nil {
		s.drop()
		return nil, nil, err
	}
	return nil, s, nil
}
