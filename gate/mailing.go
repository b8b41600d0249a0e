package gate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"maillint/message"
	"maillint/policy"
	"maillint/store"
)

// joinWithin is how long transactions with the same identity, Message-ID and
// content are one mailing: a server in front may have split it by domain.
const joinWithin = 15 * time.Minute

// mailings remembers who the parts of a mailing were for, held or not.
type mailings struct {
	mu    sync.Mutex
	by    map[string]*mailing
	swept time.Time
}

type mailing struct {
	last time.Time
	seen map[string]message.Address
}

// mostMailings bounds how many are remembered; the oldest go first.
const mostMailings = 20_000

// mailingKey names the mailing that a message is judged with: "" without an
// identity to share. A server in front that splits a message writes different
// fields on its parts, so what servers have been at goes by what it says.
func mailingKey(by policy.Identity, m *message.Message, hash [32]byte) string {
	who := sender{}.stored(by).Key()
	if who == "" {
		return ""
	}
	content := string(hash[:])
	if m.Has("Received") && by.Trust == policy.Vouched {
		content = contentKey(by, m, hash)
	}
	h := sha256.New()
	for _, s := range []string{trusts[by.Trust], who, m.Value("Message-ID"), content} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// join adds a part and gives all recipients of the mailing so far, this part's
// first.
func (l *mailings) join(key string, now time.Time, part []message.Address) []message.Address {
	if key == "" {
		return part
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[string]*mailing{}
	}
	l.sweep(now)
	m := l.by[key]
	if m == nil || now.Sub(m.last) > joinWithin {
		m = &mailing{seen: map[string]message.Address{}}
		l.by[key] = m
	}
	m.last = now
	out := slices.Clone(part)
	here := map[string]bool{}
	for _, a := range part {
		here[a.Key()] = true
	}
	for k, a := range m.seen {
		if !here[k] {
			out = append(out, a)
		}
	}
	for _, a := range part {
		if len(m.seen) < mostRepeated {
			m.seen[a.Key()] = a
		}
	}
	return out
}

func (l *mailings) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute && len(l.by) < mostMailings {
		return
	}
	l.swept = now
	for k, m := range l.by {
		if now.Sub(m.last) > joinWithin || len(l.by) > mostMailings {
			delete(l.by, k)
		}
	}
}

// union are the recipients that a message is judged by: those of the mailing
// so far, and what To and Cc name where a server in front may have kept those
// of other domains for transactions of their own.
func union(m *message.Message, by policy.Identity, list []message.Address) []message.Address {
	if by.Trust != policy.Vouched {
		return list
	}
	seen := map[string]bool{}
	for _, a := range list {
		seen[a.Key()] = true
	}
	for _, name := range []string{"To", "Cc"} {
		for _, a := range m.Addresses(name) {
			if !seen[a.Key()] && a.Domain != "" {
				seen[a.Key()] = true
				list = append(list, message.Address{Local: a.Local, Domain: a.Domain})
			}
		}
	}
	return list
}

// siblings are what is stored of the mailing that a message belongs to: its
// parts of the last minutes, and the same content that is still held, whenever
// and under whatever Message-ID it was handed in.
func (g *Gate) siblings(ctx context.Context, key, messageID string, now time.Time) ([]*store.Item, error) {
	if key == "" {
		return nil, nil
	}
	list, err := g.o.Store.List(ctx, store.Filter{Mailing: key})
	return slices.DeleteFunc(list, func(it *store.Item) bool {
		return it.State != store.Held && (it.MessageID != messageID || now.Sub(it.Held) > joinWithin)
	}), err
}
