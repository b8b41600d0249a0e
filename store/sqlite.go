package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	moderncsqlite "modernc.org/sqlite" // registers itself as "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqlite is one file. All writing of this process goes through one connection
// and one goroutine, which commits together what waits together: a disk does a
// few hundred commits a second, whatever is in them. Other processes wait for
// their turn.
type sqlite struct {
	path     string
	existing bool // it is left as it is
	clock    func() time.Time
	log      *slog.Logger
	readers  *sql.DB
	writers  *sql.DB
	conn     *cachedConn
	queue    chan *job
	quit     chan struct{}
	done     sync.WaitGroup
	closing  sync.Once
	large    *files
}

const (
	groupMost   = 64 // changes in one commit
	readersMost = 4
	busyWait    = 10 * time.Second // for another process
)

func openSQLite(ctx context.Context, path string, o Options) (Store, error) {
	if path == ":memory:" {
		return nil, errors.New("a store in memory would lose what is held: give a file")
	}
	if o.Existing {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("no store: %w", err)
		}
	}
	s := &sqlite{path: path, existing: o.Existing, clock: o.Clock, log: o.Log, queue: make(chan *job, 4*groupMost), quit: make(chan struct{}), large: &files{path + ".bodies"}}
	if s.clock == nil {
		s.clock = time.Now
	}
	if err := s.openWaiting(ctx); err != nil {
		s.shut()
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	s.done.Add(1)
	go s.run()
	d := &db{driver: s, node: o.Node, log: o.Log}
	if err := d.unlock(ctx, o.Key); err != nil {
		s.close()
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	return d, nil
}

// dsn names the file with the settings of every connection. FULL is what makes
// a commit outlive a loss of power in WAL mode.
func (s *sqlite) dsn() string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()),
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-8000)",
		"journal_size_limit(67108864)",
	}, "_txlock": {"immediate"}}
	abs, err := filepath.Abs(s.path)
	if err != nil {
		abs = s.path
	}
	return (&url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}).String()
}

// openWaiting opens the file. Where several processes make it at the same time,
// SQLite does not wait for the one that sets it up: that is done here.
func (s *sqlite) openWaiting(ctx context.Context) error {
	for start := time.Now(); ; {
		err := s.open(ctx)
		var e *moderncsqlite.Error
		if !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY || time.Since(start) > busyWait {
			return err
		}
		_ = s.shut()
		s.conn, s.readers, s.writers = nil, nil, nil
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *sqlite) open(ctx context.Context) (err error) {
	// The mails of an organisation are nobody else's: the file is made before
	// SQLite would make it, for its owner alone.
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	if s.writers, err = sql.Open("sqlite", s.dsn()); err != nil {
		return err
	}
	s.writers.SetMaxOpenConns(1)
	conn, err := s.writers.Conn(ctx)
	if err != nil {
		return err
	}
	s.conn = &cachedConn{Conn: conn, statements: map[string]*sql.Stmt{}}
	if err := migrate(ctx, s.conn, sqliteSchema, "BEGIN IMMEDIATE", s.existing); err != nil {
		return err
	}
	if s.readers, err = sql.Open("sqlite", s.dsn()); err != nil {
		return err
	}
	s.readers.SetMaxOpenConns(readersMost)
	s.readers.SetMaxIdleConns(readersMost)
	return syncDir(filepath.Dir(s.path))
}

// shut closes what is open.
func (s *sqlite) shut() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.close())
	}
	for _, p := range []*sql.DB{s.readers, s.writers} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

func (s *sqlite) close() (err error) {
	s.closing.Do(func() {
		close(s.quit)
		s.done.Wait()
		err = s.shut()
	})
	return err
}

func (s *sqlite) reader() querier { return s.readers }
func (s *sqlite) bodies() *files  { return s.large }

// lock: whoever writes has the whole file.
func (s *sqlite) lock(bool) string { return "" }

