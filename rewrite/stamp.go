package rewrite

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"maillint/message"
)

// StampField is the field that proves that a message went through maillint.
const StampField = "X-Maillint-Stamp"

// stamped are the fields that a stamp covers, as they leave.
var stamped = []string{"from", "to", "cc", "subject", "date", "message-id"}

// StampLife is how long a next hop takes a stamp for good.
const StampLife = 7 * 24 * time.Hour

// future is how far the clock of another machine may be ahead.
const future = time.Hour

// Key is a secret that stamps are made with.
type Key struct {
	ID     string // letters, digits, "-" and "."; stands in the stamp
	Secret []byte // at least 16 octets
}

// Keys are the keys in use. The first one makes stamps, all of them are taken:
// a new key is added behind, moved to the front when every machine has it, and
// the old one is taken out after StampLife.
type Keys []Key

// Check tells what is wrong with the keys.
func (k Keys) Check() error {
	seen := map[string]bool{}
	for _, key := range k {
		switch {
		case key.ID == "" || strings.Trim(strings.ToLower(key.ID), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "":
			return fmt.Errorf("stamp key %q: a name has letters, digits, - and . only", key.ID)
		case len(key.Secret) < 16:
			return fmt.Errorf("stamp key %q: the secret is shorter than 16 octets", key.ID)
		case seen[key.ID]:
			return fmt.Errorf("stamp key %q: named twice", key.ID)
		}
		seen[key.ID] = true
	}
	return nil
}

// Stamp is what a stamp says, besides the hashes.
type Stamp struct {
	Key        string    // its ID
	Time       time.Time // when it was made, in seconds
	ID         string    // of the transaction
	Recipients int
	Policy     string // version of the policy
}

// Sign makes the field that stamps a message for its recipients. view is the
// message as it leaves, after our edits.
func (k Keys) Sign(view *message.Message, recipients []message.Address, s Stamp) ([]byte, error) {
	if len(k) == 0 {
		return nil, errors.New("rewrite: no stamp key")
	}
	if strings.ContainsAny(s.ID+s.Policy, "; \t\r\n=") {
		return nil, fmt.Errorf("rewrite: %q and %q do not fit into a stamp", s.ID, s.Policy)
	}
	body, err := bodyHash(view)
	if err != nil {
		return nil, err
	}
	tags := []string{
		"v=1", "k=" + k[0].ID, "t=" + strconv.FormatInt(s.Time.Unix(), 10), "id=" + s.ID, "n=" + strconv.Itoa(len(recipients)), "p=" + s.Policy,
		"rh=" + k[0].recipients(recipients), "h=" + strings.Join(stamped, ":"), "bh=" + body,
	}
	seal := k[0].seal(tags, view)
	// One blank or fold between tags: a server may fold anew.
	return []byte(StampField + ": " + strings.Join(tags[:6], "; ") + ";\r\n\t" + strings.Join(tags[6:8], "; ") + ";\r\n\t" + tags[8] + ";\r\n\tb=" + seal + "\r\n"), nil
}

func (k Key) mac(parts ...string) string {
	h := hmac.New(sha256.New, k.Secret)
	for _, p := range parts {
		_, _ = io.WriteString(h, p)
		_, _ = h.Write([]byte{0})
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// recipients is the tag rh: who gets the message, and nobody can read whom.
func (k Key) recipients(list []message.Address) string {
	keys := make([]string, 0, len(list)+1)
	for _, a := range list {
		keys = append(keys, a.Key())
	}
	slices.Sort(keys)
	return k.mac(append([]string{"recipients"}, slices.Compact(keys)...)...)
}

// seal is the tag b: over the other tags and the named fields.
func (k Key) seal(tags []string, view *message.Message) string {
	parts := append([]string{"stamp"}, tags...)
	for _, name := range stamped {
		for _, v := range view.Values(name) {
			parts = append(parts, name+":"+strings.Join(strings.Fields(v), " ")) // relaxed (RFC 6376, 3.4.2)
		}
	}
	return k.mac(parts...)
}
