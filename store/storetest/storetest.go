// Package storetest holds what every store must do. A store is conformant when
// Run passes on it.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"maillint/store"
)

// Place is an empty store that does not exist yet, and a way around it.
type Place struct {
	// Where is what store.Open takes; several handles may be opened.
	Where string
	// Exec runs a statement in the database itself, as somebody would who
	// tampers with it.
	Exec func(statement string) error
	// Raw gives all octets that lie on the disk, where they can be had.
	Raw func() []byte
}

// Harness is a kind of store to test.
type Harness struct {
	// Place gives a new place.
	Place func(t *testing.T) Place
	// Copy makes a backup of a store that is being written, and gives the place
	// of what is restored from it.
	Copy func(t *testing.T, p Place) Place
	// Small gives a place on a disk that is soon full, and what frees some of
	// it. Nil for a store on no disk of ours.
	Small func(t *testing.T) (p Place, free func())
	// ReadOnly makes the place of a store, which is closed, read-only. Nil as
	// above.
	ReadOnly func(t *testing.T, p Place)
}

// Run runs the whole suite.
func Run(t *testing.T, h Harness) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Harness)
	}{
		{"ReadBack", testReadBack},
		{"HostileStrings", testHostile},
		{"Refusals", testRefusals},
		{"AllOrNone", testAllOrNone},
		{"Transitions", testTransitions},
		{"Deciders", testDeciders},
		{"ChangeFails", testChangeFails},
		{"Due", testDue},
		{"Look", testLook},
		{"ClaimOnce", testClaimOnce},
		{"LostLease", testLostLease},
		{"ClockJump", testClockJump},
		{"Retry", testRetry},
		{"List", testList},
		{"Usage", testUsage},
		{"Canary", testCanary},
		{"Stats", testStats},
		{"Counters", testCounters},
		{"CountersRace", testCountersRace},
		{"Failed", testFailed},
		{"Memory", testMemory},
		{"Forwards", testForwards},
		{"ForwardsRace", testForwardsRace},
		{"Marks", testMarks},
		{"Values", testValues},
		{"Brakes", testBrakes},
		{"BrakesRace", testBrakesRace},
		{"Purge", testPurge},
		{"PurgeRace", testPurgeRace},
		{"Audit", testAudit},
		{"AuditTampered", testTampered},
		{"CrossSign", testCrossSign},
		{"Key", testKey},
		{"Damaged", testDamaged},
		{"Restore", testRestore},
		{"Older", testOlder},
		{"Newer", testNewer},
		{"Concurrency", testConcurrency},
		{"OpenAtOnce", testOpenAtOnce},
		{"ThousandRecipients", testRecipients},
		{"LargeBody", testLarge},
		{"Cancelled", testCancelled},
		{"Closed", testClosed},
		{"Killed", testKilled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, h) })
	}
	if h.Small != nil {
		t.Run("FullDisk", func(t *testing.T) { testFull(t, h) })
	}
	if h.ReadOnly != nil {
		t.Run("ReadOnlyDisk", func(t *testing.T) { testReadOnly(t, h) })
	}
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)} }

// Now is the clock's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// open opens a store at a place with a clock, and closes it after the test.
func open(t *testing.T, p Place, c *clock, o ...func(*store.Options)) store.Store {
	t.Helper()
	opt := store.Options{Node: "one"}
	if c != nil {
		opt.Clock = c.Now
	}
	for _, f := range o {
		f(&opt)
	}
	s, err := store.Open(context.Background(), p.Where, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// text is a message body of a size, the same for the same seed.
func text(seed uint64, size int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, 0, size+80)
	b = fmt.Appendf(b, "Subject: message %d\r\n\r\n", seed)
	for len(b) < size {
		b = fmt.Appendf(b, "%x%x%x%x\r\n", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	}
	return b[:size]
}

// item is an item of a body, held.
func item(id string, body []byte) *store.Item {
	return &store.Item{
		ID: id, Transaction: id, State: store.Held, Disposition: "confirm", Hash: sha256.Sum256(body),
		Identity:    store.Identity{Trust: "authenticated", Account: "hana", Address: "hana@example.jp", Mailbox: "hana@example.jp"},
		ReversePath: store.Path{Address: "hana@example.jp", Params: []string{"SIZE=123"}},
		Recipients:  []store.Recipient{{Address: "taro@example.com", State: store.Waiting}},
		Subject:     "A list of everybody", MessageID: "<" + id + "@example.jp>",
		Findings: []store.Finding{{Rule: "exposed-recipients", Severity: "high", Disposition: "confirm", Where: "To", Message: "12 external addresses"}},
	}
}

// hold stores one item.
func hold(t *testing.T, s store.Store, it *store.Item, body []byte) {
	t.Helper()
	if err := s.Hold(context.Background(), []*store.Item{it}, bytes.NewReader(body), int64(len(body))); err != nil {
		t.Fatal(err)
	}
}

// bytesOf reads the body of an item.
func bytesOf(s store.Store, id string) ([]byte, error) {
	b, err := s.Body(context.Background(), id)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(io.NewSectionReader(b, 0, b.Size()))
}

// to is a change of state with its record.
func to(state store.State, by string) func(*store.Item) ([]store.Record, error) {
	return func(it *store.Item) ([]store.Record, error) {
		it.State = state
		it.Decision = store.Decision{How: string(state), By: by}
		return []store.Record{{Event: string(state), Item: it.ID, By: by}}, nil
	}
}

// decide changes the state of an item.
func decide(t *testing.T, s store.Store, id string, state store.State) *store.Item {
	t.Helper()
	it, err := s.Update(context.Background(), id, to(state, "admin@example.jp"))
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// ids are the IDs of items.
func ids(list []*store.Item) []string {
	var out []string
	for _, it := range list {
		out = append(out, it.ID)
	}
	return out
}
