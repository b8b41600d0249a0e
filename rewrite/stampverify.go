package rewrite

import (
	"crypto/hmac"
	"strconv"
	"strings"
	"time"

	"maillint/message"
)

// StampVerdict is what a look at a message's stamp found.
type StampVerdict string

// The verdicts. A stamp is valid only where nothing was changed after it.
const (
	StampValid      StampVerdict = "valid"
	StampBody       StampVerdict = "body changed"
	StampRecipients StampVerdict = "recipients not known here" // it goes to others than it was stamped for
	StampExpired    StampVerdict = "expired"
	StampForged     StampVerdict = "forged" // not made with a key of ours, or the fields it covers were changed
	StampMissing    StampVerdict = "missing"
)

// Verification is how a message's stamp is looked at.
type Verification struct {
	// Recipients are those of the envelope, where it is known. An archive does
	// not know it; then they are not compared.
	Recipients []message.Address
	Envelope   bool
	// Now is when it is looked at. Zero does not ask for the age: an archive
	// holds old mail.
	Now time.Time
}

// mostStamps is how many fields are tried: a message that went through two
// organisations may have more than one, and only ours can be read.
const mostStamps = 5

// Verify looks at the stamp of a message. Of several stamps the best counts.
func (k Keys) Verify(view *message.Message, v Verification) (StampVerdict, Stamp) {
	best, at := StampMissing, Stamp{}
	for i, field := range view.Values(StampField) {
		if i == mostStamps {
			break
		}
		verdict, s := k.verify(view, field, v)
		if rank(verdict) > rank(best) {
			best, at = verdict, s
		}
	}
	return best, at
}

func rank(v StampVerdict) int {
	for i, w := range []StampVerdict{StampMissing, StampForged, StampExpired, StampBody, StampRecipients, StampValid} {
		if v == w {
			return i
		}
	}
	return -1
}

func (k Keys) verify(view *message.Message, field string, v Verification) (StampVerdict, Stamp) {
	tags, values := readTags(field)
	key, s, ok := k.read(values)
	if !ok {
		return StampForged, s
	}
	seal := key.seal(tags, view)
	if !hmac.Equal([]byte(seal), []byte(values["b"])) {
		return StampForged, s
	}
	if !v.Now.IsZero() && (v.Now.Sub(s.Time) > StampLife || s.Time.Sub(v.Now) > future) {
		return StampExpired, s
	}
	body, err := bodyHash(view)
	switch {
	case err != nil || body != values["bh"]:
		return StampBody, s
	case v.Envelope && key.recipients(v.Recipients) != values["rh"]:
		return StampRecipients, s
	}
	return StampValid, s
}

// readTags gives the tags before the seal, as they were sealed, and the values
// of all. Blanks between tags do not count.
func readTags(field string) (tags []string, values map[string]string) {
	values = map[string]string{}
	for _, t := range strings.Split(field, ";") {
		t = strings.Join(strings.Fields(t), "")
		name, value, ok := strings.Cut(t, "=")
		if !ok || values[name] != "" {
			continue
		}
		values[name] = value
		if name != "b" {
			tags = append(tags, t)
		}
	}
	return tags, values
}

// read finds the key and what the stamp says. ok is false where there is no
// such key, or the stamp is not of our form.
func (k Keys) read(values map[string]string) (key Key, s Stamp, ok bool) {
	t, bad := strconv.ParseInt(values["t"], 10, 64)
	n, wrong := strconv.Atoi(values["n"])
	s = Stamp{Key: values["k"], Time: time.Unix(t, 0), ID: values["id"], Recipients: n, Policy: values["p"]}
	if bad != nil || wrong != nil || values["v"] != "1" || values["h"] != strings.Join(stamped, ":") {
		return key, s, false
	}
	for _, key := range k {
		if key.ID == s.Key {
			return key, s, true
		}
	}
	return key, s, false
}
