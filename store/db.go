package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"
)

// querier is a connection, a transaction or a pool.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// db is a store in a database. The statements are such that SQLite and
// PostgreSQL read them alike; what differs is behind driver.
type db struct {
	driver
	node string
	seal *seal // nil without a key
	log  *slog.Logger
}

// driver is what differs between databases.
type driver interface {
	// write runs a change in a transaction, durable on return. It may be run
	// together with others, and again after a conflict. Where the connection
	// broke so that nobody knows whether the change was made, found tells; nil
	// stands for a change that nobody can look for.
	write(ctx context.Context, change func(*tx) error, found lookup) error
	// reader is where reading outside of a transaction goes.
	reader() querier
	// now is the store's time.
	now(ctx context.Context, q querier) (time.Time, error)
	// lock is what a SELECT ends with that locks its rows, or its free rows.
	lock(skip bool) string
	// bodies keeps what is too large to be a value.
	bodies() *files
	close() error
}

// lookup tells whether a change was made.
type lookup func(ctx context.Context, q querier) (bool, error)

// again is the lookup of a change that may be made twice.
func again(context.Context, querier) (bool, error) { return false, nil }

// tx is a transaction with what it has written to the audit log so far.
type tx struct {
	querier
	ctx  context.Context
	now  time.Time
	head *head // of this node's chain, once it was read
}

func (o *Options) complete() error {
	if o.Node == "" {
		o.Node, _ = os.Hostname()
	}
	if o.Node == "" {
		o.Node = "node"
	}
	if len(o.Node) > 255 || clean(o.Node) != o.Node {
		return fmt.Errorf("node name %q: want printable ASCII, at most 255 characters", o.Node)
	}
	if n := len(o.Key); n != 0 && n != 32 {
		return fmt.Errorf("%w: it has %d bytes, not 32", ErrKey, n)
	}
	return nil
}

// clean keeps the printable ASCII of a text, for columns that are looked at and
// never read back into an item.
func clean(s string) string {
	const most = 255
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s[:min(len(s), most)])
}

// validID reports whether an ID is safe in a file name, a reply and a column.
func validID(id string) bool {
	if id == "" || len(id) > 64 || id[0] == '.' || id[0] == '-' {
		return false
	}
	for i := range len(id) {
		if c := id[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-') {
			return false
		}
	}
	return true
}

// micros is a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Now is the store's time; the process's own when the store cannot say.
func (d *db) Now(ctx context.Context) time.Time {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return time.Now().UTC()
	}
	return now
}

// Close waits for what is being written and closes the store.
func (d *db) Close() error { return d.driver.close() }

// Check writes, reads back and deletes a value.
func (d *db) Check(ctx context.Context) error {
	key := []byte("check " + d.node)
	return d.write(ctx, func(t *tx) error {
		want := t.now.UnixMicro()
		if _, err := t.ExecContext(t.ctx, `INSERT INTO counter (key, bucket, n, until) VALUES ($1, 0, $2, 0)
			ON CONFLICT (key, bucket) DO UPDATE SET n = excluded.n`, key, want); err != nil {
			return err
		}
		var have int64
		if err := t.QueryRowContext(t.ctx, `SELECT n FROM counter WHERE key = $1 AND bucket = 0`, key).Scan(&have); err != nil {
			return err
		}
		if have != want {
			return fmt.Errorf("%w: wrote %d, read %d", ErrDamaged, want, have)
		}
		_, err := t.ExecContext(t.ctx, `DELETE FROM counter WHERE key = $1 AND bucket = 0`, key)
		return err
	}, again)
}

// Put keeps a small value.
func (d *db) Put(ctx context.Context, key string, value []byte) error {
	if value == nil {
		value = []byte{}
	}
	sealed := d.seal.wrap(value, "value "+key)
	return d.write(ctx, func(t *tx) error {
		_, err := t.ExecContext(t.ctx, `INSERT INTO value (key, data) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET data = excluded.data`, []byte(key), sealed)
		return err
	}, again)
}

// Get gives what Put kept, or nil.
func (d *db) Get(ctx context.Context, key string) ([]byte, error) {
	var sealed []byte
	err := d.reader().QueryRowContext(ctx, `SELECT data FROM value WHERE key = $1`, []byte(key)).Scan(&sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading a value: %w", err)
	}
	return d.seal.unwrap(sealed, "value "+key)
}
