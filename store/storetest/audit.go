package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"maillint/store"
)

func testAudit(t *testing.T, h Harness) {
	p := h.Place(t)
	c := newClock()
	one, two := open(t, p, c), open(t, p, c, func(o *store.Options) { o.Node = "two" })
	if v, err := one.AuditVerify(ctx); err != nil || !v.OK() || v.Records != 0 {
		t.Errorf("%+v %v", v, err)
	}
	each(10, func(i int) {
		s := []store.Store{one, two}[i%2]
		for n := range 10 {
			if err := s.Audit(ctx, store.Record{Event: "sign-in", By: fmt.Sprint(i, n)}, store.Record{Event: "look"}); err != nil {
				t.Error(err)
			}
		}
	})
	v, err := two.AuditVerify(ctx)
	if err != nil || !v.OK() || v.Records != 200 || v.Heads["one"] != 100 || v.Heads["two"] != 100 {
		t.Errorf("%+v %v", v, err)
	}
	var order []string
	err = one.Records(ctx, "two", func(e store.Entry) error {
		order = append(order, fmt.Sprint(e.Seq, e.Record.Event))
		if e.Record.Node != "two" || !e.Record.At.Equal(c.Now()) {
			t.Errorf("%+v", e.Record)
		}
		return nil
	})
	if err != nil || len(order) != 100 || order[0] != "1sign-in" || order[99] != "100look" {
		t.Errorf("%v %v", order, err)
	}
	stop := errors.New("enough")
	if err := one.Records(ctx, "", func(store.Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

// testTampered: whatever is done to the records, the first that is not as it
// was written is named.
func testTampered(t *testing.T, h Harness) {
	for name, c := range map[string]struct {
		statement string
		seq       int64
		why       string
	}{
		"changed":      {`UPDATE audit SET doc = (SELECT doc FROM audit WHERE node = 'one' AND seq = 2) WHERE node = 'one' AND seq = 4`, 4, "hash"},
		"deleted":      {`DELETE FROM audit WHERE node = 'one' AND seq = 3`, 3, "missing"},
		"first gone":   {`DELETE FROM audit WHERE node = 'one' AND seq = 1`, 1, "missing"},
		"cut off":      {`DELETE FROM audit WHERE node = 'one' AND seq > 4`, 5, "ends"},
		"all gone":     {`DELETE FROM audit WHERE node = 'one'`, 1, "ends"},
		"hash changed": {`UPDATE audit SET hash = (SELECT hash FROM audit WHERE node = 'one' AND seq = 1) WHERE node = 'one' AND seq = 6`, 6, "hash"},
		"head changed": {`UPDATE head SET hash = (SELECT hash FROM audit WHERE node = 'one' AND seq = 1) WHERE node = 'one'`, 6, "end"},
		"moved":        {`UPDATE audit SET seq = seq + 100 WHERE node = 'one' AND seq = 6`, 6, "missing"},
		"other node":   {`UPDATE audit SET node = 'zed' WHERE node = 'one' AND seq = 1`, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := h.Place(t)
			one, two := open(t, p, newClock()), open(t, p, newClock(), func(o *store.Options) { o.Node = "two" })
			for i := range 6 {
				for _, s := range []store.Store{one, two} {
					if err := s.Audit(ctx, store.Record{Event: "look", Item: fmt.Sprint(i)}); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := p.Exec(c.statement); err != nil {
				t.Fatal(err)
			}
			v, err := two.AuditVerify(ctx)
			if err != nil || v.OK() || len(v.Heads) < 2 {
				t.Fatalf("%+v %v", v, err)
			}
			b := v.Broken[0]
			if name == "other node" {
				b = v.Broken[len(v.Broken)-1]
				b.Seq = 1
			}
			if b.Seq != c.seq || !strings.Contains(b.Why, c.why) {
				t.Errorf("%+v, want record %d, %q", b, c.seq, c.why)
			}
			for _, b := range v.Broken {
				if b.Node == "two" {
					t.Errorf("the chain that nobody touched: %+v", b)
				}
			}
		})
	}
}

func testKey(t *testing.T, h Harness) {
	p := h.Place(t)
	key := func(b byte) func(*store.Options) {
		return func(o *store.Options) { o.Key = bytes.Repeat([]byte{b}, 32) }
	}
	s := open(t, p, newClock(), key(1))
	secret := "Kaigi-no-shiryou"
	large := bytes.Repeat([]byte(secret+"\r\n"), 100_000)
	for i, body := range [][]byte{[]byte("Subject: " + secret + "\r\n\r\n"), large} {
		it := item(fmt.Sprintf("k%d", i), body)
		it.Subject, it.Recipients[0].Address = secret, secret+"@example.com"
		it.Identity.Address = secret + "@example.jp"
		hold(t, s, it, body)
		if b, err := bytesOf(s, it.ID); err != nil || !bytes.Equal(b, body) {
			t.Errorf("%d octets %v", len(b), err)
		}
	}
	if list, err := s.List(ctx, store.Filter{Identity: secret + "@example.jp"}); err != nil || len(list) != 2 {
		t.Errorf("%v %v", ids(list), err)
	}
	if err := s.Put(ctx, "v", []byte(secret)); err != nil {
		t.Error(err)
	}
	if err := s.Remember(ctx, []store.Memory{{Identity: secret, About: []string{secret}, Until: s.Now(ctx).Add(day)}}); err != nil {
		t.Error(err)
	}
	s.Close()
	if p.Raw != nil {
		if raw := p.Raw(); len(raw) < 1000 || bytes.Contains(raw, []byte(secret)) || bytes.Contains(raw, []byte(strings.ToLower(secret))) {
			t.Errorf("%d octets on the disk, and the text among them", len(raw))
		}
	}
	for name, o := range map[string]func(*store.Options){"another key": key(2), "no key": func(*store.Options) {}} {
		opt := store.Options{Node: "one"}
		o(&opt)
		if s, err := store.Open(ctx, p.Where, opt); !errors.Is(err, store.ErrKey) {
			t.Errorf("%s: %v %v", name, s, err)
		} else if !strings.Contains(err.Error(), "store.key") {
			t.Errorf("%s: no hint in %q", name, err)
		}
	}
	if it, err := open(t, p, newClock(), key(1)).Item(ctx, "k0"); err != nil || it.Subject != secret {
		t.Errorf("%+v %v", it, err)
	}
	if _, err := store.Open(ctx, p.Where, store.Options{Key: []byte("short")}); !errors.Is(err, store.ErrKey) {
		t.Errorf("%v", err)
	}
	clear := h.Place(t)
	s = open(t, clear, newClock())
	hold(t, s, item("a", nil), nil)
	if _, err := store.Open(ctx, clear.Where, store.Options{Key: bytes.Repeat([]byte{1}, 32)}); !errors.Is(err, store.ErrKey) {
		t.Errorf("a key for what is in clear: %v", err)
	}
}

// testOlder: a store of an older version is brought up to date, with what is in it.
func testOlder(t *testing.T, h Harness) {
	p := h.Place(t)
	s := open(t, p, nil)
	hold(t, s, item("a", nil), nil)
	s.Close()
	if err := p.Exec(`DROP TABLE signed; DROP TABLE forward; DROP TABLE mark; DROP INDEX item_look; ALTER TABLE item DROP COLUMN look; DELETE FROM schema_version WHERE version > 1`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, p.Where, store.Options{Node: "tool", Existing: true}); !errors.Is(err, store.ErrOlder) {
		t.Errorf("what only looks brings the store up to date under the nodes that run: %v", err)
	}
	each(4, func(int) { // several nodes start at once
		s, err := store.Open(ctx, p.Where, store.Options{Node: "two"})
		if err != nil {
			t.Error(err)
			return
		}
		defer s.Close()
		if _, err := s.Item(ctx, "a"); err != nil {
			t.Error(err)
		}
		if list, err := s.Look(ctx, 5); err != nil || len(list) != 1 {
			t.Errorf("what an older version left: %d to look at, %v", len(list), err)
		}
		if err := s.CrossSign(ctx); err != nil {
			t.Error(err)
		}
		if err := s.Mark(ctx, store.Mark{Key: "a", For: time.Hour}); err != nil {
			t.Error(err)
		}
	})
}

func testNewer(t *testing.T, h Harness) {
	p := h.Place(t)
	open(t, p, nil).Close()
	open(t, p, nil).Close() // once more is no migration
	if err := p.Exec(`INSERT INTO schema_version (version) VALUES (999)`); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(ctx, p.Where, store.Options{})
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "999") {
		t.Errorf("%v", err)
	}
}

// testDamaged: bytes that are not as they were written are never given out.
func testDamaged(t *testing.T, h Harness) {
	for _, key := range [][]byte{nil, bytes.Repeat([]byte{9}, 32)} {
		for name, statement := range map[string]string{
			"overwritten": `UPDATE chunk SET data = (SELECT name FROM body LIMIT 1)`,
			"frames gone": `DELETE FROM chunk`,
			"one gone":    `DELETE FROM chunk WHERE n = 1`,
			"swapped":     `UPDATE chunk SET data = (SELECT c.data FROM chunk c WHERE c.name = chunk.name AND c.n = 1) WHERE n = 0`,
			"body gone":   `DELETE FROM body`,
			"longer":      `UPDATE body SET size = size + 1`,
			"shorter":     `UPDATE body SET size = 5`,
			"huge":        `UPDATE body SET size = 4000000000000000000`,
		} {
			p := h.Place(t)
			s := open(t, p, nil, func(o *store.Options) { o.Key = key })
			body := text(1, 600_000)
			hold(t, s, item("a", body), body)
			if err := p.Exec(statement); err != nil {
				t.Fatal(err)
			}
			b, err := bytesOf(s, "a")
			if name == "shorter" {
				if bytes.Equal(b, body) {
					t.Error("more was read than there is")
				}
				continue // the hash of the whole tells, as it does before a release
			}
			if err == nil || bytes.Equal(b, body) {
				t.Errorf("%s, %d octets of key: %d octets read, %v", name, len(key), len(b), err)
			}
		}
	}
}

// testCrossSign: nodes note each other's chains; one made anew, or cut off
// together with its noted end, is found out by the other.
func testCrossSign(t *testing.T, h Harness) {
	for name, statements := range map[string]string{
		"whole":     "",
		"made anew": `UPDATE audit SET hash = (SELECT hash FROM audit WHERE node = 'two' AND seq = 1) WHERE node = 'one' AND seq = 3; UPDATE head SET hash = (SELECT hash FROM audit WHERE node = 'two' AND seq = 1) WHERE node = 'one'`,
		"cut off":   `DELETE FROM audit WHERE node = 'one' AND seq > 2; UPDATE head SET seq = 2, hash = (SELECT hash FROM audit WHERE node = 'one' AND seq = 2) WHERE node = 'one'`,
		"all gone":  `DELETE FROM audit WHERE node = 'one'; DELETE FROM head WHERE node = 'one'`,
	} {
		p := h.Place(t)
		one, two := open(t, p, newClock()), open(t, p, newClock(), func(o *store.Options) { o.Node = "two" })
		sign := func(want int64) {
			t.Helper()
			for _, s := range []store.Store{one, two} {
				if err := s.CrossSign(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if v, err := one.AuditVerify(ctx); err != nil || !v.OK() || v.Records != want {
				t.Errorf("%+v %v, want %d records", v, err, want)
			}
		}
		for range 3 {
			if err := one.Audit(ctx, store.Record{Event: "look"}); err != nil {
				t.Fatal(err)
			}
		}
		sign(4) // two notes one; one has nobody to note
		sign(4) // nothing is new but a signature
		if err := two.Audit(ctx, store.Record{Event: "look"}); err != nil {
			t.Fatal(err)
		}
		if name == "whole" {
			sign(6) // one notes two; two notes that
			sign(6)
			continue
		}
		if err := p.Exec(statements); err != nil {
			t.Fatal(err)
		}
		v, err := two.AuditVerify(ctx)
		if err != nil || v.OK() || v.Broken[0].Node != "one" || v.Broken[0].Seq != 3 {
			t.Errorf("%s: %+v %v", name, v, err)
		}
	}
}
