package content

import (
	"bytes"
	"path"
	"strings"

	"maillint/message"
)

// Why a file was not read, or not whole: File.Uninspected where it is not the
// name of a limit. docs/limits.md lists which kind of file gets which.
const (
	whyEncrypted   = "encrypted"
	whyDamaged     = "damaged"
	whyPiece       = "a piece of an archive that is in several pieces"
	whyUnknownKind = "of a kind that is not looked into"
	whyCharset     = "in a charset that is not known"
	whyElsewhere   = "what it is about is elsewhere"
	whyEncoding    = "in a transfer encoding that is not known"
	whyBase64      = "its base64 is damaged"
	whyInText      = "a file in its text, which is not looked into"
	whyPictures    = "pictures without text"
	whyNoText      = "no text in it: drawings of letters, perhaps"
	whyLetters     = "its letters do not say which characters they are"
)

// unread says why a file was not read, or not whole. The first reason stays.
func (f *File) unread(why string) {
	if f.Uninspected == "" {
		f.Uninspected = why
	}
}

// damaged notes that a file cannot be read to its end as what it is.
func (in *Inspection) damaged(f *File, format string, args ...any) {
	in.meter.note(Damaged, f.Path, format, args...)
	if pieceName(f.Name) {
		f.unread(whyPiece)
	}
	f.unread(whyDamaged)
}

// notKnown says why nothing is read of a file whose octets are no known kind.
func (f *File) notKnown(data []byte) {
	if pieceName(f.Name) || f.Named == Zip && bytes.Contains(data[max(0, len(data)-64<<10-22):], endMark) {
		f.unread(whyPiece) // the last piece of a zip is called .zip (PKWARE APPNOTE 8.3)
	}
	f.unread(whyUnknownKind)
}

// pieceName tells the names that archivers give the pieces of an archive:
// a.zip.001, a.7z.002, a.z01, a.part1.rar, a.r00.
func pieceName(name string) bool {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	base := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	switch {
	case len(ext) == 3 && digits(ext):
		return kindOfName(base).Archive()
	case len(ext) == 3 && (ext[0] == 'z' || ext[0] == 'r'):
		return digits(ext[1:])
	case ext == "rar":
		n, ok := strings.CutPrefix(path.Ext(base), ".part")
		return ok && digits(n)
	}
	return false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// whyOf are defects of a part that keep a reader from what is in it.
var whyOf = map[message.Kind]string{
	message.PartialMessage:   whyElsewhere,
	message.UnknownEncoding:  whyEncoding,
	message.UnknownCharset:   whyCharset,
	message.HiddenAttachment: whyInText,
}

// spoiled says of a file what its part's defects keep from being read. Octets
// that are not base64 do so where nothing known came out.
func (f *File) spoiled(m *message.Message, p *message.Part) {
	for _, d := range m.Defects {
		switch {
		case d.Where != p.Where() && (d.Where != "header" || p.Path != ""):
		case d.Kind == message.BadBase64 && (f.Kind == Empty || f.Uninspected == whyUnknownKind || f.Kind.Text() && f.Named != Unknown && !f.Named.Text()):
			f.Uninspected = whyBase64
		case d.Kind == message.BadUuencode:
			f.unread(whyDamaged)
		case d.Kind == message.UnknownCharset: // readText knows whether it was needed
		default:
			if why := whyOf[d.Kind]; why != "" {
				f.unread(why)
			}
		}
	}
}

// armoured finds OpenPGP messages in a text that is shown as the message
// itself: a file, though it is not attached (RFC 9580, 6.2).
func (in *Inspection) armoured(p *message.Part) *File {
	if !strings.HasPrefix(p.Type, "text/") || p.Outside || p.Container() || p.Embedded != nil {
		return nil
	}
	text := p.Text()
	i := strings.Index(text, "-----BEGIN PGP MESSAGE-----")
	if i < 0 || i > 0 && text[i-1] != '\n' {
		return nil
	}
	f := &File{Path: p.Where(), Declared: p.Type, Part: p, Size: int64(len(text) - i)}
	if in.meter.addFile(f.Path) {
		in.open(f, []byte(text[i:]))
	}
	return f
}

// holds reports whether a place is the file or in it: part 1 does not hold what is
// in part 10.
func (f *File) holds(where string) bool {
	rest, ok := strings.CutPrefix(where, f.Path)
	return ok && (rest == "" || strings.IndexByte(":/,", rest[0]) >= 0)
}

// blame says of the file in which each defect is that it was not read whole.
func (in *Inspection) blame() {
	for _, d := range in.meter.defects {
		var best *File
		in.Walk(func(f *File) {
			if f.holds(d.Where) && (best == nil || len(f.Path) > len(best.Path)) {
				best = f
			}
		})
		switch {
		case best == nil:
		case d.Kind == Damaged:
			best.unread(whyDamaged)
		default:
			best.unread(string(d.Kind))
		}
	}
}
