package content_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"maillint/content"
	"maillint/message"
)

// unreadable is what cannot be read, kind by kind: what must be said of it, by
// the file itself or by what is in it. docs/limits.md shows it.
var unreadable = []struct{ kind, name, why string }{
	{"zip, locked: ZipCrypto", "crypto.zip", "encrypted"},
	{"zip, locked: AES", "aes.zip", "encrypted"},
	{"zip in Deflate64", "deflate64.zip", "packed with Deflate64"},
	{"zip in PPMd", "ppmd.zip", "packed with PPMd"},
	{"zip cut off, or without its directory", "plain.zip -60", "damaged"},
	{"zip, its octets changed", "list.csv.gz ~20", "damaged"},
	{"7z, locked", "locked.7z", "encrypted"},
	{"7z, its names locked too", "names.7z", "encrypted"},
	{"7z in PPMd, Deflate64, BCJ2", "ppmd.7z", "packed in a way that is not read"},
	{"7z cut off", "plain.7z -60", "damaged"},
	{"RAR in its own method", "packed.rar", "packed with RAR's own method"},
	{"RAR, locked", "locked.rar", "encrypted"},
	{"one piece of an archive: .zip.001, .7z.002, .z01, .part1.rar", "split.zip.001", "a piece of an archive that is in several pieces"},
	{"tar, gzip, bzip2, xz cut off", "plain.tar.xz -60", "damaged"},
	{"Office file, locked: agile", "agile.docx", "encrypted"},
	{"Office file, locked: standard", "standard.xlsx", "encrypted"},
	{"Office 97 file, locked", "book-locked.xls", "encrypted"},
	{"OpenDocument file, locked", "book-locked.ods", "encrypted"},
	{"Office file cut off, or a part of it missing", "letter.docx -60", "damaged"},
	{"Office 97 file cut off", "book.xls -60", "damaged"},
	{"RTF cut off", "letter.rtf -60", "damaged"},
	{"PDF, locked", "user256.pdf", "encrypted"},
	{"PDF cut off, or its octets changed", "letter.pdf -60", "damaged"},
	{"PDF of pictures", "scan.pdf", "pictures without text"},
	{"PDF, some of whose pages are pictures", "mixed.pdf", "1 of 2 pages are pictures without text"},
	{"PDF whose fonts have no table of characters", "letters.pdf", "its letters do not say which characters they are"},
	{"PDF without text or pictures", "empty.pdf", "no text in it: drawings of letters, perhaps"},
	{"PGP, for a key", "key.gpg", "encrypted"},
	{"PGP, by a password", "list.csv.asc", "encrypted"},
	{"S/MIME, for a key", "gcm.p7m", "encrypted"},
	{"winmail.dat cut off", "winmail.dat -60", "damaged"},
	{"disk image cut off", "disk.iso -12", "damaged"},
	{"OneNote", "notes.one", "a notebook, of which only the files in it are looked at"},
	{"Access, Visio, VHD, DMG, zstd, what nobody knows", "data.accdb", "of a kind that is not looked into"},
	{"text in a charset that nobody knows", "charset", "in a charset that is not known"},
	{"base64 that is none", "base64", "its base64 is damaged"},
	{"uuencoded data cut off", "uuencode", "damaged"},
	{"another transfer encoding", "encoding", "in a transfer encoding that is not known"},
	{"message/external-body", "external", "what it is about is elsewhere"},
	{"a PGP message in the text", "inline", "encrypted"},
	{"files within files, deeper than 8", "deep.zip", "nested too deep"},
}

// What cannot be read is said of the file or of what is in it, and nothing is
// damaged that is whole.
func TestUnreadable(t *testing.T) {
	for _, c := range unreadable {
		in := content.Inspect(unreadableMail(t, c.name), content.DefaultBudget)
		var got []string
		for _, f := range in.Uninspected() {
			got = append(got, f.Uninspected)
		}
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), c.why) {
			t.Errorf("%s (%s): %q, want %q\n%s%v", c.kind, c.name, got, c.why, tree(in), in.Defects())
		}
		if strings.Contains(dump(in), "\x00") {
			t.Errorf("%s: text was made up: %q", c.kind, dump(in))
		}
	}
}

// unreadableMail makes the message: with a file of testdata, whole, cut to so
// many hundredths ("-60") or with octets changed there ("~20"), or made here.
func unreadableMail(t *testing.T, name string) *message.Message {
	t.Helper()
	if field := badParts[name]; field != "" {
		return message.Parse([]byte("From: a@example.jp\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
			"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n" + field + "\r\n--b--\r\n"))
	}
	name, how, _ := strings.Cut(name, " ")
	data := unreadableFile(t, name)
	var percent int
	if _, err := fmt.Sscanf(how, "-%d", &percent); err == nil {
		data = data[:len(data)*percent/100]
	} else if _, err := fmt.Sscanf(how, "~%d", &percent); err == nil {
		data = bytes.Clone(data)
		data[len(data)*percent/100] ^= 0xff
	}
	return mail(name, data)
}

