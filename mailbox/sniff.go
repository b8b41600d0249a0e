package mailbox

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
)

// kind is what the first octets say a file is.
type kind int

const (
	single kind = iota // one message, or no mail at all
	mbox
	gzipped
	bzipped
	zipped
	tarred
	refused // known, and not read here
)

// sniffSize is how many octets sniff needs: a tar header's.
const sniffSize = 512

// refusals are formats that are recognised only to say what to do about them.
var refusals = []struct{ magic, why string }{
	{"\xfd7zXZ\x00", "xz-compressed: unpack it first (xz -d)"},
	{"\x28\xb5\x2f\xfd", "zstd-compressed: unpack it first (zstd -d)"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first (7z x)"},
	{"Rar!\x1a\x07", "a rar archive: unpack it first (unrar x)"},
	{"!BDN", "an Outlook data file: convert it to mbox first (readpst)"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Outlook .msg or other OLE file: save the message as .eml"},
	{"\xcf\xad\x12\xfe", "an Outlook Express folder: convert it to mbox first (readdbx)"},
	{"SQLite format 3\x00", "an SQLite database, not mail"},
}

func sniff(head []byte) kind {
	text := head[leading(head):]
	switch {
	case bytes.HasPrefix(text, []byte("From ")):
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if i := bytes.IndexByte(line, '\r'); i >= 0 && i < len(line)-1 || !separator(line) || len(rest) == 0 {
			return single // lines that end in CR alone, or no date: the parser knows what to do
		}
		return mbox
	case bytes.HasPrefix(head, []byte("\x1f\x8b\x08")):
		return gzipped
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 9 && string(head[4:10]) == "1AY&SY":
		return bzipped
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return zipped
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return tarred
	case refusal(head) != nil:
		return refused
	}
	return single
}

// leading is how many octets of a byte order mark and blank lines stand before
// the text.
func leading(b []byte) int {
	rest := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), "\r\n")
	return len(b) - len(rest)
}

func refusal(head []byte) error {
	for _, r := range refusals {
		if bytes.HasPrefix(head, []byte(r.magic)) {
			return errors.New(r.why)
		}
	}
	return nil
}

// mayContain reports whether a file of this name may hold several messages:
// anything but an .eml.
func mayContain(path string) bool { return !strings.EqualFold(filepath.Ext(path), ".eml") }

// numbered reports whether the messages of a file of this name are always
// numbered, even if there is one only.
func numbered(path string) bool {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(path, ".gz"))) {
	case ".mbox", ".mbx", ".mboxrd", ".mboxo":
		return true
	}
	return false
}

// emlx cuts the message out of Apple Mail's .emlx: a line with its length
// before it, a property list after it.
func emlx(path string, data []byte) []byte {
	if !strings.EqualFold(filepath.Ext(path), ".emlx") {
		return data
	}
	line, rest, ok := bytes.Cut(data, []byte("\n"))
	n := 0
	for _, c := range bytes.TrimSpace(line) {
		if c < '0' || c > '9' || n > 1<<30 {
			return data
		}
		n = n*10 + int(c-'0')
	}
	if !ok || n == 0 || n > len(rest) {
		return data
	}
	return rest[:n]
}
