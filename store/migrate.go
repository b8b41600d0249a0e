package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

//go:embed schema
var schemas embed.FS

const (
	sqliteSchema   = "schema/sqlite"
	postgresSchema = "schema/postgres"
)

// migrate brings a database to the newest schema, each step in a transaction
// of its own. One that is newer than this program is refused; where it is to be
// left as it is, one that is older too.
func migrate(ctx context.Context, c querier, dir, begin string, asIs bool) error {
	steps, err := fs.Glob(schemas, path.Join(dir, "*.sql"))
	if err != nil || len(steps) == 0 {
		return fmt.Errorf("no schema in %s", dir)
	}
	if asIs {
		var have int
		if err := c.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM schema_version`).Scan(&have); err == nil && have < len(steps) {
			return fmt.Errorf("%w: its schema is %d, this one's is %d (the proxy or milter brings it up to date when it starts)", ErrOlder, have, len(steps))
		}
	}
	for {
		done, err := migrateOne(ctx, c, steps, begin)
		if err != nil || done {
			return err
		}
	}
}

// migrateOne makes one step, or finds that none is left.
func migrateOne(ctx context.Context, c querier, steps []string, begin string) (done bool, err error) {
	if _, err := c.ExecContext(ctx, begin); err != nil {
		return false, err
	}
	defer func() {
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		if _, e := c.ExecContext(ctx, end); e != nil && err == nil {
			err = e
		}
	}()
	if _, err := c.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`); err != nil {
		return false, err
	}
	var have int
	if err := c.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM schema_version`).Scan(&have); err != nil {
		return false, err
	}
	switch {
	case have > len(steps):
		return false, fmt.Errorf("%w: its schema is %d, this one knows %d (run the newer maillint, or restore a backup from before the upgrade)", ErrNewer, have, len(steps))
	case have == len(steps):
		return true, nil
	}
	step, err := schemas.ReadFile(steps[have])
	if err != nil {
		return false, err
	}
	if _, err := c.ExecContext(ctx, string(step)); err != nil {
		return false, fmt.Errorf("schema %d: %w", have+1, err)
	}
	_, err = c.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, have+1)
	return false, err
}

// keyCheck is the value that tells whether a key is the store's.
const keyCheck = "\x00key check" // no caller's key starts like that

// unlock compares the key with the store's, and sets it the first time. What
// was stored before a key was set stays in clear, and readable.
func (d *db) unlock(ctx context.Context, key []byte) error {
	var have []byte
	err := d.reader().QueryRowContext(ctx, `SELECT data FROM value WHERE key = $1`, []byte(keyCheck)).Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if d.seal, err = newSeal(key); err != nil {
		return err
	}
	switch {
	case have == nil && len(key) == 0:
		return nil
	case have == nil:
		return d.setKey(ctx, key)
	case len(key) == 0:
		return fmt.Errorf("%w: the store is sealed, and no key was given (set store.key)", ErrKey)
	case !hmac.Equal(have, keyProof(key)):
		return fmt.Errorf("%w: the store was sealed with another key (see store.key)", ErrKey)
	}
	return nil
}

func keyProof(key []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("maillint store: key check"))
	return m.Sum(nil)
}

// setKey notes the key of a store that had none. A store that holds something
// already keeps its digests, which are found under no key only: it is refused.
func (d *db) setKey(ctx context.Context, key []byte) error {
	var n int
	if err := d.reader().QueryRowContext(ctx, `SELECT count(*) FROM item`).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%w: it holds %d items in clear (a key can be set for an empty store only: decide and purge them, or start a new store)", ErrKey, n)
	}
	return d.write(ctx, func(t *tx) error {
		_, err := t.ExecContext(t.ctx, `INSERT INTO value (key, data) VALUES ($1, $2)`, []byte(keyCheck), keyProof(key))
		return err
	}, nil)
}
