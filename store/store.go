// Package store keeps what maillint must not lose: held messages with their
// bytes, what was decided about them and what the decisions taught, counters
// that several connections share, and the audit log.
//
// What a method has returned without an error is durable. SQLite is the store
// of one node; package storetest holds what every store must do.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// Errors that callers tell apart with errors.Is.
var (
	ErrNotFound   = errors.New("no such item")
	ErrExists     = errors.New("an item of this ID is stored already")
	ErrLeaseLost  = errors.New("the lease is lost")
	ErrTransition = errors.New("a decided item does not go back")
	ErrKey        = errors.New("the key does not fit the store")
	ErrNewer      = errors.New("the store was made by a newer version")
	ErrOlder      = errors.New("the store was made by an older version")
	ErrDamaged    = errors.New("the stored bytes are damaged")
	ErrClosed     = errors.New("the store is closed")
	// ErrDoubt: the connection broke in the moment of writing, and the change
	// may have been made. Who gets it looks before trying again.
	ErrDoubt = errors.New("the connection to the store broke while it was writing, and the change may have been made")
)

// Body is the bytes of a held message, as they were judged.
type Body interface {
	io.ReaderAt
	Size() int64
	Close() error
}

// Store is what the gate, the console and "maillint quarantine" work with. All
// methods are safe for concurrent use, by several processes as well.
type Store interface {
	// Hold stores items and the body they share, all or none. Each item's Hash
	// is compared with the bytes. An item may arrive in any state.
	Hold(ctx context.Context, items []*Item, body io.ReaderAt, size int64) error
	// Item gives one item, or ErrNotFound.
	Item(ctx context.Context, id string) (*Item, error)
	// Body gives the bytes of an item: ErrNotFound once they are purged.
	Body(ctx context.Context, id string) (Body, error)
	// List gives the items that a filter matches, the oldest first.
	List(ctx context.Context, f Filter) ([]*Item, error)
	// Usage is what an identity has held in all.
	Usage(ctx context.Context, identity string) (Usage, error)
	// Stats counts what is stored.
	Stats(ctx context.Context) (*Stats, error)

	// Update locks an item, has it changed, and stores it with the audit
	// records that change returns, all in one transaction. Of two that race the
	// second sees what the first has made. An error of change changes nothing
	// and comes back as it is. Change may be called again after a conflict.
	Update(ctx context.Context, id string, change func(*Item) ([]Record, error)) (*Item, error)
	// Due gives held items whose deadline has passed in the store's time. The
	// canary's own are never among them, nor among those that Claim gives.
	Due(ctx context.Context, limit int) ([]*Item, error)
	// Look gives items, in any state, whose time to be looked at has come in the
	// store's time: somebody is to be told. It reads no others.
	Look(ctx context.Context, limit int) ([]*Item, error)
	// Claim takes releasing items whose next attempt is due and that nobody has
	// a lease of. An item is claimed by one worker at a time.
	Claim(ctx context.Context, worker string, lease time.Duration, limit int) ([]*Item, error)
	// Renew prolongs a lease: ErrLeaseLost when it ran out or another has it.
	Renew(ctx context.Context, id, worker string, lease time.Duration) error

	// Remember keeps what decisions taught.
	Remember(ctx context.Context, list []Memory) error
	// Recall gives what is remembered for identities and has not ended.
	Recall(ctx context.Context, identities ...string) ([]Memory, error)
	// Memories lists what is remembered, and Forget deletes it, with one audit
	// record for each that by, a Record without Event, is the model of.
	Memories(ctx context.Context, f MemoryFilter) ([]Memory, error)
	Forget(ctx context.Context, f MemoryFilter, by Record) (int, error)

	// NoteForwards remembers mailboxes that forward to addresses outside. Forwards
	// gives those of targets (history.ForwardTarget) that have not ended; with
	// none named, all. ForgetForwards deletes those of targets, with a record of
	// each, and tells how many.
	NoteForwards(ctx context.Context, list []Forward) error
	Forwards(ctx context.Context, targets ...string) ([]Forward, error)
	ForgetForwards(ctx context.Context, targets []string, by Record) (int, error)

	// Add adds to counters and gives their totals, in one step. The same Count
	// with a negative N gives back.
	Add(ctx context.Context, counts ...Count) ([]int64, error)
	// Failed notes that content could not be judged, and tells how often that
	// has happened in the last day, this time included.
	Failed(ctx context.Context, hash [32]byte) (int, error)

	// Mark notes that something happened; Marked gives when each key was marked
	// last, and the zero time where it never was or that is over. The keys
	// cannot be read from the store.
	Mark(ctx context.Context, marks ...Mark) error
	Marked(ctx context.Context, keys ...string) ([]time.Time, error)

	// Put and Get keep small values that all nodes share; Get gives nil for
	// what was never put.
	Put(ctx context.Context, key string, value []byte) error
	Get(ctx context.Context, key string) ([]byte, error)

	// Brake brakes a rule, or BrakeAll, for a length of time, with a record of
	// it. Only Rule, By, OSUser and Reason of b count; it gives what was stored.
	Brake(ctx context.Context, b Brake, length time.Duration) (Brake, error)
	// Brakes gives the brakes that are on.
	Brakes(ctx context.Context) ([]Brake, error)
	// EndBrakes takes off the brakes of rules, or with none named those whose
	// time has passed, with a record of each. Each brake is given to one caller.
	EndBrakes(ctx context.Context, rules []string, by Record) ([]Brake, error)

	// Audit appends records to this node's chain.
	Audit(ctx context.Context, records ...Record) error
	// Records gives audit records in order, node by node, to a function.
	Records(ctx context.Context, node string, each func(Entry) error) error
	// AuditVerify follows every chain and names the first record that is
	// broken.
	AuditVerify(ctx context.Context) (*Verification, error)

	// CrossSign notes the other nodes' heads in this node's chain.
	CrossSign(ctx context.Context) error

	// DropCanary deletes items of the canary, with their bytes and without a
	// record. People's items are never touched.
	DropCanary(ctx context.Context, ids ...string) error

	// Purge deletes what has passed its time, and tells what.
	Purge(ctx context.Context) (Purged, error)
	// Check writes, reads back and deletes.
	Check(ctx context.Context) error
	// Now is the store's time, which leases and deadlines are in.
	Now(ctx context.Context) time.Time
	Close() error
}

// Options are how a store is opened.
type Options struct {
	// Node names this proxy in the audit log; the host's name if empty.
	Node string
	// Key, 32 bytes or none, seals bodies and items (see ParseKey).
	Key []byte
	// Clock tells the time instead of the store's own.
	Clock func() time.Time
	Log   *slog.Logger
	// Existing refuses to make a store where there is none, or to bring one of
	// an older version up to date: other programs run on it.
	Existing bool
}

// Open opens a store, and makes or migrates it: "sqlite:PATH", a bare path,
// or "postgres://...".
func Open(ctx context.Context, where string, o Options) (Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.complete(); err != nil {
		return nil, err
	}
	scheme, rest, found := strings.Cut(where, ":")
	switch {
	case scheme == "sqlite" && found && rest != "":
		return openSQLite(ctx, rest, o)
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, where, o)
	case where != "" && (!found || len(scheme) == 1 || strings.ContainsAny(scheme, "/.")):
		return openSQLite(ctx, where, o)
	}
	return nil, fmt.Errorf("store %q: unknown kind (want sqlite:PATH or postgres://HOST/DATABASE)", where)
}
