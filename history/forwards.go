package history

import (
	"strings"
	"sync"
	"time"

	"maillint/lint"
	"maillint/message"
)

// Forward is a mailbox of ours that forwards to an address outside: seen in
// mail, or found by an audit of the settings.
type Forward struct {
	Target  string    `json:"target"`  // ForwardTarget of the address
	Mailbox string    `json:"mailbox"` // message.Address.Key; of an audit perhaps a bare name
	Mailed  time.Time `json:"mailed"`  // when mail last went this way; zero: an audit found the setting
	Until   time.Time `json:"until"`   // how long it is remembered
}

// ForwardsKept is how long a forwarding is remembered that was not seen again.
const ForwardsKept = Kept

// forwardDay is how near to each other mail of two mailboxes must go out for
// them to count as forwarding within a day.
const forwardDay = 24 * time.Hour

// forwardFresh is for how long a forwarding that was noted need not be noted
// again: a mailbox that forwards everything costs the store a write an hour.
const forwardFresh = time.Hour

// ForwardTarget is what the spellings of one mailbox have in common: lower case,
// no +detail, and at Gmail no dots.
func ForwardTarget(a message.Address) string {
	local, _, _ := strings.Cut(strings.ToLower(a.Local), "+")
	if local == "" {
		local = strings.ToLower(a.Local)
	}
	domain := a.Domain
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// mostForwards bounds the targets of one message.
const mostForwards = 100

// ForwardsOf are the forwardings that a message shows; none where it does not
// tell whose mailbox it is. Nil is no forwarded message.
func ForwardsOf(f *lint.Forwarding, now time.Time) []Forward {
	if f == nil || f.Mailbox.IsZero() {
		return nil
	}
	var out []Forward
	for _, t := range f.Targets[:min(len(f.Targets), mostForwards)] {
		out = append(out, Forward{Target: ForwardTarget(t), Mailbox: f.Mailbox.Key(), Mailed: now, Until: now.Add(ForwardsKept)})
	}
	return out
}

// Unnoted are those of some forwardings that a list of remembered ones does not
// have, or not of late.
func Unnoted(seen, known []Forward) []Forward {
	var out []Forward
	for _, s := range seen {
		fresh := false
		for _, k := range known {
			fresh = fresh || k.Target == s.Target && k.Mailbox == s.Mailbox && s.Mailed.Sub(k.Mailed) < forwardFresh
		}
		if !fresh {
			out = append(out, s)
		}
	}
	return out
}

// Forwarders counts, for each target of a message, the mailboxes that forward
// there. What the message itself shows (seen) counts whether it was remembered
// or not.
func Forwarders(f *lint.Forwarding, seen, known []Forward, now time.Time) map[string]lint.Forwarders {
	out := map[string]lint.Forwarders{}
	if f == nil {
		return out
	}
	for _, t := range f.Targets[:min(len(f.Targets), mostForwards)] {
		boxes, today := mailboxes{}, mailboxes{}
		target := ForwardTarget(t)
		for _, list := range [][]Forward{seen, known} {
			for _, k := range list {
				if k.Target != target || !now.Before(k.Until) {
					continue
				}
				boxes[k.Mailbox] = true
				if gap := now.Sub(k.Mailed); gap > -forwardDay && gap <= forwardDay {
					today[k.Mailbox] = true
				}
			}
		}
		out[t.Key()] = lint.Forwarders{Mailboxes: boxes.count(), Today: today.count()}
	}
	return out
}

// mailboxes are addresses, and names without a domain where an audit knew no more.
type mailboxes map[string]bool

// count takes a bare name for the mailbox of that name in whatever domain.
func (m mailboxes) count() int {
	local := map[string]bool{}
	for box := range m {
		if name, _, ok := strings.Cut(box, "@"); ok {
			local[name] = true
		}
	}
	n := 0
	for box := range m {
		if strings.Contains(box, "@") || !local[box] {
			n++
		}
	}
	return n
}

// Targets are the targets of forwardings, each once.
func Targets(f *lint.Forwarding) []string {
	var out []string
	seen := map[string]bool{}
	for _, t := range f.Targets[:min(len(f.Targets), mostForwards)] {
		if target := ForwardTarget(t); !seen[target] {
			seen[target] = true
			out = append(out, target)
		}
	}
	return out
}

// mostPairs is how many pairs of mailbox and target ForwardMemory keeps.
const mostPairs = 10_000

// ForwardMemory remembers forwardings for one process and not durably: for the
// canary, whose mail the store never sees, and for cases of the corpus. The zero
// value is ready, and safe for concurrent use.
type ForwardMemory struct {
	// Keep is how long, where that is not ForwardsKept.
	Keep time.Duration

	mu    sync.Mutex
	known map[string][]Forward // by target
	pairs int
}

// Look notes what a message shows, and gives the mailboxes that forward to its
// targets.
func (m *ForwardMemory) Look(f *lint.Forwarding, now time.Time) map[string]lint.Forwarders {
	if f == nil {
		return map[string]lint.Forwarders{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	seen := ForwardsOf(f, now)
	var known []Forward
	for _, target := range Targets(f) {
		known = append(known, m.known[target]...)
	}
	for _, s := range seen {
		if m.Keep > 0 {
			s.Until = now.Add(m.Keep)
		}
		m.note(s)
	}
	return Forwarders(f, seen, known, now)
}

func (m *ForwardMemory) note(s Forward) {
	if m.known == nil || m.pairs >= mostPairs {
		m.known, m.pairs = map[string][]Forward{}, 0
	}
	list := m.known[s.Target]
	for i := range list {
		if list[i].Mailbox == s.Mailbox {
			list[i] = s
			return
		}
	}
	m.known[s.Target] = append(list, s)
	m.pairs++
}
