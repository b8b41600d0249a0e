package rewrite

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
)

// ErrTampered says that what was written is not what was judged.
var ErrTampered = errors.New("the bytes sent are not the bytes judged")

// Proof checks a message while it is sent. It is written the bytes that go
// out, before dot-stuffing; it compares our block and every inserted text
// literally, puts the judged bytes back in their place, and hashes the rest.
type Proof struct {
	hash  hash.Hash
	want  [32]byte
	steps []step
	bad   bool
}

// Swallow writes the message to nobody, and proves that it is the judged one:
// ErrTampered where it is not.
func (m *Message) Swallow() error {
	p := m.Proof()
	if _, err := m.WriteTo(p); err != nil {
		return err
	}
	return p.Check()
}

// step is what comes next: pass octets that are hashed, then a text that must
// be there, in whose place old is hashed.
type step struct {
	pass int64
	text []byte
	old  []byte
}

// Proof is a new check of one sending.
func (m *Message) Proof() *Proof {
	p := &Proof{hash: sha256.New(), want: m.Hash}
	p.steps = append(p.steps, step{text: m.Block})
	pos := int64(0)
	for i := range m.Edits {
		e := &m.Edits[i]
		p.steps = append(p.steps, step{pass: e.Span.Start - pos, text: e.New, old: e.Old})
		pos = e.Span.End
	}
	p.steps = append(p.steps, step{pass: m.Size - pos})
	p.advance()
	return p
}

// Write takes in the next bytes that are sent. It never fails: Check tells.
func (p *Proof) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 && !p.bad {
		if len(p.steps) == 0 {
			p.bad = true
			break
		}
		s := &p.steps[0]
		if s.pass > 0 {
			k := min(s.pass, int64(len(b)))
			p.hash.Write(b[:k])
			s.pass -= k
			b = b[k:]
		} else {
			k := min(len(s.text), len(b))
			p.bad = !bytes.Equal(b[:k], s.text[:k])
			s.text, b = s.text[k:], b[k:]
		}
		p.advance()
	}
	return n, nil
}

// advance leaves the steps that are done.
func (p *Proof) advance() {
	for len(p.steps) > 0 && p.steps[0].pass <= 0 && len(p.steps[0].text) == 0 {
		p.hash.Write(p.steps[0].old)
		p.steps = p.steps[1:]
	}
}

// Check gives ErrTampered unless exactly the judged message went out. It is
// asked before the final dot, so that nothing else is ever accepted anywhere.
func (p *Proof) Check() error {
	if p.bad || len(p.steps) > 0 || [32]byte(p.hash.Sum(nil)) != p.want {
		return ErrTampered
	}
	return nil
}
