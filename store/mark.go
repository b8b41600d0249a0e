package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Mark is that something happened under a key, and nothing more: a digest of the
// key is stored, and the moment.
type Mark struct {
	Key string
	// For is how long it is known.
	For time.Duration
}

// Mark notes that something happened now, in the store's time.
func (d *db) Mark(ctx context.Context, marks ...Mark) error {
	if len(marks) == 0 {
		return nil
	}
	return d.write(ctx, func(t *tx) error {
		for _, m := range marks {
			if m.For <= 0 {
				return fmt.Errorf("a mark for %s", m.For)
			}
			if _, err := t.ExecContext(t.ctx, `INSERT INTO mark (key, at, until) VALUES ($1, $2, $3)
				ON CONFLICT (key) DO UPDATE SET at = excluded.at, until = excluded.until`,
				d.seal.digest("mark", m.Key), micros(t.now), micros(t.now.Add(m.For))); err != nil {
				return fmt.Errorf("marking: %w", err)
			}
		}
		return nil
	}, again)
}

// Marked gives when each key was marked last; the zero time where it never was,
// or that is over.
func (d *db) Marked(ctx context.Context, keys ...string) ([]time.Time, error) {
	out := make([]time.Time, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	q := d.reader()
	now, err := d.driver.now(ctx, q)
	if err != nil {
		return nil, err
	}
	for i, key := range keys {
		var at int64
		err := q.QueryRowContext(ctx, `SELECT at FROM mark WHERE key = $1 AND until > $2`, d.seal.digest("mark", key), micros(now)).Scan(&at)
		switch {
		case err == nil:
			out[i] = fromMicros(at)
		case !errors.Is(err, sql.ErrNoRows):
			return nil, fmt.Errorf("reading marks: %w", err)
		}
	}
	return out, nil
}
