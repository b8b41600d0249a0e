package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"maillint/history"
)

// Forward is a mailbox that forwards to an address outside (package history
// makes and reads it).
type Forward = history.Forward

// mostForwarders bounds the mailboxes that are read of one target, those seen
// last: more than any rule asks for.
const mostForwarders = 1000

// NoteForwards remembers forwardings. One that is known lasts longer; what an
// audit says takes nothing from what mail has shown.
func (d *db) NoteForwards(ctx context.Context, list []Forward) error {
	return d.write(ctx, func(t *tx) error {
		for _, f := range list {
			if err := d.noteForward(t, f); err != nil {
				return fmt.Errorf("noting a forwarding: %w", err)
			}
		}
		return nil
	}, again)
}

func (d *db) noteForward(t *tx, f Forward) error {
	target, mailbox := d.seal.digest("forward", f.Target), d.seal.digest("forwarder", f.Mailbox)
	var sealed []byte
	err := t.QueryRowContext(t.ctx, `SELECT doc FROM forward WHERE target = $1 AND mailbox = $2`+d.driver.lock(false), target, mailbox).Scan(&sealed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil {
		known, err := d.forward(target, sealed)
		if err != nil {
			return err
		}
		if known.Mailed.After(f.Mailed) {
			f.Mailed = known.Mailed
		}
		if known.Until.After(f.Until) {
			f.Until = known.Until
		}
	}
	doc, err := marshal(f)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(t.ctx, `INSERT INTO forward (target, mailbox, until, doc) VALUES ($1, $2, $3, $4)
		ON CONFLICT (target, mailbox) DO UPDATE SET until = excluded.until, doc = excluded.doc`,
		target, mailbox, micros(f.Until), d.seal.wrap(doc, forwardName(target)))
	return err
}

// forwardName binds a sealed row to its target.
func forwardName(target []byte) string { return "forward " + hex.EncodeToString(target) }

func (d *db) forward(target, sealed []byte) (*Forward, error) {
	doc, err := d.seal.unwrap(sealed, forwardName(target))
	if err != nil {
		return nil, err
	}
	return unmarshal[Forward](doc)
}

// Forwards gives the forwardings to targets (history.ForwardTarget) that have not
// ended; with none named, all.
func (d *db) Forwards(ctx context.Context, targets ...string) ([]Forward, error) {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		return d.forwards(ctx, `SELECT target, doc FROM forward WHERE until > $1 ORDER BY target, mailbox`, micros(now))
	}
	var out []Forward
	for _, target := range targets {
		list, err := d.forwards(ctx, `SELECT target, doc FROM forward WHERE target = $1 AND until > $2 ORDER BY until DESC LIMIT $3`,
			d.seal.digest("forward", target), micros(now), mostForwarders)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (d *db) forwards(ctx context.Context, query string, args ...any) ([]Forward, error) {
	rows, err := d.reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading forwardings: %w", err)
	}
	defer rows.Close()
	var out []Forward
	for rows.Next() {
		var target, sealed []byte
		if err := rows.Scan(&target, &sealed); err != nil {
			return nil, err
		}
		f, err := d.forward(target, sealed)
		if err != nil {
			return nil, fmt.Errorf("reading forwardings: %w", err)
		}
		out = append(out, *f)
	}
	return out, rows.Err()
}

// ForgetForwards deletes what is remembered of targets, with a record of each,
// and tells how many forwardings that were.
func (d *db) ForgetForwards(ctx context.Context, targets []string, by Record) (int, error) {
	n := 0
	err := d.write(ctx, func(t *tx) error {
		n = 0
		for _, target := range targets {
			gone, err := t.count(`DELETE FROM forward WHERE target = $1`, d.seal.digest("forward", target))
			if err != nil {
				return err
			}
			if gone == 0 {
				continue
			}
			n += gone
			r := by
			r.Event = "forget forwards"
			r.Detail = map[string]string{"target": target, "mailboxes": fmt.Sprint(gone)}
			if err := d.record(t, r); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	return n, err
}
