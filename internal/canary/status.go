package canary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Day counts the rounds of one day. Due is how many there are in a whole day.
type Day struct {
	Date   string `json:"date"` // in the organisation's time: 2026-11-25
	Rounds int    `json:"rounds"`
	Passed int    `json:"passed"`
	Due    int    `json:"due"`
}

// Status is what a node's canary shows: kept in the store after every round, so
// that other programs and nodes can read it.
type Status struct {
	Node     string        `json:"node"`
	At       time.Time     `json:"at"` // of the last round
	Every    time.Duration `json:"every"`
	Took     time.Duration `json:"took"`
	Messages int           `json:"messages"`
	Right    int           `json:"right"`
	OK       bool          `json:"ok"`    // the last round
	Ready    bool          `json:"ready"` // no fault has lasted two rounds
	Rules    []Seen        `json:"rules"`
	Faults   []Fault       `json:"faults,omitempty"`
	Days     []Day         `json:"days"` // the last of them is today
}

// Stale reports whether rounds should have been made since, and were not.
func (s *Status) Stale(now time.Time) bool { return now.Sub(s.At) > 2*s.Every+time.Minute }

// On gives the counts of a day; all zero where there was no round.
func (s *Status) On(date string) Day {
	for _, d := range s.Days {
		if d.Date == date {
			return d
		}
	}
	return Day{Date: date}
}

// Values are the store's small values, which all nodes share.
type Values interface {
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}

const (
	keyNodes  = "canary nodes"
	keyStatus = "canary of "
	daysKept  = 32
	mostNodes = 64
)

// Save keeps a node's status.
func Save(ctx context.Context, v Values, s *Status) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("canary: %w", err)
	}
	if err := v.Put(ctx, keyStatus+s.Node, b); err != nil {
		return err
	}
	nodes, err := names(ctx, v)
	if err != nil || slices.Contains(nodes, s.Node) || len(nodes) >= mostNodes {
		return err
	}
	b, err = json.Marshal(append(nodes, s.Node))
	if err != nil {
		return fmt.Errorf("canary: %w", err)
	}
	return v.Put(ctx, keyNodes, b)
}

func names(ctx context.Context, v Values) ([]string, error) {
	b, err := v.Get(ctx, keyNodes)
	if err != nil || b == nil {
		return nil, err
	}
	var nodes []string
	if err := json.Unmarshal(b, &nodes); err != nil {
		return nil, nil // written anew after the next round
	}
	return nodes, nil
}

// Load gives the status of every node that ever ran a canary on this store, by
// name. There are none where no canary has run yet.
func Load(ctx context.Context, v Values) ([]*Status, error) {
	nodes, err := names(ctx, v)
	if err != nil {
		return nil, err
	}
	slices.Sort(nodes)
	var out []*Status
	for _, n := range nodes {
		s, err := load(ctx, v, n)
		if err != nil {
			return nil, err
		}
		if s != nil {
			out = append(out, s)
		}
	}
	return out, nil
}

func load(ctx context.Context, v Values, node string) (*Status, error) {
	b, err := v.Get(ctx, keyStatus+node)
	if err != nil || b == nil {
		return nil, err
	}
	s := &Status{}
	if json.Unmarshal(b, s) != nil {
		return nil, nil
	}
	return s, nil
}

// lasting is after how many rounds a fault counts: one may be an accident of
// the moment.
const lasting = 2

// Tracker follows the faults over the rounds. It is safe for concurrent use.
type Tracker struct {
	mu     sync.Mutex
	status Status
	passed bool // some round was without a fault
	faults map[string]*lastingFault
	order  []string
}

type lastingFault struct {
	Fault
	rounds int
}

// NewTracker makes a tracker that goes on from what the node has saved, if it
// has.
func NewTracker(ctx context.Context, v Values, node string) *Tracker {
	t := &Tracker{faults: map[string]*lastingFault{}}
	if old, err := load(ctx, v, node); err == nil && old != nil {
		t.status.Days = old.Days
	}
	t.status.Node = node
	return t
}

// News is what a round has changed.
type News struct {
	Begun []Fault // faults that count from now on
	Ended []Fault // faults that counted, and are gone
}

// Add takes in a round.
func (t *Tracker) Add(r *Result, every time.Duration) News {
	t.mu.Lock()
	defer t.mu.Unlock()
	var news News
	here := map[string]bool{}
	for _, f := range r.Faults {
		here[f.Part] = true
		l := t.faults[f.Part]
		if l == nil {
			l = &lastingFault{}
			t.faults[f.Part] = l
			t.order = append(t.order, f.Part)
		}
		l.Fault = f
		if l.rounds++; l.rounds == lasting {
			news.Begun = append(news.Begun, f)
		}
	}
	t.order = slices.DeleteFunc(t.order, func(part string) bool {
		l := t.faults[part]
		if here[part] {
			return false
		}
		if l.rounds >= lasting {
			news.Ended = append(news.Ended, l.Fault)
		}
		delete(t.faults, part)
		return true
	})
	t.passed = t.passed || r.OK()
	t.note(r, every)
	return news
}

// note puts a round into the status.
func (t *Tracker) note(r *Result, every time.Duration) {
	s := &t.status
	s.At, s.Every, s.Took, s.Messages, s.Right = r.At.UTC(), every, r.Took, r.Messages, r.Right
	s.OK, s.Ready, s.Rules, s.Faults = r.OK(), t.err() == nil, r.Rules, r.Faults
	date := r.At.Format(time.DateOnly)
	if len(s.Days) == 0 || s.Days[len(s.Days)-1].Date != date {
		s.Days = append(slices.Clone(s.Days), Day{Date: date})
		s.Days = s.Days[max(0, len(s.Days)-daysKept):]
	}
	day := &s.Days[len(s.Days)-1]
	day.Rounds++
	if r.OK() {
		day.Passed++
	}
	day.Due = int(24 * time.Hour / every)
}

// Status is a copy of what is known now.
func (t *Tracker) Status() *Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.status
	s.Days = slices.Clone(s.Days)
	return &s
}

// Err says why the canary is not content: a fault that has lasted, or any fault
// as long as no round has been without one. Nil where all is well.
func (t *Tracker) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err()
}

func (t *Tracker) err() error { return t.join(func(string) bool { return true }) }

// Holding is Err for the faults that keep us from holding anything: a rule that
// is lost, a gate that does not answer as it must. That a next hop is away or
// that the policy's file is broken is no reason to refuse what others are to
// decide about.
func (t *Tracker) Holding() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.join(func(part string) bool { return part == "gate" || strings.HasPrefix(part, "rule ") })
}

// Lasting counts the faults that have lasted.
func (t *Tracker) Lasting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, l := range t.faults {
		if l.rounds >= lasting {
			n++
		}
	}
	return n
}

func (t *Tracker) join(of func(part string) bool) error {
	var texts []string
	for _, part := range t.order {
		if l := t.faults[part]; of(part) && (l.rounds >= lasting || !t.passed) {
			texts = append(texts, l.Part+": "+l.Text)
		}
	}
	if texts == nil {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}
