package content

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"io"
	"strings"
)

// readZip opens a zip, which may be an Office file, a program or an archive.
func readZip(in *Inspection, f *File, data []byte) {
	z, more := openZip(data, in.meter.Files-in.meter.files)
	if more {
		in.meter.stop(LimitFiles, f.Path, "more than %d files", in.meter.Files)
		f.Uninspected = string(LimitFiles)
	}
	if z.damaged {
		in.damaged(f, "a zip whose directory does not fit its members")
	}
	if z.odd {
		f.Flags |= HiddenMember
	}
	if z.overlap {
		in.meter.note(LimitRatio, f.Path, "members that share octets")
		f.Uninspected = string(LimitRatio)
	}
	switch f.Kind = z.kind(); f.Kind {
	case DOCX, XLSX, PPTX, XLSB:
		readOOXML(in, f, z)
	case ODT, ODS, ODP:
		readODF(in, f, z)
	default:
		if z.has("META-INF/MANIFEST.MF") && z.hasSuffix(".class") || z.has("classes.dex") || z.has("AppxManifest.xml") {
			f.Flags |= Executable
		}
		in.unpackZip(f, z)
	}
}

// zipBehind finds the zip that stands behind a picture, sound or film, or behind
// octets of no known kind: most programs show the one, and unzip the other
// (APPNOTE 4.3.16 is read from the end).
func zipBehind(k Kind, data []byte) *zipFile {
	if k != Image && k != Audio && k != Video && k != Font && k != Unknown || !bytes.Contains(data[max(0, len(data)-64<<10-22):], []byte("PK\x05\x06")) || !bytes.Contains(data, []byte("PK\x03\x04")) {
		return nil
	}
	if z, _ := openZip(data, 1000); len(z.entries) > 0 && !z.damaged {
		return z
	}
	return nil
}

// unpackZip looks into every member.
func (in *Inspection) unpackZip(f *File, z *zipFile) {
	for i := range z.entries {
		e := &z.entries[i]
		if e.folder() || z.overlap && e.size > headSize {
			continue
		}
		if enc := e.encryption(); enc != "" {
			if m := in.list(f, e.name, e.size, "encrypted"); m != nil {
				m.Encrypted = enc
			}
			continue
		}
		m := in.member(f, e.name, e.size)
		if m == nil {
			f.Uninspected = string(in.meter.stopped)
			return
		}
		r, done := in.unzip(z, e, m.Path)
		if r == nil {
			m.Named, m.Uninspected = kindOfName(e.name), zipMethod(e.method)
			m.mark(nil)
			continue
		}
		in.fill(m, r)
		done()
	}
}

// zipMethod says why a member of an unknown method is not read (APPNOTE 4.4.5).
func zipMethod(n uint16) string {
	switch n {
	case 9:
		return "packed with Deflate64"
	case 14:
		return "packed with LZMA"
	case 93, 20:
		return "packed with Zstandard"
	case 95:
		return "packed with XZ"
	case 98:
		return "packed with PPMd"
	}
	return "packed in a way that is not known"
}

func (z *zipFile) find(name string) *zipEntry {
	for i := range z.entries {
		if strings.EqualFold(z.entries[i].name, name) {
			return &z.entries[i]
		}
	}
	return nil
}

func (z *zipFile) has(name string) bool { return z.find(name) != nil }

func (z *zipFile) hasPrefix(prefix string) bool {
	for i := range z.entries {
		if strings.HasPrefix(strings.ToLower(z.entries[i].name), prefix) {
			return true
		}
	}
	return false
}

func (z *zipFile) hasSuffix(suffix string) bool {
	for i := range z.entries {
		if strings.HasSuffix(strings.ToLower(z.entries[i].name), suffix) {
			return true
		}
	}
	return false
}

// kind tells an Office file from an archive by what is in it.
func (z *zipFile) kind() Kind {
	switch t := z.mimetype(); {
	case strings.HasPrefix(t, "application/vnd.oasis.opendocument.text"):
		return ODT
	case strings.HasPrefix(t, "application/vnd.oasis.opendocument.spreadsheet"):
		return ODS
	case strings.HasPrefix(t, "application/vnd.oasis.opendocument."):
		return ODP
	}
	if !z.has("[Content_Types].xml") {
		return Zip
	}
	switch {
	case z.has("xl/workbook.bin"):
		return XLSB
	case z.hasPrefix("xl/"):
		return XLSX
	case z.hasPrefix("word/"):
		return DOCX
	case z.hasPrefix("ppt/"):
		return PPTX
	}
	return Zip
}

// mimetype reads the member that says what an OpenDocument file is. It is to be
// stored (OpenDocument 1.3, part 2, 3.3), and is deflated where somebody packed
// the file anew, which LibreOffice opens all the same.
func (z *zipFile) mimetype() string {
	e := z.find("mimetype")
	if e == nil || e.size >= 200 || e.encryption() != "" {
		return ""
	}
	b, _ := z.packed(e)
	if e.method == 8 {
		b, _ = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), 200))
	}
	return string(b)
}

// readTar opens a tape archive.
func readTar(in *Inspection, f *File, data []byte) {
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			in.damaged(f, "a tar that cannot be read to its end")
			return
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		m := in.member(f, h.Name, h.Size)
		if m == nil {
			f.Uninspected = string(in.meter.stopped)
			return
		}
		m.Name = strings.ToValidUTF8(m.Name, "")
		if m.Name != h.Name {
			m.Name = decodeText("", []byte(h.Name))
			m.Path = f.member(m.Name)
		}
		in.fill(m, &unpacker{r: r, meter: in.meter, where: m.Path, packed: max(1, int64(len(data)))})
	}
}

// readGzip unpacks a single file (RFC 1952), which is often a tar.
func readGzip(in *Inspection, f *File, data []byte) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		in.complain(f, err)
		return
	}
	name := r.Name
	if name != "" && !validUTF8([]byte(name)) {
		name = decodeText("", []byte(name))
	}
	in.single(f, r, name, len(data))
}

func readBzip2(in *Inspection, f *File, data []byte) {
	in.single(f, bzip2.NewReader(bytes.NewReader(data)), "", len(data))
}

// single opens the one file that is in a packed file.
func (in *Inspection) single(f *File, r io.Reader, name string, packed int) {
	if name == "" {
		name = innerName(f.Name)
	}
	if m := in.member(f, name, -1); m != nil {
		in.fill(m, &unpacker{r: r, meter: in.meter, where: m.Path, packed: max(1, int64(packed))})
	}
}

// innerName is the name of what is in a packed file: a.tgz holds a.tar.
func innerName(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	ext := extensionOf(name)
	if ext == "" || len(ext)+1 > len(name) {
		return "file"
	}
	base := name[:len(name)-len(ext)-1]
	switch ext {
	case "tgz", "tbz", "tbz2", "txz":
		return base + ".tar"
	}
	return base
}
