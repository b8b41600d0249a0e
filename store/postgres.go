package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgres is a database that several nodes share. Every change is a
// transaction of its own under READ COMMITTED; rows that are changed are
// locked in the same order everywhere: items, bodies, then this node's end of
// the audit chain.
type postgres struct {
	pool   *sql.DB
	clock  func() time.Time // nil: the database's
	closed atomic.Bool
}

const (
	connectionsMost = 16
	connectMost     = 5 * time.Second
	attemptMost     = 30 * time.Second       // one transaction
	retryMost       = 30 * time.Second       // a database that restarts or fails over
	retryPause      = 100 * time.Millisecond // doubled up to a second
)

func openPostgres(ctx context.Context, where string, o Options) (Store, error) {
	config, err := postgresConfig(where, o.Node)
	if err != nil {
		return nil, err
	}
	p := &postgres{pool: stdlib.OpenDB(*config), clock: o.Clock}
	p.pool.SetMaxOpenConns(connectionsMost)
	p.pool.SetMaxIdleConns(connectionsMost)
	p.pool.SetConnMaxIdleTime(5 * time.Minute)
	d := &db{driver: p, node: o.Node, log: o.Log}
	if err = p.prepare(ctx, o); err == nil {
		err = d.unlock(ctx, o.Key)
	}
	if err != nil {
		p.pool.Close()
		return nil, fmt.Errorf("opening the store %s: %w", shown(config), err)
	}
	return d, nil
}

// postgresConfig reads a connection string. What makes a commit durable is not
// left to the server's or the user's settings.
func postgresConfig(where, node string) (*pgx.ConnConfig, error) {
	if strings.Contains(strings.Split(where, "?")[0], ",") && !strings.Contains(where, "target_session_attrs") {
		sep := "?" // of several hosts, the one that can be written
		if strings.Contains(where, "?") {
			sep = "&"
		}
		where += sep + "target_session_attrs=read-write"
	}
	c, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, fmt.Errorf("the store's address is no PostgreSQL address: %w", hidden(err))
	}
	if c.ConnectTimeout == 0 || c.ConnectTimeout > connectMost {
		c.ConnectTimeout = connectMost
	}
	for k, v := range map[string]string{
		"application_name": "maillint " + node, "synchronous_commit": "on", "lock_timeout": "20s",
		"idle_in_transaction_session_timeout": "60s", "default_transaction_isolation": "read committed",
	} {
		if _, set := c.RuntimeParams[k]; !set {
			c.RuntimeParams[k] = v
		}
	}
	return c, nil
}

// hidden keeps a connection string, which may hold a password, out of an error.
func hidden(err error) error {
	var bad *pgconn.ParseConfigError
	if errors.As(err, &bad) {
		return errors.New("it cannot be parsed")
	}
	return err
}

// shown names the database without its password.
func shown(c *pgx.ConnConfig) string {
	return fmt.Sprintf("postgres://%s@%s:%d/%s", c.User, c.Host, c.Port, c.Database)
}

// prepare brings the schema up to date, one node at a time, and looks whether
// a commit will be durable.
func (p *postgres) prepare(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, retryMost+attemptMost)
	defer cancel()
	return p.retry(ctx, func(ctx context.Context) error {
		conn, err := p.pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		if o.Existing {
			var n int
			if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'`).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				return errors.New("no store: the database has no tables of maillint")
			}
		}
		var fsync, commit string
		if err := conn.QueryRowContext(ctx, `SELECT current_setting('fsync'), current_setting('synchronous_commit')`).Scan(&fsync, &commit); err != nil {
			return err
		}
		if fsync != "on" || commit == "off" {
			o.Log.Warn("the database may lose what it has confirmed", "fsync", fsync, "synchronous_commit", commit)
		}
		return migrate(ctx, conn, postgresSchema, `BEGIN; SELECT pg_advisory_xact_lock(7302188469013)`, o.Existing)
	})
}

func (p *postgres) reader() querier { return pgReader{p} }
func (p *postgres) bodies() *files  { return nil }

func (p *postgres) lock(skip bool) string {
	if skip {
		return ` FOR UPDATE SKIP LOCKED`
	}
	return ` FOR UPDATE`
}

func (p *postgres) close() error {
	p.closed.Store(true)
	return p.pool.Close()
}

// now is the database's time, which all nodes share.
func (p *postgres) now(ctx context.Context, q querier) (time.Time, error) {
	if p.clock != nil {
		return p.clock().UTC().Truncate(time.Microsecond), nil
	}
	var micros int64
	err := q.QueryRowContext(ctx, `SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)`).Scan(&micros)
	return time.UnixMicro(micros).UTC(), err
}