func (s *sqlite) now(context.Context, querier) (time.Time, error) {
	return s.clock().UTC().Truncate(time.Microsecond), nil
}

// job is a change that waits for the writer.
type job struct {
	ctx    context.Context
	change func(*tx) error
	state  atomic.Int32 // jobWaiting, jobTaken or jobGone
	err    error
	done   chan struct{}
}

const (
	jobWaiting = iota
	jobTaken
	jobGone
)

// write waits for the writer. Once the writer has taken the change, its end is
// waited for: a caller must know whether something is stored.
func (s *sqlite) write(ctx context.Context, change func(*tx) error, _ lookup) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, change: change, done: make(chan struct{})}
	select {
	case <-s.quit:
		return ErrClosed
	default:
	}
	select {
	case s.queue <- j:
	case <-s.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobGone) {
			return ctx.Err()
		}
		<-j.done
	case <-s.quit:
		if j.state.CompareAndSwap(jobWaiting, jobGone) {
			return ErrClosed
		}
		<-j.done
	}
	return j.err
}

// run is the writer.
func (s *sqlite) run() {
	defer s.done.Done()
	for {
		select {
		case j := <-s.queue:
			s.group(j)
		case <-s.quit:
			return
		}
	}
}

// group runs a job, and those that wait with it, in one transaction.
func (s *sqlite) group(first *job) {
	jobs := make([]*job, 0, groupMost)
	err := s.exec("BEGIN IMMEDIATE")
	for j := first; j != nil; j = s.another(len(jobs)) {
		if !j.state.CompareAndSwap(jobWaiting, jobTaken) {
			continue
		}
		jobs = append(jobs, j)
		if err == nil {
			j.err, err = s.apply(j.change)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = s.exec("COMMIT")
	}
	if err != nil {
		_ = s.exec("ROLLBACK")
	}
	for _, j := range jobs {
		if err != nil && j.err == nil {
			j.err = err
		}
		close(j.done)
	}
}

// another gives the next job that waits already, while the group has room.
func (s *sqlite) another(have int) *job {
	if have >= groupMost {
		return nil
	}
	select {
	case j := <-s.queue:
		return j
	default:
		return nil
	}
}

func (s *sqlite) exec(statement string) error {
	if _, err := s.conn.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("writing to the store: %w", err)
	}
	return nil
}

// apply runs one change of a group; its failure leaves the others alone, and
// so does a panic. A failure for which SQLite itself ended the transaction (a
// full disk is one) breaks the whole group.
func (s *sqlite) apply(change func(*tx) error) (err, broken error) {
	if err := s.exec("SAVEPOINT job"); err != nil {
		return err, err
	}
	if err = s.try(change); err != nil {
		if e := s.exec("ROLLBACK TO job"); e != nil {
			return err, err
		}
	}
	return err, s.exec("RELEASE job")
}

func (s *sqlite) try(change func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a change of the store panicked: %v", p)
		}
	}()
	ctx := context.Background()
	now, _ := s.now(ctx, nil)
	return change(&tx{querier: s.conn, ctx: ctx, now: now})
}

// cachedConn is a connection that prepares each statement once. It is for one
// goroutine.
type cachedConn struct {
	*sql.Conn
	statements map[string]*sql.Stmt
}

func (c *cachedConn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := c.statements[query]; s != nil {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err == nil {
		c.statements[query] = s
	}
	return s, err
}

// ExecContext runs a statement that is prepared once.
func (c *cachedConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext runs a query that is prepared once.
func (c *cachedConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext runs a query that is prepared once.
func (c *cachedConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := c.prepare(ctx, query)
	if err != nil {
		return c.Conn.QueryRowContext(ctx, query, args...) // says the error again
	}
	return s.QueryRowContext(ctx, args...)
}

func (c *cachedConn) close() error {
	for _, s := range c.statements {
		_ = s.Close()
	}
	return c.Conn.Close()
}
