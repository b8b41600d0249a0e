// Package secret finds what opens something: private keys, tokens of cloud
// services, a name with its password, and the password of an encrypted file.
//
// What it gives back is masked. All texts are in one width (personal.Fold).
package secret

import "maillint/content/personal"

// Kind is the kind of a secret.
type Kind uint8

// The kinds, gravest first.
const (
	PrivateKey   Kind = iota // in clear
	Token                    // of a published shape
	LockedKey                // a private key under a passphrase
	LabelledKey              // a string like a key behind a word for one
	LogIn                    // a name or number and its password
	FilePassword             // a password that stands alone
)

// Secret is one secret: masked, and the number of its line.
type Secret struct {
	Kind  Kind
	Title string // "GitHub token"
	Mask  string
	Line  int
}

// Most secrets of one text that are told.
const mostSecrets = 50

func mask(s string) string { return personal.Mask(s) }
