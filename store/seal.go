package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// ParseKey reads a key of 32 bytes, in hexadecimal or base64.
func ParseKey(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
		return b, nil
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(s); err == nil && len(b) == 32 {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: want 32 bytes in hexadecimal or base64 (make one with \"openssl rand -hex 32\")", ErrKey)
}

// Marks of the first byte of what may be sealed.
const (
	markClear  = 0
	markSealed = 1
)

// seal encrypts what is written, with AES-256-GCM under random nonces; each
// text is bound to its place, so that none passes for another. A nil seal
// leaves everything in clear.
type seal struct {
	aead  cipher.AEAD
	names []byte // the key of digests
}

func newSeal(key []byte) (*seal, error) {
	if len(key) == 0 {
		return nil, nil
	}
	s := &seal{}
	data, err := hkdf.Key(sha256.New, key, nil, "maillint store: bytes", 32)
	if err != nil {
		return nil, err
	}
	if s.names, err = hkdf.Key(sha256.New, key, nil, "maillint store: names", 32); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(data)
	if err != nil {
		return nil, err
	}
	s.aead, err = cipher.NewGCMWithRandomNonce(block)
	return s, err
}

// wrap seals a text that stands at a place.
func (s *seal) wrap(b []byte, place string) []byte {
	if s == nil {
		return append([]byte{markClear}, b...)
	}
	out := make([]byte, 1, 1+len(b)+s.aead.Overhead())
	out[0] = markSealed
	return s.aead.Seal(out, nil, b, []byte(place))
}

// unwrap opens what wrap sealed at the same place.
func (s *seal) unwrap(b []byte, place string) ([]byte, error) {
	switch {
	case len(b) == 0:
		return nil, fmt.Errorf("%w: %s is empty", ErrDamaged, place)
	case b[0] == markClear:
		return b[1:], nil
	case b[0] != markSealed:
		return nil, fmt.Errorf("%w: %s starts with byte %d", ErrDamaged, place, b[0])
	case s == nil:
		return nil, fmt.Errorf("%w: %s is sealed and there is no key", ErrKey, place)
	}
	out, err := s.aead.Open(nil, nil, b[1:], []byte(place))
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not open", ErrDamaged, place)
	}
	return out, nil
}

// digest names something in a column without saying it to who has no key.
func (s *seal) digest(kind, text string) []byte {
	if s == nil {
		h := sha256.Sum256([]byte(kind + "\x00" + text))
		return h[:]
	}
	m := hmac.New(sha256.New, s.names)
	m.Write([]byte(kind + "\x00" + text))
	return m.Sum(nil)
}
