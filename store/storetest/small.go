package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"maillint/store"
)

func testCounters(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	add := func(want int64, n store.Count) {
		t.Helper()
		n.Window = time.Hour
		have, err := s.Add(ctx, n)
		if err != nil || have[0] != want {
			t.Errorf("%v %v, want %d", have, err, want)
		}
	}
	start := c.Now()
	add(3, store.Count{Key: "a", N: 3})
	add(4, store.Count{Key: "a", N: 1, At: start})
	add(1, store.Count{Key: "b", N: 1})
	add(3, store.Count{Key: "a", N: -1, At: start})
	c.move(50 * time.Minute)
	add(5, store.Count{Key: "a", N: 2})
	add(4, store.Count{Key: "a", N: -1}) // what was counted now is given back now
	c.move(15 * time.Minute)             // the first three are over an hour old
	add(1, store.Count{Key: "a", N: 0})
	c.move(24 * time.Hour)
	add(0, store.Count{Key: "a", N: 0})
	if n, err := s.Add(ctx, store.Count{Key: "a", N: 1, Window: time.Hour}, store.Count{Key: "a", N: 5, Window: 24 * time.Hour}, store.Count{Key: "c", N: 7, Window: time.Second}); err != nil || n[0] != 1 || n[2] != 7 {
		t.Errorf("%v %v", n, err)
	}
	if _, err := s.Add(ctx, store.Count{Key: "a", N: 1}); err == nil {
		t.Error("a window of nothing")
	}
	if n, err := s.Add(ctx); err != nil || len(n) != 0 {
		t.Errorf("%v %v", n, err)
	}
}

// Two at once never see the same total: at most one message each is over.
func testCountersRace(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	handles := []store.Store{open(t, p, c), open(t, p, c)}
	const limit = 40
	var passed atomic.Int64
	each(20, func(i int) {
		for range 5 {
			n := store.Count{Key: "hana@example.jp", N: 1, Window: time.Hour}
			total, err := handles[i%2].Add(ctx, n)
			if err != nil {
				t.Error(err)
				return
			}
			if total[0] <= limit {
				passed.Add(1)
				continue
			}
			n.N = -1
			if _, err := handles[i%2].Add(ctx, n); err != nil {
				t.Error(err)
			}
		}
	})
	if n := passed.Load(); n > limit || n < limit-20 {
		t.Errorf("%d passed a limit of %d", n, limit)
	}
	total, err := handles[0].Add(ctx, store.Count{Key: "hana@example.jp", Window: time.Hour})
	if err != nil || total[0] != passed.Load() {
		t.Errorf("%v are counted, %d passed: %v", total, passed.Load(), err)
	}
}

func testFailed(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	failed := func(hash byte, want int) {
		t.Helper()
		if n, err := s.Failed(ctx, [32]byte{hash}); err != nil || n != want {
			t.Errorf("%d %v, want %d", n, err, want)
		}
	}
	failed(1, 1)
	failed(1, 2)
	failed(2, 1)
	c.move(25 * time.Hour)
	failed(1, 1)
}

