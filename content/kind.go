package content

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Kind is what a file is, by its bytes.
type Kind string

// The kinds of file. Those of one line are told apart by what is in them.
const (
	Unknown                                      Kind = ""
	PlainText, HTMLText, XML, SVG                Kind = "text", "html", "xml", "svg"
	CSV, TSV                                     Kind = "csv", "tsv"
	VCard, ICalendar, MessageFile                Kind = "vcard", "icalendar", "message"
	DOCX, XLSX, XLSB, PPTX                       Kind = "docx", "xlsx", "xlsb", "pptx"
	ODT, ODS, ODP                                Kind = "odt", "ods", "odp"
	OLE, DOC, XLS, PPT, MSG, Installer           Kind = "ole", "doc", "xls", "ppt", "msg", "installer"
	RTF, PDFFile, TNEF, OneNote, Access          Kind = "rtf", "pdf", "tnef", "onenote", "access"
	Zip, SevenZipFile, RARFile, Gzip, Bzip2      Kind = "zip", "7z", "rar", "gzip", "bzip2"
	XZ, Zstd, Tar, Cab, LHA, ARJFile, ACE        Kind = "xz", "zstd", "tar", "cab", "lha", "arj", "ace"
	Compress, AR, XAR, RPM, CHM                  Kind = "compress", "ar", "xar", "rpm", "chm"
	ISO, VHD, WIM, DiskImageFile                 Kind = "iso", "vhd", "wim", "diskimage"
	Program, ShortcutFile                        Kind = "program", "shortcut"
	Image, Audio, Video, Font                    Kind = "image", "audio", "video", "font"
	PGPData, SMIMEData, PKCS12, Docuworks, Empty Kind = "pgp", "smime", "pkcs12", "docuworks", "empty"
	AppleDouble                                  Kind = "appledouble" // what macOS keeps beside a file
	Drawing                                      Kind = "drawing"     // of a CAD program
)

// Opaque reports whether files of the kind hold no text that could be read:
// what is in a picture is not looked into.
func (k Kind) Opaque() bool {
	switch k {
	case Image, Drawing, Audio, Video, Font, Empty, Program, ShortcutFile, AppleDouble:
		return true
	}
	return false
}

// Archive reports whether files of the kind hold other files.
func (k Kind) Archive() bool {
	switch k {
	case Zip, SevenZipFile, RARFile, Gzip, Bzip2, XZ, Zstd, Tar, Cab, LHA, ARJFile, ACE, Compress, ISO, VHD, WIM, DiskImageFile, AR, XAR:
		return true
	}
	return false
}

// Text reports whether files of the kind are text as they stand.
func (k Kind) Text() bool {
	switch k {
	case PlainText, HTMLText, XML, SVG, CSV, TSV, VCard, ICalendar, MessageFile:
		return true
	}
	return false
}

