package mailbox

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// pack makes an archive of names and texts, in order.
func pack(t testing.TB, kind string, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	switch kind {
	case "gz":
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, files[0])
		_ = w.Close()
	case "zip":
		w := zip.NewWriter(&b)
		for i := 0; i < len(files); i += 2 {
			f, err := w.Create(files[i])
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(f, files[i+1])
		}
		_ = w.Close()
	case "tar":
		w := tar.NewWriter(&b)
		for i := 0; i < len(files); i += 2 {
			if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o644, Format: tar.FormatUSTAR}); err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(w, files[i+1])
		}
		_ = w.Close()
	}
	return b.String()
}

func TestArchives(t *testing.T) {
	box := fromLine + mail(8) + "\n" + fromLine + mail(9)
	inner := pack(t, "zip", "in.eml", mail(7))
	tree(t, map[string]string{
		"a.zip":    pack(t, "zip", "d/1.eml", mail(1), "__MACOSX/d/._1.eml", "x", "s.mbox", box, "inner.zip", inner),
		"b.tar":    pack(t, "tar", "./x/2.eml", mail(2), ".DS_Store", "x"),
		"c.tar.gz": pack(t, "gz", pack(t, "tar", "3.eml", mail(3), "more.zip", inner)),
		"d.eml.gz": pack(t, "gz", mail(4)),
		"e.mbox.gz": pack(t, "gz", fromLine+mail(5)+"\n") +
			pack(t, "gz", fromLine+mail(6)), // gzip files may be joined
	})
	same(t, read(t, Options{Jobs: 2}, "."),
		got{"./a.zip:d/1.eml", mail(1)}, got{"./a.zip:s.mbox:1", mail(8)}, got{"./a.zip:s.mbox:2", mail(9)}, got{"./a.zip:inner.zip:in.eml", mail(7)},
		got{"./b.tar:x/2.eml", mail(2)},
		got{"./c.tar.gz:3.eml", mail(3)}, got{"./c.tar.gz:more.zip:in.eml", mail(7)},
		got{"./d.eml.gz", mail(4)},
		got{"./e.mbox.gz:1", mail(5)}, got{"./e.mbox.gz:2", mail(6)})
	zipped, err := os.Open("a.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer zipped.Close()
	same(t, read(t, Options{Stdin: func() io.Reader { return zipped }}, "-")[:1], got{"-:d/1.eml", mail(1)})
}

// What cannot be read is named with the reason, and the rest is still read.
func TestUnreadable(t *testing.T) {
	deep := pack(t, "zip", "2.zip", pack(t, "zip", "1.zip", pack(t, "zip", "x.eml", mail(1))))
	whole := pack(t, "gz", strings.Repeat(mail(1), 1000))
	secret := []byte(pack(t, "zip", "s.eml", mail(1)))
	for _, sign := range []string{"PK\x03\x04", "PK\x01\x02"} { // set the flag of encryption in both headers
		i := bytes.Index(secret, []byte(sign))
		secret[i+map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[sign]] |= 1
	}
	tree(t, map[string]string{
		"1.xz": "\xfd7zXZ\x00...", "2.zip": "PK\x03\x04 and nothing", "3.gz": whole[:len(whole)/2], "4.7z": "7z\xbc\xaf\x27\x1c", "5.pst": "!BDN....",
		"6.zip": deep, "7.zip": string(secret), "8.msg": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "9.eml": mail(9),
	})
	have := read(t, Options{}, ".")
	for i, want := range []string{"xz -d", "zip: not a valid zip file", "unexpected EOF", "7z x", "readpst", "archive in an archive in an archive", "encrypted", ".eml", "Text 9"} {
		if i >= len(have) || !strings.Contains(have[i].text, want) || i < 8 && have[i].text[0] != '!' {
			t.Errorf("%d: want %q in %q", i+1, want, have[min(i, len(have)-1)])
		}
	}
}

func TestBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	gz := pack(t, "gz", zeros)
	tree(t, map[string]string{"bomb.gz": gz, "bomb.zip": pack(t, "zip", "a", zeros, "b", zeros), "gz.gz": pack(t, "gz", pack(t, "gz", pack(t, "gz", gz))), "z.eml": mail(1)})
	have := read(t, Options{Jobs: 1, Memory: 1 << 20, Unfold: 4 << 20}, ".")
	if len(have) != 4 {
		t.Fatalf("%d messages: %.300q", len(have), have)
	}
	for _, g := range have[:2] {
		if g.text != "! "+errBomb.Error() {
			t.Errorf("%s: %.100q", g.path, g.text)
		}
	}
	if !strings.HasPrefix(have[2].text, "! an archive in an archive") || have[3].text != mail(1) {
		t.Errorf("%.200q", have[2:])
	}
}

func FuzzExpand(f *testing.F) {
	f.Add([]byte(pack(f, "zip", "a.eml", mail(1))))
	f.Add([]byte(pack(f, "gz", pack(f, "tar", "a.eml", mail(1)))))
	f.Add([]byte(fromLine + mail(1)))
	f.Add([]byte("\xfd7zXZ\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var all [2][]got
		for i, r := range []func() io.Reader{func() io.Reader { return bytes.NewReader(data) }, func() io.Reader { return &stepReader{data, 7} }} {
			all[i] = read(t, Options{Jobs: 1, Stdin: r}, "-")
		}
		if len(all[0]) == 0 && !strings.HasPrefix(string(data), "PK") && len(data) > 0 && sniff(data) == single {
			t.Error("nothing was handed over, and no error")
		}
		if !slices.Equal(all[0], all[1]) {
			t.Errorf("%.500q\n%.500q", all[0], all[1])
		}
	})
}
