// Package canary is maillint's proof of life: for every enforced rule a message
// that must be found and its twin that must pass, sent through the listeners
// as any client's mail, and swallowed by a sink behind the gate.
package canary

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/submit"
)

// Domain is that of every canary's MAIL FROM. It does not exist (RFC 6761).
const Domain = "canary.invalid"

// prefix begins the local part of a canary's MAIL FROM.
const prefix = "canary+"

// lifetime is how long a token is good, and how far ahead the clock of who made
// it may be.
const lifetime = time.Minute

// The parts of a token, in octets: time, nonce, HMAC, and the reverse-path. A
// usual address leaves the whole within the 64 octets of RFC 5321, 4.5.3.1.1.
const (
	timeSize  = 4
	nonceSize = 6
	macSize   = 12
)

// Token makes the address of a canary's MAIL FROM: good once, at one listener,
// for a minute. path is the reverse-path that the message is judged with, empty
// for the null one.
func Token(key []byte, listener, path string, now time.Time) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(now.Unix()))
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	b = append(b, nonce...)
	b = append(b, mac(key, b, listener, path)...)
	b = append(b, path...)
	return prefix + base64.RawURLEncoding.EncodeToString(b) + "@" + Domain
}

// mac is over everything that a token says, each part with its length.
func mac(key, head []byte, listener, path string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("maillint canary 1\x00"))
	h.Write(head)
	for _, s := range []string{listener, path} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		h.Write([]byte(s))
	}
	return h.Sum(nil)[:macSize]
}

// Reasons why a token is not taken. Who shows it hears none of them.
var (
	ErrToken   = errors.New("not a token")
	ErrKey     = errors.New("made with another key, or for another listener")
	ErrExpired = errors.New("the token is too old, or its clock is ahead")
	ErrUsed    = errors.New("the token has been used")
)

// Taker takes tokens, each once. It is safe for concurrent use.
type Taker struct {
	policy func() *policy.Policy
	now    func() time.Time
	made   []byte // the key where the policy has none

	mu   sync.Mutex
	used map[[nonceSize]byte]time.Time
}

// NewTaker makes a taker for the policy in force.
func NewTaker(p func() *policy.Policy) *Taker {
	t := &Taker{policy: p, now: time.Now, made: make([]byte, 32), used: map[[nonceSize]byte]time.Time{}}
	_, _ = rand.Read(t.made) // never fails (crypto/rand)
	return t
}

// Key is what tokens are made and checked with: the policy's, else one of this
// run of the program.
func (t *Taker) Key() []byte {
	if k := t.policy().Canary.Key.Reveal(); k != "" {
		return []byte(k)
	}
	return t.made
}

// Admits reports whether the policy lets canaries come from a client's address
// besides this machine.
func (t *Taker) Admits(client netip.Addr) bool {
	client = client.Unmap().WithZone("")
	return slices.ContainsFunc(t.policy().Canary.From, func(p netip.Prefix) bool { return p.Contains(client) })
}

// Take reads the local part of a canary's MAIL FROM and gives the reverse-path
// and the identity that its message is judged with.
func (t *Taker) Take(listener, local string) (submit.Path, policy.Identity, error) {
	path, err := t.read(listener, local)
	if err != nil {
		return submit.Path{}, policy.Identity{}, err
	}
	p := t.policy()
	id := policy.Identity{Address: message.Address{Local: localPart, Domain: home(p)}, Trust: policy.Authenticated}
	out, bad := submit.ParsePath("<" + path + ">")
	if bad != nil || len(out.Params) > 0 {
		return submit.Path{}, policy.Identity{}, fmt.Errorf("%w: %q is no address", ErrToken, path)
	}
	return out, id, nil
}

// localPart is that of the canary's identity, at the first domain of ours.
const localPart = "maillint-canary"

// read checks a token and gives its reverse-path.
func (t *Taker) read(listener, local string) (string, error) {
	text, ok := strings.CutPrefix(local, prefix)
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(b) < timeSize+nonceSize+macSize {
		return "", ErrToken
	}
	head, rest := b[:timeSize+nonceSize], b[timeSize+nonceSize:]
	path := string(rest[macSize:])
	if !hmac.Equal(mac(t.Key(), head, listener, path), rest[:macSize]) {
		return "", ErrKey
	}
	made := time.Unix(int64(binary.BigEndian.Uint32(head)), 0)
	now := t.now()
	if age := now.Sub(made); age >= lifetime || age <= -lifetime {
		return "", ErrExpired
	}
	return path, t.once([nonceSize]byte(head[timeSize:]), now, made.Add(lifetime))
}

// once notes a nonce until its token has expired. Only who has the key gets
// here, so that nobody else can fill the memory.
func (t *Taker) once(nonce [nonceSize]byte, now, until time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, end := range t.used {
		if end.Before(now) {
			delete(t.used, n)
		}
	}
	if _, ok := t.used[nonce]; ok {
		return ErrUsed
	}
	t.used[nonce] = until
	return nil
}

// home is the first domain of ours, without the mark that it is alone.
func home(p *policy.Policy) string {
	for _, d := range p.Organization.Domains {
		if !strings.HasPrefix(d, "!") {
			return strings.TrimPrefix(d, "=")
		}
	}
	return ""
}
