package content_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"testing"
	"time"

	"maillint/content"
)

// zipped is a zip of one member.
func zipped(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	return zipOf(t, map[string][]byte{name: data})
}

func zipOf(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zerosZip is a zip with a member of n zeros, between a head and a tail.
func zerosZip(t testing.TB, name string, head string, n int64, more map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for k, v := range more {
		w, _ := z.Create(k)
		_, _ = io.WriteString(w, v)
	}
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, head)
	zeros := make([]byte, 1<<20)
	for ; n > 0; n -= int64(len(zeros)) {
		_, _ = w.Write(zeros[:min(n, int64(len(zeros)))])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nestedBomb is made like 42.zip: five layers of sixteen, and gigabytes below.
func nestedBomb(t testing.TB) []byte {
	data := zerosZip(t, "0.dll", "", 64<<20, nil)
	for layer := range 5 {
		files := map[string][]byte{}
		for i := range 16 {
			files[fmt.Sprintf("lib %x-%d.zip", i, layer)] = data
		}
		data = zipOf(t, files)
	}
	return data
}

// deepZip is n zips in one another.
func deepZip(t testing.TB, n int) []byte {
	data := []byte("end\n")
	name := "end.txt"
	for i := range n {
		data, name = zipped(t, name, data), fmt.Sprintf("%d.zip", i)
	}
	return data
}

// overlapping is a zip whose members all share the same packed octets
// (D. Fifield, A better zip bomb, WOOT 2019).
func overlapping(t testing.TB, n int, size int) []byte {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	_, _ = w.Write(make([]byte, size))
	_ = w.Close()
	crc := crc32.ChecksumIEEE(make([]byte, size))
	header := func(sig string, name string, central bool) []byte {
		h := []byte(sig)
		if central {
			h = append(h, 20, 0)
		}
		h = append(h, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0)
		h = binary.LittleEndian.AppendUint32(h, crc)
		h = binary.LittleEndian.AppendUint32(h, uint32(packed.Len()))
		h = binary.LittleEndian.AppendUint32(h, uint32(size))
		h = binary.LittleEndian.AppendUint16(h, uint16(len(name)))
		h = append(h, 0, 0)
		if central {
			h = append(h, make([]byte, 14)...)
		}
		return append(h, name...)
	}
	out := append(header("PK\x03\x04", "a.txt", false), packed.Bytes()...)
	start := len(out)
	for range n {
		out = append(out, header("PK\x01\x02", "a.txt", true)...)
	}
	length := len(out) - start
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(n))
	out = binary.LittleEndian.AppendUint16(out, uint16(n))
	out = binary.LittleEndian.AppendUint32(out, uint32(length))
	out = binary.LittleEndian.AppendUint32(out, uint32(start))
	return append(out, 0, 0)
}

// droste is a zip that stays the same when it is unpacked, as far as a reader
// can tell that stops at a limit: its member is a stored copy of the zip, and
// that one's copy is cut where the octets end.
func droste(t testing.TB) []byte {
	data := []byte("x")
	for range 60 {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: "droste.zip", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(data)
		_ = z.Close()
		data = b.Bytes()
	}
	return data
}

// No bomb is read to its end, and none is called clean.
func TestBombs(t *testing.T) {
	sheet := map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": `<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`, "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`}
	for _, c := range []struct {
		name string
		file string
		data []byte
		want content.DefectKind
	}{
		{"like 42.zip", "42.zip", nestedBomb(t), content.LimitFiles},
		{"hundred deep", "deep.zip", deepZip(t, 100), content.LimitDepth},
		{"in itself", "droste.zip", droste(t), content.LimitDepth},
		{"shared octets", "o.zip", overlapping(t, 250, 21<<20), content.LimitRatio},
		{"a gigabyte of zeros as a sheet", "zeros.xlsx", zerosZip(t, "xl/worksheets/sheet1.xml", "<worksheet><sheetData>", 1<<30, sheet), content.LimitRatio},
		{"many files", "many.zip", zipOf(t, manyFiles(6000)), content.LimitFiles},
	} {
		t.Run(c.name, func(t *testing.T) {
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			in := inspect(c.file, c.data)
			defects := in.Defects()
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			t.Logf("%d octets, %v, %d MB allocated", len(c.data), took, (after.TotalAlloc-before.TotalAlloc)>>20)
			found := false
			for _, d := range defects {
				found = found || d.Kind == c.want
			}
			if !found || len(in.Uninspected()) == 0 {
				t.Errorf("defects %v, %d files not read", defects, len(in.Uninspected()))
			}
		})
	}
}

func manyFiles(n int) map[string][]byte {
	out := map[string][]byte{}
	for i := range n {
		out[fmt.Sprintf("%d.txt", i)] = []byte("a")
	}
	return out
}
