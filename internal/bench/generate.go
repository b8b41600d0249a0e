package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

var (
	english  = strings.Fields("the quarterly report attached please review before Friday meeting budget invoice contract draft schedule customer project update delivery order thank you best regards")
	japanish = []string{"お世話になっております", "株式会社", "見積書", "ご確認", "お願いいたします", "資料", "会議", "議事録", "契約書", "納期", "ご連絡"}
)

// generate writes n messages, the same at every run. Message i is of about
// sizes[i mod len(sizes)] octets; three in four are in English, one in
// ISO-2022-JP.
func generate(dir string, n int, sizes []int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range n {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		name := filepath.Join(dir, fmt.Sprintf("m%05d.eml", i))
		if err := os.WriteFile(name, compose(r, i, sizes[i%len(sizes)]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func compose(r *rand.Rand, i, size int) []byte {
	var w bytes.Buffer
	var to []string
	for range 1 + r.IntN(12) {
		to = append(to, fmt.Sprintf("\"Taro Yamada %d\" <taro%d@sub%d.example.net>", r.IntN(99), r.IntN(9999), r.IntN(7)))
	}
	fmt.Fprintf(&w, "Received: from pc1.example.co.jp ([192.0.2.1])\r\n\tby mail.example.co.jp with ESMTPSA id %x;\r\n\tMon, 06 Jan 2025 09:00:00 +0900\r\n", r.Uint64())
	fmt.Fprintf(&w, "From: hanako@example.co.jp\r\nTo: %s\r\nSubject: report %d\r\n", strings.Join(to, ",\r\n "), i)
	fmt.Fprintf(&w, "Date: Mon, 06 Jan 2025 09:00:00 +0900\r\nMessage-ID: <%x@example.co.jp>\r\nMIME-Version: 1.0\r\nUser-Agent: Mozilla Thunderbird\r\n", r.Uint64())
	body(&w, r, i%4 == 3, size, 1000)
	return w.Bytes()
}

// body writes a text, the same in HTML, and a file that fills the message up to
// its size where more octets than least are left for one.
func body(w *bytes.Buffer, r *rand.Rand, japaneseText bool, size, least int) {
	w.WriteString("Content-Type: multipart/mixed; boundary=\"=_mix\"\r\n\r\n--=_mix\r\nContent-Type: multipart/alternative; boundary=\"=_alt\"\r\n\r\n--=_alt\r\n")
	text(w, r, "plain", japaneseText)
	w.WriteString("\r\n--=_alt\r\n")
	text(w, r, "html", japaneseText)
	w.WriteString("\r\n--=_alt--\r\n")
	if rest := size - w.Len(); rest > least {
		raw := make([]byte, rest*57/78)
		for k := range raw {
			raw[k] = byte(r.Uint32())
		}
		attachment(w, raw)
	}
	w.WriteString("--=_mix--\r\n")
}

func attachment(w *bytes.Buffer, raw []byte) {
	w.WriteString("--=_mix\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\nContent-Disposition: attachment; filename=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for len(raw) > 0 {
		n := min(57, len(raw))
		w.WriteString(base64.StdEncoding.EncodeToString(raw[:n]) + "\r\n")
		raw = raw[n:]
	}
}

// letter is a message of about that size that nothing is wrong with, as it
// goes over the wire, with its dot: a Japanese text, the same in HTML, and a
// file where there is room for one.
func letter(size int) []byte {
	var w bytes.Buffer
	r := rand.New(rand.NewPCG(2, uint64(size)))
	w.WriteString("From: hanako@example.co.jp\r\nTo: taro@customer.example.org, jiro@customer.example.org\r\nSubject: report\r\nDate: Mon, 06 Jan 2025 09:00:00 +0900\r\nMessage-ID: <letter@example.co.jp>\r\nMIME-Version: 1.0\r\n")
	body(&w, r, true, size, 400)
	w.WriteString(".\r\n")
	return w.Bytes()
}

func text(w *bytes.Buffer, r *rand.Rand, sub string, japaneseText bool) {
	words := english
	if japaneseText {
		words = japanish
	}
	var b strings.Builder
	for b.Len() < 1200 {
		for range 8 {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		b.WriteString("\r\n")
	}
	if japaneseText {
		jis, err := japanese.ISO2022JP.NewEncoder().String(b.String())
		if err != nil {
			panic(err) // the words above are in JIS X 0208
		}
		fmt.Fprintf(w, "Content-Type: text/%s; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n%s", sub, jis)
		return
	}
	fmt.Fprintf(w, "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", sub)
	q := quotedprintable.NewWriter(w)
	_, _ = q.Write([]byte(b.String()))
	_ = q.Close()
}
