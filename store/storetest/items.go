package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/history"
	"maillint/store"
)

var ctx = context.Background()

func testReadBack(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	s := open(t, p, c)
	other := open(t, p, c, func(o *store.Options) { o.Node = "two" })
	for i, size := range []int{0, 1, 100, 256 << 10, 256<<10 + 1, 1 << 20, 1<<20 + 1, 3<<20 + 17} {
		body := text(uint64(i), size)
		it := item(fmt.Sprintf("item-%d", i), body)
		it.Due, it.Votes = c.Now().Add(time.Hour), []store.Vote{{By: "a@example.jp", At: c.Now()}}
		it.Notes = map[string]string{"listener": "127.0.0.1:25"}
		hold(t, s, it, body)
		have, err := other.Item(ctx, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(have, it) {
			t.Errorf("%d octets: read back\n%+v, want\n%+v", size, have, it)
		}
		b, err := bytesOf(other, it.ID)
		if err != nil || !bytes.Equal(b, body) {
			t.Errorf("%d octets: %d read back, %v", size, len(b), err)
		}
	}
	if _, err := s.Item(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no item: %v", err)
	}
	if _, err := s.Body(ctx, "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no body: %v", err)
	}
}

// hostile are texts that a column, a document or a terminal might trip over.
var hostile = []string{
	"", " ", "'; DROP TABLE item; --", "\x00", "a\x00b", "\xff\xfe", "\xed\xa0\x80", "\x00b64:AAAA", "%_%", "\\", "\"", "$1", "?",
	"山田 太郎 <taro@example.jp>", "\u202eabc", "\x1b[31mred", "line\r\nbreak", strings.Repeat("x", 100_000), "\ufeff", "é",
}

func testHostile(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	for i, x := range hostile {
		body := text(uint64(i), 50)
		it := item(fmt.Sprintf("h%d", i), body)
		it.Transaction, it.Mailing, it.Disposition, it.Subject, it.MessageID, it.Policy, it.Of = x, x, x, x, x, x, x
		it.Identity = store.Identity{Trust: x, Account: x, Address: x, Remote: x, Mailbox: x, Owner: x}
		it.ReversePath = store.Path{Address: x, Params: []string{x, x}}
		it.Recipients = []store.Recipient{{Address: x, Params: []string{x}, State: store.Waiting, Reply: x}}
		it.Findings = []store.Finding{{Rule: x, Where: x, Message: x, About: []string{x}, Evidence: []store.Evidence{{Where: x, Text: x}}}}
		it.Notes = map[string]string{"k" + x: x}
		it.Only = []string{x}
		hold(t, s, it, body)
		have, err := s.Item(ctx, it.ID)
		if err != nil || !reflect.DeepEqual(have, it) {
			t.Errorf("%.30q: read back %+v %v", x, have, err)
		}
		for _, f := range []store.Filter{{Identity: x}, {Mailing: x}, {Rule: x}, {Transaction: x}, {Disposition: x}} {
			list, err := s.List(ctx, f)
			if err != nil || x != "" && x == clean(x) && !slices.Contains(ids(list), it.ID) {
				t.Errorf("%.30q: %+v gives %v %v", x, f, ids(list), err)
			}
		}
		if _, err := s.Update(ctx, it.ID, to(store.Releasing, x)); err != nil {
			t.Errorf("%.30q: %v", x, err)
		}
		if err := s.Audit(ctx, store.Record{Event: x, By: x, Item: x, Reason: x, Detail: map[string]string{x: x}}); err != nil {
			t.Errorf("%.30q: %v", x, err)
		}
		m := store.Memory{Identity: x, Rule: x, Kind: history.Kind(x), About: []string{x}, By: x, Until: s.Now(ctx).Add(time.Hour), Item: x}
		if err := s.Remember(ctx, []store.Memory{m}); err != nil {
			t.Errorf("%.30q: %v", x, err)
		}
		if list, err := s.Recall(ctx, x); err != nil || len(list) == 0 || list[len(list)-1].About[0] != x && len(list) == 1 {
			t.Errorf("%.30q: recalled %v %v", x, list, err)
		}
		if n, err := s.Add(ctx, store.Count{Key: x, N: 2, Window: time.Hour}); err != nil || n[0] != 2 {
			t.Errorf("%.30q: counted %v %v", x, n, err)
		}
		if err := s.Put(ctx, x, []byte(x)); err != nil {
			t.Errorf("%.30q: %v", x, err)
		}
		if v, err := s.Get(ctx, x); err != nil || string(v) != x {
			t.Errorf("%.30q: got %.30q %v", x, v, err)
		}
	}
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() {
		t.Errorf("%+v %v", v, err)
	}
}

