package message

import (
	"fmt"
	"strings"
	"testing"
)

// benchMessage is what an office sends: a dozen recipients with Japanese names,
// text and HTML in ISO-2022-JP or UTF-8, an attachment of size octets.
func benchMessage(size int) []byte {
	var to []string
	for i := range 12 {
		to = append(to, fmt.Sprintf("=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <taro.yamada%d@sub%d.example.co.jp>", i, i%4))
	}
	text := strings.Repeat("GyRCJCohQhsoQiA=\r\n", 40)
	var b strings.Builder
	b.WriteString("Received: from pc1.example.co.jp (pc1.example.co.jp [192.0.2.1])\r\n\tby mail.example.co.jp with ESMTPSA id 1;\r\n\tMon, 06 Jan 2025 09:00:00 +0900\r\n")
	fmt.Fprintf(&b, "From: taro@example.co.jp\r\nTo: %s\r\nSubject: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=\r\n", strings.Join(to, ",\r\n "))
	b.WriteString("Date: Mon, 06 Jan 2025 09:00:00 +0900\r\nMessage-ID: <1@example.co.jp>\r\nMIME-Version: 1.0\r\nUser-Agent: Thunderbird\r\nContent-Type: multipart/mixed; boundary=\"=_m\"\r\n\r\n--=_m\r\n")
	b.WriteString("Content-Type: multipart/alternative; boundary=\"=_a\"\r\n\r\n--=_a\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: base64\r\n\r\n" + text)
	b.WriteString("--=_a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("<p>caf=C3=A9 au lait</p>\r\n", 100) + "--=_a--\r\n")
	b.WriteString("--=_m\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", size/57) + "--=_m--\r\n")
	return []byte(b.String())
}

func benchmarkSizes(b *testing.B, f func(raw []byte)) {
	for _, size := range []int{0, 64 << 10, 1 << 20} {
		raw := benchMessage(size)
		b.Run(fmt.Sprintf("%dKiB", len(raw)>>10), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				f(raw)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) { benchmarkSizes(b, func(raw []byte) { Parse(raw) }) }

func BenchmarkVerify(b *testing.B) { benchmarkSizes(b, func(raw []byte) { Parse(raw).Verify() }) }

func BenchmarkText(b *testing.B) {
	benchmarkSizes(b, func(raw []byte) {
		for _, p := range Parse(raw).Parts {
			if strings.HasPrefix(p.Type, "text/") {
				p.Text()
			}
		}
	})
}

func BenchmarkAddresses(b *testing.B) {
	raw := benchMessage(0)
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw).To()
	}
}
