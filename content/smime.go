package content

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
)

// The object identifiers of CMS (RFC 5652, RFC 5083, RFC 3274), as DER.
var (
	oidData      = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
	oidSigned    = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
	oidEnveloped = []byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03")
	oidAuth      = []byte("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
)

// readSMIME tells an encrypted message from one that is signed and holds what
// it signs, which is read.
func readSMIME(in *Inspection, f *File, data []byte) {
	if bytes.HasPrefix(data, []byte("-----BEGIN")) {
		if block, _ := pem.Decode(data); block != nil {
			data = block.Bytes
		}
	} else if len(data) > 0 && data[0] == 'M' { // base64 twice
		if b, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil))); err == nil {
			data = b
		}
	}
	head := data[:min(len(data), 64)]
	switch {
	case bytes.Contains(head, oidEnveloped), bytes.Contains(head, oidAuth):
		f.Encrypted, f.Uninspected = SMIME, "encrypted"
	case bytes.Contains(head, oidSigned):
		in.signed(f, data)
	default:
		f.Uninspected = "packed in a way that is not read"
	}
}

// signed opens what a signature holds; a detached one holds nothing.
func (in *Inspection) signed(f *File, data []byte) {
	i := bytes.Index(data, oidData)
	if i < 0 {
		return
	}
	body, whole := explicitOctets(data[i+len(oidData):])
	if !whole {
		in.damaged(f, "a signed message that is cut off")
	}
	if len(body) == 0 {
		return
	}
	if m := in.member(f, "signed", int64(len(body))); m != nil {
		m.Declared = "message/rfc822"
		in.fill(m, bytes.NewReader(body))
	}
}

// der reads the head of a value: its tag, where its octets start, how many they
// are; -1 where an end mark ends them (X.690, 8.1).
func der(b []byte) (tag byte, head int, size int) {
	if len(b) < 2 {
		return 0, 0, 0
	}
	n := int(b[1])
	switch {
	case n < 0x80:
		return b[0], 2, n
	case n == 0x80:
		return b[0], 2, -1
	}
	k := n & 0x7f
	if k > 4 || len(b) < 2+k {
		return 0, 0, 0
	}
	for _, c := range b[2 : 2+k] {
		size = size<<8 | int(c)
	}
	return b[0], 2 + k, size
}

// explicitOctets reads "[0] OCTET STRING", also one in pieces; whole tells that
// all of it is there.
func explicitOctets(b []byte) (out []byte, whole bool) {
	tag, head, _ := der(b)
	if tag != 0xa0 {
		return nil, true
	}
	b = b[head:]
	tag, head, size := der(b)
	switch tag {
	case 0x04:
		return b[head:min(len(b), head+max(0, size))], head+size <= len(b)
	case 0x24:
		b = b[head:]
		for {
			tag, head, size := der(b)
			if tag != 0x04 {
				return out, len(b) > 0
			} else if size < 0 || head+size > len(b) {
				return out, false
			}
			out, b = append(out, b[head:head+size]...), b[head+size:]
		}
	}
	return nil, true
}
