package rewrite

import (
	"crypto"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"maillint/message"
)

// SigningKey is a key of DKIM (RFC 6376).
type SigningKey struct {
	Domain, Selector string
	Signer           crypto.Signer
}

// signedFields are those that a signature of ours covers, where they are there
// (RFC 6376, 5.4.1).
var signedFields = []string{
	"From", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "To", "Cc", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-ID", "Content-Description", "Resent-Date", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc",
	"Resent-Message-ID", "List-ID", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner", "List-Archive",
}

// KeyFor finds the key for a message: that of the author's domain, else of the
// next domain above it, so that the signature is the author's own. A message
// of several authors has none.
func KeyFor(keys []SigningKey, m *message.Message) (SigningKey, bool) {
	from := m.From()
	if len(from) != 1 || len(m.Values("From")) != 1 {
		return SigningKey{}, false
	}
	for d := from[0].Domain; d != ""; {
		for _, k := range keys {
			if k.Domain == d {
				return k, true
			}
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return SigningKey{}, false
}

// Resign signs a message as it leaves, and puts the signature on top.
func (m *Message) Resign(k SigningKey) error {
	view := message.ParseReader(m.Open(), m.Length())
	var names []string
	for _, n := range signedFields {
		for range view.Values(n) { // each of several is covered
			names = append(names, n)
		}
	}
	s, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: k.Domain, Selector: k.Selector, Signer: k.Signer, HeaderKeys: names,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return fmt.Errorf("signing again: %w", err)
	}
	_, err = m.WriteTo(s)
	if end := s.Close(); err == nil {
		err = end
	}
	if err != nil {
		return fmt.Errorf("signing again: %w", err)
	}
	m.Block = append([]byte(s.Signature()), m.Block...)
	return nil
}
