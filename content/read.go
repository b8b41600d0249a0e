package content

import (
	"bytes"
	"io"

	"maillint/message"
)

// attachment is how many octets of a part are held.
func (m *meter) attachment() int64 { return 2 * m.File }

// readAll reads at most so many octets; whole tells that there were no more.
func readAll(r io.Reader, expected, most int64) (data []byte, whole bool) {
	buf := make([]byte, 0, max(0, min(expected, most))+512)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):min(int64(cap(buf)), most+1)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > most {
			return buf[:most], false
		}
		if err != nil {
			return buf, err == io.EOF
		}
	}
}

// readerOf gives what reads files of a kind; nil where nothing does.
func readerOf(k Kind) func(*Inspection, *File, []byte) {
	switch k {
	case Zip:
		return readZip
	case Tar:
		return readTar
	case Gzip:
		return readGzip
	case SevenZipFile:
		return read7z
	case RARFile:
		return readRAR
	case XZ:
		return readXZ
	case MessageFile:
		return readMessage
	case PGPData:
		return readPGP
	case SMIMEData:
		return readSMIME
	case TNEF:
		return readTNEF
	case OneNote:
		return readOneNote
	case ISO:
		return readISO
	case Cab:
		return readCab
	case LHA:
		return readLHA
	case XML:
		return readXML
	case PDFFile:
		return readPDF
	case RTF:
		return readRTF
	case OLE:
		return readOLE
	case Bzip2:
		return readBzip2
	}
	if k.Text() {
		return readText
	}
	return nil
}

// readXML reads XML: a flat OpenDocument file, or else the text of it.
func readXML(in *Inspection, f *File, data []byte) {
	head := data[:min(len(data), 2048)]
	if bytes.Contains(head, []byte("urn:oasis:names:tc:opendocument")) {
		in.flatODF(f, bytes.NewReader(data), f.Name)
		return
	}
	readText(in, f, data)
}

// readText reads a file that is text as it stands.
func readText(in *Inspection, f *File, data []byte) {
	label := ""
	if f.Parent == nil && f.Part != nil {
		label = f.Part.Charset
	}
	text, bad := message.DecodeText(label, data)
	if bad == message.UnknownCharset {
		f.unread(whyCharset)
	}
	for _, t := range textsOf(text, f.Kind, in.meter.room(), Text{Where: f.Path, File: f}) {
		in.keepText(t)
	}
}
