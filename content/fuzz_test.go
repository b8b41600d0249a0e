package content_test

import (
	"path/filepath"
	"strings"
	"testing"

	"maillint/content"
)

// fuzzFile reads whatever comes as a file of a name; the files of testdata that
// end in one of the given ways are where it starts from. A reader that fails is
// caught and told as a defect, which must not happen.
func fuzzFile(f *testing.F, name string, suffixes ...string) {
	files, err := filepath.Glob("testdata/files/*")
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

func FuzzZip(f *testing.F)   { fuzzFile(f, "a.zip", ".zip") }
func FuzzOOXML(f *testing.F) { fuzzFile(f, "a.xlsx", ".xlsx", ".docx", ".pptx") }
func FuzzODF(f *testing.F)   { fuzzFile(f, "a.ods", ".ods", ".odt", ".odp") }
func FuzzOLE(f *testing.F)   { fuzzFile(f, "a.xls", ".xls", ".doc") }
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
	f.Add(gunzip(f, load(f, "disk.iso.gz"))[:60<<10])
	fuzzFile(f, "a.iso", ".zip")
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("<p>shown<span style='display:none'>secret</span><table><tr><td>a<td>b</table>"))
	fuzzFile(f, "a.html", ".rtf")
}
