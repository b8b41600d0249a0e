package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// officeFiles are the kinds of file of the office set: what LibreOffice, zip
// and its PDF export write.
var officeFiles = []string{".xlsx", ".docx", ".pptx", ".ods", ".odt", ".odp", ".pdf", ".zip"}

// generateOffice writes n messages that each hold one of the files of a folder.
func generateOffice(dir string, n int, files string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var names []string
	for _, ext := range officeFiles {
		found, err := filepath.Glob(filepath.Join(files, "*"+ext))
		if err != nil {
			return err
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return fmt.Errorf("no office files in %s (run bench at the top of the repository)", files)
	}
	for i := range n {
		name := names[i%len(names)]
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%05d.eml", i)), withFile(filepath.Base(name), data), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func withFile(name string, data []byte) []byte {
	var w bytes.Buffer
	fmt.Fprintf(&w, "From: hanako@example.co.jp\r\nTo: taro@example.net\r\nSubject: file\r\nDate: Mon, 06 Jan 2025 09:00:00 +0900\r\nMIME-Version: 1.0\r\n")
	fmt.Fprintf(&w, "Content-Type: application/octet-stream; name=\"%s\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n", name)
	for s := base64.StdEncoding.EncodeToString(data); s != ""; {
		n := min(76, len(s))
		w.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return w.Bytes()
}

// unpack is what no reader of such a message can do without: it undoes base64,
// and unzips or inflates what is in the file.
func unpack(b []byte) error {
	i := bytes.Index(b, []byte("\r\n\r\n"))
	if i < 0 || !bytes.Contains(b[:i], []byte("base64")) {
		return nil
	}
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(b[i+4:])))
	if err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte("%PDF")) {
		return inflateAll(data)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			continue // a method that the library does not know
		}
		_, err = io.Copy(io.Discard, r)
		_ = r.Close()
		if err != nil && f.Flags&1 == 0 {
			return err
		}
	}
	return nil
}

// inflateAll inflates the streams of a PDF.
func inflateAll(data []byte) error {
	for {
		i := bytes.Index(data, []byte("stream\n"))
		if i < 0 {
			return nil
		}
		head := string(data[max(0, i-200):i])
		data = data[i+7:]
		if strings.Contains(head[strings.LastIndex(head, "obj")+1:], "FlateDecode") && len(data) > 2 {
			_, _ = io.Copy(io.Discard, flate.NewReader(bytes.NewReader(data[2:])))
		}
	}
}
