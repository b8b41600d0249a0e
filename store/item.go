package store

import (
	"fmt"
	"strings"
	"time"

	"maillint/history"
)

// State is where a held message is on its way.
type State string

// The states. What was decided never returns to Held.
const (
	Held      State = "held"
	Releasing State = "releasing"
	Released  State = "released"
	Failed    State = "failed" // released, and a recipient refused it for good
	Discarded State = "discarded"
	Withdrawn State = "withdrawn"
	Expired   State = "expired"
	Rejected  State = "rejected"
)

// States lists all states.
var States = []State{Held, Releasing, Released, Failed, Discarded, Withdrawn, Expired, Rejected}

// next are the ways from a state.
var next = map[State][]State{
	Held:      {Releasing, Discarded, Withdrawn, Expired, Rejected},
	Releasing: {Released, Failed},
}

// check refuses a change that is no way from one state to another.
func (s State) check(to State) error {
	if s == to {
		return nil
	}
	for _, n := range next[s] {
		if n == to {
			return nil
		}
	}
	return fmt.Errorf("%w: %s to %s", ErrTransition, s, to)
}

// Final reports whether nothing more will become of an item.
func (s State) Final() bool { return len(next[s]) == 0 }

// Identity is who submitted a held message.
type Identity struct {
	Trust   string `json:"trust"` // claimed, vouched, authenticated
	Account string `json:"account,omitempty"`
	Address string `json:"address,omitempty"`
	Remote  string `json:"remote,omitempty"`
	// Mailbox is where notices to this identity go; empty where there is none.
	Mailbox string `json:"mailbox,omitempty"`
	// Owner is the owner of the service or device that the identity is.
	Owner string `json:"owner,omitempty"`
}

// Key is the normal form under which holds, counters and memories of an
// identity are found: its address, else its account.
func (i Identity) Key() string {
	if i.Address != "" {
		return strings.ToLower(i.Address)
	}
	return strings.ToLower(i.Account)
}

// Path is an address of the envelope with its ESMTP parameters, "KEY=VALUE".
type Path struct {
	Address string   `json:"address"`
	Params  []string `json:"params,omitempty"`
}

// Delivery is how far a recipient of an item is.
type Delivery string

// The states of a recipient.
const (
	Waiting   Delivery = "waiting"
	Delivered Delivery = "delivered"
	Retry     Delivery = "retry"  // the next hop said 4xx
	Refused   Delivery = "failed" // 5xx, or 4xx for too long
	Doubt     Delivery = "doubt"  // the connection broke between dot and answer
	Left      Delivery = "left"   // not among those that were released
)

// Recipient is one recipient of an item.
type Recipient struct {
	Address  string   `json:"address"`
	Params   []string `json:"params,omitempty"`
	State    Delivery `json:"state"`
	Code     int      `json:"code,omitempty"`
	Reply    string   `json:"reply,omitempty"`
	Attempts int      `json:"attempts,omitempty"`
	// Doubted counts the attempts that ended in doubt: sent once more, it may
	// have arrived twice.
	Doubted int       `json:"doubted,omitempty"`
	Next    time.Time `json:"next,omitzero"`
	At      time.Time `json:"at,omitzero"`
}

// Open reports whether the recipient is still to be tried.
func (r *Recipient) Open() bool {
	return r.State == Waiting || r.State == Retry || r.State == Doubt
}

