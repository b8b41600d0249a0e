package gate

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"maillint/message"
)

// tnef makes a TNEF stream of attributes (MS-OXTNEF, 2.1.3).
func tnef(attributes ...[]byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, tnefSignature)
	out = append(out, 1, 0)
	for _, a := range attributes {
		out = append(out, a...)
	}
	return out
}

func attribute(id uint32, data []byte) []byte {
	out := []byte{1}
	out = binary.LittleEndian.AppendUint32(out, id)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	out = append(out, data...)
	return append(out, 0, 0)
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func keys(list []message.Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.Key())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestTNEFRecipients(t *testing.T) {
	table := append([]byte("\x02\x00SMTP:a@x.example\x00\x1e\x00"), wide("\u0000b@y.example\u0000")...)
	stream := tnef(attribute(0x00088011, []byte("IPM.Note nobody@not-a-recipient.example")), attribute(0x00069004, table))
	if got := keys(tnefRecipients(stream)); !slices.Equal(got, []string{"a@x.example", "b@y.example"}) {
		t.Errorf("%q", got)
	}
	if got := keys(tnefRecipients(stream[:len(stream)-4])); !slices.Contains(got, "a@x.example") {
		t.Errorf("cut short: %q", got)
	}
	if got := tnefRecipients([]byte("a@x.example is no TNEF stream")); got != nil {
		t.Errorf("%q", got)
	}
}

// What parts repeat of the header is found wherever it stands.
func TestRepeatedAddresses(t *testing.T) {
	encoded := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	signed := append([]byte{0x30, 0x82, 1, 2, 0x04, 0x82, 0, 200}, []byte("Content-Type: text/plain; hp=\"clear\"\r\nTo: s@x.example,\r\n t@y.example\r\n\r\nText\r\n")...)
	for name, tt := range map[string]struct{ raw, want string }{
		"nothing":                                {"To: a@x.example\n\nText a@z.example\n", ""},
		"tnef":                                   {"To: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + encoded(tnef(attribute(0x00069004, []byte("SMTP:r@x.example\x00")))) + "\n--b--\n", "r@x.example"},
		"s/mime, opaque":                         {"To: a@x.example\nContent-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n" + encoded(signed) + "\n", "s@x.example t@y.example"},
		"second enclosed message does not count": {"To: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nTo: n@x.example\n\nx\n--b\nContent-Type: message/rfc822\n\nTo: m@x.example\n\nx\n--b--\n", "n@x.example"},
	} {
		m := message.Parse([]byte(strings.ReplaceAll(tt.raw, "\n", "\r\n")))
		if got := strings.Join(keys(repeatedAddresses(m)), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(tnef(attribute(0x00069004, []byte("SMTP:r@x.example\x00"))))
	f.Add(tnef(attribute(0x00069004, wide("r@x.example"))))
	f.Add(bytes.Repeat([]byte{0x78, 0x9f, 0x3e, 0x22, 0xff, 0xff}, 10))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := tnefRecipients(b); len(got) > 2*mostRepeated {
			t.Errorf("%d addresses", len(got))
		}
		_ = opaqueSigned(b)
	})
}
