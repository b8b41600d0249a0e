package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maillint/store"
)

// rulesOf are the rules that are braked.
func rulesOf(t *testing.T, s store.Store) string {
	t.Helper()
	list, err := s.Brakes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range list {
		out = append(out, b.Rule)
	}
	return strings.Join(out, " ")
}

func testBrakes(t *testing.T, h Harness) {
	c, p := newClock(), h.Place(t)
	s := open(t, p, c)
	other := open(t, p, c, func(o *store.Options) { o.Node = "two" })
	put(t, s, "brake", "something else of a like name")
	for _, b := range []store.Brake{{Rule: ""}, {Rule: "Some Rule"}, {Rule: strings.Repeat("x", 200)}, {Rule: "x\x00y"}} {
		if _, err := s.Brake(ctx, b, time.Hour); err == nil {
			t.Errorf("a brake of %q was taken", b.Rule)
		}
	}
	if _, err := s.Brake(ctx, store.Brake{Rule: "all"}, 0); err == nil {
		t.Error("a brake for no time was taken")
	}
	set, err := s.Brake(ctx, store.Brake{Rule: "exposed-recipients", By: "hana@example.jp", OSUser: "root", Reason: "卒業式の\x00案内"}, 2*time.Hour)
	if err != nil || !set.Since.Equal(c.Now()) || !set.Until.Equal(c.Now().Add(2*time.Hour)) || set.Node != "one" {
		t.Fatalf("%+v %v", set, err)
	}
	if have, err := other.Brakes(ctx); err != nil || len(have) != 1 || have[0] != set {
		t.Fatalf("the other node sees %+v %v, not %+v", have, err, set)
	}
	if !set.Covers("exposed-recipients") || set.Covers("exposed") || set.Covers(store.BrakeAll) || !(store.Brake{Rule: store.BrakeAll}).Covers("any") {
		t.Error("it covers other rules than its own")
	}
	for _, rule := range []string{store.BrakeAll, "lookalike-domain"} {
		if _, err := other.Brake(ctx, store.Brake{Rule: rule, Reason: "x"}, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if have := rulesOf(t, s); have != "all exposed-recipients lookalike-domain" {
		t.Errorf("on: %s", have)
	}
	if _, err := s.Brake(ctx, store.Brake{Rule: "lookalike-domain", Reason: "longer"}, 5*time.Hour); err != nil {
		t.Fatal(err)
	}
	if ended, err := s.EndBrakes(ctx, []string{store.BrakeAll, "no-such"}, store.Record{By: "hana@example.jp", Reason: "done"}); err != nil || len(ended) != 1 || ended[0].Rule != store.BrakeAll {
		t.Errorf("%+v %v", ended, err)
	}
	c.move(2*time.Hour - time.Second)
	if have := rulesOf(t, s); have != "exposed-recipients lookalike-domain" {
		t.Errorf("a second before its end: %s", have)
	}
	c.move(time.Second)
	if have := rulesOf(t, s); have != "lookalike-domain" {
		t.Errorf("at its end: %s", have)
	}
	if ended, err := other.EndBrakes(ctx, nil, store.Record{}); err != nil || len(ended) != 1 || ended[0] != set {
		t.Errorf("%+v %v", ended, err)
	}
	if ended, err := s.EndBrakes(ctx, nil, store.Record{}); err != nil || len(ended) != 0 {
		t.Errorf("ended twice: %+v %v", ended, err)
	}
	want := []string{
		"one brake exposed-recipients 卒業式の\x00案内", "one brake lookalike-domain longer", "one brake off all done",
		"two brake all x", "two brake lookalike-domain x", "two brake over exposed-recipients ",
	}
	if have := brakeRecords(t, s); !slices.Equal(have, want) {
		t.Errorf("audit log:\n%q\nwant\n%q", have, want)
	}
	if v, err := s.AuditVerify(ctx); err != nil || !v.OK() {
		t.Errorf("%+v %v", v, err)
	}
	if v, err := s.Get(ctx, "brake"); err != nil || string(v) != "something else of a like name" {
		t.Errorf("%q %v", v, err)
	}
}

func put(t *testing.T, s store.Store, key, value string) {
	t.Helper()
	if err := s.Put(ctx, key, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

// brakeRecords are the records about brakes, in short.
func brakeRecords(t *testing.T, s store.Store) (out []string) {
	t.Helper()
	err := s.Records(ctx, "", func(e store.Entry) error {
		if r := e.Record; strings.HasPrefix(r.Event, "brake") {
			out = append(out, fmt.Sprint(e.Node, " ", r.Event, " ", r.Detail["rule"], " ", r.Reason))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Several set different brakes at once and none is lost; several see one end,
// and one of them gets it.
func testBrakesRace(t *testing.T, h Harness) {
	c, p := newClock(), h.Place(t)
	handles := []store.Store{open(t, p, c), open(t, p, c, func(o *store.Options) { o.Node = "two" })}
	each(6, func(i int) {
		if _, err := handles[i%2].Brake(ctx, store.Brake{Rule: fmt.Sprintf("rule-%d", i), Reason: "x"}, time.Hour); err != nil {
			t.Error(err)
		}
	})
	if have := rulesOf(t, handles[0]); have != "rule-0 rule-1 rule-2 rule-3 rule-4 rule-5" {
		t.Errorf("on: %s", have)
	}
	c.move(time.Hour)
	ended := make([]int, 6)
	each(6, func(i int) {
		list, err := handles[i%2].EndBrakes(ctx, nil, store.Record{})
		if err != nil {
			t.Error(err)
		}
		ended[i] = len(list)
	})
	total := 0
	for _, n := range ended {
		total += n
	}
	if total != 6 {
		t.Errorf("%d ends were seen of 6 brakes: %v", total, ended)
	}
}