// clean texts are those that a column takes as they are.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

func testRefusals(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	body := text(1, 100)
	try := func(it *store.Item, b []byte) error {
		return s.Hold(ctx, []*store.Item{it}, bytes.NewReader(b), int64(len(b)))
	}
	for _, id := range []string{"", "A", "../x", ".x", "-x", "a b", "a/b", "a\x00", strings.Repeat("a", 65), "ä"} {
		if try(item(id, body), body) == nil {
			t.Errorf("ID %q was taken", id)
		}
	}
	if err := try(item("other", body), text(2, 100)); err == nil {
		t.Error("bytes that were not judged were taken")
	}
	if err := s.Hold(ctx, []*store.Item{item("short", body)}, bytes.NewReader(body[:50]), 100); err == nil {
		t.Error("bytes that end early were taken")
	}
	big := text(3, 2<<20)
	if err := s.Hold(ctx, []*store.Item{item("short", big)}, bytes.NewReader(big[:1<<20]), 2<<20); err == nil {
		t.Error("many bytes that end early were taken")
	}
	if err := s.Hold(ctx, nil, bytes.NewReader(nil), 0); err == nil {
		t.Error("nothing was taken")
	}
	hold(t, s, item("a", body), body)
	if err := try(item("a", body), body); !errors.Is(err, store.ErrExists) {
		t.Errorf("the same ID again: %v", err)
	}
	if list, err := s.List(ctx, store.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("%v %v", ids(list), err)
	}
}

func testAllOrNone(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	body := text(1, 2<<20)
	hold(t, s, item("b", text(9, 9)), text(9, 9))
	err := s.Hold(ctx, []*store.Item{item("a", body), item("b", body)}, bytes.NewReader(body), int64(len(body)))
	if !errors.Is(err, store.ErrExists) {
		t.Errorf("%v", err)
	}
	if _, err := s.Item(ctx, "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("half of a hold was stored: %v", err)
	}
	if st, err := s.Stats(ctx); err != nil || st.Bodies != 1 {
		t.Errorf("the body of a failed hold was kept: %+v %v", st, err)
	}
	two := []*store.Item{item("c", body), item("c.2", body)}
	if err := s.Hold(ctx, two, bytes.NewReader(body), int64(len(body))); err != nil {
		t.Fatal(err)
	}
	if st, err := s.Stats(ctx); err != nil || st.Bodies != 2 || st.Waiting != 3 {
		t.Errorf("one body for two items: %+v %v", st, err)
	}
}

func testTransitions(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	ways := map[store.State][]store.State{
		store.Held:      {store.Releasing, store.Discarded, store.Withdrawn, store.Expired, store.Rejected},
		store.Releasing: {store.Released, store.Failed},
	}
	n := 0
	for _, from := range store.States {
		for _, state := range store.States {
			n++
			body := text(uint64(n), 20)
			it := item(fmt.Sprintf("i%d", n), body)
			it.State = from
			hold(t, s, it, body)
			_, err := s.Update(ctx, it.ID, to(state, "x"))
			allowed := from == state || slices.Contains(ways[from], state)
			if allowed != (err == nil) || err != nil && !errors.Is(err, store.ErrTransition) {
				t.Errorf("%s to %s: %v", from, state, err)
			}
			if have, _ := s.Item(ctx, it.ID); allowed && have.State != state || !allowed && have.State != from {
				t.Errorf("%s to %s: it is %s", from, state, have.State)
			}
		}
	}
}

