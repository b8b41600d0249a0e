package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maillint/store"
)

// each runs n functions at once and waits.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(i)
		}()
	}
	wg.Wait()
}

// errDecided is what a decider says that came too late.
var errDecided = errors.New("decided already")

func testDeciders(t *testing.T, h Harness) {
	p := h.Place(t)
	handles := []store.Store{open(t, p, nil), open(t, p, nil, func(o *store.Options) { o.Node = "two" })}
	for round := range 10 {
		body := text(uint64(round), 200)
		id := fmt.Sprintf("r%d", round)
		hold(t, handles[0], item(id, body), body)
		var won, late atomic.Int32
		each(8, func(i int) {
			state := []store.State{store.Releasing, store.Discarded}[i/2%2]
			_, err := handles[i%2].Update(ctx, id, func(it *store.Item) ([]store.Record, error) {
				if it.State != store.Held {
					return nil, errDecided
				}
				return to(state, fmt.Sprint(i))(it)
			})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, errDecided):
				late.Add(1)
			default:
				t.Error(err)
			}
		})
		if won.Load() != 1 || late.Load() != 7 {
			t.Errorf("%d deciders won, %d were late", won.Load(), late.Load())
		}
	}
	v, err := handles[0].AuditVerify(ctx)
	if err != nil || !v.OK() || v.Records != 20 {
		t.Errorf("%+v %v", v, err)
	}
}

// testLook: who is to be told about what is found in any state, at its time, and
// not again once it was seen to.
func testLook(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	check := testTimes(t, s, c, s.Look, func(it *store.Item, at time.Time) { it.Look = at })
	decide(t, s, "i1", store.Expired) // in another state, and still to be told
	check(10, "[i1 i0 i3]")
	seen := func(next time.Time) func(*store.Item) ([]store.Record, error) {
		return func(it *store.Item) ([]store.Record, error) { it.Look = next; return nil, nil }
	}
	if _, err := s.Update(ctx, "i1", seen(time.Time{})); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(ctx, "i0", seen(c.Now().Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	check(10, "[i3]")
	c.move(time.Minute)
	check(10, "[i3 i0]")
}

func testDue(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	check := testTimes(t, s, c, s.Due, func(it *store.Item, at time.Time) { it.Due = at })
	decide(t, s, "i1", store.Expired)
	check(10, "[i0 i3]")
}

// testTimes holds items with times, tests that list gives those whose time has
// come, the first one first, and gives what checks it further.
func testTimes(t *testing.T, s store.Store, c *clock, list func(context.Context, int) ([]*store.Item, error), set func(*store.Item, time.Time)) func(limit int, want string) {
	t.Helper()
	for i, in := range []time.Duration{time.Hour, time.Minute, 0, 2 * time.Hour} {
		body := text(uint64(i), 20)
		it := item(fmt.Sprintf("i%d", i), body)
		if in > 0 {
			set(it, c.Now().Add(in))
		}
		hold(t, s, it, body)
	}
	check := func(limit int, want string) {
		t.Helper()
		have, err := list(ctx, limit)
		if ids := fmt.Sprint(ids(have)); err != nil || ids != want {
			t.Errorf("%s %v, want %s", ids, err, want)
		}
	}
	check(10, "[]")
	c.move(time.Minute)
	check(10, "[i1]")
	c.move(3 * time.Hour)
	check(10, "[i1 i0 i3]")
	check(2, "[i1 i0]")
	return check
}

// releasing stores an item that is to be sent.
func releasing(t *testing.T, s store.Store, id string) {
	t.Helper()
	body := []byte("Subject: " + id + "\r\n\r\n")
	hold(t, s, item(id, body), body)
	decide(t, s, id, store.Releasing)
}

func testClaimOnce(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	handles := []store.Store{open(t, p, c), open(t, p, c, func(o *store.Options) { o.Node = "two" })}
	const items = 120
	each(8, func(i int) {
		for n := i; n < items; n += 8 {
			releasing(t, handles[n%2], fmt.Sprintf("i%03d", n))
		}
	})
	var mu sync.Mutex
	seen := map[string]int{}
	each(10, func(i int) {
		for {
			list, err := handles[i%2].Claim(ctx, fmt.Sprintf("worker-%d", i), time.Hour, 7)
			if err != nil {
				t.Error(err)
				return
			}
			if len(list) == 0 {
				return
			}
			mu.Lock()
			for _, it := range list {
				seen[it.ID]++
			}
			mu.Unlock()
		}
	})
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(seen) != items {
		t.Errorf("%d of %d were claimed", len(seen), items)
	}
}

// claim claims whatever there is.
func claim(t *testing.T, s store.Store, worker string) []*store.Item {
	t.Helper()
	list, err := s.Claim(ctx, worker, time.Minute, 10)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func testLostLease(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	s, other := open(t, p, c), open(t, p, c, func(o *store.Options) { o.Node = "two" })
	releasing(t, s, "a")
	if list := claim(t, s, "first"); len(list) != 1 || list[0].Lease.Attempt != 1 || !list[0].LeasedBy("first", c.Now()) {
		t.Fatalf("%+v", list)
	}
	if list := claim(t, other, "second"); len(list) != 0 {
		t.Errorf("claimed under a lease: %v", ids(list))
	}
	c.move(50 * time.Second)
	if err := s.Renew(ctx, "a", "first", time.Minute); err != nil {
		t.Error(err)
	}
	if err := s.Renew(ctx, "a", "second", time.Minute); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("another's lease was renewed: %v", err)
	}
	c.move(50 * time.Second)
	if list := claim(t, other, "second"); len(list) != 0 {
		t.Errorf("claimed under a renewed lease: %v", ids(list))
	}
	c.move(10 * time.Second)
	if err := s.Renew(ctx, "a", "first", time.Minute); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("a lease that ran out was renewed: %v", err)
	}
	list := claim(t, other, "second")
	if len(list) != 1 || list[0].Lease.Attempt != 2 {
		t.Fatalf("%+v", list)
	}
	if err := s.Renew(ctx, "a", "first", time.Minute); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("a lease that another took was renewed: %v", err)
	}
	_, err := s.Update(ctx, "a", func(it *store.Item) ([]store.Record, error) {
		if !it.LeasedBy("first", c.Now()) {
			return nil, store.ErrLeaseLost
		}
		return nil, nil
	})
	if !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("%v", err)
	}
	decide(t, other, "a", store.Released)
	if err := other.Renew(ctx, "a", "second", time.Minute); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("the lease of what was sent was renewed: %v", err)
	}
}

