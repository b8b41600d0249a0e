package history

import (
	"slices"
	"strings"
	"sync"
	"time"

	"maillint/message"
)

// LockedWithin is how long after a locked file its password is expected.
const LockedWithin = 24 * time.Hour

// mostLocked senders and recipients are remembered.
const mostLocked = 10_000

// LockedFiles remembers who sent a locked file to whom: the password that
// follows it (PPAP) is then recognised. It is one process's memory: after a
// restart, or at another node, the second message is judged by itself. The zero
// value is ready, and safe for concurrent use.
type LockedFiles struct {
	mu   sync.Mutex
	sent map[string]time.Time
}

// Way names a sender and all recipients of a message.
func Way(from message.Address, to []message.Address) string {
	keys := make([]string, len(to))
	for i, a := range to {
		keys[i] = a.Key()
	}
	slices.Sort(keys)
	return from.Key() + "\n" + strings.Join(slices.Compact(keys), "\n")
}

// Note remembers that a locked file goes out.
func (l *LockedFiles) Note(key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent == nil {
		l.sent = map[string]time.Time{}
	}
	if len(l.sent) >= mostLocked {
		l.forget(now)
	}
	l.sent[key] = now
}

// forget drops what is over, and where that is little, the older half.
func (l *LockedFiles) forget(now time.Time) {
	times := make([]time.Time, 0, len(l.sent))
	for _, at := range l.sent {
		times = append(times, at)
	}
	slices.SortFunc(times, time.Time.Compare)
	limit := times[len(times)/2]
	for key, at := range l.sent {
		if !at.After(limit) || now.Sub(at) > LockedWithin {
			delete(l.sent, key)
		}
	}
}

// Lately reports whether a locked file went the same way within the time.
func (l *LockedFiles) Lately(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.sent[key]
	return ok && now.Sub(at) <= LockedWithin
}
