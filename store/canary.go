package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// canaryKept is how long an item of the canary may be there: it is deleted at
// once, unless the program ended in between.
const canaryKept = 10 * time.Minute

// DropCanary deletes items of the canary.
func (d *db) DropCanary(ctx context.Context, ids ...string) error {
	var gone []string
	err := d.write(ctx, func(t *tx) error {
		gone = nil
		for _, id := range ids {
			file, err := d.drop(t, id)
			if err != nil {
				return fmt.Errorf("deleting the canary's %s: %w", id, err)
			}
			if file != "" {
				gone = append(gone, file)
			}
		}
		return nil
	}, again)
	if err != nil {
		return err
	}
	for _, f := range gone {
		d.bodies().remove(f)
	}
	return nil
}

// drop deletes one item of the canary, and gives the file of its body where
// nothing else needs it.
func (d *db) drop(t *tx, id string) (file string, err error) {
	var body []byte
	err = t.QueryRowContext(t.ctx, `DELETE FROM item WHERE id = $1 AND canary = 1 RETURNING body`, id).Scan(&body)
	if err == sql.ErrNoRows || err == nil && body == nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	file, _, err = d.letGo(t, body)
	return file, err
}

// dropLeftovers deletes what the canary left when the program ended.
func (d *db) dropLeftovers(ctx context.Context) error {
	now, err := d.driver.now(ctx, d.reader())
	if err != nil {
		return err
	}
	old, err := d.List(ctx, Filter{Canary: true, Before: now.Add(-canaryKept), Limit: purgeMost})
	if err != nil || len(old) == 0 {
		return err
	}
	ids := make([]string, len(old))
	for i, it := range old {
		ids[i] = it.ID
	}
	return d.DropCanary(ctx, ids...)
}
