package content

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
)

// pdfKey decrypts a PDF that opens without a password (ISO 32000-2, 7.6).
type pdfKey struct {
	key    []byte
	method pdfName // V2 (RC4), AESV2, AESV3, Identity
}

// pdfPadding fills a password up (7.6.4.3.2). An empty one is nothing else.
var pdfPadding = []byte("\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a")

// unlock tries the empty password. It reports false where a password is asked
// for, and notes what the file asks for.
func (p *pdfFile) unlock() bool {
	d := p.dict(p.encrypt)
	p.f.Encrypted = PDF
	key := &pdfKey{method: "V2"}
	v := p.int(d["V"])
	if v >= 4 {
		filter := p.dict(d["CF"])
		name, _ := p.get(d["StmF"]).(pdfName)
		cfm := p.dict(filter[name])
		if key.method, _ = p.get(cfm["CFM"]).(pdfName); key.method == "" {
			key.method = "Identity"
		}
	}
	if d["Filter"] == pdfName("Standard") {
		if v >= 5 {
			key.key = p.modern(d)
		} else {
			key.key = p.classic(d, v)
		}
	}
	if key.key == nil {
		p.f.Uninspected = "encrypted"
		return false
	}
	p.f.Encrypted, p.key = PDFOpen, key
	return true
}

func (p *pdfFile) octets(v any) []byte {
	s, _ := p.get(v).(pdfString)
	return []byte(s)
}

// classic makes the key of revisions 2 to 4 from the empty password, if it is
// the right one (algorithms 2, 4 and 5).
func (p *pdfFile) classic(d pdfDict, v int) []byte {
	revision, length := p.int(d["R"]), p.int(d["Length"])/8
	if v == 1 || length == 0 {
		length = 5
	}
	if v == 4 {
		length = 16
	}
	if length < 5 || length > 16 {
		return nil
	}
	h := md5.New()
	h.Write(pdfPadding)
	h.Write(p.octets(d["O"])[:min(32, len(p.octets(d["O"])))])
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(int64(p.number(d["P"])))))
	h.Write([]byte(p.id))
	if b, ok := p.get(d["EncryptMetadata"]).(bool); ok && !b && revision >= 4 {
		h.Write([]byte{0xff, 0xff, 0xff, 0xff})
	}
	key := h.Sum(nil)
	if revision >= 3 {
		for range 50 {
			sum := md5.Sum(key[:length])
			key = sum[:]
		}
	}
	key = key[:length]
	if u := p.octets(d["U"]); len(u) >= 16 && bytes.Equal(p.userCheck(key, revision)[:16], u[:16]) {
		return key
	}
	return nil
}

func (p *pdfFile) number(v any) float64 {
	f, _ := p.get(v).(float64)
	return f
}

// userCheck is what U must be.
func (p *pdfFile) userCheck(key []byte, revision int) []byte {
	if revision < 3 {
		return rc4Of(key, pdfPadding)
	}
	sum := md5.Sum(append(bytes.Clone(pdfPadding), p.id...))
	out := rc4Of(key, sum[:])
	for i := 1; i < 20; i++ {
		k := bytes.Clone(key)
		for j := range k {
			k[j] ^= byte(i)
		}
		out = rc4Of(k, out)
	}
	return out
}

func rc4Of(key, b []byte) []byte {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return nil
	}
	out := make([]byte, len(b))
	c.XORKeyStream(out, b)
	return out
}

// modern makes the key of revisions 5 and 6 (algorithm 2.A).
func (p *pdfFile) modern(d pdfDict) []byte {
	u, ue := p.octets(d["U"]), p.octets(d["UE"])
	if len(u) < 48 || len(ue) < 32 {
		return nil
	}
	hash := hash5
	if p.int(d["R"]) >= 6 {
		hash = hash6
	}
	if !bytes.Equal(hash(u[32:40]), u[:32]) {
		return nil
	}
	block, err := aes.NewCipher(hash(u[40:48]))
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(key, ue[:32])
	return key
}

func hash5(salt []byte) []byte {
	sum := sha256.Sum256(salt)
	return sum[:]
}

// hash6 is algorithm 2.B for an empty password.
func hash6(salt []byte) []byte {
	k := hash5(salt)
	for round := 0; ; round++ {
		k1 := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		e := make([]byte, len(k1))
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(e, k1)
		sum := 0
		for _, c := range e[:16] {
			sum += int(c)
		}
		switch sum % 3 {
		case 0:
			h := sha256.Sum256(e)
			k = h[:]
		case 1:
			h := sha512.Sum384(e)
			k = h[:]
		default:
			h := sha512.Sum512(e)
			k = h[:]
		}
		if round >= 63 && int(e[len(e)-1]) <= round-31 {
			return k[:32]
		}
	}
}

// decrypt undoes the encryption of a stream or string of an object.
func (k *pdfKey) decrypt(b []byte, ref pdfRef) []byte {
	switch k.method {
	case "AESV3":
		return aesOf(k.key, b)
	case "Identity", "None":
		return b
	}
	own := append(bytes.Clone(k.key), byte(ref.num), byte(ref.num>>8), byte(ref.num>>16), byte(ref.gen), byte(ref.gen>>8))
	if k.method == "AESV2" {
		own = append(own, "sAlT"...)
	}
	sum := md5.Sum(own)
	key := sum[:min(16, len(k.key)+5)]
	if k.method == "AESV2" {
		return aesOf(key, b)
	}
	return rc4Of(key, b)
}

func aesOf(key, b []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil || len(b) < 32 {
		return nil
	}
	body := b[16 : len(b)-len(b)%16]
	out := make([]byte, len(body))
	cipher.NewCBCDecrypter(block, b[:16]).CryptBlocks(out, body)
	if n := int(out[len(out)-1]); n >= 1 && n <= 16 {
		out = out[:len(out)-n]
	}
	return out
}
