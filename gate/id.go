package gate

import (
	"crypto/rand"
	"time"
)

// crockford is base 32 without letters that are taken for others.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// NewID makes the ID of a transaction: 10 characters of time, in milliseconds,
// and 6 random ones. IDs sort by time and are safe in a header field, a file
// name and a reply.
func NewID(now time.Time) string {
	var id [16]byte
	ms := now.UnixMilli()
	for i := 9; i >= 0; i-- {
		id[i] = crockford[ms&31]
		ms >>= 5
	}
	var random [6]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	for i, b := range random {
		id[10+i] = crockford[b&31]
	}
	return string(id[:])
}
