package policy

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v4"
)

// Resign says who makes the signatures that a changed field breaks.
type Resign int

// The values of resign. Without one of the latter two, a message whose
// signature covers a field that is to be changed is held instead.
const (
	ResignNone    Resign = iota
	ResignNextHop        // the next hop signs what we pass on
	ResignKey            // we sign, with a key of dkim
)

var resignNames = []string{"none", "next-hop", "key"}

// DKIMKey signs mail of a domain and of those below it (RFC 6376, 3.6.1: the
// public key stands at SELECTOR._domainkey.DOMAIN).
type DKIMKey struct {
	Domain   string // lower-case A-labels
	Selector string
	Signer   crypto.Signer // RSA or Ed25519
}

var selectorName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// readDKIM reads the keys by their domains.
func (r *reader) readDKIM(n *yaml.Node, path string) []DKIMKey {
	var out []DKIMKey
	for k, v := range r.pairs(n, path) {
		at, before := join(path, k.Value), len(r.problems)
		one := DKIMKey{}
		one.Domain, _ = r.domain(r.at(k), path, k.Value)
		r.mapping(v, at, "key",
			key{"selector", func(v *yaml.Node, p string) {
				if one.Selector, _ = r.text(v, p); !selectorName.MatchString(one.Selector) {
					r.fail(r.at(v), "like s2026", "%s%q is no selector", prefix(p), clip(one.Selector))
				}
			}},
			key{"key", func(v *yaml.Node, p string) {
				s := r.secret(v, p)
				if len(r.problems) > before {
					return
				}
				var err error
				if one.Signer, err = parseDKIMKey([]byte(s.Reveal())); err != nil {
					r.fail(r.at(v), `make one with "openssl genrsa 2048"`, "%s%v", prefix(p), err)
				}
			}},
		)
		for _, name := range []string{"selector", "key"} {
			if v.Kind == yaml.MappingNode && find(v, name) == nil {
				r.fail(r.at(k), "", "%s%s is missing", prefix(at), name)
			}
		}
		if len(r.problems) == before && one.Signer != nil {
			out = append(out, one)
		}
	}
	return out
}

// parseDKIMKey reads a private key in PEM: RSA of at least 1024 bits (RFC 8301,
// 3.2), or Ed25519 (RFC 8463).
func parseDKIMKey(b []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("no private key in PEM")
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return strongEnough(k)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("no private key that can be read")
	}
	return strongEnough(k)
}

func strongEnough(k any) (crypto.Signer, error) {
	switch k := k.(type) {
	case *rsa.PrivateKey:
		if n := k.N.BitLen(); n < 1024 {
			return nil, fmt.Errorf("an RSA key of %d bits, and receivers ask for 1024 at least", n)
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, errors.New("neither an RSA nor an Ed25519 key")
}

// checkResign finds next hops that are to be signed for without a key.
func (p *Policy) checkResign(r *reader) {
	for _, h := range p.Proxy.NextHops {
		if h.Resign == ResignKey && len(p.DKIM) == 0 {
			r.fail(h.at, "add dkim: {DOMAIN: {selector: NAME, key: file:PATH}}", "proxy.next_hops.%s: resign: key needs keys to sign with", h.Name)
		}
	}
}