// Evidence points at a place in the judged bytes.
type Evidence struct {
	Where string `json:"where"`
	Start int64  `json:"start,omitempty"`
	End   int64  `json:"end,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Finding is what a rule said when the message was held.
type Finding struct {
	Rule        string     `json:"rule"`
	Severity    string     `json:"severity"`
	Disposition string     `json:"disposition"`
	Where       string     `json:"where,omitempty"`
	Message     string     `json:"message"`
	Evidence    []Evidence `json:"evidence,omitempty"`
	About       []string   `json:"about,omitempty"`
	Suggest     string     `json:"suggest,omitempty"`
	Recipients  []string   `json:"recipients,omitempty"`
	// Subject is what a decision about the finding teaches about.
	Subject history.Subject `json:"subject,omitzero"`
}

// Decision is what was decided about an item.
type Decision struct {
	How    string    `json:"how"` // release, discard, withdraw, expire, reject, deadline
	By     string    `json:"by,omitempty"`
	OSUser string    `json:"os_user,omitempty"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Vote is one approval of several.
type Vote struct {
	By     string    `json:"by"`
	OSUser string    `json:"os_user,omitempty"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// Lease is who works on a releasing item, until when, in the store's time.
type Lease struct {
	Worker  string    `json:"worker,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Attempt int       `json:"attempt,omitempty"`
}

// Item is a held message, or the part of one that some recipients were held of.
type Item struct {
	ID          string      `json:"id"` // the transaction's; ".2" for a second group
	Transaction string      `json:"transaction"`
	Mailing     string      `json:"mailing,omitempty"`
	Node        string      `json:"node,omitempty"`
	State       State       `json:"state"`
	Disposition string      `json:"disposition"`
	Identity    Identity    `json:"identity"`
	ReversePath Path        `json:"reverse_path"`
	Recipients  []Recipient `json:"recipients"`
	MessageID   string      `json:"message_id,omitempty"`
	Subject     string      `json:"subject,omitempty"`
	Size        int64       `json:"size"`
	Hash        Hash        `json:"hash"`
	Findings    []Finding   `json:"findings,omitempty"`
	Policy      string      `json:"policy,omitempty"` // the version that held it
	// Hide and Only are how a release was decided: with hidden recipients, and
	// to some alone.
	Hide bool     `json:"hide,omitempty"`
	Only []string `json:"only,omitempty"`

	Held           time.Time `json:"held"`
	Due            time.Time `json:"due,omitzero"`
	Decided        time.Time `json:"decided,omitzero"`
	Purge          time.Time `json:"purge,omitzero"` // when the bytes are deleted
	NoticeAccepted time.Time `json:"notice_accepted,omitzero"`
	Reminded       int       `json:"reminded,omitempty"`
	// Look is when somebody is to be told about the item next; zero: never.
	Look     time.Time `json:"look,omitzero"`
	Decision Decision  `json:"decision,omitzero"`
	Votes    []Vote    `json:"votes,omitempty"`
	// Of is the former item that this one decides anew.
	Of     string            `json:"of,omitempty"`
	Lease  Lease             `json:"lease,omitzero"`
	Canary bool              `json:"canary,omitempty"`
	Notes  map[string]string `json:"notes,omitempty"`
}

// LeasedBy reports whether a worker holds the item's lease at a time.
func (it *Item) LeasedBy(worker string, now time.Time) bool {
	return it.Lease.Worker == worker && now.Before(it.Lease.Until)
}

// next is when a releasing item is to be worked on.
func (it *Item) next() time.Time {
	var at time.Time
	found := false
	for i := range it.Recipients {
		if r := &it.Recipients[i]; r.Open() && (!found || r.Next.Before(at)) {
			at, found = r.Next, true
		}
	}
	return at
}

// Rules are the names of the rules that found something, each once.
func (it *Item) Rules() []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range it.Findings {
		if !seen[f.Rule] {
			seen[f.Rule] = true
			out = append(out, f.Rule)
		}
	}
	return out
}

// Filter chooses items. What is empty matches any.
type Filter struct {
	States      []State
	Disposition string
	Rule        string
	Identity    string // Identity.Key, whole
	Transaction string
	Mailing     string
	Since       time.Time // held then or later
	Before      time.Time // held before
	After       string    // an ID: only those behind it in order
	Limit       int       // 0 for all
	Canary      bool      // the canary's own instead of people's
}

// Usage is what is held of one identity.
type Usage struct {
	Messages int
	Bytes    int64
}

// Purged counts what Purge deleted.
type Purged struct{ Bodies, Items, Memories, Files int }
