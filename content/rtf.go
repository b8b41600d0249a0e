package content

import (
	"bytes"
	"strconv"
	"strings"
)

// readRTF reads a rich text file (Microsoft, RTF 1.9.1).
func readRTF(in *Inspection, f *File, data []byte) {
	r := &rtfReader{in: in, f: f, b: data, texts: map[string]*strings.Builder{}, codepage: "windows-1252", state: rtfState{skip: 1}}
	r.read()
	if len(r.stack) > 0 {
		in.damaged(f, "a rich text whose groups are not closed")
	}
	for _, why := range r.order {
		in.keepCells(Text{Where: f.Path, File: f, Hidden: why}, strings.Split(r.texts[why].String(), "\n"), "\x00")
	}
}

// rtfState is what a group inherits and forgets at its end.
type rtfState struct {
	ignore  bool // a destination that is not shown
	object  bool // the octets of an embedded file
	hidden  string
	skip    int // characters that stand in for one in Unicode
	charset string
	white   bool
}

type rtfReader struct {
	in       *Inspection
	f        *File
	b        []byte
	texts    map[string]*strings.Builder
	order    []string
	codepage string
	fonts    map[int]string
	font     int
	state    rtfState
	stack    []rtfState
	pending  []byte // octets in a code page, until something else comes
	left     int    // of the characters to skip
	hex      []byte // of an embedded file
	colours  []bool // white ones
	reds     int
	table    bool
}

func (r *rtfReader) read() {
	for len(r.b) > 0 {
		switch c := r.b[0]; c {
		case '{':
			r.flush()
			if len(r.stack) < 10_000 {
				r.stack = append(r.stack, r.state)
			}
			r.b = r.b[1:]
		case '}':
			r.close()
			r.b = r.b[1:]
		case '\\':
			r.control()
		case '\r', '\n':
			r.b = r.b[1:]
		default:
			n := bytes.IndexAny(r.b, "{}\\\r\n")
			if n < 0 {
				n = len(r.b)
			}
			r.plain(r.b[:n])
			r.b = r.b[n:]
		}
	}
	r.flush()
}

func (r *rtfReader) close() {
	r.flush()
	if n := len(r.stack); n > 0 {
		if r.state.object && !r.stack[n-1].object {
			r.embedded()
		}
		if r.table && !r.stack[n-1].ignore {
			r.table = false
		}
		r.state, r.stack = r.stack[n-1], r.stack[:n-1]
	}
}

func (r *rtfReader) plain(b []byte) {
	switch {
	case r.state.object:
		if len(r.hex) < int(r.in.meter.File) {
			r.hex = append(r.hex, b...)
		}
	case r.table && bytes.IndexByte(b, ';') >= 0: // a colour ends
		r.colours = append(r.colours, r.reds == 3)
		r.reds = 0
	case !r.state.ignore:
		k := min(r.left, len(b))
		r.left -= k
		r.pending = append(r.pending, b[k:]...)
	}
}

// control reads a control word or symbol.
func (r *rtfReader) control() {
	if len(r.b) < 2 {
		r.b = nil
		return
	}
	c := r.b[1]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		r.word()
		return
	}
	rest := r.b[2:]
	switch c {
	case '\'':
		if len(rest) >= 2 {
			if v, err := strconv.ParseUint(string(rest[:2]), 16, 8); err == nil {
				r.octet(byte(v))
			}
			rest = rest[2:]
		}
	case '*':
		r.state.ignore = true // a destination that old readers leave out
	case '~':
		r.octet(' ')
	case '_':
		r.octet('-')
	case '{', '}', '\\':
		r.octet(c)
	case '\r', '\n':
		r.write("\n")
	}
	r.b = rest
}

func (r *rtfReader) octet(c byte) {
	if r.left > 0 {
		r.left--
	} else if !r.state.ignore && !r.state.object {
		r.pending = append(r.pending, c)
	}
}

func (r *rtfReader) word() {
	i := 1
	for i < len(r.b) && i < 64 && (r.b[i] >= 'a' && r.b[i] <= 'z' || r.b[i] >= 'A' && r.b[i] <= 'Z') {
		i++
	}
	name := string(r.b[1:i])
	k := i
	if k < len(r.b) && r.b[k] == '-' {
		k++
	}
	for k < len(r.b) && k < i+12 && r.b[k] >= '0' && r.b[k] <= '9' {
		k++
	}
	n, err := strconv.Atoi(string(r.b[i:k]))
	has := err == nil
	if k < len(r.b) && r.b[k] == ' ' {
		k++
	}
	r.b = r.b[k:]
	if name == "bin" && n > 0 {
		r.b = r.b[min(n, len(r.b)):]
		return
	}
	r.apply(name, n, has)
}

