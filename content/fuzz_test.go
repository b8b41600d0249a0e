package content_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maillint/content"
	"maillint/message"
)

// fuzzFile reads whatever comes as a file of a name; the files of testdata that
// end in one of the given ways are where it starts from. A reader that fails is
// caught and told as a defect, which must not happen.
func fuzzFile(f *testing.F, name string, suffixes ...string) {
	files, err := filepath.Glob(filepath.Join(folder(), "*"))
	if err != nil || len(files) == 0 {
		f.Fatal("no files to start from: ", err)
	}
	for _, file := range files {
		for _, s := range suffixes {
			if strings.HasSuffix(file, s) {
				f.Add(load(f, filepath.Base(file)))
			}
		}
	}
	budget := content.DefaultBudget
	budget.File, budget.Unpacked, budget.Text, budget.Files = 4<<20, 8<<20, 4<<20, 200
	f.Fuzz(func(t *testing.T, data []byte) {
		in := content.Inspect(mail(name, data), budget)
		for _, text := range in.FileTexts() {
			for r, row := range text.Rows {
				for c := range row {
					_, _ = text.Cell(r, c), text.HiddenAt(r, c)
				}
			}
		}
		for _, d := range in.Defects() {
			if d.Kind == content.Failed {
				t.Errorf("%v", d)
			}
		}
	})
}

// fuzzMembers reads whatever comes as a member of an Office file. Packed
// members would only show how damaged packing is read.
func fuzzMembers(f *testing.F, name, member string, rest map[string][]byte) {
	budget := content.DefaultBudget
	budget.File, budget.Unpacked, budget.Text = 4<<20, 8<<20, 4<<20
	f.Fuzz(func(t *testing.T, data []byte) {
		files := maps.Clone(rest)
		files[member] = data
		in := content.Inspect(mail(name, storedZip(t, files)), budget)
		in.FileTexts()
		for _, d := range in.Defects() {
			if d.Kind == content.Failed {
				t.Errorf("%v", d)
			}
		}
	})
}

