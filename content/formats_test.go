package content_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"maillint/content"
)

// le writes numbers and octets one after the other.
func le(parts ...any) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case []byte:
			b.Write(p)
		default:
			_ = binary.Write(&b, binary.LittleEndian, p)
		}
	}
	return b.Bytes()
}

// rar4 is a RAR 4 of one stored member.
func rar4(name, body string, mainFlags, fileFlags uint16) []byte {
	main := le(uint16(0), byte(0x73), mainFlags, uint16(13), make([]byte, 6))
	head := le(uint32(len(body)), uint32(len(body)), byte(2), uint32(0), uint32(0), byte(29), byte(0x30), uint16(len(name)), uint32(0x20), name)
	file := le(uint16(0), byte(0x74), fileFlags, uint16(7+len(head)), head, body)
	return le("Rar!\x1a\x07\x00", main, file, uint16(0), byte(0x7b), uint16(0x4000), uint16(7))
}

// rar5 is a RAR 5 of one stored member; extra is its extra area.
func rar5(name, body, extra string) []byte {
	head := le(byte(2), byte(3), byte(len(extra)), byte(len(body)), byte(0), byte(len(body)), byte(0x20), byte(0), byte(1), byte(len(name)), name, extra)
	return le("Rar!\x1a\x07\x01\x00", uint32(0), byte(len(head)), head, body, uint32(0), byte(2), byte(5), byte(0))
}

// tnef is a winmail.dat with one file.
func tnef(name, body string) []byte {
	attr := func(level byte, id uint32, b []byte) []byte { return le(level, id, uint32(len(b)), b, uint16(0)) }
	return le(uint32(0x223e9f78), uint16(1), attr(1, 0x00018004, []byte("subject words\x00")), attr(2, 0x00069002, make([]byte, 14)),
		attr(2, 0x00018010, []byte(name+"\x00")), attr(2, 0x0006800f, []byte(body)))
}

// compound is a compound file with streams of 4,096 octets, which start as given.
func compound(streams map[string][]byte, order ...string) []byte {
	fat := []uint32{0xfffffffd, 0xfffffffe}
	dir := func(name string, kind byte, start, size, child, right uint32) []byte {
		wide := make([]byte, 64)
		for i, c := range []byte(name) {
			wide[2*i] = c
		}
		return le(wide, uint16(2*len(name)+2), kind, byte(1), uint32(0xffffffff), right, child, make([]byte, 36), start, uint64(size))
	}
	entries := dir("Root Entry", 5, 0xfffffffe, 0, 1, 0xffffffff)
	var body []byte
	for i, name := range order {
		right := uint32(i + 2)
		if i == len(order)-1 {
			right = 0xffffffff
		}
		entries = append(entries, dir(name, 2, uint32(len(fat)), 4096, 0xffffffff, right)...)
		for k := range 8 {
			next := uint32(len(fat) + 1)
			if k == 7 {
				next = 0xfffffffe
			}
			fat = append(fat, next)
		}
		body = append(body, append(streams[name], make([]byte, 4096-len(streams[name]))...)...)
	}
	for len(fat) < 128 {
		fat = append(fat, 0xffffffff)
	}
	entries = append(entries, make([]byte, 512-len(entries))...)
	difat := append([]uint32{0}, make([]uint32, 108)...)
	for i := range difat[1:] {
		difat[i+1] = 0xffffffff
	}
	head := le("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", make([]byte, 16), uint16(62), uint16(3), uint16(0xfffe), uint16(9), uint16(6), make([]byte, 10),
		uint32(1), uint32(1), uint32(0), uint32(4096), uint32(0xfffffffe), uint32(0), uint32(0xfffffffe), uint32(0), difat)
	return le(head, fat, entries, body)
}

// The ways in which Office encrypts new files (MS-OFFCRYPTO, 2.3.4).
func TestEncryptedOffice(t *testing.T) {
	for version, want := range map[string]content.Encryption{"\x04\x00\x04\x00": content.OfficeAgile, "\x04\x00\x02\x00": content.OfficeStandard, "\x03\x00\x02\x00": content.OfficeStandard} {
		data := compound(map[string][]byte{"EncryptionInfo": []byte(version), "EncryptedPackage": []byte("x")}, "EncryptionInfo", "EncryptedPackage")
		if f := inspect("a.xlsx", data).Files()[0]; f.Encrypted != want || f.Uninspected == "" {
			t.Errorf("%q: %+v", version, f)
		}
	}
}

