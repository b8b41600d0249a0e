package gate

import (
	"bytes"
	"encoding/binary"
	"strings"

	"maillint/message"
	"maillint/rewrite"
)

// mostRepeated bounds the addresses that are gathered from parts.
const mostRepeated = 5000

// repeatedAddresses gathers what parts of a message repeat of its header: the
// protected fields of signed and encrypted parts (RFC 9788), the recipient
// tables of Outlook's own format (MS-OXTNEF), and the header of the first
// enclosed message.
func repeatedAddresses(m *message.Message) []message.Address {
	var out []message.Address
	enclosed := false
	for _, p := range m.Parts[1:] {
		switch {
		case p.Embedded != nil:
			if !enclosed {
				out = append(out, shownIn(p.Embedded.Fields)...)
			}
			enclosed = true
		case p.Type == "application/ms-tnef" || strings.EqualFold(p.Name(), "winmail.dat"):
			out = append(out, tnefRecipients(p.Decoded())...)
		case p.Type == "application/pkcs7-mime" || p.Type == "application/x-pkcs7-mime":
			out = append(out, opaqueSigned(p.Decoded())...)
		case p.Parent < 0 || m.Parts[p.Parent].Embedded == nil: // the header of an enclosed message is no part's own
			out = append(out, shownIn(p.Fields)...)
		}
		if len(out) > mostRepeated {
			return out[:mostRepeated]
		}
	}
	if root := m.Parts[0]; root.Type == "application/pkcs7-mime" || root.Type == "application/x-pkcs7-mime" {
		out = append(out, opaqueSigned(root.Decoded())...)
	}
	return out
}

// shownIn are the addresses of the recipient fields among fields of a part.
func shownIn(fields []message.Field) []message.Address {
	var out []message.Address
	for i := range fields {
		f := &fields[i]
		for _, name := range rewrite.Shown {
			if f.Is(name) {
				list, _ := message.ParseAddressList(f.Value())
				out = append(out, list...)
			}
		}
	}
	return out
}

// opaqueSigned reads the message inside an S/MIME object that is signed and not
// encrypted: its octets stand in clear among the ASN.1, cut into chunks.
func opaqueSigned(der []byte) []message.Address {
	at := bytes.Index(der, []byte("Content-Type:"))
	if i := bytes.Index(bytes.ToLower(der[:min(len(der), 64<<10)]), []byte("\nto:")); i >= 0 && (at < 0 || i < at) {
		at = i
	}
	if at < 0 {
		return nil
	}
	start := bytes.LastIndexByte(der[:at], 0) + 1
	inner := message.Parse(bytes.Clone(der[start:min(len(der), start+256<<10)]))
	return shownIn(inner.Fields)
}

// Identifiers of MS-OXTNEF, 2.1.3.
const (
	tnefSignature = 0x223e9f78
	tnefRecipient = 0x9004 // attRecipTable
)

// tnefRecipients gives the addresses in the recipient tables of a TNEF stream.
// The tables are not taken apart: what looks like an address in them is one.
func tnefRecipients(b []byte) []message.Address {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != tnefSignature {
		return nil
	}
	var out []message.Address
	for b = b[6:]; len(b) >= 11; {
		id, size := binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
		b = b[9:]
		if uint64(size)+2 > uint64(len(b)) {
			return append(out, addressesIn(b)...) // cut short: what is there is looked at
		}
		if id&0xffff == tnefRecipient {
			out = append(out, addressesIn(b[:size])...)
		}
		b = b[size+2:]
	}
	return out
}

// addressesIn finds addresses in octets, also where each is followed by a NUL
// (UTF-16).
func addressesIn(b []byte) []message.Address {
	narrow := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i++ {
		if b[i] != 0 && b[i+1] == 0 {
			narrow = append(narrow, b[i])
			i++
		} else {
			narrow = append(narrow, ' ')
		}
	}
	var out []message.Address
	for _, text := range [][]byte{b, narrow} {
		words := bytes.FieldsFunc(text, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_+@=/", r))
		})
		for _, w := range words {
			if len(out) >= mostRepeated {
				return out
			}
			if i := bytes.IndexByte(w, '@'); i <= 0 || i == len(w)-1 || len(w) > 320 {
				continue
			}
			if a, ok := message.ParseAddress(string(w)); ok && strings.Contains(a.Domain, ".") {
				out = append(out, a)
			}
		}
	}
	return out
}
