package content

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// fileDataMark stands before a file in a OneNote section (MS-ONESTORE, 2.6.13).
var fileDataMark = []byte("\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac")

// readOneNote opens the files in a section. Its text is UTF-16 between them and
// is read as far as it stands in one piece.
func readOneNote(in *Inspection, f *File, data []byte) {
	f.Uninspected = "a notebook, of which only the files in it are looked at"
	for i := 1; ; i++ {
		at := bytes.Index(data, fileDataMark)
		if at < 0 || at+36 > len(data) {
			return
		}
		n := binary.LittleEndian.Uint64(data[at+16:])
		data = data[at+36:]
		if n > uint64(len(data)) {
			n = uint64(len(data))
		}
		if Sniff(data[:n]) != Image {
			f.Flags |= EmbeddedObject
		}
		m := in.member(f, fmt.Sprintf("file %d", i), int64(n))
		if m == nil {
			return
		}
		in.fill(m, bytes.NewReader(data[:n]))
		if m.Kind == PlainText || m.Kind == HTMLText { // nobody puts a text on a page as a file, a dropper does
			m.Flags |= noteScript(data[:n])
		}
	}
}

// noteScript tells the text of a script, which has no name here.
func noteScript(b []byte) Flag {
	t := bytes.ToLower(b[:min(len(b), 64<<10)])
	for _, s := range []string{"wscript", "powershell", "cmd /c", "cmd.exe", "createobject(", "hta:application", "activexobject", "mshta", "@echo off", "vbscript"} {
		if bytes.Contains(t, []byte(s)) {
			return Script
		}
	}
	return 0
}