// A macro that starts by itself is found in its compressed source.
func TestMacros(t *testing.T) {
	source := "Attribute VB_Name = \"M\"\r\nSub Document_Open()\r\nEnd Sub\r\n"
	var packed []byte
	for i := 0; i < len(source); i += 8 { // nothing but literals
		packed = append(append(packed, 0), source[i:min(len(source), i+8)]...)
	}
	module := le("some head", byte(1), uint16(0xb000|(len(packed)-1)), packed)
	quiet := bytes.Clone(module)
	quiet[bytes.Index(quiet, []byte("ument"))] = 'x' // Docxment_Open
	for _, c := range []struct {
		module []byte
		want   content.Flag
	}{{module, content.Macro | content.AutoMacro}, {quiet, content.Macro}} {
		data := compound(map[string][]byte{"_VBA_PROJECT": []byte("x"), "M": c.module}, "_VBA_PROJECT", "M")
		if got := inspect("a.bin", data).Files()[0].Flags; got&(content.Macro|content.AutoMacro) != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

// Formats that no program at hand writes, and shapes that only attackers write.
func TestMadeFiles(t *testing.T) {
	script := "<html><body><script>var b=atob('AAAA');var u=URL.createObjectURL(new Blob([b]));a.download='x.zip';</script></body></html>"
	eml := "From: a@example.jp\r\nTo: b@example.com\r\nSubject: =?UTF-8?B?6KaL5pys?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ninner words\r\n--x\r\nContent-Type: application/octet-stream; name=run.exe\r\n\r\nx\r\n--x--\r\n"
	note := le("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", make([]byte, 64), "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac", uint64(30), make([]byte, 12), "@echo off\r\npowershell -enc AAA\r\n")
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"a.rar", rar4("名簿.csv", "a,b\nc,d\n", 0, 0), []string{"2:名簿.csv csv", "A1=a B1=b"}},
		{"a.rar", rar4("a.csv", "xxxx", 0, 4), []string{"2:a.csv  encrypted(RAR) unread(encrypted)"}},
		{"a.rar", rar4("a.csv", "xxxx", 0x80, 4), []string{"2 rar encrypted(RAR, names too) unread(encrypted)"}},
		{"a.rar", rar5("名簿.csv", "a,b\nc,d\n", ""), []string{"2:名簿.csv csv", "A1=a B1=b"}},
		{"a.rar", rar5("a.csv", "xxxx", "\x02\x01\x00"), []string{"2:a.csv  encrypted(RAR) unread(encrypted)"}},
		{"a.rar", le("Rar!\x1a\x07\x01\x00", uint32(0), byte(2), byte(4), byte(0)), []string{"2 rar encrypted(RAR, names too)"}},
		{"winmail.dat", tnef("run.vbs", "x"), []string{"subject words", "2:run.vbs text [script]"}},
		{"page.html", []byte(script), []string{"2 html [HTML smuggling]"}},
		{"a.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), []string{"2 svg [script]"}},
		{"mail.eml", []byte(eml), []string{"Subject ()\n見本", "inner words", "2:run.exe text [executable]"}},
		{"note.one", note, []string{"2:file 1 text [script]"}},
		{"hide.html", []byte("<p>shown<span style='display: none'>css secret</span> more<div hidden><div>deep</div> secret</div>end"), []string{"shown more", "end== 2 (css)\ncss secret", "deep\n secret"}},
		{"table.html", []byte("<table><tr><td>氏名<td>電話<tr><td>見本<td>090</table>"), []string{"table 1 ()\nA1=氏名 B1=電話 \nA2=見本 B2=090"}},
		{"annex\u202efdp.exe", []byte("x"), []string{"[executable, deceptive name]"}},
		{"a.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:見本\r\n  太郎\r\nEND:VCARD\r\n"), []string{"2 vcard", "FN:見本 太郎"}},
		{"wide.txt", le("\xff\xfe", "a\x00b\x00c\x00\n\x00"), []string{"2 text\n", "abc"}},
	} {
		in := inspect(c.name, c.data)
		got := tree(in) + dump(in)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: missing %q in\n%s", c.name, want, got)
			}
		}
	}
}

// An encrypted file hides nothing from a rule that asks for it.
func TestLocked(t *testing.T) {
	for name, want := range map[string]bool{"crypto.zip": true, "inner.zip": true, "locked.7z": true, "book-locked.xls": true, "user256.pdf": true, "owner256.pdf": false, "key.gpg": false, "smime.p7m": false, "list.csv.gpg": true, "plain.zip": false} {
		if got := inspect(name, load(t, name)).Files()[0].Locked(); got != want {
			t.Errorf("%s: locked %v", name, got)
		}
	}
	if e := content.OfficeRights; e.Password() {
		t.Error("rights management asks for no password")
	}
}
