package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"maillint/store"
)

func testForwards(t *testing.T, h Harness) {
	c := newClock()
	p := h.Place(t)
	s := open(t, p, c)
	start := c.Now()
	forward := func(mailbox, target string, mailed time.Time) store.Forward {
		return store.Forward{Mailbox: mailbox, Target: target, Mailed: mailed, Until: c.Now().Add(48 * time.Hour)}
	}
	note := func(list ...store.Forward) {
		t.Helper()
		if err := s.NoteForwards(ctx, list); err != nil {
			t.Fatal(err)
		}
	}
	have := func(want int, targets ...string) []store.Forward {
		t.Helper()
		list, err := s.Forwards(ctx, targets...)
		if err != nil || len(list) != want {
			t.Errorf("%v: %v %v, want %d", targets, list, err, want)
		}
		return list
	}
	have(0)
	note(forward("hana@example.jp", "drop@evil.example", start), forward("taro@example.jp", "drop@evil.example", start), forward("taro@example.jp", "own@mail.example", start))
	note(forward("hana@example.jp", "drop@evil.example", start)) // the same again is no second one
	have(2, "drop@evil.example")
	have(1, "own@mail.example")
	have(3, "drop@evil.example", "own@mail.example", "nobody@mail.example")
	have(3)
	c.move(24 * time.Hour)
	note(forward("hana@example.jp", "drop@evil.example", time.Time{})) // an audit: it lasts longer, and mail went there when it did
	s = open(t, p, c)
	c.move(25 * time.Hour)
	list := have(1, "drop@evil.example")
	if len(list) == 1 && (list[0].Mailbox != "hana@example.jp" || !list[0].Mailed.Equal(start) || !list[0].Until.Equal(start.Add(72*time.Hour))) {
		t.Errorf("%+v", list[0])
	}
	if _, err := s.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	have(1)
	if n, err := s.ForgetForwards(ctx, []string{"nobody@mail.example", "drop@evil.example"}, store.Record{By: "admin@example.jp", Reason: "a mistake"}); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	have(0)
	var records []store.Record
	if err := s.Records(ctx, "one", func(e store.Entry) error { records = append(records, e.Record); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(records) != 1 || records[0].Event != "forget forwards" || records[0].Detail["target"] != "drop@evil.example" || records[0].Reason != "a mistake" {
		t.Errorf("%+v", records)
	}
}

// Many that note at once lose nothing.
func testForwardsRace(t *testing.T, h Harness) {
	p := h.Place(t)
	until := time.Now().Add(time.Hour)
	var wait sync.WaitGroup
	for n := range 4 {
		s := open(t, p, nil)
		wait.Go(func() {
			for i := range 10 {
				if err := s.NoteForwards(ctx, []store.Forward{
					{Mailbox: fmt.Sprintf("u%d@example.jp", 10*n+i), Target: "drop@evil.example", Until: until},
					{Mailbox: fmt.Sprintf("u%d@example.jp", i), Target: "other@evil.example", Until: until},
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	list, err := open(t, p, nil).Forwards(ctx, "drop@evil.example")
	other, bad := open(t, p, nil).Forwards(ctx, "other@evil.example")
	if len(list) != 40 || len(other) != 10 || err != nil || bad != nil {
		t.Errorf("%d %d %v %v, want 40 and 10", len(list), len(other), err, bad)
	}
}
