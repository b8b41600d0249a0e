package message

import (
	"encoding/base64"
	"strings"
)

// DecodeHeader gives a header value as people read it: encoded words decoded
// (RFC 2047, RFC 2231 language tags too), raw octets read as the charset they
// look like.
func DecodeHeader(s string) string {
	text, _ := decodeWords(s)
	return text
}

// Text is the field's value, decoded.
func (f *Field) Text() string { return DecodeHeader(f.Value()) }

// Subject is the decoded subject.
func (m *Message) Subject() string {
	f := m.Field("Subject")
	if f == nil {
		return ""
	}
	if m.subject.of != f {
		m.subject.of, m.subject.text = f, f.Text()
	}
	return m.subject.text
}

// word is one encoded word, decoded to octets.
type word struct {
	charset string
	octets  []byte
}

// decodeWords decodes the encoded words in s. Neighbours of one charset are
// joined as octets first, because programs split them inside a character or
// an escape sequence. The Kind is the first thing wrong, or "".
func decodeWords(s string) (string, Kind) {
	if !strings.Contains(s, "=?") {
		return decodeRaw(s)
	}
	var out strings.Builder
	var run word // words not written yet
	var bad Kind
	set := func(k Kind) {
		if bad == "" {
			bad = k
		}
	}
	flush := func() {
		if run.octets != nil {
			text, k := decodeCharset(run.charset, run.octets)
			out.WriteString(text)
			set(k)
			run = word{}
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, size, ok := cutWord(s[i:])
		if !ok {
			flush()
			text, k := decodeRaw(s[:i+2])
			out.WriteString(text)
			set(k)
			set(BadEncodedWord)
			s = s[i+2:]
			continue
		}
		if gap := s[:i]; run.octets == nil || strings.Trim(gap, " \t\r\n") != "" || !strings.EqualFold(run.charset, w.charset) {
			between := run.octets != nil && strings.Trim(gap, " \t\r\n") == ""
			flush()
			if !between { // blanks between two encoded words do not count (RFC 2047, 6.2)
				text, k := decodeRaw(gap)
				out.WriteString(text)
				set(k)
			}
			run = word{w.charset, []byte{}}
		}
		run.octets = append(run.octets, w.octets...)
		s = s[i+size:]
	}
	flush()
	text, k := decodeRaw(s)
	out.WriteString(text)
	set(k)
	return out.String(), bad
}

// decodeRaw reads text outside encoded words: ASCII and UTF-8 stay, other
// octets are read as what they look like.
func decodeRaw(s string) (string, Kind) {
	if validText(s) {
		return s, ""
	}
	text, _ := decodeCharset("", []byte(s))
	return text, Raw8Bit
}

// cutWord reads the encoded word at the front of s: "=?charset*lang?B?text?=".
func cutWord(s string) (w word, size int, ok bool) {
	i := strings.IndexByte(s[2:], '?')
	if i < 1 || i > 60 {
		return w, 0, false
	}
	w.charset, _, _ = strings.Cut(s[2:2+i], "*")
	rest := s[2+i+1:]
	if len(rest) < 2 || rest[1] != '?' {
		return w, 0, false
	}
	j := strings.Index(rest[2:], "?=")
	if j < 0 {
		return w, 0, false
	}
	text := rest[2 : 2+j]
	// In Q the text may end in "=?=" where a program broke "=3D?=" off; the
	// first "?=" is the end all the same (RFC 2047, 2).
	switch rest[0] {
	case 'b', 'B':
		w.octets, ok = decodeB(text)
	case 'q', 'Q':
		w.octets, ok = decodeQ(text), true
	}
	return w, 2 + i + 1 + 2 + j + 2, ok
}

func decodeB(s string) ([]byte, bool) {
	s = strings.TrimRight(s, "=")
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, s)
	if out, err := base64.RawStdEncoding.DecodeString(s); err == nil {
		return out, true
	}
	out, _ := decodeBase64([]byte(s))
	return out, len(out) > 0
}

func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		case c == '\r' || c == '\n':
		default:
			out = append(out, c)
		}
	}
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
