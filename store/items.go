package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// row is an item as its columns hold it.
type row struct {
	id    string
	lease Lease
	state State
	doc   []byte
}

const rowColumns = `id, state, lease_by, lease_until, attempt, doc`

type scanner interface{ Scan(...any) error }

// item reads a row. The columns that claims write without the document win.
func (d *db) item(s scanner) (*Item, error) {
	var r row
	var until int64
	if err := s.Scan(&r.id, &r.state, &r.lease.Worker, &until, &r.lease.Attempt, &r.doc); err != nil {
		return nil, noRows(err)
	}
	doc, err := d.seal.unwrap(r.doc, "item "+r.id)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", r.id, err)
	}
	it, err := unmarshal[Item](doc)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", r.id, err)
	}
	r.lease.Until = fromMicros(until)
	it.State, it.Lease = r.state, r.lease
	return it, nil
}

// items reads all rows of a query.
func (d *db) items(rows *sql.Rows, err error) ([]*Item, error) {
	if err != nil {
		return nil, fmt.Errorf("reading items: %w", err)
	}
	defer rows.Close()
	var out []*Item
	for rows.Next() {
		it, err := d.item(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, rows.Err()
}

// columns are the values of an item's row, in the order of insertItem.
func (d *db) columns(it *Item) ([]any, error) {
	doc, err := marshal(it)
	if err != nil {
		return nil, err
	}
	var mailing any
	if it.Mailing != "" {
		mailing = d.seal.digest("mailing", it.Mailing)
	}
	return []any{it.ID, clean(it.Transaction), mailing, clean(it.Node), string(it.State), clean(it.Disposition), flag(it.Canary),
		d.seal.digest("identity", it.Identity.Key()), ruleColumn(it.Rules()), it.Size, micros(it.Held), micros(it.Due), micros(it.next()),
		micros(it.Purge), clean(it.Lease.Worker), micros(it.Lease.Until), it.Lease.Attempt, d.seal.wrap(doc, "item "+it.ID), micros(it.Look)}, nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ruleColumn is " a b ", so that " a " finds a whole name.
func ruleColumn(rules []string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, r := range rules {
		b.WriteString(clean(r))
		b.WriteByte(' ')
	}
	return b.String()
}

const insertItem = `INSERT INTO item (id, tx, mailing, node, state, disposition, canary, who, rules, size, held, due, next,
	purge, lease_by, lease_until, attempt, doc, look, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT (id) DO NOTHING`

const updateItem = `UPDATE item SET tx = $2, mailing = $3, node = $4, state = $5, disposition = $6, canary = $7, who = $8, rules = $9,
	size = $10, held = $11, due = $12, next = $13, purge = $14, lease_by = $15, lease_until = $16, attempt = $17, doc = $18, look = $19
	WHERE id = $1`

// Item gives one item.
func (d *db) Item(ctx context.Context, id string) (*Item, error) {
	return d.item(d.reader().QueryRowContext(ctx, `SELECT `+rowColumns+` FROM item WHERE id = $1`, id))
}

// where builds the conditions of a query.
type where struct {
	terms []string
	args  []any
}

// add adds a condition with its values, whose places are written as "?".
func (w *where) add(term string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		term = strings.Replace(term, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.terms = append(w.terms, term)
}

func (w *where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// conditions turns a filter into conditions.
func (d *db) conditions(f Filter) *where {
	w := &where{}
	w.add("canary = ?", flag(f.Canary))
	if len(f.States) > 0 {
		var marks []string
		var args []any
		for _, s := range f.States {
			marks, args = append(marks, "?"), append(args, string(s))
		}
		w.add("state IN ("+strings.Join(marks, ", ")+")", args...)
	}
	if f.Disposition != "" {
		w.add("disposition = ?", clean(f.Disposition))
	}
	if f.Rule != "" {
		escaped := strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(clean(f.Rule))
		w.add("rules LIKE ? ESCAPE '!'", "% "+escaped+" %")
	}
	if f.Identity != "" {
		w.add("who = ?", d.seal.digest("identity", strings.ToLower(f.Identity)))
	}
	if f.Transaction != "" {
		w.add("tx = ?", clean(f.Transaction))
	}
	if f.Mailing != "" {
		w.add("mailing = ?", d.seal.digest("mailing", f.Mailing))
	}
	if !f.Since.IsZero() {
		w.add("held >= ?", micros(f.Since))
	}
	if !f.Before.IsZero() {
		w.add("held < ?", micros(f.Before))
	}
	if f.After != "" {
		w.add("id > ?", f.After)
	}
	return w
}

// List gives the items that a filter matches, in the order of their IDs, which
// is that of their time.
func (d *db) List(ctx context.Context, f Filter) ([]*Item, error) {
	w := d.conditions(f)
	query := `SELECT ` + rowColumns + ` FROM item` + w.String() + ` ORDER BY id`
	if f.Limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	return d.items(d.reader().QueryContext(ctx, query, w.args...))
}

// Usage is what an identity has held, the canary left out.
func (d *db) Usage(ctx context.Context, identity string) (Usage, error) {
	var u Usage
	err := d.reader().QueryRowContext(ctx, `SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM item WHERE who = $1 AND state = 'held' AND canary = 0`,
		d.seal.digest("identity", strings.ToLower(identity))).Scan(&u.Messages, &u.Bytes)
	return u, err
}

// Update changes an item under its lock.
func (d *db) Update(ctx context.Context, id string, change func(*Item) ([]Record, error)) (*Item, error) {
	var out *Item
	err := d.write(ctx, func(t *tx) error {
		it, err := d.item(t.QueryRowContext(t.ctx, `SELECT `+rowColumns+` FROM item WHERE id = $1`+d.lock(false), id))
		if err != nil {
			return err
		}
		from, hash, size := it.State, it.Hash, it.Size
		records, err := change(it)
		if err != nil {
			return err
		}
		if err := from.check(it.State); err != nil {
			return err
		}
		it.ID, it.Hash, it.Size = id, hash, size
		args, err := d.columns(it)
		if err != nil {
			return err
		}
		if _, err := t.ExecContext(t.ctx, updateItem, args...); err != nil {
			return fmt.Errorf("writing item %s: %w", id, err)
		}
		out = it
		return d.record(t, records...)
	}, nil)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Due gives held items whose deadline has passed, the longest overdue first,
// the canary's left out.
func (d *db) Due(ctx context.Context, limit int) ([]*Item, error) {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return nil, err
	}
	return d.items(d.reader().QueryContext(ctx, `SELECT `+rowColumns+` FROM item WHERE state = 'held' AND canary = 0 AND due > 0 AND due <= $1 ORDER BY due, id LIMIT $2`, micros(now), limit))
}

// Look gives items that somebody is to be told about, the longest overdue first.
func (d *db) Look(ctx context.Context, limit int) ([]*Item, error) {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return nil, err
	}
	return d.items(d.reader().QueryContext(ctx, `SELECT `+rowColumns+` FROM item WHERE look > 0 AND canary = 0 AND look <= $1 ORDER BY look, id LIMIT $2`, micros(now), limit))
}

// Claim takes releasing items that are due and free, the canary's left out.
func (d *db) Claim(ctx context.Context, worker string, lease time.Duration, limit int) ([]*Item, error) {
	var out []*Item
	if clean(worker) != worker || worker == "" {
		return nil, fmt.Errorf("worker %q: want printable ASCII", worker)
	}
	err := d.write(ctx, func(t *tx) error {
		now := micros(t.now)
		list, err := d.items(t.QueryContext(t.ctx, `SELECT `+rowColumns+` FROM item WHERE state = 'releasing' AND canary = 0 AND next <= $1 AND lease_until <= $1
			ORDER BY next, id LIMIT $2`+d.lock(true), now, limit))
		if err != nil {
			return err
		}
		for _, it := range list {
			it.Lease = Lease{worker, t.now.Add(lease), it.Lease.Attempt + 1}
			if _, err := t.ExecContext(t.ctx, `UPDATE item SET lease_by = $1, lease_until = $2, attempt = $3 WHERE id = $4`,
				worker, micros(it.Lease.Until), it.Lease.Attempt, it.ID); err != nil {
				return fmt.Errorf("claiming %s: %w", it.ID, err)
			}
		}
		out = list
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Renew prolongs a lease that still holds.
func (d *db) Renew(ctx context.Context, id, worker string, lease time.Duration) error {
	return d.write(ctx, func(t *tx) error {
		res, err := t.ExecContext(t.ctx, `UPDATE item SET lease_until = $1 WHERE id = $2 AND lease_by = $3 AND lease_until > $4 AND state = 'releasing'`,
			micros(t.now.Add(lease)), id, worker, micros(t.now))
		if err != nil {
			return fmt.Errorf("renewing the lease of %s: %w", id, err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("%s: %w", id, ErrLeaseLost)
		}
		return nil
	}, again)
}
