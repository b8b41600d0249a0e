package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// buckets is into how many parts a counter's window is cut: it slides by one
// of them.
const buckets = 12

// Add adds to counters and reads their totals in one transaction.
func (d *db) Add(ctx context.Context, counts ...Count) ([]int64, error) {
	totals := make([]int64, len(counts))
	err := d.write(ctx, func(t *tx) error {
		for i, c := range counts {
			var err error
			if totals[i], err = d.add(t, c); err != nil {
				return fmt.Errorf("counting: %w", err)
			}
		}
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return totals, nil
}

func (d *db) add(t *tx, c Count) (total int64, err error) {
	if c.Window <= 0 {
		return 0, fmt.Errorf("a window of %s", c.Window)
	}
	if c.At.IsZero() {
		c.At = t.now
	}
	key := d.seal.digest("counter", c.Key)
	part := max(int64(c.Window/time.Microsecond)/buckets, 1)
	bucket := c.At.UnixMicro() / part
	if _, err := t.ExecContext(t.ctx, `INSERT INTO counter (key, bucket, n, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key, bucket) DO UPDATE SET n = counter.n + excluded.n`, key, bucket, c.N, (bucket+buckets+1)*part); err != nil {
		return 0, err
	}
	err = t.QueryRowContext(t.ctx, `SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM counter WHERE key = $1 AND bucket > $2 AND bucket <= $3`, key, bucket-buckets, bucket).Scan(&total)
	return total, err
}

// failureKept is how long content that could not be judged is remembered.
const failureKept = 24 * time.Hour

// Failed counts content that could not be judged.
func (d *db) Failed(ctx context.Context, hash [32]byte) (times int, err error) {
	key := d.seal.digest("failure", string(hash[:]))
	err = d.write(ctx, func(t *tx) error {
		return t.QueryRowContext(t.ctx, `INSERT INTO failure (hash, times, at) VALUES ($1, 1, $2)
			ON CONFLICT (hash) DO UPDATE SET times = CASE WHEN failure.at > $3 THEN failure.times + 1 ELSE 1 END, at = excluded.at
			RETURNING times`, key, micros(t.now), micros(t.now.Add(-failureKept))).Scan(&times)
	}, nil)
	return times, err
}

// Remember keeps what decisions taught. The same thing learned again lasts
// longer.
func (d *db) Remember(ctx context.Context, list []Memory) error {
	return d.write(ctx, func(t *tx) error {
		for _, m := range list {
			if m.At.IsZero() {
				m.At = t.now
			}
			m.ID = d.memoryID(m)
			doc, err := marshal(m)
			if err != nil {
				return err
			}
			if _, err := t.ExecContext(t.ctx, `INSERT INTO memory (id, who, until, doc) VALUES ($1, $2, $3, $4)
				ON CONFLICT (id) DO UPDATE SET until = excluded.until, doc = excluded.doc`,
				m.ID, d.seal.digest("memory", strings.ToLower(m.Identity)), micros(m.Until), d.seal.wrap(doc, "memory "+m.ID)); err != nil {
				return fmt.Errorf("remembering: %w", err)
			}
		}
		return nil
	}, again)
}

// memoryID is the same for the same thing learned, and short enough to type.
func (d *db) memoryID(m Memory) string {
	sum := d.seal.digest("memory id", strings.Join(append([]string{strings.ToLower(m.Identity), m.Rule, string(m.Kind)}, m.About...), "\x00"))
	return fmt.Sprintf("m%x", sum[:6])
}

// Recall gives what is remembered for identities.
func (d *db) Recall(ctx context.Context, identities ...string) ([]Memory, error) {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil || len(identities) == 0 {
		return nil, err
	}
	w := &where{}
	w.add("until > ?", micros(now))
	var marks []string
	var args []any
	for _, id := range identities {
		marks, args = append(marks, "?"), append(args, d.seal.digest("memory", strings.ToLower(id)))
	}
	w.add("who IN ("+strings.Join(marks, ", ")+")", args...)
	return d.memories(ctx, d.reader(), w, MemoryFilter{})
}

// Memories lists what is remembered.
func (d *db) Memories(ctx context.Context, f MemoryFilter) ([]Memory, error) {
	return d.memories(ctx, d.reader(), d.memoryConditions(f), f)
}

func (d *db) memoryConditions(f MemoryFilter) *where {
	w := &where{}
	if f.Identity != "" {
		w.add("who = ?", d.seal.digest("memory", strings.ToLower(f.Identity)))
	}
	return w
}

// memories reads rows and keeps those that a filter matches.
func (d *db) memories(ctx context.Context, q querier, w *where, f MemoryFilter) ([]Memory, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, doc FROM memory`+w.String()+` ORDER BY until, id`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("reading what is remembered: %w", err)
	}
	defer rows.Close()
	var out []Memory
	for rows.Next() {
		var id string
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, err
		}
		doc, err := d.seal.unwrap(sealed, "memory "+id)
		if err != nil {
			return nil, err
		}
		m, err := unmarshal[Memory](doc)
		if err != nil {
			return nil, fmt.Errorf("memory %s: %w", id, err)
		}
		if f.match(m) {
			out = append(out, *m)
		}
	}
	return out, rows.Err()
}

func (f MemoryFilter) match(m *Memory) bool {
	ok := len(f.IDs) == 0
	for _, id := range f.IDs {
		ok = ok || id == m.ID
	}
	return ok && (f.Identity == "" || strings.EqualFold(f.Identity, m.Identity)) &&
		(f.Rule == "" || f.Rule == m.Rule) && (f.Item == "" || f.Item == m.Item)
}

// Forget deletes what a filter matches, with a record of each.
func (d *db) Forget(ctx context.Context, f MemoryFilter, by Record) (int, error) {
	n := 0
	err := d.write(ctx, func(t *tx) error {
		list, err := d.memories(t.ctx, t, d.memoryConditions(f), f)
		if err != nil {
			return err
		}
		n = len(list)
		for _, m := range list {
			if _, err := t.ExecContext(t.ctx, `DELETE FROM memory WHERE id = $1`, m.ID); err != nil {
				return fmt.Errorf("forgetting: %w", err)
			}
			r := by
			r.Event, r.Item = "forget", m.Item
			r.Detail = map[string]string{"memory": m.ID, "rule": m.Rule, "identity": m.Identity, "kind": string(m.Kind)}
			if err := d.record(t, r); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	return n, err
}
