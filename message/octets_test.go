package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
)

// octetBodies are encoded bodies: of few octets, of more than a stretch, with
// lines of any length, damaged.
func octetBodies() map[string]string {
	data := bytes.Repeat([]byte("\x00\xffoctets = "), 200_000)
	one := base64.StdEncoding.EncodeToString(data)
	var lines strings.Builder
	for s := one; s != ""; {
		n := min(76, len(s))
		lines.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return map[string]string{
		"base64 lines":    "base64\r\n\r\n" + lines.String(),
		"base64 one line": "base64\r\n\r\n" + one,
		"base64 damaged":  "base64\r\n\r\nQUJD?REVG\r\nQQ==\r\nQUJDREVGQUJDREVG\r\nQ\r\n",
		"base64 uneven":   "base64\r\n\r\n" + strings.Repeat("QUJDR\r\nA\r\n", 200_000) + "QUJD",
		"base64 empty":    "base64\r\n\r\n",
		"quoted":          "quoted-printable\r\n\r\n" + strings.Repeat("a=3Db =\r\nc=XX =E3=81=82\r\n", 80_000),
		"plain":           "8bit\r\n\r\n" + strings.Repeat("a line\r\n", 200_000),
		"uuencode":        "x-uuencode\r\n\r\nbegin 644 a\r\n#0V%T\r\nend\r\n",
	}
}

// TestOctetsLikeOpen: what is read at once is what a reader gives a stretch at a
// time, whole or up to a bound, from memory and from a file.
func TestOctetsLikeOpen(t *testing.T) {
	for name, body := range octetBodies() {
		raw := []byte("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: " + body)
		for _, parse := range []func() *Message{
			func() *Message { return Parse(raw) },
			func() *Message { return ParseReader(bytes.NewReader(raw), int64(len(raw))) },
		} {
			want, err := io.ReadAll(parse().Parts[0].Open())
			if err != nil {
				t.Fatal(err)
			}
			n := int64(len(want))
			for _, most := range []int64{n, n + 1, max(n-1, 0), 1, 0} {
				got, whole := parse().Parts[0].Octets(most)
				if !bytes.Equal(got, want[:min(n, most)]) || whole != (n <= most) {
					t.Errorf("%s, at most %d of %d: %d octets, whole %v", name, most, n, len(got), whole)
				}
			}
		}
	}
}

// TestOctetsNotesOnce: what is wrong with an encoding is noted once, whoever
// reads the part first.
func TestOctetsNotesOnce(t *testing.T) {
	reads := map[string]func(*Part){
		"octets":  func(p *Part) { p.Octets(1 << 20) },
		"decoded": func(p *Part) { p.Decoded() },
		"verify":  func(p *Part) { p.msg.Verify() },
	}
	for _, body := range []string{"base64\r\n\r\nQUJD?REVG\r\n", "quoted-printable\r\n\r\nc=XX\r\n"} {
		for first, a := range reads {
			for second, b := range reads {
				p := Parse([]byte("Content-Type: application/x\r\nContent-Transfer-Encoding: " + body)).Parts[0]
				a(p)
				b(p)
				n := 0
				for _, d := range p.msg.Defects {
					if d.Kind == BadBase64 || d.Kind == BadQuotedPrintable {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s, then %s, of %q: noted %d times", first, second, body, n)
				}
			}
		}
	}
}