// magics are the first octets of the formats that have a mark of their own.
var magics = []struct {
	at    int
	mark  string
	which Kind
}{
	{0, "PK\x03\x04", Zip}, {0, "PK\x05\x06", Zip}, {0, "PK\x07\x08", Zip}, {0, "PK00PK\x03\x04", Zip},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE},
	{0, "7z\xbc\xaf\x27\x1c", SevenZipFile}, {0, "Rar!\x1a\x07", RARFile},
	{0, "\x1f\x8b", Gzip}, {0, "BZh", Bzip2}, {0, "\xfd7zXZ\x00", XZ}, {0, "\x28\xb5\x2f\xfd", Zstd}, {0, "\x1f\x9d", Compress},
	{257, "ustar", Tar}, {0, "MSCF", Cab}, {2, "-lh", LHA}, {2, "-lz", LHA}, {0, "\x60\xea", ARJFile}, {7, "**ACE**", ACE},
	{0, "!<arch>\n", AR}, {0, "xar!", XAR}, {0, "\xed\xab\xee\xdb", RPM}, {0, "\x00\x05\x16\x07", AppleDouble}, {0, "ITSF", CHM},
	{32769, "CD001", ISO}, {34817, "CD001", ISO}, {0, "conectix", VHD}, {0, "vhdxfile", VHD}, {0, "MSWIM\x00\x00\x00", WIM},
	{0, "\x7fELF", Program}, {0, "\xfe\xed\xfa\xce", Program}, {0, "\xfe\xed\xfa\xcf", Program},
	{0, "\xce\xfa\xed\xfe", Program}, {0, "\xcf\xfa\xed\xfe", Program}, {0, "\xca\xfe\xba\xbe", Program}, {0, "dex\n03", Program},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", ShortcutFile},
	{0, "\x78\x9f\x3e\x22", TNEF},
	{0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", OneNote}, {4, "Standard ACE DB", Access}, {4, "Standard Jet DB", Access},
	{0, "{\\rt", RTF}, {0, "\xe0\xc4\xd0\xcb", Docuworks},
	{0, "\x89PNG\r\n", Image}, {0, "\xff\xd8\xff", Image}, {0, "GIF8", Image}, {0, "II*\x00", Image}, {0, "MM\x00*", Image},
	{0, "AC10", Drawing}, {0, "\x00\x00\x00\x0cjP  \r\n", Image}, {0, "\x00\x00\x00\x0cJXL \r\n", Image}, {0, "AT&TFORM", Image},
	{8, "WEBP", Image}, {0, "8BPS", Image}, {0, "\x00\x00\x01\x00", Image}, {0, "\xd7\xcd\xc6\x9a", Image}, {40, " EMF", Image},
	{4, "ftypheic", Image}, {4, "ftypmif1", Image}, {4, "ftypavif", Image}, {4, "ftypM4A ", Audio}, {4, "ftyp", Video}, {0, "\x1aE\xdf\xa3", Video},
	{8, "AVI ", Video}, {0, "0&\xb2u\x8ef\xcf\x11", Video}, {0, "\x00\x00\x01\xba", Video}, {4, "moov", Video}, {0, "FLV\x01", Video},
	{0, "ID3", Audio}, {8, "WAVE", Audio}, {8, "AIFF", Audio}, {0, "#!AMR", Audio}, {0, "MThd\x00\x00\x00\x06", Audio}, {0, "OggS", Audio}, {0, "fLaC", Audio},
	{0, "wOFF", Font}, {0, "wOF2", Font}, {0, "OTTO\x00", Font}, {0, "\x00\x01\x00\x00\x00", Font},
}

// Sniff tells what a file is by its bytes. Text is told apart from binary data
// by its octets; what a text or a zip holds is looked at where it must be.
func Sniff(b []byte) Kind {
	if len(b) == 0 {
		return Empty
	}
	if program(b) {
		return Program
	}
	for _, m := range magics {
		if len(b) >= m.at+len(m.mark) && string(b[m.at:m.at+len(m.mark)]) == m.mark {
			return m.which
		}
	}
	if i := bytes.Index(b[:min(len(b), 1024)], []byte("%PDF-")); i >= 0 { // readers allow for junk before it
		return PDFFile
	}
	if k := signed(b); k != Unknown {
		return k
	}
	if isPGP(b) {
		return PGPData
	}
	if looksLikeText(b) {
		return sniffText(b)
	}
	if bmp(b) {
		return Image
	}
	if soundFrames(b) {
		return Audio
	}
	return Unknown
}

// program: a DOS or Windows program. "MZ" alone is the start of a word, too.
func program(b []byte) bool {
	if len(b) < 64 || b[0] != 'M' || b[1] != 'Z' {
		return len(b) < 64 && len(b) > 2 && b[0] == 'M' && b[1] == 'Z' && !looksLikeText(b)
	}
	at := int(binary.LittleEndian.Uint32(b[60:]))
	if at > 0 && at+4 <= len(b) {
		switch string(b[at : at+2]) {
		case "PE", "NE", "LE", "LX":
			return true
		}
	}
	return !looksLikeText(b)
}

// soundFrames: MPEG sound without a mark before it: a frame, and another where
// the first says that it ends (ISO/IEC 11172-3, 2.4.1.3; 13818-7, 6.2).
func soundFrames(b []byte) bool {
	n := soundFrame(b)
	return n > 0 && n+6 < len(b) && soundFrame(b[n:]) > 0
}

// soundFrame gives the length of the frame that b starts with; 0 for none.
func soundFrame(b []byte) int {
	if len(b) < 6 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return 0
	}
	if b[1]&0xf6 == 0xf0 { // AAC
		return int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5)
	}
	version, layer, rate, sample := b[1]>>3&3, b[1]>>1&3, int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || layer != 1 || rate == 0 || rate == 15 || sample == 3 { // layer III alone is sent
		return 0
	}
	hertz := []int{44100, 48000, 32000}[sample]
	kbit, factor := []int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[rate], 144
	if version != 3 {
		kbit, factor, hertz = []int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[rate], 72, hertz/2
	}
	if version == 0 {
		hertz /= 2
	}
	return factor*kbit*1000/hertz + int(b[2]>>1&1)
}

