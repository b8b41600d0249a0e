package canary

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// values is a store's small values.
type values map[string][]byte

func (v values) Put(_ context.Context, key string, value []byte) error {
	v[key] = value
	return nil
}

func (v values) Get(_ context.Context, key string) ([]byte, error) { return v[key], nil }

func result(parts ...string) *Result {
	r := &Result{At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	for _, p := range parts {
		r.fault(p, "broken")
	}
	return r
}

// One round is an accident, two are a fault, told once; a second fault is told
// by itself, and the end of each once.
func TestTracker(t *testing.T) {
	tr := NewTracker(t.Context(), values{}, "a")
	for n, c := range []struct {
		faults, begun, ended, err string
	}{
		{"", "", "", ""},
		{"gate", "", "", ""},
		{"", "", "", ""},
		{"gate", "", "", ""},
		{"gate", "gate", "", "gate"},
		{"gate", "", "", "gate"},
		{"gate clock", "", "", "gate"},
		{"gate clock", "clock", "", "gate clock"},
		{"clock", "", "gate", "clock"},
		{"", "", "clock", ""},
		{"", "", "", ""},
	} {
		news := tr.Add(result(strings.Fields(c.faults)...), 5*time.Minute)
		names := func(list []Fault) string {
			var out []string
			for _, f := range list {
				out = append(out, f.Part)
			}
			return strings.Join(out, " ")
		}
		err := ""
		if e := tr.Err(); e != nil {
			err = strings.NewReplacer(": broken", "", ";", "").Replace(e.Error())
		}
		if names(news.Begun) != c.begun || names(news.Ended) != c.ended || err != c.err {
			t.Errorf("round %d: begun %q, ended %q, err %q", n, names(news.Begun), names(news.Ended), err)
		}
		if holding := tr.Holding() != nil; holding != strings.Contains(c.err, "gate") {
			t.Errorf("round %d: keeps from holding: %v", n, holding)
		}
	}
}

// Before the first good round every fault counts: nobody is told that all is
// well before it was.
func TestTrackerAtTheStart(t *testing.T) {
	tr := NewTracker(t.Context(), values{}, "a")
	if tr.Add(result("rule x"), time.Minute); tr.Err() == nil || tr.Holding() == nil || tr.Status().Ready {
		t.Error("ready although the first round failed")
	}
	if tr.Add(result(), time.Minute); tr.Err() != nil || !tr.Status().Ready {
		t.Error("not ready after a good round")
	}
}

// What is kept can be read by others: each node's last round, and its days.
func TestStatus(t *testing.T) {
	v, ctx := values{}, t.Context()
	zone := time.FixedZone("JST", 9*3600)
	tr := NewTracker(ctx, v, "b")
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, zone)
	for i := range 2 * 288 {
		r := &Result{At: day.Add(time.Duration(i) * 5 * time.Minute), Messages: 35, Right: 35}
		if i == 300 {
			r.fault("gate", "broken")
		}
		tr.Add(r, 5*time.Minute)
	}
	for _, s := range []*Status{tr.Status(), {Node: "a"}} {
		if err := Save(ctx, v, s); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Load(ctx, v)
	if err != nil || len(list) != 2 || list[0].Node != "a" || list[1].Node != "b" {
		t.Fatalf("%v %v", list, err)
	}
	b := list[1]
	if got, want := fmt.Sprint(b.On("2026-11-25"), b.On("2026-11-26"), b.On("2026-11-27")), "{2026-11-25 288 288 288} {2026-11-26 288 287 288} {2026-11-27 0 0 0}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b.Stale(b.At.Add(10*time.Minute)) || !b.Stale(b.At.Add(time.Hour)) {
		t.Error("stale at the wrong time")
	}
	again := NewTracker(ctx, v, "b")
	again.Add(&Result{At: day.Add(47 * time.Hour)}, 5*time.Minute)
	if got := again.Status().On("2026-11-26"); got.Rounds != 289 {
		t.Errorf("after a restart: %+v", got)
	}
	v[keyNodes] = []byte("{")
	if _, err := Load(ctx, v); err != nil {
		t.Errorf("a damaged value: %v", err)
	}
}