func testMemory(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	until := c.Now().Add(180 * 24 * time.Hour)
	list := []store.Memory{
		{Identity: "Hana@example.jp", Rule: "exposed-recipients", Kind: "circle", About: []string{"a@example.com", "b@example.com"}, By: "hana@example.jp", Until: until, Item: "i1"},
		{Identity: "hana@example.jp", Rule: "lookalike-domain", Kind: "domain", About: []string{"exarnple.com"}, Until: until.Add(-time.Hour), Item: "i2"},
		{Identity: "taro@example.jp", Rule: "lookalike-domain", Kind: "domain", About: []string{"exarnple.com"}, Until: until, Item: "i3"},
	}
	for range 2 { // the same again is no second one
		if err := s.Remember(ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	recall := func(want int, identities ...string) []store.Memory {
		t.Helper()
		have, err := s.Recall(ctx, identities...)
		if err != nil || len(have) != want {
			t.Errorf("%v recalled for %v, %v", have, identities, err)
		}
		return have
	}
	recall(2, "HANA@example.jp")
	recall(3, "hana@example.jp", "taro@example.jp", "nobody@example.jp")
	recall(0, "nobody@example.jp")
	recall(0)
	all, err := s.Memories(ctx, store.MemoryFilter{Rule: "lookalike-domain"})
	if err != nil || len(all) != 2 || all[0].ID == "" || all[0].ID == all[1].ID {
		t.Fatalf("%+v %v", all, err)
	}
	if n, err := s.Forget(ctx, store.MemoryFilter{IDs: []string{all[0].ID}}, store.Record{By: "admin@example.jp", OSUser: "root"}); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	if n, err := s.Forget(ctx, store.MemoryFilter{IDs: []string{"mnone"}}, store.Record{}); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
	recall(1, "hana@example.jp")
	var records []store.Record
	if err := s.Records(ctx, "one", func(e store.Entry) error { records = append(records, e.Record); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(records) != 1 || records[0].Event != "forget" || records[0].By != "admin@example.jp" || records[0].Detail["memory"] != all[0].ID {
		t.Errorf("%+v", records)
	}
	c.move(180 * 24 * time.Hour)
	recall(0, "hana@example.jp", "taro@example.jp")
}

func testMarks(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	s := open(t, p, c)
	start := c.Now()
	if err := s.Mark(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Mark(ctx, store.Mark{Key: "who@marked.example", For: day}, store.Mark{Key: "brief", For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	other := open(t, p, c, func(o *store.Options) { o.Node = "two" }) // another node, and a restart
	marked := func(want ...time.Time) {
		t.Helper()
		have, err := other.Marked(ctx, "brief", "never", "who@marked.example")
		if err != nil || len(have) != len(want) || !slices.EqualFunc(have, want, time.Time.Equal) {
			t.Errorf("%v %v, want %v", have, err, want)
		}
	}
	marked(start, time.Time{}, start)
	c.move(time.Hour)
	marked(time.Time{}, time.Time{}, start)
	if err := s.Mark(ctx, store.Mark{Key: "who@marked.example", For: day}); err != nil { // the last one counts
		t.Fatal(err)
	}
	c.move(day - time.Second)
	marked(time.Time{}, time.Time{}, start.Add(time.Hour))
	if err := s.Mark(ctx, store.Mark{Key: "who@marked.example"}); err == nil {
		t.Error("a mark for no time")
	}
	if none, err := s.Marked(ctx); err != nil || len(none) > 0 {
		t.Errorf("%v %v", none, err)
	}
	if p.Raw != nil && bytes.Contains(p.Raw(), []byte("who@marked.example")) {
		t.Error("the key is read from the disk")
	}
	c.move(time.Second)
	marked(make([]time.Time, 3)...)
	if _, err := s.Purge(ctx); err != nil {
		t.Error(err)
	}
	if err := p.Exec(`INSERT INTO mark (key, at, until) SELECT '\x00', 1 / CASE WHEN count(*) = 0 THEN 1 ELSE 0 END, 0 FROM mark`); err != nil {
		t.Errorf("what is over is not deleted: %v", err)
	}
}

func testValues(t *testing.T, h Harness) {
	p := h.Place(t)
	s := open(t, p, nil)
	if v, err := s.Get(ctx, "brake"); err != nil || v != nil {
		t.Errorf("%q %v", v, err)
	}
	for _, v := range [][]byte{nil, {0}, []byte("on"), text(1, 100_000)} {
		if err := s.Put(ctx, "brake", v); err != nil {
			t.Fatal(err)
		}
		if have, err := open(t, p, nil).Get(ctx, "brake"); err != nil || have == nil || string(have) != string(v) {
			t.Errorf("%d octets: %d %v", len(v), len(have), err)
		}
	}
}

const day = 24 * time.Hour

func testPurge(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	large, small := text(1, 2<<20), text(2, 100)
	for _, id := range []string{"large", "large.2", "small", "held"} {
		body := large
		if id == "small" || id == "held" {
			body = small
		}
		it := item(id, body)
		hold(t, s, it, body)
	}
	end := func(id string, state store.State) {
		t.Helper()
		_, err := s.Update(ctx, id, func(it *store.Item) ([]store.Record, error) {
			it.State, it.Decided, it.Purge = state, c.Now(), c.Now().Add(14*day)
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	purge := func(want store.Purged) {
		t.Helper()
		if have, err := s.Purge(ctx); err != nil || have != want {
			t.Errorf("%+v %v, want %+v", have, err, want)
		}
	}
	has := func(id string, want bool) {
		t.Helper()
		b, err := bytesOf(s, id)
		if (err == nil) != want || err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %d octets, %v", id, len(b), err)
		}
	}
	end("large", store.Discarded)
	end("small", store.Expired)
	_, err := s.Update(ctx, "held", func(it *store.Item) ([]store.Record, error) { it.Purge = c.Now(); return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	c.move(14*day - time.Second)
	purge(store.Purged{})
	has("large", true)
	c.move(time.Second)
	purge(store.Purged{}) // each body has another item yet
	has("large", false)
	has("large.2", true)
	has("small", false)
	has("held", true) // what is held is never purged, whatever its time says
	end("large.2", store.Rejected)
	c.move(14 * day)
	purge(store.Purged{Bodies: 1})
	if it, err := s.Item(ctx, "large"); err != nil || it.State != store.Discarded {
		t.Errorf("the item outlives its bytes: %+v %v", it, err)
	}
	c.move(170 * day)
	purge(store.Purged{Items: 2})
	if _, err := s.Item(ctx, "large"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
	has("held", true)
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() {
		t.Errorf("%+v %v", v, err)
	}
}

// The same content is purged and held at once: whoever was acknowledged has
// its bytes.
func testPurgeRace(t *testing.T, h Harness) {
	p := h.Place(t)
	handles := []store.Store{open(t, p, nil), open(t, p, nil, func(o *store.Options) { o.Node = "two" })}
	bodies := [][]byte{text(1, 300), text(2, 1<<20+1)}
	each(6, func(i int) {
		for n := range 12 {
			s, body := handles[rand.IntN(2)], bodies[n%2]
			it := item(fmt.Sprintf("p%d-%d", i, n), body)
			hold(t, s, it, body)
			if b, err := bytesOf(s, it.ID); err != nil || len(b) != len(body) {
				t.Errorf("%s: %d octets, %v", it.ID, len(b), err)
			}
			_, err := s.Update(ctx, it.ID, func(it *store.Item) ([]store.Record, error) {
				it.State, it.Purge = store.Discarded, time.Now().Add(-time.Minute)
				return nil, nil
			})
			if err != nil {
				t.Error(err)
			}
			if _, err := s.Purge(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	if st, err := handles[0].Stats(ctx); err != nil || st.Bodies != 0 {
		t.Errorf("%+v %v", st, err)
	}
}