func bmp(b []byte) bool {
	return len(b) > 26 && b[0] == 'B' && b[1] == 'M' && binary.LittleEndian.Uint32(b[6:]) == 0
}

// signed: the DER of PKCS #7 (RFC 5652) or PKCS #12 by their object identifiers.
func signed(b []byte) Kind {
	if b[0] != 0x30 {
		return Unknown
	}
	head := b[:min(len(b), 64)]
	switch {
	case bytes.Contains(head[:min(len(head), 12)], []byte("\x02\x01\x03")) && bytes.Contains(head, oidData[:10]):
		return PKCS12
	case bytes.Contains(head, oidSigned), bytes.Contains(head, oidEnveloped), bytes.Contains(head, oidAuth):
		return SMIMEData
	}
	return Unknown
}

// maxSniff is how many octets are enough to tell text.
const maxSniff = 8 << 10

// looksLikeText: no control characters but those of texts; UTF-16 with its
// mark, or with every other octet zero.
func looksLikeText(b []byte) bool {
	head := b[:min(len(b), maxSniff)]
	if utf16Order(head) != 0 {
		return true
	}
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b && c != 0x1a, c == 0x7f:
			odd++
		}
	}
	return odd*100 <= len(head)
}

// utf16Order tells the octet order of a UTF-16 text: 'l', 'b', or 0.
func utf16Order(b []byte) byte {
	switch {
	case len(b) < 4:
		return 0
	case b[0] == 0xff && b[1] == 0xfe:
		return 'l'
	case b[0] == 0xfe && b[1] == 0xff:
		return 'b'
	}
	low, high, n := 0, 0, len(b)/2
	for i := 0; i+1 < len(b); i += 2 {
		switch {
		case b[i+1] == 0 && (b[i] >= ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t'):
			low++
		case b[i] == 0 && (b[i+1] >= ' ' || b[i+1] == '\n' || b[i+1] == '\r' || b[i+1] == '\t'):
			high++
		}
	}
	switch {
	case n >= 8 && low*10 >= n*9:
		return 'l'
	case n >= 8 && high*10 >= n*9:
		return 'b'
	}
	return 0
}

// sniffText tells texts apart that programs write.
func sniffText(b []byte) Kind {
	head := b[:min(len(b), 2048)]
	if utf16Order(head) != 0 {
		head = []byte(decodeText("", head[:len(head)&^1]))
	}
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	t := strings.ToLower(strings.TrimLeft(string(head), " \t\r\n"))
	switch {
	case strings.HasPrefix(t, "begin:vcard"):
		return VCard
	case strings.HasPrefix(t, "begin:vcalendar"):
		return ICalendar
	case strings.HasPrefix(t, "<!doctype html"), strings.HasPrefix(t, "<html"), strings.HasPrefix(t, "<head"), strings.HasPrefix(t, "<body"), strings.HasPrefix(t, "<script"):
		return HTMLText
	case strings.HasPrefix(t, "<svg"), strings.HasPrefix(t, "<?xml") && strings.Contains(t, "<svg"):
		return SVG
	case strings.HasPrefix(t, "<?xml"):
		return XML
	case strings.HasPrefix(t, "-----begin pgp message"), strings.HasPrefix(t, "-----begin pgp signature"):
		return PGPData
	case strings.HasPrefix(t, "-----begin pkcs7"), strings.HasPrefix(t, "-----begin cms"):
		return SMIMEData
	case mailHeader(t):
		return MessageFile
	case strings.Contains(t, "<html"):
		return HTMLText
	}
	return PlainText
}

// mailHeader: the first lines are fields of a message, and one of them is of
// those that every message has.
func mailHeader(t string) bool {
	fields, known := 0, 0
	for line := range strings.Lines(t) {
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t/<{") {
			break
		}
		fields++
		switch name {
		case "received", "return-path", "message-id", "mime-version", "from", "date", "subject", "to", "content-type", "delivered-to":
			known++
		}
	}
	return fields >= 3 && known >= 2
}

// validUTF8 tells whether text needs no decoding.
func validUTF8(b []byte) bool { return utf8.Valid(b) }