// write runs a change until it is made or cannot be: what was not committed is
// run again after a conflict or on a new connection. Once a transaction has
// begun, the caller's context does not end it: the caller must know its end.
func (p *postgres) write(ctx context.Context, change func(*tx) error, found lookup) error {
	return p.retry(ctx, func(context.Context) error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptMost)
		defer cancel()
		t, err := p.pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := p.try(ctx, t, change); err != nil {
			_ = t.Rollback()
			return err
		}
		err = t.Commit()
		if err == nil || !unsure(err) {
			return err
		}
		return p.resolve(err, found)
	})
}

// try runs the change; a panic is an error of it.
func (p *postgres) try(ctx context.Context, t *sql.Tx, change func(*tx) error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("a change of the store panicked: %v", x)
		}
	}()
	now, err := p.now(ctx, t)
	if err != nil {
		return err
	}
	return change(&tx{querier: t, ctx: ctx, now: now})
}

// asDurable is a commit that waits as any does. A commit that was given up
// while it waited for a synchronous standby can be seen, and is only on this
// server: what is seen is safe once a later commit is.
const asDurable = `SELECT pg_logical_emit_message(true, 'maillint', '')`

// errAgain has a change run once more that was looked for and not found.
var errAgain = errors.New("not found after a broken commit")

// resolve finds out, on a new connection, whether a commit was made whose
// answer never came.
func (p *postgres) resolve(broken error, found lookup) error {
	if found == nil {
		return fmt.Errorf("%w: %w", ErrDoubt, broken)
	}
	ctx, cancel := context.WithTimeout(context.Background(), retryMost)
	defer cancel()
	done := false
	err := p.retry(ctx, func(ctx context.Context) (err error) {
		if done, err = found(ctx, p.pool); err == nil && done {
			_, err = p.pool.ExecContext(ctx, asDurable)
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDoubt, errors.Join(broken, err))
	case !done:
		return errAgain
	}
	return nil
}

// retry runs something again, with pauses, as long as its failure is one of
// the connection or of a conflict with somebody else.
func (p *postgres) retry(ctx context.Context, work func(context.Context) error) error {
	pause := retryPause
	for start := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := work(ctx)
		switch {
		case p.closed.Load() && err != nil:
			return fmt.Errorf("%w: %w", ErrClosed, err)
		case err == nil || !passing(err) || time.Since(start) > retryMost:
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
		pause = min(2*pause, time.Second)
	}
}

// passing reports whether an error passes by itself: a connection that broke
// before the commit, a server that starts, stops or fails over, a conflict.
func passing(err error) bool {
	var pg *pgconn.PgError
	var source *sourceError
	switch {
	case errors.Is(err, ErrDoubt), errors.As(err, &source):
		return false
	case errors.Is(err, errAgain):
		return true
	case errors.As(err, &pg):
		return passingCode(pg.Code)
	}
	return unsure(err)
}

// passingCode: classes and codes of PostgreSQL, Appendix A.
func passingCode(code string) bool {
	switch code {
	case "40001", "40P01", // serialization failure, deadlock
		"57P01", "57P02", "57P03", // the server stops, crashed, or starts
		"53300", // too many connections
		"25006": // read-only: a standby that was the primary
		return true
	}
	return strings.HasPrefix(code, "08") // connection
}

// unsure reports whether an error is one of the connection: the server did not
// say what became of the last statement.
func unsure(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "57P01" || pg.Code == "57P02" || strings.HasPrefix(pg.Code, "08")
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) || brokenConnection(err)
}

// pgReader reads outside of a transaction, again on a new connection where one
// broke.
type pgReader struct{ p *postgres }

// ExecContext is not for readers.
func (r pgReader) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return r.p.pool.ExecContext(ctx, query, args...)
}

// QueryContext runs a query.
func (r pgReader) QueryContext(ctx context.Context, query string, args ...any) (rows *sql.Rows, err error) {
	err = r.p.retry(ctx, func(ctx context.Context) error {
		rows, err = r.p.pool.QueryContext(ctx, query, args...) //nolint:sqlclosecheck // the caller closes them
		return err
	})
	return rows, err
}

// QueryRowContext runs a query for one row.
func (r pgReader) QueryRowContext(ctx context.Context, query string, args ...any) (row *sql.Row) {
	_ = r.p.retry(ctx, func(ctx context.Context) error {
		row = r.p.pool.QueryRowContext(ctx, query, args...)
		return row.Err()
	})
	if row == nil { // the context had ended: let the row say so
		row = r.p.pool.QueryRowContext(ctx, query, args...)
	}
	return row
}
