package content

import (
	"strings"

	"maillint/message"
)

// File is one file found in a message: an attachment, an inline file, or a
// member of an archive, down to Budget.Depth.
type File struct {
	// Path tells where it is: "2" is part 2 of the message, "2:a/b.txt" a member
	// of it, "2:inner.zip/b.txt" a member of a member.
	Path     string
	Name     string // as its readers see it; empty where it has none
	Declared string // lower-case media type of its label; empty for members of archives
	Kind     Kind   // what its bytes are
	Named    Kind   // what its name says it is; Unknown where that says nothing
	// Size is in octets, unpacked; -1 where that is not known without unpacking.
	Size      int64
	Encrypted Encryption
	Flags     Flag
	Members   []*File
	Parent    *File         // the file it was found in; nil for a part of the message
	Part      *message.Part // the part it is, or is in
	// Uninspected says why it was not read, or not whole; "" if it was.
	Uninspected string
}

// Depth is how many files the file is in.
func (f *File) Depth() int {
	n := 0
	for p := f.Parent; p != nil; p = p.Parent {
		n++
	}
	return n
}

// member names a member of the file.
func (f *File) member(name string) string {
	if f.Parent == nil {
		return f.Path + ":" + name
	}
	return f.Path + "/" + name
}

// Encryption says how a file is protected; "" where it is not.
type Encryption string

// The ways in which files are encrypted.
const (
	ZipCrypto      Encryption = "ZipCrypto"
	ZipAES         Encryption = "zip AES"
	ZipStrong      Encryption = "zip with PKWARE's strong encryption"
	SevenZip       Encryption = "7z"
	SevenZipNames  Encryption = "7z, names too"
	RAR            Encryption = "RAR"
	RARNames       Encryption = "RAR, names too"
	ARJ            Encryption = "ARJ"
	OfficeAgile    Encryption = "Office, agile"
	OfficeStandard Encryption = "Office, standard"
	OfficeRC4      Encryption = "Office 97, RC4"
	OfficeXOR      Encryption = "Office 95, XOR"
	OfficeRights   Encryption = "Office rights management"
	ODF            Encryption = "OpenDocument"
	PDFOpen        Encryption = "PDF, opens without a password"
	PDF            Encryption = "PDF"
	PGPPassword    Encryption = "PGP with a password"
	PGP            Encryption = "PGP"
	SMIME          Encryption = "S/MIME"
)

// Protects reports whether the encryption is for a recipient's key, not by a
// password that must travel too.
func (e Encryption) Protects() bool { return e == PGP || e == SMIME || e == OfficeRights }

// Password reports whether a password must be known to read the file.
func (e Encryption) Password() bool { return e != "" && !e.Protects() && e != PDFOpen }

// Locked reports whether the file, or a member of it, asks for a password.
func (f *File) Locked() bool {
	if f.Encrypted.Password() {
		return true
	}
	for _, m := range f.Members {
		if m.Locked() {
			return true
		}
	}
	return false
}

// ByExtension reports whether the file's extension is one of a list.
func (f *File) ByExtension(list []string) bool {
	ext := extensionOf(f.Name)
	for _, e := range list {
		if ext == strings.ToLower(e) {
			return true
		}
	}
	return false
}

// Flag marks what is risky or odd about a file. Several may be set.
type Flag uint32

// The marks.
const (
	Executable       Flag = 1 << iota // a program, or what the system runs as one
	Script                            // a text that the system runs when it is opened
	Shortcut                          // a link that runs a command
	DiskImage                         // ISO, VHD: what is in it escapes the mark of the web
	Macro                             // Office macros (VBA, Excel 4)
	AutoMacro                         // macros that run when the file is opened
	ExternalTemplate                  // a template or object loaded from elsewhere
	EmbeddedObject                    // a file in an Office or PDF file
	DDE                               // a field that starts a program
	PDFJavaScript                     // a script in a PDF
	PDFLaunch                         // a PDF that starts a program
	DoubleExtension                   // invoice.pdf.exe
	NameOverride                      // a name that shows its letters in another order (U+202E), or hides them
	TypeMismatch                      // the bytes are something else than the name says, and worse
	Smuggling                         // an HTML file that builds a file in the browser
	HiddenMember                      // an archive that two readers list differently
	EscapingName                      // a member that is to be written outside its folder
)

var flagNames = [...]string{
	"executable", "script", "shortcut", "disk image", "macros", "macros that start by themselves", "external template",
	"embedded object", "DDE", "PDF JavaScript", "PDF launch action", "double extension", "deceptive name",
	"type differs from the name", "HTML smuggling", "hidden member", "name leads out of the folder",
}

// Has reports whether any of the marks is set.
func (f Flag) Has(any Flag) bool { return f&any != 0 }

// Names lists the marks in words.
func (f Flag) Names() []string {
	var out []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

func (f Flag) String() string { return strings.Join(f.Names(), ", ") }
