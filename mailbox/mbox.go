package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// splitter cuts an mbox (RFC 4155, and its mboxo and mboxrd kin) into
// messages, in one pass over a buffer that grows to the largest message and
// to most at the most; a longer message is spooled to a file.
type splitter struct {
	r     io.Reader
	buf   []byte
	start int // of the message that is being read, after its "From " line
	scan  int // up to where separators were looked for; never before start
	most  int
	eof   bool
	err   error // what the reader failed with
}

const mboxBuffer = 256 << 10

func newSplitter(r io.Reader, most int64) *splitter {
	return &splitter{r: r, buf: make([]byte, 0, mboxBuffer), most: int(most)}
}

// separator reports whether a line is an mbox "From " line: an address-like
// word and a date as ctime writes it, in any of the variants in use ("From -",
// zone before or after the year, RFC 5322 dates, ISO dates). Bodies hold lines
// that start with "From " too.
func separator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("From "))
	if !ok || len(line) > 1000 {
		return false
	}
	var day, month, clock, year bool
	for i := 0; len(rest) > 0 && i < 24; i++ {
		var word []byte
		rest = bytes.TrimLeft(rest, " \t")
		if j := bytes.IndexAny(rest, " \t\r\n"); j >= 0 {
			word, rest = rest[:j], rest[j:]
		} else {
			word, rest = rest, nil
		}
		if i == 0 {
			continue // the sender, whatever it looks like
		}
		if iso := isoDate(word); iso {
			day, month, year = true, true, true
			clock = clock || len(word) > len("2006-01-02T")
			continue
		}
		word = bytes.TrimRight(word, ",")
		day = day || oneOf(word, "MonTueWedThuFriSatSun")
		month = month || oneOf(word, "JanFebMarAprMayJunJulAugSepOctNovDec")
		clock = clock || isClock(word)
		year = year || len(word) == 4 && digits(word)
	}
	return day && month && clock && year
}

func oneOf(word []byte, names string) bool {
	if len(word) != 3 {
		return false
	}
	for i := 0; i < len(names); i += 3 {
		if string(word) == names[i:i+3] {
			return true
		}
	}
	return false
}

func isoDate(w []byte) bool {
	return len(w) >= 10 && w[4] == '-' && w[7] == '-' && digits(w[:4]) && digits(w[5:7]) && digits(w[8:10])
}

