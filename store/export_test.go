package store

import "context"

// SynchronousCommit is the setting that a PostgreSQL store's commits have.
func SynchronousCommit(s Store) (setting string) {
	_ = s.(*db).reader().QueryRowContext(context.Background(), `SHOW synchronous_commit`).Scan(&setting)
	return setting
}
