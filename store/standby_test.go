package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"maillint/store"
	"maillint/store/storetest"
)

// A hold whose commit was broken off while it waited for a synchronous standby
// can be seen on the primary. It is not promised before the standby has it.
func TestHoldWaitsForTheStandby(t *testing.T) {
	t.Parallel()
	primary := storetest.StartPostgres(t)
	schema := primary.Create(t)
	psql := func(statement string) string {
		t.Helper()
		out, err := primary.Psql(schema, statement)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	psql("CREATE ROLE plain LOGIN; GRANT ALL ON SCHEMA " + schema + " TO plain") // no superuser's rights are needed
	standby := primary.Standby(t)
	s := openAt(t, strings.Replace(primary.URL(schema), "postgres@", "plain@", 1))
	psql("ALTER SYSTEM SET synchronous_standby_names = '*'")
	psql("SELECT pg_reload_conf()")
	if err := hold(s, "with"); err != nil {
		t.Fatal(err)
	}
	standby.Stop(t, "immediate")
	held := make(chan error, 1)
	go func() { held <- hold(s, "without") }()
	const breakOff = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'plain'"
	for end := time.Now().Add(10 * time.Second); psql(breakOff) == ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the hold does not wait for the standby")
		}
	}
	select {
	case err := <-held:
		t.Fatalf("it ends without the standby: %v", err)
	case <-time.After(time.Second):
	}
	standby.Start(t)
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	if it, err := s.Item(context.Background(), "without"); err != nil || it.State != store.Held {
		t.Errorf("%+v %v", it, err)
	}
}
