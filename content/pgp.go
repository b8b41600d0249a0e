package content

import (
	"bytes"
	"encoding/base64"
)

// pgpPacket reads the head of an OpenPGP packet (RFC 9580, 4.2). size is -1
// where the length is not told.
func pgpPacket(b []byte) (tag int, head int, size int64) {
	if len(b) < 3 || b[0]&0x80 == 0 {
		return -1, 0, 0
	}
	if b[0]&0x40 != 0 {
		tag = int(b[0] & 0x3f)
		switch n := b[1]; {
		case n < 192:
			return tag, 2, int64(n)
		case n < 224:
			return tag, 3, int64(n-192)<<8 + int64(b[2]) + 192
		case n == 255 && len(b) >= 6:
			return tag, 6, int64(b[2])<<24 | int64(b[3])<<16 | int64(b[4])<<8 | int64(b[5])
		}
		return tag, 2, -1
	}
	tag = int(b[0]>>2) & 0xf
	switch b[0] & 3 {
	case 0:
		return tag, 2, int64(b[1])
	case 1:
		return tag, 3, int64(b[1])<<8 | int64(b[2])
	case 2:
		if len(b) >= 5 {
			return tag, 5, int64(b[1])<<24 | int64(b[2])<<16 | int64(b[3])<<8 | int64(b[4])
		}
	}
	return tag, 1, -1
}

// isPGP tells binary OpenPGP data by its first packet.
func isPGP(b []byte) bool {
	tag, head, size := pgpPacket(b)
	if tag < 0 || head >= len(b) || size == 0 {
		return false
	}
	version := b[head]
	end := int64(head) + size
	next := size > 0 && end < int64(len(b)) && b[end]&0x80 != 0
	switch tag {
	case 1:
		return (version == 3 || version == 6) && next
	case 3:
		return version >= 4 && version <= 6 && next
	case 2, 6:
		return version >= 3 && version <= 6 && (next || end == int64(len(b)))
	}
	return false
}

// pgpEncryption tells how OpenPGP data is encrypted: for keys, or by a password
// alone. Signatures and keys are not.
func pgpEncryption(b []byte) Encryption {
	found := Encryption("")
	for range 100 {
		tag, head, size := pgpPacket(b)
		switch tag {
		case 1:
			return PGP
		case 3:
			found = PGPPassword
		case 9, 18, 20:
			if found == "" {
				found = PGP
			}
			return found
		default:
			return found
		}
		if size < 0 || int64(head)+size > int64(len(b)) {
			return found
		}
		b = b[int64(head)+size:]
	}
	return found
}

// readPGP tells what OpenPGP data is.
func readPGP(in *Inspection, f *File, data []byte) {
	if i := bytes.Index(data, []byte("-----BEGIN PGP MESSAGE")); i >= 0 {
		data = unarmor(data[i:])
	} else if bytes.HasPrefix(data, []byte("-----BEGIN PGP")) {
		return
	}
	if f.Encrypted = pgpEncryption(data); f.Encrypted != "" {
		f.Uninspected = "encrypted"
	} else if tag, _, _ := pgpPacket(data); tag != 2 && tag != 6 {
		f.Uninspected = "signed, and packed in a way that is not read"
	}
}

// unarmor reads the start of an armoured text (RFC 9580, 6.2).
func unarmor(b []byte) []byte {
	_, b, _ = bytes.Cut(b, []byte("\n"))
	for {
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if !ok || bytes.IndexByte(line, ':') < 0 && len(bytes.TrimSpace(line)) > 0 {
			break
		}
		if b = rest; len(bytes.TrimSpace(line)) == 0 {
			break
		}
	}
	b = bytes.Join(bytes.Fields(b[:min(len(b), 16<<10)]), nil)
	if i := bytes.IndexAny(b, "=-"); i >= 0 {
		b = b[:i]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(b)))
	n, _ := base64.RawStdEncoding.Decode(out, b)
	return out[:n]
}
