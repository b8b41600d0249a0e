package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maillint/store"
	"maillint/store/storetest"
)

func TestPostgres(t *testing.T) {
	server := storetest.StartPostgres(t)
	storetest.Run(t, storetest.Harness{Place: func(t *testing.T) storetest.Place {
		name := server.Create(t)
		return storetest.Place{
			Where: server.URL(name),
			Exec: func(statement string) error {
				_, err := server.Psql(name, "ALTER TABLE audit DISABLE TRIGGER USER; "+statement)
				return err
			},
			Raw: func() []byte {
				if _, err := server.Psql(name, "CHECKPOINT"); err != nil {
					t.Fatal(err)
				}
				return rawFiles(t, filepath.Join(server.Dir, "data", "base"))
			},
		}
	}, Copy: func(t *testing.T, p storetest.Place) storetest.Place {
		_, schema, _ := strings.Cut(p.Where, "search_path=")
		return storetest.Place{Where: server.DatabaseURL(server.Restore(t, schema), schema)}
	}})
	t.Run("Restarts", func(t *testing.T) { testRestarts(t, server) })
	t.Run("Doubt", func(t *testing.T) { testDoubt(t, server) })
	t.Run("Down", func(t *testing.T) { testDown(t, server) })
	t.Run("Time", func(t *testing.T) { testDatabaseTime(t, server) })
	t.Run("Settings", func(t *testing.T) { testSettings(t, server) })
}

func BenchmarkPostgres(b *testing.B) {
	server := storetest.StartPostgres(b)
	storetest.Bench(b, func(b *testing.B) string { return server.URL(server.Create(b)) })
}

func message(id string) (*store.Item, []byte) {
	body := []byte("Subject: " + id + "\r\n\r\n" + strings.Repeat(id, 500))
	return &store.Item{ID: id, Transaction: id, State: store.Held, Disposition: "confirm", Hash: sha256.Sum256(body),
		Recipients: []store.Recipient{{Address: "taro@example.com", State: store.Waiting}}}, body
}

func hold(s store.Store, id string) error {
	it, body := message(id)
	return s.Hold(context.Background(), []*store.Item{it}, bytes.NewReader(body), int64(len(body)))
}

func openAt(t *testing.T, where string) store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), where, store.Options{Node: "one"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The server crashes and comes back, twice, under load: every hold waits for
// it, what is confirmed is there, and nothing is there twice.
func testRestarts(t *testing.T, server *storetest.Server) {
	ctx := context.Background()
	s := openAt(t, server.URL(server.Create(t)))
	var held sync.Map
	var n, stop atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for stop.Load() == 0 {
				id := fmt.Sprintf("r%d", n.Add(1))
				if err := hold(s, id); err != nil {
					t.Errorf("%s: %v", id, err)
					return
				}
				held.Store(id, true)
				if _, err := s.Item(ctx, id); err != nil {
					t.Errorf("%s: %v", id, err)
				}
			}
		}()
	}
	for _, mode := range []string{"immediate", "fast"} {
		time.Sleep(700 * time.Millisecond)
		server.Stop(t, mode)
		server.Start(t)
	}
	time.Sleep(700 * time.Millisecond)
	stop.Store(1)
	wg.Wait()
	count := 0
	held.Range(func(id, _ any) bool {
		count++
		if _, err := s.Item(ctx, id.(string)); err != nil {
			t.Errorf("%s was confirmed: %v", id, err)
		}
		return true
	})
	st, err := s.Stats(ctx)
	if err != nil || st.States[store.Held] != count || int64(count) != n.Load() {
		t.Errorf("%d confirmed of %d: %+v %v", count, n.Load(), st, err)
	}
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() || v.Records != int64(count) {
		t.Errorf("%+v %v", v, err)
	}
	t.Logf("%d holds", count)
}

// cutter passes connections on to the server. Once armed, it cuts the next one
// behind its COMMIT: before the server reads it, or before the client reads
// the answer.
type cutter struct {
	listener net.Listener
	server   string
	before   atomic.Bool
	after    atomic.Bool
}

func newCutter(t *testing.T, server string) *cutter {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &cutter{listener: l, server: server}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(conn)
		}
	}()
	return c
}

