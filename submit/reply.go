package submit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reply is what an SMTP server answered (RFC 5321, 4.2).
type Reply struct {
	Code     int      // 220 to 599
	Enhanced string   // "5.7.1" (RFC 3463), or "" where the server gave none
	Lines    []string // the texts, without codes
}

// Class is the first digit of the code: 2, 3, 4 or 5.
func (r Reply) Class() int { return r.Code / 100 }

// OK reports whether the command was carried out.
func (r Reply) OK() bool { return r.Class() == 2 }

// Temporary reports whether it may be tried again.
func (r Reply) Temporary() bool { return r.Class() == 4 }

// Permanent reports whether it need not be tried again.
func (r Reply) Permanent() bool { return r.Class() == 5 }

// String is the reply in one line, cleaned, for logs and notices.
func (r Reply) String() string {
	c := r.Clean()
	text := strings.Join(c.Lines, " ")
	if c.Enhanced != "" {
		text = c.Enhanced + " " + text
	}
	return strings.TrimSpace(strconv.Itoa(c.Code) + " " + text)
}

// What is passed on of a next hop's text.
const (
	maxLines = 3
	maxText  = 400
)

// Clean gives the reply as it may be passed on to somebody else: printable
// ASCII, at most 3 lines of 400 octets. A line break in a text cannot become a
// reply of its own.
func (r Reply) Clean() Reply {
	if r.clean() {
		return r
	}
	out := Reply{Code: r.Code, Enhanced: r.Enhanced}
	for _, l := range r.Lines[:min(len(r.Lines), maxLines)] {
		out.Lines = append(out.Lines, cleanText(l))
	}
	if len(out.Lines) == 0 {
		out.Lines = []string{""}
	}
	return out
}

// clean reports whether it is so already, as most are.
func (r Reply) clean() bool {
	for _, l := range r.Lines {
		if !isClean(l) {
			return false
		}
	}
	return len(r.Lines) > 0 && len(r.Lines) <= maxLines
}

func isClean(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return len(s) <= maxText
}

func cleanText(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if b.Len() == maxText {
			break
		}
		if c < ' ' || c > '~' {
			c = '?'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Wire is the reply as it is written to a client, every line ended by CRLF.
func (r Reply) Wire() []byte {
	c := r.Clean()
	size := 0
	for _, l := range c.Lines {
		size += len("250 ") + len(c.Enhanced) + len(" ") + len(l) + len("\r\n")
	}
	b := make([]byte, 0, size)
	for i, l := range c.Lines {
		b = strconv.AppendInt(b, int64(c.Code), 10)
		sep := byte('-')
		if i == len(c.Lines)-1 {
			sep = ' '
		}
		b = append(b, sep)
		if c.Enhanced != "" {
			b = append(append(b, c.Enhanced...), ' ')
		}
		b = append(append(b, l...), '\r', '\n')
	}
	return b
}

// NewReply makes a reply of ours: NewReply(550, "5.7.1", "refused").
func NewReply(code int, enhanced, format string, args ...any) Reply {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	return Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
}

// Limits of what a server may answer to one command.
const (
	maxReplyLine  = 4096
	maxReplyLines = 256
)

var errReply = errors.New("submit: the server's answer is no SMTP reply")

// readReply reads one reply from a server that need not be honest.
func (s *Session) readReply() (Reply, error) {
	var r Reply
	for n := 0; n < maxReplyLines; n++ {
		line, err := s.readLine()
		if err != nil {
			return Reply{}, err
		}
		code, more, text, ok := splitReply(line)
		if !ok || r.Code != 0 && code != r.Code {
			return Reply{}, errReply
		}
		r.Code = code
		r.add(text)
		if !more {
			return r, nil
		}
	}
	return Reply{}, errReply
}

// readLine gives the next line without its end.
func (s *Session) readLine() (string, error) {
	line, err := s.r.ReadSlice('\n')
	if err != nil {
		return "", fmt.Errorf("submit: read the answer: %w", err)
	}
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return string(line), nil
}

// splitReply takes "250-text" apart.
func splitReply(line string) (code int, more bool, text string, ok bool) {
	if len(line) < 3 {
		return 0, false, "", false
	}
	for _, c := range []byte(line[:3]) {
		if c < '0' || c > '9' {
			return 0, false, "", false
		}
		code = code*10 + int(c-'0')
	}
	if code < 200 || code > 599 {
		return 0, false, "", false
	}
	if len(line) == 3 {
		return code, false, "", true
	}
	return code, line[3] == '-', line[4:], line[3] == '-' || line[3] == ' '
}

// add takes in the text of one line; an enhanced code at its head goes to Enhanced.
func (r *Reply) add(text string) {
	if r.Class() != 3 {
		if e := enhanced(text); e != "" && int(e[0]-'0') == r.Class() && (r.Enhanced == "" || e == r.Enhanced) {
			r.Enhanced = e
			text = strings.TrimPrefix(text[len(e):], " ")
		}
	}
	r.Lines = append(r.Lines, text)
}

// enhanced gives the enhanced status code that text begins with, or ""
// (RFC 3463, 2: class 2, 4 or 5, then two numbers of up to three digits).
func enhanced(text string) string {
	code, _, _ := strings.Cut(text, " ")
	parts := strings.Split(code, ".")
	if len(code) > 9 || len(parts) != 3 || parts[0] != "2" && parts[0] != "4" && parts[0] != "5" {
		return ""
	}
	for _, p := range parts[1:] {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n > 999 {
			return ""
		}
	}
	return code
}