func testChangeFails(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	body := text(1, 20)
	hold(t, s, item("a", body), body)
	want := errors.New("no")
	_, err := s.Update(ctx, "a", func(it *store.Item) ([]store.Record, error) {
		it.State = store.Discarded
		return []store.Record{{Event: "discarded"}}, want
	})
	if !errors.Is(err, want) {
		t.Errorf("%v", err)
	}
	_, err = s.Update(ctx, "a", func(it *store.Item) ([]store.Record, error) { panic("oops") })
	if err == nil {
		t.Error("a panic was no error")
	}
	_, err = s.Update(ctx, "a", func(it *store.Item) ([]store.Record, error) {
		it.ID, it.Size, it.Hash = "b", 7, store.Hash{} // what an item is never changes
		return nil, nil
	})
	if err != nil {
		t.Error(err)
	}
	it, err := s.Item(ctx, "a")
	if err != nil || it.State != store.Held || it.Size != 20 || it.Hash == (store.Hash{}) {
		t.Errorf("%+v %v", it, err)
	}
	if v, err := s.AuditVerify(ctx); err != nil || v.Records != 1 || !v.OK() {
		t.Errorf("%+v %v", v, err)
	}
	if _, err := s.Update(ctx, "nobody", to(store.Discarded, "")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func testList(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	start := c.Now()
	for i := range 20 {
		body := text(uint64(i), 20)
		it := item(fmt.Sprintf("i%02d", i), body)
		if i%2 == 0 {
			it.Identity.Address = "Even@Example.JP"
		}
		if i%3 == 0 {
			it.Disposition, it.Mailing = "quarantine", "three"
			it.Findings = append(it.Findings, store.Finding{Rule: "exposed"})
		}
		it.Canary = i == 19
		hold(t, s, it, body)
		c.move(time.Minute)
	}
	decide(t, s, "i04", store.Discarded)
	for _, w := range []struct {
		name string
		f    store.Filter
		want string
	}{
		{"limit", store.Filter{Limit: 2}, "i00 i01"},
		{"next", store.Filter{Limit: 2, After: "i01"}, "i02 i03"},
		{"identity", store.Filter{Identity: "even@example.jp", Before: start.Add(5 * time.Minute)}, "i00 i02 i04"},
		{"state", store.Filter{States: []store.State{store.Discarded, store.Expired}}, "i04"},
		{"disposition", store.Filter{Disposition: "quarantine", Since: start.Add(10 * time.Minute)}, "i12 i15 i18"},
		{"rule, whole", store.Filter{Rule: "exposed", Limit: 3}, "i00 i03 i06"},
		{"rule, not a part", store.Filter{Rule: "recipients"}, ""},
		{"rule, no pattern", store.Filter{Rule: "exposed%"}, ""},
		{"mailing", store.Filter{Mailing: "three", Before: start.Add(4 * time.Minute)}, "i00 i03"},
		{"transaction", store.Filter{Transaction: "i07"}, "i07"},
		{"and", store.Filter{Identity: "even@example.jp", Rule: "exposed", States: []store.State{store.Held}, Limit: 2}, "i00 i06"},
		{"canary", store.Filter{Canary: true}, "i19"},
		{"nobody", store.Filter{Identity: "nobody@example.jp"}, ""},
	} {
		list, err := s.List(ctx, w.f)
		if have := strings.Join(ids(list), " "); err != nil || have != w.want {
			t.Errorf("%s: %q %v, want %q", w.name, have, err, w.want)
		}
	}
	if list, err := s.List(ctx, store.Filter{}); err != nil || len(list) != 19 {
		t.Errorf("all: %d %v", len(list), err)
	}
}

func testUsage(t *testing.T, h Harness) {
	s := open(t, h.Place(t), newClock())
	for i := range 3 {
		body := text(uint64(i), 100)
		it := item(fmt.Sprintf("i%d", i), body)
		it.Canary = i == 2
		hold(t, s, it, body)
	}
	if u, err := s.Usage(ctx, "HANA@example.jp"); err != nil || u != (store.Usage{Messages: 2, Bytes: 200}) {
		t.Errorf("%+v %v", u, err)
	}
	decide(t, s, "i0", store.Discarded)
	if u, err := s.Usage(ctx, "hana@example.jp"); err != nil || u != (store.Usage{Messages: 1, Bytes: 100}) {
		t.Errorf("%+v %v", u, err)
	}
	if u, err := s.Usage(ctx, "nobody@example.jp"); err != nil || u != (store.Usage{}) {
		t.Errorf("%+v %v", u, err)
	}
}

func testStats(t *testing.T, h Harness) {
	c := newClock()
	s := open(t, h.Place(t), c)
	if st, err := s.Stats(ctx); err != nil || st.Waiting != 0 || !st.Oldest.IsZero() {
		t.Errorf("%+v %v", st, err)
	}
	start := c.Now()
	for i := range 4 {
		body := text(uint64(i), 100)
		hold(t, s, item(fmt.Sprintf("i%d", i), body), body)
		c.move(time.Hour)
	}
	decide(t, s, "i3", store.Withdrawn)
	st, err := s.Stats(ctx)
	if err != nil || st.States[store.Held] != 3 || st.States[store.Withdrawn] != 1 || st.Waiting != 3 || st.WaitingBytes != 300 ||
		st.Dispositions["confirm"] != 3 || st.Rules["exposed-recipients"] != 3 || !st.Oldest.Equal(start) || st.Bodies != 4 || st.Records != 5 {
		t.Errorf("%+v %v", st, err)
	}
}