// isClock: 9:05, 09:05, 09:05:31.
func isClock(w []byte) bool {
	i := bytes.IndexByte(w, ':')
	return (i == 1 || i == 2) && digits(w[:i]) && len(w) >= i+3 && digits(w[i+1:i+3])
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// begin passes over the first "From " line and blank lines before it.
func (s *splitter) begin() {
	for {
		i := leading(s.buf)
		j := bytes.IndexByte(s.buf[i:], '\n')
		if j < 0 && !s.eof && len(s.buf) < mboxBuffer/2 {
			s.fill()
			continue
		}
		switch {
		case !bytes.HasPrefix(s.buf[i:], []byte("From ")):
		case j < 0:
			s.start, s.scan = len(s.buf), len(s.buf)
		default:
			s.start, s.scan = i+j+1, i+j+1
		}
		return
	}
}

// fill reads more. The message that is being read moves to the front of the
// buffer, or the buffer grows.
func (s *splitter) fill() {
	if s.eof {
		return
	}
	if len(s.buf) == cap(s.buf) {
		if s.start >= cap(s.buf)/2 {
			n := copy(s.buf, s.buf[s.start:])
			s.buf, s.scan, s.start = s.buf[:n], s.scan-s.start, 0
		} else {
			grown := make([]byte, len(s.buf), 2*cap(s.buf))
			copy(grown, s.buf)
			s.buf = grown
		}
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if err != nil {
		s.eof = true
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
	}
}

// next gives the next message, valid until the call after it; last tells that
// no other follows. A message over the bound goes to spool as it is read, and
// data is then its end.
func (s *splitter) next(spool func([]byte) error) (data []byte, last bool, err error) {
	for {
		end, after, found := s.find()
		if found {
			data = s.buf[s.start:end]
			s.start, s.scan = after, after
			return data, false, nil
		}
		if s.eof {
			data = trimBlank(s.buf[s.start:])
			s.start = len(s.buf)
			return data, true, s.err
		}
		if len(s.buf)-s.start > s.most {
			if err := s.spill(spool); err != nil {
				return nil, true, err
			}
		}
		s.fill()
	}
}

// find looks for a separator: a plausible "From " line after a blank line. It
// gives where the message before it ends and where the one after it starts.
func (s *splitter) find() (end, after int, found bool) {
	for {
		k := bytes.Index(s.buf[s.scan:], []byte("\nFrom "))
		if k < 0 {
			s.scan = max(s.scan, len(s.buf)-len("\nFrom ")+1)
			return 0, 0, false
		}
		at := s.scan + k
		eol := bytes.IndexByte(s.buf[at+1:], '\n')
		if eol < 0 && !s.eof && len(s.buf)-at < 1000 {
			s.scan = at
			return 0, 0, false
		}
		if eol < 0 {
			eol = len(s.buf) - at - 2
		}
		next := at + 1 + eol + 1
		if blank := blankBefore(s.buf[s.start:at]); blank >= 0 && separator(s.buf[at+1:min(next, len(s.buf))]) {
			return s.start + blank, min(next, len(s.buf)), true
		}
		s.scan = at + 1
	}
}

// blankBefore reports where the blank line starts that ends b (which lacks its
// last LF), or -1 where the last line is not blank.
func blankBefore(b []byte) int {
	n := len(b)
	if n > 0 && b[n-1] == '\r' {
		n--
	}
	if n == 0 || b[n-1] == '\n' {
		return n
	}
	return -1
}

// trimBlank takes the blank line off that ends the last message.
func trimBlank(b []byte) []byte {
	if bytes.HasSuffix(b, []byte("\n\r\n")) {
		return b[:len(b)-2]
	}
	if bytes.HasSuffix(b, []byte("\n\n")) {
		return b[:len(b)-1]
	}
	return b
}

// spill gives what was read of a message to spool, but for what may yet be the
// blank line before a separator. It cuts after a line end.
func (s *splitter) spill(spool func([]byte) error) error {
	cut := bytes.LastIndexByte(s.buf[s.start:max(s.start, s.scan-2)], '\n')
	if cut < 0 {
		cut = len(s.buf) - s.start - 1000 // one endless line: no separator is in it
	}
	cut += s.start + 1
	// Keep one line end before the rest, for the look at what precedes a separator.
	cut = max(s.start, cut-2)
	if err := spool(s.buf[s.start:cut]); err != nil {
		return err
	}
	s.start = cut
	return nil
}

// unquote takes one ">" off lines of ">From " after the header, as mboxrd
// writes them (and mboxo, if it wrote one). It works in place.
func unquote(b []byte) []byte {
	body := bytes.Index(b, []byte("\n\n"))
	if crlf := bytes.Index(b, []byte("\n\r\n")); crlf >= 0 && (body < 0 || crlf < body) {
		body = crlf
	}
	if body < 0 {
		return b
	}
	return append(b[:body], unquoteBody(b[body:])...)
}

func unquoteBody(b []byte) []byte {
	to, from := 0, 0 // b[:to] is done, b[from:] is to do
	for i := 0; ; {
		k := bytes.Index(b[i:], []byte(">From "))
		if k < 0 {
			break
		}
		i += k
		line := i
		for line > 0 && b[line-1] == '>' {
			line--
		}
		if line > from && b[line-1] == '\n' {
			to += copy(b[to:], b[from:line])
			from = line + 1
		}
		i += len(">From ")
	}
	if from == 0 {
		return b
	}
	return b[:to+copy(b[to:], b[from:])]
}

// mbox hands the messages of an mbox on.
func (x *expander) mbox(name string, r io.Reader) error {
	s := newSplitter(r, x.opt.memory())
	s.begin()
	for n := 1; ; n++ {
		var file *spool
		data, last, err := s.next(func(b []byte) error {
			if file == nil {
				var err error
				if file, err = newSpool(); err != nil {
					return err
				}
			}
			return file.write(b)
		})
		m := Message{Path: name, Data: data, Walked: false}
		if n > 1 || !last || numbered(name) {
			m.Path = name + ":" + strconv.Itoa(n)
		}
		if err == nil && file != nil {
			m, err = file.message(m.Path, data)
		} else if err == nil {
			m.Data = unquote(data)
		}
		if err != nil {
			file.drop()
			m = Message{Path: m.Path, Err: fmt.Errorf("reading stopped here: %w", plain(err))}
		}
		if err := x.hand(m); err != nil {
			return err
		}
		if last || x.enough(n) {
			return nil
		}
	}
}
