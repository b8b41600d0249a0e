package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	// itemsKept is how long a decided item is kept after its bytes are deleted.
	itemsKept  = 180 * 24 * time.Hour
	purgeMost  = 200       // items in one transaction, so that others get their turn
	orphanMost = time.Hour // a file without an item is younger while it is written
)

// Purge deletes, in small steps: the bytes of final items whose time has come,
// final items half a year later, memories, counters and marks that have ended, files
// that a crash left over.
func (d *db) Purge(ctx context.Context) (Purged, error) {
	var p Purged
	if err := d.dropLeftovers(ctx); err != nil {
		return p, err
	}
	for {
		n, err := d.purgeBodies(ctx, &p)
		if err != nil {
			return p, err
		}
		if n < purgeMost {
			break
		}
	}
	err := d.write(ctx, func(t *tx) error {
		now := micros(t.now)
		var err error
		if p.Items, err = t.count(`DELETE FROM item WHERE body IS NULL AND purge > 0 AND purge <= $1 AND state NOT IN ('held', 'releasing')`, micros(t.now.Add(-itemsKept))); err != nil {
			return err
		}
		if p.Memories, err = t.count(`DELETE FROM memory WHERE until <= $1`, now); err != nil {
			return err
		}
		if _, err = t.count(`DELETE FROM counter WHERE until <= $1`, now); err != nil {
			return err
		}
		if _, err = t.count(`DELETE FROM forward WHERE until <= $1`, now); err != nil {
			return err
		}
		if _, err = t.count(`DELETE FROM mark WHERE until <= $1`, now); err != nil {
			return err
		}
		_, err = t.count(`DELETE FROM failure WHERE at <= $1`, micros(t.now.Add(-failureKept)))
		return err
	}, again)
	if err != nil || d.bodies() == nil {
		return p, err
	}
	p.Files, err = d.bodies().sweep(time.Now().Add(-orphanMost), d.fileUsed(ctx))
	return p, err
}

// count runs a statement and gives how many rows it met.
func (t *tx) count(query string, args ...any) (int, error) {
	res, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("purging: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func (d *db) fileUsed(ctx context.Context) func(string) (bool, error) {
	return func(name string) (bool, error) {
		var n int
		err := d.reader().QueryRowContext(ctx, `SELECT count(*) FROM body WHERE file = $1`, name).Scan(&n)
		return n > 0, err
	}
}

// purgeBodies lets some items go of their bytes, and deletes those that no
// item has any more.
func (d *db) purgeBodies(ctx context.Context, p *Purged) (n int, err error) {
	var gone []string
	var deleted int
	err = d.write(ctx, func(t *tx) error {
		gone, deleted = nil, 0
		list, err := d.purgeable(t)
		if err != nil {
			return err
		}
		n = len(list)
		var records []Record
		for _, it := range list {
			if _, err := t.ExecContext(t.ctx, `UPDATE item SET body = NULL WHERE id = $1`, it.id); err != nil {
				return fmt.Errorf("purging %s: %w", it.id, err)
			}
			file, last, err := d.letGo(t, it.body)
			if err != nil {
				return fmt.Errorf("purging %s: %w", it.id, err)
			}
			if last {
				deleted++
			}
			if file != "" {
				gone = append(gone, file)
			}
			records = append(records, Record{Event: "purge", Item: it.id})
		}
		return d.record(t, records...)
	}, again)
	if err != nil {
		return 0, err
	}
	for _, f := range gone {
		d.bodies().remove(f)
	}
	p.Bodies += deleted
	return n, nil
}

type purgeable struct {
	id   string
	body []byte
}

// purgeable are final items whose bytes have passed their time.
func (d *db) purgeable(t *tx) ([]purgeable, error) {
	rows, err := t.QueryContext(t.ctx, `SELECT id, body FROM item WHERE purge > 0 AND purge <= $1 AND body IS NOT NULL
		AND state NOT IN ('held', 'releasing') ORDER BY body, id LIMIT $2`+d.lock(true), micros(t.now), purgeMost)
	if err != nil {
		return nil, fmt.Errorf("purging: %w", err)
	}
	defer rows.Close()
	var out []purgeable
	for rows.Next() {
		var p purgeable
		if err := rows.Scan(&p.id, &p.body); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// letGo counts one item less on a body, and deletes it after the last.
func (d *db) letGo(t *tx, name []byte) (file string, last bool, err error) {
	var refs int64
	err = t.QueryRowContext(t.ctx, `UPDATE body SET refs = refs - 1 WHERE name = $1 RETURNING refs, file`, name).Scan(&refs, &file)
	if err == sql.ErrNoRows {
		return "", false, nil
	}
	if err != nil || refs > 0 {
		return "", false, err
	}
	if _, err := t.ExecContext(t.ctx, `DELETE FROM chunk WHERE name = $1`, name); err != nil {
		return "", false, err
	}
	_, err = t.ExecContext(t.ctx, `DELETE FROM body WHERE name = $1`, name)
	return file, true, err
}

// Stats counts what is stored, the canary left out.
func (d *db) Stats(ctx context.Context) (*Stats, error) {
	s := &Stats{States: map[State]int{}, Dispositions: map[string]int{}, Rules: map[string]int{}}
	q := d.reader()
	rows, err := q.QueryContext(ctx, `SELECT state, count(*) FROM item WHERE canary = 0 GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("reading the store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, err
		}
		s.States[state] = n
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := d.waiting(ctx, s); err != nil {
		return nil, err
	}
	for query, into := range map[string][]any{
		`SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM body`: {&s.Bodies, &s.BodyBytes},
		`SELECT count(*) FROM memory`:                                       {&s.Memories},
		`SELECT count(*) FROM audit`:                                        {&s.Records},
	} {
		if err := q.QueryRowContext(ctx, query).Scan(into...); err != nil {
			return nil, fmt.Errorf("reading the store: %w", err)
		}
	}
	return s, nil
}

// waiting counts what waits for a decision.
func (d *db) waiting(ctx context.Context, s *Stats) error {
	rows, err := d.reader().QueryContext(ctx, `SELECT disposition, rules, size, held FROM item WHERE state = 'held' AND canary = 0`)
	if err != nil {
		return fmt.Errorf("reading the store: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var disposition, rules string
		var size, held int64
		if err := rows.Scan(&disposition, &rules, &size, &held); err != nil {
			return err
		}
		s.add(disposition, rules, size, fromMicros(held))
	}
	return rows.Err()
}