func (r *rtfReader) apply(name string, n int, has bool) {
	on := !has || n != 0
	switch name {
	case "u":
		r.flush()
		r.state.write(r, n)
	case "uc":
		r.state.skip = max(0, min(n, 10))
	case "par", "line", "row", "sect", "page":
		r.write("\n")
	case "tab":
		r.write("\t")
	case "cell", "nestcell":
		r.write("\a")
	case "ansicpg":
		r.codepage = codepageLabel(n)
	case "f":
		r.flush()
		r.font = n
		r.state.charset = r.fonts[n]
	case "fcharset":
		if r.fonts == nil {
			r.fonts = map[int]string{}
		}
		if len(r.fonts) < 5000 {
			r.fonts[r.font] = fontCharset(n)
		}
	case "v":
		r.hide(HiddenText, on)
	case "deleted":
		r.hide(DeletedText, on)
	case "annotation":
		r.state.ignore = false
		r.hide(CommentText, true)
	case "cf":
		r.flush()
		r.state.white = n > 0 && n < len(r.colours) && r.colours[n]
	case "plain":
		r.flush()
		r.state.white = false
		if r.state.hidden == HiddenText || r.state.hidden == DeletedText {
			r.state.hidden = ""
		}
	default:
		r.destination(name, n)
	}
}

// destination handles groups that hold something else than text.
func (r *rtfReader) destination(name string, n int) {
	switch name {
	case "colortbl":
		r.state.ignore, r.table = true, true
	case "red", "green", "blue":
		if n == 255 {
			r.reds++
		}
	case "fonttbl", "stylesheet", "pict", "themedata", "datastore", "generator", "listtable", "listoverridetable", "rsidtbl", "fldinst", "xmlnstbl", "latentstyles", "atnid", "atndate", "atnref", "colorschememapping", "filetbl", "revtbl", "bkmkstart", "bkmkend", "objclass", "nonshppict", "pgptbl", "mmathPr":
		r.flush()
		r.state.ignore = true
	case "info":
		r.flush()
		r.state.hidden = Properties
	case "title", "author", "subject", "operator", "company", "keywords", "comment", "manager", "doccomm":
		if r.state.hidden == Properties {
			r.write("\n" + name + ": ")
		}
	case "objdata":
		r.flush()
		r.state.object, r.state.ignore = true, true
	case "shptxt", "footnote", "header", "footer", "shpinst":
		r.state.ignore = false
	case "objautlink", "objupdate":
		r.f.Flags |= ExternalTemplate
	case "template":
		r.state.ignore = true
		if i := bytes.IndexByte(r.b[:min(len(r.b), 2000)], '}'); i > 0 && remote(string(r.b[:i])) {
			r.f.Flags |= ExternalTemplate
		}
	}
}

func (r *rtfReader) hide(why string, on bool) {
	r.flush()
	if on {
		r.state.hidden = why
	} else if r.state.hidden == why {
		r.state.hidden = ""
	}
}

// write puts a character in Unicode, and leaves out its stand-ins.
func (s *rtfState) write(r *rtfReader, n int) {
	if n < 0 {
		n += 1 << 16
	}
	r.left = s.skip
	if !s.ignore && !s.object {
		r.emit(string(rune(n)))
	}
}

func (r *rtfReader) write(s string) {
	r.flush()
	if !r.state.ignore && !r.state.object {
		r.emit(s)
	}
}

// flush decodes the octets that are waiting.
func (r *rtfReader) flush() {
	if len(r.pending) == 0 {
		return
	}
	label := r.state.charset
	if label == "" {
		label = r.codepage
	}
	r.emit(decodeText(label, r.pending))
	r.pending = r.pending[:0]
}

func (r *rtfReader) emit(s string) {
	why := r.state.hidden
	if why == "" && r.state.white {
		why = SameColour
	}
	b := r.texts[why]
	if b == nil {
		b = &strings.Builder{}
		r.texts[why] = b
		r.order = append(r.order, why)
	}
	if int64(b.Len()) < r.in.meter.Text {
		b.WriteString(s)
	}
}

// embedded opens the file of an object group: OLE 1.0 (MS-OLEDS, 2.2), whose
// octets are written in hex.
func (r *rtfReader) embedded() {
	data := unhex(r.hex)
	r.hex = nil
	r.f.Flags |= EmbeddedObject
	if i := bytes.Index(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")); i >= 0 {
		data = data[i:]
		if m := r.in.member(r.f, "object", int64(len(data))); m != nil {
			r.in.fill(m, bytes.NewReader(data))
		}
		return
	}
	if i := bytes.Index(data, []byte("Package\x00")); i >= 0 && len(data) > i+8+12 {
		if label, inner := packaged(append([]byte{0, 0, 0, 0}, data[i+8+12:]...)); inner != nil {
			if m := r.in.member(r.f, label, int64(len(inner))); m != nil {
				r.in.fill(m, bytes.NewReader(inner))
			}
		}
	}
}

func unhex(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	var v byte
	half := false
	for _, c := range b {
		var d byte
		switch {
		case c >= '0' && c <= '9':
			d = c - '0'
		case c >= 'a' && c <= 'f':
			d = c - 'a' + 10
		case c >= 'A' && c <= 'F':
			d = c - 'A' + 10
		default:
			continue
		}
		if v = v<<4 | d; half {
			out = append(out, v)
		}
		half = !half
	}
	return out
}

// fontCharset is the code page of a font (\fcharset).
func fontCharset(n int) string {
	switch n {
	case 128:
		return "cp932"
	case 129:
		return "euc-kr"
	case 134:
		return "gbk"
	case 136:
		return "big5"
	case 204:
		return "windows-1251"
	case 161:
		return "windows-1253"
	case 238:
		return "windows-1250"
	}
	return ""
}
