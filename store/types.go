package store

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"maillint/history"
)

// Hash is the SHA-256 of a message's judged bytes.
type Hash [32]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	if n, err := hex.Decode(h[:], b); err != nil || n != len(h) {
		return fmt.Errorf("%q is no SHA-256", b)
	}
	return nil
}

// Memory is what a decision taught (package history makes and reads it).
type Memory = history.Memory

// MemoryFilter chooses memories. What is empty matches any.
type MemoryFilter struct {
	IDs      []string
	Identity string
	Rule     string
	Item     string
}

// Count is one addition to a counter over a sliding window.
type Count struct {
	Key string
	N   int64
	// At is when it counts: the same when it is given back. Zero means now.
	At     time.Time
	Window time.Duration
}

// Stats are numbers about what is stored.
type Stats struct {
	States       map[State]int  `json:"states"`
	Dispositions map[string]int `json:"dispositions"` // of those that wait
	Rules        map[string]int `json:"rules"`        // of those that wait
	Waiting      int            `json:"waiting"`
	WaitingBytes int64          `json:"waiting_bytes"`
	Oldest       time.Time      `json:"oldest,omitzero"` // of those that wait
	Bodies       int            `json:"bodies"`
	BodyBytes    int64          `json:"body_bytes"`
	Memories     int            `json:"memories"`
	Records      int64          `json:"records"`
}

// Record is one entry of the audit log: what a person, a deadline or the
// program did.
type Record struct {
	At     time.Time         `json:"at"`
	Node   string            `json:"node"`
	Event  string            `json:"event"`
	Item   string            `json:"item,omitempty"`
	By     string            `json:"by,omitempty"`
	OSUser string            `json:"os_user,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Detail map[string]string `json:"detail,omitempty"`
}

// add counts one item that waits.
func (s *Stats) add(disposition, rules string, size int64, held time.Time) {
	s.Waiting++
	s.WaitingBytes += size
	s.Dispositions[disposition]++
	for _, r := range strings.Fields(rules) {
		s.Rules[r]++
	}
	if s.Oldest.IsZero() || held.Before(s.Oldest) {
		s.Oldest = held
	}
}