func (c *cutter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	var committing atomic.Bool
	go func() {
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil || committing.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if buf[0] == 'Q' && bytes.Contains(buf[:n], []byte("commit\x00")) { // a simple query
			if c.before.CompareAndSwap(true, false) {
				return
			}
			committing.Store(c.after.CompareAndSwap(true, false))
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
		if committing.Load() {
			time.Sleep(200 * time.Millisecond) // the server commits, and nobody hears of it
			return
		}
	}
}

// testDoubt: the connection breaks around the commit. A hold finds out what
// became of it; a change that cannot be looked for says that it is not known.
func testDoubt(t *testing.T, server *storetest.Server) {
	ctx := context.Background()
	name := server.Create(t)
	openAt(t, server.URL(name)).Close()
	c := newCutter(t, fmt.Sprintf("127.0.0.1:%d", server.Port))
	s := openAt(t, strings.Replace(server.URL(name), fmt.Sprintf(":%d", server.Port), fmt.Sprintf(":%d", c.listener.Addr().(*net.TCPAddr).Port), 1))
	arm := map[string]*atomic.Bool{"before": &c.before, "after": &c.after}
	for when, flag := range arm {
		flag.Store(true)
		if err := hold(s, "h-"+when); err != nil {
			t.Errorf("cut %s: %v", when, err)
		}
		if flag.Load() {
			t.Fatal("nothing was cut")
		}
		flag.Store(true)
		if err := s.Put(ctx, when, []byte("v")); err != nil {
			t.Errorf("cut %s: %v", when, err)
		}
		flag.Store(true)
		if _, err := s.Add(ctx, store.Count{Key: "k", N: 1, Window: time.Hour}); !errors.Is(err, store.ErrDoubt) {
			t.Errorf("cut %s: %v", when, err)
		}
		flag.Store(true)
		_, err := s.Update(ctx, "h-"+when, func(it *store.Item) ([]store.Record, error) { it.State = store.Discarded; return nil, nil })
		it, e := s.Item(ctx, "h-"+when)
		if !errors.Is(err, store.ErrDoubt) || e != nil || (it.State == store.Discarded) != (when == "after") {
			t.Errorf("cut %s: %v, and it is %v %v", when, err, it, e)
		}
	}
	list, err := s.List(ctx, store.Filter{})
	if err != nil || len(list) != 2 {
		t.Errorf("%d items for 2 holds, %v", len(list), err)
	}
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() || v.Records != 2 {
		t.Errorf("%+v %v", v, err)
	}
}

// testDown: without a server everything fails in the caller's time, and says
// why, without the password.
func testDown(t *testing.T, server *storetest.Server) {
	name := server.Create(t)
	s := openAt(t, server.URL(name))
	server.Stop(t, "fast")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	it, body := message("d1")
	start := time.Now()
	err := s.Hold(ctx, []*store.Item{it}, bytes.NewReader(body), int64(len(body)))
	if err == nil || time.Since(start) > 5*time.Second || !strings.Contains(err.Error(), "refused") {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
	if _, err := s.Item(ctx, "d1"); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("without a server nobody knows that there is no item: %v", err)
	}
	where := strings.Replace(server.URL(name), "postgres@", "postgres:geheim@", 1)
	_, err = store.Open(ctx, where, store.Options{})
	if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), fmt.Sprint(server.Port)) {
		t.Errorf("%v", err)
	}
	server.Start(t)
	if err := hold(s, "d1"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"postgres://u:geheim@h:notaport/x", "postgres://u:geheim@h/x?sslmode=perhaps"} {
		if _, err := store.Open(context.Background(), bad, store.Options{}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
	if _, err := store.Open(context.Background(), server.URL(server.Create(t)), store.Options{Existing: true}); err == nil || !strings.Contains(err.Error(), "no tables of maillint") {
		t.Errorf("%v", err)
	}
}

// The time of leases and deadlines is the database's.
func testDatabaseTime(t *testing.T, server *storetest.Server) {
	name := server.Create(t)
	s := openAt(t, server.URL(name))
	text, err := server.Psql(name, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')")
	if err != nil {
		t.Fatal(err)
	}
	want, err := time.Parse("2006-01-02T15:04:05", text)
	if have := s.Now(context.Background()); err != nil || have.Sub(want).Abs() > 3*time.Second {
		t.Errorf("%s, want %s: %v", have, want, err)
	}
}

// A role or database that is set to confirm before it has written does not
// make our commits so.
func testSettings(t *testing.T, server *storetest.Server) {
	name := server.Create(t)
	if _, err := server.Psql(name, "ALTER ROLE postgres SET synchronous_commit = off"); err != nil {
		t.Fatal(err)
	}
	defer server.Psql(name, "ALTER ROLE postgres RESET synchronous_commit")
	s := openAt(t, server.URL(name))
	if err := hold(s, "a"); err != nil {
		t.Fatal(err)
	}
	if have := store.SynchronousCommit(s); have != "on" {
		t.Errorf("synchronous_commit is %s", have)
	}
}
