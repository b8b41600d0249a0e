package rewrite

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"maillint/message"
)

// bodyHash is the hash of the body in DKIM's relaxed form (RFC 6376, 3.4.4).
// Lines may end in LF alone, as archives keep them.
func bodyHash(view *message.Message) (string, error) {
	body := view.Parts[0].Body
	raw := view.Raw()
	if _, err := io.CopyN(io.Discard, raw, body.Start); err != nil {
		return "", fmt.Errorf("rewrite: stamp: %w", err)
	}
	h := sha256.New()
	r := newRelaxed(h)
	if _, err := io.Copy(r, io.LimitReader(raw, body.Len())); err != nil {
		return "", fmt.Errorf("rewrite: stamp: %w", err)
	}
	r.end()
	return base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// relaxed brings a body into the relaxed form: runs of blanks become one, those
// at the end of a line and empty lines at the end of the body none.
type relaxed struct {
	w     *bufio.Writer
	blank bool // blanks wait to be written
	cr    bool // a CR waits
	empty int  // line ends wait to be written
	any   bool // some text was written
}

func newRelaxed(w io.Writer) *relaxed { return &relaxed{w: bufio.NewWriterSize(w, 16<<10)} }

// Write takes in a stretch of the body.
func (r *relaxed) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := 0
		for i < len(p) && (p[i] > ' ' || !blank(p[i])) {
			i++
		}
		if i > 0 {
			r.text(p[:i])
		} else {
			r.space(p[0])
			i = 1
		}
		p = p[i:]
	}
	return n, nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (r *relaxed) space(c byte) {
	switch {
	case c == '\n':
		r.cr, r.blank = false, false
		r.empty++
	case c == '\r':
		if r.cr {
			r.cr = false
			r.text([]byte{'\r'})
		}
		r.cr = true
	default:
		if r.cr {
			r.cr = false
			r.text([]byte{'\r'})
		}
		r.blank = true
	}
}

// text writes what waited, then octets that are no blanks.
func (r *relaxed) text(p []byte) {
	for ; r.empty > 0; r.empty-- {
		_, _ = r.w.WriteString("\r\n")
	}
	if r.blank {
		_ = r.w.WriteByte(' ')
		r.blank = false
	}
	if r.cr {
		_ = r.w.WriteByte('\r')
		r.cr = false
	}
	r.any = true
	_, _ = r.w.Write(p)
}

// end ends the body: one line end, unless there is no text at all.
func (r *relaxed) end() {
	if r.any {
		_, _ = r.w.WriteString("\r\n")
	}
	_ = r.w.Flush()
}
