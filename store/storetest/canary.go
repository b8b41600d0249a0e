package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"maillint/store"
)

// The canary's items are nobody's: no deadline, no worker and no record has
// them. They can be deleted, people's items of the same bytes cannot, and what
// a crash leaves is gone after a while.
func testCanary(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	body := text(1, 200)
	for i, canary := range []bool{false, true, true, false} {
		it := item(fmt.Sprintf("i%d", i), body)
		it.Canary, it.Due = canary, c.Now()
		if i >= 2 {
			it.State = store.Releasing
		}
		hold(t, s, it, body)
	}
	if list, err := s.Due(ctx, 10); err != nil || fmt.Sprint(ids(list)) != "[i0]" {
		t.Errorf("due: %v %v", ids(list), err)
	}
	if list, err := s.Claim(ctx, "worker", time.Minute, 10); err != nil || fmt.Sprint(ids(list)) != "[i3]" {
		t.Errorf("claimed: %v %v", ids(list), err)
	}
	if err := s.DropCanary(ctx, "i0", "i1", "i3", "nothing"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"i0": true, "i1": false, "i2": true, "i3": true} {
		_, err := s.Item(ctx, id)
		if have := !errors.Is(err, store.ErrNotFound); have != want {
			t.Errorf("%s is there: %v (%v)", id, have, err)
		}
	}
	if b, err := bytesOf(s, "i0"); err != nil || len(b) != len(body) {
		t.Errorf("the bytes that people's items share are gone: %d %v", len(b), err)
	}
	c.move(time.Hour)
	if _, err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Item(ctx, "i2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what a crash left of the canary is still there: %v", err)
	}
	st, err := s.Stats(ctx)
	if err != nil || st.Bodies != 1 || st.Records != 2 {
		t.Errorf("%+v %v", st, err)
	}
}