// storedZip is a zip that packs nothing.
func storedZip(t testing.TB, files map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// membersOf unpacks a file of testdata.
func membersOf(t testing.TB, name string) map[string][]byte {
	data := load(t, name)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err == nil {
			out[f.Name], err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func fuzzOffice(f *testing.F, file string, members ...string) {
	all := membersOf(f, file)
	for _, m := range members {
		if all[m] == nil {
			f.Fatal(m, " is not in ", file)
		}
		f.Add(all[m])
	}
	fuzzMembers(f, file, members[0], all)
}

func FuzzSheet(f *testing.F)   { fuzzOffice(f, "excel.xlsx", "xl/worksheets/sheet1.xml") }
func FuzzStrings(f *testing.F) { fuzzOffice(f, "excel.xlsx", "xl/sharedStrings.xml") }
func FuzzStyles(f *testing.F)  { fuzzOffice(f, "book.xlsx", "xl/styles.xml") }
func FuzzWorkbook(f *testing.F) {
	fuzzOffice(f, "excel.xlsx", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
}
func FuzzWord(f *testing.F)  { fuzzOffice(f, "letter.docx", "word/document.xml", "word/comments.xml") }
func FuzzSlide(f *testing.F) { fuzzOffice(f, "talk.pptx", "ppt/slides/slide1.xml") }

func FuzzBinarySheet(f *testing.F) { fuzzOffice(f, "book.xlsb", "xl/worksheets/sheet1.bin") }
func FuzzBinaryBook(f *testing.F) {
	fuzzOffice(f, "book.xlsb", "xl/workbook.bin", "xl/styles.bin", "xl/sharedStrings.bin")
}

func FuzzFlatODF(f *testing.F) {
	for _, name := range []string{"book.fods", "letter.fodt", "talk.fodp"} {
		data, err := os.ReadFile(filepath.Join("testdata", "src", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	fuzzFile(f, "a.fods", ".rtf")
}

func FuzzZip(f *testing.F)   { fuzzFile(f, "a.zip", ".zip") }
func FuzzOOXML(f *testing.F) { fuzzFile(f, "a.xlsx", ".xlsx", ".docx", ".pptx") }
func FuzzODF(f *testing.F)   { fuzzFile(f, "a.ods", ".ods", ".odt", ".odp") }
func FuzzOLE(f *testing.F)   { fuzzFile(f, "a.xls", ".xls", ".doc", ".ppt.gz", ".xls.gz", ".doc.gz") }
func FuzzRTF(f *testing.F)   { fuzzFile(f, "a.rtf", ".rtf") }
func FuzzPDF(f *testing.F)   { fuzzFile(f, "a.pdf", ".pdf") }
func Fuzz7z(f *testing.F)    { fuzzFile(f, "a.7z", ".7z") }
func FuzzTar(f *testing.F)   { fuzzFile(f, "a.tar", ".tar", ".tgz", ".gz", ".bz2", ".xz") }
func FuzzPGP(f *testing.F)   { fuzzFile(f, "a.gpg", ".gpg", ".asc", ".sig", ".p7m", ".p12") }

func FuzzRAR(f *testing.F) {
	f.Add(rar4("a.csv", "a,b\n", 0, 0))
	f.Add(rar5("a.csv", "a,b\n", "\x02\x01\x00"))
	fuzzFile(f, "a.rar", ".zip")
}

func FuzzTNEF(f *testing.F) {
	f.Add(tnef("a.txt", "words"))
	fuzzFile(f, "winmail.dat", ".zip")
}

func FuzzISO(f *testing.F) {
	f.Add(gunzip(f, load(f, "disk.iso.gz"))[:64<<10])
	fuzzFile(f, "a.iso", ".zip")
}

// Old archives are only listed, LHA's stored members read.
func FuzzOldArchive(f *testing.F) {
	f.Add(le("MSCF", make([]byte, 12), uint32(36), make([]byte, 8), uint16(1), make([]byte, 6), uint32(4), make([]byte, 12), "a.exe\x00"))
	f.Add(le(byte(27), byte(0), "-lh0-", uint32(4), uint32(4), uint32(0), byte(32), byte(0), byte(5), "a.txt", uint16(0), "word", byte(0)))
	fuzzFile(f, "a.lzh", ".tar")
}

func FuzzOneNote(f *testing.F) {
	f.Add(le("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", make([]byte, 64), "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac", uint64(30), make([]byte, 12), "@echo off\r\npowershell -enc AAA\r\n"))
	fuzzFile(f, "a.one", ".zip")
}

// Tables of any separator and charset, cards, calendars.
func FuzzTable(f *testing.F) {
	f.Add([]byte("\x8e\x81\x96\xbc,\x93d\x98b\r\n\"\x8eR\x93c, \x91\xbe\x98Y\",\"0\"\"9\"\r\n"))
	f.Add([]byte("\xff\xfea\x00;\x00b\x00\r\x00\n\x00c\x00;\x00d\x00"))
	f.Add([]byte("name\tphone\nA\t\"1\n2\"\n"))
	fuzzFile(f, "a.csv", ".csv.gz", ".rtf")
}

func FuzzCard(f *testing.F) {
	f.Add([]byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\n  B\r\nTEL;TYPE=CELL:+81 90\r\nEND:VCARD\r\n"))
	f.Add([]byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;CN=A:mailto:a@example.jp\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	fuzzFile(f, "a.vcf", ".rtf")
}

// A message in a file, and what is in it.
func FuzzMessageFile(f *testing.F) {
	for _, name := range []string{"inner.zip", "letter.docx", "smime.p7m"} {
		f.Add(mail(name, load(f, name)).Bytes(message.Span{Start: 0, End: 1 << 20}))
	}
	f.Add(compound(map[string][]byte{"__properties_version1.0": nil, "__substg1.0_1000001F": []byte("w\x00o\x00r\x00d\x00")}, "__properties_version1.0", "__substg1.0_1000001F"))
	fuzzFile(f, "a.eml", ".doc")
}

// What a script in a page builds, and a picture's.
func FuzzScripted(f *testing.F) {
	f.Add([]byte("<html><script>var b=atob('AAAA');var u=URL.createObjectURL(new Blob([b]));a.download='x.zip';</script>"))
	f.Add([]byte("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
	fuzzFile(f, "a.svg", ".rtf")
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("<p>shown<span style='display:none'>secret</span><table><tr><td>a<td>b</table>"))
	fuzzFile(f, "a.html", ".rtf")
}