func testClockJump(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	releasing(t, s, "a")
	claim(t, s, "first")
	c.move(-24 * time.Hour) // back: the lease still holds, nobody else has it
	if list := claim(t, s, "second"); len(list) != 0 {
		t.Errorf("claimed: %v", ids(list))
	}
	if err := s.Renew(ctx, "a", "first", time.Minute); err != nil {
		t.Error(err)
	}
	c.move(48 * time.Hour) // forth: it ran out
	if err := s.Renew(ctx, "a", "first", time.Minute); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("%v", err)
	}
	if list := claim(t, s, "second"); len(list) != 1 {
		t.Errorf("not claimed: %v", ids(list))
	}
	body := text(1, 20)
	it := item("b", body)
	it.Due = c.Now().Add(time.Hour)
	hold(t, s, it, body)
	c.move(-time.Hour)
	if list, err := s.Due(ctx, 5); err != nil || len(list) != 0 {
		t.Errorf("%v %v", ids(list), err)
	}
}

func testRetry(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	body := text(1, 20)
	it := item("a", body)
	it.Recipients = append(it.Recipients, store.Recipient{Address: "b@example.com", State: store.Waiting})
	hold(t, s, it, body)
	decide(t, s, "a", store.Releasing)
	claim(t, s, "w")
	set := func(first, second store.Delivery, next time.Duration) {
		t.Helper()
		_, err := s.Update(ctx, "a", func(it *store.Item) ([]store.Record, error) {
			it.Recipients[0].State, it.Recipients[1].State = first, second
			it.Recipients[1].Next = c.Now().Add(next)
			it.Lease = store.Lease{Attempt: it.Lease.Attempt}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(store.Delivered, store.Retry, 10*time.Minute)
	if list := claim(t, s, "w"); len(list) != 0 {
		t.Errorf("claimed before its time: %v", ids(list))
	}
	c.move(10 * time.Minute)
	if list := claim(t, s, "w"); len(list) != 1 || list[0].Lease.Attempt != 2 || list[0].Recipients[0].State != store.Delivered {
		t.Errorf("not claimed in time: %v", ids(list))
	}
	set(store.Delivered, store.Refused, 0) // a crash before "released": it is found again
	if list := claim(t, s, "w"); len(list) != 1 {
		t.Errorf("not claimed to be finished: %v", ids(list))
	}
}

func testConcurrency(t *testing.T, h Harness) {
	p := h.Place(t)
	handles := []store.Store{open(t, p, nil), open(t, p, nil, func(o *store.Options) { o.Node = "two" })}
	each(50, func(i int) {
		s := handles[i%2]
		for n := range 4 {
			body := text(uint64(i*100+n)%60, 5000) // some are the same
			it := item(fmt.Sprintf("c%d-%d", i, n), body)
			if err := s.Hold(ctx, []*store.Item{it}, bytes.NewReader(body), int64(len(body))); err != nil {
				t.Error(err)
				return
			}
			if _, err := s.Add(ctx, store.Count{Key: "k", N: 1, Window: time.Hour}); err != nil {
				t.Error(err)
			}
			if b, err := bytesOf(s, it.ID); err != nil || !bytes.Equal(b, body) {
				t.Errorf("%s: %d octets, %v", it.ID, len(b), err)
			}
			if n%2 == 0 {
				if _, err := s.Update(ctx, it.ID, to(store.Discarded, "x")); err != nil {
					t.Error(err)
				}
			}
		}
	})
	st, err := handles[1].Stats(ctx)
	if err != nil || st.States[store.Held] != 100 || st.States[store.Discarded] != 100 {
		t.Errorf("%+v %v", st, err)
	}
	if v, err := handles[0].AuditVerify(ctx); err != nil || !v.OK() || v.Records != 300 {
		t.Errorf("%+v %v", v, err)
	}
}

// Several processes start on a new store at the same time.
func testOpenAtOnce(t *testing.T, h Harness) {
	for range 3 {
		p := h.Place(t)
		each(8, func(int) {
			s, err := store.Open(ctx, p.Where, store.Options{Node: "one"})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Audit(ctx, store.Record{Event: "start"}); err != nil {
				t.Error(err)
			}
		})
		if v, err := open(t, p, nil).AuditVerify(ctx); err != nil || !v.OK() || v.Records != 8 {
			t.Errorf("%+v %v", v, err)
		}
	}
}

func testCancelled(t *testing.T, h Harness) {
	s := open(t, h.Place(t), nil)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	body := text(1, 2<<20)
	for _, err := range []error{
		s.Hold(gone, []*store.Item{item("a", body)}, bytes.NewReader(body), int64(len(body))),
		s.Audit(gone, store.Record{Event: "x"}),
		s.Check(gone),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
	if _, err := s.Item(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func testClosed(t *testing.T, h Harness) {
	p := h.Place(t)
	s := open(t, p, nil)
	acked := make([]bool, 400)
	each(len(acked), func(i int) {
		if i == 200 {
			s.Close()
		}
		body := text(uint64(i), 500)
		err := s.Hold(ctx, []*store.Item{item(fmt.Sprintf("x%d", i), body)}, bytes.NewReader(body), 500)
		acked[i] = err == nil
	})
	s.Close()
	if err := s.Audit(ctx, store.Record{Event: "x"}); err == nil {
		t.Error("written to a closed store")
	}
	s = open(t, p, nil)
	for i, ok := range acked {
		if _, err := s.Item(ctx, fmt.Sprintf("x%d", i)); ok && err != nil {
			t.Errorf("x%d was acknowledged: %v", i, err)
		}
	}
}
