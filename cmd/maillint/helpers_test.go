package main

import (
	"archive/zip"
	"fmt"
	"os"
	"strings"

	"maillint/mailbox"
	"maillint/report"
)

// judgeOnly judges one message and gives what went wrong.
func (s *scan) judgeOnly(raw []byte) error {
	r := report.Record{Path: "x"}
	s.judge(&mailbox.Message{Path: "x", Data: raw, Size: int64(len(raw))}, &r)
	return r.Err
}

// packMain is the scripts' "pack OUT.zip FILE...".
func packMain() {
	f, err := os.Create(os.Args[1])
	check(err)
	z := zip.NewWriter(f)
	for _, name := range os.Args[2:] {
		data, err := os.ReadFile(name)
		check(err)
		w, err := z.Create(name)
		check(err)
		_, err = w.Write(data)
		check(err)
	}
	check(z.Close())
	check(f.Close())
}

// largeMain is the scripts' "large FILE MEGABYTES": a message with an
// attachment of that size.
func largeMain() {
	n := 0
	_, err := fmt.Sscan(os.Args[2], &n)
	check(err)
	f, err := os.Create(os.Args[1])
	check(err)
	_, err = f.WriteString("From: a@example.jp\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	check(err)
	line := strings.Repeat("QUJD", 19) + "\r\n"
	block := strings.Repeat(line, 1<<20/len(line)+1)
	for range n {
		_, err = f.WriteString(block)
		check(err)
	}
	_, err = f.WriteString("--b--\r\n")
	check(err)
	check(f.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
