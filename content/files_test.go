package content_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"maillint/content"
)

// folder is where the files stand: testdata/files, or files that testdata/make
// has made afresh (make soak), in which the same must be found.
func folder() string {
	if dir := os.Getenv("MAILLINT_FILES"); dir != "" {
		return dir
	}
	return filepath.Join("testdata", "files")
}

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder(), name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func gunzip(t testing.TB, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tree writes down what was found: a line for each file.
func tree(in *content.Inspection) string {
	var b strings.Builder
	in.Walk(func(f *content.File) {
		fmt.Fprintf(&b, "%s %s", f.Path, f.Kind)
		if f.Encrypted != "" {
			fmt.Fprintf(&b, " encrypted(%s)", f.Encrypted)
		}
		if f.Flags != 0 {
			fmt.Fprintf(&b, " [%s]", f.Flags)
		}
		if f.Uninspected != "" {
			fmt.Fprintf(&b, " unread(%s)", f.Uninspected)
		}
		b.WriteString("\n")
	})
	return b.String()
}

// dump writes down the texts, hidden cells marked.
func dump(in *content.Inspection) string {
	var b strings.Builder
	for _, t := range in.FileTexts() {
		fmt.Fprintf(&b, "== %s (%s)\n%s", t.Where, t.Hidden, t.Prose)
		for r, row := range t.Rows {
			for c, cell := range row {
				if cell == "" {
					continue
				}
				fmt.Fprintf(&b, "%s=%s", t.Cell(r, c), cell)
				if why := t.HiddenAt(r, c); why != "" {
					fmt.Fprintf(&b, "{%s}", why)
				}
				b.WriteString(" ")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// Files made by the programs that people use give what is in them. Each line
// must stand in the list of files or in the texts.
func TestRealFiles(t *testing.T) {
	for name, want := range realFiles {
		t.Run(name, func(t *testing.T) {
			name, data := unpacked(t, name)
			in := inspect(name, data)
			got := tree(in) + dump(in)
			for _, line := range want {
				if !strings.Contains(got, line) {
					t.Errorf("missing %q in\n%s", line, got)
				}
			}
			if d := in.Defects(); len(d) > 0 {
				t.Errorf("defects: %v", d)
			}
		})
	}
}

// unpacked loads a file; of the old formats of Office, which are kept packed,
// what is in it.
func unpacked(t testing.TB, name string) (string, []byte) {
	data := load(t, name)
	if base, ok := strings.CutSuffix(name, ".gz"); ok && slices.Contains([]string{".doc", ".xls", ".ppt", ".rtf"}, filepath.Ext(base)) {
		return base, gunzip(t, data)
	}
	return name, data
}

// The same list in every format: each person's name, telephone, address and
// mailbox is read.
func TestListsInEveryFormat(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(folder(), "people.*"))
	if err != nil || len(files) < 11 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		name, data := unpacked(t, filepath.Base(f))
		in := inspect(name, data)
		got := dump(in)
		wanted := []string{"佐原 花", "090-5550-0100", "村瀬 久美", "090-5550-0124"}
		if strings.HasSuffix(name, ".pdf") { // blanks stand between letters and figures, and a page ends in the last row
			wanted = append(wanted, "p00@kaisha.example", "p23@kaisha.example")
		} else {
			wanted = append(wanted, "北区本町1丁目1-1", "p00@kaisha.example", "北区本町1丁目25-7", "p24@kaisha.example")
		}
		for _, want := range wanted {
			if !strings.Contains(got, want) {
				t.Errorf("%s: missing %q in\n%.600s", name, want, got)
			}
		}
		if d := in.Defects(); len(d) > 0 {
			t.Errorf("%s: defects: %v", name, d)
		}
	}
}

// Every file that testdata/make makes is wanted by a test.
func TestEveryFileIsWanted(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(folder(), "*"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if name := filepath.Base(f); realFiles[name] == nil && !strings.HasPrefix(name, "people.") && !strings.HasPrefix(name, "things.") && !strings.HasPrefix(name, "split.") {
			t.Errorf("%s is not in realFiles", f)
		}
	}
}

const (
	plainList = "A1=氏名 B1=電話 \nA2=見本 太郎 B2=090-0000-0000"
	bookHead  = "A1=氏名 B1=隠し列見出し{hidden column B} C1=生年月日 D1=電話"
	bookRow   = "A2=見本 太郎 B2=column secret{hidden column B} C2=1987-03-04 D2=0901234567"
)

var realFiles = map[string][]string{
	"plain.zip":     {"2:list.csv csv\n2:note.txt text", plainList, "plain words"},
	"utf8.zip":      {"2:資料/名簿.csv csv", plainList},
	"cp932.zip":     {"2:資料/名簿.csv csv\n2:表示.txt text", plainList},
	"crypto.zip":    {"2:list.csv  encrypted(ZipCrypto) unread(encrypted)"},
	"aes.zip":       {"2:list.csv  encrypted(zip AES) unread(encrypted)"},
	"inner.zip":     {"2:crypto.zip/list.csv  encrypted(ZipCrypto)"},
	"bzip2.zip":     {plainList},
	"lzma.zip":      {plainList},
	"plain.tar":     {"2:list.csv csv", plainList},
	"plain.tgz":     {"2:plain.tar/list.csv csv", plainList},
	"plain.tar.bz2": {"2:plain.tar/list.csv csv", plainList},
	"plain.tar.xz":  {"2:plain.tar/list.csv csv", plainList},
	"list.csv.gz":   {"2:list.csv csv", plainList},
	"disk.iso.gz":   {"2:disk.iso iso [disk image]", "2:disk.iso/list.csv csv", plainList},
	"plain.7z":      {"2:list.csv csv\n2:note.txt text", plainList},
	"bzip2.7z":      {"2:list.csv csv\n", plainList},
	"deflate.7z":    {"2:list.csv csv\n", plainList},
	"filter.7z":     {"2:list.csv csv unread(packed with a filter for programs", plainList},
	"ppmd.7z":       {"2:list.csv  unread(packed in a way that is not read)"},
	"stored.7z":     {plainList},
	"program.7z":    {"2:setup.exe program [executable]"},
	"locked.7z":     {"2:list.csv  encrypted(7z) unread(encrypted)"},
	"names.7z":      {"2 7z encrypted(7z, names too) unread(encrypted)"},
	"book.xlsx":     {bookHead, bookRow, "A3=row secret{hidden row 3}", "A4=white secret{white on white} C4=plain & visible", "sheet 裏 (hidden sheet)\nA1=sheet secret", "(comment)\ncomment secret", "(properties)", "creator: Kenta Sample"},
	"excel.xlsx": {"A3=見本 花子 C3=1987-03-04 D3=inline <words> E3=4711{hidden text} F3=1987-03-05", "sheet 奥 (very hidden sheet)\nA1=very secret",
		"pivot cache (cached data)\nA1=氏名{cached data} \nA2=pivot secret"},
	"book.xlsb": {"2 xlsb\n", "sheet 表 ()\nA1=氏名 B1=生年月日 C1=電話 \nA2=見本 太郎 B2=1987-03-04 C2=090-0000-0000", "A3=row secret{hidden row 3}", "A4=4711{hidden text} D4=column secret{hidden column D}",
		"sheet 奥 (very hidden sheet)\nA1=very secret"},
	"letter.docx": {"見本株式会社 御中、visible words.\nSome text with a hole.\nBefore  after  end.", "(tracked deletion)\ndeleted secret", "(hidden text)\nvanished secret",
		"(white on white)\nwhite secret", "header ()\nheader words", "footnote words", "(comment)\nKenta: comment secret", "table 1 ()\n" + plainList},
	"remote.docx":     {"2 docx [external template, DDE]", "(tracked deletion)\nmoved secret"},
	"local.docx":      {"2 docx\n"},
	"talk.pptx":       {"slide 1 ()\nfirst slide 見本", "slide 2 (hidden slide)\nslide secret", "(notes)\nnotes secret"},
	"book.xls":        {bookHead, bookRow, "A3=row secret{hidden row 3}", "A4=white secret{white on white}", "sheet 裏 (hidden sheet)\nA1=sheet secret", "(comment)\ncomment secret", "creator: Kenta Sample"},
	"book-locked.xls": {"2 xls encrypted(Office 97, RC4) unread(encrypted)"},
	"book.ods":        {bookHead, bookRow, "A3=row secret{hidden row 3}", "A4=white secret{white on white}", "sheet 裏 (hidden sheet)\nA1=sheet secret", "(comment)\ncomment secret"},
	"book-locked.ods": {"2 ods encrypted(OpenDocument) unread(encrypted)"},
	"letter.doc":      {"見本株式会社 御中、visible words.", "deleted secret", "vanished secret", "table ()\n" + plainList, "(comment)\ncomment secret", "title: 手紙"},
	"letter.odt": {"見本株式会社 御中、visible words.\nSome text with a hole.\nBefore  after  end.", "(tracked deletion)\ndeleted secret", "(hidden text)\nvanished secret",
		"(white on white)\nwhite secret", "header words", "(comment)\ncomment secret", "table 1 ()\n" + plainList},
	"letter.rtf": {"見本株式会社 御中、visible words.\nSome text with a hole.\nBefore  after  end.", "(tracked deletion)\ndeleted secret", "(hidden text)\nvanished secret",
		"(white on white)\nwhite secret", "(comment)\ncomment secret", "table ()\n" + plainList},
	"talk.odp":         {"slide 1 ()\nfirst slide 見本", "slide 2 (hidden slide)\nslide secret", "(notes)\nnotes secret"},
	"talk.ppt.gz":      {"slide 1 ()\nfirst slide 見本", "slide 2 (hidden slide)\nslide secret", "(notes)\nnotes secret"},
	"book.pdf":         {"page 1 ()", "氏名\t生年月日\t電話", "見本 太郎\t1987-03-04"},
	"accounts.pdf":     {"\n氏名\tID\tPassword\t部署\n佐原 美智子\tmichiko.sahara2026\tKd83-XwQ92vTz7Lp\t営業部\n", "林 修\tosamu\tvT7zLp93kQwXd81M\t", "hand them to \nanybody else in the department or outside.\nSecond"},
	"letter.pdf":       append([]string{"2 pdf\n"}, letterPDF...),
	"packed.pdf":       append([]string{"2 pdf\n"}, letterPDF...),
	"owner128.pdf":     append([]string{"2 pdf encrypted(PDF, opens without a password)\n"}, letterPDF...),
	"owner256.pdf":     append([]string{"2 pdf encrypted(PDF, opens without a password)\n"}, letterPDF...),
	"owner-packed.pdf": append([]string{"2 pdf encrypted(PDF, opens without a password)\n"}, letterPDF...),
	"user40.pdf":       {"2 pdf encrypted(PDF) unread(encrypted)"},
	"user128.pdf":      {"2 pdf encrypted(PDF) unread(encrypted)"},
	"user256.pdf":      {"2 pdf encrypted(PDF) unread(encrypted)"},
	"deflate64.zip":    {"2:part.txt  unread(packed with Deflate64)"},
	"ppmd.zip":         {"2:part.txt  unread(packed with PPMd)"},
	"agile.docx":       {"2 ole encrypted(Office, agile) unread(encrypted)"},
	"standard.xlsx":    {"2 ole encrypted(Office, standard) unread(encrypted)"},
	"scan.pdf":         {"2 pdf unread(pictures without text)"},
	"mixed.pdf":        append([]string{"2 pdf unread(1 of 2 pages are pictures without text)"}, letterPDF[:3]...),
	"gcm.p7m":          {"2 smime encrypted(S/MIME) unread(encrypted)"},
	"envelope.pem":     {"2 smime encrypted(S/MIME) unread(encrypted)"},
	"key.gpg":          {"2 pgp encrypted(PGP) unread(encrypted)"},
	"list.csv.gpg":     {"2 pgp encrypted(PGP with a password) unread(encrypted)"},
	"list.csv.asc":     {"2 pgp encrypted(PGP with a password) unread(encrypted)"},
	"list.sig":         {"2 pgp\n"},
	"smime.p7m":        {"2 smime encrypted(S/MIME) unread(encrypted)"},
	"signed.p7m":       {"2:signed message", "氏名,電話"},
	"key.p12":          {"2 pkcs12"},
}

var letterPDF = []string{"見本株式会社 御中、visible words.\nSome text", "氏名\t電話\n", "見本 太郎\t090-0000-0000", "Title: 手紙"}