// badParts are parts whose content does not come out, and one that is a file
// though it is not attached.
var badParts = map[string]string{
	"charset":  "Content-Type: text/csv; charset=x-klingon\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n\xe0\x81,\xf3\x9c",
	"base64":   "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%$$$ not base64 at all ...\r\n!!!!",
	"uuencode": "Content-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#0V%T",
	"encoding": "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: x-bzip2\r\n\r\nabcdefgh",
	"external": "Content-Type: message/external-body; access-type=URL; URL=\"http://files.example.com/a.csv\"\r\n\r\nContent-Type: text/csv\r\n\r\n",
	"inline":   "Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + "hQEMA1X0O6jGvVLwAQf/e2U8xZ6yUq0nG3rX0a0yq4m2z1c9k8Jf5v7b3n1Q2w4E\r\n=abcd\r\n-----END PGP MESSAGE-----",
}

func unreadableFile(t *testing.T, name string) []byte {
	switch name {
	case "packed.rar": // what stands there as stored is not read as that
		return bytes.Replace(rar4("list.csv", "x", 0, 0), []byte{29, 0x30}, []byte{29, 0x33}, 1)
	case "locked.rar":
		return rar4("list.csv", "x", 0, 4)
	case "winmail.dat":
		return tnef("list.csv", strings.Repeat("x", 300))
	case "disk.iso":
		return gunzip(t, load(t, "disk.iso.gz"))
	case "notes.one":
		return []byte("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3" + strings.Repeat("\x00", 500))
	case "data.accdb":
		return []byte("\x00\x01\x00\x00Standard ACE DB\x00" + strings.Repeat("\x00", 500))
	case "letters.pdf":
		return smallPDF("<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</Differences[1/g1/g2/g3]>>>>", "BT /F 9 Tf (\x01\x02\x03) Tj ET")
	case "empty.pdf":
		return smallPDF("<<>>", "0 0 9 9 re f")
	case "deep.zip":
		return deepZip(t, 12)
	}
	return load(t, name)
}

// smallPDF is a PDF of one page.
func smallPDF(font, program string) []byte {
	return []byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj\n" +
		fmt.Sprintf("4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n5 0 obj%sendobj\ntrailer<</Root 1 0 R>>\n", len(program), program, font))
}

// An Office file that was packed anew is read as one, and a part of it that is
// missing is said.
func TestPackedAnew(t *testing.T) {
	for name, main := range map[string]string{"people.ods": "content.xml", "people.docx": "word/document.xml", "people.xlsx": "xl/worksheets/sheet1.xml", "people.pptx": "ppt/presentation.xml"} {
		members := membersOf(t, name)
		in := inspect(name, zipOf(t, members))
		if got := dump(in); !strings.Contains(got, "佐原 花") || len(in.Uninspected()) > 0 {
			t.Errorf("%s: %s%.300s", name, tree(in), got)
		}
		delete(members, main)
		if in := inspect(name, zipOf(t, members)); len(in.Uninspected()) != 1 || in.Files()[0].Uninspected != "damaged" {
			t.Errorf("%s without %s: %s", name, main, tree(in))
		}
	}
}

// The table of docs/limits.md is the one that is tested.
func TestUnreadableIsTold(t *testing.T) {
	doc, err := os.ReadFile("../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "## What is said of what cannot be read\n")
	told := map[string]bool{}
	for line := range strings.Lines(rest) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "| ") {
			told[line] = true
		}
	}
	delete(told, "| file | `.uninspected` of it, or of what is in it |")
	var want strings.Builder
	for _, c := range unreadable {
		row := fmt.Sprintf("| %s | `%s` |", c.kind, c.why)
		if want.WriteString(row + "\n"); !told[row] {
			t.Errorf("docs/limits.md lacks %s", row)
		}
		delete(told, row)
	}
	for row := range told {
		t.Errorf("docs/limits.md tells %s, which nothing tests", row)
	}
	if t.Failed() {
		t.Logf("the table should be\n%s", want.String())
	}
}

// What is no text by its nature is not counted as unread.
func TestOpaqueIsNoNoise(t *testing.T) {
	frame := append([]byte("\xff\xfb\x90\x00"), make([]byte, 413)...) // 128 kbit/s, 44,100 Hz
	aac := append([]byte("\xff\xf1\x50\x80\x02\x1f\xfc"), make([]byte, 9)...)
	for name, data := range map[string][]byte{
		"a.mp3": append(bytes.Clone(frame), frame...), "a.aac": append(bytes.Clone(aac), aac...), "a.amr": []byte("#!AMR\n\x04\x00"), "a.m4a": []byte("\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00"),
		"a.dwg": []byte("AC1032\x00\x00\x00"), "a.jp2": []byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), "a.png": []byte("\x89PNG\r\n\x1a\n\x00\x00"), "a.mp4": []byte("\x00\x00\x00\x18ftypmp42\x00\x00"),
	} {
		if in := inspect(name, data); len(in.Uninspected()) > 0 || !in.Files()[0].Kind.Opaque() {
			t.Errorf("%s: %s", name, tree(in))
		}
	}
	if in := inspect("a.mp3", append([]byte("\xff\xfb\x90\x00"), bytes.Repeat([]byte("\x01\x02\xfe"), 300)...)); len(in.Uninspected()) == 0 {
		t.Error("two octets make no sound")
	}
}
