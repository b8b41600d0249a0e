package smtpproxy

import (
	"bytes"
	"errors"
	"time"

	"maillint/internal/spool"
	"maillint/submit"
)

// body reads the octets of one message from the wire (RFC 5321, 4.1.1.4).
//
// Only CRLF "." CRLF ends it. A CR without LF and a NUL make it refused, at its
// end. An LF without CR becomes CRLF, or makes it refused too. A line with
// nothing but a dot whose ends are not both CRLF is what smuggling is made of
// (CVE-2023-51764): nothing after it can be trusted to be what it seems, so
// the connection ends.
type body struct {
	w        *wire
	to       *spool.Writer
	limit    int64
	refuseLF bool

	small   []byte // short runs on their way to the spool
	size    int64  // octets of the message so far
	taken   int64  // octets read so far
	start   bool   // the next octet begins a line
	crlf    bool   // and the line before ended in CRLF
	cr      bool   // the last octet was a CR
	done    bool
	bareLF  int
	refusal *submit.Reply // why the message is not taken; the rest is read all the same
}

// errSmuggling ends the connection.
var errSmuggling = errors.New("a lone dot between odd line ends")

// errFlood ends the connection: much more than was refused keeps coming.
var errFlood = errors.New("the message does not end")

// Replies about bodies.
var (
	replyCR       = submit.NewReply(550, "5.6.0", "message holds a CR that ends no line (send lines that end in CRLF)")
	replyNUL      = submit.NewReply(550, "5.6.0", "message holds a NUL octet")
	replyLF       = submit.NewReply(550, "5.6.0", "message holds an LF without CR (send lines that end in CRLF)")
	replySmuggle  = submit.NewReply(550, "5.6.0", "lone dot between line ends that are not CRLF")
	replySize     = submit.NewReply(552, "5.3.4", "message is larger than is taken here")
	replyNoRoom   = submit.NewReply(452, "4.3.1", "no room for the message now, try again later")
	replyOwnFault = submit.NewReply(451, "4.3.0", "try again later")
)

// read takes the whole message in. The error is one of the connection; a
// message that is not taken has refusal set, and its Body is nil.
func (b *body) read() (*spool.Body, error) {
	b.start, b.crlf = true, true
	b.w.enlarge()
	end := time.Now().Add(b.w.times.Total)
	for !b.done {
		need := b.w.buffered() == 0
		if !need {
			used, err := b.take(b.w.in[b.w.r:b.w.w])
			b.w.r += used
			if err != nil {
				return nil, err
			}
			need = !b.done
		}
		if need {
			if err := b.more(end); err != nil {
				return nil, err
			}
		}
	}
	b.flush()
	if b.refusal != nil {
		return nil, nil
	}
	out, err := b.to.Done()
	b.spoolError(err)
	return out, nil
}

// more waits for the next octets, within the time for all.
func (b *body) more(end time.Time) error {
	left := time.Until(end)
	if left <= 0 {
		return errTimeout
	}
	if b.taken > 4*b.limit+(64<<20) {
		return errFlood
	}
	before := b.w.buffered()
	err := b.w.fill(min(left, b.w.times.Data))
	b.taken += int64(b.w.buffered() - before)
	return err
}

var errTimeout = errors.New("the message took too long")

// take uses as much of p as it can, which is all but a dot at a line's start
// that what follows must tell about.
func (b *body) take(p []byte) (used int, err error) {
	from, i := 0, 0
	for i < len(p) {
		if b.start && p[i] == '.' {
			b.emit(p[from:i])
			n, err := b.dot(p[i:])
			if n == 0 || err != nil || b.done {
				return i + n, err
			}
			i += n
			from = i
			continue
		}
		b.start = false
		j := bytes.IndexByte(p[i:], '\n')
		if j < 0 {
			break
		}
		j += i
		i = j + 1
		b.start = true
		if b.crlf = j > 0 && p[j-1] == '\r' && j-1 >= from || j == from && b.cr; !b.crlf {
			b.emit(p[from:j])
			b.lineFeed()
			from = i
		}
	}
	b.emit(p[from:])
	return len(p), nil
}

// dot decides about a dot at a line's start. n is what was used: 0 if more is
// needed to tell.
func (b *body) dot(p []byte) (n int, err error) {
	switch {
	case len(p) == 1 || len(p) == 2 && p[1] == '\r':
		return 0, nil
	case p[1] == '\n', p[1] == '\r' && p[2] != '\n':
		return 1, errSmuggling
	case p[1] == '\r':
		if !b.crlf {
			return 1, errSmuggling
		}
		b.done = true
		return 3, nil
	}
	b.start = false
	b.cr = false
	return 1, nil // RFC 5321, 4.5.2: the first dot of a line goes
}

// lineFeed puts a CRLF in the place of a bare LF.
func (b *body) lineFeed() {
	b.bareLF++
	if b.refuseLF {
		b.refuse(replyLF)
	}
	b.put([]byte("\r\n"))
	b.cr = false
}

// emit takes in octets of the message that need no change.
func (b *body) emit(p []byte) {
	if len(p) == 0 {
		return
	}
	b.check(p)
	b.put(p)
}

// check refuses a CR without LF, and NUL. Every LF in p has its CR before it.
func (b *body) check(p []byte) {
	if bytes.IndexByte(p, 0) >= 0 {
		b.refuse(replyNUL)
	}
	cr, lf := bytes.Count(p, []byte{'\r'}), bytes.Count(p, []byte{'\n'})
	if b.cr {
		cr++
	}
	if b.cr = p[len(p)-1] == '\r'; b.cr {
		cr--
	}
	if cr != lf {
		b.refuse(replyCR)
	}
}

func (b *body) refuse(r submit.Reply) {
	if b.refusal == nil {
		b.refusal = &r
		b.small = nil
		b.to.Discard()
	}
}

// put hands octets to the spool, short runs together.
func (b *body) put(p []byte) {
	b.size += int64(len(p))
	if b.size > b.limit {
		b.refuse(replySize)
	}
	if b.refusal != nil {
		return
	}
	if len(p) < 512 {
		if b.small = append(b.small, p...); len(b.small) < 8<<10 {
			return
		}
		p = nil
	}
	b.flush()
	if len(p) > 0 && b.refusal == nil {
		_, err := b.to.Write(p)
		b.spoolError(err)
	}
}

func (b *body) flush() {
	if len(b.small) > 0 && b.refusal == nil {
		_, err := b.to.Write(b.small)
		b.spoolError(err)
		b.small = b.small[:0]
	}
}

// spoolError turns an error of the spool into a refusal.
func (b *body) spoolError(err error) {
	switch {
	case errors.Is(err, spool.ErrFull):
		b.refuse(replyNoRoom)
	case err != nil:
		b.refuse(replyOwnFault)
	}
}
