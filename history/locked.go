package history

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"maillint/message"
)

// PasswordRule is the rule that wants to know of locked files that went before.
const PasswordRule = "password-in-message"

// LockedWithin is how long after a locked file its password is expected.
const LockedWithin = 24 * time.Hour

const (
	mostLocked = 100_000 // moments that LockedFiles holds
	mostWays   = 1000    // recipients of one message that count
	mostThread = 20      // messages that one refers to, the newest
)

// LockedWays are the keys under which it is noted that a message with a locked
// file goes out: from its sender to each outside recipient, and its thread.
func LockedWays(m *message.Message, from message.Address, outside []message.Address) []string {
	return append(ways(from, outside), threads(from, messageIDs(m.Value("Message-ID"), 1))...)
}

// PasswordWays are the keys under which the locked file is looked for that a
// message may tell the password of: the same sender wrote to one of the same
// outside recipients, or it refers to the message with the file.
func PasswordWays(m *message.Message, from message.Address, outside []message.Address) []string {
	out := ways(from, outside)
	for _, field := range []string{"In-Reply-To", "References"} {
		out = append(out, threads(from, messageIDs(m.Value(field), mostThread))...)
	}
	return out
}

func ways(from message.Address, to []message.Address) []string {
	var out []string
	for _, a := range to[:min(len(to), mostWays)] {
		out = append(out, "locked "+from.Key()+"\n"+a.Key())
	}
	return out
}

func threads(from message.Address, ids []string) []string {
	for i, id := range ids {
		ids[i] = "locked thread " + from.Key() + "\n" + id
	}
	return ids
}

// messageIDs are the Message-IDs of a field's value without their brackets, the
// last ones, of so many at most.
func messageIDs(value string, most int) []string {
	var out []string
	for end := len(value); len(out) < most; {
		end = strings.LastIndexByte(value[:end], '>')
		if end < 0 {
			break
		}
		start := strings.LastIndexByte(value[:end], '<')
		if start < 0 {
			break
		}
		if id := value[start+1 : end]; strings.Contains(id, "@") {
			out = append(out, id)
		}
		end = start
	}
	return out
}

// LockedFiles remembers when locked files went which ways, where no store does:
// in a scan of stored mail. It keeps no address. What is noted may come in any
// order of time. The zero value is ready, and safe for concurrent use.
type LockedFiles struct {
	mu   sync.Mutex
	sent map[wayKey][]int64 // seconds, ascending
	n    int
}

type wayKey [16]byte

func keyOf(way string) wayKey {
	sum := sha256.Sum256([]byte(way))
	return wayKey(sum[:16])
}

// Note remembers that a locked file went these ways.
func (l *LockedFiles) Note(ways []string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent == nil {
		l.sent = map[wayKey][]int64{}
	}
	if l.n >= mostLocked {
		l.forget()
	}
	for _, way := range ways {
		key := keyOf(way)
		list := l.sent[key]
		if i, known := slices.BinarySearch(list, at.Unix()); !known {
			l.sent[key] = slices.Insert(list, i, at.Unix())
			l.n++
		}
	}
}

// forget drops the older half.
func (l *LockedFiles) forget() {
	times := make([]int64, 0, l.n)
	for _, list := range l.sent {
		times = append(times, list...)
	}
	slices.Sort(times)
	limit := times[len(times)/2]
	l.n = 0
	for key, list := range l.sent {
		i, _ := slices.BinarySearch(list, limit+1)
		if i == len(list) {
			delete(l.sent, key)
			continue
		}
		l.sent[key] = slices.Clone(list[i:])
		l.n += len(list) - i
	}
}

// Lately reports whether a locked file went one of the ways within the time
// before a moment.
func (l *LockedFiles) Lately(ways []string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, way := range ways {
		list := l.sent[keyOf(way)]
		if i, _ := slices.BinarySearch(list, at.Unix()+1); i > 0 && at.Unix()-list[i-1] <= int64(LockedWithin/time.Second) {
			return true
		}
	}
	return false
}
