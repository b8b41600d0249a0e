package content

import (
	"bytes"
	"encoding/binary"
	"path"
	"strings"
)

// readOLE opens a compound file and reads what is in it by its streams.
func readOLE(in *Inspection, f *File, data []byte) {
	c := openCompound(data)
	if c == nil {
		in.damaged(f, "a compound file without a directory")
		return
	}
	switch {
	case c.has("encryptedpackage"):
		f.Encrypted, f.Uninspected = c.encryption(), "encrypted"
		f.Kind = OLE
		return
	case c.has("worddocument"):
		f.Kind = DOC
		readDOC(in, f, c)
	case c.has("workbook"), c.has("book"):
		f.Kind = XLS
		readXLS(in, f, c)
	case c.has("powerpoint document"):
		f.Kind = PPT
		readPPT(in, f, c)
	case c.has("__properties_version1.0"):
		f.Kind = MSG
		readMSG(in, f, c)
	case bytes.HasPrefix(c.clsid[:], []byte("\x84\x10\x0c\x00")), bytes.HasPrefix(c.clsid[:], []byte("\x86\x10\x0c\x00")), f.Named == Installer:
		f.Kind = Installer
		f.Flags |= Executable
	case c.has("\x01ole10native"), f.Parent != nil && f.Named == Unknown:
	default:
		f.unread(whyUnknownKind)
	}
	in.projects(f, c)
	in.packages(f, c)
	if f.Encrypted == "" {
		in.summary(f, c)
	}
	if c.broken {
		in.damaged(f, "a compound file whose chains do not end")
	}
}

// encryption tells how an Office file is encrypted (MS-OFFCRYPTO, 2.3).
func (c *compound) encryption() Encryption {
	if len(c.under("\x06dataspaces/transforminfo/drm", "")) > 0 || c.has("\x06dataspaces/transforminfo/drmencryptedtransform") {
		return OfficeRights
	}
	info := c.stream("encryptioninfo")
	if len(info) >= 4 && binary.LittleEndian.Uint16(info) == 4 && binary.LittleEndian.Uint16(info[2:]) == 4 {
		return OfficeAgile
	}
	return OfficeStandard
}

// projects looks for VBA.
func (in *Inspection) projects(f *File, c *compound) {
	for _, name := range c.names {
		if path.Base(name) != "_vba_project" && path.Base(name) != "vba" {
			continue
		}
		f.Flags |= Macro
		folder := strings.TrimSuffix(name, path.Base(name))
		if c.byName[name].storage {
			folder = name + "/"
		}
		for _, module := range c.under(folder, "") {
			if startsItself(moduleSource(c.stream(module))) {
				f.Flags |= AutoMacro
			}
		}
	}
}

// packages opens files that were put into a document (MS-OLEDS, 2.3.6).
func (in *Inspection) packages(f *File, c *compound) {
	for _, name := range c.under("", "\x01ole10native") {
		label, data := packaged(c.stream(name))
		if data == nil {
			continue
		}
		f.Flags |= EmbeddedObject
		if m := in.member(f, label, int64(len(data))); m != nil {
			in.fill(m, bytes.NewReader(data))
		}
	}
}

// packaged takes a packaged file apart: its label, and its octets.
func packaged(b []byte) (label string, data []byte) {
	if len(b) < 8 {
		return "", nil
	}
	rest := b[6:]
	var names [3]string
	for i := range 2 {
		n := bytes.IndexByte(rest, 0)
		if n < 0 {
			return "", nil
		}
		names[i] = decodeText("", rest[:n])
		rest = rest[n+1:]
	}
	if len(rest) < 8 {
		return "", nil
	}
	n := int64(binary.LittleEndian.Uint32(rest[4:])) // the path it was copied to
	rest = rest[8:]
	if n > int64(len(rest))-4 {
		return "", nil
	}
	size := int64(binary.LittleEndian.Uint32(rest[n:]))
	rest = rest[n+4:]
	label = names[0]
	if label == "" {
		label = strings.ReplaceAll(names[1], `\`, "/")
	}
	return path.Base(label), rest[:min(size, int64(len(rest)))]
}

// summary reads the properties that people fill in (MS-OLEPS).
func (in *Inspection) summary(f *File, c *compound) {
	var b strings.Builder
	readPropertySet(c.stream("\x05summaryinformation"), map[uint32]string{2: "title", 3: "subject", 4: "creator", 5: "keywords", 6: "description", 8: "lastModifiedBy"}, &b)
	readPropertySet(c.stream("\x05documentsummaryinformation"), map[uint32]string{2: "category", 14: "Manager", 15: "Company"}, &b)
	in.keepText(Text{Where: f.Path, File: f, Hidden: Properties, Prose: b.String()})
}

func readPropertySet(b []byte, fields map[uint32]string, out *strings.Builder) {
	le := binary.LittleEndian
	if len(b) < 48 {
		return
	}
	at := int64(le.Uint32(b[44:]))
	if at < 0 || at+8 > int64(len(b)) {
		return
	}
	set := b[at:]
	count := min(int(le.Uint32(set[4:])), 200)
	codepage := 0
	for pass := range 2 {
		for i := range count {
			if 16+8*i > len(set) {
				return
			}
			id, off := le.Uint32(set[8+8*i:]), int64(le.Uint32(set[12+8*i:]))
			if off+8 > int64(len(set)) {
				continue
			}
			value := set[off:]
			switch {
			case pass == 0 && id == 1:
				codepage = int(le.Uint16(value[4:]))
			case pass == 1 && fields[id] != "":
				if s := propertyText(value, codepage); s != "" {
					out.WriteString(fields[id] + ": " + s + "\n")
				}
			}
		}
	}
}

// propertyText reads a text of a property set: VT_LPSTR or VT_LPWSTR.
func propertyText(v []byte, codepage int) string {
	le := binary.LittleEndian
	n := int64(le.Uint32(v[4:]))
	switch le.Uint32(v) {
	case 30:
		s := bytes.TrimRight(v[8:8+min(n, int64(len(v)-8))], "\x00")
		if codepage == 1200 {
			return utf16Text(s)
		}
		return strings.TrimSpace(decodeText(codepageLabel(codepage), s))
	case 31:
		return strings.TrimSpace(strings.TrimRight(utf16Text(v[8:8+min(2*n, int64(len(v)-8))]), "\x00"))
	}
	return ""
}

// codepageLabel names a Windows code page.
func codepageLabel(n int) string {
	switch n {
	case 932:
		return "cp932"
	case 936:
		return "gbk"
	case 949:
		return "euc-kr"
	case 950:
		return "big5"
	case 65001:
		return "utf-8"
	case 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258:
		return "windows-125" + string(rune('0'+n-1250))
	}
	return ""
}
